"""The words and signs by which people write dates, hours, units and comparisons.

Each table is written by what its words stand for, and read by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final


def by_word(words: Mapping[str, str | Iterable[str]]) -> dict[str, str]:
    """Return what each word stands for; texts of several words are parted at spaces."""
    return {
        word: meaning
        for meaning, all_ in words.items()
        for word in (all_.split() if isinstance(all_, str) else all_)
    }


ERAS: Final = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
"""The years before the first ones: 令和元年 is 2019."""

ERA_NAMES: Final = by_word(
    {"m": "明治 明", "t": "大正 大", "s": "昭和 昭", "h": "平成 平", "r": "令和 令"}
)
"""Longer names first, as they are looked for."""

DAYS: Final = by_word(
    {
        "mon": "mon 月 monday",
        "tue": "tue 火 tuesday tues",
        "wed": "wed 水 wednesday",
        "thu": "thu 木 thursday thur thurs",
        "fri": "fri 金 friday",
        "sat": "sat 土 saturday",
        "sun": "sun 日 sunday",
    }
)
WEEKS: Final = by_word(
    {
        "daily": "毎日 全日 everyday all 年中無休",
        "mon-fri": "平日 weekday weekdays workdays",
        "sat-sun": "土日 週末 weekend weekends",
    }
)

TENS: Final = {"": 1, "千": 1_000, "万": 10_000, "億": 100_000_000, "兆": 10**12}
COUNTED: Final = r"円|yen|jpy|件|人|名|個|回|枚|箇所|か所|ヶ所|カ所|台|社|通|cases?|people|times"
"""What may stand behind a number without a meaning of its own, as a pattern."""

UNITS: Final = by_word(
    {
        "s": "s sec secs second seconds 秒 秒間",
        "min": "m min mins minute minutes 分 分間",
        "h": "h hr hrs hour hours 時間",
        "d": "d day days 日 日間",
        "bd": "bd bds 営業日 開庁日 平日 businessday businessdays workingday workingdays",
        "w": "w week weeks 週 週間",
        "month": "month months か月 ヶ月 ヵ月 カ月 ケ月 箇月 か月間 ヶ月間 カ月間",
        "year": "year years 年 年間",
    }
)
LONG: Final = {"month": 30, "year": 365}
"""Units that there are not, in days."""

SIGNS: Final = by_word({">=": "≧ ≥ => >=", "<=": "≦ ≤ =< <=", ">": ">", "<": "<", "": "= =="})
"""Comparisons as they stand before an amount."""

SPOKEN: Final = by_word(
    {
        ">=": ("以上", "以降", "or more", "or longer", "or above"),
        "<=": ("以下", "以内", "まで", "or less", "or fewer", "or below"),
        ">": ("超", "を超える", "より大きい", "より多い", "より長い"),
        "<": ("未満", "より小さい", "より少ない", "より短い"),
    }
)
"""Comparisons as they stand behind an amount."""

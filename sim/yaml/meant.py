"""What was probably meant by a value as people write it: 令和8年4月1日, 8時30分〜17時15分, 3万円.

Every function returns the value as a definition has it, or ``None`` if that is not clear. The
tables are written by what their words stand for, and read by word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final, Literal


def by_word(words: Mapping[str, str | Iterable[str]]) -> dict[str, str]:
    """Return what each word stands for; texts of several words are parted at spaces."""
    return {
        word: meaning
        for meaning, all_ in words.items()
        for word in (all_.split() if isinstance(all_, str) else all_)
    }


ERAS: Final = by_word(
    {
        "1867": "明治 明 m",
        "1911": "大正 大 t",
        "1925": "昭和 昭 s",
        "1988": "平成 平 h",
        "2018": "令和 令 r",
    }
)
"""Eras by the years before their first ones: 令和元年 is 2019."""

TRUTHS: Final = by_word({"true": "true yes on y はい 有", "false": "false no off n いいえ 無"})

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


_DATE: Final = re.compile(
    rf"(?:(?P<era>{'|'.join(ERAS)})\.?\s*)?(?P<year>\d{{1,4}}|元)\s*[-/.年]\s*"
    r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?(?:[\s,t]*(?P<clock>\D*\d.*))?"
)
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")

_CLOCK: Final = re.compile(
    r"(?P<half>午前|午後|am|pm)?\s*(?P<hour>\d{1,2})\s*(?:(?:[:.時h]|(?=\d\d$))\s*"
    r"(?P<minute>[0-5]?\d|半)?\s*分?)?(?::\d\d)?\s*(?P<later>am|pm|a\.m\.|p\.m\.)?"
)
_FROM_TO: Final = re.compile(r"\s*(?:[-~〜‐‑‒–—―−ー]|から|より|to|until)\s*")
_AND: Final = re.compile(r"\s*(?:[、,・/&と]|and)\s*")

_CURRENCY: Final = r"[¥\\$]?\s*"
_AMOUNT: Final = r"[-+−]?\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,9})?"
_NUMBER: Final = re.compile(rf"{_CURRENCY}({_AMOUNT})\s*([千万億兆]?)\s*(?:{COUNTED})?")

_PART: Final = re.compile(
    rf"({_AMOUNT})\s*((?:business|working)\s+days?|[^\W\d_]+?)(?=\s*(?:\d|$|半$))"
)
_SHARE: Final = re.compile(rf"({_AMOUNT})\s*(?:%|パーセント|percent|per cent|pct)")
_TENTHS: Final = re.compile(r"(?:(\d)割)?(?:(\d)分)?")

_BEFORE: Final = re.compile(
    rf"({'|'.join(sorted(map(re.escape, SIGNS), key=len, reverse=True))})\s*(.+)"
)
_AFTER: Final = re.compile(rf"(.+?)\s*({'|'.join(sorted(SPOKEN, key=len, reverse=True))})")

_BOUNDED: Final = re.compile(
    r"([^\[({]+)[\[({]([^\])}]+?)\s*(?:,|\.\.+|[-~〜‐‑‒–—―−ー、]|から|\bto\b)\s*([^\])}]+)[\])}]"
)
_TIME: Final = r"0|(?:\d+(?:\.\d+)?(?:s|min|h|d|w|bd))+"
_PLAIN: Final = r"-?\d+(?:\.\d+)?%?"

Kind = Literal["duration", "share", "number"]


def narrow(text: str) -> str:
    """Return ``text`` with letters, digits and signs in their ordinary width."""
    return unicodedata.normalize("NFKC", text)


def moment(text: str) -> str | None:
    """Return ``2026-04-01`` for 令和8年4月1日, R8.4.1, 2026/4/1; ``…T10:30`` if it has a time."""
    plain = re.sub(r"\([^()]*\)", "", narrow(text).strip().lower())
    found = _DATE.fullmatch(_COMPACT.sub(r"\1-\2-\3", plain))
    if found is None or (found["era"] is None and len(found["year"]) < len("2026")):
        return None
    time = found["clock"] and clock(found["clock"])
    if found["clock"] and time is None:
        return None
    year = 1 if found["year"] == "元" else int(found["year"])
    year += int(ERAS.get(found["era"], 0))
    day = f"{year:04}-{found['month']:0>2}-{found['day']:0>2}" + (f"T{time}" if time else "")
    with suppress(ValueError):
        datetime.fromisoformat(day)
        return day
    return None


def clock(text: str) -> str | None:
    """Return ``08:30`` for 8時30分, 8:30 a.m. or 午前8時半."""
    plain = narrow(text).strip().lower().replace("正午", "12:00")
    found = _CLOCK.fullmatch(plain)
    if found is None or (not re.search(r"\D", plain) and len(plain) == len("830")):
        return None
    hour, minute = int(found["hour"]), 30 if found["minute"] == "半" else int(found["minute"] or 0)
    half = (found["half"] or found["later"] or "").replace(".", "")
    if half in {"午後", "pm"}:
        hour = hour % 12 + 12
    elif half in {"午前", "am"}:
        hour %= 12
    return f"{hour:02}:{minute:02}" if (hour, minute) <= (24, 0) else None


def span(text: str) -> str | None:
    """Return ``08:30-17:15`` for 8:30〜17:15 or 8時30分から17時15分まで; several as a list."""
    parts = _AND.split(text.strip())
    spans = _clear(map(_one_span, parts), ", ")
    return f"[{spans}]" if spans and len(parts) > 1 else spans


def _one_span(text: str) -> str | None:
    ends = [clock(end) for end in _ends(narrow(text).strip().removesuffix("まで"))]
    return _clear(ends, "-") if ends[0] != ends[-1] else None


def days(text: str) -> str | None:
    """Return ``mon-fri`` for 月-金, 月曜から金曜 or 平日, ``[mon, wed]`` for 月・水."""
    plain = re.sub("曜日?", "", narrow(text).strip().lower()).removesuffix("まで")
    if plain in WEEKS:
        return WEEKS[plain]
    if ends := _clear(map(DAYS.get, _ends(plain)), "-"):
        return ends
    parts = _AND.split(plain) if _AND.search(plain) else plain
    names = _clear(map(DAYS.get, parts), ", ")
    return f"[{names}]" if names else None


def truth(text: str) -> str | None:
    """Return ``true`` or ``false`` if ``text`` is another word for it."""
    return TRUTHS.get(text.strip().lower())


def number(text: str) -> str | None:
    """Return ``30000`` for 3万円, ``1000`` for 1,000円, ``3`` for ３件."""
    found = _NUMBER.fullmatch(narrow(text).strip().lower())
    return _figure(_float(found[1]) * TENS[found[2]]) if found else None


def duration(text: str) -> str | None:
    """Return ``3d`` for ３日, ``1h30min`` for 1時間30分 or 1時間半, ``5bd`` for 5 business days."""
    plain = narrow(text).strip().lower().removeprefix("約")
    if _PART.sub("", plain).strip() not in {"", "半"}:
        return None
    told: list[str | None] = []
    unit = ""
    for amount, word in _PART.findall(plain):
        unit = UNITS.get(re.sub(r"\s", "", word), "")
        figure = _figure(_float(amount) * LONG.get(unit, 1))
        told.append(f"{figure}{'d' if unit in LONG else unit}" if unit else None)
    if plain.endswith("半"):
        told.append({"h": "30min", "min": "30s", "d": "12h"}.get(unit))
    return _clear(told, "")


def share(text: str) -> str | None:
    """Return ``13%`` for １３％ or 13 percent, ``15%`` for 1割5分."""
    plain = narrow(text).strip().lower()
    if found := _SHARE.fullmatch(plain):
        return f"{_figure(_float(found[1]))}%"
    tenths = _TENTHS.fullmatch(plain)
    return f"{int(tenths[1] or 0) * 10 + int(tenths[2] or 0)}%" if tenths and tenths[1] else None


def noted(text: str, read: Callable[[str], str | None]) -> str | None:
    """Return ``5min (2min-10min)`` for 5 min [2 min, 10 min] or 5分（2〜10分）, or what is read."""
    found = _BOUNDED.fullmatch(narrow(text).strip())
    if found is None:
        return read(text)
    value, *bounds = (_amount_by(read, part.strip()) for part in found.groups())
    return None if None in (value, *bounds) else f"{value} ({bounds[0]}-{bounds[1]})"


def _amount_by(read: Callable[[str], str | None], text: str) -> str | None:
    written = re.fullmatch(_TIME if read is duration else _PLAIN, text)
    return text if written else read(text)


def test(text: str, kind: Kind) -> str | None:
    """Return ``">= 3"`` for ≧ 3 or 3以上, ``3-5`` for 3〜5: what a condition compares with.

    YAML reads what begins with ``>`` as text only in quotation marks.
    """
    plain = narrow(text.strip())
    if before := _BEFORE.fullmatch(plain):
        return _compared(SIGNS[before[1]], before[2], kind)
    if after := _AFTER.fullmatch(plain):
        return _compared(SPOKEN[after[2]], after[1], kind)
    return _clear([_amount(end, kind) for end in _ends(plain)], "-")


def _compared(sign: str, text: str, kind: Kind) -> str | None:
    amount = _amount(text, kind)
    if amount is None:
        return None
    return f'"{sign} {amount}"' if sign.startswith(">") else f"{sign} {amount}".strip()


def _amount(text: str, kind: Kind) -> str | None:
    if kind == "duration" and re.fullmatch(_TIME, text):
        return text
    return AMOUNTS[kind](text)


AMOUNTS: Final[dict[Kind, Callable[[str], str | None]]] = {
    "duration": duration,
    "share": share,
    "number": number,
}
"""What was meant by an amount of each kind."""


def _float(digits: str) -> float:
    return float(digits.replace(",", "").replace("−", "-"))


def _figure(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.10g}"


def _ends(text: str) -> list[str]:
    """Return the two ends of a span, or the one thing there is."""
    return _FROM_TO.split(text, maxsplit=1)


def _clear(parts: Iterable[str | None], sign: str) -> str | None:
    """Return the parts with ``sign`` between two of them, if there are any and all are clear."""
    clear = list(parts)
    return sign.join(map(str, clear)) if clear and None not in clear else None

"""Values as people in Japan write them are guessed at, and every guess can be read."""

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError

from sim.language.amounts import number
from sim.language.clock import read_moment
from sim.language.hours import Hours
from sim.yaml import meant
from sim.yaml.meant import Kind
from sim.yaml.source import loads

MOMENTS = {
    "令和8年4月1日": "2026-04-01",
    "令和８年４月１日（水）": "2026-04-01",
    "令和元年5月1日": "2019-05-01",
    "R8.4.1": "2026-04-01",
    "r8/4/1": "2026-04-01",
    "㋿8年4月1日": "2026-04-01",
    "平成31年4月30日": "2019-04-30",
    "H31.4.30": "2019-04-30",
    "昭和64年1月7日": "1989-01-07",
    "2026/4/1": "2026-04-01",
    "2026.4.1": "2026-04-01",
    "20260401": "2026-04-01",
    "2026年4月1日": "2026-04-01",
    "２０２６－０４－０１": "2026-04-01",
    "2026-04-01 10:30": "2026-04-01T10:30",
    "令和8年4月1日午後3時": "2026-04-01T15:00",
}
CLOCKS = {
    "8時30分": "08:30",
    "8時半": "08:30",
    "午後5時15分": "17:15",
    "午前0時": "00:00",
    "5:15 p.m.": "17:15",
    "12pm": "12:00",
    "正午": "12:00",
    "８：３０": "08:30",
    "0830": "08:30",
}
SPANS = {
    "8:30〜17:15": "08:30-17:15",
    "8:30～17:15": "08:30-17:15",
    "8:30–17:15": "08:30-17:15",
    "8時30分-17時15分": "08:30-17:15",
    "8時30分から17時15分まで": "08:30-17:15",
    "9am-5pm": "09:00-17:00",
    "9-17": "09:00-17:00",
    "22:00〜6:00": "22:00-06:00",
    "8:30〜12:00、13:00〜17:15": "[08:30-12:00, 13:00-17:15]",
}
DAYS = {
    "月-金": "mon-fri",
    "月〜金": "mon-fri",
    "月曜から金曜まで": "mon-fri",
    "月曜日": "mon",
    "平日": "mon-fri",
    "土日": "sat-sun",
    "毎日": "daily",
    "月・水・金": "[mon, wed, fri]",
    "火木": "[tue, thu]",
    "Monday-Friday": "mon-fri",
    "weekdays": "mon-fri",
}
AMOUNTS: dict[Kind, dict[str, str]] = {
    "number": {
        "3万円": "30000",
        "1.5億円": "150000000",
        "1,000円": "1000",
        "¥1,000": "1000",
        "1千円": "1000",
        "１０": "10",
        "３件": "3",
        "−5": "-5",
    },
    "duration": {
        "３日": "3d",
        "3日間": "3d",
        "２週間": "2w",
        "5営業日": "5bd",
        "5 business days": "5bd",
        "1か月": "30d",
        "3ヶ月": "90d",
        "1年": "365d",
        "1時間30分": "1h30min",
        "1時間半": "1h30min",
        "約２時間": "2h",
        "１．５時間": "1.5h",
        "2 weeks": "2w",
        "3m": "3min",
    },
    "share": {"１３％": "13%", "13 %": "13%", "13パーセント": "13%", "5割": "50%", "1割5分": "15%"},
}
TESTS: list[tuple[Kind, str, str]] = [
    ("number", "≧ 3", '">= 3"'),
    ("number", "≥3", '">= 3"'),
    ("number", "＞ 3", '"> 3"'),
    ("number", "≦３", "<= 3"),
    ("number", "3万円以上", '">= 30000"'),
    ("number", "3未満", "< 3"),
    ("number", "3〜5", "3-5"),
    ("number", "== 3", "3"),
    ("duration", "≧ 3日", '">= 3d"'),
    ("duration", "3d〜5d", "3d-5d"),
    ("share", "３割以下", "<= 30%"),
]
UNCLEAR = [
    "soon",
    "三",
    "午後",
    "月は",
    "1 000",
    "25時",
    "2026-13-01",
    "-",
    "",
    "3 smoots",
]


@pytest.mark.parametrize(("text", "day"), MOMENTS.items())
def test_a_day_of_an_era_or_another_spelling_is_understood(text: str, day: str) -> None:
    """And what is guessed can be read."""
    assert meant.moment(text) == day
    assert read_moment(day) == datetime.fromisoformat(day)


@pytest.mark.parametrize(("text", "time"), CLOCKS.items())
def test_a_time_of_day_in_words_is_understood(text: str, time: str) -> None:
    """Before and after noon, full hours and halves."""
    assert meant.clock(text) == time


@pytest.mark.parametrize(("text", "span"), SPANS.items())
def test_opening_hours_with_other_dashes_or_words_are_understood(text: str, span: str) -> None:
    """And they can be written so."""
    assert meant.span(text) == span
    Hours.model_validate(loads(f"{{days: daily, open: {span}}}").data)


@pytest.mark.parametrize(("text", "days"), DAYS.items())
def test_days_of_the_week_in_other_words_are_understood(text: str, days: str) -> None:
    """And they can be written so."""
    assert meant.days(text) == days
    Hours.model_validate(loads(f"{{days: {days}, open: '08:30-17:15'}}").data)


@pytest.mark.parametrize(
    ("kind", "text", "amount"),
    [(kind, text, amount) for kind, table in AMOUNTS.items() for text, amount in table.items()],
)
def test_an_amount_with_a_counter_or_in_full_width_is_understood(
    kind: Kind, text: str, amount: str
) -> None:
    """And the guess is read as an amount of that kind."""
    assert meant.AMOUNTS[kind](text) == amount
    number(loads(amount).data, kind)


@pytest.mark.parametrize(("kind", "text", "test"), TESTS)
def test_a_comparison_in_other_signs_or_words_is_understood(
    kind: Kind, text: str, test: str
) -> None:
    """It is quoted where YAML needs that."""
    assert meant.test(text, kind) == test
    assert str(loads(test).data) == test.strip('"')


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_not_clear_is_not_guessed(text: str) -> None:
    """No guess is better than a wrong one."""
    readers = (meant.moment, meant.clock, meant.span, meant.days, *meant.AMOUNTS.values())
    assert [reader(text) for reader in readers] == [None] * len(readers)
    assert meant.test(text, "number") is None


def test_a_guess_goes_with_the_refusal() -> None:
    """The one who reads the message sees it."""
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate({"days": "月-金", "open": "8:30〜17:15"})
    assert [error["ctx"]["guess"] for error in caught.value.errors()] == ["mon-fri", "08:30-17:15"]

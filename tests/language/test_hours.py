"""Opening hours as written: what they mean, and how a mistake in them is reported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sim.language.clock import slots, spans, weekdays
from sim.language.hours import NAMED, Hours, HoursOrName
from sim.words import LANGUAGES, say


def dated(dates: dict[str, str]) -> dict[str, Any]:
    """Return Saturday's hours with dates."""
    return {"days": "sat", "open": "09:00-10:00", "dates": dates}


def errors(raw: object) -> list[tuple[str, tuple[int | str, ...]]]:
    """Read hours that are wrong; return (key, place) of each mistake."""
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate(raw)
    found = []
    for error in caught.value.errors():
        values: dict[str, Any] = dict(error.get("ctx", {}))
        found.append((error["type"], (*error["loc"], *values.pop("at", ()))))
        if "." in error["type"]:
            assert all(say(error["type"], lang, **values) for lang in LANGUAGES)
    return found


def test_office_hours_are_monday_to_friday_from_half_past_eight() -> None:
    """``office`` is open Mon-Fri 08:30-17:15 and closed on holidays."""
    office = NAMED["office"]
    assert office.week == (("08:30-17:15",),) * 5 + ((),) * 2
    assert spans(office.week[0]) == ((8 * 3600 + 1800, 17 * 3600 + 900),)
    assert office.holidays == "closed"


def test_the_well_known_calendars_are_there() -> None:
    """``always`` never closes, not even on holidays; ``business_days`` are whole days."""
    assert set(NAMED) == {"always", "office", "business", "business_days"}
    assert NAMED["always"].week == (("00:00-24:00",),) * 7
    assert NAMED["always"].holidays == "open"
    assert NAMED["business_days"].week == (("00:00-24:00",),) * 5 + ((),) * 2
    assert NAMED["business"].week == (("09:00-18:00",),) * 5 + ((),) * 2


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
        ("sat", {5}),
        ("fri-mon", {4, 5, 6, 0}),
        (["tue", "fri"], {1, 4}),
        (["mon-wed", "wed-thu"], {0, 1, 2, 3}),
    ],
)
def test_days_are_one_a_range_or_a_list(days: object, expected: set[int]) -> None:
    """A range may go round the week's end, and a day named twice counts once."""
    week = Hours.model_validate({"days": days, "open": "09:00-10:00"}).week
    assert {day for day, texts in enumerate(week) if texts} == expected


def test_spans_come_in_the_order_of_the_day() -> None:
    """A lunch break may be written in any order; spans that touch do not overlap."""
    hours = Hours.model_validate({"days": "sat", "open": ["13:00-17:00", "9:00 - 12:00"]})
    assert spans(hours.week[5]) == ((9 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    touching = Hours.model_validate({"days": "sat", "open": ["00:00-06:00", "06:00-24:00"]})
    assert spans(touching.week[5]) == ((0, 21_600), (21_600, 86_400))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:00-06:00", (79_200, 108_000)),
        ("22:00-00:00", (79_200, 86_400)),
        ("23:59-23:58", (86_340, 172_680)),
    ],
)
def test_a_night_closes_after_midnight(text: str, expected: tuple[int, int]) -> None:
    """What closes before it opens goes on into the next day."""
    assert spans((text,)) == (expected,)


def test_hours_may_differ_from_day_to_day() -> None:
    """The first days that fit count, the others are closed."""
    raw = {
        "open": {"wed": "08:30-20:00", "fri": "closed", "mon-fri": ["09:00-12:00", "13:00-17:00"]}
    }
    usual = ("09:00-12:00", "13:00-17:00")
    hours = Hours.model_validate(raw)
    assert hours.week == (usual, usual, ("08:30-20:00",), usual, (), (), ())
    assert not hours.timetable


def test_a_timetable_may_differ_from_day_to_day() -> None:
    """Moments instead of spans, all else alike."""
    hours = Hours.model_validate({"at": {"sat": "09:00", "daily": ["09:00", "15:00"]}})
    assert hours.week == (("09:00", "15:00"),) * 5 + (("09:00",), ("09:00", "15:00"))
    assert hours.timetable


def test_dates_come_before_the_days_of_the_week() -> None:
    """A date, a span of dates, of one year or of every year; the first that fits counts."""
    dates = {"2026-08-14": "09:00-12:00", "08-13/08-15": "closed", "2026-05-03": "22:00-02:00"}
    hours = Hours.model_validate({"days": "mon-fri", "open": "09:00-17:00", "dates": dates})
    assert [(one.first, one.last, one.yearly, texts) for one, texts in hours.dated] == [
        (date(2026, 8, 14), date(2026, 8, 14), False, ("09:00-12:00",)),
        (date(2000, 8, 13), date(2000, 8, 15), True, ()),
        (date(2026, 5, 3), date(2026, 5, 3), False, ("22:00-02:00",)),
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"days": "mon-fri"}, ("22:00-24:00", "00:00-06:00")),
        ({"days": "daily"}, ("22:00-24:00", "00:00-06:00")),
        ({"days": "daily", "holidays": "open"}, None),
        (
            {"days": "daily", "holidays": "open", "dates": {"08-13": "closed"}},
            ("22:00-24:00", "00:00-06:00"),
        ),
        ({"days": "mon-fri", "open": ["22:00-06:00"]}, None),
        ({"days": "mon-fri", "open": ["00:00-24:00"]}, None),
        ({"days": "mon-fri", "open": ["00:00-06:00", "08:00-23:00"]}, None),
        (
            {"open": {"fri": ["00:00-06:00", "23:00-24:00"], "mon-thu": "09:00-10:00"}},
            ("23:00-24:00", "00:00-06:00"),
        ),
        ({"days": "mon-fri", "at": ["00:00", "23:00"]}, None),
    ],
)
def test_a_night_in_two_parts_is_noticed(
    raw: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    """Unless every day goes on into one that begins alike, the two parts are no night."""
    parts = {} if "at" in raw else {"open": ["22:00-24:00", "00:00-06:00"]}
    assert Hours.model_validate(parts | raw).torn_night == expected


def test_a_timetable_lists_its_moments_once_and_in_order() -> None:
    """``at`` makes a timetable; it has no spans."""
    hours = Hours.model_validate({"days": "mon-fri", "at": ["11:00", "09:00", "11:00"]})
    assert hours.timetable
    assert slots(hours.week[0]) == (9 * 3600, 11 * 3600)


def test_opening_hours_are_no_timetable() -> None:
    """``open`` makes opening hours; they have no slots."""
    assert not NAMED["office"].timetable


def test_equal_hours_are_one_key() -> None:
    """Hours can be compared and hashed, so that a calendar is built once."""
    one = Hours.model_validate({"days": ["mon-fri"], "open": ["08:30-17:15"]})
    assert one == NAMED["office"]
    assert hash(one) == hash(NAMED["office"])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"days": "mon-fry", "open": "09:00-10:00"}, ("hours.day", ("days", 0))),
        ({"days": "Monday", "open": "09:00-10:00"}, ("hours.day", ("days", 0))),
        ({"days": [], "open": "09:00-10:00"}, ("hours.nothing", ("days",))),
        ({"days": "sat", "open": "morning"}, ("hours.span", ("open", 0))),
        ({"days": "sat", "open": "09:00-24:01"}, ("hours.span", ("open", 0))),
        ({"days": "sat", "open": "09:60-10:00"}, ("hours.span", ("open", 0))),
        ({"days": "sat", "open": "24:00-06:00"}, ("hours.span", ("open", 0))),
        ({"days": "sat", "open": "09:00-09:00"}, ("hours.order", ("open", 0))),
        ({"days": "sat", "open": ["22:00-06:00", "23:00-24:00"]}, ("hours.overlap", ("open", 1))),
        (
            {"days": "sat", "open": ["09:00-12:00", "13:00-15:00", "11:59-13:00"]},
            ("hours.overlap", ("open", 2)),
        ),
        ({"days": "sat", "at": "24:00"}, ("hours.clock", ("at", 0))),
        ({"days": "sat", "at": ["09:00", "soon"]}, ("hours.clock", ("at", 1))),
        ({"days": "sat", "at": "09:00", "open": "09:00-10:00"}, ("hours.both", ("at",))),
        ({"days": "sat"}, ("hours.neither", ())),
        ({"open": "09:00-10:00"}, ("value.missing", ())),
        ({"open": {"sat": "09:00-10:00"}, "days": "sat"}, ("hours.days_twice", ("days",))),
        ({"open": {}}, ("hours.nothing", ("open",))),
        ({"open": {"sta": "09:00-10:00"}}, ("hours.day", ("open", "sta", "[key]"))),
        ({"open": {"sat": "9"}}, ("hours.span", ("open", "sat", 0))),
        ({"at": {"sat": "09:00-10:00"}}, ("hours.clock", ("at", "sat", 0))),
        ({"open": {"sat": []}}, ("hours.nothing", ("open", "sat"))),
        (
            {"open": {"mon-fri": "09:00-10:00", "wed": "09:00-12:00"}},
            ("hours.counted", ("open", "wed")),
        ),
        (dated({"5/3": "closed"}), ("hours.date", ("dates", "5/3", "[key]"))),
        (
            dated({"05-03/2026-05-04": "closed"}),
            ("hours.date", ("dates", "05-03/2026-05-04", "[key]")),
        ),
        (dated({"02-30": "closed"}), ("no_such_moment", ("dates", "02-30", "[key]"))),
        (dated({"2027-02-29": "closed"}), ("no_such_moment", ("dates", "2027-02-29", "[key]"))),
        (dated({"1949-12-31": "closed"}), ("year_out_of_bounds", ("dates", "1949-12-31", "[key]"))),
        (
            dated({"2026-05-04/2026-05-03": "closed"}),
            ("hours.dates_reversed", ("dates", "2026-05-04/2026-05-03", "[key]")),
        ),
        (
            dated({"08-13/08-15": "closed", "2026-08-14": "09:00-10:00"}),
            ("hours.counted", ("dates", "2026-08-14")),
        ),
        (
            dated({"12-29/01-03": "closed", "01-02": "09:00-10:00"}),
            ("hours.counted", ("dates", "01-02")),
        ),
        (dated({"05-03": "09:00"}), ("hours.date_spans", ("dates", "05-03"))),
        (dated({"05-03": "soon"}), ("hours.clock", ("dates", "05-03", 0))),
        (dated({}), ("hours.nothing", ("dates",))),
        (
            {"days": "sat", "at": "09:00", "dates": {"05-03": "09:00-10:00"}},
            ("hours.date_times", ("dates", "05-03")),
        ),
        ({"days": "sat", "open": 9}, ("string_type", ("open", 0))),
        ({"days": "sat", "at": "09:00", "holidays": "no"}, ("literal_error", ("holidays",))),
        ({"days": "sat", "at": "09:00", "closed": "no"}, ("extra_forbidden", ("closed",))),
    ],
)
def test_a_mistake_is_named_and_located(
    raw: object, expected: tuple[str, tuple[int | str, ...]]
) -> None:
    """Each mistake has its own message in both languages and points at the entry."""
    assert errors(raw) == [expected]


def test_all_mistakes_are_found_at_once() -> None:
    """One mistake does not hide another."""
    raw = {"days": ["mon", "tuesday"], "open": ["08:00", "17:00-17:00"], "holidays": 1}
    assert [key for key, _ in errors(raw)] == [
        "hours.day",
        "hours.span",
        "hours.order",
        "literal_error",
    ]


@pytest.mark.parametrize(
    ("written", "guess"),
    [
        ("8/13", "08-13"),
        ("2026/5/3", "2026-05-03"),
        ("8月13日〜8月15日", "08-13/08-15"),
        ("2026-08-13 - 2026-08-15", "2026-08-13/2026-08-15"),
        ("13 August", None),
    ],
)
def test_a_date_written_otherwise_is_guessed(written: str, guess: str | None) -> None:
    """The guess is in the form that is asked for."""
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate(dated({written: "closed"}))
    (error,) = caught.value.errors()
    assert error["ctx"]["guess"] == guess


@pytest.mark.parametrize(
    ("raw", "guess"),
    [
        ({"days": "月-金", "open": "09:00-10:00"}, "mon-fri"),
        ({"days": "月曜～金曜", "open": "09:00-10:00"}, "mon-fri"),
        ({"days": "平日", "open": "09:00-10:00"}, "mon-fri"),
        ({"days": "土", "open": "09:00-10:00"}, "sat"),
        ({"days": "mon–fri", "open": "09:00-10:00"}, "mon-fri"),
        ({"days": "tues", "open": "09:00-10:00"}, "tue"),
        ({"days": "sat", "open": "8:30〜17:15"}, "08:30-17:15"),
        ({"days": "sat", "open": "８：３０～１７：１５"}, "08:30-17:15"),
        ({"days": "sat", "open": "8:30 から 17:15"}, "08:30-17:15"),
        ({"open": {"sat": "8:30〜17:15"}}, "08:30-17:15"),
        ({"days": "sat", "open": "morning"}, None),
    ],
)
def test_days_and_hours_written_otherwise_are_guessed(
    raw: dict[str, Any], guess: str | None
) -> None:
    """Full-width figures, waves, long dashes and Japanese days."""
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate(raw)
    (error,) = caught.value.errors()
    assert error["ctx"]["guess"] == guess


def test_a_date_of_every_year_does_not_hide_behind_that_of_one() -> None:
    """2026-08-14 before 08-14 leaves all other years."""
    hours = Hours.model_validate(dated({"2026-08-14": "09:00-10:00", "08-14": "closed"}))
    assert len(hours.dates) == 2


def test_days_of_the_week_are_one_or_a_span_that_may_go_round() -> None:
    """``weekdays`` numbers them, Monday first."""
    assert weekdays("sat-mon") == (5, 6, 0)
    assert weekdays("wed") == (2,)


def test_hours_may_be_named_or_written_in_place() -> None:
    """Text is a calendar's name; a mapping is read as hours, its mistakes located inside it."""
    adapter: TypeAdapter[str | Hours] = TypeAdapter(HoursOrName)
    assert adapter.validate_python("office") == "office"
    assert adapter.validate_python({"days": "sat", "at": "09:00"}) == Hours(
        days=("sat",), at=("09:00",)
    )
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python({"days": "sat", "open": ["09:00-10:00", "x"]})
    assert [error["loc"] for error in caught.value.errors()] == [("open", 1)]


def test_an_editor_learns_the_forms_of_hours() -> None:
    """The JSON Schema accepts one text or a list, each of the right form."""
    days = Hours.model_json_schema()["properties"]["days"]
    assert [form["type"] for form in days["anyOf"]] == ["string", "array"]
    assert "mon" in days["anyOf"][0]["pattern"]

"""Opening hours as written: what they mean, and how a mistake in them is reported."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sim.model.hours import NAMED, Hours, HoursOrName
from sim.words import LANGUAGES, say


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
    assert office.weekdays == {0, 1, 2, 3, 4}
    assert office.spans == ((8 * 3600 + 1800, 17 * 3600 + 900),)
    assert office.holidays == "closed"


def test_the_well_known_calendars_are_there() -> None:
    """``always`` never closes, not even on holidays; ``business_days`` are whole days."""
    assert set(NAMED) == {"always", "office", "business", "business_days"}
    assert NAMED["always"].weekdays == set(range(7))
    assert NAMED["always"].holidays == "open"
    assert NAMED["always"].spans == NAMED["business_days"].spans == ((0, 86_400),)
    assert NAMED["business"].spans == ((9 * 3600, 18 * 3600),)


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
    assert Hours.model_validate({"days": days, "open": "09:00-10:00"}).weekdays == expected


def test_spans_come_in_the_order_of_the_day() -> None:
    """A lunch break may be written in any order; spans that touch do not overlap."""
    hours = Hours.model_validate({"days": "sat", "open": ["13:00-17:00", "9:00 - 12:00"]})
    assert hours.spans == ((9 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    touching = Hours.model_validate({"days": "sat", "open": ["00:00-06:00", "06:00-24:00"]})
    assert touching.spans == ((0, 21_600), (21_600, 86_400))


def test_a_timetable_lists_its_moments_once_and_in_order() -> None:
    """``at`` makes a timetable; it has no spans."""
    hours = Hours.model_validate({"days": "mon-fri", "at": ["11:00", "09:00", "11:00"]})
    assert hours.timetable
    assert hours.slots == (9 * 3600, 11 * 3600)
    assert hours.spans == ()


def test_opening_hours_are_no_timetable() -> None:
    """``open`` makes opening hours; they have no slots."""
    assert not NAMED["office"].timetable
    assert NAMED["office"].slots == ()


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
        ({"days": "sat", "open": "22:00-06:00"}, ("hours.order", ("open", 0))),
        ({"days": "sat", "open": "09:00-09:00"}, ("hours.order", ("open", 0))),
        (
            {"days": "sat", "open": ["09:00-12:00", "13:00-15:00", "11:59-13:00"]},
            ("hours.overlap", ("open", 2)),
        ),
        ({"days": "sat", "at": "24:00"}, ("hours.clock", ("at", 0))),
        ({"days": "sat", "at": ["09:00", "soon"]}, ("hours.clock", ("at", 1))),
        ({"days": "sat", "at": "09:00", "open": "09:00-10:00"}, ("hours.both", ("at",))),
        ({"days": "sat"}, ("hours.neither", ())),
        ({"open": "09:00-10:00"}, ("missing", ("days",))),
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
    raw = {"days": ["mon", "tuesday"], "open": ["08:00", "17:00-09:00"], "holidays": 1}
    assert [key for key, _ in errors(raw)] == [
        "hours.day",
        "hours.span",
        "hours.order",
        "literal_error",
    ]


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

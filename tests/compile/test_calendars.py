"""Calendars by hand-worked dates, and against a second-by-second count."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import holidays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.compile import calendars
from sim.compile.calendars import (
    DAY,
    Calendar,
    build,
    legal_deadline,
    legal_end,
    meet,
    slots,
)
from sim.errors import RunFailed
from sim.language.hours import ALWAYS, BUSINESS, BUSINESS_DAYS, OFFICE, Hours

START = date(2026, 4, 1)  # a Wednesday
MINUTE = 60
HOUR = 3600
HOLIDAYS = holidays.country_holidays("JP", years=range(2026, 2029))


def at(moment: str) -> int:
    """Second of the run at a local date and time such as ``2026-04-10 17:00``."""
    return int((datetime.fromisoformat(moment) - datetime(2026, 4, 1)) // timedelta(seconds=1))  # noqa: DTZ001


NIGHT = {"days": "mon-fri", "open": "22:00-06:00"}
KEPT: dict[str, dict[str, Any] | Hours] = {
    "office": OFFICE,
    "days": BUSINESS_DAYS,
    "always": ALWAYS,
    "holidays too": {"days": "mon-fri", "open": "08:30-17:15", "holidays": "open"},
    "night": NIGHT,
    "night, a day off": NIGHT | {"dates": {"2026-04-08": "closed"}},
    "bank": {"days": "mon-fri", "open": "09:00-15:00", "holidays": "banks"},
    # Long on Wednesdays, half a day on Saturdays, with a summer break and emergency openings.
    "town hall": {
        "open": {"wed": "08:30-19:00", "sat": "08:30-12:00", "mon-fri": "08:30-17:15"},
        "dates": {
            "2026-08-14": "13:00-15:00",
            "08-13/08-15": "closed",
            "2026-05-03": "10:00-14:00",
        },
    },
}


@cache
def calendar(hours: str, *shut: tuple[str, str]) -> Calendar:
    """Hours that are kept from 1 April 2026, with outages."""
    kept = KEPT[hours]
    read = kept if isinstance(kept, Hours) else Hours.model_validate(kept)
    return build(read, START, 1000, [(at(start), at(end)) for start, end in shut])


def office(*shut: tuple[str, str]) -> Calendar:
    """Office hours from 1 April 2026, with outages."""
    return calendar("office", *shut)


def days_open(calendar: Calendar, first: str, last: str) -> list[str]:
    """The dates from first to last on which a calendar is open at all."""
    day, found = date.fromisoformat(first), []
    while day <= date.fromisoformat(last):
        if calendar.open_between(at(str(day)), at(str(day)) + DAY):
            found.append(str(day))
        day += timedelta(1)
    return found


# -- by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "begins", "work", "done"),
    [
        # Fri 10 Apr: 15 min to closing at 17:15, the rest on Mon.
        ("office", "2026-04-10 17:00", 45 * MINUTE, "2026-04-13 09:00"),
        # What comes at the weekend starts on Monday; no work is done at the next open second.
        ("office", "2026-04-11 10:00", 0, "2026-04-13 08:30"),
        ("office", "2026-04-11 10:00", HOUR, "2026-04-13 09:30"),
        # Work may finish at 17:15 sharp but not start then; at 08:30 sharp it may start.
        ("office", "2026-04-09 16:15", HOUR, "2026-04-09 17:15"),
        ("office", "2026-04-09 17:14:59", 0, "2026-04-09 17:14:59"),
        ("office", "2026-04-09 17:15", 0, "2026-04-10 08:30"),
        ("office", "2026-04-09 17:15", 1, "2026-04-10 08:30:01"),
        ("office", "2026-04-09 08:30", 0, "2026-04-09 08:30"),
        # 8 h 45 min each on Thu and Fri, 2 h 30 min on Mon.
        ("office", "2026-04-09 08:30", 20 * HOUR, "2026-04-13 11:00"),
        # Golden Week; the vernal equinox of 2027 falls on a Sunday: Monday is closed.
        ("office", "2026-05-01 17:00", 30 * MINUTE, "2026-05-07 08:45"),
        ("office", "2027-03-19 18:00", 0, "2027-03-23 08:30"),
        # One hour before the break of the new year, one after it.
        ("office", "2026-12-28 16:15", 2 * HOUR, "2027-01-04 09:30"),
        ("holidays too", "2026-05-04 10:00", 0, "2026-05-04 10:00"),
        # 5 business days: half of Tue 28 Apr, 30 Apr, 1, 7 and 8 May, half of Mon 11 May.
        ("days", "2026-04-28 12:00", 5 * DAY, "2026-05-11 12:00"),
        # 0.2 of one: two hours to midnight of Fri 10 Apr, 2:48 h on Mon.
        ("days", "2026-04-10 22:00", 17_280, "2026-04-13 02:48"),
        ("days", "2026-04-10 00:00", DAY, "2026-04-11 00:00"),
        ("days", "2026-04-10 00:00", DAY + 1, "2026-04-13 00:00:01"),
        # A night belongs to the day on which it begins: Fri 3 April goes on to Sat 06:00.
        ("night", "2026-04-03 23:00", 3 * HOUR, "2026-04-04 02:00"),
        ("night", "2026-04-04 05:59:59", 0, "2026-04-04 05:59:59"),
        ("night", "2026-04-04 06:00", 0, "2026-04-06 22:00"),
        ("night", "2026-04-04 05:00", 2 * HOUR, "2026-04-06 23:00"),
        # That before Showa Day is whole, that of the holiday is none.
        ("night", "2026-04-29 05:00", 0, "2026-04-29 05:00"),
        ("night", "2026-04-29 06:00", 0, "2026-04-30 22:00"),
        # A run may begin in a night: that of Tue 31 March.
        ("night", "2026-04-01 00:00", 0, "2026-04-01 00:00"),
        ("night", "2026-04-01 04:00", 3 * HOUR, "2026-04-01 23:00"),
        # Wed 8 April off leaves the night of the 7th whole, that of the 8th is none.
        ("night, a day off", "2026-04-08 05:00", 0, "2026-04-08 05:00"),
        ("night, a day off", "2026-04-08 06:00", 0, "2026-04-09 22:00"),
        # Wednesday to 19:00, Saturday to noon.
        ("town hall", "2026-04-08 17:15", 2 * HOUR, "2026-04-09 08:45"),
        ("town hall", "2026-04-10 17:15", HOUR, "2026-04-11 09:30"),
        ("town hall", "2026-04-11 12:00", 0, "2026-04-13 08:30"),
        # Sun 3 May is a holiday and open; of 13 to 15 August only an afternoon.
        ("town hall", "2026-05-02 12:00", 0, "2026-05-03 10:00"),
        ("town hall", "2026-05-03 14:00", 0, "2026-05-07 08:30"),
        ("town hall", "2026-08-12 19:00", 0, "2026-08-14 13:00"),
        ("always", "2026-04-04 23:59:59", 2, "2026-04-05 00:00:01"),
    ],
)
def test_work_is_done_in_the_hours_that_are_kept(
    hours: str, begins: str, work: int, done: str
) -> None:
    """Each by hand, with a wall calendar."""
    assert calendar(hours).finish(at(begins), work) == at(done)
    if not work:
        assert calendar(hours).next_open(at(begins)) == at(done)


@pytest.mark.parametrize(
    ("hours", "first", "last", "days"),
    [
        # Wed 29 Apr, Sun 3 to Tue 5 May, and Wed 6 May as substitute for the Sunday.
        ("office", "2026-04-27", "2026-05-10", "04-27 04-28 04-30 05-01 05-07 05-08"),
        # Tue 22 Sep lies between the days of the aged and of the equinox.
        ("office", "2026-09-18", "2026-09-24", "09-18 09-24"),
        ("office", "2026-12-25", "2027-01-05", "12-25 12-28 01-04 01-05"),
        # Banks close from 31 December to 3 January.
        ("bank", "2026-12-26", "2027-01-05", "12-28 12-29 12-30 01-04 01-05"),
        ("bank", "2026-04-29", "2026-05-07", "04-30 05-01 05-07"),
        # A summer break every year; an afternoon of it in one.
        ("town hall", "2026-08-11", "2026-08-18", "08-12 08-14 08-17 08-18"),
        ("town hall", "2027-08-12", "2027-08-16", "08-12 08-16"),
    ],
)
def test_days_off_are_those_on_the_wall_calendar(
    hours: str, first: str, last: str, days: str
) -> None:
    """Holidays, the turn of the year and dates of one's own."""
    assert [day[5:] for day in days_open(calendar(hours), first, last)] == days.split()


@pytest.mark.parametrize(
    ("out", "begins", "work", "done"),
    [
        # In mid service: 30 min, then 1 h 30 min.
        (("2026-04-30 10:30", "2026-04-30 13:00"), "2026-04-30 10:00", 120, "2026-04-30 14:30"),
        (("2026-04-30 10:30", "2026-04-30 13:00"), "2026-04-30 10:00", 30, "2026-04-30 10:30"),
        (("2026-04-30 10:30", "2026-04-30 13:00"), "2026-04-30 10:30", 0, "2026-04-30 13:00"),
        # Whole days: Thu 9 Apr noon to Tue 14 Apr.
        (("2026-04-09 12:00", "2026-04-14 09:00"), "2026-04-09 11:30", 60, "2026-04-14 09:30"),
        (("2026-04-09 12:00", "2026-04-14 09:00"), "2026-04-10 11:30", 0, "2026-04-14 09:00"),
    ],
)
def test_an_outage_stops_the_work(out: tuple[str, str], begins: str, work: int, done: str) -> None:
    """It goes on when the outage is over; ``work`` in minutes."""
    assert office(out).finish(at(begins), work * MINUTE) == at(done)


def test_a_short_calendar_knows_the_holidays_of_the_next_year() -> None:
    """A calendar of 20 days from 28 Dec 2026 is closed on Mon 11 Jan 2027, coming of age day."""
    calendar = build(OFFICE, date(2026, 12, 28), 20)
    monday = 14 * DAY
    assert calendar.open_between(monday, monday + DAY) == 0
    assert calendar.next_open(monday) == monday + DAY + 8 * HOUR + 30 * MINUTE


def test_outages_may_overlap_and_come_in_any_order() -> None:
    """Out 11:00-13:00 and 10:00-12:00 is out 10:00-13:00, as is one outage within another."""
    longest = ("2026-04-09 10:00", "2026-04-09 13:00")
    both = office(
        ("2026-04-09 11:00", "2026-04-09 13:00"), ("2026-04-09 10:00", "2026-04-09 12:00")
    )
    assert both == office(longest)
    assert office(("2026-04-09 11:00", "2026-04-09 12:00"), longest) == office(longest)


def test_an_outage_at_night_changes_nothing() -> None:
    """Out on Thu from 18:00 to Fri 08:30: an office does not notice."""
    assert office(("2026-04-09 18:00", "2026-04-10 08:30")) == office()


def test_hours_up_to_midnight_join_those_after_it() -> None:
    """22:00-24:00 and 00:00-06:00 daily make one interval a night."""
    night = Hours(days=("daily",), open=("22:00-24:00", "00:00-06:00"), holidays="open")
    calendar = build(night, START, 3)
    assert calendar.opens == (0, 22 * HOUR, 46 * HOUR, 70 * HOUR)
    assert calendar.closes == (6 * HOUR, 30 * HOUR, 54 * HOUR, 72 * HOUR)


def test_a_night_that_meets_the_morning_is_one_interval() -> None:
    """Open 20:00-08:00 on Thursdays and 07:00-12:00 on Fridays: Thu 2 April 20:00 to Fri 12:00."""
    raw = {"open": {"thu": "20:00-08:00", "fri": "07:00-12:00"}}
    calendar = build(Hours.model_validate(raw), START, 7)
    assert calendar == Calendar((at("2026-04-02 20:00"),), (at("2026-04-03 12:00"),))


def test_always_is_one_interval() -> None:
    """``always`` covers its days without a seam."""
    assert build(ALWAYS, START, 10) == Calendar((0,), (10 * DAY,))


def test_a_calendar_reaches_thirty_years_unless_told_otherwise() -> None:
    """The default covers 30 years from the start."""
    assert build(ALWAYS, START).closes[-1] == (date(2056, 4, 1) - START).days * DAY


def test_two_calendars_meet_where_both_are_open() -> None:
    """Office 08:30-17:15 and business 09:00-18:00 meet at 09:00-17:15."""
    both = meet(build(OFFICE, START, 30), build(BUSINESS, START, 30))
    assert both.next_open(at("2026-04-09 08:00")) == at("2026-04-09 09:00")
    assert both.finish(at("2026-04-09 16:15"), HOUR) == at("2026-04-09 17:15")
    assert both.next_open(at("2026-04-09 17:15")) == at("2026-04-10 09:00")


def test_calendars_that_never_meet_are_never_open() -> None:
    """Evenings and office hours have no second in common."""
    evening = Hours(days=("mon-fri",), open=("18:00-21:00",))
    nothing = meet(office(), build(evening, START, 400))
    assert nothing == Calendar((), ())
    assert nothing.open_between(0, 400 * DAY) == 0
    assert nothing.open_between_many(np.array([0, 5]), np.array([9, 9])).tolist() == [0, 0]
    with pytest.raises(RunFailed):
        nothing.next_open(0)


def test_hours_on_no_day_of_the_period_are_never_open() -> None:
    """Saturdays within a Wednesday and a Thursday: none."""
    assert build(Hours(days=("sat",), open=("09:00-10:00",)), START, 2) == Calendar((), ())


@pytest.mark.parametrize(
    ("t", "work"), [(10 * DAY, 0), (10 * DAY, 5), (10 * DAY - 1, 2), (0, 10 * DAY + 1)]
)
def test_beyond_its_last_interval_a_calendar_fails(t: int, work: int) -> None:
    """Work that would end after the last closing cannot be placed."""
    with pytest.raises(RunFailed) as caught:
        build(ALWAYS, START, 10).finish(t, work)
    assert f"day {t // DAY} " in str(caught.value)
    assert f"{t // DAY}日目" in caught.value.text("ja")


def test_the_last_second_of_a_calendar_can_be_used() -> None:
    """Work may fill the last interval to its end, and nothing starts there."""
    ten_days = build(ALWAYS, START, 10)
    assert ten_days.finish(0, 10 * DAY) == 10 * DAY
    with pytest.raises(RunFailed):
        ten_days.next_open(10 * DAY)


def test_years_without_known_holidays_are_closed() -> None:
    """Holidays are known up to 2099; what does not care about holidays stays open."""
    calendar = build(OFFICE, date(2099, 12, 28), 30)
    assert calendar.closes == (17 * HOUR + 15 * MINUTE,)
    assert build(OFFICE, date(1948, 12, 1), 31) == Calendar((), ())
    assert build(ALWAYS, date(2099, 12, 28), 30).closes == (30 * DAY,)


def test_a_slot_takes_what_is_done_on_its_second() -> None:
    """Bank runs at 09:00 and 15:30: at 15:30:00 the slot is caught, a second later missed."""
    bank = slots(Hours(days=("mon-fri",), at=("09:00", "15:30")), START, 60)
    assert bank.next_slot(at("2026-04-10 15:30")) == at("2026-04-10 15:30")
    assert bank.next_slot(at("2026-04-10 15:30:01")) == at("2026-04-13 09:00")
    assert bank.next_slot(at("2026-05-01 16:00")) == at("2026-05-07 09:00")


def test_after_the_last_slot_there_is_none() -> None:
    """A timetable that has run out cannot be waited for."""
    with pytest.raises(RunFailed):
        slots(Hours(days=("daily",), at=("00:00",), holidays="open"), START, 1).next_slot(1)


def test_hours_and_timetables_are_not_mistaken_for_each_other() -> None:
    """``build`` reads opening hours only, ``slots`` timetables only."""
    with pytest.raises(ValueError, match="timetable"):
        build(Hours(days=("daily",), at=("09:00",)), START)
    with pytest.raises(ValueError, match="opening hours"):
        slots(OFFICE, START)


# -- legal periods -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "days", "end"),
    [
        ("2026-04-01 10:00", 14, "2026-04-16"),  # Wed 15 Apr, 24:00
        ("2026-04-01 00:00", 14, "2026-04-15"),  # the day begins with the event: Tue 14 Apr
        ("2026-04-01 00:00:01", 14, "2026-04-16"),
        ("2026-04-01 23:59:59", 14, "2026-04-16"),
        ("2026-04-02 00:00", 14, "2026-04-16"),  # 24:00 of 1 April is 0:00 of the 2nd
        ("2026-04-04 12:00", 14, "2026-04-21"),  # Sat 18 Apr, moved on to Mon 20 Apr
        ("2026-04-04 00:00", 14, "2026-04-18"),  # Fri 17 Apr
        ("2026-04-15 09:00", 14, "2026-05-01"),  # Wed 29 Apr, a holiday: Thu 30 Apr
        ("2026-04-19 09:00", 14, "2026-05-08"),  # Sun 3 May, in Golden Week: Thu 7 May
        ("2026-04-30 09:00", 1, "2026-05-02"),  # over the month's end: Fri 1 May
        ("2026-04-30 09:00", 2, "2026-05-08"),  # Sat 2 May, before Golden Week: Thu 7 May
        ("2026-12-15 09:00", 14, "2027-01-05"),  # Tue 29 Dec, in the break: Mon 4 Jan
        ("2026-12-15 00:00", 14, "2026-12-29"),  # Mon 28 Dec, the last day before the break
        ("2027-02-26 09:00", 3, "2027-03-02"),  # Mon 1 Mar: 2027 has no 29 February
        ("2028-02-25 09:00", 4, "2028-03-01"),  # Tue 29 Feb
        ("2028-02-29 00:00", 1, "2028-03-01"),  # the leap day itself
        ("2026-04-03 09:00", 0, "2026-04-04"),  # the day itself
        ("2026-04-03 00:00", 0, "2026-04-04"),
        ("2026-04-04 00:00", 0, "2026-04-07"),  # a Saturday: Mon 6 Apr
    ],
)
def test_a_legal_period_ends_at_midnight_of_a_business_day(event: str, days: int, end: str) -> None:
    """The day counts if it begins with the event; the end is moved on to a business day."""
    calendar = build(BUSINESS_DAYS, START, 1000)
    assert legal_deadline(calendar, at(event), days) == at(end)


@pytest.mark.parametrize(
    ("event", "days", "end"),
    [
        ("2026-04-27 15:00", 5, "2026-05-09"),  # 28 and 30 Apr, 1, 7 and 8 May
        ("2026-04-27 00:00", 5, "2026-05-08"),  # 27, 28 and 30 Apr, 1 and 7 May
        ("2026-04-24 15:00", 1, "2026-04-28"),  # Mon 27 Apr
        ("2026-04-25 15:00", 1, "2026-04-28"),  # the same from a Saturday
        ("2026-04-25 00:00", 1, "2026-04-28"),  # and from its beginning
        ("2026-04-27 00:00", 1, "2026-04-28"),  # Monday itself
        ("2026-04-24 15:00", 0, "2026-04-25"),
        ("2026-04-25 15:00", 0, "2026-04-28"),
    ],
)
def test_a_legal_period_may_count_business_days_only(event: str, days: int, end: str) -> None:
    """The end is 24:00 of the last of the business days that count."""
    calendar = build(BUSINESS_DAYS, START, 400)
    assert legal_deadline(calendar, at(event), days, business=True) == at(end)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-04-01", "2026-04-01"),
        ("2026-05-03", "2026-05-07"),  # a Sunday in Golden Week
        ("2026-04-29", "2026-04-30"),  # Showa Day
        ("2026-10-31", "2026-11-02"),  # a Saturday at the month's end
        ("2026-12-29", "2027-01-04"),  # in the break
        ("2019-04-27", "2019-05-07"),  # the ten days of the accession
        ("2028-02-29", "2028-02-29"),
        ("1950-01-01", "1950-01-04"),
        ("2090-12-31", "2091-01-04"),
    ],
)
def test_a_date_on_a_day_off_becomes_the_next_business_day(day: str, last: str) -> None:
    """``legal_end`` knows the days off of every year that may be written."""
    assert str(legal_end(date.fromisoformat(day))) == last


def is_business_day(day: date) -> bool:
    """Whether offices work on a day, looked up one by one."""
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not new_year and day not in HOLIDAYS


@settings(deadline=None)
@given(
    event=st.datetimes(datetime(2026, 4, 1), datetime(2027, 6, 30)),  # noqa: DTZ001 -- local time
    at_midnight=st.booleans(),
    days=st.integers(0, 60),
    business=st.booleans(),
)
def test_a_legal_period_is_what_counting_its_days_says(
    *, event: datetime, at_midnight: bool, days: int, business: bool
) -> None:
    """Count one day after another, as one does with a finger on a wall calendar."""
    event = event.replace(microsecond=0)
    if at_midnight:
        event = event.replace(hour=0, minute=0, second=0)
    day, one = event.date(), timedelta(1)
    begins = event.time() == datetime.min.time()
    counted = int(begins and days > 0 and (is_business_day(day) or not business))
    while counted < days:
        day += one
        counted += is_business_day(day) or not business
    while not is_business_day(day):
        day += one
    calendar = build(BUSINESS_DAYS, START, 700)
    due = legal_deadline(calendar, at(str(event)), days, business=business)
    assert due == at(str(day)) + DAY


# -- holidays ----------------------------------------------------------------------------------


def test_the_digest_of_the_holidays_tells_periods_apart() -> None:
    """The same period has the same digest, another one another."""
    digest = calendars.holiday_digest(START, 366)
    assert digest == calendars.holiday_digest(START, 366)
    assert digest != calendars.holiday_digest(START, 365 * 3)
    assert len(bytes.fromhex(digest)) == 32


def test_the_digest_of_2026_is_that_of_its_holidays() -> None:
    """18 holidays, 1 January among them, and the five other days of the new year break."""
    closed = {
        1: (1, 2, 3, 12),
        2: (11, 23),
        3: (20,),
        4: (29,),
        5: (3, 4, 5, 6),
        7: (20,),
        8: (11,),
        9: (21, 22, 23),
        10: (12,),
        11: (3, 23),
        12: (29, 30, 31),
    }
    dates = [f"2026-{month:02d}-{day:02d}" for month, days in closed.items() for day in days]
    expected = hashlib.sha256("\n".join(dates).encode()).hexdigest()
    assert calendars.holiday_digest(date(2026, 1, 1), 365) == expected


# -- against a count -----------------------------------------------------------------------------

LENGTH = 120


@st.composite
def some_calendar(draw: st.DrawFn) -> Calendar:
    """A calendar of up to seven intervals within 120 s."""
    edges = draw(st.sets(st.integers(0, LENGTH), max_size=14).map(sorted))
    edges = edges[: len(edges) // 2 * 2]
    return Calendar(tuple(edges[::2]), tuple(edges[1::2]))


def seconds(calendar: Calendar) -> list[int]:
    """All open seconds of a calendar."""
    return [s for a, b in zip(calendar.opens, calendar.closes, strict=True) for s in range(a, b)]


def counted_finish(calendar: Calendar, t: int, work: int) -> int | None:
    """Do work second by second; None if the calendar runs out."""
    left = [s for s in seconds(calendar) if s >= t]
    if not left or work > len(left):
        return None
    return left[work - 1] + 1 if work else left[0]


@settings(deadline=None)
@given(some_calendar(), st.integers(-5, LENGTH + 5), st.integers(0, LENGTH))
def test_work_is_finished_when_a_count_of_seconds_says_so(
    calendar: Calendar, t: int, work: int
) -> None:
    """``finish`` and ``next_open`` agree with working second by second."""
    expected = counted_finish(calendar, t, work)
    if expected is None:
        with pytest.raises(RunFailed):
            calendar.finish(t, work)
    else:
        assert calendar.finish(t, work) == expected
        assert calendar.next_open(t) == counted_finish(calendar, t, 0)


@settings(deadline=None)
@given(some_calendar(), st.integers(-5, LENGTH + 5), st.integers(-5, LENGTH + 5))
def test_open_time_between_is_the_count_of_open_seconds(calendar: Calendar, a: int, b: int) -> None:
    """``open_between`` counts the open seconds in [a, b)."""
    a, b = sorted((a, b))
    assert calendar.open_between(a, b) == sum(a <= s < b for s in seconds(calendar))


@settings(deadline=None)
@given(some_calendar(), st.lists(st.tuples(st.integers(-5, 125), st.integers(0, 99)), max_size=9))
def test_open_time_of_many_is_that_of_each(
    calendar: Calendar, pairs: list[tuple[int, int]]
) -> None:
    """The numpy form agrees with the plain one."""
    a = np.array([start for start, _ in pairs], np.int64)
    b = np.array([start + length for start, length in pairs], np.int64)
    many = calendar.open_between_many(a, b)
    assert many.dtype == np.int64
    assert many.tolist() == [calendar.open_between(s, s + n) for s, n in pairs]


@settings(deadline=None)
@given(some_calendar(), some_calendar())
def test_a_meet_has_the_seconds_of_both(a: Calendar, b: Calendar) -> None:
    """``meet`` is the intersection, in intervals that do not touch."""
    both = meet(a, b)
    assert set(seconds(both)) == set(seconds(a)) & set(seconds(b))
    assert both == meet(b, a)
    edges = [edge for span in zip(both.opens, both.closes, strict=True) for edge in span]
    assert all(earlier < later for earlier, later in pairwise(edges))


@settings(deadline=None)
@given(some_calendar(), st.integers(0, LENGTH), st.integers(1, LENGTH))
def test_time_worked_is_the_work(calendar: Calendar, t: int, work: int) -> None:
    """Between the start and the finish lies the work, exactly."""
    if counted_finish(calendar, t, work) is not None:
        assert calendar.open_between(calendar.next_open(t), calendar.finish(t, work)) == work


# -- against a look at the clock -------------------------------------------------------------------

STEP = 5
"""Minutes between two looks at the clock; what opens and closes does so at one of them."""

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS = ("daily", "mon-fri", "fri-mon", "wed", "sat-sun", *NAMES)
DATES = (
    *("2026-05-03", "2026-05-01/2026-05-08", "2026-12-29", "2026-12-28/2027-01-05"),
    *("04-29", "05-02/05-04", "12-30/01-02", "01-04", "02-29"),
)


def clock(minute: int) -> str:
    """Minute of the day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def some_texts(draw: st.DrawFn) -> list[str]:
    """One to three spans of a day, the last of them perhaps a night."""
    edges = sorted(draw(st.sets(st.integers(0, 288), min_size=2, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    if edges[-2] > 0 and edges[-1] < 288 and draw(st.booleans()):
        edges[-1] = draw(st.integers(0, edges[-2] - 1))
    return [
        f"{clock(a * STEP)}-{clock(b * STEP)}" for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def some_times() -> st.SearchStrategy[list[str]]:
    """One to four moments of a day."""
    return st.lists(st.integers(0, 287).map(lambda n: clock(n * STEP)), min_size=1, max_size=4)


def some_raw(key: str, texts: st.SearchStrategy[list[str]]) -> st.SearchStrategy[dict[str, Any]]:
    """Hours with everything that may be said of them, as they are written."""
    some = texts | st.just("closed")
    dates = st.dictionaries(st.sampled_from(DATES), some, max_size=3)
    by_days = st.dictionaries(st.sampled_from(PERIODS), some, min_size=1, max_size=4)
    days = st.lists(st.sampled_from(PERIODS), min_size=1, max_size=3)
    kept = st.tuples(days, texts).map(lambda two: {"days": two[0], key: two[1]})
    return st.tuples(
        kept | by_days.map(lambda by: {key: by}),
        dates.map(lambda by: {"dates": by} if by else {}),
        st.sampled_from(["closed", "banks", "open"]).map(lambda kind: {"holidays": kind}),
    ).map(lambda parts: parts[0] | parts[1] | parts[2])


def read(raw: dict[str, Any]) -> Hours:
    """Read hours; those of which some part never counts are no example."""
    try:
        return Hours.model_validate(raw)
    except ValidationError as error:
        assume(error.errors()[0]["type"] != "hours.counted")
        raise


def falls(day: date, dates: str) -> bool:
    """Whether a day is one of some dates, by comparing texts."""
    first, _, last = dates.partition("/")
    last = last or first
    text = str(day)[-len(first) :]
    return first <= text <= last if first <= last else text >= first or text <= last


def goes(day: date, days: str) -> bool:
    """Whether a day of the week is one of some."""
    first, _, last = ("mon-sun" if days == "daily" else days).partition("-")
    wanted = [NAMES.index(first)]
    while NAMES[wanted[-1]] != (last or first):
        wanted.append((wanted[-1] + 1) % 7)
    return day.weekday() in wanted


def rests(day: date, holidays: str) -> bool:
    """Whether a day is off as a holiday or at the turn of the year."""
    begins = {"closed": (12, 29), "banks": (12, 31), "open": (13, 0)}[holidays]
    new_year = holidays != "open" and (day.month, day.day) <= (1, 3)
    return new_year or (day.month, day.day) >= begins or (holidays != "open" and day in HOLIDAYS)


def texts_of(raw: dict[str, Any], key: str, day: date) -> list[str]:
    """What the first fitting entry says of a day."""
    by = [texts for dates, texts in raw.get("dates", {}).items() if falls(day, dates)]
    if not rests(day, raw["holidays"]):
        kept = raw[key]
        week = kept.items() if isinstance(kept, dict) else [(days, kept) for days in raw["days"]]
        by += [texts for days, texts in week if goes(day, days)]
    return [] if not by or by[0] == "closed" else list(by[0])


def looks(raw: dict[str, Any], start: date, days: int) -> list[bool]:
    """Whether it is open at each look at the clock; a night goes on after midnight."""
    found = [False] * (288 * (days + 2))
    for number in range(days + 1):
        for span in texts_of(raw, "open", start + timedelta(number - 1)):
            opening, closing = (int(end[:2]) * 12 + int(end[3:]) // STEP for end in span.split("-"))
            length = closing - opening if opening < closing else closing + 288 - opening
            first = number * 288 + opening
            found[first : first + length] = [True] * length
    return found[288 : 288 * (days + 1)]


@settings(deadline=None)
@given(
    raw=some_raw("open", some_texts()),
    start=st.dates(date(2026, 4, 24), date(2027, 1, 6)),
    days=st.integers(1, 12),
    outages=st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 600)), max_size=2),
    t=st.integers(0, 288 * 12),
    work=st.integers(0, 500),
)
def test_hours_are_kept_as_a_look_at_the_clock_says(  # noqa: PLR0913 -- hours, and what is asked
    *,
    raw: dict[str, Any],
    start: date,
    days: int,
    outages: list[tuple[int, int]],
    t: int,
    work: int,
) -> None:
    """Days, nights, dates, holidays and outages, looked up one by one, make the same calendar."""
    step = STEP * MINUTE
    shut = [(first * step, (first + length) * step) for first, length in outages]
    calendar = build(read(raw), start, days, shut)
    seen = looks(raw, start, days)
    for first, length in outages:
        seen[first : first + length] = [False] * len(seen[first : first + length])
    opened = [look for look, is_open in enumerate(seen) if is_open]
    edges = [look for look, (a, b) in enumerate(pairwise([False, *seen, False])) if a != b]
    assert calendar.opens == tuple(look * step for look in edges[::2])
    assert calendar.closes == tuple(look * step for look in edges[1::2])
    left = [look for look in opened if look >= t]
    assert calendar.open_between(0, t * step) == (len(opened) - len(left)) * step
    if not left or work > len(left):
        with pytest.raises(RunFailed):
            calendar.finish(t * step, work * step)
        return
    assert calendar.next_open(t * step) == left[0] * step
    assert (
        calendar.finish(t * step, work * step) == (left[work - 1] + 1 if work else left[0]) * step
    )


@settings(deadline=None)
@given(
    raw=some_raw("at", some_times()),
    start=st.dates(date(2026, 4, 24), date(2027, 1, 6)),
    days=st.integers(1, 12),
    t=st.integers(-1, 12 * DAY),
)
def test_a_timetable_runs_as_a_look_at_the_clock_says(
    raw: dict[str, Any], start: date, days: int, t: int
) -> None:
    """The same days, dates and holidays; ``next_slot`` is the first that is not over."""
    timetable = slots(read(raw), start, days)
    expected = sorted(
        {
            number * DAY + int(text[:2]) * HOUR + int(text[3:]) * MINUTE
            for number in range(days)
            for text in texts_of(raw, "at", start + timedelta(number))
        }
    )
    assert timetable.times == tuple(expected)
    coming = [slot for slot in expected if slot >= t]
    if coming:
        assert timetable.next_slot(t) == coming[0]
    else:
        with pytest.raises(RunFailed):
            timetable.next_slot(t)

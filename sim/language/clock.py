"""Times of a day, days of the week, dates and moments, each as people write it.

A text is a time of day, a span of such times, some days of the week, or some dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from sim.errors import nearest
from sim.language.amounts import DAY as MIDNIGHT
from sim.language.amounts import wrong
from sim.language.json_schema import MOMENT
from sim.yaml import meant
from sim.yaml.writer import quoted

YEARS: Final = (1950, 2090)
"""First and last year that may be written: those around them have holidays that are known."""

HOLIDAYS_KNOWN: Final = (1949, 2099)
"""First and last year whose holidays are known; equinoxes are not computed beyond."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the days in the order of ``date.weekday()``."""

Texts = tuple[str, ...]
"""Spans or moments of one day as they are written; none: closed."""

# -- times of a day and days of the week -------------------------------------------------------

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def _seconds(text: str) -> int:
    """Second of the day of ``HH:MM``, up to 24:00. Raises ValueError if it is no time of day."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[2]) > 59:  # noqa: PLR2004 -- minutes
        raise ValueError(text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60
    if seconds > MIDNIGHT:
        raise ValueError(text)
    return seconds


def bounds(span: str) -> tuple[int, int]:
    """Seconds of ``HH:MM-HH:MM`` since midnight; a night closes after 24:00. Raises ValueError."""
    start, _, end = span.partition("-")
    opening, closing = _seconds(start.strip()), _seconds(end.strip())
    if opening == MIDNIGHT:
        raise ValueError(span)
    return opening, closing if closing >= opening else closing + MIDNIGHT


def spans(texts: Texts) -> tuple[tuple[int, int], ...]:
    """Return opening hours in order: [open, close) in seconds since the midnight before."""
    return tuple(sorted(bounds(span) for span in texts))


def slots(texts: Texts) -> tuple[int, ...]:
    """Return moments in order, each once, in seconds since midnight."""
    return tuple(sorted({_seconds(text) for text in texts}))


def weekdays(text: str) -> tuple[int, ...]:
    """Weekday numbers of ``daily``, ``sat`` or ``mon-fri``. Raises ValueError if it is no days."""
    if text == "daily":
        return tuple(range(7))
    first, dash, last = text.partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


# -- dates -------------------------------------------------------------------------------------

_LEAP: Final = 2000  # a year that has every date
_DATE: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_NUMBERS: Final = {2: 2, 3: 3, 4: 2, 6: 3}  # those of a day, by those in the whole text


@dataclass(frozen=True)
class Dates:
    """Days from ``first`` to ``last``, both included; if ``yearly``, those of the year 2000.

    A yearly span may go on over the year's end.
    """

    first: date
    last: date
    yearly: bool

    def holds(self, day: date) -> bool:
        """Return whether a day is one of them."""
        if self.yearly:
            day = day.replace(year=_LEAP)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last

    def within(self, others: Iterable[Dates]) -> bool:
        """Return whether every one of these days is among those of some others."""
        these = [one for one in others if one.yearly or not self.yearly]
        return all(any(one.holds(day) for one in these) for day in self._days())

    def _days(self) -> Iterator[date]:
        first, last = self.first, self.last
        if self.yearly:
            first, last = date(_LEAP, 1, 1), date(_LEAP, 12, 31)
        days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
        return filter(self.holds, days)


def read_dates(text: str) -> Dates:
    """Read ``2026-05-03``, ``08-13`` or ``08-13/08-15``. Raises PydanticCustomError."""
    first_day, _, last_day = text.partition("/")
    ends = _DATE.fullmatch(first_day), _DATE.fullmatch(last_day or first_day)
    if ends[0] is None or ends[1] is None or (ends[0][1] is None) != (ends[1][1] is None):
        raise wrong("hours.date", given=quoted(text), guess=_dates_meant(text))
    first, last = _day(ends[0], text), _day(ends[1], text)
    yearly = ends[0][1] is None
    if last < first and not yearly:
        raise wrong("hours.dates_reversed", given=text)
    return Dates(first, last, yearly)


def _day(match: re.Match[str], text: str) -> date:
    year, month, day = (int(part or _LEAP) for part in match.groups())
    if not YEARS[0] <= year <= YEARS[1]:
        raise wrong("year_out_of_bounds", given=text)
    try:
        return date(year, month, day)
    except ValueError:
        raise wrong("no_such_moment", given=text) from None


def _dates_meant(text: str) -> str | None:
    """Return what was meant by ``8/13``, ``2026.5.3`` or ``8月13日〜8月15日``, None if unclear."""
    numbers = re.findall(r"\d+", text)
    size = _NUMBERS.get(len(numbers))
    if size is None:
        return None
    days = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    guesses = ["-".join(number.zfill(2) for number in day) for day in days]
    return "/".join(guesses) if all(map(_DATE.fullmatch, guesses)) else None


# -- moments -----------------------------------------------------------------------------------


def read_moment(raw: object) -> datetime:
    """Read ``2026-04-01`` or ``2026-04-01T10:30`` (local time, +09:00)."""
    text = raw if isinstance(raw, str) else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?", text):
        raise wrong("not_a_moment", given=quoted(raw), guess=meant.moment(quoted(raw)))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong("no_such_moment", given=text) from None
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise wrong("year_out_of_bounds", given=text)
    return moment


Moment = Annotated[datetime, PlainValidator(read_moment), WithJsonSchema(MOMENT)]


def _is_moment(raw: str) -> str:
    read_moment(raw)
    return raw


DayOrMoment = Annotated[str, PlainValidator(_is_moment), WithJsonSchema(MOMENT)]
"""As it is written: a day is another thing than its midnight."""

# -- what each text must be --------------------------------------------------------------------


def _is_days(text: str) -> str:
    try:
        weekdays(text)
    except ValueError:
        known = ("daily", "mon-fri", "sat-sun", *WEEKDAYS)
        guess = meant.days(quoted(text)) or nearest(text, known)
        raise wrong("hours.day", given=quoted(text), guess=guess) from None
    return text


def _is_span(text: str) -> str:
    try:
        opening, closing = bounds(text)
    except ValueError:
        raise wrong("hours.span", given=quoted(text), guess=meant.span(quoted(text))) from None
    if closing == opening:
        raise wrong("hours.order", given=text)
    return text


def _is_slot(text: str) -> str:
    try:
        before_midnight = _seconds(text) < MIDNIGHT
    except ValueError:
        before_midnight = False
    if not before_midnight:
        raise wrong("hours.clock", given=quoted(text), guess=meant.clock(quoted(text)))
    return text


def _is_dates(text: str) -> str:
    read_dates(text)
    return text


Day = Annotated[str, AfterValidator(_is_days)]
Date = Annotated[str, AfterValidator(_is_dates)]
Span = Annotated[str, AfterValidator(_is_span)]
Slot = Annotated[str, AfterValidator(_is_slot)]

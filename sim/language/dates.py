"""Dates as planners write them: a day or days in a row, of one year or of every year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sim.language.amounts import wrong
from sim.yaml.quoted import quoted

YEARS: Final = (1950, 2090)
"""First and last year that may be written: those around them have holidays that are known."""

LEAP: Final = 2000
"""A year that has every date."""

_DATE: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_NUMBERS: Final = {2: 2, 3: 3, 4: 2, 6: 3}
"""Numbers that a day consists of, by those in the whole text."""


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
        if not self.yearly:
            return self.first <= day <= self.last
        day = day.replace(year=LEAP)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last

    def within(self, others: Iterable[Dates]) -> bool:
        """Return whether every one of these days is among those of some others."""
        these = [one for one in others if one.yearly or not self.yearly]
        return all(any(one.holds(day) for one in these) for day in self._days())

    def _days(self) -> Iterator[date]:
        ends = self.first.toordinal(), self.last.toordinal()
        if self.yearly:
            ends = date(LEAP, 1, 1).toordinal(), date(LEAP, 12, 31).toordinal()
        return (day for n in range(ends[0], ends[1] + 1) if self.holds(day := date.fromordinal(n)))


def read_dates(text: str) -> Dates:
    """Read ``2026-05-03``, ``08-13`` or ``08-13/08-15``. Raises PydanticCustomError."""
    first_day, _, last_day = text.partition("/")
    ends = _DATE.fullmatch(first_day), _DATE.fullmatch(last_day or first_day)
    if ends[0] is None or ends[1] is None or (ends[0][1] is None) != (ends[1][1] is None):
        raise wrong("hours.date", given=quoted(text), guess=_meant(text))
    first, last = _day(ends[0], text), _day(ends[1], text)
    yearly = ends[0][1] is None
    if last < first and not yearly:
        raise wrong("hours.dates_reversed", given=text)
    return Dates(first, last, yearly)


def _day(match: re.Match[str], text: str) -> date:
    year, month, day = (int(part or LEAP) for part in match.groups())
    if not YEARS[0] <= year <= YEARS[1]:
        raise wrong("year_out_of_bounds", given=text)
    try:
        return date(year, month, day)
    except ValueError:
        raise wrong("no_such_moment", given=text) from None


def _meant(text: str) -> str | None:
    """Return what was meant by ``8/13``, ``2026.5.3`` or ``8月13日〜8月15日``, None if unclear."""
    numbers = re.findall(r"\d+", text)
    size = _NUMBERS.get(len(numbers))
    if size is None:
        return None
    days = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    guesses = ["-".join(number.zfill(2) for number in day) for day in days]
    return "/".join(guesses) if all(map(_DATE.fullmatch, guesses)) else None

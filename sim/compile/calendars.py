"""Calendars in whole seconds: when work goes on, when it is done, and how much time was open.

Second 0 is local midnight (+09:00) of the scenario's start date. An open interval is [open, close):
work may finish on the second of closing but not start on it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunFailed
from sim.language.clock import HOLIDAYS_KNOWN, Dates, Texts
from sim.language.clock import slots as slots_of
from sim.language.clock import spans as spans_of
from sim.language.domain import MOST
from sim.language.hours import BUSINESS_DAYS, Hours

DAY: Final = 86_400
COVERED: Final = 10_958
"""Days that a calendar reaches unless told otherwise: thirty years."""

_BANKS: Final = ((12, 31), (1, 1), (1, 2), (1, 3))
_NEW_YEAR: Final = {"banks": _BANKS, "closed": ((12, 29), (12, 30), *_BANKS)}
"""Days off at the turn of the year: Banking Act Enforcement Order, article 5, and the Act on
Holidays of Administrative Organs, article 1."""

Span = tuple[int, int]

_NONE: Final = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Calendar:
    """Open intervals [opens[i], closes[i]) in seconds, in order, apart from each other."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Open seconds before each interval."""
    after: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Open seconds up to the end of each interval."""

    def __post_init__(self) -> None:
        """Add up the open seconds."""
        after = tuple(accumulate(map(int.__sub__, self.closes, self.opens)))
        object.__setattr__(self, "after", after)
        object.__setattr__(self, "before", (0, *after)[:-1])

    def next_open(self, t: int) -> int:
        """Return the first open second at or after ``t``. Raises RunFailed beyond the last one."""
        i = bisect_right(self.closes, t)
        try:
            opening = self.opens[i]
        except IndexError:
            raise _ended(t) from None
        return opening if opening > t else t  # noqa: FURB136 -- max() is slower, and this is hot

    def finish(self, t: int, work: int) -> int:
        """Return the smallest f such that ``work`` open seconds lie in [next_open(t), f).

        No work is done at ``next_open(t)``. Raises RunFailed beyond the last interval.
        """
        i = bisect_right(self.closes, t)
        try:
            opening = self.opens[i]
        except IndexError:
            raise _ended(t) from None
        if opening < t:  # noqa: PLR1730 -- max() is slower, and this is hot
            opening = t
        done = opening + work
        if done <= self.closes[i]:
            return done
        target = self.before[i] + done - self.opens[i]
        i = bisect_left(self.after, target, i + 1)
        try:
            return self.opens[i] + target - self.before[i]
        except IndexError:
            raise _ended(t) from None

    def open_between(self, a: int, b: int) -> int:
        """Return the open seconds in [a, b), a <= b. Beyond the last interval nothing is open."""
        return int(self.open_between_many(np.array([a]), np.array([b]))[0])

    def open_between_many(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return ``open_between`` of each pair: int64[n] from int64[n] and int64[n]."""
        return self._open_until(b) - self._open_until(a)

    def _open_until(self, t: NDArray[np.int64]) -> NDArray[np.int64]:
        opens, before, after = self._arrays
        if not len(opens):
            return np.zeros(len(t), np.int64)
        i = np.searchsorted(opens, t, side="right") - 1
        i0 = np.maximum(i, 0)
        return np.where(i < 0, 0, np.minimum(before[i0] + t - opens[i0], after[i0]))

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        return (
            np.array(self.opens, np.int64),
            np.array(self.before, np.int64),
            np.array(self.after, np.int64),
        )


@dataclass(frozen=True)
class Slots:
    """Seconds at which a timetable runs, in order."""

    times: tuple[int, ...]

    def next_slot(self, t: int) -> int:
        """Return the first slot at or after ``t``. Raises RunFailed beyond the last one."""
        i = bisect_left(self.times, t)
        try:
            return self.times[i]
        except IndexError:
            raise _ended(t) from None


def build(hours: Hours, start: date, days: int = COVERED, shut: Sequence[Span] = ()) -> Calendar:
    """Return the open intervals of ``hours`` over ``days`` days from midnight of ``start``.

    ``shut``: intervals [from, to) in seconds (outages) that are taken out. Where holidays are
    closed, a year whose holidays are not known is closed as a whole.
    """
    if hours.timetable:
        raise ValueError("hours (=a timetable) must be opening hours: slots() reads timetables")
    calendar = _calendar(hours, start, days)
    return without(calendar, shut)


def without(calendar: Calendar, shut: Sequence[Span]) -> Calendar:
    """Return a calendar with intervals [from, to) taken out, which may overlap."""
    return meet(calendar, _gaps(shut)) if shut else calendar


@lru_cache(maxsize=256)
def slots(hours: Hours, start: date, days: int = COVERED) -> Slots:
    """Return the seconds at which a timetable runs; all else as in ``build``."""
    if not hours.timetable:
        raise ValueError("hours (=opening hours) must be a timetable: build() reads opening hours")
    found = [m + slot for texts, m in _kept(hours, start, days) for slot in slots_of(texts)]
    times = np.unique(np.concatenate(found or [_NONE]))
    return Slots(tuple(times[times >= 0].tolist()))


@lru_cache(maxsize=64)
def meet(a: Calendar, b: Calendar) -> Calendar:
    """Return when both are open."""
    if a == b:
        return a
    i = j = 0
    opens: list[int] = []
    closes: list[int] = []
    while i < len(a.opens) and j < len(b.opens):
        start, end = max(a.opens[i], b.opens[j]), min(a.closes[i], b.closes[j])
        if start < end:
            opens.append(start)
            closes.append(end)
        if a.closes[i] < b.closes[j]:
            i += 1
        else:
            j += 1
    return Calendar(tuple(opens), tuple(closes))


def legal_deadline(day_calendar: Calendar, t: int, days: int, *, business: bool = False) -> int:
    """Return the second at which a period of ``days`` that an event at ``t`` sets going ends.

    The day of the event counts only if the event comes as it begins, at 0:00 (Civil Code, article
    140). The end is 24:00 of the last day (article 141), or of the next business day if that is
    none (article 142; Act on Holidays of Administrative Organs, article 2); of 0 days, that of the
    event. ``business``: only business days, which ``day_calendar`` is open on, are counted.
    """
    if days == 0:
        return _end_of_day(day_calendar, t // DAY * DAY)
    first_day = -(-t // DAY) * DAY
    if business:
        return day_calendar.finish(first_day, days * DAY)
    return _end_of_day(day_calendar, first_day + (days - 1) * DAY)


def legal_end(day: date) -> date:
    """Return the day with whose end a period ends that would end on ``day``: a business day."""
    business_days = build(BUSINESS_DAYS, day, days=30)  # no rest is as long
    return day + timedelta(_end_of_day(business_days, 0) // DAY - 1)


def _end_of_day(day_calendar: Calendar, midnight: int) -> int:
    """Return 24:00 of the day that begins at ``midnight``, or of the next business day."""
    return (day_calendar.next_open(midnight) // DAY + 1) * DAY


@lru_cache(maxsize=16)
def months(start: date, days: int = COVERED) -> tuple[int, ...]:
    """Return the month, 1 to 12, of each day from ``start``."""
    return tuple((start + timedelta(day)).month for day in range(days))


def holiday_digest(start: date, days: int = COVERED) -> str:
    """Return the SHA-256 of the dates on which ``holidays: closed`` closes, as 64 hex digits."""
    closed = (start + timedelta(int(i)) for i in np.flatnonzero(_closed(start, days, "closed")))
    return hashlib.sha256("\n".join(map(str, closed)).encode()).hexdigest()


def _ended(t: int) -> RunFailed:
    return RunFailed("calendar.ended", day=t // DAY)


@lru_cache(maxsize=256)
def _calendar(hours: Hours, start: date, days: int) -> Calendar:
    found = [(midnights, spans_of(texts)) for texts, midnights in _kept(hours, start, days)]
    opens, closes = (
        np.concatenate([m + span[end] for m, spans in found for span in spans] or [_NONE])
        for end in (0, 1)
    )
    opens, closes = np.maximum(opens, 0), np.minimum(closes, days * DAY)
    order = np.argsort(opens, kind="stable")
    order = order[(opens < closes)[order]]
    if not len(order):
        return Calendar((), ())
    opens, reached = opens[order], np.maximum.accumulate(closes[order])
    parted = opens[1:] > reached[:-1]
    first, last = np.append(True, parted), np.append(parted, True)
    return Calendar(tuple(opens[first].tolist()), tuple(reached[last].tolist()))


def _kept(hours: Hours, start: date, days: int) -> Iterator[tuple[Texts, NDArray[np.int64]]]:
    """Yield what counts on some days, and the seconds at which these days begin.

    The day before the first is one of them: its night may go on.
    """
    numbers = np.arange(-1, days, dtype=np.int64)
    kinds = (numbers + start.weekday()) % 7
    if hours.holidays != "open":
        kinds[_closed(start - timedelta(1), days + 1, hours.holidays)] = -1
    for kind, (dates, _) in reversed(list(enumerate(hours.dated, 7))):
        kinds[_fall(dates, start - timedelta(1), days + 1)] = kind
    for kind, texts in enumerate((*hours.week, *(texts for _, texts in hours.dates))):
        yield texts, numbers[kinds == kind] * DAY


def _fall(dates: Dates, start: date, days: int) -> NDArray[np.bool_]:
    """Whether each day is one of some dates."""
    numbers = np.arange(days)
    if not dates.yearly:
        return ((dates.first - start).days <= numbers) & (numbers <= (dates.last - start).days)
    day = np.datetime64(start, "D") + numbers
    month = day.astype("datetime64[M]")
    place = month.astype(np.int64) % 12 * 31 + (day - month).astype(np.int64)
    first, last = ((end.month - 1) * 31 + end.day - 1 for end in (dates.first, dates.last))
    after: NDArray[np.bool_] = first <= place
    before: NDArray[np.bool_] = place <= last
    return after & before if first <= last else after | before


def _closed(start: date, days: int, holidays: str) -> NDArray[np.bool_]:
    """Whether each day is a holiday or lies in the new year break; unknown years are closed."""
    first, last = HOLIDAYS_KNOWN
    dates = np.arange(days) + start.toordinal()
    known = (date(first, 1, 1).toordinal() <= dates) & (dates <= date(last, 12, 31).toordinal())
    years = max(start.year, first), min(start.year + days // 365 + 1, last)
    return ~known | np.isin(dates, list(_holidays(*years, holidays)))


@lru_cache(maxsize=16)
def _holidays(first: int, last: int, holidays: str) -> frozenset[int]:
    """Ordinals of the public holidays and of the new year break in the years first to last."""
    from holidays import country_holidays  # slow to load, often not needed

    years = range(first, last + 1)
    public = (day.toordinal() for day in country_holidays("JP", years=years))
    new_year = _NEW_YEAR[holidays]
    break_ = (date(year, month, day).toordinal() for year in years for month, day in new_year)
    return frozenset(chain(public, break_))


def _gaps(shut: Sequence[Span]) -> Calendar:
    """Return the time outside of ``shut``, from long before the start to the end of time."""
    edges = [-MOST]
    for start, end in sorted(shut):
        if start <= edges[-1]:
            edges[-1] = max(edges[-1], end)
        elif start < end:
            edges += [start, end]
    return Calendar(tuple(edges[::2]), (*edges[1::2], MOST))

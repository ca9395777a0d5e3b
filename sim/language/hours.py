"""Opening hours and timetables as planners write them, and the calendars known by name."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import (
    PlainValidator,
    model_validator,
)

from sim.language.amounts import wrong
from sim.language.base import Strict
from sim.language.clock import (
    MIDNIGHT,
    ByDates,
    ByDays,
    Dates,
    Days,
    Spans,
    Texts,
    Times,
    bounds,
    read_dates,
    weekdays,
)
from sim.language.json_schema import Shape, one_of

HOLIDAYS_KNOWN: Final = (1949, 2099)
"""First and last year whose holidays are known; equinoxes are not computed beyond."""


class Hours(Strict):
    """When something is open (``open``), or the moments at which it runs (``at``).

    Local time, +09:00. Exactly one of ``open`` and ``at`` is given, for all ``days`` or by days of
    the week; the first days that fit count. What closes before it opens is a night, which belongs
    to the day on which it begins. ``holidays: closed`` (the default) closes Japanese public and
    substitute holidays and 29 December to 3 January, ``banks`` these holidays and 31 December to 3
    January. What ``dates`` say comes before all that.
    """

    days: Days = ()
    """Days of the week.

    ``daily``, ``sat``, ``mon-fri``, or a list of such.
    """
    open: Spans | None = None
    """Opening hours of a day: 08:30-17:15, a list of such, or a mapping by days."""
    at: Times | None = None
    """Moments of a day at which a timetable runs: 09:00, a list, or a mapping by days.

    Such a timetable stands instead of ``open`` and is what ``delay: {until: …}`` waits for.
    """
    dates: ByDates = ()
    """What counts on some dates instead, by 2026-05-03, 08-13 or 08-13/08-15.

    They count whatever day or holiday they are.
    """
    holidays: Literal["closed", "banks", "open"] = "closed"
    """closed: on Japanese holidays and from 29 December to 3 January; banks: on holidays and from
    31 December; open: kept on all these days.

    ``closed`` is the default.
    """

    @model_validator(mode="after")
    def _one_kind(self) -> Hours:
        if self.open is not None and self.at is not None:
            raise wrong("hours.both", ("at",), on="key")
        if self.open is None and self.at is None:
            raise wrong("hours.neither")
        return self

    @model_validator(mode="after")
    def _days_once(self) -> Hours:
        by_days = isinstance(self.open, ByDays) or isinstance(self.at, ByDays)
        if by_days and self.days:
            raise wrong("hours.days_twice", ("days",), on="key")
        if not by_days and not self.days:
            raise wrong("value.missing", on="key", name="days")
        return self

    @model_validator(mode="after")
    def _dates_alike(self) -> Hours:
        key = "hours.date_times" if self.timetable else "hours.date_spans"
        for dates, texts in self.dates:
            if any(("-" in text) == self.timetable for text in texts):
                raise wrong(key, ("dates", dates))
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """Open, or running at moments; with days, unless these are told by days."""
        by_days = [
            {"properties": {key: {"type": "object"}}, "required": [key]} for key in ("open", "at")
        ]
        told = {"if": {"anyOf": by_days}, "then": {"properties": {"days": False}}}
        return {**one_of("open", "at", mapping=mapping), **told, "else": {"required": ["days"]}}

    @property
    def timetable(self) -> bool:
        """Whether these are the moments of a timetable instead of opening hours."""
        return self.at is not None

    @property
    def week(self) -> tuple[Texts, ...]:
        """What counts on each day of the week, Monday first."""
        kept = self.at if self.open is None else self.open
        if not isinstance(kept, ByDays):
            kept = ByDays(tuple((days, kept or ()) for days in self.days))
        found: dict[int, Texts] = {}
        for days, texts in kept.parts:
            found = dict.fromkeys(weekdays(days), texts) | found
        return tuple(found.get(day, ()) for day in range(7))

    @property
    def dated(self) -> tuple[tuple[Dates, Texts], ...]:
        """What counts on some dates instead; the first dates that fit count."""
        return tuple((read_dates(dates), texts) for dates, texts in self.dates)

    @property
    def torn_night(self) -> tuple[str, str] | None:
        """Two spans of one day that look like a night but are its last and its first hours."""
        alike = len({*self.week, *(texts for _, texts in self.dates)}) == 1
        if self.timetable or (alike and self.holidays == "open"):
            return None  # every night goes on into a day that has the same hours
        for texts in self.week:
            late = next((text for text in texts if bounds(text)[1] == MIDNIGHT), None)
            early = next((text for text in texts if bounds(text)[0] == 0), None)
            if late is not None and early is not None and late != early:
                return late, early
        return None


def _name_or_hours(raw: Any) -> str | Hours:
    return raw if isinstance(raw, str) else Hours.model_validate(raw)


HoursOrName = Annotated[
    str | Hours,
    PlainValidator(_name_or_hours, json_schema_input_type=str | Hours),
]
"""A calendar's name, or hours written in place; errors are located inside the hours."""

ALWAYS: Final = Hours(days=("daily",), open=("00:00-24:00",), holidays="open")
OFFICE: Final = Hours(days=("mon-fri",), open=("08:30-17:15",))
BUSINESS: Final = Hours(days=("mon-fri",), open=("09:00-18:00",))
BUSINESS_DAYS: Final = Hours(days=("mon-fri",), open=("00:00-24:00",))

NAMED: Final[dict[str, Hours]] = {
    "always": ALWAYS,
    "office": OFFICE,
    "business": BUSINESS,
    "business_days": BUSINESS_DAYS,
}
"""The calendars that need no definition."""

"""Opening hours and timetables as planners write them, and the calendars known by name."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from sim.errors import nearest
from sim.model import meant
from sim.model.base import Strict
from sim.model.quantity import wrong
from sim.model.quoted import quoted
from sim.model.shapes import Shape, one_of

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the days in the order of ``date.weekday()``."""

HOLIDAYS_KNOWN: Final = (1949, 2099)
"""First and last year whose holidays are known; equinoxes are not computed beyond."""

MIDNIGHT: Final = 86_400
"""Second of the day at which 24:00 strikes."""

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def _listed(raw: object) -> object:
    """Let one text stand for a list of one; refuse an empty list."""
    if isinstance(raw, list | tuple):
        if not raw:
            raise wrong("hours.nothing")
        return raw
    return [raw]


def _seconds(text: str) -> int:
    """Second of the day of ``HH:MM``, up to 24:00. Raises ValueError if it is no time of day."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[2]) > 59:  # noqa: PLR2004 -- minutes
        raise ValueError(text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60
    if seconds > MIDNIGHT:
        raise ValueError(text)
    return seconds


def _bounds(span: str) -> tuple[int, int]:
    """Seconds of the day of ``HH:MM-HH:MM``. Raises ValueError if it is no span."""
    opening, _, closing = span.partition("-")
    return _seconds(opening.strip()), _seconds(closing.strip())


def _week(text: str) -> tuple[int, ...]:
    """Weekday numbers of ``daily``, ``sat`` or ``mon-fri``. Raises ValueError if it is no days."""
    if text == "daily":
        return tuple(range(7))
    first, dash, last = text.partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def _days(text: str) -> str:
    try:
        _week(text)
    except ValueError:
        guess = meant.days(quoted(text)) or nearest(
            text, ("daily", "mon-fri", "sat-sun", *WEEKDAYS)
        )
        raise wrong("hours.day", given=quoted(text), guess=guess) from None
    return text


def _span(text: str) -> str:
    try:
        opening, closing = _bounds(text)
    except ValueError:
        raise wrong("hours.span", given=quoted(text), guess=meant.span(quoted(text))) from None
    if closing <= opening:
        raise wrong("hours.order", given=text)
    return text


def _slot(text: str) -> str:
    try:
        before_midnight = _seconds(text) < MIDNIGHT
    except ValueError:
        before_midnight = False
    if not before_midnight:
        raise wrong("hours.clock", given=quoted(text), guess=meant.clock(quoted(text)))
    return text


def _apart(spans: tuple[str, ...]) -> tuple[str, ...]:
    for later, span in enumerate(spans):
        opening, closing = _bounds(span)
        for other in spans[:later]:
            start, end = _bounds(other)
            if opening < end and start < closing:
                raise wrong("hours.overlap", (later,), given=span, other=other)
    return spans


def _texts(pattern: str, description: str) -> WithJsonSchema:
    one = {"type": "string", "pattern": pattern}
    many = {"type": "array", "items": one, "minItems": 1}
    return WithJsonSchema({"anyOf": [one, many], "description": description})


_DAY: Final = f"({'|'.join(WEEKDAYS)})"
_TIME: Final = "[0-9]{1,2}:[0-9]{2}"

Days = Annotated[
    tuple[Annotated[str, AfterValidator(_days)], ...],
    BeforeValidator(_listed),
    _texts(rf"^(daily|{_DAY}(-{_DAY})?)$", "Days: daily, mon-fri, or a list such as [tue, fri]"),
]
Spans = Annotated[
    tuple[Annotated[str, AfterValidator(_span)], ...],
    BeforeValidator(_listed),
    AfterValidator(_apart),
    _texts(rf"^{_TIME}\s*-\s*{_TIME}$", "Opening hours: 08:30-17:15, or a list of such"),
]
Times = Annotated[
    tuple[Annotated[str, AfterValidator(_slot)], ...],
    BeforeValidator(_listed),
    _texts(rf"^{_TIME}$", "Timetable: times of day such as 09:00"),
]


class Hours(Strict):
    """When something is open (``open``), or the moments at which it runs (``at``).

    Local time, +09:00. ``holidays: closed`` (the default) closes Japanese public and substitute
    holidays and 29 December to 3 January. Exactly one of ``open`` and ``at`` is given; hours across
    midnight are two spans.
    """

    days: Days
    open: Spans | None = None
    at: Times | None = None
    holidays: Literal["closed", "open"] = "closed"

    @model_validator(mode="after")
    def _one_kind(self) -> Hours:
        if self.open is not None and self.at is not None:
            raise wrong("hours.both", ("at",), on="key")
        if self.open is None and self.at is None:
            raise wrong("hours.neither")
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """Open, or running at moments."""
        return one_of("open", "at", mapping=mapping)

    @property
    def timetable(self) -> bool:
        """Whether these are the moments of a timetable instead of opening hours."""
        return self.at is not None

    @property
    def weekdays(self) -> frozenset[int]:
        """Days of the week, Monday = 0."""
        return frozenset(day for text in self.days for day in _week(text))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Opening hours of a day: [open, close) in seconds since midnight, in order."""
        return tuple(sorted(_bounds(span) for span in self.open or ()))

    @property
    def slots(self) -> tuple[int, ...]:
        """Moments of a day, in seconds since midnight, in order, each once."""
        return tuple(sorted({_seconds(text) for text in self.at or ()}))


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

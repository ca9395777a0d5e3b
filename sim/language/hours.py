"""Opening hours and timetables as they stand on a door, and the calendars known by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from sim.language.amounts import DAY as MIDNIGHT
from sim.language.amounts import wrong
from sim.language.base import Strict
from sim.language.clock import (
    WEEKDAYS,
    Date,
    Dates,
    Day,
    Slot,
    Span,
    Texts,
    bounds,
    read_dates,
    weekdays,
)
from sim.language.json_schema import Shape, one_of

C = TypeVar("C", bound=Collection[Any])


@dataclass(frozen=True)
class ByDays:
    """Texts by days of the week; the first days that fit count."""

    parts: tuple[tuple[str, Texts], ...]


def _some(written: C) -> C:
    if not written:
        raise wrong("hours.nothing")
    return written


def _listed(raw: object) -> object:
    """Let one text stand for a list of one; refuse an empty list."""
    return _some(raw) if isinstance(raw, list | tuple) else [raw]


def _apart(texts: Texts) -> Texts:
    for later, span in enumerate(texts):
        opening, closing = bounds(span)
        for other in texts[:later]:
            start, end = bounds(other)
            if opening < end and start < closing:
                raise wrong("hours.overlap", (later,), given=span, other=other)
    return texts


def _days_count(week: dict[str, Texts]) -> dict[str, Texts]:
    """Refuse days that come too late to count."""
    seen: set[int] = set()
    for key in _some(week):
        if seen.issuperset(weekdays(key)):
            raise wrong("hours.counted", (key,), on="key", given=key)
        seen.update(weekdays(key))
    return week


def _dates_count(texts: dict[str, Texts]) -> dict[str, Texts]:
    """Refuse dates that come too late to count."""
    seen: list[Dates] = []
    for key in _some(texts):
        if read_dates(key).within(seen):
            raise wrong("hours.counted", (key,), on="key", given=key)
        seen.append(read_dates(key))
    return texts


_Kind = TypeAdapter[Texts]
_SPANS: Final[_Kind] = TypeAdapter(
    Annotated[
        tuple[Span, ...],
        BeforeValidator(_listed),
        AfterValidator(_apart),
    ]
)
_SLOTS: Final[_Kind] = TypeAdapter(Annotated[tuple[Slot, ...], BeforeValidator(_listed)])


def _or_closed(kind: _Kind, raw: object) -> Texts:
    return () if raw == "closed" else kind.validate_python(raw)


def _either_or_closed(raw: object) -> Texts:
    """Read what counts on a date: spans if they look like it, else moments."""
    texts = raw if isinstance(raw, list | tuple) else [raw]
    spanned = any(isinstance(text, str) and "-" in text for text in texts)
    return _or_closed(_SPANS if spanned else _SLOTS, raw)


def _alone_or_by_days(kind: _Kind) -> PlainValidator:
    """Return what reads texts of one kind, for all days alike or by days of the week."""
    text = PlainValidator(partial(_or_closed, kind))
    by_days: TypeAdapter[dict[str, Texts]] = TypeAdapter(
        Annotated[dict[Day, Annotated[Texts, text]], AfterValidator(_days_count)]
    )

    def read(raw: object) -> Texts | ByDays:
        if isinstance(raw, Mapping):
            return ByDays(tuple(by_days.validate_python(raw).items()))
        return kind.validate_python(raw)

    return PlainValidator(read)


_BY_DATES: Final[TypeAdapter[dict[str, Texts]]] = TypeAdapter(
    Annotated[
        dict[Date, Annotated[Texts, PlainValidator(_either_or_closed)]],
        AfterValidator(_dates_count),
    ]
)


def _by_dates(raw: object) -> tuple[tuple[str, Texts], ...]:
    return tuple(_BY_DATES.validate_python(raw).items())


# -- the same as patterns for editors ----------------------------------------------------------

_DAY: Final = f"({'|'.join(WEEKDAYS)})"
_DAYS_TEXT: Final = rf"^(daily|{_DAY}(-{_DAY})?)$"
_TIME: Final = "[0-9]{1,2}:[0-9]{2}"
_SPAN_TEXT: Final = rf"^{_TIME}\s*-\s*{_TIME}$"
_TIME_TEXT: Final = rf"^{_TIME}$"
_MONTH_DAY: Final = "[0-9]{2}-[0-9]{2}"
_DATES_TEXT: Final = (
    rf"^({_MONTH_DAY}(/{_MONTH_DAY})?|[0-9]{{4}}-{_MONTH_DAY}(/[0-9]{{4}}-{_MONTH_DAY})?)$"
)


def _texts(*patterns: str) -> list[Shape]:
    ones = [{"type": "string", "pattern": pattern} for pattern in patterns]
    return [*ones, *({"type": "array", "items": one, "minItems": 1} for one in ones)]


def _by(keys: str, *patterns: str) -> Shape:
    """Return the shape of texts, or ``closed``, by days or dates."""
    value = {"anyOf": [{"const": "closed"}, *_texts(*patterns)]}
    by: Shape = {"type": "object", "propertyNames": {"pattern": keys}}
    return {**by, "additionalProperties": value, "minProperties": 1}


def _shaped(*shapes: Shape) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(shapes)})


Days = Annotated[tuple[Day, ...], BeforeValidator(_listed), _shaped(*_texts(_DAYS_TEXT))]
Spans = Annotated[
    Texts | ByDays,
    _alone_or_by_days(_SPANS),
    _shaped(*_texts(_SPAN_TEXT), _by(_DAYS_TEXT, _SPAN_TEXT)),
]
Times = Annotated[
    Texts | ByDays,
    _alone_or_by_days(_SLOTS),
    _shaped(*_texts(_TIME_TEXT), _by(_DAYS_TEXT, _TIME_TEXT)),
]
ByDates = Annotated[
    tuple[tuple[str, Texts], ...],
    PlainValidator(_by_dates),
    WithJsonSchema(_by(_DATES_TEXT, _SPAN_TEXT, _TIME_TEXT)),
]


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
    def _all_of_one_kind(self) -> Hours:
        if self.open is not None and self.at is not None:
            raise wrong("hours.both", ("at",), on="key")
        if self.open is None and self.at is None:
            raise wrong("hours.neither")
        by_days = isinstance(self.open, ByDays) or isinstance(self.at, ByDays)
        if by_days and self.days:
            raise wrong("hours.days_twice", ("days",), on="key")
        if not by_days and not self.days:
            raise wrong("value.missing", on="key", name="days")
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
    str | Hours, PlainValidator(_name_or_hours, json_schema_input_type=str | Hours)
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

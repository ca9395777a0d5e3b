"""Times as they stand on a door: moments, spans of a day, days of the week, and dates.

MERGED: Dates as planners write them: a day or days in a row, of one year or of every year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainValidator, TypeAdapter, WithJsonSchema

from sim.errors import nearest
from sim.language.amounts import wrong
from sim.language.json_schema import Shape
from sim.yaml import meant
from sim.yaml.writer import quoted

YEARS: Final = (1950, 2090)
"""First and last year that may be written: those around them have holidays that are known."""

LEAP: Final = 2000
"""A year that has every date."""

_YEARLY: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
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
    ends = _YEARLY.fullmatch(first_day), _YEARLY.fullmatch(last_day or first_day)
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
    return "/".join(guesses) if all(map(_YEARLY.fullmatch, guesses)) else None


WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the days in the order of ``date.weekday()``."""

MIDNIGHT: Final = 86_400
"""Second of the day at which 24:00 strikes."""

CLOSED: Final = "closed"
"""Stands for hours on days on which there are none."""

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


def bounds(span: str) -> tuple[int, int]:
    """Seconds of ``HH:MM-HH:MM`` since midnight; a night closes after 24:00. Raises ValueError."""
    start, _, end = span.partition("-")
    opening, closing = _seconds(start.strip()), _seconds(end.strip())
    if opening == MIDNIGHT:
        raise ValueError(span)
    return opening, closing if closing >= opening else closing + MIDNIGHT


def weekdays(text: str) -> tuple[int, ...]:
    """Weekday numbers of ``daily``, ``sat`` or ``mon-fri``. Raises ValueError if it is no days."""
    if text == "daily":
        return tuple(range(7))
    first, dash, last = text.partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def _days(text: str) -> str:
    try:
        weekdays(text)
    except ValueError:
        guess = meant.days(quoted(text)) or nearest(
            text, ("daily", "mon-fri", "sat-sun", *WEEKDAYS)
        )
        raise wrong("hours.day", given=quoted(text), guess=guess) from None
    return text


def _span(text: str) -> str:
    try:
        opening, closing = bounds(text)
    except ValueError:
        raise wrong("hours.span", given=quoted(text), guess=meant.span(quoted(text))) from None
    if closing == opening:
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
        opening, closing = bounds(span)
        for other in spans[:later]:
            start, end = bounds(other)
            if opening < end and start < closing:
                raise wrong("hours.overlap", (later,), given=span, other=other)
    return spans


Texts = tuple[str, ...]
"""Spans or moments of one day as they are written; none: closed."""

_SPANS: Final[TypeAdapter[Texts]] = TypeAdapter(
    Annotated[
        tuple[Annotated[str, AfterValidator(_span)], ...],
        BeforeValidator(_listed),
        AfterValidator(_apart),
    ]
)
_TIMES: Final[TypeAdapter[Texts]] = TypeAdapter(
    Annotated[tuple[Annotated[str, AfterValidator(_slot)], ...], BeforeValidator(_listed)]
)


@dataclass(frozen=True)
class ByDays:
    """Texts by days of the week; the first days that fit count."""

    parts: tuple[tuple[str, Texts], ...]


def _spans_or_closed(raw: object) -> Texts:
    return () if raw == CLOSED else _SPANS.validate_python(raw)


def _times_or_closed(raw: object) -> Texts:
    return () if raw == CLOSED else _TIMES.validate_python(raw)


def _either_or_closed(raw: object) -> Texts:
    """Read what counts on a date: spans if they look like it, else moments."""
    texts = raw if isinstance(raw, list | tuple) else [raw]
    spans = any(isinstance(text, str) and "-" in text for text in texts)
    return _spans_or_closed(raw) if spans else _times_or_closed(raw)


def _some(texts: dict[str, Texts]) -> dict[str, Texts]:
    if not texts:
        raise wrong("hours.nothing")
    return texts


def _days_count(week: dict[str, Texts]) -> dict[str, Texts]:
    """Refuse days that come too late to count."""
    seen: set[int] = set()
    for key in _some(week):
        if seen.issuperset(weekdays(key)):
            raise wrong("hours.counted", (key,), on="key", given=key)
        seen.update(weekdays(key))
    return week


def _dates(text: str) -> str:
    read_dates(text)
    return text


def _dates_count(texts: dict[str, Texts]) -> dict[str, Texts]:
    """Refuse dates that come too late to count."""
    seen: list[Dates] = []
    for key in _some(texts):
        if read_dates(key).within(seen):
            raise wrong("hours.counted", (key,), on="key", given=key)
        seen.append(read_dates(key))
    return texts


_Day = Annotated[str, AfterValidator(_days)]
_SPANS_BY_DAYS: Final[TypeAdapter[dict[str, Texts]]] = TypeAdapter(
    Annotated[
        dict[_Day, Annotated[Texts, PlainValidator(_spans_or_closed)]], AfterValidator(_days_count)
    ]
)
_TIMES_BY_DAYS: Final[TypeAdapter[dict[str, Texts]]] = TypeAdapter(
    Annotated[
        dict[_Day, Annotated[Texts, PlainValidator(_times_or_closed)]], AfterValidator(_days_count)
    ]
)
_BY_DATES: Final[TypeAdapter[dict[str, Texts]]] = TypeAdapter(
    Annotated[
        dict[
            Annotated[str, AfterValidator(_dates)],
            Annotated[Texts, PlainValidator(_either_or_closed)],
        ],
        AfterValidator(_dates_count),
    ]
)


def _open(raw: object) -> Texts | ByDays:
    if isinstance(raw, Mapping):
        return ByDays(tuple(_SPANS_BY_DAYS.validate_python(raw).items()))
    return _SPANS.validate_python(raw)


def _at(raw: object) -> Texts | ByDays:
    if isinstance(raw, Mapping):
        return ByDays(tuple(_TIMES_BY_DAYS.validate_python(raw).items()))
    return _TIMES.validate_python(raw)


def _by_dates(raw: object) -> tuple[tuple[str, Texts], ...]:
    return tuple(_BY_DATES.validate_python(raw).items())


_DAY: Final = f"({'|'.join(WEEKDAYS)})"
_DAYS_TEXT: Final = rf"^(daily|{_DAY}(-{_DAY})?)$"
_TIME: Final = "[0-9]{1,2}:[0-9]{2}"
_SPAN_TEXT: Final = rf"^{_TIME}\s*-\s*{_TIME}$"
_TIME_TEXT: Final = rf"^{_TIME}$"
_DATE: Final = "[0-9]{2}-[0-9]{2}"
_DATES_TEXT: Final = rf"^({_DATE}(/{_DATE})?|[0-9]{{4}}-{_DATE}(/[0-9]{{4}}-{_DATE})?)$"


def _texts(*patterns: str) -> list[Shape]:
    ones = [{"type": "string", "pattern": pattern} for pattern in patterns]
    return [*ones, *({"type": "array", "items": one, "minItems": 1} for one in ones)]


def _by(keys: str, *patterns: str) -> Shape:
    """Return the shape of texts, or ``closed``, by days or dates."""
    value = {"anyOf": [{"const": CLOSED}, *_texts(*patterns)]}
    by: Shape = {"type": "object", "propertyNames": {"pattern": keys}}
    return {**by, "additionalProperties": value, "minProperties": 1}


def _shaped(*shapes: Shape) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(shapes)})


Days = Annotated[tuple[_Day, ...], BeforeValidator(_listed), _shaped(*_texts(_DAYS_TEXT))]
Spans = Annotated[
    Texts | ByDays,
    PlainValidator(_open),
    _shaped(*_texts(_SPAN_TEXT), _by(_DAYS_TEXT, _SPAN_TEXT)),
]
Times = Annotated[
    Texts | ByDays,
    PlainValidator(_at),
    _shaped(*_texts(_TIME_TEXT), _by(_DAYS_TEXT, _TIME_TEXT)),
]
ByDates = Annotated[
    tuple[tuple[str, Texts], ...],
    PlainValidator(_by_dates),
    WithJsonSchema(_by(_DATES_TEXT, _SPAN_TEXT, _TIME_TEXT)),
]


def spans(texts: Texts) -> tuple[tuple[int, int], ...]:
    """Return opening hours in order: [open, close) in seconds since the midnight before."""
    return tuple(sorted(bounds(span) for span in texts))


def slots(texts: Texts) -> tuple[int, ...]:
    """Return moments in order, each once, in seconds since midnight."""
    return tuple(sorted({_seconds(text) for text in texts}))

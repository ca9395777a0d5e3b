"""Deadlines as numbers: of which document, from when, and how long."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile.findings import Collector
from sim.compile.index import Index, fixed
from sim.compile.program import DeadlineSpec
from sim.graph.journey import Place
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import read_moment

_MISSED = ("late", "expired", "given")


def deadlines(index: Index, notes: Collector, stream: str) -> tuple[DeadlineSpec, ...]:
    """Compile the deadlines of the documents that a stream may want."""
    wanted = index.requirements[stream].documents
    return tuple(
        spec
        for deadline, place in index.journey.deadlines(stream)
        for document in index.journey.family(deadline.document)
        if document in wanted
        for spec in _deadline(index, notes, deadline, document, place)
    )


def _deadline(
    index: Index, notes: Collector, deadline: Deadline, document: str, place: Place
) -> Iterator[DeadlineSpec]:
    """Yield the deadline of a document, one for each document that it follows."""
    cause, number = index.causes[f"deadline.{document}"], index.documents[document]
    missed = _MISSED.index(deadline.missed)
    if deadline.at is not None:
        due = _due(index, notes, deadline.at, place)
        if due is not None:
            yield DeadlineSpec(number, -1, due, 0, 0, missed, cause)
    if isinstance(deadline.within, Fixed):
        kind, amount = _within(index, notes, deadline.within, place)
        for after in _after(index, deadline):
            yield DeadlineSpec(number, after, None, kind, amount, missed, cause)


def _within(index: Index, notes: Collector, within: Fixed, place: Place) -> tuple[int, int]:
    """Return how long a deadline is: in seconds, days or business days, and how many."""
    if within.days and within.value % cal.DAY:
        notes.say(place, "deadline_days", "within")
    kind = 2 if within.business else int(within.days)
    if not kind:
        return kind, int(within.value)
    # No case is followed longer, and no calendar reaches as far as people may write.
    most = int(fixed(index.scenario.horizon)) // cal.DAY + 1
    return kind, min(int(within.value) // cal.DAY, most)


def _after(index: Index, deadline: Deadline) -> list[int]:
    """Return the documents that a deadline follows, -1 for the start."""
    if deadline.after is None:
        return [-1]
    return [index.documents[name] for name in index.journey.family(deadline.after)]


def _due(index: Index, notes: Collector, at: str, place: Place) -> int | None:
    """Return the second of a moment, or of the end of a day; None after noting a problem."""
    try:
        moment = read_moment(at)
    except PydanticCustomError as error:
        values = {k: v for k, v in (error.context or {}).items() if k != "at"}
        notes.say(place, error.type, "at", **values)
        return None
    if "T" in at:
        return index.second(moment)
    last = cal.legal_end(moment.date())
    return (last - index.start).days * cal.DAY + cal.DAY

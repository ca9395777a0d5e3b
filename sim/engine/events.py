"""What is going to happen: SimPy's clock and queue, with one order for the events of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVarTuple

import simpy
from simpy.core import EmptySchedule

from sim.compile.program import BatchSpec, DeadlineSpec
from sim.engine.case import Case, Visit

Subjects = TypeVarTuple("Subjects")


@dataclass(frozen=True, slots=True, eq=False)
class EventKind(Generic[*Subjects]):
    """A kind of event. ``rank`` is its place in the order of one second."""

    rank: int


AnyKind = EventKind[*tuple[Any, ...]]


class Moment(simpy.Event):
    """An event of the agenda: what happens at a second of its own, and to what."""

    _ok = True
    _value = None

    def __init__(self, agenda: Agenda, kind: AnyKind, about: tuple[Any, ...]) -> None:
        self.callbacks = agenda.happening
        self.kind = kind
        self.about = about


class Agenda:
    """What is going to happen, one moment after the other. ``now`` is the present second."""

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.now = 0
        self.happening: list[Callable[[Any], None]] = [self.happen]

    def at(
        self, time: int, kind: EventKind[*Subjects], key: tuple[int, int, int], *about: *Subjects
    ) -> None:
        """Let something happen at ``time``; the key (case, step, visit) orders a kind."""
        place: Any = (kind.rank, *key)  # whatever has an order can order events
        self.env.schedule(Moment(self, kind, about), place, time - self.now)

    def happen(self, moment: Moment) -> None:
        """Move the clock."""
        self.now = self.env.now  # type: ignore[assignment]  # delays are whole numbers
        self.moment = moment

    def __iter__(self) -> Iterator[Moment]:
        """Yield what happens until nothing is left."""
        with suppress(EmptySchedule):
            while True:
                self.env.step()
                yield self.moment


def on(
    kind: EventKind[*Subjects], do: Callable[[*Subjects], None]
) -> tuple[AnyKind, Callable[..., None]]:
    """Return a kind and what to ``do``, which takes what events of the kind are about."""
    return kind, do


SiteStep = tuple[int, int, int]
"""Stream, site and step."""

STAFF: Final[EventKind[int, int]] = EventKind(0)
"""The staff of an actor changes for the so-manieth time."""
FINISHED: Final[EventKind[Visit]] = EventKind(1)
"""The work of a visit is done."""
FIXED: Final[EventKind[Visit]] = EventKind(2)
"""What a visit found and mends itself is mended."""
GIVEN: Final[EventKind[Visit]] = EventKind(3)
"""The delay of a visit is over."""
REDO: Final[EventKind[Case, int]] = EventKind(4)
"""The time is over that an agent lets pass after a letter that named some defects left out."""
EXPIRY: Final[EventKind[int, int, int]] = EventKind(5)
"""A case's document expires, if its time is still this one. It does not keep a case that ended."""
ARRIVAL: Final[EventKind[Case]] = EventKind(6)
"""A case comes."""
COMING: Final[EventKind[int, int]] = EventKind(7)
"""Somebody who was called comes to a case: case and actor."""
OUTAGE: Final[EventKind[int, int]] = EventKind(8)
"""A system goes out, or has been out so long that a rule begins to hold: actor and outage."""
DEADLINE: Final[EventKind[int, DeadlineSpec, int]] = EventKind(9)
"""A case's period is over, which has run since this second."""
PATIENCE: Final[EventKind[int]] = EventKind(10)
"""A rule of a case's applicant about waiting begins to hold."""
BATCH: Final[EventKind[int, int, BatchSpec]] = EventKind(11)
"""Those go who were gathered for a step in a channel, that is for a profile, in a place perhaps."""
SITE: Final[EventKind[SiteStep]] = EventKind(11)
"""Those go on who waited for the case that acts for their site."""
HORIZON: Final[EventKind[()]] = EventKind(12)
"""The time of the oldest case is over."""

"""The agenda: SimPy's clock and queue, with one order for everything that happens in one second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVarTuple

import simpy
from simpy.core import EmptySchedule

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
        """Let something of a ``kind`` happen to what it is ``about``."""
        self.callbacks = agenda.happening
        self.kind = kind
        self.about = about


class Agenda:
    """What is going to happen, one moment after the other. ``now`` is the present second."""

    def __init__(self) -> None:
        """Begin at second 0 with nothing to do."""
        self.env = simpy.Environment()
        self.now = 0
        self.happening: list[Callable[[Any], None]] = [self.happen]

    def at(
        self,
        time: int,
        kind: EventKind[*Subjects],
        key: tuple[int, int, int],
        *about: *Subjects,
    ) -> None:
        """Let something happen at ``time``.

        ``key``: case, step and visit order what is of one kind.
        """
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


Handler = Callable[..., None]
"""What is done with what an event is about."""


def on(kind: EventKind[*Subjects], do: Callable[[*Subjects], None]) -> tuple[AnyKind, Handler]:
    """Return a kind and what to ``do``, which takes what events of the kind are about."""
    return kind, do

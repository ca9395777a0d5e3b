"""The agenda: SimPy's clock and queue, with one order for everything that happens in one second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVarTuple

import simpy

Subjects = TypeVarTuple("Subjects")


class EventKind:
    """Kinds of events, in the order in which they happen within one second.

    Plain numbers: to look up a member of an enumeration takes ten times as long.
    """

    STAFF = 0
    FINISHED = 1
    FIXED = 2
    GIVEN = 3
    REDO = 4
    EXPIRY = 5
    ARRIVAL = 6
    OUTAGE = 7
    DEADLINE = 8
    PATIENCE = 9
    BATCH = 10
    HORIZON = 11


class Moment(simpy.Event):
    """An event of the agenda: something that happens at a second of its own."""

    _ok = True
    _value = None

    def __init__(
        self, agenda: Agenda, act: Callable[[*Subjects], None], about: tuple[*Subjects]
    ) -> None:
        """Let ``act`` happen to what it is ``about`` when the agenda comes to it."""
        self.callbacks = agenda.happening
        self.act = act
        self.about = about


class Agenda:
    """What is going to happen. ``now`` is the present second."""

    def __init__(self) -> None:
        """Begin at second 0 with nothing to do."""
        self.env = simpy.Environment()
        self.now = 0
        self.happening: list[Callable[[Any], None]] = [self.happen]

    def at(
        self,
        time: int,
        kind: int,
        key: tuple[int, int, int],
        act: Callable[[*Subjects], None],
        *about: *Subjects,
    ) -> None:
        """Let ``act`` happen to what it is ``about`` at ``time``.

        ``key``: case, step and visit order what is of one kind.
        """
        place: Any = (kind, *key)  # whatever has an order can order events
        self.env.schedule(Moment(self, act, about), place, time - self.now)

    def happen(self, moment: simpy.Event) -> None:
        """Move the clock and act."""
        self.now = self.env.now  # type: ignore[assignment]  # delays are whole numbers
        moment.act(*moment.about)  # type: ignore[attr-defined]  # only moments call back here

    def run(self) -> None:
        """Let everything happen."""
        self.env.run()

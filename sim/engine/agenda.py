"""The agenda: SimPy's clock and queue, with one order for everything that happens in one second."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import simpy

Act = Callable[[], None]


class Kind(IntEnum):
    """Kinds of events, in the order in which they happen within one second."""

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
    HORIZON = 10


class Moment(simpy.Event):
    """An event of the agenda: something that happens at a second of its own."""

    def __init__(self, agenda: Agenda, delay: int, key: int, act: Act) -> None:
        """Let ``act`` happen ``delay`` seconds from now, in its place by ``key``."""
        self.env = agenda.env
        self.callbacks = [agenda.happen]
        self.act = act
        self._ok = True
        self._value = None
        self.env.schedule(self, key, delay)  # type: ignore[arg-type]  # any number orders events


class Agenda:
    """What is going to happen. ``now`` is the present second."""

    def __init__(self) -> None:
        """Begin at second 0 with nothing to do."""
        self.env = simpy.Environment()
        self.now = 0

    def at(self, time: int, kind: Kind, key: tuple[int, int, int], act: Act) -> None:
        """Let ``act`` happen at ``time``; ``key``: case, step, visit order what is of one kind."""
        case, step, visit = key
        place = ((kind << 32 | case) << 32 | step) << 16 | visit
        Moment(self, time - self.now, place, act)

    def happen(self, moment: simpy.Event) -> None:
        """Move the clock and act."""
        self.now = int(self.env.now)
        moment.act()  # type: ignore[attr-defined]  # only moments call back here

    def run(self) -> None:
        """Let everything happen."""
        self.env.run()

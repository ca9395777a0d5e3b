"""Deadlines: periods that run from the start of a case or from the giving of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.compile.calendars import legal_deadline
from sim.compile.program import EXPIRED, GIVEN, LATE, DeadlineSpec, Program
from sim.engine import events
from sim.engine.agenda import Agenda
from sim.engine.case import Case

_ORDER: Final = (GIVEN, LATE, EXPIRED)
"""What is missed in one second: silence comes first, since it may give what is waited for."""


@dataclass(slots=True, eq=False)
class Deadlines:
    """Lets the periods of cases run."""

    program: Program
    agenda: Agenda

    def start(self, case: Case, document: int, *, first: bool = True) -> None:
        """Start what runs from the giving of a document, or from the start of the case.

        Deadlines run from the ``first`` giving alone, silence from each.
        """
        case.since[document] = now = self.agenda.now
        for clock in self.program.streams[case.stream].clocks:
            if clock.after == document and (first or clock.missed == GIVEN):
                order = _ORDER.index(clock.missed) * len(self.program.documents) + clock.document
                key, time = (case.number, order, 0), max(self._due(clock, now), now)
                self.agenda.at(time, events.DEADLINE, key, case.number, clock, now)

    def _due(self, clock: DeadlineSpec, now: int) -> int:
        if clock.at is not None:
            return clock.at
        if clock.kind == 0:
            return now + clock.amount
        days = self.program.calendars[self.program.days]
        return legal_deadline(days, now, clock.amount, business=clock.kind > 1)

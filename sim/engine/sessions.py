"""Sessions: when people come to a case, and until when they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sim.compile.nodes import VISIT, Node
from sim.compile.program import Program
from sim.engine import events
from sim.engine.case import Case, Context
from sim.engine.events import Agenda
from sim.engine.record import Record
from sim.engine.values import Values
from sim.log import NEVER

AGAIN: Final = 256
"""So much more is the number of a draw for a visit that has called before; no visit has it."""


@dataclass(slots=True, eq=False)
class Sessions:
    """Calls people and lets them come."""

    program: Program
    agenda: Agenda
    values: Values
    record: Record
    comes: Mapping[int, tuple[int, Node]] = field(init=False)
    """By profile who has to be there when it begins, and after how long he comes."""
    _last: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        spec = self.program.sessions
        self.comes, self._last = (spec.comes, spec.last) if spec else ({}, {})

    def arrive(self, case: Case) -> None:
        """Let the applicant be there from the start."""
        applicant = self.program.streams[case.stream].applicant
        if applicant in self._last:
            case.called[applicant] = (NEVER, NEVER, self.agenda.now)
            self.come(case, applicant)

    def come(self, case: Case, actor: int) -> None:
        """Let somebody who was called be there, for so many seconds of open time."""
        now, calendar = self.agenda.now, self.program.actors[actor].calendar
        left = self.program.calendars[calendar].finish(now, self._last[actor])
        case.stays[actor] = left
        self.record.coming(case, actor, now, left)
        del case.called[actor]

    def there(self, case: Case, step: int, profile: int) -> bool:
        """Whether the person is there with whom a ready step begins; who is not is called.

        Nobody is called twice at a time, or while still at work for the case.
        """
        (actor, after), now = self.comes[profile], self.agenda.now
        if now < case.stays.get(actor, NEVER):
            return True
        if actor not in case.called and not case.attention.get(actor):
            visit = case.visits.get(step, 0) + 1
            repeated = case.calls.get(step, 0) + AGAIN
            at = Context(case, now, repeated if repeated % AGAIN == visit else visit)
            at.more[VISIT] = visit
            calendar = self.program.calendars[self.program.profiles[profile].calendar]
            time = calendar.next_open(self.values.later(after, at))
            case.called[actor], case.calls[step] = (step, visit, now), at.number
            self.agenda.at(time, events.COMING, (case.number, actor, 0), case.number, actor)
        return False

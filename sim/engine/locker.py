"""The locker of a case: documents that it brought, that are given, taken up, and grow old.

Periods run from the giving of a document, or from the start of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.compile.calendars import legal_deadline
from sim.compile.program import EXPIRED, GIVEN, LATE, DeadlineSpec, HoldingSpec, Program
from sim.engine import events
from sim.engine.case import NO_CAUSE, NOBODY, Case, Context, Phase, Visit
from sim.engine.events import Agenda
from sim.engine.indicators import Indicators
from sim.engine.record import Record
from sim.engine.values import Values
from sim.engine.work import makes
from sim.log import NEVER

_ORDER: Final = (GIVEN, LATE, EXPIRED)
"""What is missed in one second: silence comes first, since it may give what is waited for."""


@dataclass(slots=True, eq=False)
class Locker:
    """Puts documents into the lockers of cases and takes them out when their time is over."""

    program: Program
    agenda: Agenda
    values: Values
    record: Record
    indicators: Indicators

    def fill(self, case: Case) -> None:
        """Put what the case brings into its locker, and start what runs from its beginning."""
        at = Context(case, self.agenda.now)
        for holding in self.program.streams[case.stream].locker:
            if self.values.happens(holding.share, holding.share_point, at):
                self._bring(holding, at)
        self._start(case, NEVER)

    def _bring(self, holding: HoldingSpec, at: Context) -> None:
        case, document = at.case, holding.document
        paper = self.program.papers[document]
        if paper.valid is not None:
            age = self.values.amount(holding.age, at)
            expiry = self.values.later(paper.valid, at) - age
            if expiry <= at.time and paper.lapsed == NEVER:
                return
            self._expire_at(case, document, expiry)
        made = makes(self.values, holding.makes, at, case.channel)
        self.record.made(case, made, at.time, NO_CAUSE)
        case.hold(document, made, NOBODY)
        case.brought |= 1 << document
        self._start(case, document)

    def hand_in(self, visit: Visit) -> int:
        """Give the case what a visit gives, each until its time is over; return what it is."""
        case, given = visit.case, 0
        for document in visit.profile.gives:
            valid = self.program.papers[document].valid
            if valid is not None:
                at = Context(case, self.agenda.now, visit.number)
                self._expire_at(case, document, self.values.later(valid, at))
            self.give(case, document, visit.product, visit.step)
            given |= 1 << document
        return given

    def give(self, case: Case, document: int, defects: int, giver: int) -> None:
        """Give a document to a case, which sets periods going."""
        case.hold(document, defects, giver)
        if self.program.indicators:
            self.indicators.given(document)
        first = not case.there(document)
        if case.first_given[document] == NEVER:
            case.first_given[document] = self.agenda.now
        self._start(case, document, first=first)

    def take_up(self, visit: Visit) -> None:
        """Let a visit that starts take what it needs, with all that is wrong with it."""
        case = visit.case
        visit.taken |= case.carried(visit.needs)
        if self.program.leaves is not None:
            for leave in self.program.leaves[self.program.ways[visit.step][visit.profile.channel]]:
                if leave.documents & ~visit.needs:
                    visit.taken |= 1 << leave.instance
                    visit.overdue |= 1 << leave.instance
                    case.made_in[leave.instance] = visit.profile.channel
        for document, expiry in case.expiry.items():
            if expiry <= visit.started:
                self._take_lapsed(visit, document)
        if visit.overdue:
            self.record.made(case, visit.overdue, self.agenda.now, (visit.step, visit.number))

    def _take_lapsed(self, visit: Visit, document: int) -> None:
        """Let a visit that needs a document carry on what is wrong with it for being too old."""
        instance = self.program.papers[document].lapsed
        if instance != NEVER and visit.needs >> document & 1:
            visit.taken |= 1 << instance
            visit.overdue |= 1 << instance
            visit.case.made_in[instance] = visit.profile.channel

    def _expire_at(self, case: Case, document: int, time: int) -> None:
        """Let a document expire; one that already has stays, with nobody looking at its date."""
        case.expiry[document] = time
        if time > self.agenda.now:
            key = (case.number, document, 0)
            self.agenda.at(time, events.EXPIRY, key, case.number, document, time)

    def expire(self, case: Case, document: int) -> None:
        """Take a document out of the locker; visits already enabled keep what they took."""
        for visit in case.open.values():
            if visit.phase == Phase.QUEUED and visit.needs >> document & 1:
                visit.taken |= case.defects.get(document, 0)
                self._take_lapsed(visit, document)
        case.lose(document)
        case.lapsed |= 1 << document

    # -- periods -------------------------------------------------------------------------------

    def _start(self, case: Case, document: int, *, first: bool = True) -> None:
        """Start what runs from a giving; deadlines from the ``first`` alone, silence from each."""
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

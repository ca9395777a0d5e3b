"""What time does to documents: they grow old, and periods run from them."""

from __future__ import annotations

from typing import Final

from sim.compile.calendars import legal_deadline
from sim.compile.program import GIVEN, LATE, DeadlineSpec
from tests.interpreter.patience import Patience
from tests.interpreter.state import Case, Paper, Visit

MISSED: Final = (GIVEN, LATE, 1)
"""Deadlines of one second: silence, late, expired."""


class Papers(Patience):
    """Documents and periods."""

    def hold(self, case: Case, document: int, paper: Paper) -> None:
        """Put a document that was given into the locker."""
        case.held[document] = paper
        self.count("given", document)
        case.expired.pop(document, None)
        first = document not in case.first
        case.first.setdefault(document, self.now)
        case.milestones.setdefault(document, self.now)
        self.watch_age(case, document)
        for i, clock in enumerate(case.stream.clocks):
            if clock.after == document and (first or clock.missed == GIVEN):
                self.begin_period(case, i, clock)

    def watch_age(self, case: Case, document: int) -> None:
        """See to it that a document leaves the locker when its time is over."""
        paper = case.held[document]

        def expire() -> None:
            if not case.over and case.held.get(document) is paper:
                case.expired[document] = case.held.pop(document)
                for visit in case.open:
                    if self.waits(visit) and document in visit.papers:
                        visit.ran_out.append((document, paper))
                self.touch(case)

        if paper.over is not None:
            self.at(paper.over, "expiry", (case.number, document, 0), expire)

    # -- deadlines --------------------------------------------------------------------------------

    def begin_period(self, case: Case, number: int, clock: DeadlineSpec) -> None:
        """Let a period begin now; "the newest giving counts" for silence."""
        period = object()
        case.periods[number] = period
        key = (case.number, MISSED.index(clock.missed), clock.document)

        def end() -> None:
            if case.periods.get(number) is period and not case.over:
                self.miss(case, clock)

        self.at(max(self.due(clock), self.now), "deadline", key, end)

    def due(self, clock: DeadlineSpec) -> int:
        """Return when a period that begins now ends."""
        if clock.at is not None:
            return clock.at
        if clock.kind == 0:
            return self.now + clock.amount
        days = self.model.calendars[self.model.days]
        return legal_deadline(days, self.now, clock.amount, business=clock.kind > 1)

    def miss(self, case: Case, clock: DeadlineSpec) -> None:
        """See at the end of a period whether the document is there: "the first giving counts"."""
        if clock.missed == GIVEN:
            self.consent(case, clock)
        elif clock.document in case.first:
            return
        elif clock.missed == LATE:
            case.late = True
        else:
            self.touch(case)
            self.finish_case(case, "expired", clock.cause)

    def consent(self, case: Case, clock: DeadlineSpec) -> None:
        """Let silence be consent "unless the document is there, or was and has expired"."""
        document = clock.document
        if document in case.held or document in case.expired:
            return
        self.touch(case)
        giver = self.needs.giver(case, document)
        visit = case.under_way(giver.step) if giver is not None else None
        if visit is not None:  # "a visit of its giver is undone"
            self.undo(visit)
        self.wait_anew(case)
        self.hold(case, document, Paper(set(), silence=clock.after))

    def undo(self, visit: Visit) -> None:
        """End a visit that was reset.

        "Queued visits are withdrawn, visits in their delay are void at once, visits in service are
        void but hold their staff and attention to the end of the work."
        """
        if self.waits(visit):
            self.withdraw(visit)
        elif visit.state == "delay":
            self.close(visit, "void")
        else:
            visit.void = True

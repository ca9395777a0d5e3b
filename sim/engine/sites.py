"""Sites: steps that the first case of a place does for all the others there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.agenda import EventKind
from sim.engine.batches import jointly
from sim.engine.case import Case, Visit

if TYPE_CHECKING:
    from sim.engine.reference import Reference
    from sim.engine.service import Service

SiteStep = tuple[int, int, int]
"""Stream, site and step."""


class SiteSteps:
    """Who does what for a site, and who waits for it."""

    def __init__(self, engine: Reference, service: Service) -> None:
        """Know the sites of ``engine``."""
        self.engine = engine
        self.service = service
        self.agenda = engine.agenda
        self.leading: dict[SiteStep, Visit] = {}
        self.given: set[SiteStep] = set()
        self.waiting: dict[SiteStep, dict[int, Case]] = {}

    def served(self, case: Case, step: int, rider: int) -> bool:
        """Whether another case of the site does a step, or did it: then this one waits or has it.

        Who is ready where nobody acts yet is told as well when somebody has. What is sent back to a
        case is done again by that case alone.
        """
        errand = (case.stream, case.site, step)
        if step in case.done:
            return False
        if errand in self.given:
            visit = self.service.opened(case, step, rider)
            if visit is not None:
                leader = self.leading[errand]
                visit.joint = jointly(visit.at, leader.at)
                visit.manner = visit.profile.first if leader.number == 1 else visit.profile.again
                self.service.start(visit, self.agenda.now, self.agenda.now)
        else:
            self.waiting.setdefault(errand, {})[case.number] = case
        return errand in self.leading

    def begun(self, visit: Visit) -> None:
        """The first visit of a site leads it."""
        errand = (visit.case.stream, visit.case.site, visit.step)
        self.waiting.get(errand, {}).pop(visit.case.number, None)
        if not visit.profile.rides:
            self.leading.setdefault(errand, visit)

    def over(self, visit: Visit, *, given: bool) -> None:
        """Those who waited get what the leader gave, or the next of them leads."""
        errand = (visit.case.stream, visit.case.site, visit.step)
        if self.leading.get(errand) is not visit:
            return
        if given:
            self.given.add(errand)
        else:
            del self.leading[errand]
        if self.waiting.get(errand):
            key = (0, visit.step, visit.case.site)
            self.agenda.at(self.agenda.now, EventKind.BATCH, key, self._follow, errand)

    def _follow(self, errand: SiteStep) -> None:
        """Let those go on who waited, in order of their numbers."""
        for _, case in sorted(self.waiting.pop(errand, {}).items()):
            if not case.ended:
                self.engine.take_up(case)

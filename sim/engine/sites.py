"""Sites: steps that the first case of a place does for all the others there."""

from __future__ import annotations

from sim.engine import events
from sim.engine.agenda import Agenda
from sim.engine.case import Case, Visit
from sim.engine.events import SiteStep


class SiteSteps:
    """Who does what for a site, and who waits for it."""

    def __init__(self, agenda: Agenda) -> None:
        """Begin with nobody who acts."""
        self.agenda = agenda
        self.given: set[SiteStep] = set()
        self._leading: dict[SiteStep, Visit] = {}
        self._waiting: dict[SiteStep, dict[int, Case]] = {}

    def leader(self, at: SiteStep) -> Visit | None:
        """Return the visit that acts for a site, or did."""
        return self._leading.get(at)

    def wait(self, case: Case, at: SiteStep) -> None:
        """Let a case wait for the one that acts, or for the first that will."""
        self._waiting.setdefault(at, {})[case.number] = case

    def waited(self, at: SiteStep) -> list[Case]:
        """Return those who waited, in order of their numbers; they wait no more."""
        return [case for _, case in sorted(self._waiting.pop(at, {}).items())]

    def begun(self, visit: Visit) -> None:
        """The first visit of a site leads it."""
        at = site_step(visit.case, visit.step)
        self._waiting.get(at, {}).pop(visit.case.number, None)
        if not visit.profile.rides:
            self._leading.setdefault(at, visit)

    def over(self, visit: Visit, *, given: bool) -> None:
        """Those who waited get what the leader gave, or the next of them leads."""
        at = site_step(visit.case, visit.step)
        if self._leading.get(at) is not visit:
            return
        if given:
            self.given.add(at)
        else:
            del self._leading[at]
        if self._waiting.get(at):
            key = (0, visit.step, visit.case.site)
            self.agenda.at(self.agenda.now, events.SITE, key, at)


def site_step(case: Case, step: int) -> SiteStep:
    """Return what a case would do for its site."""
    return case.stream, case.site, step

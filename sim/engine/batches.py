"""Cases that go together: those gathered in a batch, and those of a site for which one acts.

The first case of a batch leads it: it queues, and its draws are those of all. The others ride: they
start and finish with it, and need nobody of their own. At a site one case does a step for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.compile.program import BatchSpec, Program
from sim.engine import events
from sim.engine.case import Case, Phase, Visit
from sim.engine.events import Agenda, SiteStep


class Batches:
    """Who is gathered for what, and when they go."""

    def __init__(self, program: Program, agenda: Agenda) -> None:
        self.program = program
        self.agenda = agenda
        self._waiting: dict[tuple[int, int], dict[int, Case]] = {}
        """Cases by profile and the second they go at, by number."""

    def gather(self, case: Case, profile: int, batch: BatchSpec) -> None:
        """Let a case that is ready for a step wait for the batch it goes with."""
        time = self.agenda.now
        if batch.timetable >= 0:
            time = self.program.timetables[batch.timetable].next_slot(time)
        if (profile, time) not in self._waiting:
            self._waiting[profile, time] = {}
            key = (0, self.program.profiles[profile].step, profile)
            self.agenda.at(time, events.BATCH, key, profile, batch)
        self._waiting[profile, time][case.number] = case

    def due(self, profile: int) -> Iterator[Case]:
        """Yield those who go now: who is still ready for it, in order of their numbers."""
        step = self.program.profiles[profile].step
        for _, case in sorted(self._waiting.pop((profile, self.agenda.now)).items()):
            if not case.ended and step in case.ready and case.plan.profile[step] == profile:
                yield case


def join(visits: list[Visit]) -> None:
    """Let visits be done together, the first of them leading."""
    for visit in visits:
        visit.batch = visits
        visit.joint = visit.at.drawn_as(visits[0].at)


def succeed(leader: Visit, now: int) -> Visit | None:
    """Return the visit that takes the place of one that is withdrawn, with the staff it has."""
    riders = (one for one in leader.batch or () if one is not leader)
    successor = next((one for one in riders if one.phase == leader.phase), None)
    if successor is not None:
        successor.profile, successor.profile_number = leader.profile, leader.profile_number
        successor.at.pool = successor.joint.pool = leader.at.pool
        successor.enabled = now
        if leader.phase == Phase.GRANTED:
            successor.granted, successor.held, leader.held = now, leader.held, 0
    return successor


class SiteSteps:
    """Who does what for a site, and who waits for it."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.given: set[SiteStep] = set()
        self.leading: dict[SiteStep, Visit] = {}
        """The visit that acts for each site, or did."""
        self._waiting: dict[SiteStep, dict[int, Case]] = {}

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
            self.leading.setdefault(at, visit)

    def over(self, visit: Visit, *, given: bool) -> None:
        """Those who waited get what the leader gave, or the next of them leads."""
        at = site_step(visit.case, visit.step)
        if self.leading.get(at) is not visit:
            return
        if given:
            self.given.add(at)
        else:
            del self.leading[at]
        if self._waiting.get(at):
            key = (0, visit.step, visit.case.site)
            self.agenda.at(self.agenda.now, events.SITE, key, at)


def site_step(case: Case, step: int) -> SiteStep:
    """Return what a case would do for its site."""
    return case.stream, case.site, step

"""Cases that go together: in a batch, to a call that not all can win, or with one of their site.

The first case of a batch leads it: it queues, and its draws are those of all. The others ride: they
start and finish with it, and need nobody of their own. At a site one case does a step for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.compile.program import BatchSpec, Program
from sim.engine import events
from sim.engine.case import Case, Context, Phase, Visit
from sim.engine.events import Agenda, SiteStep
from sim.engine.values import Values
from sim.log import NEVER


class Batches:
    """Who is gathered for what, and when they go."""

    def __init__(self, program: Program, agenda: Agenda) -> None:
        self.program = program
        self.agenda = agenda
        self._waiting: dict[tuple[int, int, int], dict[int, Case]] = {}
        """Cases by profile, place and the second they go at, by number."""

    def gather(self, case: Case, profile: int, batch: BatchSpec) -> None:
        """Let a case that is ready for a step wait for the batch it goes with."""
        time, step = self.agenda.now, self.program.profiles[profile].step
        if step in (self.program.selects or ()):
            profile = self.program.ways[step][0]  # a call is one for all channels
        if batch.timetable >= 0 and not case.places >> step & 1:
            time = self.program.timetables[batch.timetable].next_slot(time)
        place = case.home if step in self.program.apart else 0
        together = profile, place, time
        if together not in self._waiting:
            self._waiting[together] = {}
            key = (place, step, profile)
            self.agenda.at(time, events.BATCH, key, profile, place, batch)
        self._waiting[together][case.number] = case

    def due(self, profile: int, place: int) -> Iterator[Case]:
        """Yield those who go now: who is still ready for it, in order of their numbers."""
        step = self.program.profiles[profile].step
        called = step in (self.program.selects or ())
        for _, case in sorted(self._waiting.pop((profile, place, self.agenda.now)).items()):
            done_so = called or case.plan.profile[step] == profile
            if done_so and not case.ended and step in case.ready:
                yield case


class Calls:
    """What is left of the places or the budget of each call, and who was taken."""

    def __init__(self, program: Program, agenda: Agenda, values: Values) -> None:
        self.program, self.agenda, self.values = program, agenda, values
        self.selects = program.selects or {}
        self._left: dict[tuple[int, int, int], int] = {}
        """By step, place and the second at which the call closes; -1 once it was not enough."""

    def close(self, step: int, place: int, cases: list[Case]) -> list[Case]:
        """Take the best of some cases until what is left is not enough for the next; return all.

        Who has a place already keeps it, and takes nothing.
        """
        spec, closes = self.selects[step], self.program.start
        if spec.timetable >= 0:
            closes = self.program.timetables[spec.timetable].next_slot(self.agenda.now)
        call = step, place, closes
        for case in sorted(cases, key=lambda case: (-self._of(case, spec.rank), case.number)):
            if call not in self._left:
                self._left[call] = self.values.amount(spec.pot, Context(case, closes))
            takes = 1 if spec.costs < 0 else self._of(case, spec.costs)
            if case.places >> step & 1:
                continue
            if takes <= self._left[call]:
                self._left[call] -= takes
                case.places |= 1 << step
            else:
                self._left[call] = NEVER
        return cases

    def tell(self, visit: Visit) -> None:
        """Let a case know from now on whether it was taken, if the visit is about that."""
        if (spec := self.selects.get(visit.step)) is not None:
            visit.case.attributes[spec.decides] = visit.case.places >> visit.step & 1

    def _of(self, case: Case, attribute: int) -> int:
        return case.attributes[attribute] if attribute >= 0 else 0


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
        successor.pools = leader.pools
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
            key = (visit.case.home, visit.step, visit.case.site)
            self.agenda.at(self.agenda.now, events.SITE, key, at)


def site_step(case: Case, step: int) -> SiteStep:
    """Return what a case would do for its site."""
    return case.stream, case.site, step

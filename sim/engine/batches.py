"""Batches: cases that are gathered and done as one, by the staff that one of them asks for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sim.compile.program import VISIT, BatchSpec
from sim.engine.agenda import EventKind
from sim.engine.case import Case, Context, Phase, Visit

if TYPE_CHECKING:
    from sim.engine.reference import Reference
    from sim.engine.service import Service


class Batches:
    """Who is gathered for what, and when they go.

    The first case of a batch leads it: it queues, and its draws are those of all. The others ride:
    they start and finish with it, and need nobody of their own.
    """

    def __init__(self, engine: Reference, service: Service) -> None:
        """Gather the cases of ``engine``."""
        self.engine = engine
        self.service = service
        self.agenda = engine.agenda
        self.model = engine.model
        self.waiting: dict[tuple[int, int], dict[int, Case]] = {}
        """Cases by profile and the second they go at, by number."""

    def gather(self, case: Case, batch: BatchSpec, profile: int) -> None:
        """Let a case that is ready for a step wait for the batch it goes with."""
        time = self.agenda.now
        if batch.timetable >= 0:
            time = self.model.timetables[batch.timetable].next_slot(time)
        if (profile, time) not in self.waiting:
            self.waiting[profile, time] = {}
            step = self.model.profiles[profile].step
            self.agenda.at(time, EventKind.BATCH, (0, step, profile), self._go, profile, batch)
        self.waiting[profile, time][case.number] = case

    def _go(self, profile: int, batch: BatchSpec) -> None:
        """Let those go that are still ready for it, in order of their numbers."""
        step = self.model.profiles[profile].step
        gathered = sorted(self.waiting.pop((profile, self.agenda.now)).items())
        ready = (
            case
            for _, case in gathered
            if not case.ended and step in case.ready and case.plan.profile[step] == profile
        )
        while cases := list(islice(ready, batch.most)):
            self._begin(cases, step, profile, batch)

    def _begin(self, cases: list[Case], step: int, profile: int, batch: BatchSpec) -> None:
        visits: list[Visit] = []
        for case in cases:
            visit = self.service.opened(case, step, batch.rider if visits else profile)
            if visit is not None:
                visits.append(visit)
        for visit in visits:
            visit.batch = visits
            visit.joint = jointly(visit.at, visits[0].at)
        if visits:
            self.service.queue_up(visits[0])
            self.service.serve()

    def pass_on(self, leader: Visit) -> None:
        """Let the next visit of a batch take the place of one that is withdrawn."""
        riders = (one for one in leader.batch or () if one is not leader)
        successor = next((one for one in riders if one.phase == leader.phase), None)
        if successor is None:
            return
        successor.profile, successor.profile_number = leader.profile, leader.profile_number
        successor.at.pool = successor.joint.pool = leader.at.pool
        successor.enabled = self.agenda.now
        if leader.phase == Phase.GRANTED:
            successor.granted, successor.held, leader.held = self.agenda.now, leader.held, 0
            return
        self.service.release(leader)
        self.service.queue_up(successor)


def jointly(own: Context, first: Context) -> Context:
    """Return a moment of a case that draws as another one does: the first of its batch."""
    joint = Context(own.case, own.time, first.number, own.pool)
    joint.drawn = first.case
    joint.more = {VISIT: own.number}
    return joint

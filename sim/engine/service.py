"""Service: the life of a visit from enabled to closed, and the staff that it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sim.compile.program import Program
from sim.engine import events
from sim.engine.batches import SiteSteps, succeed
from sim.engine.case import Case, Context, Phase, Pool, Visit
from sim.engine.events import Agenda
from sim.engine.locker import Locker
from sim.engine.record import Record
from sim.engine.values import Values
from sim.log import NEVER

MOST_VISITS: Final = 255
"""More visits of one step than this end a case: it is being returned without end."""


@dataclass(slots=True, eq=False)
class Service:
    """Opens visits, lets people serve them, and closes them."""

    program: Program
    agenda: Agenda
    values: Values
    record: Record
    locker: Locker
    sites: SiteSteps
    pools: list[Pool] = field(init=False)
    """Of all actors, with the staff of the first day at first."""
    freed: set[int] = field(init=False, default_factory=set)
    """The pools in which somebody may be granted now."""

    def __post_init__(self) -> None:
        self.pools = [
            Pool(changes[0][1] if changes else 0)
            for actor in range(len(self.program.actors))
            for changes in self._staff(actor)
        ]

    def _staff(self, actor: int) -> Sequence[tuple[tuple[int, int], ...]]:
        """Return how the staff of each pool of an actor changes."""
        sites = self.program.sites
        if sites is not None and actor in sites.staff:
            return sites.staff[actor]
        return (self.program.actors[actor].staff,)

    # -- staff ---------------------------------------------------------------------------------

    def await_change(self, actor: int, change: int) -> None:
        """Wait for a change of an actor's staff, if there is one and anybody is left to serve."""
        changes = self.program.actors[actor].staff
        waits = (self.pools[number].waiting for number in self.program.pools[actor])
        if change < len(changes) and (not self.record.complete or any(waits)):
            self.agenda.at(changes[change][0], events.STAFF, (actor, 0, 0), actor, change)

    def change_staff(self, actor: int, change: int) -> None:
        """Let there be as many as from now on; nobody is taken from work in hand."""
        for number, changes in zip(self.program.pools[actor], self._staff(actor), strict=True):
            if len(changes) > 1:
                self.pools[number].staff = changes[change][1]
                self.freed.add(number)
        self.serve()

    def serve(self) -> None:
        """Let freed staff take the heads of their queues, until all are busy or no one waits."""
        while self.freed:
            pool = min(self.freed)
            visit = self.pools[pool].grant(self.agenda.now)
            if visit is None:
                self.freed.discard(pool)
            else:
                visit.held += 1
                self.queue_up(visit)

    def hurry(self, visit: Visit, by: int) -> None:
        """Let a visit that waits in line be served earlier."""
        visit.priority -= by
        self.pools[visit.pools[visit.held]].hurry(visit)

    # -- a visit -------------------------------------------------------------------------------

    def open(self, case: Case, step: int, profile_number: int) -> Visit | None:
        """Return a visit that has its agents' attention; None if there would be too many."""
        number = case.visits.get(step, 0) + 1
        if number > MOST_VISITS:
            return None
        profile = self.program.profiles[profile_number]
        case.visits[step] = number
        case.turns &= ~(1 << self.program.precedence[step])
        now, (ready, cause) = self.agenda.now, case.ready.pop(step)
        case.redo.pop(step, None)
        pools = profile.pools
        if self.program.sites is not None:
            own = (self.program.pools[actor] for actor in pools)
            pools = tuple(one[case.home if len(one) > 1 else 0] for one in own)
        queue = self.pools[pools[-1]] if pools else None
        manner = profile.first if number == 1 else profile.again
        at = Context(case, now, number, queue)
        needs = case.plan.chain.needs[step]
        visit = Visit(
            case, step, number, profile_number, profile, manner, ready, now, cause, at, needs, pools
        )
        case.begin(visit)
        if profile.once >= 0:
            self.sites.begun(visit)
        for actor in profile.persons:
            case.attention[actor] = case.attention.get(actor, 0) + 1
        visit.priority = self.values.amount(profile.priority, visit.at)
        return visit

    def queue_up(self, visit: Visit) -> None:
        """Ask for the next pool of the step, or begin if it has everybody."""
        if visit.held == len(visit.pools):
            self._begin(visit)
        else:
            pool = visit.pools[visit.held]
            self.pools[pool].join(visit, self.agenda.now)
            self.freed.add(pool)

    def _begin(self, visit: Visit) -> None:
        """Everybody is there: the work starts at the next second at which all are open."""
        calendar = self.program.calendars[visit.profile.calendar]
        started = calendar.next_open(self.agenda.now)
        visit.joint.time = started
        finished = calendar.finish(started, self.values.amount(visit.manner.work, visit.joint))
        for one in visit.batch or (visit,):
            if one.phase == Phase.QUEUED:
                self.start(one, started, finished)

    def start(self, visit: Visit, started: int, finished: int) -> None:
        """Let a visit take what it needs, and work on it."""
        visit.phase = Phase.GRANTED
        visit.granted, visit.started, visit.finished = self.agenda.now, started, finished
        self.locker.take_up(visit)
        visit.at.time = started
        self.agenda.at(finished, events.FINISHED, visit.key, visit)

    def fix(self, visit: Visit, seconds: int) -> None:
        """Let a visit work on, to mend what it found."""
        calendar = self.program.calendars[visit.profile.calendar]
        visit.finished = calendar.finish(self.agenda.now, seconds)
        self.agenda.at(visit.finished, events.FIXED, visit.key, visit)

    def hand_over(self, visit: Visit) -> None:
        """The work is done and good: nobody is held during the delay."""
        self._release(visit)
        visit.phase = Phase.DELAYED
        manner, at = visit.manner, visit.joint
        time = at.time = self.agenda.now
        waited = visit.profile.once >= 0 and visit.profile.rides  # the site has, already
        if manner.until >= 0 and not waited:
            earliest = self.values.later(manner.at_least, at)
            time = self.program.timetables[manner.until].next_slot(earliest)
        elif manner.delay is not None and not waited:
            time = self.values.later(manner.delay, at)
        self.agenda.at(time, events.GIVEN, visit.key, visit)
        self.serve()

    def close(self, visit: Visit, result: str) -> None:
        """Write a visit down that holds nobody; it is over."""
        visit.phase = Phase.CLOSED
        self.record.visit(visit, result, self.agenda.now)
        if visit.profile.once >= 0:
            if result in ("given", "returned"):
                visit.case.done.add(visit.step)
            self.sites.over(visit, given=result == "given")
        visit.case.forget(visit, given=result == "given")

    def cut(self, visit: Visit, result: str) -> None:
        """Close a visit whose work is done, but which is not to give anything."""
        self._release(visit)
        self.close(visit, result)

    def withdraw(self, visit: Visit) -> None:
        """Take a visit out whose work has not begun."""
        if visit.entry is not None:
            self.pools[visit.pools[visit.held]].leave(visit, self.agenda.now)
        leads = visit.batch is not None and not visit.profile.rides
        successor = succeed(visit, self.agenda.now) if leads else None
        self._release(visit)
        if successor is not None and successor.phase == Phase.QUEUED:
            self.queue_up(successor)
        visit.started = visit.finished = NEVER
        self.close(visit, "withdrawn")

    def undo(self, visit: Visit) -> None:
        """Take back a visit: withdrawn in the queue, void in service or in its delay."""
        if visit.in_service(self.agenda.now):
            visit.void = True
            visit.case.forget(visit)
        elif visit.phase == Phase.DELAYED:
            self.close(visit, "void")
        else:
            self.withdraw(visit)

    def _release(self, visit: Visit) -> None:
        for pool in visit.pools[: visit.held]:
            self.pools[pool].busy -= 1
            self.freed.add(pool)
        visit.held = 0
        for actor in visit.profile.persons:
            visit.case.attention[actor] -= 1

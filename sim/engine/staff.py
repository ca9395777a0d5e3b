"""Staff: who of all actors is free, and which visit gets whom."""

from __future__ import annotations

from collections.abc import Sequence

from sim.compile.program import ActorSpec
from sim.engine import events
from sim.engine.case import Pool, Visit
from sim.engine.events import Agenda


class Staff:
    """The pools of all actors. ``freed``: those in which somebody may be granted now."""

    def __init__(self, actors: Sequence[ActorSpec], agenda: Agenda) -> None:
        self.actors = actors
        self.agenda = agenda
        self.pools = [Pool(actor.staff[0][1] if actor.staff else 0) for actor in actors]
        self.freed: set[int] = set()

    def ask(self, visit: Visit) -> None:
        """Let a visit wait for the next pool of its step."""
        actor = visit.profile.pools[visit.held]
        self.pools[actor].join(visit, self.agenda.now)
        self.freed.add(actor)

    def grant(self) -> Visit | None:
        """Return the next visit that is granted somebody, of the pool with the smallest number.

        None: nobody waits there or all are busy.
        """
        actor = min(self.freed)
        visit = self.pools[actor].grant(self.agenda.now)
        if visit is None:
            self.freed.discard(actor)
        else:
            visit.held += 1
        return visit

    def release(self, visit: Visit) -> None:
        """Free all that a visit holds."""
        for actor in visit.profile.pools[: visit.held]:
            self.pools[actor].busy -= 1
            self.freed.add(actor)
        visit.held = 0

    def leave(self, visit: Visit) -> None:
        """Take a visit out of the line it waits in."""
        self.pools[visit.profile.pools[visit.held]].leave(visit, self.agenda.now)

    def hurry(self, visit: Visit, by: int) -> None:
        """Let a visit that waits in line be served earlier."""
        visit.priority -= by
        self.pools[visit.profile.pools[visit.held]].hurry(visit)

    def await_change(self, actor: int, change: int) -> None:
        """Wait for a change of an actor's staff, if there is one."""
        changes = self.actors[actor].staff
        if change < len(changes):
            self.agenda.at(changes[change][0], events.STAFF, (actor, 0, 0), actor, change)

    def change(self, actor: int, change: int) -> None:
        """Let there be as many as from now on; nobody is taken from work in hand."""
        self.pools[actor].staff = self.actors[actor].staff[change][1]
        self.freed.add(actor)

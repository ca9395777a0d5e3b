"""Staff: who waits for whom, who is granted, and when work starts."""

from __future__ import annotations

from tests.interpreter.state import Pool, Visit
from tests.interpreter.world import World


class Queues(World):
    """Pools of staff."""

    def queue_up(self, visit: Visit) -> None:
        """Join the queue of the next pool, "asked for in the order of `by`", or be granted."""
        if len(visit.staff) == len(visit.way.pools):
            self.grant(visit)
            return
        visit.since = self.now
        pool = self.pool(visit.case, visit.way.pools[len(visit.staff)])
        self.queues[pool].append(visit)

    def serve(self) -> None:
        """Give free staff to the heads of the queues "until all are full or empty".

        "A queue is served by `priority` (small first), then by the second the visit was enabled,
        then by case, step and visit."
        """
        while True:
            free = [a for a, queue in self.queues.items() if queue and self.busy[a] < self.staff(a)]
            if not free:
                return
            actor = min(free)
            head = min(self.queues[actor], key=lambda v: (v.priority, v.enabled, *v.order))
            self.leave_queue(head)
            self.busy[actor] += 1
            head.staff.append(actor)
            self.queue_up(head)

    def staff(self, pool: Pool) -> int:
        """Return how many work in a pool now."""
        actor, place = pool
        changes = self.own[actor][place] if actor in self.own else self.model.actors[actor].staff
        return [n for since, n in changes if since <= self.now][-1]

    def leave_queue(self, visit: Visit) -> None:
        """Take a visit out of the queue in which it waits."""
        for actor, queue in self.queues.items():
            if visit in queue:
                queue.remove(visit)
                self.area[actor] += self.now - visit.since

    def release(self, visit: Visit) -> None:
        """Give back the staff of a visit."""
        for actor in visit.staff:
            self.busy[actor] -= 1
        visit.staff = []

    def grant(self, visit: Visit) -> None:
        """Grant a visit and all that ride with it; "the others need nobody"."""
        calendar = self.model.calendars[visit.way.calendar]
        started = calendar.next_open(self.now)
        work = self.numbers.number(
            self.manner(visit).work, self.of_visit(visit, self.then(started))
        )
        for one in (visit, *self.mates(visit)):
            self.serve_until(one, started, calendar.finish(started, work))

    def serve_until(self, visit: Visit, started: int, finished: int) -> None:
        """Let a visit be in service; it "takes the defects of the documents it needs"."""
        visit.state, visit.granted = "service", self.now
        visit.started, visit.finished = started, finished
        case = visit.case
        too_old: set[int] = set()
        for document in visit.papers:
            ran_out = [paper for name, paper in visit.ran_out if name == document]
            for one in (*ran_out, *([case.held[document]] if document in case.held else [])):
                visit.product |= one.marks
                lapsed = self.model.papers[document].lapsed
                if one.over is not None and one.over <= started and lapsed >= 0:
                    visit.product.add(lapsed)
                    case.made[lapsed] = visit.way.channel, None
                    too_old.add(lapsed)
        visit.product |= visit.lacks
        case.made |= dict.fromkeys(visit.lacks, (visit.way.channel, None))
        for instance in sorted(too_old | visit.lacks):
            self.born(case, instance, (visit.step, visit.number))
        self.at(finished, "finished", visit.order, lambda: self.finished(visit))

    def mates(self, visit: Visit) -> list[Visit]:
        """Return the visits that ride with one and have not started."""
        return [one for one in visit.batch if one is not visit and self.waits(one)]

    def waits(self, visit: Visit) -> bool:
        """Return whether a visit is enabled and not started."""
        return visit.state == "queued" or (visit.state == "service" and visit.started > self.now)

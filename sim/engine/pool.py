"""Pools of staff: a queue with one order, and no more grants than staff."""

from __future__ import annotations

from heapq import heappop, heappush

from sim.engine.case import Visit

Entry = tuple[int, int, int, int, int, Visit]
"""(priority, enabled, case, step, visit, the visit itself): served from the smallest."""


class Pool:
    """The staff of one actor and those who wait for it.

    ``area`` adds up waiting visits × seconds, the left side of Little's law.
    """

    def __init__(self, staff: int) -> None:
        """Begin with ``staff`` people, all free."""
        self.staff = staff
        self.busy = 0
        self.waiting = 0
        self.area = 0
        self._since = 0
        self._queue: list[Entry] = []

    def join(self, visit: Visit, now: int) -> None:
        """Let a visit wait in line."""
        self._count(now, 1)
        self._push(visit)

    def _push(self, visit: Visit) -> None:
        entry = (
            visit.priority,
            visit.enabled,
            visit.case.number,
            visit.step,
            visit.number,
            visit,
        )
        visit.entry = entry
        heappush(self._queue, entry)

    def leave(self, visit: Visit, now: int) -> None:
        """Take a waiting visit out of the line."""
        visit.entry = None
        self._count(now, -1)

    def hurry(self, visit: Visit) -> None:
        """Give a waiting visit its new place after its priority changed."""
        self._push(visit)

    def grant(self, now: int) -> Visit | None:
        """Take the head of the line if somebody is free."""
        while self.busy < self.staff and self._queue:
            entry = heappop(self._queue)
            visit = entry[-1]
            if visit.entry is entry:
                visit.entry = None
                self.busy += 1
                self._count(now, -1)
                return visit
        return None

    def release(self) -> None:
        """Free one of the staff."""
        self.busy -= 1

    def _count(self, now: int, change: int) -> None:
        self.area += self.waiting * (now - self._since)
        self.waiting += change
        self._since = now

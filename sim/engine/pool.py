"""Pools of staff: a queue with one order, and no more grants than staff."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar


class Waiting(Protocol):
    """Who may wait in line: served by priority, then by the second it came, then by its key."""

    priority: int
    enabled: int
    entry: object

    @property
    def key(self) -> tuple[int, int, int]:
        """Case, step and visit."""
        ...


W = TypeVar("W", bound=Waiting)


class Pool(Generic[W]):
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
        self._queue: list[tuple[int, int, tuple[int, int, int], W]] = []

    def join(self, visit: W, now: int) -> None:
        """Let a visit wait in line."""
        self._count(now, 1)
        self.hurry(visit)

    def leave(self, visit: W, now: int) -> None:
        """Take a waiting visit out of the line."""
        visit.entry = None
        self._count(now, -1)

    def hurry(self, visit: W) -> None:
        """Give a waiting visit its place in line, anew if its priority changed."""
        visit.entry = entry = (visit.priority, visit.enabled, visit.key, visit)
        heappush(self._queue, entry)

    def grant(self, now: int) -> W | None:
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

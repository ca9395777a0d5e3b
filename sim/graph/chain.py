"""Backward chaining: which steps are wanted, given what is to be reached and what is held.

The one place where a plan is derived; the engines, the planner and the tests all use it. Documents
and steps are bits of whole numbers, so there is no limit on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

Ready = tuple[list[int], list[int]]
"""Steps to do and steps to pass, each in order."""


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Chain:
    """Who gives what for one kind of case.

    ``order``: the steps, each behind all that give what it needs. ``needs``: the documents each
    step needs. ``giver``: the step that gives each document, -1 for none. ``skipped``: the steps
    that nobody does, which only pass documents on.
    """

    def __init__(
        self,
        order: Iterable[int] = (),
        needs: Sequence[int] = (),
        giver: Sequence[int] = (),
        skipped: int = 0,
    ) -> None:
        """Walk ``order`` backwards once for all."""
        self.needs = needs
        self.giver = giver
        self.skipped = skipped
        duties = [0] * len(needs)
        for document, step in enumerate(giver):
            if step >= 0:
                duties[step] |= 1 << document
        self._rows = [(s, 1 << s, duties[s], needs[s]) for s in reversed(tuple(order)) if duties[s]]

    def ready(self, goal: int, held: int, under_way: int = 0, lapsed: int = 0) -> Ready:
        """Return the wanted steps not under way whose needs are all held: (to do, to pass).

        A step is wanted if a document is that it gives; the missing needs of a wanted step that is
        not under way are wanted in turn. ``lapsed``: documents that expired; they are got again
        only when all else a step needs is held.
        """
        lacking = ~held
        wanted = goal & lacking
        doing: list[int] = []
        passing: list[int] = []
        for step, bit, duty, needs in self._rows:
            if not duty & wanted:
                continue
            wanted &= ~duty
            if not under_way & bit:
                missing = needs & lacking
                if not missing:
                    (passing if self.skipped & bit else doing).append(step)
                else:
                    wanted |= missing & ~lapsed or missing
            if not wanted:
                break
        return sorted(doing), sorted(passing)

    def lacking(self, goal: int, held: int) -> int:
        """Return the documents that are or will be wanted and that nobody gives."""
        wanted = goal & ~held
        for _, _, duty, needs in self._rows:
            if duty & wanted:
                wanted = wanted & ~duty | needs & ~held
        return wanted

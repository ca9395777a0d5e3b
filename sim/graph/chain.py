"""Backward chaining: which steps are wanted, given what is to be reached and what is held.

The one place where a plan is derived; the engines, the planner and the tests all use it. Documents
and steps are bits of whole numbers, so there is no limit on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


@dataclass
class Chain:
    """Who gives what for one kind of case.

    ``needs``: documents each step needs. ``giver``: the step that gives each document, -1 for none.
    """

    needs: Sequence[int]
    giver: Sequence[int]
    _memo: dict[tuple[int, int, int, int], tuple[int, ...]] = field(default_factory=dict, repr=False)

    def ready(self, goal: int, held: int, under_way: int = 0, lapsed: int = 0) -> tuple[int, ...]:
        """Return the wanted steps not under way whose needs are all held, in order.

        ``lapsed``: documents that expired; they are got again only when all else a step needs is
        held.
        """
        key = (goal, held, under_way, lapsed)
        known = self._memo.get(key)
        if known is None:
            wanted = self.wanted(goal, held, under_way, lapsed) & ~under_way
            known = tuple(step for step in bits(wanted) if not self.needs[step] & ~held)
            self._memo[key] = known
        return known

    def wanted(self, goal: int, held: int, under_way: int = 0, lapsed: int = 0) -> int:
        """Return the set of wanted steps, those under way included."""
        steps = 0
        seen = todo = goal & ~held
        while todo:
            document = todo & -todo
            todo ^= document
            step = self.giver[document.bit_length() - 1]
            if step < 0 or steps >> step & 1:
                continue
            steps |= 1 << step
            if under_way >> step & 1:
                continue
            missing = self.needs[step] & ~held
            if missing & ~lapsed:
                missing &= ~lapsed
            todo |= missing & ~seen
            seen |= missing
        return steps

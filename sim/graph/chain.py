"""Plans: which steps are wanted, given what is to be reached and what is held.

The one place where a plan is derived, by backward chaining. Documents and steps are bits of whole
numbers, so there is no limit on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

FEW: Final = 40
"""So many waiting steps are looked through faster than who needs what can be written down."""


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
        self.duties = [0] * len(needs)
        for document, step in enumerate(giver):
            if step >= 0:
                self.duties[step] |= 1 << document
        duties = self.duties
        self.rows = [(s, 1 << s, duties[s], needs[s]) for s in reversed(tuple(order)) if duties[s]]

    @cached_property
    def users(self) -> Sequence[Sequence[int]]:
        """The steps that need each document."""
        users: list[list[int]] = [[] for _ in self.giver]
        for step, needs in enumerate(self.needs):
            for document in bits(needs):
                users[document].append(step)
        return users

    def lacking(self, goal: int, held: int) -> int:
        """Return the documents that are or will be wanted and that nobody gives."""
        wanted = goal & ~held
        for _, _, duty, needs in self.rows:
            if duty & wanted:
                wanted = wanted & ~duty | needs & ~held
        return wanted


class Wants:
    """The wanted steps of one case that are not under way, by what they wait for.

    A step is wanted if a document is that it gives; the missing needs of a wanted step that is not
    under way are wanted in turn. ``doing``: steps whose needs are all held. ``passing``: the same,
    of those that are skipped. The others wait. ``lapsed``: documents that expired; they are got
    again only when all else a step needs is held.
    """

    __slots__ = ("_chain", "_lapsed", "_waiting", "doing", "passing")

    def __init__(
        self, chain: Chain, goal: int, held: int, under_way: int = 0, lapsed: int = 0
    ) -> None:
        """Find everything that is wanted, from the goal backwards."""
        self._chain = chain
        self._lapsed = lapsed
        self._waiting: dict[int, int] = {}
        self.doing: set[int] = set()
        self.passing: set[int] = set()
        lacking = ~held
        wanted = goal & lacking
        for step, bit, duty, needs in chain.rows:
            if not duty & wanted:
                continue
            wanted &= ~duty
            if not under_way & bit:
                missing = needs & lacking
                if missing:
                    self._waiting[step] = missing
                    wanted |= missing & ~lapsed or missing
                else:
                    self._ready(step)
            if not wanted:
                break

    def _ready(self, step: int) -> None:
        (self.passing if self._chain.skipped >> step & 1 else self.doing).add(step)

    def given(self, document: int, step: int) -> bool:
        """Take note that ``step`` gave a document; return False if all must be found anew.

        It must if somebody else was wanted to give it, who may now be wanted no more.
        """
        giver = self._chain.giver[document]
        self.passing.discard(step)
        if self._lapsed or giver in self._waiting or giver in self.doing or giver in self.passing:
            return False
        waiting = self._waiting
        if len(waiting) > FEW:
            users = [user for user in self._chain.users[document] if user in waiting]
        else:
            users = [user for user, missing in waiting.items() if missing >> document & 1]
        for user in users:
            waiting[user] &= ~(1 << document)
            if not waiting[user]:
                del waiting[user]
                self._ready(user)
        return True


Labels = Mapping[str, str]


@dataclass(frozen=True)
class PlanStep:
    """One step of a plan. ``rank``: steps of one rank can be done at the same time."""

    name: str
    title: Labels
    procedure: str
    procedure_title: Labels
    actor_titles: tuple[Labels, ...]
    channel: str
    rank: int
    gate: bool
    critical: bool
    gives: tuple[str, ...]
    minutes: float


@dataclass(frozen=True)
class Plan:
    """What leads to ``goal``. ``minutes``: typical time along the critical path, waits included."""

    goal: tuple[str, ...]
    channel: str
    steps: tuple[PlanStep, ...]
    have: tuple[str, ...]
    missing: tuple[str, ...]
    minutes: float | None
    titles: Mapping[str, Labels]

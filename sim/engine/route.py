"""Plans: how one kind of case does each step, and what follows for who gives what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sim.compile.program import Predicate, Program, StreamSpec
from sim.graph.chain import Chain

NOBODY: Final = -1

APPLIES, SKIPPED, OPEN = 0, 1, 2
"""A step is to be done; is skipped; or its condition waits for knowledge."""

MOST_PLANS: Final = 256
"""Plans remembered at a time: where every case is different, remembering more only takes room."""

Judge = Callable[[Predicate], bool]
"""Whether a condition holds for the case at hand."""


@dataclass(frozen=True)
class Route:
    """What is settled for a case: profile and state of each step, and the chain that follows.

    ``passes``: what a skipped step passes on: the documents that no other step gives.
    """

    profile: tuple[int, ...]
    passes: tuple[int, ...]
    chain: Chain


class Planner:
    """Finds the plan of a case; cases that are alike share one."""

    def __init__(self, model: Program) -> None:
        """Settle once what is the same in every case."""
        self.model = model
        self.none = Route((), (), Chain())
        self._plans: dict[tuple[int, tuple[int, ...]], Route] = {}
        self._settled = [self._always(step) for step in range(len(model.steps))]

    def _always(self, step: int) -> list[int | None]:
        """Return the code of a step in each channel, None where it depends on the case."""
        codes: list[int | None] = []
        for number in self.model.ways[step]:
            profile = self.model.profiles[number]
            sure = profile.open_to is None and (profile.applies is None or profile.omit)
            codes.append(self._own(number) if sure else None)
        return codes

    def plan(
        self, stream: int, channel: int, moved: dict[int, int], held: int, judge: Judge
    ) -> Route:
        """Return the plan for a case of ``stream`` that holds ``held``."""
        codes = []
        for step in self.model.streams[stream].steps:
            begun = moved.get(step, channel)
            code = self._settled[step][begun]
            codes.append(self._code(step, begun, held, judge) if code is None else code)
        key = (stream, tuple(codes))
        known = self._plans.get(key)
        if known is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            known = self._plans[key] = self._made(self.model.streams[stream], codes)
        return known

    def goal(self, stream: int, held: int, judge: Judge) -> int:
        """Return the documents that a case of ``stream`` that holds ``held`` is to reach.

        Knowledge that a conditional goal waits for is to be reached first.
        """
        wanted = 0
        for goal in self.model.streams[stream].goals:
            unknown = goal.knowledge & ~held
            wanted |= unknown
            if goal.test is None or (not unknown and judge(goal.test)):
                wanted |= 1 << goal.document
        return wanted

    def _code(self, step: int, channel: int, held: int, judge: Judge) -> int:
        """Return profile * 3 + state, or NOBODY: the ladder of channels gone down."""
        for lower in range(channel, -1, -1):
            number = self.model.ways[step][lower]
            profile = self.model.profiles[number]
            if profile.open_to is None:
                return self._own(number, held, judge)
            if profile.knowledge & ~held:
                return number * 3 + OPEN if profile.exists else NOBODY
            if profile.exists and judge(profile.open_to):
                return self._own(number, held, judge)
        return NOBODY

    def _own(self, number: int, held: int = 0, judge: Judge | None = None) -> int:
        """Return the code of a profile that is open to the case."""
        profile = self.model.profiles[number]
        if not profile.exists:
            return NOBODY
        if profile.omit:
            return number * 3 + SKIPPED
        if profile.applies is None or judge is None:
            return number * 3 + APPLIES
        if profile.knowledge & ~held:
            return number * 3 + OPEN
        return number * 3 + (APPLIES if judge(profile.applies) else SKIPPED)

    def _made(self, stream: StreamSpec, codes: Sequence[int]) -> Route:
        model = self.model
        size = len(model.steps)
        profile, needs, passes = [NOBODY] * size, [0] * size, [0] * size
        giver = [NOBODY] * len(model.documents)
        doing: list[int] = []
        passing: list[int] = []
        for step, code in zip(stream.steps, codes, strict=True):
            if code != NOBODY:
                profile[step], state = divmod(code, 3)
                needs[step] = model.profiles[profile[step]].needs
                (passing if state == SKIPPED else doing).append(step)
        for step in (*doing, *passing):
            for document in model.profiles[profile[step]].gives:
                if giver[document] == NOBODY:
                    giver[document] = step
        for step in passing:
            given = model.profiles[profile[step]].gives
            passes[step] = sum(1 << d for d in given if giver[d] == step)
        skipped = sum(1 << step for step in passing)
        return Route(tuple(profile), tuple(passes), Chain(stream.order, needs, giver, skipped))

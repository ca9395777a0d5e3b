"""Plans: how one kind of case does each step, and what follows for who gives what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sim.compile.model import Model, Profile, Stream, Test
from sim.graph.chain import Chain, bits

NOBODY: Final = -1

APPLIES, SKIPPED, OPEN = 0, 1, 2
"""A step is to be done; is skipped; or its condition waits for knowledge."""

Judge = Callable[[Test], bool]
"""Whether a condition holds for the case at hand."""


@dataclass(frozen=True)
class Plan:
    """What is settled for a case: profile and state of each step, and the chain that follows.

    ``passes``: what a skipped step passes on: the documents that no other step gives.
    """

    profile: tuple[int, ...]
    passes: tuple[int, ...]
    chain: Chain


class Planner:
    """Finds the plan of a case; cases that are alike share one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.none = Plan((), (), Chain())
        self._plans: dict[tuple[int, tuple[int, ...]], Plan] = {}

    def plan(
        self, stream: int, channel: int, moved: dict[int, int], held: int, judge: Judge
    ) -> Plan:
        """Return the plan for a case of ``stream`` that holds ``held``."""
        codes = tuple(
            self._code(step, moved.get(step, channel), held, judge)
            for step in self.model.streams[stream].steps
        )
        key = (stream, codes)
        known = self._plans.get(key)
        if known is None:
            known = self._plans[key] = self._made(self.model.streams[stream], codes)
        return known

    def _code(self, step: int, channel: int, held: int, judge: Judge) -> int:
        """Return profile * 3 + state, or NOBODY: the ladder of channels gone down."""
        for lower in range(channel, -1, -1):
            number = self.model.ways[step][lower]
            profile = self.model.profiles[number]
            if profile.open_to is not None and not profile.knowledge & ~held:
                if not judge(profile.open_to):
                    continue
            elif profile.open_to is not None:
                return number * 3 + OPEN if profile.exists else NOBODY
            if profile.open_to is not None and not profile.exists:
                continue
            return number * 3 + self._state(profile, held, judge) if profile.exists else NOBODY
        return NOBODY

    @staticmethod
    def _state(profile: Profile, held: int, judge: Judge) -> int:
        if profile.omit:
            return SKIPPED
        if profile.applies is None:
            return APPLIES
        if profile.knowledge & ~held:
            return OPEN
        return APPLIES if judge(profile.applies) else SKIPPED

    def _made(self, stream: Stream, codes: Sequence[int]) -> Plan:
        model = self.model
        size = len(model.steps)
        profile = [NOBODY] * size
        needs = [0] * size
        gives = [0] * size
        skipped = 0
        for step, code in zip(stream.steps, codes, strict=True):
            if code == NOBODY:
                continue
            profile[step], state = divmod(code, 3)
            needs[step] = model.profiles[profile[step]].needs
            gives[step] = sum(1 << d for d in model.profiles[profile[step]].gives)
            skipped |= (state == SKIPPED) << step
        doing = [s for s in stream.steps if profile[s] != NOBODY and not skipped >> s & 1]
        passing = [s for s in stream.steps if skipped >> s & 1]
        giver = [NOBODY] * len(model.documents)
        for step in (*doing, *passing):
            for document in bits(gives[step]):
                if giver[document] == NOBODY:
                    giver[document] = step
        passes = tuple(
            sum(1 << d for d in bits(gives[s]) if giver[d] == s) if skipped >> s & 1 else 0
            for s in range(size)
        )
        return Plan(tuple(profile), passes, Chain(stream.order, needs, giver, skipped))

"""Planning: how a case does each step as things stand, and what follows for who gives what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from sim.compile.program import LeaveSpec, Program, StepSpec
from sim.engine.case import NOBODY, Case, Context, Route
from sim.engine.values import Values
from sim.graph.chain import Chain

MOST_PLANS: Final = 256
"""Plans remembered at a time: where every case is different, remembering more only takes room."""


class Planner:
    """Finds the plan of a case; cases that are alike share one."""

    def __init__(self, program: Program, values: Values) -> None:
        """Settle once what is the same in every case; ``values`` tests what is not."""
        self.program = program
        self.values = values
        documents = enumerate(program.documents)
        self.knowledge = sum(1 << document for document, name in documents if name[0] == "?")
        self.leaves = program.leaves or ()
        instances = {leave.instance for some in self.leaves for leave in some}
        self.papers = sum(1 << instance for instance in instances)
        self._plan = lru_cache(MOST_PLANS)(self._made)
        self._settled = [self._always(step) for step in range(len(program.steps))]

    def replan(self, case: Case, now: int) -> None:
        """Settle anew how each step is done, after something became known or was moved."""
        at, codes = Context(case, now), []
        for step in self.program.streams[case.stream].steps:
            begun = case.moved.get(step, case.channel)
            code = self._settled[step][begun]
            codes.append(self._code(step, begun, at) if code is None else code)
        case.wants = None
        knowing = self._knowing(codes, at) if self.leaves else ()
        case.plan = self._plan(case.stream, tuple(codes), knowing)
        case.goal = self._goal(at)

    def move(self, case: Case, steps: list[int], channel: int, now: int) -> bool:
        """Do some steps in another channel unless a giver then lacks; return if any was moved."""
        before = dict(case.moved)
        case.moved |= dict.fromkeys(steps, channel)
        self.replan(case, now)
        if case.plan.chain.lacking(case.goal, case.held):
            case.moved = before
            self.replan(case, now)
            return False
        return any(before.get(step, case.channel) != channel for step in steps)

    # -- what is left out ----------------------------------------------------------------------

    def take_along(self, case: Case, step: int, now: int) -> None:
        """Before a step is begun: what is there goes along though nobody knew of it, who now do."""
        needs, before = case.plan.chain.needs[step], case.learned
        for leave in self.leaves[case.plan.profile[step]]:
            if leave.documents & ~needs and not leave.documents & ~case.held:
                case.learned |= 1 << leave.instance
        if case.learned != before:
            codes = case.plan.codes
            case.wants = None
            case.plan = self._plan(case.stream, codes, self._knowing(codes, Context(case, now)))

    def unknown_goals(self, case: Case, now: int) -> Iterator[LeaveSpec]:
        """Yield the goals of a case that its applicant does not know of."""
        at = Context(case, now)
        for goal in self.program.streams[case.stream].goals if self.program.loose else ():
            leave = self._forgotten(goal.document, at)
            if leave is not None and (goal.test is None or self.values.holds(goal.test, at)):
                yield leave

    def _knowing(self, codes: Sequence[int], at: Context) -> tuple[tuple[int, int], ...]:
        """Return what those steps need, as who does them knows, that leave something out."""
        found = []
        for step, code in zip(self.program.streams[at.case.stream].steps, codes, strict=True):
            known = unknown = 0
            for leave in self.leaves[code >> 1] if code >= 0 and not code & 1 else ():
                if at.case.learned >> leave.instance & 1 or self._knows(leave, at):
                    known |= leave.documents
                else:
                    unknown |= leave.documents
            if unknown & ~known:
                found.append((step, self.program.profiles[code >> 1].needs & ~(unknown & ~known)))
        return tuple(found)

    def _knows(self, leave: LeaveSpec, at: Context) -> bool:
        return self.values.happens(leave.knows, leave.point, at)

    def _forgotten(self, document: int, at: Context) -> LeaveSpec | None:
        """Return a goal that the applicant does not know of, None for any other."""
        chain = at.case.plan.chain
        if (giver := chain.giver[document]) != NOBODY and chain.skipped >> giver & 1:
            return None  # nobody has to do anything about it
        for leave in self.program.loose[at.case.stream] if self.program.loose else ():
            if leave.documents >> document & 1 and not self._knows(leave, at):
                return leave
        return None

    # -- how things are done -------------------------------------------------------------------

    def _always(self, step: int) -> list[int | None]:
        """Return the code of a step in each channel, None where it depends on the case."""
        codes: list[int | None] = []
        for number in self.program.ways[step]:
            profile = self.program.profiles[number]
            sure = profile.open_to is None and (profile.applies is None or profile.omit)
            codes.append(self._own(number) if sure else None)
        return codes

    def _goal(self, at: Context) -> int:
        """Return what a case is to reach: first the knowledge that a conditional goal waits for."""
        wanted = 0
        for goal in self.program.streams[at.case.stream].goals:
            if self.program.loose and self._forgotten(goal.document, at):
                continue
            unknown = goal.knowledge & ~at.case.held
            wanted |= unknown
            if goal.test is None or (not unknown and self.values.holds(goal.test, at)):
                wanted |= 1 << goal.document
        return wanted

    def _code(self, step: int, channel: int, at: Context) -> int:
        """Return profile * 2 + skipped, or NOBODY: the ladder of channels gone down."""
        for lower in range(channel, -1, -1):
            number = self.program.ways[step][lower]
            profile = self.program.profiles[number]
            if profile.open_to is None:
                return self._own(number, at)
            if profile.knowledge & ~at.case.held:
                return number * 2 if profile.exists else NOBODY
            if profile.exists and self.values.holds(profile.open_to, at):
                return self._own(number, at)
        return NOBODY

    def _own(self, number: int, at: Context | None = None) -> int:
        """Return the code of an open profile, not skipped while its condition lacks knowledge."""
        profile = self.program.profiles[number]
        if not profile.exists:
            return NOBODY
        if profile.omit or profile.applies is None or at is None:
            return number * 2 + profile.omit
        known = not profile.knowledge & ~at.case.held
        return number * 2 + (known and not self.values.holds(profile.applies, at))

    def _made(
        self, number: int, codes: tuple[int, ...], knowing: Iterable[tuple[int, int]]
    ) -> Route:
        stream = self.program.streams[number]
        profiles, size = self.program.profiles, len(self.program.steps)
        profile, needs = [NOBODY] * size, [0] * size
        giver = [NOBODY] * len(self.program.documents)
        doing: list[int] = []
        passing: list[int] = []
        for step, code in zip(stream.steps, codes, strict=True):
            if code != NOBODY:
                profile[step], skipped = divmod(code, 2)
                needs[step] = profiles[profile[step]].needs
                (passing if skipped else doing).append(step)
        for step in (*doing, *passing):
            for document in profiles[profile[step]].gives:
                if giver[document] == NOBODY:
                    giver[document] = step
        for step, known in knowing:  # what nobody has to get, nobody forgets
            passed = (1 << document for document, by in enumerate(giver) if by in passing)
            needs[step] &= known | sum(passed)
        chain = Chain(stream.order, needs, giver, sum(1 << step for step in passing))
        takes = self._takes(profiles[profile[step]] for step in doing)
        comes = self._comes(profile[step] for step in doing)
        return Route(tuple(profile), chain, takes, codes, comes)

    def _takes(self, profiles: Iterable[StepSpec]) -> dict[int, int]:
        """Return the turns of the steps that wait for nothing but somebody's limited attention."""
        takes: dict[int, int] = {}
        for profile in profiles:
            if profile.batch is None and profile.once < 0:
                for actor in profile.persons:
                    turn = 1 << self.program.precedence[profile.step]
                    takes[actor] = takes.get(actor, 0) | turn
        return takes

    def _comes(self, profiles: Iterable[int]) -> dict[int, int]:
        """Return the turns of the steps that begin when somebody has come."""
        comes: dict[int, int] = {}
        known = self.program.sessions.comes if self.program.sessions else {}
        for number in profiles if known else ():
            profile = self.program.profiles[number]
            if number in known and profile.once < 0:
                actor, _ = known[number]
                comes[actor] = comes.get(actor, 0) | 1 << self.program.precedence[profile.step]
        return comes

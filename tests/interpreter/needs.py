"""What a case wants: backward chaining from its goal. Quotations are from docs/semantics.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sim.compile.nodes import ASKED, CHANNEL
from sim.compile.program import LeaveSpec, Program, StepSpec
from tests.interpreter.numbers import Asking, Numbers, members
from tests.interpreter.state import Case, Paper, Plan


class Needs:
    """What a case needs and who gives it, as the case is now."""

    def __init__(self, model: Program, numbers: Numbers) -> None:
        self.model = model
        self.numbers = numbers
        self.papers = {one.instance for leaves in model.leaves or () for one in leaves}
        self.hidden = {name: i for i, name in enumerate(model.documents) if name.startswith("?")}

    # -- how the steps are done ----------------------------------------------------------------

    def settle(self, case: Case) -> None:
        """Settle "how each step is done (channel, skipped or not) and what the goal is"."""
        ways = {step: self._way(case, step) for step in range(len(self.model.steps))}
        done = [way for way in ways.values() if way is not None]
        skipped = {way.step for way in done if self._skipped(case, way)}
        case.plan = Plan(ways, skipped, set())
        case.plan.goals = self._goals(case)
        for way in done:
            if way.step not in skipped:
                ways[way.step] = self._as_known(case, way)

    def asking(self, case: Case) -> Asking:
        """Return how conditions on steps and goals are asked: "a chance is drawn once a case"."""

        def read(variable: int) -> int:
            if variable >= 0:
                return case.attributes[variable]
            if variable == CHANNEL:
                return case.channel
            assert variable <= ASKED
            return int(case.asked.get(ASKED - variable, False))

        return Asking(case.stream, case.place, 0, case.word, read)

    def _way(self, case: Case, step: int) -> StepSpec | None:
        """Return how the case would do a step now, None if it cannot be done.

        "Each step is done in that channel, or in the next lower one while its `open_to` is not
        met." "A step can be done if the channel in which the case would do it names somebody."
        """
        for channel in range(case.moved.get(step, case.channel), -1, -1):
            profile = self.model.profiles[self.model.ways[step][channel]]
            test = profile.open_to
            if test is None:
                return profile if profile.exists else None
            known = members(profile.knowledge) <= case.held.keys()
            if profile.exists and (not known or self.numbers.holds(test, self.asking(case))):
                return profile  # "until what its conditions need to know is known, it stays"
        return None

    def _skipped(self, case: Case, way: StepSpec) -> bool:
        """Return whether a step "whose `if` "is `never` in that channel or does not hold"."""
        if way.omit:
            return True
        if not members(way.knowledge) <= case.held.keys():
            return False  # "while knowledge that its conditions need is missing"
        return not self.numbers.holds(way.applies, self.asking(case))

    def _goals(self, case: Case) -> set[int]:
        """Return the documents of the goal, and the knowledge it waits for."""
        goals: set[int] = set()
        for goal in case.stream.goals:
            if self.unknown_goal(case, goal.document) is not None:
                continue  # "nor the knowledge that its condition waits for"
            knowledge = members(goal.knowledge)
            if not knowledge <= case.held.keys():
                goals |= knowledge
            elif self.numbers.holds(goal.test, self.asking(case)):
                goals.add(goal.document)
        return goals

    @staticmethod
    def done_as(case: Case, way: StepSpec) -> bool:
        """Return whether the case would do a step in the channel of a way now."""
        now = case.plan.ways[way.step]
        return now is not None and now.channel == way.channel

    # -- what is left out --------------------------------------------------------------------

    def leaves(self, way: StepSpec) -> tuple[LeaveSpec, ...]:
        """Return what may be left out by who does a step."""
        profile = self.model.ways[way.step][way.channel]
        return self.model.leaves[profile] if self.model.leaves is not None else ()

    def _as_known(self, case: Case, way: StepSpec) -> StepSpec:
        """Return how a step is done as who does it knows: "a need left out is no need"."""
        needed, unknown = 0, 0
        for leave in self.leaves(way):
            if leave.instance in case.learned or self._knows(case, leave):
                needed |= leave.documents
            else:
                unknown |= self._to_get(case, leave)
        return replace(way, needs=way.needs & ~unknown | needed)

    def take_along(self, case: Case, step: int) -> StepSpec:
        """Let go along what is there: "if all its documents are held when it is enabled"."""
        way = case.plan.ways[step]
        assert way is not None
        for leave in self.leaves(way):
            there = members(leave.documents) <= case.held.keys()
            if there and not members(leave.documents) <= members(way.needs):
                case.learned.add(leave.instance)
                way = replace(way, needs=way.needs | leave.documents)
        case.plan.ways[step] = way
        return way

    def _to_get(self, case: Case, leave: LeaveSpec) -> int:
        """Return the documents that somebody has to get.

        "What a skipped step passes on nobody leaves out."
        """
        return sum(
            1 << document
            for document in members(leave.documents)
            if (way := self.giver(case, document)) is None or way.step not in case.plan.skipped
        )

    def unknown_goal(self, case: Case, document: int) -> LeaveSpec | None:
        """Return a goal that the applicant does not know of."""
        loose = () if self.model.loose is None else self.model.loose
        for stream, leaves in zip(self.model.streams, loose, strict=bool(loose)):
            for leave in leaves if stream is case.stream else ():
                if not self._to_get(case, leave):
                    continue
                if members(leave.documents) == {document} and not self._knows(case, leave):
                    return leave
        return None

    def _knows(self, case: Case, leave: LeaveSpec) -> bool:
        return self.numbers.happens(leave.knows, leave.point, self.asking(case))

    # -- what is wanted ------------------------------------------------------------------------

    def givers(self, case: Case, document: int) -> list[StepSpec]:
        """Return the listed steps that can be done and give a document."""
        ways = (case.plan.ways[step] for step in case.stream.steps)
        return [way for way in ways if way is not None and document in way.gives]

    def giver(self, case: Case, document: int) -> StepSpec | None:
        """Return "the first listed step that can be done and is not skipped".

        "If all are skipped, the first listed."
        """
        givers = self.givers(case, document)
        doing = [way for way in givers if way.step not in case.plan.skipped]
        return next(iter([*doing, *givers]), None)

    def wanted(self, case: Case) -> dict[int, StepSpec]:
        """Return the wanted steps, each as it would be done. Raises LookupError on a gap.

        "A goal document that is not held is wanted; the missing needs of a wanted step that is
        not under way are wanted too."
        """
        steps: dict[int, StepSpec] = {}
        documents = list(case.plan.goals - case.held.keys())
        while documents:
            document = documents.pop()
            way = self.giver(case, document)
            if way is None:
                raise LookupError(self.model.documents[document])
            if way.step in steps:
                continue
            steps[way.step] = way
            if case.under_way(way.step) is None:
                documents += self._missing(case, way)
        return steps

    @staticmethod
    def _missing(case: Case, way: StepSpec) -> Iterable[int]:
        """Return the missing needs of a step that are wanted.

        "An expired document is got again when everything else that a wanted step needs is held."
        """
        missing = members(way.needs) - case.held.keys()
        return missing - case.expired.keys() or missing

    def passing(self, case: Case) -> list[tuple[StepSpec, list[int]]]:
        """Return the skipped steps that pass something on now, and what.

        "A skipped step passes on, in no time, those documents of which it is the giver, as soon as
        its own needs are held."
        """
        wanted = self.wanted(case)
        found = []
        for step in sorted(wanted.keys() & case.plan.skipped):
            way = wanted[step]
            given = [
                document
                for document in way.gives
                if document not in case.held and self.giver(case, document) is way
            ]
            if given and members(way.needs) <= case.held.keys() and not case.under_way(step):
                found.append((way, given))
        return found

    # -- what a return takes along -------------------------------------------------------------

    def undone(self, case: Case, makers: set[int], papers: set[int]) -> tuple[set[int], set[int]]:
        """Return the steps that are reset and the documents that are revoked.

        "Read from the needs as the case would do each step now, and from the needs of visits that
        are under way: a step is reset if it needs a document that is revoked. What it gave, or
        passed on, is revoked in turn, expired documents too."
        """
        steps, revoked = set(makers), set(papers)
        while True:
            more = {
                document
                for document, paper in (case.expired | case.held).items()
                if not self.model.papers[document].kept
                and (paper.giver in steps or self._silent(case, document, paper, steps, revoked))
            } - revoked
            reset = {
                step
                for step in range(len(self.model.steps))
                if self._needed(case, step) & (revoked | more)
            } - steps
            if not more and not reset:
                return steps, revoked
            steps |= reset
            revoked |= more

    def _silent(
        self, case: Case, document: int, paper: Paper, steps: set[int], revoked: set[int]
    ) -> bool:
        """Return whether what silence gave falls.

        "It falls when that document is revoked, and when the step that would have given it is
        reset."
        """
        giver = self.giver(case, document)
        return paper.silence >= 0 and (
            paper.silence in revoked or (giver is not None and giver.step in steps)
        )

    @staticmethod
    def _needed(case: Case, step: int) -> set[int]:
        way = case.plan.ways[step]
        needs = members(way.needs) if way is not None else set()
        visits = [set(v.papers) for v in case.open if v.step == step and not v.void]
        return needs.union(*visits)

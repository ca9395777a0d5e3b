"""What a case wants: backward chaining from its goal. Quotations are from docs/semantics.md."""

from __future__ import annotations

from sim.compile.model import ASKED, Model, Profile, Test

from tests.interpreter.numbers import Asking, Numbers, members
from tests.interpreter.state import Case, Marks


class Needs:
    """What a case needs and who gives it, as the case is now."""

    def __init__(self, model: Model, numbers: Numbers) -> None:
        self.model = model
        self.numbers = numbers
        self.hidden = {
            name: i for i, name in enumerate(model.documents) if name.startswith("?")
        }

    def asking(self, case: Case) -> Asking:
        """Return how conditions on steps and goals are asked: once a case."""

        def read(variable: int) -> int:
            return case.attributes[variable] if variable >= 0 else self.asked(case, variable)

        return Asking(case.stream, case.key, 0, read)

    @staticmethod
    def asked(case: Case, variable: int) -> int:
        """Return whether a person was asked about the latest visit of a step."""
        assert variable <= ASKED
        return int(case.asked.get(ASKED - variable, False))

    def knowledge(self, test: Test | None) -> set[int]:
        """Return the knowledge that a condition needs.

        "A condition on an attribute that some step decides needs that knowledge like any other
        document."
        """
        names = [
            f"?{self.model.attributes[v]}" if v >= 0 else f"?asked {self.model.steps[ASKED - v]}"
            for v, _ in (test.tests if test is not None else ())
        ]
        return {self.hidden[name] for name in names if name in self.hidden}

    def known(self, case: Case, test: Test | None) -> bool:
        """Return whether a case has what a condition must know."""
        return self.knowledge(test) <= case.held.keys()

    def way(self, case: Case, step: int) -> Profile | None:
        """Return how the case would do a step now, None if it cannot be done.

        "Each step is done in that channel, or in the next lower one while its `open_to` is not
        met." "A step can be done if the channel in which the case would do it names somebody."
        """
        for channel in range(case.moved.get(step, case.channel), -1, -1):
            profile = self.model.profiles[self.model.ways[step][channel]]
            if profile.open_to is None:
                return profile if profile.exists else None
            if profile.exists and (
                not self.known(case, profile.open_to)
                or self.numbers.holds(profile.open_to, self.asking(case))
            ):
                return profile
        return None

    def skipped(self, case: Case, profile: Profile) -> bool:
        """Return whether a step "is `omit: true` in that channel or its `if` does not hold"."""
        if profile.omit:
            return True
        if profile.applies is None or not self.known(case, profile.applies):
            return False
        return not self.numbers.holds(profile.applies, self.asking(case))

    def givers(self, case: Case, document: int) -> list[Profile]:
        """Return the listed steps that can be done and give a document."""
        ways = [self.way(case, step) for step in case.stream.steps]
        return [way for way in ways if way is not None and document in way.gives]

    def giver(self, case: Case, document: int) -> Profile | None:
        """Return "the first listed step that can be done and is not skipped".

        "If all are skipped, the first listed."
        """
        givers = self.givers(case, document)
        doing = [way for way in givers if not self.skipped(case, way)]
        return next(iter([*doing, *givers]), None)

    def missing_goals(self, case: Case) -> set[int]:
        """Return what the goal wants and is not there: documents, or knowledge about them."""
        missing: set[int] = set()
        for goal in case.stream.goals:
            unknown = members(goal.knowledge) - case.held.keys()
            if unknown:
                missing |= unknown
            elif self.numbers.holds(goal.test, self.asking(case)):
                missing |= {goal.document} - case.held.keys()
        return missing

    def wanted(self, case: Case) -> dict[int, Profile]:
        """Return the wanted steps, each as it would be done. Raises LookupError on a gap.

        "A goal document that is not held is wanted; the missing needs of a wanted step that is
        not under way are wanted too."
        """
        steps: dict[int, Profile] = {}
        documents = list(self.missing_goals(case))
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
    def _missing(case: Case, way: Profile) -> set[int]:
        """Return the missing needs of a step that are wanted.

        "An expired document is got again when everything else that a wanted step needs is held."
        """
        missing = members(way.needs) - case.held.keys()
        return missing - case.expired or missing

    def passing(self, case: Case) -> tuple[Profile, list[int], Marks] | None:
        """Return a skipped step that passes something on now.

        "A skipped step passes on, in no time, what it would have given and nobody else gives, as
        soon as its own needs are held; the defects of its needs travel along."
        """
        for step, way in sorted(self.wanted(case).items()):
            if not self.skipped(case, way) or not members(way.needs) <= case.held.keys():
                continue
            given = [
                document
                for document in way.gives
                if document not in case.held
                and all(self.skipped(case, one) for one in self.givers(case, document))
            ]
            if given and case.under_way(step) is None:
                marks: Marks = {}
                for need in members(way.needs):
                    marks |= case.held[need].marks
                return way, given, marks
        return None

    def depending(self, case: Case, makers: set[int]) -> set[int]:
        """Return the makers and "all that depends on them".

        "Read from the needs as the case would do each step now, and from the needs of visits that
        are under way."
        """
        found = set(makers)
        while True:
            fallen = {
                document
                for step in found
                for document in members(self.model.step_gives[step]) | self._gives(case, step)
                if not self.model.papers[document].kept
            }
            more = {
                step
                for step in range(len(self.model.steps))
                if step not in found and self._needs(case, step) & fallen
            }
            if not more:
                return found
            found |= more

    def _gives(self, case: Case, step: int) -> set[int]:
        way = self.way(case, step)
        return set(way.gives) if way is not None else set()

    def _needs(self, case: Case, step: int) -> set[int]:
        way, visit = self.way(case, step), case.under_way(step)
        needs = members(way.needs) if way is not None else set()
        return needs | (members(visit.way.needs) if visit is not None else set())

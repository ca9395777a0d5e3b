"""Letters: what goes back to whom, and what falls with it."""

from __future__ import annotations

from sim.compile.nodes import DEFECT, VISIT
from sim.compile.program import GIVEN
from tests.interpreter.papers import Papers
from tests.interpreter.state import Case, Visit


class Returns(Papers):
    """Letters and what they undo."""

    def send_back(self, visit: Visit, instances: list[int]) -> None:
        """Return what was found: "all that one visit returns is one letter".

        "`returns` counted, the visit closed, `waited` reset, the question asked, the reset, then
        `give_up` or the redo and `use`, then the case is settled."
        """
        case = visit.case
        case.returns += 1
        self.close(visit, "returned")
        self.wait_anew(case)
        case.alone.add(visit.step)
        makers: set[int] = set()
        papers: set[int] = set()
        for instance in instances:
            makers |= self.goes_back_to(case, instance)
            if self.instance(instance).origin < 0:
                papers.add(-1 - self.instance(instance).origin)
        first = case.plan.ways[min(makers)]
        asked = case.stream.applicant
        if first is not None and self.model.actors[first.actors[0]].kind == "ai":
            asked = first.actors[0]
        known = {
            DEFECT: self.instance(instances[0]).defect,
            VISIT: max(case.visits.get(step, 0) for step in makers),
        }
        asking = self.of_case(case, case.returns, known)
        rule, action = self.ask("returned", asked, asking, case, visit)
        gone = self.reset(case, *self.needs.undone(case, makers, papers))
        self.unmade(case, gone, instances, (visit.step, visit.number))
        if action.do == "give_up":
            assert rule is not None
            self.give_up(case, rule, self.just_closed(case))
            return
        until = self.now
        if action.seconds is not None:
            until = self.numbers.after(action.seconds, self.now, asking)
        told = self.needs.papers & {*instances}
        case.learned |= told if until == self.now else set()
        for step in sorted(makers):
            if action.do == "use":
                self.move(case, step, action.channel)
            if action.do == "ask_human":
                case.ask_next.add(step)
            case.redo[step] = until, (visit.step, visit.number)
            if until > self.now:
                self.at(until, "redo", (case.number, step, 0), lambda: self.heed(case, told))
        self.needs.settle(case)

    def heed(self, case: Case, told: set[int]) -> None:
        """Go on "when the wait of the answering rule is over": what was left out is known."""
        case.learned |= told
        if told:
            self.needs.settle(case)
        self.touch(case)

    def goes_back_to(self, case: Case, instance: int) -> set[int]:
        """Return the steps that must mend a defect.

        "Back to the maker (or to `returns_to`, if the case has had a visit of that step)." A paper
        that was bad by itself "goes back to whoever gives such a paper in this case".
        What was left out goes back to the step that left it out "and, as well, to `returns_to`".
        """
        one = self.instance(instance)
        if any(step in case.visits for step in one.targets):
            left = {one.origin} if instance in self.needs.papers else set()
            return set(one.targets) | left
        if one.origin >= 0:
            return {one.origin}
        way = self.needs.giver(case, -1 - one.origin)
        return {way.step} if way is not None else set()

    def reset(self, case: Case, steps: set[int], revoked: set[int]) -> set[int]:
        """Undo steps: what they gave is revoked, visits end, and these defects are gone."""
        for document in revoked:
            case.held.pop(document, None)  # "it counts as expired until it is there again"
        for i, clock in enumerate(case.stream.clocks):
            if (
                clock.missed == GIVEN and clock.after in revoked
            ):  # "a period of silence stops with the document"
                case.periods.pop(i, None)
        for visit in sorted(case.open, key=lambda v: v.order):
            if visit.step in steps and not visit.void:
                self.undo(visit)
        origins = steps | {-1 - document for document in revoked}
        gone = {i for i, one in enumerate(self.model.instances) if one.origin in origins}
        for paper in (*case.held.values(), *case.expired.values()):
            paper.marks -= gone
        for visit in case.open:
            visit.product -= gone
            for paper in (*visit.papers.values(), *(paper for _, paper in visit.ran_out)):
                paper.marks -= gone
        case.overlooked -= gone
        return gone

    def move(self, case: Case, step: int, channel: int) -> bool:
        """Move a step to a channel "unless the case could then not get a document it wants"."""
        before = dict(case.moved)
        case.moved[step] = channel
        self.needs.settle(case)
        try:
            self.needs.wanted(case)
        except LookupError:
            case.moved = before
            self.needs.settle(case)
            return False
        return True

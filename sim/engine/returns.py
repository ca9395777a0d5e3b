"""Letters: what goes back to its makers, when they redo it, and all that is undone with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sim.compile.nodes import DEFECT, VISIT
from sim.compile.program import DefectSpec, Program, RuleSpec
from sim.engine import events
from sim.engine.case import NOBODY, Case, Context, Visit
from sim.engine.events import Agenda
from sim.engine.planner import Planner
from sim.engine.record import Record
from sim.engine.rules import Rules, action_of
from sim.engine.service import Service
from sim.engine.values import Values
from sim.graph.chain import bits


@dataclass(slots=True, eq=False)
class Returns:
    """Sends letters."""

    program: Program
    agenda: Agenda
    values: Values
    record: Record
    rules: Rules
    planner: Planner
    service: Service

    def send(self, visit: Visit, returned: Collection[int]) -> RuleSpec | None:
        """Send back what a closed visit returns; return the rule that answers, None: the default.

        Its makers are to do it again, unless the answer is to give up.
        """
        case, time, by = visit.case, self.agenda.now, (visit.step, visit.number)
        for instance in returned:
            self.record.slip(case, instance, "return", time, by)
        instances = [self.program.instances[instance] for instance in returned]
        told = sum(1 << instance for instance in returned) & self.planner.papers
        makers = [self.program.instances[instance].origin for instance in bits(told)]
        targets = sorted({*makers, *(step for one in instances for step in _targets(case, one))})
        at = Context(case, time, case.returns)
        at.more[DEFECT] = instances[0].defect
        at.more[VISIT] = max((case.visits.get(step, 0) for step in targets), default=0)
        asked = self.rules.answerer(case, targets)
        rule = self.rules.ask(asked, "returned", at, visit)
        papers = _documents(-1 - i.origin for i in instances if i.origin < 0)
        undone = self._reset(case, targets, papers)
        self.record.shed(case, returned, undone, time, by)
        if action_of(rule, "returned") != "give_up":
            self._redo(visit, targets, rule, at, told)
        return rule

    def _redo(
        self, visit: Visit, targets: list[int], rule: RuleSpec | None, at: Context, told: int
    ) -> None:
        """Let the makers begin anew, perhaps after a while, with somebody's help or otherwise.

        ``told``: what was left out, which is known from then on.
        """
        case, do = visit.case, action_of(rule, "returned")
        time = now = self.agenda.now
        if rule is not None and rule.action.seconds is not None:
            time = self.values.later(rule.action.seconds, at)
        for step in targets:
            case.redo[step] = (time, case.cause)
            if do == "ask_human":
                case.forced |= 1 << step
        if time > now:
            self.agenda.at(time, events.REDO, visit.key, case, told)
        else:
            case.learned |= told
        if rule is not None and do == "use":
            self.planner.move(case, targets, rule.action.channel, now)
        else:
            self.planner.replan(case, now)

    def _reset(self, case: Case, targets: Iterable[int], papers: int) -> int:
        """Undo the targets and all that depends on them; ``papers`` are sent back as such.

        Return the defects that go with them.

        What the steps gave is revoked, except documents that are kept; these lose the defects of
        the steps undone, and so do visits that go on and what an office had decided to overlook.
        """
        order = self.program.streams[case.stream].order
        kept = _documents(d for d, paper in enumerate(self.program.papers) if paper.kept)
        steps, undone = _dependent(case, order, targets, papers, kept)
        for step in steps:
            if step in case.open:
                self.service.undo(case.open[step])
        origins = {*steps, *(-1 - document for document in bits(undone))}
        instances = enumerate(self.program.instances)
        for document in bits(undone):
            case.revoke(document)
        gone = sum(1 << number for number, one in instances if one.origin in origins)
        case.shed(gone)
        return gone


def _targets(case: Case, instance: DefectSpec) -> tuple[int, ...]:
    """Return where a defect goes back to: the step meant, if the case did it, else its maker.

    Of a paper that was bad by itself that is whoever gives it in this case.
    """
    if any(step in case.visits for step in instance.targets):
        return instance.targets
    maker = instance.origin
    if maker < 0:
        maker = case.plan.chain.giver[-1 - instance.origin]
    return (maker,) if maker != NOBODY else ()


def _dependent(
    case: Case, order: Sequence[int], targets: Iterable[int], undone: int, kept: int
) -> tuple[list[int], int]:
    """Return the steps to undo, sorted, and the documents that go with them.

    Once around the steps is enough, unless consent by silence falls: it comes from no step.
    """
    steps = set(targets)
    while True:
        for step in order:
            if step in steps or _needs(case, step) & undone:
                steps.add(step)
                undone |= _documents(d for d, giver in case.giver.items() if giver == step) & ~kept
        before = undone
        for document, after in case.consents.items():
            if undone >> after & 1 or case.plan.chain.giver[document] in steps:
                undone |= 1 << document & ~kept
        if undone == before:
            return sorted(steps), undone


def _documents(numbers: Iterable[int]) -> int:
    return sum({1 << number for number in numbers})


def _needs(case: Case, step: int) -> int:
    """Return what a step needs in this case, now and in the visit that is under way."""
    visit = case.open.get(step)
    return case.plan.chain.needs[step] | (visit.needs if visit is not None else 0)

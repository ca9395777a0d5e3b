"""Letters: what goes back to its makers, and all that is undone with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.compile.program import DEFECT, VISIT, DefectSpec
from sim.engine.agenda import EventKind
from sim.engine.case import Case, Phase, Visit
from sim.engine.route import NOBODY
from sim.engine.rules import RETURNED, action_of
from sim.graph.chain import bits

if TYPE_CHECKING:
    from sim.engine.reference import Reference


def send_back(engine: Reference, visit: Visit, found: list[int]) -> None:
    """One letter: all that the visit returns goes back to those who made it."""
    case = visit.case
    case.returns += 1
    engine.service.release(visit)
    engine.service.close(visit, "returned")
    engine.watch.progress(case)
    case.cause, case.caused = (visit.step, visit.number), engine.agenda.now
    instances = [engine.model.instances[i] for i in found]
    targets = sorted({step for instance in instances for step in _targets(case, instance)})
    asked = engine.advice.answerer(case, targets)
    at = engine.occasion(case, case.returns)
    at.more[DEFECT] = instances[0].defect
    at.more[VISIT] = max((case.visits.get(step, 0) for step in targets), default=0)
    rule = engine.advice.ask(asked, RETURNED, at, visit.step, visit.number)
    _reset(engine, case, targets, [-1 - i.origin for i in instances if i.origin < 0])
    do = action_of(rule, RETURNED)
    if rule is not None and do == "give_up":
        engine.end(case, "abandoned", engine.rule_cause(rule.number), case.cause)
        return
    time = engine.agenda.now
    if rule is not None and rule.action.seconds is not None:
        time = engine.service.later(rule.action.seconds, at)
    for step in targets:
        case.redo[step] = (time, case.cause)
        if do == "ask_human":
            case.forced |= 1 << step
    if time > engine.agenda.now:
        key = (case.number, visit.step, visit.number)
        engine.agenda.at(time, EventKind.REDO, key, engine.settle, case)
    if rule is not None and do == "use":
        engine.move(case, targets, rule.action.channel)
    else:
        engine.replan(case)
    engine.settle(case)


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


def _reset(engine: Reference, case: Case, targets: Iterable[int], papers: Iterable[int]) -> None:
    """Undo the targets and all that depends on them; ``papers`` are documents sent back as such.

    What the steps gave is revoked, except documents that are kept; these lose the defects of the
    steps undone, and so do visits that go on and what an office had decided to overlook.
    """
    steps, undone = _dependent(engine, case, targets, _documents(papers))
    for step in steps:
        if step in case.open:
            undo(engine, case.open[step])
    origins = {*steps, *(-1 - document for document in bits(undone))}
    shed = sum(1 << i for i, made in enumerate(engine.model.instances) if made.origin in origins)
    for document in bits(undone):
        case.revoke(document)
    case.known &= ~shed
    for document in case.defects:
        case.defects[document] &= ~shed
    for visit in case.open.values():
        visit.taken &= ~shed
        visit.product &= ~shed


def _dependent(
    engine: Reference, case: Case, targets: Iterable[int], undone: int
) -> tuple[list[int], int]:
    """Return the steps to undo, sorted, and the documents that go with them.

    Once around the steps is enough, unless consent by silence falls: it comes from no step.
    """
    steps, kept = set(targets), engine.kept
    while True:
        for step in engine.model.streams[case.stream].order:
            if step in steps or _needs(case, step) & undone:
                steps.add(step)
                undone |= _documents(d for d, giver in case.giver.items() if giver == step) & ~kept
        fallen = _documents(
            document
            for document, after in case.consents.items()
            if undone >> after & 1 or case.plan.chain.giver[document] in steps
        )
        if not fallen & ~kept & ~undone:
            return sorted(steps), undone
        undone |= fallen & ~kept


def _documents(numbers: Iterable[int]) -> int:
    return sum({1 << number for number in numbers})


def _needs(case: Case, step: int) -> int:
    """Return what a step needs in this case, now and in the visit that is under way."""
    visit = case.open.get(step)
    return case.plan.chain.needs[step] | (visit.profile.needs if visit is not None else 0)


def undo(engine: Reference, visit: Visit) -> None:
    """Take back a visit: withdrawn in the queue, void in service or in its delay."""
    if visit.in_service(engine.agenda.now):
        visit.void = True
        visit.case.forget(visit)
    elif visit.phase == Phase.DELAYED:
        engine.service.close(visit, "void")
    else:
        engine.service.withdraw(visit)

"""Undoing: what a return takes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.engine.case import Case, Phase, Visit
from sim.graph.chain import bits

if TYPE_CHECKING:
    from sim.engine.reference import Reference


def reset(engine: Reference, case: Case, targets: Iterable[int], papers: Iterable[int]) -> None:
    """Undo the targets and all that depends on them; ``papers`` are documents sent back as such.

    What the steps gave is revoked, except documents that are kept; these lose the defects of the
    steps undone, and so does what an office had decided to overlook.
    """
    undone = sum(1 << paper for paper in papers if case.held >> paper & 1)
    steps, undone = _dependent(engine, case, frozenset(targets), undone)
    for step in steps:
        if step in case.open:
            _undo(engine, case.open[step])
    for document in bits(undone):
        case.lose(document)
    shed = sum(1 << i for i, made in enumerate(engine.model.instances) if made.origin in steps)
    case.known &= ~shed
    for document in list(case.defects):
        case.defects[document] &= ~shed


def _dependent(
    engine: Reference, case: Case, targets: frozenset[int], undone: int
) -> tuple[list[int], int]:
    """Return the steps to undo, sorted, and the documents that go with them."""
    steps = []
    for step in engine.model.topological:
        if step in targets or _needs(case, step) & undone:
            steps.append(step)
            for document, giver in case.giver.items():
                if giver == step and not engine.model.papers[document].kept:
                    undone |= 1 << document
    return sorted(steps), undone


def _needs(case: Case, step: int) -> int:
    """Return what a step needs in this case, now and in the visit that is under way."""
    visit = case.open.get(step)
    return case.plan.chain.needs[step] | (visit.profile.needs if visit is not None else 0)


def _undo(engine: Reference, visit: Visit) -> None:
    if visit.in_service(engine.agenda.now):
        visit.void = True
        visit.case.forget(visit)
    elif visit.phase is Phase.DELAYED:
        engine.close(visit, "void")
    else:
        engine.withdraw(visit)

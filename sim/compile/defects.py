"""Defects as numbers: one instance for each maker, and where it goes back to."""

from __future__ import annotations

from sim.compile.expressions import COMMON, Expressions
from sim.compile.findings import Findings
from sim.compile.index import Index, Maker
from sim.compile.nodes import Node
from sim.compile.program import DefectSpec
from sim.errors import nearest, shortened
from sim.graph.journey import below_place
from sim.yaml import meant


def defects(index: Index, found: Findings) -> tuple[tuple[DefectSpec, ...], Findings]:
    """Compile every defect by every maker."""
    names = Expressions(index, found)
    return tuple(_defect(index, names, maker) for maker in index.makers), names.findings()


def _defect(index: Index, names: Expressions, maker: Maker) -> DefectSpec:
    harm = index.journey.defects[maker.defect][0].harm
    loss, loss_of = _loss(index, names, maker.defect)
    return DefectSpec(
        list(index.journey.defects).index(maker.defect),
        _origin(index, maker),
        _targets(index, maker),
        harm is not None,
        harm is not None and harm.as_ == "incomplete",
        loss,
        loss_of,
    )


def _origin(index: Index, maker: Maker) -> int:
    if maker.step is not None:
        return index.steps[maker.step]
    return -1 - index.documents[maker.document or ""]


def _loss(index: Index, names: Expressions, defect: str) -> tuple[Node | None, int]:
    """Return what goes astray with a defect: an amount, or an attribute."""
    definition, place = index.journey.defects[defect]
    loss, where = definition.loss, below_place(place, "loss")
    if loss is None:
        return None, -1
    if not isinstance(loss, str):
        knows = {*COMMON, "visit", "made_in"}
        return names.node(loss, "yen", f"loss/{defect}", where, knows=knows), -1
    if loss not in index.attributes:
        guess = meant.number(shortened(loss)) or nearest(loss, index.attributes)
        names.say(where, "unknown_attribute", name=loss, guess=guess)
        return None, -1
    if index.domains[loss].kind != "number":
        names.say(where, "loss_no_amount", name=loss)
        return None, -1
    return None, index.attributes[loss]


def _targets(index: Index, maker: Maker) -> tuple[int, ...]:
    """Return the step it goes back to if the journey has it, else the one that made it."""
    journey = index.journey
    to = journey.defects[maker.defect][0].returns_to
    same = journey.steps[maker.step].items if maker.step is not None else {}
    found = [step for step in index.wanted if step.step == to]
    own = [step for step in found if dict(step.items).items() <= dict(same).items()]
    if found:
        return tuple(index.steps[step.name] for step in own or found)
    return () if maker.step is None else (index.steps[maker.step],)

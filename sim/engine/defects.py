"""Defects: which are made, which are found, and the money that goes astray with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.compile.nodes import MADE_IN, SHARE
from sim.compile.program import Act, DefectSpec
from sim.engine.case import Context, Visit
from sim.engine.values import Values
from sim.graph.chain import bits


def makes(
    values: Values, acts: Iterable[Act], at: Context, channel: int, error_probability: int = 0
) -> int:
    """Draw the defects made and note in which channel."""
    made = 0
    for act in acts:
        share = error_probability if act.share is None else values.amount(act.share, at)
        if values.below(share, act.point, at):
            made |= 1 << act.instance
            at.case.made_in[act.instance] = channel
            if at.drawn is not at.case:
                at.case.shared[act.instance] = at.drawn
            else:
                at.case.shared.pop(act.instance, None)
    return made


def finds(values: Values, visit: Visit) -> list[Act]:
    """Return the findings in what a visit holds."""
    case, found = visit.case, []
    suspects = visit.product & ~case.known
    for act in visit.manner.finds if suspects else ():
        if suspects >> act.instance & 1 and act.share is not None:
            looked = visit.at.about("", {MADE_IN: case.made_in.get(act.instance, 0)})
            looked.drawn = case.shared.get(act.instance, case)
            if values.happens(act.share, act.point, looked):
                found.append(act)
    return found


def pay(values: Values, instances: Sequence[DefectSpec], visit: Visit, now: int) -> None:
    """Money leaves: what is wrong with the product costs from now on, each defect once a case."""
    case = visit.case
    for number in bits(visit.product):
        instance = instances[number]
        if instance.loss is not None:
            at = Context(case, now, visit.number)
            at.more[MADE_IN] = case.made_in.get(number, 0)
            case.misdirected.setdefault(number, values.amount(instance.loss, at))
        elif instance.loss_of >= 0:
            case.misdirected.setdefault(number, case.attributes[instance.loss_of])


def recover(visit: Visit) -> None:
    """A visit has mended defects: bring back a share of what they cost; what is back stays."""
    case = visit.case
    for instance, share in visit.recovers.items():
        if instance in case.misdirected:
            yen = (case.misdirected[instance] * share + SHARE // 2) // SHARE
            case.back[instance] = max(yen, case.back.get(instance, 0))

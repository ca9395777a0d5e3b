"""Money gone astray: what leaves because of a defect, what is found, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.compile.program import MADE_IN, SHARE, DefectSpec
from sim.engine.case import Case, Context, Visit
from sim.engine.values import Values
from sim.graph.chain import bits


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


def detect(case: Case, found: Iterable[int]) -> None:
    """Note which of the instances found have sent money astray."""
    for instance in found:
        if instance in case.misdirected:
            case.back.setdefault(instance, 0)


def recover(visit: Visit) -> None:
    """A visit has mended defects: bring back a share of what they cost; what is back stays."""
    case = visit.case
    for instance, share in visit.recovers.items():
        if instance in case.misdirected:
            yen = (case.misdirected[instance] * share + SHARE // 2) // SHARE
            case.back[instance] = max(yen, case.back.get(instance, 0))

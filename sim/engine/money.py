"""Money gone misdirected: what leaves because of a defect, what is found, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.compile.program import MADE_IN, SHARE
from sim.engine.case import Case, Visit
from sim.graph.chain import bits

if TYPE_CHECKING:
    from sim.engine.reference import Reference


def pay(engine: Reference, visit: Visit) -> None:
    """Money leaves: what is wrong with the product costs from now on, each defect once a case."""
    case = visit.case
    for number in bits(visit.product):
        instance = engine.model.instances[number]
        if instance.loss is not None:
            at = engine.occasion(case, visit.number)
            at.more[MADE_IN] = case.made_in.get(number, 0)
            case.misdirected.setdefault(number, engine.values.amount(instance.loss, at))
        elif instance.loss_of >= 0:
            case.misdirected.setdefault(number, case.attributes[instance.loss_of])


def detect(case: Case, found: Iterable[int]) -> None:
    """Note which of the instances found have sent money misdirected."""
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

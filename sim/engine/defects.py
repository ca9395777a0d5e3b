"""Defects: which are made, and which of those at hand are found."""

from __future__ import annotations

from collections.abc import Iterable

from sim.compile.program import MADE_IN, Act
from sim.engine.case import Context, Visit
from sim.engine.values import Values


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

"""How the figures judge the end of a case: wrong, incomplete, given up, or none of these."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import ASTRAY, Program
from sim.kpi.visits import Flags
from sim.log import LAWFUL_ENDS, NEVER, OUTCOMES, Log

VERDICTS: Final = (*OUTCOMES, "incomplete")
"""Outcomes of the log, and what is told apart from ``flawed``; in the order of the codes."""

FAILURES: Final = {
    "wrong_result": ("flawed",),
    "incomplete": ("incomplete",),
    "gave_up": ("abandoned",),
    "dismissed": ("dismissed",),
    "not_in_time": ("expired", "unfinished"),
}
"""Kinds of failure, each with its verdicts. A case fails by one of them or not at all."""

_WRONG, _INCOMPLETE = VERDICTS.index("flawed"), VERDICTS.index("incomplete")
_ELSE_GOOD: Final = [OUTCOMES.index(outcome) for outcome in ("clean", *LAWFUL_ENDS)]


def verdicts(model: Program, log: Log) -> NDArray[np.int8]:
    """Return the verdict on each case, as its place in ``VERDICTS``: int8 [cases].

    A case that ended with nothing but loose ends is incomplete. A case that lost money for good is
    wrong, however well it ended otherwise.
    """
    told = log.cases["outcome"].astype(np.int8)
    told[(told == _WRONG) & ~log.harms[:, ~_loose(model)].any(axis=1)] = _INCOMPLETE
    told[misdirected(log) & np.isin(told, [*_ELSE_GOOD, _INCOMPLETE])] = _WRONG
    return told


def failures(model: Program, log: Log) -> Flags:
    """Return what each case failed by: bool [cases, causes].

    A wrong or incomplete case failed by all harms it ended with, any other by its one cause, and
    each by the money it lost for good.
    """
    failed = np.zeros((len(log.cases), len(model.causes)), np.bool_)
    bad = ~np.isin(log.cases["outcome"], _ELSE_GOOD)
    rows = np.flatnonzero(bad & (log.cases["cause"] != NEVER))
    failed[rows, log.cases["cause"][rows]] = True
    for defect in np.flatnonzero(log.harms.any(axis=0)):
        failed[:, model.causes.index(model.defects[defect])] |= log.harms[:, defect]
    if (lost := misdirected(log)).any():
        failed[:, model.causes.index(ASTRAY)] |= lost
    return failed


def misdirected(log: Log) -> Flags:
    """Return from which cases money went astray that was not all recovered."""
    lost: Flags = log.cases["mispaid"] > log.cases["recovered"]
    return lost


def _loose(model: Program) -> Flags:
    """Return which defects are loose ends: bool [defects]."""
    loose = np.zeros(len(model.defects), np.bool_)
    loose[[instance.defect for instance in model.instances if instance.loose]] = True
    return loose

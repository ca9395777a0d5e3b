"""KPIs inside one replication: from the table of its cases to one number or to yes and no."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.kpi.visits import Flags
from sim.log import FAILURES, LAWFUL_ENDS, OUTCOMES, REACHED

DAY: Final = 86_400
HOUR: Final = 3_600

Table = NDArray[Any]
"""Rows of ``sim.kpi.measures.TABLE``."""

Figure = Callable[[Table], float]
"""One number; ``nan`` if the cases say nothing about it."""

Test = Callable[[Table], Flags]
"""Which cases have some property."""


def ended(*outcomes: str) -> Test:
    """Return the test for cases that ended in one of ``outcomes``."""
    codes = [OUTCOMES.index(outcome) for outcome in outcomes]
    return lambda cases: np.isin(cases["outcome"], codes)


reached: Final = ended(*REACHED)
failed: Final = ended(*FAILURES)
lawful: Final = ended(*LAWFUL_ENDS)


def late(cases: Table) -> Flags:
    """Return which cases missed a statutory deadline."""
    missed: Flags = cases["late"] != 0
    return missed


def latencies(cases: Table) -> NDArray[np.float64]:
    """Return the days to the goal of all cases but rejected and withdrawn ones.

    A case that did not reach it counts as ``inf``: leaving it out would make a channel that loses
    its slow cases look fast.
    """
    counted = cases[~lawful(cases)]
    return np.where(reached(counted), (counted["end"] - counted["start"]) / DAY, math.inf)


def median_latency(cases: Table) -> float:
    """Return the median of ``latencies`` (the lower one of two)."""
    return stats.order_statistic(latencies(cases), 0.5)


def mean_latency(cases: Table) -> float:
    """Return the mean days to the goal of the cases that reached it."""
    some = cases[reached(cases)]
    return float(np.mean(some["end"] - some["start"])) / DAY if len(some) else math.nan


def mean(column: str, unit: float = 1) -> Figure:
    """Return the mean of ``column`` over all cases, in ``unit``."""
    return lambda cases: float(np.mean(cases[column])) / unit if len(cases) else math.nan


def total(column: str) -> Figure:
    """Return the sum of ``column`` over all cases."""
    return lambda cases: float(np.sum(cases[column]))


def mean_if_reached(column: str, unit: float = 1) -> Figure:
    """Return the mean of ``column`` over the cases that reached their goal, in ``unit``."""
    all_cases = mean(column, unit)
    return lambda cases: all_cases(cases[reached(cases)])

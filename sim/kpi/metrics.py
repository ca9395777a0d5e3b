"""KPIs inside one replication: from the table of its cases to one number or to yes and no."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.kpi.verdicts import FAILURES, VERDICTS
from sim.kpi.visits import Flags
from sim.log import LAWFUL_ENDS, OUTCOMES, REACHED

DAY: Final = 86_400
HOUR: Final = 3_600

Table = NDArray[Any]
"""Rows of ``sim.kpi.measures.TABLE``."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """One number of a replication, ``of`` the ``values`` of its cases; ``nan`` if they are none."""

    values: Callable[[Table], Floats]
    of: Callable[[Floats], float]

    def __call__(self, cases: Table) -> float:
        """Return the number."""
        return self.of(self.values(cases))


CaseTest = Callable[[Table], Flags]
"""Which cases have some property."""


def ended(*outcomes: str) -> CaseTest:
    """Return the test for cases that ended in one of ``outcomes``."""
    codes = [OUTCOMES.index(outcome) for outcome in outcomes]
    return lambda cases: np.isin(cases["outcome"], codes)


def judged(*verdicts: str) -> CaseTest:
    """Return the test for cases on which one of ``verdicts`` was passed."""
    codes = [VERDICTS.index(verdict) for verdict in verdicts]
    return lambda cases: np.isin(cases["verdict"], codes)


reached: Final = ended(*REACHED)
lawful: Final = ended(*LAWFUL_ENDS)
failures: Final = {kind: judged(*verdicts) for kind, verdicts in FAILURES.items()}
failed: Final = judged(*(verdict for verdicts in FAILURES.values() for verdict in verdicts))


def late(cases: Table) -> Flags:
    """Return which cases missed a statutory deadline."""
    missed: Flags = cases["late"] != 0
    return missed


def latencies(cases: Table) -> Floats:
    """Return the days to the goal of all cases but rejected and withdrawn ones.

    A case that did not reach it counts as ``inf``: leaving it out would make a channel that loses
    its slow cases look fast.
    """
    counted = cases[~lawful(cases)]
    return np.where(reached(counted), (counted["end"] - counted["start"]) / DAY, math.inf)


def days_to_goal(cases: Table) -> Floats:
    """Return the days to the goal of the cases that reached it."""
    some = cases[reached(cases)]
    return np.asarray((some["end"] - some["start"]) / DAY, np.float64)


def average(values: Floats) -> float:
    """Return the mean; ``nan`` of nothing."""
    return float(np.mean(values)) if len(values) else math.nan


def mean(column: str, unit: float = 1) -> Metric:
    """Return the mean of ``column`` over all cases, in ``unit``."""
    return Metric(lambda cases: np.asarray(cases[column] / unit, np.float64), average)


def total(column: str) -> Metric:
    """Return the sum of ``column`` over all cases."""
    return Metric(lambda cases: np.array([cases[column].sum()], np.float64), average)


def mean_if_reached(column: str, unit: float = 1) -> Metric:
    """Return the mean of ``column`` over the cases that reached their goal, in ``unit``."""
    all_cases = mean(column, unit)
    return Metric(lambda cases: all_cases.values(cases[reached(cases)]), average)


mean_latency: Final = Metric(days_to_goal, average)
median_latency: Final = Metric(latencies, lambda days: stats.order_statistic(days, 0.5))
"""The lower one of two."""

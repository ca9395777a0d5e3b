"""From the cases of replications to an estimate: shares, means and quantiles, and what is asked.

An estimator takes what it asks of the table of cases (``sim.kpi.measures.TABLE``) and says three
things of it: the figure of one replication, the estimate over replications, and the paired
difference of two arms.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.kpi.measures import FAILURES, VERDICTS, Measures
from sim.kpi.units import DAY
from sim.kpi.visits import Flags
from sim.log import LAWFUL_ENDS, OUTCOMES, REACHED
from sim.stats import Difference, Estimate, Floats

Runs = Sequence[Measures]
"""The replications of one arm."""

Table = NDArray[Any]
"""Rows of ``sim.kpi.measures.TABLE``."""

CaseTest = Callable[[Table], Flags]
"""Which cases have some property."""

Values = Callable[[Table], Floats]
"""A number for each case, or for each of those that it is about."""


# -- what is asked of cases ------------------------------------------------------------------------


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
failed: Final = judged(*itertools.chain.from_iterable(FAILURES.values()))


def late(cases: Table) -> Flags:
    """Return which cases missed a statutory deadline."""
    return np.asarray(cases["late"] != 0)


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


def column(name: str, unit: float = 1) -> Values:
    """Return a column of the table, in ``unit``."""
    return lambda cases: np.asarray(cases[name] / unit, np.float64)


# -- estimators ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """The share of cases that pass a test."""

    test: CaseTest

    def __call__(self, cases: Table) -> float:
        """Return the share of one replication."""
        return _average(self.test(cases).astype(np.float64))

    def estimate(self, runs: Runs) -> Estimate:
        """Return the share over the cases of all replications."""
        return stats.share(self._counts(runs))

    def difference(self, later: Runs, earlier: Runs) -> Difference:
        """Return the paired difference of two arms."""
        return stats.share_difference(self._counts(later), self._counts(earlier))

    def _counts(self, runs: Runs) -> stats.Counts:
        return counted(runs, (self.test(run.cases).sum() for run in runs))


@dataclass(frozen=True)
class Mean:
    """The mean of the values of cases; ``timed``: they are days, which the horizon cuts off."""

    values: Values
    timed: bool = False

    def __call__(self, cases: Table) -> float:
        """Return the mean of one replication."""
        return _average(self.values(cases))

    def estimate(self, runs: Runs) -> Estimate:
        """Return the mean over replications; no case takes longer to its goal than the horizon."""
        longest = max((run.horizon / DAY for run in runs), default=math.inf)
        bounds = (0.0, longest) if self.timed else stats.AMOUNT
        return stats.mean(_figures(self, runs), _sections(self.values, runs), bounds)

    def difference(self, later: Runs, earlier: Runs) -> Difference:
        """Return the paired difference of two arms."""
        after, before = (_sections(self.values, runs) for runs in (later, earlier))
        unseen = stats.unseen_mean(after, before)
        return stats.difference(_figures(self, later), _figures(self, earlier), unseen)


@dataclass(frozen=True)
class Quantile:
    """The smallest of the values of cases that a ``share`` of them does not exceed."""

    values: Values
    share: float

    def __call__(self, cases: Table) -> float:
        """Return the quantile of one replication: the lower one of two."""
        return stats.order_statistic(self.values(cases), self.share)

    def estimate(self, runs: Runs) -> Estimate:
        """Return the quantile over the cases of all replications."""
        return stats.quantile(_sections(self.values, runs), self.share, stats.AMOUNT)

    def difference(self, later: Runs, earlier: Runs) -> Difference:
        """Return the paired difference of two arms."""
        after, before = (_sections(self.values, runs) for runs in (later, earlier))
        unseen = stats.unseen_quantile(after, before, self.share)
        return stats.difference(_figures(self, later), _figures(self, earlier), unseen)


Estimator = Share | Mean | Quantile
"""What turns cases into figures; called, it gives that of one replication, ``nan`` of no case."""


def _figures(one: Estimator, runs: Runs) -> list[float]:
    return [one(run.cases) for run in runs]


def _sections(values: Values, runs: Runs) -> list[Floats]:
    return [values(run.cases) for run in runs]


def _average(values: Floats) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def counted(runs: Runs, hits: Iterable[int]) -> stats.Counts:
    """Return how many of the cases of each replication were ``hits``."""
    cases = [len(run.cases) for run in runs]
    return stats.Counts(np.array([*hits], np.float64), np.array(cases, np.float64))


def mean(name: str, unit: float = 1) -> Mean:
    """Return the mean of a column over all cases, in ``unit``."""
    return Mean(column(name, unit))


def total(name: str) -> Mean:
    """Return the mean over replications of the sum of a column over all cases."""
    return Mean(lambda cases: np.array([cases[name].sum()], np.float64))


def mean_if_reached(name: str, unit: float = 1) -> Mean:
    """Return the mean of a column over the cases that reached their goal, in ``unit``."""
    values = column(name, unit)
    return Mean(lambda cases: values(cases[reached(cases)]), timed=unit == DAY)


mean_latency: Final = Mean(days_to_goal, timed=True)
median_latency: Final = Quantile(latencies, 0.5)

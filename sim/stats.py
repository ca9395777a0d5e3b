"""95 % intervals that stay honest when the cases of a replication wait for one another.

Replications are independent, cases of one replication are not: they share offices, queues and
holidays. Every spread is therefore taken over replications. ``docs/statistics.md`` explains each
interval, ``benchmarks/coverage.py`` measures how often it holds the truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
_TAIL: Final = (1 - LEVEL) / 2
_FEWEST: Final = 2  # replications that show a spread
_SLACK: Final = 1e-9  # so that 0.9 x 20 is the 18th value, not the 19th


@dataclass(frozen=True)
class Estimate:
    """A figure with its two-sided 95 % interval.

    An infinite ``value`` is a time that is not reached; an infinite bound is one that the
    replications cannot tell; ``nan`` stands for a figure that nothing was observed of.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Estimate):
    """A difference with its 95 % interval and the two-sided p value of "no difference"."""

    p: float


@dataclass(frozen=True)
class Counts:
    """How many of the ``cases`` of each replication had some property: arrays [replications]."""

    hits: Floats
    cases: Floats

    @property
    def shares(self) -> Floats:
        """Share in each replication that had cases at all."""
        some = self.cases > 0
        return self.hits[some] / self.cases[some]


def mean(figures: ArrayLike) -> Estimate:
    """Return the mean of one figure a replication with its t interval; ``nan`` is left out."""
    known = _known(figures)
    if not len(known):
        return _untold(math.nan)
    value = _average(known)
    if len(known) < _FEWEST or not math.isfinite(value):
        return _untold(value)
    half = _t(len(known)) * _error(known)
    return Estimate(value, value - half, value + half)


def share(counts: Counts) -> Estimate:
    """Return a share over all cases with Wilson's interval, its sample size seen as smaller.

    The number of cases is cut down to the number of independent ones that would show the same
    spread between replications, and the normal quantile becomes that of t (Wilson 1927; effective
    sample size as in Korn and Graubard 1998). A share of 0 or 1 has an exact bound instead
    (Clopper and Pearson 1934), which takes all cases as independent.
    """
    cases, shares = float(counts.cases.sum()), counts.shares
    if not cases:
        return _untold(math.nan)
    value = float(counts.hits.sum()) / cases
    if len(shares) < _FEWEST:
        return _untold(value)
    if value in {0.0, 1.0}:
        bound = 1 - _TAIL ** (1 / cases)
        return Estimate(value, 0.0, bound) if value == 0 else Estimate(value, 1 - bound, 1.0)
    return Estimate(value, *_wilson(value, _effective(value, cases, shares), _t(len(shares))))


def quantile(sections: Sequence[Floats], share_below: float) -> Estimate:
    """Return a quantile of all values together, its interval from the sections' own shares.

    ``sections``: the values of each replication, ``inf`` for "not reached". The value is the
    smallest one that at least ``share_below`` of all values do not exceed. The sections differ in
    the share they have at or below it; the t interval of that share, read off the pooled values, is
    the interval (Woodruff 1952, with replications for clusters). It may be infinite.
    """
    sections = [section for section in sections if len(section)]
    if not sections:
        return _untold(math.nan)
    pooled = np.sort(np.concatenate(sections))
    value = _ranked(pooled, share_below * len(pooled))
    finite = pooled[np.isfinite(pooled)]
    if not len(finite):
        return Estimate(value, value, value)
    if len(sections) < _FEWEST:
        return _untold(value)
    probe = min(value, float(finite[-1]))
    half = _t(len(sections)) * _error(np.array([np.mean(s <= probe) for s in sections]))
    low = _ranked(pooled, (share_below - half) * len(pooled))
    high = _ranked(pooled, (share_below + half) * len(pooled) + (half > 0))
    return Estimate(value, low, high)


def order_statistic(values: Floats, share_below: float) -> float:
    """Return the smallest value that at least ``share_below`` of them do not exceed.

    ``nan`` if there are none.
    """
    return _ranked(np.sort(values), share_below * len(values)) if len(values) else math.nan


def difference(later: ArrayLike, earlier: ArrayLike) -> Difference:
    """Return the mean of ``later - earlier`` over whole replications, paired in their order.

    Replications in which either figure is ``nan`` are left out. A figure that is not reached
    (infinite) in some replication leaves the difference without interval and p value.
    """
    after, before = np.asarray(later, np.float64), np.asarray(earlier, np.float64)
    both = ~(np.isnan(after) | np.isnan(before))
    after, before = after[both], before[both]
    if not (np.isfinite(after).all() and np.isfinite(before).all()):
        value = _average(after) - _average(before)
        return Difference(value, -math.inf, math.inf, math.nan)
    differences = after - before
    estimate = mean(differences)
    p = _p_value(estimate.value, differences) if len(differences) >= _FEWEST else math.nan
    return Difference(estimate.value, estimate.low, estimate.high, p)


def share_difference(later: Counts, earlier: Counts) -> Difference:
    """Return the paired difference of two shares.

    If all replications differ by the same amount, events are too rare (or too common) to show a
    spread; then the intervals of the two shares are put together (Newcombe 1998, method 10).
    """
    paired = difference(later.hits / _some(later.cases), earlier.hits / _some(earlier.cases))
    if not math.isfinite(paired.low) or paired.low < paired.high:
        return paired
    a, b = share(earlier), share(later)
    value = b.value - a.value
    down = math.hypot(b.value - b.low, a.high - a.value)
    up = math.hypot(b.high - b.value, a.value - a.low)
    df = len(later.cases) - 1
    t = _t(df + 1) * abs(value) / (down if value > 0 else up)
    return Difference(value, value - down, value + up, 2 * float(stdtr(df, -t)))


def holm(p_values: ArrayLike) -> Floats:
    """Return p values adjusted for their number (Holm 1979); ``nan`` stays and does not count."""
    p = np.asarray(p_values, np.float64)
    told = np.flatnonzero(~np.isnan(p))
    order = told[np.argsort(p[told], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted = p.copy()
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def _untold(value: float) -> Estimate:
    return Estimate(value, -math.inf, math.inf)


def _known(figures: ArrayLike) -> Floats:
    array = np.asarray(figures, np.float64)
    return array[~np.isnan(array)]


def _some(cases: Floats) -> Floats:
    return np.where(cases > 0, cases, math.nan)


def _average(figures: Floats) -> float:
    return math.fsum(figures) / len(figures) if len(figures) else math.nan


def _error(figures: Floats) -> float:
    """Standard error of the mean of independent figures."""
    return float(np.std(figures, ddof=1)) / math.sqrt(len(figures))


def _t(replications: int) -> float:
    return float(stdtrit(replications - 1, 1 - _TAIL))


def _p_value(value: float, differences: Floats) -> float:
    error = _error(differences)
    if not error:
        return 0.0 if value else 1.0
    return 2 * float(stdtr(len(differences) - 1, -abs(value) / error))


def _effective(value: float, cases: float, shares: Floats) -> float:
    error = _error(shares)
    return min(cases, value * (1 - value) / error**2) if error else cases


def _wilson(value: float, cases: float, z: float) -> tuple[float, float]:
    shrink = 1 + z * z / cases
    middle = (value + z * z / (2 * cases)) / shrink
    half = z / shrink * math.sqrt(value * (1 - value) / cases + (z / (2 * cases)) ** 2)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _ranked(pooled: Floats, rank: float) -> float:
    """The value of that rank (from 1, rounded up), infinite where there is none."""
    place = math.ceil(rank - _SLACK)
    if place < 1:
        return -math.inf
    return float(pooled[place - 1]) if place <= len(pooled) else math.inf

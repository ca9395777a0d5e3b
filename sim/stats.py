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

Sections = Sequence[Floats]
"""The values of the cases of each replication."""

Bounds = tuple[float, float]
"""What a quantity cannot be below and above."""

ANY: Final = (-math.inf, math.inf)
AMOUNT: Final = (0.0, math.inf)
SHARE: Final = (0.0, 1.0)
SHARES_APART: Final = (-1.0, 1.0)

LEVEL: Final = 0.95
_TAIL: Final = (1 - LEVEL) / 2
_FEWEST: Final = 2  # replications that show a spread
_SLACK: Final = 1e-9  # so that 0.9 x 20 is the 18th value, not the 19th
_ROUNDING: Final = 1e-12  # figures that differ by less of themselves are alike


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


def mean(figures: ArrayLike, cases: Sections = (), bounds: Bounds = ANY) -> Estimate:
    """Return the mean of one figure a replication with its t interval; ``nan`` is left out.

    ``cases``: the values that the figures are means of. Where the figures show no spread, it is
    taken from these, as if they were independent; if they are all alike, there is none to take.
    The interval is cut off at the ``bounds`` of what the quantity can be.
    """
    known = np.asarray(figures, np.float64)
    known = known[~np.isnan(known)]
    value = _average(known)
    if len(known) < _FEWEST or not math.isfinite(value):
        return _untold(value)
    half = _t(len(known)) * (_error(known) or _error(_pooled(cases)))
    return Estimate(value, max(value - half, bounds[0]), min(value + half, bounds[1]))


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
        bound = _never(cases)
        return Estimate(value, 0.0, bound) if value == 0 else Estimate(value, 1 - bound, 1.0)
    error = _error(shares)
    effective = min(cases, value * (1 - value) / error**2) if error else cases
    return Estimate(value, *_wilson(value, effective, _t(len(shares))))


def quantile(sections: Sections, share_below: float, bounds: Bounds = ANY) -> Estimate:
    """Return a quantile of all values together, its interval from the sections' own shares.

    ``sections``: the values of each replication, ``inf`` for "not reached". The value is the
    smallest one that at least ``share_below`` of all values do not exceed. The sections differ in
    the share they have at or below it; the t interval of that share, read off the pooled values, is
    the interval (Woodruff 1952, with replications for clusters). Sections that agree by chance show
    no spread; it is then that of as many independent values. The interval may be infinite.
    """
    sections = [section for section in sections if len(section)]
    if not sections:
        return _untold(math.nan)
    pooled = np.sort(_pooled(sections))
    value = _ranked(pooled, share_below * len(pooled))
    if len(sections) < _FEWEST and math.isfinite(pooled[0]):
        return _untold(value)
    if pooled[0] == pooled[-1]:
        return Estimate(value, value, value)
    probe = min(value, float(pooled[np.isfinite(pooled)][-1]))
    error = _error(np.array([np.mean(section <= probe) for section in sections]))
    half = _t(len(sections)) * (error or math.sqrt(share_below * (1 - share_below) / len(pooled)))
    low = _ranked(pooled, (share_below - half) * len(pooled))
    high = _ranked(pooled, (share_below + half) * len(pooled) + 1)
    return Estimate(value, max(low, bounds[0]), min(high, bounds[1]))


def order_statistic(values: Floats, share_below: float) -> float:
    """Return the smallest value that at least ``share_below`` do not exceed, ``nan`` of none."""
    return _ranked(np.sort(values), share_below * len(values)) if len(values) else math.nan


def difference(
    later: ArrayLike, earlier: ArrayLike, unseen: Bounds = (0.0, 0.0), bounds: Bounds = ANY
) -> Difference:
    """Return the mean of ``later - earlier`` over whole replications, paired in their order.

    Replications in which either figure is ``nan`` are left out. A figure that is not reached
    (infinite) in some replication leaves the difference without interval and p value. Where all
    differences are alike the interval reaches as far ``unseen`` down and up as the cases suggest:
    see ``unseen_mean`` and ``unseen_quantile``. It is cut off at the ``bounds``.
    """
    after, before = np.asarray(later, np.float64), np.asarray(earlier, np.float64)
    both = ~(np.isnan(after) | np.isnan(before))
    after, before = after[both], before[both]
    count, finite = len(after), np.isfinite(after).all() and np.isfinite(before).all()
    if count < _FEWEST or not finite:
        value = _average(after) - _average(before)
        return Difference(value, -math.inf, math.inf, math.nan)
    value, half = _average(after - before), _t(count) * _error(after - before)
    down, up = (half, half) if half else unseen
    towards_zero = down if value > 0 else up
    t = _t(count) * abs(value) / towards_zero if towards_zero else math.inf if value else 0.0
    low, high = max(value - down, bounds[0]), min(value + up, bounds[1])
    return Difference(value, low, high, 2 * float(stdtr(count - 1, -t)))


def share_difference(later: Counts, earlier: Counts) -> Difference:
    """Return the paired difference of two shares.

    If all replications differ by the same amount, events are too rare (or too common) to show a
    spread; then the intervals of the two shares are put together (Newcombe 1998, method 10).
    """
    after, before = (
        counts.hits / np.where(counts.cases > 0, counts.cases, math.nan)
        for counts in (later, earlier)
    )
    return difference(after, before, _together(share(later), share(earlier)), SHARES_APART)


def unseen_mean(later: Sections, earlier: Sections) -> Bounds:
    """Return how far a difference of means may reach down and up if replications show no spread.

    ``later``, ``earlier``: the values of both arms. If each case differs by the same, a case that
    does otherwise has a chance of at most ``_never`` to have escaped, and is taken to differ by no
    more than the values of an arm do. Otherwise the cases are taken as independent.
    """
    after, before = _pooled(later), _pooled(earlier)
    if not (len(after) and len(before)):
        return ANY
    if _alike(later, earlier):
        half = _never(len(after)) * float(max(np.ptp(after), np.ptp(before)))
    else:
        half = _t(len(later)) * math.hypot(_error(after), _error(before))
    return half, half


def unseen_quantile(later: Sections, earlier: Sections, share_below: float) -> Bounds:
    """Return how far a difference of quantiles may reach if replications show no spread.

    If each case differs by the same, a share of at most ``_never`` may do otherwise, and moves the
    quantile by as many ranks. Otherwise the intervals of the two quantiles are put together.
    """
    if not _alike(later, earlier):
        return _together(quantile(later, share_below), quantile(earlier, share_below))
    pooled = np.sort(_pooled(later))
    value, middle = order_statistic(pooled, share_below), share_below * len(pooled)
    if not len(pooled) or pooled[0] == pooled[-1]:
        return 0.0, 0.0
    ranks = _never(len(pooled)) * len(pooled)
    return value - _ranked(pooled, middle - ranks), _ranked(pooled, middle + ranks + 1) - value


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


def _pooled(sections: Sections) -> Floats:
    return np.concatenate(sections) if len(sections) else np.zeros(0)


def _average(figures: Floats) -> float:
    return math.fsum(figures) / len(figures) if len(figures) else math.nan


def _error(figures: Floats) -> float:
    """Standard error of the mean of independent figures; what is left of rounding is none."""
    if len(figures) < _FEWEST or np.ptp(figures) <= _ROUNDING * float(np.max(np.abs(figures))):
        return 0.0
    return float(np.std(figures, ddof=1)) / math.sqrt(len(figures))


def _t(replications: int) -> float:
    return float(stdtrit(replications - 1, 1 - _TAIL))


def _together(later: Estimate, earlier: Estimate) -> Bounds:
    """Return how far the difference of two estimates reaches: their distances at a right angle."""
    down = math.hypot(later.value - later.low, earlier.high - earlier.value)
    return down, math.hypot(later.high - later.value, earlier.value - earlier.low)


def _alike(later: Sections, earlier: Sections) -> bool:
    """Whether each case of one arm differs from that of the other by the same."""
    if [len(section) for section in later] != [len(section) for section in earlier]:
        return False
    after, before = _pooled(later), _pooled(earlier)
    if np.array_equal(after, before):
        return True
    finite = bool(np.isfinite(after).all() and np.isfinite(before).all())
    return finite and not _error(after - before)


def _never(cases: float) -> float:
    """Return the greatest chance of what never happened in so many independent cases."""
    return float(1 - _TAIL ** (1 / cases))


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

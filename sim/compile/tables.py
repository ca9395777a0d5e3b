"""Random laws as quantile tables in whole numbers, so that a run needs no floating point.

A draw is one whole number of 48 bits. Its upper 32 bits choose a cell: one of 1,024 equal ones, of
which the first and the last are halved 20 times towards the end. Its lower 16 bits choose the place
in the cell, on a straight line between the quantiles at its ends.

Quantiles are worked out in floating point with the C library's ``exp`` and ``log`` one number at a
time (numpy's own change with the processor), then rounded half up with a hair's breadth to spare:
the last bit of a quantile does not decide about its rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.language.quantity import Distribution

Ppf = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A quantile function: from shares in [0, 1] to values, elementwise."""

CELLS: Final = 1024
HALVINGS: Final = 20
MOST: Final = 1 << 61
"""No table value is farther from 0 than this: differences fit into 63 bits."""

_CUT: Final = 2.0**-32
_HAIR: Final = 2.0**-20
_STEEPEST: Final = 300.0  # e to this power is beyond any use and far from overflowing
_Z90: Final = NormalDist().inv_cdf(0.9)


def _boundaries() -> NDArray[np.float64]:
    """Shares at the boundaries of the 1,064 cells, from 0 to 1."""
    tail = [2.0**-power for power in range(HALVINGS + 10, 10, -1)]
    inner = [cell / CELLS for cell in range(1, CELLS)]
    return np.array([0.0, *tail, *inner, *(1 - share for share in reversed(tail)), 1.0])


BOUNDARIES: Final = _boundaries()
"""float64[1065]: the shares whose quantiles a table holds."""


def table(ppf: Ppf, scale: float = 1) -> list[int]:
    """Return the 1,065 quantiles of a law times ``scale``, rounded half up.

    ``scale``: units of the table in one unit of the law. Values are cut at ``MOST``.
    """
    values = ppf(BOUNDARIES) * scale
    if np.isnan(values).any():
        raise ValueError("ppf (=nan somewhere in [0, 1]) must be a number everywhere")
    rounded = np.floor(np.clip(values, -MOST, MOST) + (0.5 + _HAIR))
    return [int(value) for value in rounded.tolist()]


def lookup(table: Sequence[int], bits: int) -> int:
    """Return the value of a 48-bit draw: on the straight line through its cell, rounded half up."""
    u = bits >> 16
    i = (u >> 22) + 20
    if i == 20:  # noqa: PLR2004 -- the halved first cell
        i = max(u.bit_length() - 2, 0)
    elif i == 1043:  # noqa: PLR2004 -- the halved last cell
        i = 1063 - max((u ^ 0xFFFF_FFFF).bit_length() - 2, 0)
    low = table[i]
    return low + ((table[i + 1] - low) * (bits & 0xFFFF) + 0x8000 >> 16)


def mean(table: Sequence[int]) -> float:
    """Return the mean of all draws from a table, in its own unit."""
    values = np.array(table, np.float64)
    return float(np.diff(BOUNDARIES) @ (values[1:] + values[:-1])) / 2


def ppf(law: Distribution) -> Ppf:
    """Return the quantile function of a law as it was written: seconds, shares or plain numbers."""
    if law.name == "quantiles":
        return quantiles({float(percent): value for percent, value in law.parameters})
    return _LAWS[law.name](**dict(law.parameters))


def lognormal(
    median: float,
    p90: float | None = None,
    p10: float | None = None,
    sigma: float | None = None,
) -> Ppf:
    """Return exp(N(log median, sigma)); sigma is given, or follows from one outer quantile."""
    spread = _spread(math.log, median, p90, p10) if sigma is None else sigma
    return lambda u: median * _exp(spread * _normal(u))


def logitnormal(median: float, p90: float | None = None, p10: float | None = None) -> Ppf:
    """Return a share whose log odds are normal, from its median and one outer quantile."""
    odds, spread = _logit(median), _spread(_logit, median, p90, p10)
    return lambda u: 1 / (1 + _exp(-odds - spread * _normal(u)))


def triangular(low: float, mode: float, high: float) -> Ppf:
    """Return the triangular law over [low, high] with its peak at ``mode``."""
    width = high - low
    if width == 0:
        return lambda u: np.full_like(u, low)
    peak = (mode - low) / width

    def values(u: NDArray[np.float64]) -> NDArray[np.float64]:
        rising = low + np.sqrt(u * width * (mode - low))
        falling = high - np.sqrt((1 - u) * width * (high - mode))
        return np.where(u < peak, rising, falling)

    return values


def uniform(low: float, high: float) -> Ppf:
    """Return the uniform law over [low, high]."""
    return lambda u: low + (high - low) * u


def exponential(mean: float) -> Ppf:
    """Return the exponential law with this mean."""
    return lambda u: _each(math.log1p, -_inside(u)) * -mean


def gamma(mean: float, cv: float) -> Ppf:
    """Return the gamma law with this mean and coefficient of variation (deviation / mean)."""
    shape = 1 / cv**2
    return lambda u: _gamma_quantiles(shape, tuple(_inside(u).tolist())) * (mean / shape)


def quantiles(points: Mapping[float, float]) -> Ppf:
    """Return straight lines through {per cent: value}, at least two of them.

    The outer lines go on to 0 and to 100 %; nothing lies below 0.
    """
    shares = np.array(sorted(points), np.float64) / 100
    values = np.array([points[percent] for percent in sorted(points)], np.float64)

    def along(u: NDArray[np.float64]) -> NDArray[np.float64]:
        i = np.clip(np.searchsorted(shares, u, side="right") - 1, 0, len(shares) - 2)
        slope = (values[i + 1] - values[i]) / (shares[i + 1] - shares[i])
        return np.maximum(values[i] + slope * (u - shares[i]), 0)

    return along


_LAWS: Final[Mapping[str, Callable[..., Ppf]]] = {
    "lognormal": lognormal,
    "logitnormal": logitnormal,
    "triangular": triangular,
    "uniform": uniform,
    "exponential": exponential,
    "gamma": gamma,
}


def _inside(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut shares where an unbounded law is cut."""
    return np.clip(u, _CUT, 1 - _CUT)


def _each(function: Callable[[float], float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([function(value) for value in x.tolist()])


def _exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return _each(math.exp, np.minimum(x, _STEEPEST))


def _normal(u: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(_normal_quantiles(tuple(_inside(u).tolist())))


@lru_cache(maxsize=4)
def _normal_quantiles(u: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(NormalDist().inv_cdf, u))


def _spread(
    line: Callable[[float], float], median: float, p90: float | None, p10: float | None
) -> float:
    """Return sigma on the scale of ``line`` from the median and one outer quantile."""
    if p90 is not None:
        return (line(p90) - line(median)) / _Z90
    if p10 is not None:
        return (line(median) - line(p10)) / _Z90
    raise ValueError("spread (=none) must be given: p90, p10 or sigma")


def _logit(share: float) -> float:
    return math.log(share) - math.log1p(-share)


@lru_cache(maxsize=64)
def _gamma_quantiles(shape: float, u: tuple[float, ...]) -> NDArray[np.float64]:
    from scipy.special import gammaincinv  # slow to load, rarely needed

    return np.asarray(gammaincinv(shape, np.array(u)), np.float64)

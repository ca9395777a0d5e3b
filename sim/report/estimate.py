"""Estimates as text: a value and its interval, in the decimals of their unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from sim.kpi.units import Unit, number, size
from sim.stats import Estimate
from sim.words import say

_EVEN: Final = 4
"""An interval is even if its halves differ by less than this part of it."""

_NOISE: Final = 1e-9
"""Intervals narrower than this share of their ends are what is left of rounding."""

_EXTRA: Final = 2
"""So many more digits are shown where an end would be rounded to zero and is not."""

_TO: Final = ("–", " … ")
"""What stands between the ends of an interval: of a figure, of a difference."""

_TINY: Final = 0.001
_SMALL: Final = 0.1


@dataclass(frozen=True)
class Shown:
    """An estimate as text: ``value`` and, beside or below it, ``interval``."""

    value: str
    interval: str = ""
    reached: bool = True


def shown(estimate: Estimate, lang: str, unit: Unit, *, change: bool = False) -> Shown:
    """Return ``estimate`` as text in ``unit``; ``change``: it is a difference.

    A value that is not finite was not reached, an interval whose high end is not finite is open. A
    share of nothing (value 0, high above 0) shows only its upper bound, a value without spread
    ``±0``. The ends of a difference that lie on one side of zero stay there.
    """
    ends = (estimate.value, estimate.low, estimate.high)
    value, low, high = (end * unit.factor if math.isfinite(end) else None for end in ends)
    if value is None:
        bound = f"≥{number(low, unit.places(low))}" if low else ""
        return Shown(say("report.not_reached", lang), bound, reached=False)
    places = unit.places(value)
    if low is None:
        return Shown(number(value, places), say("report.no_interval", lang))
    if high is None:
        return Shown(number(value, places), f"{number(low, places)}{_TO[change]}∞")
    if value == low == 0 < high and not change:
        return Shown("0", f"<{number(high, unit.places(high))}")
    return _closed(value, low, high, places or unit.decimals, change=change)


def _closed(value: float, low: float, high: float, places: int, *, change: bool) -> Shown:
    width = high - low if high - low > _NOISE * max(abs(low), abs(high)) else 0.0
    if not width:
        return Shown(number(value, places) if value else "0", "±0")
    if number(low, places) == number(high, places):  # too tight for as many digits
        half = max(value - low, high - value)
        even = abs(low + high - 2 * value) < width / _EVEN
        if even or -size(width) > places + _EXTRA:
            return Shown(number(value, places), f"±{number(half, -size(half))}")
        places = -size(width)
    nearest = min(abs(low), abs(high))
    if change and low * high > 0 and not round(nearest, places):
        places = min(places + _EXTRA, -size(nearest))
    ends = number(low, places), number(high, places)
    return Shown(number(value, places), _TO[change].join(ends))


def probability(p: float) -> str:
    """Return a p-value with two digits, tiny ones as a bound, nothing for one not known."""
    if math.isnan(p):
        return ""
    return f"<{_TINY}" if p < _TINY else f"{p:.2g}" if p < _SMALL else f"{p:.2f}"

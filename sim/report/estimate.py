"""Estimates as text: a value and its interval, with no more digits than the interval carries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.words import say

Estimate = Mapping[str, float | None]
"""``value`` with the ends of its interval, ``low`` and ``high``; ``None`` stands for infinity."""

_STEPS: Final = 4
"""An interval is at least this many units of the last digit shown wide."""

_DIGITS: Final = 3
"""A value has at most so many significant digits, one less below 1."""

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


def shown(estimate: Estimate, lang: str, *, scale: float = 1, change: bool = False) -> Shown:
    """Return ``estimate`` times ``scale`` as text; ``change``: it is a difference.

    A ``null`` is infinity: a value that is ``null`` was not reached, an interval whose high end is
    ``null`` is open. A share of nothing (value 0, high above 0) shows only its upper bound, a value
    without spread ``±0``. The ends of a difference that lie on one side of zero stay there.
    """
    value, low, high = (_scaled(estimate[key], scale) for key in ("value", "low", "high"))
    if value is None:
        bound = "" if low is None else f"≥{number(low, decimals(0, low))}"
        return Shown(say("report.not_reached", lang), bound, reached=False)
    if low is None:
        return Shown(number(value, decimals(0, value)), say("report.no_interval", lang))
    if high is None:
        places = decimals(2 * (value - low), value)
        return Shown(number(value, places), f"{number(low, places)}{_TO[change]}∞")
    if value == low == 0 < high and not change:
        return Shown("0", f"<{number(high, decimals(high, high))}")
    return _closed(value, low, high, change=change)


def _closed(value: float, low: float, high: float, *, change: bool) -> Shown:
    width = high - low if high - low > _NOISE * max(abs(low), abs(high)) else 0.0
    places = decimals(width, value)
    if not width:
        return Shown(number(value, places), "±0")
    if number(low, places) == number(high, places):  # too tight for as many digits
        half = max(value - low, high - value)
        even = abs(low + high - 2 * value) < width / _STEPS
        if even or -_size(width) > places + _EXTRA:
            return Shown(number(value, places), f"±{number(half, -_size(half))}")
        places = -_size(width)
    nearest = min(abs(low), abs(high))
    if change and low * high > 0 and not round(nearest, places):
        places = min(places + _EXTRA, -_size(nearest))
    ends = number(low, places), number(high, places)
    return Shown(number(value, places), _TO[change].join(ends))


def decimals(width: float, value: float) -> int:
    """Return how many decimals (below zero: tens, hundreds) a ``value`` deserves.

    As many as the ``width`` of its interval carries, but no more than three significant digits
    (two below 1); without an interval (0) just those, and none in a whole number.
    """
    if not width and value == round(value):
        return 0
    size = _size(value)
    most = max(0, _DIGITS - 1 - max(size, 0) - min(size + 1, 0))
    return min(most, -_size(width / _STEPS)) if width else most


def _size(value: float) -> int:
    """Return the power of ten of the first digit, 0 for zero."""
    return math.floor(math.log10(abs(value))) if value else 0


def number(value: float, places: int = 0) -> str:
    """Return ``value`` rounded to ``places`` decimals, with thousands set apart, never ``-0``."""
    return f"{round(value, places) + 0.0:,.{max(0, places)}f}"


def probability(p: float | None) -> str:
    """Return a p-value with two digits, tiny ones as a bound."""
    if p is None:
        return ""
    return f"<{_TINY}" if p < _TINY else f"{p:.2g}" if p < _SMALL else f"{p:.2f}"


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale

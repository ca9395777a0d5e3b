"""The units that figures are shown in, and how many decimals each has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400
HOUR: Final = 3_600
"""Seconds."""

_SIGNIFICANT: Final = 2
"""So many digits of a value are shown, however small it is."""


@dataclass(frozen=True)
class Unit:
    """``decimals`` of its figures; ``factor`` from the figure in a result to the one shown.

    ``word``: key of what a title calls the unit; ``apart``: of a difference, if it is another.
    ``larger``: the unit for values ``least`` or more of this one.
    """

    decimals: int
    factor: float = 1
    word: str = ""
    apart: str = ""
    larger: Unit | None = None
    least: float = math.inf

    def suiting(self, value: float) -> Unit:
        """Return this unit, or a larger one if ``value`` is too large for it."""
        if self.larger is None or abs(value) < self.least:
            return self
        return self.larger.suiting(value)

    def places(self, value: float) -> int:
        """Return the decimals of ``value``, in this unit: more where it is small, for two digits.

        Nought needs none.
        """
        return max(self.decimals, _SIGNIFICANT - 1 - size(value)) if value else 0

    def text(self, value: float) -> str:
        """Return a figure of a result as it is shown in this unit."""
        shown = value * self.factor
        return number(shown, self.places(shown))


WHOLE: Final = Unit(0)
DAYS: Final = Unit(1)
HOURS: Final = Unit(1)
PERCENT: Final = Unit(1, 100, "unit.percent", "unit.points")
A_CASE: Final = Unit(2)
"""How many of something a case has."""

_MILLION: Final = Unit(1, 1e-6, "unit.million_yen")
_THOUSAND: Final = Unit(1, 1e-3, "unit.thousand_yen", larger=_MILLION, least=10_000_000)
YEN: Final = Unit(0, 1, "unit.yen", larger=_THOUSAND, least=1_000)


def size(value: float) -> int:
    """Return the power of ten of the first digit, 0 for zero."""
    return math.floor(math.log10(abs(value))) if value else 0


def number(value: float, places: int = 0) -> str:
    """Return ``value`` rounded to ``places`` decimals, with thousands set apart, never ``-0``."""
    return f"{round(value, places) + 0.0:,.{places}f}"

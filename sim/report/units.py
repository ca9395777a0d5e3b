"""The units that figures are shown in, and how many decimals each has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_SIGNIFICANT: Final = 2
"""So many digits of a value are shown, however small it is."""


@dataclass(frozen=True)
class Unit:
    """``decimals`` of its figures; ``factor`` from the figure in a result to the one shown."""

    decimals: int
    factor: float = 1

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
PERCENT: Final = Unit(1, 100)
A_CASE: Final = Unit(2)
"""How many of something a case has."""

_COSTS: Final = (
    (10_000_000, "report.cost.million", Unit(1, 1e-6)),
    (1_000, "report.cost.thousand", Unit(1, 1e-3)),
    (0, "report.cost.yen", WHOLE),
)


def cost_unit(result: Mapping[str, Any]) -> tuple[str, Unit]:
    """Return the word for the unit of costs that suits all arms, and the unit."""
    costs = (abs(arm["cost_yen"]["value"] or 0) for arm in result["arms"].values())
    return unit_of(max(costs, default=0))


def unit_of(yen: float) -> tuple[str, Unit]:
    """Return the word for the unit that suits an amount of ``yen``, and the unit."""
    return next((key, unit) for least, key, unit in _COSTS if yen >= least)


def size(value: float) -> int:
    """Return the power of ten of the first digit, 0 for zero."""
    return math.floor(math.log10(abs(value))) if value else 0


def number(value: float, places: int = 0) -> str:
    """Return ``value`` rounded to ``places`` decimals, with thousands set apart, never ``-0``."""
    return f"{round(value, places) + 0.0:,.{places}f}"

"""The unit that costs are shown in: yen, thousands or millions, whichever suits all arms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_COSTS: Final = (
    (10_000_000, "report.cost.million", 1e-6),
    (1_000, "report.cost.thousand", 1e-3),
    (0, "report.cost.yen", 1.0),
)


def cost_unit(result: Mapping[str, Any]) -> tuple[str, float]:
    """Return the word for the unit and the factor from yen to it."""
    costs = (abs(arm["cost_yen"]["value"] or 0) for arm in result["arms"].values())
    return unit_of(max(costs, default=0))


def unit_of(yen: float) -> tuple[str, float]:
    """Return the word for the unit that suits an amount of ``yen``, and the factor to it."""
    return next((key, factor) for least, key, factor in _COSTS if yen >= least)

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
    most = max((abs(arm["cost_yen"]["value"] or 0) for arm in result["arms"].values()), default=0)
    return next((key, factor) for least, key, factor in _COSTS if most >= least)

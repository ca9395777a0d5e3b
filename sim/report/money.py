"""Money gone misdirected: a line an arm, with what each would have saved beside the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from sim.report.console import columns
from sim.report.names import named
from sim.report.units import WHOLE
from sim.words import say

_COLUMNS: Final = ("mispaid", "detected", "recovered", "saved")
_NAME: Final = 24


def misdirected(result: Mapping[str, Any]) -> bool:
    """Return whether money went misdirected in any arm."""
    return any(arm["money_yen"]["mispaid"]["value"] for arm in result["arms"].values())


def table(result: Mapping[str, Any], lang: str) -> RenderableType:
    """Return the mean yen of all cases of a replication: paid out wrongly, and what came of it."""
    sheet = columns()
    sheet.add_column(max_width=_NAME, overflow="fold")
    for name in _COLUMNS:
        sheet.add_column(Text(say(f"report.{name}", lang)), justify="right", overflow="fold")
    yen = {name: _yen(arm["money_yen"]) for name, arm in result["arms"].items()}
    first = next(iter(yen.values()))["mispaid"]
    for name, found in yen.items():
        cells = {**found, "saved": first - found["mispaid"]}
        label = named(result, "arms", name, lang)
        sheet.add_row(label, *(WHOLE.text(cells[column]) for column in _COLUMNS))
    return Group(Text(say("report.money_yen", lang), "bold"), sheet)


def _yen(money: Mapping[str, Mapping[str, float | None]]) -> dict[str, float]:
    return {name: estimate["value"] or 0.0 for name, estimate in money.items()}

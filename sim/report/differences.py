"""What changes from one arm to another: paired differences with intervals and p-values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.report.console import columns
from sim.report.estimate import probability, shown
from sim.report.names import named
from sim.report.units import A_CASE, DAYS, HOURS, PERCENT, Unit, cost_unit
from sim.words import say

_LABELS: Final = {
    "latency_days.mean": ("report.mean_days", DAYS),
    "latency_days.p50": ("report.p50_days", DAYS),
    "failure_rate": ("report.failure_points", PERCENT),
    "late_rate": ("report.late_points", PERCENT),
    "returns": ("report.returns", A_CASE),
    "effort_hours.applicant": ("report.applicant_hours", HOURS),
    "effort_hours.office": ("report.office_hours", HOURS),
}


def label(kpi: str, cost: tuple[str, Unit]) -> tuple[str | None, Unit]:
    """Return the word for a KPI that is compared, and the unit it is shown in."""
    return {**_LABELS, "cost_yen": cost}.get(kpi, (None, A_CASE))


_BESIDE: Final = 60
"""From this width on an interval has a column of its own."""

_CERTAIN: Final = 0.05
"""Holm's p from which nothing is claimed."""

_FALLS: Final = ("▼", "green")
_RISES: Final = ("▲", "red")
_UNSURE: Final = (" ", "")


def table(result: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    """Return the differences of ``result``, pair by pair; a mark where one is claimed.

    All figures compared are better when they are smaller: a fall is green, a rise red. Where
    ``width`` is small an interval stands below its difference.
    """
    beside = width >= _BESIDE
    sheet = columns()
    sheet.add_column(Text(say("report.differences", lang), "bold"), overflow="fold")
    for key in ("report.difference", *(["report.interval"] if beside else []), "report.p"):
        sheet.add_column(say(key, lang), justify="right", overflow="fold")
    for pair, rows in groupby(result["differences"], key=lambda row: (row["from"], row["to"])):
        start, end = (named(result, "arms", name, lang) for name in pair)
        if sheet.row_count:
            sheet.add_row()
        sheet.add_row(Text(say("report.pair", lang, start=start, end=end), "cyan"))
        for row in rows:
            sheet.add_row(*_cells(row, cost_unit(result), lang, beside=beside))
    return sheet


def _cells(
    row: Mapping[str, Any], cost: tuple[str, Unit], lang: str, *, beside: bool
) -> list[RenderableType]:
    key, unit = label(row["kpi"], cost)
    mark, style = sign(row)
    name = Text.assemble((mark, style), " ", say(key, lang) if key else row["kpi"])
    found = shown(row, lang, unit, change=True)
    value, interval = Text(found.value, style), Text(found.interval, "dim")
    numbers = [value, interval] if beside else [Text.assemble(value, "\n", interval)]
    return [Padding(name, (0, 0, 0, 2)), *numbers, probability(row["p"])]


def sign(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the mark of a difference and its style: none unless Holm's p is below 5 %."""
    if not row["value"] or row["p"] is None or row["p"] >= _CERTAIN:
        return _UNSURE
    return _FALLS if row["value"] < 0 else _RISES

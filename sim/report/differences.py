"""What changes from one arm to another: paired differences with intervals and p-values."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiment.result import PairedDifference, Result
from sim.kpi.metrics import METRICS
from sim.report.console import columns
from sim.report.rows import probability, shown, unit_of
from sim.stats import Difference
from sim.words import say

_BESIDE: Final = 60
"""From this width on an interval has a column of its own."""

_CERTAIN: Final = 0.05
"""Holm's p from which nothing is claimed."""

_FALLS: Final = ("▼", "green")
_RISES: Final = ("▲", "red")
_UNSURE: Final = (" ", "")


def table(result: Result, lang: str, width: int) -> RenderableType:
    """Return the differences of ``result``, pair by pair; a mark where one is claimed.

    All figures compared are better when they are smaller: a fall is green, a rise red. Where
    ``width`` is small an interval stands below its difference.
    """
    beside = width >= _BESIDE
    sheet = columns()
    sheet.add_column(Text(say("report.differences", lang), "bold"), overflow="fold")
    for key in ("report.difference", *(["report.interval"] if beside else []), "report.p"):
        sheet.add_column(say(key, lang), justify="right", overflow="fold")
    for pair, rows in groupby(result.differences, key=lambda row: (row.earlier, row.later)):
        start, end = (result.named("arms", name, lang) for name in pair)
        if sheet.row_count:
            sheet.add_row()
        sheet.add_row(Text(say("report.pair", lang, start=start, end=end), "cyan"))
        for row in rows:
            sheet.add_row(*_cells(row, result, lang, beside=beside))
    return sheet


def _cells(
    row: PairedDifference, result: Result, lang: str, *, beside: bool
) -> list[RenderableType]:
    metric = METRICS[row.kpi]
    unit = unit_of(metric, result)
    mark, style = sign(row.change)
    name = Text.assemble((mark, style), " ", metric.title(lang, unit, alone=True, apart=True))
    found = shown(row.change, lang, unit, change=True)
    value, interval = Text(found.value, style), Text(found.interval, "dim")
    numbers = [value, interval] if beside else [Text.assemble(value, "\n", interval)]
    return [Padding(name, (0, 0, 0, 2)), *numbers, probability(row.change.p)]


def sign(change: Difference) -> tuple[str, str]:
    """Return the mark of a difference and its style: none unless Holm's p is below 5 %."""
    if not change.value or not change.p < _CERTAIN:
        return _UNSURE
    return _FALLS if change.value < 0 else _RISES

"""The comparison of arms in full: figures side by side, bars of time, money, differences, notes.

MERGED: The figures of all arms side by side: one row a figure, one column an arm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import HEADINGS, METRICS, in_language
from sim.kpi.units import WHOLE
from sim.report import differences, requested
from sim.report.console import columns, shared_out
from sim.report.rows import Row, Shown, bars, rows
from sim.words import say, titled

_DIGEST: Final = 12
"""Digits of the digest shown: enough to tell runs apart by eye."""

_MONEY: Final = ("mispaid", "detected", "recovered")
_NAME: Final = 24


def page(result: Result, lang: str, width: int) -> RenderableType:
    """Return the result of a run as a page of ``width`` cells in ``lang``."""
    parts = [head(result, lang), Text(), table(result, lang, width)]
    parts += [Text(), bars(result, lang, width)]
    if any(_yen(arm)["mispaid"] for arm in result.arms.values()):
        parts += [Text(), _money(result, lang)]
    if result.differences:
        parts += [Text(), differences.table(result, lang, width)]
    for section in requested.sections(result, lang):
        parts += [Text(), sheet(section, result, lang, width)]
    return Group(*parts, Text(), _notes(result, lang))


def head(result: Result, lang: str) -> Text:
    """Return what stands above: what was run, the goal, the clock, and what failure is."""
    run = {name: getattr(result, name) for name in ("scenario", "replications", "seed", "engine")}
    goals = result.labels.get("goals", {})
    goal = say("report.and", lang).join(result.named("goals", name, lang) for name in goals)
    lines = (
        say("report.run", lang, digest=result.digest[:_DIGEST], **run),
        *((say("report.goal", lang, goal=goal),) if goal else ()),
        say("report.clock", lang),
        say("report.failure_is", lang),
    )
    name = titled(result.title, result.scenario, lang)
    return Text("\n").join([Text(name, "bold"), *(Text(line, "dim") for line in lines)])


def _money(result: Result, lang: str) -> RenderableType:
    """Return a line an arm, with what each would have saved beside the first."""
    sheet = columns()
    sheet.add_column(max_width=_NAME, overflow="fold")
    titles = [METRICS[f"money_yen.{name}"].title(lang) for name in _MONEY]
    for title in (*titles, say("report.saved", lang)):
        sheet.add_column(Text(title), justify="right", overflow="fold")
    yen = {name: _yen(arm) for name, arm in result.arms.items()}
    first = next(iter(yen.values()))["mispaid"]
    for name, found in yen.items():
        amounts = (*found.values(), first - found["mispaid"])
        sheet.add_row(result.named("arms", name, lang), *map(WHOLE.text, amounts))
    heading = in_language(HEADINGS["money_yen"], lang)
    return Group(Text(heading, "bold"), sheet)


def _yen(arm: ArmResult) -> dict[str, float]:
    """Return the mean yen of all cases of a replication: paid out wrongly, and what came of it."""
    found = {name: arm.figures[f"money_yen.{name}"].value for name in _MONEY}
    return {name: yen if math.isfinite(yen) else 0.0 for name, yen in found.items()}


def _notes(result: Result, lang: str) -> Text:
    rows = len(result.differences)
    keys = ["report.note.intervals"]
    keys += ["report.note.causes"] if any(arm.causes for arm in result.arms.values()) else []
    keys += ["report.note.transit"]
    keys += ["report.note.pools"] if result.pools else []
    keys += ["report.note.differences"] if rows else []
    keys += ["report.note.documents"] if any(a.documents for a in result.arms.values()) else []
    notes = (say(key, lang, replications=result.replications, rows=rows) for key in keys)
    return Text("\n".join(notes), "dim")


_GAP: Final = 2
_LABEL: Final = 18
"""Cells the labels keep where the arms want more than there is."""

_LONGEST_NAME: Final = 16
"""Longer names of arms are broken."""


def table(result: Result, lang: str, width: int) -> RenderableType:
    """Return the arms of ``result`` side by side, in blocks if ``width`` cells do not hold all.

    An interval stands beside its value, or below it where that saves a block.
    """
    return sheet(rows(result, lang), result, lang, width)


def sheet(shown: Sequence[Row], result: Result, lang: str, width: int) -> RenderableType:
    """Return some rows of figures under the names of the arms."""
    names = [result.named("arms", name, lang) for name in result.arms]
    beside, below = (_Sheet(shown, names, stacked=stacked) for stacked in (False, True))
    best = below if beside.fitting(width) < len(names) <= below.fitting(width) else beside
    return Group(*best.blocks(width))


@dataclass(frozen=True)
class _Sheet:
    """Lays out rows, the columns of all arms equally wide; ``stacked``: intervals below values."""

    rows: Sequence[Row]
    names: Sequence[str]
    stacked: bool

    def fitting(self, width: int) -> int:
        """Return how many arms fit side by side."""
        return max(1, (width - _LABEL) // (self._column() + _GAP))

    def blocks(self, width: int) -> Iterator[RenderableType]:
        """Give as few tables as ``width`` allows, the arms shared out evenly among them."""
        for arms in shared_out(len(self.names), self.fitting(width)):
            if arms.start:
                yield Text()
            yield self._table(arms)

    def _column(self) -> int:
        values, intervals = self._widths()
        cells = max(values, intervals) if self.stacked else values + 1 + intervals
        return max(cells, min(_LONGEST_NAME, max(map(cell_len, self.names))))

    def _widths(self) -> tuple[int, int]:
        cells = [cell for row in self.rows for cell in row.cells if cell is not None]
        values = [cell_len(cell.value) for cell in cells if cell.reached or self.stacked]
        return max(values, default=0), max((cell_len(cell.interval) for cell in cells), default=0)

    def _table(self, arms: range) -> RenderableType:
        sheet = columns()
        sheet.add_column(overflow="fold")
        for arm in arms:
            header = Text(self.names[arm], "bold cyan")
            sheet.add_column(header, width=self._column(), overflow="fold", justify="right")
        for row in self.rows:
            cells = [row.cells[arm] for arm in arms] if row.cells else []
            if not row.cells or any(cells):
                sheet.add_row(_label(row), *(self._cell(cell, row) for cell in cells))
        return sheet

    def _cell(self, cell: Shown | None, row: Row) -> Text:
        if cell is None:
            return Text()
        value, interval = Text(cell.value, "bold" if row.bold else ""), Text(cell.interval, "dim")
        if self.stacked:
            return Text("\n").join([value, interval])
        if cell.reached:
            interval.pad_right(self._widths()[1] - interval.cell_len)
        both = Text(" ").join([value, interval])
        return both if both.cell_len <= self._column() else value


def _label(row: Row) -> RenderableType:
    mark = f"{row.mark} " if row.mark else ""
    label = Text(mark + row.label, "bold" if row.bold else "")
    return Padding(label, (0, 0, 0, 2 * row.indent))

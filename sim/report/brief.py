"""The comparison of arms on one screen: what decides between them, and which of it is certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import Result
from sim.kpi.metrics import METRICS, Metric
from sim.kpi.units import WHOLE
from sim.report.comparison import head, sign
from sim.report.console import columns, shared_out
from sim.report.rows import Shown, happened, shown, unit_of
from sim.words import say

_GAP: Final = 2
_MARK: Final = 2
_NAME_LINES: Final = 2


@dataclass(frozen=True)
class _Cell:
    """A figure of an arm, and the mark of its difference from the first arm."""

    shown: Shown
    mark: tuple[str, str] = (" ", "")


_Arm = tuple[str, Sequence[_Cell]]
"""What an arm is called, and its cells."""


def page(result: Result, lang: str, width: int) -> RenderableType:
    """Return the essence of a result on a page of ``width`` cells in ``lang``."""
    top = head(result, lang)
    top.no_wrap, top.overflow = True, "ellipsis"
    note = "report.note.brief" if result.differences else "report.note.brief_alone"
    return Group(top, *_tables(result, lang, width), Text(say(note, lang), "dim"))


def _metrics(result: Result) -> list[Metric]:
    return [
        metric
        for metric in METRICS.values()
        if metric.screen is not None and (not metric.rare or happened(metric, result))
    ]


def _label(metric: Metric, result: Result, lang: str) -> str:
    indent = metric.screen or 0
    return " " * 2 * indent + metric.title(lang, unit_of(metric, result), alone=not indent)


def _tables(result: Result, lang: str, width: int) -> Iterator[RenderableType]:
    """Give as few tables as ``width`` allows; intervals show if all arms still fit into one."""
    lines = _metrics(result)
    labels = [say("report.cases", lang), *(_label(line, result, lang) for line in lines)]
    room = width - max(map(cell_len, labels))
    arms = [(result.named("arms", arm, lang), _cells(result, arm, lang)) for arm in result.arms]
    beside, alone = (_widths([cells for _, cells in arms], intervals=i) for i in (True, False))
    widths = beside if beside.fitting(room) >= len(arms) else alone
    for block in shared_out(len(arms), widths.fitting(room)):
        yield _table(labels, [arms[arm] for arm in block], widths, room)


def _table(
    labels: Sequence[str], arms: Sequence[_Arm], widths: _BriefWidths, room: int
) -> RenderableType:
    widest = max(widths.cells, *(cell_len(name) for name, _ in arms))
    column = min(room // len(arms) - _GAP, widest)
    sheet = columns()
    sheet.add_column(Text("", "bold"), no_wrap=True, width=max(map(cell_len, labels)))
    for name, _ in arms:
        header = Text(_folded(name, column), "bold cyan")
        sheet.add_column(header, width=column, justify="right", no_wrap=True)
    for row, label in enumerate(labels):
        sheet.add_row(label, *(widths.text(cells[row]) for _, cells in arms))
    return sheet


def _cells(result: Result, arm: str, lang: str) -> list[_Cell]:
    cases = _Cell(Shown(WHOLE.text(result.arms[arm].cases)))
    return [cases, *(_cell(result, arm, metric, lang) for metric in _metrics(result))]


def _cell(result: Result, arm: str, metric: Metric, lang: str) -> _Cell:
    pair = (next(iter(result.arms)), arm, metric.name)
    marks = (
        sign(row.change) for row in result.differences if (row.earlier, row.later, row.kpi) == pair
    )
    told = shown(result.arms[arm].figures[metric.name], lang, unit_of(metric, result))
    short = told if told.reached else replace(told, value=say("report.never", lang))
    return _Cell(short, *marks)


@dataclass(frozen=True)
class _BriefWidths:
    """Cells of the values of all arms and, if there is room, of the intervals beside them."""

    value: int
    interval: int

    @property
    def cells(self) -> int:
        """Cells of a column."""
        return self.value + (1 + self.interval if self.interval else 0) + _MARK

    def fitting(self, room: int) -> int:
        """Return how many columns ``room`` holds, at least one."""
        return max(1, room // (self.cells + _GAP))

    def text(self, cell: _Cell) -> Text:
        """Return a cell: value, interval and mark, each below those of the other rows."""
        shown, (mark, style) = cell.shown, cell.mark
        parts = [Text(shown.value)]
        if self.interval:
            interval = Text(shown.interval, "dim")
            if shown.reached:
                interval.pad_right(self.interval - interval.cell_len)
            parts.append(interval)
        return Text(" ").join([*parts, Text(mark, style)])


def _widths(arms: Iterable[Sequence[_Cell]], *, intervals: bool) -> _BriefWidths:
    """Return the widths that hold all cells of ``arms``."""
    every = [cell.shown for arm in arms for cell in arm]
    told = [one for one in every if one.reached or not intervals]
    value = max(cell_len(one.value) for one in told)
    return _BriefWidths(value, max(cell_len(one.interval) for one in every) if intervals else 0)


def _folded(name: str, cells: int) -> str:
    """Break a name into two lines of so many cells; what is longer is cut off."""
    lines: list[str] = []
    for word in name.split(" "):
        for part in chop_cells(word, cells):
            joined = f"{lines[-1]} {part}" if lines else part
            if lines and cell_len(joined) <= cells:
                lines[-1] = joined
            else:
                lines.append(part)
    if len(lines) > _NAME_LINES:
        lines[_NAME_LINES - 1] = set_cell_size(lines[_NAME_LINES - 1], cells - 1).rstrip() + "…"
    return "\n".join(lines[:_NAME_LINES])

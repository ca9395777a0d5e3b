"""The comparison of arms on one screen: what decides between them, and which of it is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import Result
from sim.kpi.metrics import METRICS, Metric
from sim.kpi.units import WHOLE
from sim.report.comparison import UNSURE, head, sign
from sim.report.console import columns, shared_out
from sim.report.rows import Shown, happened, shown, unit_of
from sim.words import say

_GAP: Final = 2
_MARK: Final = 2
_WORD_ENDS: Final = re.compile("(?<=[ ：・])")
_NAME_LINES: Final = 2
_HEIGHT: Final = 24
_AROUND: Final = 7
"""Lines of a page beside its rows and the names of arms: head, rule and note."""

_Cell = tuple[Shown, tuple[str, str]]
"""A figure of an arm; the mark of its difference from the first arm, and the style of that."""


def page(result: Result, lang: str, width: int) -> RenderableType:
    """Return the essence of a result on a page of ``width`` cells in ``lang``."""
    top = head(result, lang)
    top.no_wrap, top.overflow = True, "ellipsis"
    note = "report.note.brief" if result.differences else "report.note.brief_alone"
    return Group(top, *_tables(result, lang, width), Text(say(note, lang), "dim"))


def _tables(result: Result, lang: str, width: int) -> Iterator[RenderableType]:
    """Give as few tables as ``width`` allows; intervals show if all arms still fit into one."""
    first, *_ = result.arms
    names = [result.named("arms", arm, lang) for arm in result.arms]
    metrics, labels = _rows(result, lang)
    arms = [_cells(result, (first, arm), metrics, lang) for arm in result.arms]
    left = _HEIGHT - _AROUND - len(labels)
    yield from _sheets(labels, names, arms, width, max(_NAME_LINES, left))


def moved(
    result: Result, pairs: Iterable[tuple[str, str]], lang: str, width: int
) -> Iterator[RenderableType]:
    """Give a column for each pair of arms: what was, what is, and a mark where that is certain."""
    metrics, labels = _rows(result, lang)
    names, columns = [], []
    for earlier, later in pairs:
        both = (_cells(result, (earlier, arm), metrics, lang) for arm in (earlier, later))
        names.append(result.named("arms", later, lang))
        columns.append([_beside(*cells) for cells in zip(*both, strict=True)])
    yield from _sheets(labels, names, columns, width)


def _beside(before: _Cell, after: _Cell) -> _Cell:
    (one, _), (other, mark) = before, after
    text = other.value if one.value == other.value else f"{one.value} → {other.value}"
    return Shown(text), mark


def _rows(result: Result, lang: str) -> tuple[list[Metric], list[str]]:
    """Return the figures of the screen, and what the rows are called, the number of cases first."""
    metrics = [
        metric
        for metric in METRICS.values()
        if metric.screen is not None and (not metric.rare or happened(metric, result))
    ]
    labels = [say("report.cases", lang)]
    for metric in metrics:
        name = metric.title(lang, unit_of(metric, result), alone=not metric.screen)
        labels.append(" " * 2 * (metric.screen or 0) + name)
    return metrics, labels


def _sheets(
    labels: Sequence[str],
    names: Sequence[str],
    arms: Sequence[Sequence[_Cell]],
    width: int,
    lines: int = _NAME_LINES,
) -> Iterator[RenderableType]:
    room = width - max(map(cell_len, labels))
    beside, alone = (_widths(arms, intervals=intervals) for intervals in (True, False))
    widths = beside if beside.fitting(room) >= len(arms) else alone
    for block in shared_out(len(arms), widths.fitting(room)):
        here = slice(block.start, block.stop)
        column = _column(names[here], widths, room)
        headers = [_folded(name, column, lines) for name in names[here]]
        yield _table(labels, headers, arms[here], widths, column)


def _column(names: Sequence[str], widths: _Widths, room: int) -> int:
    """Return the cells of a column, as wide as the widest name if there is room."""
    return min(room // len(names) - _GAP, max(widths.cells, *map(cell_len, names)))


def _table(
    labels: Sequence[str],
    headers: Sequence[str],
    arms: Sequence[Sequence[_Cell]],
    widths: _Widths,
    column: int,
) -> RenderableType:
    sheet = columns()
    sheet.add_column(Text("", "bold"), no_wrap=True, width=max(map(cell_len, labels)))
    for header in headers:
        told = Text(header, "bold cyan")
        sheet.add_column(told, width=column, justify="right", no_wrap=True)
    for label, *cells in zip(labels, *arms, strict=True):
        sheet.add_row(label, *(widths.text(*cell) for cell in cells))
    return sheet


def _cells(
    result: Result, pair: tuple[str, str], metrics: Iterable[Metric], lang: str
) -> list[_Cell]:
    _, arm = pair
    marks = {
        row.kpi: sign(row.change) for row in result.differences if (row.earlier, row.later) == pair
    }
    cells = [(Shown(WHOLE.text(result.arms[arm].cases)), UNSURE)]
    for metric in metrics:
        told = shown(result.arms[arm].figures[metric.name], lang, unit_of(metric, result))
        short = told if told.reached else replace(told, value=say("report.never", lang))
        cells.append((short, marks.get(metric.name, UNSURE)))
    return cells


@dataclass(frozen=True)
class _Widths:
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

    def text(self, figure: Shown, mark: tuple[str, str]) -> Text:
        """Return a cell: value, interval and mark, each below those of the other rows."""
        told = figure.text(self.interval) if self.interval else Text(figure.value)
        return Text(" ").join([told, Text(*mark)])


def _widths(arms: Iterable[Sequence[_Cell]], *, intervals: bool) -> _Widths:
    """Return the widths that hold all cells of ``arms``."""
    every = [figure for arm in arms for figure, _ in arm]
    value = max(cell_len(one.value) for one in every if one.reached or not intervals)
    return _Widths(value, max(cell_len(one.interval) for one in every) if intervals else 0)


def _folded(name: str, cells: int, most: int) -> str:
    """Break a name into lines of so many cells; what is longer than ``most`` lines is cut off."""
    lines: list[str] = []
    for word in _WORD_ENDS.split(name):
        for part in chop_cells(word, cells) if cell_len(word.rstrip()) > cells else [word]:
            joined = f"{lines[-1]}{part}" if lines else part
            if lines and cell_len(joined.rstrip()) <= cells:
                lines[-1] = joined
            else:
                lines.append(part)
    lines = [line.rstrip() for line in lines]
    if len(lines) > most:
        lines[most - 1] = set_cell_size(lines[most - 1], cells - 1).rstrip() + "…"
    return "\n".join(lines[:most])

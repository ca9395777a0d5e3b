"""The comparison of arms in full: figures side by side, bars of time, money, differences, notes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from typing import Final

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiment.result import ArmResult, PairedDifference, Result
from sim.kpi.metrics import HEADINGS, METRICS, TIMES, in_language
from sim.kpi.units import DAYS, WHOLE
from sim.report.console import apart, columns, shared_out
from sim.report.rows import MARKS, Row, Shown, happened, probability, rows, sections, shown, unit_of
from sim.stats import Difference
from sim.words import say, titled

_DIGEST: Final = 12
"""Digits of the digest shown: enough to tell runs apart by eye."""

_NAME: Final = 24
"""Cells that the name of an arm takes at most where its figures stand beside it."""


def page(result: Result, lang: str, width: int) -> RenderableType:
    """Return the result of a run as a page of ``width`` cells in ``lang``."""
    parts = [
        head(result, lang),
        sheet(rows(result, lang), result, lang, width),
        bars(result, lang, width),
    ]
    if any(arm.figures["money_yen.mispaid"].value > 0 for arm in result.arms.values()):
        parts.append(_money(result, lang))
    if result.differences:
        parts.append(differences(result, lang, width))
    parts += [sheet(section, result, lang, width) for section in sections(result, lang)]
    return apart(*parts, _notes(result, lang))


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


def _notes(result: Result, lang: str) -> Text:
    arms, rows_shown = result.arms.values(), len(result.differences)
    told = {
        "intervals": True,
        "causes": any(arm.causes for arm in arms),
        "transit": True,
        "pools": bool(result.pools),
        "differences": rows_shown > 0,
        "documents": any(arm.documents for arm in arms),
    }
    run = {"replications": result.replications, "rows": rows_shown}
    notes = [say(f"report.note.{key}", lang, **run) for key, holds in told.items() if holds]
    return Text("\n".join(notes), "dim")


# -- figures side by side --------------------------------------------------------------------------

_GAP: Final = 2
_LABEL: Final = 18
"""Cells the labels keep where the arms want more than there is."""

_LONGEST_NAME: Final = 16
"""Longer names of arms are broken."""


def sheet(shown: Sequence[Row], result: Result, lang: str, width: int) -> RenderableType:
    """Return rows of figures, the arms side by side, in blocks if ``width`` does not hold all.

    An interval stands beside its value, or below it where that saves a block.
    """
    names = [result.named("arms", name, lang) for name in result.arms]
    beside, below = (_Sheet(shown, names, stacked=stacked) for stacked in (False, True))
    best = below if beside.fitting(width) < len(names) <= below.fitting(width) else beside
    return apart(*map(best.table, shared_out(len(names), best.fitting(width))))


@dataclass(frozen=True)
class _Sheet:
    """Lays out rows, the columns of all arms equally wide; ``stacked``: intervals below values."""

    rows: Sequence[Row]
    names: Sequence[str]
    stacked: bool

    @cached_property
    def _interval(self) -> int:
        """Cells of the widest interval."""
        cells = chain.from_iterable(row.cells for row in self.rows)
        return max((cell_len(cell.interval) for cell in cells if cell), default=0)

    @cached_property
    def _column(self) -> int:
        """Cells of an arm."""
        cells = [cell for row in self.rows for cell in row.cells if cell]
        told = (cell_len(cell.value) for cell in cells if cell.reached or self.stacked)
        value, interval = max(told, default=0), self._interval
        both = max(value, interval) if self.stacked else value + 1 + interval
        return max(both, min(_LONGEST_NAME, max(map(cell_len, self.names))))

    def fitting(self, width: int) -> int:
        """Return how many arms fit side by side."""
        return max(1, (width - _LABEL) // (self._column + _GAP))

    def table(self, arms: range) -> RenderableType:
        """Return the columns of some arms, without rows that none of them has."""
        sheet = columns()
        sheet.add_column(overflow="fold")
        for arm in arms:
            header = Text(self.names[arm], "bold cyan")
            sheet.add_column(header, width=self._column, overflow="fold", justify="right")
        for row in self.rows:
            cells = [row.cells[arm] for arm in arms] if row.cells else []
            if not row.cells or any(cells):
                sheet.add_row(_label(row), *(self._cell(cell, row) for cell in cells))
        return sheet

    def _cell(self, cell: Shown | None, row: Row) -> Text:
        if cell is None:
            return Text()
        style = "bold" if row.bold else ""
        value = Text(cell.value, style)
        if self.stacked:
            return Text("\n").join([value, Text(cell.interval, "dim")])
        both = cell.text(self._interval, style)
        return both if both.cell_len <= self._column else value


def _label(row: Row) -> RenderableType:
    mark = f"{row.mark} " if row.mark else ""
    label = Text(mark + row.label, "bold" if row.bold else "")
    return Padding(label, (0, 0, 0, 2 * row.indent))


# -- time and money --------------------------------------------------------------------------------

_COLOURS: Final = ("green", "red", "blue", "yellow", "magenta", "bright_blue", "cyan")
_SHADES: Final = tuple(zip(MARKS.values(), _COLOURS, strict=True))
_TOTAL: Final = 7
_SHORTEST: Final = 8
_MONEY: Final = ("mispaid", "detected", "recovered")


def bars(result: Result, lang: str, width: int) -> RenderableType:
    """Return where the time went: a bar an arm, all on one scale, and the key of their shades.

    The longest is as long as ``width`` cells allow.
    """
    names = {name: result.named("arms", name, lang) for name in result.arms}
    days = {name: _known(arm, MARKS) for name, arm in result.arms.items()}
    label = min(_NAME, width // 3, max(map(cell_len, names.values())))
    longest = max(_SHORTEST, width - label - _TOTAL - 4)
    most = max(map(sum, days.values()))
    sheet = columns(header=False)
    sheet.add_column(width=label, overflow="fold")
    sheet.add_column(justify="right", width=_TOTAL)
    sheet.add_column(overflow="crop", no_wrap=True)
    for name, parts in days.items():
        bar = _bar(parts, longest / most if most else 0)
        sheet.add_row(Text(names[name]), DAYS.text(sum(parts)), bar)
    told = zip(TIMES, _SHADES, strict=True)
    key = [
        Text.assemble(shade, f" {part.title(lang)}")
        for part, shade in told
        if not part.rare or happened(part, result)
    ]
    heading = Text(say("report.bars", lang), "bold")
    return Group(heading, sheet, Columns(key, padding=(0, 2, 0, 0)))


def _bar(days: Sequence[float], cells_a_day: float) -> Text:
    """Draw parts next to each other; each ends at the cell its running total rounds to."""
    bar, total, drawn = Text(), 0.0, 0
    for (mark, colour), some in zip(_SHADES, days, strict=True):
        total += some
        end = round(total * cells_a_day)
        bar.append(mark * (end - drawn), colour)
        drawn = end
    return bar


def _money(result: Result, lang: str) -> RenderableType:
    """Return the mean yen of a replication, with what each arm would have saved beside the first.

    Of all its cases: paid out wrongly, and what came of it.
    """
    names = [f"money_yen.{name}" for name in _MONEY]
    sheet = columns()
    sheet.add_column(max_width=_NAME, overflow="fold")
    titles = [METRICS[name].title(lang) for name in names]
    for title in (*titles, say("report.saved", lang)):
        sheet.add_column(Text(title), justify="right", overflow="fold")
    yen = {name: _known(arm, names) for name, arm in result.arms.items()}
    first, *_ = next(iter(yen.values()))
    for name, found in yen.items():
        amounts = (*found, first - found[0])
        sheet.add_row(result.named("arms", name, lang), *map(WHOLE.text, amounts))
    return Group(Text(in_language(HEADINGS["money_yen"], lang), "bold"), sheet)


def _known(arm: ArmResult, names: Iterable[str]) -> list[float]:
    """Return some figures of an arm, nought for what is not known."""
    found = [arm.figures[name].value for name in names]
    return [value if math.isfinite(value) else 0.0 for value in found]


# -- differences -----------------------------------------------------------------------------------

_BESIDE: Final = 60
"""From this width on an interval has a column of its own."""

_CERTAIN: Final = 0.05
"""Holm's p from which nothing is claimed."""

_FALLS: Final = ("▼", "green")
_RISES: Final = ("▲", "red")
UNSURE: Final = (" ", "")


def differences(result: Result, lang: str, width: int) -> RenderableType:
    """Return the differences of ``result``, pair by pair; a mark where one is claimed.

    All figures compared are better when they are smaller: a fall is green, a rise red. Where
    ``width`` is small an interval stands below its difference.
    """
    beside = width >= _BESIDE
    sheet = columns()
    sheet.add_column(Text(say("report.differences", lang), "bold"), overflow="fold")
    for key in ("report.difference", *(["report.interval"] if beside else []), "report.p"):
        sheet.add_column(say(key, lang), justify="right", overflow="fold")
    for pair, changes in groupby(result.differences, key=lambda row: (row.earlier, row.later)):
        start, end = (result.named("arms", name, lang) for name in pair)
        if sheet.row_count:
            sheet.add_row()
        sheet.add_row(Text(say("report.pair", lang, start=start, end=end), "cyan"))
        for row in changes:
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
        return UNSURE
    return _FALLS if change.value < 0 else _RISES

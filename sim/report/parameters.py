"""Where each number comes from: assumptions first, then sourced ones, then the sources.

MERGED: Which assumptions matter: numbers in order of what their range does to a difference of arms.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import Ranking
from sim.kpi.metrics import METRICS
from sim.kpi.units import Unit
from sim.report.console import columns
from sim.report.rows import shown
from sim.words import say, titled

if TYPE_CHECKING:
    from sim.study.parameters import Parameter

_CONFIDENCE: Final = ("A", "A*", "B", "C", None)
_PATH: Final = 24
"""Where fewer cells are left for paths, all else stands below them."""

_VALUE: Final = 18
_RANGE: Final = 16
_SOURCE: Final = 12


def page(figures: Sequence[Parameter], lang: str, width: int) -> RenderableType:
    """Return all ``figures`` as a list: what is assumed first, by file, with counts at the end."""
    if not figures:
        return Text(say("report.no_figures", lang))
    assumed = [figure for figure in figures if figure.assumption]
    sourced = [figure for figure in figures if not figure.assumption]
    parts: list[RenderableType] = []
    for key, some in (("report.assumptions", assumed), ("report.sourced", sourced)):
        if some:
            heading = say(key, lang, count=len(some), all=len(figures))
            parts += [Text(heading, "bold"), _table(some, _widths(figures, width), lang), Text()]
    return Group(*parts, *_sources(figures, lang), *_counts(figures, lang))


@dataclass(frozen=True)
class _Widths:
    """Cells of each column, the same in all tables; all in one column where little room is."""

    line: int
    path: int
    value: int
    range: int
    source: int
    beside: bool


def _widths(figures: Sequence[Parameter], width: int) -> _Widths:
    line = max(len(str(figure.line)) for figure in figures)
    value = _column((figure.value for figure in figures), _VALUE)
    span = _column((figure.range or "" for figure in figures), _RANGE)
    source = _column(map(_origin, figures), _SOURCE)
    path = width - line - value - span - source - 4 * 2
    beside = path >= _PATH
    return _Widths(line, path if beside else width - line - 2, value, span, source, beside)


def _table(figures: Iterable[Parameter], widths: _Widths, lang: str) -> RenderableType:
    sheet = columns(header=widths.beside)
    sheet.add_column("", width=widths.line, justify="right", style="dim", no_wrap=True)
    for field in ("path", "value", "range", "source") if widths.beside else ("path",):
        header = say(f"report.{field}", lang)
        sheet.add_column(header, width=getattr(widths, field), overflow="fold")
    ordered = sorted(figures, key=lambda figure: (figure.file, figure.line))
    for file, some in groupby(ordered, key=lambda figure: figure.file):
        if sheet.row_count:
            sheet.add_row()
        sheet.add_row("", Text(file, "cyan"))
        for figure in some:
            name = folded(figure.path, widths.path)
            cells = [name, figure.value, figure.range or "", _origin(figure)]
            below = "\n  ".join(cell for cell in cells if cell)
            sheet.add_row(str(figure.line), *(cells if widths.beside else [below]))
    return sheet


def _column(texts: Iterable[str], most: int) -> int:
    return min(most, max(map(cell_len, texts), default=0))


def _origin(figure: Parameter) -> str:
    return " ".join(part for part in (figure.source, figure.confidence) if part)


def folded(path: str, cells: int) -> str:
    """Break a dotted ``path`` before dots so that its lines take at most ``cells``, if they can."""
    first, *rest = path.split(".")
    lines = [first]
    for part in rest:
        if cell_len(lines[-1]) + 1 + cell_len(part) > cells:
            lines.append(" ")
        lines[-1] += f".{part}"
    return "\n".join(lines)


def _sources(figures: Iterable[Parameter], lang: str) -> Iterator[RenderableType]:
    used = {figure.source: figure for figure in figures if figure.source}
    if not used:
        return
    yield Text(say("report.sources", lang), "bold")
    sheet = columns(header=False)
    sheet.add_column(no_wrap=True)
    sheet.add_column(no_wrap=True)
    sheet.add_column(overflow="fold")
    for source, figure in sorted(used.items()):
        sheet.add_row(f"  {source}", figure.confidence or "", figure.note or "")
    yield sheet
    yield Text()


def _counts(figures: Iterable[Parameter], lang: str) -> Iterator[RenderableType]:
    counts = Counter(figure.confidence for figure in figures)
    yield Text(say("report.confidence", lang), "bold")
    sheet = columns(header=False)
    for confidence in (one for one in _CONFIDENCE if counts[one]):
        name = say(f"report.confidence.{confidence}", lang)
        sheet.add_row(f"  {confidence or '-'}", f"{counts[confidence]:>5}", name)
    yield sheet


_NUMBER: Final = 9
"""Cells of each column of figures."""

_BETWEEN: Final = 2


def ranking_page(ranking: Ranking, lang: str, width: int) -> RenderableType:
    """Return a ranking of assumptions as a page of ``width`` cells in ``lang``."""
    return Group(
        _head(ranking, lang), Text(), _ranked(ranking, lang, width), Text(), _note(ranking, lang)
    )


def _unit(ranking: Ranking) -> Unit:
    """Return the unit that suits the differences at all ends."""
    ends = (abs(end) for row in ranking.rows for end in (row.low, row.high))
    return METRICS[ranking.kpi].unit.suiting(max(filter(math.isfinite, ends), default=0))


def _head(ranking: Ranking, lang: str) -> Text:
    unit, arms = _unit(ranking), ranking.labels["arms"]
    start, end = (titled(arms.get(arm), arm, lang) for arm in (ranking.start, ranking.end))
    base = shown(ranking.difference, lang, unit, change=True)
    interval = f" ({base.interval})" if base.interval else ""
    told = {
        "kpi": METRICS[ranking.kpi].title(lang, unit, alone=True, apart=True),
        "pair": say("report.pair", lang, start=start, end=end),
        "value": base.value + interval,
    }
    run = {n: getattr(ranking, n) for n in ("scenario", "cases", "replications", "seed")}
    name = titled(ranking.title, ranking.scenario, lang)
    lines = ((name, "bold"), (say("report.sweep", lang, **run), "dim"))
    as_is = say("report.as_is", lang, **told)
    return Text.assemble(*(part for line in lines for part in (line, "\n")), as_is)


def _ranked(ranking: Ranking, lang: str, width: int) -> RenderableType:
    path = width - 3 * (_NUMBER + _BETWEEN) - _BETWEEN - 1
    sheet = columns()
    sheet.add_column("", width=1)
    sheet.add_column(say("report.path", lang), width=path, overflow="fold")
    for key in ("report.at_low", "report.at_high", "report.spread"):
        sheet.add_column(say(key, lang), width=_NUMBER, justify="right")
    unit = _unit(ranking)
    for row in ranking.rows:
        where = Text(folded(row.path, path))
        origin = f" {row.source}" if row.source else ""
        where.append(f"\n  {row.value} [{' – '.join(row.range)}]{origin}", "dim")
        cells = (_cell(value, unit, lang) for value in (row.low, row.high, row.spread))
        sheet.add_row("●" if row.certain else "", where, *cells)
    return sheet


def _cell(value: float, unit: Unit, lang: str) -> str:
    return unit.text(value) if math.isfinite(value) else say("report.not_reached", lang)


def _note(ranking: Ranking, lang: str) -> Text:
    counts = {name: getattr(ranking, name) for name in ("numbers", "idle", "invalid")}
    return Text(say("report.note.sweep", lang, **counts), "dim")

"""The numbers of a scenario: where each comes from, and which assumptions matter most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.experiment.result import Ranking
from sim.kpi.metrics import METRICS
from sim.kpi.units import Unit
from sim.report.console import apart, columns
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
    widths = _widths(figures, width)
    parts: list[RenderableType] = []
    for key, some in (("report.assumptions", assumed), ("report.sourced", sourced)):
        if some:
            heading = say(key, lang, count=len(some), all=len(figures))
            parts.append(Group(Text(heading, "bold"), _table(some, widths, lang)))
    sources = {figure.source: figure for figure in figures if figure.source}
    if sources:
        parts.append(_sources(sources, lang))
    return apart(*parts, _counts(figures, lang))


def _widths(figures: Sequence[Parameter], width: int) -> dict[str, int]:
    """Return the cells of each column, the same in all tables; one column where little room is."""
    line = max(len(str(figure.line)) for figure in figures)
    others = {
        "value": _column((figure.value for figure in figures), _VALUE),
        "range": _column((figure.range or "" for figure in figures), _RANGE),
        "source": _column(map(_origin, figures), _SOURCE),
    }
    path = width - line - sum(others.values()) - 4 * 2
    if path < _PATH:
        return {"line": line, "path": width - line - 2}
    return {"line": line, "path": path, **others}


def _table(figures: Iterable[Parameter], widths: Mapping[str, int], lang: str) -> RenderableType:
    beside = "value" in widths
    ordered = sorted(figures, key=lambda figure: (figure.file, figure.line))
    files = groupby(ordered, key=lambda figure: figure.file)
    heads: list[RenderableType] = [_sheet(widths, lang, header=True)] if beside else []
    for file, some in files:  # its name may be as long as a line
        sheet = _sheet(widths, lang, header=False)
        for figure in some:
            name = folded(figure.path, widths["path"])
            told = [name, figure.value, figure.range or "", _origin(figure)]
            if figure.used:
                told[0] += "\n  " + say("report.used_by", lang, steps=", ".join(figure.used))
            below = "\n  ".join(filter(None, told))
            sheet.add_row(str(figure.line), *(told if beside else [below]))
        title = Text(" " * (widths["line"] + 2) + file, "cyan", overflow="fold")
        heads += [*([Text()] if len(heads) > beside else []), title, sheet]
    return Group(*heads)


def _sheet(widths: Mapping[str, int], lang: str, *, header: bool) -> Table:
    sheet = columns(header=header)
    for field, cells in widths.items():
        if field == "line":
            sheet.add_column("", width=cells, justify="right", style="dim", no_wrap=True)
        else:
            sheet.add_column(say(f"report.{field}", lang), width=cells, overflow="fold")
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


def _sources(used: Mapping[str, Parameter], lang: str) -> RenderableType:
    sheet = columns(header=False)
    sheet.add_column(no_wrap=True)
    sheet.add_column(no_wrap=True)
    sheet.add_column(overflow="fold")
    for source, figure in sorted(used.items()):
        sheet.add_row(f"  {source}", figure.confidence or "", figure.note or "")
    return Group(Text(say("report.sources", lang), "bold"), sheet)


def _counts(figures: Iterable[Parameter], lang: str) -> RenderableType:
    counts = Counter(figure.confidence for figure in figures)
    sheet = columns(header=False)
    for confidence in (one for one in _CONFIDENCE if counts[one]):
        name = say(f"report.confidence.{confidence}", lang)
        sheet.add_row(f"  {confidence or '-'}", f"{counts[confidence]:>5}", name)
    return Group(Text(say("report.confidence", lang), "bold"), sheet)


# -- which of them matter --------------------------------------------------------------------------

_NUMBER: Final = 9
"""Cells of each column of figures."""

_BETWEEN: Final = 2


def ranking_page(ranking: Ranking, lang: str, width: int) -> RenderableType:
    """Return a ranking of assumptions as a page of ``width`` cells in ``lang``."""
    ends = (abs(end) for row in ranking.rows for end in (row.low, row.high))
    unit = METRICS[ranking.kpi].unit.suiting(max(filter(math.isfinite, ends), default=0))
    counts = {name: getattr(ranking, name) for name in ("numbers", "idle", "invalid")}
    note = Text(say("report.note.sweep", lang, **counts), "dim")
    return apart(_head(ranking, unit, lang), _ranked(ranking, unit, lang, width), note)


def _head(ranking: Ranking, unit: Unit, lang: str) -> Text:
    arms = ranking.labels["arms"]
    start, end = (titled(arms.get(arm), arm, lang) for arm in (ranking.start, ranking.end))
    base = shown(ranking.difference, lang, unit, change=True)
    interval = f" ({base.interval})" if base.interval else ""
    as_is = say(
        "report.as_is",
        lang,
        kpi=METRICS[ranking.kpi].title(lang, unit, alone=True, apart=True),
        pair=say("report.pair", lang, start=start, end=end),
        value=base.value + interval,
    )
    run = {n: getattr(ranking, n) for n in ("scenario", "cases", "replications", "seed")}
    name = Text(titled(ranking.title, ranking.scenario, lang), "bold")
    return Text("\n").join([name, Text(say("report.sweep", lang, **run), "dim"), Text(as_is)])


def _ranked(ranking: Ranking, unit: Unit, lang: str, width: int) -> RenderableType:
    path = width - 3 * (_NUMBER + _BETWEEN) - _BETWEEN - 1
    sheet = columns()
    sheet.add_column("", width=1)
    sheet.add_column(say("report.path", lang), width=path, overflow="fold")
    for key in ("report.at_low", "report.at_high", "report.spread"):
        sheet.add_column(say(key, lang), width=_NUMBER, justify="right")
    never = say("report.not_reached", lang)
    for row in ranking.rows:
        where = Text(folded(row.path, path))
        origin = f" {row.source}" if row.source else ""
        where.append(f"\n  {row.value} [{' – '.join(row.range)}]{origin}", "dim")
        numbers = (row.low, row.high, row.spread)
        cells = (unit.text(one) if math.isfinite(one) else never for one in numbers)
        sheet.add_row("●" if row.certain else "", where, *cells)
    return sheet

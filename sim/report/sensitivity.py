"""Which assumptions matter: numbers in order of what their range does to a difference of arms."""

from __future__ import annotations

import math
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import Ranking
from sim.kpi.metrics import METRICS
from sim.kpi.units import Unit
from sim.report.console import columns
from sim.report.estimate import shown
from sim.report.parameters import folded
from sim.words import say, titled

_NUMBER: Final = 9
"""Cells of each column of figures."""

_BETWEEN: Final = 2


def page(ranking: Ranking, lang: str, width: int) -> RenderableType:
    """Return a ranking of assumptions as a page of ``width`` cells in ``lang``."""
    return Group(
        _head(ranking, lang), Text(), _table(ranking, lang, width), Text(), _note(ranking, lang)
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


def _table(ranking: Ranking, lang: str, width: int) -> RenderableType:
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

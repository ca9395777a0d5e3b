"""Which assumptions matter: numbers in order of what their range does to a difference of arms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from sim.kpi.metrics import METRICS
from sim.kpi.units import Unit
from sim.report.console import columns
from sim.report.estimate import shown
from sim.report.parameters import folded
from sim.stats import Estimate
from sim.words import say, titled

_NUMBER: Final = 9
"""Cells of each column of figures."""

_BETWEEN: Final = 2


def page(result: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    """Return a ranking of assumptions as a page of ``width`` cells in ``lang``."""
    return Group(
        _head(result, lang), Text(), _table(result, lang, width), Text(), _note(result, lang)
    )


def _unit(result: Mapping[str, Any]) -> Unit:
    ends = [abs(row[end] or 0) for row in result["rows"] for end in ("low", "high")]
    return METRICS[result["kpi"]].unit.suiting(max(ends, default=0))


def _head(result: Mapping[str, Any], lang: str) -> Text:
    unit, metric = _unit(result), METRICS[result["kpi"]]
    arms = result["labels"]["arms"]
    start, end = (titled(arms.get(result[arm]), result[arm], lang) for arm in ("from", "to"))
    known = {name: math.nan if v is None else v for name, v in result["difference"].items()}
    base = shown(Estimate(**known), lang, unit, change=True)
    interval = f" ({base.interval})" if base.interval else ""
    told = {
        "kpi": metric.title(lang, unit, alone=True, apart=True),
        "pair": say("report.pair", lang, start=start, end=end),
        "value": base.value + interval,
    }
    run = {name: result[name] for name in ("scenario", "cases", "replications", "seed")}
    name = titled(result["title"], result["scenario"], lang)
    lines = ((name, "bold"), (say("report.sweep", lang, **run), "dim"))
    return Text.assemble(*(part for line in lines for part in (line, "\n")), _as_is(told, lang))


def _as_is(told: Mapping[str, str], lang: str) -> str:
    return say("report.as_is", lang, **told)


def _table(result: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    path = width - 3 * (_NUMBER + _BETWEEN) - _BETWEEN - 1
    sheet = columns()
    sheet.add_column("", width=1)
    sheet.add_column(say("report.path", lang), width=path, overflow="fold")
    for key in ("report.at_low", "report.at_high", "report.spread"):
        sheet.add_column(say(key, lang), width=_NUMBER, justify="right")
    unit = _unit(result)
    for row in result["rows"]:
        where = Text(folded(row["path"], path))
        bounds = " – ".join(row["range"])
        origin = f" {row['source']}" if row["source"] else ""
        where.append(f"\n  {row['value']} [{bounds}]{origin}", "dim")
        cells = (_cell(row[key], unit, lang) for key in ("low", "high", "spread"))
        sheet.add_row("●" if row["certain"] else "", where, *cells)
    return sheet


def _cell(value: float | None, unit: Unit, lang: str) -> str:
    if value is None:
        return say("report.not_reached", lang)
    return unit.text(value)


def _note(result: Mapping[str, Any], lang: str) -> Text:
    counts = {name: result[name] for name in ("numbers", "idle", "invalid")}
    return Text(say("report.note.sweep", lang, **counts), "dim")

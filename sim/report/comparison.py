"""The comparison of arms in full: figures side by side, bars of time, money, differences, notes."""

from __future__ import annotations

import math
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import HEADINGS, METRICS, in_language
from sim.kpi.units import WHOLE
from sim.report import arms, differences, requested, times
from sim.report.console import columns
from sim.words import say, titled

_DIGEST: Final = 12
"""Digits of the digest shown: enough to tell runs apart by eye."""

_MONEY: Final = ("mispaid", "detected", "recovered")
_NAME: Final = 24


def page(result: Result, lang: str, width: int) -> RenderableType:
    """Return the result of a run as a page of ``width`` cells in ``lang``."""
    parts = [head(result, lang), Text(), arms.table(result, lang, width)]
    parts += [Text(), times.bars(result, lang, width)]
    if any(_yen(arm)["mispaid"] for arm in result.arms.values()):
        parts += [Text(), _money(result, lang)]
    if result.differences:
        parts += [Text(), differences.table(result, lang, width)]
    for section in requested.sections(result, lang):
        parts += [Text(), arms.sheet(section, result, lang, width)]
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

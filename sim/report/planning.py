"""A plan for people: the steps in order, who does them, and the documents still to be got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.errors import shortened
from sim.kpi.units import Unit
from sim.report.console import apart, columns
from sim.words import say, titled

if TYPE_CHECKING:
    from sim.graph.chain import Plan, PlanStep

_CRITICAL: Final = ("●", "red")
_GATE: Final = ("◆", "yellow")
_NOTHING: Final = (" ", "")
_BESIDE: Final = 60
"""From this width on actors have a column of their own."""

_UNITS: Final = ((2 * 24 * 60, "report.days", 24 * 60), (90, "report.hours", 60))
"""From so many minutes on another unit is used: its word, its minutes."""


def page(plan: Plan, lang: str, width: int, heard: str | None = None) -> RenderableType:
    """Return ``plan`` as a table of its steps, and its lists of gates, path and documents.

    Steps are told procedure by procedure; those with the number of one stage may go on at the same
    time. ``heard``: the order that the goal was understood from.
    """
    goal = _documents(plan, plan.goal, lang).plain
    critical, gate = say("report.critical", lang), say("report.gate", lang)
    marks = Text.assemble(_CRITICAL, (f" {critical}   ", "dim"), _GATE, (f" {gate}", "dim"))
    parts: list[RenderableType] = [_head(plan, goal, lang), _steps(plan, lang, width), marks]
    if heard is not None:
        order = shortened(heard)
        parts.insert(0, Text(say("report.understood", lang, order=order, goal=goal)))
    gates = [step for step in plan.steps if step.gate]
    path = [step for step in plan.steps if step.critical]
    lists = {
        "gates": _titles(gates, say("report.and", lang), lang),
        "path_of": _titles(path, " → ", lang),
        "have": _documents(plan, plan.have, lang),
        "missing": _documents(plan, plan.missing, lang),
    }
    below: list[RenderableType] = []
    for key, text in lists.items():
        below += [Text(say(f"report.{key}", lang), "bold"), Padding(text, (0, 0, 0, 2))]
    return apart(*parts, Group(*below))


def duration(minutes: float, lang: str) -> str:
    """Return ``minutes`` in the unit that suits their size, with a decimal if it says something."""
    key, unit = next(
        ((key, unit) for least, key, unit in _UNITS if minutes >= least), ("report.minutes", 1)
    )
    amount = Unit(int(unit > 1)).text(minutes / unit)
    return say(key, lang, amount=amount.removesuffix(".0"))


def _titles(steps: Sequence[PlanStep], between: str, lang: str) -> Text:
    """Return the titles of steps in order, or that there are none."""
    shown = between.join(titled(step.title, step.name, lang) for step in steps)
    return Text(shown or say("report.none", lang))


def _head(plan: Plan, goal: str, lang: str) -> Text:
    head = Text.assemble((say("report.plan", lang, goal=goal), "bold"), "\n")
    told = [say(f"report.channel.{plan.channel}", lang)]
    told.append(say("report.step_count", lang, count=len(plan.steps)))
    if plan.minutes is not None:
        told.append(say("report.critical_path", lang, time=duration(plan.minutes, lang)))
    return head.append(" | ".join(told), "dim")


def _steps(plan: Plan, lang: str, width: int) -> RenderableType:
    beside = width >= _BESIDE
    sheet = columns()
    sheet.add_column("", justify="right", style="dim", no_wrap=True)
    sheet.add_column("", no_wrap=True)
    for field in ("step", "actor") if beside else ("step",):
        sheet.add_column(say(f"report.{field}", lang), overflow="fold")
    sheet.add_column(say("report.expected", lang), justify="right", no_wrap=True)
    rank, procedure = -1, ""
    for step in _by_procedure(plan.steps):
        if step.procedure != procedure:
            rank, procedure = -1, step.procedure
            heading = Text(titled(step.procedure_title, procedure, lang), "cyan")
            sheet.add_row("", "", heading)
        stage = "" if step.rank == rank else str(step.rank + 1)
        rank = step.rank
        marks = (_CRITICAL if step.critical else _NOTHING, _GATE if step.gate else _NOTHING)
        told = _told(step, plan, lang)
        cells = told if beside else [Text("\n").join(told)]
        sheet.add_row(stage, Text.assemble(*marks), *cells, duration(step.minutes, lang))
    return sheet


def _by_procedure(steps: Sequence[PlanStep]) -> list[PlanStep]:
    """Return the steps procedure by procedure, in the order in which these begin."""
    ordered = sorted(steps, key=lambda step: step.rank)
    begun = list(dict.fromkeys(step.procedure for step in ordered))
    return sorted(ordered, key=lambda step: begun.index(step.procedure))


def _told(step: PlanStep, plan: Plan, lang: str) -> list[Text]:
    """Return what a step is, and who does it; also how, if not in the channel of the plan."""
    name = Text(titled(step.title, step.name, lang), "bold" if step.critical else "")
    actors = Text(say("report.and", lang).join(titled(one, "", lang) for one in step.actor_titles))
    if step.channel != plan.channel:
        actors.append(f" [{say(f'report.channel.{step.channel}', lang)}]", "dim")
    return [name, actors]


def _documents(plan: Plan, names: Sequence[str], lang: str) -> Text:
    """Return the titles of documents, each once with how many of it there are."""
    counts = Counter(_document(plan, name, lang) for name in names)
    shown = (name if count == 1 else f"{name} ({count})" for name, count in counts.items())
    return Text(say("report.and", lang).join(shown) or say("report.none", lang))


def _document(plan: Plan, name: str, lang: str) -> str:
    """Return the title of a document, or of those of its list, such as ``consent`` of each."""
    family = (titles for one, titles in plan.titles.items() if one.partition(".")[0] == name)
    return titled(plan.titles.get(name) or next(family, None), name, lang)

"""The comparison of arms in full: figures side by side, bars of time, differences, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.report import arms, differences, money, requested, times
from sim.report.head import head
from sim.words import say


def page(result: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    """Return the result object of a run as a page of ``width`` cells in ``lang``."""
    parts = [head(result, lang), Text(), arms.table(result, lang, width)]
    parts += [Text(), times.bars(result, lang, width)]
    if money.misdirected(result):
        parts += [Text(), money.table(result, lang)]
    if result["differences"]:
        parts += [Text(), differences.table(result, lang, width)]
    for section in requested.sections(result, lang):
        parts += [Text(), arms.sheet(section, result, lang, width)]
    return Group(*parts, Text(), _notes(result, lang))


def _notes(result: Mapping[str, Any], lang: str) -> Text:
    rows = len(result["differences"])
    keys = ["report.note.intervals"]
    keys += ["report.note.causes"] if any(a["causes"] for a in result["arms"].values()) else []
    keys += ["report.note.transit"]
    keys += ["report.note.pools"] if result["pools"] else []
    keys += ["report.note.differences"] if rows else []
    keys += ["report.note.documents"] if _tell(result, "documents") else []
    notes = (say(key, lang, replications=result["replications"], rows=rows) for key in keys)
    return Text("\n".join(notes), "dim")


def _tell(result: Mapping[str, Any], kind: str) -> bool:
    return any(kind in arm for arm in result["arms"].values())

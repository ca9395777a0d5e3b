"""What stands above a comparison: what was run, the goal, the clock, and what failure is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.text import Text

from sim.report.names import title
from sim.words import say

_DIGEST: Final = 12
"""Digits of the digest shown: enough to tell runs apart by eye."""


def head(result: Mapping[str, Any], lang: str) -> Text:
    """Return the head of the page, a line for each thing that it says."""
    run = {key: result[key] for key in ("scenario", "replications", "seed", "engine")}
    goals = result.get("labels", {}).get("goals", {})
    goal = say("report.and", lang).join(title(goals[name], name, lang) for name in goals)
    lines = (
        say("report.run", lang, digest=result["digest"][:_DIGEST], **run),
        *((say("report.goal", lang, goal=goal),) if goal else ()),
        say("report.clock", lang),
        say("report.failure_is", lang),
    )
    name = title(result.get("title"), result["scenario"], lang)
    return Text("\n").join([Text(name, "bold"), *(_line(line) for line in lines)])


def _line(text: str) -> Text:
    return Text(text, "dim")

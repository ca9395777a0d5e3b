"""Where the time went, as one bar an arm: all on one scale, each part in its own shade."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import TIMES
from sim.kpi.units import DAYS
from sim.report.console import columns
from sim.words import say

_MARKS: Final = "█▓░▒▚·"
_COLOURS: Final = ("green", "red", "blue", "yellow", "magenta", "cyan")

MARKS: Final = dict(zip((part.name for part in TIMES), _MARKS, strict=True))
"""The mark of each part of elapsed time by the name of its metric, in the order of the bar."""

_NAME: Final = 24
_TOTAL: Final = 7
_SHORTEST: Final = 8


def bars(result: Result, lang: str, width: int) -> RenderableType:
    """Return a bar for each arm, the longest as long as ``width`` cells allow, and their key."""
    days = {name: _days(arm) for name, arm in result.arms.items()}
    names = {name: Text(result.named("arms", name, lang)) for name in days}
    label = min(_NAME, width // 3, max(text.cell_len for text in names.values()))
    longest = max(_SHORTEST, width - label - _TOTAL - 4)
    most = max((sum(parts) for parts in days.values()), default=0)
    sheet = columns(header=False)
    sheet.add_column(width=label, overflow="fold")
    sheet.add_column(justify="right", width=_TOTAL)
    sheet.add_column(overflow="crop", no_wrap=True)
    for name, parts in days.items():
        sheet.add_row(
            names[name], DAYS.text(sum(parts)), _bar(parts, longest / most if most else 0)
        )
    return Group(Text(say("report.bars", lang), "bold"), sheet, _key(lang))


def _days(arm: ArmResult) -> tuple[float, ...]:
    found = (arm.figures[part.name].value for part in TIMES)
    return tuple(days if math.isfinite(days) else 0 for days in found)


def _shades() -> Iterator[tuple[str, str]]:
    return zip(_MARKS, _COLOURS, strict=True)


def _bar(days: Sequence[float], cells_a_day: float) -> Text:
    """Draw parts next to each other; each ends at the cell its running total rounds to."""
    bar, total, drawn = Text(), 0.0, 0
    for (mark, colour), some in zip(_shades(), days, strict=True):
        total += some
        end = round(total * cells_a_day)
        bar.append(mark * (end - drawn), colour)
        drawn = end
    return bar


def _key(lang: str) -> RenderableType:
    told = zip(TIMES, _shades(), strict=True)
    marked = [Text.assemble(shade, f" {part.title(lang)}") for part, shade in told]
    return Columns(marked, padding=(0, 2, 0, 0))

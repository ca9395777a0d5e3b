"""Where the time went, as one bar an arm: all on one scale, each part in its own shade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from sim.report.console import columns
from sim.report.names import named
from sim.report.units import DAYS
from sim.words import say


@dataclass(frozen=True)
class Part:
    """A part of elapsed time: ``name`` as in ``time_days``, the ``mark`` and colour of its bar."""

    name: str
    mark: str
    colour: str


PARTS: Final = (
    Part("work", "█", "green"),
    Part("queue", "▓", "red"),
    Part("closed", "░", "blue"),
    Part("transit", "▒", "yellow"),
    Part("busy", "▚", "magenta"),
    Part("response", "·", "cyan"),
)
"""The parts that sum to elapsed time, in the order of the bar."""

_NAME: Final = 24
_TOTAL: Final = 7
_SHORTEST: Final = 8


def bars(result: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    """Return a bar for each arm, the longest as long as ``width`` cells allow, and their key."""
    days = {name: _days(arm) for name, arm in result["arms"].items()}
    names = {name: Text(named(result, "arms", name, lang)) for name in days}
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


def _days(arm: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(arm["time_days"][part.name]["value"] or 0 for part in PARTS)


def _bar(days: Sequence[float], cells_a_day: float) -> Text:
    """Draw parts next to each other; each ends at the cell its running total rounds to."""
    bar, total, drawn = Text(), 0.0, 0
    for part, some in zip(PARTS, days, strict=True):
        total += some
        end = round(total * cells_a_day)
        bar.append(part.mark * (end - drawn), part.colour)
        drawn = end
    return bar


def _key(lang: str) -> RenderableType:
    words = ((part, say(f"report.{part.name}", lang)) for part in PARTS)
    marked = [Text.assemble((part.mark, part.colour), f" {word}") for part, word in words]
    return Columns(marked, padding=(0, 2, 0, 0))

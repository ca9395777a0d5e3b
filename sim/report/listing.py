"""What is on the shelf: procedures, agents and scenarios by name and title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from sim.report.console import columns
from sim.report.names import title
from sim.words import say

Entries = Sequence[tuple[str, Mapping[str, str]]]
"""Names with their titles in both languages."""


def page(shelf: Mapping[str, Entries], lang: str) -> RenderableType:
    """Return ``shelf`` (entries by kind, such as ``procedures``) as one list a kind."""
    widest = max((cell_len(name) for entries in shelf.values() for name, _ in entries), default=0)
    parts: list[RenderableType] = []
    for kind, entries in shelf.items():
        parts += [Text()] if parts else []
        parts += [Text(say(f"report.{kind}", lang), "bold"), _entries(entries, lang, widest)]
    return Group(*parts)


def _entries(entries: Entries, lang: str, widest: int) -> RenderableType:
    if not entries:
        return Text("  " + say("report.none", lang), "dim")
    sheet = columns(header=False)
    sheet.add_column(width=widest + 2, no_wrap=True)
    sheet.add_column(overflow="fold")
    for name, titles in entries:
        sheet.add_row(Text.assemble("  ", (name, "cyan")), title(titles, name, lang))
    return sheet

"""Lists: what is on the shelf by name and title, and the calls for subsidies that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from sim.exchange.jgrants import Call
from sim.report.console import apart, columns
from sim.words import printable, say, titled

Entries = Sequence[tuple[str, Mapping[str, str]]]
"""Names with their titles in both languages."""

MOST_ROWS: Final = 500
"""Nobody reads on; who wants all calls takes ``--json``."""


def shelf_page(shelf: Mapping[str, Entries], lang: str) -> RenderableType:
    """Return ``shelf`` (entries by kind, such as ``procedures``) as one list a kind."""
    widest = max((cell_len(name) for entries in shelf.values() for name, _ in entries), default=0)
    return apart(
        *(
            Group(Text(say(f"report.{kind}", lang), "bold"), _entries(entries, lang, widest))
            for kind, entries in shelf.items()
        )
    )


def _entries(entries: Entries, lang: str, widest: int) -> RenderableType:
    if not entries:
        return Text("  " + say("report.none", lang), "dim")
    sheet = columns(header=False)
    sheet.add_column(width=widest + 2, no_wrap=True)
    sheet.add_column(overflow="fold")
    for name, titles in entries:
        sheet.add_row(Text.assemble("  ", (name, "cyan")), titled(titles, name, lang))
    return sheet


def calls_page(calls: Sequence[Call], lang: str) -> RenderableType:
    """Return ``calls`` in their order, at most ``MOST_ROWS`` of them, and how many there are."""
    if not calls:
        return Text(say("calls.none", lang))
    sheet = columns()
    sheet.add_column(say("calls.closes", lang), no_wrap=True)
    sheet.add_column(say("calls.limit", lang), justify="right", no_wrap=True)
    sheet.add_column(say("calls.area", lang), overflow="fold")
    sheet.add_column(say("calls.title", lang), overflow="fold")
    for call in calls[:MOST_ROWS]:
        closes = f"{call.closes:%Y-%m-%d %H:%M}" if call.closes else say("calls.open_end", lang)
        limit = f"{call.limit / 1000:,.0f}" if call.limit else ""
        title = " ".join(filter(None, (call.title, call.round, call.institution)))
        sheet.add_row(closes, limit, "・".join(call.areas), Text(printable(title)))
    found = [say("calls.count", lang, count=len({call.id for call in calls}))]
    if len(calls) > MOST_ROWS:
        found.append(say("calls.more", lang, rows=MOST_ROWS))
    return Group(sheet, Text(), *map(Text, found))

"""Calls for subsidies as a table: when they close, what they pay, where, and their titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from sim.exchange.jgrants import Call
from sim.report.console import columns
from sim.words import printable, say

MOST_ROWS: Final = 500
"""Nobody reads on; who wants all takes ``--json``."""


def page(calls: Sequence[Call], lang: str) -> RenderableType:
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

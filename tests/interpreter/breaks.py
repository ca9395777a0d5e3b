"""Outages that are drawn: a model whose actors are out by chance, with all that one run draws."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from dataclasses import replace

from sim.compile.calendars import Calendar
from sim.compile.nodes import Const, Drawn, Node
from sim.compile.program import BreakSpec, Program
from sim.compile.tables import lookup
from tests.interpreter.numbers import philox

DAY = 86_400

Span = tuple[int, int]


def known(model: Program, seed: int, replication: int) -> Program:
    """Return a model of which every outage is known.

    "They are drawn before a replication begins; from then on they are outages like those written,
    in the order behind them: calendars are closed, and rules of `outage` hold."
    """
    for one in model.breaks or ():
        out = spans(model, one, (seed, replication))
        model = replace(
            model,
            actors=tuple(
                replace(actor, outages=(*actor.outages, *out)) if i in one.actors else actor
                for i, actor in enumerate(model.actors)
            ),
            calendars=tuple(
                shut(calendar, out) if i in one.calendars else calendar
                for i, calendar in enumerate(model.calendars)
            ),
        )
    return replace(model, breaks=None)


def spans(model: Program, one: BreakSpec, key: Span) -> list[Span]:
    """Return when somebody is out.

    "Works for a time, is out for a time, and so on, begins to work at second 0, and goes on as long
    as calendars reach. A `for` of no seconds is no outage." The key of a draw is "the n-th outage
    in the file, without a stream, the case being the outage, from 0", number and place 0.
    """

    def drawn(node: Node, turn: int) -> int:
        if isinstance(node, Const):
            return node.value
        assert isinstance(node, Drawn)
        name = zlib.crc32(f":{model.points[node.point]}".encode())
        high, low, _, _ = philox(key, (turn, name, 0, 0))
        return lookup(model.tables[node.table], high << 16 | low >> 16)

    found: list[Span] = []
    now = turn = 0
    while True:
        begin = now + drawn(one.every, turn)
        now, turn = begin + drawn(one.length, turn), turn + 1
        if begin >= len(model.months) * DAY:
            return found
        found += [(begin, now)] if begin < now else []


def shut(calendar: Calendar, out: list[Span]) -> Calendar:
    """Return a calendar that is closed while somebody is out."""
    starts, ends = [one for one, _ in out], [other for _, other in out]
    left: list[Span] = []
    for begin, end in zip(calendar.opens, calendar.closes, strict=True):
        at = begin
        for one, other in out[bisect_right(ends, begin) : bisect_left(starts, end)]:
            left += [(at, one)] if at < one else []
            at = other
        left += [(at, end)] if at < end else []
    return Calendar(tuple(one for one, _ in left), tuple(other for _, other in left))

"""Staff as it changes: a table by time, month and day of the week, laid out in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain, pairwise
from typing import Final

from sim.compile import calendars as cal
from sim.compile.calendars import DAY, Span, months
from sim.compile.expressions import Expressions
from sim.compile.nodes import MONTH, TIME, WEEKDAY, Const, Drawn, Node, Switch, pick, within
from sim.graph.journey import ActorInstance, below_place

Changes = tuple[tuple[int, int], ...]
"""(second, number from then on) in order, from second 0."""

_BY_DAY: Final = frozenset((MONTH, WEEKDAY))


def staffed(names: Expressions, actor: ActorInstance) -> tuple[Changes, bool]:
    """Return the staff of a pool as it changes, and whether it goes by the day.

    There are no changes for who is one of each case.
    """
    staff, place = actor.actor.pool, below_place(actor.place, "staff")
    if staff is None:
        return (), False
    knows = ("time", "month", "weekday")
    node = names.node(staff, "count", "", place, settled=actor.items, knows=knows)
    steps = changes(node, names.index.start, names.index.offset)
    if steps is None:
        names.say(place, "staff_shape")
        return ((0, 1),), False
    return steps, by_day(node)


def changes(node: Node, start: date, offset: int) -> Changes | None:
    """Return when a number changes; None if that is random or not known before the run.

    ``start``: the day that begins at second 0. ``offset``: the second that times are counted from.
    """
    nodes = list(within(node))
    variables = {one.variable for one in nodes if isinstance(one, Switch)}
    if any(isinstance(one, Drawn) for one in nodes) or not variables <= {TIME, *_BY_DAY}:
        return None
    moments = {0}
    if variables & _BY_DAY:
        moments.update(range(0, cal.COVERED * DAY, DAY))
    for one in nodes:
        if isinstance(one, Switch) and one.variable == TIME:
            bounds = chain.from_iterable(spans for spans, _ in one.rows)
            edges = (offset + edge for low, high in bounds for edge in (low, high + 1))
            moments.update(edge for edge in edges if 0 < edge < cal.COVERED * DAY)
    found: list[tuple[int, int]] = []
    month = months(start)
    for moment in sorted(moments):
        day = moment // DAY
        weekday = (start.weekday() + day) % 7
        now = {MONTH: month[day], WEEKDAY: weekday, TIME: max(moment - offset, 0)}
        reached = node
        while isinstance(reached, Switch):
            reached = pick(reached, now[reached.variable])
        number = reached.value if isinstance(reached, Const) else 0
        if not found or found[-1][1] != number:
            found.append((moment, number))
    return tuple(found)


def by_day(node: Node) -> bool:
    """Return whether a number goes by the month or the day of the week."""
    return any(isinstance(one, Switch) and one.variable in _BY_DAY for one in within(node))


def stretches(steps: Changes) -> Iterator[tuple[Span, int]]:
    """Yield each span of seconds [from, to) with its number."""
    for (moment, number), (end, _) in pairwise((*steps, (cal.COVERED * DAY, 0))):
        yield (moment, end), number

"""What a program's nodes are worth for a case at a moment: lookups made, draws taken by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sim.compile.nodes import (
    ASKED,
    CHANNEL,
    ELAPSED,
    INDICATOR,
    MONTH,
    QUEUE,
    RETURNS,
    SHARE,
    TIME,
    VISIT,
    WAITED,
    WEEKDAY,
    AttributeNode,
    ChanceNode,
    ChoiceNode,
    Const,
    Drawn,
    Node,
    Predicate,
    Switch,
    fits,
    pick,
)
from sim.compile.program import Program
from sim.compile.tables import lookup
from sim.engine.case import Context
from sim.engine.draws import Draws
from sim.errors import RunFailed

_MIX: Final = 0x9E37_79B1


class Values:
    """Evaluates nodes; one for each replication."""

    def __init__(
        self, program: Program, draws: Draws, published: Callable[[int], int] | None = None
    ) -> None:
        """``published``: of an indicator, by its number; without it nothing is counted yet."""
        self.program = program
        self._published = published or (lambda number: program.indicators[number].otherwise)
        self._draw = draws.bits
        self._keys = [stream.crc for stream in program.streams]

    def bits(self, point: int, at: Context) -> int:
        """Return the draw of a case at a draw point."""
        case = at.drawn
        key = self._keys[case.stream][point]
        if at.topic:
            key = (key * _MIX ^ at.topic) & 0xFFFF_FFFF
        return self._draw(key, case.index, at.number, case.word)

    def leaf(self, node: Node, at: Context) -> Const | Drawn:
        """Follow lookups down to a number or a random law."""
        while isinstance(node, Switch):
            node = pick(node, self.read(node.variable, at))
        return node

    def amount(self, node: Node, at: Context) -> int:
        """Return the value of a node."""
        leaf = node if isinstance(node, Const) else self.leaf(node, at)
        if isinstance(leaf, Const):
            return leaf.value
        return lookup(self.program.tables[leaf.table], self.bits(leaf.point, at))

    def later(self, wait: Node, at: Context) -> int:
        """Return the second at which a wait from a moment on is over, on all or business days."""
        leaf = self.leaf(wait, at)
        seconds = self.amount(leaf, at)
        if leaf.business and seconds:
            return self.program.calendars[self.program.days].finish(at.time, seconds)
        return at.time + seconds

    def happens(self, share: Node, point: int, at: Context) -> bool:
        """Draw whether something of this share happens."""
        return self.below(self.amount(share, at), point, at)

    def below(self, threshold: int, point: int, at: Context) -> bool:
        """Draw whether something happens that does in ``threshold`` of 2**32 cases."""
        if threshold <= 0:
            return False
        return threshold >= SHARE or self.bits(point, at) >> 16 < threshold

    def holds(self, test: Predicate, at: Context) -> bool:
        """Return whether a condition holds."""
        for variable, spans in test.tests:
            if not fits(spans, self.read(variable, at)):
                return False
        return test.chance is None or self.happens(test.chance, test.point, at)

    def read(self, variable: int, at: Context) -> int:
        """Return the value of a variable; 0 for one that this occasion does not know."""
        case = at.case
        if variable >= 0:
            return case.attributes[variable]
        if variable <= INDICATOR:
            return self._published(INDICATOR - variable)
        if variable <= ASKED:
            return case.asked >> (ASKED - variable) & 1
        if variable in at.more:
            return at.more[variable]
        return self._common(variable, at)

    def _common(self, variable: int, at: Context) -> int:
        case = at.case
        if variable == VISIT:
            return at.number
        if variable == MONTH:
            return self._month(at.time)
        if variable == QUEUE:
            return at.pool.waiting if at.pool is not None else 0
        since = {
            TIME: at.time - self.program.start,
            ELAPSED: at.time - case.start,
            WAITED: at.time - case.progress,
            RETURNS: case.returns,
            CHANNEL: case.channel,
            WEEKDAY: (self.program.weekday + at.time // 86_400) % 7,
        }
        return since.get(variable, 0)

    def _month(self, time: int) -> int:
        day = time // 86_400
        if day >= len(self.program.months):
            raise RunFailed("calendar.ended", day=day)
        return self.program.months[day]

    def attribute(self, node: AttributeNode, at: Context) -> int:
        """Draw or derive an attribute of a case."""
        while isinstance(node, Switch):
            node = pick(node, self.read(node.variable, at))
        if isinstance(node, ChanceNode):
            return int(self.happens(node.share, node.point, at))
        if isinstance(node, ChoiceNode):
            share = self.bits(node.point, at) >> 16
            pairs = zip(node.values, node.until, strict=True)
            return next(value for value, until in pairs if share < until)
        return self.amount(node, at)

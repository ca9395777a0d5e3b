"""What a model's nodes are worth for one case at one moment: lookups made, draws taken by name."""

from __future__ import annotations

from sim.compile import tables
from sim.compile.model import (
    ASKED,
    CHANNEL,
    MONTH,
    SHARE,
    TIME,
    VISIT,
    Chance,
    Choice,
    Const,
    Drawn,
    Model,
    Node,
    Switch,
    Test,
    fits,
    pick,
)
from sim.compile.model import AttributeNode
from sim.engine.case import Case
from sim.engine.draws import Draws

Context = dict[int, int]
"""Values of the variables that only an occasion knows: visit, time, queue, confidence, …"""


class Values:
    """Evaluates nodes; one for each replication."""

    def __init__(self, model: Model, draws: Draws) -> None:
        """Read from ``model``, draw from ``draws``."""
        self.model = model
        self.draws = draws

    def bits(self, case: Case, point: int, visit: int) -> int:
        """Return the draw of a case at a draw point."""
        return self.draws.bits(self.model.streams[case.stream].crc[point], case.index, visit)

    def leaf(self, node: Node, case: Case, context: Context) -> Const | Drawn:
        """Follow lookups down to a number or a random law."""
        while type(node) is Switch:
            node = pick(node, self.read(node.variable, case, context))
        return node  # type: ignore[return-value]  # not a Switch any more

    def amount(self, node: Node, case: Case, context: Context, visit: int) -> int:
        """Return the value of a node on a visit."""
        leaf = node if type(node) is Const else self.leaf(node, case, context)
        if type(leaf) is Const:
            return leaf.value
        table = self.model.tables[leaf.table]  # type: ignore[union-attr]  # Drawn
        return tables.lookup(table, self.bits(case, leaf.point, visit))  # type: ignore[union-attr]

    def happens(self, share: Node, point: int, case: Case, context: Context, visit: int) -> bool:
        """Draw whether something of this share happens."""
        return self.below(self.amount(share, case, context, visit), point, case, visit)

    def below(self, threshold: int, point: int, case: Case, visit: int) -> bool:
        """Draw whether something happens that does in ``threshold`` of 2**32 cases."""
        if threshold <= 0:
            return False
        return threshold >= SHARE or self.bits(case, point, visit) >> 16 < threshold

    def holds(self, test: Test, case: Case, context: Context, visit: int) -> bool:
        """Return whether a condition holds."""
        for variable, spans in test.tests:
            if not fits(spans, self.read(variable, case, context)):
                return False
        if test.chance is None:
            return True
        return self.happens(test.chance, test.point, case, context, visit)

    def read(self, variable: int, case: Case, context: Context) -> int:
        """Return the value of a variable."""
        if variable >= 0:
            return case.attributes[variable]
        if variable in context:
            return context[variable]
        if variable == CHANNEL:
            return case.channel
        if variable == MONTH:
            return self.month(context[TIME] + self.model.start)
        if variable <= ASKED:
            return case.asked >> (ASKED - variable) & 1
        return 1 if variable == VISIT else 0

    def month(self, time: int) -> int:
        """Return the month, 1 to 12, in which a second lies."""
        return self.model.months[time // 86_400]

    def attribute(self, node: AttributeNode, case: Case, context: Context) -> int:
        """Draw or derive an attribute of a case."""
        while type(node) is Switch:
            node = pick(node, self.read(node.variable, case, context))
        if type(node) is Chance:
            return int(self.happens(node.share, node.point, case, context, 0))
        if type(node) is Choice:
            share = self.bits(case, node.point, 0) >> 16
            return next(v for v, until in zip(node.values, node.until, strict=True) if share < until)
        return self.amount(node, case, context, 0)  # type: ignore[arg-type]  # Const or Drawn



"""The numbers of a run: draws by name, amounts and conditions, read straight from the text.

Quotations are from docs/semantics.md.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sim.compile.nodes import SHARE, ChanceNode, ChoiceNode, Const, Drawn, Predicate, Spans, Switch
from sim.compile.nodes import AttributeNode as AnyNode
from sim.compile.program import Program, StreamSpec
from sim.compile.tables import lookup

_WORD: Final = 0xFFFF_FFFF


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of Philox4x32-10 (Salmon et al., 2011)."""
    k0, k1 = key
    c0, c1, c2, c3 = counter
    for _ in range(10):
        one, two = 0xD251_1F53 * c0, 0xCD9E_8D57 * c2
        c0, c1, c2, c3 = (two >> 32) ^ c1 ^ k0, two & _WORD, (one >> 32) ^ c3 ^ k1, one & _WORD
        k0, k1 = (k0 + 0x9E37_79B9) & _WORD, (k1 + 0xBB67_AE85) & _WORD
    return c0, c1, c2, c3


@dataclass
class Draws:
    """Random numbers of one replication.

    "Every random number is drawn by name: Philox4x32-10 with key (seed, replication) and counter
    (case, CRC-32 of the draw point's full name, visit, place)." The place is 0 "but where places
    have something of their own".
    """

    seed: int
    replication: int

    def bits(self, asking: Asking, point: int) -> int:
        """Return a draw: "the first two words make 48 bits: 32 above 16"."""
        key = (self.seed & _WORD, self.replication & _WORD)
        crc = asking.stream.crc[point]
        if asking.topic is not None:  # "x 0x9E3779B1 modulo 2^32, xor the topic"
            crc = (crc * 0x9E37_79B1 & _WORD) ^ zlib.crc32(asking.topic.encode())
        first, second, _, _ = philox(key, (asking.case, crc, asking.number, asking.word))
        return first << 16 | second >> 16


@dataclass(frozen=True)
class Asking:
    """On what occasion an amount or a condition is asked for.

    ``stream``, ``case``, ``number``: what draws are keyed by, the case (or place) counted within
    its stream, or within stream and place, which has a ``word``. ``read``: the value of a variable.
    ``topic``: what tells questions apart that share a number.
    """

    stream: StreamSpec
    case: int
    number: int
    word: int
    read: Callable[[int], int]
    topic: str | None = None


@dataclass
class Numbers:
    """Amounts, chances and conditions of a model."""

    model: Program
    draws: Draws

    def leaf(self, node: AnyNode, asking: Asking) -> AnyNode:
        """Follow the lookups down to what is not one. "The first branch whose key fits counts"."""
        while isinstance(node, Switch):
            value = asking.read(node.variable)
            fitting = [branch for spans, branch in node.rows if inside(spans, value)]
            node = fitting[0] if fitting else node.otherwise
        return node

    def number(self, node: AnyNode, asking: Asking) -> int:
        """Return a number, a duration or a share as a whole number."""
        leaf = self.leaf(node, asking)
        if isinstance(leaf, Const):
            return leaf.value
        if isinstance(leaf, Drawn):
            return lookup(self.model.tables[leaf.table], self._bits(leaf.point, asking))
        if isinstance(leaf, ChanceNode):
            return int(self.happens(leaf.share, leaf.point, asking))
        assert isinstance(leaf, ChoiceNode)
        u = self._bits(leaf.point, asking) >> 16
        return next(v for v, until in zip(leaf.values, leaf.until, strict=True) if u < until)

    def after(self, node: AnyNode, time: int, asking: Asking) -> int:
        """Return when an amount of time is over. "`bd` on business days", the rest on all days."""
        leaf = self.leaf(node, asking)
        amount = self.number(leaf, asking)
        if isinstance(leaf, Const | Drawn) and leaf.business:
            return self.model.calendars[self.model.days].finish(time, amount)
        return time + amount

    def happens(self, share: AnyNode, point: int, asking: Asking) -> bool:
        """Return whether a chance comes true. Its share may itself be drawn."""
        return self.below(self.number(share, asking), point, asking)

    def below(self, share: int, point: int, asking: Asking) -> bool:
        """Return whether a draw lies below a share."""
        assert 0 <= share <= SHARE
        return self._bits(point, asking) >> 16 < share

    def holds(self, test: Predicate | None, asking: Asking) -> bool:
        """Return whether a condition holds: "mappings of which everything must hold"."""
        if test is None:
            return True
        # What no value can meet is not read: "a condition on a lever is settled once and for all".
        tests = test.tests
        if not all(spans and inside(spans, asking.read(variable)) for variable, spans in tests):
            return False
        return test.chance is None or self.happens(test.chance, test.point, asking)

    def _bits(self, point: int, asking: Asking) -> int:
        return self.draws.bits(asking, point)


def inside(spans: Spans, value: int) -> bool:
    """Return whether a value lies in one of some spans, both ends included."""
    return any(low <= value <= high for low, high in spans)


def members(mask: int) -> set[int]:
    """Return the set that the bits of a whole number stand for."""
    return {i for i in range(mask.bit_length()) if mask >> i & 1}

"""Nodes: what a run reads at a moment, amounts, conditions and attributes, as whole numbers.

Shares are in units of 2**-32, durations in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, Union

from sim.language import domain

N_co = TypeVar("N_co", covariant=True)

SHARE: Final = domain.SHARE
MOST: Final = domain.MOST
Spans = domain.Spans
fits = domain.fits

VISIT, MONTH, TIME, QUEUE, MADE_IN, CHANNEL, CONFIDENCE = -1, -2, -3, -4, -5, -6, -7
RETURNS, ELAPSED, WAITED, DOWN_FOR, DEFECT, WEEKDAY = -8, -9, -10, -11, -12, -13

VARIABLES: Final = {
    "visit": VISIT,
    "month": MONTH,
    "weekday": WEEKDAY,
    "time": TIME,
    "queue": QUEUE,
    "made_in": MADE_IN,
    "channel": CHANNEL,
    "confidence": CONFIDENCE,
    "returns": RETURNS,
    "elapsed": ELAPSED,
    "waited": WAITED,
    "down_for": DOWN_FOR,
    "defect": DEFECT,
}
"""What a lookup or a condition may read besides attributes, which count from 0.

Whether a person was asked about a step's latest draft is ``ASKED - step``, and what is published of
an indicator ``INDICATOR - number``.
"""

ASKED: Final = -1000
INDICATOR: Final = -1_000_000


@dataclass(frozen=True, slots=True)
class Const:
    """Always the same."""

    value: int
    business: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Drawn at a point from a quantile table."""

    point: int
    table: int
    business: bool = False


@dataclass(frozen=True, slots=True)
class Switch(Generic[N_co]):
    """The first row whose spans hold the variable's value, or ``otherwise``."""

    variable: int
    rows: tuple[tuple[Spans, N_co], ...]
    otherwise: N_co


Node = Union[Const, Drawn, "Switch[Node]"]

ZERO: Final = Const(0)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition: every variable in one of its spans, and perhaps a chance."""

    tests: tuple[tuple[int, Spans], ...]
    chance: Node | None = None
    point: int = -1


EVER: Final = Predicate(())
"""A condition that always holds."""


@dataclass(frozen=True, slots=True)
class ChoiceNode:
    """A category: the first whose running share the draw stays below."""

    point: int
    until: tuple[int, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChanceNode:
    """1 in this share of cases, else 0."""

    point: int
    share: Node


AttributeNode = Union[Const, Drawn, ChoiceNode, ChanceNode, "Switch[AttributeNode]"]


def within(node: Node) -> Iterator[Node]:
    """Yield a node and all branches below it."""
    yield node
    if isinstance(node, Switch):
        for branch in (*(branch for _, branch in node.rows), node.otherwise):
            yield from within(branch)


def pick(switch: Switch[N_co], value: int) -> N_co:
    """Return the branch of a switch for a value of its variable."""
    for spans, node in switch.rows:
        if fits(spans, value):
            return node
    return switch.otherwise

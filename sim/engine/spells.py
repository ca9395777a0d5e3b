"""Spells: the times in which conditions on passing time hold."""

from __future__ import annotations

from typing import Final

from sim.compile.program import MOST, Predicate, Spans

ALWAYS: Final[Spans] = ((-MOST, MOST),)


def spell(test: Predicate, variable: int) -> Spans:
    """Return the values of a variable for which a condition holds, joined where they touch."""
    spans = next((spans for one, spans in test.tests if one == variable), ALWAYS)
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        elif low <= high:
            joined.append((low, high))
    return tuple(joined)


def beginnings(test: Predicate, variable: int) -> set[int]:
    """Return the values, from 0 on, at which a condition begins to hold as a variable grows."""
    return {max(low, 0) for low, high in spell(test, variable) if high >= 0}

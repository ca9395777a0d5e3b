"""What compiling comes to besides specs: draw points and tables of laws in order, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sim.compile import tables
from sim.errors import Problem
from sim.graph.journey import Notes, Place
from sim.study.loader import World

K = TypeVar("K")


class Numbering(dict[K, int]):
    """Numbers from 0 in the order in which things are first mentioned."""

    def of(self, key: K) -> int:
        """Return the number of ``key``, the next one if it is new."""
        return self.setdefault(key, len(self))


@dataclass(frozen=True)
class Findings:
    """What passes have come to so far; one takes it and returns it with more.

    ``points``: the draw points by name. ``tables``: the number of each law's table in
    ``quantiles``. ``moments``: when branches of lookups by time begin, in seconds since the start,
    and where it says so.
    """

    points: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[tuple[object, ...], int] = field(default_factory=dict)
    quantiles: tuple[tuple[int, ...], ...] = ()
    moments: tuple[tuple[int, Place], ...] = ()
    problems: tuple[Problem, ...] = ()


class Collector(Notes):
    """What is found while one pass is at work, on top of what was found before."""

    def __init__(self, world: World, found: Findings) -> None:
        """Go on from what was ``found``."""
        super().__init__(world, found.problems)
        self.points: Numbering[str] = Numbering(found.points)
        self.tables: Numbering[tuple[object, ...]] = Numbering(found.tables)
        self.quantiles = list(found.quantiles)
        self.moments = list(found.moments)

    def findings(self) -> Findings:
        """Return what was found up to now."""
        return Findings(
            dict(self.points),
            dict(self.tables),
            tuple(self.quantiles),
            tuple(self.moments),
            tuple(self.problems),
        )

    def table(
        self, key: tuple[object, ...], ppf: tables.Ppf, units: int, bounds: tuple[int, int]
    ) -> int:
        """Return the number of the table of a law, which ``key`` tells apart from others."""
        low, high = bounds
        if key not in self.tables:
            values = tables.table(ppf, units)
            self.quantiles.append(tuple(min(max(value, low), high) for value in values))
        return self.tables.of(key)

"""What the passes of the compiler come to: draw points and tables in order, and problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sim.compile import tables
from sim.compile.tables import Ppf
from sim.errors import Problem
from sim.graph.journey import Journey, Place
from sim.graph.notes import Notes, raise_any

K = TypeVar("K")


class Numbering(dict[K, int]):
    """Numbers from 0 in the order in which things are first mentioned."""

    def of(self, key: K) -> int:
        """Return the number of ``key``, the next one if it is new."""
        return self.setdefault(key, len(self))


@dataclass(frozen=True)
class Findings:
    """What passes have come to so far; one takes it and returns it with more.

    ``tables``: the number of each law's table in ``quantiles``. ``moments``: when branches of
    lookups by time begin, in seconds since the start, and where it says so.
    """

    points: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[tuple[object, ...], int] = field(default_factory=dict)
    quantiles: tuple[tuple[int, ...], ...] = ()
    moments: tuple[tuple[int, Place], ...] = ()
    problems: tuple[Problem, ...] = ()

    def told(self, problems: Iterable[Problem]) -> Findings:
        """Return what was found with some more problems."""
        more: list[Problem] = []
        for problem in problems:
            if problem not in (*self.problems, *more):
                more.append(problem)
        return replace(self, problems=(*self.problems, *more))

    def settle(self) -> None:
        """Raise InvalidInput if any problem was found."""
        raise_any(self.problems)


class Collector(Notes):
    """Findings while one pass is at work; what it adds is read with ``findings``."""

    def __init__(self, journey: Journey, found: Findings) -> None:
        """Go on from what was ``found`` before."""
        super().__init__(journey.world, found.problems)
        self.journey = journey
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

    def point(self, name: str) -> int:
        """Return the number of a draw point."""
        return self.points.of(name)

    def table(self, key: tuple[object, ...], ppf: Ppf, units: int, bounds: tuple[int, int]) -> int:
        """Return the number of the table of a law, which ``key`` tells apart from others."""
        low, high = bounds
        if key not in self.tables:
            values = tables.table(ppf, units)
            self.quantiles.append(tuple(min(max(value, low), high) for value in values))
        return self.tables.of(key)

"""Measures what the rules of procedures cost: the engine against a bare SimPy program, as a table.

Usage: python benchmarks/engine.py [PAIRS]   (default 7, about half a minute)

The bare program is what one would write with SimPy if a case were nothing but a tree of visits:
each waits for somebody, works, and waits for an answer. It has the shape of the shipped scenario:
for each arm its cases, the staff of its pools, and, for each case, the visits of the case with the
median number of rows: each of them held by the same kind of actor and set going by the same other
visit, so that as many branches run side by side. It draws its times from ``random`` and writes a
row of as many columns for each visit; it knows no calendars, documents, defects, rules or returns.
The two run in turn, and the ratio is the median of the ratios of neighbours.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Final

import simpy

from sim.compile.compiler import compile_world
from sim.compile.program import Program, StepSpec
from sim.engine import reference
from sim.log import EVENTS, NEVER, Log
from sim.study import loader

SCENARIO: Final = "officer_change"
SEED: Final = 20260401
AT_LEAST: Final = 0.25
"""Share of the bare program's rows per CPU-second that the engine is to reach."""

HOUR: Final = 3600.0
WORK: Final = (20 * 60.0, 0.8)
DELAY: Final = (24 * HOUR, 0.8)
"""Median (seconds) and sigma of the bare program's lognormal times."""

Row = tuple[int | float, ...]
Events = Generator[simpy.Event, object, None]
NOBODY: Final = -1
PERSON: Final = -2
"""Who holds a visit but pool 0, 1, …: nobody whose time is short, the case's own person."""


@dataclass(frozen=True)
class Visit:
    """A visit of the bare program: who does it, and what it sets going."""

    step: int
    holder: int
    then: tuple[Visit, ...]


@dataclass(frozen=True)
class Shape:
    """What both programs have in common. ``staff``: of each pool; ``gap``: seconds."""

    cases: int
    gap: float
    staff: dict[int, int]
    first: tuple[Visit, ...]

    def visits(self) -> int:
        """Return how many visits a case makes."""
        return _size(self.first)


def _size(visits: tuple[Visit, ...]) -> int:
    return sum(1 + _size(visit.then) for visit in visits)


class Bare:
    """One run of the bare program."""

    def __init__(self, shape: Shape) -> None:
        """Open every pool."""
        self.env = simpy.Environment()
        self.shape = shape
        self.pools = {n: simpy.Resource(self.env, staff) for n, staff in shape.staff.items()}
        self.rows: list[Row] = []

    def run(self) -> list[Row]:
        """Let every case come and go."""
        self.env.process(self.arrivals())
        self.env.run()
        return self.rows

    def arrivals(self) -> Events:
        """Let one case after the other come."""
        for number in range(self.shape.cases):
            yield self.env.timeout(random.expovariate(1 / self.shape.gap))
            self.env.process(self.case(number))

    def case(self, number: int) -> Events:
        """Go through a case: everything that can begin does."""
        person = simpy.Resource(self.env, capacity=1)
        yield self.env.all_of(
            [self.env.process(self.branch(number, person, visit)) for visit in self.shape.first]
        )

    def branch(self, case: int, person: simpy.Resource, visit: Visit) -> Events:
        """Make one visit after the other; what else they set going runs beside them."""
        cause, others = NEVER, []
        while True:
            ready = self.env.now
            if visit.holder == NOBODY:
                granted = ready
                yield self.env.timeout(random.lognormvariate(0, WORK[1]) * WORK[0])
            else:
                holder = person if visit.holder == PERSON else self.pools[visit.holder]
                with holder.request() as request:
                    yield request
                    granted = self.env.now
                    yield self.env.timeout(random.lognormvariate(0, WORK[1]) * WORK[0])
            finished = self.env.now
            yield self.env.timeout(random.lognormvariate(0, DELAY[1]) * DELAY[0])
            step, closed = visit.step, self.env.now
            times = (ready, ready, granted, granted, finished, closed)
            self.rows.append((case, step, 1, step, *times, 0, NEVER, cause, 1))
            if not visit.then:
                break
            cause = step
            visit, *rest = visit.then
            others += [self.env.process(self.branch(case, person, other)) for other in rest]
        if others:
            yield self.env.all_of(others)


def shape(model: Program, log: Log) -> Shape:
    """Return the shape of an arm, with the case of the median number of rows for every case."""
    rows = Counter(log.events["case"].tolist())
    middle = sorted((count, case) for case, count in rows.items())[len(rows) // 2][1]
    starts = sorted(log.cases["start"].tolist())
    held = [_holder(model, profile) for profile in model.profiles]
    return Shape(
        len(rows),
        (starts[-1] - starts[0]) / (len(starts) - 1),
        {n: actor.staff[0][1] for n, actor in enumerate(model.actors) if actor.staff},
        _tree(log, middle, held),
    )


def _holder(model: Program, profile: StepSpec) -> int:
    if profile.pools:
        return profile.pools[-1]
    return PERSON if any(model.actors[a].limit > 0 for a in profile.persons) else NOBODY


def _tree(log: Log, case: int, held: list[int]) -> tuple[Visit, ...]:
    """Return the visits of a case as a tree: each below the visit that made it ready."""
    below: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for row in log.events[log.events["case"] == case].tolist():
        _, step, visit, profile, *_, cause_step, cause_visit = row
        below.setdefault((cause_step, cause_visit), []).append((step, visit, profile))

    def visits(cause: tuple[int, int]) -> tuple[Visit, ...]:
        return tuple(Visit(s, held[p], visits((s, v))) for s, v, p in below.get(cause, ()))

    return visits((NEVER, NEVER))


def rate(run: Callable[[], int]) -> float:
    """Return rows per CPU-second of something that returns how many rows it wrote."""
    start = time.process_time()
    rows = run()
    return rows / (time.process_time() - start)


def _engine_rows(model: Program, replication: int) -> int:
    return len(reference.run(model, SEED, replication).events)


def _bare_rows(alike: Shape) -> int:
    return len(Bare(alike).run())


def pairs(model: Program, count: int) -> list[tuple[float, float]]:
    """Return rows per CPU-second of the engine and of the bare program, run in turn."""
    alike = shape(model, reference.run(model, SEED, 0))
    bare = Bare(alike).run()
    if len(bare) != alike.cases * alike.visits() or len(bare[0]) != len(EVENTS.names or ()):
        raise RuntimeError(f"rows (={len(bare)}) must be as many and as wide as those of the shape")
    random.seed(SEED)
    return [
        (
            rate(partial(_engine_rows, model, number)),
            rate(partial(_bare_rows, alike)),
        )
        for number in range(count)
    ]


def main(count: int) -> int:
    """Print the table; 1 if the engine is slower than it should be."""
    print("| arm | engine (rows per CPU-second) | bare SimPy | ratio | lowest, highest |")
    print("|---|---:|---:|---:|---:|")
    ratios = []
    for world in loader.load(SCENARIO).worlds:
        model = compile_world(world)
        measured = pairs(model, count)
        found = sorted(ours / bare for ours, bare in measured)
        ours, bare = (statistics.median(column) for column in zip(*measured, strict=True))
        ratios.append(statistics.median(found))
        spread = f"{found[0]:.2f}, {found[-1]:.2f}"
        print(f"| {model.arm} | {ours:,.0f} | {bare:,.0f} | {ratios[-1]:.2f} | {spread} |")
    print(f"\nThe engine is to reach {AT_LEAST} of the bare program's rows per CPU-second.")
    return int(min(ratios) < AT_LEAST)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))

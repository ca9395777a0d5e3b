"""Measures how computing time grows with the size of a procedure, and prints it as a table.

Usage: python benchmarks/growth.py   (about a minute)

A list of N items with four steps each, done by a pool of staff, a chain of N pools with one step
each, and a list of N errands that are all ready at once for a person who does one after the other:
three cases, so that nearly all of the time hangs on the size of the procedure alone.
Each size is read, compiled, run, checked and measured in this process, in turn with the others;
the median CPU-seconds are told, and the ratio to half the size. Two would be linear.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sim.compile.compiler import compile_world
from sim.engine import reference
from sim.kpi.invariants import check
from sim.kpi.measures import measure
from sim.study import loader

SIZES: Final = (100, 200, 400, 800)
TURNS: Final = 3

HEAD: Final = """procedure: {name}
applicant: vendor
documents: {{{papers}}}
actors: {{vendor: citizen, {actors}}}
"""
SCENARIO: Final = """scenario: {name}_run
start: 2026-06-01
channels: [analog]
cases: {{all: {{count: 3, using: [{name}]}}}}
"""


def items(size: int) -> str:
    """Return a procedure whose four steps are repeated over a list."""
    name = f"items{size}"
    papers = ", ".join(f"d{i}: D{i}" for i in range(4))
    head = HEAD.format(name=name, papers=papers, actors="desk: {agent: counter, staff: 2}")
    steps = "".join(
        f"  s{i}: {{each: items, gives: [d{i}], needs: [{f'd{i - 1}' if i else ''}], by: desk,"
        " work: 1min}\n"
        for i in range(4)
    )
    return f"{head}lists: {{items: {size}}}\nsteps:\n{steps}goal: [d3]\n"


def pools(size: int) -> str:
    """Return a procedure of one step after another, each at a pool of its own."""
    papers = ", ".join(f"d{i}: D{i}" for i in range(size))
    actors = ", ".join(f"desk{i}: {{agent: counter, staff: 1}}" for i in range(size))
    head = HEAD.format(name=f"pools{size}", papers=papers, actors=actors)
    steps = "".join(
        f"  s{i}: {{gives: [d{i}], needs: [{f'd{i - 1}' if i else ''}], by: desk{i}, work: 1min}}\n"
        for i in range(size)
    )
    return f"{head}steps:\n{steps}goal: [d{size - 1}]\n"


def errands(size: int) -> str:
    """Return a procedure whose step is repeated over a list, by the applicant."""
    return (
        f"procedure: errands{size}\napplicant: vendor\ndocuments: {{done: Done}}\n"
        f"actors: {{vendor: citizen}}\nlists: {{errands: {size}}}\n"
        "steps: {run: {each: errands, gives: [done], by: vendor, work: 1min}}\ngoal: [done]\n"
    )


def written(name: str, procedure: str) -> None:
    """Write the files of a procedure below the current folder."""
    Path(f"procedures/{name}.yaml").write_text(procedure, encoding="utf-8")
    scenario = SCENARIO.format(name=name)
    Path(f"scenarios/{name}_run.yaml").write_text(scenario, encoding="utf-8")


def seconds(name: str) -> float:
    """Return the CPU-seconds from the files to the figures of one replication."""
    start = time.process_time()
    model = compile_world(loader.load(f"{name}_run").worlds[0])
    log = reference.run(model, 1, 0)
    check(model, log)
    measure(model, log)
    return time.process_time() - start


def grown(kind: str, procedure: Callable[[int], str]) -> None:
    """Print the rows of one kind of procedure."""
    names = {size: f"{kind}{size}" for size in SIZES}
    for size, name in names.items():
        written(name, procedure(size))
    seconds(names[SIZES[0]])  # what is loaded and remembered at the first use is not counted
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(TURNS):
        for size, name in names.items():
            times[size].append(seconds(name))
    before = None
    for size in SIZES:
        median = statistics.median(times[size])
        ratio = "" if before is None else f"{median / before:.1f}"
        print(f"| {kind} | {size} | {median:.2f} | {ratio} |")
        before = median


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for kind in ("procedures", "agents", "scenarios"):
            Path(kind).mkdir()
        Path("agents/citizen.yaml").write_text("agent: citizen\nkind: person\n", encoding="utf-8")
        Path("agents/counter.yaml").write_text("agent: counter\nkind: office\n", encoding="utf-8")
        print("| what | how many | CPU-seconds | to half as many |\n|---|---:|---:|---:|")
        grown("items", items)
        grown("pools", pools)
        grown("errands", errands)


if __name__ == "__main__":
    main()

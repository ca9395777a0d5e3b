"""Measures how many bytes a case costs a run of the engine, and prints it as tables.

Usage: python benchmarks/memory.py   (about a minute)

Each arm of the shipped scenario is run with 400 and with 4,000 cases, each time in a process of its
own. What a case costs is the growth of the peak from the first run to the second, divided by 3,600:
what a run needs whatever its size falls out. Two peaks are told. *Allocated* is what the program
and its libraries ask for (tracemalloc), the same in every run. *Resident* is the largest size of a
process that is not traced (ru_maxrss): it also holds what the allocator keeps in reserve, and
differs from run to run. The second table says which files allocate; what has gone by the end of a
run are above all the cases in progress and their future.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tracemalloc
from collections import Counter
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from sim.compile.compiler import compile_world
from sim.engine import reference
from sim.study import loader

SCENARIO: Final = "officer_change"
STREAM: Final = "filers"
SEED: Final = 20260401
FEW, MANY = 400, 4_000
AT_MOST: Final = 4_096
"""Bytes that a case may cost."""

FILES: Final = 4
"""Files told one by one in the second table."""

_KILO: Final = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of ``ru_maxrss``."""


def largest() -> int:
    """Return the largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO


def one_run(arm: int, cases: int, *, traced: bool) -> dict[str, Any]:
    """Run one arm here: its name, rows and peak in bytes; ``traced``: also bytes by file."""
    study = loader.load(SCENARIO, sets=[f"cases.{STREAM}.count={cases}"])
    model = compile_world(study.worlds[arm])
    if traced:
        tracemalloc.start()
    log = reference.run(model, SEED, 0)
    told = {"arm": model.arm, "rows": len(log.events), "peak": largest(), "files": {}}
    if traced:
        told["peak"] = tracemalloc.get_traced_memory()[1]
        statistics = tracemalloc.take_snapshot().statistics("filename")
        told["files"] = {_short(line.traceback[0].filename): line.size for line in statistics}
    return told


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-3:])


def asked(arm: int, cases: int, how: str) -> dict[str, Any]:
    """Do ``one_run`` in a new process; ``how``: plain or traced."""
    command = [sys.executable, __file__, str(arm), str(cases), how]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def growth(arm: int, others: Executor) -> tuple[dict[str, Any], dict[str, float]]:
    """Return what the large run of an arm told, and what a case costs, in all and by file."""
    tasks = [(arm, cases, how) for how in ("traced", "plain") for cases in (FEW, MANY)]
    few, many, few_resident, many_resident = others.map(asked, *zip(*tasks, strict=True))
    sizes = {
        "allocated": many["peak"] - few["peak"],
        "resident": many_resident["peak"] - few_resident["peak"],
        **{file: size - few["files"].get(file, 0) for file, size in many["files"].items()},
    }
    return many, {name: size / (MANY - FEW) for name, size in sizes.items()}


def main() -> None:
    """Print what a case of each arm costs, then where it goes."""
    print("| arm | rows per case | allocated (bytes per case) | resident (bytes per case) |")
    print("|---|---:|---:|---:|")
    costs: dict[str, dict[str, float]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as others:
        for arm in range(len(loader.load(SCENARIO).worlds)):
            told, cost = growth(arm, others)
            rows = f"{told['rows'] / MANY:.1f} | {cost['allocated']:,.0f} | {cost['resident']:,.0f}"
            print(f"| {told['arm']} | {rows} |", flush=True)
            costs[told["arm"]] = {name: cost[name] for name in cost if name != "resident"}
    print(f"\nA case is to cost less than {AT_MOST:,} bytes allocated.\n")
    by_file(costs)


def by_file(costs: dict[str, dict[str, float]]) -> None:
    """Print which files allocate what a case of each arm costs."""
    total: Counter[str] = Counter()
    for cost in costs.values():
        total.update({file: size for file, size in cost.items() if file != "allocated"})
    named = [file for file, _ in total.most_common(FILES)]
    print(f"| allocated in (bytes per case) | {' | '.join(costs)} |")
    print("|---|" + "---:|" * len(costs))
    for file in named:
        _line(file, [cost.get(file, 0) for cost in costs.values()])
    kept = [sum(cost.values()) - cost["allocated"] for cost in costs.values()]
    shown = [sum(cost.get(file, 0) for file in named) for cost in costs.values()]
    _line("other files", [all_ - some for all_, some in zip(kept, shown, strict=True)])
    whole = [cost["allocated"] for cost in costs.values()]
    _line("gone at the end of a run", [all_ - some for all_, some in zip(whole, kept, strict=True)])
    _line("**together**", whole)


def _line(title: str, sizes: list[float]) -> None:
    print(f"| {title} | {' | '.join(f'{size:,.0f}' for size in sizes)} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(one_run(int(sys.argv[1]), int(sys.argv[2]), traced="traced" in sys.argv)))
    else:
        main()

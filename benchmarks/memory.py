"""Measures how many bytes a case costs a run of the engine, and prints it as tables.

Usage: python benchmarks/memory.py   (about a minute)

Each arm of the shipped scenario is run with 400 and with 4,000 cases, each time in a process of its
own. The cost of a case is the growth of the process's largest resident size from the first to the
second, divided by 3,600: what a run needs whatever its size falls out. The second table traces the
allocations of one arm in the same way and says which file makes them; what is still there at the
end of a run is told from the rest of its peak, which holds the cases in progress.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any, Final

from sim.compile.compiler import compile_world
from sim.engine import reference
from sim.model import library

SCENARIO: Final = "officer_change"
STREAM: Final = "filers"
SEED: Final = 20260401
FEW, MANY = 400, 4_000
AT_MOST: Final = 4_096
"""Bytes that a case may cost."""

TRACED_ARM: Final = 2
LINES: Final = 6
"""Files told one by one in the second table."""

_KILO: Final = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of ``ru_maxrss``."""


def largest() -> int:
    """Return the largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO


def one_run(arm: int, cases: int, *, traced: bool) -> dict[str, Any]:
    """Run one arm here: its name, rows and peak in bytes; ``traced``: also bytes by file."""
    study = library.load(SCENARIO, sets=[f"cases.{STREAM}.count={cases}"])
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


def asked(arm: int, cases: int, *, traced: bool = False) -> dict[str, Any]:
    """Do ``one_run`` in a new process."""
    command = [sys.executable, __file__, str(arm), str(cases), *(["traced"] if traced else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def by_arm() -> None:
    """Print what a case of each arm costs."""
    print(f"| arm | rows per case | peak with {FEW} cases (MB) | with {MANY:,} | bytes per case |")
    print("|---|---:|---:|---:|---:|")
    for arm in range(len(library.load(SCENARIO).worlds)):
        few, many = asked(arm, FEW), asked(arm, MANY)
        cost = (many["peak"] - few["peak"]) / (MANY - FEW)
        peaks = f"{few['peak'] / 1e6:.0f} | {many['peak'] / 1e6:.0f}"
        print(f"| {many['arm']} | {many['rows'] / MANY:.1f} | {peaks} | {cost:,.0f} |")
    print(f"\nA case is to cost less than {AT_MOST:,} bytes.\n")


def by_file() -> None:
    """Print where the memory of one arm goes."""
    few, many = asked(TRACED_ARM, FEW, traced=True), asked(TRACED_ARM, MANY, traced=True)
    grown = Counter(many["files"])
    grown.subtract(few["files"])
    named = grown.most_common(LINES)
    left = sum(grown.values())
    rows = [
        *named,
        ("other files", left - sum(size for _, size in named)),
        ("gone at the end of the run", many["peak"] - few["peak"] - left),
        ("**traced peak**", many["peak"] - few["peak"]),
    ]
    print(f"| allocated in ({many['arm']}) | bytes per case |")
    print("|---|---:|")
    for name, size in rows:
        print(f"| {name} | {size / (MANY - FEW):,.0f} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(one_run(int(sys.argv[1]), int(sys.argv[2]), traced="traced" in sys.argv)))
    else:
        by_arm()
        by_file()

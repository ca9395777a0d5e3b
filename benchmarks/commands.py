"""Measures how long the commands take on this machine, and prints it as tables.

Usage: python benchmarks/commands.py [WORKERS]   (default 2, about a minute)

Each command runs as a person would run it, in a process of its own: seconds on the clock and on the
processors (of all its processes together), the median of five runs, or the only run of the
comparison. The steps between the files and the first event are timed inside one process, in the
order in which a run takes them, so that the first arm pays for what all share.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

PROGRAM: Final = Path(sys.executable).with_name("tetsuzuki")
ROOT: Final = Path(__file__).parents[1]
SCENARIO: Final = "officer_change"
FILES: Final = sorted(map(str, ROOT.glob("scenarios/*.yaml")))
RUNS: Final = 5

Times = tuple[float, float]
"""Seconds on the clock and on the processors."""

Found = TypeVar("Found")


def timed(arguments: Sequence[str]) -> Times:
    """Return the times of one command that must succeed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([str(PROGRAM), *arguments], check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def median(arguments: Sequence[str], runs: int) -> Times:
    """Return the medians of both times over several runs."""
    walls, cpus = zip(*(timed(arguments) for _ in range(runs)), strict=True)
    return statistics.median(walls), statistics.median(cpus)


def commands(workers: int) -> None:
    """Print what the commands take."""
    comparison = ["run", SCENARIO, "--workers", str(workers), "--json", "--quiet"]
    rows = [
        ("`tetsuzuki --help`", ["--help"], RUNS, "< 0.4"),
        ("`tetsuzuki list`", ["list"], RUNS, ""),
        (f"`tetsuzuki check` of {len(FILES)} scenario(s)", ["check", *FILES], RUNS, ""),
        (f"`tetsuzuki run`, 1 replication, {workers} workers", [*comparison, "-n", "1"], 3, ""),
        (f"`tetsuzuki run`, as shipped, {workers} workers", comparison, 1, "< 20"),
    ]
    print("| command | clock (s) | goal | processors (s) | runs |")
    print("|---|---:|---:|---:|---:|")
    for title, arguments, runs, goal in rows:
        wall, cpu = median(arguments, runs)
        print(f"| {title} | {wall:.2f} | {goal} | {cpu:.2f} | {runs} |", flush=True)


def spent(act: Callable[[], Found]) -> tuple[Found, float]:
    """Return what an act returns and its CPU-seconds."""
    start = time.process_time()
    found = act()
    return found, time.process_time() - start


def _nothing() -> None:
    """What a new process does to show that it is there."""


def spawned(models: Sequence[object]) -> float:
    """Return the seconds until a new process has the compiled models in its hands."""
    process = get_context("spawn").Process(target=_nothing, args=models and ())
    start = time.perf_counter()
    process.start()
    process.join()
    return time.perf_counter() - start


def steps() -> None:
    """Print what comes before the first event."""


if __name__ == "__main__":
    commands(int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count() or 2)
    steps()

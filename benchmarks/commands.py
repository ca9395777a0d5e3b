"""Measures how long the commands take on this machine, and prints it as tables.

Usage: python benchmarks/commands.py [WORKERS]   (default: one for each processor; about a minute)

Each command runs as a person would run it, in a process of its own: seconds on the clock, and on
the processors of all its processes together; the median where it runs more than once. The second
table shows what happens between the files and the first event, in CPU-seconds of one process, in
the order of a run, so that the first arm also pays for what the others share; and how long a
worker takes on the clock to come up with the compiled arms in its hands. The clock means little on
a machine that has other things to do; the processors' seconds suffer less.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Final, TypeVar

PROGRAM: Final = Path(sys.executable).with_name("tetsuzuki")
ROOT: Final = Path(__file__).parents[1]
SCENARIO: Final = "officer_change"
FILES: Final = sorted(
    str(file)
    for kind in ("procedures", "agents", "scenarios")
    for file in (ROOT / kind).glob("*.yaml")
)
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
    """Print how long the commands take."""
    comparison = ["run", SCENARIO, "--workers", str(workers), "--json", "--quiet"]
    rows = [
        ("`tetsuzuki --help`", ["--help"], RUNS, "< 0.4"),
        ("`tetsuzuki list`", ["list"], RUNS, ""),
        (f"`tetsuzuki check` of {len(FILES)} files", ["check", *FILES], RUNS, ""),
        (
            f"`tetsuzuki run`, one replication, {workers} workers",
            [*comparison, "--replications", "1"],
            3,
            "",
        ),
        (f"`tetsuzuki run`, as shipped, {workers} workers", comparison, 1, "< 20"),
    ]
    print(f"{os.cpu_count()} processors; load before: {os.getloadavg()[0]:.1f}.\n")
    print("| command | clock (s) | goal | processors (s) | runs |")
    print("|---|---:|---:|---:|---:|")
    for title, arguments, runs, goal in rows:
        wall, cpu = median(arguments, runs)
        print(f"| {title} | {wall:.2f} | {goal} | {cpu:.2f} | {runs} |", flush=True)


def spent(act: Callable[[], Found]) -> tuple[Found, float]:
    """Return what an act returns, and its CPU-seconds."""
    start = time.process_time()
    found = act()
    return found, time.process_time() - start


def _work(models: tuple[object, ...], done: SimpleQueue[int]) -> None:
    """Do in a new process what a worker does before its first replication: load, and get ready."""
    import sim.experiment.run  # noqa: F401 -- what a worker imports

    done.put(len(models))


def _worker(models: tuple[object, ...]) -> float:
    """Return the seconds until a new process has its modules and the compiled arms."""
    context = get_context("spawn")
    done: SimpleQueue[int] = context.SimpleQueue()
    start = time.perf_counter()
    process = context.Process(target=_work, args=(models, done))
    process.start()
    done.get()
    ready = time.perf_counter() - start
    process.join()
    return ready


def _imports() -> None:
    import sim.experiment.run  # noqa: F401 -- to see how long it takes


def before_the_first_event() -> None:
    """Print what it takes until an engine has something to do."""
    _, importing = spent(_imports)
    from sim.compile.compiler import compile_world
    from sim.study import loader

    study, reading = spent(partial(loader.load, SCENARIO))
    rows = [("import the program", importing), (f"read `{SCENARIO}`", reading)]
    models = []
    for world in study.worlds:
        model, compiling = spent(partial(compile_world, world))
        models.append(model)
        rows.append((f"compile the arm {model.arm}", compiling))
    rows.append(
        ("a worker, on the clock", statistics.median(_worker(tuple(models)) for _ in range(RUNS)))
    )
    print("\n| before the first event | seconds |")
    print("|---|---:|")
    for title, seconds in rows:
        print(f"| {title} | {seconds:.2f} |")


if __name__ == "__main__":
    commands(int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count() or 1)
    before_the_first_event()

"""Changes the engine, the figures and the statistics in small ways, and counts what tests see.

Usage: python benchmarks/mutants.py [--many N] [--seed N] [--workers N] [FILE[:LINE] …]

A mutant is the program with one thing changed: a comparison, an operator, a number, a statement
left out, two arguments swapped. Which are tried is drawn by the seed. Each is written into a copy
of the tree and judged there: the digests of some random models first (most mutants end there), then
the tests of the room it lives in, those named like its file first, until one fails. Survivors are
printed; ``docs/performance.md`` says of the last run why they live.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import multiprocessing
import pickle
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any, Final

from benchmarks._mutations import changes

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = {
    "sim/engine": ("tests/engine",),
    "sim/kpi": ("tests/kpi", "tests/experiment/test_summary.py", "tests/experiment/test_tables.py"),
    "sim/stats.py": ("tests/test_stats.py", "tests/experiment/test_summary.py"),
}
"""The tests that can see a mutant of a room."""
LATE: Final = ("test_typical.py",)
"""Slow files, which are asked last."""
NEVER: Final = ("test_theory.py",)
"""Files that are not asked: slow, and what they measure changes the digests."""
PARTS: Final = ("sim", "tests", "procedures", "agents", "scenarios", "docs", "pyproject.toml")
MODELS: Final = 200
SECONDS: Final = 30
"""CPU-seconds that one test, or the digests, may take before a mutant is said to be endless."""
MEMORY: Final = 3 << 30
LIBRARIES: Final = ("pytest", "hypothesis", "networkx", "pydantic", "scipy.stats", "simpy", "yaml")


@dataclass(frozen=True)
class Mutant:
    """A changed file: where, what was there, what is there now, and the whole text."""

    path: str
    line: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before}  →  {self.after}"


def mutants(path: str, only: str = "") -> Iterator[Mutant]:
    """Yield every mutant of a file, or ``only`` those of a line."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for before, after, line in changes(tree):
        if only in ("", str(line)):
            yield Mutant(path, line, before, after, ast.unparse(tree))


def drawn(files: list[str], many: int, seed: int) -> list[Mutant]:
    """Return so many of all mutants, drawn by the seed, in the order of the files."""
    found = [one for place in files for one in mutants(*place.split(":"))]
    chosen = Random(seed).sample(range(len(found)), min(many, len(found)))  # noqa: S311 -- no secret
    print(f"{len(chosen)} of {len(found)} mutants of {len(files)} files, seed {seed}")
    return [found[place] for place in sorted(chosen)]


def _files(name: str, pattern: str) -> list[Path]:
    """Return a file, or those in a folder that have such a name."""
    return sorted((ROOT / name).rglob(pattern)) or [ROOT / name]


def asked(path: str) -> list[str]:
    """Return the test files that are asked about a mutant, the likeliest and fastest first."""
    named = next(tests for room, tests in ROOMS.items() if path.startswith(room))
    found = [one for name in named for one in _files(name, "test_*.py")]
    stem = Path(path).stem
    files = sorted(found, key=lambda one: (stem not in one.name, one.name in LATE))
    return [str(one.relative_to(ROOT)) for one in files if one.name not in NEVER]


# -- what happens in a process of its own, within a copy of the tree ---------------------------


def remember(tree: Path) -> None:
    """Compile random models once, by what nobody changed, and keep them beside what they give."""
    _enter(tree)
    from tests.test_digests import RECORD, SHOWN
    from tests.test_random_models import compiled, quick
    from tests.test_second_interpreter import thrown

    lines = [
        line.split()
        for path in sorted((RECORD / "models").iterdir())
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    with quick():
        kept = [
            (int(number), compiled(thrown(int(number))), digest)
            for number, digest in lines[:MODELS]
        ]
    with (tree / "models").open("wb") as file:
        for one in kept:
            pickle.dump((*one, SHOWN), file)


def judge(tree: Path, files: list[str], told: Connection) -> None:
    """Tell what sees that the tree was changed: a test, the digests, or nothing ("")."""
    _enter(tree)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    told.send(_otherwise(tree) or _failing(files))


def _enter(tree: Path) -> None:
    import os

    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = True
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- for good


def _limit() -> None:
    """Give what follows its time."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)


def _otherwise(tree: Path) -> str:
    """Return which random model runs otherwise than is on record, "" if none."""
    _limit()
    try:
        from sim.engine import reference
        from sim.kpi import check, measure

        for number, model, digest, shown in _remembered(tree):
            log = reference.run(model, number, 0)
            if log.digest().hex()[:shown] != digest:
                return f"digest of model {number}"
            check(model, log)
            measure(model, log)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is seen
        return f"{type(error).__name__} in a model"
    return ""


def _remembered(tree: Path) -> Iterator[Any]:
    with (tree / "models").open("rb") as file:
        for _ in range(MODELS):
            yield pickle.load(file)  # noqa: S301 -- our own


class _First:
    """Remembers the first test that fails, and gives each a time."""

    failed = ""

    def pytest_runtest_logstart(self) -> None:
        _limit()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


def _failing(files: list[str]) -> str:
    """Return the first test that fails, "" if none does."""
    import pytest

    first = _First()
    options = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist")
    ended = pytest.main([*options, *files], plugins=[first])
    return first.failed or (f"pytest ended with {ended}" if ended else "")


# -- the run -----------------------------------------------------------------------------------


class Trees:
    """Copies of the tree, one for each worker."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(list(LIBRARIES))
        self.free: SimpleQueue[Path] = SimpleQueue()
        trees = [folder / str(number) for number in range(workers)]
        for part in PARTS:
            _copied(ROOT / part, trees[0] / part)
        self._process(remember, trees[0])
        for tree in trees[1:]:
            shutil.copytree(trees[0], tree)
        for tree in trees:
            self.free.put(tree)

    def seen_by(self, mutant: Mutant | None, path: str) -> str:
        """Return what sees a mutant, "" if nothing does; of none, what fails anyway."""
        tree = self.free.get()
        changed = tree / path
        before = changed.read_text(encoding="utf-8")
        Path(importlib.util.cache_from_source(str(changed))).unlink(missing_ok=True)
        changed.write_text(before if mutant is None else mutant.text, encoding="utf-8")
        try:
            return self._judged(tree, asked(path))
        finally:
            changed.write_text(before, encoding="utf-8")
            self.free.put(tree)

    def _judged(self, tree: Path, files: list[str]) -> str:
        ours, theirs = self.processes.Pipe(duplex=False)
        ended = self._process(judge, tree, files, theirs)
        theirs.close()
        with suppress(EOFError):
            return str(ours.recv())
        return "time" if ended == -signal.SIGPROF else f"exit code {ended}"

    def _process(self, *job: Any) -> int | None:
        process = self.processes.Process(target=job[0], args=job[1:])
        process.start()
        process.join()
        return process.exitcode


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "files", nargs="*", metavar="FILE[:LINE]", help="by default all of the rooms"
    )
    parser.add_argument("--many", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--trust", action="store_true", help="tests pass if nothing is changed")
    return parser.parse_args()


def _sound(trees: Trees, rooms: dict[str, Mutant]) -> None:
    """Exit if a test of a room fails although nothing is changed."""
    for one in rooms.values():
        if failing := trees.seen_by(None, one.path):
            sys.exit(f"{failing}: fails without any change")


def main() -> None:
    """Print each mutant with what saw it, and how many there were of each."""
    given = arguments()
    rooms = [
        one for room in ROOMS for one in (sorted((ROOT / room).rglob("*.py")) or [ROOT / room])
    ]
    files = given.files or [str(one.relative_to(ROOT)) for one in rooms]
    chosen = drawn(files, given.many, given.seed)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.workers) as pool:
        trees = Trees(Path(folder), given.workers)
        if not given.trust:
            _sound(trees, {next(one for one in ROOMS if m.path.startswith(one)): m for m in chosen})
        survivors = []
        judged = pool.map(lambda one: trees.seen_by(one, one.path), chosen)
        for mutant, seen in zip(chosen, judged, strict=True):
            print(f"{'killed  ' if seen else 'SURVIVED'} {mutant}  [{seen}]", flush=True)
            survivors += [] if seen else [mutant]
    print(f"\n{len(chosen) - len(survivors)} of {len(chosen)} killed; survivors:")
    print(*survivors, sep="\n")


if __name__ == "__main__":
    main()

"""Changes the engine, the figures and the statistics in small ways, and counts what tests see.

Usage: python benchmarks/mutants.py [--many N] [--seed N] [--workers N] [FILE[:LINE] …]

A mutant is the program with one thing changed: a comparison, an operator, a number, a statement
left out, two arguments swapped. Which are tried is drawn by the seed. Each is judged in a process
of its own, beside a copy of the tree that nobody changes: by the digests of some random models
first (most mutants end there), then by the tests of the room it lives in, those named like its file
first, until one fails. Survivors are printed; ``docs/performance.md`` says why those of the last
run live.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import importlib.abc
import multiprocessing
import os
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
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks._mutations import changes

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = {
    "sim/engine": ("tests/engine",),
    "sim/kpi": (
        "tests/kpi",
        "tests/report",
        *(f"tests/experiment/test_{name}.py" for name in ("metrics", "summary", "tables")),
    ),
    "sim/stats.py": ("tests/test_stats.py", "tests/experiment/test_summary.py"),
}
"""The tests that can see a mutant of a room."""
SLOW: Final = ("test_theory.py", "test_typical.py")
"""Files that are asked about a mutant of the file they are named after, and about no other."""
LONG: Final = "not although_staff_goes_on_to_change"
"""All tests but the one that is about calendars as long as they are shipped."""
PARTS: Final = ("sim", "tests", "procedures", "agents", "scenarios", "docs", "pyproject.toml")
MODELS: Final = 200
TAKEN_AWAY: Final = 255
"""What is told of a process whose end nobody saw."""
SECONDS: Final = 30
"""CPU-seconds that one test, or the digests, may take before a mutant is said to be endless."""
MEMORY: Final = 3 << 30
LOADED: Final = (
    "pytest",
    "hypothesis",
    "scipy.stats",
    "simpy",
    "sim.study.loader",
    "sim.compile.compiler",
)
"""What every process has from the start: all that no mutant changes."""


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
    files = sorted(found, key=lambda one: stem not in one.name)
    return [str(one.relative_to(ROOT)) for one in files if one.name not in SLOW or stem in one.name]


# -- what happens in a process of its own ------------------------------------------------------


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Lets a mutant be imported in place of what stands in the tree."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.path.removesuffix(".py").replace("/", ".")
        self.text = mutant.text

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Find the one module that is changed."""
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def get_source(self, fullname: str) -> str:  # noqa: ARG002 -- there is only one
        """Return what was changed."""
        return self.text


def remember(tree: Path) -> None:
    """Compile random models once, by what nobody changed, and keep them with what they give."""
    from tests.author.models import thrown
    from tests.author.written import compiled
    from tests.test_digests import RECORD, SHOWN
    from tests.worlds import quick

    lines = [
        line.split()
        for path in sorted((RECORD / "models").iterdir())
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    with quick(), (tree / "models").open("wb") as file:
        for number, digest in lines[:MODELS]:
            model = compiled(thrown(int(number)))
            pickle.dump((int(number), model, digest, SHOWN), file)


def judge(tree: Path, mutant: Mutant | None, files: list[str], told: Connection) -> None:
    """Tell what sees a mutant: a test, the digests, or nothing ("")."""
    os.chdir(tree)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = nowhere
        if mutant is not None:
            change = Changed(mutant)
            assert change.name not in sys.modules, change.name  # noqa: S101 -- or all would survive
            sys.meta_path.insert(0, change)
        told.send(_otherwise(tree) or _failing(files))


def _limit() -> None:
    """Give what follows its time."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)


def _otherwise(tree: Path) -> str:
    """Return which random model runs otherwise than is on record, "" if none."""
    _limit()
    try:
        from sim.engine import reference
        from sim.kpi.invariants import check
        from sim.kpi.measures import measure

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


class First:
    """Remembers the first test that fails, and gives each a time."""

    failed = ""

    def pytest_runtest_logstart(self) -> None:
        """Let the time run anew."""
        _limit()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the name of a test that fails."""
        if report.failed:
            self.failed = self.failed or report.nodeid


def _failing(files: list[str]) -> str:
    """Return the first test that fails, "" if none does."""
    import pytest

    from tests.worlds import quick

    first = First()
    options = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", LONG)
    with quick():
        ended = pytest.main([*options, *files], plugins=[first])
    return first.failed or (f"pytest ended with {ended}" if ended else "")


# -- the run -----------------------------------------------------------------------------------


class Trial:
    """A copy of the tree, and the processes in which mutants are tried beside it."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            copy(ROOT / part, tree / part)
        compileall.compile_dir(tree, quiet=2)
        sys.path.insert(0, str(tree))
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(list(LOADED))
        self._process(remember, tree)

    def seen_by(self, mutant: Mutant | None, path: str) -> str:
        """Return what sees a mutant of a file, "" if nothing does; of none, what fails anyway."""
        ours, theirs = self.processes.Pipe(duplex=False)
        ended = self._process(judge, self.tree, mutant, asked(path), theirs)
        theirs.close()
        with suppress(EOFError):
            return str(ours.recv())
        if ended == TAKEN_AWAY:
            msg = f"somebody took the process of {mutant} away"
            raise RuntimeError(msg)
        return "time" if ended == -signal.SIGPROF else f"exit code {ended}"

    def _process(self, *job: Any) -> int | None:
        process = self.processes.Process(target=job[0], args=job[1:])
        process.start()
        process.join()
        return process.exitcode


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


def tried(chosen: list[Mutant], workers: int, *, trust: bool) -> list[Mutant]:
    """Print each mutant with what sees it; return those that nothing sees."""
    survivors = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        trial = Trial(Path(folder))
        rooms = {next(room for room in ROOMS if one.path.startswith(room)): one for one in chosen}
        for one in () if trust else rooms.values():
            if failing := trial.seen_by(None, one.path):
                sys.exit(f"{failing}: fails without any change")
        judged = pool.map(lambda one: trial.seen_by(one, one.path), chosen)
        for mutant, seen in zip(chosen, judged, strict=True):
            print(f"{'killed  ' if seen else 'SURVIVED'} {mutant}  [{seen}]", flush=True)
            survivors += [] if seen else [mutant]
    return survivors


def main() -> None:
    """Print each mutant with what saw it, and how many there were of each."""
    given = arguments()
    rooms = [one for room in ROOMS for one in _files(room, "*.py")]
    files = given.files or [str(one.relative_to(ROOT)) for one in rooms]
    chosen = drawn(files, given.many, given.seed)
    survivors = tried(chosen, given.workers, trust=given.trust)
    print(f"\n{len(chosen) - len(survivors)} of {len(chosen)} killed; survivors:")
    print(*survivors, sep="\n")


if __name__ == "__main__":
    main()

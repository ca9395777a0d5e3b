"""Random mistakes, in the shipped files and in random models that say all that may be said.

Each is understood or told with its place.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest import mock

import pytest
import yaml

from sim.compile import compiler, tables
from sim.engine import reference
from sim.engine.outages import drawn
from sim.errors import InvalidInput, Problem
from sim.kpi.invariants import check
from sim.shelf import KINDS
from sim.study import loader
from sim.yaml import source
from tests import worlds
from tests.author import fragments
from tests.author.models import whole
from tests.author.written import named
from tests.chosen import FIRST, tries

pytestmark = pytest.mark.heavy

ROOT: Final = Path(__file__).resolve().parents[2]
BLOCKS: Final = 20
MUTATIONS: Final = tries(20, 100)
"""In each block."""
RUN_EVERY: Final = 50
MOST_CASES: Final = 1_000
MOST_EVENTS: Final = 50_000

Address = tuple[str | int, ...]

VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, -1, 0, 3, 0.5, 7.25, 1e308, 10**30, float("nan"), float("inf")),
    *("", " ", "no", "on", "12:30", "1_000", "2026-02-30", "2026-05-01", "9999-12-31T23:59", "a b"),
    *(
        "5bd",
        "2d",
        "3bd2d",
        "1h",
        "-1h",
        "0s",
        "1e5s",
        "99999w",
        "90%",
        "150%",
        "-5%",
        "0%",
        "> 3",
        "<= x",
    ),
    *(
        "analog",
        "mixed",
        "all",
        "always",
        "office",
        "confidence",
        "at_once",
        "日本",
        "x" * 3000,
        "{}",
        "%",
    ),
    *(
        [],
        {},
        [[]],
        [1, 2],
        ["1h", "2h"],
        ["2h", "1h"],
        [None],
        {"a": None},
        {"en": "x"},
        {"value": "1h"},
        "1h (30min-2h)",
    ),
    *({"by": "month", "6-7": "1h"}, {"by": "nothing", "else": 1}, {"by": "time", "0d": 1, "5d": 2}),
    *(
        {"median": "1h", "p90": "2h"},
        {"median": "2h", "p90": "1h"},
        {"triangular": ["1h", "2bd", "3h"]},
    ),
    *(
        {"exponential": {"mean": "0s"}},
        {"uniform": [0, 1]},
        {"quantiles": {"10": "1h", "90": "2h"}},
    ),
    *(
        {"chance": "50%"},
        {"asked": "draft_filing"},
        {"until": "nightly"},
        {"redo": {"after": "1h"}},
    ),
    *(
        {"use": "analog"},
        "give_up",
        "dismiss",
        "overlook",
        {"fix": {"work": "1h"}},
        {"agent": "signer"},
    ),
    *fragments.VALUES,
)
"""Values that stand where they should not, some of which may."""

CHARACTERS: Final = ":{}[],#&*!|>'\"%@`?- \t\n\x00\u3000：x0"


class Mutant:
    """One file with something wrong; ``told`` says what was done to it.

    ``text``: what it says now, None if only ``located`` was changed, which is faster than to write
    and read it anew.
    """

    def __init__(self, random: Random, read: dict[Path, source.Located], names: list[str]) -> None:
        self.random = random
        self.names = names
        weights = [len(located.lines) ** 0.7 for located in read.values()]
        (self.path,) = random.choices(list(read), weights)
        self.told = str(self.path)
        original = read[self.path]
        self.text: str | None = None
        self.located = original
        if random.random() < 0.25:
            self.text = self._scribbled("\n".join(original.lines))
            return
        data = copy.deepcopy(original.data)
        self._edit(data)
        self.located = replace(original, data=data)
        if random.random() < 0.25:
            self.text = yaml.dump(
                data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
            )

    def load(self) -> source.Located:
        """Return the file as read. Raises InvalidInput."""
        return self.located if self.text is None else source.loads(self.text, str(self.path))

    # -- as text -------------------------------------------------------------------------------

    def _scribbled(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        at, other = (self.random.randrange(len(lines)) for _ in range(2))
        place = self.random.randrange(len(text))
        character = self.random.choice(CHARACTERS)
        kinds: dict[str, Callable[[], str]] = {
            "cut off": lambda: text[:place],
            "without a character": lambda: text[:place] + text[place + 1 :],
            "with a character": lambda: text[:place] + character + text[place:],
            "without a line": lambda: "".join(lines[:at] + lines[at + 1 :]),
            "with a line twice": lambda: "".join(lines[: at + 1] + lines[at:]),
            "with a line moved": lambda: "".join([*lines[:at], lines[other], *lines[at:]]),
            "with a line indented": lambda: "".join(
                [*lines[:at], "  " + lines[at], *lines[at + 1 :]]
            ),
        }
        kind = self.random.choice(list(kinds))
        self.told += f" {kind} ({place}, {at + 1}, {other + 1}, {character!r})"
        return kinds[kind]()

    # -- as data -------------------------------------------------------------------------------

    def _edit(self, data: Any) -> None:
        edits = [self._delete, self._rename, self._replace, self._replace, self._unknown]
        edits += [self._swap, self._refer, self._refer, self._duplicate, self._stretch]
        edits += [self._add, self._add]
        for _ in range(self.random.choice((1, 1, 1, 2))):
            self.random.choice(edits)(data)

    def _note(self, what: str, address: Address, detail: object = "") -> None:
        self.told += f" {what} {'.'.join(map(str, address))} {str(detail)[:80]}".rstrip()

    def _somewhere(
        self, data: Any, wanted: type | tuple[type, ...] = object
    ) -> tuple[Any, str | int, Address]:
        """Return a place: what contains it, its key or index, its address."""
        places = [p for p in _places(data) if isinstance(p[0][p[1]], wanted)]
        return self.random.choice(places or _places({"": data}))

    def _delete(self, data: Any) -> None:
        inside, key, address = self._somewhere(data)
        del inside[key]
        self._note("delete", address)

    def _rename(self, data: Any) -> None:
        inside, key, address = self._somewhere(data)
        new = self.random.choice((f"{key}x", str(key)[:-1], self.random.choice(self.names)))
        self._note("rename", address, new)
        if isinstance(inside, dict):
            kept = [(new if k == key else k, v) for k, v in inside.items()]
            inside.clear()
            inside.update(kept)

    def _replace(self, data: Any) -> None:
        inside, key, address = self._somewhere(data)
        inside[key] = copy.deepcopy(self.random.choice(VALUES))
        self._note("replace", address, inside[key])

    def _unknown(self, data: Any) -> None:
        inside, key, address = self._somewhere(data, dict)
        name = self.random.choice(("extra", self.random.choice(self.names)))
        inside[key][name] = copy.deepcopy(self.random.choice(VALUES))
        self._note("insert", (*address, name), inside[key][name])

    def _add(self, data: Any) -> None:
        """Say one thing more where it may be said."""
        where, pieces = self.random.choice(list(fragments.homes(self.path.parts[0], data)))
        key, value = copy.deepcopy(self.random.choice(fragments.PIECES[pieces]))
        if isinstance(where.get(key), dict) and isinstance(value, dict) and pieces != "steps":
            value = where[key] | value
        where[key] = value
        self._note("add", (pieces, key), value)

    def _swap(self, data: Any) -> None:
        inside, key, address = self._somewhere(data)
        other, there, second = self._somewhere(data)
        inside[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(inside[key])
        self._note("swap", address, ".".join(map(str, second)))

    def _refer(self, data: Any) -> None:
        inside, key, address = self._somewhere(data, str)
        inside[key] = self.random.choice(self.names)
        self._note("refer", address, inside[key])

    def _duplicate(self, data: Any) -> None:
        inside, key, address = self._somewhere(data)
        value = copy.deepcopy(inside[key])
        self._note("duplicate", address)
        if isinstance(inside, list):
            inside.append(value)
        else:
            inside[f"{key}_again"] = value

    def _stretch(self, data: Any) -> None:
        """Change a number inside a text or its unit."""
        inside, key, address = self._somewhere(data, str)
        old = inside[key]
        unit = old.lstrip("0123456789.")
        new = (
            f"{self.random.choice((0, 1, 7, 100000))}{unit}",
            old.removesuffix(unit) + self.random.choice("%hdw"),
        )
        inside[key] = self.random.choice((*new, f"-{old}", f"{old} {old}"))
        self._note("stretch", address, inside[key])


def _places(data: Any) -> list[tuple[Any, str | int, Address]]:
    """Return every place in some data: what contains it, its key or index, its address."""
    places: list[tuple[Any, str | int, Address]] = []
    todo: list[tuple[Any, Address]] = [(data, ())]
    while todo:
        inside, address = todo.pop()
        if isinstance(inside, dict | list):
            keys: Any = inside if isinstance(inside, dict) else range(len(inside))
            found = [(inside, key, (*address, key)) for key in keys]
            places += found
            todo += [(inside[key], below) for _, key, below in found]
    return places


def _names_in(data: Any) -> set[str]:
    keys = {str(key) for _, key, _ in _places(data)}
    return keys | {
        str(inside[key]) for inside, key, _ in _places(data) if isinstance(inside[key], str)
    }


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Path, source.Located]:
    """Copy the shipped files into the current folder and return each as read."""
    for kind in KINDS:
        shutil.copytree(ROOT / kind, tmp_path / kind)
    monkeypatch.chdir(tmp_path)
    paths = sorted(Path(kind) / path.name for kind in KINDS for path in Path(kind).iterdir())
    return {p: source.load(p) for p in paths if p.suffix == ".yaml" and p.stem != "facts"}


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Compile fast, with every table made once."""
    with (
        worlds.quick(),
        mock.patch.object(tables, "table", lru_cache(1024)(tables.table)),
    ):
        yield


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_mutated_file_gives_a_model_or_problems_with_their_places(
    block: int, shelf: dict[Path, source.Located], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else comes out: no other exception, no problem without file, line and column."""
    random = Random(FIRST + block)  # noqa: S311 -- no secret
    names = _names_of(shelf)
    surprises = []
    for place in range(MUTATIONS):
        mutant = Mutant(random, shelf, names)
        channel = random.choice(("analog", "digital", "agentic", "mixed"))
        with monkeypatch.context() as patched:
            patched.setattr(source, "load", partial(_load, shelf, mutant))
            surprise = _surprise(channel, run=place % RUN_EVERY == 0)
        surprises += [f"{mutant.told} in {channel}: {surprise}"] if surprise else []
    assert not surprises, "\n".join(surprises)


def _names_of(read: dict[Path, source.Located]) -> list[str]:
    """Return what is called something in some files, and all words of the language."""
    return sorted(fragments.words().union(*(_names_in(one.data) for one in read.values())))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_mutated_random_model_runs_by_the_rules_or_has_problems_with_their_places(
    block: int,
) -> None:
    """Five mutants of each model; whatever is understood is run as well, and the laws hold."""
    random = Random(FIRST + block)  # noqa: S311 -- no secret
    surprises = []
    for place in range(tries(4, 50)):
        number = FIRST + block * 1_000 + place
        read = {Path(path): source.loads(text, path) for path, text in named(whole(number)).items()}
        names = _names_of(read)
        for _ in range(5):
            mutant = Mutant(random, read, names)
            surprise = _surprise_in_model(read, mutant, number)
            surprises += [f"{number}: {mutant.told}: {surprise}"] if surprise else []
    assert not surprises, "\n".join(surprises)


def _surprise_in_model(read: dict[Path, source.Located], mutant: Mutant, number: int) -> str:
    """Run the scenario of a random model with something wrong; return what should not come out."""
    try:
        files = {str(path): _load(read, mutant, path) for path in read}
        with worlds.shelved(files), worlds.bounded(MOST_EVENTS):
            (world, *_) = loader.load("s").worlds
            if sum(stream.count for stream in world.scenario.cases.values()) > MOST_CASES:
                return ""
            model = drawn(compiler.compile_world(world), number, 0)
            check(model, reference.run(model, number, 0))
    except InvalidInput as error:
        return _unplaced(error)
    except TimeoutError:  # more than a test has time for
        return ""
    except Exception as error:  # noqa: BLE001 -- this is what the test is about
        return f"{type(error).__name__}: {error}"
    return ""


def _load(read: dict[Path, source.Located], mutant: Mutant, path: Path) -> source.Located:
    return mutant.load() if path == mutant.path else read[path]


def _surprise(channel: str, *, run: bool) -> str:
    """Compile the shelf's scenario in one channel; return what came out that should not."""
    sets = (f"channels=[{channel}]", "cases.filers.count=3") if run else (f"channels=[{channel}]",)
    try:
        (world,) = loader.load("officer_change", sets=sets).worlds
        model = compiler.compile_world(world)
        if run:
            check(model, reference.run(model, 1, 0))
    except InvalidInput as error:
        return _unplaced(error)
    except Exception as error:  # noqa: BLE001 -- this is what the test is about
        return f"{type(error).__name__}: {error}"
    return ""


def _unplaced(error: InvalidInput) -> str:
    """Return which problems have no place or no words."""
    unplaced = [p for p in error.problems if not _placed(p)]
    texts = [p.text(lang) for p in error.problems for lang in ("en", "ja")]
    return "".join(f"no place: {p.text('en')}" for p in unplaced) if all(texts) else "no words"


def _placed(problem: Problem) -> bool:
    """Whether a problem has its place; one of a file as a whole, such as an empty one, has none."""
    whole = problem.key.startswith("file.")
    return problem.file is not None and (whole or None not in (problem.line, problem.column))

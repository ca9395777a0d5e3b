"""What a run computes is on record: a change that means to leave it alone does.

A line of ``tests/digests/`` stands for the log of one random model or one arm of a shipped
scenario; ``models`` are those of the plain language, ``whole`` those with all that there is. Who
means to change what a run computes writes the lines anew and says why in the changelog:
``SOAK=1 UPDATE_DIGESTS=1 pytest -n auto tests/test_digests.py``. Who lets the author draw something
new as well changes those of ``whole`` alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.engine import reference
from sim.study import loader
from sim.yaml import source
from tests.author.models import thrown, whole
from tests.author.written import Written, compiled
from tests.chosen import FIRST, tries
from tests.worlds import quick

pytestmark = pytest.mark.heavy

RECORD: Final = Path(__file__).parent / "digests"
UPDATE: Final = bool(os.environ.get("UPDATE_DIGESTS"))
BLOCK: Final = 100
BLOCKS: Final = 20
WHOLE: Final = 5
CASES: Final = 60
SHOWN: Final = 16
"""Digits of a digest that are kept."""


def recorded(path: Path, told: list[str]) -> list[str]:
    """Return what is on record in a file; if it is written anew, that is what was ``told``."""
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(told) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("turn", range(tries(2, BLOCKS)))
def test_random_models_run_as_they_did(turn: int) -> None:
    """A hundred models by a plain die; which hundreds is chosen by the commit."""
    block = (FIRST + turn) % BLOCKS
    told = digests(block, thrown)
    assert told == recorded(RECORD / "models" / f"{block:02}.txt", told)


@pytest.mark.parametrize("turn", range(tries(1, WHOLE)))
def test_random_models_of_the_whole_language_run_as_they_did(turn: int) -> None:
    """A hundred with whatever may be written."""
    block = (FIRST + turn) % WHOLE
    told = digests(block, whole)
    assert told == recorded(RECORD / "whole" / f"{block:02}.txt", told)


def digests(block: int, write: Callable[[int], Written]) -> list[str]:
    """Return number and digest of a hundred random models."""
    told = []
    with quick():
        for number in range(block * BLOCK, (block + 1) * BLOCK):
            log = reference.run(compiled(write(number)), number, 0)
            told.append(f"{number:04} {log.digest().hex()[:SHOWN]}")
    return told


@pytest.mark.parametrize("name", shelf.names("scenarios"))
def test_shipped_scenarios_run_as_they_did(name: str) -> None:
    """One replication of every arm, with some cases of each stream."""
    streams = source.load(loader.find("scenarios", name)).data["cases"]
    sets = [f"cases.{key}.count={min(one['count'], CASES)}" for key, one in streams.items()]
    models = compile_worlds(loader.load(name, sets=sets).worlds)
    told = [f"{model.arm} {reference.run(model, 1, 0).digest().hex()[:SHOWN]}" for model in models]

    assert told == recorded(RECORD / "scenarios" / f"{name}.txt", told)

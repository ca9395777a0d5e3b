"""docs/mechanisms.md says where each mechanism is and which test moves it: both are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim import shelf
from sim.yaml import source

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")

CORE = (
    *("A1", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A15"),
    *("B2", "B3", "B4", "B5", "B6", "B11"),
    *("C2", "C6", "C9", "C11"),
    *("D1", "D2", "D5"),
    *("E2", "E3", "E6"),
)
GROUPS = {"A": 19, "B": 11, "C": 17, "D": 13, "E": 6, "F": 9}
"""How many mechanisms there are in each group."""


def tables() -> list[list[list[str]]]:
    """Return the rows of the page's tables as lists of cells, without their heads."""
    found = re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
        for text in found
    ]


core, others, absent = tables()
pulled = [*core, *others]
PLACES = sorted({place for row in pulled for place in re.findall(r"`([^`]+)`", row[3])})
TESTS = sorted({test for row in pulled for test in re.findall(r"`([^`]+)`", row[4])})


@cache
def definition(kind: shelf.Kind, name: str) -> Any:
    """Return the data of a shipped file."""
    path = shelf.find(kind, name)
    assert path is not None, f"no {name} in {kind}"
    return source.load(path).data


def is_there(place: str) -> bool:
    """Whether ``scenario``, ``procedure.lever`` or ``procedure.path.to`` is on the shelf."""
    name, *path = place.split(".")
    if not path:
        return shelf.find("scenarios", name) is not None
    part = definition("procedures", name)
    if path[0] in part.get("levers", {}):
        return len(path) == 1
    for key in path:
        if key not in part:
            return False
        part = part[key]
    return True


@cache
def functions(file: str) -> dict[str, str]:
    """Return the source of the functions of a file of tests."""
    text = (ROOT / file).read_text(encoding="utf-8")
    defined = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in defined}


def test_every_mechanism_stands_in_one_table() -> None:
    """Once, with its names in both languages."""
    rows = [*pulled, *absent]
    ids = [f"{group}{n}" for group, count in GROUPS.items() for n in range(1, count + 1)]
    assert sorted(row[0] for row in rows) == sorted(ids)
    assert all(row[1] and row[2] for row in rows)


def test_every_core_mechanism_can_be_pulled() -> None:
    """The first table is the core, in order, and nothing else."""
    assert [row[0] for row in core] == list(CORE)


def test_what_can_be_pulled_says_where_and_how_it_is_tested() -> None:
    """With a place, a test and a direction; what cannot be pulled has a reason."""
    for row in pulled:
        assert len(row) == 6
        assert all("`" in cell for cell in row[3:5]), row[0]
        assert re.search("[↑↓]", row[5]), row[0]
    for row in absent:
        assert len(row) == 4
        assert row[3].endswith("."), row[0]


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_on_the_shelf(place: str) -> None:
    """A scenario, a lever or a part of a procedure."""
    assert is_there(place)


@pytest.mark.parametrize("test", TESTS)
def test_the_test_asserts_a_direction(test: str) -> None:
    """It exists and asks whether a paired interval lies above or below zero."""
    file, name = test.split("::")
    assert re.search(r"\b(rises|falls)\(", functions(file)[name])


@pytest.mark.parametrize("row", core, ids=[row[0] for row in core])
def test_a_test_of_a_core_mechanism_says_so(row: list[str]) -> None:
    """Its id stands in at least one of them."""
    named = [test.split("::") for test in re.findall(r"`([^`]+)`", row[4])]
    assert any(re.search(rf"\b{row[0]}\b", functions(file)[name]) for file, name in named)

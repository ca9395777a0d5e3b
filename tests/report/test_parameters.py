"""Numbers are listed with their sources, what is assumed first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len

from sim.report import parameters
from sim.report.console import drawn


def figure(path: str, value: str, **known: Any) -> Any:
    """Stand in for a figure of the model."""
    given = {"file": "procedures/a.yaml", "line": 1, "source": None, "range": None}
    given |= {"confidence": None, "note": None, "used": ()} | known
    assumed = given["source"] is None or given["confidence"] == "C"
    return SimpleNamespace(path=path, value=value, assumption=assumed, **given)


FEE = figure("steps.pay.burden.fee", "10000", source="REG-04", confidence="A", note="tax", line=30)
SIGNERS = figure("attributes.esigner", "70%", range="60% … 80%", line=12)
ERRORS = figure(
    "steps.draft_filing.analog.makes.form_error",
    "{triangular: [5%, 10%, 15%]}",
    source="REG-C1",
    confidence="C",
    note="an estimate",
    range="5% … 15%",
    line=8,
)
ELSEWHERE = figure("agents.ai", "96%", range="85% … 99%", file="agents/ai.yaml", line=3)
ALL = [FEE, SIGNERS, ERRORS, ELSEWHERE]


def draw(some: list[Any], width: int = 80, lang: str = "en") -> list[str]:
    """Return the lines of the list."""
    return drawn(parameters.page(some, lang, width), columns=width).split("\n")


def where(lines: list[str], text: str) -> int:
    """Return the first line that has the text."""
    return next(place for place, line in enumerate(lines) if text in line)


def test_assumptions_come_first_and_are_counted() -> None:
    """What has no source, or only general knowledge behind it, is an assumption."""
    lines = draw(ALL)

    assert lines[0] == "Assumptions (3 of 4 numbers)"
    assert where(lines, "esigner") < where(lines, "With a source (1 of 4") < where(lines, ".fee")


def test_figures_are_in_order_of_file_and_line() -> None:
    """The reader finds them in the file from top to bottom."""
    lines = draw(ALL)
    places = [
        where(lines, text) for text in ("agents/ai.yaml", "96%", "procedures/a.yaml", "8  st")
    ]

    assert places == sorted(places)
    assert where(lines, "8  steps.draft") < where(lines, "12  attributes.esigner")


def test_the_name_of_a_file_takes_a_line_of_its_own() -> None:
    """It is broken only where it is longer than the page, and columns stay below each other."""
    file = "/usr/lib/python3/site-packages/sim/library/agents/examiner.yaml"
    lines = draw([ERRORS, figure("agents.ai", "96%", range="85% … 99%", file=file, line=3)])
    assert lines[where(lines, "examiner")].strip() == file
    columns = {lines[where(lines, text)].index(text) for text in ("{triangular", "96%")}
    assert len(columns) == 1


def test_a_row_has_line_value_range_source_and_confidence() -> None:
    """A long path is broken before a dot, a long value at a space."""
    lines = draw(ALL)
    row = where(lines, "steps.draft_filing")

    assert lines[row].split() == [
        *("8", "steps.draft_filing.analog.makes"),
        *("{triangular:", "[5%,", "5%", "…", "15%", "REG-C1", "C"),
    ]
    assert lines[row + 1].split() == [".form_error", "10%,", "15%]}"]


@pytest.mark.parametrize("width", [80, 40])
def test_the_steps_that_use_a_skill_stand_below_its_number(width: int) -> None:
    """Once, however many they are."""
    skill = figure("skills.fill.slips", "0.4% × entries", used=("p.draft", "p.copy"))

    assert sum("used by p.draft, p.copy" in line for line in draw([skill], width)) == 1


def test_sources_are_explained_once() -> None:
    """Each id with its confidence and note."""
    lines = draw([FEE, FEE, ERRORS])

    assert lines[where(lines, "Sources") + 1 :][:2] == [
        "  REG-04  A  tax",
        "  REG-C1  C  an estimate",
    ]


def test_numbers_are_counted_by_confidence_at_the_end() -> None:
    """From sure to unsure; a dash stands for those without a source."""
    lines = draw(ALL)

    assert [line.split()[:2] for line in lines[where(lines, "By confidence") + 1 :] if line] == [
        ["A", "1"],
        ["C", "1"],
        ["-", "2"],
    ]


def test_without_any_source_there_is_no_list_of_them() -> None:
    """Nor is there a part for numbers with a source."""
    assert not any("ource" in line.replace("no source", "").strip() for line in draw([SIGNERS])[3:])


@pytest.mark.parametrize("width", [40, 64, 100])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_line_is_wider_than_the_terminal(width: int, lang: str) -> None:
    """Where there is little room, a figure takes several lines."""
    assert max(map(cell_len, draw(ALL, width, lang))) <= width


def test_in_a_narrow_terminal_all_stands_below_the_path() -> None:
    """Nothing is left out."""
    lines = draw([SIGNERS], 40)
    row = where(lines, "attributes.esigner")

    assert [line.strip() for line in lines[row + 1 : row + 3]] == ["70%", "60% … 80%"]


def test_a_file_without_numbers_says_so() -> None:
    """An empty answer would look like a fault."""
    assert draw([]) == ["no numbers here", ""]

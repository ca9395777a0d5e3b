"""The page of a comparison reads well at any width, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from sim.report import comparison
from sim.report.console import drawn
from tests.results import typed

Result = dict[str, Any]


def draw(result: Result, width: int = 80, lang: str = "en") -> str:
    """Return the page as plain text."""
    return drawn(comparison.page(typed(result), lang, width), columns=width)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [40, 57, 72, 80, 100])
def test_no_line_is_wider_than_the_terminal(result: Result, width: int, lang: str) -> None:
    """Full-width letters count two."""
    assert max(map(cell_len, draw(result, width, lang).split("\n"))) <= width


@pytest.mark.parametrize(
    ("lang", "head"),
    [
        (
            "en",
            [
                "Officer change, from the registry to every portal",
                "officer_change | 20 replications | seed 20260401 | simpy | digest 3fa9c1d23fa9",
            ],
        ),
        (
            "ja",
            [
                "役員変更登記からすべてのポータルの更新まで",
                "officer_change | 反復20回 | シード20260401 | simpy | ダイジェスト3fa9c1d23fa9",
            ],
        ),
    ],
)
def test_the_page_begins_with_what_was_run(result: Result, lang: str, head: list[str]) -> None:
    """Title and all that is needed to run it again."""
    assert draw(result, lang=lang).split("\n")[:2] == head


def test_columns_end_at_the_same_cell_in_japanese(result: Result) -> None:
    """Labels of full-width letters do not push figures out of line."""
    lines = draw(result, lang="ja").split("\n")
    rows = [
        line for line in lines if line.lstrip().startswith(("平均", "中央値", "件数", "誤登記"))
    ]

    assert len(rows) == 4
    assert {cell_len(row) for row in rows} == {80}


def test_the_page_ends_with_notes_on_the_intervals(result: Result) -> None:
    """What they are over, and which of the numbers are adjusted."""
    notes = " ".join(draw(result).split("\n")[-14:])

    assert "95 % interval over 20 replications" in notes
    assert "causes may add up to more than the failure rate" in notes
    assert "What an AI waits for counts as waiting for a person" in notes
    assert "a wait for several offices at once counts whole for each" in notes
    assert "(Holm, 24 rows)" in notes


def test_notes_speak_only_of_what_is_shown(result: Result) -> None:
    """Nothing failed and nobody has staff."""
    result["pools"] = {}
    for arm in result["arms"].values():
        arm["causes"] = {}

    assert "add up" not in draw(result)
    assert "Waits for staff" not in draw(result)


def test_one_arm_has_nothing_to_compare_with(result: Result) -> None:
    """There is no table of differences and no note on it."""
    result["arms"] = {"digital": result["arms"]["digital"]}
    result["differences"] = []

    assert "Holm" not in draw(result)


def test_a_result_without_a_title_goes_by_its_name(result: Result) -> None:
    """The name of the scenario is always there."""
    result["title"] = {}

    assert draw(result).startswith("officer_change\n")

"""Differences show their interval and p-value, and a mark where they are certain."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report import comparison
from sim.report.console import drawn
from tests.results import typed

Result = dict[str, Any]


def draw(result: Result, width: int = 80, lang: str = "en") -> list[str]:
    """Return the lines of the table."""
    return drawn(comparison.differences(typed(result), lang, width), columns=width).split("\n")


def only(
    result: Result, kpi: str, value: float | None, low: float | None, high: float | None
) -> Result:
    """Return the result with this difference alone."""
    row = {"from": "analog", "to": "digital", "kpi": kpi, "p": 0.5}
    result["differences"] = [{**row, "value": value, "low": low, "high": high}]
    return result


def test_pairs_are_told_apart(result: Result) -> None:
    """Each pair has a heading, its second arm minus its first."""
    assert [line for line in draw(result) if "minus" in line] == [
        "digital minus analog",
        "agentic minus analog",
        "agentic minus digital",
    ]


def test_headings_are_japanese_too(result: Result) -> None:
    """Arms go by their Japanese titles."""
    assert "エージェント型AI − デジタル" in draw(result, lang="ja")


def test_a_row_has_value_interval_and_p(result: Result) -> None:
    """Shares are in points, costs in the unit that the arms have."""
    lines = [" ".join(line.split()) for line in draw(result)]

    assert lines[3] == "▼ Mean latency (days) -30.9 -31.6 … -30.2 <0.001"
    assert lines[5] == "Failure rate (points) -0.42 -0.92 … 0.08 0.43"
    assert lines[10] == "▼ Cost (1,000 yen) -29.2 -30.3 … -28.1 <0.001"


@pytest.mark.parametrize(
    ("value", "p", "mark"),
    [(-1.5, 0.04, "▼"), (1.5, 0.04, "▲"), (-1.5, 0.05, ""), (1.5, None, ""), (0.0, 0.01, "")],
)
def test_a_mark_claims_a_difference_only_where_its_p_is_below_five_per_cent(
    result: Result, value: float, p: float | None, mark: str
) -> None:
    """The interval leaves out zero in all of them; p is adjusted for the number of rows."""
    told = only(result, "returns", value, value - 0.1, value + 0.1)
    told["differences"][0]["p"] = p

    assert draw(told)[3].split("Returns")[0].strip() == mark


def test_a_difference_that_cannot_be_known_is_said_and_not_marked(result: Result) -> None:
    """The median of one arm was not reached."""
    line = draw(only(result, "latency_days.p50", None, None, None))[3]

    assert line.split() == ["Median", "latency", "(days)", "not", "reached", "0.50"]


def test_intervals_go_below_in_a_narrow_terminal(result: Result) -> None:
    """At 40 columns nothing is cut."""
    lines = draw(only(result, "returns", -0.22, -0.24, -0.2), 40)

    assert any("-0.24 … -0.20" in line for line in lines)
    assert max(map(len, lines)) <= 40

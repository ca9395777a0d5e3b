"""Arms stand side by side as long as they fit."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.comparison import sheet
from sim.report.console import drawn
from sim.report.rows import rows
from tests.results import typed

Result = dict[str, Any]


def draw(result: Result, width: int, lang: str = "en") -> list[str]:
    """Return the lines of the table of arms."""
    told = typed(result)
    return drawn(sheet(rows(told, lang), told, lang, width), columns=width).split("\n")


def multiplied(result: Result, count: int) -> Result:
    """Return the result with ``count`` arms, copies of those it has."""
    originals = list(result["arms"].values())
    result["arms"] = {f"arm_{place}": originals[place % 3] for place in range(count)}
    result["pools"] = {}
    return result


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_three_arms_fit_in_80_columns_with_intervals_beside(result: Result, lang: str) -> None:
    """One line a figure: label, then value and interval of each arm."""
    lines = draw(result, 80, lang)

    assert sum("─" in line for line in lines) == 1
    assert any("93.4 93.0–93.8     95.4 95.0–95.8     97.4 97.0–97.8" in line for line in lines)


def test_intervals_go_below_where_that_keeps_the_arms_together(result: Result) -> None:
    """At 60 columns three arms are still side by side."""
    lines = draw(result, 60)
    mean = next(place for place, line in enumerate(lines) if "58.7" in line)

    assert lines[mean].split() == ["mean", "58.7", "27.8", "11.5"]
    assert lines[mean + 1].split() == ["57.6–59.9", "27.2–28.3", "11.2–11.7"]


def test_arms_that_do_not_fit_go_into_several_blocks(result: Result) -> None:
    """Seven arms at 80 columns make three blocks, none of them empty, each with all labels."""
    lines = draw(multiplied(result, 7), 80)

    assert [line.split() for line in lines if "arm_" in line] == [
        ["arm_0", "arm_1", "arm_2"],
        ["arm_3", "arm_4", "arm_5"],
        ["arm_6"],
    ]
    assert sum(line.startswith("Cases") for line in lines) == 3


def test_a_block_leaves_out_rows_that_none_of_its_arms_has(result: Result) -> None:
    """The old account is left open in the analog arm only."""
    lines = draw(result, 40)
    second = next(place for place, line in enumerate(lines) if line.strip() == "digital")

    assert any("Old account" in line for line in lines[:second])
    assert not any("Old account" in line for line in lines[second:])


def test_a_value_not_reached_takes_the_place_of_its_interval_too(result: Result) -> None:
    """The words end where the intervals of other figures end."""
    line = next(line for line in draw(result, 80) if "90th" in line)

    assert line.split("not reached")[1].split() == ["43.0", "41.8–44.3", "17.8", "17.2–18.3"]


def test_the_bound_of_a_value_not_reached_is_shown_where_it_fits(result: Result) -> None:
    """At least so much is known."""
    result["arms"]["analog"]["latency_days"]["p90"]["low"] = 91.2

    assert any("not reached ≥91.2" in line for line in draw(result, 80))


def test_long_names_of_arms_are_broken_not_cut(result: Result) -> None:
    """No letter of a name is lost."""
    arm = result["arms"]["analog"]
    result["arms"] = {"agentic_with_a_real_time_registry_feed": arm}

    header = "".join(line.strip() for line in draw(result, 40)[:3])

    assert header == "agentic_with_a_real_time_registry_feed"

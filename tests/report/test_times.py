"""Bars of time are on one scale and show each part in its own shade."""

from __future__ import annotations

from typing import Any

from sim.report.comparison import bars
from sim.report.console import drawn
from sim.report.rows import MARKS as MARKS_OF
from tests.results import typed

Result = dict[str, Any]
MARKS = {name.partition(".")[2]: mark for name, mark in MARKS_OF.items()}


def draw(result: Result, width: int = 80, lang: str = "en") -> list[str]:
    """Return the lines of the bars, heading and key included."""
    return drawn(bars(typed(result), lang, width), columns=width).split("\n")


def put_days(result: Result, arm: str, **days: float) -> None:
    """Let the time of an arm have these parts only."""
    parts = result["arms"][arm]["time_days"]
    for part in parts.values():
        part["value"] = 0.0
    for name, value in days.items():
        parts[name]["value"] = value


def test_each_arm_has_a_bar_with_its_days(result: Result) -> None:
    """Name, sum of the parts, bar."""
    lines = draw(result)

    assert [line.split()[:2] for line in lines[1:4]] == [
        ["analog", "58.7"],
        ["digital", "27.8"],
        ["agentic", "11.5"],
    ]


def test_bars_are_on_one_scale(result: Result) -> None:
    """Half the days make half the bar; the longest ends at the edge."""
    put_days(result, "analog", work=20.0, transit=20.0)
    put_days(result, "digital", queue=20.0)

    analog, digital = (line.split()[-1] for line in draw(result)[1:3])

    assert analog.count(MARKS["work"]) == analog.count(MARKS["transit"])
    assert len(digital) == digital.count(MARKS["queue"]) == len(analog) // 2


def test_rework_is_no_part_of_the_bar(result: Result) -> None:
    """It is time that another part already counts."""
    put_days(result, "analog", work=5.0, rework=3.0)

    assert "5.0 " in draw(result)[1]


def test_a_part_not_known_has_no_length(result: Result) -> None:
    """No case reached the goal, so nothing is known of where its time went."""
    for arm in result["arms"].values():
        for part in arm["time_days"].values():
            part["value"] = None

    assert draw(result)[1].split() == ["analog", "0"]


def test_the_key_names_every_part_in_both_languages(result: Result) -> None:
    """At 80 columns it takes one line."""
    assert draw(result)[4].split("  ")[:2] == ["█ work", "▓ in queue"]
    assert draw(result, lang="ja")[4].split("  ")[-1] == "· 対応待ち"


def test_waiting_for_who_comes_is_shown_where_somebody_does(result: Result) -> None:
    """Nought in every arm, it has no place in the key; else it has one, and a part of the bar."""
    assert MARKS["away"] not in " ".join(draw(result))

    put_days(result, "digital", work=5.0, away=5.0)

    assert f"{MARKS['away']} until a person comes" in " ".join(draw(result)[4:])
    assert draw(result)[2].count(MARKS["away"]) > 0

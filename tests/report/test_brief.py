"""The essence of a comparison fits one screen, in both languages and with any number of arms."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from rich.cells import cell_len

from sim.report import brief
from sim.report.console import drawn
from tests.results import typed

Result = dict[str, Any]
SCREEN = 24


def draw(result: Result, width: int = 80, lang: str = "en") -> list[str]:
    """Return the lines of the page."""
    return drawn(brief.page(typed(result), lang, width), columns=width).rstrip("\n").split("\n")


def with_arms(result: Result, count: int) -> Result:
    """Return the result with so many arms, all with every kind of failure and a long name."""
    arms = list(result["arms"].values())
    told = {f"arm{n}": deepcopy(arms[n % len(arms)]) for n in range(count)}
    for arm in told.values():
        arm["failures"] = {k: {"value": 0.1, "low": 0.08, "high": 0.12} for k in arm["failures"]}
    titles = {
        name: {"en": f"Agents with a feed from the registry {name}", "ja": "登記連携と代理人" * 3}
        for name in told
    }
    labels = result["labels"] | {"arms": titles}
    rows = [row | {"from": "arm0", "to": name} for name in list(told)[1:] for row in _rows(result)]
    return result | {"arms": told, "labels": labels, "differences": rows}


def _rows(result: Result) -> list[dict[str, Any]]:
    return [row for row in result["differences"] if row["to"] == "digital"]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("arms", [1, 2, 3, 4, 5, 6])
def test_the_page_fits_a_screen_of_80_by_24(result: Result, arms: int, lang: str) -> None:
    """Full-width letters count two; long names of arms take two lines."""
    lines = draw(with_arms(result, arms), lang=lang)

    assert len(lines) <= SCREEN
    assert max(map(cell_len, lines)) <= 80
    assert sum("10.0" in line for line in lines) >= 5


@pytest.mark.parametrize(
    ("lang", "titles", "ends"),
    [
        ("en", ("Agentic: Resident", "Agentic: Resident + gate"), ("Resident", "gate")),
        ("ja", ("エージェント型AI：住民", "エージェント型AI：住民＋確認"), ("住民", "住民＋確認")),
    ],
)
def test_the_end_of_a_name_is_told_where_the_screen_has_room(
    result: Result, lang: str, titles: tuple[str, ...], ends: tuple[str, ...]
) -> None:
    """Five arms of which two differ in their last word."""
    five = with_arms(result, 5)
    for arm in five["arms"].values():
        arm["failures"] |= {k: {"value": 0, "low": 0, "high": 0} for k in list(arm["failures"])[1:]}
    names = ("Analog", "Digital", "Agentic", *titles)
    five["labels"]["arms"] = {f"arm{n}": {lang: name} for n, name in enumerate(names)}
    lines = draw(five, lang=lang)
    rule = next(place for place, line in enumerate(lines) if line.startswith("──"))
    assert lines[rule - 1].split()[-2:] == [*ends]
    assert len(lines) <= SCREEN
    assert not any("…" in line for line in lines)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_the_terminal(result: Result, width: int, lang: str) -> None:
    """Arms that do not fit side by side stand below each other."""
    lines = draw(with_arms(result, 8), width, lang)

    assert max(map(cell_len, lines)) <= width


def test_the_head_says_goal_clock_and_what_failure_is(result: Result) -> None:
    """A reader must know what is counted from when to when."""
    assert draw(result)[2:5] == [
        "Goal: Portals up to date, Office notified",
        "Clock: from a case's start until it holds its goal, nights and holidays too.",
        "Failure: wrong result, incomplete, gave up, dismissed and not in time together.",
    ]


def test_kinds_of_failure_that_never_happened_are_left_out(result: Result) -> None:
    """The others stand below the failure rate."""
    lines = [line.split("  ")[0] or line.split("  ")[1] for line in draw(result)]
    place = lines.index("Failure rate (%)")

    assert lines[place + 1 : place + 3] == ["wrong result", "Returns a case"]


def test_a_mark_shows_what_certainly_differs_from_the_first_arm(result: Result) -> None:
    """Returns fall in both arms, the failure rate by nothing certain; the first arm has no mark."""
    lines = {line.split("  ")[0]: line for line in draw(result)}

    assert lines["Returns a case"].count("▼") == 2
    assert lines["Offices' hours"].count("▲") == 2
    assert not {"▼", "▲"} & set(lines["Failure rate (%)"])


def test_intervals_show_where_all_arms_have_room_for_them(result: Result) -> None:
    """Otherwise the values alone, and all of them."""
    wide, narrow = (" ".join(draw(result, width)) for width in (100, 60))

    assert "93.4 93.0–93.8" in wide
    assert "93.0–93.8" not in narrow
    assert "93.4" in narrow


def test_one_arm_has_no_marks_to_explain(result: Result) -> None:
    """There is nothing that it could differ from."""
    result["arms"] = {"digital": result["arms"]["digital"]}
    result["differences"] = []

    assert draw(result)[-1] == "All figures: --full"

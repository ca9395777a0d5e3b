"""Every figure of the contract has a row, and causes come in order of weight."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.rows import Row, Shown, rows
from tests.results import typed

Result = dict[str, Any]


def labels(result: Result, lang: str = "en") -> list[str]:
    """Return the labels of all rows but the blank ones."""
    return [row.label for row in rows(typed(result), lang) if row.label]


def row(result: Result, label: str) -> Row:
    """Return the first row of that label."""
    return next(row for row in rows(typed(result), "en") if row.label == label)


def test_all_figures_have_a_row_in_order(result: Result) -> None:
    """Headline first, then why, where the time went, what it cost, and who was busy."""
    assert labels(result) == [
        *("Cases", "Goal reached (%)", "clean", "wrong result", "incomplete", "withdrawn"),
        *("Latency (days)", "mean", "median", "90th percentile"),
        *(
            "Failure rate (%)",
            "wrong result",
            "Wrong entry in the register",
            "Portal left with old data",
        ),
        *("Old account left open", "Event lost", "Deadline missed (%)", "Returns a case"),
        *("Where the days went", "work", "in queue", "closed hours", "in transit"),
        *("until an office acts", "until a person acts", "system, post"),
        *("busy elsewhere", "response", "before the last return"),
        *("Hours of work a case", "applicant", "offices"),
        *("Burden a case", "visits", "forms", "seals", "logins", "Cost (1,000 yen)"),
        *("Staff busy (%)", "G-Biz ID centre", "Registrar"),
        *("Work offered (% of staff time)", "G-Biz ID centre", "Registrar"),
        *("Wait for staff (hours)", "G-Biz ID centre", "Registrar"),
    ]


def test_no_label_is_left_in_english(result: Result) -> None:
    """The same rows are there in Japanese."""
    japanese = labels(result, "ja")

    assert len(japanese) == len(labels(result))
    assert all(any(ord(c) > 0x3000 for c in label) for label in japanese)


def test_causes_are_sorted_by_the_arm_where_they_weigh_most(result: Result) -> None:
    """The largest cause of any arm comes first, wherever it stands in the result."""
    result["arms"]["agentic"]["causes"]["event_lost"]["value"] = 0.5

    assert labels(result).index("Event lost") < labels(result).index("Wrong entry in the register")


def test_causes_that_never_happened_are_left_out(result: Result) -> None:
    """A cause with no case in any arm says nothing."""
    assert "endless" in result["arms"]["agentic"]["causes"]
    assert "endless" not in labels(result)


def test_a_cause_without_a_title_goes_by_its_name(result: Result) -> None:
    """Names are good enough where a file gives no title."""
    del result["labels"]["causes"]["event_lost"]

    assert "event_lost" in labels(result)


def test_a_result_without_labels_goes_by_names(result: Result) -> None:
    """Labels are an extra that older results lack."""
    del result["labels"]

    assert "wrong_entry" in labels(result)


def test_an_arm_that_knows_no_such_cause_has_an_empty_cell(result: Result) -> None:
    """A blank is not a zero."""
    assert row(result, "Old account left open").cells[1:] == (None, None)


def test_shares_are_in_per_cent(result: Result) -> None:
    """The result has shares of one."""
    assert row(result, "Goal reached (%)").cells[0] == Shown("93.4", "93.0–93.8")


def test_lawful_ends_show_only_where_they_happen(result: Result) -> None:
    """They are no failures, but they keep the reached rate below what the failures leave."""
    for arm in result["arms"].values():
        del arm["outcomes"]["withdrawn"]
        arm["outcomes"]["rejected"] = {"value": 0.2, "low": 0.19, "high": 0.21}

    assert "rejected" in labels(result)
    assert "withdrawn" not in labels(result)


def test_clean_wrong_and_incomplete_stand_below_the_goal_reached(result: Result) -> None:
    """A wrong case reached its goal, too; the rows show even where nothing was wrong."""
    result["arms"]["digital"]["outcomes"]["flawed"] = {"value": 0, "low": 0, "high": 0.0004}
    shown = [(r.label, r.indent) for r in rows(typed(result), "en")[1:5]]

    assert shown == [
        ("Goal reached (%)", 0),
        ("clean", 1),
        ("wrong result", 1),
        ("incomplete", 1),
    ]
    assert row(result, "wrong result").cells[1] == Shown("0", "<0.040")


def test_parts_of_transit_stand_indented_where_they_happen(result: Result) -> None:
    """They are parts of a part; one that no arm has says nothing."""
    for arm in result["arms"].values():
        arm["time_days"]["transit_person"] = {"value": 0, "low": 0, "high": 0}
    below = rows(typed(result), "en")
    place = next(place for place, row in enumerate(below) if row.label == "in transit")

    assert [(r.label, r.indent, r.mark) for r in below[place + 1 : place + 4]] == [
        ("until an office acts", 2, ""),
        ("system, post", 2, ""),
        ("busy elsewhere", 1, "▚"),
    ]


def test_waiting_for_a_person_to_come_has_a_row_where_anybody_does(result: Result) -> None:
    """It is in every result, and nought where nobody has sessions."""
    assert "until a person comes" not in [r.label for r in rows(typed(result), "en")]

    result["arms"]["agentic"]["time_days"]["away"] = {"value": 2.0, "low": 1.0, "high": 3.0}

    assert row(result, "until a person comes").cells[2] == Shown("2.0", "1.0–3.0")


@pytest.mark.parametrize(
    ("yen", "label", "value"),
    [
        (640.0, "Cost (yen)", "640"),
        (64_280.0, "Cost (1,000 yen)", "64.3"),
        (64_280_000.0, "Cost (million yen)", "64.3"),
        (None, "Cost (yen)", "not reached"),
    ],
)
def test_costs_are_in_a_unit_that_suits_them(
    result: Result, yen: float | None, label: str, value: str
) -> None:
    """Thousands and millions spare the reader digits."""
    for arm in result["arms"].values():
        arm["cost_yen"] = {"value": yen, "low": yen, "high": yen}

    cell = row(result, label).cells[0]

    assert cell is not None
    assert cell.value == value


def test_a_pool_that_an_arm_does_not_use_has_an_empty_cell(result: Result) -> None:
    """The G-Biz ID centre works in the analog arm only."""
    cells = row(result, "G-Biz ID centre").cells

    assert cells[0] is not None
    assert cells[1:] == (None, None)


def test_a_pool_that_nobody_turned_to_has_an_empty_cell(result: Result) -> None:
    """How busy it was and how long one waited is not known, which is not the same as never."""
    nothing = dict.fromkeys(("value", "low", "high"))
    result["pools"]["registrar"]["agentic"] = {"utilisation": nothing, "wait_hours": nothing}

    assert row(result, "Registrar").cells[2] is None


def test_a_figure_that_no_pool_has_has_no_heading(result: Result) -> None:
    """Where all cases come at once, nothing can be said of the load."""
    for arms in result["pools"].values():
        for figures in arms.values():
            figures["offered_load"] = dict.fromkeys(("value", "low", "high"))

    assert "Work offered (% of staff time)" not in labels(result)
    assert "Staff busy (%)" in labels(result)


def test_a_result_without_pools_has_no_heading_for_them(result: Result) -> None:
    """Nobody has staff in a scenario of people and systems only."""
    result["pools"] = {}

    assert labels(result)[-1] == "Cost (1,000 yen)"

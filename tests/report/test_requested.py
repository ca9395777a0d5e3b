"""What a scenario asks for besides stands in sections of its own."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from sim.report import comparison
from sim.report.console import drawn
from sim.report.rows import sections
from tests.results import typed

Result = dict[str, Any]
LABELS = {"permit": {"en": "Building permit", "ja": "建築確認済証"}}


def about(value: float | None) -> dict[str, float | None]:
    """Return an estimate a tenth wide on both sides, or one that is not reached."""
    if value is None:
        return {"value": None, "low": None, "high": None}
    return {"value": value, "low": value * 0.9, "high": min(1, value * 1.1) if value < 1 else value}


def group(cases: int, share: float | None) -> dict[str, Any]:
    """Return the figures of a group."""
    return {
        "cases": cases,
        "reached_rate": about(share),
        "failure_rate": about(share),
        "latency_days": {"p50": about(share)},
        "returns": about(share),
        "effort_hours": {"applicant": about(share)},
    }


@pytest.fixture
def asked(result: Result) -> Result:
    """A permit, two kinds of applicants and one published figure; nobody online is without."""
    for place, arm in enumerate(result["arms"].values()):
        arm["documents"] = {
            "permit": {"reached_rate": about(0.9), "days": {"p50": about(20), "p90": about(None)}}
        }
        arm["groups"] = {
            "card": {"false": group(0, None) if place else group(40, 0.5), "true": group(60, 0.8)}
        }
        arm["observed"] = {
            "SCP-39": {
                "document": "permit",
                "days": 35,
                "since": "start",
                "simulated": about(0.9),
                "observed": 0.932,
            }
        }
    result["labels"] = {**result["labels"], "documents": LABELS}
    return result


def lines(result: Result, lang: str = "en", width: int = 80) -> list[str]:
    """Return the lines of the page."""
    return drawn(comparison.page(typed(result), lang, width), columns=width).split("\n")


def test_without_a_report_the_page_is_as_ever(result: Result) -> None:
    """No section and no note more."""
    assert list(sections(typed(result), "en")) == []
    assert "first given" not in "\n".join(lines(result))


def test_each_section_begins_with_what_it_is(asked: Result) -> None:
    """Documents, groups, observed figures."""
    heads = [section[0].label for section in sections(typed(asked), "en")]
    assert heads == ["Documents given", "By card", "Observed and simulated (%)"]


def test_a_document_shows_its_share_and_its_days(asked: Result) -> None:
    """By its label; a quantile that lies among those never given is not reached."""
    documents, _, _ = sections(typed(asked), "en")
    assert [row.label for row in documents] == [
        *("Documents given", "Building permit"),
        *("given (%)", "median (days)", "90th pct. (days)"),
    ]
    assert [row.cells[0].value for row in documents if row.cells and row.cells[0]] == [
        *("90.0", "20.0", "not reached"),
    ]


def test_groups_stand_below_each_other_figure_by_figure(asked: Result) -> None:
    """So that they can be compared; an arm without such cases has empty cells."""
    _, groups, _ = sections(typed(asked), "en")
    assert [row.label for row in groups] == [
        "By card",
        *("Cases", "false", "true"),
        *("Goal reached (%)", "false", "true"),
        *("Median latency (days)", "false", "true"),
        *("Failure rate (%)", "false", "true"),
        *("Returns a case", "false", "true"),
        *("Applicant's hours", "false", "true"),
    ]
    without = groups[5].cells
    assert without[0] is not None
    assert without[1:] == (None, None)


def test_an_observed_figure_stands_above_the_simulated_one(asked: Result) -> None:
    """With all digits it was published with."""
    _, _, observed = sections(typed(asked), "en")
    assert [row.label for row in observed] == [
        "Observed and simulated (%)",
        "SCP-39: Building permit, within 35 days of the scenario's start",
        *("observed", "simulated"),
    ]
    published = [cell.value for row in observed[2:3] for cell in row.cells if cell]
    assert published == ["93.2"] * 3


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [40, 57, 80, 100])
def test_no_line_is_wider_than_the_terminal(asked: Result, width: int, lang: str) -> None:
    """Full-width letters count two."""
    assert max(map(cell_len, lines(asked, lang, width))) <= width


def test_the_page_says_how_documents_are_counted(asked: Result) -> None:
    """And in Japanese no label is left in English."""
    assert "counts as infinitely late" in " ".join(lines(asked))
    labels = [row.label for section in sections(typed(asked), "ja") for row in section]
    own = {"true", "false"}
    assert all(any(ord(c) > 0x3000 for c in label) for label in labels if label not in own)

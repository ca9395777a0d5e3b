"""A KPI is one entry: all that is computed, compared, kept and shown follows from it."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from sim.errors import UsageError
from sim.experiment.result import Result, as_json
from sim.experiment.sensitivity import rank
from sim.experiment.summary import summarise
from sim.kpi import metrics
from sim.kpi.estimators import Quantile, column
from sim.kpi.metrics import HEADINGS, METRICS, POOL_METRICS, Metric
from sim.kpi.units import A_CASE
from sim.report import brief, comparison
from sim.report.console import drawn
from sim.words import LANGUAGES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"
MADE_UP = Metric(
    "burden.p50_forms",
    Quantile(column("forms"), 0.5),
    A_CASE,
    ("forms (median)", "様式（中央値）"),
    alone=("Median forms", "様式の中央値"),
    compared=True,
    screen=0,
)


@pytest.fixture
def result(replication: Any, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Two arms of two replications: one needs 1, 2 and 9 forms, the other 5, 6 and 7."""
    monkeypatch.setitem(METRICS, MADE_UP.name, MADE_UP)
    clean = [("clean", 1)] * 3
    arms = {
        "paper": [replication(clean, forms=[5, 6, 7])] * 2,
        "online": [replication(clean, forms=[1, 2, 9])] * 2,
    }
    return summarise("office", {}, 7, "simpy", arms, {})


def page(sheet: Any, result: Result, lang: str = "en") -> str:
    """Return a page with single spaces."""
    return " ".join(drawn(sheet.page(result, lang, 100), columns=100).split())


def test_a_new_metric_is_in_the_result(result: Result) -> None:
    """Beside the other members of its group."""
    arms = as_json(result)["arms"]
    assert list(arms["paper"]["burden"])[-2:] == ["logins", "p50_forms"]
    assert [arm["burden"]["p50_forms"]["value"] for arm in arms.values()] == [6, 2]


def test_a_new_metric_is_in_both_tables(result: Result) -> None:
    """Below the heading of its group in full, by its long name where it stands alone."""
    assert "logins 0 ±0 0 ±0 forms (median) 6.00" in page(comparison, result)
    assert "様式（中央値） 6.00" in page(comparison, result, "ja")
    assert "Median forms 6.00" in page(brief, result)


def test_a_new_metric_is_compared(result: Result) -> None:
    """With its interval and its p."""
    (row,) = [row for row in result.differences if row.kpi == MADE_UP.name]
    assert (row.earlier, row.later, row.change.value) == ("paper", "online", -4)
    assert "Median forms -4.00" in page(comparison, result)


@pytest.mark.usefixtures("result")
def test_assumptions_may_be_ranked_by_a_new_metric() -> None:
    """It is named among the choices."""
    with pytest.raises(UsageError, match="p50_forms"):
        rank("officer_change", kpi="no_such_thing")


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_titles_are_there_in_every_language(metric: Metric) -> None:
    """With the same fields; what is compared or on the screen has some."""
    for titles in (metric.titles, metric.alone):
        assert len(titles) in {0, len(LANGUAGES)}
        fields = [{name for _, name, _, _ in Formatter().parse(text)} for text in titles]
        assert all(one <= {None, "unit"} and one == fields[0] for one in fields)
    shown = metric.compared or metric.grouped or metric.screen is not None
    assert metric.titles or not shown
    assert not metric.below or metric.below in METRICS


def test_every_figure_is_explained() -> None:
    """On the page about figures, by the name of its group."""
    text = PAGE.read_text("utf-8")
    groups = {metric.group for metric in METRICS.values()}
    assert HEADINGS.keys() <= groups
    assert [name for name in groups if f"`{name}" not in text] == []
    assert [one.name for one in POOL_METRICS if f"`pools.{one.name}`" not in text] == []


def test_what_is_compared_is_in_the_order_of_the_result() -> None:
    """So that tables of differences read like those of figures."""
    assert [metric.name for metric in metrics.compared()] == [
        *("latency_days.mean", "latency_days.p50", "failure_rate", "late_rate", "returns"),
        *("effort_hours.applicant", "effort_hours.office", "cost_yen"),
    ]

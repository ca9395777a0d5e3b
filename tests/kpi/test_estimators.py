"""KPIs inside one replication."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.kpi import estimators
from sim.kpi.measures import TABLE
from sim.log import NEVER, OUTCOMES

DAY = 86_400


@pytest.fixture
def cases() -> estimators.Table:
    """Six cases: clean after 1 day, flawed after 3, dismissed, expired, rejected, withdrawn."""
    table = np.zeros(6, TABLE)
    outcomes = ("clean", "flawed", "dismissed", "expired", "rejected", "withdrawn")
    table["outcome"] = [OUTCOMES.index(outcome) for outcome in outcomes]
    table["verdict"] = table["outcome"]
    table["cause"] = [NEVER, 0, 1, 0, 1, NEVER]
    table["start"], table["late"] = DAY, [0, 1, 0, 1, 0, 0]
    table["end"] = DAY + DAY * np.array([1, 3, 2, 2, 2, 2])
    table["returns"], table["work"] = [0, 3, 0, 0, 0, 3], DAY
    return table


def test_reached_failed_and_lawful_cover_all_outcomes_with_flawed_in_two(
    cases: estimators.Table,
) -> None:
    """A flawed case reached its goal and failed; rejection and withdrawal are no failures."""
    assert estimators.reached(cases).tolist() == [True, True, False, False, False, False]
    assert estimators.failed(cases).tolist() == [False, True, True, True, False, False]
    assert estimators.lawful(cases).tolist() == [False, False, False, False, True, True]


def test_late_cases_are_those_that_missed_a_deadline(cases: estimators.Table) -> None:
    """Two of six."""
    assert estimators.late(cases).sum() == 2


def test_latencies_are_infinite_where_the_goal_is_not_reached(cases: estimators.Table) -> None:
    """Rejected and withdrawn cases are not in them; dismissed and expired ones are never done."""
    assert estimators.latencies(cases).tolist() == [1, 3, math.inf, math.inf]


def test_the_median_is_the_lower_one_of_two(cases: estimators.Table) -> None:
    """Of 1, 3, inf, inf days: 3. Of 3, inf, inf: not reached. Of none: unknown."""
    assert estimators.median_latency(cases) == 3
    assert estimators.median_latency(cases[1:]) == math.inf
    assert math.isnan(estimators.median_latency(cases[4:]))


def test_the_mean_latency_is_that_of_cases_that_reached_their_goal(cases: estimators.Table) -> None:
    """Of 1 and 3 days: 2; of none: unknown."""
    assert estimators.mean_latency(cases) == 2
    assert math.isnan(estimators.mean_latency(cases[2:]))


def test_means_are_over_all_cases_or_over_those_that_reached(cases: estimators.Table) -> None:
    """Returns: 6 over six cases; 3 over the two that reached their goal. Units divide."""
    assert estimators.mean("returns")(cases) == 1
    assert estimators.mean_if_reached("returns")(cases) == 1.5
    assert estimators.mean("work", DAY)(cases) == 1
    assert math.isnan(estimators.mean("returns")(cases[:0]))

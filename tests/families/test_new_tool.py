"""A rule that follows the errors that are found, and that nobody makes where nobody finds any."""

from __future__ import annotations

from itertools import combinations

import pytest

from sim.compile.compiler import compile_worlds
from sim.engine import reference
from sim.kpi.estimators import failed
from sim.study import loader
from tests.families.conftest import Shelf, falls, rises, share

FIRMS = ("cases.filers.count=300",)
FAILED = share(failed)
BLIND = "new_tool.steps.examine.finds.invented=0%"


def test_a_guideline_comes_in_time_and_costs_hours(shelf: Shelf) -> None:
    """D1, D2: fewer permits on invented figures than with a statute, more hours of the owner."""
    hours = shelf.estimators.mean("applicant", 3600)
    arms = ("ex_post", "agile")
    assert falls(shelf.change("agile_loop", arms, FAILED, FIRMS, FIRMS, 10))
    assert rises(shelf.change("agile_loop", arms, hours, FIRMS, FIRMS, 10))


@pytest.mark.parametrize("replication", range(3))
def test_a_loop_that_finds_nothing_is_no_loop(replication: int) -> None:
    """D1: where the office finds nothing all three arms are the same, case by case."""
    worlds = loader.load("agile_loop", sets=[BLIND]).worlds
    logs = [reference.run(model, 1, replication) for model in compile_worlds(worlds)]
    assert len(logs) == 3
    for one, other in combinations(logs, 2):
        assert one.events.tolist() == other.events.tolist()
        assert one.cases.tolist() == other.cases.tolist()
        assert one.attributes.tolist() == other.attributes.tolist()


def test_a_loop_that_finds_more_errs_less(shelf: Shelf) -> None:
    """The guideline comes sooner, and fewer errors slip through."""
    few, many = ((*FIRMS, f"detection={one}") for one in ("30%", "60%"))
    assert falls(shelf.change("agile_loop", "agile", FAILED, few, many, 10))


def test_a_guideline_that_is_known_later_comes_later(shelf: Shelf) -> None:
    """What decision makers see two years late is of as little use as a statute."""
    lag = "new_tool.indicators.known_soon.known_after"
    soon, late = ((*FIRMS, f"{lag}={one}") for one in ("30d", "730d"))
    assert rises(shelf.change("agile_loop", "agile", FAILED, soon, late, 10))
    same = shelf.change("agile_loop", ("ex_post", "agile"), FAILED, FIRMS, late, 10)
    assert same.low == same.high == 0

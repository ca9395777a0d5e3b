"""A rule that follows the errors that are found, and that nobody makes where nobody finds any."""

from __future__ import annotations

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


def told(replication: int, **more: tuple[str, ...]) -> list[list[list[tuple[int, ...]]]]:
    """Return all tables of the three arms, row by row."""
    models = compile_worlds(loader.load("agile_loop", **more).worlds)
    logs = [reference.run(model, 1, replication) for model in models]
    tables = ("events", "cases", "decisions", "milestones", "attributes", "harms", "defects")
    return [[getattr(log, name).tolist() for name in tables] for log in logs]


@pytest.mark.parametrize("off", [{"sets": (BLIND,)}, {"levers": ("detection=0%",)}])
@pytest.mark.parametrize("replication", range(3))
def test_a_loop_that_finds_nothing_is_no_loop(
    replication: int, off: dict[str, tuple[str, ...]]
) -> None:
    """D1: where the office finds nothing all three arms are the same, case by case."""
    unruled, ex_post, agile = told(replication, **off)
    assert unruled == ex_post == agile


@pytest.mark.parametrize("replication", range(3))
def test_a_loop_that_finds_something_tells_the_arms_apart(replication: int) -> None:
    """As it is shipped: nobody before the first guideline of 90 days, and many of the others."""
    pairs = zip(*(arm[1] for arm in told(replication)[1:]), strict=True)
    starts = [one[3] / 86_400 for one, other in pairs if one != other]
    assert len(starts) > 100
    assert min(starts) > 85


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

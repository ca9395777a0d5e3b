"""Policy over time: governance, migration, roll-out and staff that shrinks."""

from __future__ import annotations

import math

import pytest

from sim.experiment.run import compare
from sim.kpi.estimators import failed, late
from sim.study import loader
from tests.families.conftest import Shelf, falls, rises, share

FIRMS = ("cases.filers.count=60", "cases.others.count=2")
BODIES = ("cases.bodies.count=20", "migration.actors.engineers.staff={by: time, 0d: 14, 730d: 12}")
NPOS = ("cases.npos.count=30",)
DRAFTS = "officer_change.steps.draft_filing.agentic.makes.form_error"
FAILED, LATE = share(failed), share(late)


# -- governance ------------------------------------------------------------------------------------


def test_to_wait_for_the_statute_is_slower_than_to_begin(shelf: Shelf) -> None:
    """D2, D3: two years without agents cost days in all cases that begin in them."""
    latency = shelf.estimators.mean_latency
    assert rises(shelf.change("governance", ("ex_post", "ex_ante"), latency, FIRMS, FIRMS))


def test_to_begin_without_a_rule_means_more_returns(shelf: Shelf) -> None:
    """D2: speed against failure; what is wrong in the draft comes back."""
    returns = shelf.estimators.mean("returns")
    assert falls(shelf.change("governance", ("ex_post", "ex_ante"), returns, FIRMS, FIRMS))


def test_the_agile_loop_is_nearly_as_quick_and_errs_less(shelf: Shelf) -> None:
    """D1: fewer returns than ex-post, fewer days than ex-ante."""
    returns, latency = shelf.estimators.mean("returns"), shelf.estimators.mean_latency
    assert falls(shelf.change("governance", ("ex_post", "agile"), returns, FIRMS, FIRMS))
    assert falls(shelf.change("governance", ("ex_ante", "agile"), latency, FIRMS, FIRMS))


@pytest.mark.parametrize(
    ("slow", "quick"),
    [
        ("factor: 0.85, every: 365d", "factor: 0.85, every: 14d"),
        ("factor: 0.99, every: 30d", "factor: 0.5, every: 30d"),
    ],
)
def test_quicker_loops_and_more_learning_mean_fewer_returns(
    slow: str, quick: str, shelf: Shelf
) -> None:
    """D1: the length of a loop, weeks against years, and what a loop teaches."""
    learned = (f"{{learning: {{first: 17%, {one}, floor: 1%}}}}" for one in (slow, quick))
    before, after = ((*FIRMS, f"{DRAFTS}={one}") for one in learned)
    returns = shelf.estimators.mean("returns")
    assert falls(shelf.change("governance", "agile", returns, before, after))


# -- migration -------------------------------------------------------------------------------------


def test_without_the_reform_of_work_first_bodies_are_ready_sooner(shelf: Shelf) -> None:
    """A7, C2: the agentic route asks for no reform and hardly for engineers."""
    latency = shelf.estimators.mean_latency
    arms = ("bpr_first", "agentic")
    assert falls(shelf.change("migration", arms, latency, BODIES, BODIES))
    assert falls(shelf.change("migration", arms, LATE, BODIES, BODIES))


def test_more_engineers_leave_fewer_stragglers(shelf: Shelf) -> None:
    """B9, D5: who is late waits for people who are not there."""
    scarce = "migration.actors.engineers.staff={by: time, 0d: 12, 730d: 8}"
    plenty = "migration.actors.engineers.staff={by: time, 0d: 20, 730d: 18}"
    before, after = ((BODIES[0], staff) for staff in (scarce, plenty))
    assert falls(shelf.change("migration", "bpr_first", LATE, before, after))


def test_about_half_of_the_bodies_are_late_where_work_is_reformed_first(shelf: Shelf) -> None:
    """D5: the shipped slice of engineers is fitted to 52.3 % of bodies (MAC-04)."""
    late_bodies = shelf.value("migration", "bpr_first", LATE, replications=8)
    assert late_bodies.low < 0.523 < late_bodies.high
    assert 0.4 < late_bodies.value < 0.65


@pytest.mark.parametrize("lever", ["code_quality", "planning"])
def test_an_agent_that_plans_or_codes_badly_has_more_sent_back(lever: str, shelf: Shelf) -> None:
    """C2: planning success and the rate of faults in the code."""
    good, poor = ((*BODIES, f"{lever}={how}") for how in ("good", "poor"))
    returns = shelf.estimators.mean("returns")
    assert rises(shelf.change("migration", "agentic", returns, good, poor))


def test_code_that_nobody_looks_at_fails_more_often_in_the_end(shelf: Shelf) -> None:
    """C2: with the gate closed engineers look at all of it, with the gate open at none."""
    looked, unseen = ((*BODIES, f"code_gate={gate}") for gate in ("100%", "0%"))
    poor = "code_quality=poor"
    before, after = (*looked, poor), (*unseen, poor)
    assert rises(shelf.change("migration", "agentic", FAILED, before, after, 10))


# -- roll-out and staff ----------------------------------------------------------------------------


def test_a_ramp_gives_a_part_of_what_all_at_once_would_give(shelf: Shelf) -> None:
    """C6, C1: days fall with the share of officers who have the aid."""
    latency = shelf.estimators.mean_latency
    assert falls(shelf.change("gennai", ("without", "ramp"), latency, NPOS, NPOS, 4))
    assert falls(shelf.change("gennai", ("ramp", "at_once"), latency, NPOS, NPOS, 4))


def test_where_a_bureau_loses_its_people_each_channel_is_still_quicker_than_the_last(
    shelf: Shelf,
) -> None:
    """B9: offices take as long in all; what companies take themselves differs."""
    few = ("cases.filers.count=300", "cases.others.count=2")
    latency = shelf.estimators.mean_latency
    assert falls(shelf.change("ageing_staff", ("analog", "digital"), latency, few, few, 4))
    assert falls(shelf.change("ageing_staff", ("digital", "agentic"), latency, few, few, 4))


def test_without_the_loss_the_wait_goes_away(shelf: Shelf) -> None:
    """B9: the queue is made of those who left."""
    few = ("cases.filers.count=300", "cases.others.count=2")
    latency = shelf.estimators.mean_latency
    arms = ("digital", "digital_staffed")
    assert falls(shelf.change("ageing_staff", arms, latency, few, few, 4))


@pytest.mark.parametrize("name", ["governance", "migration", "gennai", "ageing_staff"])
def test_every_scenario_runs_in_all_its_arms(name: str) -> None:
    """In small, without an unknown figure in the failure rate."""
    study = loader.load(name)
    sets = [f"cases.{stream}.count=3" for stream in study.scenario.cases]
    result = compare(loader.load(name, sets=sets), replications=2)
    assert not any(math.isnan(arm.figures["failure_rate"].value) for arm in result.arms.values())

"""Family 1: what moves the officer change."""

from __future__ import annotations

from functools import cache

import pytest

from sim.experiment.result import Result
from sim.experiment.run import compare
from sim.language.base import CHANNELS
from sim.study import loader
from tests.families.conftest import Shelf, falls, rises

SMALL = ("cases.filers.count=40",)
MAY = ("cases.filers.count=40", "start=2026-05-18")  # so that filings meet the June peak

LEVERS = {
    "registry_feed": ("real_time", "none", "agentic", "latency_days.mean", 1),
    "portal_adoption": ("0%", "100%", "agentic", "latency_days.mean", -1),
    "gate": ("0%", "100%", "agentic", "effort_hours.applicant", 1),
    "paper_signers": ("0%", "100%", "digital", "latency_days.mean", 1),
    "bureau_staff": ("6", "1", "analog", "latency_days.mean", 1),
    "company_agents": ("own", "none", "agentic", "effort_hours.applicant", 1),
    "bureau_backlog": ("own", "as_digital", "agentic", "latency_days.mean", 1),
    "june_peak": ("level", "double", "analog", "latency_days.mean", 1),
}
"""Each lever of family 1: from, to, where it shows, in what, and in which direction."""


@cache
def run(*levers: str, sets: tuple[str, ...] = SMALL) -> Result:
    """Return the result of a small run of the officer change."""
    study = loader.load("officer_change", sets=sets, levers=levers)
    return compare(study, replications=6, seed=3)


def figure(result: Result, arm: str, name: str) -> float:
    """Return the value of an estimate of one arm."""
    return result.arms[arm].figures[name].value


def test_without_the_feed_the_news_takes_longer(shelf: Shelf) -> None:
    """A1: from a registry that tells everybody at once to one that tells nobody."""
    told, untold = (*SMALL, "registry_feed=real_time"), (*SMALL, "registry_feed=none")
    latency = shelf.estimators.mean_latency
    assert rises(shelf.change("officer_change", "agentic", latency, told, untold))


def test_more_portals_that_join_leave_fewer_behind(shelf: Shelf) -> None:
    """A1: portals that subscribe need not be told one by one."""
    few, all_ = (*SMALL, "portal_adoption=0%"), (*SMALL, "portal_adoption=100%")
    latency = shelf.estimators.mean_latency
    assert falls(shelf.change("officer_change", "agentic", latency, few, all_))


def test_a_lever_at_its_default_equals_no_lever() -> None:
    """Setting every lever to what it is anyway gives the same log, byte for byte."""
    plain = run(sets=(*SMALL, "levers={}"))
    known = loader.load("officer_change").worlds[0].procedures["officer_change"].levers
    chosen = [f"{name}={lever.default}" for name, lever in known.items()]
    assert len(chosen) >= 5
    assert run(*chosen, sets=(*SMALL, "levers={}")).digest == plain.digest


@pytest.mark.parametrize("lever", LEVERS)
def test_each_lever_moves_what_it_is_for(lever: str) -> None:
    """Pulled from one end to the other it changes its figure in the expected direction."""
    start, end, arm, path, sign = LEVERS[lever]
    sets = MAY if lever == "june_peak" else SMALL
    alone = (*sets, f"channels=[{arm}]")
    before, after = run(f"{lever}={start}", sets=alone), run(f"{lever}={end}", sets=alone)
    assert (figure(after, arm, path) - figure(before, arm, path)) * sign > 0


def test_without_its_three_reforms_the_agentic_channel_is_the_digital_one() -> None:
    """Companies' agents, the feed and the bureau are all there is between the two: same figures."""
    off = ("company_agents=none", "registry_feed=none", "bureau_backlog=as_digital")
    arms = run(*off, sets=(*SMALL, "channels=[digital,agentic]")).arms
    assert arms["agentic"] == arms["digital"]


def test_each_reform_apart_is_quicker_than_none_and_slower_than_all() -> None:
    """In the scenario that takes the reforms apart."""
    study = loader.load("officer_change_reforms", sets=SMALL)
    result = compare(study, replications=6, seed=3)
    days = {arm: figure(result, arm, "latency_days.mean") for arm in result.arms}
    for reform in ("digital_feed", "agents_only", "agents_and_feed"):
        assert days["all_reforms"] < days[reform] < days["digital"]


def test_a_person_signs_every_filing_in_every_channel() -> None:
    """With the gate wide open nobody checks the agent's draft, and still somebody signs it."""
    hours = {arm: figure(run("gate=0%"), arm, "effort_hours.applicant") for arm in CHANNELS}
    unsigned = (*SMALL, *(f"officer_change.steps.sign.{arm}.work=0" for arm in CHANNELS))
    spared = run("gate=0%", sets=unsigned)
    for arm in CHANNELS:
        assert hours[arm] > figure(spared, arm, "effort_hours.applicant")

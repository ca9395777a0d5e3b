"""Mechanisms of docs/mechanisms.md that no test of a family moves."""

from __future__ import annotations

import pytest

from sim.kpi.units import HOUR
from tests.families.conftest import Shelf, falls, rises, share

FIRMS = ("cases.filers.count=40",)
COMPANIES = ("cases.companies.count=40", "cases.new_representatives.count=1")
NPOS = ("cases.npos.count=40",)
HOMES = ("cases.homes.count=80",)
TOWN = ("cases.households.count=120",)
ABU = ("cases.households.count=30",)


def test_events_that_get_lost_leave_portals_out_of_date(shelf: Shelf) -> None:
    """A1: nobody asks for news that never came, so such cases end flawed and not late."""
    lost = "officer_change.steps.emit_event.makes.event_lost={}"
    none, many = (*FIRMS, lost.format("0%")), (*FIRMS, lost.format("20%"))
    flawed = share(shelf.estimators.ended("flawed"))
    assert rises(shelf.change("officer_change", "agentic", flawed, none, many))


def test_calls_on_the_portal_save_hours_of_those_who_have_an_agent(shelf: Shelf) -> None:
    """A4: coverage alone; what goes by post an agent cannot hand in."""
    by_post, online = (*COMPANIES, "coverage=0%"), (*COMPANIES, "coverage=100%")
    hours = shelf.estimators.mean("applicant", HOUR)
    assert falls(shelf.change("jgrants", "agentic", hours, by_post, online))


def test_cards_for_all_relieve_the_counter_that_runs_beside_the_screen(shelf: Shelf) -> None:
    """A13: the two tracks share their officers, and the second one costs hours and visits."""
    arms = ("today", "all_cards")
    for figure in (shelf.estimators.mean("office"), shelf.estimators.mean("visits")):
        assert falls(shelf.change("mixed_adoption", arms, figure, HOMES, HOMES))


def test_a_name_written_otherwise_keeps_the_push_from_an_account(shelf: Shelf) -> None:
    """A17: on paper the name makes no difference, in the push it costs days."""
    name = "disaster.attributes.foreign_name={}"
    same, other = (*HOMES, name.format("0%")), (*HOMES, name.format("100%"))
    assert rises(shelf.change("disaster", "agentic", shelf.estimators.mean_latency, same, other))


def test_people_who_do_not_trust_the_push_decline_it(shelf: Shelf) -> None:
    """A18: how many want to decline is an attribute; how many do, comes of the notice."""
    wish = "disaster.attributes.opts_out.agentic={}"
    few, many = (*HOMES, wish.format("2%")), (*HOMES, wish.format("60%"))
    withdrawn = share(shelf.estimators.ended("withdrawn"))
    assert rises(shelf.change("disaster", "agentic", withdrawn, few, many))


@pytest.mark.parametrize("switch", ["single_path", "sum_check", "two_person", "cooling"])
def test_one_switch_would_have_kept_the_money_of_abu(switch: str, shelf: Shelf) -> None:
    """B3: the yen that leave with the second instruction."""
    mispaid = shelf.estimators.total("mispaid")
    assert falls(shelf.change("abu_2022", ("history", switch), mispaid, ABU, ABU))


def test_each_signer_on_paper_costs_seals_and_days(shelf: Shelf) -> None:
    """B4, B11: one paper in an online filing, and the filing waits for it."""
    none, all_ = (*FIRMS, "paper_signers=0%"), (*FIRMS, "paper_signers=100%")
    for figure in (shelf.estimators.mean("seals"), shelf.estimators.mean_latency):
        assert rises(shelf.change("officer_change", "digital", figure, none, all_))


def test_a_log_of_the_agents_work_finds_flaws_and_takes_time_to_read(shelf: Shelf) -> None:
    """C11: what the officer can trace to its file no longer stays on file."""
    off, on = (*NPOS, "audit_log=off"), (*NPOS, "audit_log=on")
    office = shelf.estimators.mean("office", HOUR)
    assert rises(shelf.change("food_bank", "agentic", office, off, on))
    invented = "food_bank.steps.draft_form.agentic.makes.form_invented=20%"
    often = ((*NPOS, invented, "audit_log=off"), (*NPOS, invented, "audit_log=on"))
    assert falls(shelf.change("food_bank", "agentic", share(shelf.estimators.failed), *often))


def test_the_more_firms_are_in_the_trial_the_sooner_they_gain(shelf: Shelf) -> None:
    """C14: who takes part before there is a guideline."""
    trial = "compare.agile.attributes.ai_user.0d={}"
    firms = ("cases.filers.count=60", "cases.others.count=2")
    few, all_ = (*firms, trial.format("2%")), (*firms, trial.format("100%"))
    assert falls(shelf.change("governance", "agile", shelf.estimators.mean_latency, few, all_))


def test_money_that_is_pushed_is_there_before_money_that_is_filed_for(shelf: Shelf) -> None:
    """E6: the households of 2020, as it was and with registered accounts."""
    arms = ("as_it_was", "push")
    for figure in (shelf.estimators.mean_latency, shelf.estimators.mean("applicant")):
        assert falls(shelf.change("payment_2020", arms, figure, TOWN, TOWN))


@pytest.mark.parametrize("rail", ["instant", "points", "cash", "on_chain"])
def test_other_rails_do_not_wait_for_the_file_of_the_day(rail: str, shelf: Shelf) -> None:
    """F1: day and night, against a file once a day and the slots of the bank."""
    other = (*ABU, f"rail={rail}")
    assert falls(shelf.change("abu_2022", "history", shelf.estimators.mean_latency, ABU, other))

"""Family 3: what moves the food bank on its way over five offices."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import pytest

from sim import stats
from sim.experiment.run import compare
from sim.kpi.estimators import failed, late, reached
from sim.kpi.measures import Measures
from sim.kpi.units import HOUR
from sim.study import loader
from tests.families.conftest import SEED, Shelf, falls, played, rises, share

SMALL = ("cases.npos.count=25",)
LEGS = ("preparation", "tax", "health", "city", "secretariat_and_maff")
FEW = tuple(f"cases.{leg}.count=40" for leg in ("chain", *LEGS))
DOCUMENTS = ("hygiene_receipt", "city_confirmation", "aid_application", "aid_forwarded", "aid_paid")
"""One needs the other."""


def at(*settings: str) -> tuple[str, ...]:
    """Return settings of the small scenario."""
    return (*SMALL, *settings)


def hours(shelf: Shelf) -> Any:
    """Return the figure of the applicant's hours."""
    return shelf.estimators.mean("applicant", HOUR)


def test_the_journey_is_quicker_from_channel_to_channel(shelf: Shelf) -> None:
    """A10: and sooner within the twenty days of the call."""
    for figure in (shelf.estimators.mean_latency, share(late)):
        assert falls(shelf.change("food_bank", ("analog", "digital"), figure, SMALL, SMALL))
        assert falls(shelf.change("food_bank", ("digital", "agentic"), figure, SMALL, SMALL))


def test_without_a_locker_people_gather_the_files(shelf: Shelf) -> None:
    """A6: which takes them hours and days."""
    for figure in (hours(shelf), shelf.estimators.mean_latency):
        assert rises(shelf.change("food_bank", "agentic", figure, SMALL, at("locker=off")))


def test_scans_that_cannot_be_read_come_back(shelf: Shelf) -> None:
    """A8: the messier the files, the more returns."""
    clear = at("food_bank.steps.gather.agentic.makes.illegible.health=5%")
    returns = shelf.estimators.mean("returns")
    assert falls(shelf.change("food_bank", "agentic", returns, SMALL, clear))


def test_old_versions_come_back_or_stay(shelf: Shelf) -> None:
    """A8: a clash of versions costs rounds, and what nobody notices stays on file."""
    old = "food_bank.steps.gather.agentic.makes.old_version={}"
    few, many = at(old.format("5%")), at(old.format("30%"))
    assert rises(shelf.change("food_bank", "agentic", shelf.estimators.mean("returns"), few, many))
    assert rises(shelf.change("food_bank", "agentic", share(failed), few, many))


def test_forms_that_nobody_redesigned_cost_hours_and_fewer_of_them_with_an_agent(
    shelf: Shelf,
) -> None:
    """A7: redesign is no prerequisite for an agent, whose people feel less of an uncleaned form."""
    clean, uncleaned = at("uncleaned_forms=0%"), at("uncleaned_forms=100%")
    by_hand = shelf.change("food_bank", "digital", hours(shelf), clean, uncleaned)
    by_agent = shelf.change("food_bank", "agentic", hours(shelf), clean, uncleaned)
    assert rises(by_hand)
    assert rises(by_agent)
    assert by_agent.high < by_hand.low


def test_one_authentication_saves_logins(shelf: Shelf) -> None:
    """A11: linked in series, or one login an office."""
    logins = shelf.estimators.mean("logins")
    each = at("authentication=each_office")
    assert rises(shelf.change("food_bank", "agentic", logins, SMALL, each))


def test_without_a_card_there_is_a_login_for_each_office(shelf: Shelf) -> None:
    """A12: who has no card cannot authenticate once for all."""
    all_cards, none = (at(f"food_bank.attributes.id_card={card}") for card in ("86%", "71%"))
    logins = shelf.estimators.mean("logins")
    assert rises(shelf.change("food_bank", "agentic", logins, all_cards, none))


def test_officers_with_gennai_decide_sooner_in_less_time(shelf: Shelf) -> None:
    """C6: Gennai reads the file before the officer does."""
    none, all_of_them = at("officer_ai=0%"), at("officer_ai=100%")
    for figure in (shelf.estimators.mean_latency, shelf.estimators.mean("office", HOUR)):
        assert falls(shelf.change("food_bank", "agentic", figure, none, all_of_them))


def test_two_machines_that_misread_alike_overlook_more(shelf: Shelf) -> None:
    """C6: an officer who believes Gennai's notes finds fewer invented figures, all else equal."""
    many = "food_bank.steps.draft_form.agentic.makes.form_invented=20%"
    alone, aided = at(many, "officer_ai=0%"), at(many, "officer_ai=100%")
    assert rises(shelf.change("food_bank", "agentic", share(failed), alone, aided))


ORDER = "food_bank.steps.give_order.agentic"
DEAF = (f"{ORDER}.makes.wrong_call=30%", f"{ORDER}.finds.wrong_call=0%")
"""An agent that often gets an order wrong and never asks back."""


def test_an_order_misunderstood_goes_round_again(shelf: Shelf) -> None:
    """A9: what the agent does not ask back about is begun anew."""
    returns = shelf.estimators.mean("returns")
    sound = at(f"{ORDER}.makes.wrong_call=0%")
    assert rises(shelf.change("food_bank", "agentic", returns, sound, at(*DEAF)))


def test_asking_back_saves_rounds(shelf: Shelf) -> None:
    """A9: an agent that notices its doubts asks at once."""
    returns = shelf.estimators.mean("returns")
    asks = at(DEAF[0], f"{ORDER}.finds.wrong_call=100%")
    assert falls(shelf.change("food_bank", "agentic", returns, at(*DEAF), asks))


def test_the_gate_trades_hours_for_flaws(shelf: Shelf) -> None:
    """The higher the threshold, the more drafts a person looks over and the fewer flaws stay."""
    many = "food_bank.steps.draft_form.agentic.makes.form_invented=20%"
    open_, shut = at(many, "food_gate=0%"), at(many, "food_gate=100%")
    assert rises(shelf.change("food_bank", "agentic", hours(shelf), open_, shut))
    assert falls(shelf.change("food_bank", "agentic", share(failed), open_, shut))


@pytest.mark.parametrize("document", ["tax", "hygiene", "city"])
def test_once_only_saves_a_visit_for_each_document(shelf: Shelf, document: str) -> None:
    """B5: what one office has said need not be carried to the next."""
    visits = shelf.estimators.mean("visits")
    off = at(f"once_only_{document}=off")
    assert rises(shelf.change("food_bank", "agentic", visits, SMALL, off))


def test_bodies_that_refuse_to_share_send_people_round(shelf: Shelf) -> None:
    """B7: each ordinance on personal data may stop the hand-over."""
    nobody, half = at("data_refused=nobody"), at("data_refused=half")
    for figure in (shelf.estimators.mean("visits"), hours(shelf), shelf.estimators.mean_latency):
        assert rises(shelf.change("food_bank", "agentic", figure, nobody, half))


def test_calls_that_fail_bring_people_back_to_the_screen_and_break_the_chain(shelf: Shelf) -> None:
    """A10: a link that breaks three times is done by hand; after eight rounds nobody goes on."""
    sound, broken = at("broken_calls=0%"), at("broken_calls=50%")
    for figure in (hours(shelf), share(failed)):
        assert rises(shelf.change("food_bank", "agentic", figure, sound, broken))


def test_stamps_and_discs_cost_days_on_paper(shelf: Shelf) -> None:
    """B2, B4: the stamp relay and the courier's disc."""
    latency = shelf.estimators.mean_latency
    slow = "food_bank.steps.approve_form.analog.delay=5bd"
    assert rises(shelf.change("food_bank", "analog", latency, SMALL, at(slow), replications=4))
    slow = "food_bank.steps.forward_aid.analog.delay=10bd"
    assert rises(shelf.change("food_bank", "analog", latency, SMALL, at(slow), replications=4))


# -- a chain of five offices -----------------------------------------------------------------------


def shares(run: Measures, streams: list[str]) -> dict[str, tuple[float, float]]:
    """Return for each stream the share that arrives, and the share that does without a return."""
    found = {}
    for number, name in enumerate(streams):
        cases = run.cases[run.cases["stream"] == number]
        arrived = reached(cases)
        straight = arrived & (cases["returns"] == 0)
        found[name] = (float(arrived.mean()), float(straight.mean()))
    return found


def beside_product(arm: str, which: int, replications: int = 5) -> stats.Difference:
    """Return the share of the whole chain less the product of its links, by replication."""
    streams = sorted(loader.load("five_offices").scenario.cases)
    runs = [shares(run, streams) for run in played("five_offices", arm, FEW, replications)]
    whole = [run["chain"][which] for run in runs]
    product = [reduce(mul, (run[leg][which] for leg in LEGS)) for run in runs]
    return stats.difference(whole, product)


@pytest.mark.parametrize("arm", ["analog", "digital", "agentic"])
def test_a_chain_arrives_about_as_often_as_all_its_links(arm: str) -> None:
    """A10: the product of the links' shares is near the share of the chain."""
    apart = beside_product(arm, 0)
    assert abs(apart.value) < 0.05


def test_a_chain_goes_straight_through_less_often_than_its_links_say() -> None:
    """A10: what one office overlooks the next sends back, so links are not independent."""
    assert falls(beside_product("agentic", 1))


def test_a_chain_that_breaks_leaves_a_partial_state() -> None:
    """A10: the further along the chain, the fewer cases ever got there; counted by document."""
    sets = (
        *SMALL,
        "agents.npo_head.rules.returned.withdrew.when.chance=100%",
        f"report.documents=[{', '.join(DOCUMENTS)}]",
    )
    result = compare(loader.load("food_bank", sets=sets), replications=3, seed=SEED)
    for arm in ("analog", "digital"):
        told = result.arms[arm].documents
        given = [told[name].reached_rate.value for name in DOCUMENTS]
        assert given == sorted(given, reverse=True)
        assert given[0] > given[-1] > 0

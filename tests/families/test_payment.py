"""From the order to the money: five rails, and two accidents whose sums are known."""

from __future__ import annotations

import pytest

from sim.kpi.units import HOUR
from sim.study import loader
from tests.families.conftest import Shelf, falls, played, rises, share

ABU, TENEI = 46_300_000, 116_200_000
HOMES = ("cases.heavy.count=30", "cases.lighter.count=10")
VILLAGE = ("cases.three_persons.count=20", "cases.four_persons.count=5")
TOWN = ("cases.households.count=25",)


def mispaid(scenario: str, arm: str, replications: int = 3) -> set[float]:
    """Return every sum that went astray in a replication of the whole accident."""
    figure = Shelf.estimators.total("mispaid")
    return {figure(run.cases) for run in played(scenario, arm, (), replications)}


# ── Two accidents ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arm", "yen"),
    [
        ("history", ABU),
        ("idempotency_key", ABU),  # the slip is another instruction, with another key
        ("single_path", 0),
        ("sum_check", 0),
        ("payee_count", 0),
        ("amount_limit", 0),
    ],
)
def test_abu_pays_one_person_the_sum_of_all(arm: str, yen: int) -> None:
    """MIS-01, B3: 46,300,000 yen in each replication, or nothing at all."""
    assert mispaid("abu_2022", arm) == {yen}


@pytest.mark.parametrize(
    ("arm", "yen"),
    [
        ("history", TENEI),
        ("single_path", TENEI),  # one path was used, twice
        ("sum_check", TENEI),  # each file on its own is right
        ("payee_count", TENEI),
        ("amount_limit", TENEI),
        ("idempotency_key", 0),
    ],
)
def test_tenei_pays_everybody_twice(arm: str, yen: int) -> None:
    """MIS-05, B3: 116,200,000 yen in each replication, or nothing at all."""
    assert mispaid("tenei_2020", arm) == {yen}


@pytest.mark.parametrize("switch", ["two_person", "cooling"])
@pytest.mark.parametrize(("scenario", "small"), [("abu_2022", TOWN), ("tenei_2020", VILLAGE)])
def test_who_looks_again_finds_most_of_it(
    shelf: Shelf, scenario: str, small: tuple[str, ...], switch: str
) -> None:
    """B3: people find a share (assumed), so less goes astray."""
    lost = shelf.estimators.total("mispaid")
    assert falls(shelf.change(scenario, ("history", switch), lost, small, small, 20))


def test_a_cooling_window_makes_everybody_wait(shelf: Shelf) -> None:
    """B3: three business days for each payment, right or wrong."""
    latency = shelf.estimators.mean_latency
    assert rises(shelf.change("abu_2022", ("history", "cooling"), latency, TOWN, TOWN))


def test_a_file_is_wrong_for_all_or_for_nobody() -> None:
    """A defect of a batch is drawn once: at one half, half of the replications lose all."""
    half = (*TOWN, "payment.steps.make_file.analog.makes.second_slip.no=50%")
    figure = Shelf.estimators.total("mispaid")
    sums = {figure(run.cases) for run in played("abu_2022", "history", half, 20)}
    assert sums == {0, 25 * 100_000}


@pytest.mark.parametrize(
    ("scenario", "arm", "lost", "back"),
    [("abu_2022", "history", ABU, 0.929), ("tenei_2020", "history", TENEI, 0.88)],
)
def test_as_much_comes_back_as_came_back(
    shelf: Shelf, scenario: str, arm: str, lost: int, back: float
) -> None:
    """MIS-04, MIS-05: the shares are put in; what is tested is that they are of the right sum."""
    recovered = shelf.value(scenario, arm, shelf.estimators.total("recovered"), (), 3)
    assert recovered.value == pytest.approx(lost * back, rel=1e-6)


# ── Rails ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rail", ["instant", "points", "cash", "on_chain"])
def test_every_rail_is_quicker_than_the_bank_file(shelf: Shelf, rail: str) -> None:
    """E6, F1: no file once a day, no cut-off, no slot; cash has a counter instead."""
    latency = shelf.estimators.mean_latency
    assert falls(shelf.change("disaster_rails", ("bank", rail), latency, HOMES, HOMES))


def test_cash_costs_a_visit(shelf: Shelf) -> None:
    """E6: who is paid in cash has to come for it."""
    visits = shelf.estimators.mean("visits")
    assert rises(shelf.change("disaster_rails", ("bank", "cash"), visits, HOMES, HOMES))


def test_a_transfer_that_comes_back_takes_longer(shelf: Shelf) -> None:
    """SCP-C5: an account that does not match is found by the bank, and another is asked for."""
    bad = (*HOMES, "payment.steps.enter_account.digital.makes.wrong_account=50%")
    for figure in (shelf.estimators.mean_latency, shelf.estimators.mean("returns")):
        assert rises(shelf.change("disaster_rails", "digital", figure, HOMES, bad))


def test_a_mislinked_account_pays_a_stranger(shelf: Shelf) -> None:
    """PUSH-02: money leaves for another person's account, and only half of it is ever noticed."""
    many = (*HOMES, "payment.steps.enter_account.agentic.makes.mislinked=50%")
    lost = shelf.estimators.total("mispaid")
    assert rises(shelf.change("disaster_rails", "bank", lost, HOMES, many))
    assert rises(
        shelf.change("disaster_rails", "bank", share(shelf.estimators.failed), HOMES, many)
    )
    found = shelf.value("disaster_rails", "bank", shelf.estimators.total("detected"), many)
    assert 0 < found.value < shelf.value("disaster_rails", "bank", lost, many).value


def test_a_stranger_is_paid_by_the_account_that_the_push_joined(shelf: Shelf) -> None:
    """PUSH-02: the loss hangs on the defect of the disaster's own step as well."""
    many = (
        *HOMES,
        "disaster.steps.join_account.agentic.makes.account_mislinked=60%",
        "disaster.steps.read_notice.agentic.finds.account_mislinked=0%",
    )
    lost = shelf.estimators.total("mispaid")
    assert rises(shelf.change("disaster_rails", "on_chain", lost, HOMES, many))


def test_a_disc_misses_the_cut_off_that_an_upload_meets(shelf: Shelf) -> None:
    """B2, PAY-04, PAY-07: bringing the disc to the bank costs hours, and those hours a day."""
    disc = (*TOWN, "single_path=yes")  # an accident costs time of its own
    sent = (*disc, "compare.history.channel=digital")
    assert falls(shelf.change("abu_2022", "history", shelf.estimators.mean_latency, disc, sent))
    hours = shelf.estimators.mean("office", HOUR)
    assert falls(shelf.change("abu_2022", "history", hours, disc, sent))


def test_no_key_means_a_file_can_be_sent_twice(shelf: Shelf) -> None:
    """The agentic ledger gives every payment its key; without it, it is the digital channel."""
    lost = shelf.estimators.total("mispaid")
    twice = (*HOMES, "payment.steps.hand_in.digital.makes.same_file_twice=50%")
    own, none = twice, (*twice, "payment_ledger=none")
    assert rises(shelf.change("disaster_rails", "bank", lost, own, none))


def test_households_and_persons_of_tenei_are_those_of_the_report() -> None:
    """MIS-05: 375 households, 1,162 persons, 100,000 yen each."""
    cases = loader.load("tenei_2020").worlds[0].scenario.cases
    three, four = cases["three_persons"].count, cases["four_persons"].count
    assert three + four == 375
    assert (3 * three + 4 * four) * 100_000 == TENEI

"""Family 4: what moves disaster aid, and the cash payment of 2020."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import stats
from sim.kpi.units import HOUR
from tests.families.conftest import Shelf, falls, played, rises, share

SMALL = ("cases.homes.count=60",)
BUSY = ("cases.homes.count=120",)
TOWN = ("cases.households.count=120",)
DAY = 86_400


def hours(shelf: Shelf, who: str) -> Any:
    """Return the figure: mean hours of ``applicant`` or ``office`` a case."""
    return shelf.estimators.mean(who, HOUR)


def halves(settings: tuple[str, ...], arm: str, attribute: str) -> np.ndarray[Any, Any]:
    """Return the mean days to the end of cases with and without an attribute [replications, 2]."""
    settings = (*settings, f"report.groups=[{attribute}]")
    rows = []
    for run in played("disaster", arm, settings, 6):
        assert run.reported is not None
        has = run.reported.values[:, 0] == 1
        days = (run.cases["end"] - run.cases["start"]) / DAY
        rows.append((days[has].mean(), days[~has].mean()))
    return np.array(rows)


# ── Levers of disaster aid ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lever", "start", "end", "arm", "figure", "sign"),
    [
        ("push", "on", "off", "agentic", "applicant", 1),
        ("account_coverage", "0%", "100%", "agentic", "applicant", -1),
        ("account_coverage", "0%", "100%", "agentic", "latency", -1),
        ("push_list", "30%", "100%", "agentic", "latency", -1),
        ("card_share", "0%", "100%", "digital", "visits", -1),
        ("window", "0d", "45d", "agentic", "latency", 1),
        ("readiness", "cold", "warm", "agentic", "latency", -1),
        ("survey_method", "teams", "drones", "agentic", "latency", -1),
        ("survey_method", "teams", "photos", "digital", "office", -1),
        ("reach", "shelter", "person", "analog", "latency", -1),
        ("gate", "0%", "100%", "agentic", "office", 1),
        ("online_scope", "all", "light", "digital", "visits", 1),
    ],
)
def test_each_lever_moves_what_it_is_for(  # noqa: PLR0913, PLR0917 -- a row of the table
    shelf: Shelf, lever: str, start: str, end: str, arm: str, figure: str, sign: int
) -> None:
    """A12, A15, E2, E3, E4, E6: push, accounts, card, window, readiness, survey, reach."""
    measure = {
        "latency": shelf.estimators.mean_latency,
        "failed": share(shelf.estimators.failed),
        "visits": shelf.estimators.mean("visits"),
        "applicant": hours(shelf, "applicant"),
        "office": hours(shelf, "office"),
    }[figure]
    before, after = ((*SMALL, f"{lever}={value}") for value in (start, end))
    change = shelf.change("disaster", arm, measure, before, after)
    assert rises(change) if sign > 0 else falls(change)


def test_looking_over_more_images_finds_more_of_their_errors(shelf: Shelf) -> None:
    """AI-C4: the gate costs the town's time and saves wrong classes."""
    none, all_ = (*BUSY, "image_sample=0%"), (*BUSY, "image_sample=100%")
    assert falls(shelf.change("disaster", "agentic", share(shelf.estimators.failed), none, all_))
    assert rises(shelf.change("disaster", "agentic", hours(shelf, "office"), none, all_))


def test_drones_misjudge_more_than_teams(shelf: Shelf) -> None:
    """DIS-C5, E4: what is quicker is also wrong more often."""
    teams, drones = (*BUSY, "survey_method=teams"), (*BUSY, "survey_method=drones")
    assert rises(shelf.change("disaster", "agentic", share(shelf.estimators.failed), teams, drones))


def test_staff_from_other_towns_shorten_the_wait_for_a_survey(shelf: Shelf) -> None:
    """E6: support that never comes, against support from the first day."""
    none, at_once = (*BUSY, "support_staff=none"), (*BUSY, "support_staff=at_once")
    assert falls(shelf.change("disaster", "analog", shelf.estimators.mean_latency, none, at_once))


def test_a_damaged_office_delays_everybody_who_needs_it(shelf: Shelf) -> None:
    """E3: the town office closed for three weeks instead of one."""
    week, three = (*SMALL, "outages.0.for=7d"), (*SMALL, "outages.0.for=21d")
    for arm in ("analog", "agentic"):
        assert rises(shelf.change("disaster", arm, shelf.estimators.mean_latency, week, three))


def test_readiness_means_nothing_to_who_files_on_paper() -> None:
    """E3: the paper arm needs no system, so its cases end in the same second."""
    both = ((*SMALL, "readiness=cold"), (*SMALL, "readiness=warm"))
    cold, warm = (played("disaster", "analog", settings, 2) for settings in both)
    assert all((c.cases["end"] == w.cases["end"]).all() for c, w in zip(cold, warm, strict=True))


# ── What must hold ────────────────────────────────────────────────────────────────────────────


def test_without_push_and_drones_the_agentic_channel_is_the_digital_one() -> None:
    """Nothing else is in it: the same cases end in the same second."""
    off = (*SMALL, "push=off", "survey_method=photos")
    for agentic, digital in zip(
        played("disaster", "agentic", off, 2), played("disaster", "digital", off, 2), strict=True
    ):
        for column in ("end", "outcome", "returns", "applicant", "office", "visits"):
            assert (agentic.cases[column] == digital.cases[column]).all(), column


def test_about_one_resident_in_fourteen_objects(shelf: Shelf) -> None:
    """DIS-09: 7.1 % in Kumamoto; a calibration: assumed chances were chosen to meet it."""
    alone = (
        "cases.homes.count=200",
        "disaster.steps.claim_support.analog.makes.missing_paper=0%",
    )
    objections = shelf.value("disaster", "analog", shelf.estimators.mean("returns"), alone)
    assert 0.055 < objections.value < 0.09


def test_images_raise_more_objections_than_teams(shelf: Shelf) -> None:
    """DIS-C5, DIS-09: an error that the resident sees comes back."""
    teams, drones = (*SMALL, "survey_method=teams"), (*SMALL, "survey_method=drones")
    returns = shelf.estimators.mean("returns")
    assert rises(shelf.change("disaster", "agentic", returns, teams, drones))


def test_who_is_outside_the_list_waits_longer() -> None:
    """MIS-08: the push reaches the listed; the others have to hear of it and apply."""
    on, out = halves((*BUSY, "push_list=60%", "readiness=warm"), "agentic", "on_list").T
    assert rises(stats.difference(out, on))


def test_who_declines_is_not_paid_and_has_not_failed(shelf: Shelf) -> None:
    """PUSH-06: silence is consent, a word is not; declining is lawful."""
    everybody = (*SMALL, "disaster.attributes.opts_out.agentic=100%", "account_coverage=100%")
    for run in played("disaster", "agentic", everybody, 2):
        withdrawn = shelf.estimators.ended("withdrawn")(run.cases)
        assert 0 < withdrawn.sum() < len(run.cases)
        assert not (withdrawn & shelf.estimators.failed(run.cases)).any()


def test_a_window_of_no_time_pays_who_would_have_declined(shelf: Shelf) -> None:
    """PUSH-06: fewer decline in time when the window closes at once."""
    many = (*SMALL, "disaster.attributes.opts_out.agentic=100%", "account_coverage=100%")
    withdrawn = share(shelf.estimators.ended("withdrawn"))
    change = shelf.change(
        "disaster", "agentic", withdrawn, (*many, "window=0d"), (*many, "window=45d")
    )
    assert rises(change)


def test_no_donation_before_the_plan_and_no_add_on_without_a_contract() -> None:
    """DIS-22: two months in every channel; and the journey is joined from three procedures."""
    small = ("cases.homes.count=40",)
    for arm in ("analog", "digital", "agentic"):
        for run in played("disaster_rebuilding", arm, small, 2):
            assert run.reported is not None
            names = list(run.reported.report.documents)
            days = run.reported.days[:, names.index("donation_order")]
            assert days.min() >= 60
            assert np.isfinite(run.reported.days[:, names.index("addon_order")]).any()


# ── 2020 ──────────────────────────────────────────────────────────────────────────────────────


def test_the_curve_of_2020_passes_near_its_published_points() -> None:
    """SCP-10, SCP-11, SCP-12: a calibration with all three in view, held to four points."""
    days = []
    for run in played("payment_2020", "as_it_was", (), 2):
        assert run.reported is not None
        document = run.reported.report.documents.index("payment_order")
        days.append(run.reported.days[:, document])
    for by, published in ((42, 0.359), (44, 0.437), (49, 0.515)):
        assert abs((np.concatenate(days) <= by).mean() - published) < 0.04


@pytest.mark.parametrize(
    ("before", "after", "arm", "figure", "sign"),
    [
        ("validation=late", "validation=from_start", "as_it_was", "returns", -1),
        ("checkers=1", "checkers=4", "paper_only", "latency", -1),
        ("account_coverage=0%", "account_coverage=100%", "push", "latency", -1),
        ("online_share=0%", "online_share=60%", "as_it_was", "returns", 1),
        ("online_share=0%", "online_share=60%", "as_it_was", "visits", 1),
    ],
)
def test_each_lever_of_2020_moves_what_it_is_for(  # noqa: PLR0913, PLR0917 -- a row of the table
    shelf: Shelf, before: str, after: str, arm: str, figure: str, sign: int
) -> None:
    """B6: checks in the form, people who check, accounts, online filing (PIN, deficiencies)."""
    busy = (*TOWN, "payment_2020.steps.check.analog.work=3h")
    many = (
        "payment_2020.attributes.online.to_34=40%",
        "payment_2020.attributes.online.from_55=40%",
    )
    settings = (*busy, *many) if before.startswith("validation") else busy
    measure = (
        shelf.estimators.mean_latency if figure == "latency" else shelf.estimators.mean(figure)
    )
    change = shelf.change("payment_2020", arm, measure, (*settings, before), (*settings, after))
    assert rises(change) if sign > 0 else falls(change)


def test_setting_deficient_filings_aside_serves_the_others_sooner(shelf: Shelf) -> None:
    """SCP-28: with triage those that come in whole are done earlier."""
    busy = (
        *TOWN,
        "payment_2020.steps.check.analog.work=4h",
        "payment_2020.steps.file.analog.makes.deficient=40%",
    )

    def whole(cases: Any) -> float:
        return float(np.mean(cases["end"][cases["returns"] == 0]))

    change = shelf.change(
        "payment_2020", "paper_only", whole, (*busy, "triage=off"), (*busy, "triage=on")
    )
    assert falls(change)


def test_when_online_filing_stops_for_good_the_form_goes_by_post(shelf: Shelf) -> None:
    """SCP-23: the portal out from the opening day, nobody is lost and all are later."""
    many = (*TOWN, *(f"payment_2020.attributes.online.{age}=80%" for age in ("from_35", "from_55")))
    stopped = (*many, "outages.0.for=120d")
    latency = shelf.estimators.mean_latency
    assert rises(shelf.change("payment_2020", "as_it_was", latency, many, stopped))
    for run in played("payment_2020", "as_it_was", stopped, 2):
        assert shelf.estimators.reached(run.cases).mean() > 0.97

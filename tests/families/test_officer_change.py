"""Family 1: what moves the officer change."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from sim import stats
from sim.compile.compiler import compile_worlds
from sim.compile.program import Program
from sim.engine import reference
from sim.experiment.result import Result
from sim.experiment.run import compare
from sim.kpi.estimators import judged
from sim.language.base import CHANNELS
from sim.log import LIFE, NEVER, Log
from sim.study import loader
from tests.families.conftest import Shelf, falls, rises, share

SMALL = ("cases.filers.count=40",)
MAY = ("cases.filers.count=40", "start=2026-05-18")  # so that filings meet the June peak

LEVERS = {
    "registry_feed": ("real_time", "none", "agentic", "latency_days.mean", 1),
    "portal_adoption": ("0%", "100%", "agentic", "latency_days.mean", -1),
    "gate": ("0%", "100%", "agentic", "effort_hours.applicant", 1),
    "paper_signers": ("0%", "100%", "digital", "latency_days.mean", 1),
    "bureau_staff": ("8", "3", "analog", "latency_days.mean", 1),
    "company_agents": ("own", "none", "agentic", "effort_hours.applicant", 1),
    "bureau_backlog": ("as_digital", "own", "agentic", "latency_days.mean", -1),
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
    unsigned = (*SMALL, "officer_change.steps.sign.work=0")
    spared = run("gate=0%", sets=unsigned)
    for arm in CHANNELS:
        assert hours[arm] > figure(spared, arm, "effort_hours.applicant")


# -- what the figures hang on ----------------------------------------------------------------------

CALM = (
    "cases.filers.count=60",
    "actors.registrar.load.share=0%",
    "actors.registrar.load.backlog=0",
    "actors.centre.load.share=0%",
    "actors.centre.load.backlog=0",
)
"""Offices without other business, so that nothing but the company's side is left to wait for."""

ALWAYS = (
    "agents.company.attention=all",
    "agents.company.sessions.after=0h",
    "agents.company.sessions.last=8000h",
)
"""People who are always there and do everything at once."""

PAIRS = 10
CRITICAL = "agents.company.order=critical_path"
WRONG = share(judged("flawed"))
UNDONE = share(judged("incomplete"))


def moved(  # noqa: PLR0913, PLR0917 -- what a comparison is made of
    shelf: Shelf,
    figure: str,
    before: tuple[str, ...],
    after: tuple[str, ...],
    arm: str = "agentic",
    world: tuple[str, ...] = CALM,
) -> stats.Difference:
    """Return by how much a figure of an arm moves between two settings of the calm scenario."""
    named = {
        "days": shelf.estimators.mean_latency,
        "letters": shelf.estimators.mean("returns"),
        "wrong": WRONG,
        "undone": UNDONE,
    }
    return shelf.change(
        "officer_change", arm, named[figure], (*world, *before), (*world, *after), PAIRS
    )


def still(difference: stats.Difference) -> bool:
    """Whether nothing moved at all, in no replication."""
    return difference.value == difference.low == difference.high == 0


@pytest.mark.parametrize("arm", ["analog", "digital"])
def test_people_who_begin_with_what_takes_longest_are_done_sooner(arm: str, shelf: Shelf) -> None:
    """Within a session the order counts; who is always there and does all at once needs none."""
    assert falls(moved(shelf, "days", (), (CRITICAL,), arm))
    assert still(moved(shelf, "days", ALWAYS, (*ALWAYS, CRITICAL), arm))


@pytest.mark.parametrize("arm", ["analog", "digital"])
def test_people_who_do_everything_at_once_are_done_sooner(arm: str, shelf: Shelf) -> None:
    """One thing at a time costs further sessions."""
    assert falls(moved(shelf, "days", (), ("agents.company.attention=all",), arm))


def test_how_an_agent_plans_and_shares_its_attention_moves_nothing(shelf: Shelf) -> None:
    """Its own work takes seconds: nobody ever waits for it."""
    assert still(moved(shelf, "days", (), ("agents.company_ai.order=listed",)))
    assert still(moved(shelf, "days", (), ("agents.company_ai.attention=1",)))


def test_a_gate_trades_days_for_right_results(shelf: Shelf) -> None:
    """With a model that errs a fifth as often as it says: at 50, 90 and 99 %."""
    better = ("cases.filers.count=100", "agents.company_ai.overconfidence=0.2")
    gates = [(*better, f"gate={gate}") for gate in ("50%", "90%", "99%")]
    for low, high in pairwise(gates):
        assert rises(moved(shelf, "days", low, high))
        assert falls(moved(shelf, "letters", low, high))
    assert falls(moved(shelf, "wrong", gates[0], gates[2]))


def test_a_gate_before_a_poor_model_saves_days_until_it_asks_too_often(shelf: Shelf) -> None:
    """As often wrong as it says: a letter costs more than a look, up to a point."""
    gates = [("cases.filers.count=200", f"gate={gate}") for gate in ("50%", "90%", "99%")]
    assert falls(moved(shelf, "days", gates[0], gates[1]))
    assert rises(moved(shelf, "days", gates[1], gates[2]))
    for low, high in pairwise(gates):
        assert falls(moved(shelf, "wrong", low, high))


def test_a_gate_whose_person_finds_nothing_only_costs_days(shelf: Shelf) -> None:
    """Results and letters stay what they are, case by case."""
    blind = "agents.company.skills.check.finds=0%"
    once = "agents.company_ai.rules.drafted.second_time.then=proceed"
    low, high = ((blind, once, f"gate={gate}") for gate in ("0%", "100%"))
    assert still(moved(shelf, "wrong", low, high))
    assert still(moved(shelf, "letters", low, high))
    assert rises(moved(shelf, "days", low, high))


def test_a_model_that_errs_five_times_as_often_is_sent_back_more_often(shelf: Shelf) -> None:
    """Sure of itself as before: more letters, more days; none of it where nobody looks."""
    good, bad = ((f"agents.company_ai.overconfidence={over}",) for over in ("0.5", "2.5"))
    assert rises(moved(shelf, "letters", good, bad))
    assert rises(moved(shelf, "days", good, bad))
    unseen = (
        "agents.registrar.skills.examine.finds.form_error=0%",
        "agents.company.skills.check.finds=0%",
        "gate=0%",
    )
    assert still(moved(shelf, "letters", (*good, *unseen), (*bad, *unseen)))
    assert still(moved(shelf, "days", (*good, *unseen), (*bad, *unseen)))


def test_who_knows_less_is_sent_back_more_often_and_leaves_more_undone(shelf: Shelf) -> None:
    """An agent's drafts lack papers; its company's own knowledge decides about loose ends."""
    assert rises(moved(shelf, "letters", (), ("agents.company_ai.knows=60%",)))
    assert rises(moved(shelf, "days", (), ("agents.company_ai.knows=60%",)))
    assert rises(moved(shelf, "undone", (), ("agents.company.knows=80%",)))


def test_who_knows_everything_leaves_nothing_out() -> None:
    """No slip of a paper left out, and no loose end."""
    known = [f"agents.{agent}.knows=100%" for agent in ("company", "company_ai", "scrivener")]
    fed = ("officer_change.steps.emit_event.makes.event_lost=0%",)
    for model, log in logs(*CALM, *known, *fed):
        made = log.defects[log.defects["what"] == LIFE.index("made")]
        names = {model.defects[model.instances[one].defect] for one in made["instance"]}
        forgotten = {"missing_paper", "notice_forgotten", "left_open", "portal_forgotten"}
        assert names
        assert not names & forgotten


def logs(*sets: str, replication: int = 0) -> list[tuple[Program, Log]]:
    """Return the model and one log of every arm."""
    models = compile_worlds(loader.load("officer_change", sets=sets).worlds)
    return [(model, reference.run(model, 3, replication)) for model in models]


# -- the registrars' queue -------------------------------------------------------------------------

QUEUE = (
    "channels=[digital]",
    "cases.filers.count=1500",
    "cases.filers.arrivals={exponential: {mean: 96min}}",
    "cases.filers.hours=office",
    "cases.filers.goal=[register_entry]",
    "cases.filers.locker=[submission, receipt]",
    "actors.registrar.staff=1",
    "actors.registrar.load.backlog=0",
    "actors.centre.load.share=0%",
    "actors.centre.load.backlog=0",
)
"""Filings that lie at reception in the order of chance, and one registrar: M/G/1 in open hours."""


def waits(share: str, work: str, replications: int = 10) -> tuple[stats.Estimate, stats.Estimate]:
    """Return the mean wait for the registrar and what Pollaczek and Khinchine say, in seconds.

    The formula takes the rate, the mean and the second moment of all work that came, filings and
    other business alike: waits in open time, of each replication.
    """
    sets = (
        *QUEUE,
        f"actors.registrar.load.share={share}",
        f"agents.registrar.skills.examine.work={{each: papers, {work}}}",
    )
    found, foretold = [], []
    for replication in range(replications):
        ((model, log),) = logs(*sets, replication=replication)
        (registrar,) = (one for one in model.actors if one.name == "registrar")
        hours = model.calendars[registrar.calendar]
        edges = np.ravel(np.column_stack([hours.opens, hours.closes]))
        passed = np.ravel(np.column_stack([hours.before, hours.after]))
        visits = log.events[(log.events["granted"] != NEVER) & (log.events["finished"] != NEVER)]
        at = {
            moment: np.interp(visits[moment], edges, passed)
            for moment in ("enabled", "granted", "started", "finished")
        }
        busy = at["finished"] - at["started"]
        mine = busy > 0
        rate = mine.sum() / (at["enabled"][mine].max() - at["enabled"][mine].min())
        found.append(float((at["granted"] - at["enabled"])[mine].mean()))
        foretold.append(
            float(rate * np.mean(busy[mine] ** 2) / 2 / (1 - rate * np.mean(busy[mine])))
        )
    return stats.mean(found), stats.mean(foretold)


def test_half_the_work_moves_the_queue_as_the_formula_says() -> None:
    """M/G/1 at the load before and after, within a tenth; without other business a fraction."""
    whole, half = "median: 5min, p90: 8min", "median: 150s, p90: 4min"
    busy, foretold = waits("10%", whole)
    less, foretold_less = waits("10%", half)
    for found, said in ((busy, foretold), (less, foretold_less)):
        assert math.isclose(found.value, said.value, rel_tol=0.1)
    assert less.high < busy.low

    alone, _ = waits("0%", whole)
    assert alone.high < busy.low / 3

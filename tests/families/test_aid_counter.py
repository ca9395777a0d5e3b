"""Aid at a counter: load, calls, desks of each town, outages and prices, each on and off."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.compile.compiler import compile_worlds
from sim.engine import reference
from sim.experiment import checking
from sim.kpi.pools import takes
from sim.log import NEVER
from sim.study import loader
from sim.study.difference import changes
from sim.yaml import source
from tests.engine.test_places import numbered, same
from tests.engine.test_theory import batches, erlang_c, least_error, report, standard_error
from tests.families.conftest import Figure, Shelf, falls, rises
from tests.worlds import Run, shelved

TIMES: Final = 10
FULL, HALF = (
    ("aid_counter.documents.aid_form.size.entries=30",),
    ("aid_counter.documents.aid_form.size.entries=15",),
)
IDLE: Final = ("actors.desk.load.share=0%", "actors.desk.load.backlog=0bd")


def part(column: str) -> Figure:
    """Return the mean hours of a column of times as a figure."""
    return lambda cases: float(cases[column].mean()) / 3600


@cache
def run(scenario: str, arm: str, *sets: str, seed: int = 3, replication: int = 0) -> Run:
    """Run one replication of an arm of a shipped scenario."""
    study = loader.load(scenario, sets=sets)
    (model,) = compile_worlds([world for world in study.worlds if world.arm == arm])
    return Run(model, reference.run(model, seed, replication), {})


def column(made: Run, attribute: str) -> NDArray[np.int64]:
    """Return an attribute of all counted cases."""
    background = np.array([stream.background for stream in made.model.streams])
    counted = ~background[made.log.cases["stream"]]
    found: NDArray[np.int64] = made.log.attributes[counted]
    return found[:, list(made.model.attributes).index(attribute)]


# -- load ------------------------------------------------------------------------------------------


def test_half_the_entries_shorten_the_queue_at_a_busy_desk(shelf: Shelf) -> None:
    """Minutes of work, halved, save hours of waiting; where nothing else is done, hardly."""
    queue, latency = part("queue"), shelf.estimators.mean_latency
    busy = shelf.change("aid_counter", "digital", queue, FULL, HALF, TIMES)
    idle = shelf.change("aid_counter", "digital", queue, (*FULL, *IDLE), (*HALF, *IDLE), TIMES)
    latency = shelf.change(
        "aid_counter", "digital", shelf.estimators.mean_latency, FULL, HALF, TIMES
    )
    assert falls(busy)
    assert falls(latency)
    assert abs(idle.low) < 0.1 < abs(busy.high)


def lognormal(median: float, p90: float) -> tuple[float, float]:
    """Return mean and mean square of a law of two quantiles."""
    sigma = math.log(p90 / median) / 1.2815515655446004
    return median * math.exp(sigma**2 / 2), median**2 * math.exp(2 * sigma**2)


def desk(*sets: str, staff: int, gap: str, count: int, seed: int) -> Run:
    """Run a desk that is declared open day and night, with Poisson arrivals, nothing sent back."""
    told = Path(loader.load("aid_counter").worlds[0].drafts["procedure", "aid_counter"].file)
    text = told.read_text("utf-8").replace(
        "staff: 2 (1-4)\n", f"staff: {staff}\n    hours: always\n"
    )
    sets += (
        "actors.desk.load.backlog=0bd",
        "aid_counter.steps.fill.makes.wrong_entry=0%",
        "aid_counter.steps.decide.by=portal",
        "aid_counter.steps.decide.work=0",
        f"cases.homes.arrivals={{exponential: {{mean: {gap}}}}}",
        "cases.homes.hours=always",
        f"cases.homes.count={count}",
    )
    with shelved({str(told): source.loads(text, str(told))}):
        study = loader.load("aid_counter", sets=sets)
    (model,) = compile_worlds([world for world in study.worlds if world.arm == "agentic"])
    return Run(model, reference.run(model, seed, 0), {})


def waits(made: Run) -> NDArray[np.float64]:
    """Return the hours that all visits of the desk waited, other business too, as they came."""
    model = made.model
    (number,) = (i for i, actor in enumerate(model.actors) if actor.name == "desk")
    at_desk = [number in takes(profile) for profile in model.profiles]
    rows = made.log.events[np.array(at_desk)[made.log.events["profile"]]]
    rows = np.sort(rows[rows["granted"] != NEVER], order=("enabled", "case"))
    hours: NDArray[np.float64] = (rows["granted"] - rows["enabled"]) / 3600
    return hours


OTHER: Final = "actors.desk.load.share=40%"
CASES: Final = (0.25, 0.75)
"""Hours of 30 entries, median and 90th percentile, as the examiner's skill says."""
PIECES: Final = (0.5, 2.0)
"""Hours of a piece of other business."""


@pytest.mark.parametrize(("sets", "half"), [(FULL, 1.0), (HALF, 0.5)])
def test_the_queue_at_one_desk_is_that_of_pollaczek_and_khinchine(
    sets: tuple[str, ...], half: float
) -> None:
    """M/G/1 at the load that the hands-on work leaves: cases one in 2 h, other business 40 %."""
    made = desk(OTHER, *sets, staff=1, gap="2h", count=12_000, seed=21)
    (mean, square), (piece, piece_square) = lognormal(*CASES), lognormal(*PIECES)
    load = 0.4 + mean * half / 2
    theory = (0.4 / piece * piece_square + square * half**2 / 2) / 2 / (1 - load)
    means = batches(waits(made))
    z = (means.mean() - theory) / standard_error(means)
    assert abs(report(f"M/G/1, load {load:.3f}", means.mean(), theory, z)) < 4


EVEN: Final = (
    "agents.examiner.skills.examine.work={each: entries, exponential: {mean: 60s}}",
    "actors.desk.load.each={exponential: {mean: 30min}}",
    "actors.desk.load.share=55%",
)
"""Memoryless work, of a case with 30 entries and of a piece half an hour each."""


def test_the_queue_at_two_desks_is_that_of_erlang_c() -> None:
    """M/M/2: cases one in 2 h, 55 % of other business, in all a load of 67.5 %."""
    made = desk(*EVEN, *FULL, staff=2, gap="2h", count=8_000, seed=22)
    wait = waits(made)
    means = batches(wait)
    _, theory = erlang_c(2, 0.675)
    theory, error = theory / 2, least_error(2, 0.675, len(wait) * 9 // 10) / 2
    z = (means.mean() - theory) / max(error, standard_error(means))
    assert abs(report("M/M/2, load 0.675", means.mean(), theory, z)) < 4


def test_half_the_work_at_two_desks_moves_the_queue_as_the_new_load_says() -> None:
    """M/G/2, which has no closed form: Allen and Cunneen's approximation, within 5 %."""
    made = desk(*EVEN, *HALF, staff=2, gap="2h", count=8_000, seed=22)
    pieces, cases = 0.55 * 2 / 0.5, 1 / 2
    mean = (pieces * 0.5 + cases * 0.25) / (pieces + cases)
    square = 2 * (pieces * 0.5**2 + cases * 0.25**2) / (pieces + cases)
    load = (pieces + cases) * mean / 2
    theory = erlang_c(2, load)[1] * mean * square / mean**2 / 2
    measured = float(waits(made).mean())
    report(f"M/G/2, load {load:.4f}", measured, theory, 0)
    assert measured == pytest.approx(theory, rel=0.05)


# -- a budget that runs out ------------------------------------------------------------------------


def decided(made: Run) -> tuple[NDArray[np.int64], ...]:
    """Return number, second of being ready, need, cost and luck of those who came to the choice."""
    rows = {row["case"]: row for row in made.rows("decide") if row["visit"] == 1}
    cases = np.array(sorted(rows))
    ready = np.array([rows[case]["ready"] for case in cases.tolist()])
    return (
        cases,
        ready,
        *(column(made, name)[cases] for name in ("aid_need", "aid_cost", "aid_granted")),
    )


def within(costs: NDArray[np.int64], budget: int) -> NDArray[np.bool_]:
    """Return who of those in order is paid before it is first not enough."""
    return np.logical_and.accumulate(np.cumsum(costs) <= budget)


@pytest.mark.parametrize("replication", range(TIMES))
def test_the_neediest_are_those_whom_sorting_finds(replication: int) -> None:
    """By need, the highest first, then by number, until the money is not enough for the next."""
    cases, _, need, cost, granted = decided(run("aid_budget", "by_need", replication=replication))
    order = np.lexsort((cases, -need))
    paid = within(cost[order], 25_000_000)
    assert (granted[order] == paid).all()
    assert 0 < paid.sum() < len(cases)


@pytest.mark.parametrize("replication", range(TIMES))
def test_who_comes_first_is_paid_until_the_budget_is_spent(replication: int) -> None:
    """In the order in which applications were examined, and nobody after the first who is not."""
    cases, ready, _, cost, granted = decided(
        run("aid_budget", "first_come", replication=replication)
    )
    order = np.lexsort((cases, ready))
    paid = within(cost[order], 25_000_000)
    assert (granted[order] == paid).all()
    assert 0 < paid.sum() < len(cases)


def test_need_decides_only_where_money_is_short(shelf: Shelf) -> None:
    """Who gets aid needs it more than first comers do; with enough for all it is the same."""

    def need(*sets: str) -> list[float]:
        found = []
        for replication in range(TIMES):
            pair = [
                run("aid_budget", arm, *sets, replication=replication)
                for arm in ("first_come", "by_need")
            ]
            first, by_need = (
                column(one, "aid_need")[column(one, "aid_granted") == 1].mean() for one in pair
            )
            found.append(by_need - first)
        return found

    short = shelf.interval(need())
    assert rises(short)
    assert set(need("aid_counter.steps.decide.select.budget=1000000000")) == {0.0}


def test_a_smaller_budget_pays_fewer(shelf: Shelf) -> None:
    """Half as much money, paired: who is rejected."""
    rejected = shelf.estimators.ended("rejected")
    less = ("aid_counter.steps.decide.select.budget=12500000",)
    much = ("aid_counter.steps.decide.select.budget=1000000000",)
    figure: Figure = lambda cases: float(rejected(cases).mean())  # noqa: E731
    assert rises(shelf.change("aid_budget", "first_come", figure, (), less, TIMES))
    none = shelf.change("aid_budget", "first_come", figure, much, much, TIMES)
    assert (none.low, none.value, none.high) == (0, 0, 0)


# -- towns -----------------------------------------------------------------------------------------

TOWNS: Final = {"Aoba": 120, "Izumi": 45, "Minami, Kita": 26, "Mori": 9}
"""The towns of the table, with how many of the 200 cases belong to each."""


@pytest.mark.parametrize("arm", ["analog", "digital"])
def test_a_town_of_the_table_alone_is_the_same_as_among_the_others(arm: str) -> None:
    """Row for row: visits, cases, decisions, attributes, harms."""
    many = run("aid_towns", arm)
    rows = loader.with_tables(loader.load("aid_towns").asked.located).data
    table = rows["cases"]["homes"]["sites"]["table"]
    assert [row["site"] for row in table] == list(TOWNS)
    for row in table:
        name = row["site"]
        assert len(numbered(many, name)) == TOWNS[name]
        quoted = {key: f"'{value}'" if key == "site" else value for key, value in row.items()}
        text = ", ".join(f"{key}: {value}" for key, value in quoted.items())
        own = (f"cases.homes.sites.table=[{{{text}}}]", f"cases.homes.count={TOWNS[name]}")
        alone = run("aid_towns", arm, *own)
        same(many, alone, name)


def test_a_desk_more_in_a_town_helps_that_town_alone(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of the user's own shadows the shipped one, and is a change against it."""
    shipped = Path(loader.load("aid_towns").file).parent / "aid_towns.csv"
    before = [run("aid_towns", "analog", replication=i) for i in range(TIMES)]
    (tmp_path / "scenarios").mkdir()
    text = shipped.read_text("utf-8")
    assert "Izumi,4500,,1,1" in text
    (tmp_path / "scenarios/aid_towns.csv").write_text(
        text.replace("Izumi,4500,,1,1", "Izumi,4500,,1,3"), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    after = [run("aid_towns", "analog", "seed=6", replication=i) for i in range(TIMES)]
    gains = []
    for one, two in zip(before, after, strict=True):
        for other in ("Aoba", "Minami, Kita", "Mori"):
            same(one, two, other)
        first, second = (
            made.elapsed()[list(numbered(made, "Izumi"))].mean() for made in (one, two)
        )
        gains.append(float(second - first))
    assert falls(shelf.interval(gains))
    edited = loader.load("aid_towns")
    told = [
        (one.path, one.before, one.after) for one in changes(loader.original(edited, ""), edited)
    ]
    assert told == [("cases.homes.sites.table.1.desk", "1", "3")]


# -- outages and prices of an AI -------------------------------------------------------------------

STILL: Final = "compare.outages.override.outages=[]"


def test_all_cases_stand_still_while_the_provider_is_out() -> None:
    """Nothing of the AI begins in an outage, and all that waits begins in the second it ends."""
    made = run("aid_counter", "outages")
    (ai,) = (i for i, actor in enumerate(made.model.actors) if actor.name == "ai")
    by_ai = np.array([ai in takes(profile) for profile in made.model.profiles])
    rows = made.log.events[by_ai[made.log.events["profile"]]]
    rows = rows[rows["started"] != NEVER]
    held = rows[rows["started"] > rows["enabled"]]
    assert len(held) > 10
    ends = np.unique(held["started"])
    assert 1 < len(ends) < len(held) / 3  # many cases go on in one second
    for end in ends.tolist():
        begin = int(held["enabled"][held["started"] == end].min())
        assert not ((rows["started"] > begin) & (rows["started"] < end)).any()


def test_outages_of_the_provider_cost_days(shelf: Shelf) -> None:
    """Without other business before it a case is late by what it stood still."""
    arms, latency = ("agentic", "outages"), shelf.estimators.mean_latency
    assert rises(shelf.change("aid_counter", arms, latency, IDLE, IDLE, TIMES))
    off = shelf.change("aid_counter", arms, latency, (), (STILL,), TIMES)
    assert (off.low, off.value, off.high) == (0, 0, 0)


def test_the_price_of_the_ai_is_a_cost_of_who_pays_it(shelf: Shelf) -> None:
    """The applicant's, or the offices'; both together are the same, none without a price."""
    applicant, office = (shelf.estimators.mean(name) for name in ("cost", "office_cost"))
    free, arms = ("agents.ai_helper.price=0",), ("agentic", "town_pays")
    assert rises(shelf.change("aid_counter", "agentic", applicant, free, (), TIMES))
    less = shelf.change("aid_counter", arms, applicant, (), (), TIMES)
    more = shelf.change("aid_counter", arms, office, (), (), TIMES)
    assert falls(less)
    assert rises(more)
    assert more.value == pytest.approx(-less.value)
    none = shelf.change("aid_counter", arms, office, free, free, TIMES)
    assert (none.low, none.value, none.high) == (0, 0, 0)


@pytest.mark.parametrize("name", ["aid_counter", "aid_budget", "aid_towns"])
def test_the_demonstration_has_nothing_wrong(name: str) -> None:
    """Neither a problem nor a number without source or range."""
    paths = [Path(loader.load(name).file)]
    paths += [loader.find("procedures", "aid_counter")]
    assert checking.check(paths) == ([], [])

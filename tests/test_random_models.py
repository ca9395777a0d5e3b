"""Whatever a planner may write, a run keeps the rules: thousands of random models say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, note, reject
from hypothesis import strategies as st

from sim.compile import compiler
from sim.compile.program import GIVEN, Program
from sim.engine import reference
from sim.engine.case import Case, Cause
from sim.engine.cases import Cases
from sim.engine.outages import drawn
from sim.engine.typical import plan_of
from sim.errors import InvalidInput
from sim.graph.chain import bits
from sim.kpi.invariants import check
from sim.kpi.measures import measure
from sim.log import NEVER, RESULTS, Log
from sim.study import loader
from tests.author.models import MECHANISMS, models, whole
from tests.author.written import CHANNELS, Data, Written, compiled, files, layers
from tests.chosen import examples
from tests.engine.test_typical import done, planned
from tests.worlds import quick, shelved

pytestmark = pytest.mark.heavy


class Watched(Cases):
    """Cases that are looked at when they end."""

    def end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """See that a case that did not get through in time could at least have gone on."""
        waits = any(time > self.agenda.now for time, _ in case.redo.values())
        profiles = (self.program.profiles[case.plan.profile[step]] for step in case.ready)
        gathered = any(one.batch is not None or one.once >= 0 for one in profiles)
        moves = bool(case.open) or any(case.attention.values()) or waits or gathered
        moves |= bool(case.called)
        assert outcome != "unfinished" or moves, f"case {case.number} had nothing to do"
        super().end(case, outcome, cause, last)


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


@examples(300, 20_000)
@given(models(), st.integers(0, 3))
def test_every_random_model_runs_to_its_end_by_the_rules(written: Written, seed: int) -> None:
    """No model stands still, gives twice, loses a second or a document, or runs in two ways."""
    note(written.text())
    model = drawn(compiled(written), seed, 0)
    with mock.patch.object(reference, "Cases", Watched):
        log = reference.run(model, seed, 0)

    check(model, log)
    assert_rows_are_in_order(log)
    assert_needs_were_held(model, log)
    assert_work_rests_on_what_counts(model, log)
    assert_nobody_does_too_much(model, log)
    assert_money_adds_up(log)
    assert_prices_add_up(model, log)
    assert_who_is_taken_had_room(model, log)
    assert reference.run(compiled(written), seed, 0).digest() == log.digest()


def assert_rows_are_in_order(log: Log) -> None:
    """Times do not go back in a row, and the visits of a step are numbered from 1."""
    columns = ("ready", "enabled", "granted", "started", "finished", "closed")
    visits: dict[tuple[int, int], list[int]] = {}
    for row in log.events:
        times = [int(row[name]) for name in columns if row[name] != NEVER]
        assert times == sorted(times), row
        if RESULTS[row["result"]] in ("given", "returned"):
            assert len(times) == len(columns), row
        visits.setdefault((int(row["case"]), int(row["step"])), []).append(int(row["visit"]))
    for numbers in visits.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def passing(model: Program) -> set[int]:
    """Return the documents that a skipped step may pass on."""
    skipped = (p for p in model.profiles if p.omit or p.applies is not None)
    return {document for profile in skipped for document in profile.gives}


def in_lockers(model: Program) -> set[int]:
    """Return the documents that a case may have from the start."""
    return {holding.document for stream in model.streams for holding in stream.locker}


def by_silence(model: Program) -> set[int]:
    """Return the documents that silence may give."""
    clocks = (clock for stream in model.streams for clock in stream.clocks)
    return {clock.document for clock in clocks if clock.missed == GIVEN}


def needed(model: Program, row: Any) -> list[int]:
    """Return the documents that a visit cannot have done without, whatever its doer knows."""
    profile = model.profiles[row["profile"]]
    way = model.ways[profile.step][profile.channel]
    leaves = model.leaves[way] if model.leaves is not None else ()
    left = {document for leave in leaves for document in bits(leave.documents)}
    return [document for document in bits(profile.needs) if document not in left]


def assert_needs_were_held(model: Program, log: Log) -> None:
    """Whoever was enabled had every document: from the locker, passed on, by silence, or given.

    The log tells of givings alone: what lay in a locker was not given.
    """
    given: dict[tuple[int, int], int] = {}
    for row in log.events[::-1]:  # rows stand in the order in which they closed
        if RESULTS[row["result"]] == "given":
            for document in model.profiles[row["profile"]].gives:
                given[int(row["case"]), document] = int(row["closed"])
    visible = len(model.documents) - model.hidden
    brought = in_lockers(model)
    free = passing(model) | brought | by_silence(model)
    first = dict(zip(log.cases["case"].tolist(), log.milestones, strict=True))
    for row in log.events:
        case, enabled = int(row["case"]), int(row["enabled"])
        for document in needed(model, row):
            if document < visible and document not in brought:
                assert NEVER < first[case][document] <= enabled, model.documents[document]
            if document not in free:
                assert given[case, document] <= enabled, model.documents[document]


def assert_work_rests_on_what_counts(model: Program, log: Log) -> None:
    """Nothing is given or returned on the strength of a document that was got anew meanwhile.

    Told of documents that only one step gives and that stay until a return undoes them: a visit is
    ready after the latest giving, and no later one comes before it closes.
    """
    givers: dict[int, set[int]] = {}
    for profile in model.profiles:
        for document in profile.gives:
            givers.setdefault(document, set()).add(profile.step)
    stays = {d for d, paper in enumerate(model.papers) if paper.valid is None and not paper.kept}
    stays -= passing(model) | in_lockers(model) | by_silence(model)
    plain = {d for d in stays if len(givers.get(d, ())) == 1 and not givers[d] & model.may_lapse}
    given: dict[tuple[int, int], int] = {}
    for row in log.events:
        profile, case = model.profiles[row["profile"]], int(row["case"])
        if RESULTS[row["result"]] in ("given", "returned"):
            for document in plain.intersection(needed(model, row)):
                assert given[case, document] <= row["ready"], (model.documents[document], row)
        if RESULTS[row["result"]] == "given":
            given |= {(case, document): int(row["closed"]) for document in profile.gives}


def assert_money_adds_up(log: Log) -> None:
    """No more is found than went astray, and no more comes back than was found."""
    mispaid, detected, recovered = (
        log.cases[name] for name in ("mispaid", "detected", "recovered")
    )
    assert (recovered >= 0).all()
    assert (recovered <= detected).all()
    assert (detected <= mispaid).all()


def home(model: Program) -> dict[int, int]:
    """Return the place of each case of the scenario; 0 where places have nothing of their own."""
    homes: dict[int, int] = {}
    for number, stream in enumerate(model.streams[: model.own]):
        for site in model.sites_of(number):
            first = stream.first_case + site.first
            homes |= dict.fromkeys(range(first, first + site.count), max(site.place, 0))
    return homes


def assert_nobody_does_too_much(model: Program, log: Log) -> None:
    """Neither attention nor staff is ever exceeded; staff that falls does not stop work.

    Nor does it stop a batch whose next case takes over the staff that another had.
    """
    attended: dict[tuple[int, int], list[tuple[int, int]]] = {}
    staffed: dict[tuple[int, int], list[tuple[int, int, bool]]] = {}
    own = model.sites.staff if model.sites is not None else {}
    homes = home(model)
    for row in log.events:
        until = int(row["closed"] if row["finished"] == NEVER else row["finished"])
        profile, granted = model.profiles[row["profile"]], int(row["granted"])
        for actor in profile.persons:
            spans = attended.setdefault((int(row["case"]), actor), [])
            spans += [(int(row["enabled"]), 1), (until, -1)]
        if len(profile.pools) == 1 and granted != NEVER and granted < until:
            (actor,) = profile.pools
            pool = (actor, homes[int(row["case"])] if actor in own else 0)
            staffed.setdefault(pool, []).extend(
                ((granted, 1, profile.batch is not None), (until, -1, False))
            )
    for (_, actor), spans in attended.items():
        assert np.cumsum([change for _, change in sorted(spans)]).max() <= model.actors[actor].limit
    for (actor, place), changes in staffed.items():
        busy, here = 0, own[actor][place] if actor in own else model.actors[actor].staff
        before: dict[int, int] = {}
        for time, change, batch in sorted(changes):
            most = [number for since, number in here if since <= time][-1]
            had = before.setdefault(time, busy)
            most = max(most, had) if batch else most
            busy += change
            assert change < 0 or busy <= most, (model.actors[actor].name, time)


def assert_prices_add_up(model: Program, log: Log) -> None:
    """Each visit that was worked costs what its actors ask for each document, and no other does."""
    tables = [measure(one, log).cases for one in (model, replace(model, prices=None))]
    number = {int(case): place for place, case in enumerate(tables[0]["case"])}
    costs = {name: np.zeros(len(number), np.int64) for name in ("cost", "office_cost")}
    visible = len(model.documents) - model.hidden
    for row in log.events[log.events["finished"] != NEVER]:
        profile = model.profiles[row["profile"]]
        papers = sum(document < visible for document in profile.gives)
        for price in model.prices or ():
            if int(row["case"]) in number and price.actor in profile.actors and not profile.rides:
                name = "office_cost" if price.office else "cost"
                costs[name][number[int(row["case"])]] += price.yen * papers
    for name, cost in costs.items():
        assert np.allclose(tables[0][name] - tables[1][name], cost, rtol=0, atol=1e-3), name


def assert_who_is_taken_had_room(model: Program, log: Log) -> None:
    """Whoever is taken was given a decision, by one of the steps that take."""
    given = log.events[log.events["result"] == RESULTS.index("given")]
    for attribute in {select.decides for select in (model.selects or {}).values()}:
        steps = [s for s, select in (model.selects or {}).items() if select.decides == attribute]
        decided = given["case"][np.isin(given["step"], steps)]
        taken = log.cases["case"][log.attributes[:, attribute] == 1]
        assert set(taken.tolist()) <= set(decided.tolist())


HAS: Final[dict[str, Callable[[Written, Program], bool]]] = {
    "knows": lambda _, model: any(model.leaves or ()) or any(model.loose or ()),
    "skills": lambda written, _: any("task" in part for part in _parts(written)),
    "calls": lambda _, model: bool(model.selects),
    "sites": lambda _, model: model.sites is not None,
    "loads": lambda _, model: bool(model.loads),
    "outages": lambda _, model: bool(model.breaks),
    "traits": lambda _, model: "online" in model.attributes,
    "levers": lambda written, _: bool(written.procedure.get("levers")),
    "indicators": lambda _, model: bool(model.indicators),
    "sessions": lambda _, model: model.sessions is not None,
    "prices": lambda _, model: bool(model.prices),
    "casts": lambda written, _: "compare" in written.scenario,
}
"""Whether a model has what each mechanism adds."""


def _parts(written: Written) -> list[Data]:
    return [part for step in written.procedure["steps"].values() for part in layers(step)]


def test_about_two_in_five_models_have_each_mechanism() -> None:
    """A third to a half of the models on record, and any two of them together in some."""
    found: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    many = 150
    for number in range(many):
        written = whole(number)
        model = compiled(written)
        names = [name for name, has in HAS.items() if has(written, model)]
        found.update(names)
        pairs.update((one, other) for one in names for other in names)
    assert list(HAS) == list(MECHANISMS)
    assert not {name: n for name in HAS if not many / 3 <= (n := found[name]) <= many / 2}
    assert len(pairs) == len(HAS) ** 2


@examples(100, 2_000)
@given(models(), st.sampled_from(CHANNELS))
def test_a_plan_is_what_a_run_does_for_a_typical_case(written: Written, channel: str) -> None:
    """Its steps are those of a run in which nothing goes wrong, each in its channel."""
    note(written.text())
    goal = [one if isinstance(one, str) else one["document"] for one in written.procedure["goal"]]
    with shelved(files(written)):
        world = loader.world(["p"], list(dict.fromkeys(goal)), (), channel)
    try:
        plan = plan_of(world)
    except InvalidInput:
        reject()

    assert planned(plan) == done(compiler.compile_world(world))

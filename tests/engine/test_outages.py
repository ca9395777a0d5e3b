"""Random outages: drawn by name, the same in all arms, all cases stand still at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from sim.compile.calendars import COVERED, DAY
from sim.compile.program import Program
from sim.engine import reference
from sim.engine.outages import drawn
from sim.kpi.invariants import check
from tests.interpreter.comparison import differences
from tests.interpreter.run import run as interpreted
from tests.worlds import Run, compiled, quick, written

if TYPE_CHECKING:
    from tests.conftest import Runner

HOUR: Final = 3600
SEED: Final = 5

TALK = """
applicant: me
actors: {me: person, other: person, web: {agent: system, staff: unlimited}, bot: robot}
documents: {form: Form, answer: Answer, note: Note}
steps:
  ask: {gives: [form], by: [me, web], work: 0s}
  read: {needs: [form], gives: [answer], by: bot, work: 10h}
  talk: {needs: [answer], gives: [note], by: [me, other, bot], work: 1h}
goal: [note]
"""
MANY = "{count: 400, using: [p], arrivals: 7h}"


def outages(every: str = "{exponential: {mean: 20h}}", length: str = "5h", more: str = "") -> str:
    """Return a scenario in which the portal goes out by chance."""
    return f"outages: [{{actor: web, every: {every}, for: {length}}}{more}]"


def model(scenario: str, case: str = MANY, channel: str = "digital") -> Program:
    """Compile the small procedure."""
    return compiled(written(TALK, case, scenario, channel=channel))


def played(program: Program) -> Run:
    """Run a replication; its log obeys the laws on the calendars of that replication."""
    log = reference.run(program, SEED, 0)
    known = drawn(program, SEED, 0)
    check(known, log)
    return Run(known, log, {})


def spans(program: Program, replication: int = 0, actor: str = "web") -> list[tuple[int, int]]:
    """Return when an actor is out in a replication."""
    (found,) = (a for a in drawn(program, SEED, replication).actors if a.name == actor)
    return list(found.outages)


REPLICATIONS: Final = 3


def deviations(up: str, down: str) -> float:
    """Return by how many standard deviations the share of time out differs from a half.

    The share over T of an alternating renewal process with exponential times has the variance
    2p(1-p) / ((1/up + 1/down) T): here, with an hour each, 1h / 4T.
    """
    law = "{exponential: {mean: %s}}"
    program = model(outages(law % up, law % down))
    every = [span for one in range(REPLICATIONS) for span in spans(program, one)]
    hours = REPLICATIONS * COVERED * 24
    share = sum(b - a for a, b in every) / HOUR / hours
    return abs(share - 0.5) / math.sqrt(1 / (4 * hours))


def test_the_share_of_time_out_is_that_of_alternating_renewal() -> None:
    """Half of ninety years; what is out for 2 % longer is seen."""
    assert deviations("60min", "60min") < 4
    assert deviations("60min", "61min12s") > 6


def test_who_comes_waits_as_long_as_renewal_says() -> None:
    """Up 20h, down 5h, both exponential, one every 31h: a fifth waits, 5h on the mean.

    The wait has the mean 1h and the variance 1/5 x 2 x 25 - 1 = 9.
    """
    law = outages(length="{exponential: {mean: 5h}}")
    count = 4_000
    run = played(model(law, f"{{count: {count}, using: [p], arrivals: 31h}}"))
    waits = np.array([(row["started"] - row["granted"]) / HOUR for row in run.rows("ask")])
    assert abs(waits.mean() - 1) < 4 * math.sqrt(9 / count)
    assert abs((waits > 0).mean() - 0.2) < 4 * math.sqrt(0.16 / count)


def still(length: str) -> float:
    """Return z of the time for which 60 hours of work stand still, up 1 h and down 2 min a time.

    Whoever has begun is up, and meets a Poisson number of outages, mean 60: 2 h on the mean, with
    the variance 60 x 2 x (2 min)². One case at a time, ten times 530 of them.
    """
    law, text = "{exponential: {mean: %s}}", TALK.replace("work: 0s", "work: 60h")
    case, hours = "{count: 530, using: [p], arrivals: 64h}", []
    with quick():
        out, short = outages(law % "1h", law % length), text.replace("[note]\n", "[form]\n")
        program = compiled(written(short, case, out))
        for replication in range(10):
            rows = reference.run(program, SEED, replication).events
            hours += ((rows["finished"] - rows["started"]) / HOUR - 60).tolist()
    return (float(np.mean(hours)) - 2) / (math.sqrt(120 / len(hours)) / 30)


@pytest.mark.heavy
def test_work_in_hand_stands_still_as_often_as_renewal_says() -> None:
    """In a run, to the second; what is out for 2 % longer is seen."""
    assert abs(still("120s")) < 4
    assert still("122.4s") > 6


def test_everybody_stands_still_at_once() -> None:
    """Whoever asks starts at once, or when the portal is there again."""
    program = model(outages())
    out = spans(program)
    waited = 0
    for row in played(program).rows("ask"):
        granted = row["granted"]
        assert row["started"] == next((b for a, b in out if a <= granted < b), granted)
        waited += row["started"] > granted
    assert waited > 40


def test_work_in_hand_pauses_for_all_cases_together() -> None:
    """Who is one of each case is out for all of them at once, with whomever it works."""
    program = model("outages: [{actor: bot, every: {exponential: {mean: 30h}}, for: 4h}]")
    out, run, paused = spans(program, actor="bot"), played(program), 0
    for row in run.rows("read"):
        lost = sum(max(min(b, row["finished"]) - max(a, row["started"]), 0) for a, b in out)
        assert row["finished"] - row["started"] == 10 * HOUR + lost
        paused += lost > 0
    assert paused > 50
    assert not any(a <= row["started"] < b for row in run.rows("talk") for a, b in out)


def test_outages_are_the_same_in_all_arms_and_others_in_each_replication() -> None:
    """Channel and cases change none; a second law has draws of its own."""
    first = spans(model(outages()))
    assert first == spans(model(outages(), channel="agentic", case="{count: 1, using: [p]}"))
    assert first != spans(model(outages()), replication=1)
    twice = spans(model(outages(more=", {actor: web, every: {exponential: {mean: 9d}}, for: 1h}")))
    assert twice[: len(first)] == first
    assert {b - a for a, b in twice[len(first) :]} == {HOUR}


def test_outages_change_no_other_draw(world: Runner) -> None:
    """Who does not need the portal works as long as ever."""
    text = TALK.replace("work: 10h", "work: {median: 10h, p90: 30h}")
    plain, hit = (
        {row["case"]: row["finished"] - row["started"] for row in run.rows("read")}
        for run in (world(text, case=MANY), world(text, case=MANY, scenario=outages()))
    )
    assert plain == hit


def test_rules_of_outages_hold_in_random_ones_too(world: Runner) -> None:
    """Who meets the portal out asks on paper instead."""
    quits = "{outage: {paper: {then: {use: analog}}}}"
    run = world(
        TALK.replace(
            "by: [me, web], work: 0s", "by: [me, web], analog: {by: me, work: 2h}"
        ).replace("me: person", "me: quick"),
        case=MANY,
        scenario=outages(),
        agents={"quick": f"{{agent: quick, kind: person, rules: {quits}}}"},
    )
    moved = {row["case"] for row in run.decisions("outage")}
    assert len(moved) > 40
    assert {row["case"] for row in run.rows("ask") if row["result"] == "given"} > moved
    assert {row["case"] for row in run.rows("ask") if row["channel"] == 0} == moved


def test_the_page_says_the_same_of_a_run_with_random_outages() -> None:
    """The second interpreter has the same rows once it knows when they are."""
    with quick():
        program = drawn(model(outages(more=", {actor: me, every: 50h, for: 1h}")), SEED, 0)
        assert not differences(reference.run(program, SEED, 0), interpreted(program, SEED, 0))


def test_fixed_times_make_a_schedule() -> None:
    """Ten hours up, two down, from the first midnight on and as long as calendars reach."""
    out = spans(model(outages("10h", "2h")))
    assert out[:3] == [(10 * HOUR, 12 * HOUR), (22 * HOUR, 24 * HOUR), (34 * HOUR, 36 * HOUR)]
    assert COVERED * DAY - 12 * HOUR <= out[-1][0] < COVERED * DAY


def test_actors_of_a_list_are_out_together() -> None:
    """An outage of a family of actors is one draw for all of them."""
    text = """
applicant: me
lists: {banks: [east, west]}
actors: {me: person, rail: {agent: system, staff: unlimited, each: banks}}
documents: {order: Order}
steps: {send: {each: banks, gives: [order], by: rail}}
goal: [order]
"""
    law = "outages: [{actor: rail, every: {exponential: {mean: 9d}}, for: 1h}]"
    program = compiled(written(text, scenario=law))
    assert spans(program, actor="rail.east") == spans(program, actor="rail.west") != []


def test_a_replication_that_is_drawn_is_not_drawn_again() -> None:
    """Drawing is done once."""
    program = drawn(model(outages()), SEED, 0)
    assert drawn(program, SEED, 0) is program

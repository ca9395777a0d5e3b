"""How busy pools are, how long one waits for them, and whether they can cope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from sim.compile.program import Program
from sim.kpi.pools import pools
from sim.kpi.visits import visits
from sim.log import NEVER, Log
from tests.kpi.conftest import BUREAU, BY_BOTH_OFFICES, COLLECT, COUNTER, EXAMINE, HOUR, OWNER


@pytest.fixture
def log(logbook: Any) -> Log:
    """Three cases at 8, 12 and 20.

    At the bureau: 10-12 worked after 1 h of waiting, 12-13 after none, a visit still queued at the
    end, and from 16 to 10 of the next day (34): 2 open hours of work.
    """
    return cast(
        "Log",
        logbook(
            [{"start": 8, "end": 12}, {"start": 12, "end": 13}, {"start": 20, "end": 40}],
            [
                {"case": 0, "step": EXAMINE, "times": (9, 9, 10, 10, 12, 12)},
                {"case": 1, "step": COLLECT, "times": (12, 12, 12, 12, 13, 13)},
                {
                    "case": 2,
                    "step": EXAMINE,
                    "times": (30, 30, NEVER, NEVER, NEVER, 40),
                    "result": "withdrawn",
                },
                {"case": 2, "step": COLLECT, "times": (16, 16, 16, 16, 34, 34), "result": "void"},
            ],
        ),
    )


def at(model: Program, log: Log, actor: int) -> dict[str, float]:
    """Return the figures of a pool in hours."""
    table = pools(model, visits(model, log))
    (row,) = table[table["actor"] == actor]
    return {name: row[name] / HOUR for name in table.dtype.names or () if name != "actor"} | {
        "granted": int(row["granted"])
    }


def bureau(model: Program, **fields: Any) -> Program:
    """Return the model with another bureau."""
    changed = replace(model.actors[BUREAU], **fields)
    actors = (*model.actors[:BUREAU], changed, *model.actors[BUREAU + 1 :])
    return replace(model, actors=actors)


def test_staff_is_on_duty_while_work_comes_in_or_is_there(model: Program, log: Log) -> None:
    """Held 2 + 1 + 2 h; on duty from the first visit at 9 to 17, and from 33 to 40.

    Work comes in for as long as cases arrive, 12 h; one visit waits from 30 to 40.
    """
    figures = at(model, log, BUREAU)
    assert (figures["busy"], figures["on_duty"]) == (5, 15)


def test_a_pool_with_a_standing_queue_is_busy_all_the_time(model: Program, logbook: Any) -> None:
    """Five hours of work come at 9, one hour more after ten days: nobody counts the days between.

    Its visits of 1 h are 1, 2, … h late, so that from 9 to 14 and then for an hour it is busy.
    """
    burst = [
        {"case": n, "step": EXAMINE, "times": (9, 9, 9 + n, 9 + n, 10 + n, 10 + n)}
        for n in range(5)
    ]
    late = {"case": 4, "step": EXAMINE, "visit": 2, "times": (249, 249, 249, 249, 250, 250)}
    cases = [{"start": 9, "end": 250} for _ in range(5)]
    many = [visit | {"visit": n} for n in range(3, 8) for visit in burst]
    figures = at(model, logbook(cases, [*burst, late]), BUREAU)
    assert figures["busy"] == 6
    assert at(model, logbook(cases, [*many, late]), BUREAU)["on_duty"] == 6


def test_staff_that_waits_for_somebody_else_is_held(model: Program, logbook: Any) -> None:
    """The bureau is open all day here, its partner from 9 to 17: 16 to 34 are 18 h of its staff."""
    open_all_day = bureau(model, calendar=model.actors[OWNER].calendar)
    visit = {"step": COLLECT, "profile": BY_BOTH_OFFICES, "times": (16, 16, 16, 16, 34, 34)}
    log = logbook([{"start": 16, "end": 34}], [visit])
    figures = at(open_all_day, log, BUREAU)
    assert figures["busy"] == figures["on_duty"] == 18


def test_a_pool_far_behind_the_arrivals_has_a_load(model: Program, logbook: Any) -> None:
    """Cases arrive from 9 to 13, and come to the bureau from 33 to 37: 1 h each in 4 h."""
    hours = range(5)
    log = logbook(
        [{"start": 9 + n, "end": 34 + n} for n in hours],
        [
            {"case": n, "step": EXAMINE, "times": (33 + n, 33 + n, 33 + n, 33 + n, 34 + n, 34 + n)}
            for n in hours
        ],
    )
    figures = at(model, log, BUREAU)
    assert (figures["offered"], figures["capacity"]) == (5, 4)


def test_waits_are_those_of_visits_that_got_staff(model: Program, log: Log) -> None:
    """Three were granted, after 1, 0 and 0 h; the one still queued has no wait yet."""
    figures = at(model, log, BUREAU)
    assert (figures["granted"], figures["waited"]) == (3, 1)


def test_waits_are_counted_in_open_hours(model: Program, logbook: Any) -> None:
    """Queued at 15, granted at 33 for 9:00 of the next day: 2 open hours, not 18."""
    log = logbook(
        [{"start": 15, "end": 34}],
        [{"step": EXAMINE, "times": (15, 15, 33, 33, 34, 34)}],
    )
    assert at(model, log, BUREAU)["waited"] == 2


def test_a_grant_after_hours_ends_the_wait_even_if_the_visit_is_withdrawn(
    model: Program, logbook: Any
) -> None:
    """Queued at 16, granted at 18 for 9:00 (33), withdrawn at 20: an open hour of waiting."""
    visit = {"step": EXAMINE, "times": (16, 16, 18, 33, NEVER, 20), "result": "withdrawn"}
    figures = at(model, logbook([{"start": 16, "end": 20}], [visit]), BUREAU)
    assert (figures["granted"], figures["waited"]) == (1, 1)


def test_a_wait_for_two_pools_counts_whole_for_each(model: Program, logbook: Any) -> None:
    """The row cannot tell which of them one waited for from 9 to 12."""
    visit = {"step": COLLECT, "profile": BY_BOTH_OFFICES, "times": (9, 9, 12, 12, 13, 13)}
    log = logbook([{"start": 9, "end": 13}], [visit])
    assert at(model, log, BUREAU)["waited"] == at(model, log, COUNTER)["waited"] == 3


def test_offered_load_counts_visits_never_worked_with_the_mean_of_their_profile(
    model: Program, logbook: Any
) -> None:
    """Examinations of 1 h and 2 h and two that never came to it.

    A collection that nobody ever worked is worth nothing known: 1 + 2 + 1.5 + 1.5 h.
    """
    never = {"result": "withdrawn"}
    log = logbook(
        [{"start": 9, "end": 20}, {"start": 14, "end": 20}],
        [
            {"step": EXAMINE, "times": (9, 9, 9, 9, 10, 10)},
            {"step": EXAMINE, "visit": 2, "times": (10, 10, 10, 10, 12, 12)},
            {"step": EXAMINE, "visit": 3, "times": (13, 13, NEVER, NEVER, NEVER, 20)} | never,
            {"step": COLLECT, "times": (13, 13, NEVER, NEVER, NEVER, 20)} | never,
            {"step": COLLECT, "visit": 2, "times": (13, NEVER, NEVER, NEVER, NEVER, 20)} | never,
            {"case": 1, "step": EXAMINE, "times": (15, 15, NEVER, NEVER, NEVER, 20)} | never,
        ],
    )
    assert at(model, log, BUREAU)["offered"] == 6


def test_offered_load_is_the_work_enabled_while_work_comes_in(model: Program, log: Log) -> None:
    """From 9 on until the last of four visits at 30: 5 h and the 2 h that one examination takes.

    From 9 to 17 staff is there.
    """
    figures = at(model, log, BUREAU)
    assert (figures["offered"], figures["capacity"]) == (7, 8)


def test_work_comes_in_as_long_as_cases_arrive_though_visits_are_early(
    model: Program, log: Log
) -> None:
    """One visit at 9, and cases from 8 to 20: twelve hours on, of which 9 to 17 are open."""
    early = replace(log, events=log.events[:1])
    figures = at(model, early, BUREAU)
    assert (figures["offered"], figures["capacity"]) == (2, 8)


def test_the_backlog_lasts_from_the_last_arrival_to_the_last_finish(
    model: Program, log: Log
) -> None:
    """The last case arrives at 20, the last work is done at 34."""
    assert at(model, log, BUREAU)["backlog"] == 14


def test_a_pool_that_nobody_visits_is_idle(model: Program, log: Log) -> None:
    """The counter works nothing in its 8 h of the arrival window."""
    assert at(model, log, COUNTER) == {
        "busy": 0,
        "on_duty": 8,
        "granted": 0,
        "waited": 0,
        "offered": 0,
        "capacity": 8,
        "backlog": 0,
    }


def test_staff_that_changes_counts_from_its_second(model: Program, log: Log) -> None:
    """One officer until 12, three from then on: 3 x 1 + 5 x 3 h, and 7 x 3 h from 33 to 40."""
    grown = bureau(model, staff=((0, 1), (12 * HOUR, 3)))
    assert at(grown, log, BUREAU)["on_duty"] == 3 + 15 + 21


def test_a_log_without_cases_has_idle_pools(model: Program, logbook: Any) -> None:
    """Nothing arrives, nothing is asked of anybody."""
    assert set(at(model, logbook([], []), BUREAU).values()) == {0}

"""How busy pools are, how long one waits for them, and whether they can cope."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sim.compile.model import Model
from sim.kpi.pools import pools
from sim.kpi.visits import visits
from sim.log import NEVER, Log

HOUR = 3600
DRAFT, EXAMINE, COLLECT = range(3)
BUREAU, COUNTER = 1, 2
BY_BOTH_OFFICES = 3


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


def at(model: Model, log: Log, actor: int) -> dict[str, float]:
    """Return the figures of a pool in hours."""
    table = pools(model, visits(model, log))
    (row,) = table[table["actor"] == actor]
    return {name: row[name] / HOUR for name in table.dtype.names or () if name != "actor"} | {
        "granted": int(row["granted"])
    }


def test_worked_and_staffed_time_are_open_time(model: Model, log: Log) -> None:
    """Worked 2 + 1 + 2 h; staffed from the start to the last finish at 34: 8 h and 1 h."""
    figures = at(model, log, BUREAU)
    assert (figures["worked"], figures["staffed"]) == (5, 9)


def test_waits_are_those_of_visits_that_got_staff(model: Model, log: Log) -> None:
    """Three were granted, after 1, 0 and 0 h; the one still queued has no wait yet."""
    figures = at(model, log, BUREAU)
    assert (figures["granted"], figures["waited"]) == (3, 1)


def test_waits_are_counted_in_open_hours(model: Model, logbook: Any) -> None:
    """Queued at 15, granted at 33 for 9:00 of the next day: 2 open hours, not 18."""
    log = logbook(
        [{"start": 15, "end": 34}],
        [{"step": EXAMINE, "times": (15, 15, 33, 33, 34, 34)}],
    )
    assert at(model, log, BUREAU)["waited"] == 2


def test_a_grant_after_hours_ends_the_wait_even_if_the_visit_is_withdrawn(
    model: Model, logbook: Any
) -> None:
    """Queued at 16, granted at 18 for 9:00 (33), withdrawn at 20: an open hour of waiting."""
    visit = {"step": EXAMINE, "times": (16, 16, 18, 33, NEVER, 20), "result": "withdrawn"}
    figures = at(model, logbook([{"start": 16, "end": 20}], [visit]), BUREAU)
    assert (figures["granted"], figures["waited"]) == (1, 1)


def test_a_wait_for_two_pools_counts_whole_for_each(model: Model, logbook: Any) -> None:
    """The row cannot tell which of them one waited for from 9 to 12."""
    visit = {"step": COLLECT, "profile": BY_BOTH_OFFICES, "times": (9, 9, 12, 12, 13, 13)}
    log = logbook([{"start": 9, "end": 13}], [visit])
    assert at(model, log, BUREAU)["waited"] == at(model, log, COUNTER)["waited"] == 3


def test_staffed_time_begins_with_the_model(model: Model, log: Log) -> None:
    """From 12 of the first day to 34: 5 h and 1 h."""
    later = SimpleNamespace(**vars(model) | {"start": 12 * HOUR})
    assert at(cast("Model", later), log, BUREAU)["staffed"] == 6


def test_offered_load_counts_visits_never_worked_with_the_mean_of_their_profile(
    model: Model, logbook: Any
) -> None:
    """Examinations of 1 h and 2 h and two that never came to it, one of them after the arrivals.

    A collection that nobody ever worked is worth nothing known: 1 + 2 + 1.5 h.
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
    assert at(model, log, BUREAU)["offered"] == 4.5


def test_offered_load_is_the_work_enabled_while_cases_arrive(model: Model, log: Log) -> None:
    """Arrivals from 8 to 20: all 5 h were enabled then, for the 8 h from 9 to 17."""
    figures = at(model, log, BUREAU)
    assert (figures["offered"], figures["capacity"]) == (5, 8)


def test_the_backlog_lasts_from_the_last_arrival_to_the_last_finish(model: Model, log: Log) -> None:
    """The last case arrives at 20, the last work is done at 34."""
    assert at(model, log, BUREAU)["backlog"] == 14


def test_a_pool_that_nobody_visits_is_idle(model: Model, log: Log) -> None:
    """The counter works nothing in its 8 h of the arrival window."""
    assert at(model, log, COUNTER) == {
        "worked": 0,
        "staffed": 0,
        "granted": 0,
        "waited": 0,
        "offered": 0,
        "capacity": 8,
        "backlog": 0,
    }


def test_staff_that_changes_counts_from_its_second(model: Model, log: Log) -> None:
    """One officer until 12, three from then on: 3 x 1 + 5 x 3 + 1 x 3 h until 34."""
    actors = list(model.actors)
    bureau = SimpleNamespace(**vars(actors[BUREAU]) | {"staff": ((0, 1), (12 * HOUR, 3))})
    grown = SimpleNamespace(**vars(model) | {"actors": (actors[0], bureau, *actors[2:])})
    assert at(cast("Model", grown), log, BUREAU)["staffed"] == 3 + 15 + 3


def test_a_log_without_cases_has_idle_pools(model: Model, logbook: Any) -> None:
    """Nothing arrives, nothing is asked of anybody."""
    assert set(at(model, logbook([], []), BUREAU).values()) == {0}

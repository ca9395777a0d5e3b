"""Where the time of a case went, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compile.program import Program
from sim.errors import RunFailed
from sim.kpi.elapsed import PARTS, TRANSIT, elapsed
from sim.kpi.visits import visits
from sim.log import NEVER, Log
from tests.conftest import Runner
from tests.kpi.conftest import (
    BY_AI,
    BY_BUREAU,
    BY_OWNER,
    BY_OWNER_AND_BUREAU,
    BY_PORTAL,
    BY_SCRIVENER,
    COLLECT,
    DRAFT,
    EXAMINE,
    HOUR,
)


def in_hours(model: Program, log: Log, case: int = 0) -> dict[str, float]:
    """Return the parts that are not zero, and rework."""
    times = elapsed(model, visits(model, log))
    told = dict(zip(PARTS, times.parts[case] / HOUR, strict=True))
    told["rework"] = times.rework[case] / HOUR
    return {name: hours for name, hours in told.items() if hours}


def test_a_return_a_busy_wait_and_a_closed_night_sum_to_the_elapsed_time(
    model: Program, logbook: Any
) -> None:
    """From 8:00 to 16:00 of the next day, 32 hours.

    Draft 8-10, posted till 12. The bureau is busy till 15 (3 h of queue), examines till 16 and
    returns it. The owner answers at 18, is busy till 20, mends till 21. The bureau is closed from
    21 to 9:00 (12 h), examines for an hour, and its letter takes 6 h. A collection begun too early
    is void: it is not on the way to the end.
    Work 2+1+1+1 = 5, queue 3, closed 12, transit 2+6 = 8, busy 2, response 2: 32 in all. What came
    before the return at 16 is rework: 8.
    """
    log = logbook(
        [{"start": 8, "end": 40, "last": (EXAMINE, 2), "returns": 1}],
        [
            {"step": DRAFT, "times": (8, 8, 8, 8, 10, 12)},
            {
                "step": EXAMINE,
                "times": (12, 12, 15, 15, 16, 16),
                "result": "returned",
                "cause": (DRAFT, 1),
            },
            {
                "step": COLLECT,
                "times": (12, 12, 15.5, 15.5, 16.5, 16.5),
                "result": "void",
                "cause": (DRAFT, 1),
            },
            {
                "step": DRAFT,
                "visit": 2,
                "times": (18, 20, 20, 20, 21, 21),
                "cause": (EXAMINE, 1),
            },
            {
                "step": EXAMINE,
                "visit": 2,
                "times": (21, 21, 21, 33, 34, 40),
                "cause": (DRAFT, 2),
            },
        ],
    )
    assert in_hours(model, log) == {
        "work": 5,
        "queue": 3,
        "closed": 12,
        "transit": 8,
        "busy": 2,
        "response": 2,
        "rework": 8,
    }


def test_work_that_stops_for_the_night_is_work_and_closed_hours(
    model: Program, logbook: Any
) -> None:
    """Started at 16, an hour done by 17; from 9 to 10 the rest: 2 h of work, 16 h closed."""
    log = logbook(
        [{"start": 16, "end": 34, "last": (EXAMINE, 1)}],
        [{"step": EXAMINE, "times": (16, 16, 16, 16, 34, 34)}],
    )
    assert in_hours(model, log) == {"work": 2, "closed": 16}


def test_a_queue_over_night_is_queue_and_closed_hours(model: Program, logbook: Any) -> None:
    """Enabled at 15, granted at 10 the next day: 2 + 1 open hours in the queue, 16 closed."""
    log = logbook(
        [{"start": 15, "end": 35, "last": (EXAMINE, 1)}],
        [{"step": EXAMINE, "times": (15, 15, 34, 34, 35, 35)}],
    )
    assert in_hours(model, log) == {"work": 1, "queue": 3, "closed": 16}


def test_of_parallel_visits_only_the_one_waited_for_counts(model: Program, logbook: Any) -> None:
    """Draft and collect run side by side; the later one, done at 12, is what examine waits for."""
    log = logbook(
        [{"start": 9, "end": 13, "last": (EXAMINE, 1)}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
            {"step": COLLECT, "times": (9, 9, 10, 10, 12, 12)},
            {"step": EXAMINE, "times": (12, 12, 12, 12, 13, 13), "cause": (COLLECT, 1)},
        ],
    )
    assert in_hours(model, log) == {"work": 3, "queue": 1}


def test_at_the_horizon_the_visit_still_open_is_cut(model: Program, logbook: Any) -> None:
    """The case ends at 14 in the queue: 1 h draft, 4 h queue; nothing later counts."""
    log = logbook(
        [{"start": 9, "end": 14, "outcome": "unfinished", "cause": 0}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
            {
                "step": EXAMINE,
                "times": (10, 10, NEVER, NEVER, NEVER, 14),
                "result": "withdrawn",
                "cause": (DRAFT, 1),
            },
        ],
    )
    assert in_hours(model, log) == {"work": 1, "queue": 4}


def test_a_visit_granted_for_the_next_morning_was_not_worked_by_the_end(
    model: Program, logbook: Any
) -> None:
    """Granted at 18 for 9:00 (33), the case ends at 30: 12 closed hours, no work."""
    log = logbook(
        [{"start": 18, "end": 30, "outcome": "unfinished", "cause": 0}],
        [{"step": EXAMINE, "times": (18, 18, 18, 33, NEVER, 30), "result": "withdrawn"}],
    )
    assert in_hours(model, log) == {"closed": 12}


def test_a_visit_in_service_at_the_end_counts_up_to_the_end(model: Program, logbook: Any) -> None:
    """Work from 9 to 15 is dropped by the end at 11: 2 h."""
    log = logbook(
        [{"start": 9, "end": 11, "outcome": "expired", "cause": 0}],
        [{"step": EXAMINE, "times": (9, 9, 9, 9, 15, 15), "result": "dropped"}],
    )
    assert in_hours(model, log) == {"work": 2}


def test_of_several_open_visits_the_one_longest_ready_is_taken(
    model: Program, logbook: Any
) -> None:
    """At 14 an examination ready since 11 and a collection ready since 10 are open."""
    log = logbook(
        [{"start": 10, "end": 14, "outcome": "unfinished", "cause": 0}],
        [
            {"step": EXAMINE, "times": (11, 11, 13, 13, 15, 15), "result": "dropped"},
            {"step": COLLECT, "times": (10, 12, 12, 12, 16, 16), "result": "dropped"},
        ],
    )
    assert in_hours(model, log) == {"work": 2, "busy": 2}


def test_of_equally_long_ready_visits_the_first_step_is_taken(model: Program, logbook: Any) -> None:
    """Draft (worked from 10) and collect (queued) are both ready at 10 and open at 14."""
    log = logbook(
        [{"start": 10, "end": 14, "outcome": "unfinished", "cause": 0}],
        [
            {"step": COLLECT, "times": (10, 10, NEVER, NEVER, NEVER, 14), "result": "withdrawn"},
            {"step": DRAFT, "times": (10, 10, 10, 10, 20, 20), "result": "dropped"},
        ],
    )
    assert in_hours(model, log) == {"work": 4}


def test_with_nothing_open_at_the_end_the_time_since_the_last_visit_is_response(
    model: Program, logbook: Any
) -> None:
    """Returned at 12, nobody has answered when patience ends at 20; the void visit does not count.

    The draft took 9-11, the examination 11-12: 3 h of work, all of it rework, then 8 h of silence.
    """
    log = logbook(
        [{"start": 9, "end": 20, "outcome": "abandoned", "cause": 1, "returns": 1}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 11, 11)},
            {
                "step": EXAMINE,
                "times": (11, 11, 11, 11, 12, 12),
                "result": "returned",
                "cause": (DRAFT, 1),
            },
            {"step": COLLECT, "times": (9, 9, 9, 9, 34, 34), "result": "void"},
        ],
    )
    assert in_hours(model, log) == {"work": 3, "response": 8, "rework": 3}


def test_a_case_without_any_visit_is_all_response(model: Program, logbook: Any) -> None:
    """A case that waits from 9 to 20 for a start that never comes."""
    log = logbook([{"start": 9, "end": 20, "outcome": "unfinished", "cause": 0}], [])
    assert in_hours(model, log) == {"response": 11}


def test_a_case_given_up_at_a_return_is_all_rework(model: Program, logbook: Any) -> None:
    """Drafted 9-10, returned at 11 and given up at that second."""
    log = logbook(
        [{"start": 9, "end": 11, "outcome": "abandoned", "cause": 1, "last": (EXAMINE, 1)}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
            {
                "step": EXAMINE,
                "times": (10, 10, 10, 10, 11, 11),
                "result": "returned",
                "cause": (DRAFT, 1),
            },
        ],
    )
    assert in_hours(model, log) == {"work": 2, "rework": 2}


def test_cases_are_walked_each_on_its_own(model: Program, logbook: Any) -> None:
    """Two cases with the same steps: one queues for 1 h, the other for none."""
    log = logbook(
        [
            {"start": 9, "end": 11, "last": (EXAMINE, 1)},
            {"start": 9, "end": 10, "last": (EXAMINE, 1)},
        ],
        [
            {"case": 1, "step": EXAMINE, "times": (9, 9, 9, 9, 10, 10)},
            {"case": 0, "step": EXAMINE, "times": (9, 9, 10, 10, 11, 11)},
        ],
    )
    assert in_hours(model, log, 0) == {"work": 1, "queue": 1}
    assert in_hours(model, log, 1) == {"work": 1}


def test_visits_that_cause_each_other_are_refused(model: Program, logbook: Any) -> None:
    """Draft causes examine and examine causes draft, all at one second."""
    log = logbook(
        [{"start": 9, "end": 9, "last": (EXAMINE, 1)}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 9, 9), "cause": (EXAMINE, 1)},
            {"step": EXAMINE, "times": (9, 9, 9, 9, 9, 9), "cause": (DRAFT, 1)},
        ],
    )
    with pytest.raises(RunFailed, match="case 0: its visits cause one another"):
        elapsed(model, visits(model, log))


@pytest.mark.parametrize(
    ("profile", "whose"),
    [
        (BY_OWNER, "transit_person"),
        (BY_SCRIVENER, "transit_person"),
        (BY_AI, "transit_person"),
        (BY_BUREAU, "transit_office"),
        (BY_OWNER_AND_BUREAU, "transit_office"),
        (BY_PORTAL, "transit_system"),
    ],
)
def test_transit_belongs_to_the_last_actor_of_the_visit(
    model: Program, logbook: Any, profile: int, whose: str
) -> None:
    """Worked 9-10, given at 15: five hours until a person, an office or a system acts.

    What an AI made waits for a person. Owner and portal together: the portal is the last.
    """
    log = logbook(
        [{"start": 9, "end": 15, "last": (DRAFT, 1)}],
        [{"step": DRAFT, "profile": profile, "times": (9, 9, 9, 9, 10, 15)}],
    )
    (split,) = elapsed(model, visits(model, log)).transit
    told = dict(zip(TRANSIT, (split / HOUR).tolist(), strict=True))
    assert told == {name: 5 if name == whose else 0 for name in TRANSIT}


BY_SOME = st.sampled_from([BY_OWNER, BY_BUREAU, BY_OWNER_AND_BUREAU])
GAPS = st.lists(st.tuples(*[st.integers(0, 40 * HOUR)] * 6), min_size=1, max_size=6)


@given(gaps=GAPS, profiles=st.lists(BY_SOME, min_size=6, max_size=6))
def test_the_parts_are_never_negative_and_sum_to_the_elapsed_time(
    model: Program, logbook: Any, gaps: list[tuple[int, ...]], profiles: list[int]
) -> None:
    """Whatever the six times of each visit in a chain are, no second is lost."""
    clock, rows = 7 * HOUR, []
    for visit, steps in enumerate(gaps, 1):
        times = []
        for gap in steps:
            clock += gap
            times.append(clock / HOUR)
        cause = (DRAFT, visit - 1) if visit > 1 else (NEVER, NEVER)
        row = {"step": DRAFT, "visit": visit, "times": tuple(times), "cause": cause}
        rows.append(row | {"profile": profiles[visit - 1]})
    case = {"start": 7, "end": clock / HOUR, "last": (DRAFT, len(gaps))}
    told = elapsed(model, visits(model, logbook([case], rows)))
    assert (told.parts >= 0).all()
    assert told.parts.sum() == clock - 7 * HOUR
    assert told.transit.sum() == told.parts[0, PARTS.index("transit")]


ENDING = """
applicant: me
actors: {me: person, desk: office, web: system}
documents: {form: Form, sent: Sent, note: Note, permit: Permit}
steps:
  post: {gives: [sent], by: desk, delay: %s}
  fill: {gives: [form], by: web, work: 1h}
  file: {needs: [form], gives: [note], by: desk, work: 9h}
goal: [sent, note]
"""


@pytest.mark.parametrize(
    ("delay", "parts"),
    [("5h", {"transit": 5.0}), ("17999s", {"work": 5.0}), ("6h", {"transit": 5.0})],
)
def test_a_visit_that_closes_in_the_second_of_the_end_was_waited_for(
    world: Runner, delay: str, parts: dict[str, float]
) -> None:
    """Cut off at 5h: what is given then, ready since 0, was waited for, and not the file since 1h.

    Given a second earlier it was not: the file is on the way, after an hour's form.
    """
    run = world(ENDING % delay, scenario="horizon: 5h")
    assert in_hours(run.model, run.log) == parts


GATHERED = """
applicant: me
actors: {me: person, desk: office, web: system}
documents: {a: A, b: B, c: C}
calendars: {mornings: {days: daily, at: ["09:00"], holidays: open}}
steps:
  one: {gives: [a], by: me, work: 3h}
  two: {gives: [b], by: me, work: 2h}
  three: {needs: [a, b], gives: [c], by: web, work: 1h, batch: {at: mornings}}
goal: [c]
"""


def test_gathering_for_a_batch_is_transit_and_waiting_for_a_busy_person_is_not(
    world: Runner,
) -> None:
    """The second paper waits 3 h for the person; both, at 5h, wait 4 h for the run at nine."""
    run = world(GATHERED)
    assert in_hours(run.model, run.log) == {"work": 3.0, "busy": 3.0, "transit": 4.0}

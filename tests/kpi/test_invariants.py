"""Each law of a log holds for a sound one and is broken by a planted fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from sim.compile.nodes import Const
from sim.compile.program import Program
from sim.errors import RunFailed
from sim.kpi.invariants import check
from sim.log import LIFE, NEVER, Log
from tests.kpi.conftest import BUREAU, BY_BOTH_OFFICES, COLLECT, COUNTER, DRAFT, EXAMINE, OWNER


def holds(model: Program, log: Log) -> bool:
    """Return True, or raise what the check raises."""
    check(model, log)
    return True


@pytest.fixture
def sound(logbook: Any) -> Log:
    """A draft sent back once; three hours in the queue of the bureau."""
    return cast(
        "Log",
        logbook(
            [{"start": 9, "end": 16, "last": (EXAMINE, 2), "returns": 1}],
            [
                {"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
                {
                    "step": EXAMINE,
                    "times": (10, 10, 12, 12, 13, 13),
                    "result": "returned",
                    "cause": (DRAFT, 1),
                },
                {
                    "step": DRAFT,
                    "visit": 2,
                    "times": (13, 13, 13, 13, 14, 14),
                    "cause": (EXAMINE, 1),
                },
                {
                    "step": EXAMINE,
                    "visit": 2,
                    "times": (14, 14, 15, 15, 16, 16),
                    "cause": (DRAFT, 2),
                },
            ],
            {BUREAU: 3},
            sent_back(13),
        ),
    )


def sent_back(second: float) -> list[tuple[int, str, float, tuple[int, int]]]:
    """Return the life of a slip of the first draft that the first examination sends back."""
    back = ((what, second, (EXAMINE, 1)) for what in ("found", "return", "sent_back"))
    return [(0, *row) for row in (("made", 10, (DRAFT, 1)), *back)]


def test_a_sound_log_passes(model: Program, sound: Log) -> None:
    """Two visits of the draft are lawful, since it was returned in between."""
    assert holds(model, sound)


Fault = Callable[[Log], object]


def lose_the_case(log: Log) -> Log:
    """Leave out the only case; its visits stay."""
    return replace(log, cases=log.cases[:0], events=log.events[:0])


def never_end(log: Log) -> None:
    """Leave a case in the system."""
    log.cases["end"] = NEVER


def end_without_outcome(log: Log) -> None:
    """End without saying how."""
    log.cases["outcome"] = -1


def count_a_second_too_much(log: Log) -> None:
    """Let the engine's own sum under the queue be a second off."""
    log.queue_area[BUREAU] += 1


def forget_the_return(log: Log) -> None:
    """Let the first examination not be a return: the draft then gives twice."""
    log.events["result"][1] = 0


def end_a_second_late(log: Log) -> None:
    """End a second after the visit that is said to end the case."""
    log.cases["end"] += 1


def answer_before_the_letter(log: Log) -> None:
    """Make the second draft ready before what caused it was closed."""
    log.events["ready"][2] = 12 * 3600


def name_another_case(log: Log) -> None:
    """Give a visit to a case that was never created."""
    log.events["case"][0] = 7


def lose_the_cause(log: Log) -> None:
    """Point to a third examination as a cause."""
    log.events["cause_visit"][2] = 3


def tell(row: int, **values: int) -> Fault:
    """Return a fault: something else in a row of the life of the slip."""

    def fault(log: Log) -> None:
        for name, value in values.items():
            log.defects[name][row] = value

    fault.__name__ = f"row_{row}_{values}"
    return fault


def forget(row: int) -> Fault:
    """Return a fault: a row of the life of the slip is not there."""

    def fault(log: Log) -> Log:
        return replace(log, defects=np.delete(log.defects, row))

    fault.__name__ = f"without_row_{row}"
    return fault


def end_with_a_harm(log: Log) -> None:
    """Count a harm that no slip did."""
    log.harms[0, 1] = True


def ask_about_nothing(log: Log) -> None:
    """Let the second examination ask about a slip that it did not find."""
    log.decisions["visit"] = 2


_NOT_ONCE = "slip 0 is not made once and ended once"


@pytest.mark.parametrize(
    ("fault", "law"),
    [
        (forget(0), _NOT_ONCE),
        (forget(3), _NOT_ONCE),
        (tell(1, what=0), _NOT_ONCE),
        (tell(1, what=LIFE.index("gone")), _NOT_ONCE),
        (tell(0, time=8 * 3600), _NOT_ONCE),
        (tell(0, time=14 * 3600), _NOT_ONCE),
        (tell(3, time=17 * 3600), _NOT_ONCE),
        (tell(1, instance=1), _NOT_ONCE),
        (tell(2, case=1), "case 1: slip 0 is not made once"),
        (tell(0, step=EXAMINE), "no visit can have done “made” with slip 0"),
        (tell(1, time=11 * 3600), "no visit can have done “found” with slip 0"),
        (tell(3, visit=2), "no visit can have done “sent_back” with slip 0"),
        (tell(1, visit=3), "the log points to a visit it does not have"),
        (tell(2, what=LIFE.index("dismiss")), "no visit can have done “dismiss”"),
        (forget(1), "letters and questions are not about the slips found"),
        (forget(2), "letters and questions are not about the slips found"),
        (ask_about_nothing, "letters and questions are not about the slips found"),
        (end_with_a_harm, "it ended with other harms than the slips left"),
        (lose_the_case, "1 case was created and 0 ended"),
        (never_end, "1 case was created and 0 ended"),
        (end_without_outcome, "case 0: it ended without an outcome"),
        (count_a_second_too_much, "bureau queued 10801 case-seconds, the waits sum to 10800"),
        (forget_the_return, "case 0: visit 2 of p.draft gives again"),
        (end_a_second_late, "case 0: it took 25201 s; the visits on its way explain 25201 s"),
        (answer_before_the_letter, "case 0: it took 25200 s"),
        (name_another_case, "a visit belongs to case 7, which there is not"),
        (lose_the_cause, "case 0: the log points to a visit it does not have"),
    ],
)
def test_a_planted_fault_fails_the_run(model: Program, sound: Log, fault: Fault, law: str) -> None:
    """The error names arm, replication, case and law."""
    faulty = fault(sound)
    with pytest.raises(RunFailed, match="arm paper, replication 0") as failure:
        check(model, faulty if isinstance(faulty, Log) else sound)
    assert law in str(failure.value)


def test_a_step_may_give_again_if_what_it_gives_may_lapse(model: Program, sound: Log) -> None:
    """Without a return both steps give twice; what they give may expire."""
    forget_the_return(sound)
    ageing = tuple(replace(paper, valid=Const(1)) for paper in model.papers)
    unasked = replace(sound, defects=sound.defects[:0], decisions=sound.decisions[:0])
    assert holds(replace(model, papers=ageing), unasked)


def test_waits_of_withdrawn_visits_count_until_they_are_taken_out(
    model: Program, logbook: Any
) -> None:
    """Queued at 9, the case ends at 12: three hours."""
    log = logbook(
        [{"start": 9, "end": 12, "outcome": "unfinished", "cause": 0}],
        [{"step": EXAMINE, "times": (9, 9, NEVER, NEVER, NEVER, 12), "result": "withdrawn"}],
        {BUREAU: 3},
    )
    assert holds(model, log)


def test_a_visit_that_never_queued_adds_no_wait(model: Program, logbook: Any) -> None:
    """Ready at 9 for somebody who is busy to the end at 12."""
    log = logbook(
        [{"start": 9, "end": 12, "outcome": "unfinished", "cause": 0}],
        [{"step": EXAMINE, "times": (9, NEVER, NEVER, NEVER, NEVER, 12), "result": "withdrawn"}],
    )
    assert holds(model, log)


def two_pools(logbook: Any, queues: dict[int, float]) -> Log:
    """One visit takes the counter from 10 and, from 12, the bureau too; it waits since 9."""
    visit = {"step": COLLECT, "profile": BY_BOTH_OFFICES, "times": (9, 9, 12, 12, 13, 13)}
    case = {"start": 9, "end": 13, "last": (COLLECT, 1)}
    return cast("Log", logbook([case], [visit], queues))


def test_pools_of_one_profile_are_summed_up(model: Program, logbook: Any) -> None:
    """An hour at the counter and two at the bureau are the three hours the row shows."""
    assert holds(model, two_pools(logbook, {COUNTER: 1, BUREAU: 2}))


def test_pools_of_one_profile_break_the_law_together(model: Program, logbook: Any) -> None:
    """The message names both, since the row cannot tell them apart."""
    with pytest.raises(RunFailed, match="bureau, counter queued 14400 case-seconds"):
        check(model, two_pools(logbook, {COUNTER: 2, BUREAU: 2}))


def test_a_queue_that_nobody_stood_in_has_no_area(model: Program, sound: Log) -> None:
    """The counter is never asked; an area there is a fault."""
    sound.queue_area[COUNTER] = 1
    with pytest.raises(RunFailed, match="counter queued 1 case-seconds, the waits sum to 0"):
        check(model, sound)


def test_a_queue_of_unstaffed_actors_is_not_asked_for(model: Program, logbook: Any) -> None:
    """An owner's visit has no pool, whatever the engine counted there."""
    log = logbook(
        [{"start": 9, "end": 10, "last": (DRAFT, 1)}],
        [{"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)}],
        {OWNER: 5},
    )
    assert holds(model, log)


def test_cases_must_be_told_apart(model: Program, logbook: Any) -> None:
    """Two rows of one case are not two cases."""
    log = logbook([{"start": 9, "end": 9}, {"case": 0, "start": 9, "end": 9}], [])
    twice = replace(model, streams=(replace(model.streams[0], count=2),))
    with pytest.raises(RunFailed, match="2 cases were created and 1 ended"):
        check(twice, log)
    assert len(np.unique(log.cases["case"])) == 1


@pytest.mark.parametrize(
    ("second", "lawful"), [(9.5, False), (10, True), (14, True), (14.5, False)]
)
def test_a_return_in_the_very_second_of_a_giving_lies_between_two(
    model: Program, logbook: Any, second: float, *, lawful: bool
) -> None:
    """Drafts given at 10 and at 14: a return at 10 or at 14 is one in between, no other is."""
    log = logbook(
        [{"start": 9, "end": 15, "last": (COLLECT, 1), "returns": 1}],
        [
            {"step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
            {"step": EXAMINE, "times": (9, 9, 9, 9, second, second), "result": "returned"},
            {"step": DRAFT, "visit": 2, "times": (9, 9, 9, 9, 14, 14)},
            {"step": COLLECT, "times": (14, 14, 14, 14, 15, 15), "cause": (DRAFT, 2)},
        ],
        lives=sent_back(second),
    )
    if lawful:
        assert holds(model, log)
    else:
        with pytest.raises(RunFailed, match="gives again what was never returned"):
            check(model, log)

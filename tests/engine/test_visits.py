"""A visit: attention, queues and their order, staff, hours and delays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR


def starts(run: Run, **which: Any) -> dict[tuple[int, str], float]:
    """Return the hour in which each visit was started, by case and step, in order of time."""
    rows = sorted(run.rows(**which), key=lambda row: row["started"])
    return {(row["case"], row["step"]): row["started"] / HOUR for row in rows}


# -- attention -------------------------------------------------------------------------------------


def test_attention_is_held_from_enabled_to_finished_and_not_during_the_delay(play: Runner) -> None:
    """The call may begin when the letter is written at 1h, though that is given at 6h only."""
    run = play("""
steps:
  write: {gives: [letter], by: me, work: 1h, delay: 5h}
  call: {gives: [answer], by: me, work: 1h}
goal: [letter, answer]
""")
    (write,) = run.rows("write")
    (call,) = run.rows("call")
    assert (write["finished"], write["closed"]) == (1 * HOUR, 6 * HOUR)
    assert (call["ready"], call["enabled"], call["started"]) == (0, 1 * HOUR, 1 * HOUR)


COUNTER = """
steps:
  visit: {gives: [stamp], by: [%s], work: 2h}
  write: {gives: [form], by: me, work: 1h}
goal: [stamp, form]
"""


@pytest.mark.parametrize(
    ("who", "second"),
    [("me, clerk", {"visit": 2, "write": 4}), ("clerk", {"visit": 2, "write": 0})],
)
def test_who_comes_along_waits_in_line(play: Runner, who: str, second: dict[str, int]) -> None:
    """The clerk is busy with the first case to 2h, and who waits in line cannot write meanwhile."""
    run = play(COUNTER % who, case="{count: 2, using: [p]}")
    assert starts(run, case=1) == {(1, step): hour for step, hour in second.items()}
    (visit,) = run.rows("visit", case=1)
    assert (visit["enabled"], visit["granted"], visit["finished"]) == (0, 2 * HOUR, 4 * HOUR)


def test_attention_belongs_to_one_case(play: Runner) -> None:
    """Three applicants do not wait for each other."""
    run = play(
        "{steps: {write: {gives: [form], by: me, work: 1h}}, goal: [form]}",
        case="{count: 3, using: [p]}",
    )
    assert [row["started"] for row in run.rows()] == [0, 0, 0]


# -- pools -----------------------------------------------------------------------------------------


def test_pools_are_asked_for_in_the_order_of_by(play: Runner) -> None:
    """The boss is busy to 3h; ``meet`` waits and holds the clerk, for whom ``copy`` waits."""
    run = play(
        """
steps:
  sign: {gives: [signed], by: boss, work: 3h}
  meet: {gives: [minutes], by: [clerk, boss], work: 1h}
  copy: {gives: [copied], by: clerk, work: 1h}
goal: [signed]
""",
        case="{count: 1, using: [p], goal: [signed]}, d: {count: 1, using: [p], goal: [minutes]}, "
        "e: {count: 1, using: [p], goal: [copied]}",
    )
    assert starts(run) == {(0, "sign"): 0, (1, "meet"): 3, (2, "copy"): 4}
    (meet,) = run.rows("meet")
    assert (meet["enabled"], meet["granted"]) == (0, 3 * HOUR)


QUEUE = """
attributes: {urgent: false}
steps:
  prepare: {gives: [form], by: me, work: 1h}
  late: {needs: [form], gives: [slow], by: clerk, work: 2h}
  soon: {gives: [quick], by: clerk, work: 2h, priority: {by: urgent, true: 1, else: 5}}
goal: [quick]
"""


def test_what_goes_by_a_queue_is_not_asked_where_nobody_does_the_step(play: Runner) -> None:
    """In a channel without it the step has no pool, and no queue that it could go by."""
    run = play(
        """
        steps:
          fill: {gives: [form], by: desk, work: {by: queue, 0: 1h, else: 5min}, agentic: {by: none}}
          other: {gives: [form], by: desk, work: 2h}
        goal: [form]
        actors: {desk: {agent: office, staff: 1}}
        """,
        channel="agentic",
    )
    assert [(row["step"], row["finished"] - row["started"]) for row in run.rows()] == [
        ("other", 2 * 3600)
    ]


def test_a_queue_is_served_by_priority_first(play: Runner) -> None:
    """Case 0 came first of all; then the urgent case 2 of 1h goes before case 1, there since 0h."""
    run = play(
        QUEUE,
        case="{count: 2, using: [p]}, "
        "d: {count: 1, arrivals: 1h, using: [p], attributes: {urgent: true}}",
    )
    assert starts(run) == {(0, "soon"): 0, (2, "soon"): 2, (1, "soon"): 4}


def test_a_queue_is_served_by_the_second_a_visit_was_enabled_next(play: Runner) -> None:
    """Case 0 is ready for the clerk at 1h, after case 2, which waits since 0h."""
    run = play(
        QUEUE.replace("soon: {", "soon: {priority: 0, ").replace(
            ", priority: {by: urgent, true: 1, else: 5}", ""
        ),
        case="{count: 1, using: [p], goal: [slow]}, d: {count: 2, using: [p]}",
    )
    assert starts(run) == {(0, "prepare"): 0, (1, "soon"): 0, (2, "soon"): 2, (0, "late"): 4}


def test_a_queue_is_served_by_case_and_step_last(play: Runner) -> None:
    """All enabled at 0h: both steps of case 0, then both of case 1."""
    run = play(
        """
steps:
  one: {gives: [a], by: clerk, work: 1h}
  two: {gives: [b], by: clerk, work: 1h}
goal: [a, b]
""",
        case="{count: 2, using: [p]}",
    )
    assert starts(run) == {(0, "one"): 0, (0, "two"): 1, (1, "one"): 2, (1, "two"): 3}


def test_hurry_moves_the_waiting_visits_of_a_case_up(play: Runner) -> None:
    """Case 2 calls after an hour in the queue and goes before case 1 at 3h."""
    run = play(
        """
actors: {me: caller}
attributes: {pushy: false}
steps: {serve: {gives: [done], by: clerk, work: 3h}}
goal: [done]
""",
        case="{count: 2, using: [p]}, d: {count: 1, using: [p], attributes: {pushy: true}}",
        agents={
            "caller": "{agent: caller, kind: person, rules: {waiting: "
            "{call: {when: {waited: '>= 1h', pushy: true}, then: {hurry: 1}}}}}"
        },
    )
    assert starts(run) == {(0, "serve"): 0, (2, "serve"): 3, (1, "serve"): 6}
    (call,) = run.decisions("waiting")
    assert (call["time"], call["case"], call["action"]) == (HOUR, 2, "hurry")


# -- staff that changes ----------------------------------------------------------------------------

SHIFTS = """
actors: {team: {agent: office, staff: {by: time, 0d: %d, 1d: %d}}}
steps: {serve: {gives: [done], by: team, work: 2d}}
goal: [done]
"""


def test_staff_that_rises_serves_the_queue_at_once(play: Runner) -> None:
    """One to the end of day 1, then two: started on day 0, 1 and 2."""
    run = play(SHIFTS % (1, 2), case="{count: 3, using: [p]}")
    assert [row["started"] for row in run.rows()] == [0, DAY, 2 * DAY]


def test_staff_that_falls_is_not_taken_from_work_in_hand(play: Runner) -> None:
    """Two work to day 2 although there is one from day 1 on; then one at a time."""
    run = play(SHIFTS % (2, 1), case="{count: 4, using: [p]}")
    assert [row["started"] for row in run.rows()] == [0, 0, 2 * DAY, 4 * DAY]
    assert [row["finished"] for row in run.rows()] == [2 * DAY, 2 * DAY, 4 * DAY, 6 * DAY]


# -- hours -----------------------------------------------------------------------------------------


def test_work_is_counted_in_the_hours_that_all_actors_share(play: Runner) -> None:
    """9–17 and 12–20 share 12–17: 7 hours are 5 on the first day and 2 on the next, to 14:00.

    Staff is held from the grant on.
    """
    run = play("""
actors:
  morning: {agent: office, staff: 1, hours: {days: daily, open: "09:00-17:00"}}
  evening: {agent: office, hours: {days: daily, open: "12:00-20:00"}}
steps: {meet: {gives: [minutes], by: [morning, evening], work: 7h}}
goal: [minutes]
""")
    (row,) = run.rows()
    assert (row["enabled"], row["granted"], row["started"]) == (0, 0, 12 * HOUR)
    assert row["finished"] == DAY + 14 * HOUR


def test_work_may_finish_at_closing_time_but_not_start_then(play: Runner) -> None:
    """The first is done at 17:00 sharp, the second starts the next morning."""
    run = play(
        """
actors: {window: {agent: office, staff: 1, hours: {days: daily, open: "09:00-17:00"}}}
steps: {serve: {gives: [done], by: window, work: 8h}}
goal: [done]
""",
        case="{count: 2, using: [p]}",
    )
    assert [row["finished"] for row in run.rows()] == [17 * HOUR, DAY + 17 * HOUR]
    assert [row["started"] for row in run.rows()] == [9 * HOUR, DAY + 9 * HOUR]


# -- delays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("delay", "closed"), [("1d", 36), ("1bd", 84)])
def test_a_delay_runs_on_all_days_or_on_business_days(
    play: Runner, delay: str, closed: int
) -> None:
    """From Friday noon (12h): to Saturday noon (36h), or to Monday noon (84h)."""
    run = play(
        f"""
steps: {{post: {{gives: [letter], by: me, work: 12h, delay: {delay}}}}}
goal: [letter]
""",
        scenario="start: 2026-04-03\n",
    )
    (row,) = run.rows()
    assert (row["finished"], row["closed"]) == (12 * HOUR, closed * HOUR)


@pytest.mark.parametrize(("work", "closed"), [("28800s", 9), ("28801s", 33)])
def test_a_timetable_takes_what_is_ready_on_its_very_second(
    play: Runner, work: str, closed: int
) -> None:
    """Transfers run at 9:00 and need an hour: done at 8:00 today's is met, a second later not."""
    run = play(f"""
calendars: {{transfers: {{days: daily, at: "09:00", holidays: open}}}}
steps:
  pay: {{gives: [paid], by: me, work: {work}, delay: {{until: transfers, at_least: 1h}}}}
goal: [paid]
""")
    (row,) = run.rows()
    assert row["closed"] == closed * HOUR

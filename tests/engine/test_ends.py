"""How cases end: goals, lawful ends, deadlines, the horizon, and what becomes of work in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR


def end(run: Run, case: int = 0) -> tuple[str, str | None, float]:
    """Return outcome, cause and the hours a case took."""
    row = run.cases()[case]
    return row["outcome"], row["cause"], (row["end"] - row["start"]) / HOUR


# -- lawful and other ends -------------------------------------------------------------------------

HEARING = """
attributes: {adopted: %s}
steps:
  hear: {gives: [letter], decides: [adopted], by: desk, work: 2h}
  pay: {needs: [letter], gives: [paid], by: desk, work: 1h}
goal: [paid]
ends: [{when: {adopted: false}, as: %s}]
"""


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn", "abandoned", "dismissed"])
def test_a_case_ends_as_soon_as_the_fact_is_known(play: Runner, outcome: str) -> None:
    """Not adopted from the beginning, but it ends when the hearing says so, at 2h."""
    run = play(HEARING % ("false", outcome))
    assert end(run) == (outcome, "end.adopted", 2)
    assert run.rows("pay") == []


def test_an_end_whose_condition_does_not_hold_is_none(play: Runner) -> None:
    """Adopted: heard for 2h and paid after another."""
    assert end(play(HEARING % ("true", "rejected"))) == ("clean", None, 3)


def test_an_end_on_what_is_known_from_the_start_comes_at_once(play: Runner) -> None:
    """Nobody has to find out that the case is too late."""
    run = play("""
attributes: {too_late: true}
steps: {write: {gives: [form], by: me, work: 1h}}
goal: [form]
ends: [{when: {too_late: true}, as: withdrawn}]
""")
    assert end(run) == ("withdrawn", "end.too_late", 0)
    assert run.rows() == []


# -- what becomes of the rest ----------------------------------------------------------------------


def test_the_end_of_a_case_leaves_nobody_waiting_for_it(play: Runner) -> None:
    """Dismissed at 2h: a queued visit is withdrawn, a delay dropped.

    The clerk, at work to 5h for nothing, serves the next case then.
    """
    run = play(
        """
actors: {court: judge}
steps:
  judge: {gives: [verdict], by: court, work: 2h, makes: {slip: 100%}, finds: {slip: 100%}}
  post: {gives: [sent], by: desk, delay: 9h}
  serve: {gives: [served], by: clerk, work: 5h}
  stamp: {gives: [stamp], by: clerk, work: 5h}
goal: [verdict, sent, served, stamp]
""",
        case="{count: 1, using: [p]}, d: {count: 1, using: [p], goal: [served]}",
        agents={"judge": "{agent: judge, kind: office, rules: {found: {no: {then: dismiss}}}}"},
    )
    told = {row["step"]: (row["result"], row["closed"] // HOUR) for row in run.rows(case=0)}
    assert told == {
        "judge": ("dropped", 2),
        "post": ("dropped", 2),
        "stamp": ("withdrawn", 2),
        "serve": ("dropped", 5),
    }
    assert end(run) == ("dismissed", "slip", 2)
    assert [row["started"] for row in run.rows("serve", case=1)] == [5 * HOUR]


# -- deadlines -------------------------------------------------------------------------------------


def late(play: Runner, clock: str, delay: str, missed: str = "late", start: str = "") -> Run:
    """Run a case that files at 12h and has its receipt after a delay."""
    return play(
        f"""
steps:
  write: {{gives: [form], by: me, work: 12h}}
  file: {{needs: [form], gives: [receipt], by: desk, delay: {delay}}}
goal: [receipt]
deadlines: [{{document: receipt, {clock}, missed: {missed}}}]
""",
        scenario=start,
    )


@pytest.mark.parametrize(("delay", "missed"), [("47h", 0), ("169201s", 1)])
def test_a_deadline_in_hours_is_exact(play: Runner, delay: str, missed: int) -> None:
    """47 hours in the post after the form are in time, a second more is not."""
    assert late(play, "within: 47h, after: form", delay).cases()[0]["late"] == missed


@pytest.mark.parametrize(("delay", "missed"), [("36h", 0), ("129601s", 1)])
def test_a_deadline_in_days_ends_at_midnight_after_the_last_day(
    play: Runner, delay: str, missed: int
) -> None:
    """Written on Wednesday at noon: a day ends on Thursday at 24:00, 36 hours later."""
    run = late(play, "within: 1d, after: form", delay)
    assert run.cases()[0]["late"] == missed


@pytest.mark.parametrize(("delay", "missed"), [("84h", 0), ("302401s", 1)])
def test_a_deadline_that_ends_on_a_holiday_ends_on_the_next_business_day(
    play: Runner, delay: str, missed: int
) -> None:
    """Written on Friday at noon: a day ends on Saturday, so on Monday at 24:00, 84 hours later."""
    run = late(play, "within: 1d, after: form", delay, start="start: 2026-04-03\n")
    assert run.cases()[0]["late"] == missed


@pytest.mark.parametrize(("delay", "missed"), [("108h", 0), ("388801s", 1)])
def test_a_deadline_in_business_days_counts_those_alone(
    play: Runner, delay: str, missed: int
) -> None:
    """Written on Friday at noon: Monday and Tuesday are two, to 24:00, 108 hours later."""
    run = late(play, "within: 2bd, after: form", delay, start="start: 2026-04-03\n")
    assert run.cases()[0]["late"] == missed


@pytest.mark.parametrize(("delay", "missed"), [("36h", 0), ("129601s", 1)])
def test_a_deadline_may_be_a_day_and_ends_with_it(play: Runner, delay: str, missed: int) -> None:
    """24:00 of the second day is in time, a second later is not."""
    assert late(play, "at: 2026-04-02", delay).cases()[0]["late"] == missed


@pytest.mark.parametrize(("delay", "missed"), [("12h", 0), ("43201s", 1)])
def test_a_deadline_with_a_time_of_day_is_exact(play: Runner, delay: str, missed: int) -> None:
    """0:00 of the second day is in time, a second later is not."""
    assert late(play, "at: 2026-04-02T00:00", delay).cases()[0]["late"] == missed


def test_a_deadline_counts_from_the_start_if_it_says_nothing_else(play: Runner) -> None:
    """Given at 13h."""
    assert late(play, "within: 13h", "1h").cases()[0]["late"] == 0
    assert late(play, "within: 12h", "1h").cases()[0]["late"] == 1


def test_a_case_that_is_late_goes_on(play: Runner) -> None:
    """Late at 12h, done at 36h."""
    run = late(play, "within: 12h", "1d")
    assert end(run) == ("clean", None, 36)


def test_a_hard_deadline_ends_the_case(play: Runner) -> None:
    """Expired at 13h; the letter in the post counts for nothing."""
    run = late(play, "within: 13h", "1d", missed="expired")
    assert end(run) == ("expired", "deadline.receipt", 13)
    assert run.cases()[0]["late"] == 0
    assert [row["result"] for row in run.rows("file")] == ["dropped"]


def test_the_first_giving_of_a_document_counts(play: Runner) -> None:
    """Given at 1h, revoked at 3h and given again at 5h: the form was in time for 4h."""
    run = play("""
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: desk, work: 2h, finds: {slip: 100%}}
goal: [permit]
deadlines: [{document: form, within: 4h, missed: expired}]
""")
    assert end(run) == ("clean", None, 7)
    assert run.cases()[0]["late"] == 0


LOCKER = """
documents: {{card: card}}
steps:
  get: {{gives: [card], by: desk, work: 9h}}
  issue: {{needs: [card], gives: [permit], by: desk, work: 3h}}
goal: [permit]
deadlines: [{{document: {document}, within: 2h, {after}missed: {missed}}}]
"""


@pytest.mark.parametrize("missed", ["late", "expired", "given"])
def test_what_lay_in_the_locker_is_in_time(play: Runner, missed: str) -> None:
    """It was there since the start, though nobody gave it."""
    text = LOCKER.format(document="card", after="", missed=missed)
    run = play(text, case="{count: 1, using: [p], locker: [card]}")
    assert end(run) == ("clean", None, 3)
    assert (run.cases()[0]["late"], run.given("card")) == (0, None)


def test_a_period_from_what_lay_in_the_locker_begins_with_the_case(play: Runner) -> None:
    """Two hours after the start, and there is no permit."""
    text = LOCKER.format(document="permit", after="after: card, ", missed="expired")
    assert end(play(text, case="{count: 1, using: [p], locker: [card]}"))[2] == 2
    assert end(play(text))[2] == 11


def test_silence_stands_for_what_was_given_and_revoked(play: Runner) -> None:
    """The opinion of 1h is revoked at 2h; the next one takes a day, but the deadline is at 4h."""
    run = play("""
steps:
  judge: {gives: [opinion], by: boss, work: 1h, makes: {slip: 100%},
          again: {work: 1d, makes: {slip: 0%}}}
  issue: {needs: [opinion], gives: [permit], by: desk, work: 1h, finds: {slip: 100%}}
goal: [permit]
deadlines: [{document: opinion, within: 4h, missed: given}]
""")
    assert end(run) == ("clean", None, 5)
    assert run.given("opinion") == HOUR


# -- the horizon -----------------------------------------------------------------------------------


def test_a_case_is_unfinished_a_horizon_after_its_own_start(play: Runner) -> None:
    """Cases arrive at 1h and 2h; neither is done within 5 hours."""
    run = play(
        "{steps: {write: {gives: [form], by: desk, work: 9h}}, goal: [form]}",
        case="{count: 2, arrivals: 1h, using: [p]}",
        scenario="horizon: 5h\n",
    )
    assert [case["start"] for case in run.cases()] == [HOUR, 2 * HOUR]
    assert [end(run, case) for case in (0, 1)] == [("unfinished", "horizon", 5)] * 2
    assert [row["closed"] for row in run.rows()] == [10 * HOUR, 11 * HOUR]

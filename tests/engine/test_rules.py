"""Agents and their rules: what each event asks, who answers, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.compile.nodes import DEFECT, MADE_IN
from sim.engine.case import Case, Context
from sim.engine.draws import Draws

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR


def agent(rules: str, kind: str = "person") -> dict[str, str]:
    """Return an agent ``who`` with some rules."""
    return {"who": f"{{agent: who, kind: {kind}, rules: {rules}}}"}


def end(run: Run, case: int = 0) -> tuple[str, str | None]:
    """Return outcome and cause of a case."""
    row = run.cases()[case]
    return row["outcome"], row["cause"]


# -- returned --------------------------------------------------------------------------------------

STUBBORN = """
actors: {me: who}
steps:
  write: {gives: [form], analog: {by: me, work: 3h},
          digital: {by: me, work: 1h, makes: {slip: 100%}}}
  check: {needs: [form], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
"""


def test_the_applicant_may_give_up(play: Runner) -> None:
    """Every form has a slip: after the third letter the applicant gives up."""
    run = play(
        STUBBORN,
        agents=agent(
            "{returned: {hopeless: {when: {returns: '>= 3'}, then: give_up}, "
            "again: {then: {redo: {after: 1h}}}}}"
        ),
    )
    assert end(run) == ("abandoned", "rule.who.returned.hopeless")
    assert [d["rule"] for d in run.decisions("returned")] == [
        "who.returned.again",
        "who.returned.again",
        "who.returned.hopeless",
    ]
    assert run.elapsed().tolist() == [5 * HOUR]


def test_the_first_rule_that_holds_decides(play: Runner) -> None:
    """Both hold; the one listed first waits for two hours, so the form is written from 3h on."""
    run = play(
        STUBBORN,
        agents=agent(
            "{returned: {tired: {when: {visit: 2}, then: give_up}, "
            "slow: {when: {defect: slip}, then: {redo: {after: 2h}}}, "
            "fast: {then: {redo: {after: 1h}}}}}"
        ),
    )
    assert [row["enabled"] for row in run.rows("write")] == [0, 3 * HOUR]
    assert [d["rule"] for d in run.decisions("returned")] == [
        "who.returned.slow",
        "who.returned.tired",
    ]


def test_what_was_returned_may_be_done_in_another_channel(play: Runner) -> None:
    """The second form is written on paper, 1–4h, and good; the examination stays online."""
    run = play(STUBBORN, agents=agent("{returned: {paper: {then: {use: analog}}}}"))
    assert [(row["channel"], row["finished"]) for row in run.rows("write")] == [
        (1, HOUR),
        (0, 4 * HOUR),
    ]
    assert [row["channel"] for row in run.rows("check")] == [1, 1]
    assert end(run) == ("clean", None)


def test_a_letter_is_answered_by_the_ai_that_made_the_paper(play: Runner) -> None:
    """The draft is the AI's and the signature the applicant's: each answers for its own."""
    text = """
actors: {me: who}
steps:
  draft: {gives: [form], by: ai, makes: {slip: %s}, again: {makes: {slip: 0%%}}}
  sign: {needs: [form], gives: [signed], by: me, makes: {smudge: %s}, again: {makes: {smudge: 0%%}}}
  check: {needs: [signed], gives: [permit], by: desk, finds: {slip: 100%%, smudge: 100%%}}
goal: [permit]
"""
    answer = agent("{returned: {again: {then: {redo: {after: 1h}}}}}")
    (drafted,) = play(text % ("100%", "0%"), agents=answer).decisions("returned")
    (signed,) = play(text % ("0%", "100%"), agents=answer).decisions("returned")
    assert (drafted["actor"], signed["actor"]) == ("ai", "me")


def test_of_two_makers_the_one_of_the_first_paper_answers(play: Runner) -> None:
    """One letter for the applicant's smudge and the AI's slip: the signature is first."""
    run = play("""
steps:
  sign: {gives: [signed], by: me, makes: {smudge: 100%}, again: {makes: {smudge: 0%}}}
  draft: {gives: [form], by: ai, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  check: {needs: [form, signed], gives: [permit], by: desk, finds: {slip: 100%, smudge: 100%}}
goal: [permit]
""")
    (returned,) = run.decisions("returned")
    assert returned["actor"] == "me"
    assert {row["enabled"] for row in run.rows() if row["visit"] == 2} == {HOUR}


# -- drafted ---------------------------------------------------------------------------------------

GATE = """
actors: {bot: who}
defects: {slip: {en: slip, ja: slip, harm: harm}}
steps:
  draft: {gives: [form], by: bot, confidence: %s, makes: {slip: confidence}}
  approve: {if: {asked: draft}, needs: [form], gives: [approved], by: me, work: 1h}
  file: {needs: [approved], gives: [permit], by: desk}
goal: [permit]
"""
UNSURE = (
    "{drafted: {unsure: {when: {confidence: '< 90%'}, then: ask_human}}, "
    "returned: {again: {then: {redo: {after: 0s}}}}}"
)


@pytest.mark.parametrize(
    ("confidence", "hours", "rule"), [("95%", 0, None), ("85%", 1, "who.drafted.unsure")]
)
def test_an_ai_that_is_not_sure_asks_a_person(
    play: Runner, confidence: str, hours: int, rule: str | None
) -> None:
    """Above the gate of 90 % the approval is skipped; below it takes the applicant an hour."""
    run = play(GATE % confidence, agents=agent(UNSURE, "ai"))
    assert len(run.rows("approve")) == hours
    assert run.given("approved") == hours * HOUR
    (drafted,) = run.decisions("drafted")
    assert drafted["rule"] == rule
    assert drafted["action"] == ("ask_human" if rule else "proceed")


@pytest.mark.parametrize(("confidence", "outcome"), [("100%", "clean"), ("0%", "flawed")])
def test_an_ai_errs_with_the_chance_that_its_confidence_leaves(
    play: Runner, confidence: str, outcome: str
) -> None:
    """Sure of all it never errs, sure of nothing it always does."""
    run = play(GATE % confidence, agents=agent(UNSURE, "ai"))
    assert run.cases()[0]["outcome"] == outcome


@pytest.mark.parametrize(("over", "expected"), [(1, 0.25), (2, 0.5), (4, 1.0)])
def test_overconfidence_multiplies_the_chance_of_error(
    play: Runner, over: int, expected: float
) -> None:
    """A quarter of 400 drafts, twice that, all: four standard errors are 4·√(0.25/400) = 0.1."""
    run = play(
        GATE % "75%",
        case="{count: 400, using: [p]}",
        agents={"who": f"{{agent: who, kind: ai, overconfidence: {over}, rules: {UNSURE}}}"},
    )
    flawed = sum(case["outcome"] == "flawed" for case in run.cases())
    assert flawed / 400 == pytest.approx(expected, abs=0.1 if over < 4 else 0)


def test_after_a_letter_the_ai_may_have_a_person_look_at_its_next_draft(play: Runner) -> None:
    """Sure of itself it asked nobody about the first draft; about the second it must."""
    run = play(
        """
actors: {bot: who}
steps:
  approve: {if: {asked: draft}, needs: [form], gives: [approved], by: me, work: 1h}
  draft: {gives: [form], by: bot, confidence: 99%, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  file: {needs: [approved], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""",
        agents=agent("{returned: {look: {then: ask_human}}}", "ai"),
    )
    assert [row["result"] for row in run.rows("file")] == ["returned", "given"]
    assert [row["enabled"] for row in run.rows("approve")] == [0]
    assert run.elapsed().tolist() == [HOUR]


def test_whether_somebody_is_asked_is_settled_anew_by_each_draft(play: Runner) -> None:
    """The first draft is below the gate, the second above it: approved by hand once."""
    run = play(
        """
actors: {bot: who}
steps:
  draft: {gives: [form], by: bot, confidence: 50%, makes: {slip: 100%},
          again: {confidence: 99%, makes: {slip: 0%}}}
  approve: {if: {asked: draft}, needs: [form], gives: [approved], by: me, work: 1h}
  file: {needs: [approved], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""",
        agents=agent(UNSURE, "ai"),
    )
    assert [row["result"] for row in run.rows("file")] == ["returned", "given"]
    assert [row["closed"] for row in run.rows("approve")] == [HOUR]
    assert run.elapsed().tolist() == [HOUR]


# -- found -----------------------------------------------------------------------------------------


def test_a_finder_may_lose_patience_with_returns(play: Runner) -> None:
    """Sent back twice, then dismissed."""
    run = play(
        """
actors: {court: who}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}}
  check: {needs: [form], gives: [permit], by: court, finds: {slip: 100%}}
goal: [permit]
""",
        agents=agent("{found: {enough: {when: {returns: '>= 2'}, then: dismiss}}}", "office"),
    )
    assert [row["result"] for row in run.rows("check")] == ["returned", "returned", "dropped"]
    assert end(run) == ("dismissed", "slip")


def test_a_finder_may_go_by_its_queue(play: Runner) -> None:
    """While another waits the slip is overlooked, else it is sent back: three cases at once."""
    run = play(
        """
actors: {court: {agent: who, staff: 1}}
steps:
  write: {gives: [form], by: desk, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: court, work: 1h, finds: {slip: 100%}}
goal: [permit]
""",
        case="{count: 3, using: [p]}",
        agents=agent("{found: {busy: {when: {queue: '>= 1'}, then: overlook}}}", "office"),
    )
    assert [d["action"] for d in run.decisions("found")] == ["overlook", "overlook", "return"]


# -- start -----------------------------------------------------------------------------------------

ENTRY = """
actors: {me: who}
attributes: {card: false}
steps: {apply: {gives: [permit], analog: {by: me, work: 3h}, digital: {by: me, work: 1h}}}
goal: [permit]
"""
TWO = "{count: 1, using: [p]}, d: {count: 1, using: [p], attributes: {card: true}}"


def test_who_does_not_come_at_all_is_given_up_at_the_start(play: Runner) -> None:
    """Who has no card does not apply."""
    run = play(ENTRY, case=TWO, agents=agent("{start: {no: {when: {card: false}, then: give_up}}}"))
    assert end(run, 0) == ("abandoned", "rule.who.start.no")
    assert end(run, 1) == ("clean", None)
    assert run.rows(case=0) == []
    assert run.elapsed().tolist() == [0, HOUR]


CHOICE = "{start: {card: {when: {card: true}, then: {use: digital}}, paper: {then: {use: analog}}}}"


def test_in_a_mixed_arm_people_choose_their_channel(play: Runner) -> None:
    """Without a card on paper in 3h, with it online in 1h."""
    run = play(ENTRY, case=TWO, agents=agent(CHOICE), channel="mixed")
    assert [case["channel"] for case in run.cases()] == [0, 1]
    assert run.elapsed().tolist() == [3 * HOUR, HOUR]
    assert [d["rule"] for d in run.decisions("start")] == ["who.start.paper", "who.start.card"]


@pytest.mark.parametrize(
    ("then", "outcome"), [("go", ("clean", None)), ("give_up", ("abandoned", "rule.who.start.all"))]
)
def test_in_a_mixed_arm_nobody_has_to_choose(
    play: Runner, then: str, outcome: tuple[str, str | None]
) -> None:
    """Who comes without choosing begins on paper; where nobody comes there is nothing to do."""
    rules = agent(f"{{start: {{all: {{then: {then}}}}}}}")
    run = play(ENTRY, case=TWO, agents=rules, channel="mixed")
    assert [end(run, case) for case in (0, 1)] == [outcome, outcome]
    assert {case["channel"] for case in run.cases()} == {0}


@pytest.mark.parametrize(
    "channels", ["{analog: true, else: false}", "{analog: true, agentic: false, else: false}"]
)
def test_before_they_choose_people_are_on_paper(play: Runner, channels: str) -> None:
    """An attribute that goes by the channel is in a mixed arm what it is on paper."""
    world = ENTRY.replace("card: false", f"card: {{by: channel, {channels[1:]}")
    run = play(world, agents=agent(CHOICE), channel="mixed")
    assert [d["rule"] for d in run.decisions("start")] == ["who.start.card"]


def test_in_any_other_arm_the_choice_is_not_asked_for(play: Runner) -> None:
    """Online for everybody."""
    run = play(ENTRY, case=TWO, agents=agent(CHOICE))
    assert [case["channel"] for case in run.cases()] == [1, 1]
    assert run.decisions("start") == []


# -- waiting ---------------------------------------------------------------------------------------

LONG = """
actors: {me: who}
steps:
  first: {gives: [a], by: desk, work: 2d}
  second: {needs: [a], gives: [b], by: desk, work: 4d}
goal: [b]
"""


def test_patience_begins_anew_with_each_document_given(play: Runner) -> None:
    """Three days without news: not at 3d, since a came at 2d, but at 5d."""
    run = play(LONG, agents=agent("{waiting: {tired: {when: {waited: '>= 3d'}, then: give_up}}}"))
    assert end(run) == ("abandoned", "rule.who.waiting.tired")
    assert run.elapsed().tolist() == [5 * DAY]


def test_patience_begins_anew_with_each_letter(play: Runner) -> None:
    """Returned at 2d, written again in 2 days: nobody is tired after 3 days."""
    run = play(
        """
actors: {me: who}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}, again: {work: 2d, makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: desk, work: 2d, finds: {slip: 100%}}
goal: [permit]
""",
        agents=agent(
            "{returned: {again: {then: {redo: {after: 0s}}}}, "
            "waiting: {tired: {when: {waited: '>= 3d'}, then: give_up}}}"
        ),
    )
    assert end(run) == ("clean", None)
    assert run.elapsed().tolist() == [6 * DAY]


def test_elapsed_time_counts_from_the_start(play: Runner) -> None:
    """Three days after it began the case is given up, whatever was given meanwhile."""
    run = play(LONG, agents=agent("{waiting: {tired: {when: {elapsed: '>= 3d'}, then: give_up}}}"))
    assert run.elapsed().tolist() == [3 * DAY]


def test_more_than_a_time_begins_a_second_later(play: Runner) -> None:
    """``> 3d`` holds for the first time at 3d and one second."""
    run = play(LONG, agents=agent("{waiting: {tired: {when: {elapsed: '> 3d'}, then: give_up}}}"))
    assert run.elapsed().tolist() == [3 * DAY + 1]


# -- outage ----------------------------------------------------------------------------------------

PORTAL = """
actors: {me: who, portal: {agent: system}}
steps:
  apply: {gives: [permit], analog: {by: me, work: 3h}, digital: {by: [me, portal], work: 2h}}
goal: [permit]
"""
DOWN = "outages: [{actor: portal, at: 2026-04-01T00:00, for: 10h}]\n"


def test_who_waits_long_enough_for_a_system_that_is_down_goes_another_way(play: Runner) -> None:
    """After 4 hours on paper: done at 7h."""
    run = play(
        PORTAL,
        scenario=DOWN,
        agents=agent("{outage: {paper: {when: {down_for: '>= 4h'}, then: {use: analog}}}}"),
    )
    first, second = run.rows()
    assert (first["result"], first["channel"], first["closed"]) == ("withdrawn", 1, 4 * HOUR)
    assert (second["channel"], second["started"], second["finished"]) == (0, 4 * HOUR, 7 * HOUR)
    (decision,) = run.decisions("outage")
    assert (decision["time"], decision["action"]) == (4 * HOUR, "use")


def test_who_does_not_mind_waits_until_the_system_is_back(play: Runner) -> None:
    """Back at 10h: done at 12h."""
    run = play(PORTAL, scenario=DOWN, agents=agent("{outage: {}}"))
    (row,) = run.rows()
    assert (row["channel"], row["started"], row["finished"]) == (1, 10 * HOUR, 12 * HOUR)


def test_work_in_hand_goes_on_when_the_system_is_back(play: Runner) -> None:
    """Down from 1h to 10h, an hour is left: done at 11h; nobody is asked."""
    run = play(
        PORTAL,
        scenario="outages: [{actor: portal, at: 2026-04-01T01:00, for: 9h}]\n",
        agents=agent("{outage: {paper: {then: {use: analog}}}}"),
    )
    (row,) = run.rows()
    assert (row["started"], row["finished"]) == (0, 11 * HOUR)
    assert run.decisions("outage") == []


# -- what begins to hold, and when -----------------------------------------------------------------


def asked(play: Runner, rules: str, count: int = 60) -> Run:
    """Run ``LONG`` for many cases whose applicant has some rules of ``waiting``."""
    return play(LONG, case=f"{{count: {count}, using: [p]}}", agents=agent(f"{{waiting: {rules}}}"))


def times(run: Run) -> dict[int, int]:
    """Return how many decisions of ``waiting`` fell on each day."""
    days = [decision["time"] / DAY for decision in run.decisions("waiting")]
    return {day: days.count(day) for day in sorted(set(days))}


@pytest.mark.parametrize(
    "harmless", ["waited: '>= 36h'", "elapsed: '>= 1d'", "waited: '>= 1d', elapsed: '>= 1d'"]
)
def test_other_rules_that_begin_to_hold_are_no_new_question(play: Runner, harmless: str) -> None:
    """Patience is tried a day after the start and after a was given, whoever calls meanwhile."""
    tired = "tired: {when: {waited: '>= 1d', chance: 30%}, then: give_up}"
    alone = asked(play, f"{{{tired}}}")
    among = asked(play, f"{{{tired}, call: {{when: {{{harmless}}}, then: {{hurry: 1}}}}}}")
    assert list(times(alone)) == [1, 3]
    assert [case["end"] for case in among.cases()] == [case["end"] for case in alone.cases()]


def test_a_look_far_ahead_hides_no_nearer_beginning(play: Runner) -> None:
    """After the call of 1d the next beginning is at 9d, but a comes at 2d: a call at 3d too."""
    calls = "call: {when: {waited: '>= 1d'}, then: {hurry: 1}}"
    run = asked(play, f"{{{calls}, tired: {{when: {{waited: '>= 9d'}}, then: give_up}}}}", 1)
    assert list(times(run)) == [1, 3]


def test_a_rule_on_two_times_begins_when_both_hold(play: Runner) -> None:
    """A day without news is over at 1d and 3d; only then is the case three days old."""
    run = asked(play, "{tired: {when: {waited: '>= 1d', elapsed: '>= 3d'}, then: give_up}}", 1)
    assert run.elapsed().tolist() == [3 * DAY]


def test_a_rule_may_begin_with_the_news_itself(play: Runner) -> None:
    """Three days old, and news not older than an hour: when a comes at 4d, not while it waits."""
    run = play(
        LONG.replace("2d", "4d"),
        agents=agent("{waiting: {glad: {when: {waited: '< 1h', elapsed: '> 3d'}, then: give_up}}}"),
    )
    assert run.elapsed().tolist() == [4 * DAY]


def test_a_rule_that_goes_on_holding_is_not_asked_again(play: Runner) -> None:
    """It holds from a day on, and goes on when a is given: asked once, half give up then."""
    rule = "tired: {when: {waited: '< 9d', elapsed: '>= 1d', chance: 50%}, then: give_up}"
    run = asked(play, f"{{{rule}}}")
    assert list(times(run)) == [1]
    assert 0 < len(run.decisions("waiting")) < len(run.cases())


def test_the_chance_of_waiting_is_drawn_with_the_number_of_times_it_was_asked(
    play: Runner,
) -> None:
    """1 at the first beginning, after a day, and 2 at the second, after three."""
    run = asked(play, "{tired: {when: {waited: '>= 1d', chance: 50%}, then: give_up}}")
    model = run.model
    (stream,), point = model.streams, model.points.index("rule/who.waiting.tired")
    draws = Draws(1, 0)
    for case in run.cases():
        first, second = (draws.bits(stream.crc[point], case["case"], n) >> 47 == 0 for n in (1, 2))
        gave_up = case["end"] - case["start"] if case["outcome"] == "abandoned" else None
        assert gave_up == (DAY if first else 3 * DAY if second else None)


def test_spans_that_touch_are_one(play: Runner) -> None:
    """Up to 36 hours and more than 36 hours is any time from a day on."""
    touching = asked(
        play, "{tired: {when: {waited: ['1d-36h', '> 36h'], chance: 50%}, then: give_up}}"
    )
    whole = asked(play, "{tired: {when: {waited: '>= 1d', chance: 50%}, then: give_up}}")
    assert times(touching) == times(whole)


def test_spans_with_a_second_between_them_are_two(play: Runner) -> None:
    """A rule that does not hold at six hours sharp begins to hold a second later."""
    spans = "['1h-21599s', '> 21600s']"
    run = asked(play, f"{{tired: {{when: {{waited: {spans}, chance: 30%}}, then: give_up}}}}")
    assert [round(day * DAY) for day in times(run)][:2] == [HOUR, 6 * HOUR + 1]


def test_a_rule_that_begins_to_hold_anew_is_asked_anew(play: Runner) -> None:
    """A span that ended before another begins, or news, makes a new question with a new draw."""
    run = asked(
        play, "{tired: {when: {waited: ['6h-12h', '1d-2d'], chance: 30%}, then: give_up}}", 200
    )
    assert list(times(run)) == [0.25, 1, 2.25, 3]


def test_rules_that_begin_in_one_second_are_read_from_the_top(play: Runner) -> None:
    """The first decides to wait, and the second of the other is over."""
    rules = "calm: {when: {waited: '>= 1d'}, then: wait}"
    run = asked(play, f"{{{rules}, tired: {{when: {{elapsed: '>= 1d'}}, then: give_up}}}}", 1)
    assert run.cases()[0]["outcome"] == "clean"


def test_another_outage_is_another_question(play: Runner) -> None:
    """Half go to the counter at once, and half of the others when the next outage begins.

    That the outage lasts an hour is nothing to them.
    """
    run = play(
        PORTAL,
        case="{count: 200, using: [p]}",
        scenario="outages: [{actor: portal, at: 2026-04-01T00:00, for: 4h}, "
        "{actor: portal, at: 2026-04-01T04:00, for: 4h}]\n",
        agents=agent(
            "{outage: {paper: {when: {chance: 50%}, then: {use: analog}}, "
            "never: {when: {down_for: '>= 1h', chance: 0%}, then: {use: analog}}}}"
        ),
    )
    hours = [decision["time"] / HOUR for decision in run.decisions("outage")]
    assert sorted(set(hours)) == [0, 4]
    assert 80 < hours.count(0) < 120
    assert 30 < hours.count(4) < 70


def test_a_rule_on_outages_may_hold_from_their_beginning(play: Runner) -> None:
    """Less than two hours is how every outage begins."""
    run = play(
        PORTAL,
        scenario=DOWN,
        agents=agent("{outage: {paper: {when: {down_for: '< 2h'}, then: {use: analog}}}}"),
    )
    assert [decision["time"] for decision in run.decisions("outage")] == [0]


def test_a_move_that_would_leave_a_gap_is_none(play: Runner) -> None:
    """On paper nobody gives the permit: the visit keeps its place and nothing is written down."""
    run = play(
        PORTAL.replace("analog: {by: me, work: 3h}, ", ""),
        scenario=DOWN,
        agents=agent("{outage: {paper: {then: {use: analog}}}}"),
    )
    (row,) = run.rows()
    assert (row["result"], row["enabled"], row["started"]) == ("given", 0, 10 * HOUR)
    assert run.decisions("outage") == []


def test_a_step_that_is_done_the_same_way_after_a_move_keeps_its_place(play: Runner) -> None:
    """It is done on paper already, since digital is closed to the case."""
    run = play(
        """
attributes: {online: false}
actors: {me: who, portal: {agent: system}}
steps:
  apply: {gives: [permit], by: [me, portal], work: 2h, digital: {open_to: {online: true}}}
goal: [permit]
""",
        scenario=DOWN,
        agents=agent("{outage: {paper: {then: {use: analog}}}}"),
    )
    assert [row["result"] for row in run.rows()] == ["given"]


# -- what only one question knows ------------------------------------------------------------------


def test_a_question_leaves_nothing_behind() -> None:
    """What it knew is not known to what is looked up later in the same visit."""
    case = Case(0, 0, 0, 0, [], [])
    visit = Context(case, 0, 1)
    question = visit.about("slip", {MADE_IN: 2})
    question.more[DEFECT] = 1
    assert (visit.more, visit.topic) == ({}, 0)
    assert question.more == {MADE_IN: 2, DEFECT: 1}


def test_an_answer_knows_of_the_defect_that_it_is_about(play: Runner) -> None:
    """What was signed in the old way takes two hours to mend, what an AI wrote one."""
    run = play(
        """
attributes: {online: false}
actors: {court: judge}
steps:
  sign: {gives: [signed], by: me, makes: {blot: 100%}, agentic: {open_to: {online: true}}}
  write: {gives: [form], by: ai, makes: {slip: 100%}}
  check: {needs: [form, signed], gives: [permit], by: court, finds: {slip: 100%, blot: 100%}}
goal: [permit]
""",
        channel="agentic",
        agents={
            "judge": "{agent: judge, kind: office, rules: {found: {mend: {then: "
            "{fix: {work: {by: made_in, agentic: 1h, digital: 2h, analog: 8h}}}}}}}"
        },
    )
    assert run.elapsed().tolist() == [3 * HOUR]

"""Agents and their rules: what each event asks, who answers, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
  draft: {gives: [form], by: bot, confidence: 99%, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  approve: {if: {asked: draft}, needs: [form], gives: [approved], by: me, work: 1h}
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

"""Corners where rules meet: lapsing and returns, patience and progress, kept papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.errors import InvalidInput

if TYPE_CHECKING:
    from tests.conftest import Runner

HOUR = 3600
DAY = 24 * HOUR

SLIP = "makes: {slip: 100%}, again: {makes: {slip: 0%}}"


def test_a_makers_expired_paper_still_takes_what_was_made_with_it_back(play: Runner) -> None:
    """Form (valid 1d) has a slip, sealed at 0h, found at 2d when the form has expired."""
    run = play(f"""
documents: {{form: {{en: f, ja: f, valid: 1d}}}}
steps:
  draft: {{gives: [form], by: me, {SLIP}}}
  seal: {{needs: [form], gives: [sealed], by: me}}
  examine: {{needs: [sealed], gives: [permit], by: desk, work: 2d, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert [len(run.rows(s)) for s in ("draft", "seal", "examine")] == [2, 2, 2]
    assert run.cases()[0]["outcome"] == "clean"


def test_a_paper_that_lapsed_in_the_queue_is_got_again_after_a_return(play: Runner) -> None:
    """The certificate lapses at 1d, the filing begins at 2d."""
    run = play("""
documents: {cert: {en: c, ja: c, valid: 1d, lapsed: old}}
defects: {old: old}
steps:
  block: {gives: [other], by: clerk, work: 2d}
  fetch: {gives: [cert], by: desk}
  file: {needs: [cert], gives: [filing], by: clerk}
  examine: {needs: [filing], gives: [permit], by: desk, finds: {old: 100%}}
goal: [other, permit]
""")
    assert [len(run.rows(s)) for s in ("fetch", "file", "examine")] == [2, 2, 2]
    assert run.cases()[0]["outcome"] == "clean"


def test_a_kept_paper_sheds_the_defect_of_a_lapsed_document_too(play: Runner) -> None:
    """The receipt was made with a certificate that was too old."""
    run = play(
        """
documents: {cert: {en: c, ja: c, valid: 1d, lapsed: old}, receipt: {en: r, ja: r, kept: true}}
defects: {old: old}
steps:
  fetch: {gives: [cert], by: me}
  register: {needs: [cert], gives: [receipt], by: me}
  file: {needs: [cert], gives: [filing], by: me}
  examine: {needs: [filing, receipt], gives: [permit], by: desk, finds: {old: 100%}}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: {cert: {age: 2d}}}",
    )
    assert [row["result"] for row in run.rows("examine")] == ["returned", "given"]


def test_patience_is_asked_again_about_a_later_wait(play: Runner) -> None:
    """Given at 2d and 4d: nudged at 1d and at 3d."""
    run = play(
        """
actors: {me: patient}
steps:
  one: {gives: [a], by: desk, work: 2d}
  two: {needs: [a], gives: [b], by: desk, work: 2d}
goal: [b]
""",
        agents={
            "patient": "{agent: patient, kind: person, rules: "
            "{waiting: {nudge: {when: {waited: '>= 1d'}, then: {hurry: 1}}}}}"
        },
    )
    assert [d["time"] for d in run.decisions("waiting")] == [DAY, 3 * DAY]


def test_an_endless_case_whose_applicant_takes_his_time_does_not_fail_the_run(play: Runner) -> None:
    """The applicant answers after an hour, the 255th time in vain."""
    run = play("""
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}}
  check: {needs: [form], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""")
    (case,) = run.cases()
    assert (case["outcome"], case["cause"]) == ("abandoned", "endless")


def test_valid_business_days_count_in_the_locker_too(play: Runner) -> None:
    """From Friday noon a business day lasts to Monday noon."""
    run = play(
        """
documents: {cert: {en: c, ja: c, valid: 1bd}}
steps:
  hall: {gives: [cert], by: desk}
  slow: {gives: [other], by: desk, work: 2d}
  file: {needs: [cert, other], gives: [permit], by: desk}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: [cert]}",
        scenario="start: 2026-04-03T12:00\n",
    )
    assert run.rows("hall") == []


def test_a_date_that_is_past_when_a_case_starts_is_missed(play: Runner) -> None:
    """The date is 06:00, the case starts at 12:00."""
    run = play(
        """
steps: {write: {gives: [form], by: me, work: 1h}}
goal: [form]
deadlines: [{document: form, at: 2026-04-01T06:00, missed: late}]
""",
        scenario="start: 2026-04-01T12:00\n",
    )
    assert run.cases()[0]["late"] == 1


def test_defects_are_taken_when_the_visit_starts(play: Runner) -> None:
    """Archive is queued at 0h with a receipt that sheds its slip at 1h, and starts at 5h."""
    run = play(f"""
documents: {{receipt: {{en: r, ja: r, kept: true}}}}
defects: {{slip: {{en: s, ja: s, harm: harm}}}}
steps:
  block: {{gives: [other], by: clerk, work: 5h}}
  write: {{gives: [form, receipt], by: desk, {SLIP}}}
  archive: {{needs: [receipt], gives: [archived], by: clerk}}
  examine: {{needs: [form], gives: [permit], by: desk, work: 1h, finds: {{slip: 100%}}}}
goal: [other, archived, permit]
""")
    assert run.cases()[0]["outcome"] == "clean"


def test_the_rule_of_a_returned_visit_is_the_one_that_returned_it(play: Runner) -> None:
    """Slip goes back by rule back, smudge is overlooked by rule wave; the row names back."""
    run = play(
        """
actors: {court: judge}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%, smudge: 100%},
          again: {makes: {slip: 0%, smudge: none}}}
  judge: {needs: [form], gives: [permit], by: court, finds: {slip: 100%, smudge: 100%}}
goal: [permit]
""",
        agents={
            "judge": "{agent: judge, kind: office, rules: "
            "{found: {back: {when: {defect: slip}, then: return}, wave: {then: overlook}}}}"
        },
    )
    row = run.rows("judge")[0]
    assert (row["result"], row["rule"]) == ("returned", "judge.found.back")


def test_a_rules_chance_is_drawn_for_each_defect_and_each_step(play: Runner) -> None:
    """Of 200 cases, two defects each, every one is overlooked by 50 %: not always both."""
    run = play(
        """
actors: {court: judge}
steps:
  write: {gives: [form], by: desk, makes: {slip: 100%, smudge: 100%},
          again: {makes: {slip: 0%, smudge: none}}}
  judge: {needs: [form], gives: [permit], by: court, finds: {slip: 100%, smudge: 100%}}
goal: [permit]
""",
        case="{count: 200, using: [p]}",
        agents={
            "judge": "{agent: judge, kind: office, rules: "
            "{found: {wave: {when: {chance: 50%, returns: 0}, then: overlook}}}}"
        },
    )
    by_case: dict[int, list[str]] = {}
    for d in run.decisions("found"):
        by_case.setdefault(d["case"], []).append(d["action"])
    assert any(len(set(a[:2])) == 2 for a in by_case.values())


def test_hours_are_exact_where_days_are_legal_periods(play: Runner) -> None:
    """49 hours are more than 48h, but not past 24:00 of the second day after a Wednesday 10:00."""
    for within, late in (("48h", 1), ("2d", 0)):
        run = play(
            f"""
steps: {{write: {{gives: [form], by: desk, work: 49h}}}}
goal: [form]
deadlines: [{{document: form, within: {within}, missed: late}}]
""",
            scenario="start: 2026-04-01T10:00\n",
        )
        assert run.cases()[0]["late"] == late


LAZY = "{agent: lazy, kind: person, rules: {returned: {paper: {then: {use: analog}}}}}"


def test_a_move_after_which_nobody_could_give_a_document_has_no_effect(play: Runner) -> None:
    """The form exists online only: the rule that goes to paper leaves the step where it is."""
    run = play(
        f"""
actors: {{me: lazy}}
steps:
  write: {{gives: [form], {SLIP}, digital: {{by: me}}}}
  check: {{needs: [form], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""",
        agents={"lazy": LAZY},
    )
    assert [row["channel"] for row in run.rows("write")] == [1, 1]
    assert run.cases()[0]["outcome"] == "clean"


def test_a_step_is_moved_once_for_each_outage(play: Runner) -> None:
    """Two agents that send each other a step whose desk is out: the second waits for its end."""
    run = play(
        """
actors: {me: up, ai: down, clerk: {agent: office, staff: 1}}
steps: {file: {gives: [form], analog: {by: [me, clerk]}, digital: {by: [ai, clerk]}}}
goal: [form]
""",
        agents={
            "up": "{agent: up, kind: person, rules: {outage: {a: {then: {use: digital}}}}}",
            "down": "{agent: down, kind: ai, rules: {outage: {a: {then: {use: analog}}}}}",
        },
        scenario="outages: [{actor: clerk, at: 2026-04-01, for: 2d}]\n",
    )
    assert [row["result"] for row in run.rows("file")] == ["withdrawn", "given"]
    assert run.given("form") == 2 * DAY


def test_a_defect_goes_back_to_its_maker_if_the_step_meant_was_never_done(play: Runner) -> None:
    """It should go back to the rival, but this case never went there."""
    run = play(f"""
documents: {{form: form}}
defects: {{slip: {{en: s, ja: s, returns_to: rival}}}}
attributes: {{fine: true}}
steps:
  write: {{gives: [form], by: me, {SLIP}}}
  rival: {{gives: [form], by: desk}}
  check: {{needs: [form], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert [len(run.rows(step)) for step in ("write", "rival", "check")] == [2, 0, 2]


def test_silence_stands_for_a_document_when_its_time_is_over(play: Runner) -> None:
    """The notice goes out at 1h; the objection, in transit for 9 days, is undone on the 3rd day."""
    run = play("""
steps:
  notify: {gives: [notice], by: desk, work: 1h}
  answer: {needs: [notice], gives: [consent], by: me, delay: 9d}
  pay: {needs: [consent], gives: [money], by: desk, work: 1h}
goal: [money]
deadlines: [{document: consent, within: 2d, after: notice, missed: given}]
""")
    assert [(row["result"], row["closed"]) for row in run.rows("answer")] == [("void", 3 * DAY)]
    assert run.given("consent") == 3 * DAY
    assert run.given("money") == 3 * DAY + HOUR
    assert run.cases()[0]["outcome"] == "clean"


def test_an_answer_in_time_is_an_answer(play: Runner) -> None:
    """It comes on the first day, so silence never has its turn."""
    run = play("""
steps:
  notify: {gives: [notice], by: desk, work: 1h}
  answer: {needs: [notice], gives: [consent], by: me, delay: 9h}
goal: [consent]
deadlines: [{document: consent, within: 2d, after: notice, missed: given}]
""")
    assert [row["result"] for row in run.rows("answer")] == ["given"]
    assert run.given("consent") == 10 * HOUR


OLD_PERMIT = """
documents: {{old_permit: o}}
defects: {{smudged: smudged}}
steps:
  write: {{gives: [form], by: me, work: 1h}}
  check: {{needs: [{needs}], gives: [permit], by: desk, finds: {{smudged: 100%}}}}
goal: [permit]
"""
SMUDGED = "{count: 1, using: [p], locker: {old_permit: {makes: {smudged: 100%}}}}"


def test_what_lies_in_the_locker_and_nobody_uses_does_no_harm(play: Runner) -> None:
    """The old permit is smudged; the desk sees the form only."""
    run = play(OLD_PERMIT.format(needs="form"), case=SMUDGED)
    assert run.given("permit") == HOUR
    assert run.cases()[0]["outcome"] == "clean"


def test_what_may_be_sent_back_must_have_somebody_who_gets_it_again(play: Runner) -> None:
    """The desk sees the old permit, and nobody can write another."""
    with pytest.raises(InvalidInput, match="no step gives 'old_permit'"):
        play(OLD_PERMIT.format(needs="form, old_permit"), case=SMUDGED)


def test_a_defect_whose_place_of_return_is_not_on_the_way_goes_to_its_maker(play: Runner) -> None:
    """The photo is taken on paper only; online the form itself goes back."""
    run = play(f"""
steps:
  photo: {{gives: [photo], analog: {{by: me}}}}
  write: {{gives: [form], by: me, {SLIP}}}
  check: {{needs: [form], gives: [permit], by: desk, analog: {{needs: [form, photo]}},
          finds: {{slip: 100%}}}}
goal: [permit]
defects: {{slip: {{en: s, ja: s, returns_to: photo}}}}
""")
    assert [row["result"] for row in run.rows("check")] == ["returned", "given"]
    assert len(run.rows("write")) == 2


def test_silence_that_is_the_last_goal_ends_the_case_by_itself(play: Runner) -> None:
    """The visit that closed last did so hours before: it did not end the case."""
    run = play("""
steps:
  a: {gives: [x], by: clerk, work: 1h}
  b: {gives: [y], by: boss, work: 1h, delay: 100h}
goal: [x, y]
deadlines: [{document: y, within: 20h, missed: given}]
""")
    (case,) = run.cases()
    assert (case["end"], case["last_step"]) == (20 * HOUR, -1)


def test_an_outage_that_makes_a_step_needless_may_end_the_case(play: Runner) -> None:
    """Without the system the step is omitted, and there is nothing else to wait for."""
    run = play(
        """
actors: {me: mover}
steps:
  a: {gives: [x], by: clerk, work: 1h}
  b: {needs: [x], gives: [y], by: web, work: 1h, analog: {if: never}}
goal: [y]
""",
        scenario="outages: [{actor: web, at: 2026-04-01T00:30, for: 30h}]",
        agents={
            "mover": "{agent: mover, kind: person, rules: {outage: {"
            "o: {when: {down_for: '>= 5h'}, then: {use: analog}}}}}"
        },
    )
    assert run.cases()[0]["outcome"] == "clean"

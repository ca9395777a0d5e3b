"""A return: what it undoes, what it leaves, and when the maker goes to work again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR


def visits(run: Run, step: str, **which: Any) -> list[tuple[str, int, int]]:
    """Return how each visit of a step ended, and the hours in which it was started and closed."""
    return [
        (row["result"], row["started"] // HOUR, row["closed"] // HOUR)
        for row in run.rows(step, **which)
    ]


SLIP = "makes: {slip: 100%}, again: {makes: {slip: 0%}}"

CHAIN = """
steps:
  write: {gives: [form], by: me, work: 2h, makes: {slip: 100%},
          again: {work: 1h, makes: {slip: 0%}}}
  seal: {needs: [form], gives: [sealed], by: me, work: 1h}
  photo: {gives: [photo], by: me, work: 1h}
  examine: {needs: [sealed, photo], gives: [permit], by: desk, work: 1h, delay: 5h,
            finds: {slip: 100%}}
goal: [permit]
"""


def test_a_return_undoes_its_maker_and_all_that_depends_on_it(play: Runner) -> None:
    """Written 0–2h, photo 2–3h, sealed 3–4h; examined to 5h, answered at 6h.

    Then again 1h (as ``again`` says), sealed 1h, examined 1h and 5h in the post; the photo is good
    still. The letter of 5h did not wait for the post.
    """
    run = play(CHAIN)
    assert visits(run, "write") == [("given", 0, 2), ("given", 6, 7)]
    assert visits(run, "seal") == [("given", 3, 4), ("given", 7, 8)]
    assert visits(run, "photo") == [("given", 2, 3)]
    assert visits(run, "examine") == [("returned", 4, 5), ("given", 8, 14)]
    assert run.cases()[0]["returns"] == 1


def test_the_maker_goes_to_work_after_the_time_of_the_rule(play: Runner) -> None:
    """Returned at 5h and answered an hour later, as the letter's consequence."""
    run = play(CHAIN)
    again = run.rows("write")[1]
    examined = run.rows("examine")[0]
    assert (again["ready"], again["enabled"]) == (6 * HOUR, 6 * HOUR)
    assert run.model.steps[again["cause_step"]] == "p.examine"
    assert (again["cause_visit"], examined["closed"]) == (1, 5 * HOUR)


def test_a_step_that_waits_for_a_redone_paper_is_ready_when_it_has_it(play: Runner) -> None:
    """Both may answer from 1h on; the form takes to 3h, so sealing is ready at 3h for its sake."""
    run = play("""
steps:
  draft: {gives: [form], by: me, makes: {slip: 100%}, again: {work: 2h, makes: {slip: 0%}}}
  seal: {needs: [form], gives: [sealed], by: me, makes: {blot: 100%}, again: {makes: {blot: 0%}}}
  examine: {needs: [sealed], gives: [permit], by: desk, finds: {slip: 100%, blot: 100%}}
goal: [permit]
""")
    second = run.rows("seal")[1]
    assert (second["ready"], second["enabled"]) == (3 * HOUR, 3 * HOUR)
    assert (run.model.steps[second["cause_step"]], second["cause_visit"]) == ("p.draft", 2)


def test_the_first_giving_of_a_revoked_document_is_remembered(play: Runner) -> None:
    """The form was there at 2h, whatever became of it."""
    assert play(CHAIN).given("form") == 2 * HOUR


# -- visits that are under way ---------------------------------------------------------------------


def test_a_queued_visit_is_withdrawn(play: Runner) -> None:
    """Case 1 waits for the printer, when its form goes back at 1h; it asks again at 2h."""
    run = play(
        f"""
attributes: {{bulky: false}}
steps:
  write: {{gives: [form], by: desk, {SLIP}}}
  print: {{needs: [form], gives: [printed], by: clerk, work: 9h}}
  examine: {{needs: [form], gives: [permit], by: desk, work: 1h, finds: {{slip: 100%}}}}
  block: {{gives: [blocked], by: clerk, work: 9h}}
goal: [printed, permit]
""",
        case="{count: 1, using: [p], goal: [blocked]}, d: {count: 1, using: [p]}",
    )
    first, second = run.rows("print", case=1)
    assert (first["result"], first["enabled"], first["closed"]) == ("withdrawn", 0, HOUR)
    assert (first["granted"], first["started"], first["finished"]) == (-1, -1, -1)
    assert (second["enabled"], second["started"]) == (2 * HOUR, 9 * HOUR)


def test_a_visit_in_its_delay_is_void_at_once(play: Runner) -> None:
    """The copy is in the post for 9 hours when the form goes back at 1h."""
    run = play(f"""
steps:
  write: {{gives: [form], by: desk, {SLIP}}}
  copy: {{needs: [form], gives: [copied], by: desk, delay: 9h}}
  examine: {{needs: [form], gives: [permit], by: desk, work: 1h, finds: {{slip: 100%}}}}
goal: [copied, permit]
""")
    assert visits(run, "copy") == [("void", 0, 1), ("given", 2, 11)]
    assert run.rows("copy")[0]["finished"] == 0
    assert run.given("copied") == 11 * HOUR


PRINTER = """
actors: {printers: {agent: office, staff: %d}}
steps:
  write: {gives: [form], by: desk, makes: {slip: 100%%}, again: {makes: {slip: 0%%}}}
  print: {needs: [form], gives: [printed], by: %s, work: 5h, makes: {stain: 100%%},
          finds: {stain: 0%%}, again: {makes: {stain: 0%%}}}
  examine: {needs: [form], gives: [permit], by: desk, work: 1h, finds: {slip: 100%%}}
goal: [printed, permit]
"""


def test_a_visit_in_service_is_void_but_holds_its_staff_to_the_end(play: Runner) -> None:
    """Undone at 1h it prints to 5h for nothing; the second visit waits from 2h to 5h."""
    run = play(PRINTER % (1, "printers"))
    assert visits(run, "print") == [("void", 0, 5), ("given", 5, 10)]
    assert run.rows("print")[1]["enabled"] == 2 * HOUR
    assert run.given("printed") == 10 * HOUR


def test_a_step_may_be_visited_again_while_its_void_visit_is_in_service(play: Runner) -> None:
    """With a second printer the new form is printed from 2h to 7h."""
    run = play(PRINTER % (2, "printers"))
    assert visits(run, "print") == [("void", 0, 5), ("given", 2, 7)]
    assert run.elapsed().tolist() == [7 * HOUR]


def test_a_void_visit_holds_attention_too(play: Runner) -> None:
    """The applicant prints in person and can begin anew at 5h only."""
    run = play(PRINTER % (1, "me"))
    second = run.rows("print")[1]
    assert (second["ready"], second["enabled"], second["finished"]) == (
        2 * HOUR,
        5 * HOUR,
        10 * HOUR,
    )


def test_a_void_visit_finds_nothing(play: Runner) -> None:
    """Two find the slip in the same second: the first letter makes the other's visit void."""
    run = play(f"""
steps:
  write: {{gives: [form], by: desk, {SLIP}}}
  one: {{needs: [form], gives: [a], by: desk, work: 1h, finds: {{slip: 100%}}}}
  two: {{needs: [form], gives: [b], by: desk, work: 1h, finds: {{slip: 100%}}}}
goal: [a, b]
""")
    assert visits(run, "one") == [("returned", 0, 1), ("given", 2, 3)]
    assert visits(run, "two") == [("void", 0, 1), ("given", 2, 3)]
    assert run.cases()[0]["returns"] == 1


# -- what stays ------------------------------------------------------------------------------------

RECEIPT = f"""
documents: {{receipt: {{en: receipt, ja: receipt, kept: true}}}}
defects: {{slip: {{en: slip, ja: slip, harm: harm}}}}
steps:
  write: {{gives: [form], by: me, work: 1h, {SLIP}}}
  file: {{needs: [form], gives: [receipt], by: me, work: 1h}}
  examine: {{needs: [form, receipt], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit, receipt]
"""


def test_a_kept_document_survives_a_return_and_is_not_got_again(play: Runner) -> None:
    """Filed at 2h once and for all; only the form is written again, 3–4h."""
    run = play(RECEIPT)
    assert visits(run, "file") == [("given", 1, 2)]
    assert run.given("receipt") == 2 * HOUR
    assert run.elapsed().tolist() == [4 * HOUR]


def test_a_kept_document_sheds_the_defects_of_the_steps_reset(play: Runner) -> None:
    """The receipt carried the slip: found once, then gone, or it would be found and harm again."""
    run = play(RECEIPT)
    assert [row["result"] for row in run.rows("examine")] == ["returned", "given"]
    assert run.cases()[0]["outcome"] == "clean"


def test_a_kept_document_that_comes_anew_keeps_the_time_it_was_first_given(play: Runner) -> None:
    """Writing gives the form and the receipt: at 1h, and again at 3h."""
    run = play(f"""
documents: {{receipt: {{en: receipt, ja: receipt, kept: true}}}}
steps:
  write: {{gives: [form, receipt], by: me, work: 1h, {SLIP}}}
  examine: {{needs: [form, receipt], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert visits(run, "write") == [("given", 0, 1), ("given", 2, 3)]
    assert run.given("receipt") == HOUR


def test_knowledge_is_never_revoked(play: Runner) -> None:
    """The hearing is held again for its letter, but that the case was adopted stays known."""
    run = play(f"""
attributes: {{adopted: true}}
steps:
  write: {{gives: [form], by: me, {SLIP}}}
  hear: {{needs: [form], gives: [letter], decides: [adopted], by: desk}}
  plan: {{if: {{adopted: true}}, gives: [plan], by: me}}
  examine: {{needs: [letter, plan], gives: [permit], by: desk, finds: {{slip: 100%}},
            again: {{finds: {{slip: 0%}}}}}}
goal: [permit]
""")
    assert [len(run.rows(step)) for step in ("write", "hear", "plan")] == [2, 2, 1]


def test_what_stays_of_a_kept_document_does_not_keep_the_defect_either(play: Runner) -> None:
    """The copy of the receipt, which need not be made again, is as good as the receipt."""
    run = play(f"""
documents: {{receipt: {{en: receipt, ja: receipt, kept: true}}}}
defects: {{slip: {{en: slip, ja: slip, harm: harm}}}}
steps:
  write: {{gives: [form], by: me, {SLIP}}}
  file: {{needs: [form], gives: [receipt], by: me}}
  copy: {{needs: [receipt], gives: [copied], by: me}}
  examine: {{needs: [form, copied], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert [len(run.rows(step)) for step in ("write", "file", "copy", "examine")] == [2, 1, 1, 2]
    assert run.cases()[0]["outcome"] == "clean"


def test_what_stays_because_of_knowledge_does_not_keep_the_defect_either(play: Runner) -> None:
    """The plan rests on the knowledge of a hearing that had to be held again."""
    run = play(f"""
attributes: {{adopted: true}}
defects: {{slip: {{en: slip, ja: slip, harm: harm}}}}
steps:
  write: {{gives: [form], by: me, {SLIP}}}
  hear: {{needs: [form], gives: [letter], decides: [adopted], by: desk}}
  plan: {{if: {{adopted: true}}, gives: [plan], by: me}}
  examine: {{needs: [letter, plan], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert [row["result"] for row in run.rows("examine")] == ["returned", "given"]
    assert run.cases()[0]["outcome"] == "clean"


TURN = """
actors: {{court: judge}}
documents: {{number: {{en: number, ja: number, kept: true}}}}
defects: {{slip: {{en: slip, ja: slip, harm: harm, loss: 1000}}}}
steps:
  write: {{gives: [form], by: me, work: 1h, makes: {{slip: 100%}}, again: {{makes: {{slip: 0%}}}}}}
  receive: {{needs: [form], gives: [number], by: ai}}
  check: {{needs: [form, number], gives: [checked], by: desk, work: 1h, finds: {{slip: 100%}}}}
  wait: {{needs: [number], gives: [turn], by: court, pays: true, {how}}}
  examine: {{needs: [checked, turn], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
"""


@pytest.mark.parametrize(
    "how",
    [
        "work: 5h",
        "delay: 5h",
        "work: 30min, makes: {blot: 100%}, finds: {blot: 100%}",
        "work: 30min, makes: {blot: 100%}, finds: {blot: 100%}, batch: {}",
    ],
)
def test_a_visit_that_goes_on_sheds_the_defects_of_the_steps_reset(play: Runner, how: str) -> None:
    """In service, in its delay or being fixed when the form is sent back at 2h: it holds no slip.

    The turn that it gives later brings none back, and the money that leaves with it goes right.
    """
    judge = "{agent: judge, kind: office, rules: {found: {mend: {then: {fix: {work: 5h}}}}}}"
    run = play(TURN.format(how=how), agents={"judge": judge})
    assert visits(run, "check") == [("returned", 1, 2), ("given", 4, 5)]
    assert [row["result"] for row in run.rows("wait")] == ["given"]
    assert run.rows("wait")[0]["closed"] > 2 * HOUR
    assert [row["result"] for row in run.rows("examine")] == ["given"]
    (case,) = run.cases()
    assert (case["outcome"], case["returns"], case["mispaid"]) == ("clean", 1, 0)


def test_a_visit_under_way_is_undone_by_what_it_took_itself(play: Runner) -> None:
    """The file begins online with the form, for a person was asked about the first draft.

    The draft, too old at 2h, is made anew at 3h and nobody is asked: from now on the file would be
    on paper, without the form. What is sent back at 5h undoes it all the same; done anew on paper
    it is there at 15h.
    """
    run = play(
        """
actors: {bot: unsure}
documents: {draft: {en: draft, ja: draft, valid: 2h}}
steps:
  think: {gives: [draft], by: bot, confidence: 50%}
  write: {gives: [form], by: me, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  file:
    gives: [receipt]
    analog: {by: desk, work: 10h}
    digital: {needs: [form], by: desk, work: 10h, open_to: {asked: think}}
  check: {needs: [form], gives: [checked], by: desk, work: 5h, finds: {slip: 100%}}
  wait: {gives: [other], by: desk, work: 3h}
  join: {needs: [draft, other], gives: [joined], by: desk}
goal: [receipt, checked, joined]
""",
        agents={
            "unsure": "{agent: unsure, kind: ai, rules: {"
            "drafted: {first: {when: {visit: 1}, then: ask_human}}, "
            "returned: {redo: {then: {redo: {after: 0s}}}}}}"
        },
    )
    assert [row["closed"] // HOUR for row in run.rows("think")] == [0, 3]
    told = [(row["channel"], row["result"], row["finished"] // HOUR) for row in run.rows("file")]
    assert told == [(1, "void", 10), (0, "given", 15)]


# -- where it goes back to -------------------------------------------------------------------------


def test_a_defect_goes_back_to_where_its_definition_says(play: Runner) -> None:
    """The check aid raises a false alarm, and who drafted has to answer: 2 drafts, 2 flags."""
    run = play("""
defects: {alarm: {en: alarm, ja: alarm, returns_to: draft}}
steps:
  draft: {gives: [form], by: me}
  type: {needs: [form], gives: [typed], by: me}
  flag: {needs: [typed], gives: [permit], by: web, makes: {alarm: 100%}, finds: {alarm: 100%},
         again: {makes: {alarm: 0%}}}
goal: [permit]
""")
    assert [len(run.rows(step)) for step in ("draft", "type", "flag")] == [2, 2, 2]


def test_without_that_it_goes_back_to_its_maker(play: Runner) -> None:
    """The typist's slip does not concern who drafted."""
    run = play(f"""
steps:
  draft: {{gives: [form], by: me}}
  type: {{needs: [form], gives: [typed], by: me, {SLIP}}}
  check: {{needs: [typed], gives: [permit], by: desk, finds: {{slip: 100%}}}}
goal: [permit]
""")
    assert [len(run.rows(step)) for step in ("draft", "type", "check")] == [1, 2, 2]


def test_a_document_brought_along_with_a_defect_goes_back_to_its_giver(play: Runner) -> None:
    """The form from the locker has a slip, so a new one is written."""
    run = play(
        """
steps:
  write: {gives: [form], by: me}
  check: {needs: [form], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: {form: {makes: {slip: 100%}}}}",
    )
    assert [len(run.rows(step)) for step in ("write", "check")] == [1, 2]


def test_a_document_that_was_too_old_is_got_again_after_a_return(play: Runner) -> None:
    """Three days old and valid for two: sent back, fetched, and good."""
    run = play(
        """
documents: {cert: {en: cert, ja: cert, valid: 2d, lapsed: old}}
defects: {old: {en: old, ja: old, harm: harm}}
steps:
  fetch: {gives: [cert], by: desk}
  check: {needs: [cert], gives: [permit], by: desk, finds: {old: 100%}}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: {cert: {age: 3d}}}",
    )
    assert visits(run, "check") == [("returned", 0, 0), ("given", 1, 1)]
    assert visits(run, "fetch") == [("given", 1, 1)]
    assert run.cases()[0]["outcome"] == "clean"


TWO_WAYS = """
actors: {me: who}
attributes: {card: false}
documents: {cert: {en: cert, ja: cert, valid: 10d, lapsed: old}}
defects: {old: {en: old, ja: old}, torn: {en: torn, ja: torn%s}}
steps:
  by_card: {gives: [cert], by: ai, work: 10min, if: {card: true}}
  in_person: {gives: [cert], by: me, work: 1h}
  never: {gives: [cert], by: boss, work: 1h}
  file: {needs: [cert], gives: [permit], by: desk, work: 3h, finds: {old: 100%%, torn: 100%%}}
goal: [permit]
"""
AFTER = {
    "who": "{agent: who, kind: person, rules: {returned: {again: {then: {redo: {after: 7h}}}}}}",
}


@pytest.mark.parametrize("paper", ["{age: 20d}", "{makes: {torn: 100%}}"])
@pytest.mark.parametrize("to", ["", ", returns_to: never"])
def test_a_paper_bad_by_itself_goes_back_to_its_giver_in_the_case(
    play: Runner, paper: str, to: str
) -> None:
    """Without a card that is the second listed: its person is asked, and it waits for 7 hours."""
    run = play(
        TWO_WAYS % to, case=f"{{count: 1, using: [p], locker: {{cert: {paper}}}}}", agents=AFTER
    )
    assert visits(run, "in_person") == [("given", 10, 11)]
    assert visits(run, "file") == [("returned", 0, 3), ("given", 11, 14)]
    assert [row["step"] for row in run.rows()] == ["file", "in_person", "file"]
    assert [decision["actor"] for decision in run.decisions("returned")] == ["me"]


def test_with_a_card_its_giver_is_the_ai(play: Runner) -> None:
    """The AI is asked, has no wait, and gets it at once."""
    run = play(
        TWO_WAYS % "",
        case="{count: 1, using: [p], attributes: {card: true}, locker: {cert: {age: 20d}}}",
        agents=AFTER,
    )
    assert [row["step"] for row in run.rows()] == ["file", "by_card", "file"]
    assert [decision["actor"] for decision in run.decisions("returned")] == ["ai"]


# -- consent by silence ----------------------------------------------------------------------------

DEEMED = """
documents: {{consent: {{en: consent, ja: consent{kept}}}}}
steps:
  write: {{gives: [form], by: me, work: 1h, makes: {{slip: 100%}}, again: {{makes: {{slip: 0%}}}}}}
  agree: {{needs: [form], gives: [consent], by: boss, work: {answer}}}
  issue: {{needs: [consent, form], gives: [permit], by: desk, work: {issue}, finds: {{slip: 100%}}}}
goal: [permit]
deadlines: [{{document: consent, {clock}, missed: given}}]
"""
ASKED = "within: 5h, after: form"


def deemed(
    play: Runner, answer: str = "50h", issue: str = "1h", clock: str = ASKED, kept: str = ""
) -> list[tuple[str, int, int]]:
    """Return the visits of the office that issues the permit; the form is returned once."""
    run = play(DEEMED.format(answer=answer, issue=issue, clock=clock, kept=kept))
    assert run.cases()[0]["returns"] == 1
    return visits(run, "issue")


def test_silence_falls_with_what_it_was_about(play: Runner) -> None:
    """Deemed at 6h, returned at 7h; the second form is written at 9h, and 5 hours run anew."""
    assert deemed(play) == [("returned", 6, 7), ("given", 14, 15)]


def test_silence_that_is_kept_stays(play: Runner) -> None:
    """The second form is looked at as soon as it is there."""
    assert deemed(play, kept=", kept: true") == [("returned", 6, 7), ("given", 9, 10)]


def test_silence_from_the_start_or_to_a_date_stays(play: Runner) -> None:
    """Deemed at 6h for good, whatever becomes of the form."""
    for clock in ("within: 6h", "at: 2026-04-01T06:00"):
        assert deemed(play, clock=clock) == [("returned", 6, 7), ("given", 9, 10)]


def test_a_period_of_silence_stops_with_what_it_runs_from(play: Runner) -> None:
    """Answered at 2h, returned at 3h, written again at 5h: the first form's period ended at 6h.

    Its 5 hours are nothing to the second form, which is answered on at 10h.
    """
    run = play(
        DEEMED.format(answer="{by: visit, 1: 1h, else: 50h}", issue="1h", clock=ASKED, kept="")
    )
    assert visits(run, "issue") == [("returned", 2, 3), ("given", 10, 11)]


def test_silence_falls_with_the_step_that_would_have_given_it(play: Runner) -> None:
    """The plan has a slip, which the ministry would have had to look at; the form is good."""
    run = play("""
steps:
  write: {gives: [form], by: me, work: 1h}
  draw: {gives: [plan], by: ai, work: 1h, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  agree: {needs: [form, plan], gives: [consent], by: boss, work: {by: visit, 1: 50h, else: 3h}}
  use: {needs: [consent], gives: [used], by: desk}
  issue: {needs: [used, plan], gives: [permit], by: desk, work: 1h, finds: {slip: 100%}}
goal: [permit]
deadlines: [{document: consent, within: 5h, after: form, missed: given}]
""")
    assert visits(run, "use")[0] == ("given", 6, 6)
    assert visits(run, "issue")[0] == ("returned", 6, 7)
    assert visits(run, "agree") == [("void", 1, 51), ("given", 51, 54)]


def test_what_rests_on_silence_falls_with_it(play: Runner) -> None:
    """Used before the form is asked for again, by a step that is listed before its writing."""
    run = play("""
steps:
  agree: {gives: [consent], by: boss, work: 50h}
  use: {needs: [consent], gives: [used], by: desk}
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  issue: {needs: [used, form], gives: [permit], by: desk, work: 1h, finds: {slip: 100%}}
goal: [permit]
deadlines: [{document: consent, within: 5h, after: form, missed: given}]
""")
    assert visits(run, "use") == [("given", 6, 6), ("given", 14, 14)]


# -- without end -----------------------------------------------------------------------------------


def test_a_case_that_is_returned_without_end_is_given_up_after_255_visits(play: Runner) -> None:
    """Every form has a slip and every slip is found: 255 hours of writing."""
    run = play("""
steps:
  write: {gives: [form], by: ai, work: 1h, makes: {slip: 100%}}
  check: {needs: [form], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""")
    (case,) = run.cases()
    assert (case["outcome"], case["cause"], case["returns"]) == ("abandoned", "endless", 255)
    assert [row["visit"] for row in run.rows("write")] == list(range(1, 256))
    assert run.elapsed().tolist() == [255 * HOUR]

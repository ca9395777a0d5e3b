"""Defects: made, carried, found or not, and what the finder's rules make of them."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sim.log import LIFE

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600


def office(found: str) -> dict[str, str]:
    """Return an agent ``judge`` with rules for what it finds."""
    return {"judge": f"{{agent: judge, kind: office, rules: {{found: {found}}}}}"}


def results(run: Run, step: str) -> list[tuple[str, int]]:
    """Return how the visits of a step ended and the hour in which they did."""
    return [(row["result"], row["closed"] // HOUR) for row in run.rows(step)]


def end(run: Run) -> tuple[str, str | None, int]:
    """Return outcome, cause and returns of the only case."""
    (case,) = run.cases()
    return case["outcome"], case["cause"], case["returns"]


# -- escaping and being found ----------------------------------------------------------------------

ESCAPE = """
defects: {slip: {en: slip, ja: slip%s}}
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%%}, again: {makes: {slip: 0%%}}}
  check: {needs: [form], gives: [checked], by: desk, work: 1h, finds: {slip: %s}}
  examine: {needs: [checked], gives: [permit], by: desk, work: 1h, finds: {slip: %s}}
goal: [permit]
"""
HARM = ", harm: a wrong entry stays"


def test_a_harmful_defect_that_nobody_finds_makes_the_case_flawed(play: Runner) -> None:
    """It travels from the form to the permit."""
    assert end(play(ESCAPE % (HARM, "0%", "0%"))) == ("flawed", "slip", 0)


def test_a_harmless_defect_that_nobody_finds_leaves_the_case_clean(play: Runner) -> None:
    """Without ``harm`` nobody minds."""
    assert end(play(ESCAPE % ("", "0%", "0%"))) == ("clean", None, 0)


@pytest.mark.parametrize(("first", "second", "hours"), [("100%", "100%", 6), ("0%", "100%", 7)])
def test_of_two_finders_the_first_that_sees_a_defect_sends_it_back(
    play: Runner, first: str, second: str, hours: int
) -> None:
    """Written 0–1h, checked 1–2h, answered at 3h; then 3h for all three: 6h.

    Seen by the second finder only, at 3h, all that follows is an hour later.
    """
    run = play(ESCAPE % (HARM, first, second))
    assert end(run) == ("clean", None, 1)
    assert run.elapsed().tolist() == [hours * HOUR]


def test_a_step_may_find_what_it_has_just_made(play: Runner) -> None:
    """The only step makes its slip and sees it; the second try is good."""
    run = play("""
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%}, finds: {slip: 100%},
          again: {makes: {slip: 0%}}}
goal: [form]
""")
    assert results(run, "write") == [("returned", 1), ("given", 3)]


def test_the_last_of_by_is_the_finder(play: Runner) -> None:
    """The clerk of the counter is asked, not the resident who came along."""
    run = play(
        """
actors: {counter: {agent: judge, staff: 1}}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}}
  hand_in: {needs: [form], gives: [permit], by: [me, counter], finds: {slip: 100%}}
goal: [permit]
""",
        agents=office("{wave: {then: overlook}}"),
    )
    (found,) = run.decisions("found")
    assert (found["actor"], found["rule"], found["action"]) == (
        "counter",
        "judge.found.wave",
        "overlook",
    )


def test_who_finds_without_a_rule_sends_back(play: Runner) -> None:
    """The default of ``found`` is a return, and is logged without a rule."""
    run = play(ESCAPE % ("", "100%", "0%"))
    (found,) = run.decisions("found")
    assert (found["rule"], found["action"], found["time"]) == (None, "return", 2 * HOUR)


def test_what_is_looked_for_may_depend_on_the_channel_it_was_made_in(play: Runner) -> None:
    """Slips of an AI are found, those made on paper are not; the form is written on paper."""
    text = """
defects: {slip: {en: slip, ja: slip, harm: harm}}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: desk,
          finds: {slip: {by: made_in, agentic: 100%, else: 0%}}}
goal: [permit]
"""
    assert end(play(text, channel="analog")) == ("flawed", "slip", 0)
    assert end(play(text, channel="agentic")) == ("clean", None, 1)


# -- what follows ----------------------------------------------------------------------------------

JUDGED = """
actors: {court: judge}
defects:
  slip: {en: slip, ja: slip, harm: harm}
  smudge: {en: smudge, ja: smudge, harm: harm}
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%, smudge: 100%},
          again: {makes: {slip: 0%, smudge: 0%}}}
  judge: {needs: [form], gives: [judged], by: court, work: 1h, finds: {slip: 100%, smudge: 100%}}
  audit: {needs: [judged], gives: [permit], by: desk, finds: {slip: 100%, smudge: 100%}}
goal: [permit]
"""


def test_a_fix_clears_the_defect_after_more_work(play: Runner) -> None:
    """Two fixes of 2h: written at 1h, judged at 2h, given at 6h with nothing left to audit."""
    run = play(JUDGED, agents=office("{amend: {then: {fix: {work: 2h}}}}"))
    (row,) = run.rows("judge")
    assert (row["finished"], row["closed"], row["rule"]) == (
        6 * HOUR,
        6 * HOUR,
        "judge.found.amend",
    )
    assert end(run) == ("clean", None, 0)


def test_a_fix_holds_the_staff_until_it_is_done(play: Runner) -> None:
    """The clerk needs 1h + 2h for each of two cases: 3h and 6h."""
    run = play(
        """
actors: {court: {agent: judge, staff: 1}}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}}
  judge: {needs: [form], gives: [permit], by: court, work: 1h, finds: {slip: 100%}}
goal: [permit]
""",
        case="{count: 2, using: [p]}",
        agents=office("{amend: {then: {fix: {work: 2h}}}}"),
    )
    assert results(run, "judge") == [("given", 3), ("given", 6)]


def test_a_fix_clears_the_defect_in_this_product_only(play: Runner) -> None:
    """The copy that went to the archive keeps its slip."""
    run = play(
        """
actors: {court: judge}
defects: {slip: {en: slip, ja: slip, harm: harm}}
steps:
  write: {gives: [form], by: me, makes: {slip: 100%}}
  judge: {needs: [form], gives: [permit], by: court, finds: {slip: 100%}}
  archive: {needs: [form], gives: [copy], by: desk}
goal: [permit, copy]
""",
        agents=office("{amend: {then: {fix: {work: 2h}}}}"),
    )
    assert end(run) == ("flawed", "slip", 0)


def test_an_overlooked_defect_stays_and_nobody_looks_at_it_again(play: Runner) -> None:
    """The audit would find it, but does not look."""
    run = play(JUDGED, agents=office("{wave: {then: overlook}}"))
    assert end(run) == ("flawed", "slip", 0)
    assert [d["action"] for d in run.decisions("found")] == ["overlook", "overlook"]


def test_an_overlooked_defect_is_looked_at_again_after_its_maker_was_reset(play: Runner) -> None:
    """First the slip is overlooked and the smudge returned; the second form's slip is seen anew."""
    run = play(
        JUDGED.replace(
            "again: {makes: {slip: 0%", "again: {makes: {slip: {by: visit, 2: 100%, else: 0%}"
        ),
        agents=office("{wave: {when: {defect: slip, returns: 0}, then: overlook}}"),
    )
    found = [(d["rule"], d["action"]) for d in run.decisions("found")]
    wave = ("judge.found.wave", "overlook")
    assert found == [wave, (None, "return"), (None, "return")]


def test_a_dismissal_ends_the_case(play: Runner) -> None:
    """Dismissed at 2h for the slip; the visit that found it gives nothing."""
    run = play(JUDGED, agents=office("{no: {then: dismiss}}"))
    assert end(run) == ("dismissed", "slip", 0)
    assert results(run, "judge") == [("dropped", 2)]
    assert run.elapsed().tolist() == [2 * HOUR]
    assert run.given("judged") is None


def test_a_dismissal_outweighs_a_return(play: Runner) -> None:
    """The slip, looked at first, is to go back, but the smudge ends the case."""
    run = play(JUDGED, agents=office("{no: {when: {defect: smudge}, then: dismiss}}"))
    assert [d["action"] for d in run.decisions("found")] == ["return", "dismiss"]
    assert end(run) == ("dismissed", "smudge", 0)


@pytest.mark.parametrize("mild", ["{fix: {work: 5h}}", "overlook"])
def test_a_return_outweighs_a_fix_and_an_overlooked_defect(play: Runner, mild: str) -> None:
    """The slip could have been put right in 5h, the smudge goes back at 2h already."""
    run = play(JUDGED, agents=office(f"{{mild: {{when: {{defect: slip}}, then: {mild}}}}}"))
    assert results(run, "judge") == [("returned", 2), ("given", 5)]
    assert end(run) == ("clean", None, 1)


# -- one letter, two makers ------------------------------------------------------------------------


def test_what_one_visit_returns_is_one_letter(play: Runner) -> None:
    """Two defects of two makers, found together: one return, one answer, both redone."""
    run = play("""
steps:
  write: {gives: [form], by: desk, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  draw: {gives: [plan], by: desk, makes: {smudge: 100%}, again: {makes: {smudge: 0%}}}
  check: {needs: [form, plan], gives: [permit], by: desk, finds: {slip: 100%, smudge: 100%}}
goal: [permit]
""")
    assert end(run) == ("clean", None, 1)
    assert len(run.decisions("found")) == 2
    assert len(run.decisions("returned")) == 1
    assert [len(run.rows(step)) for step in ("write", "draw", "check")] == [2, 2, 2]


SIGNERS = """
lists: {signers: [s1, s2]}
steps:
  sign: {each: signers, gives: [consent], by: desk,
         makes: {slip: %s}, again: {makes: {slip: 0%%}}}
  check: {needs: [consent], gives: [permit], by: desk, finds: {slip: 100%%}}
goal: [permit]
"""


def test_faults_of_two_signers_are_two_defects(play: Runner) -> None:
    """Each is found by itself, and both signers sign again."""
    run = play(SIGNERS % "100%")
    assert len(run.decisions("found")) == 2
    assert [len(run.rows(step)) for step in ("sign.s1", "sign.s2")] == [2, 2]


def test_a_signer_without_fault_need_not_sign_again(play: Runner) -> None:
    """Only the second made a slip."""
    run = play(SIGNERS % "{by: signers, s1: 0%, s2: 100%}")
    assert len(run.decisions("found")) == 1
    assert [len(run.rows(step)) for step in ("sign.s1", "sign.s2")] == [1, 2]


# -- the life of a slip ----------------------------------------------------------------------------

TWO = """
steps:
  write: {gives: [form], by: desk, work: 1h, makes: {slip: 100%%, smudge: 100%%},
          again: {makes: {slip: 0%%, smudge: 0%%}}}
  check: {needs: [form], gives: [checked], by: desk, work: 1h, finds: {slip: 0%%}}
  judge: {needs: [checked], gives: [permit], by: [me, counter], work: 1h, %s}
actors: {counter: {agent: judge, staff: 1}}
goal: [permit]
"""
MADE = [("slip", "made", HOUR, "write 1"), ("smudge", "made", HOUR, "write 1")]
MISSED = ("slip", "missed", 2 * HOUR, "check 1")


def test_the_life_of_slips_that_are_returned(play: Runner) -> None:
    """The check misses the slip at 2h, the judge returns it at 3h; the smudge is shed with it."""
    assert play(TWO % "finds: {slip: 100%}", agents=office("{}")).lives() == [
        *MADE,
        MISSED,
        ("slip", "found", 3 * HOUR, "judge 1"),
        ("slip", "return", 3 * HOUR, "judge 1"),
        ("slip", "sent_back", 3 * HOUR, "judge 1"),
        ("smudge", "shed", 3 * HOUR, "judge 1"),
    ]


def test_the_life_of_slips_that_stay(play: Runner) -> None:
    """The slip is put right at 5h, after two hours more; nobody looks for the smudge."""
    run = play(TWO % "finds: {slip: 100%}", agents=office("{mend: {then: {fix: {work: 2h}}}}"))
    assert run.lives() == [
        *MADE,
        MISSED,
        ("slip", "found", 3 * HOUR, "judge 1"),
        ("slip", "fix", 5 * HOUR, "judge 1"),
        ("slip", "fixed", 5 * HOUR, "judge 1"),
        ("smudge", "left", 5 * HOUR, None),
    ]


@pytest.mark.parametrize(
    ("then", "ends"),
    [
        ("overlook", [("slip", "left", 3 * HOUR, None), ("smudge", "left", 3 * HOUR, None)]),
        ("dismiss", [("slip", "gone", 3 * HOUR, None), ("smudge", "gone", 3 * HOUR, None)]),
    ],
)
def test_the_life_of_slips_that_are_let_pass_or_end_the_case(
    play: Runner, then: str, ends: list[tuple[str, str, int, None]]
) -> None:
    """What is overlooked stays in the permit; a case dismissed has no result."""
    run = play(TWO % "finds: {slip: 100%}", agents=office(f"{{so: {{then: {then}}}}}"))
    assert run.lives()[3:] == [
        ("slip", "found", 3 * HOUR, "judge 1"),
        ("slip", then, 3 * HOUR, "judge 1"),
        *ends,
    ]


def test_what_is_overlooked_and_not_in_the_result_ends_as_overlooked(play: Runner) -> None:
    """The case is cut off at 10h, long before the letter it still needs."""
    longer = "  post: {needs: [permit], gives: [letter], by: desk, work: 900h}\nactors:"
    run = play(
        (TWO % "finds: {slip: 100%}")
        .replace("actors:", longer)
        .replace("goal: [permit]", "goal: [letter]"),
        agents=office("{so: {then: overlook}}"),
        scenario="horizon: 10h",
    )
    assert run.lives()[5:] == [
        ("slip", "overlooked", 10 * HOUR, "judge 1"),
        ("smudge", "gone", 10 * HOUR, None),
    ]


def test_who_sends_back_anything_mends_nothing(play: Runner) -> None:
    """The slip was to be fixed, the smudge goes back: no fix, and the slip is shed."""
    text = TWO % "finds: {slip: 100%, smudge: 100%}"
    run = play(text, agents=office("{so: {when: {defect: slip}, then: {fix: {work: 1h}}}}"))
    assert [what for _, what, _, _ in run.lives()[3:]] == [
        "found", "found", "return", "shed", "sent_back"
    ]  # fmt: skip


def test_a_slip_of_the_locker_has_no_visit_that_made_it(play: Runner) -> None:
    """It is made at the start of the case and found in the permit's examination."""
    run = play(
        """
documents: {card: card}
steps:
  renew: {gives: [card], by: desk}
  check: {needs: [card], gives: [permit], by: desk, work: 1h, finds: {torn: 100%}}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: {card: {makes: {torn: 100%}}}}",
    )
    assert [(what, visit) for _, what, _, visit in run.lives()] == [
        ("made", None),
        ("found", "check 1"),
        ("return", "check 1"),
        ("sent_back", "check 1"),
    ]


def test_a_slip_made_again_before_it_ended_is_renewed(play: Runner) -> None:
    """A paper runs out at 3h and is written anew, with the same slip, while a copy is at hand."""
    run = play("""
documents: {form: {en: form, ja: form, valid: 2h}}
steps:
  write: {gives: [form], by: desk, work: 1h, makes: {slip: 100%}}
  copy: {needs: [form], gives: [note], by: desk, work: 10h}
  use: {needs: [form, note], gives: [permit], by: desk, work: 1h}
goal: [permit]
""")
    assert [(what, time // HOUR, visit) for _, what, time, visit in run.lives()] == [
        ("made", 1, "write 1"),
        ("renewed", 12, "write 2"),
        ("made", 12, "write 2"),
        ("left", 13, None),
    ]


def test_a_loose_end_left_undone_renews_the_slip_of_the_paper_that_was_there(play: Runner) -> None:
    """The notice lay there with a slip and ran out in an hour; nobody knows that it is wanted."""
    run = play(
        """
        actors: {me: novice}
        documents: {notice: {en: N, ja: N, valid: 1h, left_out: bad}}
        defects: {bad: {en: B, ja: B, harm: {en: B, ja: B, as: incomplete}}}
        steps:
          tell: {gives: [notice], by: me, work: 1h}
          examine: {gives: [permit], by: desk, work: 3h}
        goal: [permit, notice]
        """,
        case="{count: 1, using: [p], locker: {notice: {makes: {bad: 100%}}}}",
        agents={"novice": "{agent: novice, kind: person, knows: 0%}"},
    )
    assert run.lives() == [
        ("bad", "made", 0, None),
        ("bad", "renewed", 3 * HOUR, None),
        ("bad", "made", 3 * HOUR, None),
        ("bad", "left", 3 * HOUR, None),
    ]
    assert run.cases()[0]["outcome"] == "flawed"


def test_a_paper_too_old_is_a_slip_once_it_is_taken_up(play: Runner) -> None:
    """It was over before the case began; the check takes it at once and does not see it."""
    run = play(
        """
documents: {card: {en: card, ja: card, valid: 1d, lapsed: stale}}
defects: {stale: stale}
steps:
  renew: {gives: [card], by: desk}
  check: {needs: [card], gives: [permit], by: desk, work: 1h, finds: {stale: 0%}}
goal: [permit]
""",
        case="{count: 1, using: [p], locker: {card: {age: 2d}}}",
    )
    assert [(what, visit) for _, what, _, visit in run.lives()] == [
        ("made", "check 1"),
        ("missed", "check 1"),
        ("left", None),
    ]


CHECKED = """
steps:
  write: {gives: [form], by: ai, makes: {slip: 100%%}, again: {makes: {slip: 0%%}}}
  check: {needs: [form], gives: [checked], by: desk, finds: {slip: %s}}
  judge: {needs: [checked], gives: [permit], by: [me, counter], finds: {slip: 50%%}}
actors: {counter: {agent: judge, staff: unlimited}}
goal: [permit]
"""
CASES = 4_000


def ends(play: Runner, found: str) -> dict[str, float]:
    """Return by how many standard deviations the ends of slips differ from what they should be.

    98 % are found by the check and sent back; of the others a half is fixed, a half left.
    """
    fixes = office("{mend: {then: {fix: {work: 1h}}}}")
    run = play(CHECKED % found, agents=fixes, case=f"{{count: {CASES}, using: [p]}}")
    told = Counter(LIFE[what] for what in run.log.defects["what"])
    assert told["made"] == CASES
    shares = {"sent_back": 0.98, "missed": 0.02 + 0.01, "fixed": 0.01, "left": 0.01}
    spread = {"missed": 0.02 * 0.98 + 2 * 0.01 * 0.98 + 0.01 * 0.99}  # 0, 1 or 2 of one slip
    return {
        end: (told[end] / CASES - p) / math.sqrt(spread.get(end, p * (1 - p)) / CASES)
        for end, p in shares.items()
    }


def test_slips_end_as_often_as_the_chances_say(play: Runner) -> None:
    """What is found 2 % more often than it says is seen."""
    assert all(abs(z) < 4 for z in ends(play, "98%").values())
    assert abs(ends(play, "99.96%")["sent_back"]) > 6

"""Knowing the way: what is left out, what goes along all the same, what a letter teaches."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from scipy.stats import binom

from sim.errors import InvalidInput
from tests.engine.test_theory import report

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR: Final = 3600
ANSWER: Final = "rules: {returned: {redo: {then: {redo: {after: 1h}}}}}"


def person(knows: object) -> dict[str, str]:
    """Return an agent ``novice`` that knows so much of what is needed."""
    return {"novice": f"{{agent: novice, kind: person, knows: {knows}, {ANSWER}}}"}


def hours(run: Run, step: str, case: int = 0) -> list[tuple[int, int, str]]:
    """Return when the visits of a step were enabled and closed, in hours, and how they ended."""
    rows = run.rows(step, case)
    return [(row["enabled"] // HOUR, row["closed"] // HOUR, row["result"]) for row in rows]


def ends(run: Run) -> list[tuple[str, str | None, int]]:
    """Return outcome, cause and returns of each case."""
    return [(case["outcome"], case["cause"], case["returns"]) for case in run.cases()]


ONE = """
applicant: owner
actors: {owner: novice, desk: office}
documents:
  proof: {en: Proof, ja: Proof, left_out: missing}
  filing: Filing
  permit: Permit
  other: Other
defects: {missing: {en: Missing, ja: Missing, harm: granted without proof}}
steps:
  fetch: {gives: [proof], by: owner, work: 1h}
  file: {needs: [proof], gives: [filing], by: owner, work: 1h}
  examine: {needs: [filing], gives: [permit], by: desk, work: 1h, finds: {missing: 100%}}
goal: [permit]
"""


def test_what_nobody_knows_of_is_neither_waited_for_nor_fetched_until_a_letter_names_it(
    world: Runner,
) -> None:
    """Filed without 0-1h, examined 1-2h, answered at 3h: fetched 3-4h, filed 4-5h, examined 5-6h.

    The filing is not begun anew before the proof is there.
    """
    run = world(ONE, agents=person("0%"))
    assert hours(run, "file") == [(0, 1, "given"), (4, 5, "given")]
    assert hours(run, "fetch") == [(3, 4, "given")]
    assert hours(run, "examine") == [(1, 2, "returned"), (5, 6, "given")]
    assert ends(run) == [("clean", None, 1)]


def test_what_is_left_out_is_so_from_the_grant_on_before_the_office_opens(world: Runner) -> None:
    """The owner is free at once, at 0:00, and begins when the day does; all laws hold for that."""
    agents = {"novice": person("0%")["novice"].replace("knows", "hours: office, knows")}
    run = world(ONE, agents=agents)
    (filing, _) = run.rows("file")
    assert filing["granted"] == 0 < filing["started"]
    assert run.log.defects["time"][0] == 0


def test_who_may_leave_out_the_letter_does_not_know_the_choice(world: Runner) -> None:
    """Without ``left_out`` the step comes after the call, and may look up who was taken."""
    text = """
        applicant: owner
        actors: {owner: novice, desk: {agent: office, staff: 1}}
        attributes: {taken: false}
        documents:
          proof: {en: Proof, ja: Proof, LEFT}
          permit: Permit
        defects: {missing: {en: Missing, ja: Missing, harm: granted without proof}}
        steps:
          choose: {gives: [proof], by: desk, work: 1h, select: {places: 1, decides: taken}}
          file:
            needs: [proof]
            gives: [permit]
            by: owner
            work: {by: taken, true: 1h, else: 2h}
        goal: [permit]
    """
    run = world(text.replace("LEFT", "valid: 90d"), agents=person("0%"))
    assert run.elapsed().tolist() == [2 * HOUR]
    with pytest.raises(InvalidInput) as error:
        world(text.replace("LEFT", "left_out: missing"), agents=person("0%"))
    assert [problem.key for problem in error.value.problems] == ["chosen_later"]


def test_who_knows_the_way_leaves_nothing_out(world: Runner) -> None:
    """Fetched, filed, examined."""
    for knows in ("100%", "{by: channel, digital: 100%, else: 0%}"):
        run = world(ONE, agents=person(knows))
        assert run.elapsed().tolist() == [3 * HOUR]
        assert ends(run) == [("clean", None, 0)]


def test_what_nobody_finds_stays_in_the_result(world: Runner) -> None:
    """The office looks at half of the filings, so to speak: here at none."""
    run = world(ONE.replace("100%", "0%"), agents=person("0%"))
    assert ends(run) == [("flawed", "missing", 0)]
    assert run.given("proof") is None


def test_what_lies_in_the_locker_goes_along(world: Runner) -> None:
    """Nobody knows of it, but it is there."""
    run = world(ONE, "{count: 1, using: [p], locker: [proof]}", agents=person("0%"))
    assert run.elapsed().tolist() == [2 * HOUR]
    assert ends(run) == [("clean", None, 0)]


BOTH: Final = """
applicant: owner
actors: {owner: novice, desk: office}
documents:
  proof: {en: Proof, ja: Proof, left_out: missing}
  form: Form
  filing: Filing
  permit: Permit
  other: Other
defects: {missing: Missing}
steps:
  fetch: {gives: [proof], by: desk, work: FETCHh}
  help: {needs: [proof], gives: [other], by: desk, work: 1h}
  write: {gives: [form], by: owner, work: 2h}
  file: {needs: [form, proof], gives: [filing], by: owner, work: 1h}
  examine: {needs: [filing], gives: [permit], by: desk, work: 1h, finds: {missing: 100%}}
goal: [permit, other]
"""


@pytest.mark.parametrize(("fetch", "returns"), [(1, 0), (3, 1)])
def test_what_somebody_else_needs_goes_along_if_it_is_there_in_time(
    world: Runner, fetch: int, returns: int
) -> None:
    """The form is written by 2h: a proof of the first hour goes along, one of the third does not.

    The desk that helps, which knows what it needs, wants it in both.
    """
    run = world(BOTH.replace("FETCH", str(fetch)), agents=person("0%"))
    assert hours(run, "file")[0] == (2, 3, "given")
    assert ends(run) == [("clean", None, returns)]


def test_what_comes_while_a_filing_waits_for_its_staff_stays_behind(world: Runner) -> None:
    """The window opens at 9h; the filing is enabled at 2h, the proof is there at 3h."""
    text = BOTH.replace("FETCH", "3").replace(
        "desk: office}", "desk: office, window: {agent: office, staff: 1, hours: late}}"
    )
    text = text.replace("[filing], by: owner", "[filing], by: [owner, window]")
    text = text.replace("steps:", "calendars: {late: {days: daily, open: '09:00-24:00'}}\nsteps:")
    run = world(text, agents=person("0%"))
    first = run.rows("file")[0]
    assert (first["enabled"], first["started"]) == (2 * HOUR, 9 * HOUR)
    assert ends(run) == [("clean", None, 1)]


def test_what_went_along_binds_like_any_need(world: Runner) -> None:
    """The proof has a slip: it goes back to the desk that fetched it, and the filing is undone."""
    text = BOTH.replace("FETCHh", "1h, makes: {slip: 100%}, again: {makes: {slip: 0%}}")
    text = text.replace("Missing}", "Missing, slip: Slip}").replace(
        "100%}}\n", "100%, slip: 100%}}\n"
    )
    run = world(text, agents=person("0%"))
    assert [row["result"] for row in run.rows("file")] == ["given", "given"]
    assert ends(run) == [("clean", None, 1)]


def test_a_step_that_another_channel_does_is_known_by_who_does_it_there(world: Runner) -> None:
    """A letter is answered by an AI that knows nothing either, but the letter named the proof."""
    agents = person("0%") | {
        "novice": "{agent: novice, kind: person, knows: 0%, "
        "rules: {returned: {ask: {then: {use: agentic}}}}}",
        "bot": f"{{agent: bot, kind: ai, knows: 0%, {ANSWER}}}",
    }
    text = ONE.replace("desk: office}", "desk: office, ai: bot}").replace(
        "by: owner, work: 1h}\n  examine", "by: owner, work: 1h, agentic: {by: ai}}\n  examine"
    )
    run = world(text, agents=agents)
    assert [(row["channel"], row["enabled"] // HOUR) for row in run.rows("file")] == [
        (1, 0),
        (2, 3),
    ]
    assert ends(run) == [("clean", None, 1)]


def test_offices_and_systems_know_what_they_need(world: Runner) -> None:
    """The owner is second at the counter: whoever is first asks for the papers."""
    text = ONE.replace("[filing], by: owner", "[filing], by: [desk, owner]")
    assert ends(world(text, agents=person("0%"))) == [("clean", None, 0)]


LIST: Final = """
applicant: owner
actors: {owner: novice, desk: office}
lists: {heirs: [a, b, c]}
documents:
  consent: {en: Consent, ja: Consent, left_out: missing}
  filing: Filing
defects: {missing: {en: Missing, ja: Missing, harm: Missing}}
steps:
  sign: {each: heirs, gives: [consent], by: desk, work: 1h}
  file: {needs: [consent], gives: [filing], by: owner, work: 1h}
goal: [filing]
"""


def test_a_need_of_a_list_is_one_need(world: Runner) -> None:
    """All three consents, or none."""
    run = world(LIST, "{count: 400, using: [p]}", agents=person("50%"))
    there = [sum(run.given(f"consent.{i}", case) is not None for i in "abc") for case in range(400)]
    assert set(there) == {0, 3}
    flawed = [outcome == "flawed" for outcome, _, _ in ends(run)]
    assert flawed == [not one for one in there]
    one_by_one = LIST.replace("[consent], gives", "[consent.a, consent.b, consent.c], gives")
    run = world(one_by_one, "{count: 400, using: [p]}", agents=person("50%"))
    there = [sum(run.given(f"consent.{i}", case) is not None for i in "abc") for case in range(400)]
    assert set(there) == {0, 1, 2, 3}


HERE: Final = """
applicant: owner
actors: {owner: novice, desk: office}
attributes: {foreign: 50%}
lists: {heirs: {a: {chance: 50%}, b: {chance: 50%}}}
documents:
  proof: {en: Proof, ja: Proof, left_out: missing}
  filing: Filing
  permit: Permit
defects: {missing: {en: M, ja: M, harm: {en: M, ja: M, as: incomplete}}}
steps:
  fetch: {gives: [proof], by: owner, work: 1h, IF}
  file: {needs: [proof], gives: [filing], by: owner, work: 1h}
  examine: {needs: [filing], gives: [permit], by: desk, work: 1h, finds: {missing: 100%}}
goal: [permit]
"""


@pytest.mark.parametrize("condition", ["if: never", "if: {foreign: true}", "each: heirs"])
def test_what_nobody_has_to_get_nobody_leaves_out(world: Runner, condition: str) -> None:
    """Who knows nothing gets a letter where there is something to fetch, and nowhere else.

    Filed and examined in 2h; with a letter at 2h, answered at 3h, once more after the fetching.
    """
    run = world(HERE.replace("IF", condition), "{count: 80, using: [p]}", agents=person("0%"))
    fetches = [len(run.rows("fetch.a", case) + run.rows("fetch.b", case)) for case in range(80)]
    if condition != "each: heirs":
        fetches = [len(run.rows("fetch", case)) for case in range(80)]
    assert min(fetches) == 0
    assert max(fetches) == {"if: never": 0, "if: {foreign: true}": 1, "each: heirs": 2}[condition]
    took = [{0: 2, 1: 6, 2: 7}[n] * HOUR for n in fetches]
    assert run.elapsed().tolist() == took
    assert [end for _, _, end in ends(run)] == [int(n > 0) for n in fetches]


@pytest.mark.parametrize("condition", ["if: never", "if: {foreign: true}", "each: heirs"])
def test_a_loose_end_that_nobody_has_to_do_is_none(world: Runner, condition: str) -> None:
    """Who knows of nothing leaves undone what there is to do, and nothing else."""
    text = HERE.replace("IF", condition).replace("goal: [permit]", "goal: [permit, proof]")
    text = text.replace("{needs: [proof], gives: [filing]", "{gives: [filing]")
    cases = "{count: 80, using: [p]}"
    run, known = (world(text, cases, agents=person(knows)) for knows in ("0%", "100%"))
    due = {row["case"] for row in known.rows() if row["step"].startswith("fetch")}
    flawed = {case["case"] for case in run.cases() if case["outcome"] == "flawed"}
    assert flawed == due
    assert {case["outcome"] for case in known.cases()} == {"clean"}


def test_what_was_left_out_goes_back_to_who_left_it_out_wherever_else_it_goes(
    world: Runner,
) -> None:
    """Fetched for the desk that helps by 1.5h, too late for the filing, which is enabled at 0h.

    The letter of 2h goes to the fetching and to the filing: fetched anew 3-4.5h, filed by 5.5h,
    examined by 6.5h. Were the filing not undone, the desk would find it without the proof for ever.
    """
    text = BOTH.replace("FETCHh", "90min").replace("{missing: Missing}", "{missing: BACK}")
    text = text.replace("BACK", "{en: M, ja: M, returns_to: fetch}")
    text = text.replace("needs: [form, proof]", "needs: [proof]")
    run = world(text, agents=person("0%"))
    assert [row["enabled"] / HOUR for row in run.rows("file")] == [0, 4.5]
    assert [row["result"] for row in run.rows("examine")] == ["returned", "given"]
    assert run.cases()[0]["end"] == 6.5 * HOUR
    assert ends(run) == [("clean", None, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"work: 1h, if: {foreign: true}}": "work: 1h, if: {chance: {by: filed, 0: 9%, else: 8%}}}"},
        {"[permit]\n": "[{document: permit, if: {chance: {by: filed, 0: 9%, else: 8%}}}]\n"},
        {"KNOWS": "{by: filed, 0: 50%, else: 90%}"},
        {"KNOWS": "{by: foreign, true: {by: filed, 0: 50%, else: 90%}, else: 10%}"},
    ],
)
def test_no_plan_hangs_on_what_is_published(world: Runner, change: dict[str, str]) -> None:
    """What a case knows, or by chance does, is not settled otherwise on the next day."""
    text = HERE.replace("IF", "if: {foreign: true}")
    text = text.replace("documents:", "indicators: {filed: {count: {given: filing}}}\ndocuments:")
    knows = change.get("KNOWS", "50%")
    world(text, agents=person("50%"))
    for old, new in change.items():
        text = text.replace(old, new)
    with pytest.raises(InvalidInput) as caught:
        world(text, agents=person(knows))
    assert {problem.key for problem in caught.value.problems} == {"indicator_in_condition"}


# -- loose ends ------------------------------------------------------------------------------------

LOOSE: Final = """
applicant: owner
actors: {owner: novice, desk: office}
attributes: {moved: MOVED}
documents:
  permit: Permit
  notice: {en: Notice, ja: Notice, left_out: forgotten}
defects: {forgotten: {en: F, ja: F, harm: {en: office holds old facts, ja: F, as: incomplete}}}
steps:
  apply: {gives: [permit], by: owner, work: 1h}
  tell: {gives: [notice], by: owner, work: 1h}
goal: [permit, {document: notice, if: {moved: true}}]
"""


@pytest.mark.parametrize(
    ("moved", "knows", "locker", "end", "took"),
    [
        ("true", "0%", "[]", ("flawed", "forgotten", 0), 1),
        ("true", "100%", "[]", ("clean", None, 0), 2),
        ("true", "0%", "[notice]", ("clean", None, 0), 1),
        ("false", "0%", "[]", ("clean", None, 0), 1),
        ("false", "100%", "[]", ("clean", None, 0), 1),
    ],
)
def test_a_goal_that_nobody_knows_of_is_left_undone(  # noqa: PLR0913, PLR0917 -- a case and its end
    world: Runner, moved: str, knows: str, locker: str, end: tuple[str, str | None, int], took: int
) -> None:
    """The case ends when all else is done; incomplete, if the notice was due and is not there."""
    case = f"{{count: 1, using: [p], locker: {locker}}}"
    run = world(LOOSE.replace("MOVED", moved), case, agents=person(knows))
    assert ends(run) == [end]
    assert run.elapsed().tolist() == [took * HOUR]


def test_who_knows_of_no_goal_at_all_has_nothing_to_do(world: Runner) -> None:
    """The case is over in its first second."""
    text = LOOSE.replace("MOVED", "true").replace("goal: [permit, ", "goal: [")
    run = world(text, agents=person("0%"))
    assert ends(run) == [("flawed", "forgotten", 0)]
    assert run.elapsed().tolist() == [0]


def test_loose_ends_of_a_list_are_one(world: Runner) -> None:
    """Who knows that old accounts are to be closed closes all three."""
    text = LIST.replace("goal: [filing]", "goal: [filing, consent]").replace(
        "needs: [consent], ", ""
    )
    text = text.replace("harm: Missing", "harm: {en: M, ja: M, as: incomplete}")
    run = world(text, "{count: 400, using: [p]}", agents=person("50%"))
    there = [sum(run.given(f"consent.{i}", case) is not None for i in "abc") for case in range(400)]
    assert set(there) == {0, 3}
    assert [outcome == "clean" for outcome, _, _ in ends(run)] == [one == 3 for one in there]


# -- closed forms ----------------------------------------------------------------------------------

PAPERS: Final = 7


def filing(papers: int = PAPERS, finds: float = 1.0, extra: str = "", staff: str = "") -> str:
    """Return a procedure of a filing with so many papers, each by a step of its own."""
    names = [f"a{i}" for i in range(papers)]
    documents = [f"  {name}: {{en: A, ja: A, left_out: missing}}\n" for name in names]
    fetch = [
        f"  get_{n}: {{gives: [{n}], by: owner, work: {{uniform: [1min, 9min]}}}}\n" for n in names
    ]
    return (
        "applicant: owner\n"
        f"actors: {{owner: novice, desk: {{agent: office{staff}}}}}\n"
        f"documents:\n  filing: Filing\n  permit: Permit\n  extra: Extra\n{''.join(documents)}"
        "defects: {missing: {en: M, ja: M, harm: incomplete}}\n"
        f"steps:\n{''.join(fetch)}"
        f"{extra}"
        f"  file: {{needs: [{', '.join(names)}], gives: [filing], by: owner, "
        "work: {median: 1h, p90: 2h}}\n"
        "  examine: {needs: [filing], gives: [permit], by: desk, work: 1h, "
        f"finds: {{missing: {finds}}}}}\n"
        "goal: [permit]\n"
    )


def filed(world: Runner, knows: object, cases: int = 5_000, **more: object) -> Run:
    """Run so many cases of a filing."""
    return world(filing(**more), f"{{count: {cases}, using: [p]}}", agents=person(knows))  # type: ignore[arg-type]


def z_of(what: str, share: float, theory: float, cases: int) -> float:
    """Print and return z of a share."""
    return report(what, share, theory, (share - theory) / (theory * (1 - theory) / cases) ** 0.5)


def letters(papers: int, knows: float, finds: float) -> tuple[float, float, float]:
    """Mean and deviation of the letters until nobody finds anything, and the share then complete.

    The state is how many papers still lack. Each look finds each of them with its chance; if it
    finds some there is a letter, and they are there at the next look.
    """
    mean, square, complete = [0.0], [0.0], [1.0]
    for lacking in range(1, papers + 1):
        found = binom.pmf(np.arange(lacking + 1), lacking, finds)
        one = np.array(
            [
                [mean[lacking - j], square[lacking - j], complete[lacking - j]]
                for j in range(1, lacking + 1)
            ]
        )
        p = found[1:]
        mean.append(float(p @ (1 + one[:, 0])))
        square.append(float(p @ (1 + 2 * one[:, 0] + one[:, 1])))
        complete.append(float(p @ one[:, 2]))
    first = binom.pmf(np.arange(papers + 1), papers, 1 - knows)
    expected = float(first @ mean)
    return expected, float(first @ square - expected**2) ** 0.5, float(first @ complete)


def test_the_number_of_letters_agrees_with_what_can_be_said_at_once() -> None:
    """All is found: one letter unless all is known. One paper: sent back with (1 - k) f."""
    mean, deviation, complete = letters(7, 0.9, 1.0)
    assert (mean, complete) == pytest.approx((1 - 0.9**7, 1.0))
    assert deviation == pytest.approx((mean * (1 - mean)) ** 0.5)
    assert letters(1, 0.8, 0.6)[::2] == pytest.approx((0.2 * 0.6, 1 - 0.2 * 0.4))


@pytest.mark.heavy
def test_a_filing_is_complete_with_the_chance_of_knowing_all_its_papers(world: Runner) -> None:
    """``knows ** papers``; 2 % less knowledge than theory has is caught."""
    theory = 0.9**PAPERS
    for knows, caught in ((0.9, False), (0.9 * 0.98, True)):
        run = filed(world, knows)
        complete = float(np.mean(run.log.cases["returns"] == 0))
        z = z_of(f"complete, knows {knows:.3f}", complete, theory, 5_000)
        assert abs(z) > 6 if caught else abs(z) < 4
        assert set(run.log.cases["returns"]) == {0, 1}


@pytest.mark.heavy
@pytest.mark.parametrize(("knows", "finds"), [(0.9, 0.6), (0.6, 0.5), (0.5, 0.9)])
def test_letters_until_complete_are_as_many_as_the_office_makes_them(
    world: Runner, knows: float, finds: float
) -> None:
    """An office that finds each lacking paper with chance f: letters, and the share complete."""
    run = filed(world, knows, finds=finds)
    returns = run.log.cases["returns"]
    mean, deviation, complete = letters(PAPERS, knows, finds)
    z = (returns.mean() - mean) / (deviation / 5_000**0.5)
    assert abs(report(f"letters, knows {knows} finds {finds}", returns.mean(), mean, z)) < 4
    clean = sum(outcome == "clean" for outcome, _, _ in ends(run)) / 5_000
    assert abs(z_of("  complete in the end", clean, complete, 5_000)) < 4


@pytest.mark.heavy
def test_two_per_cent_too_much_finding_is_caught(world: Runner) -> None:
    """One paper that nobody knows of: complete in the end with f, 0.95 in theory."""
    for finds, caught in ((0.95, False), (0.95 * 1.02, True)):
        run = filed(world, 0, finds=finds, cases=8_000, papers=1)
        share = sum(outcome == "clean" for outcome, _, _ in ends(run)) / 8_000
        z = z_of(f"complete in the end, finds {finds:.3f}", share, 0.95, 8_000)
        assert abs(z) > 6 if caught else abs(z) < 4


# -- common random numbers -------------------------------------------------------------------------


def at_first(run: Run) -> list[frozenset[str]]:
    """Return which papers each case had fetched when it first filed."""
    filed_at = {row["case"]: row["enabled"] for row in reversed(run.rows("file"))}
    had: list[set[str]] = [set() for _ in run.log.cases]
    for row in run.rows():
        if row["step"].startswith("get_") and row["closed"] <= filed_at[row["case"]]:
            had[row["case"]].add(row["step"])
    return [frozenset(one) for one in had]


def works(run: Run, step: str) -> list[tuple[int, int]]:
    """Return case and seconds of the first visit of each case to a step."""
    rows = [row for row in run.rows(step) if row["visit"] == 1]
    return sorted((row["case"], row["finished"] - row["started"]) for row in rows)


def test_who_knows_more_knows_all_that_others_know_case_by_case(world: Runner) -> None:
    """More papers, no more letters; and the work of a first filing stays what it was."""
    runs = [filed(world, knows, cases=300, papers=4, finds=0.7) for knows in (0.2, 0.6, 0.95)]
    for less, more in pairwise(runs):
        assert all(a <= b for a, b in zip(at_first(less), at_first(more), strict=True))
        assert at_first(less) != at_first(more)
        assert (less.log.cases["returns"] >= more.log.cases["returns"]).all()
        assert works(less, "file") == works(more, "file")


def test_a_step_or_staff_more_change_no_draw_of_what_is_known(world: Runner) -> None:
    """Each case leaves out what it left out; an added paper is drawn by itself."""
    plain = filed(world, 0.5, cases=300, papers=4)
    staffed = filed(world, 0.5, cases=300, papers=4, staff=", staff: 3")
    extra = "  more: {gives: [extra], by: desk, work: 1h}\n"
    added = filed(world, 0.5, cases=300, papers=4, extra=extra)
    larger = filed(world, 0.5, cases=300, papers=5)
    assert at_first(plain) == at_first(staffed) == at_first(added)
    assert at_first(plain) == [one - {"get_a4"} for one in at_first(larger)]
    assert works(plain, "file") == works(staffed, "file") == works(larger, "file")


def test_an_ai_that_knows_more_leaves_out_a_part_of_what_a_person_does(world: Runner) -> None:
    """The same draws in both channels: no case gets more letters by the AI, and many fewer."""
    text = filing(papers=4).replace("owner: novice,", "owner: novice, ai: bot,")
    text = text.replace("{median: 1h, p90: 2h}}", "1h, agentic: {by: ai}}")
    agents = person("50%") | {"bot": f"{{agent: bot, kind: ai, knows: 90%, {ANSWER}}}"}
    case = "{count: 300, using: [p]}"
    by_hand, by_ai = (
        world(text, case, agents=agents, channel=channel).log.cases["returns"]
        for channel in ("digital", "agentic")
    )
    assert (by_ai <= by_hand).all()
    assert by_ai.sum() < by_hand.sum() / 2


def test_an_outdated_manual_misleads_in_all_cases_of_its_call(world: Runner) -> None:
    """Thirty calls of ten cases each: lowered for some, it hits all cases of these and no other."""
    manual = "attributes: {manual: {new: 60%, old: 40%}}\ndocuments:"
    text = filing(papers=3).replace("documents:", manual, 1)
    case = "{count: 300, using: [p], sites: {count: 30, share: [manual]}}"
    good, bad = (
        world(text, case, agents=person(f"{{by: manual, new: 100%, old: {old}}}"))
        for old in ("100%", "0%")
    )
    old = bad.log.attributes[:, bad.model.attributes.index("manual")] == 1
    assert all(len(set(old[call::30])) == 1 for call in range(30))
    assert 50 < old.sum() < 250
    assert (bad.log.cases["returns"] == old).all()
    assert (good.log.cases["returns"] == 0).all()
    one, other = (np.sort(run.log.events, order=["case", "step"]) for run in (good, bad))
    assert (one[~old[one["case"]]] == other[~old[other["case"]]]).all()


# -- what is refused, and what is not --------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        ("{fix: {then: {fix: {work: 1h}}}}", True),
        ("{seldom: {when: {chance: 1%}, then: {fix: {work: 1h}}}}", True),
        ("{fix: {when: {defect: missing}, then: {fix: {work: 1h}}}}", True),
        ("{fix: {when: {defect: slip}, then: {fix: {work: 1h}}}}", False),
        ("{back: {when: {defect: missing}, then: return}, fix: {then: {fix: {work: 1h}}}}", False),
        ("{late: {when: {returns: 2}, then: return}, fix: {then: {fix: {work: 1h}}}}", True),
        ("{pass: {then: overlook}}", False),
        ("{end: {then: dismiss}}", False),
    ],
)
def test_no_rule_mends_what_was_left_out(world: Runner, found: str, refused: bool) -> None:  # noqa: FBT001
    """Whoever may meet a paper left out may send it back, overlook it or dismiss the case."""
    desk = f"{{agent: judge, kind: office, rules: {{found: {found}}}}}"
    text = ONE.replace("desk: office", "desk: judge").replace(
        "defects: {", "defects: {slip: Slip, "
    )
    text = text.replace("finds: {missing: 100%}", "finds: {missing: 90%, slip: 90%}")
    refusal = (
        pytest.raises(InvalidInput, match=r"judge\.yaml:1:.*'fix' cannot bring a paper")
        if refused
        else nullcontext()
    )
    with refusal:
        world(text, agents=person("50%") | {"judge": desk})


def test_only_what_may_lack_a_paper_cannot_be_kept(world: Runner) -> None:
    """The proof and what the office gives may be; and the filing too if everybody knows."""
    for name in ("Permit", "Other"):
        kept = ONE.replace(f": {name}\n", ": {en: A, ja: A, kept: true}\n")
        assert ends(world(kept, agents=person("0%"))) == [("clean", None, 1)]
    kept = ONE.replace("filing: Filing", "filing: {en: A, ja: A, kept: true}")
    with pytest.raises(InvalidInput, match=r"p\.yaml:7:26: 'filing' cannot be kept"):
        world(kept, agents=person("0%"))
    assert ends(world(kept.replace("novice", "person"))) == [("clean", None, 0)]


def test_knowledge_is_a_number_like_any_other(world: Runner) -> None:
    """It may be set from outside and goes by a lever."""
    assert ends(world(ONE, agents=person("0%"), sets=("agents.novice.knows=100%",)))[0][2] == 0
    text = ONE + "levers: {guide: {default: none, values: [none, good]}}\n"
    agents = person("{by: guide, good: 100%, none: 0%}")
    assert ends(world(text, agents=agents))[0][2] == 1
    assert ends(world(text, scenario="levers: {guide: good}", agents=agents))[0][2] == 0


def test_what_is_a_goal_by_itself_is_wanted_by_who_would_not_know_to_attach_it(
    world: Runner,
) -> None:
    """Its defect is a wrong result, no loose end."""
    run = world(ONE, "{count: 1, using: [p], goal: [proof]}", agents=person("0%"))
    assert run.given("proof") == HOUR

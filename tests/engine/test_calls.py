"""Calls: not enough for all, and who is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.errors import InvalidInput

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR, DAY = 3600, 24 * 3600

GRANT = """
calendars: {closing: {days: [fri], at: ["17:00"], holidays: open}}
attributes: {score: {uniform: [0, 1000]}, asked_for: {uniform: [1000000, 9000000]}, adopted: false}
steps:
  write: {gives: [form], by: me, work: WORK, makes: {slip: SLIP}, again: {makes: none}}
  choose: {needs: [form], gives: [letter], by: boss, work: 1h, delay: 2d, select: SELECT}
  settle: {needs: [letter], gives: [money], by: desk, if: {adopted: true}, finds: {slip: 100%}}
goal: [money]
ends: [{when: {adopted: false}, as: rejected}]
"""
RANKED = "{at: closing, places: 7, rank: score, decides: adopted}"
BUDGET = "{at: closing, budget: 40000000, costs: asked_for, rank: score, decides: adopted}"
QUICKEST = "{at: closing, budget: 40000000, costs: asked_for, decides: adopted}"


def granted(play: Runner, select: str, case: str = "{count: 60, using: [p]}", **more: Any) -> Run:
    """Run the grant; ``more`` may say the work and the slips of the form."""
    text = GRANT.replace("SELECT", select).replace("WORK", more.pop("work", "1h"))
    return play(text.replace("SLIP", more.pop("slip", "0%")), case=case, **more)


def column(run: Run, attribute: str) -> list[int]:
    """Return an attribute of all cases, in order of their numbers."""
    told: list[int] = run.log.attributes[:, run.model.attributes.index(attribute)].tolist()
    return told


def calls(run: Run) -> dict[int, list[int]]:
    """Return the cases of each call, by the second at which it closed."""
    found: dict[int, list[int]] = {}
    for row in run.rows("choose"):
        if row["visit"] == 1:
            found.setdefault(row["enabled"], []).append(row["case"])
    return {time: sorted(cases) for time, cases in sorted(found.items())}


def greedy(cases: list[int], costs: list[int], budget: int) -> set[int]:
    """Return who is taken in this order until the budget is not enough for the next."""
    upto = np.cumsum([costs[case] for case in cases])
    return set(cases[: int(np.argmax(np.append(upto, budget + 1) > budget))])


def best(run: Run, cases: list[int]) -> list[int]:
    """Return some cases in order of their score, the highest first, then of their numbers."""
    score = column(run, "score")
    return sorted(cases, key=lambda case: (-score[case], case))


def taken(run: Run) -> set[int]:
    """Return who was taken."""
    return {case for case, adopted in enumerate(column(run, "adopted")) if adopted}


ALL_YEAR = "{count: 400, arrivals: {exponential: {mean: 5h}}, using: [p]}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_of_each_call_are_taken_as_sorting_says(play: Runner, seed: int) -> None:
    """Calls close on Fridays; each has seven places, and who comes later goes to the next."""
    run = granted(play, RANKED, ALL_YEAR, seed=seed)
    each = calls(run)
    assert len(each) > 10
    assert all((time - 17 * HOUR) % DAY == 0 for time in each)
    assert taken(run) == {case for cases in each.values() for case in best(run, cases)[:7]}
    ready = {row["case"]: row["ready"] for row in run.rows("choose")}
    closings = [0, *each]
    for before, time in zip(closings, each, strict=False):
        assert all(before < ready[case] <= time for case in each[time])
    outcomes = [case["outcome"] == "clean" for case in run.cases()]
    assert outcomes == [bool(adopted) for adopted in column(run, "adopted")]


def test_ties_go_to_the_smaller_number(play: Runner) -> None:
    """All are equally good."""
    run = granted(play, RANKED, "{count: 20, using: [p], attributes: {score: 5}}")
    assert taken(run) == set(range(7))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_budget_is_spent_from_the_best_on_as_a_greedy_sum_says(play: Runner, seed: int) -> None:
    """Whoever asks for more than is left ends the call: nobody worse is taken instead."""
    run = granted(play, BUDGET, ALL_YEAR, seed=seed)
    costs = column(run, "asked_for")
    each = calls(run).values()
    wanted = [greedy(best(run, cases), costs, 40_000_000) for cases in each]
    assert taken(run) == set[int]().union(*wanted)
    assert any(len(one) < len(cases) for one, cases in zip(wanted, each, strict=True))


def test_without_a_rank_who_comes_first_is_taken_at_once(play: Runner) -> None:
    """Nobody waits for the others; on Friday evening a new budget begins."""
    run = granted(play, QUICKEST, ALL_YEAR)
    rows = {row["case"]: row for row in run.rows("choose")}
    assert all(row["ready"] == row["enabled"] for row in rows.values())
    costs, slots = column(run, "asked_for"), run.model.timetables[0]
    each: dict[int, list[int]] = {}
    for case in sorted(rows, key=lambda case: (rows[case]["ready"], case)):
        each.setdefault(slots.next_slot(rows[case]["ready"]), []).append(case)
    wanted = [greedy(cases, costs, 40_000_000) for cases in each.values()]
    assert taken(run) == set[int]().union(*wanted)


def test_without_an_end_there_is_one_budget_for_all(play: Runner) -> None:
    """Five places, and no call closes: the first five have them."""
    run = granted(play, "{places: 5, decides: adopted}", "{count: 9, arrivals: 7d, using: [p]}")
    assert taken(run) == {0, 1, 2, 3, 4}


def test_a_place_once_given_survives_a_return(play: Runner) -> None:
    """All forms have a slip that is found after the call; who was taken takes no other's place.

    Corrected papers do not wait for the next Friday, and the next call has all its places.
    """
    once = granted(play, RANKED, "{count: 40, arrivals: 8h, using: [p]}")
    run = granted(play, RANKED, "{count: 40, arrivals: 8h, using: [p]}", slip="100%")
    assert taken(run) == taken(once)
    again = [row for row in run.rows("choose") if row["visit"] == 2]
    assert {row["case"] for row in again} == taken(run)
    assert {row["enabled"] - row["ready"] for row in again} == {0}
    assert {case["outcome"] for case in run.cases() if case["case"] in taken(run)} == {"clean"}


def test_places_may_change_with_time(play: Runner) -> None:
    """Ten in the first week, two later: what counts is when a call closes."""
    select = "{at: closing, places: {by: time, 0d: 10, 7d: 2}, rank: score, decides: adopted}"
    run = granted(play, select, "{count: 100, arrivals: 4h, using: [p]}")
    counts = [len(taken(run).intersection(cases)) for cases in calls(run).values()]
    assert counts[:2] == [10, 2]


def test_one_call_is_for_all_channels(play: Runner) -> None:
    """Half of them apply on paper, at a desk of their own; the best of both are taken."""
    run = play(
        """
calendars: {closing: {days: [fri], at: ["17:00"], holidays: open}}
attributes: {card: 50%, score: {uniform: [0, 1000]}, adopted: false}
steps:
  choose:
    gives: [letter]
    select: {at: closing, places: 9, rank: score, decides: adopted}
    analog: {by: clerk, work: 2h}
    digital: {open_to: {card: true}, by: boss, work: 1h}
goal: [letter]
""",
        case="{count: 50, using: [p]}",
    )
    assert {row["channel"] for row in run.rows("choose")} == {0, 1}
    assert taken(run) == set(best(run, list(range(50)))[:9])


def test_who_gives_up_in_the_meantime_is_not_there(play: Runner) -> None:
    """The best lose patience before Friday; the places go to those who are there."""
    hasty = (
        "{agent: hasty, kind: person, rules: {returned: {redo: {then: redo}}, waiting: "
        "{tired: {when: {waited: '>= 1d', score: '> 500'}, then: give_up}}}}"
    )
    run = granted(
        lambda text, **more: play("actors: {me: hasty}" + text, **more),
        RANKED,
        agents={"hasty": hasty},
    )
    score = column(run, "score")
    there = [case for case in range(60) if score[case] <= 500]
    assert taken(run) == set(best(run, there)[:7])


def test_the_choice_is_known_when_it_is_told_and_not_before(play: Runner) -> None:
    """The call closes on Friday at 17:00, the letter comes three hours and two days later."""
    run = granted(play, RANKED, "{count: 8, using: [p]}")
    told = {row["closed"] for row in run.rows("choose")}
    (friday,) = calls(run)
    assert told == {friday + (1 + 48) * HOUR}
    assert {case["end"] for case in run.cases()} == told


def refused(play: Runner, change: dict[str, str], select: str = RANKED, **more: Any) -> str:
    """Return the first problem of a grant in which some lines stand otherwise."""
    text = GRANT.replace("SELECT", select).replace("WORK", "1h").replace("SLIP", "0%")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(InvalidInput) as error:
        play(text, **more)
    return error.value.problems[0].key


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"work: 1h, makes": "work: {by: adopted, true: 1h, else: 2h}, makes"}, "chosen_later"),
        (
            {"by: boss, work: 1h": "by: boss, work: {by: adopted, true: 1h, else: 2h}"},
            "chosen_later",
        ),
        ({"score: {uniform: [0, 1000]}": "score: {by: adopted, true: 5, else: 3}"}, "chosen_later"),
        ({"adopted: false}": "adopted: 40%}"}, "select_drawn"),
        ({"rank: score": "rank: adopted"}, "chosen_later"),
        ({"places: 7": "places: {by: score, 7: 1, else: 2}"}, "select_shape"),
        ({"places: 7": "places: {uniform: [1, 5]}"}, "select_shape"),
        ({"work: 1h, delay": "batch: {}, work: 1h, delay"}, "select_alone"),
        ({"work: 1h, delay": "once: site, work: 1h, delay"}, "select_alone"),
        ({"at: closing": "at: office"}, "until_not_timetable"),
        ({"rank: score": "rank: scroe"}, "unknown_attribute"),
    ],
)
def test_what_cannot_be_meant_is_refused(play: Runner, change: dict[str, str], key: str) -> None:
    """Nothing reads the choice before it is made, and it is drawn by nobody else."""
    assert refused(play, change) == key


def test_what_waits_for_the_choice_may_look_it_up(play: Runner) -> None:
    """The step behind the letter knows; a stream that draws the attribute does not."""
    looked = "by: desk, work: {by: adopted, true: 1h, else: 2h}"
    text = GRANT.replace("by: desk, if: {adopted: true}", looked).partition("ends:")[0]
    for old, new in (("SELECT", RANKED), ("WORK", "1h"), ("SLIP", "0%")):
        text = text.replace(old, new)
    run = play(text, case="{count: 9, using: [p]}")
    took = {row["case"]: row["finished"] - row["started"] for row in run.rows("settle")}
    assert took == {case: HOUR if case in taken(run) else 2 * HOUR for case in range(9)}
    drawn = "{count: 9, using: [p], attributes: {adopted: 40%}}"
    assert refused(play, {}, case=drawn) == "select_drawn"


def test_an_agents_rule_may_not_test_the_choice(play: Runner) -> None:
    """A rule may be asked at any time."""
    rule = "{when: {adopted: false, waited: '> 1d'}, then: give_up}"
    agents = {"hasty": f"{{agent: hasty, kind: person, rules: {{waiting: {{out: {rule}}}}}}}"}
    change = {"\ncalendars": "\nactors: {me: hasty}\ncalendars"}
    assert refused(play, change, agents=agents) == "chosen_later"

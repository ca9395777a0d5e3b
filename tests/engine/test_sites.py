"""Sites: one case of a place does a step for all of them, and what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kpi.measures import measure

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600

BUDGET = """
steps:
  vote: {gives: [budget], by: clerk, work: 2h, delay: 10h, once: site, burden: {forms: 1}}
  pay: {needs: [budget], gives: [money], by: desk, work: 1h}
goal: [money]
"""
TOWNS = "{count: 4, arrivals: 9h, using: [p], sites: 2}"


def closed(run: Run, step: str) -> dict[int, int]:
    """Return the hour at which each case had a step done."""
    return {row["case"]: row["closed"] // HOUR for row in run.rows(step)}


def test_the_first_case_of_a_site_does_it_for_the_others(play: Runner) -> None:
    """Cases come at 9, 18, 27 and 36h, in turn from two towns; a vote takes 2 and 10 hours."""
    run = play(BUDGET, case=TOWNS)
    assert closed(run, "vote") == {0: 21, 1: 30, 2: 27, 3: 36}
    assert closed(run, "pay") == {0: 22, 1: 31, 2: 28, 3: 37}
    table = measure(run.model, run.log).cases
    assert list(table["office"]) == [3 * HOUR, 3 * HOUR, HOUR, HOUR]
    assert list(table["forms"]) == [1, 1, 0, 0]


def test_whoever_comes_while_it_is_done_waits_for_it(play: Runner) -> None:
    """All four at once: one vote a town, one after the other, and all have it at 12h or 14h."""
    run = play(BUDGET, case="{count: 4, using: [p], sites: 2}")
    assert closed(run, "vote") == {0: 12, 1: 14, 2: 12, 3: 14}
    waited = {row["case"]: row["enabled"] // HOUR for row in run.rows("vote")}
    assert waited == {0: 0, 1: 0, 2: 12, 3: 14}
    table = measure(run.model, run.log).cases
    assert list(table["transit"]) == [10 * HOUR, 10 * HOUR, 12 * HOUR, 14 * HOUR]


def test_without_sites_every_case_does_it_itself(play: Runner) -> None:
    """The word alone changes nothing."""
    run = play(BUDGET, case="{count: 2, using: [p]}")
    assert closed(run, "vote") == {0: 12, 1: 14}
    assert list(measure(run.model, run.log).cases["office"]) == [3 * HOUR, 3 * HOUR]


def test_when_the_first_gives_up_the_next_does_it(play: Runner) -> None:
    """The first case of the town loses patience at 5h, in the delay of the vote."""
    hasty = (
        "{agent: hasty, kind: person, rules: {waiting: {"
        "tired: {when: {waited: '>= 5h', first: true}, then: give_up}}}}"
    )
    run = play(
        "actors: {me: hasty}\nattributes: {first: {value: 0%}}\n" + BUDGET.strip(),
        case="{count: 2, arrivals: 1h, using: [p], sites: 1,"
        " attributes: {first: {by: time, 0h: true, 2h: false}}}",
        agents={"hasty": hasty},
    )
    rows = sorted(run.rows("vote"), key=lambda row: row["case"])
    assert [row["result"] for row in rows] == ["dropped", "given"]
    assert rows[1]["closed"] == (6 + 12) * HOUR


def test_what_was_made_for_a_site_is_wrong_for_all_of_it(play: Runner) -> None:
    """A slip in the printed forms of a town is in every form of the town."""
    run = play(
        """
defects: {slip: {en: s, ja: s, harm: h}}
steps:
  print: {gives: [form], by: desk, work: 1h, once: site, makes: {slip: 50%}}
goal: [form]
""",
        case="{count: 200, using: [p], sites: 20}",
    )
    flawed = [case["outcome"] == "flawed" for case in run.cases()]
    towns = [sum(flawed[site::20]) for site in range(20)]
    assert set(towns) == {0, 10}


def test_what_is_sent_back_is_done_again_by_that_case_alone(play: Runner) -> None:
    """The slip in the print of the town is found in every case; each prints anew for itself."""
    run = play(
        """
steps:
  print: {gives: [form], by: desk, work: 1h, once: site, makes: {slip: 100%},
          again: {makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: desk, work: 1h, finds: {slip: 100%}}
goal: [permit]
""",
        case="{count: 5, using: [p], sites: 1}",
    )
    assert [len(run.rows("print", case=case)) for case in range(5)] == [2] * 5
    again = [row for row in run.rows("print") if row["visit"] > 1]
    assert {row["finished"] - row["started"] for row in again} == {HOUR}


def test_cases_of_a_site_share_what_they_are_told_to(play: Runner) -> None:
    """The office of a town is damaged for everybody there; who is at home is up to each."""
    run = play(
        """
attributes: {damaged: {value: 50%}, home: {value: 50%}}
steps: {pay: {gives: [money], by: desk}}
goal: [money]
""",
        case="{count: 200, using: [p], sites: {count: 20, share: [damaged]}}",
    )
    damaged, home = (run.log.attributes[:, i].reshape(10, 20) for i in range(2))
    assert (damaged == damaged[0]).all()
    assert 0 < damaged[0].sum() < 20
    assert (home != home[0]).any()


def test_who_was_too_busy_to_begin_has_what_another_began(play: Runner) -> None:
    """Both queue for the desk first; the first case then acts for the place, from 10h to 11h.

    The second stands at the desk till 20h, but what the place has it has at 11h.
    """
    run = play(
        """
steps:
  file: {gives: [filed], by: [me, clerk], work: 10h}
  vote: {gives: [vote], by: me, work: 1h, once: site}
goal: [filed, vote]
""",
        case="{count: 2, using: [p], sites: 1}",
    )
    assert [run.given("vote", case) for case in (0, 1)] == [11 * HOUR, 11 * HOUR]

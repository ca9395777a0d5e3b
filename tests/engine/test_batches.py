"""Batches: who goes together, who works for them, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.errors import InvalidInput
from sim.kpi.measures import measure

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR
FILE = 'calendars: {run: {days: daily, at: ["11:00"], holidays: open}}'
EVERY_HOUR = "{count: 4, arrivals: 4h, using: [p]}"

HASTY = {
    "hasty": "{agent: hasty, kind: person, rules: {waiting: {"
    "tired: {when: {waited: '>= 10h', first: true}, then: give_up}}}}"
}
FIRST_OF_THREE = "b: {count: 1, using: p, attributes: {first: true}}, c: {count: 2, using: p}}"


def times(run: Run, step: str) -> list[tuple[int, int, int, int]]:
    """Return case and the hours of being ready, enabled and given, in order of cases."""
    rows = sorted(run.rows(step), key=lambda row: (row["case"], row["visit"]))
    return [
        (row["case"], row["ready"] // HOUR, row["enabled"] // HOUR, row["closed"] // HOUR)
        for row in rows
    ]


def test_whoever_is_ready_by_the_next_run_goes_with_it(play: Runner) -> None:
    """They come at 0, 4, 8 and 12h; the file is made at 11:00, in one hour by one clerk."""
    run = play(
        f"""
{FILE}
steps:
  pay: {{gives: [money], by: clerk, work: 1h, batch: {{at: run}}}}
goal: [money]
""",
        case=EVERY_HOUR,
    )
    assert times(run, "pay") == [
        (0, 4, 11, 12),
        (1, 8, 11, 12),
        (2, 12, 35, 36),
        (3, 16, 35, 36),
    ]
    table = measure(run.model, run.log).cases
    assert list(table["office"]) == [HOUR, 0, HOUR, 0]  # the work is done once
    assert list(table["transit"]) == [7 * HOUR, 3 * HOUR, 23 * HOUR, 19 * HOUR]


def test_more_than_a_batch_holds_go_in_several(play: Runner) -> None:
    """Five at once, two together: the one clerk works for three hours."""
    run = play(
        """
steps: {pay: {gives: [money], by: clerk, work: 1h, batch: {most: 2}}}
goal: [money]
""",
        case="{count: 5, using: [p]}",
    )
    assert [closed for _, _, _, closed in times(run, "pay")] == [1, 1, 2, 2, 3]


def test_without_a_timetable_those_of_one_second_go_together(play: Runner) -> None:
    """Two are ready at 1h; the third is at 2h30 and has to wait for the clerk."""
    run = play(
        """
steps:
  order: {gives: [order], by: me, work: 1h}
  pay: {needs: [order], gives: [money], by: clerk, work: 2h, batch: {}}
goal: [money]
""",
        sets=("cases={a: {count: 2, using: p}, b: {count: 1, using: p, arrivals: 90min}}",),
    )
    assert times(run, "pay") == [(0, 1, 1, 3), (1, 1, 1, 3), (2, 2, 2, 5)]


def test_a_defect_is_made_for_the_whole_batch_and_found_for_the_whole(play: Runner) -> None:
    """One file in two has a slip; the bank finds half of them, in all of a file or in none."""
    run = play(
        f"""
{FILE}
steps:
  make: {{gives: [file], by: clerk, batch: {{at: run, most: 10}}, makes: {{slip: 50%}}}}
  check: {{needs: [file], gives: [money], by: desk, batch: {{}}, finds: {{slip: 50%}}}}
goal: [money]
defects: {{slip: {{en: s, ja: s, harm: h}}}}
""",
        case="{count: 400, using: [p]}",
    )
    first = [row for row in run.rows("check") if row["visit"] == 1]
    results = [row["result"] for row in sorted(first, key=lambda row: row["case"])]
    returned = [results[i : i + 10].count("returned") for i in range(0, 400, 10)]
    assert set(returned) == {0, 10}
    assert 3 < returned.count(10) < 18  # one in four


def test_what_each_case_did_wrong_itself_is_found_apart(play: Runner) -> None:
    """Half of the forms have a slip of their own; the batch returns these only."""
    run = play(
        """
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 50%}, again: {makes: {slip: 0%}}}
  check: {needs: [form], gives: [permit], by: clerk, batch: {}, finds: {slip: 60%}}
goal: [permit]
defects: {slip: {en: s, ja: s, harm: h}}
""",
        case="{count: 200, using: [p]}",
    )
    back = sum(row["result"] == "returned" for row in run.rows("check"))
    assert 40 < back < 80
    assert run.rows("check")[0]["closed"] == HOUR


def test_when_the_first_gives_up_in_the_queue_the_next_takes_its_place(play: Runner) -> None:
    """The clerk is busy for a day; the first case loses patience at 10h."""
    run = play(
        """
applicant: me
actors: {me: hasty}
attributes: {first: {value: 0%}}
steps:
  block: {gives: [other], by: clerk, work: 1d}
  pay: {gives: [money], by: clerk, work: 1h, batch: {}}
goal: [money]
""",
        sets=(
            f"cases={{a: {{count: 1, using: p, goal: [other], background: true}}, {FIRST_OF_THREE}",
        ),
        agents=HASTY,
    )
    assert [row["result"] for row in sorted(run.rows("pay"), key=lambda row: row["case"])] == [
        "withdrawn",
        "given",
        "given",
    ]
    assert {closed for case, _, _, closed in times(run, "pay") if case > 1} == {25}
    office = list(measure(run.model, run.log).cases["office"])
    assert office == [0, HOUR, 0]


def test_who_takes_the_place_of_the_first_knows_the_queue_as_well(play: Runner) -> None:
    """At 24h somebody waits behind the batch, and the work takes five hours instead of one."""
    one = "{count: 1, using: p, goal: [other], background: true"
    others = f"z: {one}, arrivals: 12h}}, a: {one}}}"
    run = play(
        """
applicant: me
actors: {me: hasty}
attributes: {first: {value: 0%}}
steps:
  block: {gives: [other], by: clerk, work: 1d}
  pay: {gives: [money], by: clerk, work: {by: queue, 0: 1h, else: 5h}, batch: {}}
goal: [money]
""",
        sets=(f"cases={{{others}, {FIRST_OF_THREE}",),
        agents=HASTY,
    )
    assert {hours[-1] for hours in times(run, "pay") if hours[-1] > 10} == {29}


def test_work_in_hand_goes_on_for_the_others_when_the_first_is_over(play: Runner) -> None:
    """The first case loses patience at 10h, in the middle of the work of a day."""
    run = play(
        """
actors: {me: hasty}
attributes: {first: {value: 0%}}
steps: {pay: {gives: [money], by: clerk, work: 1d, batch: {}}}
goal: [money]
""",
        sets=(f"cases={{{FIRST_OF_THREE}",),
        agents=HASTY,
    )
    rows = sorted(run.rows("pay"), key=lambda row: row["case"])
    assert [row["result"] for row in rows] == ["dropped", "given", "given"]
    assert {row["closed"] for row in rows} == {DAY}


def test_a_batch_is_for_staff_and_systems(play: Runner) -> None:
    """A person acts for one case."""
    with pytest.raises(InvalidInput, match="is done by staff or systems"):
        play("steps: {pay: {gives: [money], by: me, batch: {}}}\ngoal: [money]")


MONEY = """
attributes: {{amount: {{value: 100000}}}}
defects: {{twice: {{en: t, ja: t, harm: h, loss: {loss}}}}}
actors: {{desk: {{agent: finder, staff: 1}}}}
steps:
  make: {{gives: [file], by: clerk, batch: {{}}, makes: {{twice: 100%}},
         again: {{makes: {{twice: 0%}}}}}}
  check: {{needs: [file], gives: [checked], by: clerk, batch: {{}}, finds: {{twice: {early}}}}}
  pay: {{needs: [checked], gives: [paid], by: clerk, batch: {{}}, pays: true}}
  match: {{needs: [paid], gives: [matched], by: desk, batch: {{}}, finds: {{twice: {late}}}}}
goal: [matched]
"""
FINDER = {
    "finder": "{agent: finder, kind: office, rules: {found: {"
    "back: {then: {fix: {work: 1h, recovers: 92.85%}}}}}}"
}


def paid(play: Runner, loss: str = "amount", early: str = "0%", late: str = "100%") -> list[int]:
    """Return yen mispaid, detected and recovered of 463 cases together."""
    text = MONEY.format(loss=loss, early=early, late=late)
    cases = play(text, case="{count: 463, using: [p]}", agents=FINDER).cases()
    return [sum(case[name] for case in cases) for name in ("mispaid", "detected", "recovered")]


def test_money_that_leaves_with_a_defect_is_astray_until_somebody_finds_it(play: Runner) -> None:
    """463 households, 100,000 yen each; 92.85 % comes back."""
    assert paid(play) == [46_300_000, 46_300_000, 463 * 92_850]
    assert paid(play, loss="20000") == [9_260_000, 9_260_000, 463 * 18_570]


def test_what_goes_astray_may_depend_on_the_channel_of_the_slip(play: Runner) -> None:
    """Made online in all cases: 100 yen each; made on paper it would be 7."""
    loss = "{by: made_in, analog: 7, digital: 100, agentic: 9}"
    text = MONEY.format(loss=loss, early="0%", late="100%")
    cases = play(text, case="{count: 3, using: [p]}", agents=FINDER, channel="digital").cases()
    assert [case["mispaid"] for case in cases] == [100, 100, 100]


def test_what_nobody_finds_is_neither_detected_nor_recovered(play: Runner) -> None:
    """The office does not match its accounts."""
    assert paid(play, late="0%") == [46_300_000, 0, 0]


def test_what_is_found_before_the_money_leaves_costs_nothing(play: Runner) -> None:
    """The check mends it, and nothing comes back since nothing went."""
    assert paid(play, early="100%") == [0, 0, 0]


def test_money_comes_back_only_if_the_fix_is_made(play: Runner) -> None:
    """The case expires in the middle of the 50 hours that the fix takes: found, not recovered."""
    slow = {
        "finder": "{agent: finder, kind: office, rules: {found: {"
        "back: {then: {fix: {work: 50h, recovers: 90%}}}}}}"
    }
    text = MONEY.format(loss="1000", early="0%", late="100%")
    text += "deadlines: [{document: matched, within: 10h, missed: expired}]\n"
    (case,) = play(text, case="{count: 1, using: [p]}", agents=slow).cases()
    assert (case["mispaid"], case["detected"], case["recovered"]) == (1000, 1000, 0)


def test_money_leaves_once_a_case_for_each_defect(play: Runner) -> None:
    """A second payment with the same mistake in it sends no more yen astray."""
    run = play(
        """
defects: {twice: {en: t, ja: t, harm: h, loss: 1000}}
steps:
  make: {gives: [file], by: desk, makes: {twice: 100%}}
  pay: {needs: [file], gives: [paid], by: desk, pays: true}
  send: {needs: [file, paid], gives: [sent], by: desk, pays: true, finds: {twice: 0%}}
goal: [sent]
"""
    )
    (case,) = run.cases()
    assert (case["mispaid"], case["detected"], case["recovered"]) == (1000, 0, 0)


TWO_FIXES = """
defects: {{twice: {{en: t, ja: t, loss: 1001}}}}
actors: {{first: one, second: other}}
steps:
  make: {{gives: [file], by: desk, makes: {{twice: 100%}}}}
  pay: {{needs: [file], gives: [paid], by: desk, pays: true}}
  copy: {{needs: [paid], gives: [copied], by: desk}}
  match: {{needs: [copied], gives: [matched], by: first, finds: {{twice: 100%}}}}
  audit: {{needs: [copied, matched], gives: [audited], by: second, finds: {{twice: 100%}}}}
goal: [audited]
"""


@pytest.mark.parametrize(("shares", "yen"), [((50, 25), 501), ((25, 50), 501), ((30, 30), 300)])
def test_of_several_fixes_the_best_counts(play: Runner, shares: tuple[int, int], yen: int) -> None:
    """Of 1,001 yen 50 % come back, rounded half up to 501, or 30 % (300); never 75 or 60 %."""
    rules = "{found: {mend: {then: {fix: {work: 1h, recovers: %d%%}}}}}"
    agents = {
        name: f"{{agent: {name}, kind: office, rules: {rules % share}}}"
        for name, share in zip(("one", "other"), shares, strict=True)
    }
    (case,) = play(TWO_FIXES.format(), agents=agents).cases()
    assert (case["mispaid"], case["detected"], case["recovered"]) == (1001, 1001, yen)


def test_what_a_case_makes_alone_later_is_found_apart(play: Runner) -> None:
    """Every slip of the first file is found; each redoes it in its own time, half are found."""
    hasty = (
        "{agent: hasty, kind: person, rules: {returned: {"
        "r: {then: {redo: {after: {uniform: [1h, 1000h]}}}}}}}"
    )
    run = play(
        """
actors: {me: hasty}
steps:
  make: {gives: [file], by: desk, batch: {}, makes: {slip: 100%}}
  check: {needs: [file], gives: [money], by: desk, work: 1h, finds: {slip: 100%},
          again: {finds: {slip: 50%}}}
goal: [money]
""",
        case="{count: 100, using: [p]}",
        agents={"hasty": hasty},
    )
    second = [row["result"] for row in run.rows("check") if row["visit"] == 2]
    assert 30 < second.count("returned") < 70


def test_each_case_of_a_batch_is_on_its_own_visit(play: Runner) -> None:
    """The first case was sent back once and makes no slip the second time; the other does."""
    run = play(
        """
attributes: {first: {by: time, 0h: true, 1s: false}}
defects: {bad: {en: b, ja: b, harm: h}}
steps:
  write: {gives: [form], by: desk, work: 1h, makes: {slip: {by: first, true: 100%, else: 0%}},
          again: {makes: {slip: 0%}}}
  make: {needs: [form], gives: [file], by: clerk, work: 5h, batch: {},
         makes: {bad: {by: visit, 1: 100%, else: 0%}}, finds: {slip: 100%, bad: 0%}}
goal: [file]
""",
        case="{count: 2, arrivals: 6h, using: [p]}",
    )
    assert run.cases()[-1]["outcome"] == "flawed"

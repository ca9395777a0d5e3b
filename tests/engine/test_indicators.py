"""Indicators: what decision makers see of all cases, and when; what nobody finds nobody sees."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pytest

from sim.errors import InvalidInput
from tests import worlds

DAY: Final = 86_400
SHARE: Final = 1 << 32

SEEN: Final = "{by: slips, " + ", ".join(f"{n}: {n} (0-99)" for n in range(20)) + ", else: 99}"
"""An attribute that is what an indicator was when the case came."""

HAND: Final = f"""
applicant: me
actors: {{me: robot, desk: office}}
calendars: {{}}
documents: {{form: Form, permit: Permit}}
defects: {{slip: Slip}}
attributes: {{seen: {SEEN}}}
indicators:
  slips: {{count: {{found: slip}}, over: 3d, known_after: 2d}}
steps:
  fill:
    gives: form
    by: me
    work: 1h
    makes: {{slip: {{by: weekday, wed: 100%, sat: 100%, else: 0%}}}}
  examine: {{needs: form, gives: permit, by: desk, work: 1h, finds: {{slip: 100%}}}}
goal: [permit]
"""
MENDS: Final = {
    "office": "{agent: office, kind: office, "
    "rules: {found: {mend: {then: {fix: {work: 0s}}}}}, hours: always}"
}


def test_a_count_with_window_and_lag_on_thirty_cases(world: Any) -> None:
    """A case every twelve hours; those of Wednesdays and Saturdays have a slip, found 2 h later.

    The first case comes on Wednesday, 1 April, at 12:00, so the slips of that day are found at
    14:00; the cases of 0:00 and 12:00 on Saturday, 4 April, at 2:00 and 14:00, and so on: on day 0
    one, on days 3, 7, 10 and 14 two each. On day D days D - 5 to D - 3 are published.
    """
    run = world(HAND, "{count: 30, arrivals: 12h, using: [p]}", agents=MENDS)
    of_day = [0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 2, 2, 2, 2, 2, 2]
    expected = [of_day[case // 2] for case in range(1, 31)]
    assert run.log.attributes[:, 0].tolist() == expected


RATIO: Final = """
applicant: me
actors: {me: robot, desk: office}
documents: {form: Form, permit: Permit}
defects: {slip: Slip, gap: Gap}
attributes:
  tested: {by: errors, "<= 50%": true, else: false}
indicators:
  errors: {count: {found: [slip, gap]}, per: {given: permit}, over: 2d, else: ELSE}
steps:
  fill:
    gives: form
    by: me
    makes:
      slip: {by: weekday, wed: 100%, else: 0%}
      gap: {by: weekday, wed: 100%, sun: 100%, else: 0%}
  examine: {needs: form, gives: permit, by: desk, delay: DELAY, finds: {slip: 100%, gap: 100%}}
goal: [permit]
"""


def seen_low(world: Any, otherwise: str, delay: str = "0s") -> list[int]:
    """Return which cases, one each noon from Wednesday on, see a ratio of at most one half."""
    text = RATIO.replace("ELSE", otherwise).replace("DELAY", delay)
    case = "{count: 8, arrivals: 1d, using: [p]}"
    run = world(text, case, "start: 2026-03-31T12:00\n", agents=MENDS)
    seen: list[int] = run.log.attributes[:, 0].tolist()
    return seen


def test_a_ratio_may_be_above_one_and_is_else_while_there_is_nothing(world: Any) -> None:
    """The case of Wednesday has two slips, that of Sunday one, the others none.

    The one that comes on Thursday sees 2 / 1; on Friday 2 / 2, on Saturday 0 / 2; the one on Monday
    (Sunday and Saturday are counted) 1 / 2, which is at most one half.
    """
    assert seen_low(world, "0%") == [1, 0, 0, 1, 1, 1, 1, 1]
    assert seen_low(world, "51%") == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_ratio_is_else_on_the_first_day_too(world: Any) -> None:
    """Nobody has been given anything when the first case comes."""
    for otherwise, low in (("50%", 1), ("51%", 0)):
        text = RATIO.replace("ELSE", otherwise).replace("DELAY", "0s")
        assert world(text).log.attributes.tolist() == [[low]]


@pytest.mark.parametrize(("cases", "share"), [(20, "5%"), (5, "20%"), (8, "12.5%")])
def test_one_of_so_many_is_exactly_its_share(world: Any, cases: int, share: str) -> None:
    """Bounds and ratios are rounded alike. All but the last case come on the first day.

    Without ``over`` the first day counts for ever.
    """
    text = f"""
    applicant: me
    actors: {{me: robot, desk: office}}
    documents: {{form: Form, permit: Permit}}
    defects: {{slip: Slip}}
    attributes:
      exact: {{by: errors, "< {share}": false, "> {share}": false, else: true}}
    indicators: {{errors: {{count: {{found: slip}}, per: {{given: permit}}}}}}
    steps:
      fill: {{gives: form, by: me, makes: {{slip: {{by: time, 0d: 100%, {1500 // cases}min: 0%}}}}}}
      examine: {{needs: form, gives: permit, by: desk, finds: {{slip: 100%}}}}
    goal: [permit]
    """
    case = f"{{count: {cases + 1}, arrivals: {1400 // cases}min, using: [p]}}"
    run = world(text, case, agents=MENDS)
    assert run.log.attributes[:, 0].tolist() == [0] * cases + [1]


def test_something_per_nothing_is_more_than_any_share(world: Any) -> None:
    """The permits come ten days late: on Thursday and Friday two slips stand against none."""
    assert seen_low(world, "0%", "10d") == [1, 0, 0, 1, 1, 0, 0, 1]


# -- against a recount -----------------------------------------------------------------------------

BUSY: Final = """
applicant: me
actors: {me: robot, desk: {agent: office, staff: 3}}
documents: {form: Form, permit: Permit}
defects: {slip: Slip}
attributes: {high: {by: errors, "> 20%": true, else: false}}
indicators:
  errors: {count: {found: slip}, per: {given: permit}, over: OVER, known_after: LAG}
steps:
  fill: {gives: form, by: me, work: 0s, makes: {slip: 30%}}
  examine:
    needs: form
    gives: permit
    by: desk
    work: {exponential: {mean: 3h}}
    finds: {slip: 70%}
goal: [permit]
"""
UNEVEN: Final = {
    "office": "{agent: office, kind: office, hours: business, rules: {found: "
    "{back: {when: {returns: 0, chance: 50%}, then: return}, "
    "leave: {when: {chance: 30%}, then: overlook}, mend: {then: {fix: {work: 1h}}}}}}"
}
"""An office that sends back, overlooks and mends what it finds: all of it is found."""


@pytest.mark.parametrize(("over", "lag"), [(1, 0), (7, 0), (7, 3), (30, 10)])
def test_what_is_read_is_what_a_recount_of_the_log_gives(world: Any, over: int, lag: int) -> None:
    """Every find is a decision in the log, and every giving a visit that was closed."""
    text = BUSY.replace("OVER", f"{over}d").replace("LAG", f"{lag}d")
    case = "{count: 600, arrivals: {exponential: {mean: 90min}}, using: [p]}"
    run = world(text, case, agents=UNEVEN)
    found = np.array([one["time"] // DAY for one in run.decisions("found")])
    gave = [row for row in run.rows("examine") if row["result"] == "given"]
    given = np.array([row["closed"] // DAY for row in gave])
    assert len(gave) == 600 < len(run.rows("examine"))
    high = run.log.attributes[:, list(run.model.attributes).index("high")]
    for start, seen in zip(run.log.cases["start"] // DAY, high, strict=True):
        first, end = start - lag - over, start - lag
        errors = np.sum((first <= found) & (found < end))
        papers = np.sum((first <= given) & (given < end))
        assert seen == (errors > papers / 5)
    assert 0 < high.mean() < 1


# -- theory ----------------------------------------------------------------------------------------

COUNTED: Final = """
applicant: me
actors: {me: robot, desk: office}
documents: {form: Form, permit: Permit}
defects: {slip: Slip}
attributes: {first: {by: errors, "<= 100%": true, else: false}}
indicators: {errors: {count: {found: slip}, per: {given: permit}}}
steps:
  fill: {gives: form, by: me, work: 0s, makes: {slip: MADE}}
  examine: {needs: form, gives: permit, by: desk, work: 0s, finds: {slip: 99%}}
goal: [permit]
"""


def rate(world: Any, made: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return the last ratio that was published of 20,000 cases, one every ten minutes."""
    from sim.engine.indicators import Indicators

    told: list[int] = []
    read = Indicators.published

    def heard(self: Indicators, number: int) -> int:
        told.append(read(self, number))
        return told[-1]

    monkeypatch.setattr(Indicators, "published", heard)
    world(
        COUNTED.replace("MADE", made), "{count: 20000, arrivals: 10min, using: [p]}", agents=MENDS
    )
    return told[-1] / SHARE


@pytest.mark.heavy
def test_the_ratio_is_slips_made_times_found(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """97 % × 99 % of all papers; slips of 2 % less are seen from afar."""
    theory = 0.97 * 0.99
    error = math.sqrt(theory * (1 - theory) / 20_000)
    z = (rate(world, "97%", monkeypatch) - theory) / error
    planted = (rate(world, "95.06%", monkeypatch) - theory) / error
    print(f"\nratio: z {z:+.2f}, with 2 % less {planted:+.2f}")  # noqa: T201 -- shown with -s
    assert abs(z) < 4
    assert planted < -6


SUSPENDED: Final = """
applicant: me
actors: {me: shy, desk: office}
documents: {form: Form, permit: Permit}
defects: {slip: Slip}
indicators: {incidents: {count: {found: slip}, known_after: 3d}}
steps:
  fill: {gives: form, by: me, work: 0s, makes: {slip: 10%}}
  examine: {needs: form, gives: permit, by: desk, work: 0s, finds: {slip: 50%}}
goal: [permit]
"""
SHY: Final = """
agent: shy
kind: person
rules:
  start: {afraid: {when: {incidents: ">= 1"}, then: give_up}}
  returned: {redo: {then: redo}}
"""


@pytest.mark.heavy
def test_after_the_first_incident_nobody_comes(world: Any) -> None:
    """One case each day until an incident is known: a geometric number, and three more.

    The chance of an incident is 10 % × 50 % a case.
    """
    case = "{count: 400, arrivals: 1d, using: [p]}"
    agents = MENDS | {"shy": SHY}
    came = []
    for replication in range(400):
        run = world(SUSPENDED, case, agents=agents, replication=replication)
        outcomes = [one["outcome"] for one in run.cases()]
        came.append(outcomes.count("clean"))
        assert outcomes == ["clean"] * came[-1] + ["abandoned"] * (400 - came[-1])
    theory = 1 / 0.05 + 3
    z = (np.mean(came) - theory) / (math.sqrt(0.95) / 0.05 / math.sqrt(len(came)))
    print(f"\ncases until suspension: {np.mean(came):.2f} for {theory}, z {z:+.2f}")  # noqa: T201
    assert abs(z) < 4


# -- the blind loop --------------------------------------------------------------------------------

LOOP: Final = """
applicant: me
actors: {me: person, ai: robot, desk: {agent: office, staff: 1}}
documents: {draft: Draft, signed: Signed, permit: Permit}
defects: {slip: {en: Slip, ja: 誤り, harm: {en: wrong, ja: 誤り}}}
attributes: {careful: {by: errors, "> 10%": true, else: false}}
indicators:
  errors: {count: {found: slip}, per: {given: permit}, over: 30d, known_after: 7d}
levers:
  regime: {default: agile, values: [agile, ex_post]}
steps:
  write: {gives: draft, by: ai, work: {median: 10min, p90: 30min}, makes: {slip: SLIPS}}
  sign:
    if: {careful: true, regime: agile}
    needs: draft
    gives: signed
    by: me
    work: 1h
    finds: {slip: 80%}
  examine:
    needs: signed
    gives: permit
    by: desk
    work: {median: 2h, p90: 5h}
    finds: {slip: DETECTED}
goal: [permit]
"""
ARMS: Final = """
compare:
  agile: {channel: digital, levers: {regime: agile}}
  ex_post: {channel: digital, levers: {regime: ex_post}}
"""
SLIPS: Final = '{by: regime, agile: {by: errors, "> 10%": 12%, else: 30%}, ex_post: 30%}'


def loop(world: Any, regime: str, detected: str, slips: str = SLIPS) -> Any:
    """Run a loop in which whoever decides reacts to what is found, or does not."""
    text = LOOP.replace("DETECTED", detected).replace("SLIPS", slips)
    case = "{count: 400, arrivals: {exponential: {mean: 4h}}, using: [p]}"
    return world(text, case, sets=(f"p.levers.regime.default={regime}",))


def rows(run: Any) -> list[list[tuple[int, ...]]]:
    """Return all tables of a log as plain numbers."""
    log = run.log
    tables = (log.events, log.cases, log.decisions, log.milestones, log.attributes, log.harms)
    return [table.tolist() for table in tables]


def test_a_loop_that_finds_nothing_learns_nothing(world: Any) -> None:
    """Without detection the arm that reacts is the one that does not, case by case."""
    assert rows(loop(world, "agile", "0%")) == rows(loop(world, "ex_post", "0%"))


def test_a_loop_that_finds_something_learns(world: Any) -> None:
    """With detection the arms differ, and not before anything was known; fewer end flawed."""
    agile, after = loop(world, "agile", "80%"), loop(world, "ex_post", "80%")
    early = [one["case"] for one in agile.cases() if one["end"] < 8 * DAY]
    assert len(early) > 10
    for case in early:
        assert agile.rows(case=case) == after.rows(case=case)
    wrong = [sum(one["outcome"] == "flawed" for one in run.cases()) for run in (agile, after)]
    assert wrong[0] < wrong[1] * 0.7


def test_what_is_published_changes_no_draw(world: Any) -> None:
    """Work and slips of a case are drawn with the same numbers, whatever is published."""
    agile = loop(world, "agile", "80%")
    plain = loop(world, "ex_post", "80%")
    works = [
        {(row["case"], row["visit"]): row["finished"] - row["started"] for row in run.rows("write")}
        for run in (agile, plain)
    ]
    both = works[0].keys() & works[1].keys()
    assert len(both) > 400
    assert all(works[0][one] == works[1][one] for one in both)


def test_an_indicator_that_nobody_reads_changes_nothing(world: Any) -> None:
    """Neither a draw nor the order of events."""
    plain = loop(world, "ex_post", "80%")
    text = LOOP.replace("DETECTED", "80%").replace("SLIPS", SLIPS)
    more = text.replace("indicators:", "indicators:\n  drafts: {count: {given: [draft, signed]}}")
    case = "{count: 400, arrivals: {exponential: {mean: 4h}}, using: [p]}"
    assert rows(world(more, case, sets=("p.levers.regime.default=ex_post",))) == rows(plain)


# -- when it is read -------------------------------------------------------------------------------


def test_work_is_looked_up_by_what_is_published_when_it_is_granted(world: Any) -> None:
    """Granted on Friday night, begun on Monday: what is known on Monday comes too late."""
    text = """
    applicant: me
    actors: {me: robot, desk: {agent: clerk, staff: 1}}
    documents: {form: Form, permit: Permit}
    indicators: {forms: {count: {given: form}}}
    steps:
      fill: {gives: form, by: me, work: 0s}
      examine: {needs: form, gives: permit, by: desk, work: {by: forms, 0: 1h, else: 2h}}
    goal: [permit]
    """
    agents = {"clerk": "{agent: clerk, kind: office, hours: business}"}
    run = world(text, "{count: 2, arrivals: 1d, using: [p]}", "start: 2026-04-02T20:00\n", agents)
    first, second = run.rows("examine")
    assert first["finished"] - first["started"] == 3600
    assert second["finished"] - second["started"] == 2 * 3600


def test_a_rule_reads_what_is_published(world: Any) -> None:
    """An office that has seen three slips mends them itself instead of sending them back."""
    text = """
    applicant: me
    actors: {me: robot, desk: tired}
    documents: {form: Form, permit: Permit}
    defects: {slip: Slip}
    steps:
      fill: {gives: form, by: me, work: 0s, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
      examine: {needs: form, gives: permit, by: desk, work: 1h, finds: {slip: 100%}}
    goal: [permit]
    """
    scenario = "indicators: {seen: {count: {found: slip}}}\n"
    agents = {
        "tired": "{agent: tired, kind: office, rules: {found: "
        "{mend: {when: {seen: '>= 3'}, then: {fix: {work: 1h}}}, back: {then: return}}}}"
    }
    run = world(text, "{count: 6, arrivals: 1d, using: [p]}", scenario, agents)
    rules = [one["rule"].rpartition(".")[2] for one in run.decisions("found")]
    assert rules == ["back"] * 3 + ["mend"] * 3


def test_a_suspension_does_not_change_the_plan_of_a_case_under_way(world: Any) -> None:
    """The AI works until an incident is known; whoever began before goes on with it.

    A case comes each noon and is planned for three days; the slip of the first is found on day 4.
    So the AI fills in the forms of the four that came by then, also later, and no others.
    """
    text = """
    applicant: me
    actors: {me: robot, ai: robot, desk: office}
    documents: {plan: Plan, form: Form, permit: Permit}
    defects: {slip: Slip}
    attributes: {released: {by: incidents, 0: true, else: false}}
    indicators: {incidents: {count: {found: slip}}}
    steps:
      plan: {gives: plan, by: me, work: 3d}
      fill:
        needs: plan
        gives: form
        by: me
        work: 1h
        agentic: {open_to: {released: true}, by: ai, makes: {slip: 100%}}
      examine: {needs: form, gives: permit, by: desk, work: 0s, finds: {slip: 100%}}
    goal: [permit]
    """
    case = "{count: 8, arrivals: 1d, using: [p]}"
    run = world(text, case, "start: 2026-04-01T12:00\n", MENDS, channel="agentic")
    assert [row["channel"] for row in sorted(run.rows("fill"), key=lambda row: row["case"])] == [
        *[2] * 4,
        *[1] * 4,
    ]
    assert run.log.attributes[:, 0].tolist() == [1] * 4 + [0] * 4


def test_silence_and_steps_passed_over_give_what_is_counted(world: Any) -> None:
    """Whatever counts as given is counted; what lay in the locker was not given.

    A case at each midnight has one document at once and another 30 h later: on day D there are
    D - 1 of the first and D - 2 of the second.
    """
    text = f"""
    applicant: me
    actors: {{me: robot}}
    documents: {{form: Form, permit: Permit, old: Old, nod: Nod}}
    attributes: {{seen: {SEEN}}}
    indicators: {{slips: {{count: {{given: [form, old, nod]}}}}}}
    steps:
      keep: {{gives: old, by: me, work: 0s}}
      fill: {{gives: form, needs: old, by: me, if: never}}
      nod: {{gives: nod, by: me, work: 30d}}
      file: {{gives: permit, needs: [form, nod], by: me, work: 0s}}
    deadlines: [{{document: nod, within: 30h, missed: given}}]
    goal: [permit]
    """
    run = world(text, "{count: 5, arrivals: 1d, using: [p], locker: [old]}")
    assert run.log.attributes[:, 0].tolist() == [0, 1, 3, 5, 7]


# -- what is refused -------------------------------------------------------------------------------

REFUSED: Final = """
applicant: me
actors: {{me: robot, desk: {{agent: office, staff: {staff}}}}}
documents: {{form: Form, permit: Permit}}
defects: {{slip: Slip}}
attributes: {{big: 50%}}
indicators: {{{indicator}}}
steps:
  fill: {{gives: form, by: me, work: {work}, if: {condition}}}
  examine: {{needs: form, gives: permit, by: desk, work: 1h}}
goal: [permit]
"""
GOOD: Final = {
    "staff": "2",
    "indicator": "slips: {count: {found: slip}}",
    "work": "1h",
    "condition": "{big: true}",
}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"indicator": "slips: {count: {made: slip}}"}, "indicator_made"),
        ({"indicator": "slips: {count: {}}"}, "indicator_counts_one"),
        ({"indicator": "slips: {count: {found: slip, given: form}}"}, "indicator_counts_one"),
        ({"indicator": "slips: {count: {found: slop}}"}, "unknown_defect"),
        ({"indicator": "slips: {count: {given: from}}"}, "unknown_document"),
        ({"indicator": "slips: {count: {found: slip}, per: {given: from}}"}, "unknown_document"),
        ({"indicator": "slips: {count: {found: slip}, over: 36h}"}, "indicator_days"),
        ({"indicator": "slips: {count: {found: slip}, over: 0d}"}, "indicator_days"),
        ({"indicator": "slips: {count: {found: slip}, over: 9d (0d-20d)}"}, "indicator_days"),
        ({"indicator": "slips: {count: {found: slip}, over: 9d (36h-20d)}"}, "indicator_days"),
        ({"indicator": "slips: {count: {found: slip}, over: 5bd}"}, "no_business_days"),
        (
            {"indicator": "slips: {count: {found: slip}, over: {uniform: [1d, 9d]}}"},
            "must_be_fixed",
        ),
        ({"indicator": "slips: {count: {found: slip}, else: 5%}"}, "indicator_else"),
        ({"indicator": "big: {count: {found: slip}}"}, "indicator_clash"),
        ({"indicator": "month: {count: {found: slip}}"}, "reserved_name"),
        ({"condition": "{slips: '> 3'}"}, "indicator_in_condition"),
        ({"staff": "{by: slips, 0: 1, else: 2}"}, "staff_shape"),
        ({"work": "1h, burden: {fee: {by: slips, 0: 300, else: 500}}"}, "fee_shape"),
        ({"work": "{by: slops, 0: 1h, else: 2h}"}, "unknown_lookup"),
        ({"work": "{by: slips, 0: 1h, 1-5: 2h}"}, "lookup_open"),
        ({"work": "{by: slips, '> 5%': 1h, else: 2h}"}, "not_a_number"),
    ],
)
def test_what_cannot_be_counted_or_read_is_refused(
    world: Any, change: dict[str, str], key: str
) -> None:
    """Only what is found or given is counted, by the day, and read where it changes no plan."""
    world(REFUSED.format(**GOOD))
    with pytest.raises(InvalidInput) as caught:
        world(REFUSED.format(**(GOOD | change)))
    assert [problem.key for problem in caught.value.problems] == [key]


def test_an_indicator_that_nobody_will_know_of_is_told(world: Any) -> None:
    """The run is over before the first day's count is known."""
    text = REFUSED.format(
        **GOOD | {"indicator": "slips: {count: {found: slip}, known_after: 400d}"}
    )
    keys = [problem.key for problem in world(text).model.cautions]
    assert keys == ["caution.indicator"]
    text = text.replace("400d", "300d")
    assert not world(text).model.cautions


def test_a_plan_sees_an_indicator_of_which_nothing_was_counted() -> None:
    """A ratio is ``else``, a count 0."""
    from sim.engine.case import Case, Context
    from sim.engine.typical import Typical

    text = BUSY.replace("OVER", "9d").replace("LAG", "0d, else: 30%")
    model = worlds.compiled(worlds.written(text))
    values = Typical(model)
    at = Context(Case(0, 0, 0, 0, [0], []), 0)
    (_, node), *_ = model.streams[0].attributes
    assert values.attribute(node, at) == 1


def test_a_lever_can_move_a_lag(world: Any) -> None:
    """What is known later is learned later: a path reaches into an indicator."""
    sets = ("p.indicators.slips.known_after=0d",)
    run = world(HAND, "{count: 30, arrivals: 12h, using: [p]}", agents=MENDS, sets=sets)
    of_day = [0, 1, 1, 1, 2, 2, 2, 0, 2, 2, 2, 2, 2, 2, 0, 2]
    assert run.log.attributes[:, 0].tolist() == [of_day[case // 2] for case in range(1, 31)]

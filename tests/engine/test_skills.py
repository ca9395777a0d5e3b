"""Skills in whole runs against closed forms: n units take n times as long, and err n times over.

A fault of 2 % in one input must be seen. ``pytest -s`` prints each z.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest

pytestmark = pytest.mark.heavy

UNITS: Final = 35
CASES: Final = 220_000
SEEN, NEAR = 6, 4

FORM: Final = """
    applicant: owner
    actors: {owner: WHO, desk: office}
    documents: {form: {en: Form, ja: Form, size: {entries: 35}, slip: wrong_entry}}
    defects: {wrong_entry: {en: Wrong entry, ja: Wrong entry, harm: A wrong entry}}
    steps: {fill: {task: fill, gives: form, by: owner}}
    goal: [form]
"""


def filled(world: Any, skill: str, kind: str = "person", count: int = CASES) -> Any:
    """Run forms that somebody with a skill fills in; nobody waits for anybody."""
    agents = {"writer": f"{{agent: writer, kind: {kind}, {skill}}}"}
    stream = f"{{count: {count}, using: [p]}}"
    return world(FORM.replace("WHO", "writer"), stream, agents=agents)


def z_of_share(what: str, run: Any, theory: float) -> float:
    """Return by how many standard errors the share of forms with a slip is off, and print it."""
    outcomes = run.log.cases["outcome"]
    measured, error = (outcomes != 0).mean(), math.sqrt(theory * (1 - theory) / len(outcomes))
    return told(what, float(measured), theory, (measured - theory) / error)


def told(what: str, measured: float, theory: float, z: float) -> float:
    """Print one line of the table of z, seen with ``-s``, and return z."""
    print(f"\n{what:<42} {measured:>9.5f} {theory:>9.5f} {z:>+7.2f}", end="")  # noqa: T201 -- -s
    return z


def work(world: Any, each: str) -> float:
    """Return z of the mean time for 35 entries of 30 to 50 seconds each, drawn once a visit."""
    run = filled(world, f"skills: {{fill: {{work: {{each: entries, {each}}}}}}}", count=20_000)
    seconds = run.log.events["finished"] - run.log.events["started"]
    mean, deviation = UNITS * 40, UNITS * 20 / math.sqrt(12)
    assert int(seconds.min()) >= UNITS * 30 - 1
    off = (seconds.mean() - mean) / (deviation / math.sqrt(len(seconds)))
    return told(f"work, {each}", float(seconds.mean()), mean, float(off))


def test_so_many_units_take_so_many_times_as_long(world: Any) -> None:
    """The mean of n times a uniform law, whose spread is n times that of one unit."""
    assert abs(work(world, "uniform: [30s, 50s]")) < NEAR
    assert abs(work(world, "uniform: [30.6s, 51s]")) > SEEN


@pytest.mark.parametrize(("value", "least", "most"), [("5%", 0, NEAR), ("5.1%", SEEN, math.inf)])
def test_of_so_many_units_some_is_wrong(world: Any, value: str, least: int, most: float) -> None:
    """1 - (1 - p)^n."""
    skill = f"skills: {{fill: {{slips: {{each: entries, value: {value}}}}}}}"
    theory = 1 - (1 - 0.05) ** UNITS
    z = z_of_share(f"slips, {value} each", filled(world, skill), theory)
    assert least <= abs(z) < most


def any_wrong(low: float, high: float) -> float:
    """Return the chance that some entry is wrong, if that of each is uniform, drawn once a form."""
    n = UNITS + 1
    return 1 - ((1 - low) ** n - (1 - high) ** n) / ((high - low) * n)


@pytest.mark.parametrize(("over", "least", "most"), [(1.25, 0, NEAR), (1.275, SEEN, math.inf)])
def test_what_the_confidence_in_each_unit_leaves_open(
    world: Any, over: float, least: int, most: float
) -> None:
    """Doubt is uniform between 3 and 6 %, and it is wrong 1.25 times as often."""
    skill = (
        f"overconfidence: {over}, skills: {{fill: {{confidence: "
        "{each: entries, uniform: [94%, 97%]}}}, rules: {returned: {r: {then: redo}}}"
    )
    theory = any_wrong(0.03 * 1.25, 0.06 * 1.25)
    z = z_of_share(f"confidence, overconfidence {over}", filled(world, skill, "ai"), theory)
    assert least <= abs(z) < most


def test_one_draw_says_how_sure_it_is_and_how_often_it_errs_then(world: Any) -> None:
    """What it was unsure of errs as the lower half of the law says, all else as the upper."""
    gate = """rules: {returned: {r: {then: redo}},
        drafted: {unsure: {when: {confidence: "< 96%"}, then: ask_human}}}"""
    skill = f"skills: {{fill: {{confidence: {{each: entries, uniform: [92%, 100%]}}}}}}, {gate}"
    run = filled(world, skill, "ai", count=60_000)
    asked = {row["case"] for row in run.decisions("drafted") if row["action"] == "ask_human"}
    for low, high, unsure in ((0.04, 0.08, True), (0.0, 0.04, False)):
        cases = [case for case in run.log.cases if (int(case["case"]) in asked) is unsure]
        share, theory = sum(c["outcome"] != 0 for c in cases) / len(cases), any_wrong(low, high)
        error = math.sqrt(theory * (1 - theory) / len(cases))
        z = told(f"doubt of {low:.0%} to {high:.0%}", share, theory, (share - theory) / error)
        assert abs(z) < NEAR


def test_the_same_draws_take_twice_as_long_for_twice_the_size(world: Any) -> None:
    """Case by case, but for quantiles that are rounded to whole seconds; slips are the same."""
    skill = "skills: {fill: {work: {each: entries, median: 45s, p90: 2min}, slips: 50%}}"
    agents = {"writer": f"{{agent: writer, kind: person, {skill}}}"}
    text, stream = FORM.replace("WHO", "writer"), "{count: 500, using: [p]}"
    one = world(text, stream, agents=agents)
    two = world(text.replace("entries: 35", "entries: 70"), stream, agents=agents)

    seconds = [
        np.sort(run.log.events, order="case")["finished"].astype(np.int64) for run in (one, two)
    ]
    assert int(np.abs(seconds[1] - 2 * seconds[0]).max()) <= 2
    assert (one.log.cases["outcome"] == two.log.cases["outcome"]).all()


# -- what hangs on them ----------------------------------------------------------------------------

FILED: Final = """
    applicant: owner
    actors: {owner: citizen, bot: writer, desk: {agent: examiner, staff: 2}}
    documents:
      form: {en: Form, ja: Form, size: {entries: 35}, slip: wrong_entry}
      seen: {en: Seen, ja: Seen}
      done: {en: Done, ja: Done}
    defects: {wrong_entry: {en: Wrong entry, ja: Wrong entry, harm: A wrong entry}}
    steps:
      fill: {task: fill, gives: form, by: bot}
      look: {task: check, needs: form, gives: seen, by: owner, if: {asked: fill}}
      file: {task: examine, needs: [form, seen], gives: done, by: desk}
    goal: [done]
"""
PEOPLE: Final = {
    "citizen": """{agent: citizen, kind: person, rules: {returned: {r: {then: redo}}},
        skills: {check: {size_of: needs, work: {each: entries, value: 20s}, finds: 70%}}}""",
    "writer": """{agent: writer, kind: ai,
        skills: {fill: {work: 1min, confidence: {each: entries, median: 99.8%, p10: 98%}}},
        rules: {drafted: {unsure: {when: {confidence: "< 0%"}, then: ask_human}},
          returned: {r: {then: {redo: {after: 10min}}}}}}""",
    "examiner": """{agent: examiner, kind: office, skills: {examine:
        {size_of: needs, work: {each: entries, value: 6s}, finds: 50%}}}""",
}
DRAWN: Final = "agents.writer.skills.fill.confidence"
SURE: Final = "agents.writer.rules.drafted.unsure.when.confidence"
REPLICATIONS: Final = 12


def filed(world: Any, *sets: str) -> dict[str, Any]:
    """Return letters and hours a case, and the share that ends wrong, in each replication."""
    stream = "{count: 300, arrivals: {exponential: {mean: 10min}}, using: [p]}"
    runs = [
        world(FILED, stream, agents=PEOPLE, sets=sets, replication=number)
        for number in range(REPLICATIONS)
    ]
    return {
        "letters": np.array([run.log.cases["returns"].mean() for run in runs]),
        "hours": np.array([run.elapsed().mean() / 3600 for run in runs]),
        "wrong": np.array([(run.log.cases["outcome"] != 0).mean() for run in runs]),
    }


def moved(name: str, one: dict[str, Any], other: dict[str, Any]) -> float:
    """Return the paired difference in its standard errors; 0 if nothing differs."""
    apart = other[name] - one[name]
    error = apart.std(ddof=1) / math.sqrt(len(apart))
    t = 0.0 if not apart.any() else float(apart.mean() / error)
    return told(f"{name}, paired", float(other[name].mean()), float(one[name].mean()), t)


def test_a_worse_model_brings_letters_and_delay_and_nothing_where_nothing_is_written(
    world: Any,
) -> None:
    """Five times the doubt of each entry; without entries both models are the same."""
    good, bad = "{each: entries, value: 99.8%}", "{each: entries, value: 99%}"
    one, other = (filed(world, f"{DRAWN}={model}") for model in (good, bad))

    for name in ("letters", "hours", "wrong"):
        assert moved(name, one, other) > NEAR

    none = "p.documents.form.size.entries=0"
    one, other = (filed(world, none, f"{DRAWN}={model}") for model in (good, bad))
    assert [moved(name, one, other) for name in ("letters", "hours", "wrong")] == [0, 0, 0]


def test_a_gate_is_a_trade_of_time_for_errors(world: Any) -> None:
    """The higher it is, the later cases end and the fewer are wrong; none if nobody finds."""
    gates = ("0%", "99%", "99.9%")
    found = [filed(world, f"{SURE}={gate}") for gate in gates]
    for one, other in pairwise(found):
        assert moved("hours", one, other) > NEAR
        assert moved("wrong", one, other) < -NEAR

    blind = "agents.citizen.skills.check.finds=0%"
    low, high = (filed(world, blind, f"{SURE}={gate}") for gate in (gates[0], gates[-1]))
    assert moved("wrong", low, high) == 0

"""Sessions against closed forms: what a journey costs that comes back to a person again and again.

Every world is ordinary YAML. ``pytest -s`` prints each z.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from scipy.stats import poisson

from sim.kpi.measures import measure
from sim.log import NEVER
from tests.engine.test_theory import report

pytestmark = pytest.mark.heavy

HOUR: Final = 3600
AFTER: Final = 24.0
"""Mean hours until a person comes."""

LAWS: Final = {
    "exponential": ("{exponential: {mean: %ss}}", 1.0),
    "gamma": ("{gamma: {mean: %ss, cv: 0.5}}", 0.5),
}
"""Laws of a mean, and their standard deviation over it."""

FAULT: Final = 1.02


def person(after: str, last: str) -> dict[str, str]:
    """Return the agent of the applicant."""
    told = f"{{agent: comes, kind: person, sessions: {{after: {after}, last: {last}}}, "
    return {"comes": told + "rules: {returned: {go: {then: redo}}}}"}


def law(name: str, hours: float) -> str:
    """Return a law of a mean in hours, in whole seconds."""
    return LAWS[name][0] % round(hours * HOUR)


def chain(steps: int, delay: str, work: str = "0s") -> str:
    """Return a journey that comes to the applicant so many times, each time through an office."""
    lines = ["applicant: owner", "actors: {owner: comes, desk: office}", "documents:"]
    lines += [f"  {d}{i}: {d}{i}" for i, d in product(range(steps), "ab")]
    lines += ["steps:"]
    for i in range(steps):
        needs = f"needs: b{i - 1}, " if i else ""
        lines += [f"  do{i}: {{{needs}gives: a{i}, by: owner, work: {work}}}"]
        lines += [f"  see{i}: {{needs: a{i}, gives: b{i}, by: desk, work: 0s, delay: {delay}}}"]
    return "\n".join([*lines, f"goal: [b{steps - 1}]"])


def away(run: Any) -> Any:
    """Return the hours for which each case waited for somebody to come."""
    return measure(run.model, run.log).cases["away"] / HOUR


def times(run: Any) -> Any:
    """Return how often people came to each case after its arrival."""
    rows = run.log.comings[run.log.comings["step"] != NEVER]
    return np.bincount(rows["case"], minlength=len(run.log.cases)).astype(float)


def z_of(what: str, values: Any, theory: float) -> float:
    """Return by how many standard errors the mean of independent cases is off."""
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return report(what, float(values.mean()), theory, (float(values.mean()) - theory) / error)


# -- short stays: every step is a coming --------------------------------------------------------


def short(world: Any, name: str, fault: float = 1.0) -> Any:
    """Run journeys of nine steps whose stays are over when the office is done."""
    return world(
        chain(9, "2h", "10min"),
        "{count: 4000, using: [p]}",
        agents=person(law(name, AFTER * fault), "1min"),
        seed=11,
    )


@pytest.mark.parametrize("name", LAWS)
def test_with_short_stays_each_step_costs_one_time_to_come(world: Any, name: str) -> None:
    """Of nine steps the first is done on arrival: eight times the law, eight of its variances."""
    run = short(world, name)
    hours, steps = away(run), 8
    deviation = LAWS[name][1] * AFTER * math.sqrt(steps)
    error = deviation / math.sqrt(len(hours))
    assert (times(run) == steps).all()
    z = (hours.mean() - steps * AFTER) / error
    assert abs(report(f"away, short stays, {name}", hours.mean(), steps * AFTER, z)) < 4
    assert float(hours.std(ddof=1)) == pytest.approx(deviation, rel=0.05)


def test_a_fault_of_two_per_cent_in_the_time_to_come_is_seen(world: Any) -> None:
    """As planted in the file."""
    assert abs(z_of("away, planted 2 %", away(short(world, "gamma", FAULT)), 8 * AFTER)) > 6


# -- long stays: a coming serves several steps --------------------------------------------------


@pytest.mark.parametrize(("last", "served"), [("40h", 9), ("7h", 4), ("8h", 4), ("8h1min", 5)])
def test_a_stay_serves_as_many_steps_as_the_office_lets_it(
    world: Any, last: str, served: int
) -> None:
    """Steps of no work two hours apart: one is ready at each even hour of a stay, its end left out.

    A stay as long as the journey costs nothing; else nine steps take ceil(9 / served) stays.
    """
    run = world(
        chain(9, "2h"), "{count: 1500, using: [p]}", agents=person(law("gamma", AFTER), last)
    )
    comings = math.ceil(9 / served) - 1
    assert (times(run) == comings).all()
    if comings:
        assert abs(z_of(f"away, stays of {last}", away(run), comings * AFTER)) < 4
    else:
        assert not away(run).any()


DELAY: Final = 2.0
STEPS: Final = 24
LAST: Final = 5.0


def random_office(world: Any, last: float = LAST, count: int = 8000) -> Any:
    """Run journeys through an office without memory: ready steps are a Poisson process."""
    return world(
        chain(STEPS, law("exponential", DELAY)),
        f"{{count: {count}, using: [p]}}",
        agents=person(law("gamma", AFTER), f"{round(last * HOUR)}s"),
        seed=12,
    )


def expected_comings(last: float) -> float:
    """Return how often one comes after arrival.

    A stay serves the step that called and a Poisson number more, so that n stays do not suffice
    with the chance that a Poisson number of mean n × last / delay is below STEPS - n.
    """
    stays = range(1, STEPS)
    return float(sum(poisson.cdf(STEPS - n - 1, n * last / DELAY) for n in stays))


def test_with_a_random_office_comings_are_those_of_a_poisson_process(world: Any) -> None:
    """How often one comes, and for how long one is waited for (Wald)."""
    run = random_office(world)
    theory = expected_comings(LAST)
    assert abs(z_of("comings, random office", times(run), theory)) < 4
    assert abs(z_of("away, random office", away(run), theory * AFTER)) < 4


def test_a_fault_of_two_per_cent_in_the_stay_is_seen(world: Any) -> None:
    """As planted in the file."""
    run = random_office(world, LAST * FAULT)
    assert abs(z_of("comings, planted 2 %", times(run), expected_comings(LAST))) > 6


# -- letters ------------------------------------------------------------------------------------

LOOP: Final = """
    applicant: owner
    actors: {owner: comes, desk: office}
    documents: {form: Form, done: Done}
    defects: {slip: Slip}
    steps:
      fill: {gives: form, by: owner, work: 1h, makes: {slip: 60%}}
      look: {needs: form, gives: done, by: desk, work: 1h, finds: {slip: FINDS}}
    goal: [done]
"""


def test_each_letter_costs_a_coming(world: Any) -> None:
    """A form comes back with q = 60 % of 90 %: on average q / (1 - q) times, each a coming."""
    q, count = 0.6 * 0.9, 12_000
    short = person(law("exponential", AFTER), "1min")
    run = world(
        LOOP.replace("FINDS", "90%"), f"{{count: {count}, using: [p]}}", agents=short, seed=13
    )
    letters = np.asarray(run.log.cases["returns"], float)
    assert (times(run) == letters).all()
    assert abs(z_of("letters", letters, q / (1 - q))) < 4
    assert abs(z_of("away, letters", away(run), AFTER * q / (1 - q))) < 4
    # Var of a geometric sum of exponentials: E[N] m² + Var[N] m², with Var[N] = q / (1 - q)².
    deviation = AFTER * math.sqrt(q / (1 - q) + q / (1 - q) ** 2)
    assert float(away(run).std(ddof=1)) == pytest.approx(deviation, rel=0.05)


def test_nobody_comes_where_nothing_is_found(world: Any) -> None:
    """Detection switched off: no letter, no coming."""
    run = world(
        LOOP.replace("FINDS", "0%"),
        "{count: 500, using: [p]}",
        agents=person(law("exponential", AFTER), "1min"),
    )
    assert not times(run).any()
    assert not away(run).any()


# -- a gate has its price -----------------------------------------------------------------------

GATE: Final = """
    applicant: owner
    actors: {owner: comes, ai: robot, desk: office}
    documents: {draft: Draft, checked: Checked, filed: Filed, done: Done}
    steps:
      write: {gives: draft, by: ai, work: 1min, confidence: {uniform: [0%, 100%]}}
      check: {needs: draft, gives: checked, by: owner, work: 1min, if: {asked: write}}
      file: {needs: checked, gives: filed, by: ai, work: 1min, delay: 3d}
      sign: {needs: filed, gives: done, by: owner, work: 1min}
    goal: [done]
"""


@pytest.mark.parametrize("gate", [0, 50, 90])
def test_a_gate_costs_a_coming_where_it_asks(world: Any, gate: int) -> None:
    """Signing always costs one; the check, after a stay of a second, one in so many cases."""
    asks = f"rules: {{drafted: {{unsure: {{when: {{confidence: '< {gate}%'}}, then: ask_human}}}}}}"
    robot = "{agent: robot, kind: ai, " + (asks if gate else "rules: {}") + "}"
    run = world(
        GATE,
        "{count: 4000, using: [p]}",
        agents=person(law("gamma", AFTER), "1s") | {"robot": robot},
        seed=14,
    )
    assert abs(z_of(f"away, a gate at {gate} %", away(run), AFTER * (1 + gate / 100))) < 4

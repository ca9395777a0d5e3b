"""Levers and overrides reach the definitions in the order in which they are said to."""

from __future__ import annotations

import pytest

from sim.errors import InvalidInput
from sim.study import loader
from tests import worlds
from tests.conftest import Runner

PROCEDURE = """
    applicant: me
    actors: {me: person}
    documents: {form: Form}
    steps:
      fill: {gives: form, digital: {by: me, work: 1h}}
    levers:
      speed:
        default: slow
        values: {slow: {}, fast: {steps.fill.digital.work: 10min}}
      hours:
        default: 1h (1min-8h)
        replaces: [steps.fill.digital.work]
    goal: [form]
"""


def minutes(world: Runner, *sets: str, scenario: str = "") -> float:
    """Return how long one case takes."""
    run = world(PROCEDURE, scenario=scenario, sets=sets)
    return float(run.elapsed()[0]) / 60


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ((), 60),
        (("p.levers.speed.default=fast",), 10),
        (("p.levers.speed.values.slow={steps.fill.digital.work: 5min}",), 5),
        (("p.levers.hours.default=2h",), 120),
        (("p.levers.hours.default=1h",), 60),
        (("p.levers.hours.default=2h", "p.steps.fill.digital.work=3h"), 180),
    ],
)
def test_what_is_set_of_a_lever_counts_before_it_is_pulled(
    world: Runner, sets: tuple[str, ...], expected: float
) -> None:
    """Its default is what it is pulled to, and another field set has the last word."""
    assert minutes(world, *sets) == expected


def test_a_lever_that_is_pulled_needs_no_default(world: Runner) -> None:
    """Whoever pulls it says more than what it would be otherwise."""
    pulled = "levers: {hours: 4h}\n"
    assert minutes(world, "p.levers.hours.default=2h", scenario=pulled) == 240
    written = "levers: {hours: 1h}\n"
    assert minutes(world, "p.levers.hours.default=2h", scenario=written) == 60


@pytest.mark.parametrize("set_", ["p.levers.speed.default=fsat", "p.levers.hours.default=9h"])
def test_a_default_that_the_lever_cannot_have_is_refused_where_it_is_set(
    world: Runner, set_: str
) -> None:
    """On the command line, not in the file."""
    with pytest.raises(InvalidInput) as caught:
        minutes(world, set_)
    assert caught.value.problems[0].file == "--set"


SESSIONS = "{agent: person, kind: person, sessions: {after: 3h, last: 1h}}"


@pytest.mark.parametrize(("sets", "hours"), [((), 5), (("agents.person.sessions=none",), 2)])
def test_none_takes_a_mechanism_away(world: Runner, sets: tuple[str, ...], hours: int) -> None:
    """Two steps of an hour: the second waits three more for a coming, or is begun at once."""
    procedure = """
    applicant: me
    actors: {me: person}
    documents: {form: Form, permit: Permit}
    steps:
      fill: {gives: form, by: me, work: 1h}
      file: {needs: form, gives: permit, by: me, work: 1h}
    goal: [permit]
    """
    run = world(procedure, agents={"person": SESSIONS}, sets=sets)
    assert run.elapsed().tolist() == [hours * 3600]


def test_none_of_what_is_not_there_is_refused(world: Runner) -> None:
    """Who switches off what nobody has made a slip."""
    with pytest.raises(InvalidInput) as caught:
        world(PROCEDURE, sets=("agents.person.sessions=none",))
    assert caught.value.problems[0].key == "patch_no_field"


WHOLE = """
    applicant: me
    actors: {me: reader, desk: {agent: office, staff: 2, load: {share: 10%, each: 1h}}}
    documents: {form: {en: F, ja: F, valid: 9d, left_out: gap, slip: gap}, done: D}
    defects: {gap: Gap}
    steps:
      fill: {gives: form, by: me}
      look: {needs: form, gives: done, by: desk}
    goal: [done]
"""
READER = {
    "reader": "{agent: reader, kind: person, knows: 90%, sessions: {after: 1d, last: 1h}, "
    "hourly: 5, overconfidence: 2, price: 30, rules: {returned: {a: {then: redo}}}}"
}


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        *((f"agents.reader.{key}", key) for key in ("knows", "sessions", "price", "hourly")),
        *((f"p.documents.form.{key}", key) for key in ("valid", "left_out", "slip")),
        ("actors.desk.load", "load"),
    ],
)
def test_none_takes_away_what_somebody_or_something_need_not_have(path: str, kept: str) -> None:
    """So that a lever or an arm can do without; a second time there is nothing to take."""
    files = worlds.written(WHOLE, agents=READER)

    def told(*sets: str) -> object:
        with worlds.shelved(files):
            world = loader.load("s", sets=sets).worlds[0]
        procedure = world.procedures["p"]
        places = (world.agents["reader"], procedure.documents["form"], procedure.actors["desk"])
        return next(getattr(one, kept) for one in places if kept in type(one).model_fields)

    assert told() is not None
    assert told(f"{path}=none") is None
    with pytest.raises(InvalidInput) as caught:
        told(f"{path}=none", f"{path}=none")
    assert caught.value.problems[0].key in {"patch_no_place", "patch_no_field"}


def test_a_plain_number_in_place_of_one_with_a_source_is_told_where_it_is_typed() -> None:
    """The caret stands under the number, not under the path."""
    files = worlds.written(
        WHOLE.replace("by: me", "by: me, work: {value: 1h, source: X}"), agents=READER
    )
    with worlds.shelved(files), pytest.raises(InvalidInput) as caught:
        loader.load("s", sets=("p.steps.fill.work=1bd",))
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("--set", len("p.steps.fill.work=") + 1)

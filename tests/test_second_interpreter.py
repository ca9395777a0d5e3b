"""The page that defines a run is enough to write it down again: both give the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.compile.nodes import Const
from sim.compile.program import IndicatorSpec, Program, StepSpec, VisitSpec
from sim.engine import reference
from sim.engine.outages import drawn
from sim.kpi.invariants import check
from sim.study import loader
from sim.yaml import source
from tests.author.models import having, models, thrown, whole
from tests.author.written import Written, compiled
from tests.chosen import FIRST, examples, tries
from tests.interpreter.comparison import differences
from tests.interpreter.run import run
from tests.worlds import quick

pytestmark = pytest.mark.heavy


def same(model: Program, seed: int) -> None:
    """Fail with the rows in which the engine and the interpreter differ."""
    told = differences(reference.run(model, seed, 0), run(model, seed, 0))
    assert not told, "\n".join(told)


@pytest.fixture(name="_quick")
def _quick_compiling() -> Iterator[None]:
    with quick():
        yield


@pytest.mark.parametrize("write", [thrown, whole])
@pytest.mark.parametrize("tens", range(tries(10, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_random_model_is_as_the_page_says(
    tens: int, write: Callable[[int], Written]
) -> None:
    """Ten models by a plain die, which reaches deep into the language; the laws hold for them."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = write(place)
        model = compiled(written)
        log = reference.run(model, place, 0)
        check(drawn(model, place, 0), log)
        told = differences(log, run(model, place, 0))
        assert not told, "\n".join((f"model {place}", *told, written.text()))


INDICATED: Final[dict[str, Callable[[IndicatorSpec], IndicatorSpec]]] = {
    "a day too late": lambda one: replace(one, known_after=one.known_after + 1),
    "a day too much": lambda one: replace(one, over=one.over and one.over + 1),
    "a ratio that is its count": lambda one: replace(one, per=None),
    "nothing that is nothing": lambda one: replace(one, otherwise=0),
}


@pytest.mark.parametrize("fault", INDICATED)
@pytest.mark.usefixtures("_quick")
def test_a_small_fault_of_an_indicator_is_seen(fault: str) -> None:
    """Some random model has other rows if an indicator tells something else."""
    for number in range(100):
        model = compiled(having(number, "indicators"))
        wrong = replace(model, indicators=tuple(map(INDICATED[fault], model.indicators)))
        if differences(reference.run(wrong, number, 0), run(model, number, 0)):
            return
    pytest.fail("no model shows it")


@examples(50, 1_000)
@given(models(), st.integers(0, 3))
@pytest.mark.usefixtures("_quick")
def test_the_smallest_model_that_tells_the_two_apart(written: Written, seed: int) -> None:
    """Small models, so that a difference is shown at its smallest."""
    note(written.text())
    same(compiled(written), seed)


@pytest.mark.parametrize("name", shelf.names("scenarios"))
def test_every_row_of_a_shipped_scenario_is_as_the_page_says(name: str) -> None:
    """With a few cases of each stream, in every arm."""
    streams = source.load(loader.find("scenarios", name)).data["cases"]
    sets = [f"cases.{stream}.count=12" for stream in streams]
    for model in compile_worlds(loader.load(name, sets=sets).worlds):
        same(model, 1)


def _manners(change: Callable[[VisitSpec], VisitSpec]) -> Callable[[Program], Program]:
    """Return a change of how every visit is done."""
    return lambda model: replace(
        model,
        profiles=tuple(
            replace(one, first=change(one.first), again=change(one.again)) for one in model.profiles
        ),
    )


def _profiles(change: Callable[[StepSpec], StepSpec]) -> Callable[[Program], Program]:
    return lambda model: replace(model, profiles=tuple(map(change, model.profiles)))


def _each(name: str, **changes: Callable[[Any], Any]) -> Callable[[Program], Program]:
    """Return a change of some fields of everything that a model has under a name."""

    def changed(model: Program) -> Program:
        ones = tuple(
            replace(one, **{key: change(getattr(one, key)) for key, change in changes.items()})
            for one in getattr(model, name)
        )
        new: dict[str, Any] = {name: ones}
        return replace(model, **new)

    return changed


FAULTS: Final[dict[str, Callable[[Program], Program]]] = {
    "an again that is forgotten": _profiles(lambda one: replace(one, again=one.first)),
    "a priority that does not count": _profiles(lambda one: replace(one, priority=Const(0))),
    "a step that pays and does not": _profiles(lambda one: replace(one, pays=False)),
    "a batch without a limit": _profiles(
        lambda one: replace(one, batch=one.batch and replace(one.batch, most=1 << 62))
    ),
    "a delay on other days": _manners(
        lambda one: replace(
            one,
            delay=replace(one.delay, business=not one.delay.business)
            if isinstance(one.delay, Const)
            else one.delay,
        )
    ),
    "a slot that is missed by a second": _manners(lambda one: replace(one, at_least=Const(1))),
    "documents that a return takes": _each("papers", kept=lambda _: False),
    "papers that never run out": _each("papers", valid=lambda _: None),
    "a lapsed paper that looks good": _each("papers", lapsed=lambda _: -1),
    "rules read from below": _each(
        "actors", rules=lambda events: {event: rules[::-1] for event, rules in events.items()}
    ),
    "an outage that nobody is told of": _each("actors", outages=lambda _: ()),
    "a person who does two things at once": _each(
        "actors", limit=lambda most: 2 if most == 1 else most
    ),
    "money that does not go astray": _each("instances", loss=lambda _: None),
    "a return to the maker alone": lambda model: replace(
        model,
        instances=tuple(
            replace(one, targets=(one.origin,) if one.origin >= 0 else one.targets)
            for one in model.instances
        ),
    ),
    "deadlines a second later": _each(
        "streams",
        clocks=lambda clocks: tuple(
            replace(one, amount=one.amount + 1, at=one.at and one.at + 1) for one in clocks
        ),
    ),
    "silence that does not count": _each(
        "streams",
        clocks=lambda clocks: tuple(one for one in clocks if one.missed < len(("late", "expired"))),
    ),
    "cases that all belong to one place": _each("streams", sites=lambda n: min(n, 1)),
    "people who know all that is needed": lambda model: replace(model, leaves=None),
    "an applicant who knows all goals": lambda model: replace(model, loose=None),
    "a paper left out that nobody misses": lambda model: replace(
        model, leaves=model.leaves and tuple(leaves[:1] for leaves in model.leaves)
    ),
    "steps taken up as they are listed": lambda model: replace(
        model, precedence=tuple(range(len(model.steps)))
    ),
}
"""Small faults of an engine, each as a change of what it executes."""


def _sessions(**changes: Callable[[Any], Any]) -> Callable[[Program], Program]:
    """Return a change of who comes and goes."""

    def changed(model: Program) -> Program:
        spec = model.sessions
        if spec is None:
            return model
        new = {key: change(getattr(spec, key)) for key, change in changes.items()}
        return replace(model, sessions=replace(spec, **new))

    return changed


SESSION_FAULTS: Final[dict[str, Callable[[Program], Program]]] = {
    "a stay that is a second longer": _sessions(
        last=lambda stays: {actor: last + 1 for actor, last in stays.items()}
    ),
    "people who come at once": _sessions(
        comes=lambda comes: {profile: (actor, Const(0)) for profile, (actor, _) in comes.items()}
    ),
    "people who are always there": _sessions(comes=lambda _: {}),
}


@pytest.mark.parametrize("fault", SESSION_FAULTS)
@pytest.mark.usefixtures("_quick")
def test_a_small_fault_about_who_is_there_is_seen(fault: str) -> None:
    """As below, in models in which people come and go."""
    for number in range(100):
        model = compiled(having(number, "sessions"))
        changed = SESSION_FAULTS[fault](model)
        if changed != model and differences(
            reference.run(changed, number, 0), run(model, number, 0)
        ):
            return
    pytest.fail("no model shows it")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_quick")
def test_a_small_fault_of_an_engine_is_seen(fault: str) -> None:
    """Some random model has other rows if the engine does one thing otherwise."""
    for number in range(300):
        model = compiled(thrown(number) if number % 5 else having(number, "knows"))
        changed = FAULTS[fault](model)
        if changed == model:
            continue
        right = run(model, number, 0)
        if differences(reference.run(changed, number, 0), right):
            assert not differences(reference.run(model, number, 0), right)
            return
    pytest.fail("no model shows it")

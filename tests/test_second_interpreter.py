"""The page that defines a run is enough to write it down again: both give the same rows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.compile.nodes import Const
from sim.compile.program import Program, StepSpec, VisitSpec
from sim.engine import reference
from sim.language.base import CHANNELS
from sim.study import loader
from sim.yaml import source
from tests.chosen import FIRST, examples, tries
from tests.interpreter.comparison import differences
from tests.interpreter.crowded import Crowded
from tests.interpreter.run import run
from tests.test_random_models import Author, Written, compiled, models
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


def thrown(number: int) -> Written:
    """Return the random model of a number; every other one is crowded with what happens seldom."""
    die = Random(number)  # noqa: S311 -- a die, no secret
    return (Crowded if number % 2 else Author)(die.randrange).written()


@pytest.mark.parametrize("tens", range(tries(15, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_random_model_is_as_the_page_says(tens: int) -> None:
    """Ten models by a plain die, which reaches deep into the language."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = thrown(place)
        told = differences(
            reference.run(compiled(written), place, 0), run(compiled(written), place, 0)
        )
        assert not told, "\n".join((f"model {place}", *told, written.text()))


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


def scarce(number: int) -> Written:
    """Return a random model in which some pools are of each site, and some batches are calls."""
    written, die = copy.deepcopy(thrown(number)), Random(-1 - number)  # noqa: S311 -- as above
    procedure, cases = written.procedure, written.scenario["cases"]
    own = []
    for name, actor in procedure["actors"].items():
        if isinstance(actor, dict) and die.random() < 0.7:
            own += [name] if isinstance(actor["staff"], int) else []
            actor["staff"] = {"value": actor["staff"], "each": "site"}
    for stream in cases.values():
        if die.random() < 0.6:
            shared = (
                stream["sites"].get("share", []) if isinstance(stream.get("sites"), dict) else []
            )
            rows = [_row(die, site, own) for site in die.sample(["a", "b", "c", "1", "2"], 3)]
            stream["sites"] = {"table": rows, "share": shared}
    for step in procedure["steps"].values():
        blocks = [step[name] for name in CHANNELS if isinstance(step.get(name), dict)]
        if "batch" in step and "once" not in step and not any("batch" in one for one in blocks):
            del step["batch"]
            pot: dict[str, Any] = {"places": 1 + die.randrange(3)}
            if die.random() < 0.4:
                pot = {"budget": 4 + die.randrange(20), "costs": "level"}
            ranked = {"at": "slots", "rank": "level"}
            when = die.choice((ranked, ranked, {"at": "slots"}, {}))
            step["select"] = pot | when | {"decides": "chosen"}
    procedure["attributes"]["chosen"] = False
    if die.random() < 0.3 and any("select" in step for step in procedure["steps"].values()):
        procedure["ends"] += [{"when": {"chosen": False}, "as": "rejected"}]
    return written


def _row(die: Random, site: str, own: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"site": site, "size": 1 + die.randrange(4)}
    if die.random() < 0.3:
        row["flag"] = die.random() < 0.5
    if own and die.random() < 0.3:
        row[die.choice(own)] = 1 + die.randrange(3)
    return row


@pytest.mark.parametrize("tens", range(tries(15, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_scarce_model_is_as_the_page_says(tens: int) -> None:
    """Pools of each site, tables of sites and calls, in ten random models."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = scarce(place)
        model = compiled(written)
        told = differences(reference.run(model, place, 0), run(model, place, 0))
        assert not told, "\n".join((f"model {place}", *told, written.text()))


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
        "actors", rules=lambda events: tuple(rules[::-1] for rules in events)
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
    "steps taken up as they are listed": lambda model: replace(
        model, precedence=tuple(range(len(model.steps)))
    ),
}
"""Small faults of an engine, each as a change of what it executes."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_quick")
def test_a_small_fault_of_an_engine_is_seen(fault: str) -> None:
    """Some random model has other rows if the engine does one thing otherwise."""
    for number in range(300):
        model = compiled(thrown(number))
        changed = FAULTS[fault](model)
        if changed == model:
            continue
        right = run(model, number, 0)
        if differences(reference.run(changed, number, 0), right):
            assert not differences(reference.run(model, number, 0), right)
            return
    pytest.fail("no model shows it")

"""The page that defines a run is enough to write it down again: both give the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.compile.nodes import Const
from sim.compile.program import IndicatorSpec, Program, StepSpec, VisitSpec
from sim.engine import reference
from sim.kpi.invariants import check
from sim.language.base import CHANNELS
from sim.study import loader
from sim.yaml import source
from tests.chosen import FIRST, examples, tries
from tests.interpreter.comparison import differences
from tests.interpreter.crowded import Crowded, Visited
from tests.interpreter.ignorant import Ignorant
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


def ignorant(number: int) -> Written:
    """Return the random model of a number in which not everybody knows what is needed."""
    return Ignorant(Random(number).randrange).written()  # noqa: S311 -- a die, no secret


def visited(number: int) -> Written:
    """Return the random model of a number in which people come and go."""
    return Visited(Random(number).randrange).written()  # noqa: S311 -- a die, no secret


@pytest.mark.parametrize("write", [thrown, ignorant, visited])
@pytest.mark.parametrize("tens", range(tries(10, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_random_model_is_as_the_page_says(
    tens: int, write: Callable[[int], Written]
) -> None:
    """Ten models by a plain die, which reaches deep into the language."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = write(place)
        told = differences(
            reference.run(compiled(written), place, 0), run(compiled(written), place, 0)
        )
        assert not told, "\n".join((f"model {place}", *told, written.text()))


SHARES: Final = ("0%", "30%", "85%", {"by": "weekday", "sat-sun": "5%", "else": "70%"})
PIECES: Final = ("20min", "2h", {"median": "20min", "p90": "2h"}, {"exponential": {"mean": "1h"}})
BACKLOGS: Final = ("0d", "1d", "2bd")


def laden(number: int, write: Callable[[int], Written] = thrown) -> Written:
    """Return a random model of a number with other business in each of its pools."""
    written, die = deepcopy(write(number)), Random(number)  # noqa: S311 -- a die, no secret
    for actor in written.procedure["actors"].values():
        if "staff" in actor:
            said = {"share": SHARES, "each": PIECES, "backlog": BACKLOGS}
            actor["load"] = {name: die.choice(values) for name, values in said.items()}
    return written


def busy(number: int) -> Written:
    """Return one in which, beside that, people leave things out, or come and go."""
    return laden(number, ignorant if number % 2 else visited)


@pytest.mark.parametrize("write", [laden, busy])
@pytest.mark.parametrize("tens", range(tries(4, 30)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_random_model_with_other_business_is_as_the_page_says(
    tens: int, write: Callable[[int], Written]
) -> None:
    """Ten more, with offices that have something else to do as well; the laws hold for them."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = write(place)
        model = compiled(written)
        log = reference.run(model, place, 0)
        check(model, log)
        told = differences(log, run(model, place, 0))
        assert not told, "\n".join((f"model {place}", *told, written.text()))


WORDS: Final = ("none", "confidence")


def watched(number: int) -> Written:
    """Return the random model of a number, in which work, chances and finders follow indicators."""
    one, die = deepcopy(thrown(number)), Random(number)  # noqa: S311 -- a die, no secret
    papers, defects = [*one.procedure["documents"]], [*one.procedure.get("defects", {})]
    days = {"over": f"{die.randint(1, 4)}d", "known_after": f"{die.randint(0, 2)}d"}
    given, found = {"given": die.choice(papers)}, {"found": die.choice(defects or [""])}
    seen = {
        "first": {"count": {"given": papers}, "known_after": days["known_after"]},
        "second": {"count": found if defects else given, **days},
        "third": {"count": {"given": papers[:2]}, "per": given, "else": "70%", **days},
    }
    keys = {"first": "<= 5", "second": 0, "third": "< 60%"}
    one.procedure["indicators"] = seen

    def follow(amount: Any, otherwise: str) -> Any:
        by = die.choice([*seen])
        return {"by": by, keys[by]: amount, "else": otherwise}

    for step in one.procedure["steps"].values():
        blocks = (step, *(step[name] for name in CHANNELS if isinstance(step.get(name), dict)))
        for part in blocks:
            if part.get("work", "none") != "none":
                part["work"] = follow(part["work"], "3h")
            for what in ("makes", "finds"):
                chances = part.get(what) if isinstance(part.get(what), dict) else {}
                for name in (name for name in chances if chances[name] not in WORDS):
                    chances[name] = follow(chances[name], "50%")
    for agent in one.agents.values():
        rules = agent.get("rules", {})
        if agent["kind"] == "office":
            rule = {"when": {"second": ">= 2"}, "then": "overlook"}
            agent["rules"] = rules | {"found": {"follows": rule, **rules.get("found", {})}}
    return one


@pytest.mark.parametrize("tens", range(tries(6, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_model_with_indicators_is_as_the_page_says(tens: int) -> None:
    """Ten models by a plain die, in which whatever may follow an indicator does."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = watched(place)
        model = compiled(written)
        told = differences(reference.run(model, place, 0), run(model, place, 0))
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
        model = compiled(watched(number))
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


def scarce(number: int, write: Callable[[int], Written]) -> Written:
    """Return a random model in which some pools are of each site, and some batches are calls."""
    written, die = deepcopy(write(number)), Random(-1 - number)  # noqa: S311 -- as above
    procedure, cases = written.procedure, written.scenario["cases"]
    own = []
    for name, actor in procedure["actors"].items():
        if isinstance(actor, dict) and die.random() < 0.7:
            own += [name] if isinstance(actor["staff"], int) else []
            actor["staff"] = {"value": actor["staff"], "each": "site"}
            actor.pop("load", None)
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


@pytest.mark.parametrize("write", [thrown, ignorant, visited, busy, watched])
@pytest.mark.parametrize("tens", range(tries(4, 100)))
@pytest.mark.usefixtures("_quick")
def test_every_row_of_a_scarce_model_is_as_the_page_says(
    tens: int, write: Callable[[int], Written]
) -> None:
    """Pools of each site, tables of sites and calls, in ten random models; the laws hold too."""
    for place in range(FIRST + 10 * tens, FIRST + 10 * tens + 10):
        written = scarce(place, write)
        model = compiled(written)
        log = reference.run(model, place, 0)
        check(model, log)
        told = differences(log, run(model, place, 0))
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
        model = compiled(visited(number))
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
        model = compiled(thrown(number) if number % 5 else ignorant(number))
        changed = FAULTS[fault](model)
        if changed == model:
            continue
        right = run(model, number, 0)
        if differences(reference.run(changed, number, 0), right):
            assert not differences(reference.run(model, number, 0), right)
            return
    pytest.fail("no model shows it")

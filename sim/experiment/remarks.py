"""What may be meant but probably is not: worlds that run, and yet want a word of warning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any, Final

from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.errors import InvalidInput, Problem, nearest
from sim.graph.joiner import join
from sim.graph.journey import Journey
from sim.graph.network import analyse, channels_of
from sim.language.base import CHANNELS, Channel
from sim.language.cast import Recast
from sim.language.step import Profile, Step
from sim.study.loader import Asked, Study, World
from sim.yaml.source import Address

_BESIDE: Final = ("title", "caption", "replications", "seed")
"""What a scenario says that is no part of a compiled model."""


def remarks(study: Study, models: Sequence[Program], journeys: Sequence[Journey]) -> list[Problem]:
    """Return a warning for each office without staff, setting without effect and arm alike."""
    used = [as_used(journey, model) for journey, model in zip(journeys, models, strict=True)]
    return [
        *unlimited(journeys),
        *unskilled(journeys),
        *_borrowed(journeys),
        *_without_effect(study, used),
        *_alike(study, used),
    ]


def unlimited(journeys: Iterable[Journey]) -> list[Problem]:
    """Return a warning for each office that is needed and serves everybody at once unsaid.

    An office that applies is one for each case.
    """
    found: list[Problem] = []
    for journey in journeys:
        tasks = (
            t for stream in journey.world.scenario.cases for t in analyse(journey, stream).steps
        )
        busy = dict.fromkeys(name for t in tasks for way in t.channels.values() for name in way.by)
        applicants = set(journey.applicants.values())
        for who in (journey.actors[name] for name in busy if name not in applicants):
            if who.agent.kind == "office" and who.actor.staff is None:
                name = who.name.partition(".")[0]
                told = journey.problem(who.place, "office_unlimited", on="key", name=name)
                found += [told] if told not in found else []
    return found


def unskilled(journeys: Iterable[Journey]) -> list[Problem]:
    """Return a warning for each task that is no skill of the first of those who do it."""
    found: list[Problem] = []
    for journey in journeys:
        for step, channel in product(journey.steps.values(), CHANNELS):
            here = step.channels[channel]
            task, who = here.profile.task, [journey.actors[name].agent for name in here.by[:1]]
            if task is not None and who and task not in who[0].skills:
                values = {"agent": who[0].agent, "task": task}
                guess = nearest(task, who[0].skills)
                place = step.at(channel, "task")
                told = journey.problem(place, "task_unskilled", guess=guess, **values)
                found += [told] if told not in found else []
    return found


def _borrowed(journeys: Iterable[Journey]) -> Iterator[Problem]:
    """Yield a warning for each stand-in that works by numbers written for another, once."""
    told: set[tuple[str, str]] = set()
    for journey in journeys:
        world = journey.world
        steps: dict[str, dict[str, None]] = {}
        for stream in world.scenario.cases:
            channels = channels_of(journey, stream)
            for task in analyse(journey, stream).steps:
                if isinstance(task.definition, Recast):
                    for other in filter(None, map(task.definition.borrowed, channels)):
                        steps.setdefault(other, {})[task.step] = None
        for other, them in steps.items():
            name = world.scenario.arms[world.arm].cast[other]
            place = ("scenario", world.scenario.scenario, ("compare", world.arm, "cast", other))
            if (other, name) not in told:
                values = {"name": name, "other": other, "steps": ", ".join(them)}
                yield journey.problem(place, "cast_borrowed", on="key", **values)
            told.add((other, name))


def _alike(study: Study, models: Sequence[Program]) -> Iterator[Problem]:
    """Yield a warning for each arm that is the same world as one before it.

    Levers of other names that come to the same are a finding of their own.
    """
    arms = study.scenario.arms
    nameless = [
        replace(m, arm="", digest="", labels=tuple(row for row in m.labels if row[0] != "arms"))
        for m in models
    ]
    for i, model in enumerate(nameless):
        first = nameless.index(model)
        pulled, others = (arms[models[n].arm].levers for n in (first, i))
        if first != i and (pulled.keys() == others.keys() or not (pulled and others)):
            names = {"one": models[first].arm, "other": models[i].arm}
            place = ("compare", models[i].arm)
            yield study.asked.located.problem(place, "arms_alike", on="key", **names)


# -- settings --------------------------------------------------------------------------------------


def _without_effect(study: Study, models: Sequence[Program]) -> Iterator[Problem]:
    """Yield a warning for each setting without which every arm is the same."""
    for told, other in _reduced(study.asked):
        if not _changes(study, models, other):
            yield told


def _reduced(asked: Asked) -> Iterator[tuple[Problem, Study]]:
    """Yield for each lever pulled and each field set where it stands, and the study without.

    Nothing for one that the rest leans on: it has an effect.
    """
    for one in (*asked.sets, *asked.levers):
        sets = tuple(other for other in asked.sets if other is not one)
        levers = tuple(other for other in asked.levers if other is not one)
        told = one.origin.problem("no_effect", on="key", name=one.path)
        with suppress(InvalidInput):
            yield told, replace(asked, sets=sets, levers=levers).study()
    located = asked.located
    for name, places in _settings(located.data).items():
        told = located.problem(places[0], "no_effect", on="key", name=name)
        rest = replace(asked, located=replace(located, data=_cut(located.data, places)))
        with suppress(InvalidInput):
            yield told, rest.study()


def _settings(data: Any) -> dict[str, list[Address]]:
    """Return the levers and overrides of a scenario and its arms by name, with their places."""
    told: list[tuple[Address, Any]] = [((), data)]
    told += [(("compare", arm), said) for arm, said in data.get("compare", {}).items()]
    found: dict[str, list[Address]] = {}
    for kind in ("levers", "override"):
        for place, said in told:
            for name in said.get(kind, {}):
                found.setdefault(name, []).append((*place, kind, name))
    return found


def _cut(value: Any, gone: Collection[Address], at: Address = ()) -> Any:
    """Return what a scenario says without the values at some places."""
    if not isinstance(value, dict):
        return value
    return {k: _cut(v, gone, (*at, k)) for k, v in value.items() if (*at, k) not in gone}


def _changes(study: Study, models: Sequence[Program], other: Study) -> bool:
    """Whether some arm is another one in the ``other`` study."""
    if [world.arm for world in study.worlds] != [world.arm for world in other.worlds]:
        return True
    for world, model, without in zip(study.worlds, models, other.worlds, strict=True):
        if _told(world) == _told(without):
            continue
        ours, theirs = world.scenario, without.scenario
        if any(getattr(ours, name) != getattr(theirs, name) for name in _BESIDE):
            return True
        try:
            if as_used(join(without), compile_world(without)) != model:
                return True
        except InvalidInput:
            return True
    return False


def as_used(journey: Journey, model: Program) -> Program:
    """Return a model without what no case can come to: blocks of channels that are not used."""
    world = journey.world
    channels = {c for stream in world.scenario.cases for c in channels_of(journey, stream)}
    procedures = {
        name: one.model_copy(
            update={"steps": {key: _reached(step, channels) for key, step in one.steps.items()}}
        )
        for name, one in world.procedures.items()
    }
    try:
        return compile_world(replace(world, procedures=procedures))
    except InvalidInput:  # a condition asks for what only another channel knows
        return model


def _reached(step: Step, channels: Iterable[Channel]) -> Step:
    """Return a step as it can be done when begun in one of ``channels``, each block in full."""
    nothing = Profile.model_construct(**dict.fromkeys(Profile.model_fields))
    blocks: dict[str, Profile | None] = dict.fromkeys(CHANNELS, nothing)
    for channel in channels:
        for lower in reversed(CHANNELS[: CHANNELS.index(channel) + 1]):
            blocks[lower] = step.block(lower)
            if step.profile(lower).open_to is None:
                break
    said: dict[str, Any] = {name: getattr(step, name) for name in step.model_fields_set}
    return type(step).model_construct(**(said | blocks))  # a copy would keep what was laid together


def _told(world: World) -> tuple[object, ...]:
    """Return all that a world says, apart from how it came to say so."""
    said: dict[str, object] = {"levers": {}, "override": {}, "compare": None, "channels": None}
    scenario = world.scenario.model_copy(update=said)
    return (world.channel, scenario, world.procedures, world.agents, world.levers)

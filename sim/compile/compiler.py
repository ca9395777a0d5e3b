"""The compiler: a world becomes a program, pass by pass; the order in which steps take turns.

Names are resolved (``graph.joiner``) and numbered (``index``); then calendars and staff, actors,
defects, steps, documents and streams are compiled one after the other, each with the numbers of
what came before. A pass goes on from what was found up to it: problems are told all together.
Behind the numbers stands what a result is told in: titles, and what the scenario asks for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from itertools import chain
from typing import Concatenate, ParamSpec, TypeVar

from sim.compile import calendars as cal
from sim.compile.actors import actors, prices, with_all_staff
from sim.compile.cautions import cautions
from sim.compile.checks import left_for_good, missing_rules, pools_in_circle, same_keys
from sim.compile.documents import defects, documents, indicators, left_out
from sim.compile.expressions import Expressions
from sim.compile.findings import Findings
from sim.compile.index import Index, fixed, indexed
from sim.compile.loads import laden, loads
from sim.compile.opening import opened
from sim.compile.program import GroupSpec, ObservedSpec, Program, ReportSpec
from sim.compile.steps import selects, sessions, steps
from sim.compile.streams import sites, streams
from sim.errors import InvalidInput, Problem
from sim.graph.joiner import join
from sim.graph.journey import Journey, StepInstance, raise_any
from sim.graph.network import alternatives, channels_of, critical_lengths, gathered
from sim.language.base import CHANNELS, Channel, Label
from sim.study.loader import World
from sim.words import exists

P = ParamSpec("P")
R = TypeVar("R")


def compile_world(world: World) -> Program:
    """Compile one arm. Raises InvalidInput with every problem found."""
    index = indexed(join(world))
    found = Findings(problems=tuple(gathered((*missing_rules(index), *left_for_good(index)))))
    openings, found = passed(index, found, opened)
    people, found = passed(index, found, actors, openings)
    found = replace(found, problems=(*found.problems, *pools_in_circle(index, people)))
    instances, found = passed(index, found, defects)
    profiles, found = passed(index, found, steps, people, openings)
    calls, found = passed(index, found, selects, openings)
    papers, found = passed(index, found, documents)
    (leaves, loose), found = passed(index, found, left_out)
    comings, found = passed(index, found, sessions, profiles)
    business, found = passed(index, found, loads, openings)
    cases, found = passed(index, found, streams, openings)
    places, found = passed(index, found, sites, openings)
    raise_any(found.problems)
    scenario = index.scenario
    every = range(0, len(CHANNELS) * len(index.wanted), len(CHANNELS))
    asked = report(index)
    program = Program(
        name=scenario.scenario,
        arm=world.arm,
        channel=CHANNELS.index(world.channel) if world.channel in CHANNELS else -1,
        steps=tuple(index.steps),
        documents=tuple(index.documents),
        hidden=sum(index.journey.documents[name].hidden for name in index.documents),
        defects=tuple(index.journey.defects),
        attributes=tuple(index.attributes),
        causes=tuple(index.causes),
        rules=tuple(index.rules),
        points=tuple(found.points),
        actors=with_all_staff(people, places),
        profiles=profiles,
        ways=tuple((first, first + 1, first + 2) for first in every),
        precedence=_precedence(index),
        step_gives=tuple(index.mask(step.gives) for step in index.wanted),
        papers=papers,
        instances=instances,
        streams=cases,
        tables=found.quantiles,
        calendars=openings.calendars,
        timetables=openings.timetables,
        days=openings.days,
        months=cal.months(index.start),
        weekday=index.start.weekday(),
        start=index.offset,
        warm_up=index.offset + int(fixed(scenario.warm_up)),
        horizon=int(fixed(scenario.horizon)),
        labels=labels(index, asked),
        report=asked,
        leaves=leaves,
        loose=loose,
        sessions=comings,
        indicators=indicators(index),
        breaks=openings.breaks,
        prices=prices(index.journey),
        selects=calls,
        sites=places,
    )
    program = laden(program, business, openings)
    raise_any(same_keys(index, found.points, program.streams))
    told = cautions(index, openings, program, found)
    return replace(program, digest=_digest(program), cautions=told)


def passed(
    index: Index,
    found: Findings,
    work: Callable[Concatenate[Expressions, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> tuple[R, Findings]:
    """Return what a pass makes, and what is found by now; what was ``found`` stays as it is."""
    names = Expressions(index, found)
    return work(names, *args, **kwargs), names.findings()


def compile_worlds(worlds: Iterable[World]) -> tuple[Program, ...]:
    """Compile the arms of a study. Raises InvalidInput with the problems of all, each once."""
    models = []
    problems: list[Problem] = []
    for world in worlds:
        try:
            models.append(compile_world(world))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(gathered(problems))
    return tuple(models)


def cautions_of(models: Iterable[Program]) -> tuple[Problem, ...]:
    """Return what is to be told beside the result of some arms, each once."""
    return tuple(gathered(p for model in models for p in model.cautions))


def _digest(program: Program) -> str:
    """SHA-256 of everything in the program that says something, each field with its name.

    Two programs of one digest are equal. A field is left out only if it equals its default, and no
    other value does; what stands there has its name before it, and below it nothing is left out:
    the ``repr`` of whole numbers, texts, None, tuples, mappings and frozen dataclasses shows every
    part of them, and where each ends. So None, an empty tuple and an absent field are three things,
    and one value in two fields is another program in each. A field that is added later, with a
    default, changes no digest of a program that does not use it.
    """
    sha = hashlib.sha256()
    for one in fields(program):
        said = getattr(program, one.name)
        if one.name not in {"digest", "cautions"} and said != one.default:
            sha.update(f"{one.name}={said!r};".encode())
    return sha.hexdigest()


def _precedence(index: Index) -> tuple[int, ...]:
    """Return the order in which a case's ready steps are taken up, by the agent's ``order``.

    On the critical path that with most typical seconds to a stream's last goal comes first.
    """
    channel = index.journey.world.channel
    base = channel if channel in CHANNELS else "digital"
    here = {way for stream in index.requirements for way in channels_of(index.journey, stream)}
    lengths: dict[str, float] = {}
    for requirements in index.requirements.values():
        for name, length in critical_lengths(requirements, base).items():
            lengths[name] = max(length, lengths.get(name, 0.0))
    urgent = [
        lengths.get(step.name, 0.0) if _takes_critical_first(index, step, here) else 0.0
        for step in index.wanted
    ]
    ordered = sorted(range(len(urgent)), key=lambda step: -urgent[step])
    rank = {step: i for i, step in enumerate(ordered)}
    return tuple(rank[step] for step in range(len(urgent)))


def _takes_critical_first(index: Index, step: StepInstance, channels: Iterable[Channel]) -> bool:
    """Whether somebody who may do a step for one case in this arm does what takes longest first."""
    names = (name for way in alternatives(step, channels) for name in way.by)
    actors = (index.journey.actors[name] for name in names)
    return any(a.agent.order == "critical_path" for a in actors if a.actor.pool is None)


def report(index: Index) -> ReportSpec | None:
    """Return what the scenario asks for, families of documents unrolled; None for nothing."""
    asked = index.scenario.report
    if asked is None:
        return None
    every = (d for name in asked.documents for d in index.journey.family(name))
    return ReportSpec(
        documents=tuple(dict.fromkeys(every)),
        groups=tuple(_group(index, name) for name in dict.fromkeys(asked.groups)),
        observed=tuple(
            ObservedSpec(
                fact,
                document=index.journey.family(one.document)[0],
                by=int(fixed(one.by)),
                from_start=one.since == "start",
                value=fixed(one.value),
            )
            for fact, one in asked.observed.items()
        ),
    )


def _group(index: Index, name: str) -> GroupSpec:
    domain = index.domains[name]
    names = ("false", "true") if domain.kind == "bool" else domain.names
    return GroupSpec(name, index.attributes[name], names)


def labels(
    index: Index, asked: ReportSpec | None
) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Return everything that a result may name, by what it is, with its title in each language."""
    journey = index.journey
    documents = dict.fromkeys((*index.documents, *(asked.documents if asked else ())))
    arm = index.scenario.arms[journey.world.arm].title
    titles = {
        "steps": ((step.name, step.title) for step in index.wanted),
        "actors": ((actor.name, actor.title) for actor in journey.actors.values()),
        "documents": ((name, journey.documents[name].title) for name in documents),
        "causes": ((name, _cause(journey, name)) for name in index.causes),
        "arms": ((journey.world.arm, arm),) if arm is not None else (),
        "goals": _goals(index),
    }
    return tuple(
        (kind, tuple((name, *title.texts.values()) for name, title in each))
        for kind, each in titles.items()
    )


def _goals(index: Index) -> Iterator[tuple[str, Label]]:
    """Yield what cases strive for, background ones aside; one entry for those of a list."""
    seen = set()
    counted = (one for one in index.streams if not index.scenario.cases[one].background)
    for name, _, _ in chain.from_iterable(map(index.journey.goal, counted)):
        document = index.journey.documents[name]
        if document.declared not in seen:
            seen.add(document.declared)
            yield name, document.definition


def _cause(journey: Journey, name: str) -> Label:
    """Return what a cause of a bad end is called."""
    if name in journey.defects:
        defect, _ = journey.defects[name]
        return defect.harm or defect
    kind, _, rest = name.partition(".")
    if kind == "deadline":
        document = journey.documents[rest].definition
        return Label.said("cause.deadline", title=document)
    if kind == "rule":
        agent, event, rule = rest.split(".")
        why = journey.world.agents[agent].rules[event][rule].why  # type: ignore[index]  # an Event
        return why or Label.plain(rule)
    key = f"cause.{name}"
    return Label.said(key) if exists(key) else Label.plain(rest)

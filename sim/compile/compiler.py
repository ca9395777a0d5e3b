"""The compiler: from one world's definitions to a program of whole numbers, pass by pass.

Names are resolved (``graph.joiner``) and numbered (``index``); then actors, defects, steps,
documents and streams are compiled one after the other, each with the numbers of what came before.
A pass takes what was found so far and returns it with its own: problems are told all together.


MERGED: The linker: what the passes compiled, put together to a program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from sim.compile import calendars as cal
from sim.compile.actors import actors
from sim.compile.cautions import cautions
from sim.compile.checks import missing_rules, pools_in_circle, same_keys
from sim.compile.documents import defects, documents
from sim.compile.findings import Findings
from sim.compile.index import Index, fixed, indexed
from sim.compile.opening import Openings, opened
from sim.compile.program import ActorSpec, DefectSpec, DocumentSpec, Program, StepSpec, StreamSpec
from sim.compile.reports import labels, report
from sim.compile.staff import staffed
from sim.compile.steps import by_channel, steps
from sim.compile.streams import streams
from sim.errors import InvalidInput, Problem
from sim.graph.joiner import join
from sim.graph.journey import StepInstance
from sim.graph.network import critical_lengths, gathered
from sim.language.base import CHANNELS
from sim.study.loader import World


def compile_world(world: World) -> Program:
    """Compile one arm. Raises InvalidInput with every problem found."""
    index = indexed(join(world))
    found = Findings().told(missing_rules(index))
    staff, found = staffed(index, found)
    openings, found = opened(index, staff, found)
    people, found = actors(index, staff, openings, found)
    found = found.told(pools_in_circle(index, people))
    instances, found = defects(index, found)
    profiles, found = steps(index, people, openings, found)
    papers, found = documents(index, found)
    cases, found = streams(index, openings, found)
    found.settle()
    found.told(same_keys(index, found.points, cases)).settle()
    parts = Parts(people, instances, profiles, papers, cases)
    program = linked(index, openings, parts, found)
    told = cautions(index, openings, cases, found)
    return replace(program, digest=_digest(program), cautions=told)


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
    """SHA-256 of everything in the program."""
    sha = hashlib.sha256()
    for one in fields(program):
        if one.name not in {"digest", "cautions"} and getattr(program, one.name) is not None:
            sha.update(repr(getattr(program, one.name)).encode())
    return sha.hexdigest()


@dataclass(frozen=True)
class Parts:
    """What a program is put together from."""

    actors: tuple[ActorSpec, ...]
    defects: tuple[DefectSpec, ...]
    steps: tuple[StepSpec, ...]
    documents: tuple[DocumentSpec, ...]
    streams: tuple[StreamSpec, ...]


def linked(index: Index, openings: Openings, parts: Parts, found: Findings) -> Program:
    """Return the program of one arm, as yet without its digest."""
    journey, scenario = index.journey, index.scenario
    channel = journey.world.channel
    return Program(
        name=scenario.scenario,
        arm=journey.world.arm,
        channel=CHANNELS.index(channel) if channel in CHANNELS else -1,
        steps=tuple(index.steps),
        documents=tuple(index.documents),
        hidden=sum(journey.documents[name].hidden for name in index.documents),
        defects=tuple(journey.defects),
        attributes=tuple(index.attributes),
        causes=tuple(index.causes),
        rules=tuple(index.rules),
        points=tuple(found.points),
        actors=parts.actors,
        profiles=parts.steps,
        ways=by_channel(index),
        precedence=_precedence(index),
        step_gives=tuple(index.mask(step.gives) for step in index.wanted),
        papers=parts.documents,
        instances=parts.defects,
        streams=parts.streams,
        tables=found.quantiles,
        calendars=openings.calendars,
        timetables=openings.timetables,
        days=openings.days,
        months=cal.months(index.start),
        weekday=index.start.weekday(),
        start=index.offset,
        warm_up=index.offset + int(fixed(scenario.warm_up)),
        horizon=int(fixed(scenario.horizon)),
        labels=labels(index),
        report=report(index),
    )


def _precedence(index: Index) -> tuple[int, ...]:
    """Return the order in which a case's ready steps are taken up, by the agent's ``order``."""
    lengths = _lengths(index)

    def key(step: int) -> tuple[float, int]:
        instance = index.wanted[step]
        first = _takes_critical_first(index, instance)
        return (-lengths.get(instance.name, 0.0) if first else 0.0, step)

    ordered = sorted(range(len(index.wanted)), key=key)
    rank = {step: i for i, step in enumerate(ordered)}
    return tuple(rank[step] for step in range(len(index.wanted)))


def _lengths(index: Index) -> dict[str, float]:
    """Return the most typical seconds, over the streams, from each step to the last goal."""
    channel = index.journey.world.channel
    base = channel if channel in CHANNELS else "digital"
    lengths: dict[str, float] = {}
    for requirements in index.requirements.values():
        for name, length in critical_lengths(requirements, base).items():
            lengths[name] = max(length, lengths.get(name, 0.0))
    return lengths


def _takes_critical_first(index: Index, step: StepInstance) -> bool:
    """Whether somebody who may do a step for one case does what takes longest first."""
    names = (name for here in step.channels.values() for name in here.by)
    actors = (index.journey.actors[name] for name in names)
    return any(a.agent.order == "critical_path" for a in actors if a.actor.pool is None)

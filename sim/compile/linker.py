"""The linker: what the passes compiled, put together to a program."""

from __future__ import annotations

from dataclasses import dataclass

from sim.compile import calendars as cal
from sim.compile.findings import Findings
from sim.compile.index import Index, fixed
from sim.compile.opening import Openings
from sim.compile.program import ActorSpec, DefectSpec, DocumentSpec, Program, StepSpec, StreamSpec
from sim.compile.reports import labels, report
from sim.compile.steps import by_channel
from sim.graph.journey import StepInstance
from sim.graph.network import critical_lengths
from sim.language.base import CHANNELS


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

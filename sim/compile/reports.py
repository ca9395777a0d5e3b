"""What a result is told in: the titles of everything, and what a scenario asks to be told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sim.compile.index import Index, fixed
from sim.compile.program import GroupSpec, ObservedSpec, ReportSpec
from sim.graph.journey import Journey
from sim.language.base import Label
from sim.words import exists


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

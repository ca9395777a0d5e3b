"""Journeys as networkx graphs: what is reachable, what goes in circles, what nobody needs.

MERGED: A procedure as a graph of steps and documents, for those who draw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import networkx as nx

from sim.errors import Problem
from sim.graph.joiner import join
from sim.graph.journey import Journey, Place, StepInChannel, StepInstance, below_place, knows
from sim.language.base import CHANNELS, Channel
from sim.language.quantity import Fixed, typical
from sim.language.scenario import Holding
from sim.study import catalogue, loader

STEP = "step"
DOCUMENT = "document"

_VARYING: Final = frozenset(("channel", "path"))
"""Fields of a message that differ between worlds though the mistake is the same."""


@dataclass(frozen=True)
class Requirements:
    """What one stream of an arm may need: its steps in an order in which they can be done."""

    graph: nx.DiGraph[tuple[str, str]]
    steps: tuple[StepInstance, ...]
    documents: frozenset[str]
    problems: tuple[Problem, ...]


def begun(journey: Journey, stream: str) -> tuple[Channel, ...]:
    """Return the channels in which a stream's cases begin: the arm's, or what rules choose."""
    if journey.world.channel != "mixed":
        return tuple(c for c in CHANNELS if c == journey.world.channel)
    rules = journey.actors[journey.applicant(stream)].agent.rules.get("start", {}).values()
    chosen = {rule.then.use for rule in rules}
    sure = any(not rule.when.tests and rule.when.chance is None for rule in rules)
    if not sure or any(rule.then.do == "go" for rule in rules) or chosen == {None}:
        chosen.add(CHANNELS[0])  # where a case begins that nothing else is said of
    return tuple(c for c in CHANNELS if c in chosen)


def moved(journey: Journey) -> tuple[Channel, ...]:
    """Return the channels that rules may move a step to once a case is under way."""
    channels = {
        rule.then.use
        for actor in journey.actors.values()
        for event, rules in actor.agent.rules.items()
        if event != "start"
        for rule in rules.values()
    }
    return tuple(c for c in CHANNELS if c in channels)


def channels_of(journey: Journey, stream: str) -> tuple[Channel, ...]:
    """Return the channels in which a stream's steps may be done: as begun, or moved later."""
    return tuple(dict.fromkeys((*begun(journey, stream), *moved(journey))))


def alternatives(step: StepInstance, channels: Iterable[Channel]) -> tuple[StepInChannel, ...]:
    """Return the different ways a step may be done when begun in one of ``channels``."""
    found = {id(one): one for channel in channels for one in step.fallback_channels(channel)}
    return tuple(found.values())


def drawing_of(
    steps: Iterable[StepInstance], channels: Iterable[Channel]
) -> nx.DiGraph[tuple[str, str]]:
    """Return the graph document → step → document of how ``channels`` allow steps to be done."""
    graph: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
    chosen = tuple(channels)
    for step in steps:
        possible = alternatives(step, chosen)
        if not possible:
            continue
        node = (STEP, step.name)
        graph.add_node(node)
        for document in step.gives:
            graph.add_edge(node, (DOCUMENT, document))
        for here in possible:
            for document in here.learns:
                graph.add_edge(node, (DOCUMENT, document))
            for document in (*here.needs, *here.knowledge):
                graph.add_edge((DOCUMENT, document), node)
    return graph


def analyse(journey: Journey, stream: str) -> Requirements:
    """Return what a stream may need, and every problem with it."""
    steps = journey.used(stream)
    later = moved(journey)
    channels = channels_of(journey, stream)
    needed: set[str] = set()
    documents: dict[str, Place] = {}
    lacking: list[Problem] = []
    for channel in begun(journey, stream):
        givers = _givers(steps, (channel, *later))
        names, wanted = _closure(journey, stream, givers, (channel, *later))
        needed |= names
        documents |= wanted
        sent_back = _sent_back(journey, stream, names, (channel, *later))
        lacking += _without_giver(journey, stream, wanted, givers, channel, sent_back)
    order = [step for step in steps if step.name in needed]
    graph = drawing_of(order, channels)
    circles = list(_circles(journey, graph))
    problems = [*circles, *lacking]
    if not circles:
        rank = {step.name: i for i, step in enumerate(order)}
        sequence = nx.lexicographical_topological_sort(
            graph, key=lambda node: rank.get(node[1], -1)
        )
        by_name = {step.name: step for step in order}
        order = [by_name[name] for kind, name in sequence if kind == STEP]
    return Requirements(graph, tuple(order), frozenset(documents), tuple(problems))


def _givers(
    steps: Iterable[StepInstance], channels: tuple[Channel, ...]
) -> dict[str, list[StepInstance]]:
    givers: dict[str, list[StepInstance]] = {}
    for step in steps:
        possible = alternatives(step, channels)
        learned = [name for one in possible for name in one.learns]
        for document in (*step.gives, *dict.fromkeys(learned)) if possible else ():
            givers.setdefault(document, []).append(step)
    return givers


def _closure(
    journey: Journey,
    stream: str,
    givers: Mapping[str, list[StepInstance]],
    channels: tuple[Channel, ...],
) -> tuple[set[str], dict[str, Place]]:
    """Return the steps that may be wanted and the documents with one place that wants each."""
    documents: dict[str, Place] = {}
    todo: list[tuple[str, Place]] = []
    for document, condition, place in journey.goal(stream):
        todo.append((document, below_place(place, "document")))
        tests = condition.tests if condition is not None else ()
        waits = [name for name in tests if name in journey.deciders]
        todo += [(knows(name), below_place(place, "if", name)) for name in waits]
    names: set[str] = set()
    while todo:
        document, place = todo.pop()
        if document in documents:
            continue
        documents[document] = place
        for step in givers.get(document, ()):
            if step.name in names:
                continue
            names.add(step.name)
            for here in alternatives(step, channels):
                todo += here.asks.items()
    return names, documents


def _circles(journey: Journey, graph: nx.DiGraph[tuple[str, str]]) -> Iterable[Problem]:
    for group in nx.strongly_connected_components(graph):
        if len(group) > 1:
            circle = nx.find_cycle(graph.subgraph(sorted(group)))
            yield _circle(journey, [one for one, _ in circle])


def _circle(journey: Journey, nodes: list[tuple[str, str]]) -> Problem:
    """Say how steps wait for each other, beginning with the one that comes first by name."""
    names = {name: name for kind, name in nodes if kind == DOCUMENT}
    steps = [journey.steps[name] for kind, name in nodes if kind == STEP]
    alone = len({step.procedure for step in steps}) == 1
    names |= {t.name: t.name.partition(".")[2] if alone else t.name for t in steps}
    start = min(steps, key=lambda step: step.name)
    first = nodes.index((STEP, start.name))
    around = [*nodes[first:], *nodes[:first], nodes[first]]
    path = " → ".join(shown(names[name]) for _, name in around)
    return journey.problem(start.place, "cycle", on="key", path=path)


def _sent_back(
    journey: Journey, stream: str, names: set[str], channels: tuple[Channel, ...]
) -> dict[str, str]:
    """Return the documents of a locker that may be sent back, each with the defect found in it."""
    possible = [
        one for name in sorted(names) for one in alternatives(journey.steps[name], channels)
    ]
    profiles = [p for one in possible for p in (one.profile, one.profile.again)]
    sought = {defect for one in profiles for defect in getattr(one, "finds", None) or {}}
    found: dict[str, str] = {}
    for document in {document for one in possible for document in one.needs}:
        holding = holding_of(journey, stream, document)
        for defect in holding.makes if holding is not None else ():
            if defect in sought:
                found.setdefault(document, defect)
    return found


def _without_giver(  # noqa: PLR0913, PLR0917 -- what a stream wants, and who gives it
    journey: Journey,
    stream: str,
    documents: Mapping[str, Place],
    givers: Mapping[str, list[StepInstance]],
    channel: Channel,
    sent_back: Mapping[str, str],
) -> Iterable[Problem]:
    """Yield documents that cases which begin in ``channel`` may want and get from nobody."""
    goals = {document for document, _, _ in journey.goal(stream)}
    for document, place in documents.items():
        held = _always_held(journey, stream, document)
        if held and document not in sent_back:
            continue
        possible = givers.get(document, [])
        if not possible and held:
            _, where = journey.defects[sent_back[document]]
            yield journey.problem(where, "returns_nowhere", document=document)
        elif not possible:
            key = "goal_unreachable" if document in goals else "nobody_gives"
            if document.startswith("?"):
                key = "nobody_decides"
            values = {"name": shown(document), "channel": channel}
            yield journey.problem(place, key, **values)
        elif not any(step.sure(channel) for step in possible):
            first = possible[0]
            values = {"name": shown(document), "step": first.step}
            yield journey.problem(first.place, "giver_not_sure", on="key", **values)


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of several worlds, each once, with all the channels it concerns."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        rest = sorted((k, str(v)) for k, v in problem.values.items() if k not in _VARYING)
        key = (problem.key, *problem.order(), *rest)
        old = found.setdefault(key, problem)
        channels = [*str(old.values.get("channel", "")).split(", "), problem.values.get("channel")]
        if "channel" in problem.values:
            told = ", ".join(dict.fromkeys(map(str, channels)))
            found[key] = replace(old, values={**old.values, "channel": told})
    unsure = {p.values["name"] for p in found.values() if p.key == "giver_not_sure"}
    return [
        problem
        for problem in found.values()
        if problem.key != "nobody_gives" or problem.values["name"] not in unsure
    ]


def shown(document: str) -> str:
    """Return a document's name as messages show it, also if it stands for knowledge."""
    return document.lstrip("?").removeprefix("asked ")


def _always_held(journey: Journey, stream: str, document: str) -> bool:
    holding = holding_of(journey, stream, document)
    known = journey.documents.get(document)
    return (
        holding is not None
        and isinstance(holding.share, Fixed)
        and holding.share.value == 1
        and known is not None
        and known.definition.valid is None
    )


def holding_of(journey: Journey, stream: str, document: str) -> Holding | None:
    """Return what the locker says of a document: of itself, else of its family."""
    locker = journey.world.scenario.cases[stream].locker
    return locker.get(document, locker.get(document.partition(".")[0]))


def seconds(here: StepInChannel) -> float:
    """Return a typical length of one visit, in seconds of its own hours."""
    work = typical(here.profile.work) if here.profile.work is not None else 0.0
    delay = here.profile.delay
    if delay is None:
        return work
    waits = [typical(q) for q in (delay.time, delay.at_least) if q is not None]
    return work + sum(waits)


def critical_lengths(requirements: Requirements, channel: Channel) -> dict[str, float]:
    """Return for each step the typical seconds from its start to the last goal, at best."""
    lengths: dict[str, float] = {}
    for step in reversed(requirements.steps):
        node = (STEP, step.name)
        after = [
            lengths.get(user, 0.0)
            for document in requirements.graph.successors(node)
            for _, user in requirements.graph.successors(document)
        ]
        possible = step.fallback_channels(channel) or alternatives(step, CHANNELS)
        own = seconds(possible[0]) if possible else 0.0
        lengths[step.name] = own + max(after, default=0.0)
    return lengths


def drawing(name: str, channel: str | None = None) -> nx.DiGraph[Any]:
    """Return the graph of a procedure or of a scenario's journey, in one channel or in all.

    Nodes (kind, name) carry ``kind`` and ``title`` (by language); steps ``actors``, ``channels``.
    Raises InvalidInput for an unknown name.
    """
    procedures = catalogue.procedures_of(name)
    journey = join(loader.world(catalogue.companions(procedures), (), (), channel or "digital"))
    chosen: tuple[Channel, ...] = CHANNELS if channel is None else (channel,)  # type: ignore[assignment]  # a Channel
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for step in journey.steps.values():
        if step.procedure not in procedures:
            continue
        possible = [c for c in chosen if step.fallback_channels(c)]
        if not possible:
            continue
        _add_step(graph, step, chosen, journey.actors)
        for document in step.gives:
            graph.add_edge(("step", step.name), ("document", document))
        for here in alternatives(step, chosen):
            for document in here.needs:
                graph.add_edge(("document", document), ("step", step.name))
    for kind, node in graph.nodes:
        if kind == "document":
            title = journey.documents[node].title.texts
            graph.nodes[kind, node].update(kind="document", title=title)
    return graph


def _add_step(
    graph: nx.DiGraph[Any], step: StepInstance, channels: tuple[Channel, ...], actors: Any
) -> None:
    names = dict.fromkeys(name for here in alternatives(step, channels) for name in here.by)
    graph.add_node(
        ("step", step.name),
        kind="step",
        title=step.title.texts,
        actors=[actors[n].title.texts for n in names],
        channels=[c for c in channels if step.channels[c].exists],
    )

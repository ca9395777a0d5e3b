"""Journeys as networkx graphs: what is reachable, what goes in circles, what nobody needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import networkx as nx

from sim.errors import Problem
from sim.graph.journey import Journey, Place, StepInChannel, StepInstance, below_place, knows
from sim.language.base import CHANNELS, Channel
from sim.language.quantity import Fixed, typical
from sim.language.scenario import Holding

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
        for who in journey.actors.values()
        for event, rules in who.agent.rules.items()
        if event != "start"
        for rule in rules.values()
    }
    return tuple(c for c in CHANNELS if c in channels)


def channels_of(journey: Journey, stream: str) -> tuple[Channel, ...]:
    """Return the channels in which a stream's steps may be done: as begun, or moved later."""
    return tuple(dict.fromkeys((*begun(journey, stream), *moved(journey))))


def ways(task: StepInstance, channels: Iterable[Channel]) -> tuple[StepInChannel, ...]:
    """Return the different ways a step may be done when begun in one of ``channels``."""
    found = {id(way): way for channel in channels for way in task.fallback_channels(channel)}
    return tuple(found.values())


def drawing_of(
    tasks: Iterable[StepInstance], channels: Iterable[Channel]
) -> nx.DiGraph[tuple[str, str]]:
    """Return the graph document → step → document of the ways that ``channels`` allow."""
    graph: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
    chosen = tuple(channels)
    for task in tasks:
        possible = ways(task, chosen)
        if not possible:
            continue
        step = (STEP, task.name)
        graph.add_node(step)
        for document in task.gives:
            graph.add_edge(step, (DOCUMENT, document))
        for way in possible:
            for document in way.learns:
                graph.add_edge(step, (DOCUMENT, document))
            for document in (*way.needs, *way.knowledge):
                graph.add_edge((DOCUMENT, document), step)
    return graph


def analyse(journey: Journey, stream: str) -> Requirements:
    """Return what a stream may need, and every problem with it."""
    tasks = journey.used(stream)
    later = moved(journey)
    channels = channels_of(journey, stream)
    needed: set[str] = set()
    documents: dict[str, Place] = {}
    lacking: list[Problem] = []
    for channel in begun(journey, stream):
        givers = _givers(tasks, (channel, *later))
        steps, wanted = _closure(journey, stream, givers, (channel, *later))
        needed |= steps
        documents |= wanted
        sent_back = _sent_back(journey, stream, steps, (channel, *later))
        lacking += _without_giver(journey, stream, wanted, givers, channel, sent_back)
    order = [task for task in tasks if task.name in needed]
    graph = drawing_of(order, channels)
    circles = list(_circles(journey, graph))
    problems = [*circles, *lacking]
    if not circles:
        rank = {task.name: i for i, task in enumerate(order)}
        sequence = nx.lexicographical_topological_sort(
            graph, key=lambda node: rank.get(node[1], -1)
        )
        by_name = {task.name: task for task in order}
        order = [by_name[name] for kind, name in sequence if kind == STEP]
    return Requirements(graph, tuple(order), frozenset(documents), tuple(problems))


def _givers(
    tasks: Iterable[StepInstance], channels: tuple[Channel, ...]
) -> dict[str, list[StepInstance]]:
    givers: dict[str, list[StepInstance]] = {}
    for task in tasks:
        possible = ways(task, channels)
        learned = [name for way in possible for name in way.learns]
        for document in (*task.gives, *dict.fromkeys(learned)) if possible else ():
            givers.setdefault(document, []).append(task)
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
    steps: set[str] = set()
    while todo:
        document, place = todo.pop()
        if document in documents:
            continue
        documents[document] = place
        for task in givers.get(document, ()):
            if task.name in steps:
                continue
            steps.add(task.name)
            for way in ways(task, channels):
                todo += way.asks.items()
    return steps, documents


def _circles(journey: Journey, graph: nx.DiGraph[tuple[str, str]]) -> Iterable[Problem]:
    for group in nx.strongly_connected_components(graph):
        if len(group) > 1:
            circle = nx.find_cycle(graph.subgraph(sorted(group)))
            yield _circle(journey, [one for one, _ in circle])


def _circle(journey: Journey, nodes: list[tuple[str, str]]) -> Problem:
    """Say how steps wait for each other, beginning with the one that comes first by name."""
    names = {name: name for kind, name in nodes if kind == DOCUMENT}
    tasks = [journey.steps[name] for kind, name in nodes if kind == STEP]
    alone = len({task.procedure for task in tasks}) == 1
    names |= {t.name: t.name.partition(".")[2] if alone else t.name for t in tasks}
    start = min(tasks, key=lambda task: task.name)
    first = nodes.index((STEP, start.name))
    around = [*nodes[first:], *nodes[:first], nodes[first]]
    path = " → ".join(shown(names[name]) for _, name in around)
    return journey.problem(start.place, "cycle", on="key", path=path)


def _sent_back(
    journey: Journey, stream: str, steps: set[str], channels: tuple[Channel, ...]
) -> dict[str, str]:
    """Return the documents of a locker that may be sent back, each with the defect found in it."""
    possible = [way for name in sorted(steps) for way in ways(journey.steps[name], channels)]
    manners = [m for way in possible for m in (way.profile, way.profile.again)]
    sought = {defect for manner in manners for defect in getattr(manner, "finds", None) or {}}
    found: dict[str, str] = {}
    for document in {document for way in possible for document in way.needs}:
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
        elif not any(task.sure(channel) for task in possible):
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
    paper = journey.documents.get(document)
    return (
        holding is not None
        and isinstance(holding.share, Fixed)
        and holding.share.value == 1
        and paper is not None
        and paper.definition.valid is None
    )


def holding_of(journey: Journey, stream: str, document: str) -> Holding | None:
    """Return what the locker says of a document: of itself, else of its family."""
    locker = journey.world.scenario.cases[stream].locker
    return locker.get(document, locker.get(document.partition(".")[0]))


def seconds(way: StepInChannel) -> float:
    """Return a typical length of one visit, in seconds of its own hours."""
    work = typical(way.profile.work) if way.profile.work is not None else 0.0
    delay = way.profile.delay
    if delay is None:
        return work
    waits = [typical(q) for q in (delay.time, delay.at_least) if q is not None]
    return work + sum(waits)


def critical_lengths(web: Requirements, channel: Channel) -> dict[str, float]:
    """Return for each step the typical seconds from its start to the last goal, at best."""
    lengths: dict[str, float] = {}
    for task in reversed(web.steps):
        node = (STEP, task.name)
        after = [
            lengths.get(step, 0.0)
            for document in web.graph.successors(node)
            for _, step in web.graph.successors(document)
        ]
        fallback_channels = task.fallback_channels(channel) or ways(task, CHANNELS)
        lengths[task.name] = (seconds(fallback_channels[0]) if fallback_channels else 0.0) + max(
            after, default=0.0
        )
    return lengths

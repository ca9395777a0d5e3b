"""Journeys as networkx graphs: what is reachable, what goes in circles, and how they are drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import networkx as nx

from sim.errors import Problem
from sim.graph.joiner import join
from sim.graph.journey import Journey, Place, StepInChannel, StepInstance, below_place, knows
from sim.language.base import CHANNELS, Channel
from sim.language.quantity import Fixed, typical
from sim.language.scenario import Holding
from sim.language.step import Profile
from sim.study import catalogue, loader

STEP: Final = "step"
DOCUMENT: Final = "document"

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


def _graph(
    steps: Iterable[StepInstance], channels: Iterable[Channel]
) -> nx.DiGraph[tuple[str, str]]:
    """Return the graph document → step → document of how ``channels`` allow steps to be done."""
    graph: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
    chosen = tuple(channels)
    for step in steps:
        node = (STEP, step.name)
        possible = alternatives(step, chosen)
        if possible:
            graph.add_node(node)
            graph.add_edges_from((node, (DOCUMENT, document)) for document in step.gives)
        for here in possible:
            graph.add_edges_from((node, (DOCUMENT, document)) for document in here.learns)
            asked = (*here.needs, *here.knowledge)
            graph.add_edges_from(((DOCUMENT, document), node) for document in asked)
    return graph


def analyse(journey: Journey, stream: str) -> Requirements:
    """Return what a stream may need, and every problem with it."""
    needed: set[str] = set()
    documents: dict[str, Place] = {}
    lacking: list[Problem] = []
    for channel in begun(journey, stream):
        search = _Search(journey, stream, channel)
        steps, wanted = search.closure()
        needed |= steps
        documents |= wanted
        lacking += search.lacking(steps, wanted)
    order = [step for step in journey.used(stream) if step.name in needed]
    graph = _graph(order, channels_of(journey, stream))
    circles = list(_circles(journey, graph))
    if not circles:
        rank = {step.name: i for i, step in enumerate(order)}
        sequence = nx.lexicographical_topological_sort(
            graph, key=lambda node: rank.get(node[1], -1)
        )
        order = [journey.steps[name] for kind, name in sequence if kind == STEP]
    return Requirements(graph, tuple(order), frozenset(documents), (*circles, *lacking))


@dataclass(frozen=True)
class _Search:
    """Finds what cases of a stream may want that begin in one channel."""

    journey: Journey
    stream: str
    channel: Channel

    @cached_property
    def ways(self) -> dict[str, tuple[StepInChannel, ...]]:
        """How each step may be done, in this channel or where rules may move it."""
        channels = (self.channel, *moved(self.journey))
        used = self.journey.used(self.stream)
        return {step.name: alternatives(step, channels) for step in used}

    @cached_property
    def givers(self) -> dict[str, list[StepInstance]]:
        """The steps that may give each document."""
        givers: dict[str, list[StepInstance]] = {}
        for name, ways in self.ways.items():
            step = self.journey.steps[name]
            learned = [document for way in ways for document in way.learns]
            for document in (*step.gives, *dict.fromkeys(learned)) if ways else ():
                givers.setdefault(document, []).append(step)
        return givers

    def closure(self) -> tuple[set[str], dict[str, Place]]:
        """Return the steps that may be wanted and the documents with one place that wants each."""
        steps: set[str] = set()
        documents: dict[str, Place] = {}
        todo: list[tuple[str, Place]] = []
        for document, condition, place in self.journey.goal(self.stream):
            todo.append((document, below_place(place, "document")))
            tests = condition.tests if condition is not None else ()
            waits = [name for name in tests if name in self.journey.deciders]
            todo += [(knows(name), below_place(place, "if", name)) for name in waits]
        while todo:
            document, place = todo.pop()
            if document in documents:
                continue
            documents[document] = place
            for step in self.givers.get(document, ()):
                if step.name not in steps:
                    steps.add(step.name)
                    todo += [ask for way in self.ways[step.name] for ask in way.asks.items()]
        return steps, documents

    def lacking(self, steps: Iterable[str], documents: Mapping[str, Place]) -> Iterator[Problem]:
        """Yield documents that cases may want and get from nobody."""
        goals = {document for document, _, _ in self.journey.goal(self.stream)}
        sent_back = self._sent_back(steps)
        for document, place in documents.items():
            held = self._always_held(document)
            if held and document not in sent_back:
                continue
            possible = self.givers.get(document, [])
            if not possible and held:
                _, where = self.journey.defects[sent_back[document]]
                yield self.journey.problem(where, "returns_nowhere", document=document)
            elif not possible:
                key = "goal_unreachable" if document in goals else "nobody_gives"
                if document.startswith("?"):
                    key = "nobody_decides"
                values = {"name": _shown(document), "channel": self.channel}
                yield self.journey.problem(place, key, **values)
            elif not any(step.sure(self.channel) for step in possible):
                first = possible[0]
                values = {"name": _shown(document), "step": first.step}
                yield self.journey.problem(first.place, "giver_not_sure", on="key", **values)

    def _sent_back(self, steps: Iterable[str]) -> dict[str, str]:
        """Return the documents of a locker that may come back, each with the defect found in it."""
        ways = [way for name in steps for way in self.ways[name]]
        profiles = [profile for way in ways for profile in (way.profile, way.profile.again)]
        sought = {defect for one in profiles for defect in getattr(one, "finds", None) or ()}
        found: dict[str, str] = {}
        for document in {document for way in ways for document in way.needs}:
            holding = self._holding(document)
            for defect in holding.makes if holding is not None else ():
                if defect in sought:
                    found.setdefault(document, defect)
        return found

    def _always_held(self, document: str) -> bool:
        holding = self._holding(document)
        known = self.journey.documents.get(document)
        if holding is None or known is None or known.definition.valid is not None:
            return False
        return isinstance(holding.share, Fixed) and holding.share.value == 1

    def _holding(self, document: str) -> Holding | None:
        """Return what the locker says of a document: of itself, else of its family."""
        locker = self.journey.world.scenario.cases[self.stream].locker
        return locker.get(document, locker.get(document.partition(".")[0]))


def _circles(journey: Journey, graph: nx.DiGraph[tuple[str, str]]) -> Iterator[Problem]:
    for group in nx.strongly_connected_components(graph):
        if len(group) > 1:
            circle = nx.find_cycle(graph.subgraph(sorted(group)))
            yield _circle(journey, [one for one, _ in circle])


def _circle(journey: Journey, nodes: list[tuple[str, str]]) -> Problem:
    """Say how steps wait for each other, beginning with the one that comes first by name."""
    steps = [journey.steps[name] for kind, name in nodes if kind == STEP]
    alone = len({step.procedure for step in steps}) == 1
    start = min(steps, key=lambda step: step.name)
    first = nodes.index((STEP, start.name))
    path = " → ".join(
        name.partition(".")[2] if alone and kind == STEP else _shown(name)
        for kind, name in (*nodes[first:], *nodes[:first], nodes[first])
    )
    return journey.problem(start.place, "cycle", on="key", path=path)


def known_first(journey: Journey) -> dict[str, frozenset[str]]:
    """Return the attributes that a ``select`` decides, with the steps that begin only after it.

    Such a step needs, in whatever way it is done, what nobody gives who comes before.
    """
    free = {d for one in journey.world.scenario.cases.values() for d in one.locker}
    for procedure in journey.world.procedures.values():
        free |= {deadline.document for deadline in procedure.deadlines}  # silence may give it
    free |= {document for name in free for document in journey.family(name)}
    givers: dict[str, set[str]] = {}
    for step in journey.steps.values():
        for document in (*step.gives, *(d for c in step.channels.values() for d in c.learns)):
            givers.setdefault(document, set()).add(step.name)
    found: dict[str, frozenset[str]] = {}
    for step in journey.steps.values():
        if (select := step.definition.select) is not None:
            found[select.decides] = _always_after(journey, knows(select.decides), givers, free)
    return found


def _always_after(
    journey: Journey, document: str, givers: Mapping[str, set[str]], free: Collection[str]
) -> frozenset[str]:
    """Return the steps that wait for a document, or for what nobody gives before it is there.

    A need that somebody may not know of is not waited for.
    """
    waits = {
        step.name: [_waits(journey, way) for way in step.channels.values() if way.exists]
        for step in journey.steps.values()
    }
    documents, steps, before = {document}, set[str](), 0
    while len(documents) > before:
        before = len(documents)
        for name, ways in waits.items():
            if ways and all(not documents.isdisjoint(way) for way in ways):
                steps.add(name)
        late = steps | givers[document]
        documents |= {one for one, by in givers.items() if by <= late and one not in free}
    return frozenset(steps)


def _waits(journey: Journey, way: StepInChannel) -> set[str]:
    """Return what a step waits for in a channel, whatever whoever does it knows."""
    left = {document for need in journey.leaves(way) for document in way.named[need]}
    return {*way.asks} - left


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


def _shown(document: str) -> str:
    """Return a document's name as messages show it, also if it stands for knowledge."""
    return document.lstrip("?").removeprefix("asked ")


def _seconds(profile: Profile) -> float:
    """Return a typical length of one visit, in seconds of its own hours."""
    waits = () if profile.delay is None else (profile.delay.time, profile.delay.at_least)
    return sum(typical(part) for part in (profile.work, *waits) if part is not None)


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
        own = _seconds(possible[0].profile) if possible else 0.0
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
    steps = [step for step in journey.steps.values() if step.procedure in procedures]
    graph: nx.DiGraph[Any] = _graph(steps, chosen)
    hidden = [name for name, document in journey.documents.items() if document.hidden]
    graph.remove_nodes_from((DOCUMENT, name) for name in hidden)
    for kind, node in graph.nodes:
        one = journey.steps[node] if kind == STEP else journey.documents[node]
        graph.nodes[kind, node].update(kind=kind, title=one.title.texts)
    for step in steps:
        if (STEP, step.name) in graph:
            by = dict.fromkeys(a for here in alternatives(step, chosen) for a in here.by)
            graph.nodes[STEP, step.name].update(
                actors=[journey.actors[actor].title.texts for actor in by],
                channels=[c for c in chosen if step.channels[c].exists],
            )
    return graph

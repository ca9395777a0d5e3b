"""What a journey must have besides names that are known: rules, and an order of pools."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import networkx as nx

from sim.compile.index import Index
from sim.compile.program import ActorSpec, StreamSpec
from sim.errors import Problem
from sim.graph.journey import ActorInstance, Journey, Place, below_place
from sim.language.agent import Event


def missing_rules(index: Index) -> Iterator[Problem]:
    """Yield where rules lack for whoever may be sent something back, or may choose a channel."""
    journey = index.journey
    finds = any(
        here.profile.finds or (here.profile.again and here.profile.again.finds)
        for step in index.wanted
        for here in step.channels.values()
    )
    for stream in index.streams:
        applicant = journey.actors[journey.applicant(stream)]
        if finds:
            yield from _without_answer(journey, applicant)
        if journey.world.channel == "mixed" and not applicant.agent.rules.get("start"):
            yield _rule_missing(journey, applicant, "start")
    for step in index.wanted if finds else ():
        for here in step.channels.values():
            if here.by and (here.profile.makes or journey.leaves(here)):
                first = journey.actors[here.by[0]]
                if first.agent.kind == "ai":
                    yield from _without_answer(journey, first)


def left_for_good(index: Index) -> Iterator[Problem]:
    """Yield what would bring a paper out of nowhere, or leave for good that it is not there."""
    journey, papers = index.journey, index.journey.documents
    ways = [(step, here) for step in index.wanted for here in step.channels.values()]
    left = [(step, need, d) for step, here in ways for need, d in journey.leaves(here).items()]
    for step, need, _ in left:
        for name in (one for one in step.gives if papers[one].definition.kept):
            place = below_place(papers[name].place, "kept")
            values = {"name": name, "step": step.step, "need": need}
            yield journey.problem(place, "left_out_kept", on="key", **values)
    for _, here in ways:
        sought = {*(here.profile.finds or ()), *((here.profile.again or here.profile).finds or ())}
        for defect in dict.fromkeys(d for _, _, d in left if d in sought and here.by):
            for place in _fixes(journey.actors[here.by[-1]], defect):
                yield journey.problem(place, "left_out_fixed", defect=defect)


def _fixes(finder: ActorInstance, defect: str) -> Iterator[Place]:
    """Yield the rules by which somebody may mend a defect that is found."""
    for name, rule in finder.agent.rules.get("found", {}).items():
        if "defect" in rule.when.tests and defect not in rule.when.values("defect"):
            continue
        if rule.then.do == "fix":
            yield ("agent", finder.agent.agent, ("rules", "found", name, "then"))
        if rule.when.tests.keys() <= {"defect"} and rule.when.chance is None:
            return


def _rule_missing(journey: Journey, actor: ActorInstance, event: Event) -> Problem:
    """Show the actor: it may be the wrong agent for it, or the agent lacks a rule."""
    values = {"actor": actor.name, "agent": actor.agent.agent, "event": event}
    place = below_place(actor.place, "agent")
    how = "at_once" if event == "returned" and actor.agent.sessions else event
    return journey.problem(place, "rule_missing", hint=f"rule_missing.{how}", **values)


def _without_answer(journey: Journey, actor: ActorInstance) -> Iterator[Problem]:
    """Yield what keeps an actor from answering every return."""
    rules = actor.agent.rules.get("returned", {})
    if not rules:
        yield _rule_missing(journey, actor, "returned")
        return
    last = list(rules)[-1]
    if rules[last].when.tests or rules[last].when.chance is not None:
        where: Place = ("agent", actor.agent.agent, ("rules", "returned", last, "when"))
        yield journey.problem(where, "last_rule_conditional", on="key", event="returned")


def pools_in_circle(index: Index, actors: Sequence[ActorSpec]) -> Iterator[Problem]:
    """Yield pools that, taken in different orders, could wait for each other for ever."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    where: dict[tuple[str, str], Place] = {}
    for step in index.wanted:
        for channel, here in step.channels.items():
            pools = [name for name in here.by if actors[index.actors[name]].staffed]
            for one, two in pairwise(pools):
                graph.add_edge(one, two)
                where[one, two] = step.at(channel, "by")
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return
    names = " → ".join([one for one, _ in circle] + [circle[0][0]])
    place = where[circle[-1][0], circle[-1][1]]
    yield index.journey.problem(place, "pools_in_circle", names=names)


def same_keys(
    index: Index, points: Iterable[str], streams: Iterable[StreamSpec]
) -> Iterator[Problem]:
    """Yield two draw points that would be drawn alike, because their keys are the same."""
    seen: dict[int, str] = {}
    for stream in streams:
        for point, crc in zip(points, stream.crc, strict=True):
            name = f"{stream.name}:{point}"
            if seen.setdefault(crc, name) != name:
                where: Place = ("scenario", index.scenario.scenario, ("cases", stream.name))
                values = {"one": seen[crc], "other": name}
                yield index.journey.problem(where, "same_crc", **values)


def keys_of(stream: str, points: Iterable[str]) -> tuple[int, ...]:
    """Return the CRC-32 of each draw point's full name."""
    return tuple(zlib.crc32(f"{stream}:{point}".encode()) for point in points)

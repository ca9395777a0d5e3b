"""What a journey must have besides names that are known: rules, and an order of pools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import networkx as nx

from sim.compile.expressions import Expressions
from sim.compile.program import ActorSpec, StreamSpec
from sim.graph.journey import ActorInstance, Place, below_place
from sim.language.agent import Event


def check_rules(names: Expressions) -> None:
    """Whoever may be sent something back, or may choose a channel, must have rules for it."""
    index, journey = names.index, names.journey
    every = [here for step in index.wanted for here in step.channels.values()]
    finds = any(
        one.profile.finds or (one.profile.again and one.profile.again.finds) for one in every
    )
    for stream in index.streams:
        applicant = journey.actors[journey.applicant(stream)]
        if finds:
            _check_answer(names, applicant)
        if journey.world.channel == "mixed" and not applicant.agent.rules.get("start"):
            _say_missing(names, applicant, "start")
    for here in every if finds else ():
        if here.by and here.profile.makes:
            first = journey.actors[here.by[0]]
            if first.agent.kind == "ai":
                _check_answer(names, first)


def _check_answer(names: Expressions, actor: ActorInstance) -> None:
    """An actor must answer every return."""
    rules = actor.agent.rules.get("returned", {})
    if not rules:
        _say_missing(names, actor, "returned")
        return
    last = list(rules)[-1]
    if rules[last].when.tests or rules[last].when.chance is not None:
        where: Place = ("agent", actor.agent.agent, ("rules", "returned", last, "when"))
        names.say(where, "last_rule_conditional", on="key", event="returned")


def _say_missing(names: Expressions, actor: ActorInstance, event: Event) -> None:
    """Show the actor: it may be the wrong agent for it, or the agent lacks a rule."""
    values = {"actor": actor.name, "agent": actor.agent.agent, "event": event}
    place = below_place(actor.place, "agent")
    names.say(place, "rule_missing", hint=f"rule_missing.{event}", **values)


def check_pools(names: Expressions, actors: Sequence[ActorSpec]) -> None:
    """Pools that are taken in different orders could wait for each other for ever."""
    index = names.index
    graph: nx.DiGraph[str] = nx.DiGraph()
    for step in index.wanted:
        for channel, here in step.channels.items():
            pools = [name for name in here.by if actors[index.actors[name]].staffed]
            for one, two in pairwise(pools):
                graph.add_edge(one, two, place=step.at(channel, "by"))
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return
    around = " → ".join([one for one, _ in circle] + [circle[0][0]])
    names.say(graph.edges[circle[-1]]["place"], "pools_in_circle", names=around)


def check_keys(names: Expressions, streams: Iterable[StreamSpec]) -> None:
    """Two draw points whose keys are the same would be drawn alike."""
    seen: dict[int, str] = {}
    for stream in streams:
        for point, crc in zip(names.points, stream.crc, strict=True):
            name = f"{stream.name}:{point}"
            if seen.setdefault(crc, name) != name:
                where = names.index.place("cases", stream.name)
                names.say(where, "same_crc", one=seen[crc], other=name)

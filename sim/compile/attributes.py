"""The attributes of a case as numbers, those that others follow from first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import accumulate

import networkx as nx

from sim.compile.expressions import Expressions
from sim.compile.nodes import SHARE, VARIABLES, AttributeNode, ChanceNode, ChoiceNode, Const
from sim.graph.journey import Place, below_place
from sim.language.amounts import Comparison
from sim.language.attribute import WORDS, Amount, Chance, Choice, Constant, Table, Value, sorts
from sim.language.domain import Domain
from sim.language.quantity import typical
from sim.words import Word


def attributes(names: Expressions, stream: str) -> tuple[tuple[int, AttributeNode], ...]:
    """Compile every attribute of a stream's cases, and whether each item of a list is there.

    What a stream says of an attribute outweighs what procedures say.
    """
    index, journey = names.index, names.journey
    place = index.place("cases", stream, "attributes")
    own = index.scenario.cases[stream].attributes.items()
    defined = {**journey.attributes, **{n: (value, below_place(place, n)) for n, value in own}}
    nodes = [
        (index.attributes[name], attribute(names, name, *defined[name]))
        for name in _order(names, defined)
    ]
    for name, (share, where) in journey.presences.items():
        node = names.node(share, "share", f"list/{name}/share", where)
        nodes.append((index.attributes[name], ChanceNode(names.points.of(f"list/{name}"), node)))
    return tuple(nodes)


def attribute(names: Expressions, name: str, value: Value, place: Place) -> AttributeNode:
    """Compile an attribute, drawn at ``attr/name``."""
    if isinstance(value, Table):
        return _table(names, name, value, place)
    domain = names.index.domains[name]
    if domain.kind == "number" and isinstance(value, Chance) and value.bare:
        return Const(int(typical(value.share)))
    if (sorts(value) or {"bool"}) - {domain.kind}:
        names.say(place, "attribute_mixed", name=name, kind=Word(f"sort.{domain.kind}"))
        return Const(0)
    return _leaf(names, domain, f"attr/{name}", value, place)


def _leaf(
    names: Expressions,
    domain: Domain,
    point: str,
    value: Constant | Chance | Amount | Choice,
    place: Place,
) -> AttributeNode:
    if isinstance(value, Constant):
        spans = names.read(domain.spans, Comparison.read(value.value), place)
        return Const(spans[0][0] if spans else 0)
    if isinstance(value, Amount):
        return names.node(value.number, "amount", point, place)
    number = names.points.of(point)
    if isinstance(value, Chance):
        return ChanceNode(number, names.node(value.share, "share", f"{point}/share", place))
    running = accumulate(share.value for _, share in value.shares)
    until = [math.floor(one * SHARE + 0.5) for one in running]
    values = tuple(domain.names.index(key) for key, _ in value.shares)
    return ChoiceNode(number, (*until[:-1], SHARE), values)


def _table(names: Expressions, name: str, value: Table, place: Place) -> AttributeNode:
    if names.is_lever(value.by):
        taken, key = names.taken(value.by, value.branches, value.otherwise, place)
        return Const(0) if taken is None else attribute(names, name, taken, below_place(place, key))
    if names.chosen_later(value.by, below_place(place, "by")):
        return Const(0)
    common = {word: VARIABLES[word] for word in WORDS}
    variable = (common | names.indicators | dict(names.attributes)).get(value.by)
    if variable is None:
        names.unknown(below_place(place, "by"), "attribute", value.by, names.attributes)
        return Const(0)

    def branch(one: Value, key: str) -> AttributeNode:
        return attribute(names, name, one, below_place(place, key))

    return names.switch(variable, value.by, value.branches, value.otherwise, place, branch)


def _order(names: Expressions, defined: Mapping[str, tuple[Value, Place]]) -> list[str]:
    """Return the attributes, each behind the one it follows from; none if they go in a circle."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(defined)
    for name, (value, _) in defined.items():
        if isinstance(value, Table) and value.by in defined:
            graph.add_edge(value.by, name)
    try:
        return list(nx.topological_sort(graph))
    except nx.NetworkXUnfeasible:
        circle = [one for one, _ in nx.find_cycle(graph)]
    start = circle.index(min(circle))
    around = (*circle[start:], *circle[: start + 1])
    place = below_place(defined[around[0]][1], "by")
    names.say(place, "attributes_in_circle", names=" → ".join(around))
    return []

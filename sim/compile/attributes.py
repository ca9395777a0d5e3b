"""The attributes of a case as numbers, those that others follow from first."""

from __future__ import annotations

import math
from collections.abc import Mapping

import networkx as nx

from sim.compile.expressions import Expressions
from sim.compile.index import Index
from sim.compile.nodes import SHARE, VARIABLES, AttributeNode, ChanceNode, ChoiceNode, Const
from sim.errors import nearest
from sim.graph.journey import Place, below_place
from sim.language.amounts import Comparison
from sim.language.attribute import WORDS, Amount, Constant, Table, Value, sorts
from sim.language.attribute import Chance as TrueShare
from sim.language.attribute import Choice as CategoryShares
from sim.language.quantity import typical
from sim.words import Word


def attributes(
    index: Index, names: Expressions, stream: str
) -> tuple[tuple[int, AttributeNode], ...]:
    """Compile every attribute of a stream's cases, and whether each item of a list is there."""
    defined = _defined(index, stream)
    nodes = [
        (index.attributes[name], attribute(names, name, *defined[name]))
        for name in _order(names, defined)
    ]
    for name, (share, where) in index.journey.presences.items():
        node = names.node(share, "share", f"list/{name}/share", where)
        nodes.append((index.attributes[name], ChanceNode(names.point(f"list/{name}"), node)))
    return tuple(nodes)


def attribute(names: Expressions, name: str, value: Value, place: Place) -> AttributeNode:
    """Compile an attribute, drawn at ``attr/name``."""
    if isinstance(value, Table):
        return _table(names, name, value, place)
    amounts = names.domains[name].kind == "number"
    if amounts and isinstance(value, TrueShare) and value.bare:
        return Const(int(typical(value.share)))
    kind = names.domains[name].kind
    if (sorts(value) or {"bool"}) - {kind}:
        names.say(place, "attribute_mixed", name=name, kind=Word(f"sort.{kind}"))
        return Const(0)
    return _leaf(names, name, value, place)


def _leaf(
    names: Expressions,
    name: str,
    value: Constant | TrueShare | Amount | CategoryShares,
    place: Place,
) -> AttributeNode:
    point = f"attr/{name}"
    if isinstance(value, Constant):
        return Const(_constant(names, name, value.value, place))
    if isinstance(value, TrueShare):
        return ChanceNode(
            names.point(point), names.node(value.share, "share", f"{point}/share", place)
        )
    if isinstance(value, Amount):
        return names.node(value.number, "amount", point, place)
    return _choice(names, name, value, point)


def _constant(names: Expressions, name: str, value: bool | str, place: Place) -> int:  # noqa: FBT001 -- a value
    spans = names.read(names.domains[name].spans, Comparison.read(value), place)
    return spans[0][0] if spans else 0


def _choice(names: Expressions, name: str, choice: CategoryShares, point: str) -> ChoiceNode:
    running, until = 0.0, []
    for _, share in choice.shares:
        running += share.value
        until.append(math.floor(running * SHARE + 0.5))
    until[-1] = SHARE
    values = tuple(names.domains[name].names.index(key) for key, _ in choice.shares)
    return ChoiceNode(names.point(point), tuple(until), values)


def _table(names: Expressions, name: str, value: Table, place: Place) -> AttributeNode:
    if names.is_lever(value.by):
        taken, key = names.taken(value.by, value.branches, value.otherwise, place)
        return Const(0) if taken is None else attribute(names, name, taken, below_place(place, key))
    variable = names.attributes.get(value.by, VARIABLES.get(value.by))
    if variable is None or value.by not in (*names.attributes, *WORDS):
        guess = nearest(value.by, names.attributes)
        names.say(place, "unknown_attribute", "by", name=value.by, guess=guess)
        return Const(0)

    def branch(one: Value, key: str) -> AttributeNode:
        return attribute(names, name, one, below_place(place, key))

    return names.switch(variable, value.by, value.branches, value.otherwise, place, branch)


def _defined(index: Index, stream: str) -> dict[str, tuple[Value, Place]]:
    """Return every attribute with its place: as the stream has it, else as procedures do."""
    place: Place = ("scenario", index.scenario.scenario, ("cases", stream, "attributes"))
    own = index.scenario.cases[stream].attributes
    return dict(index.journey.attributes) | {
        name: (value, below_place(place, name)) for name, value in own.items()
    }


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

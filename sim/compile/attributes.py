"""The attributes of a case as numbers, those that others follow from first."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from sim.compile.expressions import Expressions
from sim.compile.index import Index
from sim.compile.program import AttributeNode, ChanceNode
from sim.graph.journey import Place, below_place
from sim.language.attribute import Table, Value


def attributes(
    index: Index, names: Expressions, stream: str
) -> tuple[tuple[int, AttributeNode], ...]:
    """Compile every attribute of a stream's cases, and whether each item of a list is there."""
    defined = _defined(index, stream)
    nodes = [
        (index.attributes[name], names.attribute(name, *defined[name]))
        for name in _order(names, defined)
    ]
    for name, (share, where) in index.journey.presences.items():
        node = names.node(share, "share", f"list/{name}/share", where)
        nodes.append((index.attributes[name], ChanceNode(names.point(f"list/{name}"), node)))
    return tuple(nodes)


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

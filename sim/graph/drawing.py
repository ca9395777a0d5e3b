"""A procedure as a graph of steps and documents, for those who draw it."""

from __future__ import annotations

from typing import Any

import networkx as nx

from sim.graph.joiner import join
from sim.graph.journey import StepInstance
from sim.graph.network import ways
from sim.language.base import CHANNELS, Channel
from sim.study import loader


def drawing(name: str, channel: str | None = None) -> nx.DiGraph[Any]:
    """Return the graph of a procedure or of a scenario's journey, in one channel or in all.

    Nodes (kind, name) carry ``kind`` and ``title`` (by language); steps ``actors``, ``channels``.
    Raises InvalidInput for an unknown name.
    """
    procedures = loader.procedures_of(name)
    journey = join(loader.world(loader.companions(procedures), (), (), channel or "digital"))
    chosen: tuple[Channel, ...] = CHANNELS if channel is None else (channel,)  # type: ignore[assignment]
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for task in journey.steps.values():
        if task.procedure not in procedures:
            continue
        possible = [c for c in chosen if task.fallback_channels(c)]
        if not possible:
            continue
        _add_step(graph, task, chosen, journey.actors)
        for document in task.gives:
            graph.add_edge(("step", task.name), ("document", document))
        for way in ways(task, chosen):
            for document in way.needs:
                graph.add_edge(("document", document), ("step", task.name))
    for kind, node in graph.nodes:
        if kind == "document":
            title = journey.documents[node].title.texts
            graph.nodes[kind, node].update(kind="document", title=title)
    return graph


def _add_step(
    graph: nx.DiGraph[Any], task: StepInstance, channels: tuple[Channel, ...], actors: Any
) -> None:
    names = dict.fromkeys(name for way in ways(task, channels) for name in way.by)
    graph.add_node(
        ("step", task.name),
        kind="step",
        title=task.title.texts,
        actors=[actors[n].title.texts for n in names],
        channels=[c for c in channels if task.channels[c].exists],
    )

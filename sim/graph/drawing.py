"""A procedure as a graph of steps and documents, for those who draw it."""

from __future__ import annotations

from typing import Any

import networkx as nx

from sim.graph.joiner import join
from sim.graph.journey import StepInstance
from sim.graph.network import alternatives
from sim.language.base import CHANNELS, Channel
from sim.study import catalogue, loader


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

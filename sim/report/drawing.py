"""The graph of a procedure as text, as a Mermaid flow chart or in the DOT language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.report.console import apart, columns
from sim.words import say, titled

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[Any]
    """Nodes of ``kind`` "step" or "document" with ``title`` by language; steps also have ``actors``
    (titles) and ``channels`` (names). Edges lead from a document to the step that needs it, and
    from a step to the document it gives."""

_MERMAID: Final = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;"}
_DOT: Final = {'"': '\\"', "\\": "\\\\"}


def text(graph: Graph, lang: str) -> RenderableType:
    """Return the steps in order, each with who does it, what it needs and what it gives."""
    steps = []
    for node in _nodes(graph, "step"):
        name = titled(graph.nodes[node]["title"], str(node), lang)
        steps.append(Group(Text(name, "bold"), Padding(_step(graph, node, lang), (0, 0, 0, 2))))
    return apart(*steps)


def mermaid(graph: Graph, lang: str) -> str:
    """Return the text of a Mermaid flow chart: steps are boxes, documents are rounded."""
    names = _names(graph)
    lines = ["flowchart LR"]
    for node, name in names.items():
        label = "<br>".join(_escaped(line, _MERMAID) for line in _label(graph, node, lang))
        step = graph.nodes[node]["kind"] == "step"
        lines.append(f'  {name}["{label}"]' if step else f'  {name}(["{label}"])')
    lines += [f"  {names[start]} --> {names[end]}" for start, end in graph.edges]
    return "\n".join(lines) + "\n"


def dot(graph: Graph, lang: str) -> str:
    """Return the graph in the DOT language of Graphviz: steps are boxes, documents are rounded."""
    names = _names(graph)
    lines = ["digraph {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for node, name in names.items():
        label = "\\n".join(_escaped(line, _DOT) for line in _label(graph, node, lang))
        style = "" if graph.nodes[node]["kind"] == "step" else ", style=rounded"
        lines.append(f'  {name} [label="{label}"{style}];')
    lines += [f"  {names[start]} -> {names[end]};" for start, end in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _names(graph: Graph) -> dict[Any, str]:
    """Give each node a name that every format takes as it is: s1, s2, …, d1, d2, …."""
    return {
        node: f"{kind[0]}{place}"
        for kind in ("step", "document")
        for place, node in enumerate(_nodes(graph, kind), start=1)
    }


def _nodes(graph: Graph, kind: str) -> list[Any]:
    return [node for node in graph if graph.nodes[node]["kind"] == kind]


def _label(graph: Graph, node: Any, lang: str) -> list[str]:
    known = graph.nodes[node]
    actors = _actors(known, lang)
    return [titled(known["title"], str(node), lang), *([actors] if actors else [])]


def _actors(known: Mapping[str, Any], lang: str) -> str:
    return say("report.and", lang).join(titled(one, "", lang) for one in known.get("actors", ()))


def _step(graph: Graph, node: Any, lang: str) -> RenderableType:
    sheet = columns(header=False)
    sheet.add_column(style="dim", no_wrap=True)
    sheet.add_column(overflow="fold")
    known, between = graph.nodes[node], say("report.and", lang)
    told = {
        "actor": _actors(known, lang),
        "channels": between.join(say(f"report.channel.{one}", lang) for one in known["channels"]),
        "needs": between.join(_label(graph, one, lang)[0] for one in graph.predecessors(node)),
        "gives": between.join(_label(graph, one, lang)[0] for one in graph.successors(node)),
    }
    for key, value in told.items():
        sheet.add_row(say(f"report.{key}", lang), value or say("report.none", lang))
    return sheet


def _escaped(label: str, escapes: Mapping[str, str]) -> str:
    """Return ``label`` on one line, the characters that mean something to the format replaced."""
    plain = "".join(c if c.isprintable() else " " for c in label)
    return "".join(escapes.get(c, c) for c in plain)

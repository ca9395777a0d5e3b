"""Graphs are drawn as text, Mermaid and DOT, whatever their titles hold."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from sim.report import drawing
from sim.report.console import drawn


@pytest.fixture
def graph() -> nx.DiGraph[Any]:
    """Two steps: minutes come from the first, the filing from the second."""
    made: nx.DiGraph[Any] = nx.DiGraph()
    owner = {"en": "Owner", "ja": "代表者"}
    desk = {"en": "Counter", "ja": "窓口"}
    meet = {"title": {"en": "Meet", "ja": "総会"}, "actors": (owner,), "channels": ("analog",)}
    file = {"title": {"en": 'File "it"', "ja": "申請"}, "actors": (owner, desk)}
    made.add_node("meet", kind="step", **meet)
    made.add_node("file", kind="step", channels=("digital", "agentic"), **file)
    made.add_node("minutes", kind="document", title={"en": "Minutes", "ja": "議事録"})
    made.add_node("filing", kind="document", title={})
    made.add_edge("meet", "minutes")
    made.add_edge("minutes", "file")
    made.add_edge("file", "filing")
    return made


def test_text_tells_what_each_step_needs_and_gives(graph: nx.DiGraph[Any]) -> None:
    """With its actors and channels; a document without a title goes by its name."""
    assert drawn(drawing.text(graph, "en"), columns=60).split("\n") == [
        "Meet",
        "  who      Owner",
        "  channel  analog",
        "  needs    none",
        "  gives    Minutes",
        "",
        'File "it"',
        "  who      Owner, Counter",
        "  channel  digital, agentic",
        "  needs    Minutes",
        "  gives    filing",
        "",
    ]


def test_text_is_japanese_too(graph: nx.DiGraph[Any]) -> None:
    """Titles, actors, channels and words."""
    lines = drawn(drawing.text(graph, "ja"), columns=60).split("\n")

    assert lines[6:10] == [
        "申請",
        "  担当      代表者、窓口",
        "  チャネル  デジタル、エージェント型AI",
        "  必要      議事録",
    ]


def test_mermaid_has_boxes_for_steps_and_rounded_ones_for_documents(
    graph: nx.DiGraph[Any],
) -> None:
    """Quotation marks in titles are written as entities."""
    assert drawing.mermaid(graph, "en") == (
        "flowchart LR\n"
        '  s1["Meet<br>Owner"]\n'
        '  s2["File #quot;it#quot;<br>Owner, Counter"]\n'
        '  d1(["Minutes"])\n'
        '  d2(["filing"])\n'
        "  s1 --> d1\n"
        "  s2 --> d2\n"
        "  d1 --> s2\n"
    )


def test_dot_has_boxes_for_steps_and_rounded_ones_for_documents(graph: nx.DiGraph[Any]) -> None:
    """Quotation marks in titles are escaped."""
    assert drawing.dot(graph, "ja") == (
        "digraph {\n"
        "  rankdir=LR;\n"
        '  node [shape=box, fontname="sans-serif"];\n'
        '  s1 [label="総会\\n代表者"];\n'
        '  s2 [label="申請\\n代表者、窓口"];\n'
        '  d1 [label="議事録", style=rounded];\n'
        '  d2 [label="filing", style=rounded];\n'
        "  s1 -> d1;\n"
        "  s2 -> d2;\n"
        "  d1 -> s2;\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("title", "mermaid", "dot"),
    [
        ('say "no"', "say #quot;no#quot;", 'say \\"no\\"'),
        ("C:\\new", "C:\\new", "C:\\\\new"),
        ("two\nlines", "two lines", "two lines"),
        ("<b>#1; A&B`s", "#lt;b#gt;#35;1; A#amp;B#96;s", "<b>#1; A&B`s"),
        ("end] --> x", "end] --#gt; x", "end] --> x"),
    ],
)
def test_no_title_breaks_out_of_its_box(title: str, mermaid: str, dot: str) -> None:
    """What means something to a format is escaped, and a label stays on its line."""
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_node("x", kind="document", title={"en": title})

    assert f'  d1(["{mermaid}"])\n' in drawing.mermaid(graph, "en")
    assert f'  d1 [label="{dot}", style=rounded];\n' in drawing.dot(graph, "en")

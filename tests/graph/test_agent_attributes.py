"""An agent brings the attributes that it reads; what a journey says of them outweighs it."""

from __future__ import annotations

import pytest

from sim.compile.nodes import ChanceNode, Const
from sim.compile.program import Program
from sim.errors import InvalidInput
from sim.study.parameters import figures_of
from tests.worlds import compiled, quick, run, written

AGENTS = {
    "chooser": "{agent: chooser, kind: person, attributes: {online: 30% (10%-50%), keen: 100%}, "
    "rules: {start: {net: {when: {online: true}, then: {use: digital}}, "
    "paper: {then: {use: analog}}}}}",
    "other": "{agent: other, kind: office, "
    "attributes: {online: 90%, size: {small: 40%, big: 60%}}}",
}
PROCEDURE = """
applicant: owner
actors: {owner: chooser, desk: other}
documents: {paper: P}
goal: [paper]
steps: {fetch: {gives: [paper], by: [owner, desk], digital: {work: 1h}, analog: {work: 2h}}}
"""


def world(more: str = "", case: str = "{count: 1, using: [p]}", actors: str = "") -> Program:
    """Compile the procedure with ``more`` in it."""
    text = PROCEDURE.replace("owner: chooser, desk: other", actors or "owner: chooser, desk: other")
    with quick():
        return compiled(written(text + more, case, agents=AGENTS, channel="mixed"))


def share(model: Program, name: str) -> float:
    """Return the chance of an attribute in the first stream."""
    node = dict(model.streams[0].attributes)[model.attributes.index(name)]
    if isinstance(node, Const):
        return node.value
    assert isinstance(node, ChanceNode)
    assert isinstance(node.share, Const)
    return round(node.share.value / 2**32, 6)


def test_it_is_there_where_nobody_declares_it() -> None:
    """Of two agents the first that acts counts; others bring what they alone read."""
    model = world()
    assert model.attributes == ("online", "keen", "size")
    assert share(model, "online") == 0.3
    swapped = world(actors="desk: other, owner: chooser")
    assert share(swapped, "online") == 0.9


def test_its_rules_then_hold() -> None:
    """Without it, a rule about an attribute that nobody declares never would."""
    cases = "{count: 4000, using: [p], arrivals: {uniform: [0d, 300d]}}"
    done = run(PROCEDURE, cases, agents=AGENTS, channel="mixed").rows()
    online = sum(row["channel"] == 1 for row in done)
    assert abs(online - 1200) < 4 * (4000 * 0.3 * 0.7) ** 0.5


@pytest.mark.parametrize(
    ("more", "case"),
    [
        ("attributes: {online: 50%}", "{count: 1, using: [p]}"),
        ("", "{count: 1, using: [p], attributes: {online: 50%}}"),
    ],
)
def test_a_procedure_and_a_stream_outweigh_it(more: str, case: str) -> None:
    """What the journey itself says is what counts."""
    assert share(world(more, case), "online") == 0.5


def test_a_stream_that_says_nothing_keeps_it_beside_one_that_does() -> None:
    """A stream speaks of its own cases only."""
    case = "{count: 1, using: [p], attributes: {online: 50%}}"
    files = written(PROCEDURE, case + ", d: {count: 1, using: [p]}", agents=AGENTS, channel="mixed")
    with quick():
        model = compiled(files)
    nodes = [dict(one.attributes)[model.attributes.index("online")] for one in model.streams]
    assert [round(one.share.value / 2**32, 6) for one in nodes] == [0.5, 0.3]  # type: ignore[union-attr]  # chances


@pytest.mark.parametrize(
    "more",
    ["levers: {keen: {default: no, values: [yes, no]}}", "lists: {keen: [a, b]}"],
)
def test_a_lever_or_a_list_of_that_name_leaves_it_out(more: str) -> None:
    """The journey means something else by it."""
    assert "keen" not in world(more).attributes


def test_it_is_set_by_its_path_and_told_among_the_numbers() -> None:
    """As everything else that is written in an agent."""
    files = written(PROCEDURE, agents=AGENTS, channel="mixed")
    with quick():
        model = compiled(files, sets=("agents.chooser.attributes.online=70%",))
    assert share(model, "online") == 0.7
    from sim.language.agent import Agent

    told = {one.path: one.range for one in figures_of(files["agents/chooser.yaml"], Agent, {})}
    assert told == {"attributes.online": "10% – 50%", "attributes.keen": None}


def test_what_it_follows_from_has_to_be_there() -> None:
    """A lookup by a name that nobody knows is shown in the agent's file."""
    agents = AGENTS | {
        "other": "{agent: other, kind: office, attributes: {fit: {by: agge, young: 1%, else: 2%}}}"
    }
    with pytest.raises(InvalidInput) as error, quick():
        compiled(written(PROCEDURE, agents=agents, channel="mixed"))
    assert {one.file for one in error.value.problems} == {"agents/other.yaml"}

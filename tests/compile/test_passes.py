"""The passes of the compiler: values in, values out, and problems told all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.compile.actors import actors
from sim.compile.compiler import compile_world, passed
from sim.compile.documents import defects, documents
from sim.compile.findings import Findings
from sim.compile.index import Index, Maker, indexed
from sim.compile.opening import opened
from sim.compile.steps import steps
from sim.compile.streams import streams
from sim.errors import InvalidInput
from sim.graph.joiner import join
from sim.study import loader


@pytest.fixture(scope="module")
def index() -> Index:
    """Return the index of a journey with most of what there is."""
    world = loader.load("officer_change").worlds[0]
    return indexed(join(world))


def test_a_pass_takes_values_and_leaves_them_alone(index: Index) -> None:
    """Asked twice it answers the same, and what was found before is as it was."""
    start = Findings()
    openings, found = passed(index, start, opened)
    people, after = passed(index, found, actors, openings)
    before = len(found.points)
    assert (people, after) == passed(index, found, actors, openings)
    for work in (defects, documents):
        assert passed(index, after, work) == passed(index, after, work)
    assert passed(index, after, steps, people, openings) == passed(
        index, after, steps, people, openings
    )
    assert passed(index, after, streams, openings) == passed(index, after, streams, openings)
    assert len(found.points) == before
    assert start == Findings()


def test_a_pass_goes_on_from_the_numbers_of_those_before(index: Index) -> None:
    """Points and tables keep their numbers; new ones come behind them."""
    openings, found = passed(index, Findings(points={"first": 0}), opened)
    people, found = passed(index, found, actors, openings)
    before = dict(found.points)
    _, found = passed(index, found, steps, people, openings)
    assert list(found.points.values()) == list(range(len(found.points)))
    assert list(found.points.items())[: len(before)] == list(before.items())
    assert next(iter(found.points)) == "first"
    assert set(found.tables.values()) == set(range(len(found.quantiles)))


def test_every_name_has_a_number_before_anything_is_compiled(index: Index) -> None:
    """Visible documents come before hidden ones, steps that make a defect before documents."""
    for numbers in (index.steps, index.documents, index.actors, index.makers, index.causes):
        assert list(numbers.values()) == list(range(len(numbers)))
    hidden = [index.journey.documents[name].hidden for name in index.documents]
    assert hidden == sorted(hidden)
    known = [maker for maker in index.makers if maker.step is None or maker.document is None]
    by_document = [maker.step is None for maker in known]  # then what steps leave out
    assert by_document == sorted(by_document)
    assert Maker("gap", None, "map").origin == "map"


WRONG = """
procedure: p
applicant: me
actors: {me: person, desk: {agent: office, staff: {uniform: [1, 3]}}}
documents: {permit: Permit, slip: Slip}
defects: {gap: {en: Gap, ja: 不備, loss: much}}
steps:
  ask: {gives: [slip], by: me, work: {by: hue, else: 1h}, makes: {gap: 10%}}
  issue: {needs: [slip], gives: [permit], by: desk, work: 1h, delay: {until: dusk}, finds: {gap: 1}}
deadlines: [{document: permit, within: 1.5d, missed: late}]
goal: [permit]
"""


def test_the_problems_of_all_passes_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules, staff, timetables, losses, steps and deadlines: one run of ``check`` shows all."""
    for folder, name, text in (
        ("procedures", "p", WRONG),
        ("agents", "person", "{agent: person, kind: person}"),
        ("agents", "office", "{agent: office, kind: office}"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput) as refused:
        compile_world(loader.world(["p"], (), (), "digital"))
    assert {problem.key for problem in refused.value.problems} == {
        "rule_missing",
        "staff_shape",
        "unknown_attribute",
        "unknown_lookup",
        "unknown_calendar",
        "deadline_days",
    }

"""A patch that names all steps of an actor."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.language.quantity import Fixed
from sim.study import loader
from sim.study.edits import done_by

PROCEDURE = """
procedure: permit
applicant: owner
actors: {owner: person, desk: person, web: person}
documents: {form: Form, proof: Proof, permit: Permit}
defects: {gap: Gap}
steps:
  fill: {gives: [form], by: owner, work: 1h, agentic: {by: web, work: 1min}}
  prove: {gives: [proof], by: owner, analog: {by: [owner, desk], work: 2h}, digital: {work: 3h}}
  issue: {needs: [form, proof], gives: [permit], by: desk, work: 4h}
goal: [permit]
levers:
  slow: {default: no, values: {yes: {actors.desk.steps.work: 9h}}}
"""
SCENARIO = """
scenario: s
start: 2026-04-01
channels: [analog]
cases: {c: {count: 1, using: [permit]}}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one procedure."""
    files = {"procedures/permit": PROCEDURE, "scenarios/s": SCENARIO}
    files["agents/person"] = "{agent: person, kind: person}"
    for name, text in files.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def work(*sets: str, levers: tuple[str, ...] = ()) -> dict[tuple[str, str], float]:
    """Return the hours of work of each step in each channel."""
    (world,) = loader.load("s", sets=sets, levers=levers).worlds
    steps = world.procedures["permit"].steps
    found = {
        (n, c[0]): one.profile(c).work for n, one in steps.items() for c in ("analog", "digital")
    }
    return {key: one.value / 3600 for key, one in found.items() if isinstance(one, Fixed)}


@pytest.mark.parametrize(
    ("actor", "inside", "addresses"),
    [
        ("desk", ("work",), [("analog", "work")]),
        ("owner", ("work",), [("analog", "work"), ("digital", "work"), ("work",)]),
        ("owner", ("agentic",), [("agentic",)]),
        ("web", ("work",), []),
        ("owner", ("again", "work"), [("again", "work")]),
        ("desk", ("again", "work"), [("analog", "again", "work")]),
    ],
)
def test_a_field_is_set_where_it_counts_for_the_actor(
    actor: str, inside: tuple[str, ...], addresses: list[tuple[str, ...]]
) -> None:
    """At the step if all channels that share it are the actor's, else in blocks."""
    step = {
        "by": "owner",
        "analog": {"by": ["owner", "desk"], "work": "2h"},
        "digital": {"work": "3h"},
    }

    assert done_by(actor, step, inside) == addresses


@pytest.mark.parametrize("path", ["actors.desk.steps.work", "permit.actors.desk.steps.work"])
def test_all_steps_of_an_actor_are_set(desk: Path, path: str) -> None:
    """What others do stays as it was."""
    assert desk.is_dir()
    before, after = work(), work(f"{path}=9h")

    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {("prove", "a"), ("issue", "a"), ("issue", "d")}
    assert work(levers=("slow=yes",)) == after


@pytest.mark.parametrize(
    ("path", "guess"),
    [("actors.dsek.steps.work", "desk"), ("permit.actors.nobody.steps.digital.work", None)],
)
def test_a_path_that_names_no_step_is_refused(desk: Path, path: str, guess: str | None) -> None:
    """With the name that was probably meant."""
    assert desk.is_dir()
    with pytest.raises(InvalidInput) as caught:
        work(f"{path}=9h")

    (problem,) = caught.value.problems
    assert (problem.key, problem.guess) == ("no_steps_of", guess)


def test_a_lever_leaves_the_file_alone_where_it_is_not_pulled(desk: Path) -> None:
    """Its default need not be among the values."""
    assert desk.is_dir()

    assert work(levers=("slow=no",)) == work()

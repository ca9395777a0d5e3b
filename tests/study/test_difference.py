"""What was changed is told by what it means: path, before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import shelf
from sim.errors import InvalidInput
from sim.study import loader
from sim.study.difference import Change, changes

FILES = {
    "agents/owner.yaml": """
agent: owner
kind: person
rules:
  returned:
    tired: {when: {returns: ">= 3"}, then: give_up}
    redo: {then: {redo: {after: 1h}}}
""",
    "agents/desk.yaml": "{agent: desk, kind: office}",
    "procedures/permit.yaml": """
procedure: permit
applicant: owner
actors: {owner: owner, desk: desk}
documents: {form: Form, permit: Permit}
defects: {slip: Slip}
goal: [permit]
levers: {pace: {default: usual, values: {usual: {}, quick: {steps.examine.work: 5min}}}}
steps:
  fill: {gives: [form], by: owner, work: 60min, makes: {slip: 10%}, digital: {work: 20min}}
  examine: {needs: [form], gives: [permit], by: desk, work: 30min, finds: {slip: 90%}}
""",
    "scenarios/s.yaml": """
scenario: s
start: 2026-04-01
channels: [analog, digital]
cases: {people: {count: 5, using: [permit], arrivals: {exponential: {mean: 1h}}}}
replications: 2
""",
}


def lay(folder: Path, files: dict[str, str]) -> None:
    """Write some files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder; the files lie elsewhere, as if they were shipped."""
    lay(tmp_path / "library", FILES)
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path / "own")
    monkeypatch.setattr(shelf, "library", lambda: tmp_path / "library")
    return tmp_path / "own"


Told = list[tuple[str, str | None, str | None]]
"""Path, before and after."""


def changed(name: str, old: str, new: str) -> Told:
    """Edit a copy of one shipped file; return what changed, from where to what."""
    assert old in FILES[name]
    lay(Path(), {name: FILES[name].replace(old, new)})
    study = loader.load("s")
    return told_of(loader.original(study, ""), study)


def told_of(original: loader.Study, study: loader.Study) -> Told:
    """Return the changes, files by what they are called below the folder of the test."""
    folder = f"{Path.cwd().parent}/"
    told = changes(original, study)
    return [(c.path, c.before and c.before.replace(folder, ""), c.after) for c in told]


PERMIT = "procedures/permit.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (PERMIT, "work: 60min", "work: 1h", []),
        (PERMIT, "goal: [permit]", "goal: [{document: permit}]  # that", []),
        ("scenarios/s.yaml", "count: 5,", "count: 5, background: false,", []),
        (PERMIT, "work: 60min", "work: 2h", [("permit.steps.fill.work", "60min", "2h")]),
        (
            PERMIT,
            "slip: 10%",
            "slip: 10% (5%-20%)",
            [
                ("permit.steps.fill.makes.slip", "10%", "10% (5%-20%)"),
            ],
        ),
        (
            PERMIT,
            "digital: {work: 20min}",
            "digital: {makes: none}",
            [
                ("permit.steps.fill.digital.work", "20min", None),
                ("permit.steps.fill.digital.makes", None, "none"),
            ],
        ),
        (
            PERMIT,
            "desk: desk}",
            "desk: {agent: desk, staff: 2}}",
            [
                ("permit.actors.desk.staff", None, "2"),
            ],
        ),
        (
            PERMIT,
            "desk: desk}",
            "desk: {agent: owner}}",
            [
                ("permit.actors.desk.agent", "desk", "owner"),
                ("agents.desk", "library/agents/desk.yaml", None),
            ],
        ),
        (
            PERMIT,
            "defects: {slip: Slip}",
            "defects: {slip: Slip, gap: Gap}",
            [
                ("permit.defects.gap", None, "Gap"),
            ],
        ),
        (
            PERMIT,
            "steps.examine.work: 5min",
            "steps.examine.work: 1min",
            [
                ("permit.levers.pace.values.quick.steps.examine.work", "5min", "1min"),
            ],
        ),
        (
            "agents/owner.yaml",
            '">= 3"',
            '">= 4"',
            [
                ("agents.owner.rules.returned.tired.when.returns", ">= 3", ">= 4"),
            ],
        ),
        (
            "scenarios/s.yaml",
            "mean: 1h",
            "mean: 2h",
            [
                ("cases.people.arrivals.exponential.mean", "1h", "2h"),
            ],
        ),
        (
            "scenarios/s.yaml",
            "[analog, digital]",
            "[digital]",
            [
                ("channels", "[analog, digital]", "[digital]"),
            ],
        ),
    ],
)
def test_a_change_is_told_where_it_counts(name: str, old: str, new: str, told: Told) -> None:
    """Another way to write the same is no change; a default that is written out is none either."""
    assert changed(name, old, new) == told


def test_the_order_of_steps_counts_and_that_of_documents_does_not() -> None:
    """The first step that gives a document is its giver; only those that moved are named."""
    fill, examine = FILES[PERMIT].partition("steps:\n")[2].splitlines()
    documents = ("{form: Form, permit: Permit}", "{permit: Permit, form: Form}")
    text = FILES[PERMIT].replace(f"{fill}\n{examine}", f"{examine}\n{fill}").replace(*documents)
    lay(Path(), {PERMIT: text})
    study = loader.load("s")
    told = [(c.path, c.before, c.after) for c in changes(loader.original(study, ""), study)]
    assert told == [("permit.steps", "[fill, examine]", "[examine, fill]")]


def test_files_of_one_side_and_what_the_command_line_sets_are_told() -> None:
    """A procedure that only the edited scenario uses is named by its file."""
    lay(
        Path(),
        {
            "procedures/more.yaml": FILES[PERMIT].replace("procedure: permit", "procedure: more"),
            "scenarios/s.yaml": FILES["scenarios/s.yaml"].replace("using: [permit]", "using: more"),
        },
    )
    study = loader.load("s", sets=["cases.people.count=3"], levers=["pace=quick"])
    told = changes(loader.original(study, ""), study)
    assert [(c.kind, c.path, c.after) for c in told if c.kind in {"procedure", "option"}] == [
        ("procedure", "more", "procedures/more.yaml"),
        ("procedure", "permit", None),
        ("option", "pace", "quick"),
        ("option", "cases.people.count", "3"),
    ]
    assert Change("scenario", "", "cases.people.using", "[permit]", "more") in told


def test_the_original_uses_what_is_shipped_whatever_lies_in_the_folder() -> None:
    """An edited agent alone changes what a shipped scenario means."""
    lay(Path(), {"agents/desk.yaml": "{agent: desk, kind: office, hours: office}"})
    study = loader.load("s")
    assert [c.path for c in changes(loader.original(study, "s"), study)] == ["agents.desk.hours"]


def test_the_original_may_be_ones_own_scenario_or_a_file() -> None:
    """A name that is not shipped is looked up as always."""
    text = FILES["scenarios/s.yaml"]
    for name, count in (("mine", 7), ("other", 8)):
        edited = text.replace("scenario: s", f"scenario: {name}").replace("5", str(count))
        lay(Path(), {f"scenarios/{name}.yaml": edited})
    study = loader.load("other")
    for original in ("mine", "scenarios/mine.yaml"):
        told = changes(loader.original(study, original), study)
        assert [(c.path, c.before, c.after) for c in told] == [
            ("scenario", "mine", "other"),
            ("cases.people.count", "7", "8"),
        ]


def test_an_original_that_there_is_not_is_refused() -> None:
    """Nothing of that name is shipped: an original has to be named."""
    lay(
        Path(),
        {"scenarios/own.yaml": FILES["scenarios/s.yaml"].replace("scenario: s", "scenario: own")},
    )
    with pytest.raises(InvalidInput) as error:
        loader.original(loader.load("own"), "")
    assert [one.key for one in error.value.problems] == ["no_such_original"]
    with pytest.raises(InvalidInput) as error:
        loader.original(loader.load("own"), "owm")
    assert [(p.key, p.guess) for p in error.value.problems] == [("no_such_scenarios", "own")]

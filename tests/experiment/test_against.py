"""An edited scenario beside its original: the same draws, paired, told on one screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from sim import shelf
from sim.cli import app
from sim.errors import UsageError
from sim.experiment.against import Against, against
from sim.experiment.run import compare
from sim.report.against import page
from sim.report.console import drawn
from sim.study import loader
from tests.study.test_difference import FILES, PERMIT, lay

SCENARIO = "scenarios/s.yaml"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder; the files lie elsewhere, as if they were shipped."""
    lay(tmp_path / "library", FILES)
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path / "own")
    monkeypatch.setattr(shelf, "library", lambda: tmp_path / "library")


def beside(files: dict[str, str], sets: tuple[str, ...] = (), original: str = "") -> Against:
    """Compare the shipped scenario with itself and some files of one's own."""
    lay(Path(), files)
    study = loader.load("s", sets=sets)
    return against(study, loader.original(study, original), seed=3)


def edited(name: str, *pairs: tuple[str, str]) -> dict[str, str]:
    """Return a file with texts replaced."""
    text = FILES[name]
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return {name: text}


def test_arms_are_paired_with_the_same_draws() -> None:
    """Ten minutes less of work for a clerk who works alone are ten minutes less for every case."""
    told = beside(edited(PERMIT, ("work: 30min", "work: 20min")))
    alone = compare(loader.original(loader.load("s"), ""), seed=3)

    assert told.pairs == [("analog@original", "analog"), ("digital@original", "digital")]
    (change,) = told.changed
    assert (change.path, change.before, change.after) == (
        "permit.steps.examine.work",
        "30min",
        "20min",
    )
    assert told.same == told.only == ()
    for arm in ("analog", "digital"):
        figures = told.result.arms[f"{arm}@original"].figures
        assert figures == alone.arms[arm].figures
    hours = [row.change for row in told.result.differences if row.kpi == "effort_hours.office"]
    assert [round(one.value * 360) for one in hours] == [-60, -60]
    assert len({(row.earlier, row.later) for row in told.result.differences}) == 2


def test_an_arm_that_is_the_same_world_runs_once_and_does_not_differ() -> None:
    """Titles change nothing; a number of another channel does not reach this one."""
    told = beside(
        edited(PERMIT, ("digital: {work: 20min}", "title: Write, digital: {work: 10min}"))
    )
    assert told.same == ("analog",)
    rows = [row.change for row in told.result.differences if row.later == "analog"]
    assert {one.value for one in rows} == {0.0}


def test_what_the_command_line_sets_is_a_change_of_the_edited_one_alone() -> None:
    """So that what a setting moves is told the same way."""
    told = beside({}, ("permit.steps.examine.work=20min",))
    assert [(c.kind, c.path, c.after) for c in told.changed] == [
        ("option", "permit.steps.examine.work", "20min")
    ]
    hours = [row.change for row in told.result.differences if row.kpi == "effort_hours.office"]
    assert [round(one.value * 360) for one in hours] == [-60, -60]


def test_arms_that_only_one_has_are_told_and_none_in_common_is_refused() -> None:
    """There is nothing to pair them with."""
    told = beside(edited(SCENARIO, ("[analog, digital]", "[digital, agentic]")))
    assert told.only == ("agentic", "analog")
    assert list(told.result.arms) == ["digital@original", "digital", "agentic", "analog@original"]
    with pytest.raises(UsageError) as error:
        beside(edited(SCENARIO, ("[analog, digital]", "[agentic]")))
    assert error.value.key == "against_nothing"


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("full", [False, True])
def test_the_page_fits_the_terminal(lang: str, *, full: bool) -> None:
    """At 80 columns; what was changed stands above what it moved, on one screen."""
    many = {f"permit.steps.fill.{c}.work": f"{n}h" for n, c in enumerate(("analog", "digital"), 1)}
    sets = tuple(f"{path}={value}" for path, value in many.items())
    told = beside(edited(PERMIT, ("work: 30min", "work: 20min"), ("slip: 10%", "slip: 15%")), sets)
    lines = drawn(page(told, lang, 80, full=full), columns=80).rstrip("\n").split("\n")

    assert max(map(cell_len, lines)) <= 80
    assert any("permit.steps.examine.work: 30min → 20min" in line for line in lines)
    assert full or len(lines) <= 24
    assert full or any(" → " in line for line in lines[8:])


@pytest.mark.parametrize("args", [["--against"], ["--against", "s"], ["--against", "--quiet"]])
def test_the_command_line_needs_no_name(args: list[str]) -> None:
    """The shipped scenario of the same name is meant; in JSON all of it is one object."""
    lay(Path(), edited(PERMIT, ("work: 30min", "work: 20min")))
    options = ["--workers", "1", "--json", *args]
    result = CliRunner().invoke(app, ["run", "s", *options])

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["changed"] == [
        {
            "kind": "procedure",
            "name": "permit",
            "path": "permit.steps.examine.work",
            "before": "30min",
            "after": "20min",
        }
    ]
    assert [*told][:4] == ["original", "changed", "same", "only"]
    assert {row["from"] for row in told["differences"]} == {"analog@original", "digital@original"}


def test_a_result_is_kept_of_a_run_by_itself_only() -> None:
    """A folder holds one scenario."""
    result = CliRunner().invoke(app, ["run", "s", "--against", "s", "--out", "kept"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--out" in result.stderr


def test_nothing_changed_is_said() -> None:
    """An arm is the same in both, and says so."""
    told = beside({})
    text = drawn(page(told, "en", 80), columns=80)
    assert "  nothing\n" in text
    assert "The same in both: Analog, Digital" in text

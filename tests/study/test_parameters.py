"""Every number is found where it stands, with what is known about it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from sim.errors import InvalidInput
from sim.language.schema import MODELS
from sim.study.parameters import Parameter, counts, figures, figures_of, undefended
from sim.yaml import source

PROCEDURE: Final = """
procedure: permit
applicant: owner
actors: {owner: citizen, desk: {agent: clerk, staff: 2 (1-3)}}
documents: {form: Form}
steps:
  fill:
    gives: [form]
    by: owner
    work: 1h (30min-2h)
    burden: {forms: 3, logins: 1, fee: 300 (200-400)}
goal: [form]
levers:
  staff: {default: 2 (1-6), replaces: [actors.desk.staff]}
  speed:
    default: usual
    values:
      usual: {}
      fast:
        steps.fill.work: {triangular: [1min, 2min, 3min], source: A-1}
        steps.fill.burden.forms: 1
        steps.fill.delay: {by: month, 6-7: 2d, else: {value: 1d, source: A-2}, range: [0d, 3d]}
        steps.fill.if: {young: true, age: ">= 18"}
      slow: {steps.fill.digital: {by: desk, work: 2h30min, burden: {seals: 2}}}
"""
AGENTS: Final = {
    "citizen": "{agent: citizen, kind: person, attention: 2}",
    "clerk": "{agent: clerk, kind: office, hourly: 3000 (2000-4000)}",
    "idle": "{agent: idle, kind: office, hourly: 1 (0-2)}",
}
SCENARIO: Final = """
scenario: spring
start: 2026-04-01
compare:
  one: {channel: analog, levers: {staff: 3}}
  two:
    channel: digital
    override: {permit.steps.fill.work: 5min (1min-9min)}
    attributes: {age: 40}
cases: {people: {count: 10, using: [permit]}}
override: {agents.clerk.hourly: 2500}
replications: 5
seed: 3
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose shelf holds a small world beside what is shipped."""
    files = {"procedures/permit": PROCEDURE, "scenarios/spring": SCENARIO}
    files |= {f"agents/{name}": text for name, text in AGENTS.items()}
    for name, text in files.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of(kind: str, text: str) -> dict[str, Parameter]:
    """Return the figures of a file by their paths."""
    found = figures_of(source.loads(text), MODELS[kind], {})
    return {figure.path: figure for figure in found}


def test_what_a_run_is_compared_with_has_its_fact_as_source() -> None:
    """The id is the key; a range beside the value is kept."""
    observed = "{document: form, by: 35d, value: 93.2% (90%-95%)}"
    found = of("scenario", f"{SCENARIO}report: {{observed: {{X-1: {observed}}}}}")
    by, value = (found[f"report.observed.X-1.{name}"] for name in ("by", "value"))
    assert [(f.value, f.source, f.range) for f in (by, value)] == [
        ("35d", "X-1", None),
        ("93.2%", "X-1", "90% – 95%"),
    ]


def test_a_scenario_lists_its_procedures_and_their_agents(shelf: Path) -> None:
    """Each file once, and no agent that nobody is."""
    found = [Path(figure.file).relative_to(".").as_posix() for figure in figures("spring")]

    assert shelf.is_dir()
    assert list(dict.fromkeys(found)) == [
        *("agents/clerk.yaml", "procedures/permit.yaml", "scenarios/spring.yaml")
    ]


def test_a_procedure_lists_its_agents_and_an_agent_itself(shelf: Path) -> None:
    """What stands above them is not theirs."""
    assert shelf.is_dir()
    assert {f.file for f in figures("permit")} == {"agents/clerk.yaml", "procedures/permit.yaml"}
    assert [f.path for f in figures("idle")] == ["hourly"]


def test_without_a_name_everything_is_listed_once(shelf: Path) -> None:
    """An agent of two procedures does not count twice."""
    found = [(figure.file, figure.path) for figure in figures()]

    assert len(found) == len(set(found))
    assert {(f.file, f.path) for f in figures("spring")} < set(found)
    assert ("agents/idle.yaml", "hourly") in found
    assert shelf.is_dir()


def test_an_unknown_name_is_told_with_the_nearest(shelf: Path) -> None:
    """Nothing is listed."""
    with pytest.raises(InvalidInput) as caught:
        figures("permti")

    assert caught.value.problems[0].guess == "permit"
    assert shelf.is_dir()


def test_the_range_of_a_numeric_lever_is_what_is_known_about_it() -> None:
    """Its default is a number of the model like any other."""
    figure = of("procedure", PROCEDURE)["levers.staff.default"]

    assert (figure.value, figure.range, figure.source) == ("2", "1 – 6", None)


def test_a_category_that_begins_with_a_digit_is_no_number() -> None:
    """A number has a unit of the language or none."""
    tested = {"3rd": 0, "2nd_floor": 0, "9th 8%": 0, 3: 1, "> 3d": 1, "2h30min": 1}
    for value, count in tested.items():
        text = f"{PROCEDURE}ends: [{{when: {{floor: {value!r}}}, as: rejected}}]"
        assert ("ends.0.when.floor" in of("procedure", text)) == count


def test_numbers_inside_the_patches_of_a_lever_are_listed() -> None:
    """With their own source, or that of what stands around them; words and counts are none."""
    found = of("procedure", PROCEDURE)
    start = "levers.speed.values."
    patched = {p.removeprefix(start): f for p, f in found.items() if p.startswith(start)}

    assert {path: (f.value, f.source, f.range) for path, f in patched.items()} == {
        "fast.steps.fill.work": ("triangular 1min – 2min – 3min", "A-1", "1min – 3min"),
        "fast.steps.fill.delay.6-7": ("2d", None, "0d – 3d"),
        "fast.steps.fill.delay.else": ("1d", "A-2", None),
        "fast.steps.fill.if.age": (">= 18", None, None),
        "slow.steps.fill.digital.work": ("2h30min", None, None),
    }


def test_the_line_of_a_patched_number_is_its_own() -> None:
    """So that it is found in the file."""
    figure = of("procedure", PROCEDURE)["levers.speed.values.fast.steps.fill.work"]

    assert "triangular" in PROCEDURE.splitlines()[figure.line - 1]


def test_overrides_of_a_scenario_are_numbers_and_settings_of_levers_are_not() -> None:
    """What a lever may be set to is listed with the lever."""
    found = of("scenario", SCENARIO)

    assert {path: (f.value, f.range) for path, f in found.items()} == {
        "compare.two.override.permit.steps.fill.work": ("5min", "1min – 9min"),
        "compare.two.attributes.age": ("40", None),
        "override.agents.clerk.hourly": ("2500", None),
    }


def test_counts_are_no_figures_but_are_counted(shelf: Path) -> None:
    """Forms and logins of the step, patched forms and seals; attention; cases of the stream."""
    assert shelf.is_dir()
    assert counts("permit") == 4 + 1
    assert counts("spring") == 4 + 1 + 1
    assert counts("clerk") == 0
    assert not any("forms" in figure.path for figure in figures("permit"))
    assert "steps.fill.burden.fee" in {figure.path for figure in figures("permit")}


def test_numbers_that_nobody_can_defend_are_counted_by_name_and_by_file(shelf: Path) -> None:
    """Of a scenario and all that it works with."""
    lacking = sum(not figure.defended for figure in figures("spring"))
    assert undefended("spring") == undefended(str(shelf / "scenarios/spring.yaml")) == lacking > 0

"""The numbers of skills and sizes: told once with the steps that use them, set, moved, doubted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from sim.experiment.checking import check
from sim.study import loader
from sim.study.parameters import Parameter, assumptions, figures

FILES: Final = {
    "procedures/permit": """
procedure: permit
applicant: owner
actors: {owner: resident, helper: bot, desk: {agent: clerk, staff: 2 (1-3)}}
documents:
  form:
    en: Form
    ja: 様式
    size: {entries: {by: channel, analog: 9 (5-12), else: 7 (5-8)}, papers: 3 (2-4)}
    slip: gap
  copy: {en: Copy, ja: 写し, size: {entries: 9 (5-12), papers: 0}}
  permit: {en: Permit, ja: 許可証}
defects: {gap: Gap}
steps:
  fill: {task: fill, gives: [form], by: owner, agentic: {by: helper}}
  copy_it:
    task: fill
    gives: [copy]
    by: owner
    digital: {work: 1min (30s-2min), delay: 1d (1d-2d), makes: {gap: 5% (1%-9%)}}
    again: {work: 10s (5s-20s)}
  hand_in: {needs: [form, copy], gives: [permit], by: [owner, desk], task: check, if: {chance: 9%}}
goal: [permit]
levers: {care: {default: 1% (0%-2%), replaces: [agents.resident.skills.fill.slips.value]}}
""",
    "agents/resident": """
agent: resident
kind: person
skills:
  fill:
    work: {each: entries, median: 1s, p90: 1.3s, range: [0.5s, 2s]}
    slips: {each: entries, value: 1%, range: [0%, 2%]}
    burden: {each: papers, fee: 10 (5-20)}
    again: {size: 20% (10%-50%)}
    digital: {slips: {each: entries, value: 0.5% (0%-1%)}}
  chekc: {work: 1min (30s-2min), finds: 50% (40%-60%)}
  idle: {work: 1min (30s-2min)}
rules: {returned: {again: {then: redo}}}
""",
    "agents/bot": """
agent: bot
kind: ai
skills:
  fill:
    work: 5s (1s-9s)
    confidence: {each: entries, median: 99%, p10: 98%, range: [98.5%, 99.5%]}
rules: {returned: {again: {then: redo}}}
""",
    "agents/clerk": """
agent: clerk
kind: office
skills: {check: {work: 1h (1h-2h), finds: {gap: 90% (80%-99%)}}}
""",
    "scenarios/season": """
scenario: season
start: 2026-06-01
channels: [digital, agentic]
cases: {all: {count: 3, arrivals: 1h (1h-2h), using: [permit]}}
""",
}


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a small world."""
    for name, text in FILES.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)


def listed() -> dict[tuple[str, str], Parameter]:
    """Return the numbers of the season by file and path."""
    return {(Path(one.file).stem, one.path): one for one in figures("season")}


@pytest.mark.parametrize(
    ("agent", "path", "used"),
    [
        ("resident", "skills.fill.work", ("permit.fill", "permit.copy_it")),
        ("resident", "skills.fill.slips", ("permit.fill", "permit.copy_it")),
        ("resident", "skills.fill.digital.slips", ("permit.fill", "permit.copy_it")),
        ("resident", "skills.fill.burden.fee", ("permit.fill", "permit.copy_it")),
        ("resident", "skills.fill.again.size", ("permit.fill", "permit.copy_it")),
        ("resident", "skills.chekc.finds", ()),
        ("resident", "skills.idle.work", ()),
        ("bot", "skills.fill.confidence", ("permit.fill",)),
        ("clerk", "skills.check.finds.gap", ("permit.hand_in",)),
        ("clerk", "skills.check.work", ()),
    ],
)
def test_a_number_of_a_skill_is_told_once_with_the_steps_that_use_it(
    agent: str, path: str, used: tuple[str, ...]
) -> None:
    """The last of several finds and the first does all else; some skills are of no use here."""
    assert listed()[agent, path].used == used


def test_numbers_typed_at_a_step_with_a_task_are_exceptions() -> None:
    """Those that a skill might say; a delay or a condition is the step's own."""
    found = [path for (_, path), one in listed().items() if one.exception]

    assert found == [
        "steps.copy_it.digital.makes.gap",
        "steps.copy_it.digital.work",
        "steps.copy_it.again.work",
    ]


def moved() -> dict[str, Any]:
    """Return the ends of every assumption by the path of its override."""
    return {one.path: one.ends for one in assumptions(loader.load("season").worlds)}


@pytest.mark.parametrize(
    ("path", "low"),
    [
        ("agents.resident.skills.fill.slips", {"each": "entries", "value": "0%"}),
        (
            "agents.resident.skills.fill.work",
            {"each": "entries", "median": "0.500000s", "p90": "0.650000s"},
        ),
        ("agents.resident.skills.fill.again.size", "10%"),
        ("agents.clerk.skills.check.finds.gap", "80%"),
        ("permit.documents.form.size.entries.else", 5),
        ("permit.documents.form.size.papers", 2),
    ],
)
def test_an_assumption_about_a_unit_stays_about_it(path: str, low: object) -> None:
    """What is put there at an end of the range is of each unit too, and can be set."""
    ends = moved()[path]

    assert ends[0] == low
    for end in ends:
        loader.study(loader.load("season").asked.located, sets=[loader.assigned(path, end)])


def test_a_task_that_its_doer_has_not_learnt_is_warned_of() -> None:
    """The skill with a like name is guessed; a scenario says it as its procedure does."""
    for file in ("procedures/permit.yaml", "scenarios/season.yaml"):
        problems, warnings = check([Path(file)])
        told = [one for one in warnings if one.key == "task_unskilled"]

        assert not problems
        assert [(one.file, one.values["task"], one.guess) for one in told] == [
            ("procedures/permit.yaml", "check", "chekc")
        ]


def test_a_defect_that_nobody_declares_is_warned_of_in_a_skill() -> None:
    """It may be of another journey, so it is no mistake; the place is that of its own layer."""
    file = Path("agents/clerk.yaml")
    text = "digital: {finds: {gapp: 10% (5%-20%)}}, again: {finds: {other_gap: 1% (1%-2%)}}"
    file.write_text(
        file.read_text("utf-8").replace("(80%-99%)}}", f"(80%-99%)}}, {text}}}"), "utf-8"
    )
    problems, warnings = check([file])

    assert not problems
    told = {str(one.values["name"]): one for one in warnings if one.key == "find_elsewhere"}
    assert told.keys() == {"gapp", "other_gap"}
    assert told["gapp"].guess == "gap"
    assert all(
        one.excerpt and name in one.excerpt[(one.column or 1) - 1 :] for name, one in told.items()
    )


def test_a_lever_may_be_of_a_skill() -> None:
    """It takes the place of the number of each unit."""
    study = loader.load("season", levers=["care=2%"])

    slips = study.worlds[0].agents["resident"].skills["fill"].slips
    assert slips is not None
    assert (slips.each, getattr(slips.amount, "value", None)) == ("entries", 0.02)

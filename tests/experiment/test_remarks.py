"""What runs and yet is probably not meant is told in its place, by check and by run alike."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from sim.experiment.checking import check
from sim.experiment.run import compare
from sim.study import loader

FILES: Final = {
    "agents/person": """
agent: person
kind: person
rules:
  start: {rich: {when: {wealth: [huge]}, then: give_up}}
  returned: {odd: {when: {defect: [ghost, spectre]}, then: give_up}, redo: {then: redo}}
""",
    "agents/office": "{agent: office, kind: office}",
    "agents/system": "{agent: system, kind: system}",
    "procedures/permit": """
procedure: permit
applicant: vendor
actors: {vendor: person, desk: DESK, portal: system}
attributes: {card: 50% (0%-100%)}
documents: {form: Form, permit: Permit}
defects: {gap: Gap}
steps:
  fill: {gives: form, by: [vendor, portal], work: 1h (1h-2h)}
  judge:
    needs: form
    gives: permit
    by: desk
    work: 1h (1h-2h)
    digital: {work: 30min (1min-1h)}
    agentic: {work: 10min (1min-1h)}
goal: [permit]
levers:
  desks: {default: 2, range: [1, 4], replaces: [steps.judge.digital.priority]}
  speed: {default: slow, values: {slow: {}, fast: {steps.fill.work: 1min}}}
""",
}


def lay(desk: str = "{agent: office, staff: 2}") -> None:
    """Write the files into the present folder."""
    for name, text in FILES.items():
        path = Path(f"{name}.yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("DESK", desk), "utf-8")


def told(scenario: str, *sets: str, levers: tuple[str, ...] = ()) -> list[str]:
    """Return the first lines of what a run warns of; check says the same of the file alone."""
    Path("scenarios").mkdir(exist_ok=True)
    text = "scenario: s\nstart: 2026-04-01\nreplications: 2\n" + scenario
    if "cases:" not in scenario:
        text += "cases: {people: {count: 3, using: [permit]}}\n"
    Path("scenarios/s.yaml").write_text(text, "utf-8")
    warned = compare(loader.load("s", sets=sets, levers=levers)).warnings
    found = [one.splitlines()[0] for one in warned if ".yaml" in one or "--" in one]
    if not sets and not levers:
        _, warnings = check([Path("scenarios/s.yaml")])
        known = [w.text().splitlines()[0] for w in warnings if w.key != "undefended"]
        assert known == found
    return found


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("desk", "warned"),
    [
        ("office", True),
        ("{agent: office, hours: office}", True),
        ("{agent: office, staff: 1}", False),
        ("{agent: office, staff: unlimited}", False),
        ("system", False),
    ],
)
def test_an_office_that_serves_everybody_at_once_is_told(desk: str, *, warned: bool) -> None:
    """Unless it says so; a system does as a matter of course."""
    lay(desk)
    said = told("channels: [digital]\n")
    _, warnings = check([Path("procedures/permit.yaml")])

    assert [one.partition(": ")[0] for one in said] == ["procedures/permit.yaml:4:26"] * warned
    assert [w.key for w in warnings if w.key != "undefended"] == ["office_unlimited"] * warned


def test_unlimited_staff_is_no_pool() -> None:
    """The same as nothing said, in every row."""
    digests = []
    for desk in ("office", "{agent: office, staff: unlimited}"):
        lay(desk)
        told("channels: [digital]\n")
        digests.append(compare(loader.load("s")).digest)
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("scenario", "place"),
    [
        ("levers: {desks: 3}\nchannels: [analog]\n", "scenarios/s.yaml:4:10"),
        ("levers: {speed: slow}\nchannels: [digital]\n", "scenarios/s.yaml:4:10"),
        ("override: {permit.steps.judge.agentic.work: 2h}\nchannels: [digital]\n", "s.yaml:4:12"),
        (
            "compare: {a: {channel: digital, override: {permit.attributes.card: 50%}}}\n",
            "s.yaml:4:",
        ),
        ("levers: {desks: 3}\nchannels: [analog, digital]\n", None),
        ("levers: {speed: fast}\nchannels: [digital]\n", None),
        ("override: {cases.people.count: 2}\nchannels: [digital]\n", None),
        ("compare: {a: {channel: digital, levers: {speed: slow}}, B}\n", None),
    ],
)
def test_a_setting_without_which_every_arm_is_the_same_is_told(
    scenario: str, place: str | None
) -> None:
    """One that matters in one arm only is not, nor is what only names the usual beside it."""
    lay()
    said = told(scenario.replace("B}", "b: {channel: digital, levers: {speed: fast}}}"))

    assert len(said) == (place is not None)
    assert all(place in one and "changes nothing" in one for one in said if place is not None)


@pytest.mark.parametrize(
    ("setting", "warned"),
    [
        ("permit.steps.judge.agentic.work=2h", True),
        ("permit.steps.judge.digital.work=30min", True),
        ("cases.people.count=3", True),
        ("cases.people.count=4", False),
        ("seed=7", False),
        ("replications=3", False),
        ("title=Other", False),
        ("channels=[digital, agentic]", False),
        ("agents.person.kind=ai", False),
    ],
)
def test_what_the_command_line_sets_is_told_if_it_changes_nothing(
    setting: str, *, warned: bool
) -> None:
    """What is no part of a model may still count."""
    lay()
    assert [one.partition(": ")[0] for one in told("channels: [digital]\n", setting)] == [
        "--set:1:1"
    ] * warned


def test_a_lever_pulled_to_where_it_was_is_told() -> None:
    """On the command line too."""
    lay()
    (said,) = told("channels: [digital]\n", levers=("speed=slow",))
    assert said.startswith("--lever:1:1: 'speed' changes nothing")


def test_arms_that_are_the_same_world_are_told() -> None:
    """Whatever they are called; each once."""
    lay()
    arms = "a: {channel: digital}, b: {channel: agentic}, c: {channel: digital, title: Again}"
    said = told(f"compare: {{{arms}, d: {{channel: digital, override: {{seed: 3}}}}}}\n")

    assert [one.partition(": ")[2] for one in said if "same world" in one] == [
        f"the arms 'a' and '{name}' are the same world, so their results are the same"
        for name in ("c", "d")
    ]


def test_an_agent_may_have_rules_about_other_journeys() -> None:
    """They do not hold here: nobody gives up, and nothing is warned of."""
    lay()
    assert told("channels: [digital]\n") == []


def test_names_that_no_procedure_declares_are_told_where_the_agent_is_checked() -> None:
    """There nobody can know which journey is meant."""
    lay()
    _, warnings = check([Path("agents/person.yaml")])
    said = [w.text().splitlines()[0].partition(": ")[0] for w in warnings]

    assert [w.values["name"] for w in warnings] == ["wealth", "ghost", "spectre"]
    assert said == [f"agents/person.yaml:{place}" for place in ("5:25", "6:36", "6:43")]


def test_a_name_that_is_probably_a_slip_is_refused() -> None:
    """It is like a declared one, and no procedure on the shelf declares it."""
    lay()
    path = Path("agents/person.yaml")
    path.write_text(path.read_text("utf-8").replace("wealth: [huge]", "cards: true"), "utf-8")
    told_of = "{people: {count: 3, using: [permit]}}"
    text = f"scenario: s\nstart: 2026-04-01\nchannels: [digital]\ncases: {told_of}\n"
    Path("scenarios").mkdir()
    Path("scenarios/s.yaml").write_text(text, "utf-8")
    (problem,), _ = check([Path("scenarios/s.yaml")])

    assert (problem.key, problem.guess, problem.line) == ("unknown_attribute", "card", 5)


@pytest.mark.parametrize("steps", ["{issue: {gives: permit, by: desk, work: 1h}}", "{}"])
def test_a_procedure_for_others_is_checked_alone(steps: str) -> None:
    """Without a goal nothing is wrong with it."""
    lay()
    path = Path("procedures/helper.yaml")
    start = (
        "procedure: helper\napplicant: me\nactors: {me: person, desk: {agent: office, staff: 1}}\n"
    )
    path.write_text(f"{start}documents: {{permit: Permit}}\nsteps: {steps}\n", "utf-8")
    problems, _ = check([path])

    assert problems == []


def test_what_is_wrong_with_a_procedure_for_others_stands_in_its_file() -> None:
    """Not in a scenario that was made up to check it."""
    lay()
    path = Path("procedures/helper.yaml")
    start = "procedure: helper\napplicant: me\nactors: {me: person}\ndocuments: {a: A, b: B}\n"
    path.write_text(start + "steps: {x: {needs: b, gives: a, by: me, work: 1h}}\n", "utf-8")
    (problem,), _ = check([path])

    assert (problem.file, problem.key, problem.line) == (str(path), "nobody_gives", 5)

"""A kept scenario runs again as it stands, from anywhere, with what lies beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from sim.experiment import checking, run
from sim.experiment.result import as_json
from sim.study import loader
from tests.results import Kept, kept

FILES: Final[Mapping[str, str]] = {
    "agents/office.yaml": "{agent: office, kind: office, hours: always}",
    "agents/person.yaml": """
        agent: person
        kind: person
        hours: always
        rules: {returned: {again: {then: redo}}}
        """,
    "procedures/permit.yaml": """
        # What an office of one does.
        procedure: permit
        title: {en: Permit, ja: 許可}
        applicant: vendor
        actors: {vendor: person, clerk: {agent: office, staff: 1}}
        documents: {permit: {en: Permit, ja: 許可証}}
        attributes: {size: 2 (1-9)}
        levers:
          pace: {default: 2h, replaces: [steps.issue.work]}
          way: {default: slow, values: {slow: {}, fast: {steps.issue.delay: 1h}}}
        steps:
          issue: {gives: [permit], by: clerk, work: 2h, delay: 5h}
        goal: [permit]
        """,
    "scenarios/plain.yaml": """
        scenario: plain
        start: 2026-04-01
        channels: [analog, digital]
        cases: {vendors: {count: 3, using: [permit]}}
        """,
    "scenarios/pulled.yaml": """
        scenario: pulled
        start: 2026-04-01
        channels: [digital]
        cases: {vendors: {count: 3, using: [permit], arrivals: {uniform: [0h, 9h]}}}
        levers: {pace: 4h}
        override: {permit.steps.issue.delay: 2h, cases.vendors.arrivals: {uniform: [0h, 5h]}}
        seed: 4
        """,
    "scenarios/arms.yaml": """
        scenario: arms
        start: 2026-04-01
        compare:
          small: {channel: digital, attributes: {size: 3}, levers: {way: fast}}
          large:
            channel: digital
            attributes: {size: 5}
            override: {permit.steps.issue.work: {by: size, 5: 6h, else: 1h}, cases.vendors.count: 4}
        cases: {vendors: {count: 3, using: [permit]}}
        """,
}

ASKED: Final[Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "as it is": ("plain", (), ()),
    "as a file": ("scenarios/plain.yaml", ("permit.steps.issue.work=3h",), ()),
    "a field of the scenario": ("plain", ("cases.vendors.count=5", "channels=[digital]"), ()),
    "a field of an agent": ("plain", ("agents.office.hours=business",), ()),
    "people who come and go": (
        "plain",
        ("agents.person.sessions={after: {exponential: {mean: 1d}}, last: 2h}",),
        (),
    ),
    "an actor": ("plain", ("actors.clerk.staff=2",), ("way=fast",)),
    "a title that looks like a number": ("plain", ('title="1e3"',), ()),
    "levers pulled before": ("pulled", (), ("way=fast",)),
    "a lever pulled anew": ("pulled", (), ("pace=30min",)),
    "what is overridden": ("pulled", ("permit.steps.issue.delay=1h",), ()),
    "arrivals overridden": ("pulled", ("cases.vendors.arrivals={uniform: [0h, 3h]}",), ()),
    "the last word counts": (
        "plain",
        (
            "permit.steps.issue.work=3h",
            "permit.steps.issue={gives: [permit], by: clerk}",
            "permit.steps.issue.work=4h",
        ),
        (),
    ),
    "arms": ("arms", (), ()),
    "levers of arms": ("arms", (), ("way=slow",)),
    "an arm": ("arms", ("compare.small.channel=agentic", "cases.vendors.count=2"), ()),
    "what an arm overrides": ("arms", ("cases.vendors.attributes.size=5",), ("pace=1h",)),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with procedures and agents of one's own."""
    for name, text in FILES.items():
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("asked", ASKED)
def test_a_kept_scenario_has_the_same_digest(
    asked: str, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the command line said, and though the files it used have gone; so has its result."""
    name, sets, levers = ASKED[asked]
    study = loader.load(name, sets=sets, levers=levers)
    first = run.compare(study, seed=3, replications=2, out=tmp_path / "first")
    here.rename(tmp_path / "gone")
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")

    again = loader.load("../first/scenario.yaml")
    second = run.compare(again, out=tmp_path / "second")
    third = run.compare(loader.load(str(tmp_path / "second" / "scenario.yaml")))

    assert checking.check([tmp_path / "first" / "scenario.yaml"])[0] == []
    # A setting is warned of where it stands, which is elsewhere now.
    told = [as_json(replace(one, warnings=())) for one in (first, second, third)]
    assert told[1] == told[2] == told[0]
    first_kept, once_more = kept(tmp_path / "first"), kept(tmp_path / "second")
    assert once_more.manifest["models"] == first_kept.manifest["models"]
    yaml = [text[text.index("\n\nscenario:") :] for text in _scenarios(first_kept, once_more)]
    assert yaml[0] == yaml[1]


def _scenarios(*stored: Kept) -> list[str]:
    return [one.texts["scenario.yaml"] for one in stored]


@pytest.mark.usefixtures("here")
def test_what_a_scenario_used_is_kept_as_it_was_written(tmp_path: Path) -> None:
    """With its comments; nothing else is kept."""
    run.compare(loader.load("plain"), replications=1, out=tmp_path / "kept")

    texts = kept(tmp_path / "kept").texts
    used = {name for name in FILES if not name.startswith("scenarios/")}
    assert texts.keys() == {"scenario.yaml"} | used
    assert {name: texts[name] for name in used} == {
        name: textwrap.dedent(FILES[name]) for name in used
    }


@pytest.mark.usefixtures("here")
def test_a_field_of_the_scenario_is_written_once(tmp_path: Path) -> None:
    """So that whoever edits what was kept edits it in one place."""
    study = loader.load("plain", sets=["cases.vendors.count=5"])
    run.compare(study, replications=1, out=tmp_path / "kept")

    text = kept(tmp_path / "kept").texts["scenario.yaml"]
    assert text.partition("\n\n")[2].count("count") == 1
    assert "channels:" in text


def test_what_lies_beside_a_kept_scenario_shadows_what_the_user_has(
    here: Path, tmp_path: Path
) -> None:
    """A procedure of that name may have changed since."""
    first = run.compare(loader.load("plain"), replications=1, out=tmp_path / "kept")
    changed = FILES["procedures/permit.yaml"].replace("delay: 5h", "delay: 50h")
    (here / "procedures" / "permit.yaml").write_text(textwrap.dedent(changed), encoding="utf-8")

    scenario = str(tmp_path / "kept" / "scenario.yaml")
    assert as_json(run.compare(loader.load(scenario))) == as_json(first)
    assert run.compare(loader.load("plain"), replications=1).digest != first.digest


@pytest.mark.usefixtures("here")
def test_comings_are_kept_where_anybody_came(tmp_path: Path) -> None:
    """In a table of their own, with names; without sessions there is none."""
    by_hand = "permit.steps.issue.by=[vendor, clerk]"
    run.compare(loader.load("plain", sets=[by_hand]), replications=1, out=tmp_path / "none")
    set_ = ("agents.person.sessions={after: 1d, last: 1h}", by_hand, "permit.steps.issue.work=2h")
    result = run.compare(loader.load("plain", sets=set_), replications=2, out=tmp_path / "some")

    assert not (tmp_path / "none" / "comings.parquet").exists()
    some = kept(tmp_path / "some")
    assert "comings.parquet" in some.manifest["files"]
    table = some.table("comings")
    assert list(table) == [
        *("replication", "arm", "case", "actor", "step", "visit", "called", "came", "left")
    ]
    assert set(table["actor"]) == {"vendor"}
    assert list(table["came"]) == list(table["called"])
    assert np.ma.getmaskarray(table["step"]).all()
    assert all(arm.figures["time_days.away"].value == 0 for arm in result.arms.values())

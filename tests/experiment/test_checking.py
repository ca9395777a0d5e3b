"""What is only noticed when a whole file is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.checking import check

WORLD = {
    "agents/clerk": "{agent: clerk, kind: office}",
    "procedures/permit": """
procedure: permit
applicant: clerk
actors: {clerk: clerk}
documents: {permit: Permit}
steps: {give: {gives: [permit], by: clerk, work: 1h (30min-2h)}}
goal: [permit]
""",
    "procedures/facts": """
facts:
  X-1: {figure: Quick permits, value: 93.2, source: A newspaper, confidence: A}
  X-2: {figure: Slow permits, value: 5, source: A guess, confidence: C}
""",
}


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        ("X-1: {document: permit, by: 35d, value: 93.2%}", None),
        ("X-3: {document: permit, by: 35d, value: 93.2%}", "there is no source 'X-3'"),
        ("X-2: {document: permit, by: 35d, value: 5%}", "has neither a source nor a range"),
    ],
)
def test_what_a_run_is_compared_with_is_a_fact(
    observed: str, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its id is in the registry; an assumption needs a range, here as elsewhere."""
    scenario = f"""
scenario: spring
start: 2026-04-01
channels: [analog]
cases: {{people: {{count: 3, using: [permit]}}}}
report: {{observed: {{{observed}}}}}
"""
    for name, text in {**WORLD, "scenarios/spring": scenario}.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    problems, warnings = check([Path("scenarios/spring.yaml")])
    assert problems == []
    told = [warning.text() for warning in warnings]
    assert all(said is not None and said in one for one in told)
    assert bool(told) is (said is not None)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ('["22:00-24:00", "00:00-06:00"]', True),
        ('"22:00-06:00"', False),
        ('["00:00-06:00", "08:00-20:00"]', False),
    ],
)
def test_two_spans_that_look_like_a_night_are_warned_of(
    hours: str, *, said: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In calendars, of actors, of agents and of streams, each at its place."""
    monkeypatch.chdir(tmp_path)
    night = f"{{days: mon-fri, open: {hours}}}"
    files = {
        "agents/clerk": f"{{agent: clerk, kind: office, hours: {night}}}",
        "procedures/permit": f"""
procedure: permit
applicant: clerk
actors: {{clerk: clerk, guard: {{agent: clerk, staff: unlimited, hours: {night}}}}}
calendars: {{late: {night}}}
documents: {{permit: Permit}}
steps: {{give: {{gives: [permit], by: [clerk, guard], work: 1h (30min-2h)}}}}
goal: [permit]
""",
        "scenarios/s": f"""
scenario: s
start: 2026-04-01
channels: [digital]
calendars: {{later: {night}}}
cases: {{c: {{count: 1, using: permit, hours: {night}}}}}
""",
    }
    for name, text in files.items():
        path = Path(f"{name}.yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    problems, warnings = check([Path(f"{name}.yaml") for name in files])
    assert problems == []
    told = [(one.file, one.line) for one in warnings if one.key == "hours.torn_night"]
    places = [
        ("agents/clerk.yaml", 1),
        ("procedures/permit.yaml", 4),
        ("procedures/permit.yaml", 5),
        ("scenarios/s.yaml", 6),
        ("scenarios/s.yaml", 5),
    ]
    assert sorted(told) == (sorted(places) if said else [])
    assert all("22:00-06:00" in one.text(lang) for one in warnings for lang in ("en", "ja"))

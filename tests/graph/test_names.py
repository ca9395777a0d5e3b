"""Names that several procedures declare, in whatever order a scenario lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from sim.errors import InvalidInput
from sim.graph.joiner import join
from sim.graph.journey import Journey
from sim.study import loader
from tests.conftest import AGENTS

USES: Final = """
procedure: uses
applicant: me
actors: {me: person, desk: {agent: office, hours: mornings}, signer: {agent: person, each: signers}}
documents: {consent: Consent}
steps:
  sign: {each: signers, gives: [consent], by: signer, work: 1h}
  look: {needs: [consent], by: desk, work: 1h}
goal: [consent]
"""
DECLARES: Final = """
procedure: declares
applicant: me
actors: {me: person, desk: office}
lists: {signers: [first, second]}
calendars: {mornings: {days: daily, open: "09:00-12:00"}}
documents: {consent: Consent}
steps: {file: {needs: [consent], by: me, work: 1h}}
"""
ORDERS: Final = [(USES, DECLARES), (DECLARES, USES)]


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Agents in a shelf of their own."""
    for folder in ("agents", "procedures"):
        (tmp_path / folder).mkdir()
    for name, text in AGENTS.items():
        (tmp_path / "agents" / f"{name}.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def joined(shelf: Path, *texts: str) -> Journey:
    """Return the journey of procedures in an order."""
    names = []
    for text in texts:
        names.append(text.split()[1])
        (shelf / "procedures" / f"{names[-1]}.yaml").write_text(text, "utf-8")
    return join(loader.world(names, (), (), "digital"))


@pytest.mark.parametrize("texts", ORDERS)
def test_lists_and_calendars_may_be_declared_by_another_procedure(
    shelf: Path, texts: tuple[str, ...]
) -> None:
    """Before or after the actors that use them."""
    journey = joined(shelf, *texts)
    assert {"signer.first", "signer.second"} <= set(journey.actors)
    assert journey.family("consent") == ("consent.first", "consent.second")
    assert journey.documents["consent.second"].declared == "consent"


@pytest.mark.parametrize("texts", ORDERS)
def test_an_actor_that_only_names_its_agent_adds_nothing(
    shelf: Path, texts: tuple[str, ...]
) -> None:
    """What another procedure says of it counts, wherever that stands."""
    assert joined(shelf, *texts).actors["desk"].actor.hours == "mornings"


def test_all_that_is_unknown_is_told_together(shelf: Path) -> None:
    """In the files' order: names, steps, and what the procedure refers to besides."""
    wrong = (
        USES.replace("hours: mornings", "hours: morning")
        .replace("needs: [consent]", "needs: [consant]")
        .replace("by: desk", "by: desc")
        .replace("goal: [consent]", "goal: [consents]")
    )
    with pytest.raises(InvalidInput) as refused:
        joined(shelf, wrong, DECLARES)
    keys = [(problem.key, problem.guess) for problem in refused.value.problems]
    assert keys == [
        ("unknown_calendar", "mornings"),
        ("unknown_document", "consent"),
        ("unknown_actor", "desk"),
        ("unknown_document", "consent"),
    ]

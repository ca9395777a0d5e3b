"""What tests share: worlds written as YAML, run by the reference engine, read as plain rows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.kpi import check
from sim.log import NEVER, OUTCOMES, RESULTS, Log
from sim.study import loader

AGENTS = {
    "person": "{agent: person, kind: person, "
    "rules: {returned: {redo: {then: {redo: {after: 1h}}}}}}",
    "office": "{agent: office, kind: office}",
    "system": "{agent: system, kind: system}",
    "robot": "{agent: robot, kind: ai, rules: {returned: {redo: {then: {redo: {after: 0s}}}}}}",
}
"""Agents that every test may use: open always; ``person`` does one thing at a time."""


@dataclass(frozen=True)
class Run:
    """One replication of one arm, with names in place of numbers."""

    model: Program
    log: Log

    def rows(self, step: str | None = None, case: int | None = None) -> list[dict[str, Any]]:
        """Return the visits as dictionaries, in the order in which they closed."""
        found = [self._row(row) for row in self.log.events]
        return [
            row
            for row in found
            if (step is None or row["step"] == step) and (case is None or row["case"] == case)
        ]

    def _row(self, row: Any) -> dict[str, Any]:
        names = row.dtype.names or ()
        told: dict[str, Any] = {name: int(row[name]) for name in names}
        told["step"] = self.model.steps[told["step"]].partition(".")[2]
        told["result"] = RESULTS[told["result"]]
        told["channel"] = self.model.profiles[told.pop("profile")].channel
        told["rule"] = None if told["rule"] == NEVER else self.model.rules[told["rule"]]
        return told

    def cases(self) -> list[dict[str, Any]]:
        """Return the cases as dictionaries, in order of their numbers."""
        found = []
        for row in self.log.cases:
            told: dict[str, Any] = {name: int(row[name]) for name in row.dtype.names or ()}
            told["outcome"] = OUTCOMES[told["outcome"]]
            told["cause"] = None if told["cause"] == NEVER else self.model.causes[told["cause"]]
            found.append(told)
        return found

    def given(self, document: str, case: int = 0) -> int | None:
        """Return the second at which a document was first given in a case, None if never."""
        place = list(self.log.cases["case"]).index(case)
        time = int(self.log.milestones[place, self.model.documents.index(document)])
        return None if time == NEVER else time

    def decisions(self, event: str | None = None) -> list[dict[str, Any]]:
        """Return what agents decided: time, case, agent's actor, event, rule and action."""
        from sim.language.agent import ACTIONS, EVENTS

        found = []
        for row in self.log.decisions:
            name = EVENTS[row["event"]]
            rule = None if row["rule"] == NEVER else self.model.rules[row["rule"]]
            told = {
                "time": int(row["time"]),
                "case": int(row["case"]),
                "actor": self.model.actors[row["actor"]].name,
                "event": name,
                "rule": rule,
                "action": ACTIONS[name][row["action"]],
            }
            found += [told] if event in (None, name) else []
        return found

    def elapsed(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the seconds from start to end of each case."""
        return np.asarray(self.log.cases["end"] - self.log.cases["start"], np.int64)


Runner = Callable[..., Run]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Return a function that writes a procedure (named ``p``) and a scenario (``s``) and runs them.

    ``procedure``: YAML below ``procedure: p``; labels of documents and defects may be left out by
    writing plain text. ``case``: YAML of the one stream ``cases.c`` (default: one case that uses
    p). ``scenario``: more YAML of the scenario. ``agents``: YAML of further agents by name.
    ``channel``, ``seed``, ``replication``, ``sets`` (as on the command line).
    """

    def run(  # noqa: PLR0913, PLR0917 -- what a world is made of
        procedure: str,
        case: str = "{count: 1, using: [p]}",
        scenario: str = "",
        agents: dict[str, str] | None = None,
        channel: str = "digital",
        seed: int = 1,
        replication: int = 0,
        sets: tuple[str, ...] = (),
    ) -> Run:
        for folder in ("procedures", "agents", "scenarios"):
            (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in (AGENTS | (agents or {})).items():
            (tmp_path / "agents" / f"{name}.yaml").write_text(textwrap.dedent(text), "utf-8")
        body = "procedure: p\n" + textwrap.dedent(procedure)
        (tmp_path / "procedures" / "p.yaml").write_text(body, "utf-8")
        (tmp_path / "scenarios" / "s.yaml").write_text(
            "scenario: s\n"
            + ("" if "start:" in scenario else "start: 2026-04-01\n")
            + ("" if "compare:" in scenario else f"channels: [{channel}]\n")
            + f"cases: {{c: {case}}}\n"
            + textwrap.dedent(scenario),
            "utf-8",
        )
        monkeypatch.chdir(tmp_path)
        (chosen, *_) = loader.load("s", sets=sets).worlds
        model = compile_world(chosen)
        log = reference.run(model, seed, replication)
        check(model, log)
        return Run(model, log)

    return run

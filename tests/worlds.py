"""Worlds in tests: YAML that lies on the shelf in memory, compiled, run and read as plain rows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np

from sim import shelf
from sim.compile import calendars, compiler
from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.engine.events import Agenda
from sim.kpi.invariants import check
from sim.log import LIFE, NEVER, OUTCOMES, RESULTS, Log
from sim.study import loader
from sim.yaml import source

Files = Mapping[str, source.Located]
"""What lies on the shelf, by its path: ``agents/person.yaml``."""

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
    files: Files

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

    def lives(self, case: int = 0) -> list[tuple[str, str, int, str | None]]:
        """Return what happened to the slips of a case: defect, what, when, in which visit."""
        found = []
        for row in self.log.defects[self.log.defects["case"] == case]:
            defect = self.model.defects[self.model.instances[row["instance"]].defect]
            step = None if row["step"] == NEVER else self.model.steps[row["step"]].partition(".")[2]
            visit = None if step is None else f"{step} {row['visit']}"
            found.append((defect, LIFE[row["what"]], int(row["time"]), visit))
        return found

    def elapsed(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the seconds from start to end of each case."""
        return np.asarray(self.log.cases["end"] - self.log.cases["start"], np.int64)


DAYS: Final = 1_500
"""Days that calendars reach when worlds are compiled quickly: further than any of their cases."""


def _unhashed(_: Program) -> str:
    return ""


@contextmanager
def quick() -> Iterator[None]:
    """Compile fast: short calendars, each made once, and no hash of a model."""
    with (
        mock.patch.object(calendars, "COVERED", DAYS),
        mock.patch.object(calendars, "build", partial(calendars.build, days=DAYS)),
        mock.patch.object(calendars, "slots", partial(calendars.slots, days=DAYS)),
        mock.patch.object(calendars, "months", partial(calendars.months, days=DAYS)),
        mock.patch.object(calendars, "meet", lru_cache(256)(calendars.meet)),
        mock.patch.object(compiler, "_digest", _unhashed),  # a mock would keep each model
    ):
        yield


@contextmanager
def bounded(most: int) -> Iterator[None]:
    """Let a run end with a TimeoutError after so many events."""
    happen, count = Agenda.happen, [0]

    def counted(self: Agenda, moment: Any) -> None:
        count[0] += 1
        if count[0] > most:
            raise TimeoutError(f"more than {most} events")
        happen(self, moment)

    with mock.patch.object(Agenda, "happen", counted):
        yield


@contextmanager
def shelved(files: Files) -> Iterator[None]:
    """Let files lie on the shelf, before those that are shipped, without writing them."""
    find, load = shelf.find, source.load

    def found(kind: shelf.Kind, name: str, beside: Path | None = None) -> Path | None:
        path = f"{kind}/{name}.yaml"
        return Path(path) if path in files else find(kind, name, beside)

    def loaded(path: Path) -> source.Located:
        return files[str(path)] if str(path) in files else load(path)

    with mock.patch.object(shelf, "find", found), mock.patch.object(source, "load", loaded):
        yield


def filed(texts: Mapping[str, str]) -> Files:
    """Return files to lie on the shelf, from their YAML by path."""
    return {path: source.loads(textwrap.dedent(text), path) for path, text in texts.items()}


def written(
    procedure: str,
    case: str = "{count: 1, using: [p]}",
    scenario: str = "",
    agents: Mapping[str, str] | None = None,
    channel: str = "digital",
) -> Files:
    """Return the files of a procedure ``p``, a scenario ``s`` with one stream ``c``, and agents.

    ``procedure``: YAML below ``procedure: p``. ``case``: that of the stream (by default one case
    that uses p). ``scenario``: more YAML of the scenario. ``agents``: further agents by name.
    """
    texts = {f"agents/{name}.yaml": text for name, text in (AGENTS | dict(agents or {})).items()}
    texts["procedures/p.yaml"] = "procedure: p\n" + textwrap.dedent(procedure)
    texts["scenarios/s.yaml"] = (
        "scenario: s\n"
        + ("" if "start:" in scenario else "start: 2026-04-01\n")
        + ("" if "compare:" in scenario else f"channels: [{channel}]\n")
        + f"cases: {{c: {case}}}\n"
        + textwrap.dedent(scenario)
    )
    return filed(texts)


def compiled(files: Files, sets: tuple[str, ...] = (), scenario: str = "s") -> Program:
    """Return the first arm of a scenario. Raises InvalidInput."""
    with shelved(files):
        (world, *_) = loader.load(scenario, sets=sets).worlds
    return compile_world(world)


def run(  # noqa: PLR0913, PLR0917 -- what a world is made of
    procedure: str,
    case: str = "{count: 1, using: [p]}",
    scenario: str = "",
    agents: Mapping[str, str] | None = None,
    channel: str = "digital",
    seed: int = 1,
    replication: int = 0,
    sets: tuple[str, ...] = (),
) -> Run:
    """Run a world as in ``written``; its log obeys the laws. ``sets``: as on the command line."""
    files = written(procedure, case, scenario, agents, channel)
    model = compiled(files, sets)
    log = reference.run(model, seed, replication)
    check(model, log)
    return Run(model, log, files)

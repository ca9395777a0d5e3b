"""A small office, compiled, with hand-made logs: times are hours since the first midnight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import pytest

from sim.compile.program import Program
from sim.language.agent import EVENTS as RULE_EVENTS
from sim.log import CASES, DECISIONS, DEFECTS, EVENTS, LIFE, NEVER, OUTCOMES, RESULTS, Log
from tests.worlds import compiled, filed

HOUR: Final = 3600
OWNER, BUREAU, COUNTER, AI, SCRIVENER, PORTAL = range(6)
DRAFT, EXAMINE, COLLECT = range(3)
BY_OWNER, BY_SCRIVENER, BY_AI = range(3)
BY_BUREAU, BY_OWNER_AND_BUREAU, BY_BOTH_OFFICES, BY_PORTAL = 3, 6, 7, 8
"""Steps as done in one channel: each step on paper, online, with AI."""

ENDLESS, HORIZON, STALE, WRONG, TIRED, LOST = range(6)
"""Causes of failure; ``STALE`` is a loose end."""

OFFICE: Final = {
    "procedures/p.yaml": """
procedure: p
applicant: owner
actors:
  owner: owner
  bureau: {agent: officer, staff: 1}
  counter: {agent: officer, staff: 1}
  ai: ai
  scrivener: scrivener
  portal: portal
attributes: {amount: 0}
documents: {form: Form, note: Note, permit: Permit}
defects:
  stale: {en: Stale, ja: 古い記載, harm: {en: old facts, ja: 旧情報, as: incomplete}}
  wrong: {en: Wrong, ja: 誤記, harm: {en: wrong permit, ja: 誤った許可}}
steps:
  draft:
    gives: [form]
    work: 1h
    makes: {stale: 1%, wrong: 1%}
    analog: {by: owner, burden: {forms: 1, seals: 2}, again: {burden: {forms: 0, seals: 0}}}
    digital: {by: scrivener}
    agentic: {by: ai, burden: {logins: 3}, again: {burden: {logins: 0}}}
  examine: {needs: [form], gives: [note], by: bureau, work: 1h}
  collect:
    needs: [note]
    gives: [permit]
    work: 1h
    analog:
      by: [owner, bureau]
      burden: {visits: 1, fee: 300}
      again: {burden: {visits: 0, fee: 0}}
    digital: {by: [counter, bureau]}
    agentic: {by: [owner, portal]}
goal: [permit]
""",
    "agents/owner.yaml": """
agent: owner
kind: person
hourly: 2400
rules: {returned: {tired: {then: give_up}}}
""",
    "agents/officer.yaml": """
agent: officer
kind: office
hourly: 5000
hours: {days: daily, open: "09:00-17:00", holidays: open}
""",
    "agents/ai.yaml": "{agent: ai, kind: ai}",
    "agents/scrivener.yaml": "{agent: scrivener, kind: professional, hourly: 9000}",
    "agents/portal.yaml": "{agent: portal, kind: system}",
    "scenarios/hand_made.yaml": """
scenario: hand_made
start: 2026-04-01
horizon: 400d
compare: {paper: {channel: analog}}
cases: {filers: {count: 1, using: [p]}}
""",
}


class Logbook(Protocol):
    """Makes a log from rows in hours."""

    def __call__(  # noqa: D102
        self,
        cases: Sequence[Mapping[str, Any]],
        visits: Sequence[Mapping[str, Any]],
        queue_hours: Mapping[int, float] | None = None,
        lives: Sequence[tuple[int, str, float, tuple[int, int]]] = (),
    ) -> Log: ...


@pytest.fixture(scope="session")
def model() -> Program:
    """An owner, a scrivener, an AI, a portal, two offices open 9 to 17 with one officer each."""
    return compiled(filed(OFFICE), scenario="hand_made")


def _seconds(value: float) -> int:
    return NEVER if value == NEVER else round(value * HOUR)


def _event(visit: Mapping[str, Any]) -> tuple[Any, ...]:
    """``times``: ready, enabled, granted, started, finished, closed, in hours; else on paper."""
    step, cause = visit["step"], visit.get("cause", (NEVER, NEVER))
    return (
        visit.get("case", 0),
        step,
        visit.get("visit", 1),
        visit.get("profile", 3 * step),
        *map(_seconds, visit["times"]),
        RESULTS.index(visit.get("result", "given")),
        NEVER,
        *cause,
    )


def _case(number: int, case: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        case.get("case", number),
        case.get("stream", 0),
        0,
        _seconds(case["start"]),
        _seconds(case["end"]),
        OUTCOMES.index(case.get("outcome", "clean")),
        case.get("cause", NEVER),
        case.get("late", 0),
        case.get("returns", 0),
        *case.get("last", (NEVER, NEVER)),
        *case.get("money", (0, 0, 0)),
    )


def _harms(case: Mapping[str, Any]) -> list[bool]:
    return [defect in case.get("harms", ()) for defect in range(2)]


@pytest.fixture(scope="session")
def logbook(model: Program) -> Logbook:
    """Make a log of rows in hours; ``queue_hours``: the engine's own sums by actor.

    ``lives``: slip, what happened to it, when, in which visit; all of case 0, who asks about all.
    """

    def make(
        cases: Sequence[Mapping[str, Any]],
        visits: Sequence[Mapping[str, Any]],
        queue_hours: Mapping[int, float] | None = None,
        lives: Sequence[tuple[int, str, float, tuple[int, int]]] = (),
    ) -> Log:
        area = np.zeros(len(model.actors), np.int64)
        for actor, hours in (queue_hours or {}).items():
            area[actor] = _seconds(hours)
        return Log(
            replication=0,
            events=np.array([_event(visit) for visit in visits], EVENTS),
            cases=np.array([_case(number, case) for number, case in enumerate(cases)], CASES),
            decisions=np.array(
                [
                    (_seconds(time), 0, BUREAU, RULE_EVENTS.index("found"), NEVER, 0, *by)
                    for _, what, time, by in lives
                    if what == "found"
                ],
                DECISIONS,
            ),
            milestones=np.full((len(cases), len(model.documents)), NEVER, np.int64),
            attributes=np.zeros((len(cases), len(model.attributes)), np.int64),
            harms=np.array([_harms(case) for case in cases], np.bool_).reshape(-1, 2),
            queue_area=area,
            defects=np.array(
                [
                    (slip, 0, 0, LIFE.index(what), _seconds(time), *by)
                    for slip, what, time, by in lives
                ],
                DEFECTS,
            ),
        )

    return make

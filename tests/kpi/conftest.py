"""A small office with hand-made logs: times are hours since midnight of the first day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol, cast

import numpy as np
import pytest

from sim.compile.calendars import Calendar
from sim.compile.program import ASTRAY, Const, Program
from sim.log import CASES, DECISIONS, EVENTS, NEVER, OUTCOMES, RESULTS, Log

HOUR = 3600
DAYS = 400
OWNER, BUREAU, COUNTER, AI, SCRIVENER, PORTAL = range(6)
DRAFT, EXAMINE, COLLECT = range(3)
BY_OWNER, BY_BUREAU, BY_OWNER_AND_BUREAU, BY_BOTH_OFFICES, BY_AI = range(5)
BY_SCRIVENER, BY_PORTAL, BY_NOBODY = range(5, 8)
ALWAYS = Calendar((0,), (DAYS * 24 * HOUR,))
NINE_TO_FIVE = Calendar(
    tuple((24 * day + 9) * HOUR for day in range(DAYS)),
    tuple((24 * day + 17) * HOUR for day in range(DAYS)),
)


class Logbook(Protocol):
    """Makes a log from rows in hours."""

    def __call__(  # noqa: D102
        self,
        cases: Sequence[Mapping[str, Any]],
        visits: Sequence[Mapping[str, Any]],
        queue_hours: Mapping[int, float] | None = None,
    ) -> Log: ...


def _actor(name: str, kind: str, *, staff: int = 0, hourly: int = 0) -> SimpleNamespace:
    return SimpleNamespace(
        name=name,
        agent=f"{name}_agent",
        kind=kind,
        staffed=staff > 0,
        hourly=hourly,
        calendar=int(kind == "office"),
        staff=((0, staff),) if staff else (),
    )


def _manner(burden: tuple[int, int, int, int], fee: int) -> SimpleNamespace:
    return SimpleNamespace(burden=burden, fee=Const(fee))


def _profile(
    step: int, actors: tuple[int, ...], burden: tuple[int, int, int, int], fee: int = 0
) -> SimpleNamespace:
    return SimpleNamespace(
        step=step,
        channel=2 if AI in actors else 0,
        actors=actors,
        calendar=int(BUREAU in actors or COUNTER in actors),
        first=_manner(burden, fee),
        again=_manner((0, 0, 0, 0), 0),
        gathers=False,
        rides=False,
    )


@pytest.fixture(scope="session")
def model() -> Program:
    """An owner, a scrivener, an AI, a portal, two offices open 9 to 17 with one officer each."""
    world = SimpleNamespace(
        name="hand_made",
        arm="paper",
        steps=("draft", "examine", "collect"),
        documents=("form", "permit"),
        attributes=("amount",),
        defects=("stale", "wrong"),
        causes=("horizon", "tired", "stale", "wrong", ASTRAY),
        instances=(
            SimpleNamespace(defect=0, harm=True, loose=True),
            SimpleNamespace(defect=1, harm=True, loose=False),
        ),
        horizon=DAYS * 24 * HOUR,
        rules=("owner.returned.tired",),
        actors=(
            _actor("owner", "person", hourly=2400),
            _actor("bureau", "office", staff=1, hourly=5000),
            _actor("counter", "office", staff=1, hourly=5000),
            _actor("ai", "ai"),
            _actor("scrivener", "professional", hourly=9000),
            _actor("portal", "system"),
        ),
        profiles=(
            _profile(DRAFT, (OWNER,), (0, 1, 2, 0)),
            _profile(EXAMINE, (BUREAU,), (0, 0, 0, 0)),
            _profile(COLLECT, (OWNER, BUREAU), (1, 0, 0, 0), fee=300),
            _profile(COLLECT, (COUNTER, BUREAU), (0, 0, 0, 0)),
            _profile(DRAFT, (AI,), (0, 0, 0, 3)),
            _profile(DRAFT, (SCRIVENER,), (0, 0, 0, 0)),
            _profile(COLLECT, (OWNER, PORTAL), (0, 0, 0, 0)),
            _profile(COLLECT, (), (0, 0, 0, 0)),
        ),
        calendars=(ALWAYS, NINE_TO_FIVE),
        streams=(SimpleNamespace(name="filers", background=False, count=1, first_case=0),),
        start=0,
        warm_up=0,
        may_lapse=frozenset(),
        report=None,
    )
    return cast("Program", world)


def _seconds(value: float) -> int:
    return NEVER if value == NEVER else round(value * HOUR)


def _event(visit: Mapping[str, Any]) -> tuple[Any, ...]:
    """``times``: ready, enabled, granted, started, finished, closed, in hours."""
    step, cause = visit["step"], visit.get("cause", (NEVER, NEVER))
    return (
        visit.get("case", 0),
        step,
        visit.get("visit", 1),
        visit.get("profile", step),
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
def logbook() -> Logbook:
    """Make a log of rows in hours; ``queue_hours``: the engine's own sums by actor."""

    def make(
        cases: Sequence[Mapping[str, Any]],
        visits: Sequence[Mapping[str, Any]],
        queue_hours: Mapping[int, float] | None = None,
    ) -> Log:
        area = np.zeros(6, np.int64)
        for actor, hours in (queue_hours or {}).items():
            area[actor] = _seconds(hours)
        return Log(
            replication=0,
            events=np.array([_event(visit) for visit in visits], EVENTS),
            cases=np.array([_case(number, case) for number, case in enumerate(cases)], CASES),
            decisions=np.zeros(0, DECISIONS),
            milestones=np.full((len(cases), 2), NEVER, np.int64),
            attributes=np.zeros((len(cases), 1), np.int64),
            harms=np.array([_harms(case) for case in cases], np.bool_).reshape(-1, 2),
            queue_area=area,
        )

    return make

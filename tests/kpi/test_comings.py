"""Who was there, and for whom a case waited, in hand-made logs: times are hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest

from sim.compile.nodes import Const
from sim.compile.program import Program, SessionsSpec
from sim.errors import RunFailed
from sim.kpi.elapsed import PARTS, elapsed
from sim.kpi.invariants import check
from sim.kpi.visits import Comings, visits
from sim.log import COMINGS, NEVER, Log
from tests.kpi.conftest import AI, BY_OWNER, DRAFT, HOUR, OWNER

Row = tuple[int, int, float, float, float]
"""Case, actor, called, came, left."""

OTHER: Final = AI


def hours(value: float) -> int:
    """Return hours in seconds."""
    return NEVER if value == NEVER else round(value * HOUR)


def visited(log: Log, rows: Sequence[Row]) -> Log:
    """Return a log in which people came."""
    table = [(case, who, DRAFT, 1, *map(hours, times)) for case, who, *times in rows]
    return replace(log, comings=np.array(table, COMINGS))


@pytest.fixture
def coming(model: Program) -> Program:
    """The office, whose owner comes and goes."""
    spec = SessionsSpec({OWNER: 2 * HOUR}, {BY_OWNER: (OWNER, Const(HOUR))})
    return replace(model, sessions=spec)


@pytest.fixture
def drafts(logbook: Any) -> Log:
    """Two cases: drafts ready at 8 and begun at 20 and 30."""
    begun = (20, 30)
    log: Log = logbook(
        [{"start": 8, "end": at + 1, "last": (DRAFT, 1)} for at in begun],
        [
            {"case": case, "step": DRAFT, "times": (8, at, at, at, at + 1, at + 1)}
            for case, at in enumerate(begun)
        ],
    )
    return log


@pytest.mark.parametrize(
    ("rows", "away", "busy"),
    [
        ([(0, OWNER, 10, 16, 22)], 6, 6),
        ([(0, OWNER, 7, 9, 10), (0, OWNER, 12, 15, 16), (0, OWNER, 18, 20, 22)], 6, 6),
        ([(0, OWNER, 8, 20, 22)], 12, 0),
        ([(0, OWNER, 2, 5, 99)], 0, 12),
        ([(0, OWNER, 0, 0, 30), (0, OWNER, 30, NEVER, NEVER)], 0, 12),
        # Who comes to another case, or somebody else, is not waited for.
        ([(0, OWNER, 0, 0, 30), (1, OWNER, 9, 12, 40), (0, OTHER, 9, 12, 40)], 0, 12),
    ],
)
def test_away_is_what_lies_within_the_calls(
    coming: Program, drafts: Log, rows: list[Row], away: int, busy: int
) -> None:
    """Twelve hours of waiting, split up; the rest was spent busy elsewhere."""
    log = visited(drafts, rows)
    parts = elapsed(coming, visits(coming, log)).parts
    told = dict(zip(PARTS, parts[0] // HOUR, strict=True))
    assert (told["away"], told["busy"]) == (away, busy)
    assert list(parts.sum(axis=1)) == [13 * HOUR, 23 * HOUR]


def test_nobody_is_away_where_nobody_comes_and_goes(model: Program, drafts: Log) -> None:
    """Rows of comings alone say nothing."""
    log = visited(drafts, [(0, OWNER, 10, 16, 22)])
    assert not elapsed(model, visits(model, log)).parts[:, PARTS.index("away")].any()


def test_one_is_there_from_coming_until_left(drafts: Log) -> None:
    """The second of leaving is no longer one; a call without a coming is none."""
    rows: list[Row] = [(0, OWNER, 1, 2, 4), (0, OWNER, 6, 8, 9), (1, OWNER, 2, NEVER, NEVER)]
    log = visited(drafts, rows)
    moments = np.array([1, 2, 3.9, 4, 7, 8, 9]) * HOUR
    zeros = np.zeros(len(moments), np.int64)
    there = Comings(log, zeros, zeros + OWNER).present(moments.astype(np.int64))
    assert list(there) == [False, True, True, False, False, True, False]
    assert not Comings(log, zeros + 1, zeros + OWNER).present(moments.astype(np.int64)).any()
    assert not Comings(log, zeros, zeros + OTHER).present(moments.astype(np.int64)).any()


@pytest.mark.parametrize(
    ("rows", "absent"),
    [
        ([(0, OWNER, 8, 20, 22), (1, OWNER, 8, 30, 32)], None),
        ([(0, OWNER, 8, 19, 20), (1, OWNER, 8, 30, 32)], 0),
        ([(0, OWNER, 8, 20, 22), (1, OWNER, 8, 31, 32)], 1),
        ([(0, OWNER, 8, 20, 22), (1, OTHER, 8, 30, 32)], 1),
    ],
)
def test_who_begins_must_be_there(
    coming: Program, drafts: Log, rows: list[Row], absent: int | None
) -> None:
    """A law of every log: else the run has failed."""
    log = visited(drafts, rows)
    if absent is None:
        check(replace(coming, streams=(replace(coming.streams[0], count=2),)), log)
        return
    with pytest.raises(RunFailed, match=f"case {absent}: p.draft begins while owner is not there"):
        check(replace(coming, streams=(replace(coming.streams[0], count=2),)), log)

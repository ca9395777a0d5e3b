"""Where the time of each case went: a walk from its end back through the causes to its arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.compile.program import Program
from sim.kpi.visits import (
    GIVEN,
    RETURNED,
    VOID,
    Comings,
    Ints,
    Visits,
    begun_by,
    by_case,
    open_seconds,
    wide,
)
from sim.log import NEVER

PARTS: Final = ("work", "queue", "closed", "transit", "busy", "away", "response")
"""Parts of the elapsed time, in the order of the columns of ``Elapsed.parts``."""

TRANSIT: Final = ("transit_office", "transit_person", "transit_system")
"""Parts of transit by whom it waits for, in the order of the columns of ``Elapsed.transit``."""


@dataclass(frozen=True)
class Elapsed:
    """Where the time of each case went, in seconds.

    ``parts``: int64 [cases, parts], sum to ``end - start``: hands-on work, waiting in a queue,
    closed hours, transit after the work, waiting for somebody who is busy, for somebody who has not
    come yet, and the time before anybody responded. ``transit``: int64 [cases, 3], sum to that
    part. ``rework``: int64 [cases], all time before the last return on the way, whatever its part;
    it is no part by itself.
    """

    parts: Ints
    transit: Ints
    rework: Ints


def elapsed(model: Program, rows: Visits) -> Elapsed:
    """Return where the time of each case went. Raises RunFailed if visits cause one another."""
    start, end = wide(rows.log.cases, "start"), wide(rows.log.cases, "end")
    last = last_visits(rows)
    place, row = _way(rows, last)
    closed = rows.column("closed")
    until = np.minimum(closed[row], end[place])
    cause = rows.cause[row]
    before = np.where(cause == NEVER, start[place], closed[cause])
    parts = _parts(model, rows, row, before, until)
    sums = np.column_stack([by_case(place, part, len(start)) for part in parts])
    delay, whose = parts[PARTS.index("transit")], _awaited(model)[rows.log.events["profile"][row]]
    shares = [by_case(place, delay * (whose == kind), len(start)) for kind in range(len(TRANSIT))]
    ending = np.minimum(np.append(closed, 0)[last], end)
    sums[:, PARTS.index("response")] += end - np.where(last == NEVER, start, ending)
    returned = rows.log.events["result"][row] == RETURNED
    rework = np.zeros(len(start), np.int64)
    np.maximum.at(rework, place[returned], (until - start[place])[returned])
    return Elapsed(sums, np.column_stack(shares), rework)


def last_visits(rows: Visits) -> Ints:
    """Return the row of the visit at which the walk of each case begins, ``NEVER`` if it has none.

    It is the visit that ended the case. If something else did (horizon, patience, a deadline), it
    is the one the case was waiting for: of those open at that second the one longest ready, or else
    the last one that gave or returned.
    """
    cases, events = rows.log.cases, rows.log.events
    last = np.full(len(cases), NEVER, np.int64)
    cut_off = cases["last_step"] == NEVER
    ready, closed, end = rows.column("ready"), rows.column("closed"), wide(cases, "end")[rows.place]
    result = events["result"]

    past = np.flatnonzero(
        cut_off[rows.place] & np.isin(result, (GIVEN, RETURNED)) & (closed <= end)
    )
    past = past[np.argsort(closed[past], kind="stable")]
    last[rows.place[past]] = past  # of equal places the last is kept

    pending = (result != VOID) & (ready != NEVER) & (ready <= end) & (closed >= end)
    open_ = np.flatnonzero(cut_off[rows.place] & pending)
    open_ = open_[np.lexsort((events["step"][open_], ready[open_]))[::-1]]
    last[rows.place[open_]] = open_

    ended = np.flatnonzero(~cut_off)
    step, visit = (wide(cases, name)[ended] for name in ("last_step", "last_visit"))
    last[ended] = rows.rows(ended, step, visit)
    return last


def _way(rows: Visits, last: Ints) -> tuple[Ints, Ints]:
    """Follow the causes of all cases at once: places and rows of the visits on their ways."""
    place = np.flatnonzero(last != NEVER)
    row = last[place]
    ways = [(place, row)]
    while len(row):
        cause = rows.cause[row]
        place, row = place[cause != NEVER], cause[cause != NEVER]
        ways.append((place, row))
        if len(ways) > len(rows.cause) + 1:
            raise rows.broken("law.circle", rows.case(place[0]))
    return np.concatenate([p for p, _ in ways]), np.concatenate([r for _, r in ways])


def _parts(model: Program, rows: Visits, row: Ints, before: Ints, until: Ints) -> tuple[Ints, ...]:
    """Return each part of visits that were waited for from ``before`` to ``until``."""
    times = (rows.column(name)[row] for name in ("ready", "enabled", "started", "finished"))
    ready, enabled, started, finished = (
        np.where((time == NEVER) | (time > until), until, time) for time in times
    )
    profile = rows.log.events["profile"][row]
    work = open_seconds(model, profile, started, finished)
    queue = open_seconds(model, profile, enabled, started)
    closed = (finished - enabled) - work - queue
    gathered = np.array([one.gathers for one in model.profiles], np.bool_)[profile]
    gathering = np.where(gathered, enabled - ready, 0)
    away = _away(model, rows, row, ready, enabled)
    busy = enabled - ready - gathering - away
    return work, queue, closed, until - finished + gathering, busy, away, ready - before


def _away(model: Program, rows: Visits, row: Ints, ready: Ints, enabled: Ints) -> Ints:
    """Return for how long of [ready, enabled) visits waited for somebody who was yet to come."""
    away, whom = np.zeros(len(row), np.int64), begun_by(model)[rows.log.events["profile"][row]]
    some = np.flatnonzero(whom != NEVER)
    if len(some):
        comings = Comings(rows.log, rows.place[row[some]], whom[some])
        away[some] = comings.awaited(enabled[some]) - comings.awaited(ready[some])
    return away


def _awaited(model: Program) -> Ints:
    """Return whom the delay of each profile waits for, as the column of ``TRANSIT``: [profiles].

    It is the last actor. A system sends by itself; an AI that is done waits for a person to act.
    """
    column = {"office": 0, "system": 2}  # all others: a person
    columns = np.array([column.get(actor.kind, 1) for actor in model.actors], np.int64)
    last = [profile.actors[-1] if profile.actors else 0 for profile in model.profiles]
    return columns[np.array(last, np.int64)]  # nobody's profile is never visited

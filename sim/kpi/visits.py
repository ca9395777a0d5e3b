"""The rows of a log as columns that other figures are made of: who, whose, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import Program
from sim.errors import RunFailed
from sim.log import NEVER, RESULTS, Log
from sim.words import Word

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

GIVEN, RETURNED, VOID, WITHDRAWN, _ = range(len(RESULTS))
_MOST: Final = 1 << 15  # more steps, and visits of one, than a log can number
_FOREVER: Final = 1 << 32  # no second of a run is so late
_NOBODY: Final = -2


@dataclass(frozen=True)
class Visits:
    """The rows of the log of one replication of ``arm``, one array element each.

    ``place``: row of the visit's case in ``log.cases``. ``cause``: row of the visit whose close
    made this one ready, ``NEVER`` for the arrival. ``work``: hands-on seconds, 0 if it was never
    worked. ``worked``: whether it was.
    """

    arm: str
    log: Log
    place: Ints
    cause: Ints
    work: Ints
    worked: Flags

    def column(self, name: str) -> Ints:
        """Return a column of ``log.events`` as int64."""
        return wide(self.log.events, name)

    def rows(self, place: Ints, step: Ints, visit: Ints) -> Ints:
        """Return the rows of these visits. Raises RunFailed if the log lacks one."""
        keys = _keys(self.place, self.column("step"), self.column("visit"))
        order = np.argsort(keys, kind="stable")
        wanted = _keys(place, step, visit)
        at = np.searchsorted(keys[order], wanted)
        missing = np.append(keys[order], NEVER)[at] != wanted
        if missing.any():
            raise self.broken("law.lost_visit", self.case(place[missing][0]))
        return order[at]

    def case(self, place: np.int64) -> int:
        """Return the number of the case in that row."""
        return int(self.log.cases["case"][place])

    def broken(self, law: str, case: int, **values: object) -> RunFailed:
        """Return the error that says which law a case broke."""
        return broken(self.arm, self.log, law, case=case, **values)


def visits(model: Program, log: Log) -> Visits:
    """Return the columns of a log. Raises RunFailed if it names a case or a visit it lacks."""
    events = log.events
    place = np.searchsorted(log.cases["case"], events["case"]).astype(np.int64)
    known = np.append(log.cases["case"], NEVER)[place] == events["case"]
    if not known.all():
        raise broken(model.arm, log, "law.stray_visit", case=int(events["case"][~known][0]))
    worked = (events["started"] != NEVER) & (events["finished"] != NEVER)
    worked &= events["result"] != WITHDRAWN
    started, finished = (wide(events, name)[worked] for name in ("started", "finished"))
    work, cause = np.zeros(len(events), np.int64), np.full(len(events), NEVER, np.int64)
    work[worked] = open_seconds(model, events["profile"][worked], started, finished)
    rows = Visits(model.arm, log, place, cause, work, worked)
    caused = events["cause_step"] != NEVER
    step, visit = (wide(events, name)[caused] for name in ("cause_step", "cause_visit"))
    cause[caused] = rows.rows(place[caused], step, visit)
    return rows


def begun_by(model: Program) -> Ints:
    """Return the person with sessions who has to be there when a profile begins: [profiles]."""
    whom = np.full(len(model.profiles), NEVER, np.int64)
    for profile, (actor, _) in (model.sessions.comes if model.sessions else {}).items():
        whom[profile] = actor
    return whom


class Comings:
    """When some people came to some cases: ``place`` and ``actor`` have an entry each."""

    def __init__(self, log: Log, place: Ints, actor: Ints) -> None:
        """Look up the rows of ``log.comings``, in which those of a case and actor follow up."""
        rows = log.comings[np.lexsort([log.comings[n] for n in ("called", "actor", "case")])]
        asked = log.cases["case"][place].astype(np.int64) * _MOST + actor
        known = wide(rows, "case") * _MOST + rows["actor"]
        groups, self._group = np.unique(known, return_inverse=True)
        self._asked = np.where(np.isin(asked, groups), np.searchsorted(groups, asked), _NOBODY)
        self._called, self._came, self._left = (wide(rows, n) for n in ("called", "came", "left"))
        self._came[self._came == NEVER] = _FOREVER - 1

    def _last(self, times: Ints, moment: Ints) -> tuple[Ints, Flags]:
        """Return the last row of ``times`` up to each moment, and whether it is of that person."""
        keys = self._group * _FOREVER + times
        last = np.searchsorted(keys, self._asked * _FOREVER + moment, side="right") - 1
        return last, np.append(self._group, NEVER)[last] == self._asked

    def awaited(self, moment: Ints) -> Ints:
        """Return the seconds before each moment in which one was to come, from some second on."""
        last, own = self._last(self._called, moment)
        before = np.concatenate(([0], np.cumsum(self._came - self._called)))
        now = np.minimum(np.append(self._came, 0)[last], moment) - np.append(self._called, 0)[last]
        return np.where(own, before[last] + now, before[last + 1])

    def present(self, moment: Ints) -> Flags:
        """Return who was there at each moment."""
        last, own = self._last(self._came, moment)
        return np.asarray(own & (moment < np.append(self._left, NEVER)[last]))


def broken(arm: str, log: Log, law: str, **values: object) -> RunFailed:
    """Return the error that says which law a log broke."""
    where = Word("law.place", {"arm": arm, "replication": log.replication})
    return RunFailed(law, where=where, **values)


def open_seconds(model: Program, profile: NDArray[Any], a: Ints, b: Ints) -> Ints:
    """Return the open seconds in [a, b) on each profile's calendar: int64[n], from arrays [n]."""
    calendar = np.array([p.calendar for p in model.profiles], np.int64)[profile]
    seconds = np.zeros(len(a), np.int64)
    for number in np.unique(calendar):
        rows = np.flatnonzero(calendar == number)
        seconds[rows] = model.calendars[number].open_between_many(a[rows], b[rows])
    return seconds


def by_case(place: Ints, amount: Ints, cases: int) -> Ints:
    """Sum amounts by the row of their case: int64[cases]; exact, no sum comes near 2**53."""
    return np.bincount(place, weights=amount, minlength=cases).astype(np.int64)


def wide(table: NDArray[Any], name: str) -> Ints:
    """Return a column of a structured table as contiguous int64."""
    return np.ascontiguousarray(table[name], np.int64)


def _keys(place: Ints, step: Ints, visit: Ints) -> Ints:
    """One number a visit, in the order of case, step, visit."""
    return (place * _MOST + step) * _MOST + visit

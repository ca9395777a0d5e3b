"""One replication in figures: a row for each case that counts, a row for each pool."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.nodes import Const
from sim.compile.program import Program
from sim.kpi.elapsed import PARTS, TRANSIT, elapsed
from sim.kpi.pools import pools, takes
from sim.kpi.reported import Reported, reported
from sim.kpi.units import HOUR
from sim.kpi.verdicts import failures, verdicts
from sim.kpi.visits import Flags, Ints, Visits, by_case, visits
from sim.log import CASES, Log

BURDEN: Final = ("visits", "forms", "seals", "logins", "fee")
_COPIED: Final = (
    "case",
    "stream",
    "channel",
    "start",
    "end",
    "outcome",
    "cause",
    "late",
    "returns",
    "mispaid",
    "detected",
    "recovered",
)

TABLE: Final = np.dtype(
    [(name, CASES[name]) for name in _COPIED]
    + [("verdict", "<i1")]  # index into VERDICTS
    + [(part, "<i8") for part in (*PARTS, *TRANSIT, "rework")]  # seconds on the way to the end
    + [(kind, "<i8") for kind in ("applicant", "office")]  # seconds of work over all visits
    + [(item, "<i8") for item in BURDEN]  # over all visits that were worked; the fee in yen
    + [("cost", "<f8")]  # yen
)
"""One row a case."""


@dataclass(frozen=True)
class Measures:
    """What one replication of one arm says.

    ``digest``: SHA-256 of the log. ``events``: rows of the log. ``cases``: the table ``TABLE``,
    foreground cases that start after the warm-up. ``failures``: bool [cases, causes], what had a
    part in the failure of each of these cases. ``horizon``: seconds after which a case is cut off.
    ``pools``: the table ``POOLS``. ``actors``,
    ``causes``: names that these tables number. ``reported``: what the scenario asks for besides.
    """

    replication: int
    digest: bytes
    events: int
    cases: NDArray[Any]
    failures: Flags
    pools: NDArray[Any]
    actors: tuple[str, ...]
    causes: tuple[str, ...]
    horizon: float = math.inf
    reported: Reported | None = None


def measure(model: Program, log: Log) -> Measures:
    """Return the figures of a log that ``model`` produced."""
    rows, told = visits(model, log), verdicts(model, log)
    counted = _counted(model, log)
    return Measures(
        replication=log.replication,
        digest=log.digest(),
        events=len(log.events),
        cases=_table(model, rows, told)[counted],
        failures=failures(model, log)[counted],
        pools=pools(model, rows),
        actors=tuple(actor.name for actor in model.actors),
        causes=tuple(model.causes),
        horizon=model.horizon,
        reported=reported(model, log, counted),
    )


def _counted(model: Program, log: Log) -> Flags:
    background = np.array([stream.background for stream in model.streams], np.bool_)
    counted: Flags = ~background[log.cases["stream"]] & (log.cases["start"] >= model.warm_up)
    return counted


def _table(model: Program, rows: Visits, told: NDArray[np.int8]) -> NDArray[Any]:
    cases = rows.log.cases
    table = np.zeros(len(cases), TABLE)
    for name in _COPIED:
        table[name] = cases[name]
    table["verdict"] = told
    times = elapsed(model, rows)
    table["rework"] = times.rework
    for names, columns in ((PARTS, times.parts), (TRANSIT, times.transit)):
        for column, name in enumerate(names):
            table[name] = columns[:, column]
    burden = _burden(model, rows)
    for column, item in enumerate(BURDEN):
        table[item] = by_case(rows.place, burden[:, column], len(cases))
    people, officers, hourly = _rates(model)[:, rows.log.events["profile"]]
    table["applicant"] = by_case(rows.place, rows.work * people, len(cases))
    table["office"] = by_case(rows.place, rows.work * officers, len(cases))
    table["cost"] = by_case(rows.place, rows.work * hourly, len(cases)) / HOUR + table["fee"]
    return table


def _rates(model: Program) -> Ints:
    """Return what an hour of each profile takes [3, profiles]: people, officers, yen of people."""
    hours = [_hour(model, takes(profile)) for profile in model.profiles]
    return np.array(hours, np.int64).reshape(-1, 3).T


def _hour(model: Program, actors: tuple[int, ...]) -> tuple[int, int, int]:
    own = [model.actors[actor] for actor in actors]
    people = [actor for actor in own if actor.kind == "person"]
    officers = sum(actor.kind == "office" for actor in own)
    return len(people), officers, sum(actor.hourly for actor in people)


def _burden(model: Program, rows: Visits) -> Ints:
    """Return the burden of each visit [visits, items], nothing if it was never worked."""
    events, attributes = rows.log.events, rows.log.attributes
    manners = [manner for p in model.profiles for manner in (p.first, p.again)]
    manner = 2 * rows.column("profile") + (events["visit"] > 1)
    items = [(*m.burden, m.fee.value if isinstance(m.fee, Const) else 0) for m in manners]
    burden: Ints = np.array(items, np.int64).reshape(-1, len(BURDEN))[manner]
    decided = np.array([not isinstance(m.fee, Const) for m in manners], np.bool_)[manner]
    for row in np.flatnonzero(decided & rows.worked):
        profile, visit = (int(events[name][row]) for name in ("profile", "visit"))
        burden[row] = model.burden(profile, attributes[rows.place[row]], visit)
    return burden * rows.worked[:, None]

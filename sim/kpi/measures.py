"""One replication in figures: a row for each case that counts, a row for each pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.model import Const, Model
from sim.kpi.elapsed import PARTS, elapsed
from sim.kpi.pools import members, pools
from sim.kpi.visits import Flags, Ints, Visits, visits
from sim.log import CASES, Log

BURDEN: Final = ("visits", "forms", "seals", "logins", "fee")
HOUR: Final = 3600
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
)

TABLE: Final = np.dtype(
    [(name, CASES[name]) for name in _COPIED]
    + [(part, "<i8") for part in (*PARTS, "rework")]  # seconds on the way to the end
    + [(kind, "<i8") for kind in ("applicant", "office")]  # seconds of work over all visits
    + [(item, "<i8") for item in BURDEN]  # over all visits that were worked; the fee in yen
    + [("cost", "<f8")]  # yen
)
"""One row a case."""


@dataclass(frozen=True)
class Measures:
    """What one replication of one arm says.

    ``digest``: SHA-256 of the log. ``events``: rows of the log. ``cases``: the table ``TABLE``,
    foreground cases that start after the warm-up. ``pools``: the table ``POOLS``. ``actors``,
    ``causes``: names that these tables number.
    """

    replication: int
    digest: bytes
    events: int
    cases: NDArray[Any]
    pools: NDArray[Any]
    actors: tuple[str, ...]
    causes: tuple[str, ...]


def measure(model: Model, log: Log) -> Measures:
    """Return the figures of a log that ``model`` produced."""
    rows = visits(model, log)
    return Measures(
        replication=log.replication,
        digest=log.digest(),
        events=len(log.events),
        cases=_table(model, rows)[_counted(model, log)],
        pools=pools(model, rows),
        actors=tuple(actor.name for actor in model.actors),
        causes=tuple(model.causes),
    )


def _counted(model: Model, log: Log) -> Flags:
    background = np.array([stream.background for stream in model.streams], np.bool_)
    counted: Flags = ~background[log.cases["stream"]] & (log.cases["start"] >= model.warm_up)
    return counted


def _table(model: Model, rows: Visits) -> NDArray[Any]:
    cases = rows.log.cases
    table = np.zeros(len(cases), TABLE)
    for name in _COPIED:
        table[name] = cases[name]
    parts, table["rework"] = elapsed(model, rows)
    for column, part in enumerate(PARTS):
        table[part] = parts[:, column]
    burden = _burden(model, rows)
    for column, item in enumerate(BURDEN):
        table[item] = _by_case(rows, burden[:, column])
    people, officers, hourly = _rates(model)[:, rows.log.events["profile"]]
    table["applicant"] = _by_case(rows, rows.work * people)
    table["office"] = _by_case(rows, rows.work * officers)
    table["cost"] = _by_case(rows, rows.work * hourly) / HOUR + table["fee"]
    return table


def _rates(model: Model) -> Ints:
    """Return what an hour of each profile takes [3, profiles]: people, officers, yen of people."""
    person = np.array([actor.kind == "person" for actor in model.actors], np.int64)
    office = np.array([actor.kind == "office" for actor in model.actors], np.int64)
    hourly = np.array([actor.hourly for actor in model.actors], np.int64)
    return np.stack([members(model) @ rate for rate in (person, office, person * hourly)])


def _burden(model: Model, rows: Visits) -> Ints:
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


def _by_case(rows: Visits, amount: Ints) -> Ints:
    """Sum by case; exact, since no sum comes near 2**53."""
    cases = len(rows.log.cases)
    return np.bincount(rows.place, weights=amount, minlength=cases).astype(np.int64)

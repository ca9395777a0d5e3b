"""One replication in figures: a row for each case that counts, how it ended and what it took.

Besides these, what a scenario asks to be told of each case.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.nodes import Const
from sim.compile.program import ASTRAY, ObservedSpec, Program, ReportSpec
from sim.kpi.elapsed import PARTS, TRANSIT, elapsed
from sim.kpi.pools import pools, takes
from sim.kpi.units import DAY, HOUR
from sim.kpi.visits import Flags, Ints, Visits, by_case, visits
from sim.log import CASES, LAWFUL_ENDS, NEVER, OUTCOMES, Log

VERDICTS: Final = (*OUTCOMES, "incomplete")
"""Outcomes of the log, and what is told apart from ``flawed``; in the order of the codes."""

FAILURES: Final = {
    "wrong_result": ("flawed",),
    "incomplete": ("incomplete",),
    "gave_up": ("abandoned",),
    "dismissed": ("dismissed",),
    "not_in_time": ("expired", "unfinished"),
}
"""Kinds of failure, each with its verdicts. A case fails by one of them or not at all."""

_WRONG, _INCOMPLETE = VERDICTS.index("flawed"), VERDICTS.index("incomplete")
_ELSE_GOOD: Final = [OUTCOMES.index(outcome) for outcome in ("clean", *LAWFUL_ENDS)]


def verdicts(model: Program, log: Log) -> NDArray[np.int8]:
    """Return the verdict on each case, as its place in ``VERDICTS``: int8 [cases].

    A case that ended with nothing but loose ends is incomplete. A case that lost money for good is
    wrong, however well it ended otherwise.
    """
    told = log.cases["outcome"].astype(np.int8)
    loose = {instance.defect for instance in model.instances if instance.loose}
    graver = [defect for defect in range(len(model.defects)) if defect not in loose]
    told[(told == _WRONG) & ~log.harms[:, graver].any(axis=1)] = _INCOMPLETE
    told[misdirected(log) & np.isin(told, [*_ELSE_GOOD, _INCOMPLETE])] = _WRONG
    return told


def failures(model: Program, log: Log) -> Flags:
    """Return what each case failed by: bool [cases, causes].

    A wrong or incomplete case failed by all harms it ended with, any other by its one cause, and
    each by the money it lost for good.
    """
    failed = np.zeros((len(log.cases), len(model.causes)), np.bool_)
    bad = ~np.isin(log.cases["outcome"], _ELSE_GOOD)
    rows = np.flatnonzero(bad & (log.cases["cause"] != NEVER))
    failed[rows, log.cases["cause"][rows]] = True
    for defect in np.flatnonzero(log.harms.any(axis=0)):
        failed[:, model.causes.index(model.defects[defect])] |= log.harms[:, defect]
    if (lost := misdirected(log)).any():
        failed[:, model.causes.index(ASTRAY)] |= lost
    return failed


def misdirected(log: Log) -> Flags:
    """Return from which cases money went astray that was not all recovered."""
    return np.asarray(log.cases["mispaid"] > log.cases["recovered"])


BURDEN: Final = ("visits", "forms", "seals", "logins", "fee")
_COPIED: Final = [name for name in CASES.names or () if name not in {"last_step", "last_visit"}]

TABLE: Final = np.dtype(
    [(name, CASES[name]) for name in _COPIED]
    + [("verdict", "<i1")]  # index into VERDICTS
    + [(part, "<i8") for part in (*PARTS, *TRANSIT, "rework")]  # seconds on the way to the end
    + [(kind, "<i8") for kind in ("applicant", "office")]  # seconds of work over all visits
    + [(item, "<i8") for item in BURDEN]  # over all visits that were worked; the fee in yen
    + [(payer, "<f8") for payer in ("cost", "office_cost")]  # yen: the applicant's, offices'
)
"""One row a case."""


@dataclass(frozen=True)
class Measures:
    """What one replication of one arm says.

    ``digest``: SHA-256 of the log. ``events``: rows of the log. ``cases``: the table ``TABLE``,
    foreground cases that start after the warm-up. ``failures``: bool [cases, causes], what had a
    part in the failure of each of these cases. ``horizon``: seconds after which a case is cut off.
    ``pools``: the table ``POOLS``. ``actors``, ``causes``: names that these tables number.
    ``reported``: what the scenario asks for besides.
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
    background = np.array([stream.background for stream in model.streams], np.bool_)
    counted = ~background[log.cases["stream"]] & (log.cases["start"] >= model.warm_up)
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
    people, officers, *yen = _rates(model)[:, rows.log.events["profile"]]
    table["applicant"] = by_case(rows.place, rows.work * people, len(cases))
    table["office"] = by_case(rows.place, rows.work * officers, len(cases))
    for payer, hourly, price in zip(("cost", "office_cost"), yen[:2], yen[2:], strict=True):
        hours = by_case(rows.place, rows.work * hourly, len(cases)) / HOUR
        table[payer] = hours + by_case(rows.place, rows.worked * price, len(cases))
    table["cost"] += table["fee"]
    return table


def _rates(model: Program) -> Ints:
    """Return what each profile takes [6, profiles].

    Of an hour: people, officers, yen of people, yen of offices. Of a visit, for the documents it is
    to give: yen that the applicant pays, yen that offices pay.
    """
    rates = np.zeros((6, len(model.profiles)), np.int64)
    prices = {price.actor: price for price in model.prices or ()}
    visible = len(model.documents) - model.hidden
    for number, profile in enumerate(model.profiles):
        given = sum(document < visible for document in profile.gives)
        for taken in takes(profile):
            actor = model.actors[taken]
            if actor.kind == "person":
                rates[:, number] += (1, 0, actor.hourly, 0, 0, 0)
            elif actor.kind == "office":
                rates[:, number] += (0, 1, 0, actor.hourly, 0, 0)
            if taken in prices:
                rates[4 + prices[taken].office, number] += prices[taken].yen * given
    return rates


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


@dataclass(frozen=True)
class Reported:
    """One replication, a row for each case that counts.

    ``days``: float64 [cases, documents], from the start of the case to the first giving, ``inf`` if
    it was never given. ``values``: int64 [cases, groups], of the attributes. ``in_time``: bool
    [cases, observed], whether the document was given in time. Columns are as in ``report``.
    """

    report: ReportSpec
    days: NDArray[np.float64]
    values: Ints
    in_time: Flags


def reported(model: Program, log: Log, counted: Flags) -> Reported | None:
    """Return what ``model`` asks for of the ``counted`` cases of a log, None for nothing."""
    report = model.report
    if report is None:
        return None
    documents = [_given(model, log, name) for name in report.documents]
    start = log.cases["start"]
    days = [np.where(g == NEVER, math.inf, (g - start) / DAY) for g in documents]
    values = log.attributes[:, [group.attribute for group in report.groups]]
    in_time = [_in_time(model, log, one) for one in report.observed]
    return Reported(report, _columns(days, counted), values[counted], _columns(in_time, counted))


def _given(model: Program, log: Log, document: str) -> Ints:
    """Return when a document was first given in each case; never if this arm does not have it."""
    if document not in model.documents:
        return np.full(len(log.cases), NEVER, np.int64)
    return log.milestones[:, model.documents.index(document)]


def _in_time(model: Program, log: Log, observed: ObservedSpec) -> Flags:
    given = _given(model, log, observed.document)
    since = model.start if observed.from_start else log.cases["start"]
    return np.asarray((given != NEVER) & (given - since <= observed.by))


def _columns(columns: Sequence[NDArray[Any]], counted: Flags) -> NDArray[Any]:
    """Put columns, perhaps none, beside each other and keep the rows that count."""
    return np.reshape(columns, (len(columns), len(counted))).T[counted]

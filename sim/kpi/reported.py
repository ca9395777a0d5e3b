"""What a scenario asks to be told of each case besides the usual figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import ObservedSpec, Program, ReportSpec
from sim.kpi.units import DAY
from sim.kpi.visits import Flags, Ints
from sim.log import NEVER, Log


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
    in_time: Flags = (given != NEVER) & (given - since <= observed.by)
    return in_time


def _columns(columns: Sequence[NDArray[Any]], counted: Flags) -> NDArray[Any]:
    """Put columns, perhaps none, beside each other and keep the rows that count."""
    return np.reshape(columns, (len(columns), len(counted))).T[counted]

"""Measures made by hand: what one replication of one arm said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pytest

from sim.kpi import estimators
from sim.kpi.measures import TABLE, Measures
from sim.kpi.pools import POOLS
from sim.log import NEVER, OUTCOMES

DAY = 86_400


class Replication(Protocol):
    """Makes measures from cases as (outcome, days) and columns."""

    def __call__(  # noqa: D102
        self,
        cases: Sequence[tuple[str, float]],
        pools: Sequence[Mapping[str, int]] = (),
        **columns: Sequence[float],
    ) -> Measures: ...


@pytest.fixture(scope="session")
def replication() -> Replication:
    """Make measures; ``columns`` fill the table of cases."""

    def make(
        cases: Sequence[tuple[str, float]],
        pools: Sequence[Mapping[str, int]] = (),
        **columns: Sequence[float],
    ) -> Measures:
        table = np.zeros(len(cases), TABLE)
        table["case"], table["cause"] = range(len(cases)), NEVER
        table["outcome"] = [OUTCOMES.index(outcome) for outcome, _ in cases]
        table["verdict"] = table["outcome"]
        table["end"] = [round(days * DAY) for _, days in cases]
        for name, values in columns.items():
            table[name] = values
        rows = np.zeros(len(pools), POOLS)
        for row, figures in zip(rows, pools, strict=True):
            for name, figure in figures.items():
                row[name] = figure
        names: dict[str, Any] = {"actors": ("owner", "bureau"), "causes": ("tired", "horizon")}
        failures = np.zeros((len(cases), len(names["causes"])), np.bool_)
        failed = np.flatnonzero(estimators.failed(table) & (table["cause"] != NEVER))
        failures[failed, table["cause"][failed]] = True
        return Measures(
            replication=0,
            digest=b"log",
            events=3 * len(cases),
            cases=table,
            failures=failures,
            pools=rows,
            **names,
        )

    return make

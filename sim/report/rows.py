"""The figures of a comparison as rows of text, from top to bottom, each with a cell an arm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import HEADINGS, METRICS, POOL_METRICS, Metric, PoolMetric, in_language
from sim.kpi.units import PERCENT, WHOLE, Unit
from sim.report.estimate import Shown, shown
from sim.report.times import MARKS
from sim.stats import Estimate
from sim.words import say

_SECTIONS: Final = (
    ("reached_rate",),
    ("latency_days",),
    ("failure_rate", "late_rate", "returns"),
    ("time_days",),
    ("effort_hours", "burden", "cost_yen"),
)
"""Figures and groups of figures from top to bottom; others stand below the last."""

_ELSEWHERE: Final = ("money_yen",)
"""A group with a table of its own."""


@dataclass(frozen=True)
class Row:
    """One figure: ``cells`` has an entry an arm (``None``: no such figure), a heading has none."""

    label: str = ""
    cells: tuple[Shown | None, ...] = ()
    indent: int = 0
    mark: str = ""
    bold: bool = False


def rows(result: Result, lang: str) -> list[Row]:
    """Return all rows that the arms and pools of ``result`` fill."""
    return list(_Rows(result, lang).all())


def unit_of(metric: Metric, result: Result) -> Unit:
    """Return the unit that suits a figure of all arms."""
    values = (
        abs(value) for value in _values(arm.figures.get(metric.name) for arm in _arms(result))
    )
    return metric.unit.suiting(max(values, default=0))


def happened(metric: Metric, result: Result) -> bool:
    """Return whether a figure is above zero in any arm."""
    return _most(arm.figures.get(metric.name) for arm in _arms(result)) > 0


@dataclass(frozen=True)
class _Rows:
    result: Result
    lang: str

    def all(self) -> Iterator[Row]:
        yield self._cases()
        for place, section in enumerate(_sections()):
            if place:
                yield Row()
            for group in section:
                yield from self._group(group)
        for pool_metric in POOL_METRICS:
            yield from self._pools(pool_metric)

    def _cases(self) -> Row:
        counts = (Shown(WHOLE.text(arm.cases)) for arm in _arms(self.result))
        return Row(say("report.cases", self.lang), tuple(counts))

    def _group(self, group: str) -> Iterator[Row]:
        """Give a figure, or the heading of a group and its members."""
        if group in HEADINGS:
            yield Row(in_language(HEADINGS[group], self.lang), bold=True)
        for metric in METRICS.values():
            if metric.group == group and not metric.below:
                yield from self._figure(metric, int(group in HEADINGS))

    def _figure(self, metric: Metric, indent: int) -> Iterator[Row]:
        """Give the row of a figure and those of its parts, the rare ones last."""
        if not metric.titles or (metric.rare and not happened(metric, self.result)):
            return
        unit = unit_of(metric, self.result)
        found = [arm.figures.get(metric.name) for arm in _arms(self.result)]
        mark = MARKS.get(metric.name, "")
        label = metric.title(self.lang, unit)
        yield Row(label, self._cells(found, unit), indent, mark, metric.bold)
        parts = [part for part in METRICS.values() if part.below == metric.name]
        for part in sorted(parts, key=lambda part: part.rare):
            yield from self._figure(part, indent + 1)
        if metric.name == "failure_rate":
            yield from self._causes()

    def _cells(self, found: Iterable[Estimate | None], unit: Unit) -> tuple[Shown | None, ...]:
        return tuple(None if one is None else shown(one, self.lang, unit) for one in found)

    def _causes(self) -> Iterator[Row]:
        names = dict.fromkeys(chain.from_iterable(arm.causes for arm in _arms(self.result)))
        found = {name: [arm.causes.get(name) for arm in _arms(self.result)] for name in names}
        for name in sorted(found, key=lambda name: -_most(found[name])):
            if _most(found[name]) > 0:
                label = self.result.named("causes", name, self.lang)
                yield Row(label, self._cells(found[name], PERCENT), indent=2)

    def _pools(self, metric: PoolMetric) -> Iterator[Row]:
        told = [self._pool(actor, metric) for actor in self.result.pools]
        if told := [row for row in told if any(row.cells)]:
            yield from (Row(), Row(metric.title(self.lang), bold=True), *told)

    def _pool(self, actor: str, metric: PoolMetric) -> Row:
        arms = self.result.pools[actor]
        used = (arms.get(name, {}).get(metric.name) for name in self.result.arms)
        found = (one if one and math.isfinite(one.value) else None for one in used)
        label = self.result.named("actors", actor, self.lang)
        return Row(label, self._cells(found, metric.unit), indent=1)


def _sections() -> list[Sequence[str]]:
    """Return the figures and groups of figures of each part of the table."""
    told = {*chain.from_iterable(_SECTIONS), *_ELSEWHERE}
    groups = dict.fromkeys(metric.group for metric in METRICS.values() if not metric.below)
    *others, last = _SECTIONS
    return [*others, (*last, *(group for group in groups if group not in told))]


def _arms(result: Result) -> Iterable[ArmResult]:
    return result.arms.values()


def _values(found: Iterable[Estimate | None]) -> list[float]:
    return [one.value for one in found if one is not None and math.isfinite(one.value)]


def _most(found: Iterable[Estimate | None]) -> float:
    """Return the greatest value of a figure in any arm."""
    return max(_values(found), default=0)

"""The figures of a comparison as text: rows with a cell an arm, a value and its interval each."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rich.text import Text

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import (
    HEADINGS,
    METRICS,
    POOL_METRICS,
    TIMES,
    Metric,
    PoolMetric,
    grouped,
    in_language,
)
from sim.kpi.units import DAYS, PERCENT, WHOLE, Unit, number, size
from sim.stats import Estimate
from sim.words import say

_SECTIONS: Final = (
    ("reached_rate",),
    ("latency_days",),
    ("failure_rate", "late_rate", "returns"),
    ("time_days",),
    ("effort_hours", "burden", "cost_yen", "office_cost_yen"),
)
"""Figures and groups of figures from top to bottom; others stand below the last."""

_ELSEWHERE: Final = ("money_yen",)
"""A group with a table of its own."""

MARKS: Final = dict(zip((part.name for part in TIMES), "█▓░▒▚▞·", strict=True))
"""The mark of each part of elapsed time by the name of its metric, in the order of the bar."""


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
    return list(_Rows(result, lang).figures())


def sections(result: Result, lang: str) -> Iterator[list[Row]]:
    """Give the rows of each further section of the page; none if the scenario asks for nothing."""
    told = _Rows(result, lang)
    return filter(None, map(list, (told.documents(), told.groups(), told.observed())))


def unit_of(metric: Metric, result: Result) -> Unit:
    """Return the unit that suits a figure of all arms."""
    return metric.unit.suiting(max(map(abs, _values(metric, result)), default=0))


def happened(metric: Metric, result: Result) -> bool:
    """Return whether a figure is above zero in any arm."""
    return any(value > 0 for value in _values(metric, result))


def _values(metric: Metric, result: Result) -> list[float]:
    return _known(arm.figures.get(metric.name) for arm in result.arms.values())


def _known(found: Iterable[Estimate | None]) -> list[float]:
    return [one.value for one in found if one is not None and math.isfinite(one.value)]


@dataclass(frozen=True)
class _Rows:
    result: Result
    lang: str

    @property
    def _arms(self) -> Collection[ArmResult]:
        return self.result.arms.values()

    def _cells(self, found: Iterable[Estimate | None], unit: Unit) -> tuple[Shown | None, ...]:
        return tuple(None if one is None else shown(one, self.lang, unit) for one in found)

    def figures(self) -> Iterator[Row]:
        counts = (Shown(WHOLE.text(arm.cases)) for arm in self._arms)
        yield Row(say("report.cases", self.lang), tuple(counts))
        told = {*chain.from_iterable(_SECTIONS), *_ELSEWHERE}
        groups = dict.fromkeys(metric.group for metric in METRICS.values() if not metric.below)
        rest = [group for group in groups if group not in told]
        *others, last = _SECTIONS
        for place, section in enumerate([*others, (*last, *rest)]):
            if place:
                yield Row()
            for group in section:
                yield from self._group(group)
        for pool_metric in POOL_METRICS:
            yield from self._pools(pool_metric)

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
        cells = self._cells((arm.figures.get(metric.name) for arm in self._arms), unit)
        mark = MARKS.get(metric.name, "")
        yield Row(metric.title(self.lang, unit), cells, indent, mark, metric.bold)
        parts = [part for part in METRICS.values() if part.below == metric.name]
        for part in sorted(parts, key=lambda part: part.rare):
            yield from self._figure(part, indent + 1)
        if metric.name == "failure_rate":
            yield from self._causes()

    def _causes(self) -> Iterator[Row]:
        """Give the causes that occurred, in the order of what each weighs most in any arm."""
        names = _names(arm.causes for arm in self._arms)
        found = {name: [arm.causes.get(name) for arm in self._arms] for name in names}
        most = {name: max(_known(some), default=0) for name, some in found.items()}
        for name in sorted(names, key=lambda name: -most[name]):
            if most[name] > 0:
                label = self.result.named("causes", name, self.lang)
                yield Row(label, self._cells(found[name], PERCENT), indent=2)

    def _pools(self, metric: PoolMetric) -> Iterator[Row]:
        told: list[Row] = []
        for actor, arms in self.result.pools.items():
            used = (arms.get(name, {}).get(metric.name) for name in self.result.arms)
            found = (one if one and math.isfinite(one.value) else None for one in used)
            label = self.result.named("actors", actor, self.lang)
            told.append(Row(label, self._cells(found, metric.unit), indent=1))
        if told := [row for row in told if any(row.cells)]:
            yield from (Row(), Row(metric.title(self.lang), bold=True), *told)

    # -- what a scenario asks to be told besides ---------------------------------------------------

    def documents(self) -> Iterator[Row]:
        names = _names(arm.documents for arm in self._arms)
        if names:
            yield Row(say("report.documents", self.lang), bold=True)
        for name in names:
            yield Row(self.result.named("documents", name, self.lang), indent=1, bold=True)
            found = [arm.documents[name] for arm in self._arms]
            yield self._asked("report.given", (one.reached_rate for one in found), PERCENT)
            for quantile in ("p50", "p90"):
                days = (one.days[quantile] for one in found)
                yield self._asked(f"report.{quantile}_given", days, DAYS)

    def groups(self) -> Iterator[Row]:
        for place, attribute in enumerate(_names(arm.groups for arm in self._arms)):
            if place:
                yield Row()
            yield Row(say("report.by", self.lang, attribute=attribute), bold=True)
            arms = [arm.groups[attribute] for arm in self._arms]
            found = {value: [arm[value] for arm in arms] for value in _names(arms)}
            yield Row(say("report.cases", self.lang), indent=1)
            for value, groups in found.items():
                yield Row(value, tuple(Shown(WHOLE.text(one.cases)) for one in groups), 2)
            for metric in grouped():
                if metric.rare and not happened(metric, self.result):
                    continue
                unit = unit_of(metric, self.result)
                yield Row(metric.title(self.lang, unit, alone=True), indent=1)
                for value, groups in found.items():
                    figures = (one.figures[metric.name] if one.cases else None for one in groups)
                    yield Row(value, self._cells(figures, unit), 2)

    def observed(self) -> Iterator[Row]:
        facts = _names(arm.observed for arm in self._arms)
        if facts:
            yield Row(say("report.observed", self.lang), bold=True)
        for fact in facts:
            found = [arm.observed[fact] for arm in self._arms]
            told = found[0]
            document = self.result.named("documents", told.document, self.lang)
            values = {"fact": fact, "document": document, "days": told.days}
            yield Row(say(f"report.since_{told.since}", self.lang, **values), indent=1)
            published = tuple(Shown(PERCENT.text(one.observed)) for one in found)
            yield Row(say("report.published", self.lang), published, 2)
            yield self._asked("report.simulated", (one.simulated for one in found), PERCENT)

    def _asked(self, key: str, found: Iterable[Estimate], unit: Unit) -> Row:
        """Return a figure of all arms; none where an arm has no case that it could be about."""
        pairs = zip(self._arms, found, strict=True)
        cells = self._cells((one if arm.cases else None for arm, one in pairs), unit)
        return Row(say(key, self.lang), cells, 2)


def _names(told: Iterable[Iterable[str]]) -> list[str]:
    """Return what any arm tells of, by name."""
    return list(dict.fromkeys(chain.from_iterable(told)))


# -- estimates as text -----------------------------------------------------------------------------

_EVEN: Final = 4
"""An interval is even if its halves differ by less than this part of it."""

_NOISE: Final = 1e-9
"""Intervals narrower than this share of their ends are what is left of rounding."""

_EXTRA: Final = 2
"""So many more digits are shown where an end would be rounded to zero and is not."""

_TO: Final = ("–", " … ")
"""What stands between the ends of an interval: of a figure, of a difference."""

_TINY: Final = 0.001
_SMALL: Final = 0.1


@dataclass(frozen=True)
class Shown:
    """An estimate as text: ``value`` and, beside or below it, ``interval``."""

    value: str
    interval: str = ""
    reached: bool = True

    def text(self, interval: int, style: str = "") -> Text:
        """Return both side by side: beside a value reached, the interval has so many cells."""
        dim = Text(self.interval, "dim")
        if self.reached:
            dim.pad_right(interval - dim.cell_len)
        return Text(" ").join([Text(self.value, style), dim])


def shown(estimate: Estimate, lang: str, unit: Unit, *, change: bool = False) -> Shown:
    """Return ``estimate`` as text in ``unit``; ``change``: it is a difference.

    A value that is not finite was not reached, an interval whose high end is not finite is open. A
    share of nothing (value 0, high above 0) shows only its upper bound, a value without spread
    ``±0``. The ends of a difference that lie on one side of zero stay there.
    """
    ends = (estimate.value, estimate.low, estimate.high)
    value, low, high = (end * unit.factor if math.isfinite(end) else None for end in ends)
    if value is None:
        bound = f"≥{number(low, unit.places(low))}" if low else ""
        return Shown(say("report.not_reached", lang), bound, reached=False)
    places = unit.places(value)
    if low is None:
        return Shown(number(value, places), say("report.no_interval", lang))
    if high is None:
        return Shown(number(value, places), f"{number(low, places)}{_TO[change]}∞")
    if value == low == 0 < high and not change:
        return Shown("0", f"<{number(high, unit.places(high))}")
    return _closed(value, low, high, places or unit.decimals, change=change)


def _closed(value: float, low: float, high: float, places: int, *, change: bool) -> Shown:
    width = high - low if high - low > _NOISE * max(abs(low), abs(high)) else 0.0
    if not width:
        return Shown(number(value, places) if value else "0", "±0")
    if number(low, places) == number(high, places):  # too tight for as many digits
        half = max(value - low, high - value)
        even = abs(low + high - 2 * value) < width / _EVEN
        if even or -size(width) > places + _EXTRA:
            return Shown(number(value, places), f"±{number(half, -size(half))}")
        places = -size(width)
    nearest = min(abs(low), abs(high))
    if change and low * high > 0 and not round(nearest, places):
        places = min(places + _EXTRA, -size(nearest))
    ends = number(low, places), number(high, places)
    return Shown(number(value, places), _TO[change].join(ends))


def probability(p: float) -> str:
    """Return a p-value with two digits, tiny ones as a bound, nothing for one not known."""
    if math.isnan(p):
        return ""
    return f"<{_TINY}" if p < _TINY else f"{p:.2g}" if p < _SMALL else f"{p:.2f}"

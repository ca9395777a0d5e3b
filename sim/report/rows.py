"""The figures of a comparison as rows of text, from top to bottom, each with a cell an arm.

MERGED: Estimates as text: a value and its interval, in the decimals of their unit.

MERGED: Where the time went, as one bar an arm: all on one scale, each part in its own shade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiment.result import ArmResult, Result
from sim.kpi.metrics import HEADINGS, METRICS, POOL_METRICS, TIMES, Metric, PoolMetric, in_language
from sim.kpi.units import DAYS, PERCENT, WHOLE, Unit, number, size
from sim.report.console import columns
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


_MARKS: Final = "█▓░▒▚·"
_COLOURS: Final = ("green", "red", "blue", "yellow", "magenta", "cyan")

MARKS: Final = dict(zip((part.name for part in TIMES), _MARKS, strict=True))
"""The mark of each part of elapsed time by the name of its metric, in the order of the bar."""

_NAME: Final = 24
_TOTAL: Final = 7
_SHORTEST: Final = 8


def bars(result: Result, lang: str, width: int) -> RenderableType:
    """Return a bar for each arm, the longest as long as ``width`` cells allow, and their key."""
    days = {name: _days(arm) for name, arm in result.arms.items()}
    names = {name: Text(result.named("arms", name, lang)) for name in days}
    label = min(_NAME, width // 3, max(text.cell_len for text in names.values()))
    longest = max(_SHORTEST, width - label - _TOTAL - 4)
    most = max((sum(parts) for parts in days.values()), default=0)
    sheet = columns(header=False)
    sheet.add_column(width=label, overflow="fold")
    sheet.add_column(justify="right", width=_TOTAL)
    sheet.add_column(overflow="crop", no_wrap=True)
    for name, parts in days.items():
        sheet.add_row(
            names[name], DAYS.text(sum(parts)), _bar(parts, longest / most if most else 0)
        )
    return Group(Text(say("report.bars", lang), "bold"), sheet, _key(lang))


def _days(arm: ArmResult) -> tuple[float, ...]:
    found = (arm.figures[part.name].value for part in TIMES)
    return tuple(days if math.isfinite(days) else 0 for days in found)


def _shades() -> Iterator[tuple[str, str]]:
    return zip(_MARKS, _COLOURS, strict=True)


def _bar(days: Sequence[float], cells_a_day: float) -> Text:
    """Draw parts next to each other; each ends at the cell its running total rounds to."""
    bar, total, drawn = Text(), 0.0, 0
    for (mark, colour), some in zip(_shades(), days, strict=True):
        total += some
        end = round(total * cells_a_day)
        bar.append(mark * (end - drawn), colour)
        drawn = end
    return bar


def _key(lang: str) -> RenderableType:
    told = zip(TIMES, _shades(), strict=True)
    marked = [Text.assemble(shade, f" {part.title(lang)}") for part, shade in told]
    return Columns(marked, padding=(0, 2, 0, 0))

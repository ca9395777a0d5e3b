"""What a scenario asks to be told besides: documents, cases told apart, figures to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sim.experiment.result import ArmResult, GroupResult, Result
from sim.kpi import metrics
from sim.kpi.units import DAYS, PERCENT, WHOLE, Unit
from sim.report.rows import Row, Shown, shown, unit_of
from sim.stats import Estimate
from sim.words import say


def sections(result: Result, lang: str) -> Iterator[list[Row]]:
    """Give the rows of each further section of the page; none if the scenario asks for nothing."""
    told = _Besides(result, lang)
    for rows in (told.documents(), told.groups(), told.observed()):
        if section := list(rows):
            yield section


@dataclass(frozen=True)
class _Besides:
    result: Result
    lang: str

    def documents(self) -> Iterator[Row]:
        names = _names(arm.documents for arm in self._arms())
        if names:
            yield self._heading("report.documents")
        for name in names:
            yield Row(self.result.named("documents", name, self.lang), indent=1, bold=True)
            yield from self._document(name)

    def _document(self, name: str) -> Iterator[Row]:
        found = [arm.documents[name] for arm in self._arms()]
        yield self._row("report.given", (one.reached_rate for one in found), PERCENT)
        for quantile in ("p50", "p90"):
            days = (one.days[quantile] for one in found)
            yield self._row(f"report.{quantile}_given", days, DAYS)

    def groups(self) -> Iterator[Row]:
        for place, attribute in enumerate(_names(arm.groups for arm in self._arms())):
            if place:
                yield Row()
            yield Row(say("report.by", self.lang, attribute=attribute), bold=True)
            yield from self._group(attribute)

    def _group(self, attribute: str) -> Iterator[Row]:
        groups = [arm.groups[attribute] for arm in self._arms()]
        found = {value: [group[value] for group in groups] for value in _names(groups)}
        yield Row(say("report.cases", self.lang), indent=1)
        yield from _by_value(found, lambda one: Shown(WHOLE.text(one.cases)))
        for metric in metrics.grouped():
            unit = unit_of(metric, self.result)
            yield Row(metric.title(self.lang, unit, alone=True), indent=1)
            yield from _by_value(found, self._cell(metric.name, unit))

    def _cell(self, figure: str, unit: Unit) -> Callable[[GroupResult], Shown | None]:
        """Return what shows a figure of a group; nothing where the arm has no such case."""
        return lambda one: shown(one.figures[figure], self.lang, unit) if one.cases else None

    def observed(self) -> Iterator[Row]:
        facts = _names(arm.observed for arm in self._arms())
        if facts:
            yield self._heading("report.observed")
        for fact in facts:
            found = [arm.observed[fact] for arm in self._arms()]
            told = found[0]
            document = self.result.named("documents", told.document, self.lang)
            values = {"fact": fact, "document": document, "days": told.days}
            yield Row(say(f"report.since_{told.since}", self.lang, **values), indent=1)
            published = tuple(Shown(PERCENT.text(one.observed)) for one in found)
            yield Row(say("report.published", self.lang), published, 2)
            yield self._row("report.simulated", (one.simulated for one in found), PERCENT)

    def _arms(self) -> Iterable[ArmResult]:
        return self.result.arms.values()

    def _heading(self, key: str) -> Row:
        return Row(say(key, self.lang), bold=True)

    def _row(self, key: str, found: Iterable[Estimate], unit: Unit) -> Row:
        """Return a figure of all arms; none where an arm has no case that it could be about."""
        pairs = zip(self._arms(), found, strict=True)
        cells = (shown(one, self.lang, unit) if arm.cases else None for arm, one in pairs)
        return Row(say(key, self.lang), tuple(cells), 2)


def _by_value(
    found: dict[str, list[GroupResult]], cell: Callable[[GroupResult], Shown | None]
) -> Iterator[Row]:
    for value, groups in found.items():
        yield Row(value, tuple(map(cell, groups)), 2)


def _names(told: Iterable[Iterable[str]]) -> list[str]:
    """Return what any arm tells of, by name."""
    return list(dict.fromkeys(name for names in told for name in names))

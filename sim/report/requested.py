"""What a scenario asks to be told besides: documents, cases told apart, figures to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any, Final

from sim.report.estimate import Shown, shown
from sim.report.names import named
from sim.report.rows import Row
from sim.report.units import A_CASE, DAYS, HOURS, PERCENT, WHOLE, Unit
from sim.words import say

_GROUPED: Final = (
    ("report.reached_rate", ("reached_rate",), PERCENT),
    ("report.p50_days", ("latency_days", "p50"), DAYS),
    ("report.failure_rate", ("failure_rate",), PERCENT),
    ("report.returns", ("returns",), A_CASE),
    ("report.applicant_hours", ("effort_hours", "applicant"), HOURS),
)
"""The figures of a group: label, where it stands, and the unit that it is shown in."""

Arms = Mapping[str, Mapping[str, Any]]


def sections(result: Mapping[str, Any], lang: str) -> Iterator[list[Row]]:
    """Give the rows of each further section of the page; none if the scenario asks for nothing."""
    told = _Besides(result, lang)
    for rows in (told.documents(), told.groups(), told.observed()):
        if section := list(rows):
            yield section


@dataclass(frozen=True)
class _Besides:
    result: Mapping[str, Any]
    lang: str

    def documents(self) -> Iterator[Row]:
        names = self._names("documents")
        if names:
            yield self._heading("report.documents")
        for name in names:
            yield Row(named(self.result, "documents", name, self.lang), indent=1, bold=True)
            yield self._row("report.given", 2, ("documents", name, "reached_rate"), PERCENT)
            for quantile in ("p50", "p90"):
                path = ("documents", name, "days", quantile)
                yield self._row(f"report.{quantile}_given", 2, path, DAYS)

    def groups(self) -> Iterator[Row]:
        for place, attribute in enumerate(self._names("groups")):
            if place:
                yield Row()
            yield Row(say("report.by", self.lang, attribute=attribute), bold=True)
            yield from self._group(attribute)

    def _group(self, attribute: str) -> Iterator[Row]:
        values = {v: None for arm in self._arms().values() for v in arm["groups"][attribute]}
        yield Row(say("report.cases", self.lang), indent=1)
        for value in values:
            counts = (arm["groups"][attribute][value]["cases"] for arm in self._arms().values())
            yield Row(value, tuple(Shown(WHOLE.text(count)) for count in counts), 2)
        for key, path, unit in _GROUPED:
            yield Row(say(key, self.lang), indent=1)
            for value in values:
                cells = self._cells(("groups", attribute, value), path, unit)
                yield Row(value, cells, 2)

    def observed(self) -> Iterator[Row]:
        facts = self._names("observed")
        if facts:
            yield self._heading("report.observed")
        for fact, told in facts.items():
            document = named(self.result, "documents", told["document"], self.lang)
            values = {"fact": fact, "document": document, "days": told["days"]}
            yield Row(say(f"report.since_{told['since']}", self.lang, **values), indent=1)
            published = Shown(PERCENT.text(told["observed"]))
            label = say("report.published", self.lang)
            yield Row(label, tuple(published for _ in self._arms()), 2)
            yield self._row("report.simulated", 2, ("observed", fact, "simulated"), PERCENT)

    def _arms(self) -> Arms:
        arms: Arms = self.result["arms"]
        return arms

    def _names(self, kind: str) -> dict[str, Any]:
        """Return what any arm tells of a kind, by name."""
        return {n: told for arm in self._arms().values() for n, told in arm.get(kind, {}).items()}

    def _heading(self, key: str) -> Row:
        return Row(say(key, self.lang), bold=True)

    def _row(self, key: str, indent: int, path: tuple[str, ...], unit: Unit) -> Row:
        return Row(say(key, self.lang), self._cells((), path, unit), indent)

    def _cells(
        self, above: tuple[str, ...], path: tuple[str, ...], unit: Unit
    ) -> tuple[Shown | None, ...]:
        """Return a figure of all arms; none where an arm has no case that it could be about."""
        return tuple(self._cell(arm, above, path, unit) for arm in self._arms().values())

    def _cell(
        self, arm: Mapping[str, Any], above: tuple[str, ...], path: tuple[str, ...], unit: Unit
    ) -> Shown | None:
        part: Any = reduce(getitem, above, arm)
        estimate: Any = reduce(getitem, path, part)
        return shown(estimate, self.lang, unit) if part["cases"] else None

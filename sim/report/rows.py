"""The figures of a comparison as rows of text, from top to bottom, each with a cell an arm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

from sim.kpi.verdicts import FAILURES
from sim.report.estimate import Estimate, Shown, shown
from sim.report.names import named
from sim.report.times import PARTS
from sim.report.units import A_CASE, DAYS, HOURS, PERCENT, WHOLE, Unit, cost_unit
from sim.words import say

_REACHED: Final = ("clean", "flawed", "incomplete")
_LAWFUL: Final = ("rejected", "withdrawn")
_TRANSIT: Final = ("transit_office", "transit_person", "transit_system")
_BURDEN: Final = ("visits", "forms", "seals", "logins")


@dataclass(frozen=True)
class Row:
    """One figure: ``cells`` has an entry an arm (``None``: no such figure), a heading has none."""

    label: str = ""
    cells: tuple[Shown | None, ...] = ()
    indent: int = 0
    mark: str = ""
    bold: bool = False


_BLANK: Final = Row()


def rows(result: Mapping[str, Any], lang: str) -> list[Row]:
    """Return all rows that the arms and pools of ``result`` fill."""
    return list(_Rows(result, lang).all())


@dataclass(frozen=True)
class _Rows:
    result: Mapping[str, Any]
    lang: str

    def all(self) -> Iterator[Row]:
        yield self._cases()
        yield replace(self._share("reached_rate"), bold=True)
        for outcome in _REACHED:
            yield replace(self._figure("outcomes", outcome, unit=PERCENT), indent=1)
        yield from self._seen("outcomes", _LAWFUL, PERCENT)
        yield _BLANK
        yield from self._group("latency_days", ("mean", "p50", "p90"), DAYS)
        yield _BLANK
        yield replace(self._share("failure_rate"), bold=True)
        yield from self._seen("failures", FAILURES, PERCENT)
        yield from self._causes()
        yield self._share("late_rate")
        yield self._figure("returns", unit=A_CASE)
        yield _BLANK
        yield from self._times()
        yield _BLANK
        yield from self._group("effort_hours", ("applicant", "office"), HOURS)
        yield from self._group("burden", _BURDEN, A_CASE)
        yield self._cost()
        yield from self._pools("utilisation", PERCENT)
        yield from self._pools("offered_load", PERCENT)
        yield from self._pools("wait_hours", HOURS)

    def _arms(self) -> Iterable[Mapping[str, Any]]:
        arms: Mapping[str, Mapping[str, Any]] = self.result["arms"]
        return arms.values()

    def _row(self, label: str, found: Iterable[Estimate | None], unit: Unit) -> Row:
        cells = (None if one is None else shown(one, self.lang, unit) for one in found)
        return Row(label, tuple(cells))

    def _heading(self, key: str) -> Row:
        return Row(say(f"report.{key}", self.lang), bold=True)

    def _figure(self, *path: str, unit: Unit) -> Row:
        """Return the row of the figure that stands at ``path`` in every arm."""
        found = (reduce(lambda part, key: part[key], path, arm) for arm in self._arms())
        return self._row(say(f"report.{path[-1]}", self.lang), found, unit)

    def _share(self, name: str) -> Row:
        return self._figure(name, unit=PERCENT)

    def _group(self, name: str, members: Iterable[str], unit: Unit) -> Iterator[Row]:
        yield self._heading(name)
        for member in members:
            yield replace(self._figure(name, member, unit=unit), indent=1)

    def _cases(self) -> Row:
        counts = (Shown(WHOLE.text(arm["cases"])) for arm in self._arms())
        return Row(say("report.cases", self.lang), tuple(counts))

    def _cost(self) -> Row:
        word, unit = cost_unit(self.result)
        costs = (arm["cost_yen"] for arm in self._arms())
        return replace(self._row(say(word, self.lang), costs, unit), bold=True)

    def _seen(
        self, group: str, members: Iterable[str], unit: Unit, *, indent: int = 1
    ) -> Iterator[Row]:
        """Give the rows of those members of a group that happened in any arm."""
        for name in members:
            found = [arm[group].get(name) for arm in self._arms()]
            if _most(found) > 0:
                label = say(f"report.{name}", self.lang)
                yield replace(self._row(label, found, unit), indent=indent)

    def _causes(self) -> Iterator[Row]:
        names = dict.fromkeys(name for arm in self._arms() for name in arm["causes"])
        found = {name: [arm["causes"].get(name) for arm in self._arms()] for name in names}
        for name in sorted(found, key=lambda name: -_most(found[name])):
            if _most(found[name]) > 0:
                label = named(self.result, "causes", name, self.lang)
                yield replace(self._row(label, found[name], PERCENT), indent=2)

    def _times(self) -> Iterator[Row]:
        yield self._heading("time_days")
        for part in PARTS:
            yield replace(self._figure("time_days", part.name, unit=DAYS), indent=1, mark=part.mark)
            if part.name == "transit":
                yield from self._seen("time_days", _TRANSIT, DAYS, indent=2)
        yield replace(self._figure("time_days", "rework", unit=DAYS), indent=1)

    def _pools(self, figure: str, unit: Unit) -> Iterator[Row]:
        told = [self._pool(actor, figure, unit) for actor in self.result["pools"]]
        if told := [row for row in told if any(row.cells)]:
            yield from (_BLANK, self._heading(figure), *told)

    def _pool(self, actor: str, figure: str, unit: Unit) -> Row:
        arms: Mapping[str, Any] = self.result["pools"][actor]
        used = (arms.get(name, {}).get(figure) for name in self.result["arms"])
        found = (one if one and one["value"] is not None else None for one in used)
        label = named(self.result, "actors", actor, self.lang)
        return replace(self._row(label, found, unit), indent=1)


def _most(found: Iterable[Estimate | None]) -> float:
    """Return the greatest value of a figure in any arm."""
    return max((one["value"] or 0 for one in found if one is not None), default=0)

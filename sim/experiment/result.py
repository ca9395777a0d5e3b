"""Results of a run and of a ranking, typed; JSON only at the edge, where it is printed or kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.stats import Difference, Estimate

Titles = Mapping[str, str]
"""What something is called, by language."""

Labels = Mapping[str, Mapping[str, Titles]]
"""The titles of what a result names, by kind ("arms", "actors", …) and name."""

Figures = Mapping[str, Estimate]
"""Estimates by the name of their metric."""


@dataclass(frozen=True)
class GroupResult:
    """The cases of one arm that have one value of an attribute."""

    cases: int
    figures: Figures


@dataclass(frozen=True)
class DocumentResult:
    """How often a document was first given, and after how many ``days`` (quantiles by name)."""

    reached_rate: Estimate
    days: Figures


@dataclass(frozen=True)
class ObservedResult:
    """The share of cases given a ``document`` in time: ``simulated``, and as published.

    In time: within ``days``, ``since`` the start of the "case" or of the scenario ("start").
    """

    document: str
    days: float
    since: str
    simulated: Estimate
    observed: float


@dataclass(frozen=True)
class ArmResult:
    """All that one arm says; ``events``: visits. The last three: only what the scenario asks for.

    ``groups``: by attribute and value.
    """

    cases: int
    events: int
    figures: Figures
    causes: Figures
    documents: Mapping[str, DocumentResult]
    groups: Mapping[str, Mapping[str, GroupResult]]
    observed: Mapping[str, ObservedResult]


@dataclass(frozen=True)
class PairedDifference:
    """One KPI of a ``later`` arm minus that of an ``earlier`` one; p is adjusted for the rows."""

    earlier: str
    later: str
    kpi: str
    change: Difference


@dataclass(frozen=True)
class Result:
    """What is printed, compared and kept.

    ``digest``: SHA-256 of all logs. ``pools``: the figures of each pool by actor, arm and name.
    ``warnings``: in the language of the reader.
    """

    scenario: str
    title: Titles
    seed: int
    replications: int
    engine: str
    digest: str
    arms: Mapping[str, ArmResult]
    pools: Mapping[str, Mapping[str, Figures]]
    differences: tuple[PairedDifference, ...]
    warnings: tuple[str, ...]
    labels: Labels

    def named(self, kind: str, name: str, lang: str) -> str:
        """Return the title of ``name`` of ``kind`` (``arms``, ``causes``, …), or else the name."""
        return self.labels.get(kind, {}).get(name, {}).get(lang) or name


@dataclass(frozen=True)
class Effect:
    """What a number does to the difference: at each end of its range, and how far these are apart.

    ``certain``: whether they are apart at all, by Holm's p below 5 %.
    """

    path: str
    value: str
    range: tuple[str, ...]
    source: str | None
    arms: tuple[str, ...]
    low: float
    high: float
    spread: float
    certain: bool


@dataclass(frozen=True)
class Ranking:
    """The numbers of a scenario, those first that do most to ``end`` minus ``start``.

    ``difference``: of the arms as they are. Of the ``numbers`` that have a range, ``idle`` ones
    change neither arm and ``invalid`` ones cannot be set to an end of it.
    """

    scenario: str
    title: Titles
    start: str
    end: str
    kpi: str
    seed: int
    replications: int
    cases: int
    numbers: int
    difference: Difference
    idle: int
    invalid: int
    rows: tuple[Effect, ...]
    labels: Labels


# -- JSON ------------------------------------------------------------------------------------------


def as_json(result: Result) -> dict[str, Any]:
    """Return a result as JSON has it: names with dots as objects in objects, no infinity."""
    return {
        "scenario": result.scenario,
        "title": dict(result.title),
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "digest": result.digest,
        "arms": {name: _arm(arm) for name, arm in result.arms.items()},
        "pools": {
            actor: {arm: _each(figures) for arm, figures in arms.items()}
            for actor, arms in result.pools.items()
        },
        "differences": [_difference(one) for one in result.differences],
        "warnings": list(result.warnings),
        "labels": result.labels,
    }


def estimate_as_json(estimate: Estimate) -> dict[str, float | None]:
    """Return value and interval; what is infinite or unknown becomes None."""
    return {name: _finite(getattr(estimate, name)) for name in ("value", "low", "high")}


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _arm(arm: ArmResult) -> dict[str, Any]:
    told: dict[str, Any] = {"cases": arm.cases, "events": arm.events}
    for name, part in _nested(arm.figures).items():
        told[name] = part
        if name == "outcomes":  # of which the causes are
            told["causes"] = _each(arm.causes)
    besides = {
        "documents": {name: _document(one) for name, one in arm.documents.items()},
        "groups": {
            attribute: {value: _group(one) for value, one in values.items()}
            for attribute, values in arm.groups.items()
        },
        "observed": {fact: _observed(one) for fact, one in arm.observed.items()},
    }
    return told | {kind: some for kind, some in besides.items() if some}


def _each(figures: Figures) -> dict[str, Any]:
    return {name: estimate_as_json(estimate) for name, estimate in figures.items()}


def _nested(figures: Figures) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, estimate in figures.items():
        *groups, last = name.split(".")
        place = told
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = estimate_as_json(estimate)
    return told


def _document(told: DocumentResult) -> dict[str, Any]:
    return {"reached_rate": estimate_as_json(told.reached_rate), "days": _each(told.days)}


def _group(told: GroupResult) -> dict[str, Any]:
    return {"cases": told.cases, **_nested(told.figures)}


def _observed(told: ObservedResult) -> dict[str, Any]:
    return {
        "document": told.document,
        "days": told.days,
        "since": told.since,
        "simulated": estimate_as_json(told.simulated),
        "observed": told.observed,
    }


def _difference(told: PairedDifference) -> dict[str, Any]:
    return {
        "from": told.earlier,
        "to": told.later,
        "kpi": told.kpi,
        **estimate_as_json(told.change),
        "p": _finite(told.change.p),
    }


def ranking_as_json(ranking: Ranking) -> dict[str, Any]:
    """Return a ranking as JSON has it; an effect that is infinite or unknown becomes None."""
    return {
        "scenario": ranking.scenario,
        "title": dict(ranking.title),
        "from": ranking.start,
        "to": ranking.end,
        "kpi": ranking.kpi,
        "seed": ranking.seed,
        "replications": ranking.replications,
        "cases": ranking.cases,
        "numbers": ranking.numbers,
        "difference": estimate_as_json(ranking.difference),
        "idle": ranking.idle,
        "invalid": ranking.invalid,
        "rows": [_effect(row) for row in ranking.rows],
        "labels": ranking.labels,
    }


def _effect(row: Effect) -> dict[str, Any]:
    numbers = {name: _finite(getattr(row, name)) for name in ("low", "high", "spread")}
    return {
        "path": row.path,
        "value": row.value,
        "range": list(row.range),
        "source": row.source,
        "arms": list(row.arms),
        **numbers,
        "certain": row.certain,
    }

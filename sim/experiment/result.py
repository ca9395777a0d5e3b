"""Results of a run and of a ranking, typed; JSON only at the edge, where it is printed or kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.stats import Difference, Estimate
from sim.words import titled

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
    """All that one arm says. The last three: only what the scenario asks for.

    ``cases``: those that count. ``events``: visits of all cases, and pieces of other business.

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
        return titled(self.labels.get(kind, {}).get(name), name, lang)


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

_KEYS: Final = {"start": "from", "end": "to"}
"""Fields of a ranking that are called otherwise in JSON."""


def as_json(told: Result | Ranking) -> dict[str, Any]:
    """Return it field by field; what is infinite or unknown becomes None."""
    return {_KEYS.get(name, name): _json(value) for name, value in vars(told).items()}


def _json(value: Any) -> Any:
    told = value
    match value:
        case float():
            told = value if math.isfinite(value) else None
        case Mapping():
            told = {name: _json(one) for name, one in value.items()}
        case tuple():
            told = [_json(one) for one in value]
        case ArmResult():
            told = _arm(value)
        case GroupResult():
            told = {"cases": value.cases, **_nested(value.figures)}
        case PairedDifference():
            pair = {"from": value.earlier, "to": value.later, "kpi": value.kpi}
            told = {**pair, **_json(value.change), "p": _json(value.change.p)}
        case Estimate():
            told = {name: _json(getattr(value, name)) for name in ("value", "low", "high")}
        case DocumentResult() | ObservedResult() | Effect():
            told = _json(vars(value))
    return told


def _arm(arm: ArmResult) -> dict[str, Any]:
    told: dict[str, Any] = {"cases": arm.cases, "events": arm.events}
    for name, part in _nested(arm.figures).items():
        told[name] = part
        if name == "outcomes":  # of which the causes are
            told["causes"] = _json(arm.causes)
    besides = {"documents": arm.documents, "groups": arm.groups, "observed": arm.observed}
    return told | {kind: _json(some) for kind, some in besides.items() if some}


def _nested(figures: Figures) -> dict[str, Any]:
    """Return figures with dots in their names as objects in objects."""
    told: dict[str, Any] = {}
    for name, estimate in figures.items():
        *groups, last = name.split(".")
        place = told
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = _json(estimate)
    return told

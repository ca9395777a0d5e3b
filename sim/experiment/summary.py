"""What all replications of all arms say together: the result that is printed, compared and kept."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import stats
from sim.compile.program import GroupSpec
from sim.experiment.result import (
    ArmResult,
    DocumentResult,
    Figures,
    GroupResult,
    Labels,
    ObservedResult,
    PairedDifference,
    Result,
    Titles,
)
from sim.kpi import estimators, metrics
from sim.kpi.estimators import Runs, counted
from sim.kpi.measures import Measures
from sim.kpi.metrics import METRICS, POOL_METRICS, Metric
from sim.kpi.units import DAY, PERCENT
from sim.kpi.visits import Ints
from sim.words import DEFAULT, say

OVERLOAD: Final = 0.95
"""Share of the staffed open time from which a pool counts as offered too much work."""

Told = tuple[str, dict[str, object]]


def summarise(  # noqa: PLR0913, PLR0917 -- these are the fields of the result
    scenario: str,
    title: Titles,
    seed: int,
    engine: str,
    arms: Mapping[str, Runs],
    labels: Labels,
    warnings: Sequence[str] = (),
    *,
    lang: str = DEFAULT,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> Result:
    """Return the result of a run.

    ``arms``: the measures of each arm in order of replication, equally many in all. ``labels``:
    titles in both languages by kind ("arms", "actors", …) and name. ``warnings``: those before its
    own, which are in ``lang``. ``pairs``: which arms are compared, the earlier first, by default
    each with the first and the one before it; only of later ones there are warnings then.
    """
    logs = (run.digest for runs in arms.values() for run in runs)
    warned = arms if pairs is None else {later: arms[later] for _, later in pairs}
    own = (say(key, lang, **told) for key, told in _warnings(warned, labels, lang))
    (replications,) = {len(runs) for runs in arms.values()}
    causes, groups = _causes(arms), grouped(arms)
    return Result(
        scenario=scenario,
        title=title,
        seed=seed,
        replications=replications,
        engine=engine,
        digest=hashlib.sha256(b"".join(logs)).hexdigest(),
        arms={name: _arm(runs, causes, groups[name]) for name, runs in arms.items()},
        pools=_pools(arms),
        differences=tuple(_differences(arms, _beside(arms) if pairs is None else pairs)),
        warnings=(*warnings, *own),
        labels=labels,
    )


# -- arms ------------------------------------------------------------------------------------------


def _arm(runs: Runs, causes: Sequence[str], groups: Grouped) -> ArmResult:
    failed = [_failed(run) for run in runs]
    return ArmResult(
        cases=sum(len(run.cases) for run in runs),
        events=sum(run.events for run in runs),
        figures=_figures(runs, METRICS.values()),
        causes={
            cause: stats.share(counted(runs, [counts.get(cause, 0) for counts in failed]))
            for cause in causes
        },
        documents=_documents(runs),
        groups={
            name: {value: _group(part) for value, part in values.items()}
            for name, values in groups.items()
        },
        observed=_observed(runs),
    )


def _figures(runs: Runs, chosen: Iterable[Metric]) -> Figures:
    return {metric.name: metric.estimator.estimate(runs) for metric in chosen}


def _failed(run: Measures) -> dict[str, int]:
    """Return how many cases of a replication failed by each cause."""
    counts = np.count_nonzero(run.failures, axis=0).tolist()
    return dict(zip(run.causes, counts, strict=True))


def _causes(arms: Mapping[str, Runs]) -> list[str]:
    """Names of the causes of failure that occurred in any arm, the most frequent first."""
    seen: Counter[str] = Counter()
    for run in itertools.chain.from_iterable(arms.values()):
        seen.update(_failed(run))
    return sorted(+seen, key=lambda name: (-seen[name], name))


# -- what the scenario asks for besides ------------------------------------------------------------


def _documents(runs: Runs) -> dict[str, DocumentResult]:
    found = [run.reported for run in runs if run.reported is not None]
    told: dict[str, DocumentResult] = {}
    for number, name in enumerate(found[0].report.documents if found else ()):
        days = [run.days[:, number] for run in found]
        given = stats.share(counted(runs, (np.isfinite(some).sum() for some in days)))
        median, late = (stats.quantile(days, share, stats.AMOUNT) for share in (0.5, 0.9))
        told[name] = DocumentResult(given, {"p50": median, "p90": late})
    return told


def _group(runs: Runs) -> GroupResult:
    shares_first = sorted(metrics.grouped(), key=lambda metric: metric.unit is not PERCENT)
    return GroupResult(sum(len(run.cases) for run in runs), _figures(runs, shares_first))


def _observed(runs: Runs) -> dict[str, ObservedResult]:
    found = [run.reported for run in runs if run.reported is not None]
    asked = found[0].report.observed if found else ()
    return {
        one.fact: ObservedResult(
            document=one.document,
            days=one.by / DAY,
            since="start" if one.from_start else "case",
            simulated=stats.share(counted(runs, [run.in_time[:, n].sum() for run in found])),
            observed=one.value,
        )
        for n, one in enumerate(asked)
    }


# -- pools -----------------------------------------------------------------------------------------


def _pools(arms: Mapping[str, Runs]) -> dict[str, dict[str, Figures]]:
    table: dict[str, dict[str, Figures]] = {}
    for arm, runs in arms.items():
        for actor, rows in _pool_rows(runs):
            figures = {metric.name: metric.estimate(rows) for metric in POOL_METRICS}
            table.setdefault(actor, {})[arm] = figures
    return table


def _pool_rows(runs: Runs) -> Iterator[tuple[str, Any]]:
    """Names of an arm's pools, each with its rows in all replications."""
    together = np.stack([run.pools for run in runs], axis=1)
    return ((runs[0].actors[rows["actor"][0]], rows) for rows in together)


# -- differences -----------------------------------------------------------------------------------


def _beside(arms: Iterable[str]) -> list[tuple[str, str]]:
    """Pair the first arm with each later one, and each arm with the one after it."""
    names = list(arms)
    pairs = [(names[0], name) for name in names[1:]]
    return pairs + [pair for pair in itertools.pairwise(names) if pair not in pairs]


def _differences(
    arms: Mapping[str, Runs], pairs: Iterable[tuple[str, str]]
) -> Iterator[PairedDifference]:
    """Give the later arm minus the earlier one of some pairs."""
    rows = [
        PairedDifference(
            earlier, later, one.name, one.estimator.difference(arms[later], arms[earlier])
        )
        for earlier, later in pairs
        for one in metrics.compared()
    ]
    for row, p in zip(rows, stats.holm([row.change.p for row in rows]), strict=True):
        yield replace(row, change=replace(row.change, p=float(p)))


# -- warnings --------------------------------------------------------------------------------------


def _warnings(arms: Mapping[str, Runs], labels: Labels, lang: str) -> Iterator[Told]:
    if any(len(runs) == 1 for runs in arms.values()):
        yield "warning.one_replication", {}
    for arm, runs in arms.items():
        name = _label("arms", arm, labels, lang)
        if not any(len(run.cases) for run in runs):
            yield "warning.no_cases", {"arm": name}
        elif missing := sum(not estimators.reached(run.cases).any() for run in runs):
            counts = {"missing": missing, "replications": len(runs)}
            yield "warning.none_reached", {"arm": name, **counts}
        for actor, rows in _pool_rows(runs):
            offered, capacity = int(rows["offered"].sum()), int(rows["capacity"].sum())
            if capacity and offered >= OVERLOAD * capacity:
                load = {"load": offered / capacity, "days": float(np.mean(rows["backlog"])) / DAY}
                who = _label("actors", actor, labels, lang)
                yield "warning.overload", {"arm": name, "actor": who, **load}


def _label(kind: str, name: str, labels: Labels, lang: str) -> str:
    title = labels.get(kind, {}).get(name, {}).get(lang, name)
    return name if title == name else f"{title} ({name})"


# -- cases told apart by an attribute --------------------------------------------------------------

BANDS: Final = 4
"""Numbers tell cases apart in so many bands of about equally many cases."""

Grouped = dict[str, dict[str, list[Measures]]]
"""The measures of each value of each attribute."""


def grouped(arms: Mapping[str, Runs]) -> dict[str, Grouped]:
    """Return the measures of each group of each arm; empty ones where no case of the arm is in it.

    Of the fields only ``cases`` is that of the group. A value that no case of any arm has is left
    out.
    """
    every = list(itertools.chain.from_iterable(arms.values()))
    told: dict[str, Grouped] = {arm: {} for arm in arms}
    for name in dict.fromkeys(group.name for run in every for group in _groups(run)):
        columns = {arm: [_column(run, name) for run in runs] for arm, runs in arms.items()}
        both = list(itertools.chain.from_iterable(columns.values()))
        numbers = [column for group, column in both if not group.names]
        spans = bands(np.concatenate([[], *numbers]).astype(int))
        named = dict.fromkeys(value for group, _ in both for value in group.names)
        labels = {arm: [_labels(*one, spans) for one in some] for arm, some in columns.items()}
        seen = {str(one) for some in labels.values() for run in some for one in np.unique(run)}
        values = [value for value in named | spans if value in seen]
        for arm, runs in arms.items():
            pairs = list(zip(runs, labels[arm], strict=True))
            told[arm][name] = {
                value: [replace(run, cases=run.cases[of == value]) for run, of in pairs]
                for value in values
            }
    return told


def bands(numbers: Ints) -> dict[str, int]:
    """Return up to four spans that were seen, such as ``18-34``, each with its highest number."""
    ordered = np.sort(numbers)
    if not len(ordered):
        return {}
    ends = [ordered[math.ceil(len(ordered) * n / BANDS) - 1] for n in range(1, BANDS + 1)]
    highs = np.unique(ends)
    lows = ordered[[0, *np.searchsorted(ordered, highs[:-1], "right")]]
    pairs = zip(lows.tolist(), highs.tolist(), strict=True)
    return {f"{low}" if low == high else f"{low}-{high}": high for low, high in pairs}


def _groups(run: Measures) -> tuple[GroupSpec, ...]:
    return run.reported.report.groups if run.reported is not None else ()


def _column(run: Measures, name: str) -> tuple[GroupSpec, Ints]:
    """Return an attribute and what it is in each case."""
    number = [group.name for group in _groups(run)].index(name)
    assert run.reported is not None  # noqa: S101 -- it has groups
    return _groups(run)[number], run.reported.values[:, number]


def _labels(group: GroupSpec, values: Ints, spans: Mapping[str, int]) -> NDArray[Any]:
    """Return what the value of an attribute is called in each case: by name, or by its band."""
    if group.names:
        return np.array(group.names)[values]
    return np.array([*spans, ""])[np.searchsorted([*spans.values()], values)]

"""What all replications of all arms say together: the result that is printed, compared and kept."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from sim import stats
from sim.experiment.groups import Grouped, grouped
from sim.kpi import Measures, metrics
from sim.kpi.elapsed import PARTS, TRANSIT
from sim.kpi.metrics import DAY, HOUR, CaseTest, Metric
from sim.kpi.verdicts import VERDICTS
from sim.words import DEFAULT, say

OVERLOAD: Final = 0.95
"""Share of the staffed open time from which a pool counts as offered too much work."""

Runs = Sequence[Measures]
Labels = Mapping[str, Mapping[str, Mapping[str, str]]]
Told = tuple[str, dict[str, object]]

_RETURNS: Final = metrics.mean("returns")
_COST: Final = metrics.mean("cost")
_MONEY: Final = {name: metrics.total(name) for name in ("mispaid", "detected", "recovered")}
"""Yen of all cases of a replication together."""
_EFFORT: Final = {kind: metrics.mean(kind, HOUR) for kind in ("applicant", "office")}
_BURDEN: Final = {item: metrics.mean(item) for item in ("visits", "forms", "seals", "logins")}
_TIME: Final = {part: metrics.mean_if_reached(part, DAY) for part in (*PARTS, *TRANSIT, "rework")}

_COMPARED: Final[Mapping[str, Metric]] = {
    "latency_days.mean": metrics.mean_latency,
    "latency_days.p50": metrics.median_latency,
    "returns": _RETURNS,
    "effort_hours.applicant": _EFFORT["applicant"],
    "effort_hours.office": _EFFORT["office"],
    "cost_yen": _COST,
}
_COMPARED_SHARES: Final[Mapping[str, CaseTest]] = {
    "failure_rate": metrics.failed,
    "late_rate": metrics.late,
}
COMPARED: Final = (
    "latency_days.mean",
    "latency_days.p50",
    "failure_rate",
    "late_rate",
    "returns",
    "effort_hours.applicant",
    "effort_hours.office",
    "cost_yen",
)
"""The KPIs of which differences between arms are shown, in this order."""


def summarise(  # noqa: PLR0913, PLR0917 -- these are the fields of the result
    scenario: str,
    title: Mapping[str, str],
    seed: int,
    engine: str,
    arms: Mapping[str, Runs],
    labels: Labels,
    *,
    lang: str = DEFAULT,
) -> dict[str, Any]:
    """Return the result object: JSON-safe, each estimate as ``{value, low, high}``.

    ``arms``: the measures of each arm in order of replication, equally many in all. ``labels``:
    titles in both languages by kind ("arms", "actors", …) and name. ``lang``: the language of the
    warnings. A number that is infinite or unknown becomes ``None``.
    """
    (replications,) = {len(runs) for runs in arms.values()}
    causes = _causes(arms)
    groups = grouped(arms)
    return {
        "scenario": scenario,
        "title": dict(title),
        "seed": seed,
        "replications": replications,
        "engine": engine,
        "digest": _digest(arms),
        "arms": {
            name: _arm(runs, causes) | _reported(runs, groups[name]) for name, runs in arms.items()
        },
        "pools": _pools(arms),
        "differences": _differences(arms),
        "warnings": [say(key, lang, **told) for key, told in _warnings(arms, labels, lang)],
        "labels": labels,
    }


def _digest(arms: Mapping[str, Runs]) -> str:
    logs = (run.digest for runs in arms.values() for run in runs)
    return hashlib.sha256(b"".join(logs)).hexdigest()


# -- arms ------------------------------------------------------------------------------------------


def _arm(runs: Runs, causes: Sequence[str]) -> dict[str, Any]:
    days = [metrics.latencies(run.cases) for run in runs]
    return {
        "cases": sum(len(run.cases) for run in runs),
        "events": sum(run.events for run in runs),
        "reached_rate": _share(runs, metrics.reached),
        "latency_days": {
            "mean": _mean(runs, metrics.mean_latency, _days(runs)),
            "p50": _quantile(days, 0.5),
            "p90": _quantile(days, 0.9),
        },
        "failure_rate": _share(runs, metrics.failed),
        "failures": {kind: _share(runs, test) for kind, test in metrics.failures.items()},
        "late_rate": _share(runs, metrics.late),
        "outcomes": {one: _share(runs, metrics.judged(one)) for one in VERDICTS},
        "causes": {cause: _cause(runs, cause) for cause in causes},
        "returns": _mean(runs, _RETURNS),
        "effort_hours": {kind: _mean(runs, figure) for kind, figure in _EFFORT.items()},
        "burden": {item: _mean(runs, figure) for item, figure in _BURDEN.items()},
        "cost_yen": _mean(runs, _COST),
        "money_yen": {name: _mean(runs, figure) for name, figure in _MONEY.items()},
        "time_days": {part: _mean(runs, figure, _days(runs)) for part, figure in _TIME.items()},
    }


def _causes(arms: Mapping[str, Runs]) -> list[str]:
    """Names of the causes of failure that occurred in any arm, the most frequent first."""
    seen: Counter[str] = Counter()
    for run in itertools.chain.from_iterable(arms.values()):
        counts = np.count_nonzero(run.failures, axis=0).tolist()
        seen.update(dict(zip(run.causes, counts, strict=True)))
    return sorted(+seen, key=lambda name: (-seen[name], name))


def _cause(runs: Runs, name: str) -> dict[str, float | None]:
    numbers = ([n for n, cause in enumerate(run.causes) if cause == name] for run in runs)
    hits = (run.failures[:, n].sum() for run, n in zip(runs, numbers, strict=True))
    return _told(stats.share(_hits(runs, hits)))


def _mean(
    runs: Runs, figure: Metric, bounds: stats.Bounds = stats.AMOUNT
) -> dict[str, float | None]:
    return _told(stats.mean(_figures(runs, figure), _values(runs, figure), bounds))


def _days(runs: Runs) -> stats.Bounds:
    """No case that reaches its goal takes longer than the horizon."""
    return 0.0, max((run.horizon / DAY for run in runs), default=math.inf)


def _quantile(days: stats.Sections, share: float) -> dict[str, float | None]:
    return _told(stats.quantile(days, share, stats.AMOUNT))


def _share(runs: Runs, test: CaseTest) -> dict[str, float | None]:
    return _told(stats.share(_counts(runs, test)))


def _figures(runs: Runs, figure: Metric) -> list[float]:
    return [figure(run.cases) for run in runs]


def _values(runs: Runs, figure: Metric) -> list[stats.Floats]:
    return [figure.values(run.cases) for run in runs]


def _counts(runs: Runs, test: CaseTest) -> stats.Counts:
    return _hits(runs, (test(run.cases).sum() for run in runs))


def _hits(runs: Runs, hits: Iterable[int]) -> stats.Counts:
    cases = [len(run.cases) for run in runs]
    return stats.Counts(np.array([*hits], np.float64), np.array(cases, np.float64))


def _told(estimate: stats.Estimate) -> dict[str, float | None]:
    return {name: _json(getattr(estimate, name)) for name in ("value", "low", "high")}


def _json(number: float) -> float | None:
    return number if math.isfinite(number) else None


# -- what the scenario asks for besides ------------------------------------------------------------


def _reported(runs: Runs, groups: Grouped) -> dict[str, Any]:
    """Return ``documents``, ``groups`` and ``observed``, each only if the scenario names some."""
    found = [run.reported for run in runs if run.reported is not None]
    if not found:
        return {}
    asked = found[0].report
    told: dict[str, dict[str, Any]] = {
        "documents": {
            name: _document(runs, [run.days[:, number] for run in found])
            for number, name in enumerate(asked.documents)
        },
        "groups": {
            name: {value: _group(part) for value, part in values.items()}
            for name, values in groups.items()
        },
        "observed": {
            one.fact: {
                "document": one.document,
                "days": one.by / DAY,
                "since": "start" if one.from_start else "case",
                "simulated": _told(
                    stats.share(_hits(runs, (run.in_time[:, number].sum() for run in found)))
                ),
                "observed": one.value,
            }
            for number, one in enumerate(asked.observed)
        },
    }
    return {kind: some for kind, some in told.items() if some}


def _document(runs: Runs, days: Sequence[stats.Floats]) -> dict[str, Any]:
    given = (np.isfinite(some).sum() for some in days)
    return {
        "reached_rate": _told(stats.share(_hits(runs, given))),
        "days": {name: _quantile(days, share) for name, share in (("p50", 0.5), ("p90", 0.9))},
    }


def _group(runs: Runs) -> dict[str, Any]:
    days = [metrics.latencies(run.cases) for run in runs]
    return {
        "cases": sum(len(run.cases) for run in runs),
        "reached_rate": _share(runs, metrics.reached),
        "failure_rate": _share(runs, metrics.failed),
        "latency_days": {"p50": _quantile(days, 0.5)},
        "returns": _mean(runs, _RETURNS),
        "effort_hours": {"applicant": _mean(runs, _EFFORT["applicant"])},
    }


# -- pools -----------------------------------------------------------------------------------------


def _pools(arms: Mapping[str, Runs]) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for arm, runs in arms.items():
        for actor, rows in _pool_rows(runs):
            table.setdefault(actor, {})[arm] = {
                "utilisation": _told(_ratio(rows, "busy", "on_duty", bounds=stats.SHARE)),
                "offered_load": _told(_ratio(rows, "offered", "capacity")),
                "wait_hours": _told(_ratio(rows, "waited", "granted", HOUR)),
            }
    return table


def _pool_rows(runs: Runs) -> Iterator[tuple[str, Any]]:
    """Names of an arm's pools, each with its rows in all replications."""
    together = np.stack([run.pools for run in runs], axis=1)
    return ((runs[0].actors[rows["actor"][0]], rows) for rows in together)


def _ratio(
    rows: Any, over: str, under: str, unit: float = 1, bounds: stats.Bounds = stats.AMOUNT
) -> stats.Estimate:
    """Return the mean of a ratio; work in hand that outlasts a shift makes nobody busier than busy.

    Of replications with no staff on duty, or no visit, nothing can be said.
    """
    some = rows[rows[under] > 0]
    ratios = some[over] / some[under] / unit
    return stats.mean(np.clip(ratios, *bounds), bounds=bounds)


# -- differences -----------------------------------------------------------------------------------


def _differences(arms: Mapping[str, Runs]) -> list[dict[str, Any]]:
    """Each later arm minus the first one and each arm minus the one before it."""
    names = list(arms)
    pairs = [(names[0], name) for name in names[1:]]
    pairs += [pair for pair in itertools.pairwise(names) if pair not in pairs]
    rows = [row for pair in pairs for row in _compared(arms, *pair)]
    for row, p in zip(rows, stats.holm([row["p"] for row in rows]), strict=True):
        row["p"] = _json(float(p))
    return rows


def _compared(arms: Mapping[str, Runs], earlier: str, later: str) -> Iterator[dict[str, Any]]:
    for kpi in COMPARED:
        difference = _difference(kpi, arms[earlier], arms[later])
        told = {"from": earlier, "to": later, "kpi": kpi, **_told(difference)}
        yield {**told, "p": difference.p}


def figure(kpi: str) -> Callable[[Any], float]:
    """Return one of ``COMPARED`` as a figure of one replication."""
    if kpi in _COMPARED_SHARES:
        test = _COMPARED_SHARES[kpi]
        return lambda cases: metrics.average(test(cases).astype(np.float64))
    return _COMPARED[kpi]


def _difference(kpi: str, earlier: Runs, later: Runs) -> stats.Difference:
    if kpi in _COMPARED_SHARES:
        test = _COMPARED_SHARES[kpi]
        return stats.share_difference(_counts(later, test), _counts(earlier, test))
    figure = _COMPARED[kpi]
    values = _values(later, figure), _values(earlier, figure)
    if figure is metrics.median_latency:
        unseen = stats.unseen_quantile(*values, 0.5)
    else:
        unseen = stats.unseen_mean(*values)
    return stats.difference(_figures(later, figure), _figures(earlier, figure), unseen)


# -- warnings --------------------------------------------------------------------------------------


def _warnings(arms: Mapping[str, Runs], labels: Labels, lang: str) -> Iterator[Told]:
    if any(len(runs) == 1 for runs in arms.values()):
        yield "warning.one_replication", {}
    for arm, runs in arms.items():
        name = _label("arms", arm, labels, lang)
        yield from _unreached(name, runs)
        for actor, rows in _pool_rows(runs):
            yield from _overload(name, _label("actors", actor, labels, lang), rows)


def _unreached(arm: str, runs: Runs) -> Iterator[Told]:
    if not sum(len(run.cases) for run in runs):
        yield "warning.no_cases", {"arm": arm}
    elif missing := sum(not metrics.reached(run.cases).any() for run in runs):
        yield "warning.none_reached", {"arm": arm, "missing": missing, "replications": len(runs)}


def _overload(arm: str, actor: str, rows: Any) -> Iterator[Told]:
    offered, capacity = int(rows["offered"].sum()), int(rows["capacity"].sum())
    if capacity and offered >= OVERLOAD * capacity:
        days = float(np.mean(rows["backlog"])) / DAY
        load = offered / capacity
        yield "warning.overload", {"arm": arm, "actor": actor, "load": load, "days": days}


def _label(kind: str, name: str, labels: Labels, lang: str) -> str:
    title = labels.get(kind, {}).get(name, {}).get(lang, name)
    return name if title == name else f"{title} ({name})"

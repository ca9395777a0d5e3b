"""Every KPI there is, an entry each: all that is computed, compared, kept and shown follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim import stats
from sim.kpi import estimators as of
from sim.kpi.elapsed import PARTS
from sim.kpi.estimators import Estimator, Quantile, Share
from sim.kpi.measures import FAILURES
from sim.kpi.units import A_CASE, DAY, DAYS, HOUR, HOURS, PERCENT, WHOLE, YEN, Unit
from sim.words import LANGUAGES, say

Titles = tuple[str, ...]
"""What something is called in each of ``LANGUAGES``; ``{unit}`` stands for the unit's own word."""


def in_language(titles: Titles, lang: str) -> str:
    """Return a title in ``lang``, or else in the first language."""
    return dict(zip(LANGUAGES, titles, strict=False)).get(lang, titles[0])


@dataclass(frozen=True)
class Metric:
    """One KPI of an arm.

    ``name``: its place in the result, a dot between group and member. ``titles``: none if no table
    shows it. ``alone``: titles where it stands without the heading of its group. ``compared``: its
    differences between arms are shown. ``grouped``: it is told of groups of cases. ``screen``: its
    indent on the page of one screen, None if it is not there. ``below``: the name of the figure it
    is a part of. ``rare``: tables show it only if it happened. ``bold``: it stands out.
    """

    name: str
    estimator: Estimator
    unit: Unit
    titles: Titles = ()
    alone: Titles = ()
    compared: bool = False
    grouped: bool = False
    screen: int | None = None
    below: str = ""
    rare: bool = False
    bold: bool = False

    @property
    def group(self) -> str:
        """Return the first part of its name."""
        return self.name.partition(".")[0]

    def title(
        self, lang: str, unit: Unit | None = None, *, alone: bool = False, apart: bool = False
    ) -> str:
        """Return what it is called if shown in ``unit``; ``apart``: if it is a difference."""
        titles = self.alone if alone and self.alone else self.titles
        shown = unit or self.unit
        word = shown.apart if apart and shown.apart else shown.word
        return in_language(titles, lang).format(unit=say(word, lang) if word else "")


@dataclass(frozen=True)
class PoolMetric:
    """One figure of a pool of staff: the ratio of two columns of ``sim.kpi.pools.POOLS``."""

    name: str
    over: str
    under: str
    unit: Unit
    titles: Titles
    scale: float = 1
    bounds: stats.Bounds = stats.AMOUNT

    def estimate(self, rows: Any) -> stats.Estimate:
        """Return the mean of the ratio over ``rows``, one a replication.

        Work in hand that outlasts a shift makes nobody busier than busy. Of replications with no
        staff on duty, or no visit, nothing can be said.
        """
        some = rows[rows[self.under] > 0]
        ratios = some[self.over] / some[self.under] / self.scale
        return stats.mean(np.clip(ratios, *self.bounds), bounds=self.bounds)

    def title(self, lang: str) -> str:
        """Return what it is called."""
        return in_language(self.titles, lang)


HEADINGS: Final[Mapping[str, Titles]] = {
    "latency_days": ("Latency (days)", "所要日数"),
    "effort_hours": ("Hours of work a case", "作業時間（時間/件）"),
    "burden": ("Burden a case", "負担（件あたり）"),
    "money_yen": (
        "Yen gone astray, all cases of a replication",
        "誤って支払われた額（円、反復1回の全件合計）",
    ),
    "time_days": ("Where the days went", "時間の内訳（日）"),
}
"""What stands above the members of a group."""

_FAILURES: Final[Mapping[str, Titles]] = {
    "wrong_result": ("wrong result", "誤った結果"),
    "incomplete": ("incomplete", "手続漏れ"),
    "gave_up": ("gave up", "断念"),
    "dismissed": ("dismissed", "却下"),
    "not_in_time": ("not in time", "期限・期間内に未了"),
}
_TRANSIT: Final[Mapping[str, Titles]] = {
    "transit_office": ("until an office acts", "うち行政の着手待ち"),
    "transit_person": ("until a person acts", "うち人の着手待ち"),
    "transit_system": ("system, post", "うちシステム・郵送"),
}
_TIMES: Final[Mapping[str, Titles]] = {
    "work": ("work", "作業"),
    "queue": ("in queue", "待ち行列"),
    "closed": ("closed hours", "閉庁・時間外"),
    "transit": ("in transit", "送達・処理待ち"),
    "busy": ("busy elsewhere", "手空き待ち"),
    "away": ("until a person comes", "不在待ち"),
    "response": ("response", "対応待ち"),
    **_TRANSIT,
    "rework": ("before the last return", "最後の差戻しまで"),
}


def _failure(kind: str) -> Metric:
    """Return the share of cases that fail in one way."""
    told = Share(of.judged(*FAILURES[kind]))
    name, titles = f"failures.{kind}", _FAILURES[kind]
    return Metric(name, told, PERCENT, titles, screen=1, below="failure_rate", rare=True)


def _outcome(verdict: str, titles: Titles = (), *, rare: bool = False) -> Metric:
    """Return the share of cases with one verdict; a failure is told by its kind instead."""
    told = Share(of.judged(verdict))
    return Metric(f"outcomes.{verdict}", told, PERCENT, titles, below="reached_rate", rare=rare)


def _time(part: str) -> Metric:
    """Return the days of one part of elapsed time; those of transit stand below it.

    Tables show waiting for people who come and go only where somebody does.
    """
    name, told, within = f"time_days.{part}", of.mean_if_reached(part, DAY), part in _TRANSIT
    below = "time_days.transit" if within else ""
    return Metric(name, told, DAYS, _TIMES[part], below=below, rare=within or part == "away")


_METRICS: Final = (
    Metric(
        "reached_rate",
        Share(of.reached),
        PERCENT,
        ("Goal reached ({unit})", "目標到達率（{unit}）"),
        grouped=True,
        screen=0,
        bold=True,
    ),
    Metric(
        "latency_days.mean",
        of.mean_latency,
        DAYS,
        ("mean", "平均"),
        alone=("Mean latency (days)", "平均所要日数（日）"),
        compared=True,
        screen=0,
    ),
    Metric(
        "latency_days.p50",
        of.median_latency,
        DAYS,
        ("median", "中央値"),
        alone=("Median latency (days)", "所要日数の中央値（日）"),
        compared=True,
        grouped=True,
        screen=1,
    ),
    Metric(
        "latency_days.p90",
        Quantile(of.latencies, 0.9),
        DAYS,
        ("90th percentile", "90パーセンタイル"),
        screen=1,
    ),
    Metric(
        "failure_rate",
        Share(of.failed),
        PERCENT,
        ("Failure rate ({unit})", "失敗率（{unit}）"),
        compared=True,
        grouped=True,
        screen=0,
        bold=True,
    ),
    *map(_failure, FAILURES),
    Metric(
        "late_rate",
        Share(of.late),
        PERCENT,
        ("Deadline missed ({unit})", "期限超過率（{unit}）"),
        compared=True,
    ),
    _outcome("clean", ("clean", "問題なし")),
    _outcome("flawed", _FAILURES["wrong_result"]),
    _outcome("rejected", ("rejected", "不採択"), rare=True),
    _outcome("withdrawn", ("withdrawn", "取下げ"), rare=True),
    *map(_outcome, ("dismissed", "abandoned", "expired", "unfinished")),
    _outcome("incomplete", _FAILURES["incomplete"]),
    Metric(
        "returns",
        of.mean("returns"),
        A_CASE,
        ("Returns a case", "差戻し（回/件）"),
        compared=True,
        grouped=True,
        screen=0,
    ),
    Metric(
        "effort_hours.applicant",
        of.mean("applicant", HOUR),
        HOURS,
        ("applicant", "申請者"),
        alone=("Applicant's hours", "申請者（時間/件）"),
        compared=True,
        grouped=True,
        screen=0,
    ),
    Metric(
        "effort_hours.office",
        of.mean("office", HOUR),
        HOURS,
        ("offices", "行政側"),
        alone=("Offices' hours", "行政側（時間/件）"),
        compared=True,
        screen=0,
    ),
    Metric("burden.visits", of.mean("visits"), A_CASE, ("visits", "窓口訪問")),
    Metric("burden.forms", of.mean("forms"), A_CASE, ("forms", "様式")),
    Metric("burden.seals", of.mean("seals"), A_CASE, ("seals", "押印")),
    Metric("burden.logins", of.mean("logins"), A_CASE, ("logins", "ログイン")),
    Metric(
        "cost_yen",
        of.mean("cost"),
        YEN,
        ("Cost ({unit})", "コスト（{unit}/件）"),
        compared=True,
        screen=0,
        bold=True,
    ),
    Metric(
        "office_cost_yen",
        of.mean("office_cost"),
        YEN,
        ("Offices' cost ({unit})", "行政側のコスト（{unit}/件）"),
        screen=0,
        rare=True,
    ),
    Metric(
        "money_yen.mispaid",
        of.total("mispaid"),
        WHOLE,
        ("paid out", "誤支払"),
        alone=("Yen astray, in all", "誤支払（円、合計）"),
        grouped=True,
        screen=0,
        rare=True,
    ),
    Metric("money_yen.detected", of.total("detected"), WHOLE, ("detected", "うち判明")),
    Metric("money_yen.recovered", of.total("recovered"), WHOLE, ("recovered", "うち回収")),
    *map(_time, _TIMES),
)

METRICS: Final[Mapping[str, Metric]] = {metric.name: metric for metric in _METRICS}
"""All KPIs by name, in the order in which the result has them."""

TIMES: Final = tuple(METRICS[f"time_days.{part}"] for part in PARTS)
"""The parts that sum to elapsed time."""

POOL_METRICS: Final = (
    PoolMetric(
        "utilisation",
        "busy",
        "on_duty",
        PERCENT,
        ("Staff busy (%)", "稼働率（%）"),
        bounds=stats.SHARE,
    ),
    PoolMetric(
        "offered_load",
        "offered",
        "capacity",
        PERCENT,
        ("Work offered (% of staff time)", "仕事量（要員時間比、%）"),
    ),
    PoolMetric(
        "wait_hours",
        "waited",
        "granted",
        HOURS,
        ("Wait for staff (hours)", "窓口等の待ち（時間）"),
        scale=HOUR,
    ),
)


def compared() -> list[Metric]:
    """Return the KPIs of which differences between arms are shown."""
    return [metric for metric in METRICS.values() if metric.compared]


def grouped() -> list[Metric]:
    """Return the KPIs that are told of groups of cases."""
    return [metric for metric in METRICS.values() if metric.grouped]

"""A result such as `run` makes, with round numbers, for the tests of what is printed."""

from __future__ import annotations

from typing import Any

import pytest

Estimate = dict[str, float | None]

_ARMS = ("analog", "digital", "agentic")
_SPREAD = 0.03
_TIMES = ("work", "queue", "closed", "transit", "busy", "away", "response", "rework")
_TRANSIT = {"transit_office": 0.3, "transit_person": 0.5, "transit_system": 0.2}
_TIME_DAYS = {
    "analog": (2.31, 0.93, 9.84, 41.2, 1.27, 0.0, 3.18, 7.45),
    "digital": (1.12, 0.41, 5.22, 18.9, 0.63, 0.0, 1.49, 2.91),
    "agentic": (0.34, 0.22, 2.05, 8.61, 0.042, 0.0, 0.21, 0.64),
}
_CAUSES = {
    "analog": {"wrong_entry": 0.031, "portal_stale": 0.0214, "old_account_open": 0.0102},
    "digital": {"wrong_entry": 0.019, "portal_stale": 0.0263, "event_lost": 0.0011},
    "agentic": {"wrong_entry": 0.0232, "event_lost": 0.0009, "endless": 0.0},
}
_LABELS = {
    "arms": {
        "analog": {"en": "analog", "ja": "アナログ"},
        "digital": {"en": "digital", "ja": "デジタル"},
        "agentic": {"en": "agentic", "ja": "エージェント型AI"},
    },
    "causes": {
        "wrong_entry": {"en": "Wrong entry in the register", "ja": "誤登記"},
        "portal_stale": {"en": "Portal left with old data", "ja": "ポータルが旧情報のまま"},
        "old_account_open": {"en": "Old account left open", "ja": "旧アカウントの放置"},
        "event_lost": {"en": "Event lost", "ja": "通知の欠落"},
    },
    "goals": {
        "portals": {"en": "Portals up to date", "ja": "各サイトの更新"},
        "office": {"en": "Office notified", "ja": "関係機関への届出"},
    },
    "actors": {
        "registrar": {"en": "Registrar", "ja": "登記官"},
        "gbiz_centre": {"en": "G-Biz ID centre", "ja": "GビズID運用センター"},
    },
}


def _about(value: float, spread: float = _SPREAD) -> Estimate:
    return {"value": value, "low": value * (1 - spread), "high": value * (1 + spread)}


def _exactly(value: float) -> Estimate:
    return {"value": value, "low": value, "high": value}


def _share(value: float) -> Estimate:
    return {"value": value, "low": max(0, value - 0.0038), "high": value + 0.0041}


def _never() -> Estimate:
    return {"value": None, "low": None, "high": None}


def _arm(name: str, place: int) -> dict[str, Any]:
    times = dict(zip(_TIMES, map(_about, _TIME_DAYS[name]), strict=True))
    transit = times["transit"]["value"] or 0
    times |= {part: _about(transit * share) for part, share in _TRANSIT.items()}
    days = sum(_TIME_DAYS[name][:-1])
    failures = sum(_CAUSES[name].values())
    return {
        "cases": 8000,
        "events": 143_200 - 20_000 * place,
        "reached_rate": _share(0.934 + 0.02 * place),
        "latency_days": {
            "mean": _about(days, 0.02),
            "p50": _about(days * 0.92, 0.015),
            "p90": _about(days * 1.55) if place else _never(),
        },
        "failure_rate": _share(failures),
        "late_rate": _share(0.138 if name == "analog" else 0.041 if name == "digital" else 0.0),
        "outcomes": {
            "clean": _share(0.93),
            "incomplete": _exactly(0),
            "flawed": _share(failures),
            "rejected": _exactly(0),
            "withdrawn": _share(0.0121 if place else 0.0243),
        },
        "failures": {
            "wrong_result": _share(failures),
            **{kind: _exactly(0) for kind in ("incomplete", "gave_up", "dismissed", "not_in_time")},
        },
        "causes": {cause: _share(share) for cause, share in _CAUSES[name].items()},
        "returns": _about((0.412, 0.1904, 0.0621)[place]),
        "effort_hours": {
            "applicant": _about((21.43, 9.62, 1.38)[place]),
            "office": _about((1.92, 1.31, 0.78)[place], 0.005),
        },
        "burden": {
            "visits": _about((3.21, 1.13, 0.22)[place], 0.01),
            "forms": _about((5.6, 4.1, 0.1)[place], 0.02),
            "seals": _exactly((4, 1, 0)[place]),
            "logins": _exactly((0, 6, 1)[place]),
        },
        "cost_yen": _about((64_350, 35_120, 14_210)[place], 0.02),
        "money_yen": {name: _exactly(0) for name in ("mispaid", "detected", "recovered")},
        "time_days": times,
    }


def _differences() -> list[dict[str, Any]]:
    pairs = (("analog", "digital"), ("analog", "agentic"), ("digital", "agentic"))
    changes = (
        ("latency_days.mean", -30.9, 0.71, 1e-9),
        ("latency_days.p50", -28.4, 0.66, 1e-9),
        ("failure_rate", -0.0042, 0.005, 0.43),
        ("late_rate", -0.0971, 0.008, 1e-7),
        ("returns", -0.2216, 0.02, 1e-7),
        ("effort_hours.applicant", -11.81, 0.4, 1e-9),
        ("effort_hours.office", 0.072, 0.05, 0.0213),
        ("cost_yen", -29_230, 1_100, 1e-9),
    )
    return [
        {
            "from": start,
            "to": end,
            "kpi": kpi,
            "value": value,
            "low": value - wide,
            "high": value + wide,
            "p": p,
        }
        for start, end in pairs
        for kpi, value, wide, p in changes
    ]


@pytest.fixture
def result() -> dict[str, Any]:
    """Three arms, two pools, three pairs; the 90 % quantile of the first arm is not reached."""
    busy = {name: _about(0.82 - 0.2 * place, 0.015) for place, name in enumerate(_ARMS)}
    wait = {name: _about(31.2 / (1 + 3 * place), 0.08) for place, name in enumerate(_ARMS)}
    load = {name: _about(1.1 - 0.3 * place) for place, name in enumerate(_ARMS)}
    both = {
        name: {
            "utilisation": busy[name],
            "offered_load": load[name],
            "wait_hours": wait[name],
        }
        for name in _ARMS
    }
    return {
        "scenario": "officer_change",
        "title": {
            "en": "Officer change, from the registry to every portal",
            "ja": "役員変更登記からすべてのポータルの更新まで",
        },
        "seed": 20260401,
        "replications": 20,
        "engine": "simpy",
        "digest": "3fa9c1d2" * 8,
        "arms": {name: _arm(name, place) for place, name in enumerate(_ARMS)},
        "pools": {"gbiz_centre": {"analog": both["analog"]}, "registrar": both},
        "differences": _differences(),
        "warnings": ["registrar (analog): offered load is 97 % of staffed time"],
        "labels": _LABELS,
    }

"""The result object, against figures worked by hand."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.compile.program import GroupSpec, ObservedSpec, ReportSpec
from sim.experiment.result import as_json
from sim.experiment.summary import summarise
from sim.kpi import metrics
from sim.kpi.measures import VERDICTS, Measures, Reported

HOUR = 3600
DAY = 86_400
COMPARED = [metric.name for metric in metrics.compared()]
T_1 = 12.706204736174694  # 97.5 % quantile of t with 1 degree of freedom


def result(arms: Mapping[str, Sequence[Measures]], **options: Any) -> dict[str, Any]:
    """Return the result of these arms as JSON, which it always is."""
    labels = options.pop("labels", {})
    said = summarise("office", {"en": "Office"}, 7, "simpy", arms, labels, **options)
    told = as_json(said)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    return told


@pytest.fixture
def paper(replication: Any) -> list[Measures]:
    """Two replications of four cases.

    First: clean after 1 and 3 days, one abandoned (tired), one rejected. Second: clean after 2 and
    4, flawed after 6, one unfinished (horizon).
    """
    first = [("clean", 1), ("clean", 3), ("abandoned", 9), ("rejected", 9)]
    second = [("clean", 2), ("clean", 4), ("flawed", 6), ("unfinished", 9)]
    bureau = {
        "actor": 1,
        "busy": 4 * HOUR,
        "on_duty": 8 * HOUR,
        "offered": 9,
        "capacity": 6,
        "granted": 4,
    }
    return [
        replication(
            first,
            [bureau | {"waited": 4 * HOUR}],
            cause=[-1, -1, 0, -1],
            returns=[0, 0, 2, 0],
            applicant=[4 * HOUR, 0, 0, 0],
            work=[DAY, DAY, 9 * DAY, 0],
            late=[0, 1, 0, 0],
        ),
        replication(
            second,
            [bureau | {"waited": 12 * HOUR}],
            cause=[-1, -1, 0, 1],
            returns=[0, 0, 2, 2],
            office=[0, 0, 0, 8 * HOUR],
            work=[DAY, DAY, 4 * DAY, 0],
            cost=[100, 0, 0, 300],
        ),
    ]


def values(estimates: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bare values of a group of estimates."""
    return {name: estimate["value"] for name, estimate in estimates.items()}


def test_the_head_says_what_was_run(paper: list[Measures]) -> None:
    """Scenario, title, seed, number of replications and engine."""
    told = result({"paper": paper})
    head = [told[name] for name in ("scenario", "title", "seed", "replications", "engine")]
    assert head == ["office", {"en": "Office"}, 7, 2, "simpy"]


def test_the_digest_is_that_of_all_logs_in_order(paper: list[Measures]) -> None:
    """SHA-256 of the logs' own digests, by arm, then by replication."""
    one, two = (
        replace(run, digest=digest) for run, digest in zip(paper, (b"1", b"2"), strict=True)
    )
    told = result({"paper": [one, two], "online": [two, two]})
    assert told["digest"] == hashlib.sha256(b"1222").hexdigest()


def test_cases_and_events_are_plain_totals(paper: list[Measures]) -> None:
    """Four cases and twelve rows in each of two replications."""
    arm = result({"paper": paper})["arms"]["paper"]
    assert (arm["cases"], arm["events"]) == (8, 24)


def test_latency_is_a_mean_of_those_who_arrive_and_quantiles_of_all(paper: list[Measures]) -> None:
    """Means of 2 and 4 days: 3, plus or minus t(1).

    Without the rejected case there are 1, 2, 3, 4, 6, inf, inf: the median is 4, p90 not reached.
    """
    latency = result({"paper": paper})["arms"]["paper"]["latency_days"]
    assert latency["mean"] == pytest.approx({"value": 3, "low": 0, "high": 3 + T_1})
    assert latency["p50"]["value"] == 4
    assert latency["p90"]["value"] is None


def test_rates_are_shares_of_all_cases(paper: list[Measures]) -> None:
    """Of eight cases five reached their goal, three failed (one of those flawed), one was late."""
    arm = result({"paper": paper})["arms"]["paper"]
    rates = values({name: arm[name] for name in ("reached_rate", "failure_rate", "late_rate")})
    assert rates == {"reached_rate": 5 / 8, "failure_rate": 3 / 8, "late_rate": 1 / 8}


def test_every_outcome_is_listed_and_they_sum_to_one(paper: list[Measures]) -> None:
    """Outcomes that never happened have a value of zero and a bound."""
    outcomes = result({"paper": paper})["arms"]["paper"]["outcomes"]
    assert list(outcomes) == list(VERDICTS)
    assert math.fsum(values(outcomes).values()) == 1
    assert outcomes["expired"]["value"] == outcomes["expired"]["low"] == 0
    assert outcomes["expired"]["high"] == pytest.approx(1 - 0.025 ** (1 / 8))


def test_failures_are_told_apart_and_sum_to_the_failure_rate(paper: list[Measures]) -> None:
    """One of eight cases ended wrong, one gave up, one was not done in time."""
    arm = result({"paper": paper})["arms"]["paper"]
    assert values(arm["failures"]) == {
        "wrong_result": 1 / 8,
        "incomplete": 0,
        "gave_up": 1 / 8,
        "dismissed": 0,
        "not_in_time": 1 / 8,
    }
    assert math.fsum(values(arm["failures"]).values()) == arm["failure_rate"]["value"]


def test_no_interval_leaves_what_its_quantity_can_be(paper: list[Measures]) -> None:
    """Two replications that differ much: amounts stay above 0, shares below 1, days in the run."""
    few = [replace(run, horizon=5 * DAY) for run in paper]
    told = result({"paper": few, "online": few[::-1]})
    arm, bureau = told["arms"]["paper"], told["pools"]["bureau"]["paper"]
    amounts = [
        *(*arm["latency_days"].values(), *arm["time_days"].values(), *arm["burden"].values()),
        *(*arm["effort_hours"].values(), *arm["money_yen"].values(), *bureau.values()),
        *(arm["returns"], arm["cost_yen"]),
    ]
    assert all(one["low"] >= 0 for one in amounts)
    assert arm["latency_days"]["mean"]["high"] == arm["time_days"]["work"]["high"] == 5
    points = [row for row in told["differences"] if row["kpi"].endswith("_rate")]
    assert all(-1 <= row["low"] <= row["high"] <= 1 for row in points)


def test_a_pool_is_never_busier_than_busy(replication: Any) -> None:
    """Work in hand may outlast the shift of those who do it."""
    pool = {"actor": 1, "busy": 5, "on_duty": 4}
    told = result({"paper": [replication([("clean", 1)], [pool])] * 2})
    assert told["pools"]["bureau"]["paper"]["utilisation"]["value"] == 1


def test_replications_that_agree_by_chance_do_not_make_a_figure_certain(replication: Any) -> None:
    """Cases of 1 to 3 days, the same in each replication: neither mean nor median is sure."""
    runs = [replication([("clean", 1), ("clean", 2), ("clean", 3)] * 7) for _ in range(3)]
    arms = {"paper": runs, "online": runs}
    told = result(arms)
    latency = told["arms"]["paper"]["latency_days"]
    assert latency["mean"]["low"] < 2 < latency["mean"]["high"]
    assert latency["p50"]["low"] < latency["p50"]["high"]
    rows = {row["kpi"]: row for row in told["differences"]}
    apart = rows["latency_days.mean"]
    assert apart["low"] < 0 < apart["high"]
    assert apart["p"] == 1


def test_cases_that_are_all_alike_make_a_figure_certain(replication: Any) -> None:
    """Every case takes two days, whoever runs it."""
    runs = [replication([("clean", 2)] * 2) for _ in range(3)]
    told = result({"paper": runs, "online": runs})
    sure = {"value": 2, "low": 2, "high": 2}
    latency = told["arms"]["paper"]["latency_days"]
    assert (latency["mean"], latency["p50"]) == (sure, sure)
    assert told["differences"][0]["low"] == told["differences"][0]["high"] == 0


def test_causes_of_one_each_sum_to_the_failure_rate_the_most_frequent_first(
    paper: list[Measures],
) -> None:
    """Tired failed two cases, the horizon one."""
    causes = values(result({"paper": paper})["arms"]["paper"]["causes"])
    assert list(causes.items()) == [("tired", 2 / 8), ("horizon", 1 / 8)]


def test_a_case_counts_for_each_of_its_harms(paper: list[Measures]) -> None:
    """The flawed case of the second replication (tired) also ended with the horizon's harm."""
    paper[1].failures[2, 1] = True
    arm = result({"paper": paper})["arms"]["paper"]
    assert values(arm["causes"]) == {"horizon": 2 / 8, "tired": 2 / 8}
    assert arm["failure_rate"]["value"] == 3 / 8


def test_a_cause_of_another_arm_is_listed_as_never_seen(
    replication: Any, paper: list[Measures]
) -> None:
    """All arms have the same causes, by name, whatever their numbers are."""
    clean = replication([("clean", 1)] * 4)
    sure = [replace(clean, causes=("horizon",), failures=clean.failures[:, :1])] * 2
    told = result({"paper": paper, "online": sure})
    assert values(told["arms"]["online"]["causes"]) == {"tired": 0, "horizon": 0}


def test_effort_returns_and_cost_are_means_a_case(paper: list[Measures]) -> None:
    """4 h and 8 h, 6 returns, 400 yen over eight cases."""
    arm = result({"paper": paper})["arms"]["paper"]
    assert values(arm["effort_hours"]) == {"applicant": 0.5, "office": 1}
    assert arm["returns"]["value"] == 0.75
    assert arm["cost_yen"]["value"] == 50
    assert values(arm["burden"]) == {"visits": 0, "forms": 0, "seals": 0, "logins": 0}


def test_the_parts_of_the_time_are_those_of_cases_that_reached_their_goal(
    paper: list[Measures],
) -> None:
    """Work of 1 and 1 day, then of 1, 1 and 4: means of 1 and 2. They sum to the mean latency."""
    parts = values(result({"paper": paper})["arms"]["paper"]["time_days"])
    assert list(parts) == [
        *("work", "queue", "closed", "transit", "busy", "away", "response"),
        *("transit_office", "transit_person", "transit_system", "rework"),
    ]
    assert parts["work"] == 1.5


def test_pools_stand_by_actor_and_arm(paper: list[Measures]) -> None:
    """Half of the time on duty busy, half as much again offered; waits of 1 and 3 h."""
    bureau = result({"paper": paper, "online": paper})["pools"]["bureau"]
    assert list(bureau) == ["paper", "online"]
    assert bureau["paper"]["utilisation"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    assert bureau["paper"]["offered_load"]["value"] == 1.5
    assert bureau["paper"]["wait_hours"] == pytest.approx({"value": 2, "low": 0, "high": 2 + T_1})


def test_a_pool_that_nobody_asked_for_has_no_wait(replication: Any) -> None:
    """Nothing granted: the wait is unknown, not zero."""
    idle = [replication([("clean", 1)], [{"actor": 1}]) for _ in range(2)]
    bureau = result({"paper": idle})["pools"]["bureau"]["paper"]
    assert values(bureau) == {"utilisation": None, "offered_load": None, "wait_hours": None}


def test_differences_are_to_the_first_arm_and_to_the_one_before(paper: list[Measures]) -> None:
    """Three arms: second minus first, third minus first, third minus second, each KPI once."""
    rows = result({"a": paper, "b": paper, "c": paper})["differences"]
    pairs = [(row["from"], row["to"]) for row in rows[:: len(COMPARED)]]
    assert pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [row["kpi"] for row in rows] == COMPARED * 3


def test_a_difference_is_the_later_arm_minus_the_earlier(
    replication: Any, paper: list[Measures]
) -> None:
    """Always 1 day instead of means of 2 and 4, medians of 3 and 4: minus 2 and minus 2.5.

    No failures instead of shares of 1/4 and 2/4: minus 3/8.
    """
    fast = [replication([("clean", 1)] * 4) for _ in range(2)]
    told = result({"paper": paper, "online": fast})["differences"]
    rows = {row["kpi"]: row["value"] for row in told}
    assert rows["latency_days.mean"] == -2
    assert rows["latency_days.p50"] == -2.5
    assert rows["failure_rate"] == -3 / 8
    assert rows["returns"] == -0.75


def test_p_values_are_adjusted_over_all_rows(replication: Any) -> None:
    """Costs that always differ by one yen have p = 0, all other rows are equal: p = 1.

    In each arm all cases of both replications cost the same.
    """
    arms = {
        arm: [replication([("clean", 1)], cost=[cost]) for cost in costs]
        for arm, costs in {"a": (1, 1), "b": (2, 2)}.items()
    }
    p = {row["kpi"]: row["p"] for row in result(arms)["differences"]}
    assert p == {name: 0 if name == "cost_yen" else 1 for name in COMPARED}


def test_one_replication_has_values_but_no_intervals(paper: list[Measures]) -> None:
    """Every bound and every p is null, and a warning says why."""
    told = result({"paper": paper[:1], "online": paper[:1]})
    assert told["arms"]["paper"]["failure_rate"] == {"value": 0.25, "low": None, "high": None}
    assert {row["p"] for row in told["differences"]} == {None}
    assert told["warnings"][0].startswith("one replication shows no spread")


def test_a_replication_that_reached_nothing_is_a_warning_not_a_zero(replication: Any) -> None:
    """The mean latency is that of the other replication."""
    runs = [replication([("clean", 2)]), replication([("abandoned", 1)], cause=[0])]
    told = result({"paper": runs})
    assert told["arms"]["paper"]["latency_days"]["mean"]["value"] == 2
    assert told["warnings"] == [
        "paper: 1 of 2 replications reached no goal; mean latency omits them"
    ]


def test_an_arm_without_cases_is_a_warning(replication: Any) -> None:
    """The warm-up may have swallowed them all."""
    told = result({"paper": [replication([])] * 2})
    assert told["warnings"][0].startswith("paper: no case counts")
    assert told["arms"]["paper"]["failure_rate"]["value"] is None


@pytest.mark.parametrize(("offered", "warned"), [(94, False), (95, True), (200, True)])
def test_a_pool_that_is_offered_too_much_is_a_warning(
    replication: Any, offered: int, *, warned: bool
) -> None:
    """From 95 % of the staffed open time on, by name, with the mean time to clear the backlog."""
    pool = {"actor": 1, "offered": offered, "capacity": 100}
    runs = [replication([("clean", 1)], [pool | {"backlog": days * DAY}]) for days in (2, 5)]
    said = f"paper: bureau is offered {offered}% of its staffed time; backlog of 3.5 days"
    assert result({"paper": runs})["warnings"] == ([said] if warned else [])


def test_warnings_are_said_in_the_readers_language_with_labels(replication: Any) -> None:
    """Titles come with the name that stands in the files."""
    pool = {"actor": 1, "offered": 120, "capacity": 100, "backlog": DAY}
    runs = [replication([("clean", 1)], [pool])] * 2
    labels = {
        "arms": {"paper": {"en": "Paper", "ja": "紙"}},
        "actors": {"bureau": {"en": "Bureau", "ja": "法務局"}},
    }
    told = result({"paper": runs}, labels=labels, lang="ja")
    assert told["labels"] == labels
    assert told["warnings"] == [
        "紙 (paper)：法務局 (bureau)に来る仕事は要員時間の120%。滞留の解消に1.0日"
    ]


def test_arms_must_have_equally_many_replications(paper: list[Measures]) -> None:
    """Pairs need partners."""
    with pytest.raises(ValueError, match="too many values"):
        result({"paper": paper, "online": paper[:1]})


# -- what the scenario asks for besides --------------------------------------------------------


@pytest.fixture
def asked(paper: list[Measures]) -> list[Measures]:
    """The two replications, with the days to a receipt, a card and whether the receipt was quick.

    The first three cases of the first replication and the first of the second have a card.
    """
    report = ReportSpec(
        ("receipt",),
        (GroupSpec("card", 0, ("false", "true")),),
        (ObservedSpec("X-1", "receipt", 2 * DAY, from_start=False, value=0.9),),
    )
    days = ([1.0, 2.0, math.inf, 4.0], [1.0, math.inf, math.inf, 8.0])
    cards = ([1, 1, 1, 0], [1, 0, 0, 0])
    return [
        replace(
            run,
            reported=Reported(
                report,
                np.array([some]).T,
                np.array([card]).T,
                np.array([some]).T <= 2,
            ),
        )
        for run, some, card in zip(paper, days, cards, strict=True)
    ]


def test_a_document_has_its_share_of_all_cases_and_its_days(asked: list[Measures]) -> None:
    """Five of eight were given it; of 1, 1, 2, 4, 8 and three infinities the fourth is 4."""
    receipt = result({"paper": asked})["arms"]["paper"]["documents"]["receipt"]
    assert receipt["reached_rate"]["value"] == 5 / 8
    assert values(receipt["days"]) == {"p50": 4, "p90": None}


def test_a_group_has_the_figures_of_its_cases(asked: list[Measures]) -> None:
    """With a card: clean after 1, 3 and 2 days, one abandoned after two returns and 4 hours."""
    card = result({"paper": asked})["arms"]["paper"]["groups"]["card"]
    assert list(card) == ["false", "true"]
    assert card["true"]["cases"] == 4
    assert values({name: card["true"][name] for name in ("reached_rate", "failure_rate")}) == {
        "reached_rate": 3 / 4,
        "failure_rate": 1 / 4,
    }
    assert card["true"]["latency_days"]["p50"]["value"] == 2
    assert card["true"]["returns"]["value"] == (2 / 3 + 0) / 2
    assert card["true"]["effort_hours"]["applicant"]["value"] == (4 / 3 + 0) / 2


def test_an_observed_share_stands_beside_the_simulated_one(asked: list[Measures]) -> None:
    """Three of eight had it within two days; ninety per cent did, as published."""
    observed = result({"paper": asked})["arms"]["paper"]["observed"]["X-1"]
    simulated = observed.pop("simulated")
    assert simulated["value"] == 3 / 8
    assert simulated["low"] < 3 / 8 < simulated["high"]
    assert observed == {"document": "receipt", "days": 2, "since": "case", "observed": 0.9}


def test_a_group_of_nobody_in_this_arm_knows_nothing(asked: list[Measures]) -> None:
    """In the other arm everybody has a card."""
    every = [
        replace(run.reported, values=np.ones((4, 1), np.int64))
        for run in asked
        if run.reported is not None
    ]
    other = [replace(run, reported=one) for run, one in zip(asked, every, strict=True)]
    card = result({"paper": asked, "online": other})["arms"]["online"]["groups"]["card"]
    assert card["false"]["cases"] == 0
    assert card["false"]["reached_rate"] == {"value": None, "low": None, "high": None}


def test_what_is_not_asked_for_is_not_there(paper: list[Measures], asked: list[Measures]) -> None:
    """Neither without a report nor for a part of it that names nothing."""
    further = {"documents", "groups", "observed"}
    assert not further & set(result({"paper": paper})["arms"]["paper"])
    only = ReportSpec(("receipt",), (), ())
    fewer = [
        replace(run, reported=replace(run.reported, report=only))
        for run in asked
        if run.reported is not None
    ]
    assert further & set(result({"paper": fewer})["arms"]["paper"]) == {"documents"}

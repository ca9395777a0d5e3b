"""The table of cases of one replication."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from sim.compile.nodes import Const, Switch
from sim.compile.program import PriceSpec, Program
from sim.kpi.measures import VERDICTS, measure
from sim.log import NEVER, OUTCOMES, Log
from tests.kpi.conftest import (
    AI,
    BUREAU,
    BY_AI,
    BY_OWNER_AND_BUREAU,
    BY_SCRIVENER,
    COLLECT,
    DRAFT,
    EXAMINE,
    HOUR,
    LOST,
    STALE,
    TIRED,
    WRONG,
)


@pytest.fixture
def log(logbook: Any) -> Log:
    """One case: a draft of 2 h, one of an AI, two collections of 1 h, one never begun."""
    collect = {"step": COLLECT, "profile": BY_OWNER_AND_BUREAU}
    return cast(
        "Log",
        logbook(
            [{"start": 9, "end": 16, "last": (COLLECT, 2), "late": 1, "returns": 2}],
            [
                {"step": DRAFT, "times": (9, 9, 9, 9, 11, 11)},
                {"step": DRAFT, "visit": 2, "profile": BY_AI, "times": (9, 9, 9, 9, 11, 11)},
                collect | {"times": (11, 11, 11, 11, 12, 12), "result": "returned"},
                collect | {"visit": 2, "times": (12, 12, 15, 15, 16, 16), "cause": (COLLECT, 1)},
                {
                    "step": EXAMINE,
                    "times": (11, 11, NEVER, NEVER, NEVER, 12),
                    "result": "withdrawn",
                },
            ],
        ),
    )


def only(model: Program, log: Log) -> Any:
    """Return the row of the only case."""
    (row,) = measure(model, log).cases
    return row


def test_hours_are_those_of_people_and_of_offices(model: Program, log: Log) -> None:
    """The owner drafts 2 h and collects 2 h with the bureau; the AI's hours are nobody's."""
    row = only(model, log)
    assert (row["applicant"], row["office"]) == (4 * HOUR, 2 * HOUR)


def test_a_professional_is_neither_applicant_nor_office(model: Program, logbook: Any) -> None:
    """A scrivener's hour is no effort of theirs; what it costs is a fee."""
    log = logbook(
        [{"start": 9, "end": 10, "last": (DRAFT, 1)}],
        [{"step": DRAFT, "profile": BY_SCRIVENER, "times": (9, 9, 9, 9, 10, 10)}],
    )
    row = only(model, log)
    assert (row["applicant"], row["office"], row["cost"]) == (0, 0, 0)
    assert row["work"] == HOUR


def test_a_flawed_case_fails_by_each_of_its_harms(model: Program, logbook: Any) -> None:
    """Its cause is the first of two harms; both have a part in the failure."""
    case = {"start": 9, "end": 10, "outcome": "flawed", "cause": STALE, "harms": (0, 1)}
    (failures,) = measure(model, logbook([case], [])).failures.tolist()
    assert [cause for cause, had_part in enumerate(failures) if had_part] == [STALE, WRONG]


def test_other_failures_have_one_cause_and_other_ends_none(model: Program, logbook: Any) -> None:
    """Given up: tired. Dismissed for a defect: that defect. Rejection is no failure."""
    ends = [("abandoned", TIRED), ("dismissed", WRONG), ("rejected", TIRED), ("clean", NEVER)]
    log = logbook([{"start": 9, "end": 9, "outcome": end, "cause": by} for end, by in ends], [])
    failures = measure(model, log).failures
    assert failures.shape == (4, len(model.causes))
    assert [line.nonzero()[0].tolist() for line in failures] == [[TIRED], [WRONG], [], []]


def test_a_case_with_nothing_but_loose_ends_is_incomplete(model: Program, logbook: Any) -> None:
    """`stale` is a loose end, `wrong` is not: the second case ended with both."""
    flawed = {"start": 9, "end": 10, "outcome": "flawed", "cause": STALE}
    told = measure(model, logbook([flawed | {"harms": (0,)}, flawed | {"harms": (0, 1)}], []))
    assert [VERDICTS[code] for code in told.cases["verdict"]] == ["incomplete", "flawed"]
    assert told.cases["outcome"].tolist() == [OUTCOMES.index("flawed")] * 2


@pytest.mark.parametrize(
    ("end", "money", "verdict", "lost"),
    [
        ("clean", (500, 0, 0), "flawed", True),
        ("clean", (500, 500, 499), "flawed", True),
        ("clean", (500, 500, 500), "clean", False),
        ("rejected", (500, 0, 0), "flawed", True),
        ("withdrawn", (500, 0, 0), "flawed", True),
        ("abandoned", (500, 0, 0), "abandoned", True),
    ],
)
def test_money_that_stayed_astray_is_a_failure(  # noqa: PLR0913 -- a row
    model: Program, logbook: Any, end: str, money: tuple[int, int, int], verdict: str, *, lost: bool
) -> None:
    """However well the case ended; its cause is the money, beside what else it failed by."""
    case = {"start": 9, "end": 9, "outcome": end, "money": money, "cause": TIRED}
    told = measure(model, logbook([case], []))
    assert [VERDICTS[code] for code in told.cases["verdict"]] == [verdict]
    causes = {TIRED} if end == "abandoned" else set()
    assert {*told.failures[0].nonzero()[0]} == causes | ({LOST} if lost else set())


def test_an_incomplete_case_that_lost_money_is_wrong(model: Program, logbook: Any) -> None:
    """A wrong result is worse than a loose end."""
    case = {"outcome": "flawed", "cause": STALE, "harms": (0,), "money": (1, 0, 0)}
    (row,) = measure(model, logbook([{"start": 9, "end": 9} | case], [])).cases
    assert VERDICTS[row["verdict"]] == "flawed"


def test_burden_counts_each_visit_that_was_worked(model: Program, log: Log) -> None:
    """One form and two seals for the draft, one visit and 300 yen for the first collection.

    Second visits have a burden of their own: none here.
    """
    row = only(model, log)
    told = [row[name] for name in ("visits", "forms", "seals", "logins", "fee")]
    assert told == [1, 1, 2, 0, 300]


def test_the_cost_is_the_hours_of_people_and_the_fees(model: Program, log: Log) -> None:
    """Four hours at 2,400 yen and a fee of 300 yen; offices' hours are not the applicant's cost."""
    assert only(model, log)["cost"] == 4 * 2400 + 300


def test_the_cost_of_offices_is_their_hours(model: Program, log: Log) -> None:
    """Two hours of the bureau at 5,000 yen."""
    assert only(model, log)["office_cost"] == 2 * 5000


def test_prices_are_paid_for_each_document_of_each_visit(model: Program, log: Log) -> None:
    """The bureau asks 70 yen for what it gives, the AI 9; who pays is told apart.

    Each is asked as often as a visit of it was worked.
    """
    worked = [row["profile"] for row in log.events if row["finished"] != NEVER]
    takers = [model.profiles[profile].actors for profile in worked]
    bureau, ai = (sum(actor in some for some in takers) for actor in (BUREAU, AI))
    assert bureau > 0
    assert ai > 0
    plain = only(model, log)
    for office in (False, True):
        row = only(
            replace(model, prices=(PriceSpec(BUREAU, 70, office), PriceSpec(AI, 9, office=False))),
            log,
        )
        assert row["cost"] - plain["cost"] == 9 * ai + (0 if office else 70 * bureau)
        assert row["office_cost"] - plain["office_cost"] == (70 * bureau if office else 0)


def test_a_fee_may_depend_on_the_case(model: Program, log: Log) -> None:
    """10,000 yen, but 30,000 where the attribute is 1; a second visit is asked for as such."""
    log.attributes[0, 0] = 1
    fee = Switch(0, ((((1, 1),), Const(30_000)),), Const(10_000))
    drafting, *others = model.profiles
    costly = replace(drafting, first=replace(drafting.first, fee=fee))
    row = only(replace(model, profiles=(costly, *others)), log)
    assert (row["fee"], row["forms"]) == (30_300, 1)


def test_the_parts_of_the_time_stand_beside_each_other(model: Program, log: Log) -> None:
    """The way to the end: 2 h until the first collection, 1 h of it, 3 h of queue, 1 h of work."""
    row = only(model, log)
    hours = {name: row[name] / HOUR for name in ("work", "queue", "response", "rework")}
    assert hours == {"work": 2, "queue": 3, "response": 2, "rework": 3}


def test_transit_stands_beside_its_parts(model: Program, logbook: Any) -> None:
    """The bureau's examination, done at 10, is given at 15."""
    log = logbook(
        [{"start": 9, "end": 15, "last": (EXAMINE, 1)}],
        [{"step": EXAMINE, "times": (9, 9, 9, 9, 10, 15)}],
    )
    row = only(model, log)
    names = ("transit", "transit_office", "transit_person", "transit_system")
    assert [row[name] / HOUR for name in names] == [5, 5, 0, 0]


def test_what_the_log_says_of_a_case_is_kept(model: Program, log: Log) -> None:
    """Start, end, outcome, lateness and returns come from the log."""
    row = only(model, log)
    assert (row["start"], row["end"]) == (9 * HOUR, 16 * HOUR)
    assert (row["outcome"], row["late"], row["returns"]) == (0, 1, 2)


def test_background_cases_are_left_out(model: Program, logbook: Any) -> None:
    """Of a filer and another's case only the filer's is in the table; all visits are counted."""
    (filers,) = model.streams
    streams = (filers, replace(filers, name="others", background=True))
    log = logbook(
        [{"start": 9, "end": 10}, {"start": 9, "end": 10, "stream": 1}],
        [
            {"case": 0, "step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
            {"case": 1, "step": DRAFT, "times": (9, 9, 9, 9, 10, 10)},
        ],
    )
    measures = measure(replace(model, streams=streams), log)
    assert measures.cases["case"].tolist() == [0]
    assert len(measures.failures) == 1
    assert measures.events == 2


def test_cases_of_the_warm_up_are_left_out(model: Program, logbook: Any) -> None:
    """A warm-up of ten hours leaves out the case that starts at 9 and keeps that of 10."""
    log = logbook([{"start": 9, "end": 10}, {"start": 10, "end": 11}], [])
    measures = measure(replace(model, warm_up=10 * HOUR), log)
    assert measures.cases["case"].tolist() == [1]


def test_measures_know_their_log(model: Program, log: Log) -> None:
    """Digest, replication and the names that the tables number."""
    measures = measure(model, log)
    assert measures.digest == log.digest()
    assert measures.replication == 0
    assert measures.actors == ("owner", "bureau", "counter", "ai", "scrivener", "portal")
    assert measures.causes == model.causes

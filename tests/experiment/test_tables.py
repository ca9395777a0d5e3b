"""Logs as tables: names for numbers, nothing for what never happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from sim.compile.program import Program
from sim.experiment.store import TABLES
from sim.experiment.tables import Chunk, Named, chunks
from sim.kpi.measures import VERDICTS
from sim.language.agent import ACTIONS
from sim.language.agent import EVENTS as RULE_EVENTS
from sim.log import CASES, DECISIONS, DEFECTS, EVENTS, LIFE, NEVER, Log


@pytest.fixture
def model() -> Program:
    """An owner and a bureau who draft and examine together."""
    world = SimpleNamespace(
        arm="paper",
        steps=("draft", "examine"),
        documents=("form", "permit"),
        attributes=("amount",),
        defects=("stale", "smudge", "wrong"),
        instances=(
            SimpleNamespace(defect=2, harm=True, origin=0),
            SimpleNamespace(defect=0, harm=True, origin=1),
            SimpleNamespace(defect=1, harm=False, origin=-2),
            SimpleNamespace(defect=0, harm=True, origin=1),
        ),
        causes=("tired",),
        rules=("owner.returned.tired",),
        streams=(SimpleNamespace(name="others"), SimpleNamespace(name="filers")),
        actors=(
            SimpleNamespace(name="owner", agent="business_owner"),
            SimpleNamespace(name="bureau", agent="registrar"),
        ),
        profiles=(
            SimpleNamespace(actors=(0,), channel=0),
            SimpleNamespace(actors=(0, 1), channel=1),
        ),
    )
    return cast("Program", world)


@pytest.fixture
def log() -> Log:
    """A background case and a filer's, who drafted, waits for the bureau and was asked once."""
    cases = [
        (0, 0, 0, 5, 6, 0, NEVER, 0, 0, NEVER, NEVER, 0, 0, 0),
        (1, 1, 2, 10, 90, 5, 0, 1, 1, 1, 1, 0, 0, 0),
    ]
    events = [
        (1, 0, 1, 0, 10, 10, 10, 10, 20, 20, 0, NEVER, NEVER, NEVER),
        (1, 1, 1, 1, 20, 20, NEVER, NEVER, NEVER, 90, 3, 0, 0, 1),
    ]
    give_up = ACTIONS["returned"].index("give_up")
    return Log(
        replication=3,
        events=np.array(events, EVENTS),
        cases=np.array(cases, CASES),
        decisions=np.array(
            [(90, 1, 0, RULE_EVENTS.index("returned"), 0, give_up, 1, 1)], DECISIONS
        ),
        milestones=np.array([[NEVER, NEVER], [20, NEVER]]),
        attributes=np.array([[7], [8]]),
        harms=np.array([[True, False, True], [True, False, False]]),
        queue_area=np.zeros(2, np.int64),
        defects=np.array(
            [
                (0, 1, 2, LIFE.index("made"), 10, NEVER, NEVER),
                (1, 1, 0, LIFE.index("made"), 20, 0, 1),
                (1, 1, 0, LIFE.index("missed"), 80, 1, 1),
                (1, 1, 0, LIFE.index("gone"), 90, NEVER, NEVER),
                (0, 1, 2, LIFE.index("gone"), 90, NEVER, NEVER),
            ],
            DEFECTS,
        ),
    )


@pytest.fixture
def tables(model: Program, log: Log) -> dict[str, Chunk]:
    """The tables of the log; only the filer's case counts."""
    dtype = [(name, CASES[name]) for name in (CASES.names or ())[:9]]
    row = (*tuple(log.cases[1])[:9], VERDICTS.index("abandoned"))
    table = np.array([row], [*dtype, ("verdict", "<i1")])
    return chunks(model, log, cast("Any", SimpleNamespace(cases=table)))


def read(chunk: Chunk) -> dict[str, list[Any]]:
    """Return the columns as people would see them."""
    told = {}
    for name, column in chunk.items():
        if isinstance(column, Named):
            told[name] = [None if c == NEVER else column.names[c] for c in column.codes]
        else:
            told[name] = column.tolist()
    return told


def test_the_tables_are_those_of_a_result_folder(tables: dict[str, Chunk]) -> None:
    """Cases, events and decisions, each row with its replication and arm."""
    assert sorted(tables) == sorted(TABLES)
    for chunk in tables.values():
        columns = read(chunk)
        assert list(columns)[:2] == ["replication", "arm"]
        assert set(columns["replication"]) == {3}
        assert set(columns["arm"]) == {"paper"}


def test_events_name_steps_actors_channels_results_rules_and_causes(
    tables: dict[str, Chunk],
) -> None:
    """The examination takes both actors and was caused by the draft."""
    events = read(tables["events"])
    assert events["step"] == ["draft", "examine"]
    assert events["actor"] == ["owner", "owner, bureau"]
    assert events["channel"] == ["analog", "digital"]
    assert events["result"] == ["given", "withdrawn"]
    assert events["rule"] == [None, "owner.returned.tired"]
    assert events["cause_step"] == [None, "draft"]
    assert events["cause_visit"] == [None, 1]
    assert "profile" not in events


def test_times_that_never_came_are_empty(tables: dict[str, Chunk]) -> None:
    """The examination was enabled at 20 and never granted."""
    events = read(tables["events"])
    assert events["enabled"] == [10, 20]
    assert events["granted"] == events["started"] == [10, None]
    assert events["finished"] == [20, None]


def test_cases_name_stream_channel_outcome_and_cause(tables: dict[str, Chunk]) -> None:
    """One row: the case that counts, with its own attributes and milestones."""
    cases = read(tables["cases"])
    assert cases["case"] == [1]
    assert (cases["stream"], cases["channel"]) == (["filers"], ["agentic"])
    assert (cases["outcome"], cases["cause"]) == (["abandoned"], ["tired"])
    assert cases["verdict"] == ["abandoned"]
    assert cases["late"] == [True]
    assert cases["attribute.amount"] == [8]
    assert (cases["given.form"], cases["given.permit"]) == ([20], [None])


def test_cases_say_which_harms_they_ended_with(tables: dict[str, Chunk]) -> None:
    """A column for each defect that can do harm; the smudge cannot."""
    cases = read(tables["cases"])
    harms = {name: column for name, column in cases.items() if name.startswith("harm.")}
    assert harms == {"harm.stale": [True], "harm.wrong": [False]}


def test_decisions_name_agent_event_rule_and_action(tables: dict[str, Chunk]) -> None:
    """The owner was asked about a return and gave up."""
    (decision,) = zip(*read(tables["decisions"]).values(), strict=True)
    assert dict(zip(tables["decisions"], decision, strict=True)) == {
        "replication": 3,
        "arm": "paper",
        "time": 90,
        "case": 1,
        "agent": "business_owner",
        "actor": "owner",
        "event": "returned",
        "rule": "owner.returned.tired",
        "action": "give_up",
        "step": "examine",
        "visit": 1,
    }


def test_defects_name_maker_and_what_happened(tables: dict[str, Chunk]) -> None:
    """A smudge lay in the locker with the permit; the draft's slip was missed once."""
    rows = [
        dict(zip(tables["defects"], row, strict=True))
        for row in zip(*read(tables["defects"]).values(), strict=True)
    ]
    told = [(row["slip"], row["defect"], row["maker"], row["what"]) for row in rows]
    assert told == [
        (0, "smudge", "permit", "made"),
        (1, "wrong", "draft", "made"),
        (1, "wrong", "draft", "missed"),
        (1, "wrong", "draft", "gone"),
        (0, "smudge", "permit", "gone"),
    ]
    missed, gone = rows[2], rows[4]
    assert (missed["made_step"], missed["made_visit"], missed["made"]) == ("draft", 1, 20)
    assert (missed["step"], missed["visit"], missed["time"]) == ("examine", 1, 80)
    assert (gone["made_step"], gone["made_visit"], gone["step"], gone["visit"]) == (None,) * 4

"""Learning: an amount that falls loop by loop is a lookup by time, written as one number."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic_core import PydanticCustomError

from sim.language.amounts import LONGEST, Kind
from sim.language.procedure import Procedure
from sim.language.quantity import MOST, Lookup, parse, steps
from sim.language.schema import MODELS, schema
from sim.study.parameters import figures_of
from sim.words import exists
from sim.yaml import source
from tests.conftest import Runner

LEARNING = {"first": "8%", "factor": 0.85, "every": "30d", "floor": "1%"}
DAY = 86_400
LEAST = "{procedure: p, applicant: me, actors: {me: man}, documents: {a: A}, defects: {slip: Slip}"


def learned(kind: Kind = "share", **changes: Any) -> Lookup:
    """Return a learned amount; ``changes``: parameters that are written otherwise."""
    found = parse({"learning": LEARNING | changes}, kind)
    assert isinstance(found, Lookup)
    return found


def test_in_each_loop_the_amount_falls_to_a_factor_of_what_it_was() -> None:
    """From the start of the scenario down to the floor, which is the last branch."""
    branches = dict(learned().cases)

    assert [key.key for key in branches][:3] == ["0d", "30d", "60d"]
    assert [amount.value for amount in branches.values()] == pytest.approx(  # type: ignore[union-attr]
        [max(0.01, 0.08 * 0.85**loop) for loop in range(len(branches))]
    )
    assert [amount.value > 0.01 for amount in branches.values()].count(False) == 1  # type: ignore[union-attr]


def test_it_is_what_a_lookup_by_time_says() -> None:
    """The same class with the same branches, so that whatever reads the one reads the other."""
    short = learned(first="8d", factor=0.5, floor="2d", kind="duration")
    written = parse({"by": "time", "0d": "8d", "30d": "4d", "60d": "2d"}, "duration")

    assert isinstance(written, Lookup)
    assert (short.variable, short.otherwise) == (written.variable, written.otherwise)
    amounts = [[(key, one.value) for key, one in q.cases] for q in (short, written)]  # type: ignore[union-attr]
    assert amounts[0] == amounts[1]


def test_any_kind_of_amount_can_be_learned() -> None:
    """Shares, numbers, durations, and durations on business days."""
    assert learned(first=3, factor="50%", floor=1, kind="number").cases[1][1].value == 1.5  # type: ignore[union-attr]
    assert learned(first="4bd", floor="1bd", kind="duration").cases[0][1].business  # type: ignore[union-attr]


def test_loops_that_are_no_whole_days_are_kept_to_the_second() -> None:
    """Half a day is half a day."""
    assert [key for key, _ in steps(8, 0.5, 43_200, 2)] == ["0d", "43200s", "1d"]


def test_without_a_floor_the_loops_still_end() -> None:
    """After so many, or where no scenario ever comes."""
    assert len([*steps(1, 0.999, DAY, 0)]) == MOST
    assert len([*steps(1, 0.999, 10 * 366 * DAY, 0)]) == LONGEST // (10 * 366 * DAY) + 1


@pytest.mark.parametrize(
    ("changes", "key", "at"),
    [
        ({"factor": 1.2}, "learning_factor", "factor"),
        ({"factor": 0}, "learning_factor", "factor"),
        ({"factor": 1}, "learning_factor", "factor"),
        ({"factor": "100%"}, "learning_factor", "factor"),
        ({"floor": "9%"}, "learning_floor", "floor"),
        ({"floor": "8%"}, "learning_floor", "floor"),
        ({"every": 0}, "law_not_positive", "every"),
        ({"every": "-3d"}, "duration_negative", "every"),
        ({"every": "20bd"}, "no_business_days", "every"),
        ({"first": "8 per cent"}, "not_a_share", "first"),
        ({"evry": "30d"}, "law_parameters", "evry"),
    ],
)
def test_a_mistake_is_said_where_it_stands(changes: Any, key: str, at: str) -> None:
    """In both languages, at the parameter that is wrong."""
    with pytest.raises(PydanticCustomError) as caught:
        learned(**changes)

    assert (caught.value.type, caught.value.context["at"]) == (key, ("learning", at))  # type: ignore[index]
    assert exists(key)


def test_a_parameter_that_is_missing_is_said() -> None:
    """All four are needed."""
    without = {name: value for name, value in LEARNING.items() if name != "floor"}
    with pytest.raises(PydanticCustomError) as caught:
        parse({"learning": without}, "share")

    assert caught.value.context is not None
    assert caught.value.context["wants"] == "every, factor, first, floor"


def test_days_and_business_days_do_not_mix() -> None:
    """First and floor are counted alike."""
    with pytest.raises(PydanticCustomError, match="mixed_days"):
        learned(first="4bd", floor="1d", kind="duration")


def test_it_is_listed_as_one_number_with_its_source_and_range() -> None:
    """And not once a loop."""
    slip = "{learning: {first: 8%, factor: 0.85, every: 30d, floor: 1%}, range: [4%, 12%]}"
    text = f"{LEAST}, steps: {{s: {{gives: [a], by: me, work: 1h, makes: {{slip: {slip}}}}}}}}}"
    (found,) = [f for f in figures_of(source.loads(text), MODELS["procedure"], {}) if f.range]

    assert found.path == "steps.s.makes.slip.learning"
    assert found.value == "first 8%, factor 0.85, every 30d, floor 1%"
    assert found.range == "4% – 12%"


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("{learning: {first: 8%, factor: 0.85, every: 30d, floor: 1%}, range: [4%, 12%]}", True),
        ("{learning: {first: 8%, factor: 0.85, every: 30d}}", False),
        ("{learning: {first: 8%, factor: 0.85, every: 30, floor: 1%}}", False),
    ],
)
def test_the_schema_and_the_program_agree(written: str, right: bool) -> None:  # noqa: FBT001 -- a case
    """An editor marks what the program refuses."""
    steps_ = f"steps: {{s: {{gives: [a], by: me, work: 1h, makes: {{slip: {written}}}}}}}"
    data = source.loads(f"{LEAST}, {steps_}}}").data
    assert Draft202012Validator(schema("procedure")).is_valid(data) is right
    if right:
        Procedure.model_validate(data)
        return
    with pytest.raises(ValueError, match="1 validation error"):
        Procedure.model_validate(data)


def test_who_comes_later_meets_fewer_mistakes(world: Runner) -> None:
    """In a run: all cases of the first loop err, half of the second, none after the third."""
    run = world(
        """
        applicant: owner
        actors: {owner: person}
        documents: {permit: Permit}
        defects: {slip: {en: Slip, ja: 誤り, harm: {en: wrong, ja: 誤り}}}
        steps:
          fill:
            gives: [permit]
            by: owner
            work: 1min
            makes: {slip: {learning: {first: 100%, factor: 0.5, every: 10d, floor: 50%}}}
        goal: [permit]
        """,
        case="{count: 400, arrivals: {uniform: [0d, 20d]}, using: [p]}",
    )
    flawed = [(case["start"] < 10 * DAY, case["outcome"] == "flawed") for case in run.cases()]
    early, late = ([bad for first, bad in flawed if first is half] for half in (True, False))

    assert all(early)
    assert 0.4 < sum(late) / len(late) < 0.6

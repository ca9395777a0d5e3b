"""What a key or a test stands for: exactly what is written, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sim.compile.nodes import VARIABLES
from sim.language.agent import Agent
from sim.language.amounts import MEASURES, Comparison, Kind
from sim.language.attribute import Amount, Chance, read
from sim.language.base import Noted
from sim.language.domain import AMOUNT, BUILT_IN, MOST, Domain, left
from sim.language.quantity import parse, typical

COLOURS = Domain("category", ("red", "blue"))


def test_every_variable_has_a_domain() -> None:
    """But for defects, which a journey names."""
    assert {*BUILT_IN, "defect"} == {*VARIABLES}


@pytest.mark.parametrize(
    ("name", "value", "spans"),
    [
        ("month", "12-2", ((12, 12), (1, 2))),
        ("month", "11-2", ((11, 12), (1, 2))),
        ("month", "6-7", ((6, 7),)),
        ("visit", "<= 2.5", ((-MOST, 2),)),
        ("visit", "< 2.5", ((-MOST, 2),)),
        ("visit", "> 2.5", ((3, MOST),)),
        ("visit", ">= 2.5", ((3, MOST),)),
        ("visit", "< 3", ((-MOST, 2),)),
        ("visit", "3", ((3, 3),)),
        ("waited", "> 0.5s", ((1, MOST),)),
        ("waited", "1d-2d", ((86_400, 172_800),)),
        ("made_in", "digital", ((1, 1),)),
    ],
)
def test_a_comparison_is_exact(name: str, value: str, spans: Any) -> None:
    """On whole numbers nothing is rounded; winter goes over the year's end."""
    assert BUILT_IN[name].spans(Comparison.read(value)) == spans


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("month", "13", "never_between"),
        ("month", "0-0", "never_between"),
        ("month", "9-1", "span_reversed"),
        ("visit", "5-2", "span_reversed"),
        ("visit", "0", "never_between"),
        ("visit", "1.4", "not_whole.number"),
        ("visit", "< 1", "never_between"),
        ("visit", "256", "never_between"),
        ("returns", "-1", "never_below"),
        ("returns", "< 0", "never_below"),
        ("queue", "2.5", "not_whole.number"),
        ("queue", True, "not_a_number"),
        ("confidence", "< 900%", "share_out_of_bounds"),
        ("confidence", "90%", "test_needs_comparison"),
        ("waited", "45d", "test_needs_comparison"),
        ("waited", "> 5bd", "no_business_days"),
        ("waited", "5d-2d", "span_reversed"),
        ("elapsed", "> 1e9", "not_a_duration"),
        ("made_in", "paper", "unknown_value"),
    ],
)
def test_what_can_never_hold_is_refused(name: str, value: Any, key: str) -> None:
    """A key outside of the possible values, a span that is empty, a unit that means nothing."""
    with pytest.raises(PydanticCustomError) as refused:
        BUILT_IN[name].spans(Comparison.read(value))
    assert refused.value.type == key


def noted(value: str) -> Noted:
    """Return a condition's value with its range behind it."""
    return Noted.model_validate({"value": value})


def test_a_gate_may_be_open_or_shut() -> None:
    """Shares are compared with the ends of their range: levers go so far."""
    assert BUILT_IN["confidence"].spans(Comparison.read("< 0%")) == ((-MOST, -1),)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (noted("< 90% (95%-99%)"), "value_outside_range"),
        (noted("< 90% (99%-85%)"), "range_reversed"),
        (noted("< 90% (1d-2d)"), "not_a_share"),
        ((Comparison.read("< 90%"), Comparison.read("< 80%")), "value_covered"),
    ],
)
def test_a_test_is_held_against_its_range_and_its_list(value: Any, key: str) -> None:
    """The number must lie in its range, and each item of a list must add something."""
    with pytest.raises(PydanticCustomError) as refused:
        BUILT_IN["confidence"].condition(value)
    assert refused.value.type == key


def test_a_word_has_no_range() -> None:
    """Only numbers lie within bounds."""
    with pytest.raises(PydanticCustomError, match="range_of_word"):
        COLOURS.condition(noted("red (1-2)"))


def test_what_is_left_of_spans() -> None:
    """Closed intervals of whole numbers, taken from each other."""
    assert left(((1, 12),), ((3, 4), (12, 20))) == ((1, 2), (5, 11))
    assert left(AMOUNT.all, ((-MOST, 5), (6, MOST))) == ()


@pytest.mark.parametrize(
    ("raw", "kind", "key"),
    [
        (-1, "yen", "value.at_least"),
        (1.5, "yen", "not_whole.number"),
        (10**401, "yen", "value.at_most"),
        (10**401, "share", "share_out_of_bounds"),
        (1e300, "amount", "value.at_most"),
        (2.7, "amount", "not_whole.number"),
        (True, "amount", "not_a_number"),
        (1.5, "count", "not_whole.number"),
        (-0.1, "factor", "value.at_least"),
        ("0.4s", "time", "not_whole.duration"),
        ("1bd", "work", "no_business_days"),
        ("3bd", "time", "no_business_days"),
        ("367d", "work", "too_long"),
        ("9" * 400 + "d", "duration", "too_long"),
        (1e-12, "share", "share_too_fine"),
        ({"gamma": {"mean": "1h", "cv": 1e-200}}, "work", "value.at_least"),
        ({"lognormal": {"median": "1h", "sigma": 1e6}}, "work", "value.at_most"),
        ({"exponential": {"mean": "3650d"}}, "duration", "law_beyond"),
        ({"exponential": {"mean": 0.5}}, "share", "law_beyond"),
        ({"uniform": [0.1, 0.3]}, "amount", "law_constant"),
        ({"uniform": [-5, 5]}, "amount", "value.at_least"),
        ({"quantiles": {"50": "1h", "60": "10h"}}, "duration", "law_below"),
        ({"quantiles": {"10": "50%", "90": "98%"}}, "share", "law_beyond"),
        ({"quantiles": {"10": "1h", "10.0": "2h"}}, "duration", "quantiles_twice"),
        ({"quantiles": {"0": "1h", "101": "2h"}}, "duration", "quantile_key"),
        ("7 (6.5-9)", "amount", "not_whole.number"),
    ],
)
def test_a_number_beyond_its_kind_is_refused(raw: Any, kind: Kind, key: str) -> None:
    """Neither cut nor rounded, and never a mistake of the program."""
    with pytest.raises(PydanticCustomError) as refused:
        parse(raw, kind)
    assert refused.value.type == key


@pytest.mark.parametrize("kind", MEASURES)
def test_the_bounds_of_a_kind_belong_to_it(kind: Kind) -> None:
    """The greatest number there is may be written."""
    measure = MEASURES[kind]
    raw = f"{measure.most}s" if measure.unit == "duration" else measure.most
    assert typical(parse(raw, kind)) == measure.most


def test_the_range_says_what_an_attribute_is() -> None:
    """1 with bounds of 1 and 5 is an amount; with bounds of 0 and 1 it is a share."""
    assert isinstance(read("1 (1-5)"), Amount)
    assert isinstance(read({"value": "1 (0-1)", "source": "X"}), Chance)


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ({"waiting": {"a": {"then": "give_up"}}}, "waiting_untimed"),
        ({"waiting": {"a": {"when": {"waited": "< 3d"}, "then": "give_up"}}}, "waiting_at_once"),
        (
            {"waiting": {"a": {"when": {"waited": "> 3d", "elapsed": "< 2d"}, "then": "give_up"}}},
            "waiting_never",
        ),
        ({"found": {"a": {"then": "return"}, "b": {"then": "overlook"}}}, "rule_unreached"),
        ({"drafted": {"a": {"when": {}, "then": "ask_human"}}}, "condition_empty"),
        (
            {"drafted": {"a": {"when": {"confidence": "< 900%"}, "then": "ask_human"}}},
            "share_out_of_bounds",
        ),
        ({"returned": {"a": {"when": {"returns": "> -1"}, "then": "redo"}}}, "never_below"),
    ],
)
def test_a_rule_that_never_counts_is_refused_with_the_agent_alone(rules: Any, key: str) -> None:
    """What an agent may test needs no procedure."""
    with pytest.raises(ValidationError) as refused:
        Agent.model_validate({"agent": "a", "kind": "ai", "rules": rules})
    assert [error["type"] for error in refused.value.errors()] == [key]

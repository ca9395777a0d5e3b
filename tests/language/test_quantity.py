"""Quantities as they are written, and whose source and range count."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic_core import PydanticCustomError

from sim.language.amounts import Comparison, Kind, parted
from sim.language.attribute import Amount, Chance, Constant, read
from sim.language.base import Condition, Noted
from sim.language.quantity import Fixed, Lookup, Provenance, Random, leaves, parse
from sim.language.schema import schema


def note(raw: Any, kind: Kind = "duration") -> Provenance:
    """Return the note of what is one number."""
    read = parse(raw, kind)
    assert isinstance(read, Fixed | Random)
    return read.note


@pytest.mark.parametrize(
    ("text", "kind", "value", "bounds"),
    [
        ("5min (2min-10min)", "duration", 300, ("2min", "10min")),
        ("5bd(2bd-10bd)", "duration", 432_000, ("2bd", "10bd")),
        ("0 (0-5min)", "work", 0, ("0", "5min")),
        ("80% (70%-90%)", "share", 0.8, ("70%", "90%")),
        ("0.8 (0.7 - 0.95)", "share", 0.8, ("0.7", "0.95")),
        ("2 (1-4)", "count", 2, ("1", "4")),
        ("-3 (-5--1)", "rank", -3, ("-5", "-1")),
        ("1.5 (1-2)", "factor", 1.5, ("1", "2")),
    ],
)
def test_the_range_of_a_number_stands_behind_it(
    text: str, kind: Kind, value: float, bounds: tuple[str, str]
) -> None:
    """In one text, alone or beside a source."""
    read = parse(text, kind)
    assert isinstance(read, Fixed)
    assert (read.value, read.business) == (value, "bd" in text)
    assert read.note == Provenance(None, bounds)
    assert note({"value": text, "source": "X-1"}, kind) == Provenance("X-1", bounds)


@pytest.mark.parametrize(
    ("raw", "key", "guess"),
    [
        ("5min (10min-20min)", "value_outside_range", None),
        ("5min (10min-2min)", "range_reversed", None),
        ("5min (2-10)", "duration_without_unit", None),
        ("5min (2min, 10min)", "not_a_duration", "5min (2min-10min)"),
        ("5min [2min, 10min]", "not_a_duration", "5min (2min-10min)"),
        ("5分（2〜10分）", "not_a_duration", None),
        ("5分（2分〜10分）", "not_a_duration", "5min (2min-10min)"),
        ("5 minutes (2min-10min)", "not_a_duration", "5min"),
        ({"value": "5min (2min-10min)", "range": ["2min", "10min"]}, "range_twice", None),
        ({"value": "5min", "range": 3}, "range_not_pair", None),
        ({"value": "1min", "range": ["2min", "10min"]}, "value_outside_range", None),
        ({"triangular": ["1h", "2h", "3h"], "range": ["1h", "3h"]}, "range_repeated", None),
        ({"uniform": ["1h", "3h"], "range": ["1h", "3h"], "source": "X"}, "range_repeated", None),
    ],
)
def test_another_way_to_write_it_is_refused_with_the_right_one(
    raw: Any, key: str, guess: str | None
) -> None:
    """Where it is clear what was meant."""
    with pytest.raises(PydanticCustomError) as caught:
        parse(raw, "duration")
    assert (caught.value.type, (caught.value.context or {}).get("guess")) == (key, guess)


@pytest.mark.parametrize(
    ("body", "bounds"),
    [
        ({"triangular": ["1h", "2h", "4h"]}, ("1h", "4h")),
        ({"uniform": ["1h", "4h"]}, ("1h", "4h")),
        ({"uniform": ["1h", "4h"], "range": ["1h", "5h"]}, ("1h", "5h")),
        ({"median": "1h", "p90": "4h"}, None),
        ({"exponential": {"mean": "1h"}}, None),
    ],
)
def test_the_ends_of_a_distribution_are_its_range_unless_it_has_another(
    body: Any, bounds: tuple[str, str] | None
) -> None:
    """With a source or without."""
    assert note(body) == Provenance(None, bounds)
    assert note(body | {"source": "X-1"}) == Provenance("X-1", bounds)


def test_no_text_takes_long_to_part() -> None:
    """Nor is one of many characters an amount."""
    for text in ("a" + " " * 100_000 + ")", "1 (" + "-" * 100_000 + " 2)", "1 (1-2)" + " " * 200):
        assert parted(text) == (text, None)


def test_a_branch_without_a_note_has_that_of_the_whole() -> None:
    """Its own one counts as a whole: its range has not the source of what is around it."""
    branches = {"1": "2h", "2": {"uniform": ["1h", "3h"]}, "3": "4h (3h-5h)"}
    nested = {"by": "month", "4": "5h", "else": {"value": "1h", "source": "Y"}}
    read = parse({"by": "n", **branches, "else": nested, "source": "X"}, "duration")
    assert isinstance(read, Lookup)
    notes = {path[-1]: (leaf.note.source, leaf.note.range) for path, leaf in leaves(read)}
    whole = ("X", None)
    assert notes == {
        "1": whole,
        "2": whole,
        "3": (None, ("3h", "5h")),
        "4": whole,
        "else": ("Y", None),
    }


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("80% (70%-90%)", Chance),
        ("0.8 (0.7-0.9)", Chance),
        ("12 (5-60)", Amount),
        ("1 (0-1)", Chance),
        ({"value": "1 (1-5)", "source": "X"}, Amount),
        ("large", Constant),
    ],
)
def test_an_attribute_with_a_range_is_what_its_numbers_are(raw: Any, kind: type) -> None:
    """A share up to 1, an amount beyond; a word is none of them."""
    assert isinstance(read(raw), kind)


def test_a_condition_has_its_range_behind_it_too() -> None:
    """Alone or beside a source."""
    written = {"n": ">= 5 (3-8)", "m": {"value": "< 90% (0%-100%)", "source": "X"}, "k": "2-5"}
    tests = Condition.model_validate(written).tests
    assert tests == {
        "n": Noted.model_construct(value=Comparison.read(">= 5"), source=None, range=(3, 8)),
        "m": Noted.model_construct(
            value=Comparison.read("< 90%"), source="X", range=("0%", "100%")
        ),
        "k": Comparison.read("2-5"),
    }


@pytest.mark.parametrize(
    ("work", "right"),
    [
        ("5min (2min-10min)", True),
        ("0 (0-10min)", True),
        ({"value": "5min (2min-10min)", "source": "X"}, True),
        ({"value": "5min", "range": ["2min", "10min"]}, True),
        ("5min (2min-10)", False),
        ("5min [2min, 10min]", False),
        ({"median": "5min (2min-10min)", "p90": "1h"}, False),
    ],
)
def test_an_editor_knows_the_form(work: Any, right: bool) -> None:  # noqa: FBT001 -- a case
    """The schema accepts what the program does."""
    step = {"gives": ["a"], "by": "me", "work": work}
    least = {"procedure": "p", "applicant": "me", "actors": {"me": "man"}, "documents": {"a": "A"}}
    assert (
        Draft202012Validator(schema("procedure")).is_valid(least | {"steps": {"s": step}}) is right
    )
    if right:
        parse(work, "work")
        return
    with pytest.raises(PydanticCustomError):
        parse(work, "work")

"""A key of a lookup and a test of a condition are read before it is known what they are of."""

from __future__ import annotations

import pytest

from sim.language.amounts import Comparison, Scalar
from sim.language.base import Condition
from sim.language.quantity import Lookup, parse


@pytest.mark.parametrize(
    ("written", "sign", "bounds"),
    [
        ("> 5", ">", (5,)),
        (" <=2.5", "<=", (2.5,)),
        (">= 90%", ">=", ("90%",)),
        ("6-7", "-", (6, 7)),
        ("1d - 2d", "-", ("1d", "2d")),
        ("-3", "=", (-3,)),
        (3, "=", (3,)),
        (True, "=", (True,)),
        ("small", "=", ("small",)),
        ("<", "=", ("<",)),
    ],
)
def test_what_is_written_has_a_sign_and_bounds(
    written: Scalar, sign: str, bounds: tuple[Scalar, ...]
) -> None:
    """Numbers are read as YAML does; what has a unit stays text until its domain is known."""
    one = Comparison.read(written)

    assert (one.written, one.sign, one.bounds) == (written, sign, bounds)
    assert one.compares == (sign in {"<", "<=", ">", ">="})


def test_conditions_and_lookups_hold_what_was_read() -> None:
    """Nobody looks at the text again."""
    condition = Condition.model_validate({"age": [3, "> 5"], "size": {"value": "small"}})
    lookup = parse({"by": "visit", "1": "1h", ">= 2": "5min"}, "work")

    assert condition.tests["age"] == (Comparison.read(3), Comparison.read("> 5"))
    assert condition.values("size") == ("small",)
    assert isinstance(lookup, Lookup)
    assert [key for key, _ in lookup.cases] == [Comparison.read("1"), Comparison.read(">= 2")]

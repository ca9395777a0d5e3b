"""Messages quote values as they are written in files."""

from __future__ import annotations

import pytest

from sim.yaml import meant
from sim.yaml.writer import quoted


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("3 hours", "3 hours"),
        ([1, "2d", None], "[1, 2d, null]"),
        ({"by": "month", "else": [True, False]}, "{by: month, else: [true, false]}"),
        (0.5, "0.5"),
        (True, "true"),
    ],
)
def test_a_value_is_quoted_in_the_spelling_of_a_file(value: object, written: str) -> None:
    """Nothing of Python's own notation reaches a planner."""
    assert quoted(value) == written


def test_a_long_value_is_cut() -> None:
    """A message quotes no more than it needs."""
    assert quoted("x" * 100) == "x" * 37 + "..."
    assert len(quoted({"a": list(range(100))}, most=20)) == 20


@pytest.mark.parametrize(
    ("word", "truth"),
    [("yes", "true"), ("On", "true"), ("はい", "true"), ("NO", "false"), ("maybe", None)],
)
def test_other_words_for_true_and_false_are_recognised(word: str, truth: str | None) -> None:
    """They are no truth values, but it is clear what was meant."""
    assert meant.truth(word) == truth

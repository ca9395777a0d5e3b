"""A problem is shown where it is, or at what comes nearest to it."""

from __future__ import annotations

import pytest

from sim.yaml.located import Address, Located, Mark, written
from sim.yaml.source import loads

TEXT = """\
steps:
  draft: {needs: [minutes, 同意書], work: 45min}
# a comment

goal:
  - portal
"""


def test_a_problem_points_at_the_value_or_the_key() -> None:
    """The excerpt is the source line; hint, guess and values are passed on."""
    located = loads(TEXT, "a.yaml")
    path = ("steps", "draft", "work")
    problem = located.problem(path, "value.missing", hint="yaml.use_spaces", guess="a", name="x")
    assert (problem.file, problem.line, problem.column) == ("a.yaml", 2, 40)
    assert problem.excerpt == TEXT.splitlines()[1]
    assert (problem.values, problem.hint, problem.guess) == ({"name": "x"}, "yaml.use_spaces", "a")
    assert located.problem(path, "value.missing", on="key").column == 34


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("steps", "draft", "by"), 2, 3),
        (("steps", "file", "by", 0), 1, 1),
        (("goal", 0, "by"), 6, 5),
        (("goal", 7), 5, 1),
        (("actors",), 1, 1),
    ],
)
@pytest.mark.parametrize("on", ["value", "key"])
def test_a_problem_of_something_missing_points_at_what_lacks_it(
    path: tuple[str | int, ...], line: int, column: int, on: str
) -> None:
    """The longest known part of a path counts: its key, or the list item itself."""
    problem = loads(TEXT).problem(path, "value.missing", on="key" if on == "key" else "value")
    assert (problem.line, problem.column) == (line, column)


def test_a_problem_of_a_file_whose_places_are_unknown_points_at_its_beginning() -> None:
    """Every problem of a file has a line and a column."""
    problem = Located("a.yaml", [], None, {}, {}).problem(("a",), "file.empty")
    assert (problem.line, problem.column, problem.excerpt) == (1, 1, "")


def test_a_problem_may_be_given_its_place() -> None:
    """Beyond the last line the excerpt is empty."""
    located = loads(TEXT)
    problem = located.problem_at(Mark(6, 3), "file.empty")
    assert (problem.line, problem.column, problem.excerpt) == (6, 3, "  - portal")
    assert located.problem_at(Mark(600, 1), "file.empty").excerpt == ""


@pytest.mark.parametrize(
    ("path", "address", "complete"),
    [
        (("steps", "a", "work"), ("steps", "a", "work"), True),
        (("steps", "a", "work", "half"), ("steps", "a", "work", "value", "half"), True),
        (("steps", "a", "needs", 1), ("steps", "a", "needs", 1), True),
        (("actors", "owner", "agent"), ("actors", "owner"), True),
        (("steps", "a", "delay", "time", "half"), ("steps", "a", "delay", "half"), True),
        (("steps", "a", "by"), ("steps", "a"), False),
        (("steps", "a", "needs", 2), ("steps", "a", "needs"), False),
        ((), (), True),
    ],
)
def test_a_path_in_a_definition_is_found_in_what_was_written(
    path: Address,
    address: Address,
    complete: bool,  # noqa: FBT001 -- what is expected
) -> None:
    """Short forms end sooner, numbers may lie below ``value``, and what lacks is told."""
    data = {
        "actors": {"owner": "person"},
        "steps": {
            "a": {
                "needs": ["x", "y"],
                "work": {"value": {"by": "damage", "half": "1h"}, "range": ["1h", "2h"]},
                "delay": {"by": "damage", "half": "1d"},
            }
        },
    }
    assert written(data, path) == (address, complete)

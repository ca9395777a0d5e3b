"""A problem is shown where it is, or at what comes nearest to it."""

from __future__ import annotations

import pytest

from sim.model.located import Located, Mark
from sim.model.source import loads

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

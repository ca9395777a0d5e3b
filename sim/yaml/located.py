"""Problems in their place: line and column of a value, found from where all of a file stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sim.errors import Problem
from sim.yaml import unseen

Address = tuple[str | int, ...]
"""The keys and indices that lead from the root of a file to a value."""


def written(data: Any, path: Address) -> tuple[Address, bool]:
    """Return where in ``data`` stands what a definition has at ``path``, and if it is all there.

    A number may be written below ``value``, a short form ends sooner, and parts that a definition
    adds are not written at all. False: what is written there lacks the last part.
    """
    done: Address = ()
    found = True
    for part in path:
        if isinstance(data, dict) and part not in data and "value" in data:
            done, data = (*done, "value"), data["value"]
        found = has(data, part)
        if found:
            done, data = (*done, part), data[part]
    return done, found or not isinstance(data, dict | list)


def has(data: Any, part: str | int) -> bool:
    """Tell whether ``part`` is a key of the mapping ``data`` or an index of the list."""
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Located:
    """One file as plain ``data``, with the place of every value and of every key.

    ``marks`` leads from an address to the place of the value there (``()`` is the root), ``keys``
    to the place of the key that leads there, for the values of mappings. What stands inside a
    repeated value (``*name``) has the place of the original. Without a ``file`` it is made up.
    """

    file: str
    lines: list[str]
    data: Any
    marks: dict[Address, Mark]
    keys: dict[Address, Mark]

    def problem(
        self, path: Address, key: str, /, *, on: Literal["value", "key"] = "value", **told: Any
    ) -> Problem:
        """Return the problem ``key`` at the value or the key of ``path``, as ``place`` finds it.

        ``told`` is what ``problem_at`` takes. Where a character that nobody sees stands in what is
        written there, that is the problem.
        """
        mark = self.place(path, on)
        hidden = self._unseen_at(mark)
        return self.problem_at(mark, key, **told) if hidden is None else self.unseen(hidden)

    def unseen(self, mark: Mark) -> Problem:
        """Return the problem that the character at ``mark`` is one that nobody sees."""
        name = unseen.called(self.line(mark.line)[mark.column - 1])
        return self.problem_at(mark, "yaml.unseen", hint="yaml.delete_it", character=name)

    def problem_at(
        self,
        mark: Mark,
        key: str,
        /,
        *,
        hint: str | None = None,
        guess: str | None = None,
        **values: object,
    ) -> Problem:
        """Return the problem ``key`` at ``mark``; what was made up stands nowhere."""
        if not self.file:
            return Problem(key, values, hint=hint, guess=guess)
        excerpt = self.line(mark.line)
        return Problem(key, values, self.file, mark.line, mark.column, excerpt, hint, guess)

    def _unseen_at(self, mark: Mark) -> Mark | None:
        """Return where in the word at ``mark``, or in a line that goes on with it, one stands."""
        column = unseen.in_token(self.line(mark.line), mark.column)
        if column is not None:
            return Mark(mark.line, column)
        column = unseen.in_indentation(self.line(mark.line + 1))
        return Mark(mark.line + 1, column) if column is not None else None

    def place(self, path: Address, on: Literal["value", "key"] = "value") -> Mark:
        """Return the place of the value or the key of ``path``.

        If the file has no such value, it is that of the key of the longest part of ``path`` there.
        """
        if on == "value" and path in self.marks:
            return self.marks[path]
        for end in range(len(path), -1, -1):
            mark = self.keys.get(path[:end]) or self.marks.get(path[:end])
            if mark is not None:
                return mark
        return Mark(1, 1)

    def line(self, number: int) -> str:
        """Return the line with this ``number``, counted from 1; an empty one behind the end."""
        return self.lines[number - 1] if number <= len(self.lines) else ""

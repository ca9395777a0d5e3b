"""Reads CSV: rows by the names of the first line, with a mark of where each cell is."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sim.errors import MOST_PROBLEMS, InvalidInput, Problem
from sim.yaml.located import Located, Mark
from sim.yaml.source import LINE_BREAK, MOST_VALUES, forbidden, scalar, text_of
from sim.yaml.unseen import in_token

_CELL: Final = re.compile(r'\s*+(?:"((?:[^"]|"")*+)"|([^",]*+))\s*+(,|$)')
"""A cell, bare or in quotation marks, with what ends it; nothing of it is tried twice."""

Cell = tuple[int, str]
"""The column at which a cell begins, and what it says."""


def load(path: Path, names_in: str) -> Located:
    """Return the rows of a file as mappings; empty cells and rows of none but these are left out.

    The key of a value stands in the first line. ``names_in``: the column that has to be there and
    stays text, whatever it looks like. Raises ``InvalidInput`` with all problems found.
    """
    text = text_of(path).removeprefix("\N{BOM}")
    located = Located(str(path), LINE_BREAK.split(text), [], {}, {})
    problems = list(islice(forbidden(located), MOST_PROBLEMS + 1))
    if not problems:
        problems = _Reader(located, names_in).read()
    if problems:
        raise InvalidInput(problems)
    return replace(located, marks={(): Mark(1, 1)} | located.marks)


class _Reader:
    """One pass over one file, whose rows and marks it fills in."""

    def __init__(self, located: Located, names_in: str) -> None:
        self._located = located
        self._names_in = names_in
        self._problems: list[Problem] = []

    def read(self) -> list[Problem]:
        lines = self._located.lines
        first = next((n for n, one in enumerate(lines, start=1) if one.strip()), None)
        if first is None:
            return [Problem("file.empty", file=self._located.file)]
        names = self._cells(first)
        self._check_names(first, names)
        for number in range(first + 1, len(lines) + 1):
            if len(self._problems) > MOST_PROBLEMS or not self._check_size(number):
                break
            cells = self._cells(number)
            if any(cell for _, cell in cells):
                self._add(number, cells, first, names)
        return self._problems

    def _check_names(self, line: int, names: list[Cell]) -> None:
        told = [name for _, name in names]
        for i, (column, name) in enumerate(names):
            hidden = in_token(self._located.line(line), column) if name else None
            if hidden is not None:
                self._problems.append(self._located.unseen(Mark(line, hidden)))
            elif name and name in told[:i]:
                self._note(Mark(line, column), "named_twice", name=name)
        if self._names_in not in told and not self._problems:
            self._note(Mark(line, 1), "table_names", name=self._names_in)

    def _check_size(self, line: int) -> bool:
        few = len(self._located.marks) <= MOST_VALUES
        if not few:
            self._note(Mark(line, 1), "table_too_many", most=f"{MOST_VALUES:,}")
        return few

    def _cells(self, line: int) -> list[Cell]:
        """Return the cells of a line; one that quotation marks spoil is noted, and the last."""
        text = self._located.line(line)
        cells: list[Cell] = []
        at, end = 0, ","
        while end == ",":
            found = _CELL.match(text, at)
            if found is None:
                self._note(Mark(line, text.index('"', at) + 1), "table_quote")
                return []
            quoted, bare, end = found.groups()
            begins = found.start(2) if quoted is None else found.start(1) - 1
            told = bare.strip() if quoted is None else quoted.replace('""', '"')
            cells.append((begins + 1, told))
            at = found.end()
        return cells

    def _add(self, line: int, cells: list[Cell], first: int, names: list[Cell]) -> None:
        rows, marks, keys = self._located.data, self._located.marks, self._located.keys
        if len(cells) != len(names):
            counts = {"given": len(cells), "wanted": len(names)}
            self._note(Mark(line, 1), "table_cells", **counts)
            return
        row: dict[str, Any] = {}
        marks[len(rows),] = Mark(line, 1)
        for (column, cell), (above, name) in zip(cells, names, strict=True):
            where = len(rows), name
            if cell and not name:
                self._note(Mark(line, column), "table_unnamed")
            elif cell:
                marks[where], keys[where] = Mark(line, column), Mark(first, above)
                row[name] = cell if name == self._names_in else scalar(cell)
        rows.append(row)

    def _note(self, mark: Mark, key: str, **told: Any) -> None:
        self._problems.append(self._located.problem_at(mark, key, **told))

"""Two logs of one run, row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import numpy as np

from sim.log import Log


def differences(one: Log, other: Log) -> list[str]:
    """Return every table of which two logs differ, with the first rows that only one has."""
    told = []
    for field in fields(Log):
        left, right = (np.asarray(getattr(log, field.name)) for log in (one, other))
        if left.shape != right.shape or not (left == right).all():
            told.append(f"{field.name}:\n{_unlike(_rows(left), _rows(right))}")
    return told


def _rows(table: np.ndarray[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the rows as tuples; a table without names is told with its row numbers."""
    rows = table.tolist()
    if table.dtype.names is not None:
        return [tuple(row) for row in rows]
    listed = [row if isinstance(row, list) else [row] for row in np.atleast_1d(table).tolist()]
    return [(i, *row) for i, row in enumerate(listed)]


def _unlike(left: list[tuple[Any, ...]], right: list[tuple[Any, ...]]) -> str:
    """Return some rows that only one side has, or the first place where the order differs."""
    first, second = Counter(left), Counter(right)
    rows = [f"  engine      {row}" for row in list(first - second)[:5]]
    rows += [f"  interpreter {row}" for row in list(second - first)[:5]]
    if not rows:
        place = next(i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
        rows = [f"  row {place}: {left[place]} here, {right[place]} there"]
    return "\n".join(rows)

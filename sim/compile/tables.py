"""Quantile tables: a random law in whole numbers, so that a run needs no floating point.

A draw is one whole number of 48 bits. Its upper 32 bits choose a cell: one of 1,024 equal ones, of
which the first and the last are halved 20 times towards the end. Its lower 16 bits choose the place
in the cell, on a straight line between the quantiles at its ends.

Quantiles are rounded half up with a hair's breadth to spare: the last bit of one does not decide
about its rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ppf = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A quantile function: from shares in [0, 1] to values, elementwise."""

CELLS: Final = 1024
HALVINGS: Final = 20
MOST: Final = 1 << 61
"""No table value is farther from 0 than this: differences fit into 63 bits."""

_HAIR: Final = 2.0**-20

_TAIL: Final = 2.0 ** -np.arange(HALVINGS + 10, 10, -1)
BOUNDARIES: Final[NDArray[np.float64]] = np.concatenate(
    [[0.0], _TAIL, np.arange(1, CELLS) / CELLS, 1 - _TAIL[::-1], [1.0]]
)
"""float64[1065]: the shares whose quantiles a table holds, at the boundaries of the 1,064 cells."""


def table(ppf: Ppf, scale: float = 1) -> list[int]:
    """Return the 1,065 quantiles of a law, rounded half up and cut at ``MOST``.

    ``scale``: units of the table in one unit of the law.
    """
    values = ppf(BOUNDARIES) * scale
    if np.isnan(values).any():
        raise ValueError("ppf (=nan somewhere in [0, 1]) must be a number everywhere")
    rounded = np.floor(np.clip(values, -MOST, MOST) + (0.5 + _HAIR))
    return [int(value) for value in rounded.tolist()]


def lookup(table: Sequence[int], bits: int) -> int:
    """Return the value of a 48-bit draw: on the straight line through its cell, rounded half up."""
    u = bits >> 16
    i = (u >> 22) + 20
    if i == 20:  # noqa: PLR2004 -- the halved first cell
        i = max(u.bit_length() - 2, 0)
    elif i == 1043:  # noqa: PLR2004 -- the halved last cell
        i = 1063 - max((u ^ 0xFFFF_FFFF).bit_length() - 2, 0)
    low = table[i]
    return low + ((table[i + 1] - low) * (bits & 0xFFFF) + 0x8000 >> 16)


def mean(table: Sequence[int]) -> float:
    """Return the mean of all draws from a table, in its own unit."""
    values = np.array(table, np.float64)
    return float(np.diff(BOUNDARIES) @ (values[1:] + values[:-1])) / 2

"""Learning: an amount that falls loop by loop, as the steps of a lookup by time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from sim.language.measure import DAY, LONGEST

MOST: Final = 1_000
"""After so many loops nothing is learned any more: a floor of nothing is never quite reached."""


def steps(first: float, factor: float, every: float, floor: float) -> Iterator[tuple[str, float]]:
    """Yield when each loop begins, as the key of a lookup by time, and the amount from then on.

    Loop k begins k times ``every`` seconds after the start. Its amount is the greater of ``floor``
    and ``first`` times ``factor`` to the power of k; the last loop is the one at the floor.
    """
    for loop in range(MOST):
        begins = math.floor(loop * every + 0.5)
        if begins > LONGEST:
            return
        amount = max(floor, first * factor**loop)
        yield (f"{begins // DAY}d" if begins % DAY == 0 else f"{begins}s"), amount
        if amount == floor:
            return

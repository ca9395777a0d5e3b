"""Learning: an amount that falls loop by loop, as the steps of a lookup by time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.language.amounts import amount, amounts, number, wrong
from sim.language.distribution import Told, exactly
from sim.language.json_schema import Shape, closed
from sim.language.measure import DAY, LONGEST, Measure
from sim.yaml.located import Address
from sim.yaml.quoted import quoted

MOST: Final = 1_000
"""After so many loops nothing is learned any more: a floor of nothing is never quite reached."""

NAME: Final = "learning"
_FALLS: Final = ("first", "floor")
_FIELDS: Final = {
    "first": "The amount from the start of the scenario on",
    "factor": "What is left of it after one loop, between 0 and 1",
    "every": "How long a loop takes, on all days",
    "floor": "What it never falls below",
}


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


def read(raw: Any, measure: Measure, at: Address) -> tuple[list[tuple[str, float]], bool]:
    """Return the steps of what stands under ``learning``, and whether they are business days.

    Raises a located error.
    """
    given = exactly(NAME, raw, [*_FIELDS], at)
    read, business = amounts({key: given[key] for key in _FALLS}, measure, at)
    factor, _ = number(
        given["factor"], "share" if isinstance(given["factor"], str) else "number", (*at, "factor")
    )
    every, _ = number(given["every"], "time", (*at, "every"))
    if not 0 < factor < 1:
        raise wrong("learning_factor", (*at, "factor"), given=quoted(given["factor"]))
    if every <= 0:
        raise wrong("law_not_positive", (*at, "every"), name="every", given=quoted(given["every"]))
    if read["floor"] >= read["first"]:
        told = {name: quoted(given[name]) for name in _FALLS}
        raise wrong("learning_floor", (*at, "floor"), **told)
    return [*steps(read["first"], factor, every, read["floor"])], business


def scaled(raw: Mapping[str, Any], first: float, measure: Measure, told: Told) -> dict[str, Any]:
    """Return what is learned as it is written when it begins with ``first``, in base units.

    The floor keeps its part of it.
    """
    old, floor = (amount(raw[name], measure)[0] for name in _FALLS)
    factor = first / old if old else 1
    return {**raw, "first": told(first), "floor": told(floor * factor)}


def shape(plain: Shape, share: Shape, time: Shape) -> Shape:
    """Return the JSON Schema of what stands under ``learning``."""
    kinds = {"factor": share, "every": time}
    told = {name: {**kinds.get(name, plain), "description": text} for name, text in _FIELDS.items()}
    return {**closed(told, *told), "description": "Falls as time goes on: learned loop by loop"}

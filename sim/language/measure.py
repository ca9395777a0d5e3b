"""What kinds of amounts there are: the unit of each, its bounds, and whether fractions count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["duration", "share", "number"]
Kind = Literal[
    "duration",
    "time",
    "gap",
    "work",
    "share",
    "number",
    "factor",
    "rank",
    "count",
    "amount",
    "yen",
]

DAY: Final = 86_400
LONGEST: Final = 10 * 366 * DAY
"""No duration is longer (seconds): calendars reach thirty years, on business days as well."""


@dataclass(frozen=True)
class Measure:
    """What an amount of one kind may be, in base units: seconds, shares of one, or plain numbers.

    ``whole``: a plain one has no fraction. ``business``: it may be counted on business days.
    """

    unit: Unit
    most: int
    least: float = 0
    whole: bool = True
    business: bool = False


MEASURES: Final[Mapping[Kind, Measure]] = {
    "duration": Measure("duration", LONGEST, business=True),
    "time": Measure("duration", LONGEST),
    "gap": Measure("duration", LONGEST, whole=False),
    "work": Measure("duration", 366 * DAY),
    "share": Measure("share", 1, whole=False),
    "number": Measure("number", 10**12, -(10**12), whole=False),
    "factor": Measure("number", 1_000, whole=False),
    "rank": Measure("number", 10**6, -(10**6)),
    "count": Measure("number", 10**6),
    "amount": Measure("number", 10**12),
    "yen": Measure("number", 10**12),
}
"""By kind: ``time`` runs on all days, ``work`` is hands-on, ``gap`` lies between two arrivals.

``rank`` is a place in a queue, ``count`` a number of people, ``amount`` what an attribute is.
The bounds are far above any use and far below what a
log can add up: 10**12 yen in each of 255 visits of two million cases.
"""

KEYS: Final = frozenset(("by", "else", "source", "range", "value", "true", "false"))
"""Words that stand for something else where a value might stand: no category or item has them."""

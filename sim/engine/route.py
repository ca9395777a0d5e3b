"""Routes: what is settled for a case about how each step is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.graph.chain import Chain

NOBODY: Final = -1


@dataclass(frozen=True)
class Route:
    """The profile that each step is done in, NOBODY if it is not, and the chain that follows.

    ``passes``: what a skipped step passes on: the documents that no other step gives. ``takes``:
    the turns of the steps that need somebody's limited attention, by whose.
    """

    profile: tuple[int, ...]
    passes: tuple[int, ...]
    chain: Chain
    takes: Mapping[int, int]


NO_ROUTE: Final = Route((), (), Chain(), {})
"""Of a case that has not arrived."""

"""How busy each pool of staff was, how long one waited for it, and whether it could cope at all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.model import Actor, Model
from sim.kpi.visits import Flags, Visits
from sim.log import NEVER

POOLS: Final = np.dtype(
    [
        ("actor", "<i2"),
        ("worked", "<i8"),  # open seconds of work done
        ("staffed", "<i8"),  # staff x open seconds from the start to the last finish
        ("granted", "<i8"),  # visits that got staff
        ("waited", "<i8"),  # seconds from enabled to granted, over those visits
        ("offered", "<i8"),  # seconds of work enabled while cases arrived
        ("capacity", "<i8"),  # staff x open seconds while cases arrived
        ("backlog", "<i8"),  # seconds from the last arrival to the last finish
    ]
)
"""One row a staffed actor. All streams count, background and warm-up too."""


def pools(model: Model, rows: Visits) -> NDArray[Any]:
    """Return the table ``POOLS``."""
    taken = members(model)[rows.log.events["profile"]]
    staffed = [number for number, actor in enumerate(model.actors) if actor.staffed]
    figures = [
        (number, *_pool(model, model.actors[number], rows, taken[:, number])) for number in staffed
    ]
    return np.array(figures, POOLS)


def members(model: Model) -> Flags:
    """Return which actors a profile takes: bool [profiles, actors]."""
    table = np.zeros((len(model.profiles), len(model.actors)), np.bool_)
    for number, profile in enumerate(model.profiles):
        table[number, list(profile.actors)] = True
    return table


def _pool(model: Model, actor: Actor, rows: Visits, own: Flags) -> tuple[int, ...]:
    """``own``: the visits that take the actor."""
    starts = rows.log.cases["start"]
    first, last = (int(starts.min()), int(starts.max())) if len(starts) else (0, 0)
    enabled, granted = rows.column("enabled"), rows.column("granted")
    worked, waited = own & rows.worked, own & (granted != NEVER)
    arriving = worked & (first <= enabled) & (enabled <= last)
    finish = int(rows.column("finished")[worked].max(initial=0))
    return (
        int(rows.work[worked].sum()),
        _capacity(model, actor, 0, finish),
        int(waited.sum()),
        int((granted - enabled)[waited].sum()),
        int(rows.work[arriving].sum()),
        _capacity(model, actor, first, last),
        max(finish - last, 0),
    )


def _capacity(model: Model, actor: Actor, a: int, b: int) -> int:
    """Staff x open seconds in [a, b)."""
    calendar = model.calendars[actor.calendar]
    ends = [start for start, _ in actor.staff[1:]] + [b]
    total = 0
    for (start, staff), end in zip(actor.staff, ends, strict=True):
        if max(start, a) < min(end, b):
            total += staff * calendar.open_between(max(start, a), min(end, b))
    return total

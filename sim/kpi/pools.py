"""How busy each pool of staff was, how long one waited for it, and whether it could cope at all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.model import Actor, Model
from sim.kpi.visits import Flags, Ints, Visits, open_seconds
from sim.log import NEVER

POOLS: Final = np.dtype(
    [
        ("actor", "<i2"),
        ("worked", "<i8"),  # open seconds of work done
        ("staffed", "<i8"),  # staff x open seconds from the start to the last finish
        ("granted", "<i8"),  # visits that got staff
        ("waited", "<i8"),  # open seconds from enabled to started, over those visits
        ("offered", "<i8"),  # seconds of work asked for while cases arrived, done or not
        ("capacity", "<i8"),  # staff x open seconds while cases arrived
        ("backlog", "<i8"),  # seconds from the last arrival to the last finish
    ]
)
"""One row a staffed actor. All streams count, background and warm-up too.

A row of the log shows one wait for all pools of its visit; it counts whole for each of them.
"""


def pools(model: Model, rows: Visits) -> NDArray[Any]:
    """Return the table ``POOLS``."""
    taken = members(model)[rows.log.events["profile"]]
    staffed = [number for number, actor in enumerate(model.actors) if actor.staffed]
    waits, asked = _waits(model, rows), _asked(rows)
    figures = [
        (number, *_pool(model, model.actors[number], rows, taken[:, number], waits, asked))
        for number in staffed
    ]
    return np.array(figures, POOLS)


def members(model: Model) -> Flags:
    """Return which actors a profile takes: bool [profiles, actors]. Who rides takes nobody."""
    table = np.zeros((len(model.profiles), len(model.actors)), np.bool_)
    for number, profile in enumerate(model.profiles):
        table[number, [] if profile.rides else list(profile.actors)] = True
    return table


def _waits(model: Model, rows: Visits) -> Ints:
    """Return the open seconds each visit waited for staff, 0 if it got none.

    No open second lies between grant and start, and a visit may be withdrawn between them.
    """
    waits, got = np.zeros(len(rows.place), np.int64), rows.column("granted") != NEVER
    enabled, granted = rows.column("enabled")[got], rows.column("granted")[got]
    waits[got] = open_seconds(model, rows.log.events["profile"][got], enabled, granted)
    return waits


def _asked(rows: Visits) -> NDArray[np.float64]:
    """Return the seconds of work each visit asks for: the mean of its profile if not worked."""
    profile = rows.log.events["profile"]
    count = np.bincount(profile, weights=rows.worked)
    mean = np.bincount(profile, weights=rows.work) / np.maximum(count, 1)
    return np.where(rows.worked, rows.work, mean[profile])


def _pool(  # noqa: PLR0913, PLR0917 -- columns of the rows
    model: Model,
    actor: Actor,
    rows: Visits,
    own: Flags,
    waits: Ints,
    asked: NDArray[np.float64],
) -> tuple[int, ...]:
    """``own``: the visits that take the actor."""
    starts = rows.log.cases["start"]
    first, last = (int(starts.min()), int(starts.max())) if len(starts) else (0, 0)
    enabled, granted = rows.column("enabled"), rows.column("granted")
    worked, got = own & rows.worked, own & (granted != NEVER)
    arriving = own & (enabled != NEVER) & (first <= enabled) & (enabled <= last)
    finish = int(rows.column("finished")[worked].max(initial=0))
    return (
        int(rows.work[worked].sum()),
        _capacity(model, actor, model.start, finish),
        int(got.sum()),
        int(waits[got].sum()),
        round(float(asked[arriving].sum())),
        _capacity(model, actor, first, last),
        max(finish - last, 0),
    )


def _capacity(model: Model, actor: Actor, a: int, b: int) -> int:
    """Staff x open seconds in [a, b)."""
    calendar = model.calendars[actor.calendar]
    ends = [start for start, _ in actor.staff[1:]] + [b]
    total = 0
    for (start, staff), end in zip(actor.staff, ends, strict=True):
        if start >= b:
            break
        if max(start, a) < min(end, b):
            total += staff * calendar.open_between(max(start, a), min(end, b))
    return total

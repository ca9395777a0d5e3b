"""How busy each pool of staff was, how long one waited for it, and whether it could cope at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.calendars import Calendar
from sim.compile.program import ActorSpec, Program, StepSpec
from sim.kpi.visits import Flags, Ints, Visits, open_seconds
from sim.log import NEVER

POOLS: Final = np.dtype(
    [
        ("actor", "<i2"),
        ("busy", "<i8"),  # staff x seconds held, in the pool's own hours
        ("on_duty", "<i8"),  # staff x open seconds while work comes in or is there
        ("granted", "<i8"),  # visits of cases that got staff
        ("waited", "<i8"),  # open seconds from enabled to started, over those visits
        ("offered", "<i8"),  # staff x seconds asked for while cases come, done or not
        ("capacity", "<i8"),  # staff x open seconds while cases come
        ("backlog", "<i8"),  # seconds from the last arrival to the last finish
    ]
)
"""One row a staffed actor. All streams count, background and warm-up too.

Other business of a pool keeps it busy, and what of it comes while cases come is offered as they
are; it has no part in waits, nor in when cases come and their last work is finished.
A row of the log shows one wait for all pools of its visit; it counts whole for each of them.
"""

_NEARLY: Final = 0.95
"""Share of a pool's visits after which work is taken to come in no more."""

Span = tuple[int, int]


def pools(model: Program, rows: Visits) -> NDArray[Any]:
    """Return the table ``POOLS``."""
    starts = rows.log.cases["start"][rows.log.cases["stream"] < model.own]
    arrivals = (int(starts.min()), int(starts.max())) if len(starts) else (0, 0)
    figures = [
        (number, *_pool(model, actor, _asked(model, rows, number), arrivals))
        for number, actor in enumerate(model.actors)
        if actor.staffed
    ]
    return np.array(figures, POOLS)


def takes(profile: StepSpec) -> tuple[int, ...]:
    """Return the actors that a visit takes. Who rides takes nobody."""
    return () if profile.rides else profile.actors


@dataclass(frozen=True)
class _Asked:
    """What the visits that joined its queue ask of a pool, an array element each.

    ``until``: when its staff is let go, or it leaves the queue. ``waited``: open seconds in the
    queue. No open second lies between grant and start, and a visit may be withdrawn between them.
    ``own``: whether it is of a case and not other business; ``lay``: whether it is business that
    lay there at the start.
    """

    profile: Ints
    enabled: Ints
    granted: Ints
    until: Ints
    waited: Ints
    worked: Flags
    own: Flags
    lay: Flags


def _asked(model: Program, rows: Visits, actor: int) -> _Asked:
    taking = [number for number, one in enumerate(model.profiles) if actor in takes(one)]
    joined = np.isin(rows.column("profile"), taking) & (rows.column("enabled") != NEVER)
    names = ("profile", "enabled", "granted", "finished", "closed")
    profile, enabled, granted, finished, closed = (rows.column(name)[joined] for name in names)
    worked, got = rows.worked[joined], granted != NEVER
    waited = np.zeros(len(profile), np.int64)
    waited[got] = open_seconds(model, profile[got], enabled[got], granted[got])
    until, cases = np.where(worked, finished, closed), rows.log.cases[rows.place[joined]]
    own, lay = cases["stream"] < model.own, cases["case"] < 0
    return _Asked(profile, enabled, granted, until, waited, worked, own, lay)


def _pool(model: Program, actor: ActorSpec, asked: _Asked, arrivals: Span) -> tuple[int, ...]:
    first, last = _coming(asked.enabled[asked.own], arrivals)
    other = asked.enabled[~asked.own]
    got = asked.granted != NEVER
    held = np.zeros(len(got), np.int64)
    own = model.calendars[actor.calendar]
    held[got] = own.open_between_many(asked.granted[got], asked.until[got])
    arriving = (first <= asked.enabled) & (asked.enabled <= last) & ~asked.lay
    begins = np.append(asked.enabled, other.min(initial=first))
    begins, ends = _joined(begins, np.append(asked.until, other.max(initial=last)))
    finish = int(asked.until[asked.worked & asked.own].max(initial=0))
    return (
        int(held.sum()),
        int(_on_duty(own, actor, begins, ends).sum()),
        int((got & asked.own).sum()),
        int(asked.waited[asked.own].sum()),
        round(float(_usual(asked, held)[arriving].sum())),
        int(_on_duty(own, actor, np.array([first]), np.array([last]))[0]),
        max(finish - arrivals[1], 0),
    )


def _coming(enabled: Ints, arrivals: Span) -> Span:
    """Return the time in which work comes in, from the first visit on.

    It is as long as cases arrive, or until nearly all visits have come; the last ones may be
    stragglers who were sent back when all was long over.
    """
    if not len(enabled):
        return arrivals
    ordered = np.sort(enabled)
    nearly_all = ordered[math.ceil(_NEARLY * len(ordered)) - 1]
    first = int(ordered[0])
    return first, max(int(nearly_all), first + arrivals[1] - arrivals[0])


def _usual(asked: _Asked, held: Ints) -> NDArray[np.float64]:
    """Return the staff seconds that each visit asks for: if not worked, its profile's mean or 0."""
    _, kind = np.unique(asked.profile, return_inverse=True)
    count = np.bincount(kind, weights=asked.worked)
    mean = np.bincount(kind, weights=held * asked.worked) / np.maximum(count, 1)
    return np.where(asked.worked, held, mean[kind])


def _joined(begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return the spans that some spans cover together, in order and apart from each other."""
    order = np.argsort(begins, kind="stable")
    begins, ends = begins[order], np.maximum.accumulate(ends[order])
    apart = begins[1:] > ends[:-1]
    return begins[np.append(True, apart)], ends[np.append(apart, True)]


def _on_duty(calendar: Calendar, actor: ActorSpec, a: Ints, b: Ints) -> Ints:
    """Return staff x open seconds in each [a, b)."""
    changes = np.array([second for second, _ in actor.staff], np.int64)
    staff = np.array([number for _, number in actor.staff], np.int64)
    between = staff[:-1] * calendar.open_between_many(changes[:-1], changes[1:])
    before = np.concatenate([[0], np.cumsum(between)])

    def until(seconds: Ints) -> Ints:
        seconds = np.maximum(seconds, changes[0])
        at = np.searchsorted(changes, seconds, side="right") - 1
        return np.asarray(before[at] + staff[at] * calendar.open_between_many(changes[at], seconds))

    return until(b) - until(a)

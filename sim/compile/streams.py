"""Streams as numbers: who comes, when, with what, wanting what.

Arrivals that a law spreads over a span come by that law restricted to the time that is open.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.attributes import attributes
from sim.compile.calendars import Calendar
from sim.compile.documents import deadlines, locker
from sim.compile.expressions import Expressions
from sim.compile.findings import Ppf
from sim.compile.nodes import EVER, MOST, ZERO, Const, Drawn, Node, Predicate
from sim.compile.opening import Openings
from sim.compile.program import TICKS, EndSpec, GoalSpec, StreamSpec
from sim.graph.journey import Place, below_place, knows
from sim.language.base import Condition
from sim.language.quantity import Fixed
from sim.log import OUTCOMES


def streams(names: Expressions, openings: Openings) -> tuple[StreamSpec, ...]:
    """Compile the streams of a scenario in order of their names.

    Each is told the keys of all draw points, so that no pass may follow.
    """
    cases = names.index.scenario.cases
    first = accumulate((cases[name].count for name in names.index.streams), initial=0)
    each = zip(names.index.streams, first, strict=False)
    specs = [_stream(names, openings, *one) for one in each]
    return tuple(replace(spec, crc=_keys(spec.name, names.points)) for spec in specs)


def _keys(stream: str, points: Iterable[str]) -> tuple[int, ...]:
    """Return the CRC-32 of each draw point's full name."""
    return tuple(zlib.crc32(f"{stream}:{point}".encode()) for point in points)


def _stream(names: Expressions, openings: Openings, name: str, first: int) -> StreamSpec:
    """Return a stream, whose first case has the number ``first``."""
    index, journey = names.index, names.journey
    definition = index.scenario.cases[name]
    sites = definition.sites
    arrivals, gaps = _arrivals(names, openings, name)
    order = index.requirements[name].steps
    wanted = {step.name for step in order}
    return StreamSpec(
        name=name,
        background=definition.background,
        count=definition.count,
        first_case=first,
        crc=(),
        steps=tuple(index.steps[t.name] for t in journey.used(name) if t.name in wanted),
        order=tuple(index.steps[step.name] for step in order),
        goals=_goals(names, name),
        ends=_ends(names, name),
        clocks=deadlines(names, name),
        attributes=attributes(names, name),
        locker=locker(names, name),
        arrivals=arrivals,
        gaps=gaps,
        calendar=openings.streams[name],
        applicant=index.actors[journey.applicant(name)],
        sites=sites.count if sites is not None else 0,
        shared=_shared(names, name, sites.share) if sites is not None else frozenset(),
    )


def _shared(names: Expressions, stream: str, shared: Sequence[str]) -> frozenset[int]:
    """Return the attributes that all cases of a site have in common."""
    known = names.attributes
    for i, name in enumerate(shared):
        where = names.index.place("cases", stream, "sites", "share", i)
        if name not in known:
            names.unknown(where, "attribute", name, known)
        names.chosen_later(name, where)
    return frozenset(known[name] for name in shared if name in known)


def _arrivals(names: Expressions, openings: Openings, stream: str) -> tuple[str, Node]:
    """Times between cases add up; a uniform, triangular or quantile law spreads them."""
    law: Any = names.index.scenario.cases[stream].arrivals
    place = names.index.place("cases", stream, "arrivals")
    if law == "at_once":
        return "at_once", ZERO
    if isinstance(law, Fixed):
        return "gaps", Const(round(law.value * TICKS))
    if not law.distribution.bounded:
        return "gaps", names.node(law, "gap", "arrival", place, scale=TICKS)
    calendar = openings.streams[stream]
    ppf = during(law.distribution.quantiles, openings.calendars[calendar], names.index.offset)
    if ppf is None:
        names.say(place, "arrivals_closed")
        return "spread", ZERO
    key = (law.distribution, "open", calendar)
    point, table = names.points.of("arrival"), names.table(key, ppf, 1, (0, MOST))
    return "spread", Drawn(point, table)


def _goals(names: Expressions, stream: str) -> tuple[GoalSpec, ...]:
    goals = []
    for document, condition, place in names.journey.goal(stream):
        where = below_place(place, "if")
        test, knowledge = _known_test(names, condition, f"goal/{document}", where)
        goals.append(GoalSpec(names.index.documents[document], test, knowledge))
    if not goals:
        names.say(names.index.place("cases", stream), "no_goal", on="key", stream=stream)
    return tuple(goals)


def _ends(names: Expressions, stream: str) -> tuple[EndSpec, ...]:
    ends = []
    for end, place in names.journey.ends(stream):
        name = next(iter(end.when.tests), "chance")
        where = below_place(place, "when")
        test, knowledge = _known_test(names, end.when, f"end/{name}", where)
        cause = names.index.causes[f"end.{name}"]
        ends.append(EndSpec(test or EVER, knowledge, OUTCOMES.index(end.as_), cause))
    return tuple(ends)


def _known_test(
    names: Expressions, condition: Condition | None, point: str, place: Place
) -> tuple[Predicate | None, int]:
    """Return a condition, and the hidden documents that it waits for."""
    if condition is None:
        return None, 0
    test = names.test(condition, point, place)
    return test, names.index.mask(map(knows, condition.tests))


_HALVINGS: Final = 64


def during(ppf: Ppf, calendar: Calendar, start: int) -> Ppf | None:
    """Return a law of moments on the condition that ``calendar`` is open; None if it never is.

    ``ppf``: moments in seconds since ``start``. Those returned are told in open seconds since
    ``start``, so that none lies in closed time: an open interval has its share of ``ppf`` over that
    of all, and inside of it the law is as ``ppf`` has it. Without closed time it is ``ppf`` itself.
    """
    opens = np.maximum(np.array(calendar.opens, np.float64) - start, 0)
    closes = np.maximum(np.array(calendar.closes, np.float64) - start, 0)
    before = np.cumsum(closes - opens) - (closes - opens)
    first = _below(ppf, opens)
    shares = _below(ppf, closes) - first
    held = shares > 0
    if not held.any():
        return None
    opens, closes, before = opens[held], closes[held], before[held]
    first, shares = first[held], shares[held]
    upto = np.cumsum(shares)
    last = before[-1] + closes[-1] - opens[-1] - 1

    def values(u: NDArray[np.float64]) -> NDArray[np.float64]:
        place = u * upto[-1]
        i = np.minimum(np.searchsorted(upto, place), len(upto) - 1)
        moment = ppf(np.clip(first[i] + place - (upto[i] - shares[i]), 0, 1))
        passed = before[i] + np.clip(moment, opens[i], closes[i]) - opens[i]
        held: NDArray[np.float64] = np.minimum(passed, last)
        return held

    return values


def _below(ppf: Ppf, moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of a law that lies before each moment, by halving."""
    low, high = np.zeros_like(moments), np.ones_like(moments)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = ppf(middle) >= moments
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    ends = ppf(np.array([0.0, 1.0]))
    return np.where(moments <= ends[0], 0.0, np.where(moments > ends[1], 1.0, high))

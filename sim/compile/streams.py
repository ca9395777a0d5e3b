"""Streams as numbers: who comes, when, with what, wanting what.

MERGED: Arrivals spread over a span: a law of moments, restricted to the time that is open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.attributes import attributes
from sim.compile.calendars import Calendar
from sim.compile.checks import keys_of
from sim.compile.documents import deadlines, locker
from sim.compile.expressions import Expressions
from sim.compile.findings import Findings, Ppf
from sim.compile.index import Index
from sim.compile.nodes import EVER, MOST, ZERO, Const, Drawn, Node, Predicate
from sim.compile.opening import Openings
from sim.compile.program import TICKS, EndSpec, GoalSpec, StreamSpec
from sim.errors import nearest
from sim.graph.journey import Journey, Place, below_place
from sim.language.base import Condition
from sim.language.distributions import Distribution
from sim.language.quantity import Fixed
from sim.language.scenario import Sites
from sim.log import OUTCOMES


def streams(
    index: Index, openings: Openings, found: Findings
) -> tuple[tuple[StreamSpec, ...], Findings]:
    """Compile the streams of a scenario in order of their names."""
    names = Expressions(index, found)
    compiler = _Streams(index, openings, names)
    counts = [index.scenario.cases[name].count for name in index.streams]
    first = accumulate(counts[:-1], initial=0)
    specs = [compiler.stream(*one) for one in zip(index.streams, first, strict=True)]
    points = tuple(names.points)
    return tuple(replace(s, crc=keys_of(s.name, points)) for s in specs), names.findings()


@dataclass(frozen=True)
class _Streams:
    """What a stream is compiled with."""

    index: Index
    openings: Openings
    names: Expressions

    @property
    def journey(self) -> Journey:
        """What the streams are of."""
        return self.index.journey

    def stream(self, name: str, first: int) -> StreamSpec:
        """Return a stream, whose first case has the number ``first``."""
        index, definition = self.index, self.index.scenario.cases[name]
        place: Place = ("scenario", index.scenario.scenario, ("cases", name))
        arrivals, gaps = self._arrivals(name, definition.arrivals, below_place(place, "arrivals"))
        order = index.requirements[name].steps
        wanted = {step.name for step in order}
        return StreamSpec(
            name=name,
            background=definition.background,
            count=definition.count,
            first_case=first,
            crc=(),
            steps=tuple(index.steps[t.name] for t in self.journey.used(name) if t.name in wanted),
            order=tuple(index.steps[step.name] for step in order),
            goals=self._goals(name),
            ends=self._ends(name),
            clocks=deadlines(index, self.names, name),
            attributes=attributes(index, self.names, name),
            locker=locker(index, self.names, name),
            arrivals=arrivals,
            gaps=gaps,
            calendar=self.openings.streams[name],
            applicant=index.actors[self.journey.applicant(name)],
            sites=definition.sites.count if definition.sites is not None else 0,
            shared=self._shared(definition.sites, below_place(place, "sites", "share")),
        )

    def _shared(self, sites: Sites | None, place: Place) -> frozenset[int]:
        """Return the attributes that all cases of a site have in common."""
        known = self.index.attributes
        shared = sites.share if sites is not None else ()
        for i, name in enumerate(shared):
            if name not in known:
                guess = nearest(name, known)
                self.names.say(below_place(place, i), "unknown_attribute", name=name, guess=guess)
        return frozenset(known[name] for name in shared if name in known)

    def _arrivals(self, stream: str, law: Any, place: Place) -> tuple[str, Node]:
        """Times between cases add up; a uniform, triangular or quantile law spreads them."""
        if law == "at_once":
            return "at_once", ZERO
        if isinstance(law, Fixed):
            return "gaps", Const(round(law.value * TICKS))
        if law.distribution.bounded:
            return "spread", self._spread(law.distribution, self.openings.streams[stream], place)
        return "gaps", self.names.node(law, "gap", "arrival", place, scale=TICKS)

    def _spread(self, law: Distribution, calendar: int, place: Place) -> Node:
        """Return a law of moments in the open seconds of a calendar."""
        open_ = during(law.quantiles, self.openings.calendars[calendar], self.index.offset)
        if open_ is None:
            self.names.say(place, "arrivals_closed")
            return ZERO
        key = (law, "open", calendar)
        return Drawn(self.names.point("arrival"), self.names.table(key, open_, 1, (0, MOST)))

    def _goals(self, stream: str) -> tuple[GoalSpec, ...]:
        goals = []
        for document, condition, place in self.journey.goal(stream):
            where = below_place(place, "if")
            test, knowledge = self._known_test(condition, f"goal/{document}", where)
            goals.append(GoalSpec(self.index.documents[document], test, knowledge))
        if not goals:
            place = ("scenario", self.index.scenario.scenario, ("cases", stream))
            self.names.say(place, "no_goal", on="key", stream=stream)
        return tuple(goals)

    def _known_test(
        self, condition: Condition | None, point: str, place: Place
    ) -> tuple[Predicate | None, int]:
        if condition is None:
            return None, 0
        test = self.names.test(condition, point, place)
        waits = (f"?{name}" for name in condition.tests)
        return test, self.index.mask(name for name in waits if name in self.index.documents)

    def _ends(self, stream: str) -> tuple[EndSpec, ...]:
        ends = []
        for end, place in self.journey.ends(stream):
            name = next(iter(end.when.tests), "chance")
            test, knowledge = self._known_test(end.when, f"end/{name}", below_place(place, "when"))
            outcome = OUTCOMES.index(end.as_)
            ends.append(EndSpec(test or EVER, knowledge, outcome, self.index.causes[f"end.{name}"]))
        return tuple(ends)


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

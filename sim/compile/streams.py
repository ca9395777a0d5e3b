"""Streams as numbers: who comes, when, with what, wanting what.

Arrivals that a law spreads over a span come by that law restricted to the time that is open.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.attributes import attributes
from sim.compile.calendars import Calendar
from sim.compile.checks import keys_of
from sim.compile.documents import deadlines, locker
from sim.compile.expressions import Expressions
from sim.compile.findings import Numbering
from sim.compile.nodes import EVER, MOST, ZERO, Const, Drawn, Node, Predicate
from sim.compile.opening import Changes, Openings
from sim.compile.program import TICKS, EndSpec, GoalSpec, SiteSpec, SitesSpec, StreamSpec
from sim.compile.tables import Ppf
from sim.errors import nearest
from sim.graph.journey import Place, below_place, knows
from sim.language.amounts import MEASURES, Scalar
from sim.language.base import Condition
from sim.language.procedure import StaffOfEach
from sim.language.quantity import Fixed
from sim.language.scenario import Site
from sim.log import OUTCOMES


def streams(names: Expressions, openings: Openings) -> tuple[StreamSpec, ...]:
    """Compile the streams of a scenario in order of their names.

    Each is told the keys of all draw points, so that no pass may follow.
    """
    cases = names.index.scenario.cases
    first = accumulate((cases[name].count for name in names.index.streams), initial=0)
    each = zip(names.index.streams, first, strict=False)
    specs = [_stream(names, openings, *one) for one in each]
    return tuple(replace(spec, crc=keys_of(spec.name, names.points)) for spec in specs)


def _stream(names: Expressions, openings: Openings, name: str, first: int) -> StreamSpec:
    """Return a stream, whose first case has the number ``first``."""
    index, journey = names.index, names.journey
    definition = index.scenario.cases[name]
    sites = definition.sites
    arrivals, gaps = _arrivals(names, openings, name, index.offset)
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
        sites=sites.number if sites is not None else 0,
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


def sites(names: Expressions, openings: Openings) -> SitesSpec | None:
    """Compile the places of all streams, if some have staff or a table of their own."""
    index, cases = names.index, names.index.scenario.cases
    actors = enumerate(names.journey.actors.values())
    sited = [number for number, one in actors if isinstance(one.actor.staff, StaffOfEach)]
    if not sited and not any(one.sites and one.sites.table for one in cases.values()):
        return None
    each = [(name, cases[name].sites) for name in index.streams]
    tables = {name: _NOWHERE if sites is None else sites.rows for name, sites in each}
    numbers: Numbering[str] = Numbering()
    for row in chain.from_iterable(tables.values()):
        numbers.of(row.site)
    words = {name: zlib.crc32(name.encode()) for name in numbers}
    seen: dict[int, str] = {}
    for name, word in words.items():
        if (other := seen.setdefault(word, name)) != name:
            names.say(index.place("cases"), "same_crc", on="key", one=other, other=name)
    staff = {actor: [openings.staff[actor]] * len(numbers) for actor in sited}
    streams = tuple(
        _Sites(names, openings, name, numbers, staff).specs(rows) for name, rows in tables.items()
    )
    told = {actor: tuple(changes) for actor, changes in staff.items()}
    return SitesSpec(tuple(numbers), tuple(words.values()), told, streams)


_NOWHERE: Final = (Site.model_construct(site=""),)
"""The one place of all cases of a stream without sites; CRC-32 of no name is 0."""


@dataclass(frozen=True)
class _Sites:
    """Compiles the places of a stream; what they say of ``staff`` is noted there."""

    names: Expressions
    openings: Openings
    stream: str
    numbers: Mapping[str, int]
    staff: Mapping[int, list[Changes]]
    gaps: dict[int, Node] = field(default_factory=dict)
    """By the second from which on cases come."""

    def specs(self, rows: Sequence[Site]) -> tuple[SiteSpec, ...]:
        """Return the places, of which each has so many of the cases as its size says."""
        counts = dealt(self.names.index.scenario.cases[self.stream].count, [r.size for r in rows])
        firsts = accumulate(counts, initial=0)
        every = enumerate(zip(rows, firsts, counts, strict=False))
        return tuple(self._spec(i, *one) for i, one in every)

    def _spec(self, i: int, row: Site, first: int, count: int) -> SiteSpec:
        index, place = self.names.index, self.numbers[row.site]
        start = index.offset if row.start is None else index.second(row.start)
        where = index.place("cases", self.stream, "sites", "table", i)
        if start < index.offset:
            self.names.say(where, "site_early", "start")
        start = max(start, index.offset)
        if start not in self.gaps:  # a law of moments is cut out anew for each
            self.gaps[start] = _arrivals(self.names, self.openings, self.stream, start)[1]
        known: dict[int, int] = {}
        for name, value in row.more.items():
            at = below_place(where, name)
            if name in index.actors and index.actors[name] in self.staff:
                self._employ(index.actors[name], place, value, at)
            elif name in index.attributes:
                if not self.names.chosen_later(name, at):
                    read = index.domains[name].exactly
                    known[index.attributes[name]] = self.names.read(read, value, at) or 0
            else:
                own = [list(index.actors)[actor] for actor in self.staff]
                columns = ("site", "size", "start", *own, *index.attributes)
                guess = nearest(name, columns)
                self.names.say(at, "table_column", on="key", name=name, guess=guess)
        return SiteSpec(place, first, count, start, self.gaps[start], known)

    def _employ(self, actor: int, place: int, value: Scalar, at: Place) -> None:
        """Let a place have other staff than most."""
        if len(self.openings.staff[actor]) > 1:
            self.names.say(at, "site_staff_changes", name=list(self.names.index.actors)[actor])
        elif not isinstance(value, int) or not 1 <= value <= MEASURES["count"].most:
            self.names.say(at, "site_staff", given=value)
        else:
            self.staff[actor][place] = ((0, value),)


def dealt(count: int, sizes: Sequence[int]) -> list[int]:
    """Return how many of ``count`` fall to each size: in proportion.

    What is left goes to the largest remainders, of equal ones to the first.
    """
    total = sum(sizes) or 1
    shares = [divmod(count * size, total) for size in sizes]
    left = count - sum(whole for whole, _ in shares)
    order = sorted(range(len(sizes)), key=lambda i: -shares[i][1])
    lucky = set(order[:left])
    return [whole + (i in lucky) for i, (whole, _) in enumerate(shares)]


def _arrivals(names: Expressions, openings: Openings, stream: str, start: int) -> tuple[str, Node]:
    """Times between cases add up; a uniform, triangular or quantile law spreads them.

    ``start``: the second from which on they come.
    """
    law: Any = names.index.scenario.cases[stream].arrivals
    place = names.index.place("cases", stream, "arrivals")
    if law == "at_once":
        return "at_once", ZERO
    if isinstance(law, Fixed):
        return "gaps", Const(round(law.value * TICKS))
    if not law.distribution.bounded:
        return "gaps", names.node(law, "gap", "arrival", place, scale=TICKS)
    calendar = openings.streams[stream]
    ppf = during(law.distribution.quantiles, openings.calendars[calendar], start)
    if ppf is None:
        names.say(place, "arrivals_closed")
        return "spread", ZERO
    key: tuple[object, ...] = (law.distribution, "open", calendar)
    if start != names.index.offset:
        key = (*key, start)
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
_LEAST: Final = 2.0**-48
"""A share that no draw of 48 bits tells from nothing; rounding may leave it at the end of a law."""


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
    held = shares > _LEAST
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

"""Streams as numbers: who comes, when, with what, wanting what."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import networkx as nx
from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile.defects import Defects, Maker
from sim.compile.program import (
    EVER,
    MOST,
    TICKS,
    ZERO,
    Act,
    ChanceNode,
    Const,
    DeadlineSpec,
    Drawn,
    EndSpec,
    GoalSpec,
    HoldingSpec,
    Node,
    Predicate,
    StreamSpec,
)
from sim.compile.spread import during
from sim.compile.steps import Steps
from sim.compile.symbols import Symbols
from sim.errors import nearest
from sim.graph.journey import Place, below_place
from sim.language.attribute import Table
from sim.language.base import Condition
from sim.language.distribution import Distribution
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import Sites, read_moment
from sim.log import OUTCOMES


class Streams:
    """Compiles the streams of a scenario."""

    def __init__(self, ledger: Symbols, faults: Defects, manners: Steps) -> None:
        """Take the instances of ``faults`` and the documents of ``manners``."""
        self.ledger = ledger
        self.faults = faults
        self.manners = manners
        self.journey, self.scenario, self.names = ledger.journey, ledger.scenario, ledger.names

    def streams(self) -> tuple[StreamSpec, ...]:
        """Return the streams in order of their names."""
        for name in self.ledger.documents:
            self.manners.paper(name)
        first = 0
        streams = []
        for name in self.ledger.streams:
            streams.append(self._stream(name, first))
            first += self.scenario.cases[name].count
        points = tuple(self.names.points)
        return tuple(replace(s, crc=_keys(s.name, points)) for s in streams)

    def _stream(self, name: str, first: int) -> StreamSpec:
        definition = self.scenario.cases[name]
        place: Place = ("scenario", self.scenario.scenario, ("cases", name))
        hours = self.ledger.hours(definition.hours, below_place(place, "hours"))
        calendar = self.ledger.calendar(hours, ())
        arrivals, gaps = self._arrivals(
            definition.arrivals, calendar, below_place(place, "arrivals")
        )
        wanted = {task.name for task in self.ledger.webs[name].tasks}
        steps = [t for t in self.journey.used(name) if t.name in wanted]
        return StreamSpec(
            name=name,
            background=definition.background,
            count=definition.count,
            first_case=first,
            crc=(),
            steps=tuple(self.names.steps[t.name] for t in steps),
            order=tuple(self.names.steps[t.name] for t in self.ledger.webs[name].tasks),
            goals=self._goals(name),
            ends=self._ends(name),
            clocks=self._clocks(name),
            attributes=self._attributes(name),
            locker=self._locker(name, place),
            arrivals=arrivals,
            gaps=gaps,
            calendar=calendar,
            applicant=self.ledger.actor_index[self.journey.applicant(name)],
            sites=definition.sites.count if definition.sites is not None else 0,
            shared=self._shared(definition.sites, below_place(place, "sites", "share")),
        )

    def _shared(self, sites: Sites | None, place: Place) -> frozenset[int]:
        """Return the attributes that all cases of a site have in common."""
        known = self.names.attributes
        for i, name in enumerate(sites.share if sites is not None else ()):
            if name not in known:
                guess = nearest(name, known)
                self.names.say(below_place(place, i), "unknown_attribute", name=name, guess=guess)
        return frozenset(known[n] for n in (sites.share if sites is not None else ()) if n in known)

    def _arrivals(self, law: Any, calendar: int, place: Place) -> tuple[str, Node]:
        """Times between cases add up; a uniform, triangular or quantile law spreads them."""
        if law == "at_once":
            return "at_once", ZERO
        if isinstance(law, Fixed):
            return "gaps", Const(round(law.value * TICKS))
        if law.distribution.bounded:
            return "spread", self._spread(law.distribution, calendar, place)
        return "gaps", self.names.node(law, "gap", "arrival", place, scale=TICKS)

    def _spread(self, law: Distribution, calendar: int, place: Place) -> Node:
        """Return a law of moments in the open seconds of a calendar."""
        open_ = during(law.quantiles, self.ledger.calendar_list[calendar], self.ledger.offset)
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
            goals.append(GoalSpec(self.ledger.documents[document], test, knowledge))
        if not goals:
            place = ("scenario", self.scenario.scenario, ("cases", stream))
            self.names.say(place, "no_goal", on="key", stream=stream)
        return tuple(goals)

    def _known_test(
        self, condition: Condition | None, point: str, place: Place
    ) -> tuple[Predicate | None, int]:
        if condition is None:
            return None, 0
        test = self.names.test(condition, point, place)
        waits = (f"?{name}" for name in condition.tests)
        return test, self.ledger.mask(name for name in waits if name in self.ledger.documents)

    def _ends(self, stream: str) -> tuple[EndSpec, ...]:
        ends = []
        for end, place in self.journey.ends(stream):
            name = next(iter(end.when.tests), "chance")
            test, knowledge = self._known_test(end.when, f"end/{name}", below_place(place, "when"))
            outcome = OUTCOMES.index(end.as_)
            ends.append(EndSpec(test or EVER, knowledge, outcome, self.ledger.cause(f"end.{name}")))
        return tuple(ends)

    def _clocks(self, stream: str) -> tuple[DeadlineSpec, ...]:
        clocks: list[DeadlineSpec] = []
        reach = self.ledger.webs[stream].documents
        for deadline, place in self.journey.deadlines(stream):
            for document in self.journey.documents(deadline.document):
                if document in reach:
                    clocks += self._clock(deadline, document, place)
        return tuple(clocks)

    def _clock(self, deadline: Deadline, document: str, place: Place) -> Iterable[DeadlineSpec]:
        cause = self.ledger.cause(f"deadline.{document}")
        number = self.ledger.documents[document]
        missed = ("late", "expired", "given").index(deadline.missed)
        if deadline.at is not None:
            due = self._due(deadline.at, place)
            if due is not None:
                yield DeadlineSpec(number, -1, due, 0, 0, missed, cause)
            return
        within = deadline.within
        if not isinstance(within, Fixed):
            return
        if within.days and within.value % cal.DAY:
            self.names.say(place, "deadline_days", "within")
        kind = 2 if within.business else int(within.days)
        amount = int(within.value) // cal.DAY if kind else int(within.value)
        if kind:  # no case is followed longer, and no calendar reaches as far as people may write
            amount = min(amount, int(self.ledger.fixed(self.scenario.horizon)) // cal.DAY + 1)
        afters = self.journey.documents(deadline.after) if deadline.after is not None else (None,)
        for after in afters:
            of = -1 if after is None else self.ledger.documents[after]
            yield DeadlineSpec(number, of, None, kind, amount, missed, cause)

    def _due(self, at: str, place: Place) -> int | None:
        """Return the second of a moment, or of the end of a day; None after noting a problem."""
        try:
            moment = read_moment(at)
        except PydanticCustomError as error:
            values = {k: v for k, v in (error.context or {}).items() if k != "at"}
            self.names.say(place, error.type, "at", **values)
            return None
        if "T" in at:
            return self.ledger.second(moment)
        last = cal.legal_end(moment.date())
        return (last - self.ledger.start).days * cal.DAY + cal.DAY

    def _attributes(self, stream: str) -> tuple[tuple[int, Any], ...]:
        """Every attribute, those that others follow from first."""
        definition = self.scenario.cases[stream]
        values = {
            name: v for name, (v, _) in self.journey.attributes.items()
        } | definition.attributes
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(values)
        graph.add_edges_from(
            (v.by, n) for n, v in values.items() if isinstance(v, Table) and v.by in values
        )
        place: Place = ("scenario", self.scenario.scenario, ("cases", stream, "attributes"))
        try:
            order = list(nx.topological_sort(graph))
        except nx.NetworkXUnfeasible:
            circle = [one for one, _ in nx.find_cycle(graph)]
            first = min(circle)
            where = self.journey.attributes[first][1]
            if first in definition.attributes:
                where = below_place(place, first)
            start = circle.index(first)
            names = " → ".join((*circle[start:], *circle[:start], first))
            self.names.say(below_place(where, "by"), "attributes_in_circle", names=names)
            return ()
        nodes = []
        for name in order:
            where = self.journey.attributes[name][1]
            if name in definition.attributes:
                where = below_place(place, name)
            node = self.names.attribute(name, values[name], where)
            nodes.append((self.names.attributes[name], node))
        for name, share in self.journey.presences.items():
            where = self.journey.presence_places[name]
            node = self.names.node(share, "share", f"list/{name}/share", where)
            nodes.append(
                (self.names.attributes[name], ChanceNode(self.names.point(f"list/{name}"), node))
            )
        return tuple(nodes)

    def _locker(self, stream: str, place: Place) -> tuple[HoldingSpec, ...]:
        locker = self.scenario.cases[stream].locker
        # What is said of one item outweighs what is said of all.
        general_first = sorted(locker, key=lambda key: "." in key)
        chosen = {d: key for key in general_first for d in self.journey.documents(key)}
        holdings = []
        for document, key in chosen.items():
            holding = locker[key]
            where = below_place(place, "locker", key)
            point = f"locker/{document}"
            makes = tuple(
                Act(
                    self.faults.known[Maker(defect, None, document)],
                    self.names.point(f"{point}/makes/{defect}"),
                    self.names.node(
                        share,
                        "share",
                        f"{point}/makes/{defect}/share",
                        below_place(where, "makes", defect),
                    ),
                )
                for defect, share in holding.makes.items()
            )
            holdings.append(
                HoldingSpec(
                    self.ledger.documents[document],
                    self.names.node(
                        holding.share, "share", f"{point}/share", below_place(where, "share")
                    ),
                    self.names.point(point),
                    self.names.node(holding.age, "time", f"{point}/age", below_place(where, "age")),
                    makes,
                )
            )
        return tuple(sorted(holdings, key=lambda h: h.document))


def _keys(stream: str, points: Iterable[str]) -> tuple[int, ...]:
    """CRC-32 of each draw point's full name."""
    return tuple(zlib.crc32(f"{stream}:{point}".encode()) for point in points)

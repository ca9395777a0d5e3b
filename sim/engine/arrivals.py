"""Arrivals: when the cases of a stream come, and what they are like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import pairwise

from sim.compile.program import TICKS, Program, SiteSpec
from sim.engine import events
from sim.engine.case import Case, Context
from sim.engine.events import Agenda
from sim.engine.values import Values
from sim.log import NEVER


@dataclass(slots=True, eq=False)
class Arrivals:
    """Lets the cases of all streams come one after the other."""

    program: Program
    agenda: Agenda
    values: Values
    coming: list[Iterator[tuple[int, int, Case]]] = field(init=False)
    """Second, number and case of those of each stream that are yet to come."""

    def __post_init__(self) -> None:
        streams = range(len(self.program.streams))
        each = ([self._times(one, site) for site in self.program.sites_of(one)] for one in streams)
        self.coming = [merge(*times) if len(times) > 1 else times[0] for times in each]

    def await_next(self, stream: int) -> None:
        """Schedule the next case of a stream, if there is one."""
        for time, number, case in self.coming[stream]:
            self.agenda.at(time, events.ARRIVAL, (number, 0, 0), case)
            break

    def begin(self, case: Case) -> None:
        """Let a case begin now, and draw what it is like."""
        stream = self.program.streams[case.stream]
        case.start = case.progress = self.agenda.now
        case.channel = max(self.program.channel, 0)
        at, told = Context(case, self.agenda.now), case.told or {}
        for attribute, node in stream.attributes:
            if attribute in told:
                case.attributes[attribute] = told[attribute]
                continue
            at.drawn = self._first(case) if attribute in stream.shared else case
            case.attributes[attribute] = self.values.attribute(node, at)

    def _first(self, case: Case) -> Case:
        """Return a case that draws what all of its place have in common."""
        index = case.site if self.program.sites is None else 0
        first = Case(case.number, index, case.stream, case.site, [], [])
        first.word = case.word
        return first

    def _blank(self, stream: int, site: SiteSpec, index: int) -> Case:
        """Return a case of which nothing is known yet."""
        spec, sites = self.program.streams[stream], self.program.sites
        attributes, given = len(self.program.attributes), len(self.program.documents)
        other = stream - self.program.own
        apart = 1 if other < 0 else (self.program.loads or ())[other].apart
        number = spec.first_case + site.first + index * apart
        where = index % spec.sites if spec.sites else index
        case = Case(number, index, stream, where, [0] * attributes, [NEVER] * given)
        if sites is not None and site.place >= 0:
            case.home, case.word, case.told = site.place, sites.words[site.place], site.attributes
            case.site = site.place if spec.sites else index
        return case

    def _times(self, number: int, site: SiteSpec) -> Iterator[tuple[int, int, Case]]:
        """Yield second, number and case of the cases of a stream at a site, in order of time."""
        for time, index in self._moments(number, site):
            case = self._blank(number, site, index)
            yield time, case.number, case

    def _moments(self, number: int, site: SiteSpec) -> Iterator[tuple[int, int]]:
        """Yield (second, index) of each case of a stream at a site in order of time.

        Both kinds count the stream's open time. Times between cases add up in 2**-20 s and are then
        floored, so that rounding does not change the load; a spread has the moment of each case.
        """
        stream = self.program.streams[number]
        calendar = self.program.calendars[stream.calendar]
        opening = calendar.next_open(site.start)
        case = self._blank(number, site, 0)

        def gap(index: int) -> int:
            """Return what is drawn for a case: the time since the last one, or since the start."""
            case.index = index
            return self.values.amount(site.gaps, Context(case, self.program.start))

        def after(seconds: int) -> int:
            """Return the open second before which so many open ones have passed."""
            return calendar.next_open(calendar.finish(opening, seconds))

        if stream.arrivals == "at_once":
            yield from ((opening, index) for index in range(site.count))
        elif stream.arrivals == "spread":
            yield from sorted((after(gap(index)), index) for index in range(site.count))
        elif stream.arrivals == "load":
            pace = (self.program.loads or ())[number - self.program.own].pace
            index, due, before = 0, gap(0), 0
            for (begin, work), (end, _) in pairwise((*pace, (calendar.closes[-1], 0))):
                comes = work * calendar.open_between(begin, max(begin, end))
                while due < before + comes:
                    opened = (due - before) // work
                    yield calendar.next_open(calendar.finish(begin, opened)), index
                    index += 1
                    due += gap(index)
                before += comes
        else:
            ticks = 0
            for index in range(site.count):
                ticks += gap(index)
                yield after(ticks // TICKS), index

"""Arrivals: when the cases of a stream come, and what they are like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sim.compile.program import TICKS, Program
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
    coming: list[Iterator[tuple[int, int]]] = field(init=False)
    """Second and index of the cases of each stream that are yet to come."""

    def __post_init__(self) -> None:
        self.coming = [self._times(stream) for stream in range(len(self.program.streams))]

    def await_next(self, stream: int) -> None:
        """Schedule the next case of a stream, if there is one."""
        for time, index in self.coming[stream]:
            case = self._blank(stream, index)
            self.agenda.at(time, events.ARRIVAL, (case.number, 0, 0), case)
            break

    def begin(self, case: Case) -> None:
        """Let a case begin now, and draw what it is like."""
        stream = self.program.streams[case.stream]
        case.start = case.progress = self.agenda.now
        case.channel = self.program.channel
        at = Context(case, self.agenda.now)
        for attribute, node in stream.attributes:
            at.drawn = self._blank(case.stream, case.site) if attribute in stream.shared else case
            case.attributes[attribute] = self.values.attribute(node, at)

    def _blank(self, stream: int, index: int) -> Case:
        """Return a case of which nothing is known yet."""
        spec = self.program.streams[stream]
        site = index % spec.sites if spec.sites else index
        attributes, given = len(self.program.attributes), len(self.program.documents)
        other = stream - self.program.own
        apart = 1 if other < 0 else (self.program.loads or ())[other].apart
        number = spec.first_case + index * apart
        return Case(number, index, stream, site, [0] * attributes, [NEVER] * given)

    def _times(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield (second, index) of each case of a stream in order of time.

        Both kinds count the stream's open time. Times between cases add up in 2**-20 s and are then
        floored, so that rounding does not change the load; a spread has the moment of each case.
        """
        stream = self.program.streams[number]
        calendar = self.program.calendars[stream.calendar]
        opening = calendar.next_open(self.program.start)
        case = self._blank(number, 0)

        def gap(index: int) -> int:
            """Return what is drawn for a case: the time since the last one, or since the start."""
            case.index = index
            return self.values.amount(stream.gaps, Context(case, self.program.start))

        def after(seconds: int) -> int:
            """Return the open second before which so many open ones have passed."""
            return calendar.next_open(calendar.finish(opening, seconds))

        if stream.arrivals == "at_once":
            yield from ((opening, index) for index in range(stream.count))
        elif stream.arrivals == "spread":
            yield from sorted((after(gap(index)), index) for index in range(stream.count))
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
            for index in range(stream.count):
                ticks += gap(index)
                yield after(ticks // TICKS), index

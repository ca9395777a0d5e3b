"""What a world says about times at which nothing of its run happens: it may be meant, or a slip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile import tables
from sim.compile.program import TICKS, Const, Drawn, StreamSpec
from sim.compile.symbols import Symbols
from sim.errors import Problem, RunFailed
from sim.graph.journey import Place, below_place
from sim.language.domain import BUILT_IN
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import read_moment

_DEVIATIONS: Final = 10
"""A sum of random times is hardly ever so many standard deviations above its mean."""

_Found = Iterator[tuple[Place, str]]
"""Where something is said that has no effect, and the message."""


def cautions(ledger: Symbols, streams: Sequence[StreamSpec]) -> tuple[Problem, ...]:
    """Return a warning for each time in the compiled world that lies outside of its run."""
    arrivals = [_last_arrival(ledger, stream) for stream in streams]
    ledger.names.settle()
    counted = [a for a, s in zip(arrivals, streams, strict=True) if not s.background]
    found = _Run(ledger, max(arrivals), max(counted, default=math.inf)).found()
    problems = (ledger.journey.problem(place, key) for place, key in found)
    told = (replace(problem, excerpt=None) for problem in problems)
    return tuple({(p.key, p.order()): p for p in told}.values())


@dataclass(frozen=True)
class _Run:
    """A run from the start of the scenario to the end of the last case; seconds of its clock."""

    ledger: Symbols
    arrival: float
    """No case comes later than this."""
    counted: float
    """No case that counts comes later than this."""

    @property
    def horizon(self) -> float:
        """How long a case is followed."""
        return self.ledger.fixed(self.ledger.scenario.horizon)

    @property
    def end(self) -> float:
        """When the last case is over."""
        return self.arrival + self.horizon

    def found(self) -> _Found:
        """Yield what has no effect."""
        ledger, scenario = self.ledger, self.ledger.scenario
        place: Place = ("scenario", scenario.scenario, ())
        yield from self._outages(place)
        for stream in ledger.streams:
            for deadline, where in ledger.journey.deadlines(stream):
                yield from self._deadline(deadline, where)
        for fact, observed in (scenario.report.observed if scenario.report else {}).items():
            until = self.horizon if observed.since == "case" else self.end - ledger.offset
            if ledger.fixed(observed.by) > until:
                yield below_place(place, "report", "observed", fact, "by"), "caution.observed"
        if ledger.offset + ledger.fixed(scenario.warm_up) > self.counted:
            yield below_place(place, "warm_up"), "caution.warm_up"
        for time, where in ledger.names.moments:
            if ledger.offset + time >= self.end:
                yield where, "caution.branch"
        yield from self._rules()

    def _outages(self, place: Place) -> _Found:
        for i, outage in enumerate(self.ledger.scenario.outages):
            begins = self.ledger.second(outage.at)
            where = below_place(place, "outages", i, "at")
            if begins + self.ledger.fixed(outage.for_) <= self.ledger.offset:
                yield where, "caution.outage_before"
            elif begins >= self.end:
                yield where, "caution.outage_after"

    def _deadline(self, deadline: Deadline, place: Place) -> _Found:
        if deadline.at is None:
            if isinstance(deadline.within, Fixed) and deadline.within.value >= self.horizon:
                yield below_place(place, "within"), "caution.deadline_long"
            return
        try:
            moment = self.ledger.second(read_moment(deadline.at))
        except PydanticCustomError:  # said elsewhere
            return
        ends = moment if "T" in deadline.at else moment + cal.DAY
        if ends <= self.ledger.offset:
            yield below_place(place, "at"), "caution.deadline_before"
        elif ends >= self.end:
            yield below_place(place, "at"), "caution.deadline_after"

    def _rules(self) -> _Found:
        """Yield what rules wait for longer than any case is followed."""
        agents = {who.agent.agent: who.agent for who in self.ledger.journey.actors.values()}
        for name, agent in agents.items():
            for event, rules in agent.rules.items():
                for rule, definition in rules.items():
                    for key in {"waited", "elapsed"} & definition.when.tests.keys():
                        spans = BUILT_IN[key].condition(definition.when.tests[key])
                        if all(low >= self.horizon for low, _ in spans):
                            where = ("rules", event, rule, "when", key)
                            yield ("agent", name, where), "caution.rule"


def _last_arrival(ledger: Symbols, stream: StreamSpec) -> float:
    """Return the second after which no case of a stream comes.

    That no calendar may know that time is noted as a problem.
    """
    calendar = ledger.calendar_list[stream.calendar]
    try:
        opening = calendar.next_open(ledger.offset)
        if stream.arrivals == "at_once":
            return opening
        if stream.arrivals == "spread":
            return calendar.next_open(calendar.finish(opening, _most(ledger, stream, 1)))
        gaps = _most(ledger, stream, stream.count) // TICKS
        return calendar.next_open(calendar.finish(opening, gaps))
    except RunFailed:
        place: Place = ("scenario", ledger.scenario.scenario, ("cases", stream.name, "arrivals"))
        ledger.names.say(place, "arrivals_beyond", years=cal.COVERED // 365)
        return math.inf


def _most(ledger: Symbols, stream: StreamSpec, count: int) -> int:
    """Return more than ``count`` times between arrivals add up to."""
    if isinstance(stream.gaps, Const):
        return count * stream.gaps.value
    assert isinstance(stream.gaps, Drawn)  # noqa: S101 -- arrivals are not looked up
    table = ledger.names.table_values[stream.gaps.table]
    mean, most = tables.mean(table), table[-1]
    return int(min(count * most, count * mean + _DEVIATIONS * math.sqrt(count * mean * most)))

"""What a world says about times at which nothing of its run happens: it may be meant, or a slip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile import findings
from sim.compile.expressions import Expressions
from sim.compile.index import Index, fixed
from sim.compile.nodes import Const, Drawn, Node
from sim.compile.opening import Openings
from sim.compile.program import TICKS, StreamSpec
from sim.errors import Problem, RunFailed
from sim.graph.journey import Place, below_place, raise_any
from sim.language.domain import BUILT_IN
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import read_moment

_DEVIATIONS: Final = 10
"""A sum of random times is hardly ever so many standard deviations above its mean."""

_WAITING: Final = ("waited", "elapsed")
"""What a rule may wait for."""

_Found = Iterator[tuple[Place, str]]
"""Where something is said that has no effect, and the message."""


def cautions(
    names: Expressions, openings: Openings, streams: Sequence[StreamSpec]
) -> tuple[Problem, ...]:
    """Return a warning for each time in the compiled world that lies outside of its run.

    Raises InvalidInput if no calendar reaches as far as cases arrive.
    """
    arrivals = [_last_arrival(names, openings, stream) for stream in streams]
    pairs = list(zip(arrivals, streams, strict=True))
    for last, stream in pairs:
        if last == math.inf:
            place = names.index.place("cases", stream.name, "arrivals")
            names.say(place, "arrivals_beyond", years=cal.COVERED // 365)
    raise_any(names.problems)
    counted = max((last for last, stream in pairs if not stream.background), default=math.inf)
    warned = _Run(names, max(arrivals), counted).warned()
    problems = (names.journey.problem(place, key) for place, key in warned)
    told = (replace(problem, excerpt=None) for problem in problems)
    return tuple({(p.key, p.order()): p for p in told}.values())


@dataclass(frozen=True)
class _Run:
    """A run from the start of the scenario to the end of the last case; seconds of its clock."""

    names: Expressions
    arrival: float
    """No case comes later than this."""
    counted: float
    """No case that counts comes later than this."""

    @property
    def index(self) -> Index:
        """What the run is of."""
        return self.names.index

    @property
    def horizon(self) -> float:
        """How long a case is followed."""
        return fixed(self.index.scenario.horizon)

    @property
    def end(self) -> float:
        """When the last case is over."""
        return self.arrival + self.horizon

    def warned(self) -> _Found:
        """Yield what has no effect."""
        index, scenario = self.index, self.index.scenario
        yield from self._outages()
        for stream in index.streams:
            for deadline, where in index.journey.deadlines(stream):
                yield from self._deadline(deadline, where)
        for fact, observed in (scenario.report.observed if scenario.report else {}).items():
            until = self.horizon if observed.since == "case" else self.end - index.offset
            if fixed(observed.by) > until:
                yield index.place("report", "observed", fact, "by"), "caution.observed"
        if index.offset + fixed(scenario.warm_up) > self.counted:
            yield index.place("warm_up"), "caution.warm_up"
        for time, where in self.names.moments:
            if index.offset + time >= self.end:
                yield where, "caution.branch"
        yield from self._rules()

    def _outages(self) -> _Found:
        for i, outage in enumerate(self.index.scenario.outages):
            begins, where = self.index.second(outage.at), self.index.place("outages", i, "at")
            if begins + fixed(outage.for_) <= self.index.offset:
                yield where, "caution.outage_before"
            elif begins >= self.end:
                yield where, "caution.outage_after"

    def _deadline(self, deadline: Deadline, place: Place) -> _Found:
        if deadline.at is None:
            if isinstance(deadline.within, Fixed) and deadline.within.value >= self.horizon:
                yield below_place(place, "within"), "caution.deadline_long"
            return
        try:
            moment = self.index.second(read_moment(deadline.at))
        except PydanticCustomError:  # said elsewhere
            return
        ends = moment if "T" in deadline.at else moment + cal.DAY
        if ends <= self.index.offset:
            yield below_place(place, "at"), "caution.deadline_before"
        elif ends >= self.end:
            yield below_place(place, "at"), "caution.deadline_after"

    def _rules(self) -> _Found:
        """Yield what rules wait for longer than any case is followed."""
        agents = {actor.agent.agent: actor.agent for actor in self.index.journey.actors.values()}
        for name, agent in agents.items():
            for event, rules in agent.rules.items():
                for rule, definition in rules.items():
                    tests = definition.when.tests
                    for key in (one for one in _WAITING if one in tests):
                        spans = BUILT_IN[key].condition(tests[key])
                        if all(low >= self.horizon for low, _ in spans):
                            where = ("rules", event, rule, "when", key)
                            yield ("agent", name, where), "caution.rule"


def _last_arrival(names: Expressions, openings: Openings, stream: StreamSpec) -> float:
    """Return the second after which no case of a stream comes, infinity if no calendar knows it."""
    calendar = openings.calendars[stream.calendar]
    if stream.arrivals == "spread":
        lasts = _most(names, stream.gaps, 1)
    else:
        lasts = _most(names, stream.gaps, stream.count) // TICKS
    try:
        return calendar.next_open(calendar.finish(names.index.offset, lasts))
    except RunFailed:
        return math.inf


def _most(names: Expressions, gap: Node, count: int) -> int:
    """Return more than ``count`` times between arrivals add up to."""
    if isinstance(gap, Const):
        return count * gap.value
    assert isinstance(gap, Drawn)  # noqa: S101 -- arrivals are not looked up
    table = names.quantiles[gap.table]
    mean, most = findings.mean(table), table[-1]
    return int(min(count * most, count * mean + _DEVIATIONS * math.sqrt(count * mean * most)))

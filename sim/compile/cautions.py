"""What a world says about times at which nothing of its run happens: it may be meant, or a slip."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sim.compile import calendars as cal
from sim.compile import tables
from sim.compile.findings import Findings
from sim.compile.index import Index, fixed
from sim.compile.nodes import Const, Drawn, Node
from sim.compile.opening import Openings
from sim.compile.program import TICKS, Program, SiteSpec, StreamSpec
from sim.errors import Problem, RunFailed
from sim.graph.journey import Notes, Place, below_place, raise_any
from sim.language.clock import read_moment
from sim.language.domain import BUILT_IN
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed

_DEVIATIONS: Final = 10
"""A sum of random times is hardly ever so many standard deviations above its mean."""


def cautions(
    index: Index, openings: Openings, program: Program, found: Findings
) -> tuple[Problem, ...]:
    """Return a warning for each time in the compiled world that lies outside of its run.

    Raises InvalidInput if no calendar reaches as far as cases arrive.
    """
    arrivals = [
        max(_last_arrival(found, openings, stream, site) for site in program.sites_of(number))
        for number, stream in enumerate(program.streams[: program.own])
    ]
    beyond = Notes(index.journey.world)
    pairs = list(zip(arrivals, program.streams, strict=False))
    for last, stream in pairs:
        if last == math.inf:
            place = index.place("cases", stream.name, "arrivals")
            beyond.say(place, "arrivals_beyond", years=cal.COVERED // 365)
    raise_any(beyond.problems)
    counted = max((last for last, stream in pairs if not stream.background), default=math.inf)
    run = _Run(index, max(arrivals))
    run.look(found.moments, counted)
    return tuple(replace(problem, excerpt=None) for problem in run.problems)


class _Run(Notes):
    """What has no effect in a run, from the start of the scenario to the end of the last case.

    Times are seconds of its clock.
    """

    def __init__(self, index: Index, arrival: float) -> None:
        """Note nothing yet. ``arrival``: no case comes later."""
        super().__init__(index.journey.world)
        self.index = index
        self.horizon = fixed(index.scenario.horizon)
        self.end = arrival + self.horizon

    def look(self, moments: Iterable[tuple[int, Place]], counted: float) -> None:
        """Note all that has no effect.

        ``moments``: when branches of lookups by time begin, and where it says so. ``counted``: no
        case that counts comes later.
        """
        index, scenario = self.index, self.index.scenario
        self._look_at_outages()
        for stream in index.streams:
            for deadline, where in index.journey.deadlines(stream):
                self._look_at_deadline(deadline, where)
        for fact, observed in (scenario.report.observed if scenario.report else {}).items():
            until = self.horizon if observed.since == "case" else self.end - index.offset
            if fixed(observed.by) > until:
                self.say(index.place("report", "observed", fact, "by"), "caution.observed")
        if index.offset + fixed(scenario.warm_up) > counted:
            self.say(index.place("warm_up"), "caution.warm_up")
        for indicator, where in index.journey.indicators.values():
            if fixed(indicator.known_after) + cal.DAY >= self.end:
                self.say(below_place(where, "known_after"), "caution.indicator")
        for time, where in moments:
            if index.offset + time >= self.end:
                self.say(where, "caution.branch")
        self._look_at_rules()

    def _look_at_outages(self) -> None:
        for i, outage in enumerate(self.index.scenario.outages):
            if outage.at is None:
                continue
            begins, where = self.index.second(outage.at), self.index.place("outages", i, "at")
            if begins + fixed(outage.for_) <= self.index.offset:
                self.say(where, "caution.outage_before")
            elif begins >= self.end:
                self.say(where, "caution.outage_after")

    def _look_at_deadline(self, deadline: Deadline, place: Place) -> None:
        if deadline.at is None:
            if isinstance(deadline.within, Fixed) and deadline.within.value >= self.horizon:
                self.say(place, "caution.deadline_long", "within")
            return
        moment = self.index.second(read_moment(deadline.at))
        ends = moment if "T" in deadline.at else moment + cal.DAY
        if ends <= self.index.offset:
            self.say(place, "caution.deadline_before", "at")
        elif ends >= self.end:
            self.say(place, "caution.deadline_after", "at")

    def _look_at_rules(self) -> None:
        """Note what rules wait for longer than any case is followed."""
        agents = {actor.agent.agent: actor.agent for actor in self.index.journey.actors.values()}
        for name, agent in agents.items():
            for event, rules in agent.rules.items():
                for rule, definition in rules.items():
                    tests = definition.when.tests
                    for key in (one for one in ("waited", "elapsed") if one in tests):
                        spans = BUILT_IN[key].condition(tests[key])
                        if all(low >= self.horizon for low, _ in spans):
                            path = ("rules", event, rule, "when", key)
                            self.say(("agent", name, path), "caution.rule")


def _last_arrival(found: Findings, openings: Openings, stream: StreamSpec, site: SiteSpec) -> float:
    """Return the second after which no case of a stream comes, infinity if no calendar knows it."""
    calendar = openings.calendars[stream.calendar]
    if stream.arrivals == "spread":
        lasts = _most(found, site.gaps, 1)
    else:
        lasts = _most(found, site.gaps, site.count) // TICKS
    try:
        return calendar.next_open(calendar.finish(site.start, lasts))
    except RunFailed:
        return math.inf


def _most(found: Findings, gap: Node, count: int) -> int:
    """Return more than ``count`` times between arrivals add up to."""
    if isinstance(gap, Const):
        return count * gap.value
    assert isinstance(gap, Drawn)  # noqa: S101 -- arrivals are not looked up
    table = found.quantiles[gap.table]
    mean, most = tables.mean(table), table[-1]
    return int(min(count * most, count * mean + _DEVIATIONS * math.sqrt(count * mean * most)))

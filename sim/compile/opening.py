"""Who is there when: staff as it changes, calendars of actors and of those who meet; timetables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from itertools import chain, pairwise
from typing import Final

from sim.compile import calendars as cal
from sim.compile.calendars import DAY, Calendar, Slots, Span, months
from sim.compile.expressions import Expressions
from sim.compile.findings import Findings, Numbering
from sim.compile.index import Index, fixed
from sim.compile.nodes import MONTH, TIME, WEEKDAY, Const, Drawn, Node, Switch, pick, within
from sim.compile.program import BreakSpec
from sim.compile.visits import StepVisit, first_visits
from sim.errors import nearest
from sim.graph.journey import ActorInstance, Notes, Place, below_place, raise_any
from sim.graph.names import named
from sim.language.hours import NAMED, Hours
from sim.language.scenario import Outage

Changes = tuple[tuple[int, int], ...]
"""(second, number from then on) in order, from second 0."""

_BY_DAY: Final = frozenset((MONTH, WEEKDAY))


def staffed(names: Expressions, actor: ActorInstance) -> tuple[Changes, bool]:
    """Return the staff of a pool as it changes, and whether it goes by the day.

    There are no changes for who is one of each case.
    """
    staff, place = actor.actor.pool, below_place(actor.place, "staff")
    if staff is None:
        return (), False
    knows = ("time", "month", "weekday")
    node = names.node(staff, "count", "", place, settled=actor.items, knows=knows)
    steps = changes(node, names.index.start, names.index.offset)
    if steps is None:
        names.say(place, "staff_shape")
        return ((0, 1),), False
    return steps, by_day(node)


def changes(node: Node, start: date, offset: int) -> Changes | None:
    """Return when a number changes; None if that is random or not known before the run.

    ``start``: the day that begins at second 0. ``offset``: the second that times are counted from.
    """
    nodes = list(within(node))
    variables = {one.variable for one in nodes if isinstance(one, Switch)}
    if any(isinstance(one, Drawn) for one in nodes) or not variables <= {TIME, *_BY_DAY}:
        return None
    moments = {0}
    if variables & _BY_DAY:
        moments.update(range(0, cal.COVERED * DAY, DAY))
    for one in nodes:
        if isinstance(one, Switch) and one.variable == TIME:
            bounds = chain.from_iterable(spans for spans, _ in one.rows)
            edges = (offset + edge for low, high in bounds for edge in (low, high + 1))
            moments.update(edge for edge in edges if 0 < edge < cal.COVERED * DAY)
    found: list[tuple[int, int]] = []
    month = months(start)
    for moment in sorted(moments):
        day = moment // DAY
        weekday = (start.weekday() + day) % 7
        now = {MONTH: month[day], WEEKDAY: weekday, TIME: max(moment - offset, 0)}
        reached = node
        while isinstance(reached, Switch):
            reached = pick(reached, now[reached.variable])
        number = reached.value if isinstance(reached, Const) else 0
        if not found or found[-1][1] != number:
            found.append((moment, number))
    return tuple(found)


def by_day(node: Node) -> bool:
    """Return whether a number goes by the month or the day of the week."""
    return any(isinstance(one, Switch) and one.variable in _BY_DAY for one in within(node))


def stretches(steps: Changes) -> Iterator[tuple[Span, int]]:
    """Yield each span of seconds [from, to) with its number."""
    for (moment, number), (end, _) in pairwise((*steps, (cal.COVERED * DAY, 0))):
        yield (moment, end), number


_Key = tuple[Hours, tuple[Span, ...], tuple[int, ...]] | frozenset[int]
"""Hours, outages and which random ones; or the numbers of calendars that must all be open."""

Together = tuple[int, ...]
"""Actors who do a step together."""


@dataclass(frozen=True)
class Openings:
    """Calendars and timetables, and who goes by which of them.

    ``days``: the calendar of business days. ``actors`` and ``staff``: the calendar of each, and how
    many there are. ``together``: the calendar of actors who do a step together. ``streams`` and
    ``slots``: numbers by name. ``loads``: calendar and staff as the files declare them of the pools
    that have other business, by name; ``always``: the calendar that never closes, if there is one.
    ``breaks``: random outages.
    """

    calendars: tuple[Calendar, ...]
    timetables: tuple[Slots, ...]
    days: int
    actors: tuple[int, ...]
    staff: tuple[Changes, ...]
    together: Mapping[Together, int]
    streams: Mapping[str, int]
    slots: Mapping[str, int]
    breaks: tuple[BreakSpec, ...] | None
    loads: Mapping[str, tuple[int, Changes]] = field(default_factory=dict)
    always: int = -1


def outages(index: Index, actor: ActorInstance) -> tuple[Span, ...]:
    """Return when an actor is out of order."""
    spans = []
    for outage in index.scenario.outages:
        if outage.at is not None and _is_out(actor, outage):
            begins = index.second(outage.at)
            spans.append((begins, begins + int(fixed(outage.for_))))
    return tuple(spans)


def _is_out(actor: ActorInstance, outage: Outage) -> bool:
    return outage.actor in (actor.name, actor.name.partition(".")[0])


def opened(names: Expressions) -> Openings:
    """Number the calendars: of business days, actors, those who meet, and streams."""
    index, hours = names.index, _Hours(names)
    days = hours.numbers.of((NAMED["business_days"], (), ()))
    each = [hours.of_actor(actor) for actor in names.journey.actors.values()]
    actors, staff = tuple(one for one, _ in each), tuple(changes for _, changes in each)
    places: dict[Together, Place] = {}
    for visit in chain.from_iterable(map(first_visits, index.wanted)):
        places.setdefault(tuple(index.actors[name] for name in visit.here.by), visit.place("by"))
    together = {met: hours.together(met, actors) for met in places}
    streams = {stream: hours.of_stream(stream) for stream in index.streams}
    loads = _loads(names, hours, staff)
    always = hours.numbers.of((NAMED["always"], (), ())) if loads else -1
    calendars = hours.calendars()
    met_first = {together[met]: met for met in reversed(places)}
    for number, met in met_first.items():
        if not calendars[number].opens and all(calendars[actors[one]].opens for one in met):
            told = ", ".join(list(index.actors)[one] for one in met)
            names.say(places[met], "never_together", names=told)
    slots = _timetables(names)
    timetables = tuple(cal.slots(names.journey.calendars[one], index.start) for one in slots)
    return Openings(
        calendars,
        timetables,
        days,
        actors,
        staff,
        together,
        streams,
        slots,
        hours.breaks(),
        loads,
        always,
    )


def _loads(
    names: Expressions, hours: _Hours, staff: Sequence[Changes]
) -> dict[str, tuple[int, Changes]]:
    """Return when the pools that have other business are there, whatever an arm makes of them.

    That is what the files declare, outages aside; of a pool that has no staff there, what it has.
    """
    each = zip(names.journey.actors.values(), staff, strict=True)
    loaded = [(one, now) for one, now in each if one.actor.load and one.actor.pool is not None]
    if not loaded:
        return {}
    world = names.journey.world.as_written()
    notes = Notes(world)
    told = named(notes)
    raise_any(notes.problems)
    journey = replace(names.journey, world=world, calendars=told.calendars)
    declared = Expressions(replace(names.index, journey=journey), Findings())
    written = _Hours(declared, hours.numbers)
    found = {}
    for actor, now in loaded:
        one = told.actors.get(actor.name, actor)
        found[actor.name] = (written.numbered(one), staffed(declared, one)[0] or now)
    names.problems += [problem for problem in declared.problems if problem not in names.problems]
    return found


class _Hours:
    """Numbers hours; what is wrong with them is noted, and counts as always open."""

    def __init__(self, names: Expressions, numbers: Numbering[_Key] | None = None) -> None:
        self.names, self.index = names, names.index
        self.numbers: Numbering[_Key] = Numbering() if numbers is None else numbers

    def _own(self, actor: ActorInstance) -> Hours:
        """Return the hours of an actor, which outweigh its agent's."""
        if actor.actor.hours is not None:
            return self._read(actor.actor.hours, below_place(actor.place, "hours"))
        return self._read(actor.agent.hours, ("agent", actor.agent.agent, ("hours",)))

    def numbered(self, actor: ActorInstance) -> int:
        """Return the calendar of an actor's hours, whoever is there."""
        return self.numbers.of((self._own(actor), (), ()))

    def of_actor(self, actor: ActorInstance) -> tuple[int, Changes]:
        """Return the calendar of an actor, and the staff."""
        hours = self._own(actor)
        calendar = cal.build(hours, self.index.start)
        changes, daily = staffed(self.names, actor)
        on = (span for span, number in stretches(changes) if number)
        if changes and not any(calendar.open_between(*span) for span in on):
            self.names.say(below_place(actor.place, "staff"), "staff_none", name=actor.name)
        off = tuple(span for span, number in stretches(changes) if daily and not number)
        drawn = enumerate(self.index.scenario.outages)
        which = tuple(i for i, one in drawn if one.at is None and _is_out(actor, one))
        return self.numbers.of((hours, outages(self.index, actor) + off, which)), changes

    def breaks(self) -> tuple[BreakSpec, ...] | None:
        """Compile the random outages: a law and the calendars that it closes, each."""
        specs, keys = [], list(self.numbers)
        actors, count = self.names.journey.actors.values(), Counter[str]()
        for i, outage in enumerate(self.index.scenario.outages):
            if outage.every is None:
                continue
            alone = {n for n, key in enumerate(keys) if isinstance(key, tuple) and i in key[2]}
            met = {n for n, key in enumerate(keys) if isinstance(key, frozenset) and key & alone}
            count[outage.actor] += 1
            point = f"outage/{outage.actor}/{count[outage.actor]}"
            every, length = (
                self.names.node(
                    law, "duration", f"{point}/{key}", self.index.place("outages", i, key)
                )
                for key, law in (("every", outage.every), ("for", outage.for_))
            )
            out = tuple(n for n, actor in enumerate(actors) if _is_out(actor, outage))
            specs.append(BreakSpec(out, tuple(sorted(alone | met)), every, length))
        return tuple(specs) or None

    def of_stream(self, stream: str) -> int:
        """Return the calendar of a stream."""
        place = self.index.place("cases", stream, "hours")
        return self.numbers.of((self._read(self.index.scenario.cases[stream].hours, place), (), ()))

    def _read(self, named: str | Hours, place: Place) -> Hours:
        """Return opening hours by name or as written; a timetable is a problem."""
        hours = self.names.journey.calendars[named] if isinstance(named, str) else named
        if hours.timetable:
            name = named if isinstance(named, str) else "at"
            self.names.say(place, "timetable_not_hours", name=name)
            return NAMED["always"]
        if not cal.build(hours, self.index.start).opens:
            self.names.say(place, "hours_never_open")
            return NAMED["always"]
        return hours

    def together(self, actors: Together, of: Sequence[int]) -> int:
        """Return the calendar on which some actors are all open. ``of``: the one of each actor."""
        met = frozenset(of[actor] for actor in actors)
        if not met:
            return self.numbers.of((NAMED["always"], (), ()))
        return self.numbers.of(met) if len(met) > 1 else min(met)

    def calendars(self) -> tuple[Calendar, ...]:
        """Return the calendars in order; those who meet come behind each of them."""
        built: list[Calendar] = []
        for key in self.numbers:
            if isinstance(key, frozenset):
                built.append(reduce(cal.meet, (built[number] for number in sorted(key))))
            else:
                hours, shut, _ = key
                built.append(cal.build(hours, self.index.start, shut=shut))
        return tuple(built)


def _timetables(names: Expressions) -> dict[str, int]:
    """Number the timetables that steps wait for; one that is none is a problem."""
    calendars = names.journey.calendars
    tables = [name for name, hours in calendars.items() if hours.timetable]
    numbers: Numbering[str] = Numbering()
    every = chain.from_iterable(map(first_visits, names.index.wanted))
    for name, place in chain.from_iterable(map(_waits, every)):
        if name not in tables:
            key = "until_not_timetable" if name in calendars else "unknown_calendar"
            names.say(place, key, name=name, guess=nearest(name, tables))
        elif name not in numbers:
            numbers.of(name)
            if not cal.slots(calendars[name], names.index.start).times:
                names.say(place, "hours_never_open")
    return numbers


def _waits(first: StepVisit) -> Iterator[tuple[str, Place]]:
    """Yield the timetables that a step waits for at first, again and as a batch."""
    for visit in (first, first.again):
        delay = visit.pick("delay")
        if delay is not None and delay.until is not None:
            yield delay.until, visit.place("delay", "until")
    select = first.step.definition.select
    if select is not None and select.at is not None:
        yield select.at, below_place(first.step.place, "select", "at")
    batch = first.pick("batch")
    if batch is not None and batch.at is not None:
        yield batch.at, first.place("batch", "at")

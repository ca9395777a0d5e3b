"""When everybody is open: calendars of actors, of those who meet and of streams; timetables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain

from sim.compile import calendars as cal
from sim.compile.calendars import Calendar, Slots, Span
from sim.compile.expressions import Expressions
from sim.compile.findings import Numbering
from sim.compile.index import Index, fixed
from sim.compile.staff import Changes, staffed, stretches
from sim.compile.visits import StepVisit, first_visits
from sim.errors import nearest
from sim.graph.journey import ActorInstance, Place, below_place
from sim.language.hours import NAMED, Hours

_Key = tuple[Hours, tuple[Span, ...]] | frozenset[int]
"""Hours without outages, or the numbers of calendars that must all be open."""

Together = tuple[int, ...]
"""Actors who do a step together."""


@dataclass(frozen=True)
class Openings:
    """Calendars and timetables, and who goes by which of them.

    ``days``: the calendar of business days. ``actors`` and ``staff``: the calendar of each, and how
    many there are. ``together``: the calendar of actors who do a step together. ``streams`` and
    ``slots``: numbers by name.
    """

    calendars: tuple[Calendar, ...]
    timetables: tuple[Slots, ...]
    days: int
    actors: tuple[int, ...]
    staff: tuple[Changes, ...]
    together: Mapping[Together, int]
    streams: Mapping[str, int]
    slots: Mapping[str, int]


def outages(index: Index, actor: ActorInstance) -> tuple[Span, ...]:
    """Return when an actor is out of order."""
    names = (actor.name, actor.name.partition(".")[0])
    spans = []
    for outage in index.scenario.outages:
        if outage.actor in names:
            begins = index.second(outage.at)
            spans.append((begins, begins + int(fixed(outage.for_))))
    return tuple(spans)


def opened(names: Expressions) -> Openings:
    """Number the calendars: of business days, actors, those who meet, and streams."""
    index, hours = names.index, _Hours(names)
    days = hours.numbers.of((NAMED["business_days"], ()))
    each = [hours.of_actor(actor) for actor in names.journey.actors.values()]
    actors, staff = tuple(one for one, _ in each), tuple(changes for _, changes in each)
    places: dict[Together, Place] = {}
    for visit in chain.from_iterable(map(first_visits, index.wanted)):
        places.setdefault(tuple(index.actors[name] for name in visit.here.by), visit.place("by"))
    together = {met: hours.together(met, actors) for met in places}
    streams = {stream: hours.of_stream(stream) for stream in index.streams}
    calendars = hours.calendars()
    met_first = {together[met]: met for met in reversed(places)}
    for number, met in met_first.items():
        if not calendars[number].opens and all(calendars[actors[one]].opens for one in met):
            told = ", ".join(list(index.actors)[one] for one in met)
            names.say(places[met], "never_together", names=told)
    slots = _timetables(names)
    timetables = tuple(cal.slots(names.journey.calendars[one], index.start) for one in slots)
    return Openings(calendars, timetables, days, actors, staff, together, streams, slots)


class _Hours:
    """Numbers hours; what is wrong with them is noted, and counts as always open."""

    def __init__(self, names: Expressions) -> None:
        self.names, self.index = names, names.index
        self.numbers: Numbering[_Key] = Numbering()

    def of_actor(self, actor: ActorInstance) -> tuple[int, Changes]:
        """Return the calendar of an actor, whose own hours outweigh its agent's, and the staff."""
        if actor.actor.hours is not None:
            hours = self._read(actor.actor.hours, below_place(actor.place, "hours"))
        else:
            hours = self._read(actor.agent.hours, ("agent", actor.agent.agent, ("hours",)))
        calendar = cal.build(hours, self.index.start)
        changes, daily = staffed(self.names, actor)
        on = (span for span, number in stretches(changes) if number)
        if changes and not any(calendar.open_between(*span) for span in on):
            self.names.say(below_place(actor.place, "staff"), "staff_none", name=actor.name)
        off = tuple(span for span, number in stretches(changes) if daily and not number)
        return self.numbers.of((hours, outages(self.index, actor) + off)), changes

    def of_stream(self, stream: str) -> int:
        """Return the calendar of a stream."""
        place = self.index.place("cases", stream, "hours")
        return self.numbers.of((self._read(self.index.scenario.cases[stream].hours, place), ()))

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
            return self.numbers.of((NAMED["always"], ()))
        return self.numbers.of(met) if len(met) > 1 else min(met)

    def calendars(self) -> tuple[Calendar, ...]:
        """Return the calendars in order; those who meet come behind each of them."""
        built: list[Calendar] = []
        for key in self.numbers:
            if isinstance(key, frozenset):
                built.append(reduce(cal.meet, (built[number] for number in sorted(key))))
            else:
                hours, shut = key
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
    batch = first.pick("batch")
    if batch is not None and batch.at is not None:
        yield batch.at, first.place("batch", "at")

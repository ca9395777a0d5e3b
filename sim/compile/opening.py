"""When everybody is open: calendars of actors, of those who meet and of streams; timetables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain

from sim.compile import calendars as cal
from sim.compile.calendars import Calendar, Slots, Span
from sim.compile.findings import Collector, Findings, Numbering
from sim.compile.index import Index, fixed
from sim.compile.staff import Staffing
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

    ``days``: the calendar of business days. ``actors``: the calendar of each. ``together``: that of
    actors who do a step together. ``streams`` and ``slots``: numbers by name.
    """

    calendars: tuple[Calendar, ...]
    timetables: tuple[Slots, ...]
    days: int
    actors: tuple[int, ...]
    together: Mapping[Together, int]
    streams: Mapping[str, int]
    slots: Mapping[str, int]


def outages(index: Index, actor: ActorInstance) -> tuple[Span, ...]:
    """Return when an actor is out of order."""
    names = (actor.name, actor.name.partition(".")[0])
    found = (
        (index.second(o.at), fixed(o.for_)) for o in index.scenario.outages if o.actor in names
    )
    return tuple((begins, begins + int(lasts)) for begins, lasts in found)


def opened(index: Index, staff: Sequence[Staffing], found: Findings) -> tuple[Openings, Findings]:
    """Number the calendars: of business days, actors, those who meet, and streams."""
    opening = _Opening(index, found)
    return opening.openings(staff), opening.notes.findings()


class _Opening:
    """Reads hours; what is wrong with them is noted, and counts as always open."""

    def __init__(self, index: Index, found: Findings) -> None:
        self.index = index
        self.journey = index.journey
        self.notes = Collector(index.journey, found)
        self.numbers: Numbering[_Key] = Numbering()

    def openings(self, staff: Sequence[Staffing]) -> Openings:
        """Return all calendars and timetables."""
        index = self.index
        days = self.numbers.of((NAMED["business_days"], ()))
        each = zip(self.journey.actors.values(), staff, strict=True)
        actors = tuple(self._of_actor(actor, staffing) for actor, staffing in each)
        places = _meetings(index)
        together = {met: self._together(met, actors) for met in places}
        streams = {stream: self._of_stream(stream) for stream in index.streams}
        calendars = self._calendars()
        self._check_meetings(
            {together[met]: (met, places[met]) for met in reversed(places)}, actors, calendars
        )
        slots = self._timetables()
        timetables = tuple(cal.slots(self.journey.calendars[one], index.start) for one in slots)
        return Openings(calendars, timetables, days, actors, together, streams, slots)

    # -- calendars -----------------------------------------------------------------------------

    def _of_actor(self, actor: ActorInstance, staffing: Staffing) -> int:
        own = actor.actor.hours
        place: Place = ("agent", actor.agent.agent, ("hours",))
        place = place if own is None else below_place(actor.place, "hours")
        hours = self._hours(own if own is not None else actor.agent.hours, place)
        calendar = cal.build(hours, self.index.start)
        if staffing.changes and not any(calendar.open_between(*span) for span in staffing.on):
            self.notes.say(below_place(actor.place, "staff"), "staff_none", name=actor.name)
        return self.numbers.of((hours, outages(self.index, actor) + staffing.off))

    def _of_stream(self, stream: str) -> int:
        place: Place = ("scenario", self.index.scenario.scenario, ("cases", stream, "hours"))
        return self.numbers.of((self._hours(self.index.scenario.cases[stream].hours, place), ()))

    def _hours(self, named: str | Hours, place: Place) -> Hours:
        """Return opening hours by name or as written; a timetable is a problem."""
        hours = self.journey.calendars[named] if isinstance(named, str) else named
        if hours.timetable:
            name = named if isinstance(named, str) else "at"
            self.notes.say(place, "timetable_not_hours", name=name)
            return NAMED["always"]
        if not cal.build(hours, self.index.start).opens:
            self.notes.say(place, "hours_never_open")
            return NAMED["always"]
        return hours

    def _together(self, actors: Together, of: Sequence[int]) -> int:
        """Return the calendar on which some actors are all open. ``of``: the one of each actor."""
        met = frozenset(of[actor] for actor in actors)
        if not met:
            return self.numbers.of((NAMED["always"], ()))
        return self.numbers.of(met) if len(met) > 1 else min(met)

    def _calendars(self) -> tuple[Calendar, ...]:
        """Return the calendars in order; those who meet come behind each of them."""
        built: list[Calendar] = []
        for key in self.numbers:
            if isinstance(key, frozenset):
                built.append(reduce(cal.meet, (built[number] for number in sorted(key))))
            else:
                hours, shut = key
                built.append(cal.build(hours, self.index.start, shut=shut))
        return tuple(built)

    def _check_meetings(
        self,
        first: Mapping[int, tuple[Together, Place]],
        of: Sequence[int],
        calendars: Sequence[Calendar],
    ) -> None:
        """Those who meet must be open together. ``first``: who does first on each calendar."""
        for number, (met, place) in first.items():
            if not calendars[number].opens and all(calendars[of[actor]].opens for actor in met):
                names = ", ".join(list(self.index.actors)[actor] for actor in met)
                self.notes.say(place, "never_together", names=names)

    # -- timetables ----------------------------------------------------------------------------

    def _timetables(self) -> dict[str, int]:
        """Number the timetables that steps wait for; one that is none is a problem."""
        numbers: Numbering[str] = Numbering()
        for step in self.index.wanted:
            for name, place in chain.from_iterable(map(_waits, first_visits(step))):
                if name not in numbers and self._is_timetable(name, place):
                    numbers.of(name)
        return numbers

    def _is_timetable(self, name: str, place: Place) -> bool:
        calendars = self.journey.calendars
        if name not in calendars or not calendars[name].timetable:
            key = "until_not_timetable" if name in calendars else "unknown_calendar"
            tables = [one for one, hours in calendars.items() if hours.timetable]
            self.notes.say(place, key, name=name, guess=nearest(name, tables))
            return False
        if not cal.slots(calendars[name], self.index.start).times:
            self.notes.say(place, "hours_never_open")
        return True


def _meetings(index: Index) -> dict[Together, Place]:
    """Return who does a step together, and where that is first said."""
    places: dict[Together, Place] = {}
    for step in index.wanted:
        for visit in first_visits(step):
            actors = tuple(index.actors[name] for name in visit.here.by)
            places.setdefault(actors, visit.place("by"))
    return places


def _waits(first: StepVisit) -> Iterator[tuple[str, Place]]:
    """Yield the timetables that a step waits for at first, again and as a batch."""
    for visit in (first, first.again):
        delay = visit.pick("delay")
        if delay is not None and delay.until is not None:
            yield delay.until, visit.place("delay", "until")
    batch = first.pick("batch")
    if batch is not None and batch.at is not None:
        yield batch.at, first.place("batch", "at")

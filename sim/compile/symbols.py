"""The ledger: numbers for names, calendars and causes while a world is compiled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sim.compile import calendars as cal
from sim.compile.expressions import Expressions
from sim.compile.program import (
    ActorSpec,
)
from sim.errors import nearest
from sim.graph.journey import Journey, Place, StepInstance
from sim.graph.network import Requirements
from sim.language.hours import NAMED, Hours
from sim.language.quantity import Fixed, Quantity


class Symbols:
    """What all parts of the compiler share."""

    def __init__(self, journey: Journey) -> None:
        """Begin with the names of a journey; steps and documents are entered later."""
        self.journey = journey
        self.scenario = journey.world.scenario
        self.streams = sorted(self.scenario.cases)
        self.names = Expressions(journey)
        self.webs: dict[str, Requirements] = {}
        self.tasks: list[StepInstance] = []
        self.documents: dict[str, int] = {}
        self.actor_index = {name: i for i, name in enumerate(journey.actors)}
        self.calendars: dict[tuple[object, ...], int] = {}
        self.calendar_list: list[cal.Calendar] = []
        self.timetables: dict[str, int] = {}
        self.slots: list[cal.Slots] = []
        self.causes: dict[str, int] = {}
        self.rules: dict[str, int] = {}
        self.start = self.scenario.start.date()
        self.offset = self.second(self.scenario.start)
        self.days = self.calendar(NAMED["business_days"], ())

    def second(self, moment: datetime) -> int:
        """Return the second of a local date and time."""
        day = (moment.date() - self.start).days
        return day * cal.DAY + moment.hour * 3600 + moment.minute * 60 + moment.second

    @staticmethod
    def fixed(quantity: Quantity | None) -> float:
        """Return the value of a plain number, 0 for none."""
        return quantity.value if isinstance(quantity, Fixed) else 0.0

    def mask(self, documents: Iterable[str]) -> int:
        """Return the set of some documents."""
        mask = 0
        for name in documents:
            mask |= 1 << self.documents[name]
        return mask

    def cause(self, name: str) -> int:
        """Return the number of a cause of a bad end."""
        return self.causes.setdefault(name, len(self.causes))

    def calendar(self, hours: Hours, shut: tuple[tuple[int, int], ...]) -> int:
        """Return the number of a calendar with outages taken out."""
        key = (hours, shut)
        if key not in self.calendars:
            self.calendars[key] = len(self.calendar_list)
            self.calendar_list.append(cal.build(hours, self.start, shut=shut))
        return self.calendars[key]

    def hours(self, named: str | Hours, place: Place) -> Hours:
        """Return opening hours by name or as written; a timetable is a problem."""
        hours = self.journey.calendars[named] if isinstance(named, str) else named
        if hours.timetable:
            name = named if isinstance(named, str) else "at"
            self.names.say(place, "timetable_not_hours", name=name)
            return NAMED["always"]
        if not cal.build(hours, self.start).opens:
            self.names.say(place, "hours_never_open")
            return NAMED["always"]
        return hours

    def meeting(self, actors: tuple[int, ...], of: tuple[ActorSpec, ...], place: Place) -> int:
        """Return the calendar on which all of some actors are open."""
        if not actors:
            return self.calendar(NAMED["always"], ())
        numbers = tuple(sorted({of[a].calendar for a in actors}))
        key = ("meet", numbers)
        if len(numbers) == 1:
            return numbers[0]
        if key not in self.calendars:
            met = self.calendar_list[numbers[0]]
            for number in numbers[1:]:
                met = cal.meet(met, self.calendar_list[number])
            if not met.opens and all(self.calendar_list[number].opens for number in numbers):
                names = ", ".join(of[a].name for a in actors)
                self.names.say(place, "never_together", names=names)
            self.calendars[key] = len(self.calendar_list)
            self.calendar_list.append(met)
        return self.calendars[key]

    def timetable(self, name: str, place: Place) -> int:
        """Return the number of a timetable, -1 after noting that it is none."""
        calendars = self.journey.calendars
        if name not in calendars or not calendars[name].timetable:
            key = "until_not_timetable" if name in calendars else "unknown_calendar"
            tables = [one for one, hours in calendars.items() if hours.timetable]
            self.names.say(place, key, name=name, guess=nearest(name, tables))
            return -1
        if name not in self.timetables:
            self.timetables[name] = len(self.slots)
            self.slots.append(cal.slots(calendars[name], self.start))
            if not self.slots[-1].times:
                self.names.say(place, "hours_never_open")
        return self.timetables[name]

"""What a scenario and its procedures refer to besides their steps: every name must be known."""

from __future__ import annotations

from dataclasses import dataclass

from sim.graph.journey import Notes, Place, below_place
from sim.graph.names import Names, check_hours
from sim.language.attribute import WORDS, Table, Value
from sim.language.base import Condition
from sim.language.procedure import Goal, Procedure
from sim.language.scenario import Report, Stream


@dataclass(frozen=True)
class References:
    """Looks names up, and notes those that nobody declares."""

    names: Names
    notes: Notes

    def check(self) -> None:
        """Look up all names of a scenario and its procedures."""
        scenario = self.notes.world.scenario
        place: Place = ("scenario", scenario.scenario, ())
        for name, stream in scenario.cases.items():
            self._stream(stream, below_place(place, "cases", name))
        for value, where in self.names.attributes.values():
            self._by(value, where)
        families = {part for name in self.names.actors for part in (name, name.partition(".")[0])}
        for i, outage in enumerate(scenario.outages):
            if outage.actor not in families:
                where = below_place(place, "outages", i, "actor")
                self.notes.unknown(where, "actor", outage.actor, self.names.actors)
        if scenario.report is not None:
            self._report(scenario.report, below_place(place, "report"))
        for procedure in self.notes.world.procedures.values():
            self._procedure(procedure, ("procedure", procedure.procedure, ()))

    def _stream(self, stream: Stream, place: Place) -> None:
        self._goals(stream.goal, below_place(place, "goal"))
        for name, holding in stream.locker.items():
            where = below_place(place, "locker", name)
            self._document(name, where, on="key")
            for defect in holding.makes:
                there = below_place(where, "makes", defect)
                self.notes.check(there, "defect", defect, self.names.defects, on="key")
        for name, value in stream.attributes.items():
            self._by(value, below_place(place, "attributes", name))
        check_hours(self.notes, stream.hours, below_place(place, "hours"), self.names.calendars)

    def _report(self, report: Report, place: Place) -> None:
        for i, name in enumerate(report.documents):
            self._document(name, below_place(place, "documents", i))
        for i, name in enumerate(report.groups):
            self.notes.check(below_place(place, "groups", i), "attribute", name, self.names.facts)
        for fact, observed in report.observed.items():
            where = below_place(place, "observed", fact, "document")
            self._document(observed.document, where)
            family = self.names.families.get(observed.document, ())
            if len(family) > 1:
                values = {"name": observed.document, "known": ", ".join(family)}
                self.notes.say(where, "observed_family", **values)

    def _procedure(self, procedure: Procedure, place: Place) -> None:
        self._goals(procedure.goal, below_place(place, "goal"))
        for i, end in enumerate(procedure.ends):
            self._tests(end.when, below_place(place, "ends", i, "when"))
        for i, deadline in enumerate(procedure.deadlines):
            where = below_place(place, "deadlines", i)
            self._document(deadline.document, below_place(where, "document"))
            if deadline.after is not None:
                self._document(deadline.after, below_place(where, "after"))
        steps = [step for one in self.notes.world.procedures.values() for step in one.steps]
        for key, defect in procedure.defects.items():
            if defect.returns_to is not None:
                where = below_place(place, "defects", key, "returns_to")
                self.notes.check(where, "step", defect.returns_to, steps)

    def _goals(self, goals: tuple[Goal, ...], place: Place) -> None:
        for i, goal in enumerate(goals):
            self._document(goal.document, below_place(place, i, "document"))
            self._tests(goal.if_, below_place(place, i, "if"))

    def _by(self, value: Value, place: Place) -> None:
        """Look up what an attribute follows from."""
        if isinstance(value, Table):
            known = {*self.names.attributes, *self.notes.world.levers, *WORDS}
            self.notes.check(below_place(place, "by"), "attribute", value.by, known)

    def _document(self, name: str, place: Place, on: str = "value") -> None:
        self.notes.check(place, "document", name, self.names.families, on=on)

    def _tests(self, condition: Condition | None, place: Place) -> None:
        for name in condition.tests if condition is not None else ():
            where = below_place(place, name)
            if not self.names.readable(name, where, self.notes):
                known = (*self.names.facts, *self.notes.world.levers)
                self.notes.unknown(where, "attribute", name, known, on="key")

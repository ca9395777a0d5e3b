"""What a scenario and its procedures refer to besides their steps: every name must be known."""

from __future__ import annotations

from dataclasses import dataclass

from sim.graph.journey import Notes, Place, below_place
from sim.graph.names import Names, check_hours
from sim.language.attribute import WORDS, Table, Value
from sim.language.base import Condition
from sim.language.procedure import Goal, Procedure
from sim.language.scenario import Report, Scenario


def check_references(names: Names, notes: Notes) -> None:
    """Note every name in a scenario and its procedures that nobody declares."""
    _References(names, notes).check()


@dataclass(frozen=True)
class _References:
    """Looks names up."""

    names: Names
    notes: Notes

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is in this world."""
        return self.notes.world.scenario

    def check(self) -> None:
        """Look up all names."""
        place: Place = ("scenario", self.scenario.scenario, ())
        for stream in self.scenario.cases:
            self._stream(stream, below_place(place, "cases", stream))
        for value, where in self.names.attributes.values():
            self._by(value, where)
        families = {part for name in self.names.actors for part in (name, name.partition(".")[0])}
        for i, outage in enumerate(self.scenario.outages):
            if outage.actor not in families:
                where = below_place(place, "outages", i, "actor")
                self.notes.unknown(where, "actor", outage.actor, self.names.actors)
        if self.scenario.report is not None:
            self._report(self.scenario.report, below_place(place, "report"))
        for procedure in self.notes.world.procedures.values():
            self._procedure(procedure, ("procedure", procedure.procedure, ()))

    def _stream(self, stream: str, place: Place) -> None:
        definition = self.scenario.cases[stream]
        self._goals(definition.goal, below_place(place, "goal"))
        for name, holding in definition.locker.items():
            where = below_place(place, "locker", name)
            self._document(name, where, on="key")
            for defect in holding.makes:
                if defect not in self.names.defects:
                    there = below_place(where, "makes", defect)
                    self.notes.unknown(there, "defect", defect, self.names.defects, on="key")
        for name, value in definition.attributes.items():
            self._by(value, below_place(place, "attributes", name))
        check_hours(self.notes, definition.hours, below_place(place, "hours"), self.names.calendars)

    def _report(self, report: Report, place: Place) -> None:
        for i, name in enumerate(report.documents):
            self._document(name, below_place(place, "documents", i))
        for i, name in enumerate(report.groups):
            if name not in self.names.facts:
                where = below_place(place, "groups", i)
                self.notes.unknown(where, "attribute", name, self.names.facts)
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
            if defect.returns_to is not None and defect.returns_to not in steps:
                where = below_place(place, "defects", key, "returns_to")
                self.notes.unknown(where, "step", defect.returns_to, steps)

    def _goals(self, goals: tuple[Goal, ...], place: Place) -> None:
        for i, goal in enumerate(goals):
            self._document(goal.document, below_place(place, i, "document"))
            self._tests(goal.if_, below_place(place, i, "if"))

    def _by(self, value: Value, place: Place) -> None:
        """Look up what an attribute follows from."""
        known = {*self.names.attributes, *self.notes.world.levers, *WORDS}
        if isinstance(value, Table) and value.by not in known:
            self.notes.unknown(below_place(place, "by"), "attribute", value.by, known)

    def _document(self, name: str, place: Place, on: str = "value") -> None:
        if name not in self.names.families:
            self.notes.unknown(place, "document", name, self.names.families, on=on)

    def _tests(self, condition: Condition | None, place: Place) -> None:
        for name in condition.tests if condition is not None else ():
            where = below_place(place, name)
            if not self.names.readable(name, where, self.notes):
                known = (*self.names.facts, *self.notes.world.levers)
                self.notes.unknown(where, "attribute", name, known, on="key")

"""Joins the procedures of a world to a journey: names collected, lists unrolled, all resolved.

Agents act without the rules that can never hold there: they are shared, and what a rule tests may
belong to another journey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from sim.errors import nearest
from sim.graph.journey import (
    ASKED,
    ActorInstance,
    DocumentInstance,
    Journey,
    Notes,
    Place,
    StepInChannel,
    StepInstance,
    asked,
    below_place,
    knows,
    raise_any,
)
from sim.graph.names import Names, check_hours, named
from sim.graph.skills import Task
from sim.language.agent import Agent, Event, Rule, known_to
from sim.language.amounts import Comparison
from sim.language.attribute import WORDS, Table, Value
from sim.language.base import CHANNELS, Channel, Condition
from sim.language.overlay import entries
from sim.language.procedure import Counted, Document, Goal, Procedure
from sim.language.scenario import Report, Stream
from sim.language.skill import Skill
from sim.language.step import Profile, Step
from sim.study import catalogue
from sim.study.loader import World


def join(world: World) -> Journey:
    """Join the procedures of a world. Raises InvalidInput with every problem found."""
    notes = Notes(world)
    names = named(notes)
    joined = (_Joiner(one, names, notes).steps() for one in world.procedures.values())
    steps = {step.name: step for each in joined for step in each}
    actors = _Fitter(names, notes).actors()
    _References(names, notes).check()
    raise_any(notes.problems)
    return Journey(
        world,
        steps,
        {**names.documents, **_hidden(steps.values())},
        actors,
        names.defects,
        names.attributes,
        names.lists.presences,
        names.lists.items,
        names.calendars,
        {name: procedure.applicant for name, procedure in world.procedures.items()},
        names.families,
        names.deciders,
        names.indicators,
    )


def _hidden(steps: Iterable[StepInstance]) -> dict[str, DocumentInstance]:
    """Return the hidden documents that somebody gives or waits for."""
    hidden: dict[str, DocumentInstance] = {}
    for step in steps:
        for here in step.channels.values():
            for name in (*here.learns, *here.knowledge):
                kept = not name.startswith(asked(""))
                definition = Document.plain(name[1:]).model_copy(update={"kept": kept})
                document = DocumentInstance(name, name, definition, step.place, hidden=True)
                hidden.setdefault(name, document)
    return hidden


@dataclass(frozen=True)
class _Joiner:
    """Unrolls the steps of a procedure and resolves what they say."""

    procedure: Procedure
    names: Names
    notes: Notes

    def steps(self) -> Iterator[StepInstance]:
        """Yield every step, one for each item of its list."""
        for key, step in self.procedure.steps.items():
            place: Place = ("procedure", self.procedure.procedure, ("steps", key))
            full = f"{self.procedure.procedure}.{key}"
            for name, items in self.names.lists.unrolled(full, step.each):
                yield self._step(name, key, step, items, place)
            if not any(step.profile(c).by or step.profile(c).passed for c in CHANNELS):
                self.notes.say(place, "step_nobody", on="key", name=key)

    def _step(
        self, name: str, key: str, step: Step, items: Mapping[str, str], place: Place
    ) -> StepInstance:
        gives = (document for given in step.gives for document in self.names.meant(given, items))
        return StepInstance(
            name,
            self.procedure.procedure,
            key,
            items,
            self.names.lists.title(items),
            step,
            tuple(dict.fromkeys(gives)),
            {channel: self._in(channel, name, step, items, place) for channel in CHANNELS},
            self.names.lists.presence(items),
            place,
        )

    def _in(
        self, channel: Channel, name: str, step: Step, items: Mapping[str, str], place: Place
    ) -> StepInChannel:
        """Resolve the names of a step (in full ``name``) in one channel."""
        task = Task(step, channel, items, place, self.names, self.notes)
        profile = task.profile()

        def at(field: str, *below: str | int, later: bool = False) -> Place:
            written = below_place(place, *step.written(channel, field, *below, later=later))
            return task.places.get((later, field, *below), written)

        needs: dict[str, Place] = {}
        named: dict[str, tuple[str, ...]] = {}
        for i, need in enumerate(profile.needs or ()):
            where, documents = at("needs", i), self.names.meant(need, items)
            named[need] = documents
            needs |= {document: where for document in documents if document not in needs}
            if not documents:
                self.notes.unknown(where, "document", need, self.names.families)
        by = tuple(
            a for i, one in enumerate(profile.by or ()) for a in self._by(one, items, at("by", i))
        )
        for i, actor in enumerate(by):
            if actor in by[:i]:
                self.notes.say(at("by"), "named_twice", name=actor)
        knowledge: dict[str, Place] = {}
        for field, condition in (("if_", profile.applies), ("open_to", profile.open_to)):
            if condition is not None:
                knowledge |= self._knowledge(condition, items, at(field))
        self._check_defects(profile, at)
        chosen = () if step.select is None else (step.select.decides,)
        learns = [knows(name) for name in dict.fromkeys((*(profile.decides or ()), *chosen))]
        if self._drafted(step, items):
            learns.append(asked(name))
        asks = {**knowledge, **needs}
        return StepInChannel(
            profile,
            tuple(needs),
            by,
            tuple(knowledge),
            tuple(learns),
            asks,
            skilled=task.places,
            named=named,
        )

    def _by(self, name: str, items: Mapping[str, str], place: Place) -> tuple[str, ...]:
        """Return the actor of a name, or the one for an item of the step."""
        for full in (name, *(f"{name}.{item}" for item in items.values())):
            if full in self.names.actors:
                return (full,)
        self.notes.unknown(place, "actor", name, self.names.actors)
        return ()

    def _drafted(self, step: Step, items: Mapping[str, str]) -> bool:
        """Whether a step is drafted with confidence in some channel."""
        place: Place = ("procedure", self.procedure.procedure, ())
        ways = (Task(step, c, items, place, self.names, Notes(self.notes.world)) for c in CHANNELS)
        return any(way.profile().confidence is not None for way in ways)

    def _check_defects(self, profile: Profile, at: Callable[..., Place]) -> None:
        """Check what a step makes and finds; a defect made by confidence needs one."""
        for what, later in product(("makes", "finds"), (False, True)):
            acts = getattr(profile.again if later else profile, what, None) or {}
            for defect, share in acts.items():
                where = at(what, defect, later=later)
                if defect not in self.names.defects:
                    self.notes.unknown(where, "defect", defect, self.names.defects, on="key")
                elif share == "confidence" and profile.confidence is None:
                    self.notes.say(where, "confidence_missing", on="key", name=defect)

    def _knowledge(
        self, condition: Condition, items: Mapping[str, str], place: Place
    ) -> dict[str, Place]:
        """Return the hidden documents that a condition waits for, and check its names."""
        waits: dict[str, Place] = {}
        for name in condition.tests:
            where = below_place(place, name)
            if name == ASKED:
                for i, step in enumerate(condition.values(ASKED)):
                    there = below_place(where, i)
                    waits |= dict.fromkeys(self._asked(str(step), items, there), there)
            elif not self.names.readable(name, where, self.notes):
                known = {*self.names.facts, *self.notes.world.levers, ASKED, "chance"}
                self.notes.unknown(where, "attribute", name, known, on="key")
            elif name in self.names.deciders:
                waits[knows(name)] = where
        return waits

    def _asked(self, name: str, items: Mapping[str, str], place: Place) -> Iterator[str]:
        """Yield the hidden document that says whether a person was asked about a step's draft."""
        step = self.procedure.steps.get(name)
        if step is None:
            self.notes.unknown(place, "step", name, self.procedure.steps)
        elif not self._drafted(step, items):
            self.notes.say(place, "asked_not_drafted", name=name)
        else:
            own = items.values() if step.each in items else ()
            yield asked(".".join((self.procedure.procedure, name, *own)))


@dataclass(frozen=True)
class _References:
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
        for indicator, where in self.names.indicators.values():
            self._counted(indicator.count, below_place(where, "count"))
            self._counted(indicator.per, below_place(where, "per"))
        families = {part for name in self.names.actors for part in (name, name.partition(".")[0])}
        for i, outage in enumerate(scenario.outages):
            if outage.actor not in families:
                where = below_place(place, "outages", i, "actor")
                self.notes.unknown(where, "actor", outage.actor, self.names.actors)
        if scenario.report is not None:
            self._report(scenario.report, below_place(place, "report"))
        for procedure in self.notes.world.procedures.values():
            self._procedure(procedure, ("procedure", procedure.procedure, ()))

    def _counted(self, counted: Counted | None, place: Place) -> None:
        """Look up what an indicator counts."""
        if counted is not None:
            for i, name in enumerate(counted.found or ()):
                where = below_place(place, "found", i)
                self.notes.check(where, "defect", name, self.names.defects)
            for i, name in enumerate(counted.given or ()):
                self._document(name, below_place(place, "given", i))

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
            readable = (*self.names.attributes, *self.names.indicators)
            known = {*readable, *self.notes.world.levers, *WORDS}
            self.notes.check(below_place(place, "by"), "attribute", value.by, known)

    def _document(self, name: str, place: Place, on: str = "value") -> None:
        self.notes.check(place, "document", name, self.names.families, on=on)

    def _tests(self, condition: Condition | None, place: Place) -> None:
        for name in condition.tests if condition is not None else ():
            where = below_place(place, name)
            if not self.names.readable(name, where, self.notes):
                known = (*self.names.facts, *self.notes.world.levers)
                self.notes.unknown(where, "attribute", name, known, on="key")


@dataclass(frozen=True)
class _Fitter:
    """Leaves out the rules of agents that cannot hold in a journey; slips in names are noted."""

    names: Names
    notes: Notes

    def actors(self) -> dict[str, ActorInstance]:
        """Return the actors with the rules that may hold."""
        agents = {actor.agent.agent: actor.agent for actor in self.names.actors.values()}
        fits = {name: self._agent(agent) for name, agent in agents.items()}
        return {n: replace(a, agent=fits[a.agent.agent]) for n, a in self.names.actors.items()}

    def _agent(self, agent: Agent) -> Agent:
        rules: dict[Event, dict[str, Rule]] = {}
        for event, them in agent.rules.items():
            place: Place = ("agent", agent.agent, ("rules", event))
            kept = {n: self._rule(r, event, below_place(place, n)) for n, r in them.items()}
            rules[event] = {name: rule for name, rule in kept.items() if rule is not None}
        for task, skill in agent.skills.items():
            self._skill(skill, ("agent", agent.agent, ("skills", task)))
        return agent if rules == agent.rules else agent.model_copy(update={"rules": rules})

    def _skill(self, skill: Skill, place: Place) -> None:
        """Note the names of defects to be found that are probably slips."""
        for channel, later in product(CHANNELS, (False, True)):
            for name in entries(skill.laid(channel, later=later).get("finds")):
                if name not in self.names.defects:
                    there = skill.written(channel, "finds", name, later=later)
                    where = below_place(place, *there)
                    self._elsewhere(where, "defect", name, self.names.defects, on="key")

    def _rule(self, rule: Rule, event: str, place: Place) -> Rule | None:
        """Return a rule as it may hold here, about defects that there are; None if it cannot."""
        known = {*self.names.facts, *self.names.indicators, *known_to(event)}
        where = below_place(place, "when")
        for name in rule.when.tests:
            if name not in known:
                there = below_place(where, name)
                self._elsewhere(there, "attribute", name, {*known, "chance"}, on="key")
                return None
        defects = rule.when.values("defect")
        for i, defect in enumerate(defects):
            if defect not in self.names.defects:
                there = below_place(where, "defect", i)
                self._elsewhere(there, "defect", str(defect), self.names.defects)
        kept = tuple(Comparison.read(one) for one in defects if one in self.names.defects)
        if len(kept) == len(defects):
            return rule
        tests = {**rule.when.tests, "defect": kept}
        when = rule.when.model_copy(update={"tests": tests})
        return rule.model_copy(update={"when": when}) if kept else None

    def _elsewhere(
        self, place: Place, what: str, name: str, known: Iterable[str], on: str = "value"
    ) -> None:
        """Note a name that is probably a slip: like one that is known, and declared by nobody."""
        also = catalogue.declared("indicators") if what == "attribute" else set()
        if nearest(name, known) and name not in catalogue.declared(f"{what}s") | also:
            self.notes.unknown(place, what, name, known, on=on, hint="declare_it")

"""Joins the procedures of a world to a journey: names collected, lists unrolled, all resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import (
    ASKED,
    ActorInstance,
    DocumentInstance,
    Journey,
    Place,
    StepInChannel,
    StepInstance,
    asked,
    below_place,
    knows,
)
from sim.language.agent import Agent, Event, Rule, known_to
from sim.language.attribute import WORDS, Table, Value
from sim.language.base import CHANNELS, Channel, Condition, Label
from sim.language.comparison import Comparison
from sim.language.hours import NAMED, Hours
from sim.language.procedure import Actor, Defect, Document, Procedure, Step
from sim.language.quantity import Share
from sim.language.scenario import Report
from sim.study import loader
from sim.study.loader import World


def join(world: World) -> Journey:
    """Join the procedures of a world. Raises InvalidInput with every problem found."""
    joiner = _Joiner(world)
    journey = joiner.journey()
    if joiner.problems:
        raise InvalidInput(joiner.problems)
    return journey


class _Joiner:
    """Collects names first, then unrolls steps and resolves what they say."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.problems: list[Problem] = []
        self.lists: dict[str, tuple[str, ...]] = {}
        self.item_titles: dict[tuple[str, str], Label] = {}
        self.list_places: dict[str, Place] = {}
        self.presences: dict[str, Share] = {}
        self.presence_places: dict[str, Place] = {}
        self.actors: dict[str, ActorInstance] = {}
        self.defects: dict[str, tuple[Defect, Place]] = {}
        self.attributes: dict[str, tuple[Value, Place]] = {}
        self.documents: dict[str, tuple[Document, Place]] = {}
        self.calendars: dict[str, Hours] = dict(NAMED) | dict(world.scenario.calendars)
        self.spread: dict[str, str] = {}
        self.members: dict[str, tuple[str, ...]] = {}
        self.deciders: set[str] = set()

    def say(self, place: Place, key: str, **values: Any) -> None:
        """Note a problem."""
        kind, name, path = place
        problem = self.world.problem(kind, name, path, key, **values)
        if problem not in self.problems:
            self.problems.append(problem)

    def journey(self) -> Journey:
        """Return the journey, with whatever of it is right; what is not stands in ``problems``."""
        for procedure in self.world.procedures.values():
            self._collect(procedure)
        for procedure in self.world.procedures.values():
            self._spread(procedure)
        self._collect_streams()
        self._check_levers()
        papers = self._papers()
        for procedure in self.world.procedures.values():
            self._deciders(procedure)
        tasks = {
            task.name: task
            for procedure in self.world.procedures.values()
            for task in self._tasks(procedure)
        }
        papers |= self._hidden(tasks.values())
        self.actors = self._fitted()
        self._check_scenario()
        return Journey(
            self.world,
            tasks,
            papers,
            self.actors,
            self.defects,
            self.attributes,
            self.presences,
            self.presence_places,
            self.lists,
            self.calendars,
            {name: p.applicant for name, p in self.world.procedures.items()},
            self.members,
            frozenset(self.deciders),
        )

    # -- names ---------------------------------------------------------------------------------

    def _collect(self, procedure: Procedure) -> None:
        name = procedure.procedure
        self.calendars |= procedure.calendars
        self._collect_lists(procedure)
        for what in ("defects", "attributes", "documents"):
            mine: dict[str, tuple[Any, Place]] = getattr(self, what)
            for key, definition in getattr(procedure, what).items():
                place: Place = ("procedure", name, (what, key))
                if key in mine and mine[key][0] != definition:
                    self._twice(place, key, mine[key][1])
                mine[key] = (definition, place)
        for key, actor in procedure.actors.items():
            self._actor(key, actor, ("procedure", name, ("actors", key)))
        if procedure.applicant not in procedure.actors:
            place = ("procedure", name, ("applicant",))
            self._unknown(place, "actor", procedure.applicant, procedure.actors)

    def _collect_lists(self, procedure: Procedure) -> None:
        for key, items in procedure.lists.items():
            place: Place = ("procedure", procedure.procedure, ("lists", key))
            if key in self.lists and self.lists[key] != tuple(items):
                self._twice(place, key, self.list_places[key])
            self.lists[key] = tuple(items)
            self.list_places[key] = place
            for item, details in items.items():
                self.item_titles[key, item] = details.title or Label(en=item, ja=item)
                if details.chance is not None:
                    self.presences[f"{key}.{item}"] = details.chance
                    where = below_place(place, item, "chance")
                    self.presence_places[f"{key}.{item}"] = where

    def _item(self, items: Mapping[str, str]) -> Label | None:
        """Return what the items of lists are called that a step or document is for."""
        titles = [self.item_titles[each, item] for each, item in items.items()]
        if not titles:
            return None
        return Label(en=", ".join(t.en for t in titles), ja="・".join(t.ja for t in titles))

    def _twice(self, place: Place, name: str, other: Place) -> None:
        """Note that something is declared differently in two procedures."""
        kind, definition, path = other
        there = self.world.problem(kind, definition, path, "declared_twice", on="key")
        self.say(place, "declared_twice", on="key", name=name, where=_where(there))

    def _check_levers(self) -> None:
        """A condition on a name must not mean both a lever and an attribute or list."""
        declared = {name: place for name, (_, place) in self.attributes.items()} | self.list_places
        for procedure in self.world.procedures.values():
            for key in (name for name in procedure.levers if name in declared):
                kind, definition, path = declared[key]
                there = self.world.problem(kind, definition, path, "lever_clash", on="key")
                place: Place = ("procedure", procedure.procedure, ("levers", key))
                self.say(place, "lever_clash", on="key", name=key, where=_where(there))

    def _collect_streams(self) -> None:
        """Attributes that only a stream of the scenario knows."""
        scenario = self.world.scenario
        for stream, definition in scenario.cases.items():
            for key, value in definition.attributes.items():
                place: Place = ("scenario", scenario.scenario, ("cases", stream, "attributes", key))
                self.attributes.setdefault(key, (value, place))

    def _actor(self, key: str, actor: Actor, place: Place) -> None:
        agent = self.world.agents.get(actor.agent)
        if agent is None:
            where = below_place(place, "agent")
            self._unknown(where, "agent", actor.agent, self.world.agents)
            return
        if actor.each is not None and actor.each not in self.lists:
            self._unknown(below_place(place, "each"), "list", actor.each, self.lists)
            return
        for name, items in _unrolled(key, actor.each, self.lists):
            old = self.actors.get(name)
            if old is not None and old.actor != actor and actor != Actor(agent=actor.agent):
                if old.actor != Actor(agent=old.actor.agent):
                    self._twice(place, key, old.place)
            elif old is not None:
                continue
            self.actors[name] = ActorInstance(name, actor, agent, items, place)
        self._calendar(actor.hours, below_place(place, "hours"))
        self._calendar(agent.hours, ("agent", agent.agent, ("hours",)))

    def _calendar(self, hours: str | Hours | None, place: Place) -> None:
        if isinstance(hours, str) and hours not in self.calendars:
            self._unknown(place, "calendar", hours, self.calendars)

    def _unknown(
        self,
        place: Place,
        what: str,
        name: str,
        known: Iterable[str],
        on: Literal["value", "key"] = "value",
    ) -> None:
        self.say(place, f"unknown_{what}", on=on, name=name, guess=nearest(name, known))

    def _spread(self, procedure: Procedure) -> None:
        """Note which documents come once for each item of a list."""
        for key, step in procedure.steps.items():
            place: Place = ("procedure", procedure.procedure, ("steps", key))
            if step.each is not None and step.each not in self.lists:
                self._unknown(below_place(place, "each"), "list", step.each, self.lists)
            for i, given in enumerate(step.gives):
                self._spread_one(given, step, below_place(place, "gives", i))

    def _spread_one(self, given: str, step: Step, place: Place) -> None:
        if given not in self.documents:
            base, dot, _ = given.partition(".")
            if not dot or base not in self.documents:
                self._unknown(place, "document", given, self.documents)
            return
        if step.each is None or step.each not in self.lists:
            return
        if self.spread.setdefault(given, step.each) != step.each:
            self.say(place, "spread_twice", name=given, one=self.spread[given], other=step.each)

    def _papers(self) -> dict[str, DocumentInstance]:
        papers: dict[str, DocumentInstance] = {}
        for key, (definition, place) in self.documents.items():
            unrolled = _unrolled(key, self.spread.get(key), self.lists)
            self.members[key] = tuple(name for name, _ in unrolled)
            for name, items in unrolled:
                self.members[name] = (name,)
                papers[name] = DocumentInstance(name, definition, place, item=self._item(items))
            if definition.lapsed is not None and definition.lapsed not in self.defects:
                self._unknown(
                    below_place(place, "lapsed"), "defect", definition.lapsed, self.defects
                )
        return papers

    def _deciders(self, procedure: Procedure) -> None:
        for key, step in procedure.steps.items():
            place: Place = ("procedure", procedure.procedure, ("steps", key))
            for channel in CHANNELS:
                for i, name in enumerate(step.profile(channel).decides or ()):
                    if name not in self.attributes:
                        where = below_place(place, *step.written(channel, "decides", i))
                        self._unknown(where, "attribute", name, self.attributes)
                    self.deciders.add(name)

    # -- steps ---------------------------------------------------------------------------------

    def _tasks(self, procedure: Procedure) -> Iterable[StepInstance]:
        for key, step in procedure.steps.items():
            place: Place = ("procedure", procedure.procedure, ("steps", key))
            each = step.each if step.each in self.lists else None
            for name, items in _unrolled(f"{procedure.procedure}.{key}", each, self.lists):
                gives = tuple(dict.fromkeys(d for g in step.gives for d in self._own(g, items)))
                ways = {c: self._way(procedure, step, c, name, items, place) for c in CHANNELS}
                presence = next(
                    (f"{k}.{v}" for k, v in items.items() if f"{k}.{v}" in self.presences), None
                )
                of = self._item(items)
                yield StepInstance(
                    name, procedure.procedure, key, items, of, step, gives, ways, presence, place
                )
            if not any(step.profile(c).by or step.profile(c).omit for c in CHANNELS):
                self.say(place, "step_nobody", on="key", name=key)

    def _own(self, name: str, items: Mapping[str, str]) -> tuple[str, ...]:
        """Return the documents a step means: its own item's, or all."""
        each = self.spread.get(name)
        if each is not None and each in items:
            return (f"{name}.{items[each]}",)
        return self.members.get(name, ())

    def _way(  # noqa: PLR0913, PLR0917 -- all that names are resolved by
        self,
        procedure: Procedure,
        step: Step,
        channel: Channel,
        name: str,
        items: Mapping[str, str],
        place: Place,
    ) -> StepInChannel:
        """Resolve the names of a step (in full ``name``) in one channel."""
        profile = step.profile(channel)

        def at(field: str, *below: str | int) -> Place:
            return below_place(place, *step.written(channel, field, *below))

        needs: dict[str, Place] = {}
        for i, need in enumerate(profile.needs or ()):
            where = at("needs", i)
            needs |= {d: where for d in self._needed(need, items, where) if d not in needs}
        by = tuple(
            a for i, one in enumerate(profile.by or ()) for a in self._by(one, items, at("by", i))
        )
        for i, actor in enumerate(by):
            if actor in by[:i]:
                self.say(at("by"), "named_twice", name=actor)
        knowledge = self._knowledge(profile.if_, procedure, items, at("if_"))
        knowledge |= self._knowledge(profile.open_to, procedure, items, at("open_to"))
        self._check_defects(step, channel, place)
        learns = [knows(attribute) for attribute in profile.decides or ()]
        if any(step.profile(c).confidence is not None for c in CHANNELS):  # drafted or not
            learns.append(asked(name))
        return StepInChannel(
            profile, tuple(needs), by, tuple(knowledge), tuple(learns), {**knowledge, **needs}
        )

    def _check_defects(self, step: Step, channel: Channel, place: Place) -> None:
        """Check what a step makes and finds; a defect made by confidence needs one."""
        profile = step.profile(channel)
        for what, again in (("makes", False), ("finds", False), ("makes", True), ("finds", True)):
            acts = getattr(profile.again if again else profile, what, None) or {}
            for defect, share in acts.items():
                field = ("again", what) if again else (what,)
                where = below_place(place, *step.written(channel, *field, defect))
                if defect not in self.defects:
                    self._unknown(where, "defect", defect, self.defects, on="key")
                elif share == "confidence" and profile.confidence is None:
                    self.say(where, "confidence_missing", on="key", name=defect)

    def _needed(self, name: str, items: Mapping[str, str], place: Place) -> tuple[str, ...]:
        found = self._own(name, items)
        if not found:
            self._unknown(place, "document", name, self.members)
        return found

    def _by(self, name: str, items: Mapping[str, str], place: Place) -> tuple[str, ...]:
        if name in self.actors:
            return (name,)
        for item in items.values():
            if f"{name}.{item}" in self.actors:
                return (f"{name}.{item}",)
        self._unknown(place, "actor", name, self.actors)
        return ()

    def _knowledge(
        self,
        condition: Condition | None,
        procedure: Procedure,
        items: Mapping[str, str],
        place: Place,
    ) -> dict[str, Place]:
        """Return the hidden documents that a condition waits for, and check its names."""
        waits: dict[str, Place] = {}
        for name in condition.tests if condition is not None else ():
            where = below_place(place, name)
            if name == ASKED:
                waits |= self._asked(condition, procedure, items, where)
            elif not self._readable(name, where):
                known = {*self.attributes, *self.presences, *self.world.levers, ASKED, "chance"}
                self._unknown(where, "attribute", name, known, on="key")
            elif name in self.deciders:
                waits[knows(name)] = where
        return waits

    def _readable(self, name: str, place: Place) -> bool:
        """Return whether a condition may read an attribute or a lever of that name."""
        if name in self.attributes or name in self.presences:
            return True
        if len(self.world.levers.get(name, ())) > 1:
            self.say(place, "lever_twice", on="key", name=name)
        return name in self.world.levers

    def _asked(
        self,
        condition: Condition | None,
        procedure: Procedure,
        items: Mapping[str, str],
        place: Place,
    ) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for i, value in enumerate(condition.values(ASKED) if condition is not None else ()):
            where = below_place(place, i)
            step = procedure.steps.get(str(value))
            if step is None:
                self._unknown(where, "step", str(value), procedure.steps)
            elif not any(step.profile(c).confidence is not None for c in CHANNELS):
                self.say(where, "asked_not_drafted", name=str(value))
            else:
                own = items if step.each in items else {}
                found[asked(_full(procedure.procedure, str(value), own))] = where
        return found

    def _hidden(self, tasks: Iterable[StepInstance]) -> dict[str, DocumentInstance]:
        """Return the hidden documents that somebody gives or waits for."""
        hidden: dict[str, DocumentInstance] = {}
        for task in tasks:
            for way in task.ways.values():
                for name in (*way.learns, *way.knowledge):
                    kept = not name.startswith("?asked ")
                    definition = Document(en=name[1:], ja=name[1:], kept=kept)
                    hidden.setdefault(
                        name, DocumentInstance(name, definition, task.place, hidden=True)
                    )
        return hidden

    # -- agents ----------------------------------------------------------------------------------

    def _fitted(self) -> dict[str, ActorInstance]:
        """Return the actors without those rules of their agents that can never hold here.

        Agents are shared: what a rule tests may belong to another journey.
        """
        agents = {who.agent.agent: who.agent for who in self.actors.values()}
        fitted = {name: self._fit(agent) for name, agent in agents.items()}
        return {n: replace(who, agent=fitted[who.agent.agent]) for n, who in self.actors.items()}

    def _fit(self, agent: Agent) -> Agent:
        rules: dict[Event, dict[str, Rule]] = {}
        for event, named in agent.rules.items():
            place: Place = ("agent", agent.agent, ("rules", event))
            kept = {n: self._fit_rule(r, event, below_place(place, n)) for n, r in named.items()}
            rules[event] = {name: rule for name, rule in kept.items() if rule is not None}
        return agent if rules == agent.rules else agent.model_copy(update={"rules": rules})

    def _fit_rule(self, rule: Rule, event: str, place: Place) -> Rule | None:
        """Return a rule as it may hold here, None if it tests what there is not."""
        known = {*self.attributes, *self.presences, *known_to(event)}
        where = below_place(place, "when")
        for name in rule.when.tests:
            if name not in known:
                there = below_place(where, name)
                self._elsewhere(there, "attribute", name, {*known, "chance"}, on="key")
                return None
        if "defect" not in rule.when.tests:
            return rule
        return self._fit_defects(rule, below_place(where, "defect"))

    def _fit_defects(self, rule: Rule, place: Place) -> Rule | None:
        """Return a rule about the defects that there are, None if there is none of them."""
        values = rule.when.values("defect")
        for i, value in enumerate(values):
            if value not in self.defects:
                self._elsewhere(below_place(place, i), "defect", str(value), self.defects)
        kept = tuple(Comparison.read(value) for value in values if value in self.defects)
        if len(kept) == len(values) or not kept:
            return rule if kept else None
        tests = {**rule.when.tests, "defect": kept}
        return rule.model_copy(update={"when": rule.when.model_copy(update={"tests": tests})})

    def _elsewhere(
        self,
        place: Place,
        what: str,
        name: str,
        known: Iterable[str],
        on: Literal["value", "key"] = "value",
    ) -> None:
        """Note a name that is probably a slip: like one that is known, and declared by nobody."""
        guess = nearest(name, known)
        if guess is not None and name not in loader.declared(f"{what}s"):
            self.say(place, f"unknown_{what}", on=on, name=name, guess=guess, hint="declare_it")

    # -- the scenario --------------------------------------------------------------------------

    def _check_scenario(self) -> None:
        scenario = self.world.scenario
        for stream in scenario.cases:
            self._check_stream(stream, ("scenario", scenario.scenario, ("cases", stream)))
        for value, place in self.attributes.values():
            self._check_by(value, place)
        for i, outage in enumerate(scenario.outages):
            if not any(outage.actor in {name, name.partition(".")[0]} for name in self.actors):
                place = ("scenario", scenario.scenario, ("outages", i, "actor"))
                self._unknown(place, "actor", outage.actor, self.actors)
        if scenario.report is not None:
            self._check_report(scenario.report, ("scenario", scenario.scenario, ("report",)))
        for name, procedure in self.world.procedures.items():
            self._check_procedure(name, procedure)

    def _check_stream(self, stream: str, place: Place) -> None:
        definition = self.world.scenario.cases[stream]
        for i, goal in enumerate(definition.goal):
            self._check_document(goal.document, below_place(place, "goal", i, "document"))
            self._check_tests(goal.if_, below_place(place, "goal", i, "if"))
        for name, holding in definition.locker.items():
            where = below_place(place, "locker", name)
            self._check_document(name, where, on="key")
            for defect in holding.makes:
                if defect not in self.defects:
                    there = below_place(where, "makes", defect)
                    self._unknown(there, "defect", defect, self.defects, on="key")
        for name, value in definition.attributes.items():
            self._check_by(value, below_place(place, "attributes", name))
        self._calendar(definition.hours, below_place(place, "hours"))

    def _check_report(self, report: Report, place: Place) -> None:
        for i, name in enumerate(report.documents):
            self._check_document(name, below_place(place, "documents", i))
        known = (*self.attributes, *self.presences)
        for i, name in enumerate(report.groups):
            if name not in known:
                self._unknown(below_place(place, "groups", i), "attribute", name, known)
        for fact, observed in report.observed.items():
            where = below_place(place, "observed", fact, "document")
            self._check_document(observed.document, where)
            family = self.members.get(observed.document, ())
            if len(family) > 1:
                self.say(where, "observed_family", name=observed.document, known=", ".join(family))

    def _check_by(self, value: Value, place: Place) -> None:
        if not isinstance(value, Table):
            return
        own = {name for s in self.world.scenario.cases.values() for name in s.attributes}
        known = {*self.attributes, *own, *self.world.levers, *WORDS}
        if value.by not in known:
            self._unknown(below_place(place, "by"), "attribute", value.by, known)

    def _check_document(
        self, name: str, place: Place, on: Literal["value", "key"] = "value"
    ) -> None:
        if name not in self.members:
            self._unknown(place, "document", name, self.members, on=on)

    def _check_tests(self, condition: Condition | None, place: Place) -> None:
        for name in condition.tests if condition is not None else ():
            where = below_place(place, name)
            if not self._readable(name, where):
                known = (*self.attributes, *self.presences, *self.world.levers)
                self._unknown(where, "attribute", name, known, on="key")

    def _check_procedure(self, name: str, procedure: Procedure) -> None:
        place: Place = ("procedure", name, ())
        for i, goal in enumerate(procedure.goal):
            self._check_document(goal.document, below_place(place, "goal", i, "document"))
            self._check_tests(goal.if_, below_place(place, "goal", i, "if"))
        for i, end in enumerate(procedure.ends):
            self._check_tests(end.when, below_place(place, "ends", i, "when"))
        for i, deadline in enumerate(procedure.deadlines):
            where = below_place(place, "deadlines", i)
            self._check_document(deadline.document, below_place(where, "document"))
            if deadline.after is not None:
                self._check_document(deadline.after, below_place(where, "after"))
        steps = [step for one in self.world.procedures.values() for step in one.steps]
        for key, defect in procedure.defects.items():
            if defect.returns_to is not None and defect.returns_to not in steps:
                where = below_place(place, "defects", key, "returns_to")
                self._unknown(where, "step", defect.returns_to, steps)


def _where(problem: Problem) -> str:
    """Return where a problem would be shown."""
    return f"{problem.file}:{problem.line}"


def _unrolled(
    name: str, each: str | None, lists: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, dict[str, str]]]:
    if each is None or each not in lists:
        return [(name, {})]
    return [(f"{name}.{item}", {each: item}) for item in lists[each]]


def _full(procedure: str, step: str, items: Mapping[str, str]) -> str:
    return ".".join((procedure, step, *items.values()))

"""The names of a world: what its procedures declare together, lists unrolled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.graph.journey import ActorInstance, Declared, DocumentInstance, Notes, Place, below_place
from sim.language.agent import Agent
from sim.language.attribute import Value
from sim.language.base import CHANNELS, Label
from sim.language.hours import NAMED, Hours
from sim.language.procedure import Actor, Defect, Document, Indicator, ListItem
from sim.language.quantity import Share
from sim.language.step import Step
from sim.study.loader import World


@dataclass(frozen=True)
class Lists:
    """The items of each list, what they are called, and ``list.item`` not every case has."""

    items: Mapping[str, tuple[str, ...]]
    titles: Mapping[tuple[str, str], Label]
    presences: Declared[Share]

    def unrolled(self, name: str, each: str | None) -> list[tuple[str, dict[str, str]]]:
        """Return a name, or one for each item of a list, with the item; as it is without a list."""
        if each is None or each not in self.items:
            return [(name, {})]
        return [(f"{name}.{item}", {each: item}) for item in self.items[each]]

    def title(self, items: Mapping[str, str]) -> Label | None:
        """Return what the items are called that a step or document is for."""
        titles = [self.titles[each, item] for each, item in items.items()]
        return Label.joined(titles) if titles else None

    def presence(self, items: Mapping[str, str]) -> str | None:
        """Return the first of some items that not every case has, as ``list.item``."""
        names = (f"{each}.{item}" for each, item in items.items())
        return next((name for name in names if name in self.presences), None)


@dataclass(frozen=True)
class Names:
    """What the procedures of a world declare.

    ``spread``: the list of each document that comes once for each item. ``families``: the documents
    that each name stands for. ``deciders``: attributes that some step decides.
    """

    lists: Lists
    calendars: Mapping[str, Hours]
    defects: Declared[Defect]
    attributes: Declared[Value]
    actors: Mapping[str, ActorInstance]
    spread: Mapping[str, str]
    families: Mapping[str, tuple[str, ...]]
    documents: Mapping[str, DocumentInstance]
    deciders: frozenset[str]
    indicators: Declared[Indicator]

    @property
    def facts(self) -> tuple[str, ...]:
        """What a condition may test of a case: attributes, and whether an item is there."""
        return (*self.attributes, *self.lists.presences)

    def readable(self, name: str, place: Place, notes: Notes) -> bool:
        """Return whether a condition may read an attribute or a lever of that name."""
        if name in self.facts:
            return True
        if name in self.indicators:
            notes.say(place, "indicator_in_condition", on="key", name=name)
            return True
        if len(notes.world.levers.get(name, ())) > 1:
            notes.say(place, "lever_twice", on="key", name=name)
        return name in notes.world.levers

    def agent(self, name: str) -> Agent | None:
        """Return the agent of an actor, or of one for each item of a list; None if nobody is it."""
        found = (a.agent for full, a in self.actors.items() if name in {full, full.split(".")[0]})
        return next(found, None)

    def meant(self, name: str, items: Mapping[str, str]) -> tuple[str, ...]:
        """Return the documents that a step for some items means: its own item's, or all."""
        each = self.spread.get(name)
        if each is not None and each in items:
            return (f"{name}.{items[each]}",)
        return self.families.get(name, ())


def named(notes: Notes) -> Names:
    """Return what the procedures of a world declare; what is wrong with it is noted."""
    listed = _merged(notes, "lists")
    lists = _lists(notes.world, listed)
    calendars = _calendars(notes)
    defects = _merged(notes, "defects")
    attributes = _attributes(notes, listed)
    indicators = _indicators(notes, {**attributes, **listed})
    _check_levers(notes, {**attributes, **listed, **indicators})
    documents = _merged(notes, "documents")
    spread = _spread(notes, lists, documents)
    unrolled = {key: lists.unrolled(key, spread.get(key)) for key in documents}
    families: dict[str, tuple[str, ...]]
    families = {name: (name,) for names in unrolled.values() for name, _ in names}
    families |= {key: tuple(name for name, _ in names) for key, names in unrolled.items()}
    for document, place in documents.values():
        for brings in ("lapsed", "slip", "left_out"):
            if (defect := getattr(document, brings)) is not None:
                notes.check(below_place(place, brings), "defect", defect, defects)
    return Names(
        lists,
        calendars,
        defects,
        attributes,
        _actors(notes, lists, calendars),
        spread,
        families,
        {
            name: DocumentInstance(name, key, *documents[key], item=lists.title(items))
            for key, names in unrolled.items()
            for name, items in names
        },
        frozenset(_deciders(notes, attributes)),
        indicators,
    )


def _steps(world: World) -> Iterator[tuple[Step, Place]]:
    """Yield every step of every procedure with its place."""
    for name, procedure in world.procedures.items():
        for key, step in procedure.steps.items():
            yield step, ("procedure", name, ("steps", key))


def check_hours(
    notes: Notes, hours: str | Hours | None, place: Place, calendars: Mapping[str, Hours]
) -> None:
    """Note hours that name a calendar that there is not."""
    if isinstance(hours, str):
        notes.check(place, "calendar", hours, calendars)


def _twice(notes: Notes, place: Place, other: Place) -> None:
    """Note that something is declared differently in two definitions."""
    where = _shown(notes, other, "declared_twice")
    notes.say(place, "declared_twice", on="key", name=place[2][-1], where=where)


def _shown(notes: Notes, place: Place, key: str) -> str:
    """Return where a place is, as a message names it."""
    there = notes.world.problem(*place, key, on="key")
    return f"{there.file}:{there.line}"


def _merged(
    notes: Notes, part: str, known: Declared[Any] | None = None
) -> dict[str, tuple[Any, Place]]:
    """Return what all procedures declare under ``part``, besides what is ``known``.

    The last word of several counts.
    """
    found = dict(known or {})
    for name, procedure in notes.world.procedures.items():
        for key, definition in getattr(procedure, part).items():
            place: Place = ("procedure", name, (part, key))
            if key in found and found[key][0] != definition:
                _twice(notes, place, found[key][1])
            found[key] = (definition, place)
    return found


def _of_scenario(notes: Notes, part: str) -> dict[str, tuple[Any, Place]]:
    """Return what the scenario declares under ``part``."""
    scenario = notes.world.scenario
    declared = getattr(scenario, part).items()
    return {name: (one, ("scenario", scenario.scenario, (part, name))) for name, one in declared}


def _indicators(notes: Notes, others: Declared[Any]) -> dict[str, tuple[Indicator, Place]]:
    """Return the indicators of scenario and procedures; a name means nothing else besides."""
    found = _merged(notes, "indicators", _of_scenario(notes, "indicators"))
    for name in (name for name in found if name in others):
        where = _shown(notes, others[name][1], "indicator_clash")
        notes.say(found[name][1], "indicator_clash", on="key", name=name, where=where)
    return found


def _check_levers(notes: Notes, others: Declared[Any]) -> None:
    """A condition on a name must not mean both a lever and an attribute or list."""
    for name, procedure in notes.world.procedures.items():
        for key in (lever for lever in procedure.levers if lever in others):
            _, there = others[key]
            place: Place = ("procedure", name, ("levers", key))
            where = _shown(notes, there, "lever_clash")
            notes.say(place, "lever_clash", on="key", name=key, where=where)


def _calendars(notes: Notes) -> dict[str, Hours]:
    """Return the calendars known by name: those of the language, the scenario, the procedures."""
    declared = _merged(notes, "calendars", _of_scenario(notes, "calendars"))
    return dict(NAMED) | {name: hours for name, (hours, _) in declared.items()}


def _lists(world: World, declared: Declared[Mapping[str, ListItem]]) -> Lists:
    titles: dict[tuple[str, str], Label] = {}
    presences: dict[str, tuple[Share, Place]] = {}
    for name, procedure in world.procedures.items():
        for key, each in procedure.lists.items():
            for item, details in each.items():
                titles[key, item] = details.title or Label.plain(item)
                if details.chance is not None:
                    place: Place = ("procedure", name, ("lists", key, item, "chance"))
                    presences[f"{key}.{item}"] = (details.chance, place)
    return Lists({key: tuple(items) for key, (items, _) in declared.items()}, titles, presences)


def _attributes(notes: Notes, lists: Collection[str]) -> dict[str, tuple[Value, Place]]:
    """Return the attributes of procedures; what only agents bring or streams know comes after.

    The first that says it counts. What a journey has a lever or a list for no agent brings.
    """
    found = _merged(notes, "attributes")
    scenario = notes.world.scenario
    for agent in _agents(notes.world):
        for key, value in agent.attributes.items():
            if key not in notes.world.levers and key not in lists:
                found.setdefault(key, (value, ("agent", agent.agent, ("attributes", key))))
    for stream, definition in scenario.cases.items():
        for key, value in definition.attributes.items():
            place = ("scenario", scenario.scenario, ("cases", stream, "attributes", key))
            found.setdefault(key, (value, place))
    return found


def _agents(world: World) -> Iterator[Agent]:
    """Yield the agents that act in a world, in the order of its actors."""
    actors = (one for each in world.procedures.values() for one in each.actors.values())
    for name in dict.fromkeys(actor.agent for actor in actors):
        if name in world.agents:
            yield world.agents[name]


# -- actors ----------------------------------------------------------------------------------------


def _actors(notes: Notes, lists: Lists, calendars: Mapping[str, Hours]) -> dict[str, ActorInstance]:
    """Return the actors of all procedures; one that only names an agent adds nothing to another."""
    found: dict[str, ActorInstance] = {}
    for name, procedure in notes.world.procedures.items():
        for key, actor in procedure.actors.items():
            place: Place = ("procedure", name, ("actors", key))
            for one in _instances(notes, lists, actor, place):
                old = found.setdefault(one.name, one)
                if actor in (old.actor, Actor(agent=actor.agent)):  # says nothing new
                    continue
                found[one.name] = one
                if old.actor != Actor(agent=old.actor.agent):
                    _twice(notes, place, old.place)
            check_hours(notes, actor.hours, below_place(place, "hours"), calendars)
            agent = notes.world.agents.get(actor.agent)
            if agent is not None:
                check_hours(notes, agent.hours, ("agent", agent.agent, ("hours",)), calendars)
        place = ("procedure", name, ("applicant",))
        notes.check(place, "actor", procedure.applicant, procedure.actors)
    return found


def _instances(notes: Notes, lists: Lists, actor: Actor, place: Place) -> Iterator[ActorInstance]:
    """Yield an actor, or one for each item of its list."""
    agents = notes.world.agents
    agent = agents.get(actor.agent)
    if agent is None:
        notes.unknown(below_place(place, "agent"), "agent", actor.agent, agents)
    elif actor.each is not None and actor.each not in lists.items:
        notes.unknown(below_place(place, "each"), "list", actor.each, lists.items)
    else:
        for name, items in lists.unrolled(str(place[2][-1]), actor.each):
            yield ActorInstance(name, actor, agent, items, place)


# -- documents -------------------------------------------------------------------------------------


def _spread(notes: Notes, lists: Lists, documents: Declared[Document]) -> dict[str, str]:
    """Return which documents come once for each item of a list, and of which."""
    spread: dict[str, str] = {}
    for step, place in _steps(notes.world):
        each = step.each if step.each in lists.items else None
        if step.each is not None:
            notes.check(below_place(place, "each"), "list", step.each, lists.items)
        for i, given in enumerate(step.gives):
            where = below_place(place, "gives", i)
            base, dot, _ = given.partition(".")
            if given not in documents:
                if not dot or base not in documents:  # nor of one for an item of a list
                    notes.unknown(where, "document", given, documents)
            elif each is not None and spread.setdefault(given, each) != each:
                notes.say(where, "spread_twice", name=given, one=spread[given], other=each)
    return spread


def _deciders(notes: Notes, attributes: Declared[Value]) -> Iterator[str]:
    """Yield the attributes that steps decide."""
    for step, place in _steps(notes.world):
        for channel in CHANNELS:
            for i, name in enumerate(step.profile(channel).decides or ()):
                where = below_place(place, *step.written(channel, "decides", i))
                notes.check(where, "attribute", name, attributes)
                yield name
        if step.select is not None:
            for field in ("costs", "rank", "decides"):
                name = getattr(step.select, field)
                if name is not None:
                    where = below_place(place, "select", field)
                    notes.check(where, "attribute", name, attributes)
            yield step.select.decides

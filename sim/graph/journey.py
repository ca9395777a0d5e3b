"""A journey: the procedures of one world joined by documents, lists unrolled, names resolved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sim.errors import InvalidInput, Problem, nearest
from sim.language.agent import Agent
from sim.language.attribute import Value
from sim.language.base import CHANNELS, Channel, Condition, Label
from sim.language.hours import Hours
from sim.language.procedure import Actor, Deadline, Defect, Document, End, Indicator
from sim.language.quantity import Share
from sim.language.step import Profile, Step
from sim.study.loader import World

Place = tuple[str, str, tuple[str | int, ...]]
"""Where something is defined: kind of file, its name, path inside."""

T = TypeVar("T")

Declared = Mapping[str, tuple[T, Place]]
"""Definitions by name, each with its place."""

ASKED: Final = "asked"


class Notes:
    """The problems of a world found up to now, each told once with its place."""

    def __init__(self, world: World, problems: Iterable[Problem] = ()) -> None:
        """Go on from some ``problems`` found before."""
        self.world = world
        self.problems = list(problems)

    def say(self, place: Place, key: str, *below: str | int, **values: Any) -> None:
        """Note a problem ``below`` a place."""
        problem = self.world.problem(*below_place(place, *below), key, **values)
        if problem not in self.problems:
            self.problems.append(problem)

    def unknown(
        self, place: Place, what: str, name: str, known: Iterable[str], **values: Any
    ) -> None:
        """Note a name that nobody declares. ``on`` in ``values``: whether it is a key."""
        self.say(place, f"unknown_{what}", name=name, guess=nearest(name, known), **values)

    def check(
        self, place: Place, what: str, name: str, known: Collection[str], **values: Any
    ) -> None:
        """Note a name that is not among those ``known``, as ``unknown`` does."""
        if name not in known:
            self.unknown(place, what, name, known, **values)


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise InvalidInput if there is any problem."""
    found = list(problems)
    if found:
        raise InvalidInput(found)


@dataclass(frozen=True)
class StepInChannel:
    """A step as done in one channel, with full names.

    ``knowledge`` are the hidden documents that its conditions wait for, ``learns`` those it gives;
    ``asks`` tells where each document is asked for, ``skilled`` where an agent's skill says what
    the step does not say itself: by whether of later visits, field and entry; ``named`` which
    documents each need stands for.
    """

    profile: Profile
    needs: tuple[str, ...]
    by: tuple[str, ...]
    knowledge: tuple[str, ...]
    learns: tuple[str, ...]
    asks: Mapping[str, Place] = field(repr=False)
    skilled: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, repr=False)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def exists(self) -> bool:
        """Whether the step can be done in this channel at all (or need not be)."""
        return bool(self.by) or self.profile.passed


@dataclass(frozen=True)
class StepInstance:
    """A step of a journey, one for each item of its list."""

    name: str
    procedure: str
    step: str
    items: Mapping[str, str]
    item: Label | None
    definition: Step
    gives: tuple[str, ...]
    channels: Mapping[Channel, StepInChannel]
    presence: str | None
    place: Place

    @property
    def title(self) -> Label:
        """What the step is called, with the item it is for."""
        return _of(self.definition.title or Label.plain(self.step), self.item)

    def at(self, channel: Channel, field: str, *below: str | int, later: bool = False) -> Place:
        """Return where is written what ``below`` a field of the profile counts in ``channel``."""
        skilled = self.channels[channel].skilled
        return skilled.get((later, field, *below)) or below_place(
            self.place, *self.definition.written(channel, field, *below, later=later)
        )

    def fallback_channels(self, channel: Channel) -> tuple[StepInChannel, ...]:
        """Return how this step may be done from ``channel`` down, the last one for sure.

        Empty if it cannot be done; not ``sure`` if the last has an ``open_to``.
        """
        return tuple(one for one in self._tried(channel) if one.exists)

    def sure(self, channel: Channel) -> bool:
        """Whether every case can do this step from ``channel`` down."""
        last = self._tried(channel)[-1]
        return last.exists and last.profile.open_to is None

    def _tried(self, channel: Channel) -> list[StepInChannel]:
        """Return how the step is done in ``channel`` and those below, down to one open to all."""
        found: list[StepInChannel] = []
        for one in reversed(CHANNELS[: CHANNELS.index(channel) + 1]):
            found.append(self.channels[one])
            if self.channels[one].profile.open_to is None:
                break
        return found


@dataclass(frozen=True)
class ActorInstance:
    """An actor of a journey with its agent's definition."""

    name: str
    actor: Actor
    agent: Agent
    items: Mapping[str, str]
    place: Place

    @property
    def title(self) -> Label:
        """What the actor is called."""
        return self.actor.title or self.agent.title or Label.plain(self.name)


@dataclass(frozen=True)
class DocumentInstance:
    """A document of a journey, perhaps for an item of a list; hidden ones stand for knowledge.

    ``declared``: the name under which procedures declare it.
    """

    name: str
    declared: str
    definition: Document
    place: Place
    hidden: bool = False
    item: Label | None = None

    @property
    def title(self) -> Label:
        """What the document is called, with the item it is for."""
        return _of(self.definition, self.item)


@dataclass(frozen=True)
class Journey:
    """Everything that the procedures of a world make together."""

    world: World
    steps: Mapping[str, StepInstance]
    documents: Mapping[str, DocumentInstance]
    actors: Mapping[str, ActorInstance]
    defects: Declared[Defect]
    attributes: Declared[Value]
    presences: Declared[Share]
    lists: Mapping[str, tuple[str, ...]]
    calendars: Mapping[str, Hours]
    applicants: Mapping[str, str]
    families: Mapping[str, tuple[str, ...]] = field(repr=False)
    deciders: frozenset[str] = frozenset()
    indicators: Declared[Indicator] = field(default_factory=dict)

    def family(self, name: str) -> tuple[str, ...]:
        """Return the documents of a name: itself, or one for each item of a list."""
        return self.families.get(name, ())

    def problem(self, place: Place, key: str, **values: Any) -> Problem:
        """Return a problem at a place."""
        return self.world.problem(*place, key, **values)

    def used(self, stream: str) -> tuple[StepInstance, ...]:
        """Return the steps of the procedures that ``stream`` may use, in order of its list."""
        using = self.world.scenario.cases[stream].using
        return tuple(t for name in using for t in self.steps.values() if t.procedure == name)

    def goal(self, stream: str) -> tuple[tuple[str, Condition | None, Place], ...]:
        """Return the goal documents of a stream, each with its condition and where it is said."""
        scenario = self.world.scenario
        place: Place = ("scenario", scenario.scenario, ("cases", stream, "goal"))
        own = [(goal, below_place(place, i)) for i, goal in enumerate(scenario.cases[stream].goal)]
        return tuple(
            (document, goal.if_, where)
            for goal, where in own or self._declared(stream, "goal")
            for document in self.family(goal.document)
        )

    def ends(self, stream: str) -> tuple[tuple[End, Place], ...]:
        """Return the ends that a stream's procedures declare."""
        return self._declared(stream, "ends")

    def deadlines(self, stream: str) -> tuple[tuple[Deadline, Place], ...]:
        """Return the deadlines that a stream's procedures declare."""
        return self._declared(stream, "deadlines")

    def leaves(self, here: StepInChannel) -> dict[str, str]:
        """Return the needs that whoever does a step may not know of, each with its defect."""
        knows = self.actors[here.by[0]].agent.knows if here.by else None
        if knows is None or here.profile.passed:
            return {}
        found = {need: self.documents[names[0]].definition for need, names in here.named.items()}
        return {need: one.left_out for need, one in found.items() if one.left_out is not None}

    def loose(self, stream: str) -> dict[str, str]:
        """Return the goal documents that are loose ends, each with its defect.

        Without one of them a case is no less right, but incomplete.
        """
        if self.actors[self.applicant(stream)].agent.knows is None:
            return {}
        found: dict[str, str] = {}
        for name, _, _ in self.goal(stream):
            defect = self.documents[name].definition.left_out
            harm = self.defects[defect][0].harm if defect is not None else None
            if defect is not None and harm is not None and harm.as_ == "incomplete":
                found[name] = defect
        return found

    def _declared(self, stream: str, what: str) -> tuple[tuple[Any, Place], ...]:
        return tuple(
            (one, ("procedure", name, (what, i)))
            for name in self.world.scenario.cases[stream].using
            for i, one in enumerate(getattr(self.world.procedures[name], what))
        )

    def applicant(self, stream: str) -> str:
        """Return the actor whose patience and start rules count: of the first procedure used."""
        return self.applicants[self.world.scenario.cases[stream].using[0]]


def below_place(place: Place, *path: str | int) -> Place:
    """Return the place at ``path`` below a place."""
    return (place[0], place[1], (*place[2], *path))


def knows(attribute: str) -> str:
    """Return the hidden document that stands for knowing an attribute."""
    return f"?{attribute}"


def asked(step: str) -> str:
    """Return the hidden document that stands for how the latest visit of a step was drafted."""
    return f"?asked {step}"


def _of(plain: Label, item: Label | None) -> Label:
    return plain if item is None else Label.said("title.of", title=plain, item=item)

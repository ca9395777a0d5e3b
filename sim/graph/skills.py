"""What a step takes from the skills of whoever does it: scaled, and laid beneath what it says.

Joining settles all of it: what is compiled is a step that says everything itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, reduce
from typing import Any, Final

from sim.graph.journey import Notes, Place, below_place
from sim.graph.names import Names
from sim.language.agent import Agent
from sim.language.amounts import DAY, MEASURES, Comparison
from sim.language.base import Channel
from sim.language.overlay import entries
from sim.language.quantity import Fixed, Lookup, Quantity, changed, leaves, through, typical
from sim.language.skill import Each
from sim.language.step import Burden, LeftOpen, Making, Profile, Step

_HAIR: Final = 1e-9
"""20 % of 35 units are 7, whatever the last bit of their product says."""

_MOST: Final = 1_000_000
"""No more of anything counts as the burden of one visit."""

Places = Mapping[tuple[str | int, ...], Place]
"""Where a skill says what a step does not say itself: by (later visits?, field, entry)."""


@dataclass(frozen=True)
class Times:
    """So many times an amount."""

    count: float

    def __call__(self, amount: float) -> float:
        """Return the amount of all."""
        return amount * self.count

    @property
    def idle(self) -> bool:
        """Whether the amount stays what it is."""
        return self.count == 1


@dataclass(frozen=True)
class AnyOf:
    """The chance that of so many units some is wrong, from that of each.

    ``doubt``: from how sure somebody is of each, who errs so much more often than that leaves.
    """

    count: float
    doubt: float | None = None

    def __call__(self, share: float) -> float:
        """Return 1 - (1 - p)^n."""
        wrong = share if self.doubt is None else min(self.doubt * (1 - share), 1)
        if wrong >= 1:
            return float(self.count > 0)
        return -math.expm1(self.count * math.log1p(-wrong))

    @property
    def idle(self) -> bool:
        """Whether the chance stays what it is."""
        return self.count == 1 and self.doubt is None


@dataclass(frozen=True)
class _Part:
    """So many units as there are to do again, rounded up."""

    share: float

    def __call__(self, units: float) -> float:
        return math.ceil(units * self.share - _HAIR)


@dataclass
class Task:
    """A step in a channel; ``places``: what its skills were asked for, and where they say it."""

    step: Step
    channel: Channel
    items: Mapping[str, str]
    place: Place
    names: Names
    notes: Notes
    places: dict[tuple[str | int, ...], Place] = field(default_factory=dict)

    def profile(self) -> Profile:
        """Return how it is done, with the skills of whoever does it beneath what it says."""
        step, channel = self.step, self.channel
        typed = step.profile(channel)
        if typed.task is None or not typed.by:
            return typed
        agents = [self.names.agent(name) for name in typed.by]
        doers = [agent for agent in agents if agent is not None]
        if len(doers) < len(agents):  # somebody that there is not, which is told elsewhere
            return typed
        skills = [agent.skills[typed.task] for agent in doers if typed.task in agent.skills]
        under = [self._beneath(doers, typed.task, later=False)]
        if typed.again is not None or any(skill.changes(channel) for skill in skills):
            under.append(self._beneath(doers, typed.task, later=True))
        return step.over(channel, *under)

    def _beneath(self, doers: Sequence[Agent], task: str, *, later: bool) -> dict[str, Any]:
        """Return what the first of its doers takes and gets wrong, and what the last one finds."""
        typed = self.step.laid(self.channel, later=later)
        first, last = (_Doer(self, agent, task, typed, later) for agent in (doers[0], doers[-1]))
        return {name: one for name, one in (first.does() | last.finds()).items() if one}

    def written(self, name: str, *, later: bool = False) -> Place:
        """Return where the step says something itself."""
        return below_place(self.place, *self.step.written(self.channel, name, later=later))

    def documents(self, of: str) -> list[str]:
        """Return the documents that are given or needed, each of a list by itself."""
        told = self.step.gives if of == "gives" else self.step.laid(self.channel).get("needs", ())
        return list(dict.fromkeys(d for name in told for d in self.names.meant(name, self.items)))

    def slips(self, of: str) -> dict[str, list[str]]:
        """Return the documents given or needed, by what a slip in them is called."""
        found: dict[str, list[str]] = {}
        for name in self.documents(of):
            slip = self.names.documents[name].definition.slip
            if slip is not None:
                found.setdefault(slip, []).append(name)
        return found

    def units(self, documents: Sequence[str], unit: str) -> Quantity | None:
        """Return how many units some documents have together; None if none has any."""
        sizes = [size for name in documents if (size := self._size(name, unit)) is not None]
        return reduce(_sum, sizes) if sizes else None

    def number(self, documents: Sequence[str]) -> Quantity:
        """Return how many of some documents there are."""
        return reduce(_sum, (self._there(name, Fixed(1)) for name in documents))

    def _size(self, name: str, unit: str) -> Quantity | None:
        """Return how many units a document has."""
        document = self.names.documents[name]
        size = document.definition.size.get(unit)
        if size is None:
            return None
        return self._there(name, _placed(size, below_place(document.place, "size", unit)))

    def _there(self, name: str, size: Quantity) -> Quantity:
        """Return a size of a document; 0 where it is for an item that a case lacks."""
        each, item = self.names.spread.get(name.partition(".")[0]), name.partition(".")[2]
        there, place = f"{each}.{item}", self.names.documents[name].place
        if each in self.items or there not in self.names.lists.presences:
            return size
        return Lookup(there, ((Comparison.read("true"), size),), Fixed(0), place=place)


@dataclass(frozen=True)
class _Doer:
    """One of those who do a task. ``typed``: what the step says itself of this visit."""

    task: Task
    agent: Agent
    name: str
    typed: Mapping[str, Any]
    later: bool

    @cached_property
    def told(self) -> dict[str, Any]:
        """What the skill says of this visit; nothing if there is none."""
        skill = self.agent.skills.get(self.name)
        return {} if skill is None else skill.laid(self.task.channel, later=self.later)

    def does(self) -> dict[str, Any]:
        """Return what the work takes, makes and costs."""
        sure: Each | None = self.told.get("confidence")
        return {
            "work": self._work(),
            "makes": self._makes(),
            "confidence": sure and self._noted(self._amount(sure, "confidence"), "confidence"),
            "burden": self._burden(),
        }

    def finds(self) -> dict[str, Any]:
        """Return what is found: the slips of all documents needed alike, or defects by name."""
        told = self.told.get("finds", {})
        named = isinstance(told, Mapping)
        shares = told if named else dict.fromkeys(self.task.slips("needs"), told)
        finds: dict[str, Quantity] = {}
        for name, share in shares.items():
            place = self._place("finds", *([name] if named else []))
            if name in self.task.names.defects:  # it may be one of another journey
                finds[name] = self._noted(_placed(share, place), "finds", name, place=place)
        return {"finds": finds}

    def _work(self) -> Quantity | None:
        told: Each | None = self.told.get("work")
        if told is None or "work" in self.typed:
            return None
        work = _over(self._amount(told, "work"), self._count(told.each), Times)
        longest = f"{MEASURES['work'].most // DAY:,}d"
        self._limit(work, MEASURES["work"].most, told.each, longest, "work")
        return self._noted(work, "work")

    def _limit(
        self, amount: Quantity, most: float, unit: str | None, bound: str, name: str, *below: str
    ) -> None:
        """Note an amount that for all units together is more than there may be of it."""
        if any(typical(leaf) > most for _, leaf in leaves(amount)):
            place = self._place(name, *below)
            self.task.notes.say(place, "unit_too_much", unit=unit, most=bound)

    def _makes(self) -> dict[str, Making]:
        """Return the chance of the slip of each document given.

        If the skill says none, it is what the confidence leaves open that counts at this visit.
        """
        name = "slips" if "slips" in self.told else "confidence"
        told: Each | None = self.told.get(name)
        if told is None:
            return {}
        share, place, doubt = self._amount(told, name), self._place(name), None
        if name == "confidence":
            over = self.agent.overconfidence
            doubt = over.value if isinstance(over, Fixed) else 1.0
            if name in self.typed:
                place = self.task.written(name, later=self.later)
                share = _placed(self.typed[name], place)
        typed = entries(self.typed.get("makes"))
        slips = {slip: on for slip, on in self.task.slips("gives").items() if slip not in typed}
        if told.each and slips:  # some document must have that unit
            self._units([one for documents in slips.values() for one in documents], told.each)
        makes: dict[str, Making] = {}
        for slip, documents in slips.items():
            units = (
                self.task.units(documents, told.each) if told.each else self.task.number(documents)
            )
            if units is not None and slip in self.task.names.defects:  # else told of its document
                left = self._left(units) if told.each else units
                chance = _over(share, left, partial(AnyOf, doubt=doubt))
                self._noted(chance, "makes", slip, place=place)
                makes[slip] = chance if doubt is None else LeftOpen(chance)
        return makes

    def _burden(self) -> Burden | None:
        told = self.told.get("burden")
        if told is None:
            return None
        units = self._count(told.each)
        count = _in_channel(units, self.task.channel)
        if not isinstance(count, Fixed):
            self.task.notes.say(self._place("burden", "each"), "burden_size", unit=told.each)
            return None
        said = {n: int(count.value) * much for n, much in told.said.items() if n not in _NO_TALLIES}
        for name, much in said.items():
            self._limit(Fixed(much), _MOST, told.each, f"{_MOST:,}", "burden", name)
        if told.fee is not None:
            place = self._place("burden", "fee")
            fee, most = _over(_placed(told.fee, place), units, Times), MEASURES["yen"].most
            self._limit(fee, most, told.each, f"{most:,.0f}", "burden", "fee")
            said["fee"] = self._noted(fee, "burden", "fee", place=place)
        return Burden.model_construct(**said)

    def _count(self, unit: str | None) -> Quantity:
        """Return how many units count at this visit, 1 for what is of a whole visit."""
        if unit is None:
            return Fixed(1)
        documents = self.task.documents(self.told.get("size_of", "gives"))
        return self._left(self._units(documents, unit))

    def _units(self, documents: Sequence[str], unit: str) -> Quantity:
        """Return how many units some documents have; that none has any is noted."""
        found = self.task.units(documents, unit)
        if found is None:
            values = {"task": self.name, "unit": unit, "documents": ", ".join(documents)}
            self.task.notes.say(self.task.written("task"), "unit_nowhere", **values)
        return found or Fixed(1)

    def _left(self, units: Quantity) -> Quantity:
        """Return how many of some units there are to do at this visit."""
        share = self.told.get("size")
        return units if share is None else changed(units, _Part(share.value))

    def _amount(self, told: Each, name: str) -> Quantity:
        return _placed(told.amount, self._place(name))

    def _place(self, name: str, *below: str) -> Place:
        skill = self.agent.skills.get(self.name)
        path = skill.written(self.task.channel, name, *below, later=self.later) if skill else ()
        return ("agent", self.agent.agent, ("skills", self.name, *path))

    def _noted(
        self, quantity: Quantity, name: str, *below: str, place: Place | None = None
    ) -> Quantity:
        """Return a quantity; where the skill says it is noted, unless the step says it itself."""
        typed = self.typed.get(name)
        if typed is None or (below and below[0] not in entries(typed)):
            self.task.places[self.later, name, *below] = place or self._place(name)
        return quantity


_NO_TALLIES: Final = ("each", "fee")


def _placed(quantity: Quantity, place: Place) -> Quantity:
    """Return a quantity that knows where it is written."""
    return replace(quantity, place=place) if isinstance(quantity, Lookup) else quantity


def _over(
    quantity: Quantity, units: Quantity, change: Callable[[float], Times | AnyOf]
) -> Quantity:
    """Return what a quantity is for so many units; they may have to be looked up first."""

    def of(count: Fixed) -> Quantity:
        made = change(count.value)
        return quantity if made.idle else changed(quantity, made)

    return through(units, of)


def _sum(one: Quantity, other: Quantity) -> Quantity:
    return through(one, lambda first: through(other, lambda more: Fixed(first.value + more.value)))


def _in_channel(quantity: Quantity, channel: Channel) -> Quantity | None:
    """Return what a quantity is in a channel, as far as it follows that alone."""
    if not isinstance(quantity, Lookup) or quantity.variable != "channel":
        return quantity
    found = (one for key, one in quantity.cases if key.key == channel)
    inner = next(found, quantity.otherwise)
    return None if inner is None else _in_channel(inner, channel)

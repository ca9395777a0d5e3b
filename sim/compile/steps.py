"""Steps as numbers: how each is done in each channel, at first and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.compile.defects import Defects, Maker
from sim.compile.expressions import COMMON
from sim.compile.program import (
    EVER,
    MOST,
    VARIABLES,
    VISIT,
    ZERO,
    Act,
    ActorSpec,
    BatchSpec,
    DocumentSpec,
    Drawn,
    Node,
    StepSpec,
    Switch,
    VisitSpec,
)
from sim.compile.symbols import Symbols
from sim.graph.journey import Place, StepInChannel, StepInstance, below_place
from sim.language import procedure as definitions
from sim.language.base import CHANNELS
from sim.language.measure import Kind
from sim.language.procedure import Again, Burden, Delay
from sim.language.quantity import Quantity

_NO_DELAY: Final = Delay.model_construct()


@dataclass(frozen=True)
class _Side:
    """A step in one channel: at the first visit, or with what ``again`` changes afterwards."""

    task: StepInstance
    channel: int
    again: Again | None = None

    @property
    def way(self) -> StepInChannel:
        """How the step is done here."""
        return self.task.ways[CHANNELS[self.channel]]

    def pick(self, field: str) -> Any:
        """Return what counts for a field of the profile."""
        changed = getattr(self.again, field, None)
        return changed if changed is not None else getattr(self.way.profile, field)

    def place(self, field: str, *below: str | int) -> Place:
        """Return where what counts for a field is written."""
        channel = CHANNELS[self.channel]
        if getattr(self.again, field, None) is not None:
            return self.task.at(channel, "again", field, *below)
        return self.task.at(channel, field, *below)


class Steps:
    """Compiles the steps and documents of a journey."""

    def __init__(self, ledger: Symbols, faults: Defects) -> None:
        """Take the instances of ``faults``."""
        self.ledger = ledger
        self.faults = faults
        self.journey, self.scenario, self.names = ledger.journey, ledger.scenario, ledger.names

    def profiles(
        self, actors: tuple[ActorSpec, ...]
    ) -> tuple[tuple[StepSpec, ...], tuple[tuple[int, int, int], ...]]:
        """Return every step in every channel, and their numbers by step and channel."""
        profiles: list[StepSpec] = []
        ways: list[tuple[int, int, int]] = []
        for task in self.ledger.tasks:
            numbers = []
            for channel in range(len(CHANNELS)):
                numbers.append(len(profiles))
                profiles.append(self._profile(_Side(task, channel), actors))
            ways.append((numbers[0], numbers[1], numbers[2]))
        return self._with_riders(profiles), tuple(ways)

    @staticmethod
    def _with_riders(profiles: list[StepSpec]) -> tuple[StepSpec, ...]:
        """Add the profiles of those who ride along in a batch."""
        leading: list[StepSpec] = []
        riders: list[StepSpec] = []
        for profile in profiles:
            batch = profile.batch
            if batch is not None:
                batch = replace(batch, rider=len(profiles) + len(riders))
                riders.append(replace(profile, batch=batch, pools=(), rides=True))
            once = profile.once
            if once >= 0:
                once = len(profiles) + len(riders)
                first, again = (
                    replace(manner, burden=(0, 0, 0, 0), fee=ZERO)
                    for manner in (profile.first, profile.again)
                )
                freed = replace(profile, pools=(), persons=(), first=first, again=again)
                riders.append(replace(freed, once=once, rides=True))
            leading.append(replace(profile, batch=batch, once=once))
        return (*leading, *riders)

    def _once(self, side: _Side) -> int:
        """Return 0 for a step that is done once a site, or -1; its rider is numbered later."""
        if side.task.definition.once is None:
            return -1
        for field, there in (("confidence", _drafts(side)), ("batch", side.pick("batch"))):
            if there:
                self.names.say(side.place(field), "once_for_all", on="key", field=field)
        return 0

    def _batch(
        self, side: _Side, actors: tuple[ActorSpec, ...], taken: tuple[int, ...]
    ) -> BatchSpec | None:
        batch: definitions.Batch | None = side.pick("batch")
        if batch is None:
            return None
        alone = ("person", "professional", "ai")
        if any(not actors[a].staffed and actors[a].kind in alone for a in taken):
            self.names.say(side.place("batch"), "batch_person", on="key")
        if _drafts(side):
            self.names.say(side.place("batch"), "batch_drafted", on="key")
        timetable = -1
        if batch.at is not None:
            timetable = self.ledger.timetable(batch.at, side.place("batch", "at"))
        return BatchSpec(timetable, batch.most if batch.most is not None else MOST, -1)

    def _profile(self, side: _Side, actors: tuple[ActorSpec, ...]) -> StepSpec:
        task, way, profile = side.task, side.way, side.way.profile
        taken = tuple(self.ledger.actor_index[name] for name in way.by)
        applies = self.names.test(profile.if_, f"{task.name}/if", side.place("if_"), task.name)
        if task.presence is not None:
            there = (self.names.attributes[task.presence], ((1, 1),))
            applies = replace(applies or EVER, tests=(there, *(applies or EVER).tests))
        first = self._manner(side)
        point = f"{task.name}/open_to"
        open_to = self.names.test(profile.open_to, point, side.place("open_to"), task.name)
        again = replace(side, again=profile.again)
        known = {name for name in way.knowledge if name in self.ledger.documents}
        gives = (
            self.ledger.documents[d]
            for d in (*task.gives, *way.learns)
            if d in self.ledger.documents
        )
        return StepSpec(
            step=self.names.steps[task.name],
            channel=side.channel,
            actors=taken,
            pools=tuple(a for a in taken if actors[a].staffed),
            persons=tuple(a for a in taken if not actors[a].staffed and actors[a].limit >= 0),
            calendar=self.ledger.meeting(taken, actors, side.place("by")),
            needs=self.ledger.mask(d for d in (*way.needs, *known) if d in self.ledger.documents),
            knowledge=self.ledger.mask(known),
            gives=tuple(sorted(gives)),
            open_to=open_to,
            applies=applies,
            omit=bool(profile.omit),
            exists=way.exists,
            priority=self._field(side, "priority", "rank"),
            first=first,
            again=self._manner(again) if profile.again else first,
            batch=self._batch(side, actors, taken),
            once=self._once(side),
            pays=bool(profile.pays),
        )

    def _field(self, side: _Side, field: str, kind: Kind) -> Node:
        """Compile a field of a step, drawn at the field's name."""
        return self._node(side, side.pick(field), kind, field, side.place(field))

    def _node(
        self,
        side: _Side,
        quantity: Quantity | None,
        kind: Kind,
        point: str,
        place: Place,
        *more: str,
    ) -> Node:
        """Compile an amount of a step; ``more``: what it may be looked up by as well."""
        if quantity is None:
            return ZERO
        task = side.task
        pools = any(self.journey.actors[a].actor.staff is not None for a in side.way.by)
        return self.names.node(
            quantity,
            kind,
            f"{task.name}/{point}",
            place,
            items=task.items,
            channel=side.channel,
            knows={*COMMON, *more, "visit", *(["queue"] if pools else [])},
        )

    def _manner(self, side: _Side) -> VisitSpec:
        delay: Delay = side.pick("delay") or _NO_DELAY
        burden: Burden = side.pick("burden") or Burden()
        until = -1
        if delay.until is not None:
            until = self.ledger.timetable(delay.until, side.place("delay", "until"))
        waits = delay.time is not None
        least = side.place("delay", "at_least")
        sure = side.pick("confidence") is None
        return VisitSpec(
            work=self._field(side, "work", "work"),
            delay=self._node(side, delay.time, "duration", "delay", side.place("delay"))
            if waits
            else None,
            until=until,
            at_least=self._node(side, delay.at_least, "duration", "delay/at_least", least),
            makes=self._makes(side),
            finds=self._finds(side),
            confidence=None if sure else self._field(side, "confidence", "share"),
            burden=(burden.visits, burden.forms, burden.seals, burden.logins),
            fee=self._fee(side, burden.fee),
        )

    def _fee(self, side: _Side, fee: Quantity | None) -> Node:
        """Compile a fee, which may follow from what a case is like but not be drawn."""
        place = side.place("burden", "fee")
        node = self._node(side, fee, "yen", "burden/fee", place)
        for variable in _variables(node):
            if variable < 0 and variable != VISIT:
                known = {number: name for name, number in VARIABLES.items()}
                self.names.say(place, "fee_shape", given=known.get(variable, "a random law"))
        return node

    def _makes(self, side: _Side) -> tuple[Act, ...]:
        acts = []
        name = side.task.name
        for defect, share in (side.pick("makes") or {}).items():
            place = side.place("makes", defect)
            point = f"makes/{defect}"
            node = (
                None
                if share == "confidence"
                else self._node(side, share, "share", f"{point}/share", place)
            )
            instance = self.faults.known[Maker(defect, name, None)]
            acts.append(Act(instance, self.names.point(f"{name}/{point}"), node))
        return tuple(sorted(acts, key=lambda act: act.instance))

    def _finds(self, side: _Side) -> tuple[Act, ...]:
        acts = []
        finds: Mapping[str, Quantity] = side.pick("finds") or {}
        for maker, instance in self.faults.known.items():
            if maker.defect in finds:
                point = f"finds/{maker.defect}@{self.faults.origin(maker)}"
                place = side.place("finds", maker.defect)
                sought = finds[maker.defect]
                share = self._node(side, sought, "share", f"{point}/share", place, "made_in")
                name = self.names.point(f"{side.task.name}/{point}")
                acts.append(Act(instance, name, share))
        return tuple(acts)

    def paper(self, name: str) -> DocumentSpec:
        """Return a document with its life."""
        definition = self.journey.papers[name].definition
        point = f"document/{name}/valid"
        valid = None
        if definition.valid is not None:
            place = self.journey.papers[name].place
            valid = self.names.node(
                definition.valid, "duration", point, below_place(place, "valid")
            )
        lapsed = -1
        if definition.lapsed is not None:
            lapsed = self.faults.known[Maker(definition.lapsed, None, name)]
        return DocumentSpec(valid, lapsed, definition.kept)


def _drafts(side: _Side) -> bool:
    """Whether a step is drafted with confidence, at first or again."""
    again = side.way.profile.again
    return side.pick("confidence") is not None or (again is not None and bool(again.confidence))


def _variables(node: Node) -> Iterator[int]:
    """Yield what a node is looked up by; for a random law a number that no variable has."""
    if isinstance(node, Drawn):
        yield -MOST
    elif isinstance(node, Switch):
        yield node.variable
        for branch in (*(branch for _, branch in node.rows), node.otherwise):
            yield from _variables(branch)

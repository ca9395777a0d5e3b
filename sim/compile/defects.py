"""Defects as numbers: one instance for each maker, and where it goes back to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.compile.expressions import COMMON
from sim.compile.program import DefectSpec, Node
from sim.compile.symbols import Symbols
from sim.errors import nearest, shortened
from sim.graph.journey import below_place
from sim.language.scenario import Holding as Locked
from sim.yaml import meant


@dataclass(frozen=True)
class Maker:
    """Who brings a defect: a task, or a document that lapses or lies in the locker with it."""

    defect: str
    task: str | None
    document: str | None


class Defects:
    """Numbers the defect instances of a journey."""

    def __init__(self, ledger: Symbols) -> None:
        """Know no instance yet."""
        self.ledger = ledger
        self.journey, self.scenario, self.names = ledger.journey, ledger.scenario, ledger.names
        self.known: dict[Maker, int] = {}

    def number(self) -> None:
        """Number every defect by every maker: steps first, then documents."""
        for task in self.ledger.tasks:
            for way in task.ways.values():
                for manner in (way.profile, way.profile.again):
                    for defect in getattr(manner, "makes", None) or {}:
                        self.instance(Maker(defect, task.name, None))
        for name in self.ledger.documents:
            paper = self.journey.papers[name]
            if paper.definition.lapsed is not None:
                self.instance(Maker(paper.definition.lapsed, None, name))
        for document, holding in self._holdings():
            for defect in holding.makes:
                self.instance(Maker(defect, None, document))

    def _holdings(self) -> Iterable[tuple[str, Locked]]:
        """Yield every document that a locker mentions, with what it says of it."""
        for stream in self.ledger.streams:
            for key, holding in self.scenario.cases[stream].locker.items():
                yield from ((document, holding) for document in self.journey.documents(key))

    def instance(self, maker: Maker) -> int:
        """Return the number of an instance."""
        return self.known.setdefault(maker, len(self.known))

    def instances(self) -> tuple[DefectSpec, ...]:
        """Return every instance with where it goes back to."""
        order = list(self.journey.defects)
        return tuple(
            DefectSpec(
                order.index(maker.defect),
                self.names.steps[maker.task]
                if maker.task is not None
                else -1 - self.ledger.documents[maker.document or ""],
                self._targets(maker),
                (harm := self.journey.defects[maker.defect][0].harm) is not None,
                harm is not None and harm.as_ == "incomplete",
                *self._loss(maker.defect),
            )
            for maker in self.known
        )

    def _loss(self, defect: str) -> tuple[Node | None, int]:
        """Return what goes astray with a defect: an amount, or an attribute."""
        definition, place = self.journey.defects[defect]
        if definition.loss is None:
            return None, -1
        where = below_place(place, "loss")
        if not isinstance(definition.loss, str):
            knows = {*COMMON, "visit", "made_in"}
            node = self.names.node(definition.loss, "yen", f"loss/{defect}", where, knows=knows)
            return node, -1
        if definition.loss not in self.names.attributes:
            guess = meant.number(shortened(definition.loss)) or nearest(
                definition.loss, self.names.attributes
            )
            self.names.say(where, "unknown_attribute", name=definition.loss, guess=guess)
            return None, -1
        if self.names.domains[definition.loss].kind != "number":
            self.names.say(where, "loss_no_amount", name=definition.loss)
            return None, -1
        return None, self.names.attributes[definition.loss]

    def _targets(self, maker: Maker) -> tuple[int, ...]:
        """Return the step it goes back to if the journey has it, else the one that made it."""
        to = self.journey.defects[maker.defect][0].returns_to
        same = self.journey.tasks[maker.task].items if maker.task is not None else {}
        found = [task for task in self.ledger.tasks if task.step == to]
        own = [task for task in found if dict(task.items).items() <= dict(same).items()]
        if found:
            return tuple(self.names.steps[task.name] for task in own or found)
        return () if maker.task is None else (self.names.steps[maker.task],)

    def origin(self, maker: Maker) -> str:
        """Return the name of what brings a defect."""
        return maker.task if maker.task is not None else maker.document or ""

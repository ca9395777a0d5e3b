"""Quantities, lookups and conditions as nodes of whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic_core import PydanticCustomError

from sim.compile.findings import Collector, Findings
from sim.compile.index import Index
from sim.compile.nodes import (
    ASKED,
    INDICATOR,
    MOST,
    SHARE,
    TIME,
    VARIABLES,
    Const,
    Drawn,
    Node,
    Predicate,
    Spans,
    Switch,
    within,
)
from sim.errors import nearest
from sim.graph.journey import Place, below_place
from sim.language.amounts import MEASURES, Comparison, Kind
from sim.language.attribute import WORDS
from sim.language.base import CHANNELS, Condition
from sim.language.domain import BUILT_IN, Domain, left
from sim.language.quantity import Fixed, Quantity, Random

COMMON: Final = frozenset(WORDS)
"""What is known at any moment of a case."""

_LOOKED_UP: Final = (*COMMON, "visit", "queue", "made_in")
"""What may be known where something is looked up."""

T = TypeVar("T")
R = TypeVar("R")

Cases = Sequence[tuple[Comparison, T]]
"""The branches of a lookup by their keys, ``else`` left out."""


class Expressions(Collector):
    """Compiles quantities, lookups and conditions, with the numbers of an index."""

    def __init__(self, index: Index, found: Findings) -> None:
        """Go on from what was ``found``."""
        super().__init__(index.journey.world, found)
        self.index, self.journey, self.attributes = index, index.journey, index.attributes
        self.indicators = {name: INDICATOR - i for name, i in index.indicators.items()}
        set_ = self.journey.world.levers.items()
        self.levers = {name: settings[0] for name, settings in set_ if len(settings) == 1}
        """Those that this arm has set, those of one name in several procedures left out."""

    # -- quantities ----------------------------------------------------------------------------

    def node(  # noqa: PLR0913 -- a quantity, what it is, and where it stands
        self,
        quantity: Quantity,
        kind: Kind,
        point: str,
        place: Place,
        *,
        settled: Mapping[str, str] | None = None,
        scale: int | None = None,
        knows: Collection[str] = COMMON,
    ) -> Node:
        """Compile a quantity; a random one is drawn at ``point``.

        ``settled``: what is known already of what it may be looked up by, an item or the channel.
        ``knows``: what it may be looked up by besides and besides attributes.
        """
        units = scale if scale is not None else SHARE if MEASURES[kind].unit == "share" else 1
        if isinstance(quantity, Fixed):
            return Const(math.floor(quantity.value * units + 0.5), quantity.business)
        if isinstance(quantity, Random):
            law, ends = quantity.distribution, (MEASURES[kind].least, MEASURES[kind].most)
            low, high = (int(end * units) for end in ends)
            table = self.table((law, units, low, high), law.quantiles, units, (low, high))
            return Drawn(self.points.of(point), table, quantity.business)
        place = quantity.place or place

        def inner(branch: Quantity, key: str) -> Node:
            where = below_place(place, key)
            return self.node(branch, kind, point, where, settled=settled, scale=scale, knows=knows)

        by, cases, otherwise = quantity.variable, quantity.cases, quantity.otherwise
        if settled and by in settled:
            taken, key = self._settled(by, cases, otherwise, place, settled[by])
        elif self.is_lever(by):
            taken, key = self.taken(by, cases, otherwise, place)
        else:
            variable = self._variable(by, place, knows)
            if variable is None:
                return Const(0)
            return self.switch(variable, by, cases, otherwise, place, inner)
        return Const(0) if taken is None else inner(taken, key)

    def _variable(self, by: str, place: Place, knows: Collection[str]) -> int | None:
        if self.chosen_later(by, below_place(place, "by"), knows):
            return None
        if by in self.attributes:
            return self.attributes[by]
        if by in self.indicators:
            return self.indicators[by]
        if by in knows:
            return VARIABLES[by]
        if by in _LOOKED_UP:
            self.say(place, "lookup_not_here", "by", name=by, known=", ".join(sorted(knows)))
            return None
        own = (*self.attributes, *self.indicators, *self.levers)
        known = [*own, *self.journey.lists, *_LOOKED_UP]
        self.say(place, "unknown_lookup", "by", name=by, guess=nearest(by, known))
        return None

    def chosen_later(
        self, name: str, place: Place, knows: Collection[str] = (), on: str = "value"
    ) -> bool:
        """Note that an attribute is read before some ``select`` decides it, if that is so."""
        later = name in self.index.chosen and name not in knows
        if later:
            self.say(place, "chosen_later", on=on, name=name)
        return later

    # -- lookups of anything -------------------------------------------------------------------

    def is_lever(self, name: str) -> bool:
        """Whether a name is that of a lever, and of nothing that cases have."""
        return name not in self.attributes and name in self.levers

    def taken(
        self, by: str, cases: Cases[T], otherwise: T | None, place: Place
    ) -> tuple[T | None, str]:
        """Return what a lookup by a lever is in this arm, and the key that it stands under."""
        setting = self.levers[by]
        rows = self._rows(by, setting.domain, cases, otherwise, place)
        for spans, (key, case) in zip(rows, cases, strict=True):
            if self.read(setting.among, spans, below_place(place, key.key), on="key"):
                return case, key.key
        return otherwise, "else"

    def _settled(
        self, by: str, cases: Cases[T], otherwise: T | None, place: Place, value: str
    ) -> tuple[T | None, str]:
        """Return what a lookup by what is known already is, and the key that it stands under."""
        known = CHANNELS if by == "channel" else self.journey.lists[by]
        self._rows(by, Domain("category", tuple(known)), cases, otherwise, place)
        found = {key.key: case for key, case in cases}
        return (found[value], value) if value in found else (otherwise, "else")

    def switch(  # noqa: PLR0913, PLR0917 -- a lookup, and how its branches are compiled
        self,
        variable: int,
        by: str,
        cases: Cases[T],
        otherwise: T | None,
        place: Place,
        inner: Callable[[T, str], R],
    ) -> Switch[R]:
        """Compile a lookup of anything by a variable: its cases, then what is left."""
        if by == "time" and not any(key.compares for key, _ in cases):
            spans = self._from_times([key.key for key, _ in cases], otherwise, place)
        else:
            spans = self._rows(by, self.index.domains[by], cases, otherwise, place)
        rows = tuple(
            (span, inner(case, key.key)) for span, (key, case) in zip(spans, cases, strict=True)
        )
        rest = rows[-1][1] if otherwise is None else inner(otherwise, "else")
        return Switch(variable, rows, rest)

    def _rows(
        self, by: str, domain: Domain, cases: Cases[T], otherwise: T | None, place: Place
    ) -> list[Spans]:
        """Return the spans that each key of a lookup stands for; each of them must count."""
        rest, found = domain.all, []
        for key, _ in cases:
            where = below_place(place, key.key)
            spans = self.read(domain.spans, key, where, on="key")
            if spans and set(left(spans, rest)) == set(spans):
                self.say(where, "branch_covered", on="key", name=key.key)
            rest = left(rest, spans)
            found.append(spans)
        if otherwise is not None and not rest:
            self.say(below_place(place, "else"), "else_never", on="key", by=by)
        elif otherwise is None and rest and all(found):
            missing = domain.told(rest)
            if missing is None:
                self.say(place, "lookup_open", by=by)
            else:
                self.say(place, "lookup_no_else", by=by, missing=", ".join(missing))
        return found

    def _from_times(self, keys: list[str], otherwise: object | None, place: Place) -> list[Spans]:
        """Return the spans of branches that begin at their keys; before the first is ``else``."""
        read = BUILT_IN["time"].amount
        starts = [int(self.read(read, key, below_place(place, key), on="key") or 0) for key in keys]
        for one, other, key in zip(starts, starts[1:], keys[1:], strict=False):
            if other <= one:
                self.say(below_place(place, key), "times_disordered", on="key")
        if otherwise is not None and starts[:1] in ([0], []):
            self.say(below_place(place, "else"), "else_never", on="key", by="time")
        if otherwise is None and starts[0]:
            self.say(below_place(place, keys[0]), "times_open", on="key")
        self.moments += [(s, below_place(place, k)) for s, k in zip(starts, keys, strict=True)]
        ends = [start - 1 for start in starts[1:]] + [MOST]
        first = [starts[0] if otherwise is not None else -MOST, *starts[1:]]
        return [((low, high),) for low, high in zip(first, ends, strict=True)]

    def read(self, read: Callable[[T], R], value: T, place: Place, on: str = "value") -> Any:
        """Return what is read from a value, or nothing after noting why it cannot be.

        ``on``: where the caret of the problem goes, ``value`` or ``key``.
        """
        try:
            return read(value)
        except PydanticCustomError as error:
            context = dict(error.context or {})
            at = context.pop("at", ())
            self.say(below_place(place, *at), error.type, **({"on": on} | context))
            return ()

    # -- conditions ----------------------------------------------------------------------------

    def test(
        self,
        condition: Condition | None,
        point: str,
        place: Place,
        task: str = "",
        knows: Collection[str] = COMMON,
    ) -> Predicate | None:
        """Compile a condition; its chance is drawn at ``point``, a random share beside it.

        ``task``: the step it is about. What a rule of an agent names may be there in other journeys
        only.
        """
        if condition is None:
            return None
        tests: list[tuple[int, Spans]] = []
        for name, wanted in condition.tests.items():
            where = below_place(place, name)
            variable = self.attributes.get(name, (VARIABLES | self.indicators).get(name))
            if name == "asked":
                tests += [(ASKED - step, ((1, 1),)) for step in self._asked(condition, task)]
            elif place[0] != "agent" and self.is_lever(name):
                if not self.read(self.levers[name].holds, wanted, where):
                    tests.append((TIME, ()))  # what no value meets
            elif variable is None:
                guess = nearest(name, [*self.attributes, *VARIABLES, "chance"])
                self.say(where, "unknown_attribute", on="key", name=name, guess=guess)
            elif place[0] != "agent" or not self.chosen_later(name, where, on="key"):
                domain = replace(self.index.domains[name], shared=place[0] == "agent")
                tests.append((variable, self.read(domain.condition, wanted, where)))
        if condition.chance is None:
            return Predicate(tuple(tests))
        where, share = below_place(place, "chance"), f"{point}/share"
        chance = self.node(condition.chance, "share", share, where, knows=knows)
        if place[0] != "agent":
            self.steady(chance, where)
        return Predicate(tuple(tests), chance, self.points.of(point))

    def steady(self, share: Node, place: Place) -> None:
        """Note that a share on which a plan hangs reads an indicator, which changes by the day."""
        numbers = {number: name for name, number in self.indicators.items()}
        for node in within(share):
            if isinstance(node, Switch) and node.variable in numbers:
                self.say(place, "indicator_in_condition", name=numbers[node.variable])

    def _asked(self, condition: Condition, task: str) -> Iterator[int]:
        mine, steps = self.journey.steps[task], self.index.steps
        for value in condition.values("asked"):
            name = f"{mine.procedure}.{value}"
            each = ".".join((name, *mine.items.values()))
            if each in steps or name in steps:
                yield steps[each] if each in steps else steps[name]

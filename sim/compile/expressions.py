"""Quantities, lookups and conditions as nodes of whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, TypeVar

from pydantic_core import PydanticCustomError

from sim.compile.findings import Collector, Findings
from sim.compile.index import Index
from sim.compile.nodes import (
    ASKED,
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
)
from sim.errors import nearest
from sim.graph.journey import Place, below_place
from sim.language.amounts import MEASURES, Comparison, Kind
from sim.language.attribute import WORDS
from sim.language.base import CHANNELS, Condition
from sim.language.distributions import Distribution
from sim.language.domain import BUILT_IN, Domain, left
from sim.language.quantity import Fixed, Lookup, Quantity, Random
from sim.study.overrides import Setting

On = Literal["value", "key"]
"""Where the caret of a problem goes."""

UNMET: Final[tuple[int, Spans]] = (TIME, ())
"""A test that no value meets."""

COMMON: Final = frozenset(WORDS)
"""What is known at any moment of a case."""

_LOOKED_UP: Final = (*COMMON, "visit", "queue", "made_in")
"""What may be known where something is looked up."""

T = TypeVar("T")
R = TypeVar("R")

Branch = Callable[[Quantity, str], Node]
"""Compiles what stands in a lookup under a key."""


class Expressions(Collector):
    """Compiles quantities, conditions and attributes, with the numbers of an index."""

    def __init__(self, index: Index, found: Findings) -> None:
        """Go on from what was ``found`` before."""
        super().__init__(index.journey, found)
        self.attributes, self.domains, self.steps = index.attributes, index.domains, index.steps

    @property
    def levers(self) -> Mapping[str, Setting]:
        """The levers that this arm has set, those of one name in several procedures left out."""
        found = self.journey.world.levers.items()
        return {name: settings[0] for name, settings in found if len(settings) == 1}

    # -- quantities ----------------------------------------------------------------------------

    def node(  # noqa: PLR0913 -- a quantity, what it is, and where it stands
        self,
        quantity: Quantity,
        kind: Kind,
        point: str,
        place: Place,
        *,
        items: Mapping[str, str] | None = None,
        channel: int | None = None,
        scale: int | None = None,
        knows: Collection[str] = COMMON,
    ) -> Node:
        """Compile a quantity; a random one is drawn at ``point``.

        ``knows``: what it may be looked up by besides attributes, ``items`` and ``channel``.
        """
        units = scale if scale is not None else SHARE if MEASURES[kind].unit == "share" else 1
        if isinstance(quantity, Fixed):
            return Const(math.floor(quantity.value * units + 0.5), quantity.business)
        if isinstance(quantity, Random):
            return Drawn(
                self.point(point),
                self._table(quantity.distribution, units, kind),
                quantity.business,
            )
        rest: dict[str, Any] = {"items": items, "channel": channel, "scale": scale, "knows": knows}

        def inner(branch: Quantity, key: str) -> Node:
            return self.node(branch, kind, point, below_place(place, key), **rest)

        fixed = dict(items or {}) | ({} if channel is None else {"channel": CHANNELS[channel]})
        if quantity.variable in fixed:
            return self._chosen(quantity, inner, place, fixed[quantity.variable])
        if self.is_lever(quantity.variable):
            taken, key = self.taken(quantity.variable, quantity.cases, quantity.otherwise, place)
            return Const(0) if taken is None else inner(taken, key)
        return self._switch(quantity, inner, place, knows)

    def _table(self, law: Distribution, units: int, kind: Kind) -> int:
        low, high = (int(end * units) for end in (MEASURES[kind].least, MEASURES[kind].most))
        return self.table((law, units, low, high), law.quantiles, units, (low, high))

    def _chosen(self, lookup: Lookup, inner: Branch, place: Place, value: str) -> Node:
        """Compile the branch of a lookup by what is known already: an item, or the channel."""
        known = CHANNELS if lookup.variable == "channel" else self.journey.lists[lookup.variable]
        keys = [key for key, _ in lookup.cases]
        self._rows(lookup.variable, Domain("category", tuple(known)), keys, lookup.otherwise, place)
        cases = {key.key: case for key, case in lookup.cases}
        found = cases.get(value, lookup.otherwise)
        return Const(0) if found is None else inner(found, value if value in cases else "else")

    def is_lever(self, name: str) -> bool:
        """Whether a name is that of a lever, and of nothing that cases have."""
        return name not in self.attributes and name in self.levers

    def taken(
        self, by: str, cases: Sequence[tuple[Comparison, T]], otherwise: T | None, place: Place
    ) -> tuple[T | None, str]:
        """Return what a lookup by a lever is in this arm, and the key that it stands under."""
        setting = self.levers[by]
        rows = self._rows(by, setting.domain, [key for key, _ in cases], otherwise, place)
        for spans, (key, case) in zip(rows, cases, strict=True):
            if self.read(setting.among, spans, below_place(place, key.key), on="key"):
                return case, key.key
        return otherwise, "else"

    def _switch(self, lookup: Lookup, inner: Branch, place: Place, knows: Collection[str]) -> Node:
        variable = self._variable(lookup.variable, place, knows)
        if variable is None:
            return Const(0)
        cases, otherwise = lookup.cases, lookup.otherwise
        return self.switch(variable, lookup.variable, cases, otherwise, place, inner)

    def switch(  # noqa: PLR0913, PLR0917 -- a lookup, and how its branches are compiled
        self,
        variable: int,
        by: str,
        cases: Sequence[tuple[Comparison, T]],
        otherwise: T | None,
        place: Place,
        inner: Callable[[T, str], Any],
    ) -> Switch:
        """Compile a lookup of anything by a variable: its cases, then what is left."""
        spans = self.spans_of(by, [key for key, _ in cases], otherwise, place)
        rows = tuple(
            (span, inner(case, key.key)) for span, (key, case) in zip(spans, cases, strict=True)
        )
        return Switch(
            variable, rows, rows[-1][1] if otherwise is None else inner(otherwise, "else")
        )

    def _variable(self, by: str, place: Place, knows: Collection[str]) -> int | None:
        if by in self.attributes:
            return self.attributes[by]
        if by in knows:
            return VARIABLES[by]
        if by in _LOOKED_UP:
            self.say(place, "lookup_not_here", "by", name=by, known=", ".join(sorted(knows)))
            return None
        known = [*self.attributes, *self.levers, *self.journey.lists, *_LOOKED_UP]
        self.say(place, "unknown_lookup", "by", name=by, guess=nearest(by, known))
        return None

    # -- values of variables -------------------------------------------------------------------

    def domain(self, name: str) -> Domain:
        """Return what the values of a variable are."""
        if name == "defect":
            return Domain("category", tuple(self.journey.defects))
        return self.domains[name] if name in self.domains else BUILT_IN[name]

    def spans_of(
        self, by: str, keys: list[Comparison], otherwise: object | None, place: Place
    ) -> list[Spans]:
        """Return the spans that each key of a lookup stands for; each of them must count."""
        if by == "time" and not any(key.compares for key in keys):
            return self._from_times([key.key for key in keys], otherwise, place)
        return self._rows(by, self.domain(by), keys, otherwise, place)

    def _rows(
        self,
        by: str,
        domain: Domain,
        keys: list[Comparison],
        otherwise: object | None,
        place: Place,
    ) -> list[Spans]:
        rest, found = domain.all, []
        for key in keys:
            where = below_place(place, key.key)
            spans = self.read(domain.spans, key, where, on="key")
            if spans and set(left(spans, rest)) == set(spans):
                self.say(where, "branch_covered", on="key", name=key.key)
            rest = left(rest, spans)
            found.append(spans)
        if otherwise is not None and not rest:
            self.say(below_place(place, "else"), "else_never", on="key", by=by)
        elif otherwise is None and rest and all(found):
            self._say_uncovered(by, domain, rest, place)
        return found

    def _say_uncovered(self, by: str, domain: Domain, rest: Spans, place: Place) -> None:
        """Say which values a lookup without ``else`` forgets."""
        missing = domain.told(rest)
        if missing is None:
            self.say(place, "lookup_open", by=by)
        else:
            self.say(place, "lookup_no_else", by=by, missing=", ".join(missing))

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

    def read(self, read: Callable[[T], R], value: T, place: Place, on: On = "value") -> Any:
        """Return what is read from a value, or nothing after noting why it cannot be."""
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
        for name in condition.tests:
            where = below_place(place, name)
            if name == "asked":
                tests += [(ASKED - step, ((1, 1),)) for step in self._asked(condition, task)]
                continue
            variable = self.attributes.get(name, VARIABLES.get(name))
            if place[0] != "agent" and self.is_lever(name):
                if not self.read(self.levers[name].holds, condition.tests[name], where):
                    tests.append(UNMET)
                continue
            if variable is None:
                known = [*self.attributes, *VARIABLES, "chance"]
                guess = nearest(name, known)
                self.say(where, "unknown_attribute", on="key", name=name, guess=guess)
                continue
            domain = replace(self.domain(name), shared=place[0] == "agent")
            spans = self.read(domain.condition, condition.tests[name], where)
            tests.append((variable, spans))
        if condition.chance is None:
            return Predicate(tuple(tests))
        where, share = below_place(place, "chance"), f"{point}/share"
        chance = self.node(condition.chance, "share", share, where, knows=knows)
        return Predicate(tuple(tests), chance, self.point(point))

    def _asked(self, condition: Condition, task: str) -> Iterable[int]:
        mine = self.journey.steps[task]
        for value in condition.values("asked"):
            name = f"{mine.procedure}.{value}"
            each = ".".join((name, *mine.items.values()))
            found = self.steps.get(each, self.steps.get(name))
            if found is not None:
                yield found

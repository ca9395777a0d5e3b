"""Quantities, conditions and attributes as nodes of whole numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sim.compile import tables
from sim.compile.model import (
    ASKED,
    MOST,
    SHARE,
    VARIABLES,
    AttributeNode,
    Chance,
    Choice,
    Const,
    Drawn,
    Node,
    Spans,
    Switch,
    Test,
)
from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import Journey, Place
from sim.model import attribute as attributes
from sim.model.agent import DURATION_TESTS
from sim.model.base import CHANNELS, Condition, Scalar
from sim.model.quantity import Fixed, Kind, Law, Lookup, Quantity, number

SCALES: Final[Mapping[Kind, int]] = {"duration": 1, "share": SHARE, "number": 1}
_COMPARISON: Final = re.compile(r"\s*(<=|>=|<|>)\s*(.+)")
_BETWEEN: Final = re.compile(r"\s*(\S+?)\s*-\s*(\S+)\s*")


@dataclass(frozen=True)
class Domain:
    """What a variable's values are: ``bool``, ``category``, or a kind of number."""

    kind: str
    names: tuple[str, ...] = ()


BOOL: Final = Domain("bool")
NUMBER: Final = Domain("number")


@dataclass
class Names:
    """Numbers given to names while a model is compiled."""

    journey: Journey
    attributes: dict[str, int] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    tables: dict[tuple[object, ...], int] = field(default_factory=dict)
    table_values: list[tuple[int, ...]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def point(self, name: str) -> int:
        """Return the number of a draw point."""
        return self.points.setdefault(name, len(self.points))

    def say(self, place: Place, key: str, *below: str | int, **values: Any) -> None:
        """Note a problem."""
        problem = self.journey.problem(place, key, *below, **values)
        if problem not in self.problems:
            self.problems.append(problem)

    def settle(self) -> None:
        """Raise InvalidInput if any problem was noted."""
        if self.problems:
            raise InvalidInput(self.problems)

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
    ) -> Node:
        """Compile a quantity; a random one is drawn at ``point``."""
        units = SCALES[kind] if scale is None else scale
        if isinstance(quantity, Fixed):
            return Const(math.floor(quantity.value * units + 0.5), quantity.business)
        if isinstance(quantity, Law):
            return Drawn(self.point(point), self._table(quantity, units, kind), quantity.business)
        rest: dict[str, Any] = {"items": items, "channel": channel, "scale": scale}

        def inner(branch: Quantity) -> Node:
            return self.node(branch, kind, point, place, **rest)

        return self._switch(quantity, inner, place, items or {}, channel)

    def _table(self, law: Law, units: int, kind: Kind) -> int:
        key = (law.name, law.parameters, units, kind)
        if key not in self.tables:
            values = tables.table(tables.ppf(law), units)
            most = SHARE if kind == "share" else MOST
            self.tables[key] = len(self.table_values)
            self.table_values.append(tuple(min(max(value, 0), most) for value in values))
        return self.tables[key]

    def _switch(  # noqa: PLR0913 -- as above
        self,
        lookup: Lookup,
        inner: Any,
        place: Place,
        items: Mapping[str, str],
        channel: int | None,
    ) -> Node:
        known = items.get(lookup.by) if lookup.by in items else None
        if lookup.by == "channel" and channel is not None:
            known = CHANNELS[channel]
        if known is not None:
            for key, branch in lookup.branches:
                if key == known:
                    return inner(branch)  # type: ignore[no-any-return]  # a Node
            if lookup.otherwise is None:
                self.say(place, "lookup_no_else", by=lookup.by, value=known)
                return Const(0)
            return inner(lookup.otherwise)  # type: ignore[no-any-return]  # a Node
        variable = self._variable(lookup.by, place)
        if variable is None:
            return Const(0)
        keys = [key for key, _ in lookup.branches]
        rows = tuple(
            (spans, inner(branch))
            for spans, (_, branch) in zip(
                self.spans_of(lookup.by, keys, place), lookup.branches, strict=True
            )
        )
        if lookup.otherwise is None and not self._covers(lookup.by, rows):
            self.say(place, "lookup_no_else", by=lookup.by, value="")
        last = inner(lookup.otherwise) if lookup.otherwise is not None else rows[-1][1]
        return Switch(variable, rows, last)

    def _covers(self, by: str, rows: Iterable[tuple[Spans, Node]]) -> bool:
        domain = self.domain(by)
        if by == "time":
            return True
        if domain.kind not in ("bool", "category"):
            return False
        size = 2 if domain.kind == "bool" else len(domain.names)
        covered = {v for spans, _ in rows for low, high in spans for v in range(low, high + 1)}
        return covered >= set(range(size))

    def _variable(self, by: str, place: Place) -> int | None:
        if by in self.attributes:
            return self.attributes[by]
        if by in ("visit", "month", "time", "queue", "made_in", "channel"):
            return VARIABLES[by]
        known = [*self.attributes, *self.journey.lists, *VARIABLES]
        self.say(place, "unknown_lookup", "by", name=by, guess=nearest(by, known))
        return None

    # -- values of variables -------------------------------------------------------------------

    def domain(self, name: str) -> Domain:
        """Return what the values of a variable are."""
        if name in self.domains:
            return self.domains[name]
        if name in ("made_in", "channel"):
            return Domain("category", CHANNELS)
        if name == "confidence":
            return Domain("share")
        if name in (*DURATION_TESTS, "time"):
            return Domain("duration")
        if name == "defect":
            return Domain("category", tuple(self.journey.defects))
        return NUMBER

    def spans_of(self, by: str, keys: list[str], place: Place) -> list[Spans]:
        """Return the spans that each key of a lookup stands for."""
        if by == "time" and not any(_COMPARISON.fullmatch(key) for key in keys):
            return self._from_times(keys, place)
        return [self.spans(by, (key,), (*place[:2], (*place[2], key))) for key in keys]

    def _from_times(self, keys: list[str], place: Place) -> list[Spans]:
        starts = [self._amount("duration", key, (*place[:2], (*place[2], key))) for key in keys]
        if starts != sorted(set(starts)):
            self.say(place, "times_disordered")
        ends = [start - 1 for start in starts[1:]] + [MOST]
        first = [-MOST, *starts[1:]]
        return [((low, high),) for low, high in zip(first, ends, strict=True)]

    def spans(self, name: str, values: Iterable[Scalar], place: Place) -> Spans:
        """Return the whole numbers that a variable may be to fit one of ``values``."""
        domain = self.domain(name)
        return tuple(span for value in values for span in self._span(domain, value, place))

    def _span(self, domain: Domain, value: Scalar, place: Place) -> Spans:
        if domain.kind == "bool":
            return self._truth(value, place)
        if domain.kind == "category" and str(value) in domain.names:
            at = domain.names.index(str(value))
            return ((at, at),)
        if domain.kind == "category":
            guess = nearest(str(value), domain.names)
            self.say(place, "unknown_value", value=str(value), known=", ".join(domain.names), guess=guess)
            return ()
        return (self._numbers(domain.kind, value, place),)

    def _truth(self, value: Scalar, place: Place) -> Spans:
        words = {True: 1, False: 0, "true": 1, "false": 0}
        if isinstance(value, bool | str) and value in words:
            return ((words[value], words[value]),)
        self.say(place, "unknown_value", value=str(value), known="true, false")
        return ()

    def _numbers(self, kind: str, value: Scalar, place: Place) -> tuple[int, int]:
        text = str(value)
        comparison = _COMPARISON.fullmatch(text)
        if comparison is not None:
            amount = self._amount(kind, comparison[2], place)
            return {
                "<": (-MOST, amount - 1),
                "<=": (-MOST, amount),
                ">": (amount + 1, MOST),
                ">=": (amount, MOST),
            }[comparison[1]]
        between = _BETWEEN.fullmatch(text)
        if between is not None and isinstance(value, str):
            return self._amount(kind, between[1], place), self._amount(kind, between[2], place)
        amount = self._amount(kind, value, place)
        return amount, amount

    def _amount(self, kind: str, value: Scalar, place: Place) -> int:
        raw: object = value
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            raw = int(value)
        elif isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
            raw = float(value)
        try:
            amount, business = number(raw, kind)  # type: ignore[arg-type]  # a Kind
        except Exception as error:  # noqa: BLE001 -- pydantic's error carries the message
            details = getattr(error, "context", {}) or {}
            self.say(place, error.type, **{k: v for k, v in details.items() if k != "at"})  # type: ignore[attr-defined]
            return 0
        if business:
            self.say(place, "test_business_days", given=str(value))
        return math.floor(amount * SCALES[kind] + 0.5)  # type: ignore[index]  # a Kind

    # -- conditions ----------------------------------------------------------------------------

    def test(self, condition: Condition | None, point: str, place: Place, task: str = "") -> Test | None:
        """Compile a condition; its chance is drawn at ``point``. ``task``: the step it is about."""
        if condition is None:
            return None
        tests = []
        for name in condition.tests:
            where = (*place[:2], (*place[2], name))
            if name == "asked":
                tests += [(ASKED - step, ((1, 1),)) for step in self._asked(condition, task)]
                continue
            variable = self.attributes.get(name, VARIABLES.get(name))
            if variable is None:
                known = [*self.attributes, *VARIABLES, "chance"]
                self.say(place, "unknown_attribute", name, name=name, guess=nearest(name, known))
                continue
            tests.append((variable, self.spans(name, condition.values(name), where)))
        if condition.chance is None:
            return Test(tuple(tests))
        chance = self.node(condition.chance, "share", point, (*place[:2], (*place[2], "chance")))
        return Test(tuple(tests), chance, self.point(point))

    def _asked(self, condition: Condition, task: str) -> Iterable[int]:
        mine = self.journey.tasks[task]
        for value in condition.values("asked"):
            name = f"{mine.procedure}.{value}"
            each = ".".join((name, *mine.items.values()))
            found = self.steps.get(each, self.steps.get(name))
            if found is not None:
                yield found

    # -- attributes ----------------------------------------------------------------------------

    def attribute(self, name: str, value: attributes.Value, place: Place) -> AttributeNode:
        """Compile an attribute, drawn at ``attr/name``."""
        point = f"attr/{name}"
        if isinstance(value, attributes.Constant):
            return Const(self._constant(name, value.value))
        if isinstance(value, attributes.Chance):
            return Chance(self.point(point), self.node(value.share, "share", f"{point}/share", place))
        if isinstance(value, attributes.Amount):
            return self.node(value.number, "number", point, place)
        if isinstance(value, attributes.Choice):
            return self._choice(name, value, point)
        return self._attribute_table(name, value, place)

    def _constant(self, name: str, value: bool | str) -> int:  # noqa: FBT001 -- a value, not a switch
        return int(value) if isinstance(value, bool) else self.domains[name].names.index(value)

    def _choice(self, name: str, choice: attributes.Choice, point: str) -> Choice:
        running, until = 0.0, []
        for _, share in choice.shares:
            running += share.value
            until.append(math.floor(running * SHARE + 0.5))
        until[-1] = SHARE
        values = tuple(self.domains[name].names.index(key) for key, _ in choice.shares)
        return Choice(self.point(point), tuple(until), values)

    def _attribute_table(self, name: str, value: attributes.Table, place: Place) -> Switch | Const:
        variable = self.attributes.get(value.by, VARIABLES.get(value.by))
        if variable is None or value.by not in (*self.attributes, "channel", "time", "month"):
            guess = nearest(value.by, self.attributes)
            self.say(place, "unknown_attribute", "by", name=value.by, guess=guess)
            return Const(0)
        spans = self.spans_of(value.by, [key for key, _ in value.branches], place)
        rows = tuple(
            (span, self.attribute(name, inner, place))
            for span, (_, inner) in zip(spans, value.branches, strict=True)
        )
        if value.otherwise is None:
            if not self._covers(value.by, rows):  # type: ignore[arg-type]  # nodes of attributes
                self.say(place, "lookup_no_else", by=value.by, value="")
            return Switch(variable, rows, rows[-1][1])  # type: ignore[arg-type]  # as above
        last = self.attribute(name, value.otherwise, place)
        return Switch(variable, rows, last)  # type: ignore[arg-type]  # as above


def domain_of(values: Iterable[attributes.Value]) -> Domain:
    """Return what an attribute's values are, over all the places that define it."""
    names: dict[str, None] = {}
    kinds = set()
    for value in values:
        for leaf in _leaves(value):
            if isinstance(leaf, attributes.Choice):
                names |= dict.fromkeys(key for key, _ in leaf.shares)
            elif isinstance(leaf, attributes.Constant) and isinstance(leaf.value, str):
                names[leaf.value] = None
            else:
                kinds.add("number" if isinstance(leaf, attributes.Amount) else "bool")
    if names:
        return Domain("category", tuple(names))
    return NUMBER if "number" in kinds else BOOL


def _leaves(value: attributes.Value) -> Iterable[attributes.Value]:
    if not isinstance(value, attributes.Table):
        yield value
        return
    for _, inner in value.branches:
        yield from _leaves(inner)
    if value.otherwise is not None:
        yield from _leaves(value.otherwise)



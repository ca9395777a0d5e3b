"""Quantities, conditions and attributes as nodes of whole numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pydantic_core import PydanticCustomError

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
from sim.compile.tables import Ppf
from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import Journey, Place, below_place
from sim.model.agent import DURATION_TESTS
from sim.model.attribute import WORDS, Amount, Constant, Table, Value
from sim.model.attribute import Chance as TrueShare
from sim.model.attribute import Choice as CategoryShares
from sim.model.base import CHANNELS, Condition, Scalar
from sim.model.hours import WEEKDAYS, weekdays
from sim.model.quantity import Fixed, Kind, Law, Lookup, Quantity, number
from sim.model.quoted import quoted, truth_meant

On = Literal["value", "key"]
"""Where the caret of a problem goes."""

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
_DOMAINS: Final[Mapping[str, Domain]] = {
    "made_in": Domain("category", CHANNELS),
    "channel": Domain("category", CHANNELS),
    "weekday": Domain("weekday", WEEKDAYS),
    "confidence": Domain("share"),
    **dict.fromkeys((*DURATION_TESTS, "time"), Domain("duration")),
}


Branch = Callable[[Quantity, str], Node]
"""Compiles what stands in a lookup under a key."""


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

        def inner(branch: Quantity, key: str) -> Node:
            return self.node(branch, kind, point, below_place(place, key), **rest)

        fixed = dict(items or {}) | ({} if channel is None else {"channel": CHANNELS[channel]})
        if quantity.by in fixed:
            return self._chosen(quantity, inner, place, fixed[quantity.by])
        return self._switch(quantity, inner, place)

    def _table(self, law: Law, units: int, kind: Kind) -> int:
        most = SHARE if kind == "share" else MOST
        key = (law.name, law.parameters, units, kind)
        return self.table(key, tables.ppf(law), units, most)

    def table(self, key: tuple[object, ...], ppf: Ppf, units: int, most: int) -> int:
        """Return the number of the table of a law, which ``key`` tells apart from others."""
        if key not in self.tables:
            values = tables.table(ppf, units)
            self.tables[key] = len(self.table_values)
            self.table_values.append(tuple(min(max(value, 0), most) for value in values))
        return self.tables[key]

    def _chosen(self, lookup: Lookup, inner: Branch, place: Place, value: str) -> Node:
        """Compile the branch of a lookup by what is known already: an item, or the channel."""
        known = CHANNELS if lookup.by == "channel" else self.journey.lists[lookup.by]
        self._check_keys([key for key, _ in lookup.branches], known, place)
        for key, branch in lookup.branches:
            if key == value:
                return inner(branch, key)
        if lookup.otherwise is not None:
            return inner(lookup.otherwise, "else")
        keys = {key for key, _ in lookup.branches}
        missing = ", ".join(one for one in known if one not in keys)
        self.say(place, "lookup_no_else", by=lookup.by, missing=missing)
        return Const(0)

    def _check_keys(self, keys: Iterable[str], known: Iterable[str], place: Place) -> None:
        for key in keys:
            if key not in known:
                values = {"value": key, "known": ", ".join(known), "guess": nearest(key, known)}
                self.say(below_place(place, key), "unknown_value", on="key", **values)

    def _switch(self, lookup: Lookup, inner: Branch, place: Place) -> Node:
        variable = self._variable(lookup.by, place)
        if variable is None:
            return Const(0)
        keys = [key for key, _ in lookup.branches]
        spans = self.spans_of(lookup.by, keys, place)
        rows = tuple(
            (span, inner(branch, key))
            for span, (key, branch) in zip(spans, lookup.branches, strict=True)
        )
        if lookup.otherwise is not None:
            return Switch(variable, rows, inner(lookup.otherwise, "else"))
        self._check_covered(lookup.by, spans, place)
        return Switch(variable, rows, rows[-1][1])

    def _check_covered(self, by: str, spans: Iterable[Spans], place: Place) -> None:
        """Say which values a lookup without ``else`` forgets."""
        domain = self.domain(by)
        if by == "time":
            return
        names = ("false", "true") if domain.kind == "bool" else domain.names or None
        if names is None and by != "month":
            self.say(place, "lookup_open", by=by)
            return
        values = enumerate(names) if names is not None else ((m, str(m)) for m in range(1, 13))
        covered = {v for ranges in spans for low, high in ranges for v in range(low, high + 1)}
        missing = ", ".join(name for value, name in values if value not in covered)
        if missing:
            self.say(place, "lookup_no_else", by=by, missing=missing)

    def _variable(self, by: str, place: Place) -> int | None:
        if by in self.attributes:
            return self.attributes[by]
        if by in ("visit", "month", "weekday", "time", "queue", "made_in", "channel"):
            return VARIABLES[by]
        known = [*self.attributes, *self.journey.lists, *VARIABLES]
        self.say(place, "unknown_lookup", "by", name=by, guess=nearest(by, known))
        return None

    # -- values of variables -------------------------------------------------------------------

    def domain(self, name: str) -> Domain:
        """Return what the values of a variable are."""
        if name in self.domains:
            return self.domains[name]
        if name in _DOMAINS:
            return _DOMAINS[name]
        if name == "defect":
            return Domain("category", tuple(self.journey.defects))
        return NUMBER

    def spans_of(self, by: str, keys: list[str], place: Place) -> list[Spans]:
        """Return the spans that each key of a lookup stands for."""
        if by == "time" and not any(_COMPARISON.fullmatch(key) for key in keys):
            return self._from_times(keys, place)
        domain = self.domain(by)
        return [self._span(domain, key, below_place(place, key), on="key") for key in keys]

    def _from_times(self, keys: list[str], place: Place) -> list[Spans]:
        starts = [self._amount("duration", key, below_place(place, key), on="key") for key in keys]
        for one, other, key in zip(starts, starts[1:], keys[1:], strict=False):
            if other <= one:
                self.say(below_place(place, key), "times_disordered", on="key")
        ends = [start - 1 for start in starts[1:]] + [MOST]
        first = [-MOST, *starts[1:]]
        return [((low, high),) for low, high in zip(first, ends, strict=True)]

    def spans(self, name: str, values: Iterable[Scalar], place: Place) -> Spans:
        """Return the whole numbers that a variable may be to fit one of ``values``."""
        domain = self.domain(name)
        return tuple(
            span
            for i, value in enumerate(values)
            for span in self._span(domain, value, below_place(place, i))
        )

    def _span(self, domain: Domain, value: Scalar, place: Place, on: On = "value") -> Spans:
        if domain.kind == "bool":
            return self._truth(value, place, on)
        if domain.kind == "weekday":
            return self._weekdays(value, place, on)
        if domain.kind != "category":
            return (self._numbers(domain.kind, value, place, on),)
        if str(value) in domain.names:
            at = domain.names.index(str(value))
            return ((at, at),)
        values = {"value": quoted(value), "known": ", ".join(domain.names)}
        guess = nearest(str(value), domain.names)
        self.say(place, "unknown_value", on=on, guess=guess, **values)
        return ()

    def _truth(self, value: Scalar, place: Place, on: On) -> Spans:
        words = {True: 1, False: 0, "true": 1, "false": 0}
        if isinstance(value, bool | str) and value in words:
            return ((words[value], words[value]),)
        guess = truth_meant(str(value))
        values = {"value": quoted(value), "known": "true, false"}
        self.say(place, "unknown_value", on=on, guess=guess, **values)
        return ()

    def _weekdays(self, value: Scalar, place: Place, on: On) -> Spans:
        try:
            return tuple((day, day) for day in weekdays(str(value)))
        except ValueError:
            values = {"value": quoted(value), "known": ", ".join(WEEKDAYS)}
            guess = nearest(str(value), WEEKDAYS)
            self.say(place, "unknown_value", on=on, guess=guess, **values)
            return ()

    def _numbers(self, kind: str, value: Scalar, place: Place, on: On) -> tuple[int, int]:
        text = str(value)
        comparison = _COMPARISON.fullmatch(text)
        if comparison is not None:
            amount = self._amount(kind, comparison[2], place, on)
            return {
                "<": (-MOST, amount - 1),
                "<=": (-MOST, amount),
                ">": (amount + 1, MOST),
                ">=": (amount, MOST),
            }[comparison[1]]
        between = _BETWEEN.fullmatch(text)
        if between is not None and isinstance(value, str):
            low, high = (self._amount(kind, between[i], place, on) for i in (1, 2))
            return low, high
        amount = self._amount(kind, value, place, on)
        return amount, amount

    def _amount(self, kind: str, value: Scalar, place: Place, on: On = "value") -> int:
        raw: object = value
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            raw = int(value)
        elif isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
            raw = float(value)
        unit: Kind = kind  # type: ignore[assignment]  # of a domain that has amounts
        try:
            amount, business = number(raw, unit)
        except PydanticCustomError as error:
            values = {k: v for k, v in (error.context or {}).items() if k not in {"at", "on"}}
            self.say(place, error.type, on=on, **values)
            return 0
        if business:
            self.say(place, "test_business_days", on=on, given=str(value))
        return math.floor(amount * SCALES[unit] + 0.5)

    # -- conditions ----------------------------------------------------------------------------

    def test(
        self, condition: Condition | None, point: str, place: Place, task: str = ""
    ) -> Test | None:
        """Compile a condition; its chance is drawn at ``point``, a random share beside it.

        ``task``: the step it is about.
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
            if variable is None:
                known = [*self.attributes, *VARIABLES, "chance"]
                guess = nearest(name, known)
                self.say(where, "unknown_attribute", on="key", name=name, guess=guess)
                continue
            tests.append((variable, self.spans(name, condition.values(name), where)))
        if condition.chance is None:
            return Test(tuple(tests))
        share = f"{point}/share"
        chance = self.node(condition.chance, "share", share, below_place(place, "chance"))
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

    def attribute(self, name: str, value: Value, place: Place) -> AttributeNode:
        """Compile an attribute, drawn at ``attr/name``."""
        point = f"attr/{name}"
        if isinstance(value, Constant):
            return Const(self._constant(name, value.value))
        if isinstance(value, TrueShare):
            return Chance(
                self.point(point), self.node(value.share, "share", f"{point}/share", place)
            )
        if isinstance(value, Amount):
            return self.node(value.number, "number", point, place)
        if isinstance(value, CategoryShares):
            return self._choice(name, value, point)
        return self._attribute_table(name, value, place)

    def _constant(self, name: str, value: bool | str) -> int:  # noqa: FBT001 -- a value
        return int(value) if isinstance(value, bool) else self.domains[name].names.index(value)

    def _choice(self, name: str, choice: CategoryShares, point: str) -> Choice:
        running, until = 0.0, []
        for _, share in choice.shares:
            running += share.value
            until.append(math.floor(running * SHARE + 0.5))
        until[-1] = SHARE
        values = tuple(self.domains[name].names.index(key) for key, _ in choice.shares)
        return Choice(self.point(point), tuple(until), values)

    def _attribute_table(self, name: str, value: Table, place: Place) -> Switch | Const:
        variable = self.attributes.get(value.by, VARIABLES.get(value.by))
        if variable is None or value.by not in (*self.attributes, *WORDS):
            guess = nearest(value.by, self.attributes)
            self.say(place, "unknown_attribute", "by", name=value.by, guess=guess)
            return Const(0)
        spans = self.spans_of(value.by, [key for key, _ in value.branches], place)
        rows: Any = tuple(
            (span, self.attribute(name, inner, below_place(place, key)))
            for span, (key, inner) in zip(spans, value.branches, strict=True)
        )
        if value.otherwise is not None:
            last: Any = self.attribute(name, value.otherwise, below_place(place, "else"))
            return Switch(variable, rows, last)
        self._check_covered(value.by, spans, place)
        return Switch(variable, rows, rows[-1][1])


def domain_of(values: Iterable[Value]) -> Domain:
    """Return what an attribute's values are, over all the places that define it."""
    names: dict[str, None] = {}
    kinds = set()
    for value in values:
        for leaf in _leaves(value):
            if isinstance(leaf, CategoryShares):
                names |= dict.fromkeys(key for key, _ in leaf.shares)
            elif isinstance(leaf, Constant) and isinstance(leaf.value, str):
                names[leaf.value] = None
            else:
                kinds.add("number" if isinstance(leaf, Amount) else "bool")
    if names:
        return Domain("category", tuple(names))
    return NUMBER if "number" in kinds else BOOL


def _leaves(value: Value) -> Iterable[Value]:
    if not isinstance(value, Table):
        yield value
        return
    for _, inner in value.branches:
        yield from _leaves(inner)
    if value.otherwise is not None:
        yield from _leaves(value.otherwise)

"""Quantities as people write them: plain, random, looked up or learned, with their sources.

A quantity is one of ``Fixed``, ``Random`` or ``Lookup``. What an amount is, stands in ``amounts``;
what it may be drawn from, in ``distributions``. What is learned falls loop by loop: it is read as
the steps of a lookup by time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any, Final, TypeVar

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import nearest
from sim.language.amounts import (
    DAY,
    LONGEST,
    MEASURES,
    Comparison,
    Kind,
    Measure,
    amount,
    amounts,
    check_whole,
    number,
    ordered,
    parted,
    within,
    wrong,
)
from sim.language.distributions import DISTRIBUTIONS, AroundMedian
from sim.language.json_schema import shape
from sim.language.law import Changed, Distribution, Law, Told, checked, exactly
from sim.yaml.located import Address
from sim.yaml.writer import quoted

T = TypeVar("T")

NAME: Final = "learning"
NOTES: Final = ("source", "range")
"""What may stand beside any amount."""


def forms() -> tuple[str, ...]:
    """Return what an amount that is no plain number may begin with."""
    return ("value", "median", *DISTRIBUTIONS, NAME)


@dataclass(frozen=True)
class Provenance:
    """Where a number is from: a fact id, and the bounds within which it may lie (as written)."""

    source: str | None = None
    range: tuple[str, str] | None = None

    @property
    def known(self) -> bool:
        """Whether the number can be defended: by a source or, as an assumption, by a range."""
        return self.source is not None or self.range is not None

    def or_else(self, above: Provenance, ends: tuple[str, str] | None) -> Provenance:
        """Return the note ``above`` if there is none here, else this one, ranging over ``ends``."""
        if above.known and not self.known:
            return above
        return Provenance(self.source, self.range or ends)


UNKNOWN: Final = Provenance()


@dataclass(frozen=True)
class Fixed:
    """One number: seconds, a share, or a plain number."""

    value: float
    business: bool = False
    note: Provenance = UNKNOWN
    days: bool = False
    """Whether it was written in days or weeks alone."""


@dataclass(frozen=True)
class Random:
    """A number that is drawn anew each time it is wanted."""

    distribution: Law
    business: bool = False
    note: Provenance = UNKNOWN


@dataclass(frozen=True)
class Lookup:
    """A quantity that depends on a variable: the first case whose key fits, or ``otherwise``."""

    variable: str
    cases: tuple[tuple[Comparison, Quantity], ...]
    otherwise: Quantity | None
    learned: bool = False
    """Whether it was written as ``learning``, one number that falls as time goes on."""
    place: tuple[str, str, Address] | None = field(default=None, compare=False)
    """Where it is written, if not where what it is used for is."""


Quantity = Fixed | Random | Lookup


def _same(bounds: tuple[str, str] | None, others: tuple[str, str] | None, kind: Kind) -> bool:
    """Return whether two pairs of numbers are the same amounts, however they are written."""
    if bounds is None or others is None:
        return False
    with suppress(PydanticCustomError):
        return [number(b, kind) for b in bounds] == [number(o, kind) for o in others]
    return False


def parse(raw: object, kind: Kind, at: Address = (), above: Provenance = UNKNOWN) -> Quantity:
    """Read a quantity, whose note is else that of what is ``above``. Raises a located error."""
    if not isinstance(raw, Mapping):
        return _fixed(raw, kind, at, above)
    body = {key: value for key, value in raw.items() if key not in NOTES}
    if set(body) == {"value"}:
        return _valued(raw, kind, at, above)
    own = provenance(raw, kind, at)
    if _same(own.range, ends(raw), kind) and not above.known:
        raise wrong("range_repeated", (*at, "range"), on="key")
    note = own.or_else(above, ends(raw))
    return _lookup(raw, kind, at, note) if "by" in raw else _by_form(body, kind, at, note)


def _valued(raw: Mapping[str, Any], kind: Kind, at: Address, above: Provenance) -> Quantity:
    """Read a ``value`` beside its source; the range of a number stands behind it or beside it."""
    own = provenance(raw, kind, at)
    inner = parse(raw["value"], kind, (*at, "value"), own.or_else(above, None))
    if isinstance(inner, Fixed) and own.range is not None:
        _one_range(raw, "value", at)
        within(inner.value, raw["range"], kind, (*at, "value"))
        return replace(inner, note=own)
    if isinstance(inner, Fixed) and inner.note.source is None:
        return replace(inner, note=replace(inner.note, source=own.source))
    return inner


def _one_range(raw: Mapping[str, Any], key: str, at: Address) -> None:
    """Raise an error if a number has a range behind it and one beside it."""
    if "range" in raw and parted(raw[key])[1] is not None:
        raise wrong("range_twice", (*at, "range"), on="key")


def ranged(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a mapping with the range of its number beside it, also if it stands behind it."""
    _one_range(raw, key, ())
    plain, bounds = parted(raw[key])
    return raw if bounds is None else {**raw, key: plain, "range": bounds}


def _fixed(raw: object, kind: Kind, at: Address, above: Provenance) -> Fixed:
    plain, bounds = parted(raw)
    value, business = number(plain, kind, at)
    check_whole(value, plain, MEASURES[kind], at)
    days = isinstance(plain, str) and plain.strip().endswith(("d", "w"))
    if bounds is None:
        return Fixed(value, business, above, days)
    within(value, bounds, kind, at)
    low, high = bounds
    return Fixed(value, business, Provenance(None, (str(low), str(high))), days)


def provenance(raw: Mapping[str, Any], kind: Kind, at: Address) -> Provenance:
    """Read the ``source`` and ``range`` beside a number. Raises a located error."""
    source, bounds = raw.get("source"), raw.get("range")
    if source is not None and not isinstance(source, str):
        raise wrong("source_not_text", (*at, "source"), given=quoted(source))
    if bounds is None:
        return Provenance(source)
    if not isinstance(bounds, list) or len(bounds) != 2:  # noqa: PLR2004 -- a range is a pair
        raise wrong("range_not_pair", (*at, "range"), given=quoted(bounds))
    ordered(bounds, kind, (*at, "range"))
    return Provenance(source, (str(bounds[0]), str(bounds[1])))


def _lookup(raw: Mapping[str, Any], kind: Kind, at: Address, note: Provenance) -> Lookup:
    by = raw["by"]
    if not isinstance(by, str):
        raise wrong("by_not_a_name", (*at, "by"), given=quoted(by))
    return Lookup(by, *read_cases(raw, at, partial(parse, kind=kind, above=note)))


def read_cases(
    raw: Mapping[str, Any], at: Address, reader: Callable[..., T]
) -> tuple[tuple[tuple[Comparison, T], ...], T | None]:
    """Return what ``reader`` reads under each key of a lookup, and under ``else``."""
    keys = [key for key in raw if key not in ("by", *NOTES)]
    if not keys:
        raise wrong("lookup_empty", at, by=raw["by"])
    cases = {key: reader(raw[key], at=(*at, key)) for key in keys}
    otherwise = cases.pop("else", None)
    return tuple((Comparison.read(key), one) for key, one in cases.items()), otherwise


def _by_form(body: Mapping[str, Any], kind: Kind, at: Address, note: Provenance) -> Quantity:
    """Read what is random or learned by the key that says so."""
    measure = MEASURES[kind]
    name = "median" if "median" in body else _form(body, at)
    where = (*at, name)
    if name == NAME:
        loops, business = read(body[name], measure, where)
        cases = ((Comparison.read(k), Fixed(amount, business, note)) for k, amount in loops)
        return Lookup("time", tuple(cases), None, learned=True)
    law: Distribution
    if name == "median":
        law, business = AroundMedian.read(body, measure, at)
    else:
        law, business = DISTRIBUTIONS[name].read(body[name], measure, where)
    return Random(checked(law, measure, where), business, note)


def ends(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the bounds that a random amount has by itself, as written."""
    name = next((name for name in DISTRIBUTIONS if name in raw), None)
    return None if name is None else DISTRIBUTIONS[name].ends(raw[name])


def _form(body: Mapping[str, Any], at: Address) -> str:
    """Return the one key of ``body``, which must be that of a form."""
    known = ("value", *DISTRIBUTIONS, NAME)
    names = [key for key in body if key in known]
    unknown = [key for key in body if key not in known]
    if unknown:
        raise unknown_form(unknown[0], nearest(unknown[0], (*forms(), *NOTES)), at)
    if len(names) > 1:
        raise wrong("law_twice", (*at, names[1]), on="key", one=names[0], other=names[1])
    if not names:
        raise wrong("value.nothing", at)
    return names[0]


def unknown_form(given: str, guess: str | None, at: Address) -> PydanticCustomError:
    """Return the error that ``given`` is no way to write an amount."""
    values = {"given": given, "known": ", ".join(forms()), "guess": guess}
    return wrong("unknown_law", (*at, given), on="key", **values)


# -- learned ------------------------------------------------------------------------------------

MOST: Final = 1_000
"""After so many loops nothing is learned any more: a floor of nothing is never quite reached."""

_FALLS: Final = ("first", "floor")


def steps(first: float, factor: float, every: float, floor: float) -> Iterator[tuple[str, float]]:
    """Yield when each loop begins, as the key of a lookup by time, and the amount from then on.

    Loop k begins k times ``every`` seconds after the start. Its amount is the greater of ``floor``
    and ``first`` times ``factor`` to the power of k; the last loop is the one at the floor.
    """
    for loop in range(MOST):
        begins = math.floor(loop * every + 0.5)
        if begins > LONGEST:
            return
        amount = max(floor, first * factor**loop)
        yield (f"{begins // DAY}d" if begins % DAY == 0 else f"{begins}s"), amount
        if amount == floor:
            return


def read(raw: Any, measure: Measure, at: Address) -> tuple[list[tuple[str, float]], bool]:
    """Return the steps of what is learned; are they in business days? Raises a located error."""
    given = exactly(NAME, raw, ["first", "factor", "every", "floor"], at)
    read, business = amounts({key: given[key] for key in _FALLS}, measure, at)
    kind: Kind = "share" if isinstance(given["factor"], str) else "number"
    factor, _ = number(given["factor"], kind, (*at, "factor"))
    every, _ = number(given["every"], "time", (*at, "every"))
    if not 0 < factor < 1:
        raise wrong("learning_factor", (*at, "factor"), given=quoted(given["factor"]))
    if every <= 0:
        raise wrong("law_not_positive", (*at, "every"), name="every", given=quoted(given["every"]))
    if read["floor"] >= read["first"]:
        told = {name: quoted(given[name]) for name in _FALLS}
        raise wrong("learning_floor", (*at, "floor"), **told)
    return [*steps(read["first"], factor, every, read["floor"])], business


def scaled(raw: Mapping[str, Any], first: float, measure: Measure, told: Told) -> dict[str, Any]:
    """Return what is learned, beginning with ``first`` (base units); the floor keeps its part."""
    old, floor = (amount(raw[name], measure)[0] for name in _FALLS)
    factor = first / old if old else 1
    return {**raw, "first": told(first), "floor": told(floor * factor)}


# -- of any kind -------------------------------------------------------------------------------


def typical(quantity: Quantity) -> float:
    """Return a middle value in base units: the median or mode, else the mean of the bounds."""
    if isinstance(quantity, Fixed):
        return quantity.value
    if isinstance(quantity, Random):
        return quantity.distribution.middle
    return typical(quantity.otherwise or quantity.cases[-1][1])


def changed(quantity: Quantity, change: Callable[[float], float]) -> Quantity:
    """Return what follows from a quantity, number by number and draw by draw."""

    def leaf(one: Fixed | Random) -> Quantity:
        if isinstance(one, Fixed):
            return replace(one, value=change(one.value))
        return replace(one, distribution=Changed(one.distribution, change))

    return through(quantity, leaf)


def through(quantity: Quantity, leaf: Callable[[Any], Quantity]) -> Quantity:
    """Return a quantity with what ``leaf`` makes of it in place of each number."""
    if not isinstance(quantity, Lookup):
        return leaf(quantity)
    rest = None if quantity.otherwise is None else through(quantity.otherwise, leaf)
    cases = tuple((key, through(one, leaf)) for key, one in quantity.cases)
    return replace(quantity, cases=cases, otherwise=rest)


def leaves(quantity: Quantity, path: Address = ()) -> Iterator[tuple[Address, Fixed | Random]]:
    """Yield each number of a quantity with its path below it; those of a ``learning`` share one."""
    if not isinstance(quantity, Lookup):
        yield path, quantity
        return
    for key, inner in quantity.cases:
        yield from leaves(inner, (*path, NAME if quantity.learned else key.key))
    if quantity.otherwise is not None:
        yield from leaves(quantity.otherwise, (*path, "else"))


def _parser(kind: Kind) -> PlainValidator:
    return PlainValidator(partial(parse, kind=kind))


Duration = Annotated[Quantity, _parser("duration"), WithJsonSchema(shape("Duration"))]
"""Time that may be counted on business days."""

Time = Annotated[Quantity, _parser("time"), WithJsonSchema(shape("Time"))]
"""Time that runs on all days."""

Work = Annotated[Quantity, _parser("work"), WithJsonSchema(shape("Time"))]
"""Hands-on time."""

Share = Annotated[Quantity, _parser("share"), WithJsonSchema(shape("Share"))]
Factor = Annotated[Quantity, _parser("factor"), WithJsonSchema(shape("Factor"))]
Count = Annotated[Quantity, _parser("count"), WithJsonSchema(shape("Count"))]
Rank = Annotated[Quantity, _parser("rank"), WithJsonSchema(shape("Rank"))]
Yen = Annotated[Quantity, _parser("yen"), WithJsonSchema(shape("Yen"))]

FixedTime = Annotated[Time, WithJsonSchema(shape("FixedTime"))]
FixedDuration = Annotated[Duration, WithJsonSchema(shape("FixedDuration"))]
FixedShare = Annotated[Share, WithJsonSchema(shape("FixedShare"))]
FixedYen = Annotated[Yen, WithJsonSchema(shape("FixedYen"))]
FixedFactor = Annotated[Factor, WithJsonSchema(shape("FixedFactor"))]
"""Amounts of which the definition that has them checks that they are plain."""

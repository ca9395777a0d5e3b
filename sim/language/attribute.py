"""Attributes: what a case is like, drawn once for each case.

The form in its file says what an attribute is, whatever it is set to elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import nearest
from sim.language import quantity
from sim.language.amounts import KEYS, Comparison, parted, wrong
from sim.language.distributions import DISTRIBUTIONS, OUTER
from sim.language.domain import AMOUNT, BOOL, Domain
from sim.language.json_schema import shape
from sim.language.quantity import (
    NOTES,
    UNKNOWN,
    Fixed,
    Provenance,
    Quantity,
    Random,
    forms,
    leaves,
    parse,
    provenance,
    read_cases,
    unknown_form,
)
from sim.yaml.located import Address

WORDS: Final = ("channel", "month", "weekday", "time")
"""What an attribute may be looked up by besides other attributes."""


@dataclass(frozen=True)
class Constant:
    """The same in every case: true, false or the name of a category."""

    value: bool | str


@dataclass(frozen=True)
class Chance:
    """True in this share of the cases. ``bare``: written as 0 or 1, which may be an amount too."""

    share: Quantity
    bare: bool = False


@dataclass(frozen=True)
class Amount:
    """A whole number, fixed or drawn."""

    number: Quantity


@dataclass(frozen=True)
class Choice:
    """One of several categories, each with its share; the shares add up to one."""

    shares: tuple[tuple[str, Fixed], ...]


@dataclass(frozen=True)
class Table:
    """An attribute that follows from ``by``."""

    by: str
    branches: tuple[tuple[Comparison, Value], ...]
    otherwise: Value | None


Value = Constant | Chance | Amount | Choice | Table

_AMOUNT = re.compile(r"[%\N{FULLWIDTH PERCENT SIGN}\[(\N{FULLWIDTH LEFT PARENTHESIS}]")
"""A text with a sign of these is no name but an amount, perhaps with its range."""


def read(raw: object, at: Address = (), above: Provenance = UNKNOWN) -> Value:
    """Read an attribute; the note of a number is else that ``above``. Raises a located error."""
    value = _value(raw)
    if isinstance(value, bool):
        return Constant(value)
    if isinstance(raw, Mapping) and "by" in raw:
        return _table(raw, at, above)
    if isinstance(raw, Mapping) and raw and raw.keys().isdisjoint((*forms(), *OUTER, *NOTES)):
        return _choice(raw, at)
    if isinstance(raw, str) and not _AMOUNT.search(raw):
        return Constant(raw)
    if _is_number(value):
        return Amount(parse(raw, "amount", at, above))
    bare = isinstance(value, int | float) and value in {0, 1}
    return Chance(parse(raw, "share", at, above), bare)


def _value(raw: Any) -> Any:
    """Return what stands beside a source, or all there is."""
    return raw["value"] if isinstance(raw, Mapping) and "value" in raw else raw


def _is_number(value: object) -> bool:
    """A bare number above 1 is an amount, one from 0 to 1 or with % is a share, a law an amount.

    A range within which a bare number may lie says it as well.
    """
    plain, bounds = parted(value)
    return isinstance(value, Mapping) or any(map(_beyond_share, (plain, *(bounds or ()))))


def _beyond_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= 1


def original(raw: object) -> Value | None:
    """Return an attribute as it was first written; None if that was no attribute."""
    try:
        return read(raw)
    except PydanticCustomError:
        return None


def _choice(raw: Mapping[str, Any], at: Address) -> Choice:
    shares = []
    given = next(iter(raw))
    law = nearest(given, (*DISTRIBUTIONS, quantity.NAME)) if len(raw) == 1 else None
    if law is not None:
        raise unknown_form(given, law, at)
    for key, value in raw.items():
        if key in KEYS:
            raise wrong("reserved_name", (*at, key), on="key", name=key)
        share = parse(value, "share", (*at, key))
        if not isinstance(share, Fixed):
            raise wrong("choice_fixed", (*at, key), given=key)
        shares.append((key, share))
    total = sum(share.value for _, share in shares)
    if abs(total - 1) > 1e-6:  # noqa: PLR2004 -- rounding of written percentages
        raise wrong("choice_sum", at, total=f"{total * 100:.6g}%")
    return Choice(tuple(shares))


def _table(raw: Mapping[str, Any], at: Address, above: Provenance) -> Table:
    values = [_value(value) for key, value in raw.items() if key not in ("by", *NOTES)]
    bounds = raw.get("range")
    told = [*values, *(bounds if isinstance(bounds, list) else ())]
    own = provenance(raw, "amount" if any(map(_is_number, told)) else "share", at)
    reader = partial(read, above=own.or_else(above, None))
    return Table(str(raw["by"]), *read_cases(raw, at, reader))


Attribute = Annotated[Value, PlainValidator(read), WithJsonSchema(shape("Attribute"))]


_Leaf = Constant | Chance | Amount | Choice


def _leaves(value: Value, path: Address = ()) -> Iterator[tuple[Address, _Leaf]]:
    """Yield what an attribute may come to, whatever it is looked up by, with its path."""
    if not isinstance(value, Table):
        yield path, value
        return
    for key, inner in value.branches:
        yield from _leaves(inner, (*path, key.key))
    if value.otherwise is not None:
        yield from _leaves(value.otherwise, (*path, "else"))


def numbers(value: Value, path: Address = ()) -> Iterator[tuple[Address, Fixed | Random]]:
    """Yield each number of an attribute with its path below it."""
    for at, leaf in _leaves(value, path):
        match leaf:
            case Chance():
                yield from leaves(leaf.share, at)
            case Amount():
                yield from leaves(leaf.number, at)
            case Choice():
                yield from (((*at, name), share) for name, share in leaf.shares)


def sorts(value: Value) -> set[Literal["bool", "number", "category"]]:
    """Return what the values of an attribute may be; nothing for 0 and 1, which may be either."""
    found: set[Literal["bool", "number", "category"]] = set()
    for _, leaf in _leaves(value):
        match leaf:
            case Amount():
                found.add("number")
            case Choice() | Constant(value=str()):
                found.add("category")
            case Constant() | Chance(bare=False):
                found.add("bool")
    return found


def declared(form: Value, values: Sequence[Value]) -> Domain:
    """Return what an attribute can be.

    ``form``: how it is written where it is declared; 0 or 1 alone is a share. ``values``: what it
    is in this world, as overridden and in each stream.
    """
    told = sorted(sorts(form))
    if told[:1] == ["category"]:
        return Domain("category", _names(form, values))
    return AMOUNT if told[:1] == ["number"] else BOOL


def _names(form: Value, values: Sequence[Value]) -> tuple[str, ...]:
    """Return the categories there are: one name alone is one of them, not all."""
    choices = (leaf for value in (*values, form) for _, leaf in _leaves(value))
    shares = (name for one in choices if isinstance(one, Choice) for name, _ in one.shares)
    names = dict.fromkeys((*shares, *_whole(form)))
    if len(names) < 2:  # noqa: PLR2004 -- one name leaves nothing to choose from
        names |= dict.fromkeys(name for value in values for name in _whole(value))
    return tuple(names)


def _whole(value: Value) -> list[str]:
    """Return the categories that an attribute may be in all cases."""
    constants = (leaf.value for _, leaf in _leaves(value) if isinstance(leaf, Constant))
    return [name for name in constants if isinstance(name, str)]

"""Attributes: what a case is like, drawn once for each case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import nearest
from sim.language.comparison import Comparison
from sim.language.json_schema import shape
from sim.language.measure import KEYS
from sim.language.quantity import (
    KNOWN,
    LAWS,
    Distribution,
    Fixed,
    Provenance,
    Quantity,
    inherit,
    leaves,
    parse,
    provenance,
    wrong,
)

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

Sort = Literal["bool", "number", "category"]
"""What the values of an attribute are; its domain is of that kind."""

_PER_CENT = re.compile(r"[%\N{FULLWIDTH PERCENT SIGN}]")
_LAW_KEYS = frozenset(("value", "median", "p90", "p10", "source", "range", *LAWS))


def read(raw: object, at: tuple[str | int, ...] = ()) -> Value:
    """Read one attribute. Raises a located ``PydanticCustomError``."""
    plain = raw.get("value", raw) if isinstance(raw, Mapping) else raw
    if isinstance(plain, bool):
        return Constant(plain)
    if isinstance(raw, str) and not _PER_CENT.search(raw):
        return Constant(raw)
    if isinstance(raw, Mapping) and "by" in raw:
        return _table(raw, at)
    if isinstance(raw, Mapping) and raw and not set(raw) & _LAW_KEYS:
        return _choice(raw, at)
    if _is_number(raw):
        return Amount(parse(raw, "amount", at))
    bare = isinstance(plain, int | float) and plain in {0, 1} and "range" not in _keys(raw)
    return Chance(parse(raw, "share", at), bare)


def _is_number(raw: object) -> bool:
    """A bare number above 1 is an amount, one from 0 to 1 or with % is a share, a law an amount.

    A range within which a bare number may lie says it as well.
    """
    if isinstance(raw, Mapping):
        bounds = raw.get("range")
        given = [raw.get("value"), *(bounds if isinstance(bounds, list) else ())]
        return "value" not in raw or any(map(_is_number, given))
    return isinstance(raw, int | float) and not isinstance(raw, bool) and not 0 <= raw <= 1


def _keys(raw: object) -> Iterable[str]:
    return raw if isinstance(raw, Mapping) else ()


def sorts(value: Value) -> set[Sort]:
    """Return what the values of an attribute may be; nothing for 0 and 1, which may be either."""
    match value:
        case Table():
            return set().union(*map(sorts, branches(value)))
        case Amount():
            return {"number"}
        case Choice() | Constant(value=str()):
            return {"category"}
        case Chance(bare=True):
            return set()
    return {"bool"}


def branches(table: Table) -> Iterator[Value]:
    """Yield what may follow from a table, ``else`` last."""
    yield from (value for _, value in table.branches)
    if table.otherwise is not None:
        yield table.otherwise


def original(raw: object) -> Value | None:
    """Return an attribute as it was first written; None if that was no attribute."""
    try:
        return read(raw)
    except PydanticCustomError:
        return None


def _choice(raw: Mapping[str, Any], at: tuple[str | int, ...]) -> Choice:
    shares = []
    law = nearest(next(iter(raw)), LAWS) if len(raw) == 1 else None
    if law is not None:
        given = next(iter(raw))
        raise wrong("unknown_law", (*at, given), on="key", given=given, known=KNOWN, guess=law)
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


def _table(raw: Mapping[str, Any], at: tuple[str | int, ...]) -> Table:
    note = provenance(raw, "amount" if _table_of_numbers(raw) else "share", at)
    branches = []
    otherwise = None
    for key, value in raw.items():
        if key in ("by", "source", "range"):
            continue
        inner = _noted(read(value, (*at, key)), note)
        if key == "else":
            otherwise = inner
        else:
            branches.append((Comparison.read(key), inner))
    if not branches and otherwise is None:
        raise wrong("lookup_empty", at, by=raw["by"])
    return Table(str(raw["by"]), tuple(branches), otherwise)


def _table_of_numbers(raw: Mapping[str, Any]) -> bool:
    bounds = raw.get("range")
    values = [value for key, value in raw.items() if key not in ("by", "source", "range")]
    return any(map(_is_number, [*values, *(bounds if isinstance(bounds, list) else ())]))


def _noted(value: Value, note: Provenance) -> Value:
    if isinstance(value, Chance):
        return replace(value, share=inherit(value.share, note))
    return Amount(inherit(value.number, note)) if isinstance(value, Amount) else value


def numbers(
    value: Value, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Fixed | Distribution]]:
    """Yield each number of an attribute with its path below it."""
    if isinstance(value, Chance):
        yield from leaves(value.share, path)
    elif isinstance(value, Amount):
        yield from leaves(value.number, path)
    elif isinstance(value, Choice):
        yield from (((*path, name), share) for name, share in value.shares)
    elif isinstance(value, Table):
        for key, inner in value.branches:
            yield from numbers(inner, (*path, key.key))
        if value.otherwise is not None:
            yield from numbers(value.otherwise, (*path, "else"))


Attribute = Annotated[
    Value,
    PlainValidator(read),
    WithJsonSchema(shape("Attribute")),
]

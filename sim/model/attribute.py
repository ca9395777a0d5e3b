"""Attributes: what a case is like, drawn once for each case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema

from sim.errors import nearest
from sim.model.quantity import (
    KNOWN,
    LAWS,
    Fixed,
    Law,
    Provenance,
    Quantity,
    inherit,
    leaves,
    parse,
    provenance,
    wrong,
)
from sim.model.shapes import shape

WORDS: Final = ("channel", "month", "weekday", "time")
"""What an attribute may be looked up by besides other attributes."""


@dataclass(frozen=True)
class Constant:
    """The same in every case: true, false or the name of a category."""

    value: bool | str


@dataclass(frozen=True)
class Chance:
    """True in this share of the cases."""

    share: Quantity


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
    branches: tuple[tuple[str, Value], ...]
    otherwise: Value | None


Value = Constant | Chance | Amount | Choice | Table

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
    return Amount(parse(raw, "number", at)) if _is_number(raw) else Chance(parse(raw, "share", at))


def _is_number(raw: object) -> bool:
    """A bare number above 1 is an amount, one from 0 to 1 or with % is a share, a law an amount."""
    if isinstance(raw, Mapping):
        return _is_number(raw["value"]) if "value" in raw else True
    return isinstance(raw, int | float) and not isinstance(raw, bool) and not 0 <= raw <= 1


def _choice(raw: Mapping[str, Any], at: tuple[str | int, ...]) -> Choice:
    shares = []
    law = nearest(next(iter(raw)), LAWS) if len(raw) == 1 else None
    if law is not None:
        given = next(iter(raw))
        raise wrong("unknown_law", (*at, given), on="key", given=given, known=KNOWN, guess=law)
    for key, value in raw.items():
        share = parse(value, "share", (*at, key))
        if not isinstance(share, Fixed):
            raise wrong("choice_fixed", (*at, key), given=key)
        shares.append((key, share))
    total = sum(share.value for _, share in shares)
    if abs(total - 1) > 1e-6:  # noqa: PLR2004 -- rounding of written percentages
        raise wrong("choice_sum", at, total=f"{total * 100:.6g}%")
    return Choice(tuple(shares))


def _table(raw: Mapping[str, Any], at: tuple[str | int, ...]) -> Table:
    note = provenance(raw, "number" if _table_of_numbers(raw) else "share", at)
    branches = []
    otherwise = None
    for key, value in raw.items():
        if key in ("by", "source", "range"):
            continue
        inner = _noted(read(value, (*at, key)), note)
        if key == "else":
            otherwise = inner
        else:
            branches.append((key, inner))
    if not branches and otherwise is None:
        raise wrong("lookup_empty", at, by=raw["by"])
    return Table(str(raw["by"]), tuple(branches), otherwise)


def _table_of_numbers(raw: Mapping[str, Any]) -> bool:
    return any(_is_number(v) for k, v in raw.items() if k not in ("by", "source", "range"))


def _noted(value: Value, note: Provenance) -> Value:
    if isinstance(value, Chance):
        return Chance(inherit(value.share, note))
    return Amount(inherit(value.number, note)) if isinstance(value, Amount) else value


def numbers(
    value: Value, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Fixed | Law]]:
    """Yield each number of an attribute with its path below it."""
    if isinstance(value, Chance):
        yield from leaves(value.share, path)
    elif isinstance(value, Amount):
        yield from leaves(value.number, path)
    elif isinstance(value, Choice):
        yield from (((*path, name), share) for name, share in value.shares)
    elif isinstance(value, Table):
        for key, inner in value.branches:
            yield from numbers(inner, (*path, key))
        if value.otherwise is not None:
            yield from numbers(value.otherwise, (*path, "else"))


Attribute = Annotated[
    Value,
    PlainValidator(read),
    WithJsonSchema(shape("Attribute")),
]

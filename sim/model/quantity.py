"""Quantities as people write them: amounts with units, random laws, lookups, and their sources.

A quantity is one of ``Fixed``, ``Law`` or ``Lookup``; each carries its ``Provenance``. Durations
are seconds (``business`` ones on business days, 24 h each), shares lie in [0, 1], money is yen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final, Literal

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import nearest, shortened
from sim.model import learning, meant
from sim.model.quoted import quoted
from sim.model.shapes import shape

Kind = Literal["duration", "share", "number"]

UNITS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "bd": 86_400, "w": 604_800}
_DAYS: Final = ("d", "w")
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(min|bd|s|h|d|w)")
LAWS: Final = (
    "triangular",
    "uniform",
    "exponential",
    "lognormal",
    "gamma",
    "quantiles",
    "learning",
)
KNOWN: Final = ", ".join(("value", "median", *LAWS))
"""What an amount that is no plain number may begin with, for messages."""

_LAW_PARAMETERS: Final = {
    "exponential": {"mean"},
    "lognormal": {"median", "sigma"},
    "gamma": {"mean", "cv"},
    "learning": {"first", "factor", "every", "floor"},
}
_BETWEEN_NAMES: Final = {"uniform": ("low", "high"), "triangular": ("low", "mode", "high")}
_LEARNED: Final = ("first", "floor")
_NOTES: Final = ("source", "range")
_SHORT_LAW: Final = {"median", "p90", "p10"}


@dataclass(frozen=True)
class Provenance:
    """Where a number is from: a fact id, and the bounds within which it may lie (as written)."""

    source: str | None = None
    range: tuple[str, str] | None = None

    @property
    def known(self) -> bool:
        """Whether the number can be defended: by a source or, as an assumption, by a range."""
        return self.source is not None or self.range is not None


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
class Law:
    """A random law by name, with its parameters in seconds, shares or plain numbers."""

    name: str
    parameters: tuple[tuple[str, float], ...]
    business: bool = False
    note: Provenance = UNKNOWN


@dataclass(frozen=True)
class Lookup:
    """A quantity that depends on ``by``; the first branch whose key matches, or ``otherwise``."""

    by: str
    branches: tuple[tuple[str, Quantity], ...]
    otherwise: Quantity | None
    note: Provenance = UNKNOWN
    learned: bool = False
    """Whether it was written as ``learning``, one number that falls as time goes on."""


Quantity = Fixed | Law | Lookup


def wrong(key: str, at: tuple[str | int, ...] = (), **values: object) -> PydanticCustomError:
    """Return the error that is said with catalogue entry ``key``, located at ``at`` below here.

    Besides the fields of the message, ``values`` may hold ``on`` (``key``: the caret goes to the
    key of that place), ``hint`` and ``guess``.
    """
    return PydanticCustomError(key, key, {**values, "at": at})


def parse(raw: object, kind: Kind, at: tuple[str | int, ...] = ()) -> Quantity:
    """Read one quantity of ``kind``. Raises a located ``PydanticCustomError``."""
    if not isinstance(raw, Mapping):
        return _fixed(raw, kind, at)
    if "by" in raw:
        return _lookup(raw, kind, at)
    note = provenance(raw, kind, at)
    body = {key: value for key, value in raw.items() if key not in _NOTES}
    if set(body) == {"value"}:
        inner = parse(body["value"], kind, (*at, "value"))
        if isinstance(inner, Fixed) and "range" in raw:
            _within(inner.value, raw["range"], kind, at)
        return replace(inner, note=note)
    return _law(body, kind, at, note)


def _within(value: float, bounds: Sequence[object], kind: Kind, at: tuple[str | int, ...]) -> None:
    """Refuse a number outside of the bounds within which it is said to lie."""
    low, high = (number(bound, kind)[0] for bound in bounds)
    if not low <= value <= high:
        raise wrong("value_outside_range", (*at, "range"), low=bounds[0], high=bounds[1])


def _fixed(raw: object, kind: Kind, at: tuple[str | int, ...]) -> Fixed:
    value, business = number(raw, kind, at)
    return Fixed(value, business, days=isinstance(raw, str) and raw.strip().endswith(_DAYS))


def number(raw: object, kind: Kind, at: tuple[str | int, ...] = ()) -> tuple[float, bool]:
    """Read one number with its unit: (value in base units, counted in business days)."""
    if raw is None:
        raise wrong("value.nothing", at)
    if kind == "duration":
        return _duration(raw, at)
    if kind == "share":
        return _share(raw, at), False
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise wrong("not_a_number", at, given=quoted(raw), guess=meant.number(quoted(raw)))
    return float(raw), False


def _duration(raw: object, at: tuple[str | int, ...]) -> tuple[float, bool]:
    if raw == 0 and not isinstance(raw, bool):
        return 0.0, False
    text = str(raw).strip() if isinstance(raw, str) else ""
    parts = _PART.findall(text)
    if not parts or "".join(a + u for a, u in parts) != text:
        raise _no_duration(raw, at)
    units = {unit for _, unit in parts}
    if "bd" in units and len(units) > 1:
        raise wrong("mixed_days", at, given=text)
    seconds = sum(float(amount) * UNITS[unit] for amount, unit in parts)
    if seconds > 100 * 366 * 86_400:
        raise wrong("too_long", at, given=text)
    return seconds, units == {"bd"}


def _no_duration(raw: object, at: tuple[str | int, ...]) -> PydanticCustomError:
    text = "" if isinstance(raw, bool) else quoted(raw).strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return wrong("duration_without_unit", at, given=text)
    if text.startswith("-"):
        return wrong("duration_negative", at, given=text)
    return wrong("not_a_duration", at, given=quoted(raw), guess=meant.duration(text))


def _share(raw: object, at: tuple[str | int, ...]) -> float:
    value: float
    if isinstance(raw, str) and re.fullmatch(r"-?\d+(\.\d+)?%", raw.strip()):
        value = float(raw.strip()[:-1]) / 100
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw)
    else:
        raise wrong("not_a_share", at, given=quoted(raw), guess=meant.share(quoted(raw)))
    if not 0 <= value <= 1:
        per_cent = isinstance(raw, int | float) and 1 < raw <= 100  # noqa: PLR2004 -- per cent
        guess = f"{raw}%" if per_cent else None
        raise wrong("share_out_of_bounds", at, given=quoted(raw), guess=guess)
    return value


def provenance(raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...]) -> Provenance:
    """Read the ``source`` and ``range`` beside a number. Raises a located error."""
    source, bounds = raw.get("source"), raw.get("range")
    if source is not None and not isinstance(source, str):
        raise wrong("source_not_text", (*at, "source"), given=quoted(source))
    if bounds is None:
        return Provenance(source)
    if not isinstance(bounds, list) or len(bounds) != 2:  # noqa: PLR2004 -- a range is a pair
        raise wrong("range_not_pair", (*at, "range"), given=quoted(bounds))
    low, high = (number(b, kind, (*at, "range", i))[0] for i, b in enumerate(bounds))
    if low > high:
        raise wrong("range_reversed", (*at, "range"), given=quoted(bounds))
    return Provenance(source, (str(bounds[0]), str(bounds[1])))


def _lookup(raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...]) -> Lookup:
    by = raw["by"]
    if not isinstance(by, str):
        raise wrong("by_not_a_name", (*at, "by"), given=quoted(by))
    note = provenance(raw, kind, at)
    branches = []
    otherwise = None
    for key, value in raw.items():
        if key in ("by", *_NOTES):
            continue
        inner = inherit(parse(value, kind, (*at, key)), note)
        if key == "else":
            otherwise = inner
        else:
            branches.append((key, inner))
    if not branches and otherwise is None:
        raise wrong("lookup_empty", at, by=by)
    return Lookup(by, tuple(branches), otherwise, note)


def inherit(inner: Quantity, note: Provenance) -> Quantity:
    """Return ``inner`` with ``note``, unless it has a note of its own."""
    return inner if inner.note.known else replace(inner, note=note)


def _law(
    body: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Quantity:
    if "median" in body:
        return _by_quantiles(body, kind, at, note)
    names = [key for key in body if key in LAWS]
    unknown = [key for key in body if key not in LAWS]
    if unknown or len(names) != 1:
        raise _no_law(names, unknown, at)
    name = names[0]
    where = (*at, name)
    if name in _BETWEEN_NAMES:
        return _between(name, body[name], kind, where, note)
    if not isinstance(body[name], Mapping):
        raise wrong("law_needs_mapping", where, law=name)
    if name == "quantiles":
        return _quantiles(body[name], kind, where, note)
    _check_parameters(name, body[name], where)
    if name == "learning":
        return _learning(body[name], kind, where, note)
    return _by_parameters(name, body[name], kind, where, note)


def _no_law(names: list[str], unknown: list[str], at: tuple[str | int, ...]) -> PydanticCustomError:
    if unknown:
        guess = nearest(unknown[0], ("value", "median", "source", "range", *LAWS))
        values = {"given": unknown[0], "known": KNOWN, "guess": guess}
        return wrong("unknown_law", (*at, unknown[0]), on="key", **values)
    if names:
        return wrong("law_twice", (*at, names[1]), on="key", one=names[0], other=names[1])
    return wrong("value.nothing", at)


def _check_parameters(name: str, given: Mapping[str, Any], at: tuple[str | int, ...]) -> None:
    """Refuse a law whose parameters are not those that it takes."""
    wanted = _LAW_PARAMETERS[name]
    wants = ", ".join(sorted(wanted))
    for key in given:
        if key not in wanted:
            guess = nearest(key, wanted)
            raise wrong("law_parameters", (*at, key), on="key", law=name, wants=wants, guess=guess)
    if set(given) != wanted:
        raise wrong("law_parameters", at, law=name, wants=wants)


def _by_parameters(
    name: str, given: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    """Read the laws whose parameters have names."""
    values, business = [], False
    for key, value in given.items():
        pure = key in ("sigma", "cv")
        amount, is_business = number(value, "number" if pure else kind, (*at, key))
        if amount <= 0:
            raise wrong("law_not_positive", (*at, key), name=key, given=quoted(value))
        business |= is_business
        values.append((key, amount))
    return Law(name, tuple(sorted(values)), business, note)


def _learning(
    given: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Lookup:
    """Read an amount that falls to ``factor`` of it in each loop, as the lookup by time it is."""
    (first, business), (floor, other) = (number(given[k], kind, (*at, k)) for k in _LEARNED)
    plain: Kind = "share" if isinstance(given["factor"], str) else "number"
    factor, _ = number(given["factor"], plain, (*at, "factor"))
    every, on_business_days = number(given["every"], "duration", (*at, "every"))
    if not 0 < factor < 1:
        raise wrong("learning_factor", (*at, "factor"), given=quoted(given["factor"]))
    if every <= 0:
        raise wrong("law_not_positive", (*at, "every"), name="every", given=quoted(given["every"]))
    if on_business_days:
        raise wrong("learning_days", (*at, "every"), given=quoted(given["every"]))
    _same_days([given[k] for k in _LEARNED], [(first, business), (floor, other)], at)
    if floor > first:
        told = {name: quoted(given[name]) for name in _LEARNED}
        raise wrong("learning_floor", (*at, "floor"), **told)
    amounts = learning.steps(first, factor, every, floor)
    loops = tuple((begins, Fixed(amount, business, note)) for begins, amount in amounts)
    return Lookup("time", loops, None, note, learned=True)


def _by_quantiles(
    body: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    """``{median:, p90:}``: lognormal, or for a share logit-normal (``p10`` is allowed as well)."""
    other = set(body) - {"median"}
    if len(other) != 1 or not other <= _SHORT_LAW:
        key = next((k for k in body if k not in _SHORT_LAW), "median")
        guess = nearest(key, _SHORT_LAW) if key != "median" else None
        raise wrong("median_needs_one", (*at, key), on="key", guess=guess)
    spread = other.pop()
    median, b1 = number(body["median"], kind, (*at, "median"))
    outer, b2 = number(body[spread], kind, (*at, spread))
    if (outer < median) == (spread == "p90") and outer != median:
        raise wrong("median_beside", (*at, spread), median=quoted(body["median"]), spread=spread)
    if min(median, outer) <= 0 or (kind == "share" and max(median, outer) >= 1):
        raise wrong("median_out_of_bounds", (*at, "median"))
    if b1 != b2:
        raise wrong("mixed_days", (*at, spread), given=f"{body['median']}, {body[spread]}")
    name = "logitnormal" if kind == "share" else "lognormal"
    return Law(name, (("median", median), (spread, outer)), b1, note)


def _between(
    name: str, raw: object, kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    names = _BETWEEN_NAMES[name]
    if not isinstance(raw, list) or len(raw) != len(names):
        raise wrong("law_needs_list", at, law=name, wants=len(names))
    read = [number(value, kind, (*at, i)) for i, value in enumerate(raw)]
    _same_days(raw, read, at)
    values = [value for value, _ in read]
    if values != sorted(values):
        raise wrong(f"{name}_disordered", at, given=quoted(raw))
    return Law(name, tuple(zip(names, values, strict=True)), any(b for _, b in read), note)


def _same_days(raw: list[Any], read: list[tuple[float, bool]], at: tuple[str | int, ...]) -> None:
    """Raise an error at the first amount whose days are of another kind than those before it."""
    first: bool | None = None
    for i, (value, business) in enumerate(read):
        if value > 0 and first is None:
            first = business
        if value > 0 and business is not first:
            raise wrong("mixed_days", (*at, i), given=quoted(raw))


def _quantiles(
    raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    points = []
    business = False
    for key, value in raw.items():
        percent = float(key) if re.fullmatch(r"\d+(\.\d+)?", key) else -1.0
        if not 0 <= percent <= 100:  # noqa: PLR2004 -- per cent
            guess = meant.number(shortened(key.strip("pP%％")))
            raise wrong("quantile_key", (*at, key), on="key", given=key, guess=guess)
        amount, is_business = number(value, kind, (*at, key))
        business |= is_business
        points.append((percent, amount, key))
    points.sort()
    if len(points) < 2:  # noqa: PLR2004 -- a line needs two points
        raise wrong("quantiles_too_few", at)
    for (_, low, one), (_, high, other) in pairwise(points):
        if high < low:
            raise wrong("quantiles_disordered", (*at, other), one=one, other=other)
    return Law("quantiles", tuple((f"{p:g}", v) for p, v, _ in points), business, note)


def typical(quantity: Quantity) -> float:
    """Return a middle value in base units: the median or mode, else the mean of the bounds."""
    if isinstance(quantity, Fixed):
        return quantity.value
    if isinstance(quantity, Lookup):
        last = quantity.otherwise or quantity.branches[-1][1]
        return typical(last)
    parameters = dict(quantity.parameters)
    for key in ("median", "mode", "mean", "50"):
        if key in parameters:
            return parameters[key]
    return sum(parameters.values()) / len(parameters)


def leaves(
    quantity: Quantity, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Fixed | Law]]:
    """Yield each number of a quantity with its path below it; those of a ``learning`` share one."""
    if not isinstance(quantity, Lookup):
        yield path, quantity
        return
    for key, inner in quantity.branches:
        yield from leaves(inner, (*path, "learning" if quantity.learned else key))
    if quantity.otherwise is not None:
        yield from leaves(quantity.otherwise, (*path, "else"))


def _parser(kind: Kind) -> PlainValidator:
    return PlainValidator(partial(parse, kind=kind))


Duration = Annotated[Quantity, _parser("duration"), WithJsonSchema(shape("Duration"))]
Share = Annotated[Quantity, _parser("share"), WithJsonSchema(shape("Share"))]
Number = Annotated[Quantity, _parser("number"), WithJsonSchema(shape("Number"))]

"""Quantities as people write them: amounts with units, random laws, lookups, and where they are from.

A quantity is one of ``Fixed``, ``Law`` or ``Lookup``; each carries its ``Provenance``. Durations are
seconds (``business`` ones on business days, 24 h each), shares lie in [0, 1], money is yen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import GetJsonSchemaHandler, PlainValidator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import CoreSchema

Kind = Literal["duration", "share", "number"]

UNITS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "bd": 86_400, "w": 604_800}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(min|bd|s|h|d|w)")
_LAWS: Final = ("triangular", "uniform", "exponential", "lognormal", "gamma", "quantiles")
_LAW_PARAMETERS: Final = {
    "exponential": {"mean"},
    "lognormal": {"median", "sigma"},
    "gamma": {"mean", "cv"},
}
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


Quantity = Fixed | Law | Lookup


def wrong(key: str, at: tuple[str | int, ...] = (), **values: object) -> PydanticCustomError:
    """Return the error that is said with catalogue entry ``key``, located at ``at`` below here."""
    return PydanticCustomError(key, key, {**values, "at": at})  # type: ignore[arg-type]  # keys are data


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
        return replace(inner, note=note)
    return _law(body, kind, at, note)


def _fixed(raw: object, kind: Kind, at: tuple[str | int, ...]) -> Fixed:
    value, business = number(raw, kind, at)
    return Fixed(value, business)


def number(raw: object, kind: Kind, at: tuple[str | int, ...] = ()) -> tuple[float, bool]:
    """Read one number with its unit: (value in base units, counted in business days)."""
    if kind == "duration":
        return _duration(raw, at)
    if kind == "share":
        return _share(raw, at), False
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise wrong("not_a_number", at, given=_shown(raw))
    return float(raw), False


def _duration(raw: object, at: tuple[str | int, ...]) -> tuple[float, bool]:
    if raw == 0 and not isinstance(raw, bool):
        return 0.0, False
    text = str(raw).strip() if isinstance(raw, str) else ""
    parts = _PART.findall(text)
    if not parts or "".join(a + u for a, u in parts) != text:
        raise wrong("not_a_duration", at, given=_shown(raw))
    units = {unit for _, unit in parts}
    if "bd" in units and len(units) > 1:
        raise wrong("mixed_days", at, given=text)
    seconds = sum(float(amount) * UNITS[unit] for amount, unit in parts)
    if seconds > 100 * 366 * 86_400:
        raise wrong("too_long", at, given=text)
    return seconds, units == {"bd"}


def _share(raw: object, at: tuple[str | int, ...]) -> float:
    value: float
    if isinstance(raw, str) and re.fullmatch(r"-?\d+(\.\d+)?%", raw.strip()):
        value = float(raw.strip()[:-1]) / 100
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw)
    else:
        raise wrong("not_a_share", at, given=_shown(raw))
    if not 0 <= value <= 1:
        raise wrong("share_out_of_bounds", at, given=_shown(raw))
    return value


def _shown(raw: object) -> str:
    text = "nothing" if raw is None else str(raw)
    return text if len(text) <= 40 else text[:37] + "…"


def provenance(raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...]) -> Provenance:
    source, bounds = raw.get("source"), raw.get("range")
    if source is not None and not isinstance(source, str):
        raise wrong("source_not_text", (*at, "source"), given=_shown(source))
    if bounds is None:
        return Provenance(source)
    if not isinstance(bounds, list) or len(bounds) != 2:  # noqa: PLR2004 -- a range is a pair
        raise wrong("range_not_pair", (*at, "range"), given=_shown(bounds))
    low, high = (number(b, kind, (*at, "range", i))[0] for i, b in enumerate(bounds))
    if low > high:
        raise wrong("range_reversed", (*at, "range"), given=_shown(bounds))
    return Provenance(source, (str(bounds[0]), str(bounds[1])))


def _lookup(raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...]) -> Lookup:
    by = raw["by"]
    if not isinstance(by, str):
        raise wrong("by_not_a_name", (*at, "by"), given=_shown(by))
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
    return inner if inner.note.known else replace(inner, note=note)


def _law(
    body: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Quantity:
    if "median" in body:
        return _by_quantiles(body, kind, at, note)
    names = [key for key in body if key in _LAWS]
    unknown = [key for key in body if key not in _LAWS]
    if unknown or len(names) != 1:
        key = unknown[0] if unknown else (names[1] if names else "")
        raise wrong("unknown_law", (*at, key) if key else at, given=key or "{}")
    name = names[0]
    where = (*at, name)
    if name in ("triangular", "uniform"):
        return _between(name, body[name], kind, where, note)
    if not isinstance(body[name], Mapping):
        raise wrong("law_needs_mapping", where, law=name)
    if name == "quantiles":
        return _quantiles(body[name], kind, where, note)
    given = body[name]
    if set(given) != _LAW_PARAMETERS[name]:
        wants = ", ".join(sorted(_LAW_PARAMETERS[name]))
        raise wrong("law_parameters", where, law=name, wants=wants)
    values, business = [], False
    for key, value in given.items():
        pure = key in ("sigma", "cv")
        amount, is_business = number(value, "number" if pure else kind, (*where, key))
        if amount <= 0:
            raise wrong("law_not_positive", (*where, key), name=key, given=_shown(value))
        business |= is_business
        values.append((key, amount))
    return Law(name, tuple(sorted(values)), business, note)


def _by_quantiles(
    body: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    """``{median:, p90:}``: lognormal, or for a share logit-normal (``p10`` is allowed as well)."""
    other = set(body) - {"median"}
    if len(other) != 1 or not other <= _SHORT_LAW:
        key = next((k for k in body if k not in _SHORT_LAW), "median")
        raise wrong("median_needs_one", (*at, key))
    spread = other.pop()
    median, b1 = number(body["median"], kind, (*at, "median"))
    outer, b2 = number(body[spread], kind, (*at, spread))
    if (outer < median) == (spread == "p90") and outer != median:
        raise wrong("quantiles_disordered", (*at, spread))
    if min(median, outer) <= 0 or (kind == "share" and max(median, outer) >= 1):
        raise wrong("median_out_of_bounds", at)
    if b1 != b2:
        raise wrong("mixed_days", at, given=f"{body['median']} / {body[spread]}")
    name = "logitnormal" if kind == "share" else "lognormal"
    return Law(name, (("median", median), (spread, outer)), b1, note)


def _between(
    name: str, raw: object, kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    wants = 3 if name == "triangular" else 2
    if not isinstance(raw, list) or len(raw) != wants:
        raise wrong("law_needs_list", at, law=name, wants=wants)
    read = [number(value, kind, (*at, i)) for i, value in enumerate(raw)]
    if len({business for value, business in read if value > 0}) > 1:
        raise wrong("mixed_days", at, given=_shown(raw))
    values = [value for value, _ in read]
    if values != sorted(values):
        raise wrong("law_disordered", at, given=_shown(raw))
    names = ("low", "mode", "high") if wants == 3 else ("low", "high")  # noqa: PLR2004 -- as above
    return Law(name, tuple(zip(names, values, strict=True)), any(b for _, b in read), note)


def _quantiles(
    raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Law:
    points = []
    business = False
    for key, value in raw.items():
        percent = float(key) if re.fullmatch(r"\d+(\.\d+)?", key) else -1.0
        if not 0 <= percent <= 100:  # noqa: PLR2004 -- per cent
            raise wrong("quantile_key", (*at, key), given=key)
        amount, is_business = number(value, kind, (*at, key))
        business |= is_business
        points.append((percent, amount))
    points.sort()
    if len(points) < 2:  # noqa: PLR2004 -- a line needs two points
        raise wrong("quantiles_too_few", at)
    if [v for _, v in points] != sorted(v for _, v in points):
        raise wrong("quantiles_disordered", at)
    return Law("quantiles", tuple((f"{p:g}", v) for p, v in points), business, note)


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
    """Yield each number of a quantity with its path below it."""
    if not isinstance(quantity, Lookup):
        yield path, quantity
        return
    for key, inner in quantity.branches:
        yield from leaves(inner, (*path, key))
    if quantity.otherwise is not None:
        yield from leaves(quantity.otherwise, (*path, "else"))


class _Shape:
    """JSON Schema of a quantity, for editors."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __get_pydantic_json_schema__(
        self, _core: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "duration": {"type": ["string", "integer"], "pattern": r"^(\d+(\.\d+)?(s|min|h|d|bd|w))+$"},
            "share": {"type": ["number", "string"], "minimum": 0, "maximum": 1},
            "number": {"type": "number"},
        }[self.kind]
        description = {
            "duration": "Duration: 90s 45min 2h 3d 5bd 2w, a random law, or a lookup",
            "share": "Share: 13.5% or 0.135, a random law, or a lookup",
            "number": "Number, a random law, or a lookup",
        }[self.kind]
        return {"anyOf": [plain, {"type": "object"}], "description": description}


def _parser(kind: Kind) -> PlainValidator:
    return PlainValidator(partial(parse, kind=kind))


Duration = Annotated[Quantity, _parser("duration"), _Shape("duration")]
Share = Annotated[Quantity, _parser("share"), _Shape("share")]
Number = Annotated[Quantity, _parser("number"), _Shape("number")]

"""Quantities as people write them: amounts with units, random laws, lookups, and their sources.

A quantity is one of ``Fixed``, ``Law`` or ``Lookup``; each carries its ``Provenance``. Durations
are seconds (``business`` ones on business days, 24 h each), shares lie in [0, 1], money is yen.
What kinds of amounts there are, and their bounds, stands in ``measure``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from statistics import NormalDist
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.errors import nearest, shortened
from sim.language import learning
from sim.language.comparison import Comparison
from sim.language.json_schema import shape
from sim.language.measure import DAY, MEASURES, Kind, Measure
from sim.yaml import meant
from sim.yaml.quoted import quoted

UNITS: Final = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "bd": 86_400, "w": 604_800}
_DAYS: Final = ("d", "w")
_DIGITS: Final = 30
"""An amount of time that takes more digits is no amount of time."""

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
_FINEST: Final = 2.0**-32
"""Chances are told apart to this share."""

_PURE: Final = ("sigma", "cv")
"""Parameters that have no unit, each a kind of its own."""

_RARE: Final = 0.001
"""At most this share of the draws may be cut where amounts end."""

_Z90: Final = NormalDist().inv_cdf(0.9)
_Z_RARE: Final = NormalDist().inv_cdf(1 - _RARE)


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
class Distribution:
    """A random law by name, with its parameters in seconds, shares or plain numbers."""

    name: str
    parameters: tuple[tuple[str, float], ...]
    business: bool = False
    note: Provenance = UNKNOWN


@dataclass(frozen=True)
class Lookup:
    """A quantity that depends on ``by``; the first branch whose key matches, or ``otherwise``."""

    by: str
    branches: tuple[tuple[Comparison, Quantity], ...]
    otherwise: Quantity | None
    note: Provenance = UNKNOWN
    learned: bool = False
    """Whether it was written as ``learning``, one number that falls as time goes on."""


Quantity = Fixed | Distribution | Lookup


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
            within(inner.value, raw["range"], kind, (*at, "range"))
            for i, bound in enumerate(raw["range"]):
                _whole(number(bound, kind)[0], bound, kind, (*at, "range", i))
        return replace(inner, note=note)
    return _law(body, kind, at, note)


def within(value: float, bounds: Sequence[object], kind: Kind, at: tuple[str | int, ...]) -> None:
    """Refuse a number outside of the bounds within which it is said to lie."""
    low, high = (number(bound, kind)[0] for bound in bounds)
    if not low <= value <= high:
        raise wrong("value_outside_range", at, low=quoted(bounds[0]), high=quoted(bounds[1]))


def _fixed(raw: object, kind: Kind, at: tuple[str | int, ...]) -> Fixed:
    value, business = number(raw, kind, at)
    _whole(value, raw, kind, at)
    return Fixed(value, business, days=isinstance(raw, str) and raw.strip().endswith(_DAYS))


def _whole(value: float, raw: object, kind: Kind, at: tuple[str | int, ...]) -> None:
    """Refuse a fraction of what is only counted in whole seconds, people or yen."""
    if MEASURES[kind].whole and not value.is_integer():
        raise wrong(f"not_whole.{MEASURES[kind].unit}", at, given=quoted(raw))


def number(raw: object, kind: Kind, at: tuple[str | int, ...] = ()) -> tuple[float, bool]:
    """Read one number with its unit: (value in base units, counted in business days).

    Raises a located error for what is no such number or lies outside the bounds of its kind.
    """
    measure = MEASURES[kind]
    if raw is None:
        raise wrong("value.nothing", at)
    if measure.unit == "duration":
        return _duration(raw, measure, at)
    if measure.unit == "share":
        return _share(raw, at), False
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) < math.inf:
        raise wrong("not_a_number", at, given=quoted(raw), guess=meant.number(quoted(raw)))
    if raw < measure.least:
        raise wrong("value.at_least", at, bound=f"{measure.least:,}", value=quoted(raw))
    if raw > measure.most:
        raise wrong("value.at_most", at, bound=f"{measure.most:,}", value=quoted(raw))
    return float(raw), False


def _duration(raw: object, measure: Measure, at: tuple[str | int, ...]) -> tuple[float, bool]:
    if raw == 0 and not isinstance(raw, bool):
        return 0.0, False
    text = str(raw).strip() if isinstance(raw, str) else ""
    parts = _PART.findall(text)
    if not parts or "".join(a + u for a, u in parts) != text:
        raise _no_duration(raw, at)
    units = {unit for _, unit in parts}
    if "bd" in units and not measure.business:
        raise wrong("no_business_days", at, given=quoted(text), hint="write_all_days")
    if "bd" in units and len(units) > 1:
        raise wrong("mixed_days", at, given=quoted(text))
    seconds = sum(Fraction(amount[:_DIGITS]) * UNITS[unit] for amount, unit in parts)
    if seconds > measure.most or any(len(amount) > _DIGITS for amount, _ in parts):
        raise wrong("too_long", at, given=quoted(text), most=f"{measure.most // DAY:,}d")
    return float(seconds), units == {"bd"}


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
        value = float(min(max(raw, -1), 2))  # of more digits than a float holds
    else:
        raise wrong("not_a_share", at, given=quoted(raw), guess=meant.share(quoted(raw)))
    if not 0 <= value <= 1:
        per_cent = isinstance(raw, int | float) and 1 < raw <= 100  # noqa: PLR2004 -- per cent
        guess = f"{raw}%" if per_cent else None
        raise wrong("share_out_of_bounds", at, given=quoted(raw), guess=guess)
    if 0 < value < _FINEST or 1 - _FINEST < value < 1:
        raise wrong("share_too_fine", at, given=quoted(raw))
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
    ordered(bounds, kind, (*at, "range"))
    return Provenance(source, (str(bounds[0]), str(bounds[1])))


def ordered(bounds: Sequence[object], kind: Kind, at: tuple[str | int, ...]) -> None:
    """Refuse a range whose ends are no numbers of ``kind``, or stand the wrong way round."""
    low, high = (number(bound, kind, (*at, i))[0] for i, bound in enumerate(bounds))
    if low > high:
        raise wrong("range_reversed", at, given=quoted(bounds))


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
            branches.append((Comparison.read(key), inner))
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
) -> Distribution:
    """Read the laws whose parameters have names."""
    values, business = [], False
    for key, value in given.items():
        own: Kind = key if key in _PURE else kind  # type: ignore[assignment]  # both are kinds
        amount, is_business = number(value, own, (*at, key))
        if amount <= 0:
            raise wrong("law_not_positive", (*at, key), name=key, given=quoted(value))
        business |= is_business
        values.append((key, amount))
    return _counting(Distribution(name, tuple(sorted(values)), business, note), kind, at)


def _learning(
    given: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Lookup:
    """Read an amount that falls to ``factor`` of it in each loop, as the lookup by time it is."""
    (first, business), (floor, other) = (number(given[k], kind, (*at, k)) for k in _LEARNED)
    plain: Kind = "share" if isinstance(given["factor"], str) else "number"
    factor, _ = number(given["factor"], plain, (*at, "factor"))
    every, _ = number(given["every"], "time", (*at, "every"))
    if not 0 < factor < 1:
        raise wrong("learning_factor", (*at, "factor"), given=quoted(given["factor"]))
    if every <= 0:
        raise wrong("law_not_positive", (*at, "every"), name="every", given=quoted(given["every"]))
    read = [(first, business), (floor, other)]
    _same_days(_LEARNED, read, at, [given[key] for key in _LEARNED])
    if floor >= first:
        told = {name: quoted(given[name]) for name in _LEARNED}
        raise wrong("learning_floor", (*at, "floor"), **told)
    amounts = learning.steps(first, factor, every, floor)
    loops = tuple((Comparison.read(k), Fixed(one, business, note)) for k, one in amounts)
    return Lookup("time", loops, None, note, learned=True)


def _by_quantiles(
    body: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Distribution:
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
    law = Distribution(name, (("median", median), (spread, outer)), b1, note)
    return _counting(law, kind, (*at, "median"))


def _between(
    name: str, raw: object, kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Distribution:
    names = _BETWEEN_NAMES[name]
    if not isinstance(raw, list) or len(raw) != len(names):
        raise wrong("law_needs_list", at, law=name, wants=len(names))
    read = [number(value, kind, (*at, i)) for i, value in enumerate(raw)]
    _same_days(range(len(raw)), read, at, raw)
    values = [value for value, _ in read]
    if values != sorted(values):
        raise wrong(f"{name}_disordered", at, given=quoted(raw))
    law = Distribution(name, tuple(zip(names, values, strict=True)), any(b for _, b in read), note)
    return _counting(law, kind, at)


def _same_days(
    keys: Iterable[str | int],
    read: list[tuple[float, bool]],
    at: tuple[str | int, ...],
    raw: list[Any],
) -> None:
    """Raise an error at the first amount whose days are of another kind than those before it."""
    first: bool | None = None
    for key, (value, business) in zip(keys, read, strict=True):
        if value > 0 and first is None:
            first = business
        if value > 0 and business is not first:
            raise wrong("mixed_days", (*at, key), given=quoted(raw))


def _quantiles(
    raw: Mapping[str, Any], kind: Kind, at: tuple[str | int, ...], note: Provenance
) -> Distribution:
    points = []
    for key, value in raw.items():
        percent = float(key) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", key) else -1.0
        if not 0 <= percent <= 100:  # noqa: PLR2004 -- per cent
            guess = meant.number(shortened(key.strip("pP%％")))
            raise wrong("quantile_key", (*at, key), on="key", given=quoted(key), guess=guess)
        points.append((percent, number(value, kind, (*at, key)), key))
    points.sort()
    if len(points) < 2:  # noqa: PLR2004 -- a line needs two points
        raise wrong("quantiles_too_few", at)
    for (one, (low, _), key), (two, (high, _), other) in pairwise(points):
        if one == two:
            raise wrong("quantiles_twice", (*at, other), on="key", one=key, other=other)
        if high < low:
            raise wrong("quantiles_disordered", (*at, other), one=key, other=other)
    read = [amount for _, amount, _ in points]
    _same_days([key for _, _, key in points], read, at, [raw[key] for _, _, key in points])
    parameters = tuple((f"{percent:.9g}", value) for percent, (value, _), _ in points)
    return _counting(Distribution("quantiles", parameters, any(b for _, b in read), note), kind, at)


def _counting(law: Distribution, kind: Kind, at: tuple[str | int, ...]) -> Distribution:
    """Return a law whose draws mean what it says: neither cut at a bound nor rounded to one."""
    measure = MEASURES[kind]
    low, high = _reach(law)
    if low < measure.least:
        raise wrong("law_below", at, law=law.name, hint=_prolonged(law, "0"))
    if high > measure.most:
        most = f"{measure.most // DAY:,}d" if measure.unit == "duration" else f"{measure.most:,}"
        raise wrong("law_beyond", at, law=law.name, most=most, hint=_prolonged(law, "100"))
    amounts = {value for key, value in law.parameters if key not in _PURE}
    random = len(amounts) > 1 or any(key in _PURE for key, _ in law.parameters)
    if measure.whole and random and math.floor(low + 0.5) == math.floor(high + 0.5):
        raise wrong("law_constant", at, law=law.name, value=math.floor(low + 0.5))
    return law


def _prolonged(law: Distribution, percent: str) -> str | None:
    """Return what to do about a line that goes on beyond its outermost point."""
    known = {key for key, _ in law.parameters}
    return f"add_point.{percent}" if law.name == "quantiles" and percent not in known else None


def _reach(law: Distribution) -> tuple[float, float]:
    """Return amounts below and above which at most one draw in a thousand lies."""
    given = dict(law.parameters)
    if law.name in _BETWEEN_NAMES:
        return given["low"], given["high"]
    if law.name == "quantiles":
        points = sorted((float(key) / 100, value) for key, value in law.parameters)
        return _on_line(points[0], points[1], _RARE), _on_line(points[-2], points[-1], 1 - _RARE)
    if law.name == "logitnormal":
        return min(given.values()), max(given.values())  # never beyond 0 and 1
    if law.name == "exponential":
        return 0, -given["mean"] * math.log(_RARE)
    if law.name == "gamma":  # a wider span that takes no special function
        mean, cv = given["mean"], given["cv"]
        return mean * max(0, 1 - 4 * cv), mean * (1 + 4 * cv + 4 * cv**2)
    outer = given.get("p90", given.get("p10", 0))
    sigma = given.get("sigma") or abs(math.log(outer / given["median"])) / _Z90
    spread = math.exp(min(sigma * _Z_RARE, 300))
    return given["median"] / spread, given["median"] * spread


def _on_line(one: tuple[float, float], two: tuple[float, float], share: float) -> float:
    """Return where the straight line through two points is at ``share``, if not between them."""
    (left, low), (right, high) = one, two
    at = max(share, right) if share > 0.5 else min(share, left)  # noqa: PLR2004 -- the nearer end
    return low + (high - low) / (right - left) * (at - left)


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
) -> Iterator[tuple[tuple[str | int, ...], Fixed | Distribution]]:
    """Yield each number of a quantity with its path below it; those of a ``learning`` share one."""
    if not isinstance(quantity, Lookup):
        yield path, quantity
        return
    for key, inner in quantity.branches:
        yield from leaves(inner, (*path, "learning" if quantity.learned else key.key))
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
Factor = Annotated[Quantity, _parser("factor"), WithJsonSchema(shape("Number"))]
Rank = Annotated[Quantity, _parser("rank"), WithJsonSchema(shape("Number"))]
Count = Annotated[Quantity, _parser("count"), WithJsonSchema(shape("Number"))]
Yen = Annotated[Quantity, _parser("yen"), WithJsonSchema(shape("Number"))]

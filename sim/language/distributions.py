"""The random distributions there are, one class each, and the ways in which they are written.

A class that stands in ``DISTRIBUTIONS`` is read, is described by the JSON Schema, is listed among
the numbers that have sources, is scaled to the ends of its range, and is compiled.

Quantiles are worked out in floating point with the C library's ``exp`` and ``log`` one number at a
time: numpy's own change with the processor.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from sim.errors import nearest, shortened
from sim.language.amounts import DAY, Measure, amount, amounts, wrong
from sim.language.json_schema import Shape, closed, row
from sim.yaml import meant
from sim.yaml.located import Address
from sim.yaml.writer import quoted

if TYPE_CHECKING:  # numpy is slow to load, and a file is read without it
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Told = Callable[[float], float | str]
"""Writes an amount in base units as it stands in a file."""

RARE: Final = 0.001
"""At most this share of the draws may be cut where amounts end."""

_Z_RARE: Final = NormalDist().inv_cdf(1 - RARE)
_Z90: Final = NormalDist().inv_cdf(0.9)
_CUT: Final = 2.0**-32  # so far from 0 and 1 an unbounded distribution is cut
_STEEPEST: Final = 300.0  # e to this power is beyond any use and far from overflowing


def pure(least: float, most: int) -> Any:
    """Declare a parameter without a unit, which stays as it is when the amounts are scaled."""
    return field(metadata={"measure": Measure("number", most, least, whole=False)})


class Law(ABC):
    """What a random amount is drawn from, in seconds, shares or plain numbers."""

    @property
    @abstractmethod
    def middle(self) -> float:
        """A typical amount: the median, the likeliest one or the mean."""

    @abstractmethod
    def quantiles(self, u: Floats) -> Floats:
        """Return the amounts below which the shares ``u`` of the draws lie, elementwise."""


@dataclass(frozen=True)
class Changed(Law):
    """What follows from the draws of a law, one by one, by a function that can be compared."""

    law: Law
    change: Callable[[float], float]

    @property
    def middle(self) -> float:
        """What follows from the typical amount."""
        return self.change(self.law.middle)

    def quantiles(self, u: Floats) -> Floats:
        """What follows from each amount."""
        return each(self.change, self.law.quantiles(u))


@dataclass(frozen=True)
class Distribution(Law):
    """A law as people can write it."""

    name: ClassVar[str]
    """The key under which it is written."""

    typical: ClassVar[str]
    """The parameter that is its typical amount."""

    bounded: ClassVar[bool] = False
    """Whether it has a least and a greatest amount of its own."""

    @classmethod
    @abstractmethod
    def read(cls, raw: Any, measure: Measure, at: Address) -> tuple[Distribution, bool]:
        """Read what stands under ``name``; is it in business days? Raises a located error."""

    @classmethod
    @abstractmethod
    def schema(cls, plain: Shape) -> Shape:
        """Return the JSON Schema of what stands under ``name``; ``plain``: that of an amount."""

    @classmethod
    def ends(cls, raw: Any) -> tuple[str, str] | None:  # noqa: ARG003 -- some have ends
        """Return the least and the greatest amount as written, where they are written."""
        return None

    @property
    def middle(self) -> float:
        """A typical amount: the median, the likeliest one or the mean."""
        return float(getattr(self, self.typical))

    @property
    @abstractmethod
    def reach(self) -> tuple[float, float]:
        """Amounts below and above which at most one draw in a thousand lies."""

    @abstractmethod
    def written(self, told: Told) -> dict[str, Any]:
        """Return it as it stands in a file."""

    def hint(self, percent: int) -> str | None:  # noqa: ARG002 -- some have one
        """Return what to do about draws that lie too far out at this end, 0 or 100 %."""
        return None

    def scaled(self, middle: float) -> Distribution:
        """Return the same distribution with all amounts scaled so that its ``middle`` is this."""
        moved = {name: value * middle / self.middle for name, value in self._amounts.items()}
        return replace(self, **moved)

    @property
    def _amounts(self) -> dict[str, float]:
        """The parameters that are amounts."""
        own = [one.name for one in fields(self) if "measure" not in one.metadata]
        return {name: getattr(self, name) for name in own}


def checked(law: Distribution, measure: Measure, at: Address) -> Distribution:
    """Return a distribution whose draws are neither cut at a bound nor rounded to one number."""
    low, high = law.reach
    if low < measure.least:
        raise wrong("law_below", at, law=law.name, hint=law.hint(0))
    if high > measure.most:
        most = f"{measure.most // DAY:,}d" if measure.unit == "duration" else f"{measure.most:,}"
        raise wrong("law_beyond", at, law=law.name, most=most, hint=law.hint(100))
    if measure.whole and low < high and math.floor(low + 0.5) == math.floor(high + 0.5):
        raise wrong("law_constant", at, law=law.name, value=math.floor(low + 0.5))
    return law


# -- by parameters with names ------------------------------------------------------------------


@dataclass(frozen=True)
class ByName(Distribution):
    """Written as a mapping of its fields, all of which are above 0."""

    @classmethod
    def read(cls, raw: Any, measure: Measure, at: Address) -> tuple[Self, bool]:
        """Read a mapping of exactly the fields."""
        kinds = {one.name: one.metadata.get("measure", measure) for one in fields(cls)}
        given = exactly(cls.name, raw, [*kinds], at)
        read = {key: amount(value, kinds[key], (*at, key)) for key, value in given.items()}
        values = {key: value for key, (value, _) in read.items()}
        for key, value in values.items():
            if value <= 0:
                raise wrong("law_not_positive", (*at, key), name=key, given=quoted(given[key]))
        return cls(**values), any(business for _, business in read.values())

    @classmethod
    def schema(cls, plain: Shape) -> Shape:
        """A mapping of the fields."""
        positive: Shape = {"type": "number", "exclusiveMinimum": 0}
        kinds = {one.name: positive if one.metadata else plain for one in fields(cls)}
        return closed(kinds, *kinds)

    def written(self, told: Told) -> dict[str, Any]:
        """``{name: {field: amount, …}}``."""
        amounts = {name: told(value) for name, value in self._amounts.items()}
        return {self.name: vars(self) | amounts}


def exactly(name: str, raw: Any, wanted: list[str], at: Address) -> Mapping[str, Any]:
    """Return a mapping of exactly the ``wanted`` keys, or raise an error where it is none."""
    if not isinstance(raw, Mapping):
        raise wrong("law_needs_mapping", at, law=name)
    wants = ", ".join(sorted(wanted))
    for key in raw:
        if key not in wanted:
            guess = nearest(key, wanted)
            raise wrong("law_parameters", (*at, key), on="key", law=name, wants=wants, guess=guess)
    if len(raw) != len(wanted):
        raise wrong("law_parameters", at, law=name, wants=wants)
    return raw


# -- by a list of amounts that rise ------------------------------------------------------------


@dataclass(frozen=True)
class ByList(Distribution):
    """Written as a list of its fields, which do not fall; the first and the last are its ends."""

    bounded = True

    @classmethod
    def read(cls, raw: Any, measure: Measure, at: Address) -> tuple[Self, bool]:
        """Read a list of as many amounts as there are fields."""
        names = [one.name for one in fields(cls)]
        if not isinstance(raw, list) or len(raw) != len(names):
            raise wrong("law_needs_list", at, law=cls.name, wants=len(names))
        read, business = amounts(dict(enumerate(raw)), measure, at)
        values = [*read.values()]
        if values != sorted(values):
            told = {"wants": ", ".join(names), "given": quoted(raw)}
            raise wrong("law_disordered", at, law=cls.name, **told)
        return cls(*values), business

    @classmethod
    def schema(cls, plain: Shape) -> Shape:
        """A list of the fields."""
        names = [one.name for one in fields(cls)]
        return {**row(plain, len(names)), "description": f"[{', '.join(names)}]"}

    @classmethod
    def ends(cls, raw: Any) -> tuple[str, str] | None:
        """The first and the last amount."""
        return (str(raw[0]), str(raw[-1])) if isinstance(raw, list) and raw else None

    @property
    def reach(self) -> tuple[float, float]:
        """The ends."""
        first, *_, last = self._amounts.values()
        return first, last

    def written(self, told: Told) -> dict[str, Any]:
        """``{name: [amount, …]}``."""
        return {self.name: [told(value) for value in self._amounts.values()]}


# -- elementwise, by the C library's functions one number at a time ----------------------------


def inside(u: Floats) -> Floats:
    """Cut shares where an unbounded distribution is cut."""
    return u.clip(_CUT, 1 - _CUT)


def each(function: Callable[[float], float], x: Floats) -> Floats:
    """Return ``function`` of each number."""
    import numpy as np

    return np.array([function(value) for value in x.tolist()])


def exp(x: Floats) -> Floats:
    """Return e to the power of each number, at most beyond any use."""
    return each(math.exp, x.clip(max=_STEEPEST))


def normal(u: Floats) -> Floats:
    """Return the quantiles of the standard normal distribution."""
    import numpy as np

    return np.array(_normal_quantiles(tuple(inside(u).tolist())))


@lru_cache(maxsize=4)
def _normal_quantiles(u: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(NormalDist().inv_cdf, u))


# -- those there are ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Exponential(ByName):
    """Exponential with this mean."""

    mean: float
    name = "exponential"
    typical = "mean"

    @property
    def reach(self) -> tuple[float, float]:
        """From 0 on."""
        return 0, -self.mean * math.log(RARE)

    def quantiles(self, u: Floats) -> Floats:
        """The logarithm of what is left."""
        return each(math.log1p, -inside(u)) * -self.mean


@dataclass(frozen=True)
class Lognormal(ByName):
    """exp(N(log median, sigma))."""

    median: float
    sigma: float = pure(0.001, 5)
    name = "lognormal"
    typical = "median"

    @property
    def reach(self) -> tuple[float, float]:
        """So many sigmas to both sides."""
        spread = math.exp(min(self.sigma * _Z_RARE, _STEEPEST))
        return self.median / spread, self.median * spread

    def quantiles(self, u: Floats) -> Floats:
        """Those of the normal distribution, on the scale of logarithms."""
        return self.median * exp(self.sigma * normal(u))


@dataclass(frozen=True)
class Gamma(ByName):
    """Gamma with this mean and coefficient of variation (deviation / mean)."""

    mean: float
    cv: float = pure(0.01, 10)
    name = "gamma"
    typical = "mean"

    @property
    def reach(self) -> tuple[float, float]:
        """A wider span that takes no special function."""
        mean, cv = self.mean, self.cv
        return mean * max(0, 1 - 4 * cv), mean * (1 + 4 * cv + 4 * cv**2)

    def quantiles(self, u: Floats) -> Floats:
        """The inverse of the incomplete gamma function."""
        shape = 1 / self.cv**2
        return _gamma_quantiles(shape, tuple(inside(u).tolist())) * (self.mean / shape)


@lru_cache(maxsize=64)
def _gamma_quantiles(shape: float, u: tuple[float, ...]) -> Floats:
    import numpy as np
    from scipy.special import gammaincinv  # slow to load, rarely needed

    return np.asarray(gammaincinv(shape, np.array(u)), np.float64)


@dataclass(frozen=True)
class Triangular(ByList):
    """A triangle over its span with its peak at the likeliest amount."""

    lowest: float
    likeliest: float
    highest: float
    name = "triangular"
    typical = "likeliest"

    def quantiles(self, u: Floats) -> Floats:
        """Roots, up to the peak from below and beyond it from above."""
        import numpy as np

        low, mode, high = self.lowest, self.likeliest, self.highest
        width = high - low
        if width == 0:
            return np.full_like(u, low)
        rising = low + np.sqrt(u * width * (mode - low))
        falling = high - np.sqrt((1 - u) * width * (high - mode))
        return np.where(u < (mode - low) / width, rising, falling)


@dataclass(frozen=True)
class Uniform(ByList):
    """Every amount of its span alike."""

    lowest: float
    highest: float
    name = "uniform"

    @property
    def middle(self) -> float:
        """The middle of the span."""
        return (self.lowest + self.highest) / 2

    def quantiles(self, u: Floats) -> Floats:
        """A straight line."""
        return self.lowest + (self.highest - self.lowest) * u


# -- by quantiles ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quantiles(Distribution):
    """Straight lines through (per cent, amount); the outer ones go on to 0 and to 100."""

    points: tuple[tuple[float, float], ...]
    name = "quantiles"
    bounded = True

    @classmethod
    def read(cls, raw: Any, measure: Measure, at: Address) -> tuple[Self, bool]:
        """Read a mapping of at least two percentages whose amounts do not fall."""
        if not isinstance(raw, Mapping):
            raise wrong("law_needs_mapping", at, law=cls.name)
        per_cent = {key: _per_cent(key, at) for key in raw}
        keys = sorted(raw, key=lambda key: per_cent[key])
        read, business = amounts({key: raw[key] for key in keys}, measure, at)
        if len(keys) < 2:  # noqa: PLR2004 -- a line needs two points
            raise wrong("quantiles_too_few", at)
        for one, other in pairwise(keys):
            if per_cent[one] == per_cent[other]:
                raise wrong("quantiles_twice", (*at, other), on="key", one=one, other=other)
            if read[other] < read[one]:
                raise wrong("quantiles_disordered", (*at, other), one=one, other=other)
        return cls(tuple((per_cent[key], read[key]) for key in keys)), business

    @classmethod
    def schema(cls, plain: Shape) -> Shape:
        """A mapping of percentages."""
        names = {"propertyNames": {"pattern": r"^\d+(\.\d+)?$"}, "additionalProperties": plain}
        told = {"minProperties": 2, "description": "{10: …, 50: …, 90: …}"}
        return {"type": "object", **names, **told}

    @property
    def middle(self) -> float:
        """The median if it is given, else the mean of the points."""
        given = dict(self.points)
        return given[50] if 50 in given else sum(given.values()) / len(given)  # noqa: PLR2004 -- %

    @property
    def reach(self) -> tuple[float, float]:
        """Where the outer lines are."""
        points = [(percent / 100, value) for percent, value in self.points]
        return _on_line(points[0], points[1], RARE), _on_line(points[-2], points[-1], 1 - RARE)

    def quantiles(self, u: Floats) -> Floats:
        """Lines; nothing lies below 0."""
        import numpy as np

        shares = np.array([percent for percent, _ in self.points], np.float64) / 100
        values = np.array([value for _, value in self.points], np.float64)
        i = np.clip(np.searchsorted(shares, u, side="right") - 1, 0, len(shares) - 2)
        slope = (values[i + 1] - values[i]) / (shares[i + 1] - shares[i])
        return np.maximum(values[i] + slope * (u - shares[i]), 0)

    def hint(self, percent: int) -> str | None:
        """Prolonged lines end at a point at 0 or 100."""
        return None if percent in dict(self.points) else f"add_point.{percent}"

    def scaled(self, middle: float) -> Quantiles:
        """Each point scales."""
        return Quantiles(tuple((p, value * middle / self.middle) for p, value in self.points))

    def written(self, told: Told) -> dict[str, Any]:
        """``{quantiles: {percentage: amount, …}}``."""
        return {self.name: {f"{percent:.9g}": told(value) for percent, value in self.points}}


def _per_cent(key: str, at: Address) -> float:
    percent = float(key) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", key) else -1.0
    if not 0 <= percent <= 100:  # noqa: PLR2004 -- per cent
        guess = meant.number(shortened(key.strip("pP%％")))
        raise wrong("quantile_key", (*at, key), on="key", given=quoted(key), guess=guess)
    return percent


def _on_line(one: tuple[float, float], two: tuple[float, float], share: float) -> float:
    """Return where the straight line through two points is at ``share``, if not between them."""
    (left, low), (right, high) = one, two
    at = max(share, right) if share > 0.5 else min(share, left)  # noqa: PLR2004 -- the nearer end
    return low + (high - low) / (right - left) * (at - left)


# -- the short form: by the median and one outer quantile --------------------------------------

OUTER: Final = ("p90", "p10")
"""What may stand beside a median."""


@dataclass(frozen=True)
class AroundMedian(Distribution):
    """Normal on some scale, by its median and the ``outer`` amount at 90 % or 10 %."""

    median: float
    outer: float
    at: str
    typical = "median"

    @classmethod
    def read(cls, raw: Any, measure: Measure, at: Address) -> tuple[AroundMedian, bool]:
        """Read ``{median:, p90:}`` or ``{median:, p10:}``: of shares it is logit-normal."""
        outer = _outer_of(raw, at)
        read = {key: amount(raw[key], measure, (*at, key)) for key in ("median", outer)}
        (middle, business), (value, other) = read.values()
        if (value < middle) == (outer == "p90") and value != middle:
            told = {"median": quoted(raw["median"]), "spread": outer}
            raise wrong("median_beside", (*at, outer), **told)
        share = measure.unit == "share"
        if min(middle, value) <= 0 or (share and max(middle, value) >= 1):
            raise wrong("median_out_of_bounds", (*at, "median"))
        if business != other:
            raise wrong("mixed_days", (*at, outer), given=f"{raw['median']}, {raw[outer]}")
        kind = LogitnormalAroundMedian if share else LognormalAroundMedian
        return kind(middle, value, outer), business

    @classmethod
    def schema(cls, plain: Shape) -> Shape:
        """What stands under ``median``; the outer amount stands beside it."""
        return plain

    def scaled(self, middle: float) -> AroundMedian:
        """Both amounts scale."""
        median, outer = (value * middle / self.median for value in (self.median, self.outer))
        return replace(self, median=median, outer=outer)

    def written(self, told: Told) -> dict[str, Any]:
        """``{median: amount, p90: amount}``."""
        return {"median": told(self.median), self.at: told(self.outer)}

    def spread(self, median: float, outer: float) -> float:
        """Return sigma from both on the scale on which the distribution is normal."""
        return (outer - median) / (_Z90 if self.at == "p90" else -_Z90)


def _outer_of(raw: Mapping[str, Any], at: Address) -> str:
    """Return which outer quantile stands beside the median."""
    other = [key for key in raw if key != "median"]
    if len(other) != 1 or other[0] not in OUTER:
        key = next((k for k in other if k not in OUTER), "median")
        guess = nearest(key, {"median", *OUTER}) if key != "median" else None
        raise wrong("median_needs_one", (*at, key), on="key", guess=guess)
    return other[0]


@dataclass(frozen=True)
class LognormalAroundMedian(AroundMedian):
    """exp(N(log median, sigma)), sigma from the outer quantile."""

    name = "lognormal"

    @property
    def reach(self) -> tuple[float, float]:
        """That of the lognormal distribution with this sigma."""
        return self._law.reach

    def quantiles(self, u: Floats) -> Floats:
        """Those of the lognormal distribution with this sigma."""
        return self._law.quantiles(u)

    @property
    def _law(self) -> Lognormal:
        return Lognormal(self.median, self.spread(math.log(self.median), math.log(self.outer)))


@dataclass(frozen=True)
class LogitnormalAroundMedian(AroundMedian):
    """A share whose log odds are normal."""

    name = "logitnormal"

    @property
    def reach(self) -> tuple[float, float]:
        """Never beyond 0 and 1."""
        return min(self.median, self.outer), max(self.median, self.outer)

    def quantiles(self, u: Floats) -> Floats:
        """Those of the normal distribution, on the scale of log odds."""
        odds, outer = (math.log(one) - math.log1p(-one) for one in (self.median, self.outer))
        return 1 / (1 + exp(-odds - self.spread(odds, outer) * normal(u)))

    def scaled(self, middle: float) -> AroundMedian:
        """The odds scale alike, so that shares stay shares."""
        if not 0 < middle < 1:
            return super().scaled(middle)
        median, outer, target = (s / (1 - s) for s in (self.median, self.outer, middle))
        odds = (value * target / median for value in (median, outer))
        median, outer = (one / (1 + one) for one in odds)
        return replace(self, median=median, outer=outer)


DISTRIBUTIONS: Final[dict[str, type[Distribution]]] = {
    one.name: one for one in (Triangular, Uniform, Exponential, Lognormal, Gamma, Quantiles)
}
"""By the key under which each is written; besides them there is the short form by the median."""

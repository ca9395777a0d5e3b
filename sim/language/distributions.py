"""The random distributions there are, one class each.

A class that stands in ``DISTRIBUTIONS`` is read, is described by the JSON Schema, is listed among
the numbers that have sources, is scaled to the ends of its range, and is compiled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Self

from sim.errors import nearest, shortened
from sim.language.amounts import Measure, amount, amounts, wrong
from sim.language.json_schema import Shape
from sim.language.law import (
    RARE,
    STEEPEST,
    ByList,
    ByName,
    Distribution,
    Told,
    each,
    exp,
    inside,
    normal,
    pure,
)
from sim.yaml import meant
from sim.yaml.located import Address
from sim.yaml.writer import quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_Z_RARE: Final = NormalDist().inv_cdf(1 - RARE)
_Z90: Final = NormalDist().inv_cdf(0.9)


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
        spread = math.exp(min(self.sigma * _Z_RARE, STEEPEST))
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

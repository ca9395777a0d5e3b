"""The short form of a distribution: ``{median: 45min, p90: 90min}``, of shares with ``p10`` too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from sim.errors import nearest
from sim.language.amounts import amount, wrong
from sim.language.distribution import Distribution, Told, exp, normal
from sim.language.distributions import Lognormal
from sim.language.json_schema import Shape
from sim.language.measure import Measure
from sim.yaml.located import Address
from sim.yaml.quoted import quoted

if TYPE_CHECKING:  # numpy is slow to load, and a file is read without it
    from sim.language.distribution import Floats

OUTER: Final = ("p90", "p10")
"""What may stand beside a median."""

_Z90: Final = NormalDist().inv_cdf(0.9)


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
        """So many sigmas to both sides."""
        sigma = abs(math.log(self.outer / self.median)) / _Z90
        return Lognormal(self.median, sigma).reach

    def quantiles(self, u: Floats) -> Floats:
        """Those of the lognormal distribution with this sigma."""
        sigma = self.spread(math.log(self.median), math.log(self.outer))
        return Lognormal(self.median, sigma).quantiles(u)


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
        given = (self.median, self.outer)
        odds = (_odds(value) * _odds(middle) / _odds(self.median) for value in given)
        median, outer = (one / (1 + one) for one in odds)
        return replace(self, median=median, outer=outer)


def _odds(share: float) -> float:
    return share / (1 - share)

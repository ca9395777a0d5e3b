"""Laws of random amounts: what each must be able to say, and the ways in which one is written.

Quantiles are worked out in floating point with the C library's ``exp`` and ``log`` one number at a
time: numpy's own change with the processor.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from sim.errors import nearest
from sim.language.amounts import DAY, Measure, amount, amounts, wrong
from sim.language.json_schema import Shape, closed, row
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

_CUT: Final = 2.0**-32  # so far from 0 and 1 an unbounded distribution is cut
STEEPEST: Final = 300.0
"""e to this power is beyond any use and far from overflowing."""


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
    return each(math.exp, x.clip(max=STEEPEST))


def normal(u: Floats) -> Floats:
    """Return the quantiles of the standard normal distribution."""
    import numpy as np

    return np.array(_normal_quantiles(tuple(inside(u).tolist())))


@lru_cache(maxsize=4)
def _normal_quantiles(u: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(NormalDist().inv_cdf, u))

"""Levers as they are set in one arm: what conditions and lookups of its procedures may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic_core import PydanticCustomError

from sim.language.base import Test
from sim.language.comparison import Scalar, literal
from sim.language.domain import AMOUNT, BOOL, DURATION, SHARES, Domain, Spans, fits
from sim.language.lever import Lever
from sim.yaml.quoted import quoted

_TRUTHS: Final = {"true", "false"}


@dataclass(frozen=True)
class Setting:
    """A lever and the value that it has in an arm."""

    lever: Lever
    value: Scalar

    @property
    def domain(self) -> Domain:
        """What its values are: the names of its patches, or numbers like its default."""
        if self.lever.values is not None:
            return BOOL if self.lever.values.keys() <= _TRUTHS else _names(self.lever.values)
        if isinstance(self.lever.default, bool):
            return BOOL
        numbers = (one for one in (AMOUNT, SHARES, DURATION) if _is_of(one, self.lever.default))
        return next(numbers, _names((quoted(self.lever.default), quoted(self.value))))

    def among(self, spans: Spans) -> bool:
        """Return whether its value is in some spans. Raises PydanticCustomError for no value."""
        return fits(spans, self.domain.exactly(self.value))

    def holds(self, test: Test) -> bool:
        """Return whether what a condition asks of the lever holds in this arm, once and for all."""
        return self.among(self.domain.condition(test))


def _names(names: Iterable[str]) -> Domain:
    return Domain("category", tuple(dict.fromkeys(names)))


def _is_of(domain: Domain, value: Scalar) -> bool:
    try:
        domain.amount(literal(value))
    except PydanticCustomError:
        return False
    return True

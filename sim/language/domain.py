"""What the values of a variable are, and which of them a key or a condition stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from sim.errors import nearest
from sim.language.amounts import KEYS, Comparison, Kind, Scalar, number, plain, within, wrong
from sim.language.base import CHANNELS, Name, Noted, Test
from sim.language.clock import WEEKDAYS, weekdays
from sim.yaml import meant
from sim.yaml.writer import quoted

T = TypeVar("T")

Spans = tuple[tuple[int, int], ...]
"""Closed intervals of whole numbers; a value fits if it lies in one of them."""

SHARE: Final = 1 << 32
"""A share of one."""

MOST: Final = 1 << 62

_KINDS: Final[Mapping[str, Kind]] = {"number": "number", "share": "share", "duration": "time"}


@dataclass(frozen=True)
class Domain:
    """The values of a variable: truths, names of categories, or numbers from ``low`` to ``high``.

    Numbers are whole ones, seconds, or shares in units of 2**-32. ``over``: so many values a span
    that ends before it begins may hold at most, as December to February is winter; 0: none may.
    ``shared``: what is said of it is said elsewhere too, where there may be other names.
    """

    kind: Literal["bool", "category", "weekday", "number", "share", "duration"]
    names: tuple[str, ...] = ()
    low: int = 0
    high: int = MOST
    over: int = 0
    shared: bool = False

    @property
    def all(self) -> Spans:
        """Every value there is."""
        if self.kind == "bool":
            return ((0, 1),)
        return ((0, len(self.names) - 1),) if self.names else ((self.low, self.high),)

    def told(self, spans: Spans) -> list[str] | None:
        """Return the values of some spans as they are written; None for very many."""
        names = ("false", "true") if self.kind == "bool" else self.names
        values = [v for low, high in spans for v in range(low, min(high, low + 100) + 1)]
        if names:
            return [names[value] for value in values]
        return [str(value) for value in values] if self.high < MOST else None

    def spans(self, one: Comparison) -> Spans:
        """Return the values that it stands for; raises PydanticCustomError if there are none."""
        if self.kind == "bool":
            return _truth(one.written)
        if self.kind == "weekday":
            return self._week(one.written)
        if self.kind == "category":
            return self._named(one.written)
        try:
            return self._numbers(one)
        except PydanticCustomError as error:
            context = dict(error.context or {})
            guess = meant.test(quoted(one.written), self.kind)
            if guess != quoted(one.written):
                context["guess"] = guess or context.get("guess")
            raise wrong(error.type, context.pop("at", ()), **context) from None

    def _numbers(self, one: Comparison) -> Spans:
        if one.compares:
            return self._compared(one)
        if one.sign == "-":
            return self._between(one)
        if self.kind != "number":
            self.amount(one.written)
            raise wrong("test_needs_comparison", given=quoted(one.written))
        at = self.exactly(one.written)
        return ((at, at),)

    def condition(self, test: Test) -> Spans:
        """Return the values for which a test of a condition holds; its range must hold it too."""
        if isinstance(test, Noted):
            spans = below(("value",), self.spans, test.value)
            if test.range is not None:
                self._check_range(test.value, test.range)
            return spans
        if not isinstance(test, tuple):
            return self.spans(test)
        found: Spans = ()
        for i, one in enumerate(test):
            spans = below((i,), self.spans, one)
            if spans and not left(spans, found):
                raise wrong("value_covered", (i,), value=quoted(one.written))
            found += spans
        return found

    def amount(self, raw: Scalar) -> float:
        """Read one number in base units, which must be a possible value."""
        read, _ = number(plain(raw), _KINDS[self.kind])
        amount = float(round(read * SHARE)) if self.kind == "share" else read
        if not self.low <= amount <= self.high:
            raise self._impossible(raw)
        return amount

    def _named(self, value: Scalar) -> Spans:
        if str(value) in self.names:
            at = self.names.index(str(value))
            return ((at, at),)
        guess = nearest(str(value), self.names)
        if self.shared and guess is None:
            return ()
        raise wrong("unknown_value", value=quoted(value), known=", ".join(self.names), guess=guess)

    def _week(self, value: Scalar) -> Spans:
        try:
            return tuple((day, day) for day in sorted(weekdays(str(value))))
        except ValueError:
            return self._named(value)

    def exactly(self, value: Scalar) -> int:
        """Return the whole number that stands for one value."""
        if self.kind not in _KINDS:
            return self.spans(Comparison.read(value))[0][0]
        amount = self.amount(value)
        if not amount.is_integer():
            raise wrong("not_whole.number", given=quoted(value))
        return int(amount)

    def _compared(self, one: Comparison) -> Spans:
        amount = self.amount(one.bounds[0])
        low, high = {
            "<": (-MOST, math.ceil(amount) - 1),
            "<=": (-MOST, math.floor(amount)),
            ">": (math.floor(amount) + 1, MOST),
            ">=": (math.ceil(amount), MOST),
        }[one.sign]
        # A gate of 0 % or 100 % is one that is open or shut: an end of its range.
        if self.kind != "share" and (high < self.low or low > self.high):
            raise self._impossible(one.written)
        return ((low, high),)

    def _between(self, one: Comparison) -> Spans:
        whole = self.kind == "number"
        low, high = (self.exactly(b) if whole else int(self.amount(b)) for b in one.bounds)
        if low <= high:
            return ((low, high),)
        if self.high - low + high - self.low + 2 <= self.over:
            return ((low, self.high), (self.low, high))
        first, last = one.bounds
        raise wrong("span_reversed", given=quoted(one.written), guess=f"{last}-{first}")

    def _impossible(self, value: object) -> PydanticCustomError:
        if self.high < MOST and self.kind == "number":
            return wrong("never_between", given=quoted(value), low=self.low, high=self.high)
        return wrong("never_below", given=quoted(value), low=self.low)

    def _check_range(self, one: Comparison, bounds: tuple[Scalar, Scalar]) -> None:
        if self.kind not in _KINDS:
            raise wrong("range_of_word", ("value",), given=quoted(one.written))
        kind = _KINDS[self.kind]
        for bound in one.bounds:
            within(number(bound, kind)[0], bounds, kind, ("value",))


BOOL: Final = Domain("bool")
AMOUNT: Final = Domain("number")
SHARES: Final = Domain("share", high=SHARE)
RATIO: Final = Domain("share")
"""A share that may be above one: more slips may be found than papers given."""
DURATION: Final = Domain("duration")
BUILT_IN: Final[Mapping[str, Domain]] = {
    "visit": Domain("number", low=1, high=255),  # a case ends that visits a step more often
    "month": Domain("number", low=1, high=12, over=4),
    "weekday": Domain("weekday", WEEKDAYS),
    "time": DURATION,
    "queue": AMOUNT,
    "made_in": Domain("category", CHANNELS),
    "channel": Domain("category", CHANNELS),
    "confidence": SHARES,
    "returns": AMOUNT,
    "elapsed": DURATION,
    "waited": DURATION,
    "down_for": DURATION,
}
"""What lookups and conditions may read besides attributes and ``defect``."""

_TAKEN: Final = frozenset((*BUILT_IN, *KEYS, "defect", "asked", "chance"))


def _free(name: str) -> str:
    if name in _TAKEN:
        raise wrong("reserved_name", name=name)
    return name


Variable = Annotated[Name, AfterValidator(_free)]
"""The name of an attribute or a list, which none of the words of lookups and conditions is."""


def below(at: tuple[str | int, ...], read: Callable[[T], Spans], value: T) -> Spans:
    """Return what is read from ``value``; an error is located ``at`` below here."""
    try:
        return read(value)
    except PydanticCustomError as error:
        context = dict(error.context or {})
        raise wrong(error.type, (*at, *context.pop("at", ())), **context) from None


def fits(spans: Spans, value: int) -> bool:
    """Return whether ``value`` lies in one of the spans."""
    return any(low <= value <= high for low, high in spans)


def left(spans: Spans, taken: Spans) -> Spans:
    """Return what of some spans is not taken."""
    rest = list(spans)
    for low, high in taken:
        parts = ((a, min(b, low - 1)) for a, b in rest)
        others = ((max(a, high + 1), b) for a, b in rest)
        rest = [(a, b) for a, b in (*parts, *others) if a <= b]
    return tuple(sorted(set(rest)))


def _truth(value: Scalar) -> Spans:
    words = {True: 1, False: 0, "true": 1, "false": 0}
    if isinstance(value, bool | str) and value in words:
        return ((words[value], words[value]),)
    guess = meant.truth(str(value))
    raise wrong("unknown_value", value=quoted(value), known="true, false", guess=guess)

"""Amounts as people write them, a number with its unit, and comparisons with them.

Durations are seconds (``business`` ones on business days, 24 h each), shares lie in [0, 1], money
is yen. Each kind of amount has a ``Measure``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from sim.yaml import meant
from sim.yaml.located import Address
from sim.yaml.writer import quoted

Scalar = bool | int | float | str
Kind = Literal[
    "duration", "time", "gap", "work", "share", "number", "factor", "rank", "count", "amount", "yen"
]

DAY: Final = 86_400
LONGEST: Final = 10 * 366 * DAY
"""No duration is longer (seconds): calendars reach thirty years, on business days as well."""


@dataclass(frozen=True)
class Measure:
    """What an amount of one kind may be, in base units: seconds, shares of one, or plain numbers.

    ``whole``: a plain one has no fraction. ``business``: it may be counted on business days.
    """

    unit: Literal["duration", "share", "number"]
    most: int
    least: float = 0
    whole: bool = True
    business: bool = False


MEASURES: Final[Mapping[Kind, Measure]] = {
    "duration": Measure("duration", LONGEST, business=True),
    "time": Measure("duration", LONGEST),
    "gap": Measure("duration", LONGEST, whole=False),
    "work": Measure("duration", 366 * DAY),
    "share": Measure("share", 1, whole=False),
    "number": Measure("number", 10**12, -(10**12), whole=False),
    "factor": Measure("number", 1_000, whole=False),
    "rank": Measure("number", 10**6, -(10**6)),
    "count": Measure("number", 10**6),
    "amount": Measure("number", 10**12),
    "yen": Measure("number", 10**12),
}
"""By kind: ``time`` runs on all days, ``work`` is hands-on, ``gap`` lies between two arrivals.

``rank`` is a place in a queue, ``count`` a number of people, ``amount`` what an attribute is.
The bounds are far above any use and far below what a log can add up: 10**12 yen in each of 255
visits of two million cases.
"""

KEYS: Final = frozenset(("by", "else", "source", "range", "value", "true", "false"))
"""Words that stand for something else where a value might stand: no category or item has them."""

Key = TypeVar("Key", str, int)

UNITS: Final = {"s": 1, "min": 60, "h": 3600, "d": DAY, "bd": DAY, "w": 7 * DAY}
_DIGITS: Final = 30  # an amount of time that takes more is no amount of time
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(min|bd|s|h|d|w)")
_BOUNDED: Final = re.compile(r"\s*(\S.*?)\s*\(\s*([^\s()]+?)\s*-\s*([^\s()]+)\s*\)\s*")
_LONGEST: Final = 200  # a text of more characters is no amount with its range
_WHOLE: Final = re.compile(r"\s*-?\d{1,30}\s*")
_FRACTION: Final = re.compile(r"\s*-?\d+\.\d+\s*")
_FINEST: Final = 2.0**-32  # chances are told apart to this share


def wrong(key: str, at: Address = (), **values: object) -> PydanticCustomError:
    """Return the error that is said with catalogue entry ``key``, located at ``at`` below here.

    Besides the fields of the message, ``values`` may hold ``on`` (``key``: the caret goes to the
    key of that place), ``hint`` and ``guess``.
    """
    return PydanticCustomError(key, key, {**values, "at": at})


def parted(raw: object) -> tuple[object, tuple[object, object] | None]:
    """Return a value and the bounds behind it, ``5min (2min-10min)``; a value alone has none."""
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        return raw, None
    found = _BOUNDED.fullmatch(raw)
    return (plain(found[1]), (plain(found[2]), plain(found[3]))) if found else (raw, None)


def plain(raw: Scalar) -> Scalar:
    """Return the number that stands in a text, as YAML reads it; other values as they are."""
    if not isinstance(raw, str):
        return raw
    if _WHOLE.fullmatch(raw):
        return int(raw)
    return float(raw) if _FRACTION.fullmatch(raw) else raw


def number(raw: object, kind: Kind, at: Address = ()) -> tuple[float, bool]:
    """Read one number of ``kind``, as ``amount`` does."""
    return amount(raw, MEASURES[kind], at)


def amount(raw: object, measure: Measure, at: Address = ()) -> tuple[float, bool]:
    """Read one number with its unit: (value in base units, counted in business days).

    Raises a located error for what is no such number or lies outside the bounds of its measure.
    """
    if raw is None:
        raise wrong("value.nothing", at)
    if measure.unit == "duration":
        return _duration(raw, measure, at)
    if measure.unit == "share":
        return _share(raw, at), False
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) < math.inf:
        guess = meant.noted(quoted(raw), meant.number)
        raise wrong("not_a_number", at, given=quoted(raw), guess=guess)
    if raw < measure.least:
        raise wrong("value.at_least", at, bound=f"{measure.least:,}", value=quoted(raw))
    if raw > measure.most:
        raise wrong("value.at_most", at, bound=f"{measure.most:,}", value=quoted(raw))
    return float(raw), False


def _duration(raw: object, measure: Measure, at: Address) -> tuple[float, bool]:
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


def _no_duration(raw: object, at: Address) -> PydanticCustomError:
    text = "" if isinstance(raw, bool) else quoted(raw).strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return wrong("duration_without_unit", at, given=text)
    if text.startswith("-"):
        return wrong("duration_negative", at, given=text)
    return wrong("not_a_duration", at, given=quoted(raw), guess=meant.noted(text, meant.duration))


def _share(raw: object, at: Address) -> float:
    if isinstance(raw, str) and re.fullmatch(r"-?\d+(\.\d+)?%", raw.strip()):
        value = float(raw.strip()[:-1]) / 100
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(min(max(raw, -1), 2))  # of more digits than a float holds
    else:
        guess = meant.noted(quoted(raw), meant.share)
        raise wrong("not_a_share", at, given=quoted(raw), guess=guess)
    if not 0 <= value <= 1:
        per_cent = isinstance(raw, int | float) and 1 < raw <= 100  # noqa: PLR2004 -- per cent
        guess = f"{raw}%" if per_cent else None
        raise wrong("share_out_of_bounds", at, given=quoted(raw), guess=guess)
    if 0 < value < _FINEST or 1 - _FINEST < value < 1:
        raise wrong("share_too_fine", at, given=quoted(raw))
    return value


def amounts(
    given: Mapping[Key, object], measure: Measure, at: Address
) -> tuple[dict[Key, float], bool]:
    """Read several amounts that must be counted on days of the same kind."""
    read = {key: amount(raw, measure, (*at, key)) for key, raw in given.items()}
    counted = {key: business for key, (value, business) in read.items() if value > 0}
    for key, business in counted.items():
        if business is not next(iter(counted.values())):
            raise wrong("mixed_days", (*at, key), given=quoted([*given.values()]))
    return {key: value for key, (value, _) in read.items()}, any(b for _, b in read.values())


def check_whole(value: float, raw: object, measure: Measure, at: Address) -> None:
    """Refuse a fraction of what is only counted in whole seconds, people or yen."""
    if measure.whole and not value.is_integer():
        raise wrong(f"not_whole.{measure.unit}", at, given=quoted(raw))


def ordered(bounds: Sequence[object], kind: Kind, at: Address) -> None:
    """Refuse a range whose ends are no numbers of ``kind``, or stand the wrong way round."""
    low, high = (number(bound, kind, (*at, i))[0] for i, bound in enumerate(bounds))
    if low > high:
        raise wrong("range_reversed", at, given=quoted(bounds))


def within(value: float, bounds: Sequence[object], kind: Kind, at: Address) -> None:
    """Refuse a number outside of the bounds behind it, or bounds that are none."""
    low, high = (number(bound, kind, at)[0] for bound in bounds)
    for end, bound in zip((low, high), bounds, strict=True):
        check_whole(end, bound, MEASURES[kind], at)
    if low > high:
        raise wrong("range_reversed", at, given="-".join(map(quoted, bounds)))
    if not low <= value <= high:
        raise wrong("value_outside_range", at, low=quoted(bounds[0]), high=quoted(bounds[1]))


# -- comparisons -------------------------------------------------------------------------------

Sign = Literal["=", "<", "<=", ">", ">=", "-"]

_COMPARED: Final = re.compile(r"\s*(<=|>=|<|>)\s*(.+)")
_BETWEEN: Final = re.compile(r"\s*(\S+?)\s*-\s*(\S+)\s*")


@dataclass(frozen=True)
class Comparison:
    """A key of a lookup, or what a condition asks of a variable, before it is known what that is.

    ``sign``: ``=`` is one value, ``-`` a span between two. ``bounds`` are the values that stand
    there; a number is read, one with a unit is text. A category may have a name that looks like a
    span, so that its domain takes what was ``written``.
    """

    written: Scalar
    sign: Sign
    bounds: tuple[Scalar, ...]

    @classmethod
    def read(cls, written: Scalar) -> Comparison:
        """Read a scalar of a file; whatever it is, it stands for something."""
        text = written if isinstance(written, str) else ""
        if (compared := _COMPARED.fullmatch(text)) is not None:
            return cls(written, cast("Sign", compared[1]), (plain(compared[2]),))
        if (between := _BETWEEN.fullmatch(text)) is not None:
            return cls(written, "-", (plain(between[1]), plain(between[2])))
        return cls(written, "=", (plain(written),))

    @property
    def key(self) -> str:
        """What is written, as the key of a lookup."""
        return str(self.written)

    @property
    def compares(self) -> bool:
        """Whether it holds for all values on one side of a bound."""
        return self.sign not in {"=", "-"}

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let a field of this type be written as a scalar."""
        return core_schema.no_info_after_validator_function(cls.read, handler(Scalar))

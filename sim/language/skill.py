"""Skills: what an agent takes for a task and gets wrong in it, a visit or a unit of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema, model_validator

from sim.errors import nearest
from sim.language.amounts import Kind, wrong
from sim.language.base import CHANNELS, Channel, Name
from sim.language.distributions import OUTER
from sim.language.json_schema import NAME, shape
from sim.language.overlay import Layered, Overlay, laid
from sim.language.quantity import (
    NOTES,
    Fixed,
    FixedShare,
    Lookup,
    Quantity,
    forms,
    leaves,
    parse,
    unknown_form,
)
from sim.language.step import Burden
from sim.yaml.writer import quoted

EACH: Final = "each"
_UNIT: Final = re.compile(NAME["pattern"])

BESIDES: Final = ("visit", "month", "weekday", "time", "queue", "made_in")
"""What a size may not follow: it says what a case's paper is like, whenever it is written."""


@dataclass(frozen=True)
class Each:
    """An amount of a whole visit, or of ``each`` unit of what the task is about."""

    amount: Quantity
    each: str | None = None


def _not_misspelt(raw: object) -> None:
    """Refuse a key that is like ``each``; those of a lookup are values."""
    known = (*forms(), *OUTER, *NOTES, EACH)
    for key in raw if isinstance(raw, Mapping) and "by" not in raw else ():
        if key != EACH and nearest(key, known) == EACH:
            raise unknown_form(key, EACH, ())


def _reader(visit: Kind, unit: Kind) -> PlainValidator:
    """Return how an amount is read: of ``visit`` kind as a whole, of ``unit`` kind for each."""

    def read(raw: object) -> Each:
        if not isinstance(raw, Mapping) or EACH not in raw:
            _not_misspelt(raw)
            return Each(parse(raw, visit))
        each = raw[EACH]
        if not isinstance(each, str) or not _UNIT.fullmatch(each):
            raise wrong("each_not_a_unit", (EACH,), given=quoted(each))
        return Each(parse({k: v for k, v in raw.items() if k != EACH}, unit), each)

    return PlainValidator(read)


SkilledWork = Annotated[Each, _reader("work", "gap"), WithJsonSchema(shape("TimeEach"))]
"""Hands-on time; of one unit it may be parts of a second."""

SkilledShare = Annotated[Each, _reader("share", "share"), WithJsonSchema(shape("ShareEach"))]


def _finding(raw: object) -> Quantity | dict[str, Quantity | None]:
    """Read one share for all that the papers bring, or one for each defect."""
    if not isinstance(raw, dict) or not raw.keys().isdisjoint((*forms(), *NOTES, "by")):
        return parse(raw, "share")
    return {name: one if one is None else parse(one, "share", (name,)) for name, one in raw.items()}


Finding = Annotated[
    Quantity | dict[str, Quantity | None],
    PlainValidator(_finding),
    BeforeValidator(laid),
    WithJsonSchema(
        {"anyOf": [shape("Share"), {"type": "object", "additionalProperties": shape("Share")}]}
    ),
]
"""The chance of finding the slips of the papers that are needed, or of each defect by name."""


class SkilledBurden(Burden):
    """What a visit costs the applicant besides time, or what each unit does."""

    each: Name | None = None
    """The unit for which it is so much; without it, it is that of a visit."""


class Later(Overlay):
    """What a skill says of a visit."""

    work: SkilledWork | None = None
    """Hands-on time of a visit, or of `each` unit."""
    slips: SkilledShare | None = None
    """The chance of the `slip` of a document given, or of one in `each` of its units."""
    confidence: SkilledShare | None = None
    """How sure an AI is of its draft, or of `each` unit; without `slips` they come of it."""
    finds: Finding | None = None
    """The chance of finding the slips of the documents needed, or each defect by name."""
    burden: SkilledBurden | None = None
    """What a visit costs the applicant besides time."""


class SkillAgain(Later):
    """What differs from the second visit on; ``size``: how much there is then to do."""

    size: FixedShare | None = None
    """The share of the units that there are to do again, rounded up."""

    @model_validator(mode="after")
    def _plain(self) -> SkillAgain:
        if not isinstance(self.size, Fixed | None):
            raise wrong("must_be_plain", ("size",), name="size")
        return self


class Ways(Later):
    """What a skill says in a channel."""

    size_of: Literal["gives", "needs"] | None = None
    """Whose units count: of the documents given (the rule), or of those needed."""
    again: SkillAgain | None = None
    """What differs from the second visit on. `size work slips confidence finds burden`."""


class Skill(Layered, Ways):
    """What an agent takes for a task, gets wrong and finds; channels may differ."""

    analog: Ways | Channel | None = None
    """What differs on paper, or another channel."""
    digital: Ways | Channel | None = None
    """What differs online, or another channel."""
    agentic: Ways | Channel | None = None
    """What differs with AI, or another channel."""

    whole: ClassVar = frozenset(CHANNELS)
    nothing: ClassVar = "ways_say_nothing"


def _size(raw: object) -> Quantity:
    """Read how many units there are in a document: whole numbers, perhaps looked up; 0 is none."""
    size = parse(raw, "count")
    for path, leaf in leaves(size):
        if not isinstance(leaf, Fixed):
            raise wrong("size_shape", path)
    if (word := _variable(size)) is not None:
        raise wrong("size_follows", ("by",), name=word)
    return size


def _variable(size: Quantity) -> str | None:
    """Return the first word of the language that a size follows and may not."""
    if not isinstance(size, Lookup):
        return None
    inner = (one for one in (*(case for _, case in size.cases), size.otherwise) if one is not None)
    found = (size.variable, *map(_variable, inner))
    return next((word for word in found if word in BESIDES), None)


Size = Annotated[Quantity, PlainValidator(_size), WithJsonSchema(shape("Size"))]
"""How many units there are in a document: plain, or by the channel or an attribute."""

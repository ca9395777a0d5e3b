"""Procedures: documents, the steps that need and give them, and what can go wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from sim.model.attribute import Attribute
from sim.model.base import CHANNELS, Channel, Condition, Item, Label, Name, Names, Reserved, Strict
from sim.model.hours import Hours, HoursOrName
from sim.model.quantity import Duration, Fixed, Number, Quantity, Share, parse, wrong


class Actor(Strict):
    """Somebody in a journey: an agent, with a shared pool of staff or one for each case."""

    agent: Name
    staff: Number | None = None
    hours: HoursOrName | None = None
    title: Label | None = None
    each: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"agent": raw} if isinstance(raw, str) else raw


class Document(Strict):
    """A paper or data set. ``kept``: survives a return. ``valid``: how long it may be used."""

    en: str
    ja: str
    valid: Duration | None = None
    lapsed: str | None = None
    kept: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"en": raw, "ja": raw} if isinstance(raw, str) else raw


class Defect(Strict):
    """Something wrong inside documents. With ``harm`` a case that ends with it is flawed."""

    en: str
    ja: str
    harm: Label | None = None
    returns_to: str | None = None
    loss: Reserved = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"en": raw, "ja": raw} if isinstance(raw, str) else raw


class Delay(Strict):
    """Elapsed time that holds nobody: a duration, or until the next slot of a timetable."""

    time: Duration | None = None
    until: str | None = None
    at_least: Duration | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "until" in raw:
            return raw
        return {"time": raw}


class Burden(Strict):
    """What a visit costs the applicant besides time; ``fee`` in yen."""

    visits: int = Field(default=0, ge=0)
    forms: int = Field(default=0, ge=0)
    seals: int = Field(default=0, ge=0)
    logins: int = Field(default=0, ge=0)
    fee: Number | None = None


def _making(raw: object) -> Quantity | Literal["confidence"]:
    return "confidence" if raw == "confidence" else parse(raw, "share")


Making = Annotated[Quantity | Literal["confidence"], PlainValidator(_making)]
"""The chance of making a defect: a share, or ``confidence``, what the agent's confidence leaves."""


class Again(Strict):
    """What differs from the second visit on."""

    work: Duration | None = None
    delay: Delay | None = None
    makes: dict[str, Making] | None = None
    finds: dict[str, Share] | None = None
    confidence: Share | None = None
    burden: Burden | None = None


class Profile(Strict):
    """How a step is done; a channel's block overlays the step's own fields one by one."""

    needs: Names | None = None
    if_: Condition | None = Field(default=None, alias="if")
    open_to: Condition | None = None
    by: Names | None = None
    work: Duration | None = None
    delay: Delay | None = None
    batch: Reserved = None
    priority: Number | None = None
    makes: dict[str, Making] | None = None
    finds: dict[str, Share] | None = None
    decides: Names | None = None
    confidence: Share | None = None
    again: Again | None = None
    burden: Burden | None = None
    omit: bool | None = None

    def overlay(self, block: Profile) -> dict[str, Any]:
        """Return the fields of this profile with those that ``block`` sets on top."""
        fields = {name: getattr(self, name) for name in Profile.model_fields}
        return fields | {
            name: getattr(block, name)
            for name in block.model_fields_set
            if name in Profile.model_fields
        }


class Step(Profile):
    """One thing somebody does, in each channel in its own way."""

    title: Label | None = None
    caption: Label | None = None
    gives: Names = ()
    each: Name | None = None
    once: Reserved = None
    analog: Profile | Channel | None = None
    digital: Profile | Channel | None = None
    agentic: Profile | Channel | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_block(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            for channel in CHANNELS:
                if channel in raw and not isinstance(raw[channel], dict | str):
                    raise wrong("block_not_mapping", (channel,), channel=channel)
        return raw

    def profile(self, channel: Channel) -> Profile:
        """Return how this step is done in ``channel``. Raises on blocks that copy in a circle."""
        block = getattr(self, channel)
        seen = {channel}
        while isinstance(block, str):
            if block in seen:
                raise wrong("blocks_in_circle", (channel,), channel=channel)
            seen.add(block)
            block = getattr(self, block)
        own = Profile.model_construct(
            **{name: getattr(self, name) for name in Profile.model_fields}
        )
        return own if block is None else Profile.model_construct(**own.overlay(block))


class Goal(Strict):
    """A document to be reached, perhaps only ``if`` something holds."""

    document: str
    if_: Condition | None = Field(default=None, alias="if")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"document": raw} if isinstance(raw, str) else raw


class End(Strict):
    """A lawful or unlawful end of a case once a fact is known."""

    when: Condition
    as_: Literal["rejected", "withdrawn", "abandoned", "dismissed"] = Field(alias="as")


class Deadline(Strict):
    """``document`` must be given ``within`` a time after another (or the start), or ``at`` a date."""

    document: str
    within: Duration | None = None
    after: str | None = None
    at: str | None = None
    missed: Literal["late", "expired", "given"]
    source: str | None = None

    @model_validator(mode="after")
    def _one_clock(self) -> Deadline:
        if (self.within is None) == (self.at is None):
            raise wrong("deadline_one_clock")
        if self.at is not None and self.after is not None:
            raise wrong("deadline_one_clock", ("after",))
        if self.missed == "given":
            raise wrong("reserved", ("missed",), given="missed: given")
        if self.within is not None and not isinstance(self.within, Fixed):
            raise wrong("deadline_fixed", ("within",))
        return self


class Lever(Strict):
    """A named change: patches by value (``values``), or a number that ``replaces`` fields."""

    title: Label | None = None
    default: str | int | float | bool
    values: dict[str, dict[str, Any]] | None = None
    range: tuple[str | int | float, str | int | float] | None = None
    replaces: tuple[str, ...] | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Lever:
        if (self.values is None) == (self.replaces is None):
            raise wrong("lever_kind")
        if self.values is not None and str(self.default) not in self.values:
            known = ", ".join(self.values)
            raise wrong("lever_default", ("default",), given=str(self.default), known=known)
        return self


class ListItem(Strict):
    """One item of a list that steps are unrolled over; ``chance``: whether a case has it."""

    chance: Share | None = None
    title: Label | None = None


def _items(raw: object) -> object:
    """``[a, b]`` or a count stand for items without details."""
    if isinstance(raw, list):
        return {str(item): {} for item in raw}
    if isinstance(raw, int) and not isinstance(raw, bool):
        if not 1 <= raw <= 1000:  # noqa: PLR2004 -- more is a mistake
            raise wrong("list_count", given=raw)
        return {str(number): {} for number in range(1, raw + 1)}
    return raw


Items = Annotated[dict[Item, ListItem], BeforeValidator(_items)]


class Procedure(Strict):
    """A set of steps with the documents they pass on."""

    procedure: Name
    title: Label | None = None
    caption: Label | None = None
    applicant: Name
    actors: dict[Name, Actor]
    calendars: dict[Name, Hours] = Field(default_factory=dict)
    attributes: dict[Name, Attribute] = Field(default_factory=dict)
    lists: dict[Name, Items] = Field(default_factory=dict)
    documents: dict[Name, Document]
    defects: dict[Name, Defect] = Field(default_factory=dict)
    steps: dict[Name, Step]
    goal: tuple[Goal, ...] = ()
    ends: tuple[End, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    levers: dict[Name, Lever] = Field(default_factory=dict)

"""Scenarios: who comes, wanting what, in which worlds, and how often the run is repeated."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from sim.language.amounts import wrong
from sim.language.attribute import Attribute
from sim.language.base import (
    Different,
    Label,
    Name,
    Names,
    Once,
    Reserved,
    Some,
    SomeNames,
    Strict,
    Truth,
    Whole,
    each_once,
)
from sim.language.domain import Variable
from sim.language.hours import Hours, HoursOrName
from sim.language.json_schema import MOMENT, Shape, either, one_of, shape
from sim.language.procedure import Goals
from sim.language.quantity import Fixed, Quantity, Random, Share, Time, parse
from sim.yaml import meant
from sim.yaml.quoted import quoted

ArmChannel = Literal["analog", "digital", "agentic", "mixed"]


def read_moment(raw: object) -> datetime:
    """Read ``2026-04-01`` or ``2026-04-01T10:30`` (local time, +09:00)."""
    text = raw if isinstance(raw, str) else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?", text):
        raise wrong("not_a_moment", given=quoted(raw), guess=meant.moment(quoted(raw)))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong("no_such_moment", given=text) from None
    if not 1950 <= moment.year <= 2090:  # noqa: PLR2004 -- the years holidays are known for
        raise wrong("year_out_of_bounds", given=text)
    return moment


Moment = Annotated[datetime, PlainValidator(read_moment), WithJsonSchema(MOMENT)]


class Holding(Strict):
    """A document in the locker at the start: in what share of cases, how old, with what defects."""

    share: Share = Fixed(1.0)
    age: Time = Fixed(0.0)
    makes: dict[str, Share] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        own = {"share", "age", "makes"}
        return raw if isinstance(raw, dict) and set(raw) <= own else {"share": raw}

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A share or a mapping."""
        return either(shape("Share"), mapping=mapping)


def _locker(raw: object) -> object:
    if not isinstance(raw, list):
        return raw
    names = [str(name) for name in raw]
    each_once(names)
    return {name: {} for name in names}


def _arrivals(raw: object) -> Quantity | Literal["at_once"]:
    if raw == "at_once":
        return "at_once"
    law = parse(raw, "gap")
    if isinstance(law, Fixed) and law.value > 0:
        return law
    if not isinstance(law, Random):
        raise wrong("arrivals_law")
    return law


class Sites(Strict):
    """Places that cases belong to, in turn. ``share``: attributes that are alike in all of one."""

    count: Whole = Field(ge=1, le=2_000_000)
    share: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"count": raw} if isinstance(raw, int) else raw

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A number or a mapping."""
        return either({"type": "integer", "minimum": 1}, mapping=mapping)


class Stream(Strict):
    """Cases of one kind. ``background`` ones load the offices but are not counted."""

    title: Label | None = None
    count: Whole = Field(ge=1, le=2_000_000)
    arrivals: Annotated[
        Any,
        PlainValidator(_arrivals),
        WithJsonSchema({"anyOf": [{"const": "at_once"}, shape("Time")]}),
    ] = "at_once"
    hours: HoursOrName = "always"
    using: SomeNames
    goal: Goals = ()
    locker: Annotated[
        dict[str, Holding],
        BeforeValidator(
            _locker,
            json_schema_input_type=dict[str, Holding] | Annotated[list[str], Different],
        ),
    ] = Field(default_factory=dict)
    attributes: dict[Variable, Attribute] = Field(default_factory=dict)
    sites: Sites | None = None
    background: Truth = False


class Arm(Strict):
    """One world of the comparison."""

    channel: ArmChannel
    title: Label | None = None
    levers: dict[Name, Any] = Field(default_factory=dict)
    override: dict[str, Any] = Field(default_factory=dict)
    attributes: dict[Variable, Any] = Field(default_factory=dict)


class Outage(Strict):
    """An actor's calendar is closed from ``at`` for a while."""

    actor: Name
    at: Moment
    for_: Time = Field(alias="for")
    sites: Reserved = None

    @model_validator(mode="after")
    def _fixed(self) -> Outage:
        if not isinstance(self.for_, Fixed) or self.for_.value <= 0:
            raise wrong("outage_length", ("for",))
        return self


class Observed(Strict):
    """A published share of cases that were given a document in time, for comparison."""

    document: str
    by: Time
    value: Share
    since: Literal["case", "start"] = "case"

    @model_validator(mode="after")
    def _fixed(self) -> Observed:
        if not isinstance(self.by, Fixed):
            raise wrong("must_be_fixed", ("by",), name="by")
        if not isinstance(self.value, Fixed):
            raise wrong("must_be_plain", ("value",), name="value")
        return self


class Report(Strict):
    """What is told besides: times of documents, cases told apart, figures to compare with."""

    documents: Names = ()
    groups: Names = ()
    observed: dict[str, Observed] = Field(default_factory=dict)


class Scenario(Strict):
    """A comparison: streams of cases in each arm, repeated under common random numbers."""

    scenario: Name
    title: Label | None = None
    caption: Label | None = None
    start: Moment
    channels: Annotated[tuple[ArmChannel, ...], Some, Once, Different] | None = None
    compare: Annotated[dict[Name, Arm], Some] | None = None
    cases: Annotated[dict[Name, Stream], Some]
    levers: dict[Name, Any] = Field(default_factory=dict)
    override: dict[str, Any] = Field(default_factory=dict)
    outages: Annotated[tuple[Outage, ...], Once, Different] = ()
    calendars: dict[Name, Hours] = Field(default_factory=dict)
    horizon: Time = Fixed(365 * 86_400.0)
    warm_up: Time = Fixed(0.0)
    replications: Whole = Field(default=20, ge=1, le=100_000)
    seed: Whole = Field(default=1, ge=0, lt=2**32)
    report: Report | None = None

    @model_validator(mode="after")
    def _arms(self) -> Scenario:
        if self.channels is None and self.compare is None:
            raise wrong("arms_missing")
        if self.channels is not None and self.compare is not None:
            raise wrong("arms_both", ("compare",), on="key")
        for name in ("horizon", "warm_up"):
            if not isinstance(getattr(self, name), Fixed):
                raise wrong("must_be_fixed", (name,), name=name)
        if self.horizon.value <= 0:  # type: ignore[union-attr]  # checked above
            raise wrong("horizon_positive", ("horizon",))
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """With one of the two ways to name arms."""
        return one_of("channels", "compare", mapping=mapping)

    @property
    def arms(self) -> dict[str, Arm]:
        """The worlds to compare, by name; ``channels`` is short for one arm each."""
        if self.compare is not None:
            return dict(self.compare)
        return {channel: Arm(channel=channel) for channel in self.channels or ()}

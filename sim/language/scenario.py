"""Scenarios: who comes, wanting what, in which worlds, and how often the run is repeated."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

from sim.language.amounts import Scalar, wrong
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
    unsaid,
)
from sim.language.clock import Moment
from sim.language.domain import Variable
from sim.language.hours import Hours, HoursOrName
from sim.language.json_schema import Shape, either, one_of, shape
from sim.language.procedure import Goals, Indicator
from sim.language.quantity import Fixed, FixedShare, FixedTime, Quantity, Random, Share, Time, parse

ArmChannel = Literal["analog", "digital", "agentic", "mixed"]


class Holding(Strict):
    """A document in the locker at the start: in what share of cases, how old, with what defects."""

    share: Share = Fixed(1.0)
    """In what share of the cases it is there."""
    age: Time = Fixed(0.0)
    """How old it is when the case begins."""
    makes: dict[str, Share] = Field(default_factory=dict)
    """The chance that each of these defects is in it."""

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
    return unsaid(map(str, raw)) if isinstance(raw, list) else raw


def _arrivals(raw: object) -> Quantity | Literal["at_once"]:
    if raw == "at_once":
        return "at_once"
    law = parse(raw, "gap")
    if isinstance(law, Fixed) and law.value > 0:
        return law
    if not isinstance(law, Random):
        raise wrong("arrivals_law")
    return law


def _named(raw: object) -> object:
    """Take a number for the name that it is written as."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


_Brief: Final = Field(min_length=1, max_length=60)


class Site(Strict):
    """A row of a table of sites: a place by its name, and what is said of it."""

    site: Annotated[
        Annotated[str, _Brief],
        BeforeValidator(_named, json_schema_input_type=Annotated[str, _Brief] | int),
    ]
    """Its name; the draws of its cases go by it."""
    size: Annotated[Whole, Field(ge=0, le=10**12)] = 1
    """Its share of the cases: they are dealt out in proportion, exactly if the sizes are counts."""
    start: Moment | None = None
    """The day or moment from which on its cases come; without it the start of the scenario."""
    more: dict[str, Scalar] = Field(default_factory=dict)
    """By actor how many staff it has, by attribute what is so in all its cases."""

    @model_validator(mode="before")
    @classmethod
    def _split(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        own = {key: raw[key] for key in ("site", "size", "start") if key in raw}
        return own | {"more": {key: value for key, value in raw.items() if key not in own}}

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """One flat row."""
        fields = {key: one for key, one in mapping["properties"].items() if key != "more"}
        more = mapping["properties"]["more"]["additionalProperties"]
        return mapping | {"properties": fields, "additionalProperties": more}


def _table(raw: object, read: ValidatorFunctionWrapHandler) -> tuple[Site, ...]:
    """Read rows; a file has none yet: it is read with the scenario."""
    if isinstance(raw, str):
        return ()
    if raw == []:
        raise wrong("hours.nothing")
    rows: tuple[Site, ...] = read(raw)
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if row.site in seen:
            raise wrong("named_twice", (i, "site"), name=row.site)
        seen.add(row.site)
    return rows


_MOST_SITES: Final = 2_000_000


class Sites(Strict):
    """Places that cases belong to, in turn. ``share``: attributes that are alike in all of one."""

    count: Annotated[Whole, Field(ge=1, le=_MOST_SITES)] | None = None
    """How many places there are; cases belong to them in turn."""
    table: (
        Annotated[
            tuple[Site, ...],
            WrapValidator(_table, json_schema_input_type=Annotated[tuple[Site, ...], Some] | str),
        ]
        | None
    ) = None
    """A table of the places: a CSV file, or rows.

    Its columns are ``site``, ``size``, ``start``, actors and attributes.
    """
    share: Names = ()
    """Attributes that all cases of a site have in common."""

    brief = ("count", int, {"type": "integer", "minimum": 1, "maximum": _MOST_SITES})

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A count, or a mapping with a count or a table."""
        return super().spelled(one_of("count", "table", mapping=mapping))

    @model_validator(mode="after")
    def _one_of_both(self) -> Sites:
        if (self.count is None) == (self.table is None):
            raise wrong("sites_count", ("table",) if self.table else (), on="key")
        if self.table and not any(row.size for row in self.table):
            raise wrong("sites_empty", ("table",))
        return self

    @property
    def number(self) -> int:
        """How many places there are."""
        return self.count or 0 if self.table is None else len(self.table)

    @property
    def rows(self) -> tuple[Site, ...]:
        """The places; those without a table are called 1, 2, 3 and so on."""
        return self.table or tuple(
            Site.model_construct(site=str(i + 1)) for i in range(self.number)
        )


class Stream(Strict):
    """Cases of one kind. ``background`` ones load the offices but are not counted."""

    title: Label | None = None
    """What people call it."""
    count: Whole = Field(ge=1, le=2_000_000)
    """How many cases there are."""
    arrivals: Annotated[
        Any,
        PlainValidator(_arrivals),
        WithJsonSchema({"anyOf": [{"const": "at_once"}, shape("Time")]}),
    ] = "at_once"
    """``at_once``, or the time between one case and the next."""
    hours: HoursOrName = "always"
    """When cases arrive: a calendar's name, or hours."""
    using: SomeNames
    """The procedures that a case may use; the first names the applicant."""
    goal: Goals = ()
    """Documents to be reached; without it those of the procedures."""
    locker: Annotated[
        dict[str, Holding],
        BeforeValidator(
            _locker,
            json_schema_input_type=dict[str, Holding] | Annotated[list[str], Different],
        ),
    ] = Field(default_factory=dict)
    """Documents that a case has from the start."""
    attributes: dict[Variable, Attribute] = Field(default_factory=dict)
    """What these cases are like, where they differ from the procedures."""
    sites: Sites | None = None
    """Places that cases belong to, for steps with ``once: site``."""
    background: Truth = False
    """Whether these cases only load the offices and are not counted."""


class Arm(Strict):
    """One world of the comparison."""

    channel: ArmChannel
    """How steps are done; ``mixed`` lets the rules of ``start`` choose."""
    title: Label | None = None
    """What people call it."""
    levers: dict[Name, Any] = Field(default_factory=dict)
    """Levers to pull in this arm."""
    override: dict[str, Any] = Field(default_factory=dict)
    """Fields to set in this arm, each by its path."""
    attributes: dict[Variable, Any] = Field(default_factory=dict)
    """What the cases of this arm are like."""
    cast: dict[Name, Name] = Field(default_factory=dict)
    """Parity: who does instead what an actor does. See below."""
    asked: Literal["never", "always"] = "never"
    """Whether a person looks at what is drafted without confidence because of ``cast``."""

    beside: ClassVar = {"asked": ("cast",)}

    @model_validator(mode="after")
    def _asked_of_casts(self) -> Arm:
        if "asked" in self.model_fields_set and not self.cast:
            raise wrong("asked_without_cast", ("asked",), on="key")
        for who, by in self.cast.items():
            if who == by:
                raise wrong("cast_self", ("cast", who), name=who)
        return self


_SOONEST: Final = 3600.0


class Outage(Strict):
    """An actor's calendar is closed for a while: from ``at``, or ``every`` so often by chance."""

    actor: Name
    """Who is shut down."""
    at: Moment | None = None
    """From when on."""
    every: Time | None = None
    """How long it works, again and again, until it goes out: 1h or more, in the middle of a law."""
    for_: Time = Field(alias="for")
    """For how long."""
    sites: Reserved = None

    exactly_one = ("at", "every")

    @model_validator(mode="after")
    def _one_way(self) -> Outage:
        if (self.at is None) == (self.every is None):
            raise wrong("outage_when")
        if self.every is None:
            if not isinstance(self.for_, Fixed) or self.for_.value <= 0:
                raise wrong("outage_length", ("for",))
        elif not _longest(self.for_):
            raise wrong("outage_law", ("for",), name="for")
        elif _longest(self.every) < _SOONEST:
            raise wrong("outage_law", ("every",), name="every")
        return self


def _longest(time: Quantity) -> float:
    """Return a time, or the middle of its law; 0 for one that is looked up."""
    if isinstance(time, Random):
        return time.distribution.middle
    return time.value if isinstance(time, Fixed) else 0.0


class Observed(Strict):
    """A published share of cases that were given a document in time, for comparison."""

    document: str
    """The document that was given."""
    by: FixedTime
    """How soon it was given."""
    value: FixedShare
    """The share of cases, as published."""
    since: Literal["case", "start"] = "case"
    """What ``by`` counts from: the start of each case or of the scenario."""

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
    """Documents of which the share of cases and the days are told."""
    groups: Names = ()
    """Attributes by whose values the figures are told apart."""
    observed: dict[str, Observed] = Field(default_factory=dict)
    """Published shares to compare with, by the id of the fact."""


class Scenario(Strict):
    """A comparison: streams of cases in each arm, repeated under common random numbers."""

    scenario: Name
    """Name of the scenario: that of the file."""
    title: Label | None = None
    """What people call it."""
    caption: Label | None = None
    """One line that explains it."""
    start: Moment
    """First day or moment; the clock of all runs starts here."""
    channels: Annotated[tuple[ArmChannel, ...], Some, Once, Different] | None = None
    """One arm for each channel, in this order.

    ``analog``, ``digital``, ``agentic``, or ``mixed``, where the rules of ``start`` choose.
    """
    compare: Annotated[dict[Name, Arm], Some] | None = None
    """The arms by name, when they differ in more than the channel.

    See below.
    """
    cases: Annotated[dict[Name, Stream], Some]
    """Streams of cases by name; they share all offices.

    See below.
    """
    levers: dict[Name, Any] = Field(default_factory=dict)
    """Levers to pull in every arm."""
    override: dict[str, Any] = Field(default_factory=dict)
    """Fields to set in every arm, each by its path."""
    outages: Annotated[tuple[Outage, ...], Once, Different] = ()
    """Times at which an actor is shut down."""
    calendars: dict[Name, Hours] = Field(default_factory=dict)
    """Opening hours and timetables by name.

    As in procedures.
    """
    indicators: dict[Variable, Indicator] = Field(default_factory=dict)
    """What is counted of all cases together, for lookups, rules and attributes to read.

    As in procedures.
    """
    horizon: FixedTime = Fixed(365 * 86_400.0)
    """How long a case is followed from its own start.

    365d unless said otherwise.
    """
    warm_up: FixedTime = Fixed(0.0)
    """Cases that start earlier than this are left out of the figures.

    0 unless said otherwise.
    """
    replications: Whole = Field(default=20, ge=1, le=100_000)
    """How often each arm is run.

    20 times unless said otherwise.
    """
    seed: Whole = Field(default=1, ge=0, lt=2**32)
    """Where the random numbers start.

    At 1 unless said otherwise.
    """
    report: Report | None = None
    """What is told besides the usual figures.

    See below.
    """

    exactly_one = ("channels", "compare")

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

    @property
    def arms(self) -> dict[str, Arm]:
        """The worlds to compare, by name; ``channels`` is short for one arm each."""
        if self.compare is not None:
            return dict(self.compare)
        return {channel: Arm(channel=channel) for channel in self.channels or ()}

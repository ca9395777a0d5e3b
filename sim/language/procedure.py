"""Procedures: documents, the steps that need and give them, and what can go wrong."""

from __future__ import annotations

from functools import reduce
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

from sim.errors import nearest
from sim.language.amounts import parted, wrong
from sim.language.attribute import Attribute
from sim.language.base import (
    CHANNELS,
    Channel,
    Condition,
    Different,
    Item,
    Label,
    Name,
    Names,
    Noun,
    Once,
    Some,
    SomeNames,
    Strict,
    Tally,
    Truth,
    each_once,
)
from sim.language.domain import Variable
from sim.language.hours import Hours, HoursOrName
from sim.language.json_schema import NAME, TEXT, Shape, either, one_of, shape
from sim.language.overlay import NONE, Overlay, entries, laid, nones, overlaid, taken
from sim.language.phrases import Spoken
from sim.language.quantity import (
    Duration,
    Fixed,
    Quantity,
    Rank,
    Share,
    Work,
    Yen,
    one_range,
    parse,
)
from sim.yaml.quoted import quoted

NEVER: Final = "never"
"""What ``if`` says of a step that no case does."""


def _staff(raw: object) -> Quantity | Literal["unlimited"]:
    return "unlimited" if raw == "unlimited" else parse(raw, "count")


Staff = Annotated[
    Quantity | Literal["unlimited"],
    PlainValidator(_staff),
    WithJsonSchema({"anyOf": [{"const": "unlimited"}, shape("Count")]}),
]
"""Size of a pool, or ``unlimited``: whoever comes is served at once, as if nothing were said."""


class Actor(Strict):
    """Somebody in a journey: an agent, with a shared pool of staff or one for each case."""

    agent: Name
    """The agent that acts: a file in agents/."""
    staff: Staff | None = None
    """Size of a pool that all cases share; ``unlimited``: each case has its own."""
    hours: HoursOrName | None = None
    """When it is at work, instead of the agent's own hours."""
    title: Label | None = None
    """What people call it here."""
    each: Name | None = None
    """One such actor for each item of this list."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"agent": raw} if isinstance(raw, str) else raw

    @property
    def pool(self) -> Quantity | None:
        """How many serve all cases; None: each case has its own."""
        return None if isinstance(self.staff, str) else self.staff

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """An agent's name or a mapping."""
        return either(NAME, mapping=mapping)


class Document(Noun):
    """A paper or data set. ``kept``: survives a return. ``valid``: how long it may be used."""

    valid: Duration | None = None
    """How long it may be used after it was given."""
    lapsed: str | None = None
    """The defect that a document too old brings, since nobody looks at its date."""
    kept: Truth = False
    """Whether a return leaves it with the case."""

    @model_validator(mode="after")
    def _may_lapse(self) -> Document:
        if isinstance(self.valid, Fixed) and not self.valid.value:
            raise wrong("valid_never", ("valid",))
        if self.lapsed is not None and self.valid is None:
            raise wrong("lapsed_never", ("lapsed",), on="key")
        return self


def _loss(raw: object) -> Quantity | str:
    name = isinstance(raw, str) and raw.replace("_", "").isalnum() and not raw[0].isdigit()
    return raw if name and isinstance(raw, str) else parse(raw, "yen")


Loss = Annotated[
    Quantity | str, PlainValidator(_loss), WithJsonSchema({"anyOf": [NAME, shape("Yen")]})
]
"""Yen: a number, or the attribute that says how many."""


class Harm(Label):
    """What a defect does for good. ``as``: a wrong result, or a loose end left."""

    as_: Literal["wrong", "incomplete"] = Field(default="wrong", alias="as")
    """``wrong`` (the rule): a wrong result; ``incomplete``: a loose end left."""


class Defect(Noun):
    """Something wrong inside documents. With ``harm`` a case that ends with it is flawed.

    ``loss``: yen that go astray when money leaves on the strength of a document with it.
    """

    harm: Harm | None = None
    """What is wrong for good if it is never found; without it a case stays clean."""
    returns_to: str | None = None
    """The step it is sent back to instead of the one that made it."""
    loss: Loss | None = None
    """Yen, or an attribute: what goes astray when money leaves with this defect."""


class Delay(Strict):
    """Elapsed time that holds nobody: a duration, or until the next slot of a timetable."""

    time: Duration | None = None
    until: str | None = None
    """A timetable: the document goes out with its next run."""
    at_least: Duration | None = None
    """How long it has to lie before it may go out."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "until" in raw:
            return raw
        return {"time": raw}

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A duration, or a mapping with ``until``."""
        fields = {key: field for key, field in mapping["properties"].items() if key != "time"}
        until = {**mapping, "properties": fields, "required": ["until"]}
        return either(shape("Duration"), mapping=until)


class Batch(Strict):
    """Cases are gathered and done as one: ``at`` the next run of a timetable, ``most`` together."""

    at: str | None = None
    """A timetable: whoever is ready by its next run goes together."""
    most: Tally | None = Field(default=None, ge=1)
    """How many cases go together at most."""


Counted = Annotated[Tally, Field(ge=0), BeforeValidator(lambda raw: 0 if raw is None else raw)]
"""How many; what is taken away is 0."""


class Burden(Overlay):
    """What a visit costs the applicant besides time; ``fee`` in yen."""

    visits: Counted = 0
    """Visits to an office."""
    forms: Counted = 0
    """Forms to be filled in."""
    seals: Counted = 0
    """Seals or signatures by hand."""
    logins: Counted = 0
    """Times to log in."""
    fee: Yen | None = None
    """Yen to be paid."""


def _making(raw: object) -> Quantity | Literal["confidence"]:
    return "confidence" if raw == "confidence" else parse(raw, "share")


Making = Annotated[
    Quantity | Literal["confidence"],
    PlainValidator(_making),
    WithJsonSchema({"anyOf": [{"const": "confidence"}, shape("Share")]}),
]
"""The chance of making a defect: a share, or ``confidence``, what the agent's confidence leaves."""


Makes = Annotated[dict[str, Making | None], BeforeValidator(laid)]
Finds = Annotated[dict[str, Share | None], BeforeValidator(laid)]


class Again(Overlay):
    """What differs from the second visit on."""

    work: Work | None = None
    """Hands-on time of the second and later visits."""
    delay: Delay | None = None
    """Elapsed time after the work of the second and later visits."""
    makes: Makes | None = None
    """Chances of making defects from the second visit on, on top of the first."""
    finds: Finds | None = None
    """Chances of finding defects from the second visit on, on top of the first."""
    confidence: Share | None = None
    """How sure an AI is of its second and later drafts."""
    burden: Burden | None = None
    """What the second and later visits cost the applicant besides time."""


class Never(Condition):
    """The condition of a step that every case passes in no time."""


def _applies(raw: object, read: ValidatorFunctionWrapHandler) -> Any:
    return Never.model_construct(tests={}) if raw == NEVER else read(raw)


def _somebody(raw: object) -> object:
    if raw == []:
        raise wrong("by_nobody")
    return raw


class Profile(Overlay):
    """How a step is done; a channel's block lies over the step's own fields."""

    needs: Names | None = None
    """Documents that must be held before the step can begin.

    One or a list.
    """
    if_: Annotated[Condition | None, WrapValidator(_applies)] = Field(default=None, alias="if")
    """Applies only to cases of which this holds; others pass it; ``never``: all do.

    Passing takes no time.
    """
    open_to: Condition | None = None
    """Who can use this channel; others do the step in the next lower one."""
    by: Annotated[Names | None, BeforeValidator(_somebody)] = None
    """Who does it, taken in this order; without anybody the channel lacks the step.

    The last of several examines.
    """
    work: Work | None = None
    """Hands-on time in the hours that all its actors share.

    It holds them.
    """
    delay: Delay | None = None
    """Elapsed time after the work that holds nobody.

    ``3d``, ``5bd``, or ``{until: TIMETABLE, at_least: 1bd}``.
    """
    batch: Batch | None = None
    """Cases are gathered; the step runs once for all of them.

    ``{at: TIMETABLE, most: 5000}``; ``{}``: those ready in one second.
    """
    priority: Rank | None = None
    """Place in the queue: small numbers first."""
    makes: Makes | None = None
    """The chance of making each defect.

    ``confidence`` stands for what its confidence leaves open.
    """
    finds: Finds | None = None
    """The chance of finding each defect that is in the documents.

    Those just made are among them.
    """
    decides: Names | None = None
    """Attributes that are known from here on.

    Conditions on them wait for it.
    """
    confidence: Share | None = None
    """How sure an AI is of its draft; the rules of ``drafted`` may test it.

    It is drawn at each visit.
    """
    again: Again | None = None
    """What differs from the second visit on.

    ``work delay makes finds confidence burden``.
    """
    burden: Burden | None = None
    """What a visit costs the applicant besides time.

    ``visits forms seals logins``, and ``fee`` in yen.
    """
    pays: Truth | None = None
    """Money leaves when this step gives: defects with ``loss`` cost from here on."""

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "omit" in raw:
            raise wrong("omit_is_if", ("omit",), on="key")
        return raw

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A step may apply never."""
        fields = mapping["properties"]
        never = either({"const": NEVER}, mapping=fields["if"])
        return super().spelled(mapping | {"properties": fields | {"if": never}})

    @property
    def applies(self) -> Condition | None:
        """To which cases the step applies; None: to all, or to none if it is ``passed``."""
        return None if self.passed else self.if_

    @property
    def passed(self) -> bool:
        """Whether all cases pass the step in no time."""
        return isinstance(self.if_, Never)


_Layer = tuple[tuple[str, ...], Profile | Again]
"""What counts in a channel, and below which keys of the step it is written."""


class Step(Profile):
    """One thing somebody does, in each channel in its own way."""

    title: Label | None = None
    """What people call it."""
    caption: Label | None = None
    """One line that explains it."""
    gives: SomeNames = ()
    """Documents that are held once the step is done."""
    each: Name | None = None
    """One such step for each item of this list."""
    once: Literal["site"] | None = None
    """``site``: the first case of a site does it for all of them."""
    analog: Profile | Channel | None = None
    """How it is done on paper: what differs from the step, or another channel."""
    digital: Profile | Channel | None = None
    """How it is done online: what differs from the step, or another channel."""
    agentic: Profile | Channel | None = None
    """How it is done with AI: what differs from the step, or another channel."""

    whole: ClassVar = frozenset(("title", "caption", "gives", "each", "once", *CHANNELS))

    @model_validator(mode="before")
    @classmethod
    def _empty_block(cls, raw: Any) -> Any:
        for channel in CHANNELS if isinstance(raw, dict) else ():
            block = raw.get(channel, "")
            if block in ({}, NONE):
                raise wrong("block_says_nothing", (channel,), on="key", channel=channel)
            if not isinstance(block, dict | str):
                raise wrong("block_not_mapping", (channel,), channel=channel)
        return raw

    @model_validator(mode="after")
    def _blocks_end(self) -> Step:
        for channel in CHANNELS:
            seen: list[str] = [channel]
            while isinstance(block := getattr(self, seen[-1]), str):
                if block in seen:
                    path = " → ".join((*seen, block))
                    raise wrong("blocks_in_circle", (channel,), channel=channel, path=path)
                seen.append(block)
        return self

    @model_validator(mode="after")
    def _none_takes_something_away(self) -> Step:
        vain: dict[tuple[str, ...], bool] = {}
        for channel in CHANNELS:
            beneath: dict[str, Any] = {}
            for prefix, layer in self._layers(channel, later=True):
                said = {k: v for k, v in layer.said.items() if k != "again" or v is None}
                useful = set(taken(beneath, said))
                for path in nones(said):
                    at = (*prefix, *path)
                    vain[at] = vain.get(at, True) and path not in useful
                beneath = overlaid(beneath, layer.said)
        for at in (at for at, idle in vain.items() if idle):
            raise wrong("none_in_vain", tuple("if" if key == "if_" else key for key in at))
        return self

    def _layers(self, channel: Channel, *, later: bool) -> list[_Layer]:
        """Return what counts in ``channel``, each layer over those before it."""
        source, block = self._source(channel)
        first: list[tuple[tuple[str, ...], Profile]] = [((), self)]
        if block is not None:
            first.append(((source,), block))
        agains: list[_Layer] = []
        for prefix, layer in first if later else ():
            if layer.again is not None:
                agains.append(((*prefix, "again"), layer.again))
            elif "again" in layer.model_fields_set:
                agains = []
        return [*first, *agains]

    def _source(self, channel: Channel) -> tuple[Channel, Profile | None]:
        """Return the block that counts in ``channel``, and the channel it is written under."""
        block = getattr(self, channel)
        while isinstance(block, str):
            channel, block = block, getattr(self, block)  # type: ignore[assignment]  # a Channel
        return channel, block

    def block(self, channel: Channel) -> Profile | None:
        """Return what ``channel`` says on top of the step: its own block or the one it copies."""
        return self._source(channel)[1]

    def written(
        self, channel: Channel, field: str, *below: str | int, later: bool = False
    ) -> tuple[str | int, ...]:
        """Return the address, from this step on, of what ``below`` a field counts in ``channel``.

        That is in the highest layer that says it. ``later``: from the second visit on.
        """
        name = Profile.model_fields[field].alias or field
        says = [one for one in self._layers(channel, later=later) if field in one[1].said]
        exact = [one for one in says if _says(getattr(one[1], field), *below[:1])]
        prefix, _ = (exact or says or [((), self)])[-1]
        return (*prefix, name, *below)

    @property
    def drafted(self) -> bool:
        """Whether it is drafted with confidence in some channel."""
        return any(self.profile(channel).confidence is not None for channel in CHANNELS)

    def profile(self, channel: Channel) -> Profile:
        """Return how this step is done in ``channel``; its ``again`` is all of a later visit."""
        first: dict[str, Any] = reduce(
            overlaid, (one.said for _, one in self._layers(channel, later=False)), {}
        )
        layers = self._layers(channel, later=True)
        again = None
        if layers[-1][0][-1:] == ("again",):
            later: dict[str, Any] = reduce(overlaid, (one.said for _, one in layers), {})
            again = Again.model_construct(
                **{key: later[key] for key in Again.model_fields if key in later}
            )
        return Profile.model_construct(**(first | {"again": again}))


def _says(value: Any, key: str | int | None = None) -> bool:
    """Whether ``key`` is among the entries of a value, or the value is one thing."""
    named = isinstance(value, dict | Overlay)
    return not named or key is None or key in entries(value)


class Goal(Strict):
    """A document to be reached, perhaps only ``if`` something holds."""

    document: str
    """A document to be reached."""
    if_: Condition | None = Field(default=None, alias="if")
    """Only in cases of which this holds."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return {"document": raw} if isinstance(raw, str) else raw

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A document's name or a mapping."""
        return either(TEXT, mapping=mapping)


Goals = Annotated[tuple[Goal, ...], Some, Once, Different]


class End(Strict):
    """A lawful or unlawful end of a case once a fact is known."""

    when: Condition
    """The attributes that end a case."""
    as_: Literal["rejected", "withdrawn", "abandoned", "dismissed"] = Field(alias="as")
    """How such a case ends."""


class Deadline(Strict):
    """``document`` must be given ``within`` a time after another or the start, or ``at`` a date.

    Missed: the case is ``late``, or ends ``expired``, or silence stands for it: ``given``.
    """

    document: str
    """The document that has to be given in time."""
    within: Duration | None = None
    """How much time there is; ``14d`` ends with the 14th day."""
    after: str | None = None
    """The document that starts the clock; without it the start of the case does."""
    at: str | None = None
    """A fixed day or moment: 2026-04-01 or 2026-04-01T17:15."""
    missed: Literal["late", "expired", "given"]
    """What a missed deadline does: ``late`` marks the case, ``expired`` ends it."""
    source: str | None = None
    """Id of the fact that says so."""

    @model_validator(mode="after")
    def _one_clock(self) -> Deadline:
        if self.within is None and self.at is None:
            raise wrong("deadline_no_clock")
        if self.within is not None and self.at is not None:
            raise wrong("deadline_two_clocks", ("at",), on="key", one="within", other="at")
        if self.at is not None and self.after is not None:
            raise wrong("deadline_two_clocks", ("after",), on="key", one="at", other="after")
        if self.within is not None and not isinstance(self.within, Fixed):
            raise wrong("deadline_fixed", ("within",))
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """With one of the two clocks."""
        return one_of("within", "at", mapping=mapping)


def _values(raw: object) -> object:
    """``[a, b]`` stands for values that set nothing: conditions and lookups read them."""
    if not isinstance(raw, list):
        return raw
    names = [quoted(name) for name in raw]
    each_once(names)
    return {name: {} for name in names}


class Lever(Strict):
    """A named change: patches by value (``values``), or a number that ``replaces`` fields."""

    title: Label | None = None
    """What people call it."""
    default: str | int | float | bool
    """The value if nobody chooses one; with the range of what may be chosen."""
    values: (
        Annotated[
            dict[str, dict[str, Any]],
            BeforeValidator(
                _values,
                json_schema_input_type=dict[str, dict[str, Any]]
                | Annotated[list[str | bool | int], Some, Different],
            ),
        ]
        | None
    ) = None
    """The values there are, each with the fields that it sets."""
    range: tuple[str | int | float, str | int | float] | None = None
    """Lowest and highest number that may be chosen, if they do not stand behind the default."""
    replaces: Annotated[tuple[str, ...], Some, Once, Different] | None = None
    """The fields that the number goes to."""
    source: str | None = None
    """Id of the fact that the default is from."""

    @model_validator(mode="before")
    @classmethod
    def _range_behind_default(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "default" not in raw:
            return raw
        if "range" in raw:
            one_range(raw, "default", ())
            return raw
        default, bounds = parted(raw["default"]) if "replaces" in raw else (raw["default"], None)
        return raw | {"default": default} | ({"range": bounds} if bounds else {})

    @model_validator(mode="before")
    @classmethod
    def _default_leaves_all_as_it_is(cls, raw: Any) -> Any:
        """A default that is not among the values sets nothing."""
        values = raw.get("values") if isinstance(raw, dict) else None
        default = quoted(raw.get("default")) if isinstance(values, dict) else ""
        if isinstance(values, dict) and "default" in raw and nearest(default, values) is None:
            return raw | {"values": {default: {}, **values}}
        return raw

    @model_validator(mode="after")
    def _one_kind(self) -> Lever:
        if self.values is None and self.replaces is None:
            raise wrong("lever_no_kind")
        if self.values is not None and self.replaces is not None:
            raise wrong("lever_two_kinds", ("replaces",), on="key")
        default = quoted(self.default)
        if self.values is not None and default not in self.values:
            values = {"given": default, "known": ", ".join(self.values)}
            raise wrong(
                "lever_default", ("default",), guess=nearest(default, self.values), **values
            )
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """With one of the two kinds."""
        return one_of("values", "replaces", mapping=mapping)


class ListItem(Strict):
    """One item of a list that steps are unrolled over; ``chance``: whether a case has it."""

    chance: Share | None = None
    """The share of cases that have this item."""
    title: Label | None = None
    """What people call it."""


def _items(raw: object) -> object:
    """``[a, b]`` or a count stand for items without details."""
    if isinstance(raw, list):
        names = [str(item) for item in raw]
        each_once(names)
        return {name: {} for name in names}
    if isinstance(raw, int) and not isinstance(raw, bool):
        if not 1 <= raw <= 1000:  # noqa: PLR2004 -- more is a mistake
            raise wrong("list_count", given=raw)
        return {str(number): {} for number in range(1, raw + 1)}
    return raw


Items = Annotated[
    Annotated[dict[Item, ListItem], Some],
    BeforeValidator(
        _items,
        json_schema_input_type=Annotated[dict[Item, ListItem], Some]
        | Annotated[list[Item | int], Some, Different]
        | Annotated[int, Field(ge=1, le=1000)],
    ),
]


class Procedure(Strict):
    """A set of steps with the documents they pass on."""

    procedure: Name
    """Name of the procedure: that of the file."""
    title: Label | None = None
    """What people call it."""
    caption: Label | None = None
    """One line that explains it."""
    applicant: Name
    """The actor whose attention, patience and choice of channel count."""
    actors: dict[Name, Actor]
    """Who takes part. Names are shared by all procedures of a journey."""
    calendars: dict[Name, Hours] = Field(default_factory=dict)
    """Opening hours and timetables by name."""
    attributes: dict[Variable, Attribute] = Field(default_factory=dict)
    """What a case is like, drawn once for each case."""
    lists: dict[Variable, Items] = Field(default_factory=dict)
    """Lists that steps and actors are repeated over with ``each``."""
    documents: dict[Name, Document]
    """Papers and data sets that steps need and give."""
    defects: dict[Name, Defect] = Field(default_factory=dict)
    """What may be wrong inside documents."""
    steps: dict[Name, Step]
    """What has to be done. Only documents order the steps."""
    goal: Goals = ()
    """Documents to be reached if the scenario names none."""
    ends: Annotated[tuple[End, ...], Once, Different] = ()
    """Facts that end a case as soon as they are known."""
    deadlines: Annotated[tuple[Deadline, ...], Once, Different] = ()
    """Documents that have to be given in time."""
    levers: dict[Variable, Lever] = Field(default_factory=dict)
    """Named changes that a scenario or the command line can choose."""
    phrases: Spoken = Field(default_factory=Spoken)
    """The words by which people ask for its documents: ``plan --say``."""

    @model_validator(mode="after")
    def _phrases_for_documents(self) -> Procedure:
        for use, spoken in (("goal", self.phrases.goal), ("have", self.phrases.have)):
            for name in spoken:
                if name not in self.documents:
                    guess = nearest(name, self.documents)
                    at = ("phrases", use, name)
                    raise wrong("unknown_document", at, on="key", name=name, guess=guess)
        return self

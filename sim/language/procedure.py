"""Procedures: documents, the steps that need and give them, and what can go wrong or be changed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic.json_schema import SkipJsonSchema

from sim.errors import nearest
from sim.language.amounts import DAY, number, wrong
from sim.language.attribute import Attribute
from sim.language.base import (
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
    Truth,
    unsaid,
)
from sim.language.clock import DayOrMoment
from sim.language.domain import Variable
from sim.language.hours import Hours, HoursOrName
from sim.language.json_schema import NAME, TEXT, closed, shape
from sim.language.quantity import (
    Duration,
    Fixed,
    FixedDuration,
    FixedShare,
    FixedTime,
    Quantity,
    Share,
    Work,
    parse,
    ranged,
)
from sim.language.skill import Size
from sim.language.step import Step
from sim.words import TITLED, catalogue
from sim.yaml.writer import inline, quoted

_SHORTEST: Final = 2  # letters of a phrase; a shorter one would be found in every order


def plain(text: str) -> str:
    """Return the letters and digits of ``text`` alone, in one width and one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


class Phrases(Strict):
    """What a document is called in an order, in each language."""

    __annotations__ = {
        lang: Annotated[Names, Field(description=f"Phrases in {catalogue(lang).name}.")]
        for lang in TITLED
    }

    @model_validator(mode="after")
    def _say_something(self) -> Phrases:
        for lang in TITLED:
            for i, phrase in enumerate(getattr(self, lang)):
                if len(plain(phrase)) < _SHORTEST:
                    raise wrong("phrase_short", (lang, i), least=_SHORTEST)
        return self

    @property
    def all(self) -> tuple[str, ...]:
        """The phrases of all languages: an order may be in any, or in several."""
        return tuple(phrase for lang in TITLED for phrase in getattr(self, lang))


class Spoken(Strict):
    """Documents by what an order calls them: those to reach and those at hand."""

    goal: dict[str, Phrases] = Field(default_factory=dict)
    """Documents to be reached, each with what an order calls it."""
    have: dict[str, Phrases] = Field(default_factory=dict)
    """Documents at hand if an order mentions them, each with what it calls them."""


@dataclass(frozen=True)
class StaffOfEach:
    """Staff that each site has for itself."""

    number: Quantity


def _staff(raw: object) -> Quantity | StaffOfEach | Literal["unlimited"]:
    if not isinstance(raw, dict) or "each" not in raw:
        return "unlimited" if raw == "unlimited" else parse(raw, "count")
    if raw["each"] != "site":
        raise wrong("staff_each", ("each",), given=quoted(raw["each"]))
    if "value" not in raw:
        raise wrong("value.missing", name="value")
    return StaffOfEach(parse({key: one for key, one in raw.items() if key != "each"}, "count"))


_OF_EACH: Final = closed(
    {
        "value": shape("Count"),
        "each": {"const": "site"},
        "source": TEXT,
        "range": {"type": "array", "minItems": 2, "maxItems": 2},
    },
    "value",
    "each",
)

Staff = Annotated[
    Quantity | StaffOfEach | Literal["unlimited"],
    PlainValidator(_staff),
    WithJsonSchema({"anyOf": [{"const": "unlimited"}, shape("Count"), _OF_EACH]}),
]
"""Size of a pool, or ``unlimited``: whoever comes is served at once, as if nothing were said."""


class Load(Strict):
    """Other business of a pool, the same in every arm: it fills a ``share`` of the time.

    That is the time that the staff declared in the file is open, whatever an arm makes of it.
    """

    share: Share
    """The share of the open time of the declared staff; it may go by time, month or weekday."""
    each: Work
    """The hands-on work of one piece."""
    backlog: FixedDuration = Fixed(0.0)
    """How long the declared staff would take for what lies there when the scenario starts."""

    @model_validator(mode="after")
    def _plain_backlog(self) -> Load:
        if not isinstance(self.backlog, Fixed):
            raise wrong("must_be_fixed", ("backlog",), name="backlog")
        return self


class Actor(Strict):
    """Somebody in a journey: an agent, with a shared pool of staff or one for each case."""

    agent: Name
    """The agent that acts: a file in agents/."""
    staff: Staff | None = None
    """Size of a pool that all cases share; ``unlimited``: each case has its own.

    ``{value: 3, each: site}``: each site has such a pool.
    """
    load: Load | None = None
    """Other business that the pool has beside the cases."""
    hours: HoursOrName | None = None
    """When it is at work, instead of the agent's own hours."""
    title: Label | None = None
    """What people call it here."""
    each: Name | None = None
    """One such actor for each item of this list."""

    brief = ("agent", str, NAME)
    beside: ClassVar = {"load": ("staff",)}

    @property
    def pool(self) -> Quantity | None:
        """How many serve all cases; None: each case has its own."""
        if isinstance(self.staff, StaffOfEach):
            return self.staff.number
        return None if isinstance(self.staff, str) else self.staff

    @model_validator(mode="after")
    def _load_on_a_pool(self) -> Actor:
        if self.load is not None and self.pool is None:
            raise wrong("load_no_staff", ("load",), on="key")
        if self.load is not None and isinstance(self.staff, StaffOfEach):
            raise wrong("load_each_site", ("load",), on="key")
        return self


class Document(Noun):
    """A paper or data set. ``kept``: survives a return. ``valid``: how long it may be used.

    ``left_out``: what is wrong where somebody does not know that it is needed.
    """

    valid: Duration | None = None
    """How long it may be used after it was given."""
    lapsed: str | None = None
    """The defect that a document too old brings, since nobody looks at its date."""
    left_out: str | None = None
    """The defect of what is done without it by somebody who does not know that it is needed."""
    kept: Truth = False
    """Whether a return leaves it with the case."""
    size: Annotated[dict[Name, Size], Some] = Field(default_factory=dict)
    """How many units there are in it, by their name: entries, papers, pages."""
    slip: str | None = None
    """What a slip in writing it is called: a defect."""

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


class Goal(Strict):
    """A document to be reached, perhaps only ``if`` something holds."""

    document: str
    """A document to be reached."""
    if_: Condition | None = Field(default=None, alias="if")
    """Only in cases of which this holds."""

    brief = ("document", str, TEXT)


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
    at: DayOrMoment | None = None
    """A fixed day or moment: 2026-04-01 or 2026-04-01T17:15."""
    missed: Literal["late", "expired", "given"]
    """What a missed deadline does: ``late`` marks the case, ``expired`` ends it."""
    source: str | None = None
    """Id of the fact that says so."""

    exactly_one = ("within", "at")

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


class ListItem(Strict):
    """One item of a list that steps are unrolled over; ``chance``: whether a case has it."""

    chance: Share | None = None
    """The share of cases that have this item."""
    title: Label | None = None
    """What people call it."""


def _items(raw: object) -> object:
    """``[a, b]`` or a count stand for items without details."""
    if isinstance(raw, list):
        return unsaid(str(item) for item in raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        if not 1 <= raw <= 1000:  # noqa: PLR2004 -- more is a mistake
            raise wrong("list_count", given=raw)
        return unsaid(str(number) for number in range(1, raw + 1))
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


def _values(raw: object) -> object:
    """``[a, b]`` stands for values that set nothing: conditions and lookups read them."""
    return unsaid(map(inline, raw)) if isinstance(raw, list) else raw


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

    exactly_one = ("values", "replaces")

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, raw: Any) -> Any:
        """A default that is not among the values sets nothing; a number may have its range."""
        if not isinstance(raw, dict) or "default" not in raw:
            return raw
        values, default = raw.get("values"), inline(raw["default"])
        if isinstance(values, dict) and nearest(default, values) is None:
            raw = raw | {"values": {default: {}, **values}}
        return ranged(raw, "default") if "replaces" in raw else raw

    @model_validator(mode="after")
    def _one_kind(self) -> Lever:
        if self.values is None and self.replaces is None:
            raise wrong("lever_no_kind")
        if self.values is not None and self.replaces is not None:
            raise wrong("lever_two_kinds", ("replaces",), on="key")
        if self.values is not None and self.range is not None:
            raise wrong("lever_range_of_values", ("range",), on="key")
        default = inline(self.default)
        if self.values is not None and default not in self.values:
            values = {"given": quoted(default), "known": ", ".join(self.values)}
            raise wrong(
                "lever_default", ("default",), guess=nearest(default, self.values), **values
            )
        return self


def _unseen(_: object) -> object:
    raise wrong("indicator_made", on="key")


class Counted(Strict):
    """What an indicator counts: only what somebody sees, found slips or documents given."""

    found: SomeNames | None = None
    """Defects: each time that one of them is found, in any case."""
    given: SomeNames | None = None
    """Documents: each time that one of them is given, in any case."""
    made: Annotated[Any, BeforeValidator(_unseen), SkipJsonSchema()] = None

    exactly_one = ("found", "given")

    @model_validator(mode="after")
    def _one_kind(self) -> Counted:
        if (self.found is None) is (self.given is None):
            raise wrong("indicator_counts_one")
        return self


class Indicator(Strict):
    """What decision makers see of all cases, and when: a count of days past, or a ratio of two."""

    title: Label | None = None
    """What people call it."""
    count: Counted
    """What is counted: ``{found: DEFECTS}`` or ``{given: DOCUMENTS}``, in all cases together."""
    per: Counted | None = None
    """What the count is divided by; the indicator is then a share."""
    over: FixedTime | None = None
    """Over how many of the last days, without it over all since the scenario's first."""
    known_after: FixedTime = Fixed(0.0)
    """How many days pass before a day's count is known; without it, it is at the day's end."""
    else_: FixedShare | None = Field(default=None, alias="else")
    """What a ratio is while there is nothing to count and nothing to divide by; 0% by itself."""

    beside: ClassVar = {"else": ("per",)}

    @model_validator(mode="after")
    def _whole_days(self) -> Indicator:
        for name, least in (("over", DAY), ("known_after", 0)):
            length = getattr(self, name)
            if length is None:
                continue
            if not isinstance(length, Fixed):
                raise wrong("must_be_fixed", (name,), name=name)
            ends = (number(end, "time")[0] for end in length.note.range or ())
            if any(days % DAY or days < least for days in (length.value, *ends)):
                raise wrong("indicator_days", (name,), name=name)
        if self.else_ is not None and self.per is None:
            raise wrong("indicator_else", ("else",), on="key")
        if self.else_ is not None and not isinstance(self.else_, Fixed):
            raise wrong("must_be_plain", ("else",), name="else")
        return self


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
    indicators: dict[Variable, Indicator] = Field(default_factory=dict)
    """What is counted of all cases together, for lookups, rules and attributes to read."""
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

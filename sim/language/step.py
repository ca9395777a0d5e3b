"""Steps: what is needed and given, by whom, how long it takes, what it makes and finds.

What a channel says lies over the step, what ``again`` says over the first visit, key by key: each
of these layers is an ``Overlay``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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

from sim.language.amounts import wrong
from sim.language.base import (
    CHANNELS,
    Channel,
    Condition,
    Label,
    Name,
    Names,
    SomeNames,
    Strict,
    Tally,
    Truth,
)
from sim.language.json_schema import Shape, either, shape
from sim.language.overlay import Layered, Overlay, laid
from sim.language.quantity import Count, Duration, Quantity, Rank, Share, Work, Yen, parse

_NEVER: Final = "never"  # what ``if`` says of a step that no case does


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
        return raw if isinstance(raw, dict) and "until" in raw else {"time": raw}

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


class Select(Strict):
    """Who gets one of some places, or a part of a budget, of a call."""

    at: str | None = None
    """A timetable: when a call closes. The next one has its own places or budget.

    Without it there is one call only.
    """
    places: Count | None = None
    """How many cases a call takes."""
    budget: Yen | None = None
    """Yen that a call has."""
    costs: Name | None = None
    """The attribute that says how many yen of the budget a case takes."""
    rank: Name | None = None
    """The attribute by which the best are taken when the call closes, the highest first.

    Without it whoever comes first is taken.
    """
    decides: Name
    """The attribute, declared as ``false``, that is true of those who are taken."""

    exactly_one = ("places", "budget")
    beside: ClassVar = {"budget": ("costs",), "costs": ("budget",), "rank": ("at",)}

    @model_validator(mode="after")
    def _one_pot(self) -> Select:
        if (self.places is None) == (self.budget is None):
            raise wrong("select_pot", ("budget",) if self.budget else (), on="key")
        if (self.budget is None) != (self.costs is None):
            raise wrong("select_costs", ("costs",) if self.costs else ("budget",), on="key")
        if self.rank is not None and self.at is None:
            raise wrong("select_open", ("rank",), on="key")
        return self


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


@dataclass(frozen=True)
class LeftOpen:
    """A chance that follows from the draw of the confidence. No file says it: a skill does."""

    share: Quantity


Making = Annotated[
    Quantity | LeftOpen | Literal["confidence"],
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
    return Never.model_construct(tests={}) if raw == _NEVER else read(raw)


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
    task: Name | None = None
    """The skill of whoever does it that says what is not said here."""
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
        never = either({"const": _NEVER}, mapping=fields["if"])
        return super().spelled(mapping | {"properties": fields | {"if": never}})

    @property
    def applies(self) -> Condition | None:
        """To which cases the step applies; None: to all, or to none if it is ``passed``."""
        return None if self.passed else self.if_

    @property
    def passed(self) -> bool:
        """Whether all cases pass the step in no time."""
        return isinstance(self.if_, Never)


_SKILLED: Final = Again.model_fields.keys() - {"delay"}
"""What a skill may say of a step."""

FLAGS: Final = tuple(n for n, f in Profile.model_fields.items() if f.annotation == Truth | None)
"""What a step says by true or false; its ``StepSpec`` has a field of each name."""


class Step(Layered, Profile):
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
    select: Select | None = None
    """There is not enough for all: who of those that need it is taken.

    ``{at: TIMETABLE, places: 20, rank: ATTRIBUTE, decides: ATTRIBUTE}``.
    """
    analog: Profile | Channel | None = None
    """How it is done on paper: what differs from the step, or another channel."""
    digital: Profile | Channel | None = None
    """How it is done online: what differs from the step, or another channel."""
    agentic: Profile | Channel | None = None
    """How it is done with AI: what differs from the step, or another channel."""

    whole: ClassVar = frozenset(("title", "caption", "gives", "each", "once", "select", *CHANNELS))

    def beneath(self, channel: Channel, path: tuple[str, ...]) -> bool:
        """A skill may stand beneath what a step with a task says."""
        tasks = [one.said.get("task") for _, one in self._layers(channel, later=False)]
        return any(tasks) and path[0] in _SKILLED

    def block(self, channel: Channel) -> Profile | None:
        """Return what ``channel`` says on top of the step: its own block or the one it copies."""
        block = self._source(channel)[1]
        return block if isinstance(block, Profile) else None

    def profile(self, channel: Channel) -> Profile:
        """Return how this step is done in ``channel``; its ``again`` is all of a later visit."""
        return self.profiles[channel]

    @cached_property
    def profiles(self) -> dict[Channel, Profile]:
        """How this step is done in each channel, laid together once."""
        return {channel: self.over(channel) for channel in CHANNELS}

    def over(
        self,
        channel: Channel,
        under: Mapping[str, Any] | None = None,
        later: Mapping[str, Any] | None = None,
    ) -> Profile:
        """Return how this step is done in ``channel`` over what stands ``under`` all it says.

        ``later``: what stands under it from the second visit on, where that is something else.
        """
        again = None
        if later is not None or self.changes(channel):
            told = self.laid(channel, under if later is None else later, later=True)
            kept = {key: told[key] for key in Again.model_fields if key in told}
            again = Again.model_construct(**kept)
        return Profile.model_construct(**(self.laid(channel, under) | {"again": again}))

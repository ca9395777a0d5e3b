"""Agents: who acts, when, how many things at once, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, WithJsonSchema, model_validator

from sim.errors import nearest
from sim.language.amounts import wrong
from sim.language.attribute import Attribute
from sim.language.base import CHANNELS, Channel, Condition, Label, Name, Strict, Tally
from sim.language.domain import BUILT_IN, Spans, Variable, below, fits
from sim.language.hours import HoursOrName
from sim.language.json_schema import Shape, closed, shape
from sim.language.quantity import Duration, Fixed, FixedFactor, FixedYen, Share, Work
from sim.language.skill import Skill
from sim.yaml.writer import quoted

Event = Literal["start", "drafted", "found", "returned", "waiting", "outage"]
EVENTS: Final[tuple[Event, ...]] = ("start", "drafted", "found", "returned", "waiting", "outage")

ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "start": ("go", "use", "give_up"),
    "drafted": ("proceed", "ask_human"),
    "found": ("return", "fix", "dismiss", "overlook"),
    "returned": ("redo", "use", "ask_human", "give_up"),
    "waiting": ("wait", "hurry", "give_up"),
    "outage": ("wait", "use"),
}
"""What may follow each event; the first is the default where no rule holds."""

_WORDS: Final = tuple(dict.fromkeys(word for words in ACTIONS.values() for word in words))

TESTABLE: Final[dict[str, tuple[str, ...]]] = {
    "start": (),
    "drafted": ("confidence", "visit"),
    "found": ("defect", "returns", "queue"),
    "returned": ("defect", "returns", "visit", "elapsed"),
    "waiting": ("waited", "elapsed"),
    "outage": ("down_for",),
}
"""What the rules of each event may test besides attributes and ``chance``."""

_ALWAYS: Final = ("channel", "made_in", "month", "queue", "time", "visit", "weekday")
"""What is not declared anywhere and may be tested besides."""

_CLOCKS: Final = ("waited", "elapsed")  # what a rule of ``waiting`` waits for
_EXAMPLES: Final = {"use": "{use: analog}", "hurry": "{hurry: 1}"}
"""Actions that say nothing without a value, each with how it is written."""

_NEEDED: Final[dict[str, Shape]] = {
    "use": {"enum": list(CHANNELS)},
    "hurry": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "fix": closed({"work": shape("Time"), "recovers": shape("Share")}, "work"),
    "redo": closed({"after": shape("Duration")}, "after"),
}
"""What stands under an action that is no mere word."""


def known_to(event: str) -> tuple[str, ...]:
    """Return what the rules of an event may test besides attributes."""
    return (*TESTABLE[event], *_ALWAYS)


class Action(Strict):
    """What an agent does: its name and what that needs."""

    do: str
    work: Work | None = None
    recovers: Share | None = None
    after: Duration | None = None
    use: Channel | None = None
    hurry: Tally | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            if raw in _EXAMPLES:
                raise wrong("action_bare", action=raw, example=_EXAMPLES[raw])
            return {"do": raw}
        if not isinstance(raw, dict) or len(raw) != 1:
            raise wrong("action_shape", given=quoted(raw))
        (do, details), *_ = raw.items()
        if do in _EXAMPLES:
            return {"do": do, do: details}
        if do not in _NEEDED:
            raise wrong("action_shape", (do,), on="key", given=do, guess=nearest(do, _WORDS))
        (wants,), may = _NEEDED[do]["required"], _NEEDED[do]["properties"].keys()
        if not isinstance(details, dict) or wants not in details or details.keys() - may:
            raise wrong("action_needs", (do,), on="key", action=do, wants=wants)
        return {"do": do, **details}

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A word, or a mapping from the word to what it needs."""
        return {"description": mapping["description"], **_spelled(_WORDS)}


def _spelled(words: Iterable[str]) -> Shape:
    """Return the shape of an action that is one of some words."""
    bare = {"enum": [word for word in words if word not in _EXAMPLES]}
    return {"anyOf": [bare, *(closed({w: _NEEDED[w]}, w) for w in words if w in _NEEDED)]}


class Rule(Strict):
    """``when`` all conditions hold, ``then`` act; ``why`` explains it to people."""

    when: Condition = Condition.model_construct(tests={})
    """What must hold; nothing always holds."""
    then: Action
    """What is done."""
    why: Label | None = None
    """The reason, as the results tell it."""


class Sessions(Strict):
    """When a person gets round to it: comes ``after`` some time, and stays for a while."""

    after: Duration
    """How long after being wanted the person comes."""
    last: Annotated[Work, WithJsonSchema(shape("FixedTime"))]
    """How long the person stays, in open hours; what is begun is finished."""

    @model_validator(mode="after")
    def _some_time(self) -> Sessions:
        if not isinstance(self.last, Fixed):
            raise wrong("must_be_plain", ("last",), name="last")
        if self.last.value < 1:
            raise wrong("law_not_positive", ("last",), name="last", given="0")
        return self


class Agent(Strict):
    """One kind of agent. ``attention`` counts steps at once for one case (``all``: no limit)."""

    agent: Name
    """Name of the agent: that of the file."""
    kind: Literal["person", "office", "professional", "ai", "system"]
    """Whether its hours are the applicant's (person), the office's, or a machine's."""
    title: Label | None = None
    """What people call it."""
    caption: Label | None = None
    """One line that explains it."""
    hours: HoursOrName = "always"
    """When it is at work: a calendar's name, or hours."""
    attention: Tally | Literal["all"] | None = None
    """Steps at once for one case. Without it a person does 1, others ``all``."""
    order: Literal["listed", "critical_path"] = "listed"
    """Which step is taken first: as listed, or by the longest way still to go."""
    sessions: Sessions | None = None
    """When a person gets round to it; without it, at once."""
    overconfidence: FixedFactor | None = None
    """How much more often its drafts are wrong than it says; 1 is honest."""
    knows: Share | None = None
    """The chance that it knows of a paper that a step needs. All of them without it.

    It may be looked up by attributes and by ``channel``; offices and systems have none.
    """
    hourly: FixedYen | None = None
    """Yen an hour of its time is worth; 2,485 for a person, 0 for others."""
    skills: dict[Name, Skill] = Field(default_factory=dict)
    """What it takes, gets wrong and finds, by task."""
    attributes: dict[Variable, Attribute] = Field(default_factory=dict)
    """What it reads of a case, where no procedure of the journey declares it."""
    price: FixedYen | None = None
    """Yen for each document that it gives, alone or with others."""
    paid_by: Literal["applicant", "office"] | None = None
    """Who pays the price: an office for an office, the applicant otherwise."""
    rules: dict[Event, dict[Name, Rule]] = Field(default_factory=dict)
    """For each event named rules; the first whose conditions all hold decides."""

    beside: ClassVar = {"paid_by": ("price",)}

    @model_validator(mode="after")
    def _rules_fit_events(self) -> Agent:
        for event, rules in self.rules.items():
            _check_order(event, rules)
            for name, rule in rules.items():
                _check_rule(event, name, rule)
        if self.sessions is not None:
            _check_sessions(self.kind, self.rules.get("returned", {}))
        if isinstance(self.attention, int) and self.attention < 1:
            raise wrong("attention_positive", ("attention",), given=self.attention)
        if self.knows is not None and self.kind in {"office", "system"}:
            raise wrong("knows_kind", ("knows",), on="key", kind=self.kind)
        if self.paid_by is not None and self.price is None:
            raise wrong("paid_by_nothing", ("paid_by",), on="key")
        for name in ("hourly", "overconfidence", "price"):
            if not isinstance(getattr(self, name), Fixed | None):
                raise wrong("must_be_plain", (name,), name=name)
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """Every event with the actions that may follow it."""
        fields = mapping["properties"]
        rules = fields["rules"]["additionalProperties"]
        fields["rules"] = fields["rules"] | closed(
            {event: _rules(rules, words) for event, words in ACTIONS.items()}
        )
        fields["attention"]["anyOf"][0]["minimum"] = 1
        return super().spelled(mapping)

    @property
    def limit(self) -> int | None:
        """Steps at once for one case; ``None`` is no limit. A person does one, others all."""
        if self.attention is None:
            return 1 if self.kind == "person" else None
        return None if self.attention == "all" else self.attention


def _rules(rules: Shape, words: Iterable[str]) -> Shape:
    """Return the shape of some rules whose actions are among ``words``."""
    then = {"properties": {"then": _spelled(words)}}
    return {**rules, "additionalProperties": {"allOf": [rules["additionalProperties"], then]}}


def _check_rule(event: str, name: str, rule: Rule) -> None:
    at = ("rules", event, name)
    if rule.then.do not in ACTIONS[event]:
        values = {"action": rule.then.do, "event": event, "allowed": ", ".join(ACTIONS[event])}
        guess = nearest(rule.then.do, ACTIONS[event])
        raise wrong("action_not_for_event", (*at, "then"), guess=guess, **values)
    if rule.then.hurry is not None and rule.then.hurry < 1:
        raise wrong("hurry_positive", (*at, "then", "hurry"), given=rule.then.hurry)
    known = {"asked", *(test for tests in TESTABLE.values() for test in tests)}
    for key in rule.when.tests:
        if key in known and key not in TESTABLE[event]:
            values = {"test": key, "event": event, "may": ", ".join((*TESTABLE[event], "chance"))}
            raise wrong("test_not_for_event", (*at, "when", key), on="key", **values)
    spans = {
        key: below((*at, "when", key), BUILT_IN[key].condition, test)
        for key, test in rule.when.tests.items()
        if key in BUILT_IN
    }
    if event == "waiting":
        _check_waiting(spans, at)


def _check_sessions(kind: str, answers: Mapping[str, Rule]) -> None:
    """Only people come and go; the time until they do is not told a second time after a letter."""
    if kind != "person":
        raise wrong("sessions_of_person", ("sessions",), on="key", kind=kind)
    for name, rule in answers.items():
        if rule.then.after is not None:
            at = ("rules", "returned", name, "then", "redo", "after")
            raise wrong("redo_and_sessions", at, on="key")


def _check_waiting(spans: Mapping[str, Spans], at: tuple[str | int, ...]) -> None:
    """A rule of waiting is asked when it begins to hold, which must be after some time."""
    clocks = {key: spans[key] for key in _CLOCKS if key in spans}
    if not clocks:
        raise wrong("waiting_untimed", at, on="key", known=", ".join(_CLOCKS))
    if all(fits(of, 0) for of in clocks.values()):
        raise wrong("waiting_at_once", (*at, "when"))
    if len(clocks) > 1 and min(spans["waited"])[0] > max(high for _, high in spans["elapsed"]):
        raise wrong("waiting_never", (*at, "when"))


def _check_order(event: str, rules: Mapping[str, Rule]) -> None:
    """A rule behind one that always holds is never reached."""
    names = list(rules)
    for name, after in pairwise(names):
        when = rules[name].when
        if not when.tests and when.chance is None:
            raise wrong("rule_unreached", ("rules", event, after), on="key", name=after, other=name)

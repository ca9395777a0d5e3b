"""The index of a journey: a number for every name, before anything is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import getitem
from typing import TypeVar

from sim.compile.calendars import DAY
from sim.compile.program import ASTRAY
from sim.graph.journey import Journey, Place, StepInstance, raise_any
from sim.graph.network import Requirements, analyse, gathered, known_first
from sim.language.agent import EVENTS
from sim.language.attribute import Value, declared, original
from sim.language.domain import AMOUNT, BOOL, BUILT_IN, RATIO, Domain
from sim.language.quantity import Fixed, Quantity
from sim.language.scenario import Scenario
from sim.yaml.located import written

K = TypeVar("K")


@dataclass(frozen=True)
class Maker:
    """Who brings a defect: a step, or a document that lapses or lies in the locker with it.

    A step that leaves out a document brings it with that one: by the name of the need.
    """

    defect: str
    step: str | None
    document: str | None

    @property
    def origin(self) -> str:
        """The name of what brings it."""
        return "/".join(part for part in (self.step, self.document) if part is not None)


@dataclass(frozen=True)
class Index:
    """The names of a journey with their numbers.

    ``streams``: in order. ``requirements``: by stream. ``wanted``: the steps that some stream may
    want, in the order of the files. ``documents``: visible ones first, hidden ones after them.
    ``domains``: what the values are of all that may be looked up. ``chosen``: attributes that a
    ``select`` decides, with the steps that know them.
    """

    journey: Journey
    streams: tuple[str, ...]
    requirements: Mapping[str, Requirements]
    wanted: tuple[StepInstance, ...]
    steps: Mapping[str, int]
    documents: Mapping[str, int]
    actors: Mapping[str, int]
    attributes: Mapping[str, int]
    domains: Mapping[str, Domain]
    makers: Mapping[Maker, int]
    rules: Mapping[str, int]
    causes: Mapping[str, int]
    chosen: Mapping[str, frozenset[str]]
    indicators: Mapping[str, int] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is in this world."""
        return self.journey.world.scenario

    def place(self, *path: str | int) -> Place:
        """Return where something is written in the scenario."""
        return ("scenario", self.scenario.scenario, path)

    @property
    def start(self) -> date:
        """The day that begins at second 0."""
        return self.scenario.start.date()

    @property
    def offset(self) -> int:
        """The second at which the scenario starts."""
        return self.second(self.scenario.start)

    def second(self, moment: datetime) -> int:
        """Return the second of a local date and time."""
        day = (moment.date() - self.start).days
        return day * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second

    def mask(self, documents: Iterable[str]) -> int:
        """Return the set of those of some documents that a case may meet."""
        return sum(1 << self.documents[name] for name in {*documents} if name in self.documents)


def indexed(journey: Journey) -> Index:
    """Number the names of a journey. Raises InvalidInput if a stream cannot get what it needs."""
    streams = tuple(sorted(journey.world.scenario.cases))
    requirements = {stream: analyse(journey, stream) for stream in streams}
    raise_any(gathered(p for one in requirements.values() for p in one.problems))
    needed = {step.name for one in requirements.values() for step in one.steps}
    wanted = tuple(step for step in journey.steps.values() if step.name in needed)
    documents = _numbered(_documents(journey, requirements, wanted))
    rules = _numbered(_rules(journey))
    return Index(
        journey,
        streams,
        requirements,
        wanted,
        steps=_numbered(step.name for step in wanted),
        documents=documents,
        actors=_numbered(journey.actors),
        attributes=_numbered((*journey.attributes, *journey.presences)),
        domains=_domains(journey),
        makers=_numbered(
            (*_makers(journey, streams, wanted, documents), *_left_out(journey, streams, wanted))
        ),
        rules=rules,
        causes=_numbered(_causes(journey, requirements, rules)),
        indicators=_numbered(sorted(journey.indicators)),
        chosen=known_first(journey),
    )


def fixed(quantity: Quantity | None) -> float:
    """Return the value of a plain number, 0 for none."""
    return quantity.value if isinstance(quantity, Fixed) else 0.0


def _numbered(names: Iterable[K]) -> dict[K, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _domains(journey: Journey) -> dict[str, Domain]:
    cases = journey.world.scenario.cases.values()
    domains = {**BUILT_IN, "defect": Domain("category", tuple(journey.defects))}
    for name, (value, _) in journey.attributes.items():
        others = (stream.attributes[name] for stream in cases if name in stream.attributes)
        domains[name] = declared(_written(journey, name) or value, (value, *others))
    for name, (indicator, _) in journey.indicators.items():
        domains[name] = AMOUNT if indicator.per is None else RATIO
    return domains | dict.fromkeys(journey.presences, BOOL)


def _written(journey: Journey, name: str) -> Value | None:
    """Return what an attribute was before anything was overridden."""
    kind, definition, path = journey.attributes[name][1]
    data = journey.world.drafts[kind, definition].located.data
    address, complete = written(data, path)
    return original(reduce(getitem, address, data)) if complete else None


def _documents(
    journey: Journey, requirements: Mapping[str, Requirements], wanted: Iterable[StepInstance]
) -> list[str]:
    """Return the documents that a case may meet, visible ones first."""
    names = {document for one in requirements.values() for document in one.documents}
    for step in wanted:
        names.update(step.gives)
        for here in step.channels.values():
            names.update(here.learns, here.knowledge)
    for stream in journey.world.scenario.cases.values():
        names.update(*map(journey.family, stream.locker))
    for procedure in journey.world.procedures.values():
        for deadline in procedure.deadlines:
            names.update(journey.family(deadline.document), journey.family(deadline.after or ""))
    ordered = [document for document in journey.documents.values() if document.name in names]
    return [document.name for document in sorted(ordered, key=lambda document: document.hidden)]


def _makers(
    journey: Journey,
    streams: Iterable[str],
    wanted: Iterable[StepInstance],
    documents: Iterable[str],
) -> Iterator[Maker]:
    """Yield every defect with every maker: steps first, then documents."""
    for step in wanted:
        for here in step.channels.values():
            for one in (here.profile, here.profile.again):
                made = one.makes if one is not None else None
                yield from (Maker(defect, step.name, None) for defect in made or {})
    for name in documents:
        lapsed = journey.documents[name].definition.lapsed
        if lapsed is not None:
            yield Maker(lapsed, None, name)
    for stream in streams:
        for key, holding in journey.world.scenario.cases[stream].locker.items():
            for document in journey.family(key):
                yield from (Maker(defect, None, document) for defect in holding.makes)


def _left_out(
    journey: Journey, streams: Iterable[str], wanted: Iterable[StepInstance]
) -> Iterator[Maker]:
    """Yield every defect of what is done without a need, or of a goal that is left undone."""
    for step in wanted:
        for here in step.channels.values():
            yield from (Maker(d, step.name, need) for need, d in journey.leaves(here).items())
    for stream in streams:
        yield from (Maker(d, None, name) for name, d in journey.loose(stream).items())


def _rules(journey: Journey) -> Iterator[str]:
    """Yield the full name of every rule of the agents."""
    for actor in journey.actors.values():
        for event in EVENTS:
            for rule in actor.agent.rules.get(event, {}):
                yield f"{actor.agent.agent}.{event}.{rule}"


def _causes(
    journey: Journey, requirements: Mapping[str, Requirements], rules: Iterable[str]
) -> Iterator[str]:
    """Yield every cause of a bad end: those of each stream, then fixed ones, defects and rules."""
    for stream, one in requirements.items():
        for end, _ in journey.ends(stream):
            yield f"end.{next(iter(end.when.tests), 'chance')}"
        for deadline, _ in journey.deadlines(stream):
            documents = journey.family(deadline.document)
            yield from (f"deadline.{name}" for name in documents if name in one.documents)
    yield from ("endless", "horizon", *journey.defects)
    yield from (f"rule.{rule}" for rule in rules)
    yield ASTRAY

"""Documents as numbers: their lives, what a locker holds, their deadlines, the defects in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sim.compile import calendars as cal
from sim.compile.expressions import COMMON, Expressions
from sim.compile.index import Index, Maker, fixed
from sim.compile.nodes import SHARE, Node
from sim.compile.program import (
    Act,
    Counter,
    DeadlineSpec,
    DefectSpec,
    DocumentSpec,
    HoldingSpec,
    IndicatorSpec,
    LeaveSpec,
)
from sim.errors import nearest, shortened
from sim.graph.journey import DocumentInstance, Place, StepInstance, below_place
from sim.language.base import CHANNELS, Channel
from sim.language.clock import read_moment
from sim.language.procedure import Counted, Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import Holding
from sim.yaml import meant


def documents(names: Expressions) -> tuple[DocumentSpec, ...]:
    """Compile the documents of a journey."""
    every = names.journey.documents
    return tuple(_document(names, every[name]) for name in names.index.documents)


def _document(names: Expressions, document: DocumentInstance) -> DocumentSpec:
    valid, lapsed = document.definition.valid, document.definition.lapsed
    point, place = f"document/{document.name}/valid", below_place(document.place, "valid")
    return DocumentSpec(
        names.node(valid, "duration", point, place) if valid is not None else None,
        names.index.makers[Maker(lapsed, None, document.name)] if lapsed is not None else -1,
        document.definition.kept,
    )


def locker(names: Expressions, stream: str) -> tuple[HoldingSpec, ...]:
    """Compile what the cases of a stream have at their start, in order of the documents."""
    index = names.index
    held, place = index.scenario.cases[stream].locker, index.place("cases", stream, "locker")
    # What is said of one item outweighs what is said of all.
    general_first = sorted(held, key=lambda key: "." in key)
    chosen = {d: key for key in general_first for d in index.journey.family(key)}
    holdings = [_holding(names, d, held[key], below_place(place, key)) for d, key in chosen.items()]
    return tuple(sorted(holdings, key=lambda one: one.document))


def _holding(names: Expressions, document: str, held: Holding, place: Place) -> HoldingSpec:
    index, point = names.index, f"locker/{document}"
    acts = []
    for defect, share in held.makes.items():
        made, where = f"{point}/makes/{defect}", below_place(place, "makes", defect)
        instance, number = index.makers[Maker(defect, None, document)], names.points.of(made)
        acts.append(Act(instance, number, names.node(share, "share", f"{made}/share", where)))
    return HoldingSpec(
        index.documents[document],
        names.node(held.share, "share", f"{point}/share", below_place(place, "share")),
        names.points.of(point),
        names.node(held.age, "time", f"{point}/age", below_place(place, "age")),
        tuple(acts),
    )


_MISSED = ("late", "expired", "given")
"""In the order of ``LATE``, ``EXPIRED`` and ``GIVEN``."""


def deadlines(names: Expressions, stream: str) -> tuple[DeadlineSpec, ...]:
    """Compile the deadlines of the documents that a stream may want."""
    wanted = names.index.requirements[stream].documents
    return tuple(
        spec
        for deadline, place in names.journey.deadlines(stream)
        for document in names.journey.family(deadline.document)
        if document in wanted
        for spec in _deadline(names, deadline, document, place)
    )


def _deadline(
    names: Expressions, deadline: Deadline, document: str, place: Place
) -> Iterator[DeadlineSpec]:
    """Yield the deadline of a document, one for each document that it follows."""
    index = names.index
    cause, number = index.causes[f"deadline.{document}"], index.documents[document]
    missed = _MISSED.index(deadline.missed)
    if deadline.at is not None:
        yield DeadlineSpec(number, -1, _due(names, deadline.at), 0, 0, missed, cause)
    if isinstance(deadline.within, Fixed):
        kind, amount = _within(names, deadline.within, place)
        followed = [-1]
        if deadline.after is not None:
            followed = [index.documents[name] for name in names.journey.family(deadline.after)]
        for after in followed:
            yield DeadlineSpec(number, after, None, kind, amount, missed, cause)


def _within(names: Expressions, within: Fixed, place: Place) -> tuple[int, int]:
    """Return how long a deadline is: in seconds, days or business days, and how many."""
    if within.days and within.value % cal.DAY:
        names.say(place, "deadline_days", "within")
    kind = 2 if within.business else int(within.days)
    if not kind:
        return kind, int(within.value)
    # No case is followed longer, and no calendar reaches as far as people may write.
    most = int(fixed(names.index.scenario.horizon)) // cal.DAY + 1
    return kind, min(int(within.value) // cal.DAY, most)


def _due(names: Expressions, at: str) -> int:
    """Return the second of a moment, or of the end of a day."""
    moment = read_moment(at)
    if "T" in at:
        return names.index.second(moment)
    last = cal.legal_end(moment.date())
    return (last - names.index.start).days * cal.DAY + cal.DAY


def defects(names: Expressions) -> tuple[DefectSpec, ...]:
    """Compile every defect by every maker."""
    return tuple(_defect(names, maker) for maker in names.index.makers)


def _defect(names: Expressions, maker: Maker) -> DefectSpec:
    index, every = names.index, names.journey.defects
    harm = every[maker.defect][0].harm
    loss, loss_of = _loss(names, maker.defect)
    return DefectSpec(
        list(every).index(maker.defect),
        index.steps[maker.step] if maker.step else -1 - index.documents[maker.origin],
        _targets(index, maker),
        harm is not None,
        harm is not None and harm.as_ == "incomplete",
        loss,
        loss_of,
    )


Leaves = tuple[tuple[LeaveSpec, ...], ...]


def left_out(names: Expressions) -> tuple[Leaves | None, Leaves | None]:
    """Compile what may be left out: needs by profile, goals by stream; None each if nothing may."""
    steps = names.index.wanted
    leaves = tuple(tuple(_needs(names, step, c)) for step in steps for c in CHANNELS)
    loose = tuple(tuple(_undone(names, stream)) for stream in names.index.streams)
    return leaves if any(leaves) else None, loose if any(loose) else None


def _needs(names: Expressions, step: StepInstance, channel: Channel) -> Iterator[LeaveSpec]:
    """Yield the needs that whoever does a step in a channel may not know of."""
    here, settled = step.channels[channel], {"channel": channel}
    for need, defect in names.journey.leaves(here).items():
        maker, point = Maker(defect, step.name, need), f"{step.name}/knows/{need}"
        yield _leave(names, maker, here.named[need], here.by[0], point, settled)


def _undone(names: Expressions, stream: str) -> Iterator[LeaveSpec]:
    """Yield the goals that the applicant may not know of; those of a list are one."""
    applicant = names.journey.applicant(stream)
    for name, defect in names.journey.loose(stream).items():
        point = f"goal/{names.journey.documents[name].declared}/knows"
        yield _leave(names, Maker(defect, None, name), (name,), applicant, point, None)


def _leave(  # noqa: PLR0913, PLR0917 -- what may be left out, by whom, and where it is drawn
    names: Expressions,
    maker: Maker,
    documents: Iterable[str],
    actor: str,
    point: str,
    settled: Mapping[str, str] | None,
) -> LeaveSpec:
    agent = names.journey.actors[actor].agent
    assert agent.knows is not None  # noqa: S101 -- who knows everything leaves nothing out
    place: Place = ("agent", agent.agent, ("knows",))
    share, known = f"{point}/share", ("channel",)
    knows = names.node(agent.knows, "share", share, place, settled=settled, knows=known)
    names.steady(knows, place)
    return LeaveSpec(
        names.index.makers[maker], names.index.mask(documents), knows, names.points.of(point)
    )


def _loss(names: Expressions, defect: str) -> tuple[Node | None, int]:
    """Return what goes astray with a defect: an amount, or an attribute."""
    index, (definition, place) = names.index, names.journey.defects[defect]
    loss, where = definition.loss, below_place(place, "loss")
    if loss is None:
        return None, -1
    if not isinstance(loss, str):
        knows = {*COMMON, "visit", "made_in"}
        return names.node(loss, "yen", f"loss/{defect}", where, knows=knows), -1
    if loss not in index.attributes:
        guess = meant.number(shortened(loss)) or nearest(loss, index.attributes)
        names.say(where, "unknown_attribute", name=loss, guess=guess)
        return None, -1
    if index.domains[loss].kind != "number":
        names.say(where, "loss_no_amount", name=loss)
        return None, -1
    return None, index.attributes[loss]


def _targets(index: Index, maker: Maker) -> tuple[int, ...]:
    """Return the step it goes back to if the journey has it, else the one that made it."""
    journey = index.journey
    to = journey.defects[maker.defect][0].returns_to
    same = journey.steps[maker.step].items if maker.step is not None else {}
    found = [step for step in index.wanted if step.step == to]
    own = [step for step in found if step.items.items() <= same.items()]
    if found:
        return tuple(index.steps[step.name] for step in own or found)
    return () if maker.step is None else (index.steps[maker.step],)


def indicators(index: Index) -> tuple[IndicatorSpec, ...]:
    """Return what is counted of documents and the defects found in them, in order of the names."""
    declared = ((name, index.journey.indicators[name][0]) for name in index.indicators)
    return tuple(
        IndicatorSpec(
            name,
            _counter(index, one.count),
            None if one.per is None else _counter(index, one.per),
            int(fixed(one.over)) // cal.DAY,
            int(fixed(one.known_after)) // cal.DAY,
            round(fixed(one.else_) * SHARE),
        )
        for name, one in declared
    )


def _counter(index: Index, counted: Counted) -> Counter:
    """Return what is counted; documents that no case may meet are left out."""
    defects = {name: number for number, name in enumerate(index.journey.defects)}
    given = {d for name in counted.given or () for d in index.journey.family(name)}
    return Counter(
        tuple(sorted(defects[name] for name in counted.found or ())),
        tuple(sorted(index.documents[name] for name in given if name in index.documents)),
    )

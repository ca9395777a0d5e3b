"""Documents as numbers: how long they live, and what a locker holds of them.

MERGED: Deadlines as numbers: of which document, from when, and how long.

MERGED: Defects as numbers: one instance for each maker, and where it goes back to.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile.expressions import COMMON, Expressions
from sim.compile.findings import Collector, Findings
from sim.compile.index import Index, Maker, fixed
from sim.compile.nodes import Node
from sim.compile.program import Act, DeadlineSpec, DefectSpec, DocumentSpec, HoldingSpec
from sim.errors import nearest, shortened
from sim.graph.journey import DocumentInstance, Place, below_place
from sim.language.procedure import Deadline
from sim.language.quantity import Fixed
from sim.language.scenario import Holding, read_moment
from sim.yaml import meant


def documents(index: Index, found: Findings) -> tuple[tuple[DocumentSpec, ...], Findings]:
    """Compile the documents of a journey."""
    names = Expressions(index, found)
    instances = (index.journey.documents[name] for name in index.documents)
    return tuple(_document(index, names, document) for document in instances), names.findings()


def _document(index: Index, names: Expressions, document: DocumentInstance) -> DocumentSpec:
    valid, lapsed = document.definition.valid, document.definition.lapsed
    point, place = f"document/{document.name}/valid", below_place(document.place, "valid")
    return DocumentSpec(
        names.node(valid, "duration", point, place) if valid is not None else None,
        index.makers[Maker(lapsed, None, document.name)] if lapsed is not None else -1,
        document.definition.kept,
    )


def locker(index: Index, names: Expressions, stream: str) -> tuple[HoldingSpec, ...]:
    """Compile what the cases of a stream have at their start, in order of the documents."""
    held = index.scenario.cases[stream].locker
    place: Place = ("scenario", index.scenario.scenario, ("cases", stream, "locker"))
    # What is said of one item outweighs what is said of all.
    general_first = sorted(held, key=lambda key: "." in key)
    chosen = {d: key for key in general_first for d in index.journey.family(key)}
    holdings = [
        _holding(index, names, document, held[key], below_place(place, key))
        for document, key in chosen.items()
    ]
    return tuple(sorted(holdings, key=lambda one: one.document))


def _holding(
    index: Index, names: Expressions, document: str, held: Holding, place: Place
) -> HoldingSpec:
    point = f"locker/{document}"
    acts = []
    for defect, share in held.makes.items():
        made, where = f"{point}/makes/{defect}", below_place(place, "makes", defect)
        instance, number = index.makers[Maker(defect, None, document)], names.point(made)
        acts.append(Act(instance, number, names.node(share, "share", f"{made}/share", where)))
    return HoldingSpec(
        index.documents[document],
        names.node(held.share, "share", f"{point}/share", below_place(place, "share")),
        names.point(point),
        names.node(held.age, "time", f"{point}/age", below_place(place, "age")),
        tuple(acts),
    )


_MISSED = ("late", "expired", "given")


def deadlines(index: Index, notes: Collector, stream: str) -> tuple[DeadlineSpec, ...]:
    """Compile the deadlines of the documents that a stream may want."""
    wanted = index.requirements[stream].documents
    return tuple(
        spec
        for deadline, place in index.journey.deadlines(stream)
        for document in index.journey.family(deadline.document)
        if document in wanted
        for spec in _deadline(index, notes, deadline, document, place)
    )


def _deadline(
    index: Index, notes: Collector, deadline: Deadline, document: str, place: Place
) -> Iterator[DeadlineSpec]:
    """Yield the deadline of a document, one for each document that it follows."""
    cause, number = index.causes[f"deadline.{document}"], index.documents[document]
    missed = _MISSED.index(deadline.missed)
    if deadline.at is not None:
        due = _due(index, notes, deadline.at, place)
        if due is not None:
            yield DeadlineSpec(number, -1, due, 0, 0, missed, cause)
    if isinstance(deadline.within, Fixed):
        kind, amount = _within(index, notes, deadline.within, place)
        for after in _after(index, deadline):
            yield DeadlineSpec(number, after, None, kind, amount, missed, cause)


def _within(index: Index, notes: Collector, within: Fixed, place: Place) -> tuple[int, int]:
    """Return how long a deadline is: in seconds, days or business days, and how many."""
    if within.days and within.value % cal.DAY:
        notes.say(place, "deadline_days", "within")
    kind = 2 if within.business else int(within.days)
    if not kind:
        return kind, int(within.value)
    # No case is followed longer, and no calendar reaches as far as people may write.
    most = int(fixed(index.scenario.horizon)) // cal.DAY + 1
    return kind, min(int(within.value) // cal.DAY, most)


def _after(index: Index, deadline: Deadline) -> list[int]:
    """Return the documents that a deadline follows, -1 for the start."""
    if deadline.after is None:
        return [-1]
    return [index.documents[name] for name in index.journey.family(deadline.after)]


def _due(index: Index, notes: Collector, at: str, place: Place) -> int | None:
    """Return the second of a moment, or of the end of a day; None after noting a problem."""
    try:
        moment = read_moment(at)
    except PydanticCustomError as error:
        values = {k: v for k, v in (error.context or {}).items() if k != "at"}
        notes.say(place, error.type, "at", **values)
        return None
    if "T" in at:
        return index.second(moment)
    last = cal.legal_end(moment.date())
    return (last - index.start).days * cal.DAY + cal.DAY


def defects(index: Index, found: Findings) -> tuple[tuple[DefectSpec, ...], Findings]:
    """Compile every defect by every maker."""
    names = Expressions(index, found)
    return tuple(_defect(index, names, maker) for maker in index.makers), names.findings()


def _defect(index: Index, names: Expressions, maker: Maker) -> DefectSpec:
    harm = index.journey.defects[maker.defect][0].harm
    loss, loss_of = _loss(index, names, maker.defect)
    return DefectSpec(
        list(index.journey.defects).index(maker.defect),
        _origin(index, maker),
        _targets(index, maker),
        harm is not None,
        harm is not None and harm.as_ == "incomplete",
        loss,
        loss_of,
    )


def _origin(index: Index, maker: Maker) -> int:
    if maker.step is not None:
        return index.steps[maker.step]
    return -1 - index.documents[maker.document or ""]


def _loss(index: Index, names: Expressions, defect: str) -> tuple[Node | None, int]:
    """Return what goes astray with a defect: an amount, or an attribute."""
    definition, place = index.journey.defects[defect]
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
    own = [step for step in found if dict(step.items).items() <= dict(same).items()]
    if found:
        return tuple(index.steps[step.name] for step in own or found)
    return () if maker.step is None else (index.steps[maker.step],)

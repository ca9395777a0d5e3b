"""Documents as numbers: how long they live, and what a locker holds of them."""

from __future__ import annotations

from sim.compile.expressions import Expressions
from sim.compile.findings import Findings
from sim.compile.index import Index, Maker
from sim.compile.program import Act, DocumentSpec, HoldingSpec
from sim.graph.journey import DocumentInstance, Place, below_place
from sim.language.scenario import Holding


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

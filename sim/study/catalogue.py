"""The catalogue: what lies on the shelf as a whole, who gives what, and who goes with whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim import shelf
from sim.errors import InvalidInput, Problem, nearest
from sim.language.base import Condition
from sim.language.procedure import Document, Goal, Goals, Indicator, Procedure
from sim.language.quantity import Lookup
from sim.language.step import Step
from sim.study.edits import mapping
from sim.study.loader import Given, find, validated
from sim.words import LANGUAGES
from sim.yaml import source

_SHARED: Final = frozenset(
    ("documents", "defects", "attributes", "indicators", "actors", "lists", "calendars", "levers")
)
"""Parts of a procedure that declare names for all procedures of a journey."""

_SEEN: Final = ("found", "given")
_OF_PAPERS: Final = ("lapsed", "left_out", "slip")
_OF_STEPS: Final = ("gives", "each", "needs", "by", "decides", "makes", "finds", "until", "at")
_NAMING: Final = frozenset(("document", "rank", "costs", *_OF_STEPS, *_OF_PAPERS, *_SEEN))
"""Fields of steps, documents and so on that hold a name, several, or entries by name."""

_STEP: Final = TypeAdapter(Step)
_DOCUMENT: Final = TypeAdapter(Document)
_INDICATOR: Final = TypeAdapter(Indicator)
_GOALS: Final[TypeAdapter[tuple[Goal, ...]]] = TypeAdapter(Goals)


def shelf_list() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return name and titles of every procedure, agent and scenario; unreadable ones by name."""
    return {
        kind: [(name, _titles(kind, name)) for name in shelf.names(kind)] for kind in shelf.KINDS
    }


def _titles(kind: shelf.Kind, name: str) -> dict[str, str]:
    title = _raw(kind, name).get("title")
    if isinstance(title, dict):
        return {lang: str(title[lang]) for lang in LANGUAGES if lang in title}
    return dict.fromkeys(LANGUAGES, str(title or name))


def _raw(kind: shelf.Kind, name: str) -> dict[str, Any]:
    """Return what a file on the shelf says, nothing if it cannot be read."""
    path = shelf.find(kind, name)
    try:
        data = source.load(path).data if path is not None else None
    except InvalidInput:
        return {}
    return data if isinstance(data, dict) else {}


def _procedures() -> dict[str, dict[str, Any]]:
    return {name: _raw("procedures", name) for name in shelf.names("procedures")}


def _listed(value: object) -> set[str]:
    """Return the names in a name or a list of them, without the items of lists."""
    names = value if isinstance(value, list) else [value]
    return {name.partition(".")[0] for name in names if isinstance(name, str)}


def _declares(raw: Mapping[str, Any]) -> set[str]:
    return {name for part in _SHARED for name in mapping(raw, part)}


def _given(raw: Mapping[str, Any]) -> set[str]:
    steps = (step for step in mapping(raw, "steps").values() if isinstance(step, dict))
    return {name for step in steps for name in _listed(step.get("gives"))}


def companions(names: Sequence[str], given: Given | None = None) -> tuple[str, ...]:
    """Return procedures with those others on the shelf that declare or give what they mention."""
    raws = _procedures() | {name: located.data for name, located in (given or {}).items()}
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in raws:
            raise InvalidInput([_unknown(name, raws)])
    for name in chosen:  # grows while it is walked
        wanted = _mentioned(raws[name])
        while True:
            known = set().union(*(_declares(raws[one]) for one in chosen))
            had = set().union(*(_given(raws[one]) for one in chosen))
            lent = {
                other: len(wanted & ((_declares(raw) - known) | (_given(raw) - had)))
                for other, raw in raws.items()
                if other not in chosen
            }
            best = max(lent, key=lent.__getitem__, default=None)
            if best is None or not lent[best]:
                break
            chosen.append(best)
    return tuple(chosen)


def _unknown(name: str, known: Collection[str]) -> Problem:
    return Problem("no_such_procedures", {"name": name}, guess=nearest(name, known))


def declared(part: str) -> set[str]:
    """Return the names that the procedures on the shelf declare under ``part``."""
    return {name for raw in _procedures().values() for name in mapping(raw, part)}


def givers(documents: Sequence[str]) -> tuple[str, ...]:
    """Return the procedures on the shelf that give one of some documents."""
    wanted = {name.partition(".")[0] for name in documents}
    return tuple(name for name, raw in _procedures().items() if _given(raw) & wanted)


def documents_on_shelf() -> list[str]:
    """Return the names of all documents that some procedure gives."""
    return sorted({document for raw in _procedures().values() for document in _given(raw)})


def phrases(using: Sequence[str] = ()) -> dict[str, Procedure]:
    """Return the procedures that can be asked for in words, by name: all, or some of ``using``."""
    known = shelf.names("procedures")
    unknown = [_unknown(name, known) for name in using if name not in known]
    if unknown:
        raise InvalidInput(unknown)
    spoken = [name for name in using or known if "phrases" in _raw("procedures", name)]
    return {name: validated(Procedure, source.load(find("procedures", name))) for name in spoken}


def procedures_of(name: str) -> tuple[str, ...]:
    """Return the procedures of a scenario, or the procedure of that name. Raises InvalidInput."""
    if shelf.find("procedures", name) is not None:
        return (name,)
    if shelf.find("scenarios", name) is not None:
        streams = mapping(_raw("scenarios", name), "cases").values()
        using = [n for s in streams if isinstance(s, dict) for n in _listed(s.get("using"))]
        return tuple(dict.fromkeys(using))
    raise InvalidInput([_unknown(name, [*shelf.names("procedures"), *shelf.names("scenarios")])])


# -- what a procedure mentions ---------------------------------------------------------------------


def _mentioned(raw: Mapping[str, Any]) -> set[str]:
    """Return what steps, documents, indicators and the goal of a procedure may have from others.

    Not its steps, its actors and the like; families of documents by their names. A step that
    cannot be read mentions nothing: whoever loads the procedure is told why.
    """
    steps = [_read(_STEP, step) for step in mapping(raw, "steps").values()]
    counts = [_read(_INDICATOR, one) for one in mapping(raw, "indicators").values()]
    papers = [_read(_DOCUMENT, one) for one in mapping(raw, "documents").values()]
    goals = _read(_GOALS, raw.get("goal", ()))
    names = {name.partition(".")[0] for name in _names_in([*steps, *counts, *papers, goals])}
    own = {name for part in _SHARED if part != "documents" for name in mapping(raw, part)}
    return names - own - set(mapping(raw, "steps"))


def _read(kind: TypeAdapter[Any], raw: object) -> Any:
    try:
        return kind.validate_python(raw)
    except ValidationError:
        return None


def _names_in(value: object) -> Iterator[str]:
    """Yield the names that a definition mentions, however deep they stand."""
    inner: list[Any] = []
    if isinstance(value, Lookup):
        yield value.variable
        inner = [*(branch for _, branch in value.cases), value.otherwise]
    elif isinstance(value, Condition):
        yield from value.tests
        inner = [value.chance]
    elif isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        for name in _NAMING & fields.keys():
            told = fields[name] or ()
            yield from (told,) if isinstance(told, str) else told
        inner = [*fields.values()]
    elif isinstance(value, Mapping):
        inner = [*value.values()]
    elif isinstance(value, list | tuple):
        inner = [*value]
    for one in inner:
        yield from _names_in(one)

"""Every number in the definitions with where it stands, where it is from and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from sim import shelf
from sim.errors import InvalidInput, Problem, nearest
from sim.model import source
from sim.model.agent import Agent
from sim.model.attribute import Amount, Chance, Choice, Table, numbers
from sim.model.base import Condition, Noted
from sim.model.explain import explain
from sim.model.facts import Fact, facts
from sim.model.located import Address, written
from sim.model.procedure import Deadline, Procedure
from sim.model.quantity import UNKNOWN, Fixed, Law, Lookup, Provenance, leaves
from sim.model.scenario import Scenario

KINDS: Final[Mapping[shelf.Kind, type[BaseModel]]] = {
    "procedures": Procedure,
    "agents": Agent,
    "scenarios": Scenario,
}
_DESIGN: Final = frozenset(("horizon", "warm_up"))
"""Fields of a scenario that say how it is looked at, not what the world is like."""


@dataclass(frozen=True)
class Figure:
    """One number as written. ``confidence`` is the source's, None without a source."""

    file: str
    line: int
    path: str
    value: str
    source: str | None
    range: str | None
    confidence: str | None
    note: str | None

    @property
    def assumption(self) -> bool:
        """Whether no public source stands behind the number."""
        return self.source is None or self.confidence in ("C", None)

    @property
    def defended(self) -> bool:
        """Whether it has a known source, or a range if it is an assumption."""
        return self.range is not None or (self.source is not None and not self.assumption)


def figures(name: str | None = None) -> list[Figure]:
    """Return every number of a definition by name, or of all on the shelf. Raises InvalidInput."""
    known = facts()
    found = [
        figure
        for kind, title in _chosen(name)
        for figure in figures_of(source.load(_path(kind, title)), KINDS[kind], known)
    ]
    return sorted(found, key=lambda f: (f.file, f.line, f.path))


def _path(kind: shelf.Kind, name: str) -> Path:
    path = shelf.find(kind, name)
    assert path is not None  # noqa: S101 -- the name is from the shelf
    return path


def _chosen(name: str | None) -> list[tuple[shelf.Kind, str]]:
    everything = [(kind, title) for kind in shelf.KINDS for title in shelf.names(kind)]
    if name is None:
        return everything
    found = [(kind, title) for kind, title in everything if title == name]
    if not found:
        guess = nearest(name, [title for _, title in everything])
        raise InvalidInput([Problem("no_such_definition", {"name": name}, guess=guess)])
    return found


def figures_of(
    located: source.Located, kind: type[BaseModel], known: Mapping[str, Fact]
) -> Iterator[Figure]:
    """Yield the numbers of one file. Raises InvalidInput if it is not valid."""
    try:
        model = kind.model_validate(located.data)
    except ValidationError as error:
        raise InvalidInput(explain(located, error, kind)) from None
    for path, note in _walk(model, ()):
        address, _ = written(located.data, path)
        fact = known.get(note.source or "")
        yield Figure(
            file=located.file,
            line=located.place(address).line,
            path=".".join(map(str, path)),
            value=_text(reduce(getitem, address, located.data)),
            source=note.source,
            range=None if note.range is None else " – ".join(note.range),
            confidence=None if fact is None else fact.confidence,
            note=None if fact is None else fact.source,
        )


def _walk(value: Any, path: Address) -> Iterator[tuple[Address, Provenance]]:
    """Yield the path and provenance of each number in a definition."""
    if isinstance(value, Fixed | Law | Lookup):
        yield from (((*path, *below), leaf.note) for below, leaf in leaves(value))
    elif isinstance(value, Chance | Amount | Choice | Table):
        yield from (((*path, *below), leaf.note) for below, leaf in numbers(value))
    elif isinstance(value, Condition):
        yield from _condition(value, path)
    elif isinstance(value, Deadline):
        yield from _deadline(value, path)
    elif isinstance(value, BaseModel):
        yield from _fields(value, path)
    elif isinstance(value, dict | tuple):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _walk(inner, (*path, key))


def _deadline(deadline: Deadline, path: Address) -> Iterator[tuple[Address, Provenance]]:
    if isinstance(deadline.within, Fixed):
        note = deadline.within.note
        yield (*path, "within"), note if note.known else Provenance(deadline.source)


def _fields(model: BaseModel, path: Address) -> Iterator[tuple[Address, Provenance]]:
    for name in type(model).model_fields:
        if name not in model.model_fields_set or name in _DESIGN:
            continue
        alias = type(model).model_fields[name].alias or name
        yield from _walk(getattr(model, name), (*path, alias))


def _condition(condition: Condition, path: Address) -> Iterator[tuple[Address, Provenance]]:
    if condition.chance is not None:
        yield from _walk(condition.chance, (*path, "chance"))
    for name, value in condition.tests.items():
        if isinstance(value, Noted):
            bounds = None if value.range is None else (str(value.range[0]), str(value.range[1]))
            yield (*path, name), Provenance(value.source, bounds)
        elif _is_number(value):
            yield (*path, name), UNKNOWN


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return re.match(r"\s*[<>]=?\s*\d", value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(raw: object) -> str:
    """Return a raw value in one line, without its source and range."""
    if isinstance(raw, dict):
        rest = {k: v for k, v in raw.items() if k not in ("source", "range")}
        if set(rest) == {"value"}:
            return _text(rest["value"])
        return ", ".join(f"{key} {_text(value)}" for key, value in rest.items())
    if isinstance(raw, list):
        return " – ".join(_text(one) for one in raw)
    return str(raw)

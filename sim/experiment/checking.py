"""Checking files without running them: every problem with its place, and warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from sim.compile.compiler import compile_world
from sim.errors import InvalidInput, Problem, nearest
from sim.model import library, source
from sim.model.agent import Agent
from sim.model.base import CHANNELS
from sim.model.explain import explain
from sim.model.facts import Fact, Facts, facts
from sim.model.figures import figures_of
from sim.model.patch import Draft
from sim.model.procedure import Procedure
from sim.model.scenario import Scenario

KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "scenario": Scenario,
    "procedure": Procedure,
    "agent": Agent,
    "facts": Facts,
}
"""The key that tells what a file is, and what it must then be."""


def check(paths: Sequence[Path]) -> tuple[list[Problem], list[Problem]]:
    """Return the problems of some files, each once, and warnings about their numbers."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    known = facts()
    for path in paths:
        try:
            warnings += _checked(source.load(path), known)
        except InvalidInput as error:
            problems += [p for p in error.problems if p not in problems]
    return sorted(problems, key=Problem.order), warnings


def _checked(located: source.Located, known: Mapping[str, Fact]) -> list[Problem]:
    """Raise InvalidInput with the problems of one file, or return its warnings."""
    data = located.data
    kind = next((k for k in KINDS if isinstance(data, dict) and k in data), None)
    if kind is None:
        guess = (
            next((nearest(str(k), KINDS) for k in data), None) if isinstance(data, dict) else None
        )
        raise InvalidInput([located.problem((), "unknown_kind", guess=guess)])
    if kind == "facts":
        _validated(located, Facts)
        return []
    library.validated(KINDS[kind], Draft.of(located))
    if kind == "scenario":
        for world in library.study(located).worlds:
            compile_world(world)
    if kind == "procedure":
        _check_procedure(located)
    return _undefended(located, KINDS[kind], known)


def _validated(located: source.Located, kind: type[BaseModel]) -> None:
    try:
        kind.model_validate(located.data)
    except ValidationError as error:
        raise InvalidInput(explain(located, error, kind)) from None


def _check_procedure(located: source.Located) -> None:
    """Compile a procedure in every channel, together with those it leans on."""
    name = str(located.data["procedure"])
    problems: list[Problem] = []
    for channel in CHANNELS:
        try:
            chosen = library.companions([name], {name: located})
            compile_world(library.world(chosen, (), (), channel, {name: located}))
        except InvalidInput as error:
            own = [p for p in error.problems if p.file == located.file]
            problems += [p for p in own if p not in problems]
    if problems:
        raise InvalidInput(problems)


def _undefended(
    located: source.Located, kind: type[BaseModel], known: Mapping[str, Fact]
) -> list[Problem]:
    found: list[Problem] = []
    for figure in figures_of(located, kind, known):
        at: dict[str, Any] = {"file": figure.file, "line": figure.line}
        if figure.source is not None and figure.source not in known:
            guess = nearest(figure.source, known)
            cited: dict[str, object] = {"path": figure.path, "source": figure.source}
            found.append(Problem("unknown_source", cited, guess=guess, **at))
        elif not figure.defended:
            about: dict[str, object] = {"path": figure.path, "value": figure.value}
            found.append(Problem("undefended", about, **at))
    return found

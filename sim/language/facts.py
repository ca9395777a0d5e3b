"""The registry of sources: which figure was published where, and how far it can be trusted."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from sim import shelf
from sim.errors import InvalidInput
from sim.language.base import Label, Strict
from sim.yaml import source
from sim.yaml.explain import explain

Confidence = Literal["A", "A*", "B", "C"]


class Fact(Strict):
    """One figure. ``confidence``: A found in public, A* arithmetic on A, B claimed, C assumed."""

    figure: Label
    """What the figure is."""
    value: str | int | float
    """The figure as published."""
    unit: str | None = None
    """What it is counted in."""
    date: str | int | None = None
    """When it was true."""
    source: str
    """Where it was published."""
    confidence: Confidence
    """A found in public, A* arithmetic on such, B claimed, C assumed."""
    tier: Literal["P", "N", "S", "R"] | None = None
    """P primary, N news, S secondary, R repository."""


class Facts(Strict):
    """The facts by their ids."""

    facts: dict[str, Fact] = Field(default_factory=dict)
    """The facts by their ids."""


def facts() -> dict[str, Fact]:
    """Return every fact on the shelf, the user's own before those shipped. Raises InvalidInput."""
    return reduce(lambda known, path: _read(path) | known, shelf.facts(), {})


def _read(path: Path) -> dict[str, Fact]:
    located = source.load(path)
    try:
        return Facts.model_validate(located.data).facts
    except ValidationError as error:
        raise InvalidInput(explain(located, error, Facts)) from None

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
    value: str | int | float
    unit: str | None = None
    date: str | int | None = None
    source: str
    confidence: Confidence
    tier: Literal["P", "N", "S", "R"] | None = None


class Facts(Strict):
    """The facts by their ids."""

    facts: dict[str, Fact] = Field(default_factory=dict)


def facts() -> dict[str, Fact]:
    """Return every fact on the shelf, the user's own before those shipped. Raises InvalidInput."""
    return reduce(lambda known, path: _read(path) | known, shelf.facts(), {})


def _read(path: Path) -> dict[str, Fact]:
    located = source.load(path)
    try:
        return Facts.model_validate(located.data).facts
    except ValidationError as error:
        raise InvalidInput(explain(located, error, Facts)) from None

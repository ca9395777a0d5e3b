"""The registry of sources: which figure was published where, and how far it can be trusted."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sim import shelf
from sim.errors import InvalidInput
from sim.language.amounts import wrong
from sim.language.base import Label, Strict
from sim.language.json_schema import Shape
from sim.yaml import source
from sim.yaml.explain import explain


class Fact(Strict):
    """One figure. ``confidence``: A found in public, A* arithmetic on A, B claimed, C assumed.

    What somebody of a ``tier`` published is A, unless it says something else.
    """

    figure: Label
    """What the figure is."""
    value: str | int | float
    """The figure as published, its unit behind it."""
    date: str | int | None = None
    """When it was true."""
    source: str
    """Where it was published."""
    confidence: Literal["A", "A*", "B", "C"]
    """A found in public, A* arithmetic on such, B claimed, C assumed."""
    tier: Literal["P", "N", "S", "R"] | None = None
    """P primary, N news, S secondary, R repository."""

    @model_validator(mode="before")
    @classmethod
    def _published(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "unit" in raw:
            raise wrong("unit_in_value", ("unit",), on="key")
        return {"confidence": "A"} | raw if isinstance(raw, dict) and "tier" in raw else raw

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """With a confidence or a tier."""
        needed = [key for key in mapping["required"] if key != "confidence"]
        known = [{"required": [key]} for key in ("confidence", "tier")]
        return mapping | {"required": needed, "anyOf": known}


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

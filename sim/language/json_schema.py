"""Small parts of JSON Schemas that definitions are written with: a choice, a closed mapping."""

from __future__ import annotations

from typing import Any, Final

Shape = dict[str, Any]

ELSEWHERE: Final = "https://shapes/"
"""Stands before the name of a shape that is defined once; pydantic leaves such references alone."""


def shape(name: str) -> Shape:
    """Return a reference to a shape that is defined once: see ``schema.amounts``."""
    return {"$ref": f"{ELSEWHERE}{name}"}


def either(*short: Shape, mapping: Shape) -> Shape:
    """Return the shape of a mapping that has short forms."""
    told: Shape = {key: mapping[key] for key in ("title", "description") if key in mapping}
    full = {key: value for key, value in mapping.items() if key not in told}
    return {**told, "anyOf": [*short, full]}


def one_of(*keys: str, mapping: Shape) -> Shape:
    """Return the shape of a mapping that has exactly one of some keys."""
    return {**mapping, "oneOf": [{"required": [key]} for key in keys]}


def closed(properties: Shape, *required: str) -> Shape:
    """Return the shape of a mapping that knows no other keys."""
    made: Shape = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**made, "required": list(required)} if required else made


def row(plain: Shape, length: int) -> Shape:
    """Return the shape of a list of so many."""
    return {"type": "array", "items": plain, "minItems": length, "maxItems": length}


TEXT: Final[Shape] = {"type": "string"}
NAME: Final[Shape] = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_]*$", "maxLength": 60}
MOMENT: Final[Shape] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$",
    "description": "2026-04-01 or 2026-04-01T10:30, local time (+09:00)",
}

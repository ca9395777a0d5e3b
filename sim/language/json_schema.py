"""JSON Schemas of what people write where a model alone would not tell: amounts and short forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Shape = dict[str, Any]

ELSEWHERE: Final = "https://shapes/"
"""Stands before the name of a shape in DEFINITIONS; pydantic leaves such references alone."""


def shape(name: str) -> Shape:
    """Return a reference to one of DEFINITIONS."""
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


TEXT: Final[Shape] = {"type": "string"}
NAME: Final[Shape] = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_]*$", "maxLength": 60}
MOMENT: Final[Shape] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$",
    "description": "2026-04-01 or 2026-04-01T10:30, local time (+09:00)",
}

_AMOUNT: Final = r"\d+(\.\d+)?"
_PLAIN: Final[Mapping[str, Shape]] = {
    "Duration": {
        "anyOf": [
            {
                "type": "string",
                "pattern": rf"^\s*(({_AMOUNT}bd)+|({_AMOUNT}(s|min|h|d|w))+)\s*$",
            },
            {"const": 0},
        ]
    },
    "Time": {
        "anyOf": [
            {"type": "string", "pattern": rf"^\s*({_AMOUNT}(s|min|h|d|w))+\s*$"},
            {"const": 0},
        ]
    },
    "Share": {
        "anyOf": [
            {"type": "string", "pattern": r"^\s*0*(\d{1,2}(\.\d+)?|100(\.0+)?)%\s*$"},
            {"type": "number", "minimum": 0, "maximum": 1},
        ]
    },
    "Number": {"type": "number"},
}
_POSITIVE: Final[Shape] = {"type": "number", "exclusiveMinimum": 0}
_LEARNING: Final = {
    "first": "The amount from the start of the scenario on",
    "factor": "What is left of it after one loop, between 0 and 1",
    "every": "How long a loop takes, on all days",
    "floor": "What it never falls below",
}


def _notes(plain: Shape) -> Shape:
    return {
        "source": {**TEXT, "description": "Id of a fact in the registry of sources"},
        "range": {
            **_row(plain, 2),
            "description": "Bounds within which the true value should lie",
        },
    }


def _row(plain: Shape, length: int) -> Shape:
    return {"type": "array", "items": plain, "minItems": length, "maxItems": length}


def _noted(value: Shape, plain: Shape) -> Shape:
    """Return the shape of a value or a random law, with its source and range."""
    percent = {"pattern": r"^\d+(\.\d+)?$"}
    quantiles = {"type": "object", "propertyNames": percent, "additionalProperties": plain}
    forms: Shape = {
        "value": value,
        "median": plain,
        "triangular": {**_row(plain, 3), "description": "[lowest, likeliest, highest]"},
        "uniform": {**_row(plain, 2), "description": "[lowest, highest]"},
        "exponential": closed({"mean": plain}, "mean"),
        "lognormal": closed({"median": plain, "sigma": _POSITIVE}, "median", "sigma"),
        "gamma": closed({"mean": plain, "cv": _POSITIVE}, "mean", "cv"),
        "quantiles": {**quantiles, "minProperties": 2, "description": "{10: …, 50: …, 90: …}"},
        "learning": _learning(plain),
    }
    return {
        **one_of(*forms, mapping=closed({**forms, "p90": plain, "p10": plain, **_notes(plain)})),
        "if": {"required": ["median"]},
        "then": one_of("p90", "p10", mapping={}),
        "else": {"properties": {"p90": False, "p10": False}},
    }


def _learning(plain: Shape) -> Shape:
    kinds = {"factor": _PLAIN["Share"], "every": _PLAIN["Time"]}
    told = {n: {**kinds.get(n, plain), "description": text} for n, text in _LEARNING.items()}
    return {**closed(told, *told), "description": "Falls as time goes on: learned loop by loop"}


def _lookup(branch: Shape, plain: Shape) -> Shape:
    by = {
        **TEXT,
        "description": "An attribute, a list, or channel visit month weekday time queue made_in",
    }
    return {
        "type": "object",
        "properties": {"by": by, "else": branch, **_notes(plain)},
        "required": ["by"],
        "minProperties": 2,
        "additionalProperties": branch,
    }


def _quantity(name: str, description: str) -> Shape:
    plain, own = _PLAIN[name], shape(name)
    return {"description": description, "anyOf": [plain, _noted(own, plain), _lookup(own, plain)]}


def _attribute() -> Shape:
    share, number = _PLAIN["Share"], _PLAIN["Number"]
    bound = {"anyOf": [number, share]}
    value = {"anyOf": [{"type": "boolean"}, share, shape("Number")]}
    choice = {
        "type": "object",
        "description": "Categories, each with its share; the shares add up to 100%",
        "propertyNames": {"not": {"enum": ["by", "value", "source", "range"]}},
        "additionalProperties": {"anyOf": [share, _noted(share, share)]},
        "minProperties": 1,
    }
    return {
        "description": "A share (true in so many cases), a number above 1, true or false, a name, "
        "categories with their shares, or a lookup",
        "anyOf": [
            {"type": ["boolean", "number", "string"]},
            _noted(value, bound),
            choice,
            _lookup(shape("Attribute"), bound),
        ],
    }


DEFINITIONS: Final[Mapping[str, Shape]] = {
    "Duration": _quantity(
        "Duration", "A duration (90s 45min 2h30min 3d 5bd 2w), a random law, or a lookup"
    ),
    "Time": _quantity(
        "Time", "A duration on all days (90s 45min 2h30min 3d 2w), a random law, or a lookup"
    ),
    "Share": _quantity("Share", "A share (13.5% or 0.135), a random law, or a lookup"),
    "Number": _quantity("Number", "A number, a random law, or a lookup"),
    "Attribute": _attribute(),
}
"""Shapes that several others refer to, or that contain themselves."""

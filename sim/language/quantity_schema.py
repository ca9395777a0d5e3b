"""JSON Schemas of amounts: plain, random, learned, looked up, with their notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.language import learning
from sim.language.around_median import OUTER, AroundMedian
from sim.language.distributions import DISTRIBUTIONS
from sim.language.json_schema import TEXT, Shape, closed, one_of, row, shape

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


def _notes(plain: Shape) -> Shape:
    return {
        "source": {**TEXT, "description": "Id of a fact in the registry of sources"},
        "range": {
            **row(plain, 2),
            "description": "Bounds within which the true value should lie",
        },
    }


def _noted(value: Shape, plain: Shape) -> Shape:
    """Return the shape of a value or a random law, with its source and range."""
    forms: Shape = {
        "value": value,
        "median": AroundMedian.shape(plain),
        **{name: kind.shape(plain) for name, kind in DISTRIBUTIONS.items()},
        "learning": learning.shape(plain, _PLAIN["Share"], _PLAIN["Time"]),
    }
    beside = dict.fromkeys(OUTER, plain) | _notes(plain)
    return {
        **one_of(*forms, mapping=closed({**forms, **beside})),
        "if": {"required": ["median"]},
        "then": one_of(*OUTER, mapping={}),
        "else": {"properties": dict.fromkeys(OUTER, False)},
    }


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


def definitions() -> dict[str, Shape]:
    """Return the shapes that several others refer to, or that contain themselves."""
    return {
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

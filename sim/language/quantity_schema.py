"""JSON Schemas of amounts: plain, random, learned, looked up, with their notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.language import quantity
from sim.language.amounts import MEASURES, Kind
from sim.language.distributions import DISTRIBUTIONS, OUTER, AroundMedian
from sim.language.json_schema import TEXT, Shape, closed, one_of, row, shape

_AMOUNT: Final = r"\d+(\.\d+)?"
_WRITTEN: Final[Mapping[str, str]] = {
    "Duration": rf"({_AMOUNT}bd)+|({_AMOUNT}(s|min|h|d|w))+",
    "Time": rf"({_AMOUNT}(s|min|h|d|w))+",
    "Share": r"0*(\d{1,2}(\.\d+)?|100(\.0+)?)%",
}
"""How amounts with a unit are written as text."""

_NUMBER: Final = r"-?\d+(\.\d+)?"
_NUMBERS: Final[Mapping[str, Kind]] = {
    "Number": "number",
    "Factor": "factor",
    "Rank": "rank",
    "Count": "count",
    "Yen": "yen",
}
"""Amounts without a unit, by the kind that has their bounds."""

_BARE: Final[Mapping[str, Shape]] = {
    "Duration": {"const": 0},
    "Time": {"const": 0},
    "Share": {"type": "number", "minimum": 0, "maximum": 1},
}


def _plain(name: str) -> Shape:
    """Return the shape of one number."""
    if name in _NUMBERS:
        measure = MEASURES[_NUMBERS[name]]
        return {"type": "number", "minimum": measure.least, "maximum": measure.most}
    text = {"type": "string", "pattern": rf"^\s*({_WRITTEN[name]})\s*$"}
    return {"anyOf": [text, _BARE[name]]}


def _fixed(name: str) -> Shape:
    """Return the shape of one number that stands alone: some have no fraction then."""
    whole = name in _NUMBERS and MEASURES[_NUMBERS[name]].whole
    return _plain(name) | {"type": "integer"} if whole else _plain(name)


def _ranged(name: str) -> Shape:
    """Return the shape of one number with its range behind it: ``5min (2min-10min)``."""
    one = rf"({_WRITTEN.get(name, _NUMBER)}|{_AMOUNT if name == 'Share' else 0})"
    pattern = rf"^\s*{one}\s*\(\s*{one}\s*-\s*{one}\s*\)\s*$"
    return {"type": "string", "pattern": pattern}


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
        "median": AroundMedian.schema(plain),
        **{name: kind.schema(plain) for name, kind in DISTRIBUTIONS.items()},
        "learning": quantity.learned_shape(plain, _plain("Share"), _plain("Time")),
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
    plain, own = _plain(name), shape(name)
    forms = [_fixed(name), _ranged(name), _noted(own, plain), _lookup(own, plain)]
    return {"description": f"{description}, a random law, or a lookup", "anyOf": forms}


def _attribute() -> Shape:
    share, number = _plain("Share"), _plain("Number")
    bound = {"anyOf": [number, share]}
    fixed = {"anyOf": [share, _ranged("Share")]}
    value = {"anyOf": [{"type": "boolean"}, fixed, shape("Number")]}
    choice = {
        "type": "object",
        "description": "Categories, each with its share; the shares add up to 100%",
        "propertyNames": {"not": {"enum": ["by", "value", "source", "range"]}},
        "additionalProperties": {"anyOf": [fixed, _noted(fixed, share)]},
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
    told = {
        "Duration": "A duration (90s 45min 2h30min 3d 5bd 2w), with its range 5min (2min-10min)",
        "Time": "A duration on all days (90s 45min 2h30min 3d), with its range 5min (2min-10min)",
        "Share": "A share (13.5% or 0.135), with its range 80% (70%-90%)",
        "Number": "A number, with its range 2 (1-4)",
        "Factor": "A factor, with its range 2 (1-4)",
        "Rank": "A whole number, with its range 2 (1-4)",
        "Count": "How many, with its range 2 (1-4)",
        "Yen": "Yen, with their range 500 (300-900)",
    }
    return {name: _quantity(name, text) for name, text in told.items()} | {
        "Attribute": _attribute()
    }

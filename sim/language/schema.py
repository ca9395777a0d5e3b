"""The kinds of files that people edit, and the JSON Schema of each: amounts and laws included."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sim import shelf
from sim.language import quantity
from sim.language.agent import Agent
from sim.language.amounts import MEASURES, Kind
from sim.language.base import Strict
from sim.language.distributions import DISTRIBUTIONS, OUTER, AroundMedian
from sim.language.facts import Facts
from sim.language.json_schema import ELSEWHERE, NAME, TEXT, Shape, closed, one_of, row, shape
from sim.language.procedure import Procedure
from sim.language.scenario import Scenario
from sim.language.skill import BESIDES

MODELS: Final[Mapping[str, type[Strict]]] = {
    "scenario": Scenario,
    "procedure": Procedure,
    "agent": Agent,
    "facts": Facts,
}
_HERE: Final = "#/$defs/"


def of_folder(kind: shelf.Kind) -> type[Strict]:
    """Return what the files in a folder of the shelf are read into."""
    return MODELS[kind.removesuffix("s")]


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``kind``."""
    made = MODELS[kind].model_json_schema(schema_generator=_Written)
    definitions, known = dict(made.pop("$defs", {})), amounts()
    while missing := _mentioned([made, definitions]) - set(definitions):
        definitions |= {name: known[name] for name in missing}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "$defs": dict(sorted(definitions.items())),
    }
    text = json.dumps(whole).replace(ELSEWHERE, _HERE)
    told: dict[str, Any] = json.loads(text.replace("``", "`"))
    return told


def _mentioned(shapes: Any) -> set[str]:
    """Return the names of the definitions that some shapes refer to."""
    refer = f"(?:{re.escape(ELSEWHERE)}|{re.escape(_HERE)})"
    return set(re.findall(rf'"{refer}(\w+)"', json.dumps(shapes)))


class _Written(GenerateJsonSchema):
    """Describes a file as people write it instead of the model it is read into."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Let a model say how it is spelled, and its fields what they are."""
        kind = schema["cls"]
        made = super().model_schema(schema)
        for key, told in docstrings(kind).items():
            if key in made.get("properties", {}):
                made["properties"][key]["description"] = told[0]
        spelled: JsonSchemaValue = kind.spelled(made) if hasattr(kind, "spelled") else made
        return spelled

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Take a key without a value for one that is not finished."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Say no default where there is none to speak of."""
        made = super().default_schema(schema)
        if made.get("default") in (None, [], {}):
            made.pop("default", None)
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse keys that are no names."""
        made = super().dict_schema(schema)
        for pattern, values in made.pop("patternProperties", {}).items():
            made["additionalProperties"] = values
            made["propertyNames"] = made.get("propertyNames", {}) | {"pattern": pattern}
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 -- as overridden
        """A key says what it is called."""
        return False


def docstrings(kind: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Return the paragraphs below each field of a model, by the key that it is written as.

    The first is what an editor says, all together are what docs/language.md says.
    """
    told = dict(pair for one in reversed(kind.__mro__) for pair in _below_fields(one))
    fields = kind.model_fields.items()
    return {field.alias or name: told[name] for name, field in fields if name in told}


def _below_fields(kind: type) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the docstrings of a class's own fields."""
    if kind.__module__.startswith("sim."):
        for field, below in pairwise(_classes(kind.__module__)[kind.__name__]):
            match field, below:
                case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    yield name, tuple(" ".join(part.split()) for part in text.split("\n\n"))


@cache
def _classes(module: str) -> dict[str, list[ast.stmt]]:
    """Return what stands in the classes of a module, whose source is read: Python forgets it."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {one.name: one.body for one in tree.body if isinstance(one, ast.ClassDef)}


# -- amounts: plain, random, learned, looked up, with their notes ------------------------------

_AMOUNTS: Final[Mapping[Kind, str]] = {
    "duration": "A duration (90s 45min 2h30min 3d 5bd 2w), with its range 5min (2min-10min)",
    "time": "A duration on all days (90s 45min 2h30min 3d), with its range 5min (2min-10min)",
    "share": "A share (13.5% or 0.135), with its range 80% (70%-90%)",
    "number": "A number, with its range 2 (1-4)",
    "factor": "A factor, with its range 2 (1-4)",
    "rank": "A whole number, with its range 2 (1-4)",
    "count": "How many, with its range 2 (1-4)",
    "yen": "Yen, with their range 500 (300-900)",
}
"""Kinds of amounts that have a shape of their own: what an editor says of each."""

_BY_UNIT: Final[tuple[Kind, ...]] = ("time", "share")
"""Kinds of amounts that a skill may say for each unit."""

_AMOUNT: Final = r"\d+(\.\d+)?"
_WRITTEN: Final[Mapping[Kind, str]] = {
    "duration": rf"({_AMOUNT}bd)+|({_AMOUNT}(s|min|h|d|w))+",
    "time": rf"({_AMOUNT}(s|min|h|d|w))+",
    "share": r"0*(\d{1,2}(\.\d+)?|100(\.0+)?)%",
}
"""How amounts with a unit are written as text."""


def amounts() -> dict[str, Shape]:
    """Return the shapes that several others refer to, or that contain themselves."""
    told = {kind.capitalize(): _quantity(kind, text) for kind, text in _AMOUNTS.items()}
    told |= {f"{kind.capitalize()}Each": _each(kind) for kind in _BY_UNIT}
    told |= {f"Fixed{kind.capitalize()}": _fixed(kind) for kind in _AMOUNTS}
    return told | {"Attribute": _attribute(), "Size": _size()}


def _quantity(kind: Kind, description: str) -> Shape:
    plain, own = _plain(kind), shape(kind.capitalize())
    whole = {"type": "integer"} if "type" in plain and MEASURES[kind].whole else {}
    forms = [plain | whole, _ranged(kind), _noted(own, plain), _lookup(own, plain)]
    return {"description": f"{description}, a random law, or a lookup", "anyOf": forms}


def _fixed(kind: Kind) -> Shape:
    """Return the shape of an amount that is neither random nor looked up."""
    plain = _plain(kind)
    whole = {"type": "integer"} if "type" in plain and MEASURES[kind].whole else {}
    one = {"anyOf": [plain | whole, _ranged(kind)]}
    noted = closed({"value": one, **_notes(plain)}, "value")
    return {"description": _AMOUNTS[kind], "anyOf": [*one["anyOf"], noted]}


def _size() -> Shape:
    """Return the shape of a size: a whole number, or looked up by what a case is like."""
    told = _lookup(shape("Size"), _plain("count"))
    told["properties"]["by"] |= {"not": {"enum": list(BESIDES)}}
    return {"description": _AMOUNTS["count"], "anyOf": [shape("FixedCount"), told]}


def _each(kind: Kind) -> Shape:
    """Return the shape of an amount of a visit, or of each unit of what a task is about."""
    own, plain = shape(kind.capitalize()), _plain(kind)
    unit = {"each": {**NAME, "description": "The unit it is for: entries, papers, pages"}}
    forms = []
    for one in (_noted(own, plain), _lookup(own, plain)):
        wants = [*one.get("required", ()), "each"]
        forms.append({**one, "properties": {**one["properties"], **unit}, "required": wants})
    return {"description": f"{_AMOUNTS[kind]}; for each unit or a visit", "anyOf": [own, *forms]}


def _plain(kind: Kind) -> Shape:
    """Return the shape of one number; one that stands alone may have to be whole besides."""
    measure = MEASURES[kind]
    bare: Shape = {"type": "number", "minimum": measure.least, "maximum": measure.most}
    if measure.unit == "number":
        return bare
    text = {"type": "string", "pattern": rf"^\s*({_WRITTEN[kind]})\s*$"}
    return {"anyOf": [text, bare if measure.unit == "share" else {"const": 0}]}


def _ranged(kind: Kind) -> Shape:
    """Return the shape of one number with its range behind it: ``5min (2min-10min)``."""
    bare = _AMOUNT if kind == "share" else 0
    one = rf"({_WRITTEN.get(kind, f'-?{_AMOUNT}')}|{bare})"
    return {"type": "string", "pattern": rf"^\s*{one}\s*\(\s*{one}\s*-\s*{one}\s*\)\s*$"}


def _notes(plain: Shape) -> Shape:
    bounds = "Bounds within which the true value should lie"
    return {
        "source": {**TEXT, "description": "Id of a fact in the registry of sources"},
        "range": {**row(plain, 2), "description": bounds},
    }


def _noted(value: Shape, plain: Shape) -> Shape:
    """Return the shape of a value or a random law, with its source and range."""
    forms: Shape = {
        "value": value,
        "median": AroundMedian.schema(plain),
        **{name: kind.schema(plain) for name, kind in DISTRIBUTIONS.items()},
        quantity.NAME: _learning(plain),
    }
    beside = dict.fromkeys(OUTER, plain) | _notes(plain)
    return {
        **one_of(*forms, mapping=closed({**forms, **beside})),
        "if": {"required": ["median"]},
        "then": one_of(*OUTER, mapping={}),
        "else": {"properties": dict.fromkeys(OUTER, False)},
    }


def _learning(plain: Shape) -> Shape:
    fields = {
        "first": {**plain, "description": "The amount from the start of the scenario on"},
        "factor": {
            **_plain("share"),
            "description": "What is left of it after one loop, between 0 and 1",
        },
        "every": {**_plain("time"), "description": "How long a loop takes, on all days"},
        "floor": {**plain, "description": "What it never falls below"},
    }
    told = "Falls as time goes on: learned loop by loop"
    return {**closed(fields, *fields), "description": told}


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


def _attribute() -> Shape:
    share, number = _plain("share"), _plain("number")
    bound = {"anyOf": [number, share]}
    fixed = {"anyOf": [share, _ranged("share")]}
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

"""JSON Schema of each kind of file, so that editors can help while it is written.

MERGED: The kinds of files that people edit: the key that tells each, and what it is read into.
"""

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
from sim.language.agent import Agent
from sim.language.base import Strict
from sim.language.facts import Facts
from sim.language.json_schema import ELSEWHERE
from sim.language.procedure import Procedure
from sim.language.quantity_schema import definitions as quantities
from sim.language.scenario import Scenario

_HERE: Final = "#/$defs/"


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``kind``."""
    made = MODELS[kind].model_json_schema(schema_generator=_Written)
    definitions, known = dict(made.pop("$defs", {})), quantities()
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


MODELS: Final[Mapping[str, type[Strict]]] = {
    "scenario": Scenario,
    "procedure": Procedure,
    "agent": Agent,
    "facts": Facts,
}


def of_folder(kind: shelf.Kind) -> type[Strict]:
    """Return what the files in a folder of the shelf are read into."""
    return MODELS[kind.removesuffix("s")]

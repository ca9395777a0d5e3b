"""JSON Schema of each kind of file, so that editors can help while it is written."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sim.language.hints import HINTS
from sim.language.json_schema import ELSEWHERE
from sim.language.kinds import MODELS
from sim.language.quantity_schema import definitions as quantities

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
        """Let a model say how it is spelled, with a hint for each field."""
        kind = schema["cls"]
        made = super().model_schema(schema)
        for name, field in kind.model_fields.items():
            hint = _hint(kind, name)
            written = made.get("properties", {}).get(field.alias or name)
            if hint is not None and written is not None:
                written["description"] = hint
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


def _hint(kind: type[BaseModel], field: str) -> str | None:
    """Return what is said of a field by the class that has it or one it inherits from."""
    names = (f"{one.__name__}.{field}" for one in kind.__mro__)
    return next((HINTS[name] for name in names if name in HINTS), None)

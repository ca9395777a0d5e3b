"""JSON Schema of each kind of file, so that editors can help while it is written."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from sim.model.agent import Agent
from sim.model.facts import Facts
from sim.model.procedure import Procedure
from sim.model.scenario import Scenario

MODELS: Final[dict[str, type[BaseModel]]] = {
    "procedure": Procedure,
    "agent": Agent,
    "scenario": Scenario,
    "facts": Facts,
}


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``kind``."""
    made = MODELS[kind].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}

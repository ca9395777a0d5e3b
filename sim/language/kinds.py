"""The kinds of files that people edit: the key that tells each, and what it is read into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim import shelf
from sim.language.agent import Agent
from sim.language.base import Strict
from sim.language.facts import Facts
from sim.language.procedure import Procedure
from sim.language.scenario import Scenario

MODELS: Final[Mapping[str, type[Strict]]] = {
    "scenario": Scenario,
    "procedure": Procedure,
    "agent": Agent,
    "facts": Facts,
}


def of_folder(kind: shelf.Kind) -> type[Strict]:
    """Return what the files in a folder of the shelf are read into."""
    return MODELS[kind.removesuffix("s")]

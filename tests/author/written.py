"""A model as a planner would have written it, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import yaml

from sim.compile.program import Program
from sim.yaml import source
from tests import worlds
from tests.worlds import Files

Data = dict[str, Any]

CHANNELS: Final = ("analog", "digital", "agentic")


@dataclass(frozen=True)
class Written:
    """A model as a planner would have written it; agents by name."""

    procedure: Data
    scenario: Data
    agents: dict[str, Data]

    def text(self) -> str:
        """Return the files as YAML, one after the other."""
        return "---\n".join(named(self).values())


def told(written: Written) -> dict[str, Data]:
    """Return what stands in the files of a model, by their paths on the shelf."""
    data = {"procedures/p.yaml": written.procedure, "scenarios/s.yaml": written.scenario}
    return data | {f"agents/{name}.yaml": agent for name, agent in written.agents.items()}


def named(written: Written) -> dict[str, str]:
    """Return the files of a model as YAML, by their paths on the shelf."""
    plain = json.loads(json.dumps(told(written)))  # without anchors
    return {path: yaml.safe_dump(one, sort_keys=False, width=100) for path, one in plain.items()}


def files(written: Written) -> Files:
    """Return a model as files that may lie on the shelf."""
    return {path: source.Located(path, [], one, {}, {}) for path, one in told(written).items()}


def compiled(written: Written) -> Program:
    """Return the compiled model of the only arm."""
    return worlds.compiled(files(written))


def layers(step: Data) -> list[Data]:
    """Return a step and its blocks."""
    return [step, *(step[name] for name in CHANNELS if isinstance(step.get(name), dict))]


def doers(step: Data) -> set[str]:
    """Return who does a step in some channel."""
    named = (one["by"] for one in layers(step) if one.get("by", "none") != "none")
    return {name for names in named for name in names}


def for_all(step: Data) -> bool:
    """Whether a step names somebody on paper and online, for whom other channels fall back."""
    alike = "by" in step and all(part["by"] != "none" for part in layers(step) if "by" in part)
    return alike or all(step.get(one, {}).get("by", "none") != "none" for one in CHANNELS[:2])

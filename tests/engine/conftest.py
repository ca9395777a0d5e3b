"""Small procedures for one rule each: only what a test is about has to be written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.yaml import source

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

ACTORS = {
    "me": "person",
    "ai": "robot",
    "desk": "office",
    "web": "system",
    "clerk": {"agent": "office", "staff": 1},
    "boss": {"agent": "office", "staff": 1},
}
"""``desk`` and ``web`` serve everybody at once, ``clerk`` and ``boss`` one after the other."""


@pytest.fixture
def play(world: Runner) -> Runner:
    """Return ``world`` for short procedures.

    The applicant is ``me``; the actors above may be used beside those of the text; documents and
    defects that steps name need not be declared.
    """

    def run(procedure: str, **more: Any) -> Run:
        data = source.loads(procedure).data
        given = {name: name for step in data["steps"].values() for name in step.get("gives", [])}
        faults = {name: name for step in data["steps"].values() for name in _faults(step)}
        data["applicant"] = data.get("applicant", "me")
        data["actors"] = ACTORS | data.get("actors", {})
        data["documents"] = given | data.get("documents", {})
        data["defects"] = faults | data.get("defects", {})
        return world(yaml.safe_dump(data, sort_keys=False), **more)

    return run


def _faults(step: dict[str, Any]) -> Iterator[str]:
    """Yield the defects that a step makes or finds in some channel."""
    yield from step.get("makes", {})
    yield from step.get("finds", {})
    for part in ("analog", "digital", "agentic", "again"):
        if isinstance(step.get(part), dict):
            yield from _faults(step[part])

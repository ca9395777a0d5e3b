"""Streams that use the same steps in different ways, each in an order of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compile.compiler import compile_world
from sim.engine import reference
from sim.log import OUTCOMES
from sim.study import loader

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def procedure(name: str, gives: str, needs: str = "") -> str:
    """Return a procedure of one step."""
    wants = f"needs: [{needs}], " if needs else ""
    return f"""
procedure: {name}
applicant: me
actors: {{me: clerk}}
documents: {{a: A, b: B, c: C}}
steps: {{do: {{{wants}gives: [{gives}], by: me, work: 1h}}}}
"""


def test_streams_may_chain_the_same_steps_in_a_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One gets a from c, one b from a, one c from b; each has a giver at its own beginning."""
    files = {
        "procedures/pa": procedure("pa", "a", "c"),
        "procedures/pb": procedure("pb", "b", "a"),
        "procedures/pc": procedure("pc", "c", "b"),
        "procedures/za": procedure("za", "a"),
        "procedures/zb": procedure("zb", "b"),
        "procedures/zc": procedure("zc", "c"),
        "agents/clerk": "{agent: clerk, kind: office}",
        "scenarios/s": """
scenario: s
start: 2026-04-01
channels: [digital]
cases:
  s1: {count: 1, using: [pa, pb, zc], goal: [b]}
  s2: {count: 1, using: [pb, pc, za], goal: [c]}
  s3: {count: 1, using: [pc, pa, zb], goal: [a]}
""",
    }
    for name, text in files.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    (world,) = loader.load("s").worlds
    log = reference.run(compile_world(world), 1, 0)
    assert [OUTCOMES[case] for case in log.cases["outcome"]] == ["clean"] * 3
    assert list(log.cases["end"]) == [3 * 3600] * 3

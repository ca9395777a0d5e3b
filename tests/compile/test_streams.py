"""Streams that use the same steps in different ways, each in an order of its own."""

from __future__ import annotations

from sim.engine import reference
from sim.log import OUTCOMES
from tests.worlds import compiled, filed


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


def test_streams_may_chain_the_same_steps_in_a_circle() -> None:
    """One gets a from c, one b from a, one c from b; each has a giver at its own beginning."""
    files = {
        "procedures/pa.yaml": procedure("pa", "a", "c"),
        "procedures/pb.yaml": procedure("pb", "b", "a"),
        "procedures/pc.yaml": procedure("pc", "c", "b"),
        "procedures/za.yaml": procedure("za", "a"),
        "procedures/zb.yaml": procedure("zb", "b"),
        "procedures/zc.yaml": procedure("zc", "c"),
        "agents/clerk.yaml": "{agent: clerk, kind: office}",
        "scenarios/s.yaml": """
scenario: s
start: 2026-04-01
channels: [digital]
cases:
  s1: {count: 1, using: [pa, pb, zc], goal: [b]}
  s2: {count: 1, using: [pb, pc, za], goal: [c]}
  s3: {count: 1, using: [pc, pa, zb], goal: [a]}
""",
    }
    log = reference.run(compiled(filed(files)), 1, 0)
    assert [OUTCOMES[case] for case in log.cases["outcome"]] == ["clean"] * 3
    assert list(log.cases["end"]) == [3 * 3600] * 3

"""Common random numbers: what two arms share is drawn alike, so their difference is real."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import shelf
from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.engine.draws import Draws
from sim.log import OUTCOMES, REACHED, Log
from sim.study import loader
from sim.yaml import source
from tests import worlds

pytestmark = pytest.mark.heavy

DAY: Final = 86_400
REPLICATIONS: Final = 20
SEED: Final = 20260401

Drawn = dict[tuple[str, int, int], int]
"""What was drawn, by stream and name of the draw point, case of the stream, and visit."""


@pytest.mark.parametrize(
    ("channel", "lever"),
    [
        ("digital", "paper_signers=60%"),
        ("agentic", "gate=97%"),
        ("agentic", "registry_feed=daily"),
        ("digital", "bureau_staff=3"),
    ],
)
def test_arms_that_differ_in_a_lever_vary_together(channel: str, lever: str) -> None:
    """The difference varies at most half as much as it would under independent seeds.

    Under independent seeds its variance would be the sum of the arms' variances.
    """
    sets = ("cases.filers.count=40", f"channels=[{channel}]")
    usual = _mean_days(loader.load("officer_change", sets=sets))
    moved = _mean_days(loader.load("officer_change", sets=sets, levers=(lever,)))

    assert np.mean(moved - usual) != 0
    independent = usual.var(ddof=1) + moved.var(ddof=1)
    assert (moved - usual).var(ddof=1) <= independent / 2


def _mean_days(study: loader.Study) -> NDArray[np.float64]:
    """Return the mean latency of the reached cases of each replication, in days."""
    model = compile_world(study.worlds[0])
    return np.array([_latency(reference.run(model, SEED, r)) for r in range(REPLICATIONS)])


def _latency(log: Log) -> float:
    reached = np.isin(log.cases["outcome"], [OUTCOMES.index(outcome) for outcome in REACHED])
    return float(np.mean((log.cases["end"] - log.cases["start"])[reached]) / DAY)


NEW: Final = """
applicant: me
actors:
  me: busy
  web: {agent: system, staff: unlimited}
  desk: {agent: office, staff: 2, load: {share: 70%, each: {median: 30min, p90: 2h}}}
documents:
  proof: {en: Proof, ja: Proof, left_out: missing}
  form: Form
  permit: Permit
  note: Note
defects: {missing: Missing}
steps:
  fetch: {gives: [proof], by: me, work: 20min, delay: {uniform: [1h, 2d]}}
  fill: {needs: [proof], gives: [form], by: [me, web], work: {median: 1h, p90: 3h}}
  examine:
    needs: [form]
    gives: [permit]
    by: desk
    work: {median: 1h, p90: 4h}
    finds: {missing: 80%}
  thank: {needs: [permit], gives: [note], by: me, work: 10min}
goal: [note]
"""
BUSY: Final = {
    "busy": "{agent: busy, kind: person, knows: 60%, sessions: {after: {median: 1d, p90: 4d},"
    " last: 1h}, rules: {returned: {redo: {then: redo}}}}"
}
OUT: Final = "outages: [{actor: web, every: {exponential: {mean: 5d}}, for: {uniform: [2h, 2d]}}]"


@pytest.mark.parametrize(
    "change",
    [
        "agents.busy.knows=70%",
        "agents.busy.sessions.last=2h",
        "agents.busy.sessions.after={median: 30h, p90: 4d}",
        "p.actors.desk.staff=3",
        "p.actors.desk.load.share=75%",
        "p.steps.thank.work=3h",
        "outages=[{actor: web, every: {exponential: {mean: 5d}}, for: {uniform: [4h, 2d]}}]",
    ],
)
def test_arms_share_who_comes_who_knows_what_else_comes_in_and_what_is_out(change: str) -> None:
    """The same of what is drawn for people, other business and outages: paired, twelve times."""
    case = "{count: 60, arrivals: {exponential: {mean: 6h}}, using: [p]}"

    def days(sets: tuple[str, ...]) -> NDArray[np.float64]:
        model = worlds.compiled(worlds.written(NEW, case, OUT, BUSY), sets)
        return np.array([_latency(reference.run(model, SEED, r)) for r in range(12)])

    usual, moved = days(()), days((change,))
    assert np.mean(moved - usual) != 0
    assert (moved - usual).var(ddof=1) <= (usual.var(ddof=1) + moved.var(ddof=1)) / 2


# -- what a change leaves alone ------------------------------------------------------------------

Change = Callable[[dict[str, Any], dict[str, Any]], None]
"""Changes the scenario and the procedure ``officer_change``, given as plain data."""


def _more_staff(_: dict[str, Any], procedure: dict[str, Any]) -> None:
    procedure["actors"]["counter"]["staff"] = 5


def _one_step_more(_: dict[str, Any], procedure: dict[str, Any]) -> None:
    step = {"gives": ["agenda"], "by": "owner", "work": {"median": "1h", "p90": "3h"}}
    procedure["documents"] = {"agenda": "Agenda"} | procedure["documents"]
    procedure["steps"] = {"write_agenda": step} | procedure["steps"]
    procedure["steps"]["hold_meeting"]["needs"] = ["agenda"]


def _other_order(scenario: dict[str, Any], procedure: dict[str, Any]) -> None:
    for part in ("actors", "attributes", "lists", "documents", "defects", "levers"):
        procedure[part] = dict(reversed(procedure[part].items()))
    procedure["steps"] = _reversed_steps(procedure["steps"])
    scenario["cases"] = dict(reversed(scenario["cases"].items()))


def _reversed_steps(steps: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the order round, but not that of alternatives: the first one listed is taken."""
    groups: dict[str, list[str]] = {}
    for name, step in steps.items():
        groups.setdefault(",".join(step["gives"]), []).append(name)
    return {name: steps[name] for group in reversed(groups.values()) for name in group}


def _one_stream_more(scenario: dict[str, Any], _: dict[str, Any]) -> None:
    stream = copy.deepcopy(scenario["cases"]["filers"]) | {"count": 5}
    scenario["cases"] = {"early": stream} | scenario["cases"]


@pytest.mark.parametrize("channel", ["analog", "digital", "agentic"])
@pytest.mark.parametrize("change", [_more_staff, _one_step_more, _other_order, _one_stream_more])
def test_a_change_elsewhere_changes_no_draw(
    change: Change, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attributes, defects made and found, work and delays keep their draws, case by case."""
    usual, log, model = _drawn(_nothing, channel, monkeypatch)
    changed, other, there = _drawn(change, channel, monkeypatch)

    common = usual.keys() & changed.keys()
    assert {key: usual[key] for key in common} == {key: changed[key] for key in common}
    # Other business goes on as long as the cases do, however long that is.
    first = {key for key in usual if key[2] == 0 and not key[0].startswith("load.")}
    assert first <= common  # attributes, the locker, arrivals: of every case
    for kind in ("/makes/", "/finds/", "/work", "attr/", "arrival"):
        assert any(kind in name for name, _, _ in common), kind
    assert len(common) > 0.9 * len(usual)
    assert _attributes(model, log) == _attributes(there, other)


def test_another_seed_or_replication_changes_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays the same above would not stay so by itself."""
    usual, *_ = _drawn(_nothing, "digital", monkeypatch)
    for where in ({"seed": 2}, {"replication": 1}):
        other, *_ = _drawn(_nothing, "digital", monkeypatch, **where)
        common = usual.keys() & other.keys()
        assert sum(usual[key] == other[key] for key in common) < len(common) / 1000


def _nothing(_scenario: dict[str, Any], _procedure: dict[str, Any]) -> None:
    """Change nothing."""


def _drawn(
    change: Change,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    seed: int = 1,
    replication: int = 0,
) -> tuple[Drawn, Log, Program]:
    """Run the shipped scenario, changed, and return everything that was drawn."""
    scenario, procedure = (
        source.load(shelf.find(kind, "officer_change") or Path())
        for kind in ("scenarios", "procedures")
    )
    scenario.data["cases"]["filers"]["count"] = 40
    scenario.data["cases"]["others"] = copy.deepcopy(scenario.data["cases"]["filers"])
    scenario.data["channels"] = [channel]
    change(scenario.data, procedure.data)
    (world,) = loader.study(scenario, given={"officer_change": procedure}).worlds
    model = compile_world(world)
    names = {
        crc: f"{stream.name}:{point}"
        for stream in model.streams
        for point, crc in zip(model.points, stream.crc, strict=True)
    }
    drawn: Drawn = {}
    draw = Draws.bits

    def noted(draws: Draws, point: int, case: int, visit: int = 0, site: int = 0) -> int:
        drawn[names[point], case, visit] = bits = draw(draws, point, case, visit, site)
        return bits

    with monkeypatch.context() as patched:
        patched.setattr(Draws, "bits", noted)
        log = reference.run(model, seed, replication)
    return drawn, log, model


def _attributes(model: Program, log: Log) -> dict[tuple[str, int, str], int]:
    """Return the value of each attribute by stream, case of the stream, and name."""
    return {
        (stream.name, index, name): int(log.attributes[stream.first_case + index, column])
        for stream in model.streams
        if stream.name != "early"
        for index in range(stream.count)
        for column, name in enumerate(model.attributes)
    }

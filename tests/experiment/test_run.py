"""Running a study: the same result however it is run, and none at all if a law is broken."""

from __future__ import annotations

import json
import math
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from typer.testing import CliRunner

from sim import cli
from sim.engine import reference
from sim.errors import RunFailed, UsageError
from sim.experiment import run, store, work
from sim.experiment.result import as_json
from sim.log import NEVER, RESULTS, Log
from sim.study import loader
from tests.results import kept, whole

FEW: Final = ("cases.filers.count=8", "channels=[analog, agentic]")
"""The shipped scenario, made small."""

ARM_KEYS: Final = {
    *("cases", "events", "reached_rate", "latency_days", "failure_rate", "late_rate", "outcomes"),
    *("causes", "returns", "effort_hours", "burden", "cost_yen", "time_days"),
}


@pytest.fixture(scope="module")
def study() -> loader.Study:
    """Return the shipped scenario with few cases in two arms."""
    return loader.load("officer_change", sets=FEW)


@pytest.fixture(scope="module")
def result(study: loader.Study) -> dict[str, Any]:
    """Return what a run of three replications says."""
    return as_json(run.compare(study, replications=3))


def test_the_same_run_twice_gives_the_same_result(
    study: loader.Study, result: dict[str, Any]
) -> None:
    """Digest and figures alike, even if everything is read and compiled anew."""
    again = loader.load("officer_change", sets=FEW)

    assert as_json(run.compare(again, replications=3)) == result
    assert run.compare(study, replications=3).digest == result["digest"]


def test_another_seed_gives_another_digest(study: loader.Study, result: dict[str, Any]) -> None:
    """The seed given goes before the scenario's and is said in the result."""
    other = run.compare(study, replications=3, seed=result["seed"] + 1)

    assert other.seed == result["seed"] + 1
    assert other.digest != result["digest"]


def test_the_first_10_of_20_replications_are_a_run_of_10(
    study: loader.Study, tmp_path: Path
) -> None:
    """A longer run only adds replications: every row of the shorter one is in it."""
    run.compare(study, replications=10, out=tmp_path / "short")
    run.compare(study, replications=20, out=tmp_path / "long")

    short, long = kept(tmp_path / "short"), kept(tmp_path / "long")
    for name in store.TABLES:
        few, many = short.table(name), long.table(name)
        first = many["replication"] < 10
        assert 0 < len(few["replication"]) < len(first)
        for column, values in few.items():
            np.testing.assert_array_equal(values, many[column][first])


def test_workers_do_not_change_the_result(study: loader.Study, result: dict[str, Any]) -> None:
    """Two processes share the work, whichever is done first."""
    assert as_json(run.compare(study, replications=3, workers=2)) == result


def test_progress_is_told_from_the_first_replication_to_the_last(study: loader.Study) -> None:
    """One call for each replication of each arm."""
    told: list[tuple[int, int]] = []

    run.compare(study, replications=2, progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_result_keeps_the_contract(result: dict[str, Any]) -> None:
    """Every key that the command line promises is there, and every estimate is complete."""
    promised = {"scenario", "seed", "replications", "engine", "digest", "arms", "pools"}
    assert promised | {"differences", "warnings"} <= result.keys()
    assert (result["scenario"], result["replications"]) == ("officer_change", 3)
    assert list(result["arms"]) == ["analog", "agentic"]
    for arm in result["arms"].values():
        assert arm.keys() >= ARM_KEYS
        assert arm["cases"] == 3 * 8
        assert arm["events"] > arm["cases"]
        assert arm["latency_days"].keys() == {"mean", "p50", "p90"}
        assert arm["effort_hours"].keys() == {"applicant", "office"}
        assert arm["burden"].keys() == {"visits", "forms", "seals", "logins"}
        assert arm["time_days"].keys() == {
            *("work", "queue", "closed", "transit", "busy", "away", "response", "rework"),
            *("transit_system", "transit_person", "transit_office"),
        }
        assert all(one.keys() == {"value", "low", "high"} for one in _estimates(arm))
    for arms in result["pools"].values():
        told = {"utilisation", "offered_load", "wait_hours"}
        assert all(figures.keys() == told for figures in arms.values())
    row = {"from", "to", "kpi", "value", "low", "high", "p"}
    assert result["differences"]
    assert all(difference.keys() >= row for difference in result["differences"])


def test_the_result_is_plain_json(result: dict[str, Any]) -> None:
    """It survives writing and reading, and holds no number that JSON does not know."""
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert all(math.isfinite(number) for number in _numbers(result))


def _estimates(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "low" in value:
            yield value
        for inner in value.values():
            yield from _estimates(inner)


def _numbers(value: Any) -> Iterator[float]:
    inside: Any = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for inner in inside:
        yield from _numbers(inner)
    if isinstance(value, int | float):
        yield value


def test_an_engine_that_is_not_there_is_refused(study: loader.Study) -> None:
    """Nothing is run in its place."""
    with pytest.raises(UsageError) as caught:
        run.compare(study, engine="warp")

    assert caught.value.key == "engine_missing"


# -- planted faults ------------------------------------------------------------------------------


def _lose_a_case(log: Log) -> Log:
    return replace(log, cases=log.cases[:-1])


def _shift_a_queue(log: Log) -> Log:
    area = log.queue_area.copy()
    area[np.flatnonzero(area)[0]] += 1
    return replace(log, queue_area=area)


def _shorten_a_wait(log: Log) -> Log:
    events = log.events.copy()
    events["granted"][np.flatnonzero(events["granted"] > events["enabled"])[0]] -= 1
    return replace(log, events=events)


def _lose_a_visit(log: Log) -> Log:
    waited = log.events["granted"] > log.events["enabled"]
    return replace(log, events=np.delete(log.events, np.flatnonzero(waited)[0]))


def _give_twice(log: Log) -> Log:
    events = log.events.copy()
    returned = events["result"] == RESULTS.index("returned")
    events["result"][returned] = RESULTS.index("given")
    return replace(log, events=events)


def _stretch_a_case(log: Log) -> Log:
    cases = log.cases.copy()
    place = np.flatnonzero(cases["last_step"] != NEVER)[0]
    cases["end"][place] += 1
    return replace(log, cases=cases)


def _backdate_a_visit(log: Log) -> Log:
    events = log.events.copy()
    row = np.flatnonzero(events["cause_step"] != NEVER)[-1]
    events["ready"][row] -= 10**6
    return replace(log, events=events)


CALM = [
    "cases.filers.count=60",
    "channels=[analog]",
    *(
        f"actors.{pool}.load.{what}=0"
        for pool in ("registrar", "centre")
        for what in ("share", "backlog")
    ),
]
"""Offices without other business: the last case in the log is one that counts."""


@pytest.mark.parametrize(
    ("fault", "law"),
    [
        (_lose_a_case, "law.unended"),
        (_shift_a_queue, "law.queue"),
        (_shorten_a_wait, "law.queue"),
        (_lose_a_visit, "law.lost_visit"),
        (_give_twice, "law.given_twice"),
        (_stretch_a_case, "law.elapsed"),
        (_backdate_a_visit, "law.elapsed"),
    ],
)
def test_a_planted_fault_fails_the_run(
    fault: Callable[[Log], Log], law: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An engine that loses a case, a wait or a second is found out, and nothing is kept."""

    def broken(model: Any, seed: int, replication: int) -> Log:
        return fault(reference.run(model, seed, replication))

    monkeypatch.setattr(work, "ENGINES", {"simpy": broken})
    study = loader.load("officer_change", sets=CALM)

    with pytest.raises(RunFailed) as caught:
        run.compare(study, replications=1, out=tmp_path / "result")

    assert caught.value.key == law
    assert list(tmp_path.iterdir()) == []


# -- keeping the result --------------------------------------------------------------------------


def test_a_kept_result_is_whole_and_says_what_the_run_said(
    study: loader.Study, result: dict[str, Any], tmp_path: Path
) -> None:
    """The folder reads as whole and its tables have a row for every case and visit."""
    told = run.compare(study, replications=3, out=tmp_path / "result")
    assert as_json(told) == result

    stored = kept(tmp_path / "result")
    assert stored.result == result
    assert stored.manifest["digest"] == result["digest"]
    assert stored.manifest["models"].keys() == {"analog", "agentic"}
    assert len(stored.table("cases")["case"]) == 2 * 3 * 8
    events = sum(arm["events"] for arm in result["arms"].values())
    assert len(stored.table("events")["case"]) == events
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_kept_result_says_how_it_was_asked_for(tmp_path: Path) -> None:
    """What was set and pulled, from which file, with which packages; none of it is lost."""
    sets = ("cases.filers.count=4", "channels=[agentic]", "title={en: A b, ja: 手続}")
    study = loader.load("officer_change", sets=sets, levers=("gate=95%",))
    run.compare(study, replications=1, seed=7, out=tmp_path / "result")
    manifest = kept(tmp_path / "result").manifest

    assert (manifest["sets"], manifest["levers"]) == (list(sets), ["gate=95%"])
    assert (manifest["given"], manifest["scenario"]) == ("officer_change", "officer_change")
    assert Path(manifest["file"]).name == "officer_change.yaml"
    assert manifest["packages"].keys() >= {"numpy", "simpy", "holidays", "duckdb"}


def test_the_resolved_scenario_says_what_it_is_and_how_to_run_it_again(tmp_path: Path) -> None:
    """The command in its comment gives the same digest."""
    sets = ("cases.filers.count=4", "channels=[agentic]", "title={en: A b, ja: 手続}")
    study = loader.load("officer_change", sets=sets, levers=("gate=95%",))
    digest = run.compare(study, replications=1, seed=7, out=tmp_path / "result").digest
    comment = [
        line
        for line in kept(tmp_path / "result").texts["scenario.yaml"].splitlines()
        if line.startswith("# ")
    ]
    program, command, *args = shlex.split(comment[1].partition(": ")[2])
    answer = CliRunner().invoke(cli.app, [command, *args, "--json"])

    assert "runs again as it stands" in comment[0]
    assert program == cli.PROGRAM
    assert json.loads(answer.stdout)["digest"] == digest


def test_a_folder_that_exists_is_refused_before_anything_runs(
    study: loader.Study, tmp_path: Path
) -> None:
    """No result is ever written over another."""
    told: list[int] = []

    with pytest.raises(UsageError):
        run.compare(study, out=tmp_path, progress=lambda done, _of: told.append(done))

    assert told == []


SLOW: Final = """
import sys, time
from pathlib import Path
from sim.experiment import run, store
from sim.study import loader
from sim.experiment.result import as_json

write = store._sync
def slowly(path):
    print(path.name, flush=True)
    time.sleep(0.2)
    write(path)
store._sync = slowly
study = loader.load("officer_change", sets=["cases.filers.count=3", "channels=[digital]"])
run.compare(study, replications=1, out=Path(sys.argv[1]))
"""


@pytest.mark.parametrize("after", ["", "scenario.yaml", "events.parquet", "manifest.json"])
def test_a_killed_run_leaves_nothing_that_reads_as_whole(after: str, tmp_path: Path) -> None:
    """SIGKILL while it computes or while it writes: no folder of that name, no whole other."""
    command = [sys.executable, "-c", SLOW, str(tmp_path / "result")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if after:
            assert any(line.strip() == after for line in process.stdout)
        else:
            time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "result").exists()
    for left in tmp_path.iterdir():
        assert not whole(left)

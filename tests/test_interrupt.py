"""Signals end a run at once, whenever they come: one word at most, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")

# A shell that starts jobs in the background lets them ignore Ctrl-C.
HEED: Final = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
START: Final = f"{HEED}from sim.__main__ import main; main()"
RUN: Final = ("run", "--workers", "2", "--replications", "5000", "--out")

AT_WORK: Final = ("sim.experiment.work", 3)
"""What a run has imported how often once its two workers are at work, or just about to be."""


@contextmanager
def running(place: Path, moment: tuple[str, int]) -> Iterator[subprocess.Popen[str]]:
    """Begin a run that has just imported a module so many times, workers included.

    Workers that were left would keep the pipes open, and nobody would see the end of them.
    """
    command = [sys.executable, "-X", "importtime", "-c", START, *RUN, str(place)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=place.parent) as run:
        assert run.stderr is not None
        module, times = moment
        for line in run.stderr:
            times -= line.rpartition("| ")[2].strip() == module
            if not times:
                break
        yield run


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the code of a run and the last that it said beside what it imported."""
    out, told = run.communicate(timeout=120)
    assert out == ""
    rest = [line for line in told.splitlines() if not line.startswith("import time:")]
    return run.returncode, "\n".join(rest)


def workers(run: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a run has begun."""
    listing = ["ps", "-A", "-o", "pid=,ppid="]
    rows = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines()
    pairs = [tuple(map(int, row.split())) for row in rows]
    return [one for one, parent in pairs if parent == run.pid]


MOMENTS: Final = (
    ("shutil", 1),
    ("numpy._core._multiarray_umath", 1),
    ("duckdb", 1),
    ("multiprocessing.synchronize", 2),
    AT_WORK,
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[0]}-{moment[1]}")
def test_ctrl_c_ends_a_run_with_one_word(moment: tuple[str, int], tmp_path: Path) -> None:
    """While it is imported, while its workers begin, and while they work."""
    with running(tmp_path / "result", moment) as run:
        run.send_signal(signal.SIGINT)
        assert ended(run) == (130, "interrupted")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", [("duckdb", 1), AT_WORK])
def test_a_request_to_end_is_met_in_silence(moment: tuple[str, int], tmp_path: Path) -> None:
    """SIGTERM is what time limits and containers send."""
    with running(tmp_path / "result", moment) as run:
        run.send_signal(signal.SIGTERM)
        assert ended(run) == (143, "")
    assert list(tmp_path.iterdir()) == []


def test_workers_that_are_stopped_end_too(tmp_path: Path) -> None:
    """They would hear no milder signal than the last one."""
    with running(tmp_path / "result", AT_WORK) as run:
        for worker in workers(run):
            os.kill(worker, signal.SIGSTOP)
        run.send_signal(signal.SIGINT)
        assert ended(run) == (130, "interrupted")


def heeds_ctrl_c(process: int) -> bool:
    """Whether a process has not said yet that Ctrl-C is for others to answer."""
    ignored = Path(f"/proc/{process}/status").read_text(encoding="utf-8").partition("SigIgn:")[2]
    return not int(ignored.split()[0], 16) >> signal.SIGINT - 1 & 1


@pytest.mark.parametrize(
    "stopped",
    [
        False,
        pytest.param(
            True, marks=pytest.mark.skipif(sys.platform != "linux", reason="only there it can")
        ),
    ],
)
def test_a_killed_run_takes_its_workers_along(tmp_path: Path, *, stopped: bool) -> None:
    """Nothing tells them but the end of their parent, not even that if they are stopped."""
    with running(tmp_path / "result", AT_WORK) as run:
        for worker in workers(run) if stopped else ():
            if "spawn_main" in Path(f"/proc/{worker}/cmdline").read_text(encoding="utf-8"):
                while heeds_ctrl_c(worker):
                    time.sleep(0.01)
                os.kill(worker, signal.SIGSTOP)
        run.kill()
        assert "Traceback" not in ended(run)[1]
    assert run.returncode == -signal.SIGKILL

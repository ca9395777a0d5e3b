"""Ctrl-C: one word, exit code 130, and no process left behind, whenever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.parametrize("moment", [1.0, 2.5])
def test_ctrl_c_ends_a_run_and_all_its_workers(moment: float) -> None:
    """Workers that were left would keep the pipes open, and the call would not come back."""
    # A shell that starts jobs in the background lets them ignore the signal.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heed}; from sim.cli import main; main()"]
    run = subprocess.Popen(
        [*command, "run", "--workers", "2", "--replications", "500"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(moment)
    run.send_signal(signal.SIGINT)
    out, told = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert "Traceback" not in told

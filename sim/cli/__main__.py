"""``python -m sim.cli`` is ``python -m sim``, which heeds signals before it reads anything in."""

from __future__ import annotations

import runpy

runpy.run_module("sim", run_name="__main__", alter_sys=True)

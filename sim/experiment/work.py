"""What a worker does: one replication of one arm. It imports no more than that takes."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.queues import Queue
from typing import Any, Final, Protocol, TypeVar

from sim.compile.program import Program
from sim.engine import reference
from sim.experiment.tables import Chunk, chunks
from sim.kpi import Measures, check, measure
from sim.log import Log

_PARENT_DEATH_SIGNAL: Final = 1
"""``PR_SET_PDEATHSIG`` of Linux: which signal a process gets when its parent ends."""

Engine = Callable[[Program, int, int], Log]
ENGINES: Final[Mapping[str, Engine]] = {"simpy": reference.run}
"""What can execute a model: a function of the model, the seed and the replication."""

AUTO: Final = "simpy"
"""The engine that ``auto`` stands for."""


@dataclass(frozen=True)
class Receipt:
    """What one replication of one arm hands back: its figures, and its tables if they are kept."""

    measures: Measures
    tables: Mapping[str, Chunk]


@dataclass(frozen=True)
class Job:
    """What every worker needs to know."""

    models: tuple[Program, ...]
    engine: str
    seed: int
    keep: bool

    def do(self, arm: int, replication: int) -> Receipt:
        """Run one replication of one arm and check its log. Raises RunFailed."""
        model = self.models[arm]
        log = ENGINES[self.engine](model, self.seed, replication)
        check(model, log)
        measures = measure(model, log)
        return Receipt(measures, chunks(model, log, measures) if self.keep else {})


T_co = TypeVar("T_co", covariant=True)


class Doer(Protocol[T_co]):
    """A job: it does any of its parts, each of which two numbers name."""

    def do(self, one: int, other: int, /) -> T_co:
        """Do one part."""


class _Worker:
    """What a worker process was given when it began."""

    job: Doer[Any] | None = None


def prepare(jobs: Queue[bytes]) -> None:
    """Begin a worker process, with a job that was pickled."""
    if sys.platform == "linux":  # one that is stopped would not see the end of its parent
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _Worker.job = pickle.loads(jobs.get())  # noqa: S301 -- the parent has written it
    gc.freeze()  # all there is now stays: looking through it for garbage costs a tenth of the time


def _leave_with_parent() -> None:
    """End this process as soon as its parent has ended, however that was."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 -- a worker has one
    parent.join()
    os._exit(1)


def do(one: int, other: int) -> Any:
    """Do a part of the job the process was given when it began."""
    assert _Worker.job is not None  # noqa: S101 -- set when the process began
    return _Worker.job.do(one, other)

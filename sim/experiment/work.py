"""Replications on several processes. A worker imports no more than one replication takes."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.queues import Queue
from typing import Any, Final, Protocol, TypeVar

from sim import signals
from sim.compile.program import Program
from sim.engine import reference
from sim.engine.outages import drawn
from sim.errors import RunFailed
from sim.experiment.tables import Chunk, chunks
from sim.kpi.invariants import check
from sim.kpi.measures import Measures, measure
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
        model = drawn(self.models[arm], self.seed, replication)
        log = ENGINES[self.engine](model, self.seed, replication)
        check(model, log)
        measures = measure(model, log)
        return Receipt(measures, chunks(model, log, measures) if self.keep else {})


Task = tuple[int, int]
"""A part of a job, such as an arm and a replication."""

Progress = Callable[[int, int], None]
"""Takes the number of tasks done and of all."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Doer(Protocol[T_co]):
    """A job: it does any of its tasks."""

    def do(self, one: int, other: int, /) -> T_co:
        """Do one task."""


def done(
    job: Doer[T], tasks: Sequence[Task], workers: int, progress: Progress | None
) -> dict[Task, T]:
    """Return what ``job`` made of each task; ``progress`` is told after each.

    Raises RunFailed if a process dies, and whatever the job raises.
    """
    count = min(workers, len(tasks))
    alone = ((task, job.do(*task)) for task in tasks)
    found: dict[Task, T] = {}
    for task, made in alone if count == 1 else _shared(job, tasks, count):
        found[task] = made
        if progress is not None:
            progress(len(found), len(tasks))
    return found


def _shared(job: Doer[T], tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, T]]:
    """Yield each task with what ``job`` made of it, in the order in which they are done."""
    context = multiprocessing.get_context("spawn")
    # Not an argument of the workers: to start one would take until it has read the whole job.
    with _tracked_quietly():
        jobs = context.Queue()
    executor = ProcessPoolExecutor(workers, context, prepare, (jobs,))
    with signals.lastly(partial(_kill, executor)):
        try:
            packed = pickle.dumps(job)
            for _ in range(workers):
                jobs.put(packed)
            with signals.put_off():  # a worker that is interrupted while it begins would say so
                pending = {executor.submit(do, *task): task for task in tasks}
            for future in as_completed(pending):
                yield pending[future], future.result()
        except BrokenProcessPool:
            raise RunFailed("worker_died") from None
        finally:
            _kill(executor)
            executor.shutdown(wait=False, cancel_futures=True)
            jobs.cancel_join_thread()
            jobs.close()


@contextmanager
def _tracked_quietly() -> Iterator[None]:
    """Let the process that removes the semaphores of a killed run, if one begins, do so in silence.

    It would warn of them, after the program has said all it had to say.
    """
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (before, "ignore:resource_tracker")))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _kill(executor: ProcessPoolExecutor) -> None:
    """Kill the workers, whatever they are doing: nothing they would still say is wanted.

    One that is stopped heeds no milder signal.
    """
    processes = executor._processes  # noqa: SLF001 -- the library kills them from 3.14 on
    for process in dict(processes or {}).values():
        process.kill()


_GIVEN: Final[list[Doer[Any]]] = []
"""The job that a worker process was given when it began."""


def prepare(jobs: Queue[bytes]) -> None:
    """Begin a worker process, with a job that was pickled."""
    if sys.platform == "linux":  # one that is stopped would not see the end of its parent
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _GIVEN.append(pickle.loads(jobs.get()))  # noqa: S301 -- the parent has written it
    gc.freeze()  # all there is now stays: looking through it for garbage costs a tenth of the time


def _leave_with_parent() -> None:
    """End this process as soon as its parent has ended, however that was."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 -- a worker has one
    parent.join()
    os._exit(1)


def do(one: int, other: int) -> Any:
    """Do a part of the job the process was given when it began."""
    return _GIVEN[0].do(one, other)

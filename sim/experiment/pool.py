"""Tasks on several processes: each is a pair of numbers that a job turns into something."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

from sim import signals
from sim.errors import RunFailed
from sim.experiment import work

T = TypeVar("T")
Task = tuple[int, int]

_WARNINGS: Final = "PYTHONWARNINGS"


def done(job: work.Doer[T], tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, T]]:
    """Yield each task with what ``job`` made of it, in the order in which they are done.

    Raises RunFailed if a process dies, and whatever the job raises.
    """
    if min(workers, len(tasks)) == 1:
        yield from ((task, job.do(*task)) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(tasks))
    # Not an argument of the workers: to start one would take until it has read the whole job.
    with _tracked_quietly():
        jobs = context.Queue()
    executor = ProcessPoolExecutor(count, context, work.prepare, (jobs,))
    with signals.lastly(partial(_kill, executor)):
        try:
            packed = pickle.dumps(job)
            for _ in range(count):
                jobs.put(packed)
            with signals.put_off():  # a worker that is interrupted while it begins would say so
                pending = {executor.submit(work.do, *task): task for task in tasks}
            yield from _as_done(pending)
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
    before = os.environ.get(_WARNINGS)
    os.environ[_WARNINGS] = ",".join(filter(None, (before, "ignore:resource_tracker")))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_WARNINGS]
        else:
            os.environ[_WARNINGS] = before


def _kill(executor: ProcessPoolExecutor) -> None:
    """Kill the workers, whatever they are doing: nothing they would still say is wanted.

    One that is stopped heeds no milder signal.
    """
    processes = executor._processes  # noqa: SLF001 -- the library kills them from 3.14 on
    for process in dict(processes or {}).values():
        process.kill()


def _as_done(
    pending: dict[Future[T], Task],
) -> Iterator[tuple[Task, T]]:
    while pending:
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield pending.pop(future), future.result()

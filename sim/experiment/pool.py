"""Tasks on several processes: each is a pair of numbers that a job turns into something."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from sim.errors import RunFailed
from sim.experiment import work

T = TypeVar("T")
Task = tuple[int, int]


def done(job: work.Doer[T], tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, T]]:
    """Yield each task with what ``job`` made of it, in the order in which they are done.

    Raises RunFailed if a process dies, and whatever the job raises.
    """
    if min(workers, len(tasks)) == 1:
        yield from ((task, job.do(*task)) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(min(workers, len(tasks)), context, work.prepare, (job,))
    try:
        with _uninterrupted():  # a worker that is interrupted while it begins would say so
            pending = {executor.submit(work.do, *task): task for task in tasks}
        yield from _as_done(pending)
    except BrokenProcessPool:
        raise RunFailed("worker_died") from None
    finally:
        _stop(executor)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off till the end; processes that begin meanwhile never see it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    noted: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if noted:
        raise KeyboardInterrupt


def _stop(executor: ProcessPoolExecutor) -> None:
    """Stop the workers at once, whatever they are doing: nothing they would still say is wanted."""
    workers = dict(executor._processes or {})  # noqa: SLF001 -- the library kills them from 3.14 on
    executor.shutdown(wait=False, cancel_futures=True)
    for process in workers.values():
        process.terminate()


def _as_done(
    pending: dict[Future[T], Task],
) -> Iterator[tuple[Task, T]]:
    while pending:
        done, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield pending.pop(future), future.result()

"""Signals that end the program: at once, with one line at most, and with nothing left behind.

An exception would be the other way, but not every place lets one through: a library that is being
imported, a database at work or an object being deleted swallows it, or tells of it at length.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import ClassVar, Final

Act = Callable[[], object]

_PATIENCE: Final = 1.0
"""Seconds after which the program ends though its last acts are not done."""

_ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class _Last:
    """What is said after Ctrl-C, and what is done before the program ends, the latest first."""

    line: ClassVar[str] = ""
    acts: ClassVar[list[Act]] = []


def heed() -> None:
    """End the program on the signals that ask for it, except those that it was told to ignore."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def answer(line: str) -> None:
    """Say ``line`` after Ctrl-C."""
    _Last.line = line


@contextmanager
def lastly(act: Act) -> Iterator[None]:
    """Do ``act``, which may be done twice, also if a signal ends the program inside the block."""
    _Last.acts.append(act)
    try:
        yield
    finally:
        _Last.acts.remove(act)


@contextmanager
def put_off() -> Iterator[None]:
    """Answer signals only after the block; processes that begin inside never see Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    noted: list[int] = []
    handlers = {n: signal.signal(n, lambda number, _: noted.append(number)) for n in _ENDING}
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in noted:
            signal.raise_signal(number)


def _end(number: int, _: FrameType | None) -> None:
    """Do the last acts and end the program, within a second even if one of them hangs.

    Nothing here waits for a lock: whatever was interrupted may hold it.
    """
    for other in _ENDING:
        signal.signal(other, signal.SIG_IGN)
    _thread.start_new_thread(_leave, (number, _PATIENCE))
    for act in reversed(_Last.acts):
        with suppress(Exception):
            act()
    if hasattr(os, "killpg"):  # not on Windows
        with suppress(OSError):
            os.killpg(0, signal.SIGCONT)  # a helper that is stopped must see that it is alone
    if number == signal.SIGINT and _Last.line:
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        with suppress(OSError):
            os.write(2, f"{_Last.line}\n".encode(encoding, "replace"))
    _leave(number)


def _leave(number: int, after: float = 0.0) -> None:
    time.sleep(after)
    os._exit(128 + number)

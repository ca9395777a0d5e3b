"""A bar on stderr that shows how many replications are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sim import signals

_VANISH: Final = b"\r\x1b[2K\x1b[?25h"
"""To the terminal: delete the line and show the cursor."""


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how many of how many are done; the bar vanishes at the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with (
        signals.lastly(_vanish),
        Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress,
    ):
        task = progress.add_task(label, total=None)

        def update(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield update


def _vanish() -> None:
    os.write(2, _VANISH)

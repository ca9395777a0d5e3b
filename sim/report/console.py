"""What is drawn on the terminal: sheets of tables, as wide as it is, and a bar of progress."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sim import signals
from sim.words import printable

WIDEST: Final = 100
NARROWEST: Final = 40

_VANISH: Final = b"\r\x1b[2K\x1b[?25h"
"""To the terminal: delete the line and show the cursor."""


def width() -> int:
    """Return the columns to draw on: those of the terminal, 80 if there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))


def drawn(sheet: RenderableType, *, columns: int | None = None, colour: bool = False) -> str:
    """Return ``sheet`` as text of at most ``columns`` (default: the terminal's) cells a line.

    Without ``colour`` the text holds no escape codes and no spaces at the ends of lines.
    """
    console = _Plain(
        file=io.StringIO(),
        width=columns or width(),
        force_terminal=colour,
        color_system="auto" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(sheet)
    return capture.get() if colour else "\n".join(map(str.rstrip, capture.get().split("\n")))


class _Plain(Console):
    """A console on which texts have no control characters: only its own styles are codes."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of a sheet, with escapes for what cannot be printed in their texts."""
        for text, style, control in super().render(renderable, options):
            yield Segment(printable(text, "\n"), style, control)


def columns(*, header: bool = True) -> Table:
    """Return an empty table: two cells between columns, no lines but one below the header."""
    return Table(
        box=SIMPLE_HEAD if header else None,
        show_header=header,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1 if header else 2, 0, 0),
        header_style="",
        border_style="dim",
    )


def apart(*parts: RenderableType) -> Group:
    """Return parts one below the other, with a blank line between."""
    spaced = [piece for part in parts for piece in (Text(), part)]
    return Group(*spaced[1:])


def shared_out(count: int, fitting: int) -> list[range]:
    """Return as few spans of ``count`` columns as hold ``fitting`` each, evenly long."""
    size = -(-count // -(-count // fitting))
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how many of how many are done; the bar vanishes at the end."""
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with (
        signals.lastly(partial(os.write, 2, _VANISH)),
        Progress(*shown, TimeElapsedColumn(), console=console, transient=True) as progress,
    ):
        task = progress.add_task(label, total=None)

        def update(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield update

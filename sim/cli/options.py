"""What several commands share: options, and the voice that a command speaks with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, Literal

import typer

from sim.report.terminal import Output, ending
from sim.words import Language

PROGRAM: Final = "tetsuzuki"

Channel = Literal["analog", "digital", "agentic"]
"""Ways to carry out a procedure. The definitions have the same; they are slow to import."""

SCENARIO: Final = "officer_change"
"""The scenario that is run where none is named."""


def option(told: str, metavar: str, *names: str, **more: Any) -> Any:
    """Return an option that need not be given; ``told`` is the key of what is told of it."""
    return typer.Option(*names, metavar=metavar, help=told, show_default=False, **more)


def argument(told: str, metavar: str) -> Any:
    """Return what stands without a name before it; ``told`` is the key of what is told of it."""
    return typer.Argument(metavar=metavar, help=told, show_default=False)


Lang = Annotated[Language | None, typer.Option("--lang", help="help.lang", show_default=False)]
Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="help.scenario")]
Workers = Annotated[int | None, option("help.workers", "N", "--workers", min=1)]
Json = Annotated[bool, typer.Option("--json", help="help.json")]
Quiet = Annotated[bool, typer.Option("--quiet", help="help.quiet")]


@contextmanager
def speaking(ctx: typer.Context, lang: str | None, *, plain: bool = False) -> Iterator[Output]:
    """Give a command its voice; whatever goes wrong inside ends in one message and a code."""
    chosen = str(lang or ctx.obj)
    with ending(chosen):
        yield Output(chosen, plain or bool(os.environ.get("NO_COLOR")))


def processors() -> int:
    """Return how many processors this process may use; fewer than there are in a container."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1

"""The command line: each command makes one call and prints what comes back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sim import signals
from sim.cli.group import CommandGroup, spoken
from sim.cli.options import PROGRAM, Lang
from sim.report.terminal import ending

__all__ = ["PROGRAM", "app", "main"]

app = typer.Typer(
    name=PROGRAM,
    cls=CommandGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        from sim import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    ctx: typer.Context,
    lang: Lang = None,
    version: Annotated[  # noqa: ARG001 -- its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="help.version")
    ] = False,
) -> None:
    ctx.obj = lang or ctx.obj


def main() -> None:
    """Run the command line; the exit code is that of the command."""
    signals.heed()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # an odd terminal
    with ending(spoken(sys.argv[1:])):
        app(prog_name=PROGRAM)

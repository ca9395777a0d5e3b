"""The command line: each command makes one call and prints what comes back.

A command is a message ``command.NAME`` of the catalogue, which says what it does, and a function
``do_NAME`` in ``commands``. Their order is that of the messages.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from sim import signals
from sim.cli import commands
from sim.cli import help as helping
from sim.cli.commands import PROGRAM, Lang
from sim.report.terminal import ending, preferred
from sim.words import LANGUAGES, under

__all__ = ["PROGRAM", "app", "main"]


class Command(TyperCommand):
    """A command that explains itself in every language."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer's own Context
        """Return what ``--help`` prints."""
        return helping.page(self, ctx, str(ctx.obj or preferred(os.environ)))


class CommandGroup(TyperGroup):
    """The program: it explains itself, and tells why a command cannot be understood."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- as overridden
        """Return the names of the commands in the order in which they are explained."""
        return list(under("command"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None if there is none of that name."""
        return read(cmd_name) if cmd_name in self.list_commands(ctx) else None

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer's own Context
        """Return what ``--help`` prints."""
        return helping.page(self, ctx, str(ctx.obj or preferred(os.environ)))

    def main(  # type: ignore[override]  # more keywords go through
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; say in its language why it cannot be understood, with code 2."""
        given = _completed(sys.argv[1:] if args is None else args)
        lang = spoken(given)
        try:
            code = super().main(given, prog_name, standalone_mode=False, **{"obj": lang, **extra})
        except typer.TyperException as error:
            typer.echo("\n".join(helping.refused(error, lang)), err=True)
            code = error.exit_code
        if standalone_mode:
            sys.exit(code)
        return code


def _completed(args: Iterable[str]) -> list[str]:
    """Return arguments with an empty name behind an ``--against`` that has none."""
    told: list[str] = []
    for arg in (*args, "--"):
        if told[-1:] == ["--against"] and arg.startswith("-"):
            told.append("")
        told.append(arg)
    return told[:-1]


def read(name: str) -> Any:
    """Return the command ``name``."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(name, cls=Command)(getattr(commands, f"do_{name}"))
    return get_command(alone)


def spoken(args: Iterable[str]) -> str:
    """Return the language that ``args`` ask for with ``--lang``, or else the environment."""
    asked = re.findall(r"--lang(?:=|\0)([^\0]*)", "\0".join(args))
    known = [lang for lang in asked if lang in LANGUAGES]
    return known[-1] if known else preferred(os.environ)


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

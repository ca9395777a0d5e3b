"""``check``: files are validated without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Lang, speaking
from sim.errors import InvalidInput
from sim.words import say


def command(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="help.files")],
    lang: Lang = None,
) -> None:
    """Validate files; print one diagnosis a problem."""
    with speaking(ctx, lang) as voice:
        from sim.experiment import checking

        problems, warnings = checking.check(files)
        for warning in warnings:
            voice.warn(warning.text(voice.lang))
        if problems:
            voice.write("\n\n".join(problem.text(voice.lang) for problem in problems))
            raise SystemExit(InvalidInput.exit_code)
        voice.write(say("cli.all_well", voice.lang, count=len(files)))

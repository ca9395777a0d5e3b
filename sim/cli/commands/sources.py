"""``sources``: the numbers of the definitions and where they are from."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Lang, argument, speaking
from sim.words import say


def command(
    ctx: typer.Context,
    name: Annotated[str | None, argument("help.name", "NAME")] = None,
    lang: Lang = None,
) -> None:
    """List every number with its source and range, assumptions first."""
    with speaking(ctx, lang) as voice:
        from sim.report import parameters as sheet
        from sim.study.parameters import counts, figures

        found, counted = figures(name), counts(name)
        voice.draw(lambda columns: sheet.page(found, voice.lang, columns))
        if counted:
            voice.draw(lambda _: "\n" + say("cli.counts", voice.lang, count=counted))

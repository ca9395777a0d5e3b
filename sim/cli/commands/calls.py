"""``calls``: calls for subsidies that fit a company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json, Lang, argument, option, speaking


def command(
    ctx: typer.Context,
    file: Annotated[Path | None, argument("help.calls_file", "[FILE]")] = None,
    words: Annotated[list[str] | None, option("help.words", "W")] = None,
    area: Annotated[str | None, option("help.area", "A")] = None,
    employees: Annotated[int | None, option("help.employees", "N", min=0)] = None,
    on: Annotated[str | None, option("help.on", "DATE")] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """List the calls for subsidies that fit."""
    with speaking(ctx, lang) as voice:
        from sim.exchange import jgrants

        known = jgrants.load(file or jgrants.SAMPLE)
        found = jgrants.find(known, words or (), area, employees, jgrants.when(on))
        if as_json:
            voice.dump(jgrants.listed(found))
            return
        from sim.report import listing

        voice.draw(lambda _: listing.calls_page(found, voice.lang))

"""``list``: what is on the shelf."""

from __future__ import annotations

import typer

from sim.cli.options import Lang, speaking


def command(
    ctx: typer.Context,
    lang: Lang = None,
) -> None:
    """List the procedures, agents and scenarios there are."""
    with speaking(ctx, lang) as voice:
        from sim.report import listing
        from sim.study import catalogue

        shelf = catalogue.shelf_list()
        voice.draw(lambda _: listing.shelf_page(shelf, voice.lang))

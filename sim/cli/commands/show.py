"""``show``: the graph of a procedure."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from sim.cli.options import Channel, Lang, speaking

Format = Literal["text", "mermaid", "dot"]
"""Ways to draw a graph."""


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="help.procedure")],
    channel: Annotated[
        Channel | None, typer.Option(help="help.only_channel", show_default=False)
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="help.format")] = "text",
    lang: Lang = None,
) -> None:
    """Draw the graph of a procedure."""
    with speaking(ctx, lang) as voice:
        from sim.graph.drawing import drawing as drawn_of
        from sim.report import drawing

        drawn = drawn_of(name, channel)
        if form == "text":
            voice.draw(lambda _: drawing.text(drawn, voice.lang))
        else:
            write = drawing.mermaid if form == "mermaid" else drawing.dot
            voice.write(write(drawn, voice.lang))

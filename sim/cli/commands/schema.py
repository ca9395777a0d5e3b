"""``schema``: the JSON Schema of a kind of file."""

from __future__ import annotations

from typing import Annotated

import typer

from sim import shelf
from sim.cli.options import Lang, argument, speaking


def command(
    ctx: typer.Context,
    kind: Annotated[shelf.Word, argument("help.kind", "KIND")],
    lang: Lang = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    with speaking(ctx, lang) as voice:
        from sim.language.schema import schema as schema_of

        voice.dump(schema_of(kind))

"""``schema``: the JSON Schema of a kind of file."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from sim.cli.options import Lang, argument, speaking

Kind = Literal["procedure", "agent", "scenario", "facts"]
"""Kinds of files that people edit."""


def command(
    ctx: typer.Context,
    kind: Annotated[Kind, argument("help.kind", "KIND")],
    lang: Lang = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    with speaking(ctx, lang) as voice:
        from sim.language.schema import schema as schema_of

        voice.dump(schema_of(kind))

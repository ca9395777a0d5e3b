"""``plan``: what an agent would do to reach a goal."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Channel, Lang, argument, option, speaking
from sim.errors import UsageError


def command(
    ctx: typer.Context,
    goal: Annotated[list[str] | None, argument("help.goal", "GOAL")] = None,
    using: Annotated[list[str] | None, option("help.using", "P")] = None,
    have: Annotated[list[str] | None, option("help.have", "DOC")] = None,
    channel: Annotated[Channel, typer.Option(help="help.channel")] = "agentic",
    words: Annotated[str | None, option("help.say", "TEXT", "--say")] = None,
    lang: Lang = None,
) -> None:
    """Print the plan that an agent derives for a goal."""
    with speaking(ctx, lang) as voice:
        if bool(goal) == (words is not None):
            raise UsageError("cli.goal_or_say")
        from sim.engine.typical import plan_for
        from sim.graph import intent
        from sim.report import planning

        if words is not None:
            heard = intent.understood(words, using or ())
            goal, have = list(heard.goal), [*heard.have, *(have or ())]
        derived = plan_for(goal or (), using=using or (), have=have or (), channel=channel)
        voice.draw(lambda columns: planning.page(derived, voice.lang, columns, heard=words))

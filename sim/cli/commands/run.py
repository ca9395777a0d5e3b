"""``run``: a scenario is simulated and its arms are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.options import (
    PROGRAM,
    SCENARIO,
    Json,
    Lang,
    Quiet,
    Scenario,
    Workers,
    option,
    processors,
    speaking,
)
from sim.report.terminal import Output

Engine = Literal["auto", "simpy"]
"""What executes a compiled model."""


def command(
    ctx: typer.Context,
    scenario: Scenario = SCENARIO,
    sets: Annotated[list[str] | None, option("help.set", "P=V", "--set")] = None,
    levers: Annotated[list[str] | None, option("help.lever", "N=V", "--lever")] = None,
    replications: Annotated[int | None, option("help.replications", "N", min=1)] = None,
    seed: Annotated[int | None, option("help.seed", "N", min=0, max=2**32 - 1)] = None,
    engine: Annotated[Engine, typer.Option(help="help.engine")] = "auto",
    workers: Workers = None,
    out: Annotated[Path | None, option("help.out", "DIR")] = None,
    full: Annotated[bool, typer.Option("--full", help="help.full")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Compare the arms of a scenario."""
    with speaking(ctx, lang, plain=quiet or as_json) as voice:
        from sim.study import loader

        study = loader.load(scenario, sets=sets or (), levers=levers or ())
        from sim.experiment.result import as_json as as_json_of
        from sim.experiment.run import compare  # slow to load, so that mistakes are told first

        with voice.progress() as progress:
            result = compare(
                study,
                replications=replications,
                seed=seed,
                engine=engine,
                workers=workers or processors(),
                progress=progress,
                out=out,
                lang=voice.lang,
            )
        if not quiet:
            _tell_undefended(voice, scenario)
        for warning in result.warnings:
            voice.warn(warning)
        if out is not None and not quiet:
            voice.tell("cli.kept", folder=out)
        if as_json:
            voice.dump(as_json_of(result))
            return
        from sim.report import brief, comparison

        page = comparison.page if full else brief.page
        voice.draw(lambda columns: page(result, voice.lang, columns))


def _tell_undefended(voice: Output, scenario: str) -> None:
    """Say in one line how many numbers nobody can defend, and how to see them."""
    from sim.study import parameters

    count = parameters.undefended(scenario)
    if count:
        command = f"{PROGRAM} sources {Path(scenario).stem}"
        voice.tell("cli.undefended", count=count, command=command)

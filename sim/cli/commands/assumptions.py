"""``assumptions``: how much each uncertain number matters."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from sim.cli.options import (
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


def command(
    ctx: typer.Context,
    scenario: Scenario = SCENARIO,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="help.top")] = 20,
    start: Annotated[str | None, option("help.from", "ARM", "--from")] = None,
    end: Annotated[str | None, option("help.to", "ARM", "--to")] = None,
    kpi: Annotated[str, typer.Option(metavar="KPI", help="help.kpi")] = "latency_days.mean",
    replications: Annotated[int, typer.Option(metavar="N", min=2, help="help.each_setting")] = 4,
    cases: Annotated[int, typer.Option(metavar="N", min=1, help="help.most_cases")] = 20,
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
    lang: Lang = None,
) -> None:
    """Rank the assumptions by their effect on the difference of two arms."""
    with speaking(ctx, lang, plain=quiet or as_json) as voice:
        from sim.experiment.result import ranking_as_json
        from sim.experiment.sensitivity import rank

        with voice.progress("cli.numbers") as progress:
            result = rank(
                scenario,
                start=start,
                end=end,
                kpi=kpi,
                replications=replications,
                cases=cases,
                workers=workers or processors(),
                progress=progress,
            )
        result = replace(result, rows=result.rows[:top])
        if as_json:
            voice.dump(ranking_as_json(result))
            return
        from sim.report import sensitivity

        voice.draw(lambda columns: sensitivity.page(result, voice.lang, columns))

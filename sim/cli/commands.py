"""The commands: each is a function ``do_NAME`` that makes one call and prints what comes back.

What is slow to import is imported by the command that uses it, so that the others start at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from sim import shelf
from sim.errors import InvalidInput, UsageError
from sim.report.terminal import Output, ending
from sim.words import Language, say

PROGRAM: Final = "tetsuzuki"

Channel = Literal["analog", "digital", "agentic"]
"""Ways to carry out a procedure. The definitions have the same; they are slow to import."""

Engine = Literal["auto", "simpy"]
"""What executes a compiled model."""

Format = Literal["text", "mermaid", "dot"]
"""Ways to draw a graph."""

New = Literal["procedure", "agent", "scenario"]
"""What may be begun anew; ``study.starter`` has the same."""

SCENARIO: Final = "officer_change"
"""The scenario that is run where none is named."""


def option(told: str, metavar: str, *names: str, **more: Any) -> Any:
    """Return an option that need not be given; ``told`` is the key of what is told of it."""
    return typer.Option(*names, metavar=metavar, help=told, show_default=False, **more)


def argument(told: str, metavar: str) -> Any:
    """Return what stands without a name before it; ``told`` is the key of what is told of it."""
    return typer.Argument(metavar=metavar, help=told, show_default=False)


Lang = Annotated[Language | None, typer.Option("--lang", help="help.lang", show_default=False)]
Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="help.scenario")]
Workers = Annotated[int | None, option("help.workers", "N", "--workers", min=1)]
Json = Annotated[bool, typer.Option("--json", help="help.json")]
Quiet = Annotated[bool, typer.Option("--quiet", help="help.quiet")]


@contextmanager
def speaking(ctx: typer.Context, lang: str | None, *, plain: bool = False) -> Iterator[Output]:
    """Give a command its voice; whatever goes wrong inside ends in one message and a code."""
    chosen = str(lang or ctx.obj)
    with ending(chosen):
        yield Output(chosen, plain or bool(os.environ.get("NO_COLOR")))


def processors() -> int:
    """Return how many processors this process may use; fewer than there are in a container."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def do_run(
    ctx: typer.Context,
    scenario: Scenario = SCENARIO,
    sets: Annotated[list[str] | None, option("help.set", "P=V", "--set")] = None,
    levers: Annotated[list[str] | None, option("help.lever", "N=V", "--lever")] = None,
    casts: Annotated[list[str] | None, option("help.cast", "A=B", "--cast")] = None,
    against: Annotated[str | None, option("help.against", "[ORIGINAL]", "--against")] = None,
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
        from sim.study import loader, parameters

        study = loader.load(scenario, sets=sets or (), levers=levers or (), casts=casts or ())
        original = None if against is None else loader.original(study, against)
        if original is not None and out is not None:
            raise UsageError("against_out")
        with voice.progress() as progress:
            how: dict[str, Any] = {
                "replications": replications,
                "seed": seed,
                "engine": engine,
                "workers": workers or processors(),
                "progress": progress,
                "lang": voice.lang,
            }
            # Slow to load, so that mistakes are told first.
            from sim.experiment import against as beside
            from sim.experiment import run
            from sim.experiment.result import as_json as as_json_of

            told = None if original is None else beside.against(study, original, **how)
            result = run.compare(study, out=out, **how) if told is None else told.result
        if not quiet and (count := parameters.undefended(scenario)):
            command = f"{PROGRAM} sources {Path(scenario).stem}"
            voice.tell("cli.undefended", count=count, command=command)
        for warning in result.warnings:
            voice.warn(warning)
        if out is not None and not quiet:
            voice.tell("cli.kept", folder=out)
        if as_json:
            voice.dump(as_json_of(result) if told is None else told.json)
            return
        from sim.report import against as sheet
        from sim.report import brief, comparison

        page = comparison.page if full else brief.page
        voice.draw(
            lambda columns: (
                page(result, voice.lang, columns)
                if told is None
                else sheet.page(told, voice.lang, columns, full=full)
            )
        )


def do_new(
    ctx: typer.Context,
    kind: Annotated[New, argument("help.kind", "KIND")],
    name: Annotated[str, argument("help.new_name", "NAME")],
    lang: Lang = None,
) -> None:
    """Write a small valid file to begin with."""
    with speaking(ctx, lang) as voice:
        from sim.study import starter

        file = starter.begin(kind, name, voice.lang)
        voice.write(say("new.written", voice.lang, file=file, program=PROGRAM))
        voice.write(say(f"new.then.{kind}", voice.lang, name=name, program=PROGRAM))


def do_check(
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


def do_list(
    ctx: typer.Context,
    lang: Lang = None,
) -> None:
    """List the procedures, agents and scenarios there are."""
    with speaking(ctx, lang) as voice:
        from sim.report import listing
        from sim.study import catalogue

        shelf = catalogue.shelf_list()
        voice.draw(lambda _: listing.shelf_page(shelf, voice.lang))


def do_show(
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
        from sim.graph.network import drawing as drawn_of
        from sim.report import drawing

        drawn = drawn_of(name, channel)
        if form == "text":
            voice.draw(lambda _: drawing.text(drawn, voice.lang))
        else:
            write = drawing.mermaid if form == "mermaid" else drawing.dot
            voice.write(write(drawn, voice.lang))


def do_plan(
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


def do_sources(
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
        if typed := sum(figure.exception for figure in found):
            voice.draw(lambda _: "\n" + say("cli.typed", voice.lang, count=typed))


def do_calls(
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


def do_assumptions(
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
        from sim.experiment.result import as_json as as_json_of
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
            voice.dump(as_json_of(result))
            return
        from sim.report import parameters

        voice.draw(lambda columns: parameters.ranking_page(result, voice.lang, columns))


def do_schema(
    ctx: typer.Context,
    kind: Annotated[shelf.Word, argument("help.kind", "KIND")],
    lang: Lang = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    with speaking(ctx, lang) as voice:
        from sim.language.schema import schema as schema_of

        voice.dump(schema_of(kind))

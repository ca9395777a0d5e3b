"""The command line: each command makes one call and prints what comes back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from sim import signals
from sim.errors import InvalidInput, UsageError
from sim.report.terminal import Output, ending
from sim.report.usage import Command, CommandGroup, spoken
from sim.words import say

PROGRAM: Final = "tetsuzuki"
app = typer.Typer(
    name=PROGRAM,
    cls=CommandGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Language(StrEnum):
    """Languages that the program speaks."""

    EN = "en"
    JA = "ja"


class Channel(StrEnum):
    """Ways to carry out a procedure."""

    ANALOG = "analog"
    DIGITAL = "digital"
    AGENTIC = "agentic"


class Engine(StrEnum):
    """What executes a compiled model."""

    AUTO = "auto"
    SIMPY = "simpy"


class Format(StrEnum):
    """Ways to draw a graph."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


class FileKind(StrEnum):
    """Kinds of files that people edit."""

    PROCEDURE = "procedure"
    AGENT = "agent"
    SCENARIO = "scenario"
    FACTS = "facts"


LangOption = Annotated[
    Language | None,
    typer.Option("--lang", help="help.lang", show_default=False),
]
ChannelOption = Annotated[Channel, typer.Option("--channel", help="help.channel")]


@contextmanager
def _speaking(
    ctx: typer.Context, lang: Language | None, *, plain: bool = False
) -> Iterator[Output]:
    """Give a command its voice; whatever goes wrong inside ends in one message and a code."""
    chosen = str(lang or ctx.obj)
    with ending(chosen):
        yield Output(chosen, plain or bool(os.environ.get("NO_COLOR")))


def _processors() -> int:
    """Return how many processors this process may use; fewer than there are in a container."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _version(value: bool) -> None:
    if value:
        from sim import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    ctx: typer.Context,
    lang: LangOption = None,
    version: Annotated[  # noqa: ARG001 -- its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="help.version")
    ] = False,
) -> None:
    ctx.obj = lang or ctx.obj


@app.command(cls=Command)
def run(
    ctx: typer.Context,
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="help.scenario")
    ] = "officer_change",
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="P=V", help="help.set", show_default=False),
    ] = None,
    levers: Annotated[
        list[str] | None,
        typer.Option("--lever", metavar="N=V", help="help.lever", show_default=False),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="help.replications", show_default=False),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=2**32 - 1,
            help="help.seed",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[Engine, typer.Option(help="help.engine")] = Engine.AUTO,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="help.workers", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="help.out", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="help.full")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="help.json")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="help.quiet")] = False,
    lang: LangOption = None,
) -> None:
    """Compare the arms of a scenario."""
    with _speaking(ctx, lang, plain=quiet or as_json) as voice:
        from sim.study import loader

        study = loader.load(scenario, sets=sets or (), levers=levers or ())
        from sim.experiment.result import as_json as as_json_of
        from sim.experiment.run import compare  # slow to load, so that mistakes are told first

        with voice.progress() as progress:
            result = compare(
                study,
                replications=replications,
                seed=seed,
                engine=str(engine),
                workers=workers or _processors(),
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


@app.command(cls=Command)
def check(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="help.files")],
    lang: LangOption = None,
) -> None:
    """Validate files; print one diagnosis a problem."""
    with _speaking(ctx, lang) as voice:
        from sim.experiment import checking

        problems, warnings = checking.check(files)
        for warning in warnings:
            voice.warn(warning.text(voice.lang))
        if problems:
            voice.write("\n\n".join(problem.text(voice.lang) for problem in problems))
            raise SystemExit(InvalidInput.exit_code)
        voice.write(say("cli.all_well", voice.lang, count=len(files)))


@app.command(name="list", cls=Command)
def list_(ctx: typer.Context, lang: LangOption = None) -> None:
    """List the procedures, agents and scenarios there are."""
    with _speaking(ctx, lang) as voice:
        from sim.report import listing
        from sim.study import loader

        shelf = loader.shelf_list()
        voice.draw(lambda _: listing.shelf_page(shelf, voice.lang))


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="help.procedure")],
    channel: Annotated[
        Channel | None,
        typer.Option(help="help.only_channel", show_default=False),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="help.format")] = Format.TEXT,
    lang: LangOption = None,
) -> None:
    """Draw the graph of a procedure."""
    with _speaking(ctx, lang) as voice:
        from sim.graph.drawing import drawing as drawn_of
        from sim.report import drawing

        drawn = drawn_of(name, None if channel is None else str(channel))
        if form is Format.TEXT:
            voice.draw(lambda _: drawing.text(drawn, voice.lang))
        else:
            write = drawing.mermaid if form is Format.MERMAID else drawing.dot
            voice.write(write(drawn, voice.lang))


@app.command(cls=Command)
def plan(
    ctx: typer.Context,
    goal: Annotated[
        list[str] | None,
        typer.Argument(metavar="GOAL", help="help.goal", show_default=False),
    ] = None,
    using: Annotated[
        list[str] | None,
        typer.Option(metavar="P", help="help.using", show_default=False),
    ] = None,
    have: Annotated[
        list[str] | None,
        typer.Option(metavar="DOC", help="help.have", show_default=False),
    ] = None,
    channel: ChannelOption = Channel.AGENTIC,
    words: Annotated[
        str | None,
        typer.Option("--say", metavar="TEXT", help="help.say", show_default=False),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Print the plan that an agent derives for a goal."""
    with _speaking(ctx, lang) as voice:
        if bool(goal) == (words is not None):
            raise UsageError("cli.goal_or_say")
        from sim.engine.typical import plan_for
        from sim.graph import intent
        from sim.report import planning

        if words is not None:
            heard = intent.understood(words, using or ())
            goal, have = list(heard.goal), [*heard.have, *(have or ())]
        derived = plan_for(goal or (), using=using or (), have=have or (), channel=str(channel))
        voice.draw(lambda columns: planning.page(derived, voice.lang, columns, heard=words))


@app.command(cls=Command)
def sources(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="help.name",
            show_default=False,
        ),
    ] = None,
    lang: LangOption = None,
) -> None:
    """List every number with its source and range, assumptions first."""
    with _speaking(ctx, lang) as voice:
        from sim.report import parameters as sheet
        from sim.study.parameters import counts, figures

        found, counted = figures(name), counts(name)
        voice.draw(lambda columns: sheet.page(found, voice.lang, columns))
        if counted:
            voice.draw(lambda _: "\n" + say("cli.counts", voice.lang, count=counted))


@app.command(cls=Command)
def calls(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="help.calls_file",
            show_default=False,
        ),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(metavar="W", help="help.words", show_default=False),
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(metavar="A", help="help.area", show_default=False),
    ] = None,
    employees: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="help.employees", show_default=False),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="help.on", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.json")] = False,
    lang: LangOption = None,
) -> None:
    """List the calls for subsidies that fit."""
    with _speaking(ctx, lang) as voice:
        from sim.exchange import jgrants

        known = jgrants.load(file or jgrants.SAMPLE)
        found = jgrants.find(known, words or (), area, employees, jgrants.when(on))
        if as_json:
            voice.dump(jgrants.listed(found))
            return
        from sim.report import listing

        voice.draw(lambda _: listing.calls_page(found, voice.lang))


@app.command(cls=Command)
def assumptions(
    ctx: typer.Context,
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="help.scenario")
    ] = "officer_change",
    top: Annotated[int, typer.Option(metavar="N", min=1, help="help.top")] = 20,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="ARM", help="help.from", show_default=False),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="ARM", help="help.to", show_default=False),
    ] = None,
    kpi: Annotated[str, typer.Option(metavar="KPI", help="help.kpi")] = "latency_days.mean",
    replications: Annotated[int, typer.Option(metavar="N", min=2, help="help.each_setting")] = 4,
    cases: Annotated[int, typer.Option(metavar="N", min=1, help="help.most_cases")] = 20,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="help.workers", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="help.json")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="help.quiet")] = False,
    lang: LangOption = None,
) -> None:
    """Rank the assumptions by their effect on the difference of two arms."""
    with _speaking(ctx, lang, plain=quiet or as_json) as voice:
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
                workers=workers or _processors(),
                progress=progress,
            )
        result = replace(result, rows=result.rows[:top])
        if as_json:
            voice.dump(ranking_as_json(result))
            return
        from sim.report import sensitivity

        voice.draw(lambda columns: sensitivity.page(result, voice.lang, columns))


@app.command(cls=Command)
def schema(
    ctx: typer.Context,
    kind: Annotated[FileKind, typer.Argument(metavar="KIND", help="help.kind", show_default=False)],
    lang: LangOption = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    with _speaking(ctx, lang) as voice:
        from sim.language.schema import schema as schema_of

        voice.dump(schema_of(str(kind)))


def main() -> None:
    """Run the command line; the exit code is that of the command."""
    signals.heed()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # an odd terminal
    with ending(spoken(sys.argv[1:])):
        app(prog_name=PROGRAM)


if __name__ == "__main__":
    main()

"""Each command makes its call, prints data on stdout, and ends with the code of the contract."""

from __future__ import annotations

import errno
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, get_args

import networkx as nx
import pytest
from typer.testing import CliRunner, Result

from sim import __version__, cli
from sim.cli import commands
from sim.errors import InvalidInput, Problem, RunFailed
from sim.report import terminal
from sim.words import under
from tests.results import typed

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    *("run", "new", "check", "list", "show", "plan", "sources"),
    *("calls", "assumptions", "schema"),
)
NOTHING: dict[str, Any] = {"value": 0.5, "low": 0.4, "high": 0.6}
ARM: dict[str, Any] = {
    "cases": 400,
    "events": 4000,
    **dict.fromkeys(("reached_rate", "failure_rate", "late_rate", "returns", "cost_yen"), NOTHING),
    "latency_days": dict.fromkeys(("mean", "p50", "p90"), NOTHING),
    "outcomes": dict.fromkeys(("clean", "flawed", "incomplete"), NOTHING),
    "failures": dict.fromkeys(
        ("wrong_result", "incomplete", "gave_up", "dismissed", "not_in_time"), NOTHING
    ),
    "causes": {},
    "effort_hours": dict.fromkeys(("applicant", "office"), NOTHING),
    "money_yen": {name: NOTHING | {"value": 0} for name in ("mispaid", "detected", "recovered")},
    "burden": dict.fromkeys(("visits", "forms", "seals", "logins"), NOTHING),
    "time_days": dict.fromkeys(
        (
            *("work", "queue", "closed", "transit", "busy", "away", "response", "rework"),
            *("transit_system", "transit_person", "transit_office"),
        ),
        NOTHING,
    ),
}
RESULT: dict[str, Any] = {
    "scenario": "officer_change",
    "title": {"en": "Officer change", "ja": "役員変更"},
    "seed": 1,
    "replications": 2,
    "engine": "simpy",
    "digest": "ab" * 32,
    "arms": {"analog": ARM},
    "pools": {},
    "labels": {},
    "differences": [],
    "warnings": ["registrar is overloaded"],
}


class Stage:
    """Stands in for what the commands call, and remembers how they were called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take calls from now on."""
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self._monkeypatch = monkeypatch

    def answers(self, module: str, name: str, answer: Any) -> None:
        """Let ``module.name`` give ``answer``, raise it, or do it if it is a function."""

        def act(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((args, kwargs))
            if isinstance(answer, BaseException):
                raise answer
            return answer(*args, **kwargs) if callable(answer) else answer

        self._monkeypatch.setattr(self._module(module), name, act, raising=False)

    def _module(self, name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            made = ModuleType(name)
            self._monkeypatch.setitem(sys.modules, name, made)
            parent, _, child = name.rpartition(".")
            self._monkeypatch.setattr(sys.modules[parent], child, made, raising=False)
            return made


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Nothing but the command line is at work; a comparison gives ``RESULT``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", terminal.DEBUG):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    made = Stage(monkeypatch)
    made.answers("sim.study.loader", "load", "the study")
    made.answers("sim.experiment.run", "compare", typed(RESULT))
    monkeypatch.setattr("sim.study.parameters.undefended", lambda _scenario: 0)
    return made


def call(*args: str) -> Result:
    """Run one command line in this process."""
    return CliRunner().invoke(cli.app, args, prog_name=cli.PROGRAM)


MAIN = "from sim.cli import main; main()"


def run_process(
    *args: str, code: str = MAIN, stdout: Any = subprocess.PIPE, env: Any = None
) -> subprocess.CompletedProcess[str]:
    """Run one command line in a process of its own, as a shell would."""
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        check=False,
        cwd=ROOT,
        env=env,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


# -- run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "warning: 1 number without source or range; to see them: tetsuzuki sources x\n"),
        ("ja", "警告：出典も範囲もない数値が1個ある。一覧：tetsuzuki sources x\n"),
    ],
)
def test_run_sums_up_the_numbers_that_nobody_can_defend(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, lang: str, told: str
) -> None:
    """In one line, unless asked to be quiet; ``check`` lists them."""
    monkeypatch.setattr("sim.study.parameters.undefended", lambda _scenario: 1)
    assert told in call("run", "x.yaml", "--lang", lang).stderr
    assert told not in call("run", "x.yaml", "--lang", lang, "--quiet").stderr
    assert stage.calls


def test_run_compares_the_default_scenario(stage: Stage) -> None:
    """Without arguments everything is as the scenario says."""
    result = call("run")
    (loaded, sets), (compared, options) = stage.calls

    assert result.exit_code == 0
    assert (loaded, sets) == (("officer_change",), {"sets": (), "levers": (), "casts": ()})
    assert compared == ("the study",)
    assert options.pop("workers") >= 1
    assert options == {
        "replications": None,
        "seed": None,
        "engine": "auto",
        "progress": None,
        "out": None,
        "lang": "en",
    }


@pytest.mark.usefixtures("stage")
def test_run_prints_one_screen_unless_all_is_asked_for() -> None:
    """Where the days went is on the full page only."""
    short, full = call("run").stdout, call("run", "--full").stdout

    assert "Failure rate (%)" in short
    assert len(short.splitlines()) <= 24
    assert "Where the days went" not in short
    assert "Where the days went" in full


def test_run_passes_its_options_on(stage: Stage, tmp_path: Path) -> None:
    """Sets and levers may be given several times."""
    result = call(
        *("run", "june", "--set", "a.b=1", "--set", "c=2", "--lever", "gate=0.5"),
        *("--replications", "3", "--seed", "7", "--engine", "simpy", "--workers", "2"),
        *("--out", str(tmp_path / "kept")),
    )
    (loaded, sets), (_, options) = stage.calls

    assert result.exit_code == 0
    assert loaded == ("june",)
    assert sets == {"sets": ["a.b=1", "c=2"], "levers": ["gate=0.5"], "casts": ()}
    assert options == {
        "replications": 3,
        "seed": 7,
        "engine": "simpy",
        "workers": 2,
        "progress": None,
        "out": tmp_path / "kept",
        "lang": "en",
    }


def test_run_prints_the_comparison_and_warns_beside_it(stage: Stage) -> None:
    """Data on stdout, warnings on stderr."""
    result = call("run")

    assert result.stdout.startswith("Officer change\n")
    assert result.stderr == "warning: registrar is overloaded\n"
    assert stage.calls


def test_run_says_where_it_kept_the_result(stage: Stage, tmp_path: Path) -> None:
    """Unless it is to be quiet."""
    loud = call("run", "--out", str(tmp_path))
    quiet = call("run", "--out", str(tmp_path), "--quiet")

    assert f"result kept in {tmp_path}\n" in loud.stderr
    assert str(tmp_path) not in quiet.stderr
    assert stage.calls


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_run_json_prints_one_object_and_nothing_else(stage: Stage, lang: str) -> None:
    """The same in every language."""
    result = call("run", "--json", "--lang", lang)

    assert json.loads(result.stdout) == RESULT
    assert "役員変更" in result.stdout
    assert stage.calls


def test_json_for_a_stream_without_japanese_letters_is_escaped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question mark in place of a letter would be a wrong result."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = CliRunner(charset="ascii").invoke(cli.app, ["run", "--json"])

    assert json.loads(result.stdout) == RESULT
    assert stage.calls


# -- a first file ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", get_args(commands.New))
def test_new_tells_where_the_file_is_and_what_to_do_next(kind: str, tmp_path: Path) -> None:
    """It is written into the folder that one works in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        told = call("new", kind, "mine").stdout
        assert f"{kind}s/mine.yaml" in told
        assert Path(f"{kind}s/mine.yaml").exists()
        again = call("new", kind, "mine", "--lang", "ja")
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr == f"「mine」はすでにある（{kind}s/mine.yaml）。何も書き込んでいない\n"


# -- the other commands ------------------------------------------------------------------------


def test_check_of_good_files_says_how_many(stage: Stage) -> None:
    """Warnings are beside the answer."""
    warnings = [Problem("file.empty", file="b.yaml")]
    stage.answers("sim.experiment.checking", "check", ([], warnings))
    result = call("check", "a.yaml", "b.yaml")

    assert stage.calls == [(([Path("a.yaml"), Path("b.yaml")],), {})]
    assert (result.exit_code, result.stdout) == (0, "files checked: 2, nothing wrong\n")
    assert result.stderr == "warning: b.yaml: the file is empty\n"


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "there is no such file"), ("ja", "ファイルが見つからない")]
)
def test_check_of_bad_files_prints_every_problem(stage: Stage, lang: str, text: str) -> None:
    """A diagnosis is what the command is for, so it goes to stdout."""
    problems = [Problem("file.missing", file=name) for name in ("a.yaml", "b.yaml")]
    stage.answers("sim.experiment.checking", "check", (problems, []))
    result = call("check", "a.yaml", "b.yaml", "--lang", lang)

    assert result.exit_code == 3
    assert result.stdout == f"a.yaml: {text}\n\nb.yaml: {text}\n"


def test_list_prints_the_shelf(stage: Stage) -> None:
    """By kind."""
    shelf = {"procedures": [("officer_change", {"en": "Officer change"})]}
    stage.answers("sim.study.catalogue", "shelf_list", shelf)

    assert call("list").stdout == "Procedures\n  officer_change  Officer change\n"


@pytest.mark.parametrize(
    ("form", "begin"), [("text", "Meet\n"), ("mermaid", "flowchart LR\n"), ("dot", "digraph {\n")]
)
def test_show_draws_a_procedure(stage: Stage, form: str, begin: str) -> None:
    """In the form asked for."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node("meet", kind="step", title={"en": "Meet"}, actors=(), channels=("analog",))
    stage.answers("sim.graph.network", "drawing", graph)
    result = call("show", "officer_change", "--channel", "digital", "--format", form)

    assert stage.calls == [(("officer_change", "digital"), {})]
    assert result.stdout.startswith(begin)
    assert not result.stdout.endswith("\n\n")


def test_show_without_a_channel_draws_all(stage: Stage) -> None:
    """No channel is passed on."""
    stage.answers("sim.graph.network", "drawing", nx.DiGraph())

    assert call("show", "officer_change").exit_code == 0
    assert stage.calls == [(("officer_change", None), {})]


def test_plan_prints_what_an_agent_derives(stage: Stage) -> None:
    """For the agentic channel, unless another is named."""
    made = SimpleNamespace(
        goal=("entry",), channel="agentic", steps=(), have=(), missing=(), minutes=None, titles={}
    )
    stage.answers("sim.engine.typical", "plan_for", made)
    result = call("plan", "entry", "--using", "a", "--have", "seal", "--have", "minutes")
    options = {"using": ["a"], "have": ["seal", "minutes"], "channel": "agentic"}

    assert stage.calls == [((["entry"],), options)]
    assert result.stdout.startswith("Plan for: entry\n")


def test_plan_in_words_first_says_what_was_understood(stage: Stage) -> None:
    """What the order says is at hand comes before what the options say."""
    made = SimpleNamespace(
        goal=("entry",), channel="agentic", steps=(), have=(), missing=(), minutes=None, titles={}
    )
    stage.answers("sim.engine.typical", "plan_for", made)
    heard = SimpleNamespace(goal=("entry",), have=("files",))
    stage.answers("sim.graph.intent", "understood", heard)
    result = call("plan", "--say", "an entry, please", "--using", "a", "--have", "seal")
    options = {"using": ["a"], "have": ["files", "seal"], "channel": "agentic"}

    assert stage.calls == [(("an entry, please", ["a"]), {}), ((["entry"],), options)]
    assert result.stdout.startswith("“an entry, please” was understood as: entry\n")


@pytest.mark.parametrize("args", [(), ("entry", "--say", "please")])
@pytest.mark.parametrize(("lang", "text"), [("en", "one of the two"), ("ja", "どちらか一方")])
def test_plan_takes_a_goal_or_an_order(
    stage: Stage, lang: str, text: str, args: tuple[str, ...]
) -> None:
    """Neither none of the two nor both."""
    result = call("plan", *args, "--lang", lang)

    assert result.exit_code == 2
    assert text in result.stderr
    assert stage.calls == []


@pytest.mark.parametrize(("args", "name"), [((), None), (("gbiz_id",), "gbiz_id")])
def test_sources_lists_numbers(stage: Stage, args: tuple[str, ...], name: str | None) -> None:
    """Of everything, or of what is named."""
    stage.answers("sim.study.parameters", "figures", [])
    stage.answers("sim.study.parameters", "counts", 0)

    assert call("sources", *args).stdout == "no numbers here\n"
    assert stage.calls == [((name,), {})] * 2


def test_sources_says_how_many_counts_it_leaves_out(stage: Stage) -> None:
    """What a procedure counts needs no source, but nobody may think that it is not there."""
    stage.answers("sim.study.parameters", "figures", [])
    stage.answers("sim.study.parameters", "counts", 16)

    assert "\nNot listed: 16 counts" in call("sources").stdout
    assert stage.calls


@pytest.mark.parametrize(("typed", "said"), [(2, True), (0, False)])
def test_sources_counts_what_is_typed_at_steps_with_a_task(
    stage: Stage, typed: int, *, said: bool
) -> None:
    """Those are exceptions: a skill could say them."""
    from sim.study.parameters import Parameter

    one = partial(Parameter, "a.yaml", 1, "steps.a.work", "1h", None, "1h – 2h", None, None)
    stage.answers("sim.study.parameters", "figures", [one(exception=i < typed) for i in range(3)])
    stage.answers("sim.study.parameters", "counts", 0)

    assert ("\nExceptions: 2 numbers are typed" in call("sources").stdout) is said


def test_schema_prints_json(stage: Stage) -> None:
    """For editors."""
    stage.answers("sim.language.schema", "schema", {"title": "手続"})

    assert json.loads(call("schema", "procedure").stdout) == {"title": "手続"}
    assert stage.calls == [(("procedure",), {})]


# -- language ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [("--lang", "ja", "run"), ("run", "--lang", "ja"), ("--lang", "en", "run", "--lang", "ja")],
)
def test_the_language_may_stand_before_or_after_the_command(
    stage: Stage, args: tuple[str, ...]
) -> None:
    """What stands after the command counts more."""
    assert call(*args).stdout.startswith("役員変更\n")
    assert stage.calls


def test_the_language_of_the_environment_is_spoken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Japanese machine gets Japanese."""
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")

    assert call("run").stderr == "警告：registrar is overloaded\n"
    assert stage.calls


# -- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (
            InvalidInput([Problem("file.missing", file="x.yaml")]),
            3,
            "x.yaml: there is no such file",
        ),
        (RunFailed("file.empty"), 1, "the file is empty"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(errno.ENOSPC, "No space left on device", "kept"), 1, "kept: No space left"),
        (OSError("odd"), 1, "cannot go on: odd"),
        (MemoryError(), 1, "cannot go on: out of memory"),
        (ZeroDivisionError("by zero"), 1, "please report it: ZeroDivisionError: by zero"),
    ],
)
def test_every_error_is_one_message_and_a_code(
    stage: Stage, error: BaseException, code: int, text: str
) -> None:
    """No traceback ever reaches a user, and stdout stays empty."""
    stage.answers("sim.study.loader", "load", error)
    result = call("run")

    assert result.exit_code == code
    assert text in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_errors_are_told_in_the_language_asked_for(stage: Stage) -> None:
    """With --json too, since nobody parses them."""
    stage.answers(
        "sim.study.loader", "load", InvalidInput([Problem("file.missing", file="x.yaml")])
    )

    assert call("run", "--json", "--lang", "ja").stderr == "x.yaml: ファイルが見つからない\n"


def test_a_mistake_of_the_program_can_be_looked_into(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever mends it sees where it is."""
    monkeypatch.setenv(terminal.DEBUG, "1")
    stage.answers("sim.study.loader", "load", ZeroDivisionError())

    assert isinstance(call("run").exception, ZeroDivisionError)


def test_the_end_of_a_pipe_is_no_error(stage: Stage) -> None:
    """As when the output is piped into `head`: nothing is said."""
    stage.answers("sim.study.loader", "load", BrokenPipeError())
    result = call("run")

    assert result.exit_code == 141
    assert result.output == ""


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("rnu",),
        ("run", "--unknown"),
        ("run", "--replications", "0"),
        ("run", "--seed", "-1"),
        ("run", "--seed", str(2**32)),
        ("run", "--workers", "0"),
        ("run", "--engine", "steam"),
        ("run", "--engine", "compiled"),
        ("run", "--lang", "xx"),
        ("check",),
        ("show",),
        ("show", "x", "--format", "png"),
        ("plan", "x", "--channel", "mixed"),
        ("schema",),
        ("schema", "table"),
    ],
)
def test_a_command_that_cannot_be_understood_ends_with_2(
    stage: Stage, args: tuple[str, ...]
) -> None:
    """In plain text on stderr, before anything is called."""
    result = call(*args)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: tetsuzuki" in result.stderr
    assert "╭" not in result.stderr
    assert stage.calls == []


# -- terminals ---------------------------------------------------------------------------------


@pytest.fixture
def on_terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Let every stream be a terminal that knows colours."""
    monkeypatch.setattr(terminal, "is_terminal", lambda _stream: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    return stage


def coloured(*args: str) -> bool:
    """Tell whether the output holds escape codes."""
    return "\x1b[" in CliRunner().invoke(cli.app, args, color=True).stdout


def test_a_terminal_gets_colour(on_terminal: Stage) -> None:
    """And a pipe does not, as all other tests show."""
    assert coloured("run")
    assert on_terminal.calls


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_colour_can_be_turned_off_by_option(on_terminal: Stage, option: str) -> None:
    """Quiet is plain, and so is JSON."""
    assert not coloured("run", option)
    assert on_terminal.calls


def test_colour_can_be_turned_off_by_the_environment(
    on_terminal: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As https://no-color.org asks for."""
    monkeypatch.setenv("NO_COLOR", "1")

    assert not coloured("run")
    assert on_terminal.calls


def watched(stage: Stage, *args: str) -> bool:
    """Tell whether the comparison was given something to report progress to."""
    seen: list[Callable[[int, int], None] | None] = []

    def compare(_study: Any, *, progress: Callable[[int, int], None] | None, **_: Any) -> Any:
        seen.append(progress)
        if progress is not None:
            progress(1, 2)
        return typed(RESULT)

    stage.answers("sim.experiment.run", "compare", compare)
    call("run", *args)
    return seen != [None]


def test_progress_is_shown_to_who_watches(on_terminal: Stage) -> None:
    """On a terminal."""
    assert watched(on_terminal)


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_progress_can_be_turned_off(on_terminal: Stage, option: str) -> None:
    """By the options that make the output plain."""
    assert not watched(on_terminal, option)


def test_nobody_watches_a_pipe(stage: Stage) -> None:
    """No progress where stdout or stderr is no terminal."""
    assert not watched(stage)


# -- a process of its own ----------------------------------------------------------------------


def test_the_version_is_printed() -> None:
    """By the program as it is installed."""
    result = run_process("--version")

    assert (result.returncode, result.stdout, result.stderr) == (
        0,
        f"tetsuzuki {__version__}\n",
        "",
    )


HEAVY = {"rich", "numpy", "scipy", "networkx", "yaml", "duckdb", "simpy", "holidays"}
LIST = (
    "import sim.study.catalogue as catalogue; "
    "catalogue.shelf_list = lambda: {'agents': [('clerk', {})]}; "
    "from sim.cli import main; main()"
)


def test_help_imports_nothing_heavy() -> None:
    """Help is quick because the libraries are not loaded for it."""
    code = (
        "import sys; from typer.testing import CliRunner; from sim.cli import app; "
        "CliRunner().invoke(app, ['run', '--help']); "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = set(run_process(code=code).stdout.split())

    assert "typer" in loaded
    assert not HEAVY & loaded


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize(
    ("command", "code"), [("--help", MAIN), ("--version", MAIN), ("list", LIST)]
)
def test_a_full_disk_is_one_line(command: str, code: str) -> None:
    """What cannot be written ends the program with 1."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = run_process(command, code=code, stdout=full)

    assert result.returncode == 1
    assert result.stderr == "cannot go on: No space left on device\n"


@pytest.mark.parametrize(("command", "code"), [("--help", MAIN), ("list", LIST)])
def test_a_reader_that_goes_away_is_not_told(command: str, code: str) -> None:
    """As in `tetsuzuki list | true`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = run_process(command, code=code, stdout=writer)
    finally:
        os.close(writer)

    assert result.stderr == ""
    assert result.returncode != 0


def test_a_stream_that_lacks_a_letter_gets_a_question_mark() -> None:
    """An old terminal shows what it can; nothing fails."""
    result = run_process(
        "list", "--lang", "ja", code=LIST, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("  clerk  clerk\n")


def test_a_closed_stdout_is_no_error() -> None:
    """As in `tetsuzuki list >&-`."""
    result = run_process("list", code="import sys; sys.stdout = None; " + LIST)

    assert (result.returncode, result.stderr) == (0, "")


# -- documentation -----------------------------------------------------------------------------


def documented() -> str:
    """Return the page that shows the help of every command."""
    parts = [
        "# Commands\n\nWhat `--help` prints; `UPDATE_DOCS=1 make test` writes this page anew.\n"
    ]
    for command in ((), *((name,) for name in COMMANDS)):
        title = " ".join((cli.PROGRAM, *command))
        parts.append(f"## {title}\n\n```text\n{call(*command, '--help').stdout}```\n")
    return "\n".join(parts)


def test_every_engine_that_is_offered_is_there() -> None:
    """Nothing is promised that a run would refuse."""
    from sim.experiment import work

    assert set(get_args(commands.Engine)) == {"auto", *work.ENGINES}


def test_the_greatest_seed_is_taken(stage: Stage) -> None:
    """A seed is 32 bits, on the command line as in a scenario."""
    assert call("run", "--seed", str(2**32 - 1)).exit_code == 0
    assert stage.calls[-1][1]["seed"] == 2**32 - 1


def test_every_command_is_documented_as_it_is() -> None:
    """The page in docs/ is what the program prints; UPDATE_DOCS=1 writes it anew."""
    page = ROOT / "docs" / "commands.md"
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(documented(), encoding="utf-8")

    assert page.read_text(encoding="utf-8") == documented()


def test_the_contract_names_all_commands() -> None:
    """A command that is added must be documented; it has a function and a message."""
    functions = {name.removeprefix("do_") for name in vars(commands) if name.startswith("do_")}

    assert under("command") == COMMANDS
    assert functions == set(COMMANDS)


def test_the_channels_of_the_command_line_are_those_of_the_definitions() -> None:
    """They are named twice, since the definitions are slow to import."""
    from sim.language.base import CHANNELS
    from sim.study import starter

    assert get_args(commands.Channel) == CHANNELS
    assert get_args(commands.New) == get_args(starter.Kind)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command: str) -> None:
    """Each line that names an option or argument is followed by what it means."""
    lines = call(command, "--help").stdout.split("\n")
    named = [place for place, line in enumerate(lines) if re.match(r"  \S", line)][1:]
    explained = [re.search(r"\S  +\S|^ {20}", lines[p][2:] + "\n") for p in named]
    below = [lines[place + 1].startswith(" " * 20) for place in named]

    assert len(named) >= 2
    assert all(beside or under for beside, under in zip(explained, below, strict=True))


@pytest.mark.parametrize("module", ["sim", "sim.cli"])
def test_the_program_is_also_a_module(module: str) -> None:
    """Silence would look like success."""
    command = [sys.executable, "-m", module]
    good = subprocess.run([*command, "list"], capture_output=True, text=True, check=False)
    assert "officer_change" in good.stdout
    bad = subprocess.run([*command, "lost"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, "")

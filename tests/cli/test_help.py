"""Help and refusals of a command line are said in both languages, and fit the terminal."""

from __future__ import annotations

import re

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from sim import cli
from sim.cli import help as helping
from sim.errors import width
from sim.words import exists, under

JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
COMMANDS = under("command")
REFUSED = {
    ("run", "--foo"): ("there is no option '--foo'", "オプション「--foo」はない"),
    ("run", "--replicatoins", "3"): ("did you mean '--replications'?", "のことでは？"),
    ("run", "a", "b"): ("one argument too many: 'b'", "余分な引数がある：「b」"),
    ("rnu",): ("there is no command 'rnu'; did you mean 'run'?", "「run」のことでは？"),
    ("frobnicate",): ("there is no command 'frobnicate'", "コマンド「frobnicate」はない"),
    ("--quiet",): ("there is no option '--quiet'", "オプション「--quiet」はない"),
    ("check",): ("FILE is missing", "FILEの指定がない"),
    (): ("a command is missing", "コマンドの指定がない"),
    ("run", "--seed"): ("the option '--seed' needs a value", "「--seed」には値が要る"),
    ("run", "--json=3"): ("the option '--json' takes no value", "値は付けられない"),
    ("run", "--replications", "x"): ("must be a whole number, not 'x'", "整数でなければならない"),
    ("run", "--replications", "0"): ("must be at least 1, not '0'", "1以上でなければならない"),
    ("run", "--seed", str(2**32)): (f"must be at most {2**32 - 1}", "以下でなければならない"),
    ("run", "--engine", "x"): ("must be one of auto, simpy, not 'x'", "次のいずれか"),
    ("schema", "x"): ("KIND: must be one of procedure, agent", "KIND：次のいずれか"),
    ("plan",): ("one of the two", "どちらか一方"),
}


def told(*args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Return exit code and output of a command line."""
    result = CliRunner().invoke(cli.app, args, prog_name="tetsuzuki", env=env)
    return result.exit_code, result.output


@pytest.mark.parametrize("columns", ["60", "80", "200"])
@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_help_fits_the_terminal(command: tuple[str, ...], lang: str, columns: str) -> None:
    """No line is wider, and nobody has to read a line of more than 80 cells."""
    code, page = told(*command, "--help", "--lang", lang, env={"COLUMNS": columns})
    assert code == 0
    assert max(map(width, page.splitlines())) <= min(int(columns), 80)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_all_of_the_help_is_japanese_if_asked(command: tuple[str, ...]) -> None:
    """Every sentence; names and what is typed stay as they are."""
    _, page = told(*command, "--help", "--lang", "ja")
    assert all(map(JAPANESE.search, re.split(r"\n(?=  ? ?\S|\S)", page.strip())))
    assert not re.search("[A-Za-z]+ [a-z]+ [a-z]+", page)
    assert page == told("--lang", "ja", *command, "--help")[1]
    assert page == told(*command, "--help", env={"LC_ALL": "ja_JP.UTF-8"})[1]


def test_every_text_beside_a_parameter_is_a_key_of_the_catalogue() -> None:
    """None is said in English only."""
    commands = [get_command(cli.app), *map(cli.read, COMMANDS)]
    keys = {getattr(param, "help", None) for command in commands for param in command.params}
    assert all(exists(str(key)) for key in keys)


@pytest.mark.parametrize("args", REFUSED)
def test_a_command_line_that_cannot_be_understood_is_refused_in_its_language(
    args: tuple[str, ...],
) -> None:
    """With how it is written, or what to ask for; names that are nearly right are guessed."""
    for lang, words in zip(("en", "ja"), REFUSED[args], strict=True):
        code, page = told("--lang", lang, *args)
        assert code == 2
        assert words in page


@pytest.mark.parametrize(
    ("args", "lang"),
    [
        (["run", "--lang", "ja"], "ja"),
        (["--lang=ja", "run"], "ja"),
        (["--lang", "ja", "run", "--lang", "en"], "en"),
        (["run", "--lang", "xx"], "en"),
        (["--lang"], "en"),
        ([], "en"),
    ],
)
def test_the_language_may_be_named_anywhere(
    args: list[str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one counts, and one that there is not counts for nothing."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert cli.spoken(args) == lang


def test_an_unforeseen_refusal_is_passed_on() -> None:
    """Whatever another version of the parser may say."""
    error = typer.TyperException("Strange things are afoot")
    assert list(helping.refused(error, "en")) == [
        "Error: this cannot be understood: Strange things are afoot"
    ]

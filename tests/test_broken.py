"""Every kind of broken input ends in a located message with exit code 3, in both languages.

``tests/broken`` holds one small file for each kind of mistake, and beside it what is said about it
(``UPDATE_GOLDEN=1`` writes that anew: read it as somebody who has to mend the file). They lean on
the agents and procedures in ``tests/broken/shelf``. What cannot lie in a repository is made here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

CORPUS = Path(__file__).parent / "broken"
FILES = sorted(path.stem for path in CORPUS.glob("*.yaml"))
SCENARIOS = [name for name in FILES if (CORPUS / f"{name}.yaml").read_text("utf-8")[:5] == "scena"]
SEVERAL = {"lookup_unknown_value_in_block": 2, "misspelt_agent": 2, "several_mistakes": 3}
"""Files with more than one mistake; all others must be answered by one message."""

LANGUAGE_MARK = "\n-- ja --\n"
JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
ENGLISH_SENTENCE = re.compile(r"[A-Za-z']+ [a-z']+ [a-z']+")
GOOD = """
scenario: good
start: 2026-04-01
channels: [digital]
cases: {people: {count: 3, using: [permit]}}
"""


def brackets(path: Path) -> None:
    """Write 100,000 opening brackets, which make a careless parser crash."""
    path.write_text("[" * 100_000)


def bomb(path: Path) -> None:
    """Write a few lines that stand for a billion values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    path.write_text("\n".join(lines))


def huge(path: Path) -> None:
    """Write 50 MB of nothing."""
    with path.open("wb") as file:
        file.truncate(50_000_000)


def pipe(path: Path) -> None:
    """Make a pipe: whoever reads it waits for ever."""
    os.mkfifo(path)


MADE: dict[str, Callable[[Path], object]] = {
    "alias_bomb": bomb,
    "brackets": brackets,
    "comments_only": lambda path: path.write_text("# nothing yet\n"),
    "empty": lambda path: path.write_bytes(b""),
    "folder": Path.mkdir,
    "huge": huge,
    "missing": lambda path: path,
    "nul": lambda path: path.write_bytes(b"procedure: nul\ntitle: a\0b\n"),
    "pipe": pipe,
    "shift_jis": lambda path: path.write_bytes("title: 役員変更\n".encode("shift_jis")),
    "utf_16": lambda path: path.write_bytes("title: 役員変更\n".encode("utf-16")),
}

COMMANDS: dict[str, Sequence[str]] = {
    "cast_of_itself": ("run", "good.yaml", "--cast", "ai=ai"),
    "cast_misspelt": ("run", "good.yaml", "--cast", "ia=owner"),
    "cast_of_the_idle": ("run", "good.yaml", "--cast", "ai=owner"),
    "kind_of_another": ("run", "procedures/permit.yaml"),
    "lever_misspelt": ("run", "good.yaml", "--lever", "slip=20%"),
    "lever_of_wrong_kind": ("run", "good.yaml", "--lever", "slips=often"),
    "lever_too_high": ("run", "good.yaml", "--lever", "slips=80%"),
    "lever_value_misspelt": ("run", "good.yaml", "--lever", "desk=crowdy"),
    "scenario_misspelt": ("run", "officer_chagne"),
    "set_misspelt_field": ("run", "good.yaml", "--set", "permit.steps.fill.wrok=2h"),
    "set_misspelt_procedure": ("run", "good.yaml", "--set", "permti.steps.fill.work=2h"),
    "set_misspelt_step": ("run", "good.yaml", "--set", "permit.steps.fil.work=2h"),
    "set_steps_of_nobody": ("run", "good.yaml", "--set", "permit.actors.dekc.steps.work=2h"),
    "set_not_yaml": ("run", "good.yaml", "--set", "permit.steps.fill.work={median: 2h"),
    "set_wrong_unit": ("run", "good.yaml", "--set", "permit.steps.fill.work=2 hours"),
    "show_misspelt": ("show", "permti"),
    "sources_misspelt": ("sources", "permti"),
    "plan_misspelt": ("plan", "premit"),
}
"""Mistakes on the command line; the scenario itself is good."""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the shelf and a good scenario."""
    shutil.copytree(CORPUS / "shelf", tmp_path, dirs_exist_ok=True)
    (tmp_path / "good.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(*command: str) -> str:
    """Run the program in both languages; return what it says while it ends with code 3."""
    told = []
    for lang in ("en", "ja"):
        result = CliRunner().invoke(app, [*command, "--lang", lang])
        assert result.exit_code == 3, result.output
        silent, speaking = result.stderr, result.stdout
        if command[0] != "check":
            silent, speaking = speaking, silent
        assert not silent
        assert "Traceback" not in speaking
        told.append(speaking)
    return LANGUAGE_MARK.join(told)


def check_golden(name: str, told: str) -> None:
    """Compare with what is on record; with ``UPDATE_GOLDEN`` put it on record instead."""
    golden = CORPUS / f"{name}.golden"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")


def put(name: str, desk: Path) -> str:
    """Lay a broken file on the desk and return its name."""
    shutil.copy(CORPUS / f"{name}.yaml", desk)
    return f"{name}.yaml"


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_refused_with_the_message_on_record(name: str, desk: Path) -> None:
    """``check`` says in both languages what is wrong, where, and what to do."""
    check_golden(name, refused("check", put(name, desk)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_broken_scenario_is_refused_by_run_in_the_same_words(name: str, desk: Path) -> None:
    """``run`` puts on stderr what ``check`` puts on stdout."""
    told = refused("run", put(name, desk))
    assert told == (CORPUS / f"{name}.golden").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_one_mistake_is_one_message_that_points_at_a_word(name: str) -> None:
    """A mistake is not echoed, and a caret stands under something that is written there."""
    english, _, _ = (CORPUS / f"{name}.golden").read_text("utf-8").partition(LANGUAGE_MARK)
    blocks = english.rstrip("\n").split("\n\n")
    assert len(blocks) == SEVERAL.get(name, 1)
    for block in blocks:
        head, excerpt, caret, *rest = block.splitlines()
        assert re.match(r"[\w/]+\.yaml:\d+:\d+: \S", head)
        assert caret.strip() == "^"
        assert len(rest) <= 2
        if name not in {"block_empty", "value_missing", "tab"}:
            cells = "".join(c + c if JAPANESE.match(c) else c for c in excerpt)
            assert not cells[len(caret) - 1].isspace()


@pytest.mark.parametrize("name", MADE)
def test_what_is_no_text_file_is_refused_with_the_message_on_record(name: str, desk: Path) -> None:
    """Folders, pipes, bombs and other encodings are told apart, and none is read to the end."""
    MADE[name](desk / "it.yaml")
    check_golden(name, refused("check", "it.yaml"))
    told = refused("run", "it.yaml")
    assert told == (CORPUS / f"{name}.golden").read_text("utf-8")


@pytest.mark.parametrize("method", ["read_bytes", "stat"])
def test_an_unreadable_file_or_folder_is_refused(
    method: str, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, or the folder around it, that may not be read is told from one that is not there."""
    (desk / "locked").mkdir()
    path = desk / "locked" / "it.yaml"
    path.write_text(GOOD)
    real = getattr(Path, method)

    def deny(self: Path, *args: object, **kwargs: object) -> object:
        # Mode 000 stops nobody who is root, as in many containers.
        if self.name == "it.yaml":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, method, deny)
    check_golden("unreadable", refused("check", "locked/it.yaml"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
@pytest.mark.parametrize("locked", ["locked/it.yaml", "locked"])
def test_permissions_of_the_system_are_respected(locked: str, desk: Path) -> None:
    """The same with real permissions."""
    (desk / "locked").mkdir()
    (desk / "locked" / "it.yaml").write_text(GOOD)
    (desk / locked).chmod(0)
    try:
        assert refused("check", "locked/it.yaml") == (CORPUS / "unreadable.golden").read_text(
            "utf-8"
        )
    finally:
        (desk / locked).chmod(0o700)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistake_on_the_command_line_is_shown_where_it_was_typed(name: str) -> None:
    """Names, levers and settings that lead nowhere are refused like those in a file."""
    check_golden(name, refused(*COMMANDS[name]))


@pytest.mark.parametrize("text", ["permit.steps.fill.work", "=2h", "permit.steps.fill.work="])
@pytest.mark.parametrize("option", ["--set", "--lever", "--cast"])
def test_a_malformed_setting_is_a_mistake_of_usage(option: str, text: str) -> None:
    """Without a name or a value it is not understood at all: exit code 2."""
    result = CliRunner().invoke(app, ["run", "good.yaml", option, text])
    assert result.exit_code == 2
    assert result.stderr == f"{option} takes NAME=VALUE, not '{text}'\n"


@pytest.mark.parametrize("name", [*FILES, *MADE, *COMMANDS, "unreadable"])
def test_nothing_english_is_left_in_a_japanese_message(name: str) -> None:
    """Only names and what is typed stay as they are."""
    _, _, japanese = (CORPUS / f"{name}.golden").read_text("utf-8").partition(LANGUAGE_MARK)
    lines = [line for line in japanese.splitlines() if line and not line.startswith("    ")]
    assert lines
    for line in lines:
        said = re.sub("「[^」]*」|{[^{}]*}", "", line)
        assert JAPANESE.search(said)
        assert not ENGLISH_SENTENCE.search(said)


@pytest.mark.parametrize("name", ["brackets", "alias_bomb"])
def test_a_hostile_file_does_not_bring_the_process_down(name: str, desk: Path) -> None:
    """A real process, whose stack could overflow, ends with code 3 as well."""
    MADE[name](desk / "it.yaml")
    command = [sys.executable, "-c", "from sim.cli import main; main()", "check", "it.yaml"]
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "LANG": "C"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 3
    assert (
        ended.stdout == (CORPUS / f"{name}.golden").read_text("utf-8").partition(LANGUAGE_MARK)[0]
    )


def test_there_is_no_message_on_record_without_a_test() -> None:
    """Files that were renamed or dropped leave nothing behind."""
    known = {*FILES, *MADE, *COMMANDS, "unreadable"}
    assert {path.stem for path in CORPUS.glob("*.golden")} == known

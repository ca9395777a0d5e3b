"""The tutorial does what it says, from an empty folder; so do the screens of other pages."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim import cli

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "tutorial.md"
FILES = re.compile(r"```yaml\n# (\S+)\n(.*?)```", re.DOTALL)
SCREEN = re.compile(r"```console\n\$ (tetsuzuki [^\n]+)\n.*?```", re.DOTALL)

pytestmark = pytest.mark.heavy


@pytest.fixture(name="page")
def _page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the text of the page, in a folder with nothing but the files that it shows."""
    text = PAGE.read_text(encoding="utf-8")
    for name, said in FILES.findall(text):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(said, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return text


def test_it_is_short_and_right(page: str) -> None:
    """At most 60 lines of YAML and no agent; `check` finds nothing to say about them."""
    files = dict(FILES.findall(page))
    assert sum(text.count("\n") for text in files.values()) <= 60
    assert {Path(name).parent.name for name in files} == {"procedures", "scenarios"}
    told = CliRunner().invoke(cli.app, ["check", *files, "--lang", "en"])
    assert (told.exit_code, told.stdout.strip()) == (0, "files checked: 2, nothing wrong")
    assert told.stderr == ""


def test_its_screens_are_what_the_program_prints(page: str) -> None:
    """All of them; UPDATE_DOCS=1 writes them anew."""
    assert "$ tetsuzuki" in page
    _as_printed(PAGE)


@pytest.mark.parametrize("page", sorted((DOCS / "families").glob("*.md")), ids=lambda p: p.stem)
def test_the_screens_of_a_family_are_what_the_program_prints(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that a page has, in a folder with nothing in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    _as_printed(page)


def _as_printed(page: Path) -> None:
    def printed(found: re.Match[str]) -> str:
        _, *args = shlex.split(found[1])
        said = args if "--lang" in args else [*args, "--lang", "en"]
        quiet = ["--quiet"] if args[0] == "run" else []
        shown = CliRunner().invoke(cli.app, [*said, *quiet])
        assert shown.exit_code == 0
        return f"```console\n$ {found[1]}\n{shown.stdout}```"

    written = SCREEN.sub(printed, page.read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(written, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == written

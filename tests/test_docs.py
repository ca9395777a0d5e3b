"""The pages of the documentation say what is: their YAML loads, their links lead somewhere."""

from __future__ import annotations

import ast
import os
import re
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from sim import cli
from sim.experiment import checking
from sim.language.agent import Agent
from sim.language.hours import Hours
from sim.language.procedure import Indicator, Procedure
from sim.language.scenario import Scenario
from sim.language.schema import MODELS, docstrings, schema
from sim.language.skill import Ways
from sim.language.step import Profile, Select
from sim.yaml import source

DOCS = Path(__file__).resolve().parents[1] / "docs"
LANGUAGE = (DOCS / "language.md").read_text(encoding="utf-8")
BLOCKS = [
    (found[1], found[2]) for found in re.finditer(r"```yaml\n# (.+)\n((?:.*\n)*?)```", LANGUAGE)
]
FILES = {place: text for place, text in BLOCKS if place.endswith(".yaml")}
PARTS = [(place.split()[-1], text) for place, text in BLOCKS if place.startswith("in ")]
LEAST = {
    "procedure": "{procedure: p, applicant: a, actors: {a: b}, documents: {}, steps: {}}",
    "agent": "{agent: a, kind: person}",
    "scenario": "{scenario: s, start: 2026-04-01, cases: {c: {count: 1, using: p}}}",
    "facts": "{}",
}
"""What a part of a file leaves out."""


def test_every_example_says_what_it_is() -> None:
    """A block of YAML is a file by its path, or a part of a file."""
    assert LANGUAGE.count("```yaml") == len(BLOCKS) == len(FILES) + len(PARTS)
    assert {Path(name).parent.name for name in FILES} == {"procedures", "agents", "scenarios"}


def test_the_files_of_the_language_page_pass_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together they make a world of their own, without a problem or a warning."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")

    problems, warnings = checking.check([Path(name) for name in FILES])

    assert [problem.text("en") for problem in (*problems, *warnings)] == []


@pytest.mark.parametrize(("kind", "text"), PARTS)
def test_a_part_of_the_language_page_may_be_written_so(kind: str, text: str) -> None:
    """The rest of the file aside, both the program and the schema accept it."""
    part = source.loads(text).data
    data = source.loads(LEAST[kind]).data | part
    if kind == "scenario" and "compare" not in part:
        data |= {"channels": ["mixed"]} | part

    MODELS[kind].model_validate(data)

    assert list(Draft202012Validator(schema(kind)).iter_errors(data)) == []


KEYS = re.compile(r"<!-- keys of (\w+) -->\n(?:\|.*\n)*")
"""A table of the keys of a definition."""
DEFINED = {
    kind.__name__: kind
    for kind in (Agent, Hours, Indicator, Procedure, Profile, Scenario, Select, Ways)
}


def test_the_tables_of_keys_are_what_the_definitions_say() -> None:
    """The docstring below each field is told on the page; UPDATE_DOCS=1 writes it anew."""
    page = KEYS.sub(lambda found: found[0].partition("\n")[0] + _keys(found[1]), LANGUAGE)
    if os.environ.get("UPDATE_DOCS"):
        (DOCS / "language.md").write_text(page, encoding="utf-8")

    assert {found[1] for found in KEYS.finditer(LANGUAGE)} == set(DEFINED)
    assert (DOCS / "language.md").read_text(encoding="utf-8") == page


def _keys(kind: str) -> str:
    told = {key: " ".join(parts) for key, parts in docstrings(DEFINED[kind]).items()}
    rows = [f"| `{key}` | {text.replace('``', '`')} |" for key, text in told.items()]
    return "\n".join(["", "| key | says |", "|---|---|", *rows, ""])


README = DOCS.parent / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
SAMPLE = re.compile(r"(?<=```console\n)\$ (.+)\n((?:.*\n)*?)(?=```)")
"""A command and what it prints."""


FILE_ROWS = re.compile(r"<!-- files -->\n(?:\|.*\n)*")
ARCHITECTURE = DOCS / "architecture.md"


def test_the_page_of_the_architecture_says_what_stands_in_each_file() -> None:
    """The first line of each file's docstring; UPDATE_DOCS=1 writes the table anew."""
    page = ARCHITECTURE.read_text(encoding="utf-8")
    sim = DOCS.parent / "sim"
    rows = ["<!-- files -->", "| file | says |", "|---|---|"]
    for path in sorted(sim.rglob("*.py")):
        if path.name not in {"__init__.py", "__main__.py"}:
            says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            first = says.partition("\n")[0].replace("``", "`")
            rows.append(f"| `{path.relative_to(sim).as_posix()}` | {first} |")
    written = FILE_ROWS.sub(lambda _: "\n".join(rows) + "\n", page)
    if os.environ.get("UPDATE_DOCS"):
        ARCHITECTURE.write_text(written, encoding="utf-8")
    assert page == written


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    """They name only files that are there."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)

    broken = [one for one in links if "://" not in one and not (page.parent / one).exists()]
    assert broken == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_page_is_listed_in_the_index(page: Path) -> None:
    """Nothing is written that nobody finds."""
    assert page.name == "index.md" or f"({page.name})" in (DOCS / "index.md").read_text("utf-8")


def test_the_sample_of_the_readme_is_what_the_program_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole screen; UPDATE_DOCS=1 writes it anew."""
    monkeypatch.setenv("COLUMNS", "80")
    text = README.read_text(encoding="utf-8")
    sample = SAMPLE.search(text)
    assert sample is not None
    printed = f"$ {sample[1]}\n{_printed(sample[1])}"
    if os.environ.get("UPDATE_DOCS"):
        README.write_text(SAMPLE.sub(lambda _: printed, text), encoding="utf-8")

    assert SAMPLE.search(README.read_text(encoding="utf-8"))[0] == printed  # type: ignore[index]


def _printed(command: str) -> str:
    program, *args = shlex.split(command)
    assert program == cli.PROGRAM
    return CliRunner().invoke(cli.app, [*args, "--quiet", "--lang", "en"]).stdout

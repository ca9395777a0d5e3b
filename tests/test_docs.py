"""The pages of the documentation say what is: their YAML loads, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sim.experiment import checking
from sim.model import source
from sim.model.schema import MODELS, schema

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


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    """Every page is listed in the index, and names only files that are there."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)

    assert [link for link in links if not (DOCS / link).exists() and "://" not in link] == []
    assert page.name == "index.md" or f"({page.name})" in (DOCS / "index.md").read_text("utf-8")

"""JSON is read as it is defined, and every mistake in it is shown in its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.exchange import located_json

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where to write."""
    return tmp_path / "a.json"


def refused(file: Path, text: str) -> list[tuple[str, int | None, int | None]]:
    """Return key, line and column of each problem of ``text``."""
    file.write_text(text, "utf-8", newline="")
    with pytest.raises(InvalidInput) as caught:
        located_json.load(file)
    return [(problem.key, problem.line, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_what_json_writes_is_read(file: Path, *, ascii_only: bool) -> None:
    """Pairs of surrogates, escapes, controls in escapes, a mark at the start of the file."""
    data = {"吉": ["𠮷野町😀", '\\"/\b\n\t\x00\u2028 #: - &a *b'], "n": [1, -2.5e3, None, True]}
    file.write_text("\ufeff" + json.dumps(data, ensure_ascii=ascii_only, indent=1), "utf-8")
    assert located_json.load(file).data == data


def test_a_place_is_that_of_the_value(file: Path) -> None:
    """Whatever stands before it: brackets in texts, escapes, line ends of any kind."""
    file.write_text('{"a{": "]}\\"",\r\n "b": [0, {"c":\r 1}],\n "b2": {}}', "utf-8", newline="")
    read = located_json.load(file)
    places = [read.problem(at, "json.number", given="") for at in (("a{",), ("b", 1, "c"), ("b2",))]
    assert [(place.line, place.column) for place in places] == [(1, 8), (3, 2), (4, 8)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html>", ("json.value", 1, 1)),
        ("{'a': 1}", ("json.key", 1, 2)),
        ("{a: 1}", ("json.key", 1, 2)),
        ('{"a" 1}', ("json.colon", 1, 6)),
        ('{"a": 1\n "b": 2}', ("json.comma", 2, 2)),
        ('{"a": 1,}', ("json.comma_extra", 1, 8)),
        ("[1,\n ]", ("json.comma_extra", 1, 3)),
        ("[1]]", ("json.more", 1, 4)),
        ('["a\nb"]', ("json.control", 1, 4)),
        ('["a', ("json.text_open", 1, 2)),
        ('["\\x41"]', ("json.escape", 1, 3)),
        ('["\\ud83"]', ("json.escape", 1, 4)),
        ('[{"a": [1, 2', ("json.cut", 1, 12)),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', ("yaml.key_twice", 1, 24)),
        ('["\\ud83d"]', ("json.half", 1, 2)),
        ('["\\ude00\\ud83d"]', ("json.half", 1, 2)),
        ('{"\\udfff": 1}', ("json.half", 1, 2)),
        ("[1, NaN]", ("json.number", 1, 5)),
        ("[-Infinity]", ("json.number", 1, 2)),
        ("[1e999]", ("json.number", 1, 2)),
        (f"[{'9' * 5000}]", ("json.number", 1, 2)),
        ("[NaN]]", ("json.more", 1, 6)),
        ('[1e999, "\\x"]', ("json.escape", 1, 10)),
        (DEEP, ("yaml.too_deep", 1, 51)),
        (DEEP[100_000 - 51 : 100_000 + 51], ("yaml.too_deep", 1, 51)),
        (" \n", ("file.empty", None, None)),
    ],
)
def test_a_mistake_is_shown_in_its_place(
    file: Path, text: str, problem: tuple[str, int | None, int | None]
) -> None:
    """In the same words whatever the version of Python."""
    assert refused(file, text) == [problem]


def test_nesting_is_read_down_to_the_limit(file: Path) -> None:
    """Fifty levels are more than anybody needs."""
    file.write_text("[" * 50 + "]" * 50, "utf-8")
    assert str(located_json.load(file).data).count("[") == 50


def test_all_oddities_are_told_at_once(file: Path) -> None:
    """As with every other file."""
    told = refused(file, '[{"a": 1, "a": NaN},\n "\\ud800"]')
    assert [key for key, *_ in told] == ["yaml.key_twice", "json.number", "json.half"]


def test_another_encoding_is_named(file: Path) -> None:
    """As with every other file."""
    file.write_bytes("[1]".encode("utf-16"))
    with pytest.raises(InvalidInput, match="not UTF-8"):
        located_json.load(file)

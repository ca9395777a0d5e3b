"""Mistakes in the writing of a file are named in plain words, in their place."""

from __future__ import annotations

import pytest
import yaml
from yaml.error import Mark, MarkedYAMLError

from sim.errors import InvalidInput, Problem
from sim.words import say
from sim.yaml import source
from sim.yaml.source import loads
from sim.yaml.syntax import reworded

JARGON = ("token", "scalar", "flow", "block", "node", "stream", "simple key", "context", "anchor")


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with the parser in C and with the one in Python: both must be told alike."""
    monkeypatch.setattr(source, "_LOADER", getattr(yaml, request.param))


def problem(text: str) -> Problem:
    """Return the one problem of ``text``."""
    with pytest.raises(InvalidInput) as raised:
        loads(text)
    (found,) = raised.value.problems
    return found


MISTAKES = [
    # tabs
    ("a:\n\tb: 1\n", "yaml.tab", 2, 1),
    ("a:\n  b: 1\n\tc: 2\n", "yaml.tab", 3, 1),
    ("a:\n  b: 1\n  \tc: 2\n", "yaml.tab", 3, 3),
    ("a: |\n\tx\n", "yaml.tab", 2, 1),
    # quotation marks
    ('a: "abc\nb: 1\n', "yaml.quote_open", 1, 4),
    ("a: 1\nb: 'abc\n", "yaml.quote_open", 2, 4),
    ('a: "x\n---\ny"\n', "yaml.quote_open", 1, 4),
    ('a: "abc\nb: "x"\n', "yaml.quote_late", 2, 4),
    ('a: "x" y\n', "yaml.after_value", 1, 8),
    ("a: [1] y\n", "yaml.after_value", 1, 8),
    ("{a: 1}\nb: 2\n", "yaml.after_value", 2, 1),
    ('"a" b\n', "yaml.after_value", 1, 5),
    # brackets
    ("a: [1, 2\nb: 1\n", "yaml.bracket_open", 1, 4),
    ("a: [1, 2\n", "yaml.bracket_open", 1, 4),
    ("a: {b: {c: 1}\nd: 2\n", "yaml.bracket_open", 1, 4),
    ("a:\n  b: {c: 1,\n  d: [1\n", "yaml.bracket_open", 3, 6),
    ("a: {x: 1 y: 2}\n", "yaml.comma", 1, 11),
    ('a: [\n  "x"\n  "y"\n]\n', "yaml.comma", 3, 3),
    ("a: [1, 2}\n", "yaml.comma", 1, 9),
    ("a: ]\n", "yaml.bracket_extra", 1, 4),
    ("a: [1]]\n", "yaml.bracket_extra", 1, 7),
    ("a: [,]\n", "yaml.no_value", 1, 5),
    # keys and colons
    ("a: 1\nfoo\nb: 2\n", "yaml.no_colon", 2, 1),
    ("a:\n  foo\n\n  # why\n  b: 2\n", "yaml.no_colon", 2, 3),
    ("a:1\nb: 2\n", "yaml.no_colon", 1, 1),
    ("a: 1\nfoo\n", "yaml.no_colon", 2, 1),
    ("a: b: c\n", "yaml.second_colon", 1, 5),
    ("題名: 役員: 変更\n", "yaml.second_colon", 1, 7),
    (": 1\n", "yaml.key_empty", 1, 1),
    ("x" * 2000 + ": 1\n", "yaml.other", 1, 2001),
    # indentation
    ("a:\n    b: 1\n  c: 2\n", "yaml.indent", 3, 3),
    ("a: 1\n  b: 2\n", "yaml.indent", 2, 3),
    ("  a: 1\nb: 2\n", "yaml.indent", 2, 1),
    ("a:\n  - x\n b: 2\n", "yaml.indent", 3, 2),
    ("a: |\n  x\n y\n", "yaml.indent", 3, 2),
    ("a:\n  - x\n  b: 1\n", "yaml.item_key_mix", 3, 3),
    ("a:\n  b: 1\n  - x\n", "yaml.item_key_mix", 3, 3),
    ("a: - b\n", "yaml.item_place", 1, 4),
    # first characters
    ("a: @x\n", "yaml.first_character", 1, 4),
    ("a: `x`\n", "yaml.first_character", 1, 4),
    ("a: %x\n", "yaml.first_character", 1, 4),
    ("a: ? b\n", "yaml.first_character", 1, 4),
    ("a: **b**\n", "yaml.first_character", 1, 4),
    ("a: &日 x\n", "yaml.first_character", 1, 4),
    ("a: !x!y z\n", "yaml.tag", 1, 4),
    # the rest
    ('a: "\\q"\n', "yaml.escape", 1, 5),
    ('a: "\\xZZ"\n', "yaml.escape_code", 1, 5),
    ("a: |x\n  b\n", "yaml.block_text", 1, 5),
    ("a: |0\n  b\n", "yaml.block_text", 1, 5),
    ("%YAML 3.0\n---\na: 1\n", "yaml.directive", 1, 1),
    ("a: 1\n%b: 2\n", "yaml.directive", 2, 1),
    ("a: 1\n...\nb: 2\n", "yaml.second_document", 3, 1),
]


@pytest.mark.parametrize(("text", "key", "line", "column"), MISTAKES)
def test_a_mistake_is_named_where_it_was_made(text: str, key: str, line: int, column: int) -> None:
    """The place is where a person would mend it, and the words are not those of a parser."""
    found = problem(text)
    assert (found.key, found.line, found.column) == (key, line, column)
    assert not [word for word in JARGON if word in found.text()]
    assert found.text("ja") != found.text()


def test_a_full_width_colon_is_recognised() -> None:
    """What looks right to someone who types Japanese is pointed out."""
    assert say("yaml.full_width", "ja") in problem("a：1\nb: 2\n").text("ja")


def test_an_open_bracket_is_told_with_what_closes_it() -> None:
    """The hint names the closing bracket and the line where it was missed."""
    assert problem("a: {b: 1\nc: 2\n").text().splitlines() == [
        "<text>:1:4: the '{' opened here is never closed",
        "    a: {b: 1",
        "       ^",
        "close it with '}'; on line 2 it is still open",
    ]


def test_a_backslash_is_shown_with_what_follows_it() -> None:
    """Both the unknown character and a way out are named."""
    assert problem('path: "C:\\data"\n').text().splitlines() == [
        "<text>:1:10: there is no character '\\d' in double quotation marks",
        '    path: "C:\\data"',
        "             ^",
        "use single quotation marks, or '\\\\' for a backslash",
    ]


def test_a_complaint_nobody_foresaw_still_has_its_place() -> None:
    """A parser of another version may find other words."""
    located = loads("a: 1\nb: 2\n")
    mark = Mark("", 0, 1, 3, None, 0)
    found = reworded(MarkedYAMLError(problem="found a dragon", problem_mark=mark), located)
    assert (found.key, found.line, found.column) == ("yaml.other", 2, 4)
    assert "dragon" not in found.text()
    assert reworded(MarkedYAMLError(problem="found a dragon"), located).line == 1

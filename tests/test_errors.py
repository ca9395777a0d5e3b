"""Errors say in both languages what is wrong, where, and what to do."""

from __future__ import annotations

import pickle
import unicodedata

import pytest

from sim.errors import (
    MOST_PROBLEMS,
    InvalidInput,
    Problem,
    RunFailed,
    TetsuzukiError,
    UsageError,
    excerpt_at,
    nearest,
    shortened,
)


def cells(text: str) -> int:
    """Return how wide ``text`` is on a terminal."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def unknown(line: int, column: int, excerpt: str, file: str = "a.yaml") -> Problem:
    """Return a problem at a place."""
    return Problem("value.unknown_key", {"name": "x"}, file, line, column, excerpt)


def test_a_problem_reads_place_excerpt_caret_hint_and_guess() -> None:
    """The parts come in this order, each on its line."""
    problem = Problem(
        "value.unknown_key",
        {"name": "stpes"},
        file="a.yaml",
        line=3,
        column=5,
        excerpt="  a: stpes",
        hint="yaml.use_spaces",
        guess="steps",
    )
    assert problem.text().splitlines() == [
        "a.yaml:3:5: unknown key 'stpes'",
        "      a: stpes",
        "        ^",
        "indent with spaces",
        "did you mean 'steps'?",
    ]
    assert problem.text("ja").splitlines() == [
        "a.yaml:3:5: 未知のキー「stpes」",
        "      a: stpes",
        "        ^",
        "字下げには半角スペースを使う",
        "「steps」のことでは？",
    ]


def test_a_problem_of_a_whole_file_has_no_excerpt() -> None:
    """Without line and column only the file is named."""
    assert Problem("file.empty", file="a.yaml").text() == "a.yaml: the file is empty"


def test_a_problem_without_a_file_is_its_message() -> None:
    """A problem with no place at all begins with the message."""
    assert Problem("file.empty").text() == "the file is empty"


def test_a_file_name_that_cannot_be_printed_does_not_break_the_message() -> None:
    """Bytes of a name that are no text, and line breaks in it, are replaced."""
    assert Problem("file.empty", file="a\udcff\n.yaml").text() == "a??.yaml: the file is empty"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("steps: {a: 1}", 8),
        ("題名: {ja: 役員変更}", 10),
        ("全角　空白: x", 7),
        ("a:\tb: c", 4),
        ("か\u3099き: x", 5),
        ("e\u0301: x", 4),
        ("\x07: x", 4),
    ],
)
def test_the_caret_stands_under_its_column(line: str, column: int) -> None:
    """Full-width characters count two cells, combining ones none, a tab as many as it shows."""
    shown, before = excerpt_at(line, column)
    assert shown.isprintable() or "\N{IDEOGRAPHIC SPACE}" in shown
    head = "".join(c for c in shown if not unicodedata.combining(c))
    rest = head
    while cells(head) - cells(rest) < before:
        rest = rest[1:]
    assert cells(head) - cells(rest) == before
    assert rest[0] == line[column - 1]


@pytest.mark.parametrize("unit", ["a", "あ", "あa", "\t"])
@pytest.mark.parametrize("column", [1, 40, 77, 150, 299, 301])
def test_a_long_line_is_cut_around_the_column_to_80_cells(unit: str, column: int) -> None:
    """Excerpt and caret fit the page, whatever the characters' width."""
    line = (unit * 300)[: column - 1] + "X" + (unit * 300)[: 300 - column]
    _, excerpt, caret = unknown(1, column, line).text().splitlines()
    assert cells(excerpt) <= 80
    assert cells(caret) <= 80
    assert cells(excerpt.partition("X")[0]) == len(caret) - 1
    assert excerpt.endswith("...") or column >= 150
    assert excerpt.startswith("    ...") == (cells(unit) * (column - 1) > 38)


def test_a_caret_may_stand_behind_the_end_of_the_line() -> None:
    """Where something is missing the caret is behind the last character, never further."""
    assert excerpt_at("a: b", 5) == ("a: b", 4)
    assert excerpt_at("a: b", 500) == ("a: b", 4)
    assert excerpt_at("", 1) == ("", 0)


@pytest.mark.parametrize(
    ("error", "exit_code"), [(TetsuzukiError, 1), (RunFailed, 1), (UsageError, 2)]
)
def test_an_error_is_said_in_both_languages(error: type[TetsuzukiError], exit_code: int) -> None:
    """``str`` is English; key and values allow the other language; the exit code is known."""
    raised = error("value.missing", name="goal")
    assert str(raised) == "the key 'goal' is missing"
    assert raised.text("ja") == "キー「goal」がない"
    assert (raised.key, raised.values) == ("value.missing", {"name": "goal"})
    assert error.exit_code == exit_code


def test_invalid_input_lists_its_problems_in_order_of_place() -> None:
    """Problems are sorted by file, line and column, a blank line between two."""
    error = InvalidInput(
        [
            unknown(10, 1, "j", "b.yaml"),
            unknown(2, 7, "  a: b"),
            unknown(2, 3, "  a: b"),
            unknown(1, 1, "x", "b.yaml"),
        ]
    )
    heads = [block.splitlines()[0] for block in str(error).split("\n\n")]
    assert [head.partition(" ")[0] for head in heads] == [
        "a.yaml:2:3:",
        "a.yaml:2:7:",
        "b.yaml:1:1:",
        "b.yaml:10:1:",
    ]
    assert error.exit_code == 3
    assert "未知のキー" in error.text("ja")


def test_of_very_many_problems_only_the_first_are_listed() -> None:
    """The list ends with a problem that says so."""
    error = InvalidInput(unknown(line, 1, "x") for line in range(1, 100_000))
    assert len(error.problems) == MOST_PROBLEMS + 1
    assert (
        error.problems[-1].text() == "a.yaml:100:1: more than 100 problems; the rest is not listed"
    )


@pytest.mark.parametrize(
    "error",
    [
        RunFailed("value.missing", name="goal"),
        InvalidInput([unknown(1, 1, "x")]),
        InvalidInput(unknown(line, 1, "x") for line in range(1, 300)),
    ],
)
def test_an_error_survives_the_way_from_another_process(error: TetsuzukiError) -> None:
    """What a worker process raises reads the same in the parent."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes
    assert type(copy) is type(error)
    assert copy.text("ja") == error.text("ja")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("stpes", "steps"), ("Analog", "analog"), ("GIVES", "gives"), ("zzz", None), ("", None)],
)
def test_the_nearest_name_is_guessed(word: str, meant: str | None) -> None:
    """A slip of the finger or of case is recognised, a different word is not."""
    assert nearest(word, ["gives", "steps", "analog"]) == meant


def test_nobody_misspells_a_name_of_a_thousand_letters() -> None:
    """Very long words are not compared, since that takes long."""
    assert nearest("a" * 1000, ["a" * 999]) is None


def test_a_quoted_text_is_shortened() -> None:
    """A message quotes no more than it needs."""
    assert shortened("short") == "short"
    assert shortened("x" * 61) == "x" * 57 + "..."

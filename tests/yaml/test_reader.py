"""The data of a file is YAML 1.2 without surprises, and what could surprise is refused."""

from __future__ import annotations

import math

import pytest
import yaml

from sim.errors import InvalidInput, Problem
from sim.yaml import source
from sim.yaml.located import Mark
from sim.yaml.source import DEEPEST, MOST_VALUES, loads, scalar


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with the parser in C and with the one in Python."""
    monkeypatch.setattr(source, "_LOADER", getattr(yaml, request.param))


def problems(text: str) -> tuple[Problem, ...]:
    """Return all problems of ``text``."""
    with pytest.raises(InvalidInput) as raised:
        loads(text)
    return raised.value.problems


def only(text: str) -> tuple[str, int | None, int | None]:
    """Return key and place of the one problem of ``text``."""
    (problem,) = problems(text)
    return problem.key, problem.line, problem.column


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-17", -17),
        ("+3", 3),
        ("007", 7),
        ("0o17", 15),
        ("0xFF", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        (".inf", math.inf),
        ("-.inf", -math.inf),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    """Numbers, truth and nothing are recognised with their types."""
    read = loads(f"a: {written}").data["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "NO",
        "on",
        "Yes",
        "True",
        "NULL",
        "12:30",
        "2026-04-01",
        "1_000",
        "45min",
        "13.5%",
        ".nan",
        "0b1",
        "1e",
        "-",
        ".",
        "+.",
        "0x",
        "１２",
        "٣",
        "1e999",
        "9" * 5000,
    ],
)
def test_everything_else_is_text(written: str) -> None:
    """Neither a country code nor a clock nor a date turns into something else."""
    assert scalar(written) == written


@pytest.mark.parametrize("written", ["'12'", '"true"', "|-\n  5", ">-\n  ~"])
def test_what_is_quoted_is_text(written: str) -> None:
    """Quotation marks and blocks keep a number, truth or nothing as text."""
    assert isinstance(loads(f"a: {written}").data["a"], str)


def test_keys_are_always_text() -> None:
    """A number or a word such as no as a key is its text."""
    assert loads("{10: a, no: b, ~: c, 1.50: d}").data == {
        "10": "a",
        "no": "b",
        "~": "c",
        "1.50": "d",
    }


def test_a_repeated_value_is_a_copy_with_the_marks_of_the_original() -> None:
    """The alias has its own place, what is inside it that of the original; no data is shared."""
    located = loads("a: &x {b: [1]}\nc: *x\nd: {e: *x}\n")
    assert located.data == {"a": {"b": [1]}, "c": {"b": [1]}, "d": {"e": {"b": [1]}}}
    assert located.marks["c",] == Mark(2, 4)
    assert located.marks["d", "e", "b", 0] == located.marks["a", "b", 0] == Mark(1, 12)
    assert located.keys["c", "b"] == located.keys["a", "b"]
    assert located.data["c"]["b"] is not located.data["a"]["b"]


def test_a_repeated_scalar_or_key_keeps_its_type() -> None:
    """An alias may stand for a number, a text or the text of a key."""
    assert loads("{a: &x 5, &k b: *x, c: *k}").data == {"a": 5, "b": 5, "c": "b"}


@pytest.mark.parametrize("text", ["a: *x", "a: &x [*x]", "a: *x\nb: &x 1"])
def test_repeating_what_was_not_given_before_is_refused(text: str) -> None:
    """An alias may refer neither forward, nor to what it is part of, nor to nothing."""
    assert only(text)[0] == "yaml.alias_unknown"


def test_a_key_given_twice_is_refused_with_the_line_of_the_first() -> None:
    """However it is quoted, and every further time."""
    found = problems("a: 1\nb: {c: 1, c: 2}\n'a': 3\na: 4\n")
    assert [(p.key, p.line, p.column, p.values["line"]) for p in found] == [
        ("yaml.key_twice", 2, 11, 2),
        ("yaml.key_twice", 3, 1, 1),
        ("yaml.key_twice", 4, 1, 1),
    ]


@pytest.mark.parametrize(
    ("text", "key", "column"),
    [
        ("a: !!str 5", "yaml.tag", 4),
        ("a: !x {b: 1}", "yaml.tag", 4),
        ("!x a: 1", "yaml.tag", 1),
        ("{a: &b 1, <<: *b}", "yaml.merge", 11),
        ("{[a]: 1}", "yaml.key_kind", 2),
        ("{? {a: b} : 1}", "yaml.key_kind", 4),
        ("'': 1", "yaml.key_empty", 1),
        ("　a: 1", "yaml.unseen", 1),
        ('a: "\\0"', "yaml.control", 4),
        ('"\\e[31ma": 1', "yaml.control", 1),
        ('"a\\u202Eb": 1', "yaml.control", 1),
        ('"a\\nb": 1', "yaml.control", 1),
        ('{a: {"\\x9b": 1}}', "yaml.control", 6),
        ("a: 1\n---\nb: 2", "yaml.second_document", 1),
    ],
)
def test_what_a_planner_does_not_need_is_refused(text: str, key: str, column: int) -> None:
    """Tags, merge keys, keys that are no text, escaped control characters, several documents."""
    found = only(text)
    assert (found[0], found[2]) == (key, column)


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    """Only the plain one has a meaning elsewhere."""
    assert loads("'<<': 1").data == {"<<": 1}


def test_independent_problems_are_reported_together() -> None:
    """Reading goes on up to a mistake of syntax, which is reported too."""
    found = problems("a: !x 1\nb: *y\na: 2\nc: [1\n")
    assert [p.key for p in found] == [
        "yaml.tag",
        "yaml.alias_unknown",
        "yaml.key_twice",
        "yaml.bracket_open",
    ]


def test_reading_stops_after_very_many_problems() -> None:
    """The last one says so."""
    found = problems("a: 1\n" * 10_000)
    assert len(found) == 101
    assert found[-1].key == "problems.more"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_where_it_becomes_too_deep(opening: str) -> None:
    """A hundred thousand brackets end neither the program nor the patience."""
    found = problems(opening * 100_000)
    assert found[-1].key in {"yaml.too_deep", "yaml.tab"}
    assert found[-1].column == len(opening) * (DEEPEST + 1) + 1 or opening == "? "


def test_fifty_levels_are_allowed() -> None:
    """The limit itself is not too deep."""
    data = loads("[" * DEEPEST + "1" + "]" * DEEPEST).data
    for _ in range(DEEPEST):
        (data,) = data
    assert data == 1
    assert only("[" * (DEEPEST + 1) + "1" + "]" * (DEEPEST + 1))[0] == "yaml.too_deep"


def test_repetition_counts_towards_the_depth() -> None:
    """What is nested by aliases is as deep as if it were written out."""
    lines = ["a0: &a0 [1]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, DEEPEST + 5)]
    assert only("\n".join(lines))[0] == "yaml.too_deep"


def test_an_alias_bomb_is_refused() -> None:
    """Ten times ten times ten … values are counted before they are made."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    assert only("\n".join(lines))[0] == "yaml.too_many"


def test_a_file_with_too_many_values_is_refused() -> None:
    """The limit holds for values written out as well."""
    assert only("[" + "1," * MOST_VALUES + "]")[0] == "yaml.too_many"

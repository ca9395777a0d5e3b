"""The catalogue says everything in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from sim import words
from sim.words import DEFAULT, LANGUAGES, Word, catalogue, say

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = Path(words.__file__).parent
TEXTS = {lang: catalogue(lang).texts for lang in LANGUAGES}
WORDS = TEXTS[DEFAULT]
SOURCES = [path for path in CATALOGUE.parent.rglob("*.py") if path.parent != CATALOGUE]
OWN_GROUPS = re.compile(r'"((?:file|yaml|kind|shown|value)\.[a-z_0-9]+)"')


SPEAKERS = {"say", "wrong", "problem", "problem_at", "problem_in_path", "tell", "Word"}
SPEAKERS |= {"Problem", "UsageError", "RunFailed"}
A_KEY = re.compile(r"[a-z]+[._][a-z._]+")


def written() -> Iterator[ast.AST]:
    """Yield every node of the program's syntax."""
    for path in SOURCES:
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def said(node: ast.AST) -> Iterator[str]:
    """Yield the keys that a call to one of the speakers names in full."""
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for argument in node.args[:3] if name in SPEAKERS else ():
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def pattern(node: ast.JoinedStr) -> str:
    """Return what an f-string can become, as a regular expression."""
    parts = (
        re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[^ ]+" for v in node.values
    )
    return "".join(parts)


def fields(text: str) -> set[str]:
    """Return the names of the fields of a format string."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_says_every_message(lang: str) -> None:
    """In the order of the first, so that two files can be laid side by side."""
    assert list(TEXTS[lang]) == list(WORDS)


@pytest.mark.parametrize("key", WORDS)
def test_a_message_has_the_same_fields_in_every_language(key: str) -> None:
    """All texts exist, are one line, and take the same named values."""
    texts = [TEXTS[lang][key] for lang in LANGUAGES]
    assert all(text.strip() and "\n" not in text for text in texts)
    assert all(fields(text) == fields(WORDS[key]) for text in texts)
    assert all(name.isidentifier() for name in fields(WORDS[key]))


FORM = re.compile(r"\{\w+:([^{}]*/[^{}]*)\}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_noun_has_as_many_forms_as_its_language_tells_apart(lang: str) -> None:
    """None is left without a form by a count there may be."""
    plural = catalogue(lang).plural
    forms = 1 + max(plural(count) for count in (*range(200), 0.5, 1.5))
    nouns = [noun for text in TEXTS[lang].values() for noun in FORM.findall(text)]
    assert all(len(noun.split("/")) == forms for noun in nouns)


def test_no_other_file_names_a_language() -> None:
    """A third one is a catalogue and its code in the list of them."""
    assert [name for node in written() for name in named(node) if name in LANGUAGES] == []


def named(node: ast.AST) -> Iterator[str]:
    """Yield what a node says that could be a language: a text, a field, a keyword."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for name in ("attr", "arg", "id"):
        value = getattr(node, name, None)
        yield from (value,) if isinstance(value, str) else ()


COUNTED = "count replications missing created rows all cases numbers idle days"
PLURAL = re.compile(rf"\{{({COUNTED.replace(' ', '|')})\}} [a-z]+s\b")


@pytest.mark.parametrize("key", WORDS)
def test_a_count_takes_its_noun_along(key: str) -> None:
    """No noun in the plural stands beside a number that may be 1."""
    assert not PLURAL.search(WORDS[key])


def test_one_is_said_in_the_singular() -> None:
    """As in 1 problem, 2 problems; words with another plural have both forms."""
    assert say("invalid_input", count=1) == "1 problem in the input"
    assert say("invalid_input", count=0) == "0 problems in the input"
    assert say("law.unended", where="x", created=1, ended=0).startswith("x: 1 case was created")
    assert say("law.unended", where="x", created=2, ended=0).startswith("x: 2 cases were created")
    many, part = (words.Counted(value, catalogue("en").plural) for value in (1234, 1.5))
    assert f"{many:,} {part:day/days}" == "1,234 1.5 days"


def test_every_message_about_files_and_values_is_used_and_every_used_one_exists() -> None:
    """Keys of the groups that sources name in full stand in the catalogue, and the other way."""
    used = {key for path in SOURCES for key in OWN_GROUPS.findall(path.read_text("utf-8"))}
    assert used == {key for key in WORDS if OWN_GROUPS.fullmatch(f'"{key}"')}


def test_every_message_that_is_said_exists() -> None:
    """No mistake of a user ends in a message that is missing."""
    keys = {key for node in written() for key in said(node) if A_KEY.fullmatch(key)}
    places = {"returns_to", "at_least", "open_to", "if_"}
    assert keys > {"unknown_lever", "value.nothing"}
    assert keys - places <= set(WORDS)


def test_every_message_is_said_somewhere() -> None:
    """The catalogue keeps nothing that the program no longer says."""
    nodes = list(written())
    whole = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    made = {pattern(n) for n in nodes if isinstance(n, ast.JoinedStr)} - {"[^ ]+"}
    unsaid = [key for key in WORDS if key not in whole]
    assert not [key for key in unsaid if not any(re.fullmatch(one, key) for one in made)]


TITLE = re.compile(r"title: \{en: (Analog|Digital|Agentic), ja: (.+?)\}")


def test_a_channel_is_called_by_one_word_everywhere() -> None:
    """In the words of reports, in the glossary, and where a scenario names an arm after it."""
    channels = {c: say(f"report.channel.{c}", "ja") for c in ("analog", "digital", "agentic")}
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert "・".join(channels.values()) in glossary
    for path in (ROOT / "scenarios").glob("*.yaml"):
        for english, japanese in TITLE.findall(path.read_text("utf-8")):
            assert channels[english.lower()] == japanese


def test_a_message_is_said_in_english_unless_asked_otherwise() -> None:
    """English is the default; values stand where the language wants them."""
    assert say("value.missing", name="goal") == "the key 'goal' is missing"
    assert say("value.missing", lang="ja", name="goal") == "キー「goal」がない"


def test_a_word_within_a_message_is_said_in_the_language_of_the_message() -> None:
    """Parts of a message are looked up in the same language, at any depth."""
    either = Word("kind.or", {"first": Word("kind.text"), "second": Word("kind.list")})
    english = say("value.kind", expected=either, value=3)
    assert english == "must be text or a list, not 3"
    japanese = say("value.kind", "ja", expected=either, value=3)
    assert japanese == "文字列かリストでなければならない（ここは3）"


def test_unprintable_characters_are_written_as_escapes() -> None:
    """A name with a line break, a control character or a half character stays on one line."""
    said = say("value.missing", name="a\nb\x1b[31m\u3000\ud800")
    assert said == "the key 'a\\nb\\x1b[31m\\u3000\\ud800' is missing"


def test_braces_in_a_value_are_left_alone() -> None:
    """What a user wrote is never taken for a format string."""
    assert say("value.missing", name="{name}") == "the key '{name}' is missing"


@pytest.mark.parametrize(
    ("key", "lang", "error"), [("no.such.key", "en", KeyError), ("file.empty", "xx", ValueError)]
)
def test_a_key_or_language_that_does_not_exist_is_a_mistake_of_the_program(
    key: str, lang: str, error: type[Exception]
) -> None:
    """Nothing is said instead of what is not in the catalogue."""
    with pytest.raises(error):
        say(key, lang)

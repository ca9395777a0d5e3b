"""A character that nobody sees is named where it stands, if it keeps a file from being read."""

from __future__ import annotations

import unicodedata

import pytest

from sim.errors import InvalidInput, Problem
from sim.yaml import source, unseen

SIGNS = {
    "\u00a0": "no-break space (U+00A0)",
    "\u2003": "space of another width (U+2003)",
    "\u200b": "zero-width space (U+200B)",
    "\u200d": "zero-width joiner (U+200D)",
    "\u2060": "word joiner (U+2060)",
    "\u2800": "invisible character (U+2800)",
    "\u3000": "full-width space (U+3000)",
    "\ufe0f": "invisible character (U+FE0F)",
}
PLACES = {
    "in the indentation": ("a:\n{}  b: 1\n  c: 2", 2, 1),
    "behind spaces of the indentation": ("a:\n  {}b: 1\n  c: 2", 2, 3),
    "before the first key": ("{}a: 1\nb: 2", 1, 1),
    "before a colon": ("a: 1\nb{}: 2", 2, 2),
    "after a colon": ("a: 1\nb:{}2", 2, 3),
    "inside a key": ("a: 1\nb{}c: 2", 2, 2),
    "before a key in braces": ("{{a: 1,{}b: 2}}", 1, 7),
    "after a colon in braces": ("{{a: 1, b:{}2}}", 1, 10),
    "before an item": ("a:\n{}- b\n  - c", 2, 1),
}


def problems(text: str) -> list[Problem]:
    """Return what is wrong with ``text``."""
    with pytest.raises(InvalidInput) as caught:
        source.loads(text, "a.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize("character", SIGNS)
@pytest.mark.parametrize("place", PLACES)
def test_it_is_named_at_its_place(character: str, place: str) -> None:
    """By its name and its code, in the first of the messages."""
    text, line, column = PLACES[place]
    first, *_ = problems(text.format(character))
    assert (first.line, first.column) == (line, column)
    assert SIGNS[character] in first.text()
    assert f"（{SIGNS[character].partition('(')[2][:-1]}）" in first.text("ja").replace("BOM、", "")


@pytest.mark.parametrize("character", SIGNS)
def test_it_is_named_in_a_number_or_a_name_that_is_refused(character: str) -> None:
    """Where the value as it looks would be right."""
    located = source.loads(f"a: {{b: 1{character}000}}", "a.yaml")
    problem = located.problem(("a", "b"), "value.nothing")
    assert (problem.key, problem.line, problem.column) == ("yaml.unseen", 1, 9)


@pytest.mark.parametrize(
    "text", ["title: 役員　変更", "title: 10\u00a0km", "title: 👨\u200d👩\u200d👧"]
)
def test_it_may_stand_in_what_people_read(text: str) -> None:
    """Titles are theirs."""
    assert source.loads(text).data["title"] == text.removeprefix("title: ")


def test_a_problem_with_a_japanese_text_stays_what_it_is() -> None:
    """A full-width space in it is meant."""
    located = source.loads("title: 役員　変更")
    assert located.problem(("title",), "value.nothing").key == "value.nothing"


def test_every_space_joiner_and_mark_of_direction_is_known() -> None:
    """What Unicode calls a space or a format character, besides the ordinary space."""
    codes = range(0x80, 0x30000)
    hidden = [c for c in map(chr, codes) if unicodedata.category(c) in {"Zs", "Zl", "Zp"}]
    joining = [c for c in map(chr, range(0x2000, 0x2070)) if unicodedata.category(c) == "Cf"]
    assert [c for c in (*hidden, *joining) if not unseen.UNSEEN.match(c)] == []

"""An order in words is resolved to a goal, or answered with a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.graph.intent import likeness, understood

PERMIT = """
procedure: permit
applicant: me
actors: {me: person}
documents:
  permit: {en: Permit, ja: 許可証}
  stall: {en: Stall, ja: 屋台}
  papers: {en: Papers, ja: 書類}
steps: {ask: {needs: [papers], gives: [permit, stall], by: me, work: 1h}}
phrases:
  goal:
    permit: {en: [street permit, permit], ja: [露店の許可]}
    stall: {en: market stall, ja: 屋台の出店}
  have:
    papers: {en: locker, ja: ロッカー}
"""
LICENCE = """
procedure: licence
applicant: me
actors: {me: person}
documents: {licence: {en: Licence, ja: 免許}}
steps: {ask: {gives: [licence], by: me, work: 1h}}
phrases: {goal: {licence: {en: [street permit for music], ja: [音楽の許可]}}}
"""
SILENT = """
procedure: silent
applicant: me
actors: {me: person}
documents: {slip: Slip}
steps: {ask: {gives: [slip], by: me, work: 1h}}
"""


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay three procedures on a shelf that has no others with phrases."""
    folder = tmp_path / "procedures"
    folder.mkdir()
    for name, text in (("permit", PERMIT), ("licence", LICENCE), ("silent", SILENT)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.shelf.names", lambda _: ["licence", "permit", "silent"])


def question(text: str, lang: str = "en", using: tuple[str, ...] = ()) -> str:
    """Return what is asked about an order that is not understood."""
    with pytest.raises(InvalidInput) as caught:
        understood(text, using)
    return caught.value.text(lang)


@pytest.mark.parametrize(
    "text",
    [
        "get me a market stall",
        "Get me a MARKET  stall, please!",
        "ｍａｒｋｅｔ　ｓｔａｌｌ",  # full width
        "get me a markt stall",
        "屋台の出店をしたい",
        "屋台への出店をしたい",
    ],
)
def test_a_goal_is_understood_in_either_language(text: str) -> None:
    """Whatever its width, case, blanks and small slips."""
    assert understood(text).goal == ("stall",)


def test_what_is_mentioned_is_at_hand() -> None:
    """And what is not mentioned is not."""
    assert understood("market stall, from the locker").have == ("papers",)
    assert understood("ロッカーの書類で屋台の出店").have == ("papers",)
    assert understood("market stall").have == ()


def test_the_longer_phrase_speaks_for_the_shorter_one_in_it() -> None:
    """A permit for music is no permit for a stall."""
    assert understood("a street permit for music").goal == ("licence",)
    assert understood("a street permit").goal == ("permit",)


def test_only_the_procedures_named_are_asked() -> None:
    """As with a goal that is named."""
    assert understood("a street permit for music", ["permit"]).goal == ("permit",)


def test_an_order_that_fits_nothing_is_answered_with_the_nearest_goals() -> None:
    """Politely, and in both languages."""
    asked = question("a market, please")
    assert asked.startswith("Sorry, “a market, please” was not understood.")
    assert asked.index("Stall (stall)") < asked.index("Permit (permit)")
    assert "恐れ入りますが" in question("コーヒーを入れて", "ja")
    assert "屋台 (stall)" in question("コーヒーを入れて", "ja")


def test_an_order_for_two_things_is_answered_with_both() -> None:
    """It does not choose for people."""
    asked = question("a street permit and a market stall")
    assert "may mean more than one thing" in asked
    assert "Permit (permit)" in asked
    assert "Stall (stall)" in asked
    assert "Licence" not in asked


@pytest.mark.parametrize("text", ["", "   ", "?!", "x" * 10_000])
def test_nothing_and_nonsense_are_answered_as_well(text: str) -> None:
    """However long."""
    assert "Sorry" in question(text)


def test_where_nothing_can_be_asked_for_it_says_so() -> None:
    """Then goals have to be named."""
    assert "declares phrases" in question("a slip", using=("silent",))


def test_an_unknown_procedure_is_no_question() -> None:
    """It is a mistake, as everywhere."""
    assert "permit" in question("a stall", using=("permitt",))


@pytest.mark.parametrize(
    ("phrase", "order", "least", "most"),
    [
        ("permit", "getapermit", 1, 1),
        ("permit", "getaprmit", 0.8, 0.99),
        ("permit", "coffee", 0, 0.5),
        ("permit", "", 0, 0),
    ],
)
def test_likeness_is_that_of_the_likest_part(
    phrase: str, order: str, least: float, most: float
) -> None:
    """From 0 to 1."""
    assert least <= likeness(phrase, order) <= most


@pytest.mark.parametrize(
    "text", ["don't ask for a street permit", "street permit: cancel it", "露店の許可は取り消して"]
)
def test_an_order_not_to_do_something_is_asked_back(text: str) -> None:
    """Nothing here undoes anything, and the opposite must not be done."""
    with pytest.raises(InvalidInput):
        understood(text)

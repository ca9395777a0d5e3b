"""Sheets are as wide as the terminal, within reason, and plain unless colour is wanted."""

from __future__ import annotations

import pytest
from rich.text import Text

from sim.report import console


@pytest.mark.parametrize(
    ("terminal", "width"), [("72", 72), ("300", console.WIDEST), ("5", console.NARROWEST)]
)
def test_the_width_is_that_of_the_terminal_within_bounds(
    monkeypatch: pytest.MonkeyPatch, terminal: str, width: int
) -> None:
    """Very wide lines are hard to read, very narrow ones impossible to fill."""
    monkeypatch.setenv("COLUMNS", terminal)

    assert console.width() == width


def test_plain_text_has_no_escape_codes_and_no_spaces_at_line_ends() -> None:
    """It can be compared, searched and mailed."""
    assert console.drawn(Text.assemble(("a", "bold"), "  \n", "b"), columns=40) == "a\nb\n"


def test_colour_is_drawn_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets escape codes."""
    monkeypatch.setenv("TERM", "xterm-256color")

    assert "\x1b[1m" in console.drawn(Text("a", "bold"), columns=40, colour=True)


def test_text_in_brackets_and_colons_is_not_markup() -> None:
    """What a YAML file says is printed as it is."""
    assert (
        console.drawn("[5bd, 10bd] :smile: [bold]x", columns=40) == "[5bd, 10bd] :smile: [bold]x\n"
    )


@pytest.mark.parametrize("style", [{"colour": True}, {"colour": False}])
def test_what_cannot_be_printed_is_drawn_as_escapes(style: dict[str, bool]) -> None:
    """Only the sheet's own styles are codes of the terminal."""
    text = console.drawn(Text("a\x1b[31mb\x9b\u202ec", "bold"), columns=80, **style)

    assert r"a\x1b[31mb\x9b\u202ec" in text
    assert not any(raw in text for raw in ("\x1b[31m", "\x9b", "\u202e"))


def test_the_bar_counts_on_stderr_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data on stdout stay clean."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with console.bar("replications") as update:
        update(0, 60)
        update(60, 60)
    captured = capsys.readouterr()

    assert captured.out == ""
    assert "60/60" in captured.err

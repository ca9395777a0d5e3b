"""The shelf is listed by kind, with titles."""

from __future__ import annotations

from sim.report import listing
from sim.report.console import drawn

SHELF: dict[str, listing.Entries] = {
    "procedures": [
        ("officer_change", {"en": "Officer change", "ja": "役員変更登記"}),
        ("gbiz_id", {"en": "G-Biz ID", "ja": "GビズID"}),
    ],
    "agents": [("registrar", {})],
    "scenarios": [],
}


def draw(lang: str) -> list[str]:
    """Return the lines of the list."""
    return drawn(listing.shelf_page(SHELF, lang), columns=60).split("\n")


def test_entries_stand_below_their_kind_with_their_titles() -> None:
    """Names are aligned over all kinds; a name without a title is its own."""
    assert draw("en") == [
        "Procedures",
        "  officer_change  Officer change",
        "  gbiz_id         G-Biz ID",
        "",
        "Agents",
        "  registrar       registrar",
        "",
        "Scenarios",
        "  none",
        "",
    ]


def test_titles_are_in_the_language_asked_for() -> None:
    """Names stay what they are in the files."""
    assert draw("ja")[:3] == ["手続", "  officer_change  役員変更登記", "  gbiz_id         GビズID"]

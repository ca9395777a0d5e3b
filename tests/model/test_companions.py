"""Which other procedures on the shelf a procedure leans on."""

from __future__ import annotations

from sim.model import library, source

ASKS = source.loads(
    """
procedure: asks
steps:
  ask: {needs: [permit], gives: [slip], by: me, burden: {forms: 1, visits: 1}}
"""
)
GIVES = source.loads("procedure: gives\ndocuments: {permit: Permit}\n")
COUNTS = source.loads("procedure: counts\nattributes: {forms: 50%}\nlists: {visits: 2}\n")
SHELF = {"asks": ASKS, "gives": GIVES, "counts": COUNTS}


def test_it_leans_on_what_declares_a_document_that_it_needs() -> None:
    """Though it does not say where that is from."""
    assert library.companions(["asks"], SHELF)[:2] == ("asks", "gives")


def test_what_a_step_costs_people_names_nobody() -> None:
    """An attribute called as a count of the burden is another thing."""
    assert "counts" not in library.companions(["asks"], SHELF)

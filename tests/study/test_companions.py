"""Which other procedures on the shelf a procedure leans on."""

from __future__ import annotations

import pytest

from sim.study import catalogue
from sim.yaml import source

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
    assert catalogue.companions(["asks"], SHELF)[:2] == ("asks", "gives")


def test_what_a_step_costs_people_names_nobody() -> None:
    """An attribute called as a count of the burden is another thing."""
    assert "counts" not in catalogue.companions(["asks"], SHELF)


@pytest.mark.parametrize(
    "step",
    [
        "{title: permit, gives: [slip], by: me}",
        "{title: {en: permit, ja: permit}, caption: permit, gives: [slip], by: me}",
        "{gives: [slip], by: me, if: {kind: permit}, open_to: {kind: [permit, other]}}",
        "{gives: [slip], by: me, work: {by: kind, permit: 1h, else: 2h}}",
        "{gives: [slip], by: me, work: {value: 1h, source: permit}}",
        "{gives: [slip], by: me, burden: {fee: {value: 1, source: permit}}}",
    ],
)
def test_what_is_no_name_joins_nothing(step: str) -> None:
    """Titles, captions, values of attributes and sources may look like a document's name."""
    asks = source.loads(f"procedure: asks\nsteps: {{ask: {step}}}\n")
    assert catalogue.companions(["asks"], {"asks": asks, "gives": GIVES}) == ("asks",)


@pytest.mark.parametrize(
    "step",
    [
        "{needs: permit, by: me}",
        "{by: me, digital: {needs: [permit.first]}}",
        "{by: permit}",
        "{each: permit, by: me}",
        "{by: me, if: {permit: true}}",
        "{by: me, agentic: {open_to: {permit: true}}}",
        "{by: me, makes: {permit: 1%}}",
        "{by: me, again: {finds: {permit: 1%}}}",
        "{by: me, work: {by: visit, 1: 1h, else: {by: permit, true: 1h, else: 2h}}}",
        "{by: me, finds: {gap: {by: permit, true: 0, else: 1}}}",
        "{by: me, delay: {until: permit}}",
        "{by: me, batch: {at: permit}}",
        "{by: me, decides: [permit]}",
    ],
)
def test_wherever_a_name_is_meant_it_joins(step: str) -> None:
    """Documents, actors, attributes, lists, defects and calendars may be declared by others."""
    asks = source.loads(f"procedure: asks\nsteps: {{ask: {step}}}\n")
    assert catalogue.companions(["asks"], {"asks": asks, "gives": GIVES})[:2] == ("asks", "gives")


@pytest.mark.parametrize("goal", ["[permit]", "[{document: permit, if: {a: true}}]"])
def test_a_goal_joins_who_gives_it(goal: str) -> None:
    """In every way to write it."""
    asks = source.loads(f"procedure: asks\ngoal: {goal}\nsteps: {{}}\n")
    assert catalogue.companions(["asks"], {"asks": asks, "gives": GIVES})[:2] == ("asks", "gives")


@pytest.mark.parametrize("counted", ["{found: permit}", "{given: [permit, slip]}"])
def test_an_indicator_joins_what_it_counts(counted: str) -> None:
    """And a lookup by an indicator joins who declares it."""
    asks = source.loads(
        f"procedure: asks\nindicators: {{seen: {{count: {counted}}}}}\nsteps: {{}}\n"
    )
    assert catalogue.companions(["asks"], {"asks": asks, "gives": GIVES})[:2] == ("asks", "gives")
    looks = source.loads(
        "procedure: looks\nsteps: {ask: {by: me, work: {by: seen, 0: 1h, else: 2h}}}\n"
    )
    joined = catalogue.companions(["looks"], {"looks": looks, "asks": asks, "gives": GIVES})
    assert joined[:3] == ("looks", "asks", "gives")


def test_a_step_that_cannot_be_read_mentions_nothing() -> None:
    """Whoever loads the procedure is told of its mistake, and the other steps count."""
    steps = "{ask: {needs: [permit], by: me, work: soon}, tell: {by: clerk}}"
    asks = source.loads(f"procedure: asks\nsteps: {steps}\n")
    assert catalogue.companions(["asks"], {"asks": asks, "gives": GIVES}) == ("asks",)


@pytest.mark.parametrize(
    "document",
    [
        "{en: B, ja: B, slip: gap}",
        "{en: B, ja: B, left_out: gap}",
        "{en: B, ja: B, valid: 9d, lapsed: gap}",
        "{en: B, ja: B, size: {rows: {by: large, true: 9, else: 3}}}",
    ],
)
def test_a_document_leans_on_what_it_names(document: str) -> None:
    """A defect or an attribute of another procedure."""
    asks = source.loads(f"procedure: asks\ndocuments: {{form: {document}}}\n")
    other = source.loads("procedure: other\ndefects: {gap: Gap}\nattributes: {large: 5%}\n")
    assert catalogue.companions(["asks"], {"asks": asks, "other": other})[:2] == ("asks", "other")


@pytest.mark.parametrize("key", ["rank", "costs"])
def test_a_choice_leans_on_what_it_goes_by(key: str) -> None:
    """The attribute that ranks the cases, and that which says what one costs."""
    call = {"rank": "at: t, places: 3, rank: large", "costs": "budget: 3, costs: large"}[key]
    step = f"{{gives: [slip], by: me, select: {{{call}, decides: chosen}}}}"
    asks = source.loads(f"procedure: asks\nsteps: {{ask: {step}}}\n")
    other = source.loads("procedure: other\nattributes: {large: {uniform: [1, 9]}}\n")
    assert "other" in catalogue.companions(["asks"], {"asks": asks, "other": other})

"""What a scenario asks to be told besides, with names resolved."""

from __future__ import annotations

from typing import Any

import pytest

from sim.compile.program import GroupSpec, ObservedSpec
from sim.errors import InvalidInput

LISTED = """
applicant: me
actors: {me: person}
attributes: {card: 80%}
lists: {signers: {first: {}, second: {chance: 60%, title: {en: Second, ja: 二人目}}}}
documents: {consent: {en: Consent, ja: 承諾書}, filing: Filing, unused: {en: Unused, ja: 未使用}}
steps:
  sign: {each: signers, gives: [consent], by: me, work: 1h}
  file: {needs: [consent], gives: [filing], by: me, work: 1h}
goal: [filing]
"""


def test_a_name_stands_for_all_items_of_a_list(world: Any) -> None:
    """Each document once, in the order in which they are asked for."""
    model = world(LISTED, scenario="report: {documents: [consent, filing, consent.first]}").model
    assert model.report.documents == ("consent.first", "consent.second", "filing")


def test_an_item_that_may_be_missing_tells_cases_apart(world: Any) -> None:
    """As in a condition, its presence is an attribute."""
    model = world(LISTED, scenario="report: {groups: [signers.second, card]}").model
    truth = ("false", "true")
    assert model.report.groups == (
        GroupSpec("signers.second", 1, truth),
        GroupSpec("card", 0, truth),
    )


def test_observed_figures_are_plain_numbers(world: Any) -> None:
    """Seconds and a share; the id of the fact is the key."""
    report = "report: {observed: {X-1: {document: filing, by: 2d, value: 93.2%, since: start}}}"
    model = world(LISTED, scenario=report).model
    assert model.report.observed == (
        ObservedSpec("X-1", "filing", 172_800, from_start=True, value=0.932),
    )


def test_one_figure_is_not_compared_with_many_documents(world: Any) -> None:
    """A family has no share of its own."""
    with pytest.raises(InvalidInput) as refused:
        world(LISTED, scenario="report: {observed: {X: {document: consent, by: 2d, value: 1}}}")
    (problem,) = refused.value.problems
    assert problem.key == "observed_family"
    assert problem.values["known"] == "consent.first, consent.second"


def test_a_document_has_its_label_even_if_nobody_wants_it(world: Any) -> None:
    """So that the page can name it; other documents that nobody wants stay unnamed."""
    plain, asked = world(LISTED), world(LISTED, scenario="report: {documents: [unused]}")
    label = ("unused", "Unused", "未使用")
    assert label in dict(asked.model.labels)["documents"]
    assert label not in dict(plain.model.labels)["documents"]
    assert asked.model.documents == plain.model.documents


@pytest.mark.parametrize(
    ("by", "value", "key"),
    [
        ("5bd", "90%", "no_business_days"),
        ("{uniform: [1d, 2d]}", "90%", "must_be_fixed"),
        ("5d", "{uniform: [80%, 90%]}", "must_be_plain"),
    ],
)
def test_what_is_observed_is_one_number(world: Any, by: str, value: str, key: str) -> None:
    """A time on all days and a share."""
    observed = f"{{X: {{document: filing, by: {by}, value: {value}}}}}"
    with pytest.raises(InvalidInput) as refused:
        world(LISTED, scenario=f"report: {{observed: {observed}}}")
    assert [problem.key for problem in refused.value.problems] == [key]


def test_goals_of_one_list_are_told_once_and_others_of_the_same_title_apart(world: Any) -> None:
    """What is one goal follows from how documents are declared, never from what they are called."""
    twin = LISTED.replace("unused: {en: Unused, ja: 未使用}", "copy: Filing").replace(
        "gives: [filing]", "gives: [filing, copy]"
    )
    goals = dict(
        world(twin.replace("goal: [filing]", "goal: [consent, filing, copy]")).model.labels
    )
    assert [name for name, *_ in goals["goals"]] == ["consent.first", "filing", "copy"]

"""What a scenario asks for besides, from logs of worlds whose times are plain to see."""

from __future__ import annotations

import math
from typing import Any

from sim.kpi.measures import Reported, measure

TWO_STEPS = """
applicant: me
actors: {me: person}
attributes: {size: {small: 50%, large: 50%}, card: true, age: 40}
documents: {form: Form, permit: Permit, badge: Badge}
steps:
  fill: {gives: [form], by: me, work: 12h}
  ask: {needs: [form], gives: [permit], by: me, work: 36h}
  wear: {gives: [badge], by: me, work: 1h}
goal: [permit]
"""


def asked(world: Any, report: str, **more: Any) -> Reported:
    """Return what is told of two cases, ten and twenty days after the scenario."""
    case = "{count: 2, arrivals: 10d, using: [p]}"
    run = world(TWO_STEPS, case=case, scenario=f"report: {report}\n{more.pop('scenario', '')}")
    found = measure(run.model, run.log).reported
    assert found is not None
    return found


def test_without_a_report_nothing_is_told_besides(world: Any) -> None:
    """And the digest of the log knows nothing of one."""
    plain, more = world(TWO_STEPS), world(TWO_STEPS, scenario="report: {documents: [form]}")
    assert measure(plain.model, plain.log).reported is None
    assert plain.log.digest() == more.log.digest()
    assert (plain.model.report is None, more.model.report is None) == (True, False)


def test_documents_count_days_from_the_start_of_the_case(world: Any) -> None:
    """Half a day to the form and two days to the permit, whenever the case begins."""
    told = asked(world, "{documents: [permit, form]}")
    assert told.report.documents == ("permit", "form")
    assert told.days.tolist() == [[2.0, 0.5], [2.0, 0.5]]


def test_what_is_never_given_is_infinitely_late(world: Any) -> None:
    """Nobody wants the badge; the model of this arm does not even have it."""
    told = asked(world, "{documents: [badge]}")
    assert told.days.tolist() == [[math.inf], [math.inf]]


def test_a_journey_that_breaks_off_shows_how_far_it_came(world: Any) -> None:
    """With a horizon of a day each case has its form and no permit."""
    told = asked(world, "{documents: [form, permit]}", scenario="horizon: 1d")
    assert told.days.tolist() == [[0.5, math.inf]] * 2


def test_attributes_are_told_with_the_names_of_their_values(world: Any) -> None:
    """Categories and truth by name, numbers as they are."""
    told = asked(world, "{groups: [card, size, age]}")
    names = {group.name: group.names for group in told.report.groups}
    assert names == {"card": ("false", "true"), "size": ("small", "large"), "age": ()}
    assert told.values[:, [0, 2]].tolist() == [[1, 40], [1, 40]]


def test_in_time_is_counted_from_the_case_or_from_the_scenario(world: Any) -> None:
    """Two days after the start of each case, 12 and 22 days after that of the scenario."""
    told = asked(
        world,
        "{observed: {A-1: {document: permit, by: 2d, value: 90%},"
        " A-2: {document: permit, by: 1d, value: 90%},"
        " A-3: {document: permit, by: 12d, value: 90%, since: start},"
        " A-4: {document: permit, by: 22d, value: 90%, since: start}}}",
    )
    assert [one.fact for one in told.report.observed] == ["A-1", "A-2", "A-3", "A-4"]
    assert told.in_time.tolist() == [[True, False, True, True], [True, False, False, True]]


def test_only_cases_that_count_are_told_of(world: Any) -> None:
    """The warm-up leaves out the first case."""
    told = asked(
        world,
        "{documents: [form], groups: [card], observed: {A: {document: form, by: 1d, value: 1}}}",
        scenario="warm_up: 15d",
    )
    assert len(told.days) == len(told.values) == len(told.in_time) == 1

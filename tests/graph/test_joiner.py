"""Names that several definitions declare stand for one thing in a journey."""

from __future__ import annotations

import pytest

from sim.errors import InvalidInput
from tests.conftest import Runner

PROCEDURE = """
    applicant: me
    actors: {me: person, desk: {agent: office, staff: 1, hours: counter}}
    calendars: {counter: {days: daily, open: "09:00-17:00"}}
    documents: {permit: Permit}
    steps: {grant: {gives: [permit], by: desk, work: 1h}}
    goal: [permit]
"""


def test_a_calendar_that_two_declare_alike_is_one(world: Runner) -> None:
    """Times may be written otherwise, as long as they say the same."""
    run = world(PROCEDURE, scenario='calendars: {counter: {days: daily, open: ["09:00-17:00"]}}')
    assert run.given("permit") == 10 * 3600


def test_a_calendar_that_two_declare_differently_is_refused(world: Runner) -> None:
    """Neither is taken silently: both places are told."""
    with pytest.raises(InvalidInput) as caught:
        world(PROCEDURE, scenario='calendars: {counter: {days: daily, open: "09:00-12:00"}}')
    (problem,) = caught.value.problems
    assert problem.key == "declared_twice"
    assert (problem.file or "").endswith("p.yaml")
    assert "s.yaml:5" in problem.text()


def test_a_scenario_may_declare_a_calendar_of_its_own(world: Runner) -> None:
    """What one alone declares is known to all."""
    shut = 'calendars: {later: {days: daily, open: "12:00-13:00"}}'
    procedure = PROCEDURE.replace("hours: counter", "hours: later")
    assert world(procedure, scenario=shut).given("permit") == 13 * 3600

"""Conditions and lookups read a lever: its value in the arm, settled when the world is compiled."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import InvalidInput

STEP = """
applicant: me
actors: {{me: person, desk: {{agent: office, staff: 1}}}}
attributes: {{workers: 3}}
documents: {{permit: Permit, extra: Extra}}
steps:
  issue: {{gives: [permit], needs: [extra], by: desk, work: {work}}}
  add: {{gives: [extra], by: desk, work: 1h, if: {{{test}}}}}
goal: [permit]
levers:
  feed: {{default: daily, values: [none, daily, real_time]}}
  push: {{default: on, values: {{on: {{}}, off: {{}}}}}}
  desks: {{default: 1 (1-9), replaces: [actors.desk.staff]}}
  share: {{default: 30% (0%-100%), replaces: [steps.add.if.chance]}}
"""


def written(test: str = "workers: 3", work: str = "1h") -> str:
    """Return a procedure with a test on one step and the work of another."""
    return STEP.format(test=f"{test}, chance: 100%", work=work)


def refused(world: Any, text: str, **more: Any) -> list[str]:
    """Return the keys of what is said about a procedure."""
    with pytest.raises(InvalidInput) as caught:
        world(text, **more)
    return [problem.key for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("test", "levers", "visits"),
    [
        ("feed: daily", "", 2),
        ("feed: none", "", 1),
        ("feed: none", "levers: {feed: none}", 2),
        ("feed: [none, real_time]", "levers: {feed: real_time}", 2),
        ("push: on", "levers: {push: off}", 1),
        ("desks: 1", "", 2),
        ('desks: "> 2"', "levers: {desks: 2}", 1),
        ("desks: 2-4", "levers: {desks: 3}", 2),
        ("feed: daily, workers: 4", "", 1),
    ],
)
def test_a_condition_reads_a_lever(world: Any, test: str, levers: str, visits: int) -> None:
    """It holds in an arm for all cases or for none; what else it asks is asked of each."""
    assert len(world(written(test), scenario=levers).rows()) == visits


@pytest.mark.parametrize(
    ("work", "levers", "hours"),
    [
        ("{by: feed, daily: 2h, else: 3h}", "", 2),
        ("{by: feed, daily: 2h, else: 3h}", "levers: {feed: none}", 3),
        ("{by: feed, none: 1h, daily: {by: push, on: 4h, off: 5h}, real_time: 3h}", "", 4),
        ('{by: desks, "< 3": 6h, else: 7h}', "levers: {desks: 4}", 7),
    ],
)
def test_a_lookup_reads_a_lever(world: Any, work: str, levers: str, hours: int) -> None:
    """Only the branch of this arm is compiled."""
    *_, visit = world(written(work=work), scenario=levers).rows()
    assert visit["finished"] - visit["started"] == hours * 3600


@pytest.mark.parametrize(("push", "visits"), [("on", 2), ("off", 1)])
def test_an_attribute_follows_from_a_lever(world: Any, push: str, visits: int) -> None:
    """It is drawn, or set, as the branch of this arm says."""
    text = written("workers: 3").replace("workers: 3}", "workers: {by: push, on: 3, off: 4}}", 1)
    assert len(world(text, scenario=f"levers: {{push: {push}}}").rows()) == visits


@pytest.mark.parametrize(
    ("test", "key"),
    [
        ("feed: dayly", "unknown_value"),
        ("desks: small", "not_a_number"),
        ("share: 30%", "test_needs_comparison"),
        ("fed: daily", "unknown_attribute"),
    ],
)
def test_what_a_lever_cannot_be_is_refused(world: Any, test: str, key: str) -> None:
    """As for an attribute."""
    assert refused(world, written(test)) == [key]


def test_no_lever_is_called_as_a_word_of_the_language(world: Any) -> None:
    """A lookup by month goes by the month."""
    assert refused(world, written().replace("push:", "month:")) == ["reserved_name"]


def test_every_value_of_a_lever_has_a_branch(world: Any) -> None:
    """A lookup without ``else`` names them all."""
    assert refused(world, written(work="{by: feed, none: 1h, daily: 2h}")) == ["lookup_no_else"]


NAMES = [f"a_value_whose_name_tells_of_everything_that_it_{verb}" for verb in ("was", "is")]


@pytest.mark.parametrize("pulled", NAMES)
def test_a_long_name_of_a_value_is_kept_whole(world: Any, pulled: str) -> None:
    """A list names values as a mapping does: two that begin alike are two."""
    values = "[none, daily, real_time]"
    text = written(f"feed: {NAMES[1]}").replace("default: daily", f"default: {NAMES[0]}")
    text = text.replace(values, f"[{', '.join(NAMES)}]")
    model = world(text, scenario=f"levers: {{feed: {pulled}}}")
    assert len(model.rows()) == (2 if pulled == NAMES[1] else 1)

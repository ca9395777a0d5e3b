"""Lookups and attributes: each branch counts, and a value does not change what an attribute is."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import InvalidInput

STEP = """
applicant: me
actors: {{me: person, desk: {{agent: office, staff: 1}}}}
attributes: {{size: {{small: 50%, large: 50%}}, workers: 3, owners: 3 (1-5)}}
documents: {{permit: Permit}}
steps: {{issue: {{gives: [permit], by: desk, work: {work}}}}}
goal: [permit]
"""


def refused(world: Any, work: str, **more: Any) -> list[str]:
    """Return the keys of what is said about a step whose work is looked up."""
    with pytest.raises(InvalidInput) as caught:
        world(STEP.format(work=work), **more)
    return [problem.key for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("work", "hours"),
    [
        ('{by: workers, "<= 2.5": 9h, else: 1h}', 1),
        ('{by: workers, "> 2.5": 9h, else: 1h}', 9),
        ("{by: month, 2-4: 9h, else: 1h}", 9),
        ('{by: visit, 1: 2h, ">= 2": 3h}', 2),
        ("{by: time, 5d: 2h, else: 3h}", 3),
        ('{by: time, "< 5d": 2h, else: 3h}', 2),
    ],
)
def test_the_branch_that_is_meant_counts(world: Any, work: str, hours: int) -> None:
    """Whole numbers are compared exactly; ``else`` of times holds before the first."""
    (visit,) = world(STEP.format(work=work)).rows()
    assert visit["finished"] - visit["started"] == hours * 3600


def test_winter_goes_over_the_end_of_the_year(world: Any) -> None:
    """December to February holds in January."""
    step = STEP.format(work="{by: month, 12-2: 1h, else: 2h}")
    (visit,) = world(step, sets=("start=2027-01-15",)).rows()
    assert visit["finished"] - visit["started"] == 3600


@pytest.mark.parametrize(
    ("work", "key"),
    [
        ("{by: month, 13: 1h, else: 2h}", "never_between"),
        ("{by: month, 12-4: 1h, else: 2h}", "span_reversed"),
        ("{by: month, 1-12: 1h, else: 2h}", "else_never"),
        ("{by: month, 1-6: 1h, 6: 2h, else: 3h}", "branch_covered"),
        ("{by: month, 1-6: 1h, 8-12: 2h}", "lookup_no_else"),
        ("{by: size, small: 1h, large: 2h, else: 3h}", "else_never"),
        ("{by: channel, analog: 1h, digital: 2h, agentic: 3h, else: 4h}", "else_never"),
        ("{by: visit, 1.4: 1h, else: 2h}", "not_whole.number"),
        ("{by: visit, 1: 1h, 2: 2h}", "lookup_no_else"),
        ("{by: workers, 5-2: 1h, else: 2h}", "span_reversed"),
        ("{by: workers, 5: 1h}", "lookup_open"),
        ("{by: time, 5d: 1h, 9d: 2h}", "times_open"),
        ("{by: time, 0d: 1h, else: 2h}", "else_never"),
        ("{by: time, 0d: 1h, 5bd: 2h}", "no_business_days"),
        ('{by: time, 0d: 1h, ">= 5d": 2h, else: 3h}', "test_needs_comparison"),
        ("{by: made_in, analog: 1h, else: 2h}", "lookup_not_here"),
    ],
)
def test_a_branch_that_never_counts_is_refused(world: Any, work: str, key: str) -> None:
    """Keys that cannot be, that others leave nothing for, and what is not known in a step."""
    assert key in refused(world, work)


@pytest.mark.parametrize("owners", [1, 2, 5])
def test_a_value_does_not_change_what_an_attribute_is(world: Any, owners: int) -> None:
    """1 is an amount where the file says that it is one."""
    step = STEP.format(work="{by: owners, 1: 1h, 2-5: 2h, else: 5h}")
    (visit,) = world(step, sets=(f"p.attributes.owners={owners}",)).rows()
    assert visit["finished"] - visit["started"] == (1 if owners == 1 else 2) * 3600


@pytest.mark.parametrize("size", ["small", "large"])
def test_one_category_leaves_the_others_known(world: Any, size: str) -> None:
    """A lookup may name what this case is not."""
    step = STEP.format(work="{by: size, small: 1h, large: 2h}")
    (visit,) = world(step, sets=(f"p.attributes.size={size}",)).rows()
    assert visit["finished"] - visit["started"] == (1 if size == "small" else 2) * 3600


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("p.attributes.size=smal", "unknown_value"),
        ("p.attributes.size=1", "attribute_mixed"),
        ("p.attributes.size=30%", "attribute_mixed"),
        ("p.attributes.owners=30%", "attribute_mixed"),
        ("p.attributes.owners=true", "attribute_mixed"),
        ("p.attributes.workers=small", "attribute_mixed"),
    ],
)
def test_a_value_of_another_kind_is_refused(world: Any, setting: str, key: str) -> None:
    """An amount is no share, and a category is one of those there are."""
    assert refused(world, "{by: owners, 1: 1h, else: 5h}", sets=(setting,)) == [key]


@pytest.mark.parametrize(
    ("scenario", "key"),
    [
        ("outages: [{actor: desk, at: 2020-01-01, for: 900h}]", "caution.outage_before"),
        ("outages: [{actor: desk, at: 2040-01-01, for: 900h}]", "caution.outage_after"),
        ("report: {observed: {X: {document: permit, by: 400d, value: 9%}}}", "caution.observed"),
        ("warm_up: 30d", "caution.warm_up"),
        ("horizon: 30d", None),
    ],
)
def test_what_lies_outside_of_the_run_is_warned_of(
    world: Any, scenario: str, key: str | None
) -> None:
    """It has no effect, so it may be a slip."""
    model = world(STEP.format(work="1h"), scenario=scenario).model
    assert [caution.key for caution in model.cautions] == ([key] if key else [])


@pytest.mark.parametrize(
    ("deadline", "key"),
    [
        ("at: 1990-01-01", "caution.deadline_before"),
        ("at: 2040-01-01", "caution.deadline_after"),
        ("within: 400d", "caution.deadline_long"),
        ("within: 30d", None),
    ],
)
def test_a_deadline_that_none_or_all_miss_is_warned_of(
    world: Any, deadline: str, key: str | None
) -> None:
    """Before the first second of the run, or after the last."""
    more = f"deadlines: [{{document: permit, {deadline}, missed: late}}]\n"
    model = world(STEP.format(work="1h") + more).model
    assert [caution.key for caution in model.cautions] == ([key] if key else [])


def test_staff_beyond_the_run_and_before_its_first_branch(world: Any) -> None:
    """The first is warned of; before the first branch ``else`` counts."""
    late = "actors.desk.staff={by: time, 1d: 2, 900d: 3, else: 1}"
    model = world(STEP.format(work="1h"), sets=(late,)).model
    assert [caution.key for caution in model.cautions] == ["caution.branch"]
    (desk,) = (actor for actor in model.actors if actor.staffed)
    assert desk.staff == ((0, 1), (86_400, 2), (900 * 86_400, 3))

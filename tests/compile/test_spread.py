"""Moments spread over open time, against a law from which all closed moments were thrown away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.compile.calendars import DAY, Calendar, build
from sim.compile.nodes import Drawn
from sim.compile.streams import during
from sim.compile.tables import Ppf, lookup, table
from sim.errors import InvalidInput
from sim.language.distributions import Quantiles, Triangular, Uniform
from sim.language.hours import ALWAYS, BUSINESS, Hours
from tests.compile.test_calendars import seconds, some_calendar

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

START: Final = date(2026, 6, 1)  # a Monday; no holiday until 20 July
HOUR: Final = 3600
WEEKS: Final = 28 * DAY
LAWS: Final[Mapping[str, Ppf]] = {
    "uniform": Uniform(0, WEEKS).quantiles,
    "triangular": Triangular(2 * DAY, 5 * DAY, WEEKS).quantiles,
    "quantiles": Quantiles(
        ((0, 0.0), (50, 3.3 * DAY), (90, 4.2 * DAY), (100, float(WEEKS)))
    ).quantiles,
}
SPLIT: Final = Hours.model_validate({"days": "mon-sat", "open": ["09:00-12:00", "13:00-14:30"]})


def moments(ppf: Ppf, calendar: Calendar, start: int = 0, draws: int = 1 << 15) -> list[int]:
    """Draw evenly from a restricted law; return the seconds of the calendar.

    The upper 32 bits go up in equal steps, the lower 16 in those of the golden section.
    """
    law = during(ppf, calendar, start)
    assert law is not None
    values, opening = table(law), calendar.next_open(start)
    drawn = [
        lookup(values, (draw << 32) // draws << 16 | draw * 40503 & 0xFFFF) for draw in range(draws)
    ]
    return [calendar.next_open(calendar.finish(opening, second)) for second in drawn]


@pytest.mark.parametrize("start", [0, 4 * DAY + 10 * HOUR + 17])
@pytest.mark.parametrize("hours", [BUSINESS, SPLIT])
@pytest.mark.parametrize("law", LAWS)
def test_moments_follow_the_law_with_its_closed_moments_thrown_away(
    law: str, hours: Hours, start: int
) -> None:
    """The running shares differ by less than a cell of the table."""
    calendar = build(hours, START, 60)
    grid = (np.arange(1 << 18) + 0.5) / (1 << 18)
    every = np.floor(LAWS[law](grid)).astype(np.int64) + start
    kept = every[calendar.open_between_many(every, every + 1) == 1]
    found = np.array(moments(LAWS[law], calendar, start))
    assert (calendar.open_between_many(found, found + 1) == 1).all()
    at = np.unique(np.concatenate((found, kept)))
    shares = [np.searchsorted(np.sort(some), at, "right") / len(some) for some in (found, kept)]
    assert np.abs(shares[0] - shares[1]).max() < 1 / 1024


def test_a_uniform_law_sends_as_many_in_each_open_hour() -> None:
    """20 business days of 9 hours: 180 hours with 1 in 180 of the cases, to one in a thousand."""
    draws = 180 * 1000
    counts = Counter(
        second // HOUR for second in moments(LAWS["uniform"], build(BUSINESS, START, 60), 0, draws)
    )
    assert len(counts) == 180
    assert {second % 24 for second in counts} == set(range(9, 18))
    assert max(abs(count - 1000) for count in counts.values()) <= 5


def test_no_second_of_opening_is_special() -> None:
    """Of 648,000 open seconds each has 1 in 648,000 of the cases, those of opening like others."""
    calendar = build(BUSINESS, START, 60)
    found = moments(LAWS["uniform"], calendar)
    opening = sum(second in calendar.opens for second in found)
    assert opening <= 20 * len(found) / 648_000 * 4


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(sorted(LAWS)),
    st.integers(0, 40 * DAY),
)
def test_without_closed_time_a_law_is_what_it_was(law: str, start: int) -> None:
    """``always`` changes no number of the table."""
    open_ = during(LAWS[law], build(ALWAYS, START), start)
    assert open_ is not None
    assert table(open_) == table(LAWS[law])


@settings(deadline=None)
@given(
    some_calendar(),
    st.integers(0, 60),
    st.lists(st.integers(0, 150), min_size=2, max_size=2).map(sorted),
)
@example(Calendar((0, 98), (1, 99)), 8, [26, 90])  # opens at the very end: a share of rounding
def test_a_small_span_uses_its_open_seconds_and_no_other(
    calendar: Calendar, start: int, span: list[int]
) -> None:
    """Each open second of a span is drawn, and no other but the last; without any: no law."""
    low, high = span
    inside = {s for s in seconds(calendar) if start + low <= s < start + max(high, low + 1)}
    if not inside:
        assert during(Uniform(low, high).quantiles, calendar, start) is None
        return
    found = set(moments(Uniform(low, high).quantiles, calendar, start, 1 << 12))
    assert inside <= found <= inside | {start + high} & set(seconds(calendar))


# -- whole runs ------------------------------------------------------------------------------------

PROCEDURE = """
applicant: me
actors: {me: person}
documents: {paper: Paper}
steps: {write: {gives: paper, by: me, work: 1min}}
goal: [paper]
"""


def spread(world: Runner, arrivals: str, hours: str, start: str = "2026-06-01", **more: Any) -> Run:
    """Run a stream of 2,000 cases."""
    case = f"{{count: 2000, arrivals: {arrivals}, hours: {hours}, using: [p]}}"
    return world(PROCEDURE, case, f"start: {start}\n", **more)


def starts(run: Run) -> list[int]:
    """Return the starts of cases."""
    return [case["start"] for case in run.cases()]


@pytest.mark.parametrize(
    "law",
    [
        "{uniform: [0d, 28d]}",
        "{triangular: [0d, 3d, 28d]}",
        "{quantiles: {0: 0d, 50: 5d, 100: 28d}}",
    ],
)
def test_cases_come_while_it_is_open_and_not_all_at_its_beginning(world: Runner, law: str) -> None:
    """Nobody comes outside of 09:00 to 18:00; in each of the nine hours come about as many."""
    found = starts(spread(world, law, "business"))
    assert len(found) == 2000
    hours = Counter(second % DAY // HOUR for second in found)
    assert set(hours) == set(range(9, 18))
    assert all(abs(count - 2000 / 9) < 4 * (2000 / 9) ** 0.5 for count in hours.values())
    assert {second // DAY % 7 for second in found} == {0, 1, 2, 3, 4}
    assert sum(second % DAY == 9 * HOUR for second in found) <= 2


def test_a_run_that_starts_in_mid_morning_loses_what_is_past(world: Runner) -> None:
    """From Fri 5 June 17:00 for three days: an hour on Friday, and Monday up to 17:00."""
    found = starts(spread(world, "{uniform: [0d, 3d]}", "business", "2026-06-05T17:00"))
    friday = [second for second in found if second < DAY]
    assert min(found) >= 17 * HOUR
    assert max(found) <= 3 * DAY + 17 * HOUR
    assert abs(len(friday) - 2000 / 9) < 4 * (2000 / 9) ** 0.5


def test_hours_that_are_always_open_leave_the_table_alone(world: Runner) -> None:
    """The draws are those of the law as it is written."""
    model = spread(world, "{triangular: [0d, 3d, 28d]}", "always").model
    node = model.streams[0].gaps
    assert isinstance(node, Drawn)
    assert list(model.tables[node.table]) == table(Triangular(0, 3 * DAY, WEEKS).quantiles)


@pytest.mark.parametrize(
    ("law", "key"),
    [
        ("{uniform: [0d, 8h]}", "arrivals_closed"),
        ("{quantiles: {0: 18h, 100: 20h}}", "arrivals_closed"),
        ("{uniform: [0d, 40w]}", None),
    ],
)
def test_a_span_without_an_open_second_is_refused(world: Runner, law: str, key: str | None) -> None:
    """The place is that of the law."""
    if key is None:
        assert len(starts(spread(world, law, "business"))) == 2000
        return
    with pytest.raises(InvalidInput) as caught:
        spread(world, law, "business")
    (problem,) = caught.value.problems
    assert problem.key == key
    assert (problem.line, problem.column) == (3, 36)

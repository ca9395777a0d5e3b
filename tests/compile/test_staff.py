"""Staff laid out in seconds, against a look at the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.compile.calendars import COVERED, DAY
from sim.compile.nodes import MONTH, MOST, QUEUE, TIME, WEEKDAY, Const, Drawn, Node, Switch
from sim.compile.opening import by_day, changes, stretches

START = date(2026, 3, 30)  # a Monday
HOUR = 3600


def table(variable: int, numbers: dict[tuple[int, int], Node], otherwise: Node) -> Switch[Node]:
    """Return a lookup with one span a row."""
    return Switch(variable, tuple(((span,), node) for span, node in numbers.items()), otherwise)


def test_a_number_never_changes() -> None:
    """One entry, from the beginning on, to the end of all calendars."""
    assert changes(Const(3), START, 0) == ((0, 3),)
    assert list(stretches(((0, 3),))) == [((0, COVERED * DAY), 3)]


def test_times_count_from_the_start_of_the_scenario() -> None:
    """1, from two days after 09:00 on 3."""
    node = table(TIME, {(-MOST, 2 * DAY - 1): Const(1), (2 * DAY, MOST): Const(3)}, Const(0))
    assert changes(node, START, 9 * HOUR) == ((0, 1), (2 * DAY + 9 * HOUR, 3))
    assert not by_day(node)


def test_months_and_days_of_the_week_change_at_midnight() -> None:
    """3 on Wednesdays, else 1; 30 March is a Monday, and April begins on that Wednesday."""
    weekly = table(WEEKDAY, {(2, 2): Const(3)}, Const(1))
    monthly = table(MONTH, {(3, 3): Const(1)}, Const(3))
    assert (changes(weekly, START, 9 * HOUR) or ())[:4] == (
        *((0, 1), (2 * DAY, 3)),
        *((3 * DAY, 1), (9 * DAY, 3)),
    )
    assert (changes(monthly, START, 9 * HOUR) or ())[:2] == ((0, 1), (2 * DAY, 3))
    assert by_day(weekly)
    assert by_day(monthly)


@pytest.mark.parametrize(
    "node", [Drawn(0, 0), table(QUEUE, {(1, 5): Const(1)}, Const(2)), table(0, {}, Const(2))]
)
def test_what_is_not_known_before_the_run_is_no_staff(node: Node) -> None:
    """Neither a random number nor one that follows a queue or an attribute."""
    assert changes(node, START, 0) is None


some_number = st.integers(0, 3).map(Const)


def some_table(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Switch[Node]]:
    """A lookup by time, month or day of the week with up to two rows."""
    spans = {
        TIME: st.tuples(st.integers(-DAY, 20 * DAY), st.integers(0, 9 * DAY)),
        MONTH: st.tuples(st.integers(1, 12), st.integers(0, 5)),
        WEEKDAY: st.tuples(st.integers(0, 6), st.integers(0, 3)),
    }
    return st.sampled_from(sorted(spans)).flatmap(
        lambda variable: st.builds(
            table,
            st.just(variable),
            st.dictionaries(
                spans[variable].map(lambda two: (two[0], sum(two))), inside, max_size=2
            ),
            inside,
        )
    )


@settings(deadline=None, max_examples=50)
@given(
    node=some_table(some_number | some_table(some_number)),
    offset=st.integers(0, DAY - 1),
    moments=st.lists(st.integers(0, 400 * DAY), min_size=1, max_size=20),
)
def test_a_table_is_laid_out_as_a_look_at_the_calendar_says(
    node: Switch[Node], offset: int, moments: list[int]
) -> None:
    """At any moment the last change that is not ahead tells what the table says."""
    steps = changes(node, START, offset)
    assert steps is not None
    assert all(one[1] != other[1] for one, other in pairwise(steps))
    for moment in moments:
        told = [number for second, number in steps if second <= moment][-1]
        assert told == looked_up(node, moment, offset)


def looked_up(node: Node, moment: int, offset: int) -> int:
    """Read a table at a moment."""
    when = datetime.combine(START, datetime.min.time()) + timedelta(seconds=moment)
    values = {TIME: max(moment - offset, 0), MONTH: when.month, WEEKDAY: when.weekday()}
    while isinstance(node, Switch):
        value = values[node.variable]
        found = [inner for spans, inner in node.rows for low, high in spans if low <= value <= high]
        node = found[0] if found else node.otherwise
    assert isinstance(node, Const)
    return node.value

"""Intervals, against values worked by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pytest

from sim import stats
from sim.stats import Counts, Estimate

T_2: Final = 4.302652729749464  # 97.5 % quantile of t with 2 degrees of freedom
ZERO_OF_100: Final = 1 - 0.025 ** (1 / 100)


def counts(hits: Sequence[float], cases: Sequence[float]) -> Counts:
    """Return the counts of some replications."""
    return Counts(np.array(hits), np.array(cases))


def sections(*values: Sequence[float]) -> list[stats.Floats]:
    """Return the values of some replications."""
    return [np.array(section, np.float64) for section in values]


def unbounded(estimate: Estimate) -> bool:
    """Return whether the interval says nothing."""
    return (estimate.low, estimate.high) == (-math.inf, math.inf)


def test_a_mean_has_a_t_interval_over_replications() -> None:
    """1, 2, 3: mean 2, standard error 1/sqrt(3), two degrees of freedom."""
    estimate = stats.mean([1, 2, 3])
    half = T_2 / math.sqrt(3)
    assert estimate.value == 2
    assert (estimate.low, estimate.high) == pytest.approx((2 - half, 2 + half), rel=1e-12)


def test_a_mean_leaves_out_replications_that_say_nothing() -> None:
    """Two of five are unknown."""
    assert stats.mean([1, math.nan, 2, 3, math.nan]) == stats.mean([1, 2, 3])


def test_equal_replications_have_an_interval_of_no_width() -> None:
    """Nothing varies, nothing is uncertain."""
    assert stats.mean([4, 4, 4]) == Estimate(4, 4, 4)


def test_one_replication_gives_a_value_without_an_interval() -> None:
    """Mean, share, quantile and difference do not crash; their intervals say nothing."""
    alone = [
        stats.mean([3]),
        stats.share(counts([2], [10])),
        stats.quantile(sections([1, 2, 3]), 0.5),
        stats.difference([5], [3]),
        stats.share_difference(counts([3], [10]), counts([1], [10])),
    ]
    assert [estimate.value for estimate in alone] == pytest.approx([3, 0.2, 2, 2, 0.2])
    assert all(map(unbounded, alone))


def test_nothing_observed_is_unknown() -> None:
    """No replication, no case: no value."""
    empty = [
        stats.mean([]),
        stats.mean([math.nan]),
        stats.share(counts([], [])),
        stats.share(counts([0, 0], [0, 0])),
        stats.quantile([], 0.5),
        stats.quantile(sections([], []), 0.5),
        stats.difference([math.nan], [1]),
    ]
    assert all(math.isnan(estimate.value) and unbounded(estimate) for estimate in empty)


def test_a_mean_that_is_not_reached_has_no_interval() -> None:
    """One infinite replication makes the mean infinite."""
    estimate = stats.mean([1, math.inf])
    assert estimate.value == math.inf
    assert unbounded(estimate)


def test_a_share_counts_as_many_cases_as_the_replications_spread_suggests() -> None:
    """1 and 3 of 10: share 0.2, variance 0.02, so 0.16 / (0.02 / 2) = 16 cases instead of 20.

    With t(1) = 12.7062 Wilson's interval is 0.472949 -/+ 0.469122.
    """
    estimate = stats.share(counts([1, 3], [10, 10]))
    assert estimate.value == pytest.approx(0.2)
    assert (estimate.low, estimate.high) == pytest.approx((0.003827, 0.942071), abs=2e-6)


def test_a_share_never_counts_more_cases_than_there_are() -> None:
    """2, 2 and 2 of 10 do not vary: 30 cases.

    Wilson's interval with z = t(2): (0.2 + z^2/60 -/+ z sqrt(0.16/30 + z^2/3600)) / (1 + z^2/30).
    """
    estimate = stats.share(counts([2, 2, 2], [10, 10, 10]))
    z = T_2
    half = z * math.sqrt(0.16 / 30 + z * z / 3600)
    shrink = 1 + z * z / 30
    expected = ((0.2 + z * z / 60 - half) / shrink, (0.2 + z * z / 60 + half) / shrink)
    assert (estimate.low, estimate.high) == pytest.approx(expected, rel=1e-12)


def test_an_event_that_never_happened_has_an_upper_bound() -> None:
    """0 of 100: with a chance of 3.6 % a case, nothing would be seen in 1 of 40 experiments."""
    never = stats.share(counts([0, 0], [50, 50]))
    assert (never.value, never.low) == (0, 0)
    assert never.high == pytest.approx(ZERO_OF_100)
    assert pytest.approx(0.03622, abs=1e-5) == ZERO_OF_100


def test_an_event_that_always_happened_has_a_lower_bound() -> None:
    """100 of 100 mirrors 0 of 100."""
    always = stats.share(counts([50, 50], [50, 50]))
    assert (always.value, always.high) == (1, 1)
    assert always.low == pytest.approx(1 - ZERO_OF_100)


def test_a_share_ignores_replications_without_cases() -> None:
    """An empty replication is no replication."""
    assert stats.share(counts([1, 0, 3], [10, 0, 10])) == stats.share(counts([1, 3], [10, 10]))


def test_a_quantile_is_pooled_and_its_interval_read_off_the_pooled_values() -> None:
    """Three replications, 0-9, 1-10 and 2-11: the 15th of 30 values is 5.

    0.6, 0.5 and 0.4 of them do not exceed 5: standard error 0.1/sqrt(3), times t(2) is 0.2484. The
    8th value (0.2516 x 30, rounded up) is 3, the one after the 22.5th, the 24th, is 8.
    """
    values = sections(*[[start + i for i in range(10)] for start in range(3)])
    assert stats.quantile(values, 0.5) == Estimate(5, 3, 8)


def test_a_quantile_may_be_not_reached_and_still_have_a_finite_lower_bound() -> None:
    """9, 8 and 7 of 10 cases reach the goal, after 1, 2, … days: 24 of 30, so p90 is not reached.

    The shares that reach it spread as above: p90 is at least the 20th value (0.6516 x 30), 7 days.
    """
    values = sections(*[[*range(1, 1 + n), *[math.inf] * (10 - n)] for n in (9, 8, 7)])
    assert stats.quantile(values, 0.9) == Estimate(math.inf, 7, math.inf)


def test_a_quantile_that_no_replication_reached_is_not_reached() -> None:
    """All infinite."""
    value = stats.quantile(sections([math.inf] * 2, [math.inf] * 2), 0.5)
    assert value == Estimate(math.inf, math.inf, math.inf)


def test_sections_that_agree_by_chance_have_a_quantile_with_a_width() -> None:
    """1 to 20 in each of three replications: no spread is seen, and yet other values may come.

    For 60 independent values it is t(2) x 0.5 / sqrt(60) = 0.2777: the 14th value (0.2223 x 60) is
    5, the 48th (0.7777 x 60, and one more) is 16.
    """
    values = sections(*[[*range(1, 21)]] * 3)
    assert stats.quantile(values, 0.5) == Estimate(10, 5, 16)


def test_the_upper_bound_of_a_quantile_is_the_value_after_its_rank() -> None:
    """Each of three replications has 1 to 40: the rank of 1/2 + t(2) x 0.5 / sqrt(120) is 83.57.

    The 84th of 120 values is 28; one more, the 85th, is 29. The 37th (36.43, rounded up) is 13.
    """
    values = sections(*[[*range(1, 41)]] * 3)
    assert stats.quantile(values, 0.5) == Estimate(20, 13, 29)


def test_values_that_are_all_alike_have_a_quantile_without_width() -> None:
    """Nothing else was ever seen."""
    assert stats.quantile(sections(*[[2, 2, 2]] * 4), 0.5) == Estimate(2, 2, 2)


def test_means_that_agree_by_chance_take_their_spread_from_the_cases() -> None:
    """1 and 3 in each of two replications: variance 4/3, four cases, t(1) = 12.706."""
    estimate = stats.mean([2, 2], sections([1, 3], [3, 1]))
    half = 12.706204736174694 * math.sqrt(4 / 3 / 4)
    assert (estimate.low, estimate.high) == pytest.approx((2 - half, 2 + half))
    assert stats.mean([2, 2], sections([2, 2], [2, 2])) == Estimate(2, 2, 2)


def test_an_interval_is_cut_off_at_what_the_quantity_can_be() -> None:
    """Neither waits below 0 nor shares above 1."""
    assert stats.mean([0, 1], bounds=stats.SHARE) == Estimate(0.5, 0, 1)
    assert stats.quantile(sections([1, 9], [1, 2]), 0.5, stats.AMOUNT).low == 0
    apart = stats.share_difference(counts([10, 6], [10, 10]), counts([0, 4], [10, 10]))
    assert (apart.low, apart.high) == (-1, 1)


def test_cases_that_all_differ_by_the_same_bound_those_that_would_not() -> None:
    """No case of 10 does otherwise, so at most 31 % would, by no more than cases differ: 9."""
    before = sections([*range(5)], [*range(5, 10)])
    after = [section - 1 for section in before]
    half = (1 - 0.025 ** (1 / 10)) * 9
    assert stats.unseen_mean(after, before) == pytest.approx((half, half))
    apart = stats.difference([1, 6], [2, 7], (half, half))
    assert (apart.low, apart.high) == pytest.approx((-1 - half, -1 + half))
    assert 0.05 < apart.p < 1


def test_a_median_may_be_moved_by_as_many_ranks_as_cases_may_have_escaped() -> None:
    """0 to 99: of 100 cases at most 3.6 would differ, so the 50th may be the 47th or the 55th."""
    values = sections([*range(50)], [*range(50, 100)])
    assert stats.unseen_quantile(values, values, 0.5) == (3, 5)


def test_arms_that_are_each_certain_differ_for_certain() -> None:
    """All cases take 1 in one arm and 3 in the other."""
    one, three = sections([1, 1], [1, 1]), sections([3, 3], [3, 3])
    assert stats.unseen_mean(three, one) == stats.unseen_quantile(three, one, 0.5) == (0, 0)
    assert stats.difference([3, 3], [1, 1]).p == 0


def test_arms_whose_cases_differ_by_this_and_that_are_taken_as_independent() -> None:
    """0, 4, 0, 4 against 1: deviation 4 / sqrt 3, error 2 / sqrt 3, times t of one degree."""
    later, earlier = [np.array([0.0, 4.0])] * 2, [np.array([1.0, 1.0])] * 2
    half = 12.7062047 * 2 / math.sqrt(3)
    assert stats.unseen_mean(later, earlier) == pytest.approx((half, half))


def test_quantiles_of_unlike_cases_reach_as_far_as_both_together() -> None:
    """5 (3 to 8) less 10 (5 to 16): down 2 at a right angle to 6, up 3 to 5."""
    later = sections(*[[start + i for i in range(10)] for start in range(3)])
    earlier = sections(*[[*range(1, 21)]] * 3)
    reach = stats.unseen_quantile(later, earlier, 0.5)
    assert reach == pytest.approx((math.hypot(2, 6), math.hypot(3, 5)))


def test_few_replications_may_not_bound_a_quantile() -> None:
    """Two replications that differ much: t(1) is 12.7, every value is possible."""
    estimate = stats.quantile(sections([1, 2, 3, 4], [2, 4, 6, 8]), 0.5)
    assert estimate.value == 3
    assert unbounded(estimate)


@pytest.mark.parametrize(
    ("share_below", "value"), [(0.0001, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.9, 4), (1, 4)]
)
def test_an_order_statistic_is_the_smallest_value_that_covers_the_share(
    share_below: float, value: float
) -> None:
    """Of 4, 1, 3, 2 each covers a quarter."""
    assert stats.order_statistic(np.array([4.0, 1, 3, 2]), share_below) == value


def test_rounding_does_not_move_a_quantile_up() -> None:
    """0.9 x 20 is 18, though floating point makes 0.7 x 10 a little less and 0.55 x 20 more."""
    values = np.arange(1, 21, dtype=np.float64)
    assert stats.order_statistic(values, 0.9) == 18
    assert stats.order_statistic(values, 0.55) == 11
    assert math.isnan(stats.order_statistic(values[:0], 0.5))


def test_a_difference_pairs_replications() -> None:
    """3-1, 5-2, 7-3 are 2, 3, 4: mean 3, t = 3 sqrt(3), p = 1 - t/sqrt(2 + t^2) for t(2)."""
    paired = stats.difference([3, 5, 7], [1, 2, 3])
    half = T_2 / math.sqrt(3)
    assert paired.value == 3
    assert (paired.low, paired.high) == pytest.approx((3 - half, 3 + half), rel=1e-12)
    assert paired.p == pytest.approx(1 - math.sqrt(27 / 29), rel=1e-9)


def test_a_difference_leaves_out_pairs_of_which_one_is_unknown() -> None:
    """The second pair lacks its earlier figure."""
    assert stats.difference([3, 9, 5, 7], [1, math.nan, 2, 3]) == stats.difference(
        [3, 5, 7], [1, 2, 3]
    )


def test_equal_figures_do_not_differ() -> None:
    """No difference in any replication: p is 1."""
    same = stats.difference([1, 2, 3], [1, 2, 3])
    assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_a_difference_that_never_varies_is_certain() -> None:
    """Always 2 more: p is 0."""
    fixed = stats.difference([3, 4, 5], [1, 2, 3])
    assert (fixed.value, fixed.low, fixed.high, fixed.p) == (2, 2, 2, 0)


def test_a_difference_to_something_not_reached_has_no_interval() -> None:
    """Infinite in one arm: an infinite difference; in both: an unknown one; never a p value."""
    one = stats.difference([math.inf, 2], [1, 2])
    both = stats.difference([math.inf, 2], [math.inf, 2])
    assert one.value == math.inf
    assert math.isnan(both.value)
    assert unbounded(one)
    assert unbounded(both)
    assert math.isnan(one.p)
    assert math.isnan(both.p)


def test_a_difference_of_shares_is_the_paired_difference() -> None:
    """0.3-0.1, 0.5-0.2, 0.7-0.3."""
    paired = stats.share_difference(counts([3, 5, 7], [10] * 3), counts([1, 2, 3], [10] * 3))
    assert paired.value == pytest.approx(0.3)
    assert paired.p == pytest.approx(1 - math.sqrt(27 / 29), rel=1e-9)


def test_two_events_that_never_happened_may_still_differ() -> None:
    """0 of 100 in both arms: not zero for certain, but within both bounds."""
    never = counts([0, 0], [50, 50])
    bounded = stats.share_difference(never, never)
    assert bounded.value == 0
    assert (bounded.low, bounded.high) == pytest.approx((-ZERO_OF_100, ZERO_OF_100))
    assert bounded.p == 1


def test_one_event_in_every_replication_is_no_certain_difference() -> None:
    """1 of 50 in both replications against none: the same in both, and yet only two events.

    The two intervals put together reach below zero, and so p is above 5 %.
    """
    rare = stats.share_difference(counts([1, 1], [50, 50]), counts([0, 0], [50, 50]))
    assert rare.value == pytest.approx(0.02)
    assert rare.low < 0 < rare.high
    assert rare.p > 0.05


def test_always_against_never_differs_by_nearly_one() -> None:
    """100 of 100 against 0 of 100: at least 1 - 0.0362 sqrt(2), and p below 5 %."""
    sure = stats.share_difference(counts([50] * 2, [50] * 2), counts([0] * 2, [50] * 2))
    assert sure.value == 1
    assert sure.low == pytest.approx(1 - ZERO_OF_100 * math.sqrt(2))
    assert sure.p < 0.05


def test_replications_without_cases_are_left_out_of_a_difference_of_shares() -> None:
    """The second replication has no case in the earlier arm."""
    with_gap = stats.share_difference(counts([3, 1, 5], [10] * 3), counts([1, 0, 2], [10.0, 0, 10]))
    assert with_gap == stats.share_difference(counts([3, 5], [10] * 2), counts([1, 2], [10] * 2))


def test_holm_multiplies_by_the_number_of_hypotheses_left_and_never_falls() -> None:
    """0.01 x 3, 0.03 x 2, 0.04 x 1 but not below 0.06."""
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_holm_is_at_most_one_and_passes_over_the_unknown() -> None:
    """An unknown p value is no hypothesis and stays unknown."""
    adjusted = stats.holm([0.6, math.nan, 0.7])
    assert adjusted == pytest.approx([1, math.nan, 1], nan_ok=True)
    assert len(stats.holm([])) == 0

"""A value shows the decimals of its unit, and its interval as many."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kpi.units import A_CASE, DAYS, HOURS, PERCENT, WHOLE, Unit, number
from sim.report.rows import Shown, probability, shown
from sim.stats import Estimate
from tests.results import estimate


def show(
    value: float | None,
    low: float | None,
    high: float | None,
    lang: str = "en",
    unit: Unit = DAYS,
) -> Shown:
    """Show an estimate given by its three numbers."""
    told = {"value": value, "low": low, "high": high}
    return shown(estimate(told), lang, unit)


@pytest.mark.parametrize(
    ("numbers", "unit", "text"),
    [
        ((44.9, -200.0, 300.0), DAYS, "44.9 -200.0–300.0"),
        ((0.004, 0.0038, 0.0042), DAYS, "0.0040 0.0038–0.0042"),
        ((0.025, 0.0, 0.8), PERCENT, "2.5 0.0–80.0"),
        ((0.975, 0.2, 1.0), PERCENT, "97.5 20.0–100.0"),
        ((0.412, 0.39, 0.43), A_CASE, "0.41 0.39–0.43"),
        ((1.0, 0.5, 1.5), HOURS, "1.0 0.5–1.5"),
        ((123_456.0, 118_000.0, 129_000.0), WHOLE, "123,456 118,000–129,000"),
    ],
)
def test_a_figure_has_the_decimals_of_its_unit_however_wide_its_interval(
    numbers: tuple[float, float, float], unit: Unit, text: str
) -> None:
    """More only where it is small, so that two digits of it are seen."""
    found = show(*numbers, unit=unit)

    assert f"{found.value} {found.interval}" == text


@given(
    value=st.floats(1e-9, 1e12) | st.floats(-1e12, -1e-9) | st.just(0.0),
    reach=st.tuples(st.floats(0, 1e12), st.floats(0, 1e12)),
    unit=st.sampled_from([DAYS, HOURS, PERCENT, A_CASE, WHOLE]),
    change=st.booleans(),
)
def test_what_is_printed_is_the_value_to_half_a_unit_of_its_last_place(
    value: float, reach: tuple[float, float], unit: Unit, *, change: bool
) -> None:
    """Whatever its interval is, and with two significant digits at least."""
    ends = Estimate(value, value - reach[0], value + reach[1])
    text = shown(ends, "en", unit, change=change).value.replace(",", "")
    places = len(text.partition(".")[2])
    true = value * unit.factor

    assert abs(float(text) - true) <= 0.5 * 10.0**-places * (1 + 1e-6) + 1e-12 * abs(true)
    assert places >= unit.decimals or not value
    assert abs(true) >= 10 or not value or 10.0**-places <= abs(true) / 9.9


def test_an_interval_too_tight_for_three_digits_is_shown_by_its_half() -> None:
    """The ends would look alike, so what is shown is how far they are from the value."""
    assert show(0.78, 0.776, 0.784, unit=A_CASE) == Shown("0.78", "±0.004")


def test_a_tight_interval_to_one_side_keeps_both_ends() -> None:
    """A share of nearly all has no room above it, which a half would hide."""
    assert show(1, 0.9969, 1, unit=PERCENT) == Shown("100.0", "99.7–100.0")


def test_ends_that_only_the_fourth_decimal_tells_apart_are_one_bound() -> None:
    """A median on the second at which an office opens: the wider half stands for both."""
    assert show(26.3438, 26.3433, 26.3439) == Shown("26.3", "±0.0005")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((-30.9, -31.6, -30.2), "-30.9 -31.6 … -30.2"),
        ((-0.27, -0.5, -0.04), "-0.27 -0.50 … -0.04"),
        ((-0.2, -0.4, 0.01), "-0.20 -0.40 … 0.01"),
        ((0.5, 0.0, 1.0), "0.50 0.00 … 1.00"),
        ((0.0, 0.0, 0.0), "0 ±0"),
        ((0.0, 0.0, 0.3), "0.0 0.0 … 0.3"),
    ],
)
def test_the_ends_of_a_difference_stay_on_their_side_of_zero(
    numbers: tuple[float, float, float], text: str
) -> None:
    """Where zero is left out, more digits show it."""
    found = shown(Estimate(*numbers), "en", DAYS, change=True)

    assert f"{found.value} {found.interval}" == text


@pytest.mark.parametrize("low", [4.0, 4 - 4e-16])
def test_a_value_without_spread_says_so(low: float) -> None:
    """What is left of rounding is no interval."""
    assert show(4, low, 4) == Shown("4.0", "±0")


def test_a_rare_event_never_seen_shows_its_bound() -> None:
    """Nothing happened, but it may at most this often."""
    assert show(0, 0, 0.00037, unit=PERCENT) == Shown("0", "<0.037")


@pytest.mark.parametrize(("lang", "text"), [("en", "not reached"), ("ja", "到達せず")])
def test_infinity_is_said_in_words(lang: str, text: str) -> None:
    """A quantile beyond the last case that reached the goal is not a number."""
    assert show(None, None, None, lang) == Shown(text, "", reached=False)


def test_a_value_not_reached_may_have_a_lower_bound() -> None:
    """The low end of the interval is known where it was reached."""
    assert show(None, 41.234, None).interval == "≥41.2"


def test_an_interval_may_be_open_at_the_top() -> None:
    """The value was reached, but the high end of its interval was not."""
    assert show(33.3, 30.1, None) == Shown("33.3", "30.1–∞")


@pytest.mark.parametrize(("lang", "text"), [("en", "no interval"), ("ja", "区間なし")])
def test_one_replication_has_a_value_but_no_interval(lang: str, text: str) -> None:
    """Without replications nothing is known about the spread."""
    assert show(12.3456, None, None, lang) == Shown("12.3", text)


def test_zero_has_no_sign() -> None:
    """A number that rounds to zero is not below it."""
    assert number(-0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("p", "text"),
    [(1e-9, "<0.001"), (0.02134, "0.021"), (0.4312, "0.43"), (1.0, "1.00"), (math.nan, "")],
)
def test_p_values_have_two_digits_or_a_bound(p: float, text: str) -> None:
    """Tiny ones say only that they are tiny."""
    assert probability(p) == text

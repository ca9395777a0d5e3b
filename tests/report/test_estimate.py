"""A value shows as many digits as its interval carries."""

from __future__ import annotations

import pytest

from sim.report.estimate import Shown, number, probability, shown


def show(
    value: float | None, low: float | None, high: float | None, lang: str = "en", scale: float = 1
) -> Shown:
    """Show an estimate given by its three numbers."""
    return shown({"value": value, "low": low, "high": high}, lang, scale=scale)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        ((58.714, 57.61, 59.88), "58.7 57.6–59.9"),
        ((31.2, 28.7, 33.7), "31 29–34"),
        ((0.04213, 0.0409, 0.0434), "0.042 0.041–0.043"),
        ((123_456.0, 118_000.0, 129_000.0), "123,000 118,000–129,000"),
        ((-0.02, -0.4, 0.36), "0.0 -0.4–0.4"),
    ],
)
def test_digits_end_where_the_interval_begins(
    estimate: tuple[float, float, float], text: str
) -> None:
    """Neither the value nor the ends of its interval show digits that say nothing."""
    found = show(*estimate)

    assert f"{found.value} {found.interval}" == text


def test_an_interval_too_tight_for_three_digits_is_shown_by_its_half() -> None:
    """The ends would look alike, so what is shown is how far they are from the value."""
    assert show(0.78, 0.776, 0.784) == Shown("0.78", "±0.004")


def test_a_tight_interval_to_one_side_keeps_both_ends() -> None:
    """A share of nearly all has no room above it, which a half would hide."""
    assert show(1, 0.9969, 1, scale=100) == Shown("100.0", "99.7–100.0")


def test_ends_that_only_the_fourth_decimal_tells_apart_are_one_bound() -> None:
    """A median on the second at which an office opens: the wider half stands for both."""
    assert show(26.3438, 26.3433, 26.3439) == Shown("26.3", "±0.0005")


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        ((-30.9, -31.6, -30.2), "-30.9 -31.6 … -30.2"),
        ((-0.27, -0.5, -0.04), "-0.27 -0.50 … -0.04"),
        ((-0.2, -0.4, 0.01), "-0.2 -0.4 … 0.0"),
        ((0.5, 0.0, 1.0), "0.5 0.0 … 1.0"),
        ((0.0, 0.0, 0.0), "0 ±0"),
        ((0.0, 0.0, 0.3), "0.00 0.00 … 0.30"),
    ],
)
def test_the_ends_of_a_difference_stay_on_their_side_of_zero(
    estimate: tuple[float, float, float], text: str
) -> None:
    """Where zero is left out, more digits show it."""
    numbers = dict(zip(("value", "low", "high"), estimate, strict=True))
    found = shown(numbers, "en", change=True)

    assert f"{found.value} {found.interval}" == text


@pytest.mark.parametrize("low", [4.0, 4 - 4e-16])
def test_a_value_without_spread_says_so(low: float) -> None:
    """What is left of rounding is no interval."""
    assert show(4, low, 4) == Shown("4", "±0")


def test_a_rare_event_never_seen_shows_its_bound() -> None:
    """Nothing happened, but it may at most this often."""
    assert show(0, 0, 0.00037, scale=100) == Shown("0", "<0.037")


@pytest.mark.parametrize(("lang", "text"), [("en", "not reached"), ("ja", "到達せず")])
def test_infinity_is_said_in_words(lang: str, text: str) -> None:
    """A quantile beyond the last case that reached the goal is not a number."""
    assert show(None, None, None, lang) == Shown(text, "", reached=False)


def test_a_value_not_reached_may_have_a_lower_bound() -> None:
    """The low end of the interval is known where it was reached."""
    assert show(None, 41.234, None).interval == "≥41.2"


def test_an_interval_may_be_open_at_the_top() -> None:
    """The value was reached, but the high end of its interval was not."""
    assert show(33.3, 30.1, None) == Shown("33", "30–∞")


@pytest.mark.parametrize(("lang", "text"), [("en", "no interval"), ("ja", "区間なし")])
def test_one_replication_has_a_value_but_no_interval(lang: str, text: str) -> None:
    """Without replications nothing is known about the spread."""
    assert show(12.3456, None, None, lang) == Shown("12.3", text)


def test_zero_has_no_sign() -> None:
    """A number that rounds to zero is not below it."""
    assert number(-0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("p", "text"),
    [(1e-9, "<0.001"), (0.02134, "0.021"), (0.4312, "0.43"), (1.0, "1.00"), (None, "")],
)
def test_p_values_have_two_digits_or_a_bound(p: float | None, text: str) -> None:
    """Tiny ones say only that they are tiny."""
    assert probability(p) == text

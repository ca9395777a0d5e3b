"""Quantile tables: how exact they are, how a draw is looked up, and that they stay the same."""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.compile import tables
from sim.compile.tables import BOUNDARIES, Ppf, lookup, mean, table
from sim.language.quantity import Distribution

DRAWS = st.integers(0, 2**48 - 1)
UNIT = 1_000_000  # fine enough for rounding not to matter


def quantile(values: list[int], share: float) -> float:
    """The quantile of all draws from a table: a straight line in each cell."""
    return float(np.interp(share, BOUNDARIES, values))


def deviation(values: list[int]) -> float:
    """The standard deviation of all draws from a table."""
    low, high = (np.array(part, np.float64) for part in (values[:-1], values[1:]))
    squares = float(np.diff(BOUNDARIES) @ (low**2 + low * high + high**2)) / 3
    return math.sqrt(squares - mean(values) ** 2)


# -- cells and lookup --------------------------------------------------------------------------


def test_a_table_has_1064_cells_that_cover_all_shares() -> None:
    """1,022 equal cells, and 21 in each tail from 2**-11 down to 2**-30."""
    widths = np.diff(BOUNDARIES)
    assert len(widths) == 1064
    assert BOUNDARIES[0] == 0
    assert BOUNDARIES[-1] == 1
    assert (widths[21:-21] == 2**-10).all()
    assert widths[:3].tolist() == [2**-30, 2**-30, 2**-29]
    assert widths[20] == 2**-11
    assert (widths == widths[::-1]).all()


@given(DRAWS)
def test_a_draw_falls_into_its_cell(bits: int) -> None:
    """Looking up agrees with a search for the cell and a line worked out in fractions."""
    values = [i * i - 5000 * i for i in range(1065)]  # negative ones too
    u, place = divmod(bits, 2**16)
    i = int(np.searchsorted(BOUNDARIES, u / 2**32, side="right")) - 1
    exact = values[i] + Fraction(place, 2**16) * (values[i + 1] - values[i])
    assert lookup(values, bits) == math.floor(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("upper", "cell"),
    [
        (0, 0),
        (3, 0),
        (4, 1),
        (7, 1),
        (8, 2),
        (2**21 - 1, 19),
        (2**21, 20),
        (2**22 - 1, 20),
        (2**22, 21),
        (2**31, 532),
        (1023 * 2**22 - 1, 1042),
        (1023 * 2**22, 1043),
        (2**32 - 5, 1062),
        (2**32 - 4, 1063),
        (2**32 - 1, 1063),
    ],
)
def test_the_edges_of_cells_are_exact(upper: int, cell: int) -> None:
    """A cell has its lower boundary and not its upper one."""
    assert lookup(list(range(1065)), upper << 16) == cell
    assert lookup([1000 * i for i in range(1065)], upper << 16 | 0xFFFF) == 1000 * (cell + 1)


def test_looking_up_rounds_half_up_below_zero_too() -> None:
    """Half way between -1 and 0 is 0; a hair below is -1."""
    values = [-1] * 532 + [0] * 533
    middle = 511 << 38
    assert lookup(values, middle) == -1
    assert lookup(values, middle | 0x7FFF) == -1
    assert lookup(values, middle | 0x8000) == 0


@given(DRAWS)
def test_a_draw_from_equal_quantiles_is_that_value(bits: int) -> None:
    """A law without spread gives its one value."""
    assert lookup(table(tables.triangular(45, 45, 45)), bits) == 45


# -- rounding ----------------------------------------------------------------------------------


def constant(value: float) -> Ppf:
    """The quantile function of one value."""
    return lambda u: np.full_like(u, value)


@pytest.mark.parametrize(
    ("value", "rounded"), [(2.4, 2), (2.5, 3), (2.5 - 1e-9, 3), (2.499, 2), (-2.5, -2), (-2.6, -3)]
)
def test_quantiles_are_rounded_half_up(value: float, rounded: int) -> None:
    """A half goes up even if the last bits of its computation say otherwise."""
    assert table(constant(value)) == [rounded] * 1065


def test_a_table_may_be_in_finer_units() -> None:
    """``scale`` gives the units of the table in one of the law."""
    assert table(constant(1.5), scale=2**20) == [3 * 2**19] * 1065


def test_huge_values_are_cut() -> None:
    """A quantile beyond the range of the table's numbers is cut, and stays a whole number."""
    assert table(constant(math.inf)) == [tables.MOST] * 1065
    assert table(tables.lognormal(1e9, sigma=300))[-1] == tables.MOST


def test_a_law_that_is_no_number_is_refused() -> None:
    """A nan among the quantiles is a mistake of the program."""
    with pytest.raises(ValueError, match="nan"):
        table(constant(math.nan))


# -- laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.5, 0.8])
def test_a_lognormal_table_has_the_mean_of_its_law(sigma: float) -> None:
    """Within 0.03 % up to sigma 0.8."""
    expected = UNIT * math.exp(sigma**2 / 2)
    assert mean(table(tables.lognormal(UNIT, sigma=sigma))) == pytest.approx(expected, rel=3e-4)


@pytest.mark.parametrize("share", [1e-6, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.999999])
def test_a_lognormal_table_has_the_tails_of_its_law(share: float) -> None:
    """Within 1.2 % at sigma 0.8, as far out as one in a million."""
    values = table(tables.lognormal(UNIT, sigma=0.8))
    expected = UNIT * math.exp(0.8 * NormalDist().inv_cdf(share))
    assert quantile(values, share) == pytest.approx(expected, rel=0.012)


def test_a_lognormal_law_follows_from_its_median_and_an_outer_quantile() -> None:
    """45 min in the middle and 90 min at 90 % mean 22.5 min at 10 %."""
    values = table(tables.lognormal(2700, p90=5400))
    assert [round(quantile(values, share)) for share in (0.1, 0.5, 0.9)] == [1350, 2700, 5400]
    assert values == table(tables.lognormal(2700, p10=1350))


def test_a_lognormal_law_needs_a_spread() -> None:
    """The median alone is refused."""
    with pytest.raises(ValueError, match="spread"):
        tables.lognormal(2700)


def test_a_logitnormal_law_stays_a_share() -> None:
    """96 % in the middle, 85 % at 10 %: between 0 and 1 and near 99 % at 90 %."""
    values = table(tables.logitnormal(0.96, p10=0.85), scale=2**32)
    shares = [quantile(values, share) / 2**32 for share in (0.1, 0.5, 0.9)]
    assert shares == pytest.approx([0.85, 0.96, 576 * 0.15 / (1 - 0.15 + 576 * 0.15)], abs=1e-3)
    assert values[0] >= 0
    assert values[-1] <= 2**32
    upper = table(tables.logitnormal(0.04, p90=0.15), scale=2**32)
    assert quantile(upper, 0.9) == pytest.approx(0.15 * 2**32, rel=1e-4)


def test_an_exponential_table_has_the_mean_and_deviation_of_its_law() -> None:
    """Mean within 0.02 %, deviation (which is the mean) within 0.1 %."""
    values = table(tables.exponential(UNIT))
    assert mean(values) == pytest.approx(UNIT, rel=2e-4)
    assert deviation(values) == pytest.approx(UNIT, rel=1e-3)
    assert quantile(values, 0.9999) == pytest.approx(-math.log(1e-4) * UNIT, rel=0.012)
    assert values[0] == 0


@pytest.mark.parametrize(
    ("cv", "error"), [(0.2, 1e-5), (0.5, 1e-4), (1, 2e-4), (1.5, 3e-4), (2, 5e-4)]
)
def test_a_gamma_table_has_the_mean_and_deviation_of_its_law(cv: float, error: float) -> None:
    """Also where the deviation is greater than the mean."""
    values = table(tables.gamma(UNIT, cv))
    assert mean(values) == pytest.approx(UNIT, rel=error)
    assert deviation(values) == pytest.approx(cv * UNIT, rel=3e-3)
    assert values == sorted(values)


def test_a_gamma_law_of_cv_1_is_exponential() -> None:
    """The two ways to write it give the same table, but for rounding."""
    gamma, exponential = table(tables.gamma(UNIT, 1)), table(tables.exponential(UNIT))
    assert max(abs(a - b) for a, b in zip(gamma, exponential, strict=True)) <= 1


@pytest.mark.parametrize(("low", "mode", "high"), [(5, 10, 21), (0, 0, 1), (0, 1, 1), (3, 3.5, 9)])
def test_a_triangular_table_has_the_mean_of_its_law(low: float, mode: float, high: float) -> None:
    """The ends are exact, the mean is that of the three corners."""
    values = table(tables.triangular(low, mode, high), scale=UNIT)
    assert (values[0], values[-1]) == (low * UNIT, high * UNIT)
    assert mean(values) == pytest.approx((low + mode + high) / 3 * UNIT, rel=1e-5)
    assert quantile(values, (mode - low) / (high - low)) == pytest.approx(mode * UNIT, rel=1e-3)


def test_a_uniform_table_is_a_straight_line() -> None:
    """Its ends are those of the law; a draw's share is its value."""
    values = table(tables.uniform(0, 2**32))
    assert lookup(values, 0) == 0
    assert lookup(values, 0x4000_0000_0000) == 2**30
    assert values[-1] == 2**32


def test_given_quantiles_are_met_and_joined_by_lines() -> None:
    """1 h at 10 %, 2 h at 50 %, 6 h at 90 %: the outer lines go on to 45 min and 7 h."""
    values = table(tables.quantiles({50: 7200, 10: 3600, 90: 21600}))
    met = [quantile(values, share) for share in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1)]
    assert met == pytest.approx([2700, 3600, 5400, 7200, 14400, 21600, 25200], abs=4)
    assert (values[0], values[-1]) == (2700, 25200)


def test_quantiles_do_not_go_on_below_zero() -> None:
    """From 10 at 40 % and 30 at 80 % the line would cross 0 at 20 %."""
    values = table(tables.quantiles({40: 10, 80: 30}))
    assert quantile(values, 0.1) == 0
    assert min(values) == 0
    assert values[-1] == 40


def test_quantiles_may_include_the_ends() -> None:
    """What stands at 0 % and 100 % is the least and the most."""
    values = table(tables.quantiles({0: 5, 100: 9}))
    assert (values[0], values[532], values[-1]) == (5, 7, 9)


@pytest.mark.parametrize(
    ("law", "same"),
    [
        (
            Distribution("lognormal", (("median", 45.0), ("p90", 90.0))),
            tables.lognormal(45, p90=90),
        ),
        (
            Distribution("lognormal", (("median", 45.0), ("sigma", 0.5))),
            tables.lognormal(45, sigma=0.5),
        ),
        (
            Distribution("logitnormal", (("median", 0.5), ("p10", 0.1))),
            tables.logitnormal(0.5, p10=0.1),
        ),
        (
            Distribution("triangular", (("low", 1), ("mode", 2), ("high", 4))),
            tables.triangular(1, 2, 4),
        ),
        (Distribution("uniform", (("low", 1), ("high", 4))), tables.uniform(1, 4)),
        (Distribution("exponential", (("mean", 600.0),)), tables.exponential(600)),
        (Distribution("gamma", (("cv", 0.5), ("mean", 600.0))), tables.gamma(600, 0.5)),
        (
            Distribution("quantiles", (("10", 1.0), ("97.5", 9.0))),
            tables.quantiles({10: 1, 97.5: 9}),
        ),
    ],
)
def test_a_written_law_finds_its_quantile_function(law: Distribution, same: Ppf) -> None:
    """Each law of the language has a table."""
    assert table(tables.ppf(law), scale=1000) == table(same, scale=1000)


# -- means ---------- -------------------------------------------------------------------------


def test_the_mean_of_a_table_is_that_of_its_draws() -> None:
    """The mean worked out agrees with that of 100,000 draws."""
    values = table(tables.lognormal(10_000, sigma=0.5))
    bits = np.random.default_rng(1).integers(0, 2**48, 100_000).tolist()
    drawn = np.array([lookup(values, one) for one in bits])
    assert abs(drawn.mean() - mean(values)) < 4 * drawn.std() / math.sqrt(len(bits))


def test_tables_stay_the_same() -> None:
    """A changed table changes every result, so it must not change unnoticed or with the machine."""
    laws = (
        tables.lognormal(2700, p90=5400),
        tables.lognormal(86_400, sigma=1.2),
        tables.triangular(432_000, 864_000, 1_814_400),
        tables.uniform(0, 10_368_000),
        tables.exponential(2100),
        tables.gamma(3600, 1.5),
        tables.quantiles({10: 3600, 50: 7200, 90: 21_600}),
    )
    numbers = np.array([table(law) for law in laws], "<i8")
    assert (
        hashlib.sha256(numbers.tobytes()).hexdigest()
        == "2d0c6e080f36980fd397a56b2706b28b8a5cc989a9daf1cc7d9a4bf8d29fe6ac"
    )


PPFS: dict[str, Ppf] = {
    "lognormal": tables.lognormal(45, p90=90),
    "logitnormal": tables.logitnormal(0.96, p10=0.85),
    "triangular": tables.triangular(5, 10, 21),
    "uniform": tables.uniform(3, 4),
    "exponential": tables.exponential(35),
    "gamma": tables.gamma(10, 0.3),
    "quantiles": tables.quantiles({10: 1, 50: 2, 90: 6}),
}


@pytest.mark.parametrize("name", PPFS)
def test_a_quantile_function_never_falls_and_has_ends(name: str) -> None:
    """Every law is cut at both ends, where it has none of its own."""
    values: NDArray[np.float64] = PPFS[name](BOUNDARIES)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()

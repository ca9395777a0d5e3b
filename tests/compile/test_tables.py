"""Quantile tables: how they are rounded, and how a draw is looked up."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compile import tables
from sim.compile.tables import BOUNDARIES, Ppf, lookup, mean, table
from sim.language.distributions import Lognormal

DRAWS = st.integers(0, 2**48 - 1)
UNIT = 1_000_000  # fine enough for rounding not to matter


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
    assert lookup(table(constant(45)), bits) == 45


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
    assert table(Lognormal(1e9, 300).quantiles)[-1] == tables.MOST


def test_a_law_that_is_no_number_is_refused() -> None:
    """A nan among the quantiles is a mistake of the program."""
    with pytest.raises(ValueError, match="nan"):
        table(constant(math.nan))


# -- means ------------------------------------------------------------------------------------


def test_the_mean_of_a_table_is_that_of_its_draws() -> None:
    """The mean worked out agrees with that of 100,000 draws."""
    values = table(Lognormal(10_000, 0.5).quantiles)
    bits = np.random.default_rng(1).integers(0, 2**48, 100_000).tolist()
    drawn = np.array([lookup(values, one) for one in bits])
    assert abs(drawn.mean() - mean(values)) < 4 * drawn.std() / math.sqrt(len(bits))

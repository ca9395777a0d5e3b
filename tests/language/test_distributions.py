"""Distributions: their quantiles, how each is written and scaled, and that one class is enough."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from sim.compile.compiler import compile_worlds
from sim.compile.tables import BOUNDARIES, lookup, mean, table
from sim.language.amounts import Kind
from sim.language.distributions import (
    DISTRIBUTIONS,
    Exponential,
    Gamma,
    LogitnormalAroundMedian,
    Lognormal,
    LognormalAroundMedian,
    Quantiles,
    Triangular,
    Uniform,
)
from sim.language.law import RARE, ByName, Distribution, inside
from sim.language.quantity import Random, parse
from sim.language.schema import schema
from sim.study import loader
from sim.study.parameters import assumptions, figures
from sim.yaml import source

UNIT = 1_000_000  # fine enough for rounding not to matter


def tabled(law: Distribution, scale: float = 1) -> list[int]:
    """Return the quantile table of a distribution."""
    return table(law.quantiles, scale)


def quantile(values: list[int], share: float) -> float:
    """The quantile of all draws from a table: a straight line in each cell."""
    return float(np.interp(share, BOUNDARIES, values))


def deviation(values: list[int]) -> float:
    """The standard deviation of all draws from a table."""
    low, high = (np.array(part, np.float64) for part in (values[:-1], values[1:]))
    squares = float(np.diff(BOUNDARIES) @ (low**2 + low * high + high**2)) / 3
    return math.sqrt(squares - mean(values) ** 2)


# -- quantiles -------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.5, 0.8])
def test_a_lognormal_table_has_the_mean_of_its_law(sigma: float) -> None:
    """Within 0.03 % up to sigma 0.8."""
    expected = UNIT * math.exp(sigma**2 / 2)
    assert mean(tabled(Lognormal(UNIT, sigma))) == pytest.approx(expected, rel=3e-4)


@pytest.mark.parametrize("share", [1e-6, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.999999])
def test_a_lognormal_table_has_the_tails_of_its_law(share: float) -> None:
    """Within 1.2 % at sigma 0.8, as far out as one in a million."""
    values = tabled(Lognormal(UNIT, 0.8))
    expected = UNIT * math.exp(0.8 * NormalDist().inv_cdf(share))
    assert quantile(values, share) == pytest.approx(expected, rel=0.012)


def test_a_lognormal_law_follows_from_its_median_and_an_outer_quantile() -> None:
    """45 min in the middle and 90 min at 90 % mean 22.5 min at 10 %."""
    values = tabled(LognormalAroundMedian(2700, 5400, "p90"))
    assert [round(quantile(values, share)) for share in (0.1, 0.5, 0.9)] == [1350, 2700, 5400]
    assert values == tabled(LognormalAroundMedian(2700, 1350, "p10"))


def test_a_logitnormal_law_stays_a_share() -> None:
    """96 % in the middle, 85 % at 10 %: between 0 and 1 and near 99 % at 90 %."""
    values = tabled(LogitnormalAroundMedian(0.96, 0.85, "p10"), scale=2**32)
    shares = [quantile(values, share) / 2**32 for share in (0.1, 0.5, 0.9)]
    assert shares == pytest.approx([0.85, 0.96, 576 * 0.15 / (1 - 0.15 + 576 * 0.15)], abs=1e-3)
    assert values[0] >= 0
    assert values[-1] <= 2**32
    upper = tabled(LogitnormalAroundMedian(0.04, 0.15, "p90"), scale=2**32)
    assert quantile(upper, 0.9) == pytest.approx(0.15 * 2**32, rel=1e-4)


def test_an_exponential_table_has_the_mean_and_deviation_of_its_law() -> None:
    """Mean within 0.02 %, deviation (which is the mean) within 0.1 %."""
    values = tabled(Exponential(UNIT))
    assert mean(values) == pytest.approx(UNIT, rel=2e-4)
    assert deviation(values) == pytest.approx(UNIT, rel=1e-3)
    assert quantile(values, 0.9999) == pytest.approx(-math.log(1e-4) * UNIT, rel=0.012)
    assert values[0] == 0


@pytest.mark.parametrize(
    ("cv", "error"), [(0.2, 1e-5), (0.5, 1e-4), (1, 2e-4), (1.5, 3e-4), (2, 5e-4)]
)
def test_a_gamma_table_has_the_mean_and_deviation_of_its_law(cv: float, error: float) -> None:
    """Also where the deviation is greater than the mean."""
    values = tabled(Gamma(UNIT, cv))
    assert mean(values) == pytest.approx(UNIT, rel=error)
    assert deviation(values) == pytest.approx(cv * UNIT, rel=3e-3)
    assert values == sorted(values)


def test_a_gamma_law_of_cv_1_is_exponential() -> None:
    """The two ways to write it give the same table, but for rounding."""
    gamma, exponential = tabled(Gamma(UNIT, 1)), tabled(Exponential(UNIT))
    assert max(abs(a - b) for a, b in zip(gamma, exponential, strict=True)) <= 1


@pytest.mark.parametrize(("low", "mode", "high"), [(5, 10, 21), (0, 0, 1), (0, 1, 1), (3, 3.5, 9)])
def test_a_triangular_table_has_the_mean_of_its_law(low: float, mode: float, high: float) -> None:
    """The ends are exact, the mean is that of the three corners."""
    values = tabled(Triangular(low, mode, high), scale=UNIT)
    assert (values[0], values[-1]) == (low * UNIT, high * UNIT)
    assert mean(values) == pytest.approx((low + mode + high) / 3 * UNIT, rel=1e-5)
    assert quantile(values, (mode - low) / (high - low)) == pytest.approx(mode * UNIT, rel=1e-3)


def test_a_uniform_table_is_a_straight_line() -> None:
    """Its ends are those of the law; a draw's share is its value."""
    values = tabled(Uniform(0, 2**32))
    assert lookup(values, 0) == 0
    assert lookup(values, 0x4000_0000_0000) == 2**30
    assert values[-1] == 2**32


def test_given_quantiles_are_met_and_joined_by_lines() -> None:
    """1 h at 10 %, 2 h at 50 %, 6 h at 90 %: the outer lines go on to 45 min and 7 h."""
    values = tabled(Quantiles(((10, 3600), (50, 7200), (90, 21600))))
    met = [quantile(values, share) for share in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1)]
    assert met == pytest.approx([2700, 3600, 5400, 7200, 14400, 21600, 25200], abs=4)
    assert (values[0], values[-1]) == (2700, 25200)


def test_quantiles_do_not_go_on_below_zero() -> None:
    """From 10 at 40 % and 30 at 80 % the line would cross 0 at 20 %."""
    values = tabled(Quantiles(((40, 10), (80, 30))))
    assert quantile(values, 0.1) == 0
    assert min(values) == 0
    assert values[-1] == 40


def test_quantiles_may_include_the_ends() -> None:
    """What stands at 0 % and 100 % is the least and the most."""
    values = tabled(Quantiles(((0, 5), (100, 9))))
    assert (values[0], values[532], values[-1]) == (5, 7, 9)


def test_tables_stay_the_same() -> None:
    """A changed table changes every result, so it must not change unnoticed or with the machine."""
    laws = (
        LognormalAroundMedian(2700, 5400, "p90"),
        Lognormal(86_400, 1.2),
        Triangular(432_000, 864_000, 1_814_400),
        Uniform(0, 10_368_000),
        Exponential(2100),
        Gamma(3600, 1.5),
        Quantiles(((10, 3600), (50, 7200), (90, 21_600))),
    )
    numbers = np.array([tabled(law) for law in laws], "<i8")
    assert (
        hashlib.sha256(numbers.tobytes()).hexdigest()
        == "2d0c6e080f36980fd397a56b2706b28b8a5cc989a9daf1cc7d9a4bf8d29fe6ac"
    )


EACH: dict[str, Distribution] = {
    "lognormal": LognormalAroundMedian(45, 90, "p90"),
    "logitnormal": LogitnormalAroundMedian(0.96, 0.85, "p10"),
    "triangular": Triangular(5, 10, 21),
    "uniform": Uniform(3, 4),
    "exponential": Exponential(35),
    "gamma": Gamma(10, 0.3),
    "quantiles": Quantiles(((10, 1), (50, 2), (90, 6))),
}


@pytest.mark.parametrize("name", EACH)
def test_a_quantile_function_never_falls_and_has_ends(name: str) -> None:
    """Every law is cut at both ends, where it has none of its own."""
    values: NDArray[np.float64] = EACH[name].quantiles(BOUNDARIES)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize("name", EACH)
def test_what_is_written_is_read(name: str) -> None:
    """A distribution writes itself as files have it."""
    law = EACH[name]
    kind: Kind = "share" if name == "logitnormal" else "number"
    read = parse(law.written(lambda value: value), kind)
    assert isinstance(read, Random)
    assert read.distribution == law


@pytest.mark.parametrize("name", EACH)
def test_scaled_it_has_another_middle_and_the_same_form(name: str) -> None:
    """Half of it, and back again."""
    law = EACH[name]
    half = law.scaled(law.middle / 2)
    assert half.middle == pytest.approx(law.middle / 2)
    assert half.reach[0] <= half.middle <= half.reach[1]
    back = half.scaled(law.middle)
    np.testing.assert_allclose(back.quantiles(BOUNDARIES), law.quantiles(BOUNDARIES), rtol=1e-12)


# -- one class is enough -----------------------------------------------------------------------

WORLD = {
    "agents/person": "{agent: person, kind: person, hours: always}",
    "procedures/p": """
procedure: p
applicant: owner
actors: {owner: person}
documents: {permit: Permit}
steps:
  fill: {gives: [permit], by: owner, work: {rayleigh: {mode: 1h}, range: [30min, 2h]}}
goal: [permit]
levers:
  pace: {default: usual, values: {usual: {}, fast: {steps.fill.work: {rayleigh: {mode: 1min}}}}}
""",
    "scenarios/s": """
{scenario: s, start: 2026-06-01, channels: [analog, digital], cases: {c: {count: 9, using: [p]}}}
""",
}


@dataclass(frozen=True)
class Rayleigh(ByName):
    """Made up for this test: a new distribution is one class and one entry."""

    mode: float
    name = "rayleigh"
    typical = "mode"

    @property
    def reach(self) -> tuple[float, float]:
        """One draw in a thousand lies further out."""
        return 0, self.mode * math.sqrt(-2 * math.log(RARE))

    def quantiles(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """The square root of an exponential one."""
        found: NDArray[np.float64] = self.mode * np.sqrt(-2 * np.log1p(-inside(u)))
        return found


@pytest.fixture
def rayleigh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the distribution be known in a world that uses it."""
    monkeypatch.setitem(DISTRIBUTIONS, "rayleigh", Rayleigh)
    for name, text in WORLD.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("rayleigh")
def test_a_new_distribution_is_read_and_its_mistakes_are_found() -> None:
    """With the names of its fields."""
    read = parse({"rayleigh": {"mode": "2bd"}}, "duration")
    assert read == Random(Rayleigh(2 * 86_400), business=True)
    with pytest.raises(PydanticCustomError, match="law_parameters"):
        parse({"rayleigh": {"mood": "2h"}}, "duration")
    with pytest.raises(PydanticCustomError) as caught:
        parse({"raleigh": {"mode": "2h"}}, "duration")
    assert (caught.value.context or {})["guess"] == "rayleigh"


@pytest.mark.usefixtures("rayleigh")
@pytest.mark.parametrize(("written", "right"), [("{mode: 1h}", True), ("{mood: 1h}", False)])
def test_a_new_distribution_stands_in_the_schema(written: str, right: bool) -> None:  # noqa: FBT001 -- a case
    """An editor completes it and marks its mistakes."""
    data = source.loads(WORLD["procedures/p"].replace("{mode: 1h}", written)).data
    assert Draft202012Validator(schema("procedure")).is_valid(data) is right


@pytest.mark.usefixtures("rayleigh")
def test_a_new_distribution_is_listed_among_the_sources() -> None:
    """Where it stands in a step and where a lever puts it."""
    found = {one.path: (one.value, one.range) for one in figures("p")}
    assert found == {
        "steps.fill.work": ("rayleigh mode 1h", "30min – 2h"),
        "levers.pace.values.fast.steps.fill.work": ("rayleigh mode 1min", None),
    }


@pytest.mark.usefixtures("rayleigh")
def test_a_new_distribution_is_moved_to_the_ends_of_its_range() -> None:
    """So that the ranking of assumptions does not leave it out."""
    (found,) = assumptions(loader.load("s").worlds)
    low, high = ({"rayleigh": {"mode": f"{seconds}.000000s"}} for seconds in (1800, 7200))
    assert found.ends == (low, high)


@pytest.mark.usefixtures("rayleigh")
def test_a_new_distribution_is_compiled() -> None:
    """To the table of its quantiles."""
    (model, _) = compile_worlds(loader.load("s").worlds)
    assert tuple(tabled(Rayleigh(3600))) in model.tables

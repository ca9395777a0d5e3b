"""Measures how often the 95 % intervals of ``sim.stats`` hold the truth, and prints it as tables.

Usage: python benchmarks/coverage.py [EXPERIMENTS]   (default 2,000, about a minute)

An experiment is a comparison of two arms, as the program makes it: R replications of N cases each,
the arms sharing their random numbers. In "independent" the cases have nothing to do with each
other; in "one queue" they wait for one server (M/M/1, empty at the start of each replication); in
"rare" an event happens to one case in a thousand, in "rare bursts" to two, but to many at once. The
truth is computed, or measured in 80,000 replications of the same design.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from sim import stats

Floats = NDArray[np.float64]
BLOCKS, BLOCK = 20, 4_000  # replications that tell the truth
SEED = 20260401
SIGMA = 0.8
FASTER = 0.9  # work of the second arm, in parts of the first
RARE = 0.001


@dataclass(frozen=True)
class Design:
    """``sample(rng, replications, cases)`` returns the times of both arms [replications, cases].

    ``limit``: a case that takes longer is late.
    """

    name: str
    sample: Callable[[np.random.Generator, int, int], tuple[Floats, Floats]]
    limit: float


def independent(rng: np.random.Generator, replications: int, cases: int) -> tuple[Floats, Floats]:
    """Lognormal times."""
    times = np.exp(SIGMA * rng.standard_normal((replications, cases)))
    return times, FASTER * times


def one_queue(load: float) -> Callable[[np.random.Generator, int, int], tuple[Floats, Floats]]:
    """Times in an M/M/1 system that starts empty (Lindley's recursion in closed form)."""

    def sample(rng: np.random.Generator, replications: int, cases: int) -> tuple[Floats, Floats]:
        gaps = rng.exponential(1 / load, (replications, cases))
        work = rng.exponential(1, (replications, cases))
        return _lindley(gaps, work), _lindley(gaps, FASTER * work)

    return sample


def rare(rng: np.random.Generator, replications: int, cases: int) -> tuple[Floats, Floats]:
    """Uniform times; 1 in 1,000 exceeds the limit in the first arm, 1 in 2,000 in the second."""
    times = rng.random((replications, cases))
    return times, np.where(times > 1 - RARE / 2, times, np.minimum(times, 1 - RARE))


DESIGNS = (
    (Design("independent", independent, math.exp(SIGMA * float(ndtri(0.9)))), (3, 20)),
    (Design("independent", independent, math.exp(SIGMA * float(ndtri(0.9)))), (5, 100)),
    (Design("independent", independent, math.exp(SIGMA * float(ndtri(0.9)))), (20, 400)),
    (Design("one queue, load 0.7", one_queue(0.7), 7.5), (5, 100)),
    (Design("one queue, load 0.7", one_queue(0.7), 7.5), (20, 50)),
    (Design("one queue, load 0.7", one_queue(0.7), 7.5), (20, 400)),
    (Design("one queue, load 0.9", one_queue(0.9), 20), (10, 400)),
    (Design("one queue, load 0.9", one_queue(0.9), 20), (20, 400)),
    (Design("one queue, load 0.9", one_queue(0.9), 20), (50, 400)),
    (Design("rare", rare, 1 - RARE), (20, 50)),
    (Design("rare", rare, 1 - RARE), (20, 400)),
    (Design("rare bursts in one queue, load 0.7", one_queue(0.7), 20), (20, 400)),
)


def _lindley(gaps: Floats, work: Floats) -> Floats:
    steps = np.cumsum(work[:, :-1] - gaps[:, 1:], axis=1)
    lowest = np.minimum(np.minimum.accumulate(steps, axis=1), 0)
    waits = np.pad(steps - lowest, ((0, 0), (1, 0)))
    return np.asarray(waits + work)


def _counts(times: Floats, limit: float) -> stats.Counts:
    late = (times > limit).sum(axis=1).astype(np.float64)
    return stats.Counts(late, np.full(len(times), float(times.shape[1])))


def _medians(times: Floats) -> Floats:
    return np.asarray(np.sort(times, axis=1)[:, (times.shape[1] - 1) // 2])


def intervals(first: Floats, second: Floats, limit: float) -> dict[str, stats.Estimate]:
    """Return what the program would print of one experiment."""
    late, late_after = _counts(first, limit), _counts(second, limit)
    return {
        "mean": stats.mean(first.mean(axis=1), list(first)),
        "share late": stats.share(late),
        "median": stats.quantile(list(first), 0.5),
        "p90": stats.quantile(list(first), 0.9),
        "Δ mean": stats.difference(
            second.mean(axis=1), first.mean(axis=1), stats.unseen_mean(list(second), list(first))
        ),
        "Δ median": stats.difference(
            _medians(second), _medians(first), stats.unseen_quantile(list(second), list(first), 0.5)
        ),
        "Δ share": stats.share_difference(late_after, late),
    }


def rejected(first: Floats, limit: float) -> dict[str, stats.Estimate]:
    """Return the usual intervals that the program does not use, for comparison."""
    late = _counts(first, limit)
    return {
        "share late: plain Wilson": _plain_wilson(late),
        "share late: t": stats.mean(late.shares),
        "median: spread of medians": _sectioned(first, 0.5),
        "p90: spread of p90s": _sectioned(first, 0.9),
    }


def _plain_wilson(late: stats.Counts) -> stats.Estimate:
    cases, z = float(late.cases.sum()), float(ndtri(0.975))
    value = float(late.hits.sum()) / cases
    middle = (value + z * z / (2 * cases)) / (1 + z * z / cases)
    inner = value * (1 - value) / cases + (z / (2 * cases)) ** 2
    half = z * math.sqrt(inner) / (1 + z * z / cases)
    return stats.Estimate(value, middle - half, middle + half)


def _sectioned(times: Floats, share_below: float) -> stats.Estimate:
    """The t interval around the pooled quantile, from the replications' own quantiles."""
    value = stats.order_statistic(times.ravel(), share_below)
    own = np.array([stats.order_statistic(section, share_below) for section in times])
    spread = math.sqrt(float(np.sum((own - value) ** 2)) / (len(own) - 1) / len(own))
    half = float(stdtrit(len(own) - 1, 0.975)) * spread
    return stats.Estimate(value, value - half, value + half)


def truth(design: Design, cases: int) -> dict[str, float]:
    """Return the figures that the intervals should hold, by name."""
    rng = np.random.default_rng(SEED)
    blocks = [_figures(design, *design.sample(rng, BLOCK, cases)) for _ in range(BLOCKS)]
    told = {name: math.fsum(block[name] for block in blocks) / BLOCKS for name in blocks[0]}
    return told | ({"share late": RARE, "Δ share": -RARE / 2} if design.sample is rare else {})


def _figures(design: Design, first: Floats, second: Floats) -> dict[str, float]:
    late, late_after = (float(np.mean(times > design.limit)) for times in (first, second))
    return {
        "mean": float(first.mean()),
        "share late": late,
        "median": float(np.quantile(first, 0.5)),
        "p90": float(np.quantile(first, 0.9)),
        "Δ mean": float(second.mean() - first.mean()),
        "Δ median": float(np.mean(_medians(second) - _medians(first))),
        "Δ share": late_after - late,
    }


def coverage(
    design: Design, size: tuple[int, int], experiments: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share of experiments whose interval holds the truth: ours, and the rejected."""
    replications, cases = size
    true, rng = truth(design, cases), np.random.default_rng([SEED, replications, cases])
    ours: dict[str, int] = {}
    others: dict[str, int] = {}
    for _ in range(experiments):
        first, second = design.sample(rng, replications, cases)
        for name, estimate in intervals(first, second, design.limit).items():
            ours[name] = ours.get(name, 0) + (estimate.low <= true[name] <= estimate.high)
        for name, estimate in rejected(first, design.limit).items():
            held = estimate.low <= true[name.split(":")[0]] <= estimate.high
            others[name] = others.get(name, 0) + held
    return (
        {name: held / experiments for name, held in ours.items()},
        {name: held / experiments for name, held in others.items()},
    )


def _table(rows: list[tuple[str, dict[str, float]]]) -> Iterator[str]:
    names = list(rows[0][1])
    yield f"| cases | R x N | {' | '.join(names)} |"
    yield "|---|---|" + "---:|" * len(names)
    for title, shares in rows:
        cells = " | ".join(f"{100 * share:.1f}" for share in shares.values())
        yield f"| {title} | {cells} |"


def main(experiments: int) -> None:
    """Print both tables: the truth is held in so many per cent of the experiments."""
    ours, others = [], []
    for design, size in DESIGNS:
        title = f"{design.name} | {size[0]} x {size[1]}"
        held, held_by_others = coverage(design, size, experiments)
        ours.append((title, held))
        others.append((title, held_by_others))
    print(
        f"{experiments} experiments a row; a true 95.0 is measured with a standard error of", end=""
    )
    print(f" {100 * math.sqrt(0.95 * 0.05 / experiments):.1f}\n")
    print("\n".join(_table(ours)), end="\n\n")
    print("\n".join(_table(others)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

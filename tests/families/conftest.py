"""What tests of the shelf share: a shipped scenario run twice, and what changed between the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest

from sim import stats
from sim.compile.compiler import compile_worlds
from sim.experiment.work import Job
from sim.kpi import estimators
from sim.kpi.measures import Measures
from sim.study import loader


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Families are run at full speed, without measuring coverage."""
    for item in items:
        if "families" in item.path.parts:
            item.add_marker(pytest.mark.heavy)


Runs = tuple[Measures, ...]
Figure = Callable[[Any], float]
SEED = 11


@cache
def played(scenario: str, arm: str, settings: tuple[str, ...], replications: int) -> Runs:
    """Return the replications of one arm. ``settings``: ``lever=value`` and ``path.to=value``."""
    levers = [text for text in settings if "." not in text.partition("=")[0]]
    sets = [text for text in settings if text not in levers]
    study = loader.load(scenario, levers=levers, sets=sets)
    worlds = [world for world in study.worlds if world.arm == arm]
    assert worlds, f"{scenario} has no arm {arm}"
    job = Job(compile_worlds(worlds), "simpy", SEED, keep=False)
    return tuple(job.do(0, replication).measures for replication in range(replications))


class Shelf:
    """Shipped scenarios in small, compared in pairs of replications that share their draws."""

    estimators = estimators

    @staticmethod
    def value(
        scenario: str,
        arm: str,
        figure: Figure,
        settings: Sequence[str] = (),
        replications: int = 6,
    ) -> stats.Estimate:
        """Return a figure of one arm: its mean over replications with a 95 % interval."""
        runs = played(scenario, arm, tuple(settings), replications)
        return stats.mean([figure(run.cases) for run in runs])

    @staticmethod
    def interval(changes: Sequence[float]) -> stats.Difference:
        """Return the mean of some changes, one a replication, with a 95 % interval."""
        return stats.difference(changes, [0.0] * len(changes))

    @staticmethod
    def change(  # noqa: PLR0913, PLR0917 -- what a comparison is made of
        scenario: str,
        arm: str | tuple[str, str],
        figure: Figure,
        before: Sequence[str],
        after: Sequence[str],
        replications: int = 6,
    ) -> stats.Difference:
        """Return by how much a figure changes from one setting to another, paired.

        ``arm``: one arm, or the arm before and the arm after. ``figure``: a function of the table
        of cases (``sim.kpi.measures.TABLE``), such as ``estimators.mean_latency``.
        """
        first, second = (arm, arm) if isinstance(arm, str) else arm
        runs = (
            played(scenario, first, tuple(before), replications),
            played(scenario, second, tuple(after), replications),
        )
        earlier, later = ([figure(run.cases) for run in half] for half in runs)
        return stats.difference(later, earlier)


@pytest.fixture
def shelf() -> Shelf:
    """Return what runs shipped scenarios in small and compares them."""
    return Shelf()


def share(test: Callable[[Any], Any]) -> Figure:
    """Return the share of cases of which a test holds, as a figure."""
    return lambda cases: float(test(cases).mean())


def rises(difference: stats.Difference) -> bool:
    """Whether a figure goes up and the interval says so."""
    return difference.low > 0


def falls(difference: stats.Difference) -> bool:
    """Whether a figure goes down and the interval says so."""
    return difference.high < 0

"""Cases told apart by what they are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.compile.program import GroupSpec, ReportSpec
from sim.experiment.summary import bands, grouped
from sim.kpi.measures import Measures, Reported

TRUTH = ("false", "true")


def told(run: Measures, **attributes: tuple[tuple[str, ...], Sequence[int]]) -> Measures:
    """Return measures that know attributes as (names, values)."""
    groups = tuple(
        GroupSpec(name, n, names) for n, (name, (names, _)) in enumerate(attributes.items())
    )
    values = np.array([values for _, values in attributes.values()], np.int64).T
    none = np.zeros((len(run.cases), 0))
    return replace(
        run, reported=Reported(ReportSpec((), groups, ()), none, values, none.astype(bool))
    )


def numbers(runs: Sequence[Measures]) -> list[list[int]]:
    """Return the numbers of the cases of each replication."""
    return [run.cases["case"].tolist() for run in runs]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (range(1, 9), {"1-2": 2, "3-4": 4, "5-6": 6, "7-8": 8}),
        ([5, 5, 5, 9], {"5": 5, "9": 9}),
        ([1, 1, 1, 1, 1, 2, 30, 30], {"1": 1, "2": 2, "30": 30}),
        ([7], {"7": 7}),
        ([], {}),
    ],
)
def test_bands_hold_about_a_quarter_each(values: Sequence[int], found: dict[str, int]) -> None:
    """They are named by numbers that were seen; ties stay together and make fewer bands."""
    assert bands(np.array(values, np.int64)) == found


def test_cases_stand_under_their_value(replication: Any) -> None:
    """By name, in the order of the values, in every replication."""
    runs = [
        told(replication([("clean", 1)] * 3), card=(TRUTH, [1, 0, 1])),
        told(replication([("clean", 1)] * 2), card=(TRUTH, [1, 1])),
    ]
    card = grouped({"paper": runs})["paper"]["card"]
    assert {value: numbers(part) for value, part in card.items()} == {
        "false": [[1], []],
        "true": [[0, 2], [0, 1]],
    }


def test_bands_are_the_same_in_all_arms(replication: Any) -> None:
    """They are cut where all cases of all arms together are."""
    young = [told(replication([("clean", 1)] * 4), age=((), [20, 21, 22, 23]))]
    old = [told(replication([("clean", 1)] * 4), age=((), [60, 61, 62, 63]))]
    groups = grouped({"young": young, "old": old})
    assert {v: numbers(part) for v, part in groups["young"]["age"].items()} == {
        "20-21": [[0, 1]],
        "22-23": [[2, 3]],
        "60-61": [[]],
        "62-63": [[]],
    }


def test_arms_may_number_their_values_in_different_orders(replication: Any) -> None:
    """A value goes by its name; one that nobody has is left out."""
    one = [told(replication([("clean", 1)] * 2), size=(("small", "huge", "large"), [0, 2]))]
    two = [told(replication([("clean", 1)] * 2), size=(("large",), [0, 0]))]
    groups = grouped({"one": one, "two": two})
    assert {v: numbers(part) for v, part in groups["one"]["size"].items()} == {
        "small": [[0]],
        "large": [[1]],
    }
    assert {v: numbers(part) for v, part in groups["two"]["size"].items()} == {
        "small": [[]],
        "large": [[0, 1]],
    }


def test_without_a_report_there_are_no_groups(replication: Any) -> None:
    """Every arm is there, with nothing in it."""
    assert grouped({"paper": [replication([("clean", 1)])]}) == {"paper": {}}

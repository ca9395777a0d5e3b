"""Cases told apart by an attribute: the measures of each group on their own."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import GroupSpec
from sim.kpi import Measures
from sim.kpi.estimators import Runs
from sim.kpi.visits import Ints

BANDS: Final = 4
"""Numbers tell cases apart in so many bands of about equally many cases."""

Grouped = dict[str, dict[str, list[Measures]]]
"""The measures of each value of each attribute."""


def grouped(arms: Mapping[str, Runs]) -> dict[str, Grouped]:
    """Return the measures of each group of each arm; empty ones where no case of the arm is in it.

    Of the fields only ``cases`` is that of the group. A value that no case of any arm has is left
    out.
    """
    every = list(itertools.chain.from_iterable(arms.values()))
    names = dict.fromkeys(group.name for run in every for group in _groups(run))
    told: dict[str, Grouped] = {arm: {} for arm in arms}
    for name in names:
        spans = _spans(every, name)
        labels = {arm: [_labels(run, name, spans) for run in runs] for arm, runs in arms.items()}
        seen = {str(one) for some in labels.values() for run in some for one in np.unique(run)}
        for arm, runs in arms.items():
            told[arm][name] = {
                value: [_part(run, of == value) for run, of in zip(runs, labels[arm], strict=True)]
                for value in _values(every, name, spans)
                if value in seen
            }
    return told


def bands(numbers: Ints) -> dict[str, int]:
    """Return up to four spans that were seen, such as ``18-34``, each with its highest number."""
    ordered = np.sort(numbers)
    if not len(ordered):
        return {}
    ends = [ordered[math.ceil(len(ordered) * n / BANDS) - 1] for n in range(1, BANDS + 1)]
    highs = np.unique(ends)
    lows = ordered[[0, *np.searchsorted(ordered, highs[:-1], "right")]]
    pairs = zip(lows.tolist(), highs.tolist(), strict=True)
    return {f"{low}" if low == high else f"{low}-{high}": high for low, high in pairs}


def _groups(run: Measures) -> tuple[GroupSpec, ...]:
    return run.reported.report.groups if run.reported is not None else ()


def _column(run: Measures, name: str) -> tuple[GroupSpec, Ints]:
    """Return an attribute and what it is in each case."""
    number = [group.name for group in _groups(run)].index(name)
    assert run.reported is not None  # noqa: S101 -- it has groups
    return _groups(run)[number], run.reported.values[:, number]


def _spans(every: Runs, name: str) -> dict[str, int]:
    """Return the bands of an attribute, the same in all arms; none if its values have names."""
    columns = [_column(run, name) for run in every]
    return bands(np.concatenate([[], *(c for group, c in columns if not group.names)]).astype(int))


def _values(every: Runs, name: str, spans: Mapping[str, int]) -> list[str]:
    named = (value for run in every for value in _column(run, name)[0].names)
    return list(dict.fromkeys((*named, *spans)))


def _labels(run: Measures, name: str, spans: Mapping[str, int]) -> NDArray[Any]:
    """Return what the value of an attribute is called in each case."""
    group, values = _column(run, name)
    if group.names:
        return np.array(group.names)[values]
    return np.array([*spans, ""])[np.searchsorted([*spans.values()], values)]


def _part(run: Measures, here: NDArray[Any]) -> Measures:
    return replace(run, cases=run.cases[here])

"""Mixed adoption: people and firms choose their channel and share the same offices."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import stats
from tests.families.conftest import Shelf, falls, played, rises

HOMES = ("cases.homes.count=120",)
FIRMS = ("cases.filers.count=60",)


def split(  # noqa: PLR0913, PLR0917 -- what a group is looked up by
    scenario: str,
    arm: str,
    settings: tuple[str, ...],
    group: str,
    column: str,
    replications: int = 6,
) -> Any:
    """Return the means of a column for the first value of a group and for the last one.

    ``[replications, 2]``; the values are in the order of the scenario's report.
    """
    rows = []
    for run in played(scenario, arm, settings, replications):
        assert run.reported is not None
        names = [one.name for one in run.reported.report.groups]
        values = run.reported.values[:, names.index(group)]
        last = values.max()
        rows.append([run.cases[column][values == value].mean() for value in (0, last)])
    return np.array(rows)


def test_choosing_helps_those_who_can_choose() -> None:
    """A12, A16: with cards as they are, filing takes card holders less time than the others."""
    without, with_card = split("mixed_adoption", "today", HOMES, "card", "applicant").T
    assert falls(stats.difference(with_card, without))


def test_the_old_are_left_behind() -> None:
    """HR-C2: people of 70 and over bear more hours than those under 35, on paper as many."""
    young, old = split("mixed_adoption", "today", HOMES, "age", "applicant").T
    assert rises(stats.difference(old, young))
    young, old = split("mixed_adoption", "all_paper", HOMES, "age", "applicant").T
    assert not rises(stats.difference(old, young))


def test_where_others_go_online_the_offices_have_more_time(shelf: Shelf) -> None:
    """All share the clerks: from all on paper to people's own choice the offices work less."""
    hours = shelf.estimators.mean("office")
    assert falls(shelf.change("mixed_adoption", ("all_paper", "today"), hours, HOMES, HOMES))
    assert falls(shelf.change("mixed_adoption", ("today", "many_helpers"), hours, HOMES, HOMES))


def test_firms_with_ai_are_done_sooner_than_their_peers() -> None:
    """C9: a third of firms use AI; at the same bureau they wait less, if they may choose."""
    without, with_ai = split("mixed_adoption_firms", "today", FIRMS, "ai_user", "end", 20).T
    chosen = with_ai - without
    without, with_ai = split("mixed_adoption_firms", "all_paper", FIRMS, "ai_user", "end", 20).T
    assert falls(stats.difference(chosen, with_ai - without))


def test_about_a_third_of_firms_use_ai_whatever_their_size() -> None:
    """AI-01: the guesses by size come to the published mean."""
    runs = played("mixed_adoption_firms", "today", ("cases.filers.count=80",), 4)
    shares = []
    for run in runs:
        assert run.reported is not None
        names = [one.name for one in run.reported.report.groups]
        shares.append((run.reported.values[:, names.index("ai_user")] == 1).mean())
    assert abs(np.mean(shares) - 0.346) < 0.06


def test_more_firms_with_ai_shorten_the_mean(shelf: Shelf) -> None:
    """C9, F7: adoption from a third to all."""
    latency = shelf.estimators.mean_latency
    change = shelf.change("mixed_adoption_firms", ("today", "ai_for_all"), latency, FIRMS, FIRMS)
    assert falls(change)

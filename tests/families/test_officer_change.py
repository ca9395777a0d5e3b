"""Family 1: what moves the officer change."""

from __future__ import annotations

from tests.families.conftest import Shelf, falls, rises

SMALL = ("cases.filers.count=40",)


def test_without_the_feed_the_news_takes_longer(shelf: Shelf) -> None:
    """A1: from a registry that tells everybody at once to one that tells nobody."""
    told, untold = (*SMALL, "registry_feed=real_time"), (*SMALL, "registry_feed=none")
    latency = shelf.figures.mean_latency
    assert rises(shelf.change("officer_change", "agentic", latency, told, untold))


def test_more_portals_that_join_leave_fewer_behind(shelf: Shelf) -> None:
    """A1: portals that subscribe need not be told one by one."""
    few, all_ = (*SMALL, "portal_adoption=0%"), (*SMALL, "portal_adoption=100%")
    latency = shelf.figures.mean_latency
    assert falls(shelf.change("officer_change", "agentic", latency, few, all_))

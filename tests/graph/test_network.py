"""Problems that several worlds share are told once."""

from __future__ import annotations

from sim.errors import Problem
from sim.graph.network import gathered


def lacking(key: str, name: str, channel: str, line: int = 1) -> Problem:
    """Return a problem with a document in one channel."""
    return Problem(key, {"name": name, "channel": channel}, "a.yaml", line, 1, "x")


def test_the_same_mistake_in_several_channels_is_one_problem_that_names_them() -> None:
    """The message lists the channels in the order in which they were met."""
    one, other = "analog", "agentic"
    (told,) = gathered([lacking("nobody_gives", "map", one), lacking("nobody_gives", "map", other)])
    assert told.values == {"name": "map", "channel": "analog, agentic"}


def test_different_mistakes_stay_apart() -> None:
    """Another document or another place is another problem."""
    problems = [
        lacking("nobody_gives", "map", "analog"),
        lacking("nobody_gives", "photo", "analog"),
        lacking("nobody_gives", "map", "analog", line=2),
    ]
    assert gathered(problems) == problems


def test_a_giver_that_is_not_open_to_all_is_not_told_twice() -> None:
    """That nobody gives its document in another channel follows from the same mistake."""
    unsure = Problem("giver_not_sure", {"name": "map", "step": "draw"}, "a.yaml", 3, 1, "x")
    assert gathered([lacking("nobody_gives", "map", "analog"), unsure]) == [unsure]


def test_steps_that_wait_for_each_other_are_told_once_whichever_way_round_they_are_met() -> None:
    """Channels may find different circles through one step."""
    circles = [Problem("cycle", {"path": path}, "a.yaml", 2, 1, "x") for path in ("a → b", "a → c")]
    assert gathered(circles) == circles[:1]

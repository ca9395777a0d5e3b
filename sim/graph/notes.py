"""Problems as they are found while a world is read, each told once with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import Place
from sim.study.loader import World


class Notes:
    """The problems of a world found up to now."""

    def __init__(self, world: World, problems: Iterable[Problem] = ()) -> None:
        """Go on from some ``problems`` found before."""
        self.world = world
        self.problems: list[Problem] = []
        self.note(problems)

    def note(self, problems: Iterable[Problem]) -> None:
        """Note problems, each once."""
        for problem in problems:
            if problem not in self.problems:
                self.problems.append(problem)

    def say(self, place: Place, key: str, *below: str | int, **values: Any) -> None:
        """Note a problem ``below`` a place."""
        kind, name, path = place
        self.note([self.world.problem(kind, name, (*path, *below), key, **values)])

    def unknown(
        self, place: Place, what: str, name: str, known: Iterable[str], **values: Any
    ) -> None:
        """Note a name that nobody declares. ``on`` in ``values``: whether it is a key."""
        self.say(place, f"unknown_{what}", name=name, guess=nearest(name, known), **values)


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise InvalidInput if there is any problem."""
    found = list(problems)
    if found:
        raise InvalidInput(found)

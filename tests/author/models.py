"""Random models: by a plain die, or by one that can be made small; with any of the mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from random import Random
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.author import offices, people, studies
from tests.author.crowded import Crowded
from tests.author.plain import Author
from tests.author.rules import Die
from tests.author.written import Written

MECHANISMS: Final[dict[str, Callable[[Die, Written], None]]] = {
    "knows": people.knows,
    "skills": people.skills,
    "calls": offices.calls,
    "sites": offices.sites,
    "loads": offices.loads,
    "outages": offices.outages,
    "traits": people.traits,
    "levers": studies.levers,
    "indicators": studies.indicators,
    "sessions": people.sessions,
    "prices": people.prices,
    "casts": studies.casts,
}
"""What may be added to a model, in this order; any of it goes with any other."""

SHARE: Final = 42
"""In so many per cent of models each mechanism is added."""


def thrown(number: int) -> Written:
    """Return the plain model of a number; every other one is crowded with what happens seldom."""
    die = Random(number)  # noqa: S311 -- a die, no secret
    return (Crowded if number % 2 else Author)(die.randrange).written()


def whole(number: int) -> Written:
    """Return the plain model of a number with some of the mechanisms."""
    die = _other(number)
    return with_some(thrown(number), die, [name for name in MECHANISMS if die.likely(SHARE)])


def having(number: int, *names: str) -> Written:
    """Return the plain model of a number with these mechanisms and no other."""
    return with_some(thrown(number), _other(number), names)


def _other(number: int) -> Die:
    return Die(Random(-1 - number).randrange)  # noqa: S311 -- as above


def with_some(written: Written, die: Die, names: Iterable[str]) -> Written:
    """Return a model with some mechanisms, by a die."""
    more = deepcopy(written)
    for name, add in MECHANISMS.items():
        if name in names:
            add(die, more)
    return more


_BELOW: Final = {n: st.integers(0, n - 1) for n in range(2, 101)}


@st.composite
def models(draw: DrawFn) -> Written:
    """Return any model."""
    die = Die(lambda n: draw(_BELOW[n]) if n > 1 else 0)
    written = Author(die.below).written()
    return with_some(written, die, [name for name in MECHANISMS if die.likely(SHARE)])


@st.composite
def plain(draw: DrawFn) -> Written:
    """Return any model without the mechanisms."""
    return Author(lambda n: draw(_BELOW[n]) if n > 1 else 0).written()

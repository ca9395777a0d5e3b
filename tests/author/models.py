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

SHARES: Final = dict.fromkeys(MECHANISMS, 42) | {
    "knows": 54,
    "skills": 48,
    "calls": 50,
    "loads": 65,
    "outages": 44,
    "sessions": 55,
}
"""In so many per cent of models each mechanism is added; in some of them nothing can have it."""


def thrown(number: int) -> Written:
    """Return the plain model of a number; every other one is crowded with what happens seldom."""
    die = Random(number)  # noqa: S311 -- a die, no secret
    return (Crowded if number % 2 else Author)(die.randrange).written()


def whole(number: int) -> Written:
    """Return the plain model of a number with some of the mechanisms."""
    return _with_any(thrown(number), _other(number))


def _with_any(written: Written, die: Die) -> Written:
    return with_some(written, die, [name for name, share in SHARES.items() if die.likely(share)])


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
    return _with_any(Author(die.below).written(), die)


@st.composite
def plain(draw: DrawFn) -> Written:
    """Return any model without the mechanisms."""
    return Author(lambda n: draw(_BELOW[n]) if n > 1 else 0).written()

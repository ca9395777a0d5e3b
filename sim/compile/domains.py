"""What the values of an attribute are, from all the places that define it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.language.attribute import Choice as CategoryShares
from sim.language.attribute import Constant, Table, Value, sorts
from sim.language.domain import AMOUNT, BOOL, Domain


def domain_of(values: Sequence[Value], original: Value | None = None) -> Domain:
    """Return what an attribute's values are, over all the places that define it.

    ``original`` is what it was before anything was overridden. A value does not change whether it
    is an amount, and one name alone is one of those that there were, not all that there are.
    """
    every = [*values, *([original] if original is not None else [])]
    told = [sort for value in (every[-1], *values) for sort in sorted(sorts(value))]
    sort = told[0] if told else "truth"
    if sort != "category":
        return BOOL if sort == "truth" else AMOUNT
    leaves = [leaf for value in every for leaf in _leaves(value)]
    shares = [
        name for leaf in leaves if isinstance(leaf, CategoryShares) for name, _ in leaf.shares
    ]
    before = _named(original) if original is not None else []
    declared = dict.fromkeys((*shares, *before))
    if len(declared) < 2:  # noqa: PLR2004 -- one name leaves nothing to choose from
        declared |= dict.fromkeys(name for value in values for name in _named(value))
    return Domain("category", tuple(declared))


def _named(value: Value) -> list[str]:
    """Return the categories that an attribute may be as a whole."""
    constants = (leaf.value for leaf in _leaves(value) if isinstance(leaf, Constant))
    return [name for name in constants if isinstance(name, str)]


def _leaves(value: Value) -> Iterable[Value]:
    if not isinstance(value, Table):
        yield value
        return
    for _, inner in value.branches:
        yield from _leaves(inner)
    if value.otherwise is not None:
        yield from _leaves(value.otherwise)

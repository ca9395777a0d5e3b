"""What an attribute is: the form in its file declares it, whatever it is set to elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.language.attribute import Choice, Constant, Table, Value, branches, sorts
from sim.language.domain import AMOUNT, BOOL, Domain


def declared(form: Value, values: Sequence[Value]) -> Domain:
    """Return what an attribute can be.

    ``form``: how it is written where it is declared; 0 or 1 alone is a share. ``values``: what it
    is in this world, as overridden and in each stream.
    """
    told = sorted(sorts(form))
    if told[:1] == ["category"]:
        return Domain("category", _names(form, values))
    return AMOUNT if told[:1] == ["number"] else BOOL


def _names(form: Value, values: Sequence[Value]) -> tuple[str, ...]:
    """Return the categories there are: one name alone is one of them, not all."""
    leaves = [leaf for value in (*values, form) for leaf in _leaves(value)]
    shares = (name for leaf in leaves if isinstance(leaf, Choice) for name, _ in leaf.shares)
    names = dict.fromkeys((*shares, *_whole(form)))
    if len(names) < 2:  # noqa: PLR2004 -- one name leaves nothing to choose from
        names |= dict.fromkeys(name for value in values for name in _whole(value))
    return tuple(names)


def _whole(value: Value) -> list[str]:
    """Return the categories that an attribute may be in all cases."""
    constants = (leaf.value for leaf in _leaves(value) if isinstance(leaf, Constant))
    return [name for name in constants if isinstance(name, str)]


def _leaves(value: Value) -> Iterable[Value]:
    if not isinstance(value, Table):
        yield value
        return
    for inner in branches(value):
        yield from _leaves(inner)

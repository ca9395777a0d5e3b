"""Which keys a definition may have and where, so that a misspelt one can be guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from sim.yaml.located import Address


def keys_of(model: type[BaseModel]) -> Callable[[Address], list[str]]:
    """Return a function from an address to the keys that ``model`` allows a mapping there."""

    def known(address: Address) -> list[str]:
        kinds = [model]
        for part in address:
            kinds = [inner for kind in kinds for inner in _inside(kind, part)]
        models = [one for kind in kinds for one in alternatives(kind) if _is_model(one)]
        return [field.alias or name for one in models for name, field in one.model_fields.items()]

    return known


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    """Yield the kinds of value that may stand under ``part`` in a value of ``kind``."""
    for one in alternatives(kind):
        if _is_model(one):
            fields = one.model_fields.items()
            yield from (field.annotation for name, field in fields if part in {name, field.alias})
        elif get_origin(one) is dict:
            yield get_args(one)[1]
        elif get_origin(one) in {list, tuple}:
            yield from get_args(one)


def alternatives(kind: Any) -> Iterator[Any]:
    """Yield the kinds of value that an annotation allows, one by one."""
    if get_origin(kind) is Annotated:
        yield from alternatives(get_args(kind)[0])
    elif get_origin(kind) in {Union, UnionType}:
        yield from (one for branch in get_args(kind) for one in alternatives(branch))
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)

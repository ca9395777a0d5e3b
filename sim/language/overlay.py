"""Overlays: what one mapping says on top of another, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

from pydantic import model_validator

from sim.language.amounts import wrong
from sim.language.base import Strict
from sim.language.json_schema import Shape, either

NONE: Final = "none"
"""What a key says to take away what stands beneath it."""

MAPPINGS: Final = ("again", "makes", "finds", "burden")
"""Keys that hold entries by name and are laid over each other entry by entry."""


class Overlay(Strict):
    """A mapping that may lie over another; a key that is None is taken away."""

    whole: ClassVar[frozenset[str]] = frozenset()
    """Fields that lie over nothing, in which ``none`` has no meaning."""

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, raw: Any) -> Any:
        return laid(raw, cls.whole)

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """Every field may be taken away, and so may the entries of those that have some."""
        fields = mapping["properties"]
        told = {k: v if k in cls.whole else _or_none(v) for k, v in fields.items()}
        return mapping | {"properties": told} | ({} if cls.whole else {"minProperties": 1})

    @cached_property
    def said(self) -> dict[str, Any]:
        """What is written here and may lie over something, by field."""
        fields = (name for name in type(self).model_fields if name not in self.whole)
        return {name: getattr(self, name) for name in fields if name in self.model_fields_set}


def laid(raw: Any, whole: frozenset[str] = frozenset()) -> Any:
    """Return a raw mapping with None for ``none``; what says nothing is refused."""
    if not isinstance(raw, dict):
        return raw
    for key, value in raw.items():
        if value is None:
            raise wrong("value.nothing", (key,))
        if value == {} and key in MAPPINGS:
            raise wrong("overlay_empty", (key,), on="key", name=key)
    return {k: None if v == NONE and k not in whole else v for k, v in raw.items()}


def _or_none(field: Shape) -> Shape:
    nothing: Shape = {"const": NONE}
    entry = field.get("additionalProperties")
    if isinstance(entry, dict):
        field = field | {"additionalProperties": either(nothing, mapping=entry), "minProperties": 1}
    return either(nothing, mapping=field)


def overlaid(base: Any, over: Any) -> Any:
    """Return what counts of ``base`` with ``over`` on top.

    Of two mappings it is key by key what ``over`` says, and where it says nothing ``base``. What
    is no mapping of names (an amount, a list, a condition) is one thing and replaced as a whole.
    """
    if isinstance(over, Overlay):
        return type(over).model_construct(**overlaid(entries(base), over.said))
    if isinstance(over, Mapping):
        beneath = entries(base)
        both = beneath | {key: overlaid(beneath.get(key), value) for key, value in over.items()}
        return {key: value for key, value in both.items() if value is not None}
    return over


def entries(value: Any) -> dict[str, Any]:
    """Return what a layer says by name; what is no mapping of names says nothing."""
    if isinstance(value, Overlay):
        return value.said
    return dict(value) if isinstance(value, Mapping) else {}


def removals(
    over: Mapping[str, Any], base: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the path of each key that ``over`` takes away, and whether ``base`` has it."""
    for key, value in over.items():
        beneath = base.get(key)
        if value is None:
            yield (key,), beneath is not None
        else:
            for path, there in removals(entries(value), entries(beneath)):
                yield (key, *path), there

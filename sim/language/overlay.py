"""Layers: mappings that lie over one another key by key, for all channels and in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, reduce
from typing import Any, ClassVar, Final, Self

from pydantic import model_validator

from sim.language.amounts import wrong
from sim.language.base import CHANNELS, Channel, Strict
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


_Layer = tuple[tuple[str, ...], Overlay]
"""What counts in a channel, and below which keys it is written."""


class Layered(Overlay):
    """What may be said for all channels and in the block of each, at first and ``again``."""

    nothing: ClassVar[str] = "block_says_nothing"
    """What is told of a block that says nothing."""

    @model_validator(mode="before")
    @classmethod
    def _empty_block(cls, raw: Any) -> Any:
        for channel in CHANNELS if isinstance(raw, dict) else ():
            block = raw.get(channel, "")
            if block in ({}, NONE):
                raise wrong(cls.nothing, (channel,), on="key", channel=channel)
            if not isinstance(block, dict | str):
                raise wrong("block_not_mapping", (channel,), channel=channel)
        return raw

    @model_validator(mode="after")
    def _blocks_end(self) -> Self:
        for channel in CHANNELS:
            seen: list[str] = [channel]
            while isinstance(block := getattr(self, seen[-1]), str):
                if block in seen:
                    path = " → ".join((*seen, block))
                    raise wrong("blocks_in_circle", (channel,), channel=channel, path=path)
                seen.append(block)
        return self

    @model_validator(mode="after")
    def _none_takes_something_away(self) -> Self:
        vain: dict[tuple[str, ...], bool] = {}
        for channel in CHANNELS:
            beneath: dict[str, Any] = {}
            for prefix, layer in self._layers(channel, later=True):
                said = {k: v for k, v in layer.said.items() if k != "again" or v is None}
                for path, there in removals(said, beneath):
                    at = (*prefix, *path)
                    vain[at] = vain.get(at, True) and not (there or self.beneath(channel, path))
                beneath = overlaid(beneath, layer.said)
        for at in (at for at, idle in vain.items() if idle):
            raise wrong("none_in_vain", tuple("if" if key == "if_" else key for key in at))
        return self

    def beneath(self, channel: Channel, path: tuple[str, ...]) -> bool:  # noqa: ARG002 -- in some
        """Whether something that is said elsewhere may stand beneath what is written here."""
        return False

    def _layers(self, channel: Channel, *, later: bool) -> list[_Layer]:
        """Return what counts in ``channel``, each layer over those before it."""
        source, block = self._source(channel)
        first: list[_Layer] = [((), self)]
        if block is not None:
            first.append(((source,), block))
        agains: list[_Layer] = []
        for prefix, layer in first if later else ():
            again = getattr(layer, "again")  # noqa: B009 -- every layer has one
            if again is not None:
                agains.append(((*prefix, "again"), again))
            elif "again" in layer.model_fields_set:
                agains = []
        return [*first, *agains]

    def _source(self, channel: Channel) -> tuple[Channel, Overlay | None]:
        """Return the block that counts in ``channel``, and the channel it is written under."""
        block = getattr(self, channel)
        while isinstance(block, str):
            channel, block = block, getattr(self, block)  # type: ignore[assignment]  # a Channel
        return channel, block

    def written(
        self, channel: Channel, field: str, *below: str | int, later: bool = False
    ) -> tuple[str | int, ...]:
        """Return where below here stands what ``below`` a field counts in ``channel``.

        That is in the highest layer that says it. ``later``: from the second visit on.
        """
        known = type(self).model_fields.get(field)  # what only `again` says is none of its own
        name = (known and known.alias) or field
        says = [one for one in self._layers(channel, later=later) if field in one[1].said]
        exact = [one for one in says if _says(getattr(one[1], field), below)]
        prefix, _ = (exact or says or [((), self)])[-1]
        return (*prefix, name, *below)

    def laid(
        self, channel: Channel, under: Mapping[str, Any] | None = None, *, later: bool = False
    ) -> dict[str, Any]:
        """Return by field what counts in ``channel``, over what stands ``under`` all of it."""
        layers = (one.said for _, one in self._layers(channel, later=later))
        return reduce(overlaid, layers, dict(under or {}))

    def changes(self, channel: Channel) -> bool:
        """Whether a later visit differs from the first."""
        return len(self._layers(channel, later=True)) > len(self._layers(channel, later=False))


def _says(value: Any, below: tuple[str | int, ...]) -> bool:
    """Whether what is ``below`` a value is among its entries, or the value is one thing."""
    named = isinstance(value, dict | Overlay)
    return not named or not below or below[0] in entries(value)

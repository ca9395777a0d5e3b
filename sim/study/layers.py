"""Where in a step, as it is written, stands what counts for the work of one actor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.language.base import CHANNELS
from sim.yaml.located import Address


def done_by(actor: str, step: Any, inside: Address) -> list[Address]:
    """Return the addresses, from a step on, at which ``inside`` counts where an actor does it.

    What the channels of others have in common with those of the actor is set for the actor's alone.
    """
    if not isinstance(step, Mapping):
        return []
    mine = [channel for channel in CHANNELS if _names(actor, _counts(step, channel, "by"))]
    if inside[0] in CHANNELS:
        return [inside] if mine else []
    common = [c for c in CHANNELS if inside[0] not in _block(step, c)]
    alone = set(common) <= set(mine)
    places = [inside if c in common and alone else (c, *inside) for c in mine]
    return list(dict.fromkeys(places))


def _block(step: Mapping[str, Any], channel: str) -> Mapping[str, Any]:
    """Return the block of a channel, or the one that it copies."""
    block = step.get(channel)
    for _ in CHANNELS:
        block = step.get(block) if isinstance(block, str) else block
    return block if isinstance(block, Mapping) else {}


def _counts(step: Mapping[str, Any], channel: str, key: str) -> Any:
    return _block(step, channel).get(key, step.get(key))


def _names(actor: str, by: Any) -> bool:
    return actor in by if isinstance(by, list) else actor == by

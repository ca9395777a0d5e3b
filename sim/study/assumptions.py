"""Assumptions: the numbers of a world that have a range, and how each is set to an end of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import getitem
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from sim.language import quantity
from sim.language.amounts import MEASURES, UNITS, Kind, number, plain
from sim.language.quantity import NOTES, Random, leaves, parse, typical
from sim.study.loader import World
from sim.study.parameters import as_text, in_force
from sim.yaml.located import Address, written

_KINDS: Final[tuple[Kind, ...]] = ("duration", "share", "number")
_BEFORE: Final = {"agent": "agents.", "procedure": "", "scenario": None}
"""What stands before the name of a definition in the path of an override."""


@dataclass(frozen=True)
class Assumption:
    """A number with a range, in force in some ``arms``.

    ``path`` is that of an override; ``value`` and ``range`` are as written; ``ends`` is what to put
    at the path for each end of the range.
    """

    path: str
    arms: tuple[str, ...]
    value: str
    range: tuple[str, str]
    source: str | None
    ends: tuple[Any, Any]


def assumptions(worlds: Sequence[World]) -> list[Assumption]:
    """Return every number with a range in some arms; one that differs between them is several."""
    found: dict[tuple[str, str], Assumption] = {}
    for world in worlds:
        models: list[tuple[str, str, BaseModel]] = [
            *(("procedure", name, model) for name, model in world.procedures.items()),
            *(("agent", name, model) for name, model in world.agents.items()),
            ("scenario", world.scenario.scenario, world.scenario),
        ]
        for kind, name, model in models:
            data = world.drafts[kind, name].data
            for path, note in in_force(model):
                if note.range is None:
                    continue
                address = _address(data, path)
                raw = reduce(getitem, address, data)
                spot = _path(kind, name, address)
                known = found.get((spot, repr(raw)))
                arms = (*(known.arms if known else ()), world.arm)
                low, high = (_moved(raw, plain(end)) for end in note.range)
                found[spot, repr(raw)] = Assumption(
                    spot, arms, as_text(raw), note.range, note.source, (low, high)
                )
    return list(found.values())


def _address(data: Any, path: Address) -> Address:
    """Return where a number stands, below the name of the action if it belongs to one."""
    address, _ = written(data, path)
    raw = reduce(getitem, address, data)
    if address[-1:] == ("then",) and isinstance(raw, Mapping):
        return (*address, next(iter(raw)), path[-1])
    return address


def _path(kind: str, name: str, address: Address) -> str:
    before = _BEFORE[kind]
    return ".".join(map(str, address if before is None else (before + name, *address)))


def _moved(raw: Any, end: float | str) -> Any:
    """Return ``raw`` with its typical value at ``end``: a plain number is that number itself."""
    if not isinstance(raw, Mapping) or "value" in raw:
        return end
    written = {key: value for key, value in raw.items() if key not in NOTES}
    learned = "first" in raw
    for kind in _KINDS:
        try:
            target, _ = number(end, kind)
            read = parse({quantity.NAME: raw} if learned else written, kind)
        except PydanticCustomError:
            continue
        if not target or not typical(read):
            return end
        (_, one), *_ = leaves(read)
        told = partial(_told, kind=kind, business=one.business)
        if isinstance(one, Random):
            return one.distribution.scaled(target).written(told)
        return quantity.scaled(raw, target, MEASURES[kind], told)
    return end


def _told(value: float, kind: Kind, *, business: bool) -> float | str:
    """Return an amount in base units as it is written in a file."""
    if kind != "duration":
        return value
    unit = "bd" if business else "s"
    return f"{math.floor(value / UNITS[unit] * 1e6 + 0.5) / 1e6:f}{unit}"

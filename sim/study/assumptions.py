"""Assumptions: the numbers of a world that have a range, and how each is set to an end of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import getitem
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from sim.language.amounts import MEASURES, UNITS, Kind, plain
from sim.language.quantity import NAME, NOTES, Random, leaves, parse, scaled, typical
from sim.study.edits import Draft
from sim.study.loader import World
from sim.study.overrides import amounts_of
from sim.study.parameters import as_text, in_force
from sim.yaml.located import Address, written


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
        models: list[tuple[Address, Draft, BaseModel]] = [
            *(((n,), world.drafts["procedure", n], m) for n, m in world.procedures.items()),
            *((("agents", n), world.drafts["agent", n], m) for n, m in world.agents.items()),
            ((), world.drafts["scenario", world.scenario.scenario], world.scenario),
        ]
        for above, draft, model in models:
            for path, note in in_force(model):
                if note.range is None:
                    continue
                address = _address(draft.data, path)
                raw = reduce(getitem, address, draft.data)
                spot = ".".join(map(str, (*above, *address)))
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


def _moved(raw: Any, end: float | str) -> Any:
    """Return ``raw`` with its typical value at ``end``: a plain number is that number itself."""
    if not isinstance(raw, Mapping) or "value" in raw:
        return end
    written = {key: value for key, value in raw.items() if key not in NOTES}
    learned = "first" in raw
    for kind, target in amounts_of(end):
        try:
            read = parse({NAME: raw} if learned else written, kind)
        except PydanticCustomError:
            continue
        if not target or not typical(read):
            return end
        (_, one), *_ = leaves(read)
        told = partial(_told, kind=kind, business=one.business)
        if isinstance(one, Random):
            return one.distribution.scaled(target).written(told)
        return scaled(raw, target, MEASURES[kind], told)
    return end


def _told(value: float, kind: Kind, *, business: bool) -> float | str:
    """Return an amount in base units as it is written in a file."""
    if kind != "duration":
        return value
    unit = "bd" if business else "s"
    return f"{math.floor(value / UNITS[unit] * 1e6 + 0.5) / 1e6:f}{unit}"

"""Assumptions: the numbers of a world that have a range, and how each is set to an end of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from sim.language.measure import Kind
from sim.language.quantity import UNITS, Distribution, Lookup, number, parse, typical
from sim.study.loader import World
from sim.study.parameters import as_text, in_force
from sim.yaml.located import Address, written

_KINDS: Final[tuple[Kind, ...]] = ("duration", "share", "number")
_PURE: Final = ("sigma", "cv")
"""Parameters of a law that have no unit and do not move with it."""

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
                low, high = (_moved(raw, _plain(end)) for end in note.range)
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


def _plain(text: str) -> float | int | str:
    """Read an end of a range as YAML does."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _moved(raw: Any, end: float | str) -> Any:
    """Return ``raw`` with its typical value at ``end``: a plain number is that number itself."""
    if isinstance(raw, Mapping) and "first" in raw:
        inner = _moved_law({"learning": dict(raw)}, end)
        return inner["learning"] if isinstance(inner, dict) else end
    return end if not isinstance(raw, Mapping) or "value" in raw else _moved_law(raw, end)


def _moved_law(raw: Mapping[str, Any], end: float | str) -> Any:
    """Scale all amounts of a law alike; the odds, if it is one of shares around a median."""
    law = {key: value for key, value in raw.items() if key not in ("source", "range")}
    for kind in _KINDS:
        try:
            read, (target, _) = parse(law, kind), number(end, kind)
        except PydanticCustomError:
            continue
        if isinstance(read, Lookup):
            return _learned(law["learning"], read, target, kind)
        assert isinstance(read, Distribution)  # noqa: S101 -- neither a plain number nor a lookup
        old = typical(read)
        return _scaled(read, target, kind) if target and old else end
    return end


def _learned(raw: Mapping[str, Any], read: Lookup, target: float, kind: Kind) -> Any:
    if not target:
        return 0
    (_, first), (_, floor) = read.branches[0], read.branches[-1]
    factor = target / typical(first) if typical(first) else 1
    days = getattr(first, "business", False)
    ends = {"first": target, "floor": typical(floor) * factor}
    return {"learning": dict(raw) | {k: _written(v, kind, business=days) for k, v in ends.items()}}


def _scaled(law: Distribution, target: float, kind: Kind) -> dict[str, Any]:
    old = typical(law)
    values = {}
    for name, value in law.parameters:
        moved = value * target / old
        if law.name == "logitnormal" and 0 < target < 1:
            moved = _share(_odds(value) * _odds(target) / _odds(old))
        pure = name in _PURE
        values[name] = value if pure else _written(moved, kind, business=law.business)
    if law.name in {"uniform", "triangular"}:
        return {law.name: list(values.values())}
    short = {"p90", "p10"} & values.keys()
    return values if short else {law.name: values}


def _odds(share: float) -> float:
    return share / (1 - share)


def _share(odds: float) -> float:
    return odds / (1 + odds)


def _written(value: float, kind: Kind, *, business: bool) -> float | str:
    """Return an amount in base units as it is written in a file."""
    if kind != "duration":
        return value
    unit = "bd" if business else "s"
    return f"{math.floor(value / UNITS[unit] * 1e6 + 0.5) / 1e6:f}{unit}"

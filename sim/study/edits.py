"""Drafts: definitions as they are written, in which patches reach any field before validation."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sim.errors import InvalidInput, Problem, nearest
from sim.language.amounts import Comparison
from sim.language.base import CHANNELS
from sim.language.overlay import MAPPINGS, NONE
from sim.yaml.explain import explain
from sim.yaml.located import Address, written
from sim.yaml.source import Located

M = TypeVar("M", bound=BaseModel)

_BLOCKS: Final = (*CHANNELS, "again", "makes", "finds", "burden", "attributes", "locker", "levers")
"""Mappings that a patch may add where there are none yet."""

_NAMED: Final = (
    *("steps", "documents", "defects", "actors", "lists", "cases", "rules", "skills", "levers"),
)
"""Mappings of names: a patch may change an entry but not invent one."""

_SPARE: Final = frozenset(
    [
        "sessions",
        "knows",
        "price",
        "paid_by",
        "overconfidence",
        "hourly",
        "load",
        "valid",
        "lapsed",
        "left_out",
        "slip",
    ]
)
"""What an agent, an actor or a document need not have, by keys in which ``none`` is no value."""

_DOTTED: Final = re.compile(r"['\"]?([^\s:='\"]+)")
"""A patch's path as it is written, perhaps in quotation marks."""


@dataclass(frozen=True)
class Origin:
    """Where a patched value was written: a place in a file or on the command line."""

    located: Located
    path: Address

    def problem(self, key: str, /, **values: Any) -> Problem:
        """Return a problem at this place."""
        return self.located.problem(self.path, key, **values)

    def problem_in_path(self, back: int, key: str, /, **values: Any) -> Problem:
        """Return a problem at a name in the patch's own path, the last one for ``back`` 1."""
        problem = self.problem(key, on="key", **values)
        path = _DOTTED.match(problem.excerpt or "", (problem.column or 1) - 1)
        before = ".".join(path[1].split(".")[:-back]) if path is not None else ""
        if path is None or not before:
            return problem
        return replace(problem, column=path.start(1) + len(before) + 2)


@dataclass
class Draft:
    """A definition being patched; problems in patched values point at the patch."""

    located: Located
    data: Any
    patched: dict[Address, Origin] = field(default_factory=dict)

    @classmethod
    def of(cls, located: Located) -> Draft:
        """Start with a copy of what was written."""
        return cls(located, copy.deepcopy(located.data))

    def copied(self) -> Draft:
        """Return a copy that can be patched on its own."""
        return Draft(self.located, copy.deepcopy(self.data), dict(self.patched))

    @property
    def file(self) -> str:
        """Name of the file this definition was read from."""
        return self.located.file

    def problem(self, path: Address, key: str, /, **values: Any) -> Problem:
        """Return a problem at ``path``: in the patch that put it there, or in the file."""
        address, complete = written(self.data, path)
        if not complete:
            values["on"] = "key"
        for length in range(len(address), 0, -1):
            origin = self.patched.get(address[:length])
            if origin is not None and length == len(address) and values.get("on") == "key":
                del values["on"]
                return origin.problem_in_path(1, key, **values)
            if origin is not None:
                return origin.located.problem((*origin.path, *address[length:]), key, **values)
        return self.located.problem(address, key, **values)

    def set(self, path: Address, value: Any, origin: Origin) -> Address:
        """Put ``value`` at ``path`` and return where that is in the data.

        Raises InvalidInput, at the patch, if it leads nowhere.
        """
        place = self.data
        done: Address = ()
        for segment in path[:-1]:
            key = _key(place, segment)
            if key is None:
                if not isinstance(place, dict) or segment not in _BLOCKS:
                    raise _no_place(place, path, len(done), origin)
                place[segment] = {}
                key = segment
            self._expand(place, key, done)
            place, done = place[key], (*done, key)
        at = _put(place, path, value, origin)
        self.patched[*done, at] = origin
        return (*done, at)

    def _expand(self, place: Any, key: str | int, above: Address) -> None:
        """Write a short form out where a patch goes below it."""
        value = place[key]
        if not isinstance(value, str):
            return
        if above and above[-1] == "actors":
            place[key] = {"agent": value}
        elif key in CHANNELS and value in CHANNELS:
            place[key] = copy.deepcopy(place.get(value) or {})


def _put(place: Any, path: Address, value: Any, origin: Origin) -> str | int:
    """Put ``value`` into the mapping or list ``place`` under the last name of ``path``."""
    *above, last = path
    key = _key(place, last)
    taken = value == NONE and _may_be_taken(path)
    invents = isinstance(place, dict) and not taken and not (above and above[-1] in _NAMED)
    if key is None and not invents:
        raise _no_place(place, path, len(above), origin)
    at = last if key is None else key
    if taken:
        del place[at]
    else:
        place[at] = _keeping_comparison(None if key is None else place[at], value)
    return at


def _key(place: Any, segment: str | int) -> str | int | None:
    """Return the key or index that ``segment`` names in ``place``; a list item by its document."""
    if isinstance(place, dict):
        return segment if segment in place else None
    items = place if isinstance(place, list) else ()
    found = (i for i, x in enumerate(items) if named(x) == segment or str(i) == str(segment))
    return next(found, None)


def named(item: Any) -> Any:
    """Return what an item of a list is called: by its document or actor, if it is a mapping."""
    return item.get("document", item.get("actor")) if isinstance(item, dict) else item


def _may_be_taken(path: Address) -> bool:
    """Whether ``path`` leads to what a step or a skill, or a part of something else, may lack."""
    if path[-1] in _SPARE:
        return len(path) == 1 or (path[0] in {"documents", "actors"} and len(path) == 3)  # noqa: PLR2004 -- a field
    inside = [part for part in path[2:] if part not in (*CHANNELS, "again")]
    named = inside[:1] if inside[:1] and inside[0] in MAPPINGS else []
    return path[0] in {"steps", "skills"} and len(path) > 2 and len(inside) <= 1 + len(named)  # noqa: PLR2004 -- below a step


def _keeping_comparison(old: Any, new: Any) -> Any:
    """Keep ``<`` and its like when the number behind it is replaced."""
    if isinstance(new, dict):
        return new
    if isinstance(old, dict) and isinstance(old.get("value"), str):
        kept = _keeping_comparison(old["value"], new)
        return new if kept is new else {"value": kept}
    was = Comparison.read(old)
    return f"{was.sign} {new}" if was.compares and not Comparison.read(new).compares else new


def _no_place(place: Any, path: Address, depth: int, origin: Origin) -> InvalidInput:
    """Return the error of a ``path`` whose name at ``depth`` is not in ``place``."""
    name = str(path[depth])
    known = [named(item) for item in (place if isinstance(place, dict | list) else ())]
    guess = nearest(name, [one for one in known if isinstance(one, str)])
    above = ".".join(map(str, path[:depth]))
    key = "patch_no_place" if above else "patch_no_field"
    values = {"name": name, "guess": guess} | ({"above": above} if above else {})
    return InvalidInput([origin.problem_in_path(len(path) - depth, key, **values)])


def read_as(kind: type[M], draft: Draft | Located, raw: Any, above: Address = ()) -> M:
    """Return a definition from what is written in a draft, at ``above``. Raises InvalidInput."""
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput(explain(draft, error, kind, above=above)) from None


def mapping(raw: Any, key: str) -> Mapping[str, Any]:
    """Return what stands under a key of what was written, if it is a mapping."""
    inner = raw.get(key) if isinstance(raw, dict) else None
    return inner if isinstance(inner, dict) else {}


def done_by(actor: str, step: Any, inside: Address) -> list[Address]:
    """Return the addresses, from a step on, at which ``inside`` counts where an actor does it.

    What the channels of others have in common with those of the actor is set for the actor's alone.
    """
    if not isinstance(step, Mapping):
        return []
    blocks = {channel: _block(step, channel) for channel in CHANNELS}
    doing = {channel: block.get("by", step.get("by")) for channel, block in blocks.items()}
    mine = [c for c, by in doing.items() if actor in (by if isinstance(by, list) else [by])]
    if inside[0] in CHANNELS:
        return [inside] if mine else []
    common = [channel for channel, block in blocks.items() if inside[0] not in block]
    alone = set(common) <= set(mine)
    places = [inside if c in common and alone else (c, *inside) for c in mine]
    return list(dict.fromkeys(places))


def _block(step: Mapping[str, Any], channel: str) -> Mapping[str, Any]:
    """Return the block of a channel, or the one that it copies."""
    block = step.get(channel)
    for _ in CHANNELS:
        block = step.get(block) if isinstance(block, str) else block
    return block if isinstance(block, Mapping) else {}

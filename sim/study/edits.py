"""Patches: how overrides, levers and ``--set`` reach any field before it is validated.

MERGED: Where in a step, as it is written, stands what counts for the work of one actor.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim.errors import InvalidInput, Problem, nearest
from sim.language.amounts import Comparison
from sim.language.base import CHANNELS
from sim.language.step import MAPPINGS, NONE
from sim.yaml.located import Address, written
from sim.yaml.source import Located

Path = tuple[str | int, ...]

_BLOCKS: Final = (*CHANNELS, "again", "makes", "finds", "burden", "attributes", "locker", "levers")
"""Mappings that a patch may add where there are none yet."""

_NAMED: Final = ("steps", "documents", "defects", "actors", "lists", "cases", "rules", "levers")
"""Mappings of names: a patch may change an entry but not invent one."""

_DOTTED: Final = re.compile(r"['\"]?([^\s:='\"]+)")
"""A patch's path as it is written, perhaps in quotation marks."""


@dataclass(frozen=True)
class Origin:
    """Where a patched value was written: a place in a file or on the command line."""

    located: Located
    path: Path

    def problem(self, key: str, /, **values: Any) -> Problem:
        """Return a problem at this place."""
        return self.located.problem(self.path, key, **values)

    def problem_in_path(self, back: int, key: str, /, **values: Any) -> Problem:
        """Return a problem at a name in the patch's own path, the last one for ``back`` 1."""
        problem = self.problem(key, on="key", **values)
        column = (problem.column or 1) - 1
        path = _DOTTED.match(problem.excerpt or "", column)
        names = path[1].split(".") if path is not None else []
        if path is None or not 1 <= back < len(names):
            return problem
        before = ".".join(names[: len(names) - back])
        return replace(problem, column=path.start(1) + len(before) + 2)


@dataclass
class Draft:
    """A definition being patched; problems in patched values point at the patch."""

    located: Located
    data: Any
    patched: dict[Path, Origin] = field(default_factory=dict)

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

    def problem(self, path: Path, key: str, /, **values: Any) -> Problem:
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

    def set(self, path: Path, value: Any, origin: Origin) -> Path:
        """Put ``value`` at ``path`` and return where that is in the data.

        Raises InvalidInput, at the patch, if it leads nowhere.
        """
        place = self.data
        done: Path = ()
        for segment in path[:-1]:
            key = _key(place, segment)
            if key is None and isinstance(place, dict) and segment in _BLOCKS:
                place[segment] = {}
                key = segment
            if key is None:
                raise _no_place(place, path, len(done), origin)
            self._expand(place, key, done)
            place, done = place[key], (*done, key)
        at = self._put(place, path, value, origin)
        self.patched[*done, at] = origin
        return (*done, at)

    def _expand(self, place: Any, key: str | int, above: Path) -> None:
        """Write a short form out where a patch goes below it."""
        value = place[key]
        if not isinstance(value, str):
            return
        if above and above[-1] == "actors":
            place[key] = {"agent": value}
        elif key in CHANNELS and value in CHANNELS:
            place[key] = copy.deepcopy(place.get(value) or {})

    def _put(self, place: Any, path: Path, value: Any, origin: Origin) -> str | int:
        """Put ``value`` into the mapping or list ``place`` under the last name of ``path``."""
        *above, last = path
        key = _key(place, last)
        invents = isinstance(place, dict) and not (above and above[-1] in _NAMED)
        if key is None and not invents:
            raise _no_place(place, path, len(above), origin)
        at = last if key is None else key
        if value == NONE and _may_be_taken(path):
            if key is None:
                raise _no_place(place, path, len(above), origin)
            del place[at]
            return at
        old = place[at] if key is not None else None
        place[at] = _keeping_comparison(old, value)
        return at


def _key(place: Any, segment: str | int) -> str | int | None:
    """Return the key or index that ``segment`` names in ``place``; a list item by its document."""
    if isinstance(place, dict):
        return segment if segment in place else None
    if isinstance(place, list):
        for i, item in enumerate(place):
            named = item.get("document", item.get("actor")) if isinstance(item, dict) else item
            if named == segment or str(i) == str(segment):
                return i
    return None


def _may_be_taken(path: Path) -> bool:
    """Whether ``path`` leads to a block, a field or an entry of a step that may be taken away."""
    inside = [part for part in path[2:] if part not in (*CHANNELS, "again")]
    named = inside[:1] if inside[:1] and inside[0] in MAPPINGS else []
    return path[0] == "steps" and len(path) > 2 and len(inside) <= 1 + len(named)  # noqa: PLR2004 -- below a step


def _keeping_comparison(old: Any, new: Any) -> Any:
    """Keep ``<`` and its like when the number behind it is replaced."""
    if isinstance(old, dict) and isinstance(old.get("value"), str) and not isinstance(new, dict):
        return {"value": _keeping_comparison(old["value"], new)}
    if isinstance(new, dict) or not _compares(old) or _compares(new):
        return new
    return f"{Comparison.read(old).sign} {new}"


def _compares(raw: Any) -> bool:
    return isinstance(raw, str) and Comparison.read(raw).compares


def _no_place(place: Any, path: Path, depth: int, origin: Origin) -> InvalidInput:
    """Return the error of a ``path`` whose name at ``depth`` is not in ``place``."""
    name = str(path[depth])
    items = place if isinstance(place, dict | list) else ()
    known = [x.get("document", x.get("actor")) if isinstance(x, dict) else x for x in items]
    guess = nearest(name, [one for one in known if isinstance(one, str)])
    above = ".".join(map(str, path[:depth]))
    key = "patch_no_place" if above else "patch_no_field"
    values = {"name": name, "guess": guess} | ({"above": above} if above else {})
    return InvalidInput([origin.problem_in_path(len(path) - depth, key, **values)])


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

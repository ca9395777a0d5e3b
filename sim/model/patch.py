"""Patches: how overrides, levers and ``--set`` reach any field before it is validated."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import InvalidInput, Problem, nearest
from sim.model.base import CHANNELS
from sim.model.source import Located

Path = tuple[str | int, ...]

_BLOCKS: Final = (*CHANNELS, "again", "makes", "finds", "burden", "attributes", "locker", "levers")
"""Mappings that a patch may add where there are none yet."""

_NAMED: Final = ("steps", "documents", "defects", "actors", "lists", "cases", "rules", "levers")
"""Mappings of names: a patch may change an entry but not invent one."""

_COMPARED: Final = re.compile(r"\s*(<=|>=|<|>)\s*")


@dataclass(frozen=True)
class Origin:
    """Where a patched value was written: a place in a file or on the command line."""

    located: Located
    path: Path

    def problem(self, key: str, /, **values: Any) -> Problem:
        """Return a problem at this place."""
        return self.located.problem(self.path, key, **values)


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
        for length in range(len(path), 0, -1):
            origin = self.patched.get(path[:length])
            if origin is not None:
                return origin.located.problem((*origin.path, *path[length:]), key, **values)
        return self.located.problem(path, key, **values)

    def set(self, path: Path, value: Any, origin: Origin) -> None:
        """Put ``value`` at ``path``. Raises InvalidInput, at the patch, if there is no such place."""
        *parents, last = path
        place = self.data
        for depth, segment in enumerate(parents):
            place = self._down(place, segment, tuple(parents[:depth]), origin)
        self._put(place, last, tuple(parents), value, origin)

    def _down(self, place: Any, segment: str | int, above: Path, origin: Origin) -> Any:
        key = _key(place, segment)
        if key is None and isinstance(place, dict) and segment in _BLOCKS:
            place[segment] = {}
            key = segment
        if key is None:
            raise _no_place(place, segment, above, origin)
        self._expand(place, key, above)
        return place[key]

    def _expand(self, place: Any, key: str | int, above: Path) -> None:
        """Write a short form out where a patch goes below it."""
        value = place[key]
        if not isinstance(value, str):
            return
        if above and above[-1] == "actors":
            place[key] = {"agent": value}
        elif key in CHANNELS and value in CHANNELS:
            place[key] = copy.deepcopy(place.get(value) or {})

    def _put(
        self,
        place: Any,
        last: str | int,
        above: Path,
        value: Any,
        origin: Origin,
    ) -> None:
        key = _key(place, last)
        invents = isinstance(place, dict) and not (above and above[-1] in _NAMED)
        if key is None and not invents:
            raise _no_place(place, last, above, origin)
        at = last if key is None else key
        old = place[at] if key is not None else None
        place[at] = _keeping_comparison(old, value)
        self.patched[(*above, at)] = origin


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


def _keeping_comparison(old: Any, new: Any) -> Any:
    """Keep ``<`` and its like when the number behind it is replaced."""
    if isinstance(old, dict) and isinstance(old.get("value"), str) and not isinstance(new, dict):
        return {"value": _keeping_comparison(old["value"], new)}
    match = _COMPARED.match(old) if isinstance(old, str) else None
    if match is None or (isinstance(new, str) and _COMPARED.match(new)) or isinstance(new, dict):
        return new
    return f"{match[1]} {new}"


def _no_place(place: Any, segment: str | int, above: Path, origin: Origin) -> InvalidInput:
    names = [str(key) for key in place] if isinstance(place, dict) else []
    if isinstance(place, list):
        names = [str(x.get("document", x.get("actor"))) for x in place if isinstance(x, dict)]
    return InvalidInput(
        [
            origin.problem(
                "patch_no_place",
                name=str(segment),
                above=".".join(map(str, above)) or "the top",
                guess=nearest(str(segment), names),
            )
        ]
    )

"""What was changed: two definitions compared by what they mean, not by how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from sim.language.base import Condition
from sim.language.scenario import Site
from sim.language.schema import MODELS
from sim.study import loader
from sim.study.edits import named, read_as
from sim.study.loader import Study
from sim.yaml import source
from sim.yaml.located import Address
from sim.yaml.writer import quoted

_MOST: Final = 200
"""Letters of what stood there or stands there now."""

_NOTHING: Final = object()


@dataclass(frozen=True)
class Change:
    """What a study says otherwise: ``path`` as ``--set`` takes it; None: nothing is written there.

    ``kind``: "scenario", "procedure", "agent", or "option" for what the command line sets.
    """

    kind: str
    name: str
    path: str
    before: str | None
    after: str | None


def changes(original: Study, edited: Study) -> tuple[Change, ...]:
    """Return what ``edited`` says otherwise than ``original``, file by file, and what it is set."""
    told: list[Change] = []
    old, new = (_files(study) for study in (original, edited))
    for kind, name in dict.fromkeys((*new, *old)):
        before, after = old.get((kind, name)), new.get((kind, name))
        prefix = {"procedure": (name,), "agent": ("agents", name)}.get(kind, ())
        if before is None or after is None:
            told.append(Change(kind, name, ".".join(prefix), _text(before), _text(after)))
            continue
        if before.data == after.data and repr(before.data) == repr(after.data):
            continue
        one, other = (read_as(MODELS[kind], file, file.data) for file in (before, after))
        for path, raw, raw_now in _walk((one, before.data), (other, after.data), ()):
            where = ".".join(map(str, (*prefix, *path)))
            told.append(Change(kind, name, where, _shown(raw), _shown(raw_now)))
    for option, texts in (
        ("--lever", edited.levers),
        ("--set", edited.sets),
        ("--cast", edited.casts),
    ):
        pairs = (text.partition("=") for text in texts)
        told += [Change("option", option, path, None, value) for path, _, value in pairs]
    return tuple(told)


def _files(study: Study) -> dict[tuple[str, str], source.Located]:
    """Return the files of a study as they were read, the scenario without what was asked of it."""
    written = source.load(Path(study.file)) if study.casts else study.asked.located
    scenario = loader.with_tables(written, study.asked.beside)
    rest = {(kind.removesuffix("s"), name): one for (kind, name), one in study.read.items()}
    return {("scenario", ""): scenario, **rest}


_NEITHER: Final = (_NOTHING, _NOTHING)

_Said = tuple[Any, Any]
"""What is meant, and as it is written; the latter may be nothing."""


def _walk(old: _Said, new: _Said, path: Address) -> Iterator[tuple[Address, Any, Any]]:
    """Yield where two definitions differ, as deep as both go, with what each says there."""
    (meant, raw), (now, raw_now) = old, new
    spread = isinstance(raw, dict) or isinstance(raw_now, dict)
    if spread and _has_parts(meant) and type(meant) is type(now):
        parts, parts_now = _parts(*old), _parts(*new)
        if not isinstance(meant, BaseModel):
            yield from _turned(list(meant), list(now), path)
        for name in dict.fromkeys((*parts, *parts_now)):
            both = parts.get(name, _NEITHER), parts_now.get(name, _NEITHER)
            yield from _walk(*both, (*path, name))
    elif _listed(meant, raw) and _listed(now, raw_now):
        entries, entries_now = _by_name(meant, raw), _by_name(now, raw_now)
        for name in dict.fromkeys((*entries, *entries_now)):
            both = entries.get(name, _NEITHER), entries_now.get(name, _NEITHER)
            yield from _walk(*both, (*path, name))
    elif meant == now and (raw == "none") == (raw_now == "none"):
        return
    elif isinstance(raw, dict) and isinstance(raw_now, dict) and meant is not raw:
        yield from _walk((raw, raw), (raw_now, raw_now), path)
    else:
        yield path, raw, raw_now


def _turned(old: list[Any], new: list[Any], path: Address) -> Iterator[tuple[Address, Any, Any]]:
    """Yield the order of steps or rules, where that is another."""
    if path == ("steps",) or path[:1] == ("rules",):
        pairs = list(zip((n for n in old if n in new), (n for n in new if n in old), strict=True))
        apart = [place for place, (one, other) in enumerate(pairs) if one != other]
        if apart:
            moved = pairs[apart[0] : apart[-1] + 1]
            yield path, [one for one, _ in moved], [other for _, other in moved]


def _has_parts(meant: Any) -> bool:
    return isinstance(meant, BaseModel | Mapping) and not isinstance(meant, Condition | Site)


def _parts(meant: Any, raw: Any) -> dict[str, _Said]:
    """Return the parts of a definition by name; a short form is where it says something."""
    if not isinstance(meant, BaseModel):
        return {name: (one, raw.get(name, _NOTHING)) for name, one in meant.items()}
    told = {}
    for field, info in type(meant).model_fields.items():
        value, name = getattr(meant, field), info.alias or field
        said = value != info.get_default(call_default_factory=True)
        if isinstance(raw, dict):
            told[name] = (value, raw.get(name, _NOTHING))
        else:
            told[name] = (value, raw if said else _NOTHING)
    return told


def _listed(meant: Any, raw: Any) -> bool:
    models = isinstance(meant, tuple) and all(isinstance(one, BaseModel) for one in meant)
    return models and isinstance(raw, list) and len(raw) == len(meant) > 0


def _by_name(meant: Any, raw: Any) -> dict[Any, _Said]:
    """Return the entries of a list by what patches call them: a document, an actor, a number."""
    names = [named(item) for item in raw]
    known = all(isinstance(one, str) for one in names) and len({*names}) == len(names)
    return dict(zip(names if known else range(len(raw)), zip(meant, raw, strict=True), strict=True))


def _shown(raw: Any) -> str | None:
    return None if raw is _NOTHING else quoted(raw, _MOST)


def _text(file: source.Located | None) -> str | None:
    """Return what a file that only one of two studies uses is called."""
    return None if file is None else file.file

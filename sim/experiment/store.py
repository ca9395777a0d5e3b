"""Result folders: written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb

from sim import shelf, signals
from sim.errors import RunFailed, UsageError
from sim.experiment.tables import Chunk, Named

if sys.platform != "win32":
    import fcntl

FORMAT: Final = 1
TABLES: Final = ("cases", "events", "decisions", "defects")
RARE_TABLES: Final = ("comings",)
"""Tables of folders in which they have rows."""
MANIFEST: Final = "manifest.json"
FILES: Final = (shelf.SCENARIO, "kpi.json", *(f"{name}.parquet" for name in TABLES))
"""What every folder holds beside its manifest, and beside the YAML that the scenario uses."""

_UNFINISHED: Final = ".part"
_WRITTEN: Final = {
    *(MANIFEST, *FILES, *shelf.KINDS),
    *(f"{name}.parquet" for name in RARE_TABLES),
}
"""What a run may leave that is killed while it writes; nothing else is ever deleted."""


@dataclass(frozen=True)
class Place:
    """A ``folder`` to be, and the hidden one beside it that holds its name and is written to."""

    folder: Path
    part: Path


@contextmanager
def reserved(folder: Path) -> Iterator[Place]:
    """Take the name ``folder`` inside the block; whatever is not saved there is gone after it.

    Raises UsageError if it exists, if another run has taken it, or if it cannot be made.
    """
    if os.path.lexists(folder):
        raise UsageError("store.exists", folder=str(folder))
    if folder.name.startswith(".") and folder.name.endswith(_UNFINISHED):
        raise UsageError("store.name", folder=str(folder), ending=_UNFINISHED)
    place = Place(folder, folder.parent / f".{folder.name}{_UNFINISHED}")
    missing = [parent for parent in folder.parents if not os.path.lexists(parent)]
    with ExitStack() as last:
        with signals.put_off():
            last.callback(_prune, missing)
            hold = last.enter_context(_taken(place))
            clear = partial(_clear, place.part, hold, missing)
            last.callback(clear)
            last.enter_context(signals.lastly(clear))
        yield place


def save(
    place: Place,
    manifest: Mapping[str, Any],
    texts: Mapping[str, str],
    result: Mapping[str, Any],
    tables: Mapping[str, Sequence[Chunk]],
) -> None:
    """Write a result folder under its hidden name and rename it when all is on the disk.

    ``manifest`` gets the format and each file's size and SHA-256 added. ``texts``: YAML by the name
    of its file, among them the scenario. ``tables``: the pieces of each of ``TABLES`` in order, and
    of those of ``RARE_TABLES`` that have any.
    Raises UsageError if the folder has come to exist, and RunFailed if it cannot be written (a full
    disk).
    """
    folder, part = place.folder, place.part
    try:
        for name, text in {**texts, "kpi.json": _json(result)}.items():
            (part / name).parent.mkdir(exist_ok=True)
            (part / name).write_text(text, encoding="utf-8")
        for name, chunks in tables.items():
            _write_table(part / f"{name}.parquet", chunks)
        written = (*FILES, *(f"{name}.parquet" for name in tables), *texts)
        files = {name: _described(part / name) for name in dict.fromkeys(written)}
        whole = {**manifest, "format": FORMAT, "files": files}
        (part / MANIFEST).write_text(_json(whole), encoding="utf-8")
        for path in (*sorted(part.rglob("*")), part):
            _sync(path)
        if os.path.lexists(folder):
            raise UsageError("store.exists", folder=str(folder))
        part.rename(folder)
        _sync(folder.parent)
    except (OSError, duckdb.Error) as error:
        raise RunFailed("store.failed", folder=str(folder), reason=_reason(error)) from error


# -- taking a name -------------------------------------------------------------------------------


@contextmanager
def _taken(place: Place) -> Iterator[int | None]:
    """Make the hidden folder, or take over one that a killed run has left, and give a hold on it.

    The hold ends with the process. Where there is none (Windows), what was left stays taken.
    """
    fresh = _made(place)
    hold = None if sys.platform == "win32" else os.open(place.part, os.O_RDONLY)
    try:
        ours = fresh if hold is None else _held(place.part, hold, fresh)
        left = list(place.part.iterdir())
        if not ours or not {path.name for path in left} <= _WRITTEN:
            raise UsageError("store.running", folder=str(place.folder), part=str(place.part))
        for path in left:
            _remove(path)
        yield hold
    finally:
        if hold is not None:
            os.close(hold)


def _made(place: Place) -> bool:
    """Make the hidden folder; False if it is there already."""
    try:
        place.part.mkdir(parents=True)
    except OSError as error:
        if isinstance(error, FileExistsError) and place.part.is_dir():
            return False
        told = {"folder": str(place.folder), "reason": _reason(error)}
        raise UsageError("store.denied", **told) from None
    return True


def _held(part: Path, hold: int, fresh: bool) -> bool:  # noqa: FBT001 -- the only thing to know
    """Lock an open folder; False if another run has, or has renamed it meanwhile."""
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk without locks
        return fresh
    return _is_same(part, hold)


def _is_same(part: Path, hold: int | None) -> bool:
    """Tell whether ``part`` is still the folder that is held."""
    try:
        return hold is None or os.path.samestat(part.stat(), os.fstat(hold))
    except OSError:
        return False


def _clear(part: Path, hold: int | None, missing: Sequence[Path]) -> None:
    """Remove what is not finished, and the folders above that were made for it."""
    if _is_same(part, hold):
        _remove(part)
    _prune(missing)


def _prune(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # others may have put something there
            folder.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


# -- writing -------------------------------------------------------------------------


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {
            "bytes": os.fstat(file.fileno()).st_size,
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _sync(path: Path) -> None:
    """Bring a file or the names in a folder to the disk; Windows keeps no folder open."""
    if sys.platform == "win32" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError | duckdb.Error) -> str:
    """Say in short what the operating system said."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    told = re.search(r'"errno":"(\d+)"', str(error))
    number = int(told[1]) if told else 0
    return os.strerror(number) if number in errno.errorcode else str(error).splitlines()[0]


def _write_table(path: Path, chunks: Sequence[Chunk]) -> None:
    selects, names = [], []
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as database:
        for number, chunk in enumerate(chunks):
            data, columns = {}, []
            for name, column in chunk.items():
                quoted = '"' + name.replace('"', '""') + '"'
                if isinstance(column, Named):
                    data[name] = column.codes.astype("<i4")
                    columns.append(f"list_extract(?::VARCHAR[], {quoted} + 1) AS {quoted}")
                    names.append(list(column.names))
                else:
                    data[name] = column
                    columns.append(quoted)
            database.register(f"chunk{number}", data)
            selects.append(f"SELECT {', '.join(columns)} FROM chunk{number}")  # noqa: S608 -- quoted names
        rows = " UNION ALL BY NAME ".join(selects)
        copy = f"COPY ({rows}) TO ? (FORMAT parquet, COMPRESSION zstd)"
        database.execute(copy, [*names, str(path)])

"""Result folders: written whole or not at all, and read only if every byte is still there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from numpy.typing import NDArray

from sim.errors import InvalidInput, Problem, RunFailed, UsageError
from sim.experiment.tables import Chunk, Column, Named

FORMAT: Final = 1
TABLES: Final = ("cases", "events", "decisions")
MANIFEST: Final = "manifest.json"
FILES: Final = ("scenario.yaml", "kpi.json", *(f"{name}.parquet" for name in TABLES))
"""What a folder holds beside its manifest."""

_UNFINISHED: Final = ".part"


@dataclass(frozen=True)
class Stored:
    """A result folder that was found whole. ``result`` is what ``summarise`` returned."""

    folder: Path
    manifest: dict[str, Any]
    scenario_yaml: str
    result: dict[str, Any]

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the columns of ``cases``, ``events`` or ``decisions``; masked where empty."""
        with _database() as database:
            file = str(self.folder / f"{name}.parquet")
            rows = database.execute("SELECT * FROM read_parquet(?)", [file])
            return dict(rows.fetchnumpy())


def reserve(folder: Path) -> None:
    """Raise UsageError unless a result can be written to ``folder``, which must not exist yet.

    Nothing is created, so a run that fails later leaves nothing behind.
    """
    if os.path.lexists(folder):
        raise UsageError("store.exists", folder=str(folder))
    if _is_unfinished(folder):
        raise UsageError("store.name", folder=str(folder), ending=_UNFINISHED)
    above = next(parent for parent in folder.absolute().parents if os.path.lexists(parent))
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise UsageError("store.denied", folder=str(folder), above=str(above))


def save(
    folder: Path,
    manifest: Mapping[str, Any],
    scenario_yaml: str,
    result: Mapping[str, Any],
    tables: Mapping[str, Sequence[Chunk]],
) -> None:
    """Write a result folder under another name beside it and rename it when all is on the disk.

    ``manifest`` gets the format and each file's size and SHA-256 added. ``tables``: the pieces of
    each of ``TABLES`` in order. Raises UsageError if ``folder`` exists, and RunFailed if it cannot
    be written (a full disk); then nothing is left behind.
    """
    reserve(folder)
    part = folder.parent / f".{folder.name}.{secrets.token_hex(4)}{_UNFINISHED}"
    try:
        part.mkdir(parents=True)
        (part / "scenario.yaml").write_text(scenario_yaml, encoding="utf-8")
        (part / "kpi.json").write_text(_json(result), encoding="utf-8")
        for name in TABLES:
            _write_table(part / f"{name}.parquet", tables[name])
        files = {name: _described(part / name) for name in FILES}
        whole = {**manifest, "format": FORMAT, "files": files}
        (part / MANIFEST).write_text(_json(whole), encoding="utf-8")
        for path in (*(part / name for name in (*FILES, MANIFEST)), part):
            _sync(path)
        part.rename(folder)
        _sync(folder.parent)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError | duckdb.Error):
            raise RunFailed("store.failed", folder=str(folder), reason=_reason(error)) from error
        raise


def load(folder: Path) -> Stored:
    """Return a result folder. Raises as ``read_manifest``."""
    manifest = read_manifest(folder)
    scenario_yaml = (folder / "scenario.yaml").read_text(encoding="utf-8")
    result = json.loads((folder / "kpi.json").read_text(encoding="utf-8"))
    return Stored(folder, manifest, scenario_yaml, result)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result folder whose files are all as it says.

    Raises UsageError if there is no such folder and InvalidInput if it is not a whole result:
    unfinished, without a manifest, or with files that are missing or changed.
    """
    if not folder.is_dir():
        raise UsageError("store.missing", folder=str(folder))
    if _is_unfinished(folder):
        raise InvalidInput([Problem("store.unfinished", file=str(folder))])
    manifest = _parsed(folder / MANIFEST)
    if problems := [p for name in FILES for p in _damage(folder / name, manifest["files"])]:
        raise InvalidInput(problems)
    return manifest


def _is_unfinished(folder: Path) -> bool:
    return folder.name.startswith(".") and folder.name.endswith(_UNFINISHED)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput([Problem("store.no_manifest", file=str(path))]) from error
    except ValueError as error:
        raise InvalidInput([Problem("store.bad_manifest", file=str(path))]) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise InvalidInput([Problem("store.bad_manifest", file=str(path))])
    if manifest.get("format") != FORMAT:
        told = {"found": str(manifest.get("format")), "known": FORMAT}
        raise InvalidInput([Problem("store.format", told, file=str(path))])
    return manifest


def _damage(path: Path, files: Mapping[str, Any]) -> list[Problem]:
    if path.name not in files:
        return [Problem("store.unlisted", {"name": path.name}, file=str(path.parent / MANIFEST))]
    try:
        same = _described(path) == files[path.name]
    except OSError:
        return [Problem("store.lost", file=str(path))]
    return [] if same else [Problem("store.changed", file=str(path))]


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {
            "bytes": os.fstat(file.fileno()).st_size,
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
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


def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"autoinstall_known_extensions": "false"})


def _write_table(path: Path, chunks: Sequence[Chunk]) -> None:
    selects, names = [], []
    with _database() as database:
        for number, chunk in enumerate(chunks):
            database.register(f"chunk{number}", {name: _codes(c) for name, c in chunk.items()})
            columns = ", ".join(_expression(name, column) for name, column in chunk.items())
            selects.append(f"SELECT {columns} FROM chunk{number}")  # noqa: S608 -- quoted names
            names += [list(c.names) for c in chunk.values() if isinstance(c, Named)]
        rows = " UNION ALL BY NAME ".join(selects)
        copy = f"COPY ({rows}) TO ? (FORMAT parquet, COMPRESSION zstd)"
        database.execute(copy, [*names, str(path)])


def _codes(column: Column) -> NDArray[Any]:
    return column.codes.astype("<i4") if isinstance(column, Named) else column


def _expression(name: str, column: Column) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if isinstance(column, Named):
        return f"list_extract(?::VARCHAR[], {quoted} + 1) AS {quoted}"
    return quoted

"""The shelf finds the YAML of procedures, agents and scenarios, the user's own before the shipped.

A file's stem is its name. What lies in the current folder shadows what is shipped, which is beside
the package in a checkout and inside it, under ``library/``, in an installed wheel; what lies beside
a scenario that was given as a file shadows both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, get_args

Word = Literal["procedure", "agent", "scenario", "facts"]
"""The key that tells what a file is; ``sim.language.schema`` has what each is read into."""

Kind = Literal["procedures", "agents", "scenarios"]
"""What a folder of the shelf holds; also the folder's name, which is the plural of the word."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

SCENARIO: Final = "scenario.yaml"
"""The scenario of a result folder, whatever its name; what it uses lies beside it."""

FACTS: Final = "facts"
"""The file of procedures/ that is none: the registry of sources."""

_PACKAGE: Final = Path(__file__).resolve().parent


def folders(kind: Kind, beside: Path | None = None) -> list[Path]:
    """Return the folders searched for ``kind``, in order, none twice; not all need to be there.

    The one in the current folder is given as a relative path, so that messages about its files
    read as the user would write them. ``beside``: the folder of a scenario that was given as a
    file; what lies beside it comes first.
    """
    found: list[Path] = []
    for folder in (beside, Path(), library()):
        if folder is not None and not any(_same(folder / kind, one) for one in found):
            found.append(folder / kind)
    return found


def names(kind: Kind, beside: Path | None = None) -> list[str]:
    """Return the sorted names of all there is of ``kind``; the registry of sources is not one."""
    return sorted(_shelved(kind, beside))


def find(kind: Kind, name: str, beside: Path | None = None) -> Path | None:
    """Return the file of that name, or None; a name is looked up and never read as a path."""
    return _shelved(kind, beside).get(name)


def facts() -> list[Path]:
    """Return the files of the registry of sources; an entry of the first shadows the second's."""
    return [file for one in folders("procedures") if (file := _files(one).get(FACTS))]


def tables(folder: Path, beside: Path | None = None) -> dict[str, Path]:
    """Return the CSV files that a scenario in ``folder`` may name, by their names.

    What lies in the folder comes first, unless it is of the shelf: the user's own shadow what is
    shipped there too. ``beside``: what comes before the rest of the shelf.
    """
    found = folders("scenarios", beside)
    if not any(_same(folder, one) for one in found):
        found.insert(0, folder)
    return {one.name: one for each in reversed(found) for one in _files(each, ".csv").values()}


def _shelved(kind: Kind, beside: Path | None = None) -> dict[str, Path]:
    shelved: dict[str, Path] = {}
    for folder in reversed(folders(kind, beside)):
        shelved |= _files(folder)
    if kind == "procedures":
        shelved.pop(FACTS, None)
    return shelved


def _files(folder: Path, suffix: str = ".yaml") -> dict[str, Path]:
    """Map names to files; a folder that is missing or may not be read holds none."""
    # Editors leave hidden files beside the one at work; a name that does not print helps nobody.
    try:
        entries = [one for one in folder.iterdir() if one.suffix == suffix]
    except OSError:
        return {}
    return {one.stem: one for one in entries if one.name[0] != "." and one.name.isprintable()}


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def library() -> Path:
    """Return the folder in which what is shipped lies."""
    inside = _PACKAGE / "library"
    return inside if inside.is_dir() else _PACKAGE.parent

"""An install of tomorrow is that of today: the locks say all, and nothing is resolved."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]
PROJECT: Final[Mapping[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS: Final = PROJECT["dependency-groups"]
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
RUN, DEV = ((ROOT / name).read_text("utf-8") for name in LOCKS)
STAMPS: Final = (".venv/.run", ".venv/.dev")
"""What the Makefile has made once it has installed a lock."""


def pinned(lock: str) -> dict[str, Requirement]:
    """Return what a lock names."""
    lines = (line.removesuffix("\\") for line in lock.splitlines() if line[:1].isalnum())
    return {str(canonicalize_name(one.name)): one for one in map(Requirement, lines)}


def here(lock: str) -> dict[str, str]:
    """Return the versions that a lock installs on this machine, by name."""
    return {
        name: str(one.specifier).removeprefix("==")
        for name, one in pinned(lock).items()
        if one.marker is None or one.marker.evaluate()
    }


# -- the locks -------------------------------------------------------------------------------------


def test_the_locks_agree() -> None:
    """Whoever runs the tests tests what others run."""
    run, dev = pinned(RUN), pinned(DEV)
    assert {name: str(dev.get(name)) for name in run} == {n: str(one) for n, one in run.items()}


@pytest.mark.parametrize("lock", [RUN, DEV], ids=LOCKS)
def test_a_lock_pins_every_package_to_files_and_names_no_index(lock: str) -> None:
    """Where packages come from is a matter of the machine."""
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE | re.IGNORECASE)[1:]
    assert len(blocks) == len(pinned(lock))
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert {str(one.specifier)[:2] for one in pinned(lock).values()} == {"=="}
    assert not re.search(r"://|--(?!hash=)|^-", lock, flags=re.MULTILINE)


def closed(wanted: list[Requirement]) -> set[str]:
    """Return the names of some requirements with all that they require here, as installed."""
    seen: set[tuple[str, str]] = set()
    while wanted:
        one = wanted.pop()
        for extra in ("", *sorted(one.extras)):
            key = (canonicalize_name(one.name), extra)
            if key not in seen:
                seen.add(key)
                inner = map(Requirement, metadata.requires(one.name) or ())
                wanted += [
                    r for r in inner if r.marker is None or r.marker.evaluate({"extra": extra})
                ]
    return {str(name) for name, _ in seen}


BUILD: Final = [
    Requirement(text) for text in (*GROUPS["build"], *PROJECT["build-system"]["requires"])
]
RUNNING: Final = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
TOOLS: Final = [Requirement(text) for text in GROUPS["dev"] if isinstance(text, str)]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [(RUN, RUNNING + BUILD), (DEV, RUNNING + BUILD + TOOLS)],
    ids=LOCKS,
)
def test_a_lock_meets_every_requirement_and_holds_nothing_else(
    lock: str, wanted: list[Requirement]
) -> None:
    """What the project asks for, and whatever that needs in turn."""
    versions = here(lock)
    assert [
        str(one) for one in wanted if versions[canonicalize_name(one.name)] not in one.specifier
    ] == []
    assert set(versions) == closed(list(wanted))


# -- against time ----------------------------------------------------------------------------------


WHOLE: Final = closed(list(BUILD))
"""Packages that are needed whole, to install the project itself; of the others a name will do."""

LATER: Final = "9999"


def wheel(folder: Path, name: str, version: str) -> str:
    """Make a wheel of a package that is installed, under a version; return its SHA-256."""
    found = metadata.distribution(name)
    stem = f"{name.replace('-', '_')}-{version}"
    files = {}
    for file in found.files or ():
        inside = file.parts[0].endswith(".dist-info")
        if inside and file.name in {"METADATA", "WHEEL", "entry_points.txt"}:
            files[f"{stem}.dist-info/{file.name}"] = file.read_binary()
        elif not inside and name in WHOLE and file.suffix != ".pyc" and file.parts[0] != "..":
            files[file.as_posix()] = file.read_binary()
    told = files[f"{stem}.dist-info/METADATA"]
    files[f"{stem}.dist-info/METADATA"] = told.replace(
        f"\nVersion: {found.version}\n".encode(), f"\nVersion: {version}\n".encode(), 1
    )
    record = "".join(f"{file},,\n" for file in files)
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, content in files.items():
            archive.writestr(place, content)
        archive.writestr(f"{stem}.dist-info/RECORD", record)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def relocked(lock: str, digests: Mapping[str, str]) -> str:
    """Return a lock with other files for the packages that it names."""
    hashes = re.compile(r"--hash=sha256:\w+(?: \\\s+--hash=sha256:\w+)*")
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE | re.IGNORECASE)
    for i, block in enumerate(blocks):
        name = canonicalize_name(block.partition("==")[0])
        if name in digests:
            blocks[i] = hashes.sub(f"--hash=sha256:{digests[name]}", block)
    return "".join(blocks)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return where all locked packages and later releases lie, and the hashes of the former."""
    folder = tmp_path_factory.mktemp("index")
    digests = {name: wheel(folder, name, version) for name, version in here(DEV).items()}
    for name in digests:
        wheel(folder, name, LATER)
    return folder, digests


@pytest.fixture
def project(tmp_path: Path, index: tuple[Path, dict[str, str]]) -> Path:
    """Return a fresh clone, as far as an install needs it, whose locks name the made-up files."""
    for name in ("Makefile", "pyproject.toml", "README.md", "LICENSE", "sim/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name, lock in zip(LOCKS, (RUN, DEV), strict=True):
        (tmp_path / name).write_text(relocked(lock, index[1]), encoding="utf-8")
    return tmp_path


def make(project: Path, index: Path, target: str) -> None:
    """Make a target with the pip of a fresh environment, which knows no index but this folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    command = ["make", target, f"PYTHON={sys.executable}"]
    done = subprocess.run(
        command, cwd=project, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


LISTING: Final = """
from importlib import metadata
print(*(f"{one.name}=={one.version}" for one in metadata.distributions()))
"""


def installed(project: Path) -> dict[str, str]:
    """Return the versions of what is installed beside the project and pip."""
    command = [str(project / ".venv/bin/python"), "-c", LISTING]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=project.parent)
    found = (one.partition("==") for one in told.stdout.split())
    versions = {str(canonicalize_name(name)): version for name, _, version in found}
    assert versions.pop("tetsuzuki")
    return {name: v for name, v in versions.items() if name not in {"pip", "setuptools"}}


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="make is not there")
@pytest.mark.parametrize("first", STAMPS)
def test_later_releases_change_nothing(
    first: str, project: Path, index: tuple[Path, dict[str, str]]
) -> None:
    """To run needs what the one lock names, to test what both do, whichever is made first."""
    run, dev = STAMPS
    make(project, index[0], first)
    assert installed(project) == here(RUN if first == run else DEV)
    make(project, index[0], run)
    make(project, index[0], dev)
    assert installed(project) == here(DEV)
    make(project, index[0], run)
    assert installed(project) == here(DEV)

"""The shelf finds YAML in the current folder first, then in what is shipped."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import shelf

ROOT = Path(shelf.__file__).resolve().parents[1]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the folder that holds the shipped YAML."""
    library = tmp_path / "shipped"
    library.mkdir()
    monkeypatch.setattr(shelf, "library", lambda: library)
    return library


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder of the user's."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(folder: Path, *entries: str) -> None:
    """Make empty files of these relative paths."""
    for entry in entries:
        path = folder / entry
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")


def test_names_come_from_both_places_sorted_and_once(shipped: Path, own: Path) -> None:
    """A name that is in both places is listed once."""
    put(shipped, "agents/registrar.yaml", "agents/counter.yaml")
    put(own, "agents/owner.yaml", "agents/registrar.yaml")

    assert shelf.names("agents") == ["counter", "owner", "registrar"]


def test_what_lies_in_the_current_folder_shadows_what_is_shipped(shipped: Path, own: Path) -> None:
    """The user's own file is found, by a path relative to where the user is."""
    put(shipped, "scenarios/june.yaml", "scenarios/may.yaml")
    put(own, "scenarios/june.yaml")

    assert shelf.find("scenarios", "june") == Path("scenarios/june.yaml")
    assert shelf.find("scenarios", "may") == shipped / "scenarios/may.yaml"


def test_a_kind_is_looked_for_in_its_own_folder_only(shipped: Path, own: Path) -> None:
    """An agent is not found among the procedures."""
    put(shipped, "agents/registrar.yaml")
    put(own, "registrar.yaml")

    assert shelf.find("procedures", "registrar") is None
    assert shelf.find("agents", "registrar") == shipped / "agents/registrar.yaml"


def test_a_folder_is_searched_once_where_the_user_stands_in_the_checkout(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the checkout the user's folder and the shipped one are the same."""
    put(shipped, "agents/registrar.yaml")
    monkeypatch.chdir(shipped)

    assert shelf.folders("agents") == [Path("agents")]


def test_what_lies_beside_a_file_shadows_what_lies_in_the_current_folder(
    shipped: Path, own: Path
) -> None:
    """A scenario that is given as a file brings along what it uses."""
    put(shipped, "agents/registrar.yaml", "agents/counter.yaml")
    put(own, "agents/registrar.yaml")
    beside = own.parent / "result"
    beside.mkdir()
    put(beside, "agents/registrar.yaml", "agents/guard.yaml")

    assert shelf.find("agents", "registrar", beside) == beside / "agents/registrar.yaml"
    assert shelf.find("agents", "counter", beside) == shipped / "agents/counter.yaml"
    assert shelf.names("agents", beside) == ["counter", "guard", "registrar"]
    assert shelf.folders("agents", own) == [own / "agents", shipped / "agents"]


def test_a_table_lies_beside_its_scenario_or_on_the_shelf(shipped: Path, own: Path) -> None:
    """One of the user's own shadows the shipped one; beside another scenario is its own."""
    put(shipped, "scenarios/towns.csv", "scenarios/cities.csv", "scenarios/towns.yaml")
    assert sorted(shelf.tables(shipped / "scenarios")) == ["cities.csv", "towns.csv"]

    put(own, "scenarios/towns.csv", "towns.csv")
    shelved = shelf.tables(shipped / "scenarios")
    assert shelved["towns.csv"] == Path("scenarios/towns.csv")
    assert shelved["cities.csv"] == shipped / "scenarios/cities.csv"
    assert shelf.tables(own)["towns.csv"] == own / "towns.csv"


def test_an_empty_shelf_holds_nothing(shipped: Path, own: Path) -> None:
    """Folders that are not there are no error."""
    assert shelf.folders("agents") == [Path("agents"), shipped / "agents"]
    assert [shelf.names(kind) for kind in shelf.KINDS] == [[], [], []]
    assert shelf.find("agents", own.name) is None


def test_a_name_is_never_read_as_a_path(shipped: Path, own: Path) -> None:
    """Whatever stands in a file as a name, it is found on the shelf or not at all."""
    put(shipped, "agents/registrar.yaml")
    put(own, "secret.yaml", "agents/owner.yaml")

    strange = ["../secret", "", ".", "/etc/passwd", "owner.yaml", "a\0b", "x" * 5000]

    assert [shelf.find("agents", name) for name in strange] == [None] * len(strange)


def test_only_visible_yaml_files_count(shipped: Path, own: Path) -> None:
    """Hidden files, other suffixes and names that do not print are passed over."""
    put(shipped, "agents/registrar.yaml")
    put(own, "agents/.hidden.yaml", "agents/notes.txt", "agents/old.yml", "agents/two\nlines.yaml")

    assert shelf.names("agents") == ["registrar"]


def test_the_registry_of_sources_is_not_a_procedure(shipped: Path, own: Path) -> None:
    """It lies among the procedures, but neither its name nor its file is given as one."""
    put(shipped, "procedures/facts.yaml", "procedures/gbiz_id.yaml", "agents/facts.yaml")
    put(own, "procedures/facts.yaml")

    assert shelf.names("procedures") == ["gbiz_id"]
    assert shelf.find("procedures", "facts") is None
    assert shelf.names("agents") == ["facts"]


def test_the_user_s_registry_of_sources_is_read_before_the_shipped_one(
    shipped: Path, own: Path
) -> None:
    """Both are read, so that a user adds sources and keeps the shipped ones."""
    put(shipped, "procedures/facts.yaml")

    assert shelf.facts() == [shipped / "procedures/facts.yaml"]

    put(own, "procedures/facts.yaml")

    assert shelf.facts() == [Path("procedures/facts.yaml"), shipped / "procedures/facts.yaml"]


def test_a_folder_that_may_not_be_read_holds_nothing(
    shipped: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shelf goes on with the other folder."""
    put(shipped, "agents/registrar.yaml")
    put(own, "agents/owner.yaml")
    iterdir = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder == Path("agents"):
            raise PermissionError(folder)
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)

    assert shelf.names("agents") == ["registrar"]


def test_a_current_folder_that_is_gone_leaves_what_is_shipped(shipped: Path, own: Path) -> None:
    """A folder may be removed while somebody stands in it."""
    put(shipped, "agents/registrar.yaml")
    own.rmdir()

    assert shelf.find("agents", "registrar") == shipped / "agents/registrar.yaml"


def test_a_wheel_carries_the_yaml_of_the_checkout(tmp_path: Path) -> None:
    """The shelf of an installed wheel lists, from any folder, what the checkout ships."""
    build = ("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist"))
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
        carried = {name for name in archive.namelist() if name.endswith((".yaml", ".csv"))}

    assert carried == {
        f"sim/library/{file.relative_to(ROOT).as_posix()}"
        for kind in shelf.KINDS
        for file in (ROOT / kind).iterdir()
    }
    assert {Path(name).parent.name for name in carried} == set(shelf.KINDS)

    listing = "from sim import shelf; print(*(n for k in shelf.KINDS for n in shelf.names(k)))"
    found = subprocess.run(
        [sys.executable, "-c", listing],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    )

    listed = {name for name in carried if name.endswith(".yaml")}
    assert len(found.stdout.split()) == len(listed - {"sim/library/procedures/facts.yaml"})
    assert carried - listed  # tables of scenarios

"""Result folders are whole or not there."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import RunFailed, UsageError
from sim.experiment import store
from sim.experiment.tables import Chunk, Named
from tests.results import kept, whole

TEXTS = {"scenario.yaml": "scenario: 役所\n", "procedures/permit.yaml": "procedure: permit\n"}
RESULT = {"scenario": "office", "title": {"ja": "役所"}, "p90": None}


def piece(start: int, rows: int = 3) -> Chunk:
    """Return a piece of a table: numbers, names and cells that are empty."""
    numbers = np.arange(start, start + rows)
    return {
        "case": numbers,
        "step": Named(np.resize(np.array([1, 0, -1]), rows), ("draft", "examine")),
        "granted": np.ma.masked_array(numbers, mask=numbers % 2 == 1),
        "share.é 'x'": numbers / 2,
    }


def everywhere(pieces: list[Chunk]) -> Mapping[str, list[Chunk]]:
    """Return tables that all have the same pieces."""
    return dict.fromkeys(store.TABLES, pieces)


def save(folder: Path, **changes: Any) -> None:
    """Write a small result."""
    tables = everywhere([piece(0), piece(3)])
    given: dict[str, Any] = {
        "manifest": {"seed": 7},
        "texts": TEXTS,
        "result": RESULT,
        "tables": tables,
    }
    with store.reserved(folder) as place:
        store.save(place, **given | changes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result folder."""
    path = tmp_path / "result"
    save(path)
    return path


def nothing_left(folder: Path) -> bool:
    """Return whether nothing at all lies where the folder would be."""
    return not list(folder.parent.iterdir())


# -- writing ---------------------------------------------------------------------------


def test_a_result_is_read_as_it_was_written(folder: Path) -> None:
    """Scenario, result and manifest, which gets the format and the files added."""
    stored = kept(folder)
    assert stored.texts == TEXTS
    assert stored.result == RESULT
    assert stored.manifest["seed"] == 7
    assert stored.manifest["format"] == store.FORMAT
    assert stored.manifest["files"].keys() == {*store.FILES, *TEXTS}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {store.MANIFEST, *store.FILES, *TEXTS}


def test_tables_keep_their_order_their_names_and_their_empty_cells(folder: Path) -> None:
    """Two pieces one after the other."""
    table = kept(folder).table("events")
    assert table["case"].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["step"].tolist() == ["examine", "draft", None] * 2
    assert table["granted"].tolist() == [0, None, 2, None, 4, None]
    assert table["share.é 'x'"].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]


def test_many_pieces_keep_their_order(tmp_path: Path) -> None:
    """Sixty pieces of a thousand rows, as of three arms and twenty replications."""
    pieces = [piece(1000 * number, 1000) for number in range(60)]
    save(tmp_path / "result", tables=everywhere(pieces))
    table = kept(tmp_path / "result").table("cases")
    assert (table["case"] == np.arange(60_000)).all()


def test_a_column_that_a_piece_lacks_is_empty_there(tmp_path: Path) -> None:
    """Arms need not have the same attributes."""
    pieces: list[Chunk] = [
        {"case": np.array([1])},
        {"case": np.array([2]), "amount": np.array([5])},
    ]
    save(tmp_path / "result", tables=everywhere(pieces))
    table = kept(tmp_path / "result").table("cases")
    assert table["amount"].tolist() == [None, 5]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    """Nobody was ever asked anything."""
    save(tmp_path / "result", tables=everywhere([piece(0, 0)]))
    table = kept(tmp_path / "result").table("decisions")
    assert {name: len(column) for name, column in table.items()} == dict.fromkeys(piece(0), 0)


def test_folders_above_are_made(tmp_path: Path) -> None:
    """As deep as asked for."""
    save(tmp_path / "a" / "b" / "result")
    assert kept(tmp_path / "a" / "b" / "result").manifest["seed"] == 7


def test_a_result_that_is_not_json_is_never_half_written(tmp_path: Path) -> None:
    """An infinite number is a mistake of the program: it is raised, and nothing is left."""
    with pytest.raises(ValueError, match="JSON"):
        save(tmp_path / "result", result={"p90": float("inf")})
    assert nothing_left(tmp_path / "result")


# -- refusing a place ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_a_place_that_is_taken_is_refused_before_the_run(tmp_path: Path, kind: str) -> None:
    """Whatever is there, it is not written over."""
    place = tmp_path / "result"
    make: dict[str, Callable[[], None]] = {
        "folder": place.mkdir,
        "file": place.touch,
        "dangling link": lambda: place.symlink_to(tmp_path / "nowhere"),
    }
    make[kind]()
    with pytest.raises(UsageError, match="result already exists"):
        save(place)


def test_a_place_under_a_file_is_refused(tmp_path: Path) -> None:
    """A folder cannot be made in a file."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="result cannot be made: Not a directory"):
        save(tmp_path / "file" / "deep" / "result")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_place_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found out before the run, not after it."""

    def deny(*_: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "mkdir", deny)
    with pytest.raises(UsageError, match="result cannot be made: Permission denied"):
        save(tmp_path / "result")


def test_the_name_of_an_unfinished_result_is_refused(tmp_path: Path) -> None:
    """It could never be read."""
    with pytest.raises(UsageError, match="must not look like an unfinished result"):
        save(tmp_path / ".result.part")


def test_a_name_that_is_too_long_is_refused_and_no_folder_above_it_is_left(tmp_path: Path) -> None:
    """Its folder above would have been made already."""
    with pytest.raises(UsageError, match="cannot be made: File name too long"):
        save(tmp_path / "a" / ("x" * 300))
    assert nothing_left(tmp_path / "a")


def test_a_run_that_fails_leaves_nothing_not_even_the_folders_above(tmp_path: Path) -> None:
    """They are there while it runs."""

    def fail() -> None:
        with store.reserved(tmp_path / "a" / "b" / "result") as place:
            assert place.part.is_dir()
            raise RunFailed("worker_died")

    with pytest.raises(RunFailed):
        fail()
    assert nothing_left(tmp_path / "a")


def test_a_name_is_taken_while_a_run_has_it(tmp_path: Path) -> None:
    """The second is refused at once, and the first goes on."""
    with store.reserved(tmp_path / "result") as place:
        with pytest.raises(UsageError, match="is being written by another run"):
            save(tmp_path / "result")
        store.save(place, {"seed": 1}, TEXTS, RESULT, everywhere([piece(0)]))
    assert kept(tmp_path / "result").manifest["seed"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_result_that_came_to_exist_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    """Somebody else has made the folder."""
    with store.reserved(tmp_path / "result") as place:
        place.folder.mkdir()
        with pytest.raises(UsageError, match="result already exists"):
            store.save(place, {}, TEXTS, RESULT, everywhere([piece(0)]))
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_hidden_folder_that_is_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    """Only what a run writes may be what a killed run has left."""
    (tmp_path / ".result.part").mkdir()
    (tmp_path / ".result.part" / "diary.txt").write_text("dear diary", encoding="utf-8")
    with pytest.raises(UsageError, match="is being written by another run"):
        save(tmp_path / "result")
    assert (tmp_path / ".result.part" / "diary.txt").exists()


def test_where_a_disk_knows_no_locks_only_a_new_name_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another run has left may be at work."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)
    save(tmp_path / "result")
    (tmp_path / ".other.part").mkdir()
    with pytest.raises(UsageError, match=r"if there is none, delete .*\.other\.part"):
        save(tmp_path / "other")
    assert (tmp_path / ".other.part").is_dir()


# -- being cut off ---------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from sim.experiment import store

class Kill:
    calls = 0

def deadly(function):
    def wrapped(*args, **kwargs):
        if Kill.calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        Kill.calls += 1
        return function(*args, **kwargs)
    return wrapped

Path.write_text, Path.rename = deadly(Path.write_text), deadly(Path.rename)
store._write_table, store._sync = deadly(store._write_table), deadly(store._sync)
import numpy as np
tables = dict.fromkeys(store.TABLES, [{"case": np.arange(9)}])
with store.reserved(Path(sys.argv[1])) as place:
    store.save(place, {}, {"scenario.yaml": "scenario: x\\n"}, {}, tables)
"""
WRITES, SYNCS = 2 + len(store.TABLES) + 1, len(store.FILES) + 2


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("step", [0, 1, 3, WRITES - 1, WRITES, WRITES + SYNCS])
def test_a_killed_run_leaves_nothing_that_reads_as_whole(tmp_path: Path, step: int) -> None:
    """SIGKILL before the first file, between files, before the manifest, the sync, the renaming."""
    place = tmp_path / "result"
    assert run(KILLED, place, step).returncode == -signal.SIGKILL
    assert not place.exists()
    (part,) = tmp_path.iterdir()
    assert not whole(part)
    save(place)
    assert kept(place).result == RESULT


def test_a_run_killed_after_the_renaming_is_whole(tmp_path: Path) -> None:
    """Only the folder above has not been synced yet."""
    place = tmp_path / "result"
    assert run(KILLED, place, WRITES + SYNCS + 1).returncode == -signal.SIGKILL
    assert kept(place).texts == {"scenario.yaml": "scenario: x\n"}


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from sim.errors import RunFailed
from sim.experiment import store

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
noise = {"case": np.random.default_rng(1).integers(0, 2**60, 100_000)}
tables = dict.fromkeys(store.TABLES, [noise])
try:
    with store.reserved(Path(sys.argv[1])) as place:
        store.save(place, {}, {"scenario.yaml": "scenario: x\\n"}, {}, tables)
except RunFailed as failure:
    print(failure)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


def test_a_table_that_does_not_fit_on_the_disk_fails_the_run(tmp_path: Path) -> None:
    """The system refuses to let a file grow past 100 kB: said in one line, nothing left."""
    done = run(FULL, tmp_path / "result")
    assert done.stderr == ""
    assert done.stdout.endswith(
        "result could not be written: File too large; nothing is left of it\n"
    )
    assert nothing_left(tmp_path / "result")


@pytest.mark.parametrize("function", ["write_text", "rename"])
def test_a_full_disk_fails_the_run_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Wherever the disk is full first."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, function, full)
    with pytest.raises(RunFailed, match="No space left on device; nothing is left of it"):
        save(tmp_path / "result")
    assert nothing_left(tmp_path / "result")


def test_an_interrupted_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C goes on to whoever waits for it."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_sync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path / "result")
    assert nothing_left(tmp_path / "result")


def test_an_error_of_the_database_without_a_number_is_said_in_its_first_line(
    tmp_path: Path,
) -> None:
    """Columns of unequal length cannot be written."""
    uneven: Chunk = {"case": np.arange(3), "step": np.array(["a"], object)}
    with pytest.raises(RunFailed, match=r"could not be written: [^\n]+; nothing is left"):
        save(tmp_path / "result", tables=everywhere([uneven]))
    assert nothing_left(tmp_path / "result")

"""A file is read into plain data with the place of every value, or refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InvalidInput, Problem
from sim.yaml.source import MOST_BYTES, Located, Mark, load, loads

TEXT = """\
steps:
  draft: {needs: [minutes, 同意書], work: 45min}
# a comment

goal:
  - portal
"""


def refusal(path: Path) -> Problem:
    """Return the one problem for which ``path`` is refused."""
    with pytest.raises(InvalidInput) as raised:
        load(path)
    (problem,) = raised.value.problems
    return problem


def put(folder: Path, content: bytes | str) -> Path:
    """Make a file."""
    path = folder / "a.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_file_becomes_plain_data_with_the_place_of_every_value_and_key() -> None:
    """Marks lead to values, keys to the keys of mappings; columns count characters from 1."""
    located = loads(TEXT)
    assert located.data == {
        "steps": {"draft": {"needs": ["minutes", "同意書"], "work": "45min"}},
        "goal": ["portal"],
    }
    assert located.marks == {
        (): Mark(1, 1),
        ("steps",): Mark(2, 3),
        ("steps", "draft"): Mark(2, 10),
        ("steps", "draft", "needs"): Mark(2, 18),
        ("steps", "draft", "needs", 0): Mark(2, 19),
        ("steps", "draft", "needs", 1): Mark(2, 28),
        ("steps", "draft", "work"): Mark(2, 40),
        ("goal",): Mark(6, 3),
        ("goal", 0): Mark(6, 5),
    }
    assert located.keys == {
        ("steps",): Mark(1, 1),
        ("steps", "draft"): Mark(2, 3),
        ("steps", "draft", "needs"): Mark(2, 11),
        ("steps", "draft", "work"): Mark(2, 34),
        ("goal",): Mark(5, 1),
    }


def test_a_file_is_named_as_the_user_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path stays relative in messages."""
    put(tmp_path, "a: 1")
    monkeypatch.chdir(tmp_path)
    assert load(Path("a.yaml")).file == "a.yaml"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_endings_and_a_byte_order_mark_move_nothing(ending: str, start: str) -> None:
    """Files from any system have the same places."""
    located = loads(start + TEXT.replace("\n", ending))
    plain = loads(TEXT)
    assert located == plain


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A name that leads nowhere, also by way of a file, has no place but itself."""
    path = tmp_path / "a.yaml"
    assert refusal(path).text() == f"{path}: there is no such file"
    assert refusal(put(tmp_path, "a: 1") / "b.yaml").key == "file.missing"


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    """A folder is called one."""
    assert refusal(tmp_path).key == "file.folder"


def test_what_is_no_ordinary_file_is_not_read(tmp_path: Path) -> None:
    """A pipe would block, a device never end."""
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").key == "file.special"
    assert refusal(Path(os.devnull)).key == "file.special"


def test_a_file_without_permission_is_said_to_be_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's refusal becomes a problem of the file."""

    def denied(_: Path) -> bytes:
        raise PermissionError

    path = put(tmp_path, "a: 1")
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refusal(path).key == "file.denied"


def test_any_other_trouble_with_a_file_is_told_as_the_system_tells_it(tmp_path: Path) -> None:
    """A name the system cannot take, or a link to itself, gives no traceback."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "symbolic links" in refusal(loop).text()
    assert refusal(tmp_path / "a\0b").key == "file.unreadable"
    assert refusal(tmp_path / ("a" * 5000)).key == "file.unreadable"


def test_a_huge_file_is_refused_by_its_size_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a byte of it is looked at."""
    path = put(tmp_path, "")
    os.truncate(path, 10 * MOST_BYTES)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file was read"))
    assert (
        refusal(path).text()
        == f"{path}: the file is too big: 50,000,000 bytes, at most 5,000,000 are read"
    )


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\ufeff"])
def test_a_file_without_content_is_empty(tmp_path: Path, text: str) -> None:
    """Nothing, or nothing but comments, is no definition."""
    assert refusal(put(tmp_path, text)).key == "file.empty"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp", "utf-16"])
def test_a_file_that_is_not_utf8_is_shown_where_it_fails(tmp_path: Path, encoding: str) -> None:
    """The byte is named with its place, and the likely reason."""
    problem = refusal(put(tmp_path, "a: 1\ntitle: 役員変更\n".encode(encoding)))
    place = (1, 1) if encoding == "utf-16" else (2, 8)
    assert (problem.key, problem.line, problem.column) == ("file.not_utf8", *place)
    assert problem.hint == "file.save_utf8"
    assert "byte 0x" in problem.text()


@pytest.mark.parametrize(
    ("character", "code", "name"),
    [
        ("\0", "U+0000", "NUL"),
        ("\x07", "U+0007", "BEL"),
        ("\x1b", "U+001B", "ESC"),
        ("\x7f", "U+007F", "DEL"),
        ("\x85", "U+0085", "NEL"),
        ("\x9b", "U+009B", "CSI"),
        ("\x9f", "U+009F", "APC"),
        ("\u200f", "U+200F", "right-to-left mark"),
        ("\u2028", "U+2028", "invisible character"),
        ("\u202e", "U+202E", "mark of direction"),
        ("\u2066", "U+2066", "mark of direction"),
        ("\ufeff", "U+FEFF", "byte order mark"),
        ("\uffff", "U+FFFF", "invisible character"),
    ],
)
def test_a_character_no_editor_shows_is_refused_in_its_place(
    tmp_path: Path, character: str, code: str, name: str
) -> None:
    """Control characters, unusual line breaks and what is no character are named."""
    problem = refusal(put(tmp_path, f'a: 1\nb: "x{character}{character}"\n'))
    assert (problem.key, problem.line, problem.column) == ("yaml.control", 2, 6)
    assert f"{name} ({code})" in problem.text()


def test_forbidden_characters_of_several_lines_are_reported_together() -> None:
    """Each line has its own problem; a binary file is not listed to its end."""
    with pytest.raises(InvalidInput) as raised:
        loads("a: \0\nb: 1\nc: \x07\n")
    assert [(p.line, p.column) for p in raised.value.problems] == [(1, 4), (3, 4)]
    with pytest.raises(InvalidInput) as raised:
        loads("\0\n" * 1000)
    assert raised.value.problems[-1].key == "problems.more"


def read_or_refused(text: str) -> Located | InvalidInput:
    """Return what comes of ``text``."""
    try:
        return loads(text)
    except InvalidInput as error:
        return error


@given(st.text(alphabet="ab: -[]{},'\"#&*!|>%@\\\t\n\u3000：日0.~?<\r", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is written gives data whose every value has its place, or located problems."""
    outcome = read_or_refused(text)
    if isinstance(outcome, Located):
        assert outcome.keys.keys() <= outcome.marks.keys()
        assert all(outcome.line(mark.line) for mark in outcome.keys.values())
    else:
        assert outcome.problems
        assert all(p.line is not None or p.key == "file.empty" for p in outcome.problems)
        assert outcome.text("ja")

"""A table is read from CSV with the place of each cell, whatever program wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.yaml import table
from sim.yaml.located import Mark

GOOD = 'site,size,slow\n01202,3,\n"Izumi, ""new""",20,true\n'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a file may be written."""
    monkeypatch.chdir(tmp_path)
    return Path("towns.csv")


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.rstrip().encode(),
        f"\n{GOOD}\n,,\n , ,\n".encode(),
        GOOD.replace("slow\n", "slow,,\n")
        .replace("3,\n", "3,,,\n")
        .replace("e\n", "e,,\n")
        .encode(),
    ],
    ids=["plain", "BOM", "CRLF", "CR", "no_last_break", "blank_lines", "blank_columns"],
)
def test_rows_are_read_whatever_program_wrote_them(file: Path, content: bytes) -> None:
    """The column of names stays text; an empty cell says nothing."""
    file.write_bytes(content)
    located = table.load(file, "site")
    first = {"site": "01202", "size": 3}
    assert located.data == [first, {"site": 'Izumi, "new"', "size": 20, "slow": True}]
    begin = content.startswith(b"\n")
    assert located.marks[1, "size"] == Mark(3 + begin, 18)
    assert located.keys[1, "size"] == Mark(1 + begin, 6)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "towns.csv: the file is empty"),
        (b"\n \n", "towns.csv: the file is empty"),
        ("site\n青葉\n".encode("cp932"), "towns.csv:2:1: the file is not UTF-8"),
        ("site\n青葉\n".encode("utf-16"), "towns.csv:1:1: the file is not UTF-8"),
        ("青葉,1\n".encode(), "towns.csv:1:1: the first line has to name the columns"),
        (b"site;size\nA;1\n", "towns.csv:1:1: the first line has to name the columns"),
        (b"\nsite\tsize\nA\t1\n", "towns.csv:2:1: the first line has to name the columns"),
        (b"site,size,size\nA,1,2\n", "towns.csv:1:11: 'size' is named twice"),
        (b"site,size\nA,1,2\n", "towns.csv:2:1: this line has 3 cells, the first line 2"),
        (b"site,size,\nA,1,x\n", "towns.csv:2:5: this cell stands in a column without a name"),
        (b'site,size\n"A,1\n', "towns.csv:2:1: a quotation mark encloses a whole cell"),
        (b'site,size\nA"B,1\n', "towns.csv:2:2: a quotation mark encloses a whole cell"),
        (b'site,size\n"A"B,1\n', "towns.csv:2:1: a quotation mark encloses a whole cell"),
        (b"site,size\nA\0,1\n", "towns.csv:2:2: not allowed in a file: NUL (U+0000)"),
        ("si\u200bte\nA\n".encode(), "towns.csv:1:3: a character that cannot be seen"),
        (b"x" * 5_000_001, "towns.csv: the file is too big: 5,000,001 bytes"),
        (b"site,size\n" + b"A,1\n" * 40_000, "the file has more than 100,000 values"),
        (b"site\n" + b" " * 4_000_000 + b'"\n', "towns.csv:2:4000001: a quotation mark"),
    ],
)
def test_what_is_no_table_is_told_in_its_place(file: Path, content: bytes, told: str) -> None:
    """By line and column, at once, however long a line is."""
    file.write_bytes(content)
    with pytest.raises(InvalidInput) as error:
        table.load(file, "site")
    assert told in error.value.problems[0].text("en")
    assert error.value.problems[0].text("ja") != error.value.problems[0].text("en")


def test_a_table_that_is_no_file_is_told(file: Path) -> None:
    """A folder of that name, for one."""
    file.mkdir()
    with pytest.raises(InvalidInput) as error:
        table.load(file, "site")
    assert [one.key for one in error.value.problems] == ["file.folder"]

"""Located YAML: reads a file into plain data and knows where each value of it stands."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sim.errors import MOST_PROBLEMS, InvalidInput, Problem
from sim.yaml.located import Address, Located, Mark
from sim.yaml.reader import FORBIDDEN, read
from sim.yaml.unseen import called

__all__ = ["Address", "Located", "Mark", "load", "loads", "text_of"]

MOST_BYTES: Final = 5_000_000

LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
"""Where editors begin another line."""


def load(path: Path) -> Located:
    """Read the file at ``path``. Raises ``InvalidInput`` with all problems found."""
    return loads(text_of(path), str(path))


def loads(text: str, file: str = "<text>") -> Located:
    """Read ``text``; ``file`` is its name in messages. Raises ``InvalidInput`` as ``load`` does."""
    text = text.removeprefix("\N{BOM}")
    located = Located(file, LINE_BREAK.split(text), None, {}, {})
    if FORBIDDEN.search(text):
        raise InvalidInput(islice(_forbidden(located), MOST_PROBLEMS + 1))
    return read(located)


def text_of(path: Path, most: int = MOST_BYTES) -> str:
    """Return the text of an ordinary file of at most ``most`` bytes. Raises ``InvalidInput``."""
    content = _content(path, most)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput([_not_utf8(content, error.start, str(path))]) from None


def _content(path: Path, most: int) -> bytes:
    """Return the bytes of a file worth reading: an ordinary one that is not huge."""
    file = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            key = "file.folder" if stat.S_ISDIR(status.st_mode) else "file.special"
            raise InvalidInput([Problem(key, file=file)])
        if status.st_size > most:
            values: dict[str, object] = {"size": f"{status.st_size:,}", "most": f"{most:,}"}
            raise InvalidInput([Problem("file.too_big", values, file)])
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidInput([_unreadable(error, file)]) from None


def _unreadable(error: OSError | ValueError, file: str) -> Problem:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Problem("file.missing", file=file)
    if isinstance(error, PermissionError):
        return Problem("file.denied", file=file)
    reason = getattr(error, "strerror", None) or str(error)
    return Problem("file.unreadable", {"reason": reason}, file)


def _not_utf8(content: bytes, start: int, file: str) -> Problem:
    *lines, begun = LINE_BREAK.split(content[:start].decode("utf-8"))
    rest = LINE_BREAK.split(content[start : start + 80].decode("utf-8", "replace"))[0]
    mark = Mark(len(lines) + 1, len(begun) + 1)
    located = Located(file, [*lines, begun + rest], None, {}, {})
    byte = f"0x{content[start]:02X}"
    return located.problem_at(mark, "file.not_utf8", hint="file.save_utf8", byte=byte)


def _forbidden(located: Located) -> Iterator[Problem]:
    """Report the first forbidden character of each line."""
    for number, line in enumerate(located.lines, start=1):
        if found := FORBIDDEN.search(line):
            told: dict[str, Any] = {"hint": "yaml.delete_it", "character": called(found.group())}
            yield located.problem_at(Mark(number, found.start() + 1), "yaml.control", **told)

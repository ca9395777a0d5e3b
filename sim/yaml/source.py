"""Reads YAML: the text of a file becomes plain data, and a mark is kept of where each value is."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from math import inf, isfinite
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from sim.errors import MOST_PROBLEMS, InvalidInput, Problem, shortened
from sim.yaml.located import Address, Located, Mark
from sim.yaml.syntax import place_of, reworded, tag_at
from sim.yaml.unseen import UNSEEN, called

__all__ = ["Address", "Located", "Mark", "forbidden", "load", "loads", "scalar", "text_of"]

MOST_BYTES: Final = 5_000_000

LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
"""Where editors begin another line."""
MOST_VALUES: Final = 100_000
DEEPEST: Final = 50

FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, line breaks that editors do not count, marks that turn the direction of
writing, and what is no character at all."""

_NOT_IN_KEYS: Final = re.compile(rf"{FORBIDDEN.pattern}|[\t\n\r]")
"""A key stands on one line."""

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONSTANTS: Final[dict[str, float | bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
    ".inf": inf,
    "+.inf": inf,
    "-.inf": -inf,
}
_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS: Final = 1000
"""Longer numbers, which ``int`` refuses from some thousands of digits on, stay text."""


def load(path: Path) -> Located:
    """Read the file at ``path``. Raises ``InvalidInput`` with all problems found."""
    return loads(text_of(path), str(path))


def loads(text: str, file: str = "<text>") -> Located:
    """Read ``text``; ``file`` is its name in messages.

    Raises ``InvalidInput`` with all problems found: up to the first one of syntax, if there is one.
    """
    text = text.removeprefix("\N{BOM}")
    located = Located(file, LINE_BREAK.split(text), None, {}, {})
    if FORBIDDEN.search(text):
        raise InvalidInput(islice(forbidden(located), MOST_PROBLEMS + 1))
    return _Reader(located).read()


def text_of(path: Path, most: int = MOST_BYTES) -> str:
    """Return the text of an ordinary file of at most ``most`` bytes. Raises ``InvalidInput``."""
    content = _content(path, most)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput([_not_utf8(content, error.start, str(path))]) from None


def scalar(text: str) -> str | int | float | bool | None:
    """Return what plain ``text`` means in YAML 1.2: ``no``, ``12:30`` and ``1_000`` are text."""
    if text[:1] in "+-.0123456789" and len(text) <= _MOST_DIGITS:
        if _WHOLE.fullmatch(text):
            return int(text)
        if _OTHER_BASE.fullmatch(text):
            return int(text, 0)
        if _DECIMAL.fullmatch(text) and isfinite(float(text)):
            return float(text)
    return _CONSTANTS.get(text, text)


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


def forbidden(located: Located) -> Iterator[Problem]:
    """Report the first forbidden character of each line."""
    for number, line in enumerate(located.lines, start=1):
        if found := FORBIDDEN.search(line):
            told: dict[str, Any] = {"hint": "yaml.delete_it", "character": called(found.group())}
            yield located.problem_at(Mark(number, found.start() + 1), "yaml.control", **told)


class _StopReadingError(Exception):
    """Reading on is of no use; the reason is already noted."""


class _Reader:
    """One pass over one file."""

    def __init__(self, located: Located) -> None:
        self._located = located
        self._next: Callable[[], Any] = _LOADER("\n".join(located.lines)).get_event
        self._anchors: dict[str, tuple[Address, Any]] = {}
        self._marks = located.marks
        self._keys = located.keys
        self._problems: list[Problem] = []

    def read(self) -> Located:
        data = None
        try:
            data = self._document()
            if data is None:
                self._problems.append(Problem("file.empty", file=self._located.file))
        except yaml.MarkedYAMLError as error:
            problem = reworded(error, self._located)
            self._problems += [problem] if problem not in self._problems else []
        except _StopReadingError:
            pass
        if self._problems:
            raise InvalidInput(self._problems)
        return replace(self._located, data=data)

    def _document(self) -> Any:
        self._next()  # the start of the stream
        if isinstance(self._next(), StreamEndEvent):
            return None
        data = self._value(self._next(), ())
        self._next()  # the end of the document
        event = self._next()
        if not isinstance(event, StreamEndEvent):
            self._note(event, "yaml.second_document", hint="yaml.drop_dashes")
        return data

    def _value(self, event: Any, path: Address) -> Any:
        self._marks[path] = place_of(event.start_mark)
        self._check_size(event, path)
        kind = type(event)
        if kind is ScalarEvent and event.implicit[0] and event.anchor is event.tag is None:
            return scalar(event.value)
        if kind is AliasEvent:
            return self._repeated(event, path)
        if event.tag is not None:
            self._note_tag(event)
        data: Any
        if kind is ScalarEvent:
            data = self._scalar(event)
        else:
            data = self._mapping(path) if kind is MappingStartEvent else self._sequence(path)
        if event.anchor is not None:
            self._anchors[event.anchor] = path, data
        return data

    def _scalar(self, event: Any) -> Any:
        if event.implicit[0]:
            return scalar(event.value)
        found = FORBIDDEN.search(event.value) if event.style == '"' else None
        if found:  # it was written as an escape
            self._note(event, "yaml.control", character=called(found.group()))
        return event.value

    def _sequence(self, path: Address) -> list[Any]:
        data: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            data.append(self._value(event, (*path, len(data))))
        return data

    def _mapping(self, path: Address) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            name = self._key(event, path)
            where = (*path, name)
            if name in data and name:
                first = self._keys[where].line
                self._note(event, "yaml.key_twice", name=shortened(name), line=first)
            else:
                self._keys[where] = place_of(event.start_mark)
            data[name] = self._value(self._next(), where)
        return data

    def _key(self, event: Any, path: Address) -> str:
        """Return the text of a key, or note why it is none and return an empty one."""
        if not isinstance(event, ScalarEvent):
            self._note(event, "yaml.key_kind")
            self._value(event, (*path, ""))
            return ""
        name: str = event.value
        if event.tag is not None:
            self._note_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (), name
        if name == "<<" and event.implicit[0]:
            self._note(event, "yaml.merge", hint="yaml.write_out")
        elif not name:
            self._note(event, "yaml.key_empty")
        elif found := _NOT_IN_KEYS.search(name):
            self._note(event, "yaml.control", character=called(found.group()))
        elif UNSEEN.search(name):
            self._problems.append(self._located.unseen(self._unseen_in(event)))
        return name

    def _unseen_in(self, event: Any) -> Mark:
        """Return where the first character that nobody sees is written, in a key that has one."""
        mark = place_of(event.start_mark)
        found = UNSEEN.search(self._located.line(mark.line), mark.column - 1)
        return Mark(mark.line, found.start() + 1) if found else mark

    def _repeated(self, event: Any, path: Address) -> Any:
        """Return a copy of what the alias stands for, and copy the marks inside it."""
        if event.anchor not in self._anchors:
            self._note(event, "yaml.alias_unknown", hint="yaml.quote_star", name=event.anchor)
            return None
        source, value = self._anchors[event.anchor]
        for tail in _inside(value):
            self._marks[path + tail] = self._marks[source + tail]
            if source + tail in self._keys:
                self._keys[path + tail] = self._keys[source + tail]
            self._check_size(event, path + tail)
        return deepcopy(value)

    def _check_size(self, event: Any, path: Address) -> None:
        """Give up before the file takes too much memory or time."""
        if len(path) > DEEPEST:
            self._note(event, "yaml.too_deep", most=DEEPEST)
            raise _StopReadingError
        if len(self._marks) > MOST_VALUES:
            self._note(event, "yaml.too_many", most=f"{MOST_VALUES:,}")
            raise _StopReadingError

    def _note_tag(self, event: Any) -> None:
        tag = tag_at(self._located, place_of(event.start_mark))
        self._note(event, "yaml.tag", hint="yaml.quote_or_drop", tag=tag)

    def _note(self, event: Any, key: str, /, **told: Any) -> None:
        mark = place_of(event.start_mark)
        self._problems.append(self._located.problem_at(mark, key, **told))
        if len(self._problems) > MOST_PROBLEMS:
            raise _StopReadingError


def _inside(value: Any) -> Iterator[Address]:
    """Yield the addresses, from ``value`` on, of everything inside it."""
    if not isinstance(value, dict | list):
        return
    for name, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield (name,)
        yield from ((name, *tail) for tail in _inside(part))

"""Located JSON: what ``json`` reads, with the place of every value and of every mistake."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, Final

from sim.errors import InvalidInput, Problem, shortened
from sim.yaml.located import Address, Located, Mark
from sim.yaml.source import lines_of, text_of

MOST_BYTES: Final = 100_000_000
"""Answers may carry whole documents, written as text."""

DEEPEST: Final = 50

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}:,]|[^][{}:,"\s]+')
_NUMBER: Final = re.compile(r"[-+.\dNI]")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_HALF: Final = re.compile("[\ud800-\udfff]")
_MOST_DIGITS: Final = 308
"""Longer whole numbers stand for more than any other program can read."""

_SAID: Final = (
    ("Unterminated", "json.text_open"),
    ("control character", "json.control"),
    ("escape", "json.escape"),
    ("property name", "json.key"),
    ("':'", "json.colon"),
    ("','", "json.comma"),
    ("Extra data", "json.more"),
    ("", "json.value"),
)
"""What the parser says of a mistake, and our words for it; the first match counts."""


@dataclass(frozen=True)
class Json:
    """One file as plain ``data``. The places in it are looked for when one is asked for."""

    file: str
    text: str
    data: Any = None

    def problem(self, at: Address, key: str, guess: str | None = None, **values: Any) -> Problem:
        """Return the problem ``key`` at the value at ``at``, or at what comes nearest to it."""
        return self._walk.located.problem(at, key, guess=guess, **values)

    def oddities(self) -> list[Problem]:
        """Return what ``json`` lets pass: keys twice, endless numbers, half characters."""
        return self._walk.problems

    def reworded(self, error: json.JSONDecodeError) -> Problem:
        """Return the parser's ``error`` in our own words, at its place."""
        before, after = self.text[: error.pos].rstrip(), self.text[error.pos :]
        at = error.pos
        if after[:1] in {"]", "}"} and before.endswith(","):
            key, at = "json.comma_extra", len(before) - 1
        elif "trailing comma" in error.msg:
            key = "json.comma_extra"
        elif not after.strip():
            key, at = "json.cut", len(before) - 1
        else:
            key = next(key for said, key in _SAID if said in error.msg)
        walk = _Walk(self.file, self.text)
        return walk.located.problem_at(walk.mark(at), key)

    @cached_property
    def _walk(self) -> _Walk:
        walk = _Walk(self.file, self.text)
        walk.go()
        return walk


def load(path: Path) -> Json:
    """Read the file at ``path``. Raises ``InvalidInput`` with all problems found."""
    read = Json(str(path), text_of(path, MOST_BYTES).removeprefix("\N{BOM}"))
    if not read.text.strip():
        raise InvalidInput([Problem("file.empty", file=read.file)])
    try:
        data = json.loads(
            read.text,
            object_pairs_hook=_mapping,
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_finite,
        )
        if _is_sound(data):
            return Json(read.file, read.text, data)
    except json.JSONDecodeError as error:
        raise InvalidInput([read.reworded(error)]) from None
    except (_OddError, RecursionError):
        pass
    raise InvalidInput(read.oddities())


class _OddError(Exception):
    """There is something in the text that its grammar allows and no reader can make sense of."""


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise _OddError
    return data


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise _OddError
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise _OddError
    return value


def _is_sound(data: Any) -> bool:
    """Whether ``data`` is not nested too deep and has no half characters."""
    level = [data]
    for _ in range(DEEPEST):
        level = [one for value in level for one in _inside(value) if isinstance(one, dict | list)]
    if level:
        return False
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


@dataclass(slots=True)
class _Open:
    """A list or an object that is being walked through: the next index or key in it."""

    address: Address
    part: str | int
    at_key: bool


class _Walk:
    """One pass over text that is JSON: it marks what is there and notes what is odd."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self._above: list[_Open] = []
        self.located = Located(file, lines_of(text), None, {}, {})
        self.problems: list[Problem] = []

    def mark(self, at: int) -> Mark:
        """Return the place of the character ``at``."""
        line = bisect_right(self._starts, at)
        return Mark(line, at - self._starts[line - 1] + 1)

    def go(self) -> None:
        """Walk from the first token to the last, or to one that is too deep."""
        for found in _TOKEN.finditer(self._text):
            self._step(found.group(), found.start())
            if len(self._above) > DEEPEST:
                self._note(found.start(), "yaml.too_deep", most=DEEPEST)
                break

    def _step(self, sign: str, at: int) -> None:
        here = self._above[-1] if self._above else None
        if sign in {"]", "}"}:
            self._above.pop()
        elif here is not None and sign == ",":
            here.at_key = isinstance(here.part, str)
            here.part = here.part if isinstance(here.part, str) else here.part + 1
        elif here is not None and sign == ":":
            here.at_key = False
        elif here is not None and here.at_key:
            self._key(here, sign, at)
        else:
            self._value((*here.address, here.part) if here else (), sign, at)

    def _key(self, here: _Open, sign: str, at: int) -> None:
        name = here.part = self._string(sign, at)
        mark = self.mark(at)
        first = self.located.keys.setdefault((*here.address, name), mark)
        if first != mark:
            self._note(at, "yaml.key_twice", name=shortened(name), line=first.line)

    def _value(self, address: Address, sign: str, at: int) -> None:
        self.located.marks[address] = self.mark(at)
        if sign in {"[", "{"}:
            self._above.append(_Open(address, "" if sign == "{" else 0, at_key=sign == "{"))
        elif sign[0] == '"':
            self._string(sign, at)
        elif _NUMBER.match(sign) and not isfinite(float(sign)):
            self._note(at, "json.number", given=shortened(sign))

    def _string(self, sign: str, at: int) -> str:
        text: str = json.loads(sign)
        if _HALF.search(text):
            self._note(at, "json.half")
        return text

    def _note(self, at: int, key: str, **values: Any) -> None:
        self.problems.append(self.located.problem_at(self.mark(at), key, **values))

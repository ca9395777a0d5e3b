"""Located JSON: what ``json`` reads, with the place of every value and of every mistake."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any, Final

from sim.errors import InvalidInput, Problem, shortened
from sim.yaml.located import Address, Located, Mark
from sim.yaml.source import LINE_BREAK, text_of

MOST_BYTES: Final = 100_000_000
"""Answers may carry whole documents, written as text."""

DEEPEST: Final = 50

_TOKEN: Final = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[][{},]|[^][{}:,"\s]+')
"""A text, with the colon behind it if it is a key; a bracket or comma; a number or a word."""

_NUMBER: Final = re.compile(r"[-+.\dNI]")
_HALF: Final = re.compile("[\ud800-\udfff]")

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
    data: Any

    def problem(self, at: Address, key: str, /, **told: Any) -> Problem:
        """Return the problem ``key`` at the value at ``at``, or at what comes nearest to it."""
        return self._places.problem(at, key, **told)

    @cached_property
    def _places(self) -> Located:
        return _Walk(self.file, self.text).go().located


def load(path: Path) -> Json:
    """Read the file at ``path``. Raises ``InvalidInput`` with all problems found."""
    file, text = str(path), text_of(path, MOST_BYTES).removeprefix("\N{BOM}")
    if not text.strip():
        raise InvalidInput([Problem("file.empty", file=file)])
    odd = _Oddities()
    data = None
    try:
        data = json.loads(
            text,
            object_pairs_hook=odd.mapping,
            parse_int=odd.whole,
            parse_float=odd.finite,
            parse_constant=odd.finite,
        )
    except json.JSONDecodeError as error:
        raise InvalidInput([_reworded(error, file)]) from None
    except RecursionError:
        odd.found = True
    if odd.found or not _is_sound(data):
        raise InvalidInput(_Walk(file, text).go().problems)
    return Json(file, text, data)


class _Oddities:
    """Reads the parts of JSON and notes if its grammar allowed what makes no sense."""

    found = False

    def mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        self.found |= len(data) < len(pairs)
        return data

    def finite(self, digits: str) -> float:
        value = float(digits)
        self.found |= not isfinite(value)
        return value

    def whole(self, digits: str) -> int:
        return int(digits) if isfinite(self.finite(digits)) else 0


def _is_sound(data: Any) -> bool:
    """Whether ``data`` is not nested too deep and has no half characters."""
    level: list[Any] = [[data]]
    for _ in range(DEEPEST + 1):
        parts = chain.from_iterable(one.values() if isinstance(one, dict) else one for one in level)
        level = [part for part in parts if isinstance(part, dict | list)]
    return not level and not _HALF.search(json.dumps(data, ensure_ascii=False))


def _reworded(error: json.JSONDecodeError, file: str) -> Problem:
    """Return the parser's ``error`` in our own words, at its place."""
    at = error.pos
    before, after = error.doc[:at].rstrip(), error.doc[at:]
    if after[:1] in {"]", "}"} and before.endswith(","):
        key, at = "json.comma_extra", len(before) - 1
    elif "trailing comma" in error.msg:
        key = "json.comma_extra"
    elif not after.strip():
        key, at = "json.cut", len(before) - 1
    else:
        key = next(key for said, key in _SAID if said in error.msg)
    return _Walk(file, error.doc).problem(at, key)


class _Walk:
    """One pass over text that is JSON: it marks what is there and notes what is odd."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]
        self.located = Located(file, LINE_BREAK.split(text), None, {}, {})
        self.problems: list[Problem] = []

    def problem(self, at: int, key: str, **values: Any) -> Problem:
        """Return the problem ``key`` at the character ``at``."""
        return self.located.problem_at(self._mark(at), key, **values)

    def go(self) -> _Walk:
        """Walk from the first token to the last, or to one that is too deep; return itself."""
        path: list[str | int] = []  # in each list and object that is open: the index or the key
        for found in _TOKEN.finditer(self._text):
            sign, at = found[0], found.start()
            if found[2]:
                path[-1] = self._key(path[:-1], found[1], at)
            elif sign in {"]", "}"}:
                path.pop()
            elif sign != ",":
                self._value(tuple(path), sign, at)
                if sign in {"[", "{"}:
                    path.append(0 if sign == "[" else "")
            elif isinstance(path[-1], int):
                path[-1] += 1
            if len(path) > DEEPEST:
                self._note(at, "yaml.too_deep", most=DEEPEST)
                break
        return self

    def _mark(self, at: int) -> Mark:
        line = bisect_right(self._starts, at)
        return Mark(line, at - self._starts[line - 1] + 1)

    def _key(self, above: list[str | int], sign: str, at: int) -> str:
        name = self._string(sign, at)
        mark = self._mark(at)
        first = self.located.keys.setdefault((*above, name), mark)
        if first != mark:
            self._note(at, "yaml.key_twice", name=shortened(name), line=first.line)
        return name

    def _value(self, address: Address, sign: str, at: int) -> None:
        self.located.marks[address] = self._mark(at)
        if sign[0] == '"':
            self._string(sign, at)
        elif _NUMBER.match(sign) and not isfinite(float(sign)):
            self._note(at, "json.number", given=shortened(sign))

    def _string(self, sign: str, at: int) -> str:
        text: str = json.loads(sign)
        if _HALF.search(text):
            self._note(at, "json.half")
        return text

    def _note(self, at: int, key: str, **values: Any) -> None:
        self.problems.append(self.problem(at, key, **values))

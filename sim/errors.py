"""What can go wrong, each with its exit code and its message in each language.

TetsuzukiError       1  anything this program reports
├── RunFailed        1  a run that cannot be carried on
├── UsageError       2  a command that cannot be understood
└── InvalidInput     3  files that say something wrong: all their problems at once
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import ClassVar, Final

from sim.words import DEFAULT, exists, say

MOST_PROBLEMS: Final = 100
"""Nobody reads on, and whoever makes a hundred thousand of them does not want to help."""

_MARGIN: Final = "    "
_PAGE: Final = 80 - len(_MARGIN)
_TAB: Final = "    "
_CUT: Final = "..."
_LONGEST_NAME: Final = 80
"""Longer words are not compared with others: nobody misspells a name of that length."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the input, with its place.

    ``key`` and ``values`` make the message; ``line`` and ``column`` count from 1, columns in
    characters; ``excerpt`` is the whole source line; ``hint`` is a key of the catalogue that may
    use ``values`` too; ``guess`` is the name that was probably meant. Without either, what to do
    is the message ``key.todo``, if there is one.
    """

    key: str
    values: dict[str, object] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    hint: str | None = None
    guess: str | None = None

    def text(self, lang: str = DEFAULT) -> str:
        """Return ``file:line:col: message``, the source line, a caret and what to do."""
        parts = (self.file, self.line, self.column)
        place = ":".join(str(part) for part in parts if part is not None)
        message = say(self.key, lang, **self.values)
        if place:
            message = f"{_visible(place)}: {message}"
        lines = [message]
        if self.excerpt is not None and self.column is not None:
            excerpt, cells = excerpt_at(self.excerpt, self.column)
            lines += [_MARGIN + excerpt, _MARGIN + " " * cells + "^"]
        if self.hint is not None:
            lines.append(say(self.hint, lang, **self.values))
        if self.guess is not None:
            lines.append(say("did_you_mean", lang, guess=self.guess))
        elif self.hint is None and exists(f"{self.key}.todo"):
            lines.append(say(f"{self.key}.todo", lang, **self.values))
        return "\n".join(lines)

    def order(self) -> tuple[str, int, int]:
        """Return the sort key by place: file, line, column."""
        return self.file or "", self.line or 0, self.column or 0


class TetsuzukiError(Exception):
    """Anything this program reports: ``key`` and ``values`` say it in any language."""

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, lang: str = DEFAULT) -> str:
        """Return the message in ``lang``."""
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.text()


class RunFailed(TetsuzukiError):
    """A run that cannot be carried on."""


class UsageError(TetsuzukiError):
    """A command that cannot be understood."""

    exit_code: ClassVar[int] = 2


class InvalidInput(TetsuzukiError):
    """Files that say something wrong; ``problems`` are in order of file, line and column.

    Of very many problems only the first are kept, and one that says so.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        ordered = sorted(problems, key=Problem.order)
        self.problems = tuple(ordered[:MOST_PROBLEMS])
        if len(ordered) > MOST_PROBLEMS:
            last = self.problems[-1]
            values: dict[str, object] = {"most": MOST_PROBLEMS}
            more = Problem("problems.more", values, last.file, last.line, last.column)
            self.problems += (more,)
        super().__init__("invalid_input", count=len(self.problems))
        self.args = (self.problems,)  # what unpickling in another process calls the class with

    def text(self, lang: str = DEFAULT) -> str:
        """Return all problems in ``lang``, a blank line between two."""
        return "\n\n".join(problem.text(lang) for problem in self.problems)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that ``word`` probably stands for, or ``None`` if none is like it."""
    if len(word) > _LONGEST_NAME:
        return None
    by_lower = {name.lower(): name for name in sorted(candidates, reverse=True)}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def shortened(text: str, most: int = 60) -> str:
    """Return ``text`` cut to at most ``most`` characters, as a message can quote it."""
    return text if len(text) <= most else text[: most - len(_CUT)] + _CUT


def excerpt_at(line: str, column: int) -> tuple[str, int]:
    """Cut ``line`` around ``column`` (from 1) to fit the page.

    Return the text to show and how many terminal cells lie before the column in it. Full-width
    characters take two cells; tabs and unprintable characters are replaced by visible ones.
    """
    at = min(column - 1, len(line))
    before = [*map(_visible, line[max(0, at - _PAGE) : at])]
    after = [*map(_visible, line[at : at + _PAGE])]
    room = max(_PAGE // 2, _PAGE - max(width(after), 1))
    left = _clipped(before[::-1], room, whole=len(before) == at)[::-1]
    right = _clipped(after, _PAGE - width(left), whole=at + len(after) == len(line))
    return "".join(left + right).rstrip(), width(left)


def _clipped(pieces: list[str], room: int, *, whole: bool) -> list[str]:
    """Return ``pieces`` if they are ``whole`` and fit ``room`` cells, or else a marked head."""
    if whole and width(pieces) <= room:
        return pieces
    ends = accumulate(width(piece) for piece in pieces)
    fitting = sum(end <= room - len(_CUT) for end in ends)
    return [*pieces[:fitting], _CUT]


def width(text: Iterable[str]) -> int:
    """Return how many terminal cells a text, or the pieces of one, take: full-width letters two."""
    return sum(_cells(character) for piece in text for character in piece)


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _visible(text: str) -> str:
    shown = text.replace("\t", _TAB)
    return "".join(c if c.isprintable() or c == "\N{IDEOGRAPHIC SPACE}" else "?" for c in shown)

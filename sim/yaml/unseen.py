"""Characters that nobody sees: where they keep a file from being read, and their names."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sim.words import Word, exists

UNSEEN: Final = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Spaces of other widths, joiners, marks of direction, fillers and selectors of variants."""

_KINDS: Final = (
    ("space", "\u1680\u2000-\u200a\u202f\u205f"),
    ("direction", "\u061c\u202a-\u202e\u2066-\u2069"),
)
_CONTROLS: Final = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN "
    "EM SUB ESC FS GS RS US DEL PAD HOP BPH NBH IND NEL SSA ESA HTS HTJ VTS PLD PLU RI SS2 SS3 DCS "
    "PU1 PU2 STS CCH MW SPA EPA SOS SGC SCI CSI ST OSC PM APC"
)
"""What the control characters are called, from U+0000 to U+001F and from U+007F to U+009F."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[^][{},#]+')
_INDENTED: Final = re.compile(rf"[ \t]*(?:- *)*({UNSEEN.pattern}+)[ -~]")
_JOINED: Final = re.compile(rf"[:,]({UNSEEN.pattern})|({UNSEEN.pattern})[ ]*:(?: |$)")


def called(character: str) -> Word:
    """Return the name of a character with its code: no-break space (U+00A0)."""
    code = f"U+{ord(character):04X}"
    if exists(own := f"unseen.{ord(character):04x}"):
        return Word(own, {"code": code})
    if unicodedata.category(character) == "Cc":
        place = ord(character) if character < " " else ord(character) - 0x5F  # 32 of them, then DEL
        return Word("unseen.control", {"code": code, "name": _CONTROLS.split()[place]})
    for kind, members in _KINDS:
        if re.match(f"[{members}]", character):
            return Word(f"unseen.{kind}", {"code": code})
    return Word("unseen.other", {"code": code})


def in_token(line: str, column: int) -> int | None:
    """Return the column of the first one in the key or value at ``column``.

    Not in Japanese text, where a full-width space may be meant.
    """
    token = _TOKEN.match(line, column - 1)
    if token is None or not UNSEEN.sub("", token.group()).isascii():
        return None
    found = UNSEEN.search(token.group())
    return column + found.start() if found else None


def in_indentation(line: str) -> int | None:
    """Return the column of the first one in front of what a line says."""
    found = _INDENTED.match(line)
    return found.start(1) + 1 if found else None


def beside_colon(line: str) -> int | None:
    """Return the column of the first one directly before or after a colon or comma."""
    found = _JOINED.search(line)
    return max(found.start(1), found.start(2)) + 1 if found else None

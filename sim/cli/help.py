"""The help of a command: how it is written, what it does, and all that it takes.

The texts beside commands and parameters are keys of the catalogue, so that they are said in the
language that ``--lang`` names anywhere on the command line, or else the environment.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from sim.errors import width
from sim.words import exists, say, under

WIDEST: Final = 78
_NARROWEST: Final = 50
_MARGIN: Final = "  "
_NAMES: Final = 30
"""Longer names of parameters stand on a line of their own."""

_ATOM: Final = re.compile(r"[!-~]+|[^!-~\s][、。，．）」：！？ー々]*|\s+")
_EXTRAS: Final = re.compile(r"  \[(.*)\]$")


def page(command: TyperCommand | TyperGroup, ctx: Any, lang: str) -> str:
    """Return what ``--help`` prints, of one command or of the whole program."""
    rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None:
            names, told = record
            own = "help.help" if param.name == "help" else told  # made by typer itself
            rows[param.param_type_name].append((names, _explained(own, lang)))
    commands = under("command") if isinstance(command, TyperGroup) else ()
    named = [(name, say(f"command.{name}", lang)) for name in commands]
    about = say(f"command.{command.name}" if ctx.parent else "help.program", lang)
    lines = [
        *_filled(usage(command, ctx, lang), "", _columns()),
        "",
        *_filled(about, _MARGIN, _columns()),
        *_section("help.arguments", rows["argument"], lang),
        *_section("help.options", rows["option"], lang),
        *_section("help.commands", named, lang),
    ]
    return "\n".join(lines)


def usage(command: Any, ctx: Any, lang: str) -> str:
    """Return how a command is written, in one line."""
    pieces = " ".join(command.collect_usage_pieces(ctx))
    return say("help.usage", lang, command=f"{ctx.command_path} {pieces}")


def _explained(told: str, lang: str) -> str:
    """Return what a parameter is for, and its default and bounds in brackets."""
    extras = _EXTRAS.search(told)
    text = _said(_EXTRAS.sub("", told), lang)
    if extras is None:
        return text
    notes = (note.removeprefix("default: ") for note in extras[1].split("; "))
    said = [
        say("help.default", lang, value=note)
        if f"default: {note}" in extras[1]
        else _said(f"help.{note}", lang, note)
        for note in notes
    ]
    return f"{text}  [{'; '.join(said)}]"


def _said(key: str, lang: str, otherwise: str | None = None) -> str:
    """Return the message, or what is not in the catalogue as it stands."""
    return say(key, lang) if exists(key) else otherwise or key


def _section(title: str, rows: Sequence[tuple[str, str]], lang: str) -> list[str]:
    if not rows:
        return []
    column = min(max(width(names) for names, _ in rows), _NAMES) + 2 * len(_MARGIN)
    lines = ["", f"{say(title, lang)}:"]
    for names, told in rows:
        head = _MARGIN + names
        text = list(_filled(told, " " * column, _columns()))
        if width(head) + len(_MARGIN) <= column:
            text[0] = head.ljust(column) + text[0].strip()
        else:
            lines.append(head)
        lines += text
    return lines


def _columns() -> int:
    return max(_NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 2))


def _filled(text: str, margin: str, columns: int) -> Iterator[str]:
    """Yield the lines of ``text``: broken at spaces, and between full-width letters."""
    line = ""
    for atom in _ATOM.findall(text):
        if line.strip() and width(margin + line + atom.rstrip()) > columns:
            yield (margin + line).rstrip()
            line = ""
        line += atom if line or not atom.isspace() else ""
    yield (margin + line).rstrip()

"""How a command is written, what it does and takes, and why a command line cannot be understood.

The texts beside commands and parameters are keys of the catalogue, so that they are said in the
language that ``--lang`` names anywhere on the command line, or else the environment.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from sim.errors import nearest, shortened, width
from sim.words import Word, exists, say, under

_WIDEST: Final = 78
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
        *_filled(usage(command, ctx, lang), ""),
        "",
        *_filled(about, _MARGIN),
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
        text = list(_filled(told, " " * column))
        if width(head) + len(_MARGIN) <= column:
            text[0] = head.ljust(column) + text[0].strip()
        else:
            lines.append(head)
        lines += text
    return lines


def _filled(text: str, margin: str) -> Iterator[str]:
    """Yield the lines of ``text``: broken at spaces, and between full-width letters."""
    columns = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 2))
    line = ""
    for atom in _ATOM.findall(text):
        if line.strip() and width(margin + line + atom.rstrip()) > columns:
            yield (margin + line).rstrip()
            line = ""
        line += atom if line or not atom.isspace() else ""
    yield (margin + line).rstrip()


# -- refusals --------------------------------------------------------------------------------------

_REFUSALS: Final = (
    (re.compile(r"[Uu]nexpected extra argument[^(]*\(?s?\)? ?\(?(?P<name>[^)]*)"), "usage.extra"),
    (re.compile(r"No such command '(?P<name>[^']*)'"), "usage.no_command"),
    (re.compile(r"Missing command(?P<name>)"), "usage.command"),
    (re.compile(r"Option '(?P<name>[^']*)' requires an argument"), "usage.no_value"),
    (re.compile(r"Option '(?P<name>[^']*)' does not take a value"), "usage.takes_no_value"),
)
"""What typer says of a command line, and the key of our own words for it."""

_CHOICE: Final = re.compile(r"is not one of (.*?)\.?$")


def refused(error: typer.TyperException, lang: str) -> Iterator[str]:
    """Yield the lines that say why a command line cannot be understood."""
    ctx: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        yield error.format_message()
        return
    if ctx is not None:
        yield usage(ctx.command, ctx, lang)
        yield say("usage.help", lang, command=f"{ctx.command_path} {ctx.help_option_names[0]}")
        yield ""
    yield say("usage.error", lang, reason=_reason(error, ctx))


def _reason(error: typer.TyperException, ctx: Any) -> Word:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        option = str(getattr(error, "option_name", ""))
        return _unknown("usage.no_option", option, getattr(error, "possibilities", None) or ())
    if kind == "MissingParameter":
        return Word("usage.missing", {"name": _name(error, ctx)})
    if kind == "BadParameter":
        fault: list[Any] = getattr(error.__cause__, "errors", list)()
        reason = _fault(fault[0]) if fault else error.message
        return Word("usage.bad_value", {"name": _name(error, ctx), "reason": reason})
    for said, key in _REFUSALS:
        if found := said.search(error.format_message()):
            known = under("command") if key == "usage.no_command" else ()
            return _unknown(key, found["name"], known)
    return Word("usage.other", {"reason": error.format_message()})


def _unknown(key: str, name: str, known: Iterable[str]) -> Word:
    told = Word(key, {"name": shortened(name)})
    guess = nearest(name, known)
    return Word("usage.guess", {"told": told, "guess": guess}) if guess else told


def _name(error: Any, ctx: Any) -> str:
    """Return what a parameter is called on the command line."""
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    if param.param_type_name == "argument":
        return "".join(param.get_usage_pieces(ctx)).strip("[]{}.")
    return " / ".join(param.opts)


def _fault(fault: Any) -> Word | str:
    """Return what is wrong with a value, in the words that files are refused with."""
    value = Word("shown.text", {"text": shortened(str(fault["input"]))})
    context = fault.get("ctx", {})
    choices = _CHOICE.search(fault["msg"])
    if fault["type"] == "greater_than_equal":
        return Word("value.at_least", {"bound": context["ge"], "value": value})
    if fault["type"] == "less_than_equal":
        return Word("value.at_most", {"bound": context["le"], "value": value})
    if fault["type"].startswith("int_"):
        return Word("value.kind", {"expected": Word("kind.whole"), "value": value})
    if choices:
        allowed = choices[1].replace("'", "")
        return Word("value.one_of", {"allowed": allowed, "value": value})
    return str(fault["msg"])

"""Why a command line cannot be understood, said in its language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import typer

from sim.cli.help import usage
from sim.errors import nearest, shortened
from sim.words import Word, say, under

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

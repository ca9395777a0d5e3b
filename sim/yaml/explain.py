"""Turns the errors that pydantic found in a file into located problems in our own words.

MERGED: Which keys a definition may have and where, so that a misspelt one can be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Final, Literal, Protocol, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.errors import MOST_PROBLEMS, Problem, nearest, shortened
from sim.words import Word
from sim.yaml import meant
from sim.yaml.error_places import BOUNDS, CHOICES, KINDS, Fault, faults_of, likeliest
from sim.yaml.located import Address
from sim.yaml.writer import truth_meant

Known = Callable[[Address], Iterable[str]]
"""Tells the keys that a mapping may have, from its address."""


class Placed(Protocol):
    """What was validated: a file, or one with patches in it."""

    @property
    def data(self) -> Any:
        """The plain data, whose addresses the errors name."""

    @property
    def problem(self) -> Callable[..., Problem]:
        """Makes a problem at an address, as ``Located.problem`` does."""


_FORMS: Final = {
    r"^[A-Za-z][A-Za-z0-9_]*$": "value.name",
    r"^[A-Za-z0-9][A-Za-z0-9_]*$": "value.item",
}
_NOTES: Final = ("at", "on", "hint", "guess")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")


@dataclass(frozen=True)
class _Told:
    """The words for a fault."""

    key: str
    values: dict[str, object]
    on: Literal["value", "key"] = "value"
    hint: str | None = None
    guess: str | None = None


def explain(
    placed: Placed,
    error: ValidationError,
    known: Known | type[BaseModel] | None = None,
    *,
    above: Address = (),
) -> list[Problem]:
    """Return every error as a problem in its place, in the order of the places.

    An error whose type is a key of the catalogue is said with its context as values; of these,
    ``at`` (an address below the place of the error), ``on`` (``key`` or ``value``), ``hint`` and
    ``guess`` say where it is and what to do. ``known`` helps to guess what an unknown key is for:
    the model, or what tells the keys at an address in it. ``above`` is the address of what was
    validated, if it is a part of the file only.
    """
    faults = faults_of(error, placed.data, above)
    keys = keys_of(known) if isinstance(known, type) else known
    told = [
        (alike, _told(alike, _candidates(alike[0], faults, keys, above)))
        for alike in islice(likeliest(faults), MOST_PROBLEMS + 1)
    ]
    misspelt = {(alike[0].path[:-1], words.guess) for alike, words in told if words.on == "key"}
    problems = [
        _problem(placed, alike, words)
        for alike, words in told
        if alike[0].type != "missing" or (alike[0].path, alike[0].last) not in misspelt
    ]
    return sorted(problems, key=Problem.order)


def _candidates(fault: Fault, faults: list[Fault], keys: Known | None, above: Address) -> list[str]:
    """Return what an unknown key may have been meant to be: a missing one, or any that is known."""
    parent = fault.path[:-1]
    missing = [str(one.last) for one in faults if one.type == "missing" and one.path == parent]
    return [*missing, *(keys(parent[len(above) :]) if keys else ())]


def _problem(placed: Placed, alike: list[Fault], told: _Told) -> Problem:
    on: Literal["value", "key"] = "key" if alike[0].on_key else told.on
    return placed.problem(
        alike[0].path, told.key, on=on, hint=told.hint, guess=told.guess, **told.values
    )


def _told(alike: list[Fault], candidates: list[str]) -> _Told:
    fault = alike[0]
    value = _shown(fault.details["input"])
    if fault.is_ours:
        last = fault.path[-1] if fault.path else ""
        return _ours(fault.type, {"name": last} | fault.context)
    if fault.type == "missing":
        return _missing(fault)
    if fault.type == "extra_forbidden":
        name = str(fault.last)
        values: dict[str, object] = {"name": shortened(name)}
        guess = nearest(re.split("[:\N{FULLWIDTH COLON}]", name)[0], candidates)
        hint = _colon_hint(name)
        if hint is None and guess is None and candidates:
            hint, values["known"] = "value.known_keys", ", ".join(dict.fromkeys(candidates))
        return _Told("value.unknown_key", values, "key", hint, guess)
    if fault.type in KINDS or fault.type in CHOICES:
        return _other_kind(alike, value)
    if fault.type in BOUNDS:
        key, bound = BOUNDS[fault.type]
        size = fault.context.get("actual_length", len(str(fault.details["input"])))
        return _Told(key, {"bound": _shown(fault.context[bound]), "value": value, "size": size})
    return _rest(fault, value)


def _ours(key: str, context: dict[str, Any]) -> _Told:
    values = {name: _joined(value) for name, value in context.items() if name not in _NOTES}
    on: Literal["value", "key"] = "key" if context.get("on") == "key" else "value"
    return _Told(key, values, on, context.get("hint"), context.get("guess"))


def _joined(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _missing(fault: Fault) -> _Told:
    if isinstance(fault.last, int):  # an entry of a list of fixed length
        return _Told("value.few", {"bound": fault.last + 1, "size": len(fault.details["input"])})
    return _Told("value.missing", {"name": fault.last}, "key")


def _other_kind(alike: list[Fault], value: object) -> _Told:
    """Say all that is expected, when the value is of another kind or none of the choices."""
    choices = [name for fault in alike for name in _choices(fault)]
    kinds = dict.fromkeys(KINDS[fault.type] for fault in alike if fault.type in KINDS)
    given = alike[0].details["input"]
    guess = nearest(given, choices) if isinstance(given, str) else None
    if isinstance(given, str) and "kind.truth" in kinds:
        guess = truth_meant(given)
    if isinstance(given, str) and kinds.keys() & {"kind.whole", "kind.number"}:
        guess = meant.number(shortened(given)) or guess
    if not kinds and len(choices) > 1:
        allowed = ", ".join(choices)
        return _Told("value.one_of", {"allowed": allowed, "value": value}, guess=guess)
    expected: list[object] = [*map(Word, kinds), *map(_shown, choices)]
    either = reduce(_either, expected)
    hint = _colon_hint(given) if "kind.mapping" in kinds else None
    return _Told("value.kind", {"expected": either, "value": value}, "value", hint, guess)


def _colon_hint(text: object) -> str | None:
    """Recognise a key and its value that were read as one text."""
    if not isinstance(text, str):
        return None
    if "\N{FULLWIDTH COLON}" in text:
        return "yaml.full_width"
    return "yaml.write_pair" if re.search(r"[A-Za-z_]\w*:\S", text) else None


def _choices(fault: Fault) -> list[str]:
    if fault.type not in CHOICES:
        return []
    told = str(fault.context[CHOICES[fault.type]])
    return _QUOTED.findall(told) or re.split(", | or ", told)


def _either(first: object, second: object) -> Word:
    return Word("kind.or", {"first": first, "second": second})


def _rest(fault: Fault, value: object) -> _Told:
    if fault.type == "string_pattern_mismatch":
        pattern = fault.context["pattern"]
        key = _FORMS.get(pattern, "value.pattern")
        return _Told(key, {"value": value, "pattern": pattern})
    if fault.type == "finite_number":
        return _Told("value.finite", {"value": value})
    if fault.type in {"value_error", "assertion_error"}:
        return _Told("value.refused", {"value": value, "reason": str(fault.context["error"])})
    return _Told("value.form", {"value": value})


def _shown(value: object) -> object:
    """Return ``value`` as a message quotes it, in the spelling of the file."""
    if value is None:
        return Word("shown.nothing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return Word("shown.text", {"text": shortened(value)})
    if isinstance(value, dict):
        return Word("kind.mapping")
    if isinstance(value, list):
        return Word("kind.list")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return shortened(str(value).replace("inf", ".inf"))


def keys_of(model: type[BaseModel]) -> Callable[[Address], list[str]]:
    """Return a function from an address to the keys that ``model`` allows a mapping there."""

    def known(address: Address) -> list[str]:
        kinds = [model]
        for part in address:
            kinds = [inner for kind in kinds for inner in _inside(kind, part)]
        models = [one for kind in kinds for one in alternatives(kind) if _is_model(one)]
        return [field.alias or name for one in models for name, field in one.model_fields.items()]

    return known


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    """Yield the kinds of value that may stand under ``part`` in a value of ``kind``."""
    for one in alternatives(kind):
        if _is_model(one):
            fields = one.model_fields.items()
            yield from (field.annotation for name, field in fields if part in {name, field.alias})
        elif get_origin(one) is dict:
            yield get_args(one)[1]
        elif get_origin(one) in {list, tuple}:
            yield from get_args(one)


def alternatives(kind: Any) -> Iterator[Any]:
    """Yield the kinds of value that an annotation allows, one by one."""
    if get_origin(kind) is Annotated:
        yield from alternatives(get_args(kind)[0])
    elif get_origin(kind) in {Union, UnionType}:
        yield from (one for branch in get_args(kind) for one in alternatives(branch))
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)

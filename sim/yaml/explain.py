"""Turns the errors that pydantic found in a file into located problems in our own words.

A key that is misspelt is guessed from those that the definition may have in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Final, Protocol, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import ErrorDetails

from sim.errors import MOST_PROBLEMS, Problem, nearest, shortened
from sim.words import Word
from sim.yaml import meant
from sim.yaml.located import Address, has
from sim.yaml.writer import shown

_KEY: Final = "[key]"  # the last part of a loc when a key and not its value is wrong

_KINDS: Final = meant.by_word(
    {
        "kind.whole": "int_type int_parsing int_from_float int_parsing_size",
        "kind.number": "float_type float_parsing",
        "kind.text": "string_type string_sub_type",
        "kind.truth": "bool_type bool_parsing",
        "kind.list": "list_type tuple_type set_type frozen_set_type iterable_type",
        "kind.mapping": "dict_type mapping_type model_type model_attributes_type dataclass_type",
        "kind.date": "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
        "kind.moment": "datetime_type datetime_parsing datetime_from_date_parsing",
        "kind.clock": "time_type time_parsing",
        "kind.nothing": "none_required",
    }
)
_CHOICES: Final = {
    "literal_error": "expected",
    "enum": "expected",
    "union_tag_invalid": "expected_tags",
}
_BOUNDS: Final = {
    "greater_than": ("value.above", "gt"),
    "greater_than_equal": ("value.at_least", "ge"),
    "less_than": ("value.below", "lt"),
    "less_than_equal": ("value.at_most", "le"),
    "multiple_of": ("value.multiple", "multiple_of"),
    "string_too_short": ("value.short", "min_length"),
    "string_too_long": ("value.long", "max_length"),
    "too_short": ("value.few", "min_length"),
    "too_long": ("value.many", "max_length"),
}
_OTHERS: Final = {
    "string_pattern_mismatch": "value.pattern",
    "finite_number": "value.finite",
    "value_error": "value.refused",
    "assertion_error": "value.refused",
}
_FORMS: Final = {
    r"^[A-Za-z][A-Za-z0-9_]*$": "value.name",
    r"^[A-Za-z0-9][A-Za-z0-9_]*$": "value.item",
}
_NOTES: Final = ("at", "on", "hint", "guess")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_COLON: Final = "\N{FULLWIDTH COLON}"

Known = Callable[[Address], list[str]]
"""Tells the keys that a mapping may have, from its address."""


class Placed(Protocol):
    """What was validated: a file, or one with patches in it."""

    @property
    def data(self) -> Any:
        """The plain data, whose addresses the errors name."""

    @property
    def problem(self) -> Callable[..., Problem]:
        """Makes a problem at an address, as ``Located.problem`` does."""


@dataclass(frozen=True)
class Fault:
    """One error with its address in the file.

    ``turns`` are the parts of the loc that are no part of the address, each with the address it
    stands behind: in a union the name of the branch that reports the error.
    """

    details: ErrorDetails
    path: Address
    turns: tuple[tuple[Address, str | int], ...]

    @property
    def type(self) -> str:
        """The kind of error: pydantic's name of it, or a key of the catalogue."""
        return self.details["type"]

    @property
    def context(self) -> dict[str, Any]:
        """The values that belong to the type."""
        return self.details.get("ctx", {})

    @property
    def last(self) -> str | int:
        """The last part of the loc: the key that is missing or unknown."""
        return self.details["loc"][-1] if self.details["loc"] else ""

    @property
    def is_ours(self) -> bool:
        """Whether a validator of ours speaks: it always says where, and pydantic never does."""
        return "at" in self.context

    @property
    def on_key(self) -> bool:
        """Whether a key, and not its value, is wrong."""
        return _KEY in self.details["loc"]


@dataclass(frozen=True)
class _Told:
    """The words for a fault, and whether they are about the value or its key."""

    key: str
    values: dict[str, object]
    on: str = "value"
    hint: str | None = None
    guess: str | None = None


def explain(
    placed: Placed,
    error: ValidationError,
    model: type[BaseModel] | None = None,
    *,
    above: Address = (),
) -> list[Problem]:
    """Return every error as a problem in its place, in the order of the places.

    An error whose type is a key of the catalogue is said with its context as values; of these,
    ``at`` (an address below the place of the error), ``on`` (``key`` or ``value``), ``hint`` and
    ``guess`` say where it is and what to do. The keys of the ``model`` help to guess what an
    unknown one is for. ``above``: the address of what was validated, if it is a part of the file.
    """
    faults = faults_of(error, placed.data, above)

    def known(mapping: Address) -> list[str]:
        """Return the keys there may be in a mapping, first those that it lacks."""
        missing = [str(one.last) for one in faults if one.type == "missing" and one.path == mapping]
        return [*missing, *(keys_of(model, mapping[len(above) :]) if model else ())]

    told = [
        (alike[0], _told(alike, known)) for alike in islice(likeliest(faults), MOST_PROBLEMS + 1)
    ]
    misspelt = {(fault.path[:-1], words.guess) for fault, words in told if words.on == "key"}
    problems = [
        placed.problem(
            fault.path,
            words.key,
            on="key" if fault.on_key else words.on,
            hint=words.hint,
            guess=words.guess,
            **words.values,
        )
        for fault, words in told
        if fault.type != "missing" or (fault.path, fault.last) not in misspelt
    ]
    return sorted(problems, key=Problem.order)


def faults_of(error: ValidationError, data: Any, above: Address = ()) -> list[Fault]:
    """Return the faults in ``data``, whose part at ``above`` was validated."""
    return [_fault(data, above, details) for details in error.errors(include_url=False)]


def _fault(data: Any, above: Address, details: ErrorDetails) -> Fault:
    """Leave out of the address what pydantic puts between the keys of a loc."""
    missing = details["type"] == "missing"
    loc = details["loc"][:-1] if missing else details["loc"]
    path: Address = ()
    turns: list[tuple[Address, str | int]] = []
    for part in (*above, *loc, *details.get("ctx", {}).get("at", ())):
        if has(data, part):
            path, data = (*path, part), data[part]
        elif part != _KEY:
            turns.append((path, part))
    return Fault(details, path, tuple(turns))


def likeliest(faults: list[Fault], turn: int = 0) -> list[list[Fault]]:
    """Of each union keep the branch that was probably meant; alternatives are in one list.

    Only what comes at the ``turn`` or later is looked at.
    """
    unions: dict[Address, dict[str | int, list[Fault]]] = {}
    for fault in faults:
        if len(fault.turns) > turn:
            place, branch = fault.turns[turn]
            unions.setdefault(place, {}).setdefault(branch, []).append(fault)
    kept = [[fault] for fault in faults if len(fault.turns) <= turn]
    for place, branches in unions.items():
        kept.extend(_meant(list(branches.values()), place, turn))
    return kept


def _meant(branches: list[list[Fault]], place: Address, turn: int) -> list[list[Fault]]:
    if len(branches) > 1 and all(_expects(branch, place) for branch in branches):
        return [[fault for branch in branches for fault in branch if _expects([fault], place)]]
    return likeliest(min(branches, key=lambda branch: _distance(branch, place)), turn + 1)


def _expects(branch: list[Fault], place: Address) -> bool:
    """Whether the branch wants another kind of value, and not this one written otherwise."""
    return any(fault.path == place and fault.type in {*_KINDS, *_CHOICES} for fault in branch)


def _distance(branch: list[Fault], place: Address) -> tuple[bool, int, int, bool, int]:
    return (
        _expects(branch, place),
        sum(fault.type == "extra_forbidden" for fault in branch),
        -max(len(fault.path) for fault in branch),
        not any(fault.is_ours for fault in branch),
        len(branch),
    )


def _unknown(fault: Fault, known: Known) -> _Told:
    """Say that a key is unknown, and which one was meant or which ones there are."""
    name = str(fault.last)
    values: dict[str, object] = {"name": shortened(name)}
    candidates = known(fault.path[:-1])
    guess = nearest(re.split(f"[:{_COLON}]", name)[0], candidates)
    hint = _colon_hint(name)
    if hint is None and guess is None and candidates:
        hint, values["known"] = "value.known_keys", ", ".join(dict.fromkeys(candidates))
    return _Told("value.unknown_key", values, "key", hint, guess)


def _told(alike: list[Fault], known: Known) -> _Told:
    fault = alike[0]
    given = fault.details["input"]
    value = shown(given)
    if fault.is_ours:
        return _ours(fault)
    if fault.type == "missing":
        return _missing(fault)
    if fault.type == "extra_forbidden":
        return _unknown(fault, known)
    if fault.type in _KINDS or fault.type in _CHOICES:
        return _other_kind(alike, value)
    if fault.type in _BOUNDS:
        key, bound = _BOUNDS[fault.type]
        size = fault.context.get("actual_length", len(str(given)))
        return _Told(key, {"bound": shown(fault.context[bound]), "value": value, "size": size})
    pattern = fault.context.get("pattern", "")
    values = {"value": value, "pattern": pattern, "reason": str(fault.context.get("error"))}
    return _Told(_FORMS.get(pattern) or _OTHERS.get(fault.type, "value.form"), values)


def _missing(fault: Fault) -> _Told:
    if isinstance(fault.last, int):  # an entry of a list of fixed length
        return _Told("value.few", {"bound": fault.last + 1, "size": len(fault.details["input"])})
    return _Told("value.missing", {"name": fault.last}, "key")


def _ours(fault: Fault) -> _Told:
    context = {"name": fault.path[-1] if fault.path else ""} | fault.context
    values = {name: _joined(value) for name, value in context.items() if name not in _NOTES}
    on = context.get("on", "value")
    return _Told(fault.type, values, on, context.get("hint"), context.get("guess"))


def _joined(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _other_kind(alike: list[Fault], value: object) -> _Told:
    """Say all that is expected, when the value is of another kind or none of the choices."""
    choices = [name for fault in alike for name in _choices(fault)]
    kinds = dict.fromkeys(_KINDS[fault.type] for fault in alike if fault.type in _KINDS)
    given = alike[0].details["input"]
    guess = hint = None
    if isinstance(given, str):
        guess = meant.truth(given) if "kind.truth" in kinds else nearest(given, choices)
        if kinds.keys() & {"kind.whole", "kind.number"}:
            guess = meant.number(shortened(given)) or guess
        if "kind.mapping" in kinds:
            hint = _colon_hint(given)
    if not kinds and len(choices) > 1:
        allowed = ", ".join(choices)
        return _Told("value.one_of", {"allowed": allowed, "value": value}, guess=guess)
    expected: list[object] = [*map(Word, kinds), *map(shown, choices)]
    either = reduce(_either, expected)
    return _Told("value.kind", {"expected": either, "value": value}, "value", hint, guess)


def _colon_hint(text: str) -> str | None:
    """Recognise a key and its value that were read as one text."""
    if _COLON in text:
        return "yaml.full_width"
    return "yaml.write_pair" if re.search(r"[A-Za-z_]\w*:\S", text) else None


def _choices(fault: Fault) -> list[str]:
    if fault.type not in _CHOICES:
        return []
    told = str(fault.context[_CHOICES[fault.type]])
    return _QUOTED.findall(told) or re.split(", | or ", told)


def _either(first: object, second: object) -> Word:
    return Word("kind.or", {"first": first, "second": second})


def keys_of(model: type[BaseModel], address: Address) -> list[str]:
    """Return the keys that ``model`` allows a mapping at ``address``."""
    kinds = [model]
    for part in address:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    models = [one for kind in kinds for one in alternatives(kind) if _is_model(one)]
    return [
        field.alias or name
        for one in models
        for name, field in one.model_fields.items()
        if not any(type(note) is SkipJsonSchema for note in field.metadata)  # what is refused
    ]


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

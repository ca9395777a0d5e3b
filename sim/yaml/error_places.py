"""Finds where in a file the errors of pydantic are, and which of a union's count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.yaml.located import Address, has
from sim.yaml.meant import by_word

_KEY: Final = "[key]"  # the last part of a loc when a key and not its value is wrong

KINDS: Final = by_word(
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
CHOICES: Final = {
    "literal_error": "expected",
    "enum": "expected",
    "union_tag_invalid": "expected_tags",
}
BOUNDS: Final = {
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
    return any(fault.path == place and fault.type in {*KINDS, *CHOICES} for fault in branch)


def _distance(branch: list[Fault], place: Address) -> tuple[bool, int, int, bool, int]:
    return (
        _expects(branch, place),
        sum(fault.type == "extra_forbidden" for fault in branch),
        -max(len(fault.path) for fault in branch),
        not any(fault.is_ours for fault in branch),
        len(branch),
    )

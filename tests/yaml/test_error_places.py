"""Errors of pydantic find their address in the file and their branch of a union."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from sim.yaml.explain import Fault, faults_of, likeliest


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class Spread(Strict):
    """One form of a quantity."""

    median: int
    p90: int


class Mean(Strict):
    """Another form of a quantity."""

    mean: int
    note: str = ""


def _word(raw: object) -> str:
    if isinstance(raw, str) and raw.endswith("h"):
        return raw
    raise PydanticCustomError("value.missing", "…", {"at": (), "name": "h"})


Word = Annotated[str, BeforeValidator(_word)]


class Model(Strict):
    """Unions of every kind."""

    work: int | Spread | Mean = 1
    delay: Word | Spread = "1h"
    names: dict[str, list[int | Literal["all"]]] = {}
    nested: dict[str, bool | dict[str, int | bool]] = {}


def faults(data: dict[str, Any], above: tuple[str, ...] = ()) -> list[Fault]:
    """Return the faults of the model at ``above`` in ``data``."""
    part: Any = data
    for name in above:
        part = part[name]
    with pytest.raises(ValidationError) as raised:
        Model.model_validate(part)
    return faults_of(raised.value, data, above)


def told(data: dict[str, Any]) -> list[list[tuple[str, tuple[str | int, ...]]]]:
    """Return types and addresses of the faults that count."""
    return [[(fault.type, fault.path) for fault in alike] for alike in likeliest(faults(data))]


def test_an_address_holds_nothing_but_keys_and_indices_of_the_file() -> None:
    """Names of branches are turns, told apart from the address; a missing key is no part of it."""
    found = faults({"names": {"int": ["x"]}, "work": {"median": 1}})
    assert {fault.path for fault in found} == {("names", "int", 0), ("work",)} | {
        ("work", "median")
    }
    assert {fault.turns for fault in found if fault.path[0] == "names"} == {
        ((("names", "int", 0), "int"),),
        ((("names", "int", 0), "literal['all']"),),
    }
    assert [fault.last for fault in found if fault.type == "missing"] == ["p90", "mean"]


def test_an_address_begins_with_that_of_the_part_that_was_validated() -> None:
    """So it leads from the root of the file."""
    (fault, *_) = faults({"a": {"b": {"work": "x"}}}, ("a", "b"))
    assert fault.path == ("a", "b", "work")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # another kind of value than any branch wants: all are alternatives
        (
            {"work": "x"},
            [[("int_parsing", ("work",)), ("model_type", ("work",)), ("model_type", ("work",))]],
        ),
        # a mapping: the branch with the fewest unknown keys
        ({"work": {"median": 1}}, [[("missing", ("work",))]]),
        ({"work": {"mean": 1, "p90": 1}}, [[("extra_forbidden", ("work", "p90"))]]),
        # the branch that came furthest
        ({"work": {"median": "x", "p90": 1}}, [[("int_parsing", ("work", "median"))]]),
        # our own words know best
        ({"delay": "soon"}, [[("value.missing", ("delay",))]]),
        # a union in a union
        (
            {"nested": {"a": {"b": "x"}}},
            [[("int_parsing", ("nested", "a", "b")), ("bool_parsing", ("nested", "a", "b"))]],
        ),
    ],
)
def test_of_a_union_the_branch_that_was_meant_counts(
    data: dict[str, Any], expected: list[list[tuple[str, tuple[str | int, ...]]]]
) -> None:
    """The others would only say that the value is not what nobody wanted it to be."""
    assert told(data) == expected


def test_faults_outside_a_union_all_count() -> None:
    """Each stands for itself."""
    assert told({"a": 1, "b": 2}) == [
        [("extra_forbidden", ("a",))],
        [("extra_forbidden", ("b",))],
    ]

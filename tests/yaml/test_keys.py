"""The keys a definition may have are known at every address."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from sim.yaml.explain import keys_of


class Leaf(BaseModel):
    """The innermost mapping."""

    end: int = 0
    if_: int = Field(0, alias="if")


class Branch(BaseModel):
    """A mapping of all shapes that may hold another."""

    one: Leaf | None = None
    listed: list[Annotated[Leaf, "noted"]] = []
    pair: tuple[int, Leaf] = (0, Leaf())
    named: dict[str, Leaf | int] = {}
    either: Leaf | dict[str, Leaf] = Leaf()
    again: Branch | None = Field(None, alias="another")


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ((), ["one", "listed", "pair", "named", "either", "another"]),
        (("one",), ["end", "if"]),
        (("listed", 3), ["end", "if"]),
        (("pair", 1), ["end", "if"]),
        (("named", "any"), ["end", "if"]),
        (("either",), ["end", "if"]),
        (("either", "any"), ["end", "if"]),
        (("another", "another", "one"), ["end", "if"]),
        (("one", "end"), []),
        (("nowhere", "at", "all"), []),
    ],
)
def test_the_keys_at_an_address_are_those_of_the_model(
    address: tuple[str | int, ...], keys: list[str]
) -> None:
    """Lists, pairs, names, unions and notes are looked through; an alias is the name in files."""
    assert keys_of(Branch, address) == keys

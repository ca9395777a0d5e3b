"""Levers: named changes of a procedure that a scenario or the command line can choose."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from sim.errors import nearest
from sim.language.amounts import wrong
from sim.language.base import Different, Label, Once, Some, Strict, each_once
from sim.language.json_schema import Shape, one_of
from sim.language.quantity import ranged
from sim.yaml.writer import quoted


def _values(raw: object) -> object:
    """``[a, b]`` stands for values that set nothing: conditions and lookups read them."""
    if not isinstance(raw, list):
        return raw
    names = [quoted(name) for name in raw]
    each_once(names)
    return {name: {} for name in names}


class Lever(Strict):
    """A named change: patches by value (``values``), or a number that ``replaces`` fields."""

    title: Label | None = None
    """What people call it."""
    default: str | int | float | bool
    """The value if nobody chooses one; with the range of what may be chosen."""
    values: (
        Annotated[
            dict[str, dict[str, Any]],
            BeforeValidator(
                _values,
                json_schema_input_type=dict[str, dict[str, Any]]
                | Annotated[list[str | bool | int], Some, Different],
            ),
        ]
        | None
    ) = None
    """The values there are, each with the fields that it sets."""
    range: tuple[str | int | float, str | int | float] | None = None
    """Lowest and highest number that may be chosen, if they do not stand behind the default."""
    replaces: Annotated[tuple[str, ...], Some, Once, Different] | None = None
    """The fields that the number goes to."""
    source: str | None = None
    """Id of the fact that the default is from."""

    @model_validator(mode="before")
    @classmethod
    def _range_behind_default(cls, raw: Any) -> Any:
        number = isinstance(raw, dict) and "default" in raw and "replaces" in raw
        return ranged(raw, "default") if number else raw

    @model_validator(mode="before")
    @classmethod
    def _default_leaves_all_as_it_is(cls, raw: Any) -> Any:
        """A default that is not among the values sets nothing."""
        values = raw.get("values") if isinstance(raw, dict) else None
        default = quoted(raw.get("default")) if isinstance(values, dict) else ""
        if isinstance(values, dict) and "default" in raw and nearest(default, values) is None:
            return raw | {"values": {default: {}, **values}}
        return raw

    @model_validator(mode="after")
    def _one_kind(self) -> Lever:
        if self.values is None and self.replaces is None:
            raise wrong("lever_no_kind")
        if self.values is not None and self.replaces is not None:
            raise wrong("lever_two_kinds", ("replaces",), on="key")
        if self.values is not None and self.range is not None:
            raise wrong("lever_range_of_values", ("range",), on="key")
        default = quoted(self.default)
        if self.values is not None and default not in self.values:
            values = {"given": default, "known": ", ".join(self.values)}
            raise wrong(
                "lever_default", ("default",), guess=nearest(default, self.values), **values
            )
        return self

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """With one of the two kinds."""
        return one_of("values", "replaces", mapping=mapping)

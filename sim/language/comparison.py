"""What stands for some values of a variable: one value, a comparison or a span, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from sim.language.amounts import Scalar, plain

Sign = Literal["=", "<", "<=", ">", ">=", "-"]

_COMPARED: Final = re.compile(r"\s*(<=|>=|<|>)\s*(.+)")
_BETWEEN: Final = re.compile(r"\s*(\S+?)\s*-\s*(\S+)\s*")


@dataclass(frozen=True)
class Comparison:
    """A key of a lookup, or what a condition asks of a variable, before it is known what that is.

    ``sign``: ``=`` is one value, ``-`` a span between two. ``bounds`` are the values that stand
    there; a number is read, one with a unit is text. A category may have a name that looks like a
    span, so that its domain takes what was ``written``.
    """

    written: Scalar
    sign: Sign
    bounds: tuple[Scalar, ...]

    @classmethod
    def read(cls, written: Scalar) -> Comparison:
        """Read a scalar of a file; whatever it is, it stands for something."""
        text = written if isinstance(written, str) else ""
        if (compared := _COMPARED.fullmatch(text)) is not None:
            return cls(written, cast("Sign", compared[1]), (plain(compared[2]),))
        if (between := _BETWEEN.fullmatch(text)) is not None:
            return cls(written, "-", (plain(between[1]), plain(between[2])))
        return cls(written, "=", (plain(written),))

    @property
    def key(self) -> str:
        """What is written, as the key of a lookup."""
        return str(self.written)

    @property
    def compares(self) -> bool:
        """Whether it holds for all values on one side of a bound."""
        return self.sign not in {"=", "-"}

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let a field of this type be written as a scalar."""
        return core_schema.no_info_after_validator_function(cls.read, handler(Scalar))

"""Programs have one digest only if they are equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from itertools import combinations
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import pytest

from sim.compile.compiler import _digest
from sim.compile.nodes import Const
from sim.compile.program import (
    BreakSpec,
    Counter,
    IndicatorSpec,
    LeaveSpec,
    LoadSpec,
    PriceSpec,
    Program,
    ReportSpec,
    SelectSpec,
    SessionsSpec,
    SitesSpec,
)

BESIDE: Final = {"digest", "cautions"}
OPTIONAL: Final = [one.name for one in fields(Program) if one.default is not MISSING]
ONE: Final = Const(1)
LEAVES: Final = ((LeaveSpec(0, 1, ONE, 0),), ())
SAID: Final[dict[str, list[Any]]] = {
    "report": [ReportSpec((), (), ()), ReportSpec(("a",), (), ())],
    "leaves": [(), LEAVES, ((), *LEAVES)],
    "loose": [(), LEAVES, ((), *LEAVES)],
    "sessions": [SessionsSpec({}, {}), SessionsSpec({0: 1}, {}), SessionsSpec({}, {0: (1, ONE)})],
    "loads": [(), (LoadSpec(0, 1, ()),), (LoadSpec(0, 1, ((0, 1),)),)],
    "breaks": [(), (BreakSpec((0,), (), ONE, ONE),), (BreakSpec((), (0,), ONE, ONE),)],
    "prices": [(), (PriceSpec(0, 1, office=False),), (PriceSpec(0, 1, office=True),)],
    "indicators": [
        (IndicatorSpec("a", Counter((0,), ()), None, 0, 0, 0),),
        (IndicatorSpec("a", Counter((), (0,)), None, 0, 0, 0),),
        (IndicatorSpec("a", Counter((), (0,)), Counter((), ()), 0, 0, 0),),
    ],
    "selects": [{}, {0: SelectSpec(0, ONE, -1, -1, 0)}, {1: SelectSpec(0, ONE, -1, -1, 0)}],
    "sites": [SitesSpec((), (), {}, ()), SitesSpec((), (), {0: ()}, ())],
}
"""For each part that may be absent what may stand there; nothing (`()`) is not the same as None."""

MODEL: Final = """
applicant: me
actors: {me: person}
documents: {paper: Paper}
steps: {write: {gives: [paper], by: me, work: 1h}}
goal: [paper]
"""


@pytest.fixture(name="model")
def _model(world: Any) -> Program:
    made: Program = world(MODEL).model
    return made


def several(model: Program) -> Iterator[Program]:
    """Yield programs that differ in at most two parts."""
    yield model
    alone: list[dict[str, Any]] = [
        {name: value} for name, values in SAID.items() for value in values
    ]
    for one in alone:
        yield replace(model, **one)
    for one, other in combinations(alone, 2):
        if one.keys() != other.keys():
            yield replace(model, **one, **other)


def test_programs_that_differ_have_different_digests(model: Program) -> None:
    """What stands in one part is never taken for the same in another, nor nothing for absent."""
    assert set(SAID) == set(OPTIONAL) - BESIDE
    programs = list(several(model))
    digests = [_digest(one) for one in programs]
    assert len(programs) > 300
    assert len(set(digests)) == len(programs)


def test_what_is_said_as_it_would_be_anyway_says_nothing(model: Program) -> None:
    """An explicit default, for every part alone and for all together."""
    defaults: dict[str, Any] = {
        one.name: one.default for one in fields(Program) if one.name in SAID
    }
    assert _digest(replace(model, **defaults)) == _digest(model)
    for name, default in defaults.items():
        assert _digest(replace(model, **{name: default})) == _digest(model)
    assert _digest(replace(model, digest="x", cautions=())) == _digest(model)


def test_a_part_of_a_part_counts(model: Program) -> None:
    """Below the first level nothing is left out, whatever its default."""
    (first, *others) = model.profiles
    changes: dict[str, Any] = {"pays": True, "rides": True, "once": 0, "omit": True}
    changed = [replace(first, **{name: value}) for name, value in changes.items()]
    programs = [model] + [replace(model, profiles=(one, *others)) for one in changed]
    assert len({_digest(one) for one in programs}) == len(programs)


def types(kind: Any) -> set[Any]:
    """Return the types that a program is made of, down to those of whole numbers and texts."""
    seen: set[Any] = set()
    left = [kind]
    while left:
        one = left.pop()
        inner = get_args(one)
        plain = get_origin(one) if inner else one
        if one not in seen and get_origin(one) is not Literal and one is not Ellipsis:
            hints = get_type_hints(one) if is_dataclass(one) else {}
            left += [*inner, *(hint for name, hint in hints.items() if name not in BESIDE)]
            seen |= {one, plain}
    return {one for one in seen if isinstance(one, type) and not get_args(one)}


def test_every_part_of_a_program_shows_all_that_tells_it_apart() -> None:
    """Fields that are not shown follow from others; types of another kind have to be looked at."""
    specs = {one for one in types(Program) if is_dataclass(one)}
    shown = {int, str, bool, float, NoneType, tuple, Mapping, frozenset, UnionType}
    assert types(Program) - specs <= shown
    assert len(specs) > 20
    for spec in specs:
        assert all(one.repr or not (one.init or one.compare) for one in fields(spec)), spec

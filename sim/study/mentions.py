"""What a procedure mentions that others may declare: read from its definitions, never from text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.language.base import CHANNELS, Condition
from sim.language.procedure import Goal, Goals
from sim.language.quantity import Lookup
from sim.language.step import Profile, Step

_STEP: Final = TypeAdapter(Step)
_GOALS: Final[TypeAdapter[tuple[Goal, ...]]] = TypeAdapter(Goals)


def mentioned(raw: Mapping[str, Any]) -> set[str]:
    """Return the names in the steps and the goal of a procedure, families of documents by theirs.

    A step that cannot be read mentions nothing: whoever loads the procedure is told why.
    """
    steps = raw.get("steps")
    every = steps.values() if isinstance(steps, dict) else ()
    names = {name for one in every for name in _of_step(_read(_STEP, one))}
    names |= {name for goal in _read(_GOALS, raw.get("goal", ())) or () for name in _of_goal(goal)}
    return {name.partition(".")[0] for name in names}


def _read(kind: TypeAdapter[Any], raw: object) -> Any:
    try:
        return kind.validate_python(raw)
    except ValidationError:
        return None


def _of_goal(goal: Goal) -> Iterator[str]:
    yield goal.document
    yield from _of_condition(goal.if_)


def _of_step(step: Step | None) -> Iterator[str]:
    if step is None:
        return
    yield from (*step.gives, *([step.each] if step.each is not None else []))
    for profile in (step, *(getattr(step, channel) for channel in CHANNELS)):
        if isinstance(profile, Profile):
            yield from _of_profile(profile)


def _of_profile(profile: Profile) -> Iterator[str]:
    for names in (profile.needs, profile.by, profile.decides):
        yield from names or ()
    for condition in (profile.if_, profile.open_to):
        yield from _of_condition(condition)
    for one in (profile, profile.again):
        if one is not None:
            yield from (*(one.makes or {}), *(one.finds or {}))
            if one.delay is not None and one.delay.until is not None:
                yield one.delay.until
    if profile.batch is not None and profile.batch.at is not None:
        yield profile.batch.at
    yield from _looked_up(profile)


def _of_condition(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield from condition.tests
        yield from _looked_up(condition.chance)


def _looked_up(value: object) -> Iterator[str]:
    """Yield what amounts go by, however deep they stand."""
    if isinstance(value, Lookup):
        yield value.variable
        yield from _looked_up([*(branch for _, branch in value.cases), value.otherwise])
    elif isinstance(value, BaseModel):
        yield from _looked_up([getattr(value, name) for name in type(value).model_fields])
    elif isinstance(value, Mapping):
        yield from _looked_up(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _looked_up(one)

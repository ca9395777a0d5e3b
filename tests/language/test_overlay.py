"""What one layer of a step says on top of another."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from sim.language.base import Channel
from sim.language.overlay import overlaid
from sim.language.step import Profile, Step

STEP = """
by: me
work: 1h
makes: {gap: 10%, slip: 20%}
burden: {forms: 1, seals: 2}
again: {work: 5min, makes: {gap: none}}
digital: {makes: {slip: 1%, blot: 2%}, burden: {seals: none, logins: 1}, again: {makes: {blot: 3%}}}
agentic: {by: none, makes: none, again: none}
"""


def read(text: str) -> Step:
    """Return a step as it is written."""
    return Step.model_validate(yaml.safe_load(text))


def made(manner: Any) -> dict[str, float]:
    """Return the chances of a manner's defects."""
    return {name: share.value for name, share in (manner.makes or {}).items()}


@pytest.mark.parametrize(
    ("base", "over", "both"),
    [
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, {"a": 1, "b": 3, "c": 4}),
        ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": None, "z": 3}}, {"a": {"x": 1, "z": 3}}),
        ({"a": (1, 2)}, {"a": (3,)}, {"a": (3,)}),
        (None, {"a": {"x": None}}, {"a": {}}),
    ],
)
def test_layers_are_joined_key_by_key(base: Any, over: Any, both: Any) -> None:
    """What is no mapping is replaced as a whole, and None takes away."""
    assert overlaid(base, over) == both


def test_a_block_lies_over_its_step_entry_by_entry() -> None:
    """Chances and burdens that the block leaves alone are those of the step."""
    digital = read(STEP).profile("digital")

    assert made(digital) == {"gap": 0.1, "slip": 0.01, "blot": 0.02}
    assert digital.burden is not None
    assert (digital.burden.forms, digital.burden.seals, digital.burden.logins) == (1, 0, 1)


@pytest.mark.parametrize(
    ("channel", "later"),
    [("analog", {"slip": 0.2}), ("digital", {"slip": 0.01, "blot": 0.03})],
)
def test_later_visits_lie_over_the_first(channel: Channel, later: dict[str, float]) -> None:
    """The step's ``again`` lies over the block, and the block's over that."""
    profile = read(STEP).profile(channel)

    assert made(profile.again) == later
    assert profile.again is not None
    assert profile.again.work is not profile.work


def test_none_takes_away_what_lies_beneath() -> None:
    """Nobody is named, nothing is made, and later visits are like the first."""
    agentic = read(STEP).profile("agentic")

    assert (agentic.by, made(agentic), agentic.again) == (None, {}, None)


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("makes.slip", "digital.makes.slip"),
        ("makes.gap", "makes.gap"),
        ("again.makes.blot", "digital.again.makes.blot"),
        ("again.work", "again.work"),
        ("again.burden.logins", "digital.burden.logins"),
        ("again.confidence", "confidence"),
        ("finds.gap", "finds.gap"),
    ],
)
def test_a_problem_points_at_the_layer_that_counts(told: str, address: str) -> None:
    """It is the highest one that says it."""
    path = told.removeprefix("again.").split(".")
    found = read(STEP).written("digital", *path, later=told.startswith("again."))

    assert ".".join(map(str, found)) == address


def test_never_passes_over_a_step_until_a_block_says_for_whom_it_is() -> None:
    """A condition replaces another as a whole."""
    step = read("{by: me, if: never, agentic: {if: {chance: 30%}}, digital: {if: none}}")
    profiles = {name: step.profile(name) for name in ("analog", "digital", "agentic")}

    assert [one.passed for one in profiles.values()] == [True, False, False]
    assert [one.applies is None for one in profiles.values()] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("{by: me, again: {makes: {}}}", "overlay_empty", ("again", "makes")),
        ("{by: me, burden: {}}", "overlay_empty", ("burden",)),
        ("{by: me, again: {}}", "overlay_empty", ("again",)),
        ("{by: me, analog: {}}", "block_says_nothing", ("analog",)),
        ("{by: me, digital: none}", "block_says_nothing", ("digital",)),
        ("{by: me, work: none}", "none_in_vain", ("work",)),
        ("{by: me, if: none}", "none_in_vain", ("if",)),
        ("{by: me, again: {makes: {gap: none}}}", "none_in_vain", ("again", "makes", "gap")),
        ("{by: me, digital: {again: none}}", "none_in_vain", ("digital", "again")),
        ("{by: me, omit: true}", "omit_is_if", ("omit",)),
        ("{by: me, analog: {by: []}}", "by_nobody", ("analog", "by")),
        ("{by: me, makes: {gap: null}}", "value.nothing", ("makes", "gap")),
    ],
)
def test_what_says_nothing_is_refused(text: str, key: str, at: tuple[str, ...]) -> None:
    """The error names the place and, by its key, what to write instead."""
    with pytest.raises(ValidationError) as caught:
        read(text)
    errors = caught.value.errors(include_url=False)

    told = {(e["type"], (*e["loc"], *e.get("ctx", {}).get("at", ()))) for e in errors}
    assert any(
        kind == key and tuple(part for part in where if part in {*at}) == at for kind, where in told
    )


def test_a_profile_says_what_is_written_in_it() -> None:
    """What is left out is no part of the layer."""
    assert list(Profile.model_validate({"work": "1h", "by": "none"}).said) == ["by", "work"]

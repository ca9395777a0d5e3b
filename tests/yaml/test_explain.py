"""What pydantic finds wrong is told in plain words, where the file says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from sim.errors import InvalidInput, Problem
from sim.words import catalogue
from sim.yaml.explain import explain
from sim.yaml.source import loads


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class Spread(Strict):
    """One form of a quantity."""

    median: int
    p90: int


class Triangle(Strict):
    """Another form of a quantity."""

    triangular: tuple[int, int, int]


class When(Strict):
    """Something read from a mapping of names that no field has."""

    tests: dict[str, bool | int | list[int]] = Field(default_factory=dict)


def _tests(raw: object) -> object:
    return {"tests": raw}


def _own(raw: object) -> object:
    if isinstance(raw, dict):
        at = tuple(raw["at"]) if isinstance(raw.get("at"), list) else ()
        raise PydanticCustomError("value.missing", "…", {"name": "x", **raw, "at": at})
    return raw


def _refuse(value: object) -> object:
    raise ValueError(f"{value} is not for today")


class Step(Strict):
    """A model with one field for each kind of mistake."""

    title: str = ""
    day: int = Field(1, ge=1, lt=32)
    share: float = Field(0.5, gt=0, le=1.0)
    third: int = Field(3, multiple_of=3)
    finite: float = Field(0.0, allow_inf_nan=False)
    name: str = Field("a", pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=6, min_length=1)
    code: str = Field("A1", pattern="^[A-Z][0-9]$")
    open: bool = True
    since: date = date(2026, 4, 1)
    needs: list[str] = Field(["a"], min_length=1, max_length=2)
    pair: tuple[int, int] = (1, 2)
    kind: Literal["person", "office"] = "person"
    size: Literal[1, 2] = 1
    amount: int | Literal["all"] = 1
    work: Annotated[int | Spread | Triangle, BeforeValidator(lambda raw: raw)] = 1
    when: Annotated[When | None, BeforeValidator(_tests)] = None
    own: Annotated[Any, BeforeValidator(_own)] = None
    refused: Annotated[int, AfterValidator(_refuse)] = 1
    nothing: None = None
    if_: str = Field("", alias="if")


class Procedure(Strict):
    """The root."""

    title: str
    steps: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$")], Step] = {}


def explained(text: str) -> list[Problem]:
    """Return what is wrong with the procedure in ``text``."""
    located = loads(text, "a.yaml")
    with pytest.raises(ValidationError) as raised:
        Procedure.model_validate(located.data)
    return explain(located, raised.value, Procedure)


def step(text: str) -> list[str]:
    """Return what is wrong with a step of these fields, each as ``column: message``."""
    found = explained("title: x\nsteps:\n  s: {" + text + "}\n")
    assert {problem.line for problem in found} <= {3}
    return [problem.text().splitlines()[0].removeprefix("a.yaml:3:") for problem in found]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: 3", "14: must be text, not 3"),
        ("title: [a]", "14: must be text, not a list"),
        ("title: ", "14: must be text, not nothing"),
        ("day: x", "12: must be a whole number, not 'x'"),
        ("day: 1.5", "12: must be a whole number, not 1.5"),
        ("day: {a: 1}", "12: must be a whole number, not a mapping"),
        ("day: 0", "12: must be at least 1, not 0"),
        ("day: 32", "12: must be less than 32, not 32"),
        ("share: 12%", "14: must be a number, not '12%'"),
        ("share: 1.5", "14: must be at most 1, not 1.5"),
        ("share: -0.5", "14: must be greater than 0, not -0.5"),
        ("third: 4", "14: must be a multiple of 3, not 4"),
        ("finite: .inf", "15: must be a finite number, not .inf"),
        ("name: 9a", "13: '9a' cannot be a name: write a letter (A-Z, a-z), then letters,"),
        ("code: 99", "13: must be text, not 99"),
        ("code: x", "13: 'x' does not have the form ^[A-Z][0-9]$"),
        ("name: abcdefg", "13: the number of characters must be at most 6, not 7"),
        ("name: ''", "13: the number of characters must be at least 1, not 0"),
        ("open: maybe", "13: must be true or false, not 'maybe'"),
        ("since: soon", "14: must be a date such as 2026-04-01, not 'soon'"),
        ("needs: a", "14: must be a list, not 'a'"),
        ("needs: []", "14: the number of entries must be at least 1, not 0"),
        ("needs: [a, b, c]", "14: the number of entries must be at most 2, not 3"),
        ("needs: [a, 2]", "18: must be text, not 2"),
        ("pair: [1]", "13: the number of entries must be at least 2, not 1"),
        ("kind: true", "13: must be one of person, office, not true"),
        ("size: 3", "13: must be one of 1, 2, not 3"),
        ("amount: some", "15: must be a whole number or 'all', not 'some'"),
        ("nothing: 1", "16: must be nothing, not 1"),
        ("refused: 5", "16: 5: 5 is not for today"),
        ("title: " + "x" * 3 + ", day: " + "y" * 100, "24: must be a whole number, not 'yyy"),
    ],
)
def test_a_wrong_value_is_named_with_the_rule_it_breaks(text: str, message: str) -> None:
    """The message says what must be and what is, in its place and without a word of pydantic."""
    (told,) = step(text)
    assert told.startswith(message)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_message_never_shows_pydantic(lang: str) -> None:
    """Neither its words nor its address appear."""
    text = "day: x, needs: [], kind: p, work: z, refused: 1, own: {a: 1}, code: x, finite: .inf"
    told = InvalidInput(explained("title: x\nsteps:\n  s: {" + text + "}\n")).text(lang).lower()
    assert not [word for word in ("pydantic", "input should", "http", "validat") if word in told]


def test_an_unknown_key_is_shown_with_the_one_that_was_meant() -> None:
    """Keys of the model are guessed at every depth, by the names they have in the file."""
    found = explained("title: x\nsteps:\n  s:\n    dya: 3\n    iff: x\n    qqq: 1\n")
    assert [(p.line, p.column, p.guess) for p in found] == [
        (4, 5, "day"),
        (5, 5, "if"),
        (6, 5, None),
    ]
    assert found[0].text().splitlines() == [
        "a.yaml:4:5: unknown key 'dya'",
        "        dya: 3",
        "        ^",
        "did you mean 'day'?",
    ]


def test_a_misspelt_key_is_not_reported_as_missing_as_well() -> None:
    """One mistake is one problem."""
    (problem,) = explained("titel: x\n")
    assert (problem.key, problem.guess) == ("value.unknown_key", "title")


def test_a_missing_key_is_shown_where_it_should_be() -> None:
    """The key of the mapping that lacks it is pointed at, or the beginning of the file."""
    (problem,) = explained("steps: {}\n")
    assert problem.text().splitlines()[0] == "a.yaml:1:1: the key 'title' is missing"
    assert step("work: {median: 1}") == ["7: the key 'p90' is missing"]


def test_a_wrong_name_of_a_mapping_is_shown_at_the_key() -> None:
    """What is wrong with a key is not blamed on its value."""
    (problem,) = explained("title: x\nsteps:\n  a-b: {}\n")
    assert problem.text().splitlines()[0].startswith("a.yaml:3:3: 'a-b' cannot be a name")


@pytest.mark.parametrize(
    ("text", "hint"),
    [("day:3: x", "yaml.write_pair"), ("day：3: x", "yaml.full_width"), ("dya: x", None)],
)
def test_a_key_and_value_run_together_are_recognised(text: str, hint: str | None) -> None:
    """A space that is missing behind the colon, or a full-width colon, is pointed out."""
    (problem,) = explained("title: x\nsteps:\n  s:\n    " + text + "\n")
    assert (problem.key, problem.hint, problem.guess) == ("value.unknown_key", hint, "day")


def test_a_whole_file_that_is_one_text_is_shown_how_to_write_a_key() -> None:
    """Without any space behind its colons a file is no mapping."""
    (problem,) = explained("title:x\n")
    assert (problem.key, problem.hint) == ("value.kind", "yaml.write_pair")


def test_a_list_where_a_mapping_belongs_is_named() -> None:
    """No way of writing keys is proposed for what is no text."""
    (problem,) = explained("title: x\nsteps: [a]\n")
    assert problem.text().splitlines()[0] == "a.yaml:2:8: must be a mapping, not a list"
    assert problem.hint is None


def test_a_misspelt_choice_is_guessed() -> None:
    """Choices are listed in the spelling of the file."""
    found = explained("title: x\nsteps: {s: {kind: persn, amount: al}}\n")
    assert [problem.guess for problem in found] == ["person", "all"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("work: x", ["13: must be a whole number or a mapping, not 'x'"]),
        ("work: {median: a, p90: 2}", ["22: must be a whole number, not 'a'"]),
        ("work: {medain: 1, p90: 2}", ["14: unknown key 'medain'"]),
        ("work: {triangular: [1, 2, x]}", ["33: must be a whole number, not 'x'"]),
        ("work: {triangular: [1, 2]}", ["26: the number of entries must be at least 3, not 2"]),
        ("when: {adopted: x}", ["23: must be true or false or a whole number or a list, not 'x'"]),
        ("when: {adopted: [1, x]}", ["27: must be a whole number, not 'x'"]),
    ],
)
def test_of_several_forms_the_one_that_was_meant_is_explained(text: str, told: list[str]) -> None:
    """Branches of a union that are further from the text are not reported."""
    assert step(text) == told


def test_several_problems_come_in_the_order_of_their_places() -> None:
    """All are reported at once."""
    assert step("kind: a, day: 0, title: 1") == [
        "13: must be one of person, office, not 'a'",
        "21: must be at least 1, not 0",
        "31: must be text, not 1",
    ]


def test_an_error_of_our_own_is_said_with_its_values_in_its_place() -> None:
    """``at``, ``on``, ``hint`` and ``guess`` in its context are heeded."""
    (problem,) = explained(
        "title: x\n"
        "steps:\n"
        "  s:\n"
        "    own: {at: [deep, 1], name: y, deep: [a, b], hint: yaml.quote_it, guess: z}\n"
    )
    assert (problem.key, problem.line, problem.column) == ("value.missing", 4, 45)
    assert (problem.values["name"], problem.hint, problem.guess) == ("y", "yaml.quote_it", "z")
    (problem,) = explained("title: x\nsteps:\n  s:\n    own: {on: key, name: [y, z]}\n")
    assert (problem.line, problem.column) == (4, 5)
    assert "'y, z'" in problem.text()


def test_a_word_of_ours_that_pydantic_uses_too_is_ours_when_it_has_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``too_long`` of the catalogue is not confused with pydantic's."""
    monkeypatch.setitem(catalogue("en").texts, "too_long", "{given}!")

    def own(raw: object) -> object:
        raise PydanticCustomError("too_long", "…", {"given": raw, "at": ()})

    class Own(Strict):
        a: Annotated[Any, BeforeValidator(own)]
        b: list[int] = Field([], max_length=1)

    located = loads("a: 5000d\nb: [1, 2]\n")
    with pytest.raises(ValidationError) as raised:
        Own.model_validate(located.data)
    assert [problem.key for problem in explain(located, raised.value)] == ["too_long", "value.many"]


def test_an_error_nobody_foresaw_still_has_its_place() -> None:
    """An unknown type of error is told in general words."""

    class Odd(Strict):
        a: Callable[[], int]

    located = loads("b: 1\na: x\n")
    with pytest.raises(ValidationError) as raised:
        Odd.model_validate({"a": "x"})
    (problem,) = explain(located, raised.value)
    assert problem.text().splitlines()[0] == "<text>:2:4: 'x' fits none of the forms allowed here"


def test_a_part_of_a_file_is_explained_in_its_place() -> None:
    """``above`` is the address of what was validated; guesses work below it."""
    located = loads("levers:\n  gate: {dya: 1}\n")
    with pytest.raises(ValidationError) as raised:
        Step.model_validate(located.data["levers"]["gate"])
    (problem,) = explain(located, raised.value, Step, above=("levers", "gate"))
    assert (problem.line, problem.column, problem.guess) == (2, 10, "day")


def test_very_many_errors_are_cut_short() -> None:
    """A file of nothing but mistakes takes no longer than it is worth."""
    located = loads("a: 1\n" + "".join(f"b{i}: 1\n" for i in range(20_000)))
    with pytest.raises(ValidationError) as raised:
        Procedure.model_validate(located.data)
    problems = InvalidInput(explain(located, raised.value)).problems
    assert problems[-1].key == "problems.more"


def test_a_patched_file_may_be_explained_too() -> None:
    """Anything with data and a way to make a problem will do."""

    class Patched:
        data: Any = loads("title: 1").data

        @staticmethod
        def problem(path: tuple[str | int, ...], key: str, **_: Any) -> Problem:
            return Problem(key, {"path": path})

    with pytest.raises(ValidationError) as raised:
        Procedure.model_validate(Patched.data)
    assert explain(Patched(), raised.value) == [Problem("value.kind", {"path": ("title",)})]

"""What every definition shares: strictness, names, labels, conditions and reserved words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from sim.language.amounts import KEYS, Comparison, Scalar, parted, wrong
from sim.language.json_schema import TEXT, Shape, either, one_of
from sim.language.quantity import NOTES, Share, ranged
from sim.words import DEFAULT, LANGUAGES, TITLED, catalogue, template
from sim.yaml.writer import quoted

Channel = Literal["analog", "digital", "agentic"]
CHANNELS: Final[tuple[Channel, ...]] = ("analog", "digital", "agentic")
"""From the lowest to the highest: a step whose ``open_to`` is unmet is done in the next lower."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]


def _item(name: str) -> str:
    if name in KEYS:
        raise wrong("reserved_name", name=name)
    return name


Item = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$", max_length=60), AfterValidator(_item)
]


class Strict(BaseModel):
    """A frozen definition that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brief: ClassVar[tuple[str, type, Shape] | None] = None
    """A field that may stand alone for the mapping, as a value of which type and shape."""

    exactly_one: ClassVar[tuple[str, ...]] = ()
    """Keys of which one must be given, which the definition checks itself."""

    beside: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Keys that mean nothing without others, which the definition checks itself."""

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_empty(cls, raw: Any) -> Any:
        """A key without a value is half a thought, not a way to leave the key out."""
        for key, value in raw.items() if isinstance(raw, dict) else ():
            if value is None:
                raise wrong("value.nothing", (key,))
        return {cls.brief[0]: raw} if cls.brief and isinstance(raw, cls.brief[1]) else raw

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """Return the JSON Schema of how this is written; ``mapping`` is that of the fields."""
        if cls.beside:
            wanted = {key: list(others) for key, others in cls.beside.items()}
            mapping = {**mapping, "dependentRequired": wanted}
        if cls.exactly_one:
            return one_of(*cls.exactly_one, mapping=mapping)
        return either(cls.brief[2], mapping=mapping) if cls.brief else mapping


def in_each(hint: str) -> dict[str, Any]:
    """Return a field for each language, as ``hint`` says; a title may be missing in some."""
    told = {lang: hint.format(catalogue(lang).name) for lang in LANGUAGES}
    return {
        lang: Annotated[str, Field(description=told[lang])]
        if lang in TITLED
        else Annotated[str | None, Field(default=None, description=told[lang])]
        for lang in LANGUAGES
    }


class Label(Strict):
    """A word or sentence in each language; plain text stands for all."""

    __annotations__ = in_each("In {}.")

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, raw: Any) -> Any:
        return dict.fromkeys(LANGUAGES, raw) if isinstance(raw, str) else raw

    @classmethod
    def plain(cls, text: str) -> Self:
        """Return the label that is ``text`` in every language."""
        return cls.model_validate(text)

    @classmethod
    def said(cls, key: str, /, **values: Label) -> Label:
        """Return the message ``key`` with the texts of other labels in it."""
        told = {}
        for lang in LANGUAGES:
            texts = {name: one.text(lang) for name, one in values.items()}
            told[lang] = template(key, lang).format(**texts)
        return Label.model_validate(told)

    @classmethod
    def joined(cls, labels: Sequence[Label]) -> Label:
        """Return one label that names several things."""
        told = {
            lang: template("title.and", lang).join(one.text(lang) for one in labels)
            for lang in LANGUAGES
        }
        return Label.model_validate(told)

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """A text or a mapping."""
        return either(TEXT, mapping=mapping)

    def text(self, lang: str) -> str:
        """Return the label in ``lang``, or in the first language if it is not said in that."""
        told: str = getattr(self, lang) or getattr(self, DEFAULT)
        return told

    @property
    def texts(self) -> dict[str, str]:
        """The label in every language."""
        return {lang: self.text(lang) for lang in LANGUAGES}


class Noun(Label):
    """What a thing is called in each language, with what else there is to say of it."""

    __annotations__ = in_each("Its name in {}.")


def _reserved(_: object) -> object:
    raise wrong("reserved", on="key")


Reserved = Annotated[Any, BeforeValidator(_reserved), SkipJsonSchema()]
"""A word of the language that is kept for a later release and refused until then."""


def _listed(raw: object) -> object:
    """Let one name stand for a list of one."""
    return [raw] if isinstance(raw, str) else raw


Truth = Annotated[bool, Field(strict=True)]
"""Only ``true`` and ``false``: ``NO`` and ``on`` are text."""

Whole = Annotated[int, Field(strict=True)]

S = TypeVar("S", bound=Sequence[Any])


def each_once(items: S, *at: str) -> S:
    """Return ``items`` if no two are the same, else raise an error at the second, below ``at``."""
    seen: dict[str, int] = {}
    for i, item in enumerate(items):
        first = seen.setdefault(repr(item), i)
        if first != i and isinstance(item, str):
            raise wrong("named_twice", (*at, i), name=item)
        if first != i:
            raise wrong("said_twice", (*at, i), first=first + 1)
    return items


def unsaid(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return a mapping of which nothing is said but names; each must be there once."""
    return {name: {} for name in each_once([*names])}


Once = AfterValidator(each_once)
"""A list in which everything stands once."""

Different: Final = Field(json_schema_extra={"uniqueItems": True})
"""What a schema says of such a list."""

Some: Final = Field(min_length=1)
"""A list or mapping that means nothing without an entry."""

Tally = Annotated[Whole, Field(le=1_000_000)]
"""How many of something; no log can add up what is beyond."""

Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed, json_schema_input_type=str | Annotated[tuple[str, ...], Different]),
    Once,
]
"""Names, each once; one alone needs no list."""

SomeNames = Annotated[
    Annotated[tuple[str, ...], Some],
    BeforeValidator(
        _listed, json_schema_input_type=str | Annotated[tuple[str, ...], Some, Different]
    ),
    Once,
]
"""Names, each once, at least one."""


class Noted(Strict):
    """A condition's value with its provenance."""

    value: Comparison
    """The value, as it would stand without a source."""
    source: str | None = None
    """Id of a fact in the registry of sources."""
    range: tuple[Scalar, Scalar] | None = None
    """Bounds within which the true value should lie, if they do not stand behind it."""

    @model_validator(mode="before")
    @classmethod
    def _parted(cls, raw: Any) -> Any:
        """The range of a number stands behind it, in one text, or beside it."""
        return ranged(raw, "value") if isinstance(raw, dict) and "value" in raw else raw


Test = Noted | Comparison | tuple[Comparison, ...]
"""What a variable of a condition must be: one of several if there is a list."""


class Condition(Strict):
    """``{attribute: value, …}``: all must hold. A value may be a list, ``"> 5"`` or ``"6-7"``."""

    chance: Share | None = None
    """Holds with this chance."""
    tests: dict[str, Test] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _split(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise wrong("condition_not_mapping", given=quoted(raw))
        if not raw:
            raise wrong("condition_empty")
        tests = {key: value for key, value in raw.items() if key != "chance"}
        for key, value in tests.items():
            _test_value(key, value)
        tests = {k: {"value": v} if parted(v)[1] else v for k, v in tests.items()}
        return {"tests": tests} | ({"chance": raw["chance"]} if "chance" in raw else {})

    @classmethod
    def spelled(cls, mapping: Shape) -> Shape:
        """One flat mapping of tests, and perhaps ``chance`` among them."""
        fields = mapping["properties"]
        tests = fields["tests"]["additionalProperties"]
        return mapping | {
            "properties": {"chance": fields["chance"]},
            "additionalProperties": tests,
        }

    def values(self, key: str) -> tuple[Scalar, ...]:
        """Return the words that ``key`` may be; none if it is not tested."""
        test = self.tests.get(key, ())
        alternatives = test if isinstance(test, tuple) else (told(test),)
        return tuple(one.written for one in alternatives)


def told(test: Noted | Comparison) -> Comparison:
    """Return what a test says, without its provenance."""
    return test.value if isinstance(test, Noted) else test


def _test_value(key: str, value: object) -> None:
    if isinstance(value, dict):
        if "value" in value and not set(value) - {"value", *NOTES}:
            return
        raise wrong("condition_value", (key,), given=quoted(value))
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, bool | int | float | str) for one in values):
        raise wrong("condition_value", (key,), given=quoted(value))
    each_once(values, key)

"""Every message the program can say, in each of its languages, so that no text hides in the code.

Each language is one file beside this one, called by its code: its ``NAME``, the rule for its
``plural``, and its ``TEXTS`` by key. They are Python because that is read in a tenth of a
millisecond; a YAML file would cost every command fifteen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Final, Literal, NamedTuple, get_args

Language = Literal["en", "ja"]
"""The languages spoken; the first is spoken where no other is asked for."""

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)

DEFAULT: Final = LANGUAGES[0]

TITLED: Final = LANGUAGES[:2]
"""Those in which every title in a file must stand; in others the first stands in for it."""


class Catalogue(NamedTuple):
    """What one language says, with fields as ``str.format`` takes them, and how it counts."""

    name: str
    texts: Mapping[str, str]
    plural: Callable[[float], int]


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a message that is itself in the catalogue, said in the language of the whole."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that takes its noun along: ``{count:case/cases}`` is 1 case, 2 cases."""

    value: float
    plural: Callable[[float], int]

    def __format__(self, spec: str) -> str:
        """Return the number and the noun after it, or what the number makes of another ``spec``."""
        one, slash, more = spec.partition("/")
        if not slash:
            return format(self.value, spec)
        number = self.value if isinstance(self.value, int) else f"{self.value:g}"
        return f"{number} {(one, *more.split('/'))[self.plural(self.value)]}"


@cache
def catalogue(lang: str) -> Catalogue:
    """Return what ``lang`` says. Raises ValueError for a language that is not spoken."""
    if lang not in LANGUAGES:
        raise ValueError(f"there is no language '{lang}'")
    module = import_module(f"{__name__}.{lang}")
    return Catalogue(module.NAME, module.TEXTS, module.plural)


def template(key: str, lang: str = DEFAULT) -> str:
    """Return the message ``key`` with its fields still open."""
    return catalogue(lang).texts[key]


def exists(key: str) -> bool:
    """Tell whether there is a message ``key``."""
    return key in catalogue(DEFAULT).texts


def under(group: str) -> tuple[str, ...]:
    """Return the names of the messages ``group.NAME``, in their order."""
    keys = (key.split(".") for key in catalogue(DEFAULT).texts)
    return tuple(name for above, *names in keys for name in names[:1] if above == group)


def say(key: str, /, lang: str = DEFAULT, **values: object) -> str:
    """Return the message ``key`` in ``lang`` with ``values`` filled in.

    A number takes its noun along, as ``Counted`` does. A value that is itself said in each
    language is a mapping of languages, or a ``Word``.
    Characters that cannot be printed are written as escapes, so that a message stays on its line.
    A key, language or field that does not exist is a mistake of the program: ``KeyError``,
    ``ValueError``.
    """
    return template(key, lang).format(
        **{name: _told(value, lang) for name, value in values.items()}
    )


def titled(titles: Mapping[str, str] | None, name: str, lang: str) -> str:
    """Return the title of something in ``lang``, or in the first language, or its bare ``name``."""
    told = titles or {}
    return told.get(lang) or told.get(DEFAULT) or name


def _told(value: object, lang: str) -> object:
    if isinstance(value, Mapping):
        return _told(value[lang], lang)
    if isinstance(value, Word):
        return say(value.key, lang, **value.values)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Counted(value, catalogue(lang).plural)
    return printable(value) if isinstance(value, str) else value


def printable(text: str, keeping: str = "") -> str:
    """Return ``text`` with escapes for what cannot be printed, but for characters ``keeping``."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in keeping else c.encode("unicode_escape").decode() for c in text
    )

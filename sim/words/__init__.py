"""Every message the program can say, in English and Japanese, so that no text hides in the code.

The catalogue lies in one module for each floor or two of the program; a key stands in one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sim.words.command import COMMAND
from sim.words.definitions import DEFINITIONS
from sim.words.exchange import EXCHANGE
from sim.words.files import FILES
from sim.words.journeys import JOURNEYS
from sim.words.reports import REPORTS
from sim.words.results import RESULTS
from sim.words.usage import USAGE
from sim.words.values import VALUES

LANGUAGES: Final = ("en", "ja")

Catalogue = Mapping[str, tuple[str, str]]
"""Messages by key, each in English and Japanese, with fields as ``str.format`` takes them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a message that is itself in the catalogue, said in the language of the whole."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that takes its noun along: ``{count:case/s}`` is 1 case, 2 cases."""

    value: float

    def __format__(self, spec: str) -> str:
        """Return the number and the noun after it, or what the number makes of another ``spec``."""
        one, slash, many = spec.partition("/")
        if not slash:
            return format(self.value, spec)
        number = self.value if isinstance(self.value, int) else f"{self.value:g}"
        return f"{number} {one if self.value == 1 else one + many if many == 's' else many}"


def say(key: str, /, lang: str = "en", **values: object) -> str:
    """Return the message ``key`` in ``lang`` with ``values`` filled in.

    A number takes its noun along, as ``Counted`` does. A value that is itself said in each
    language is a mapping of languages, or a ``Word``.
    Characters that cannot be printed are written as escapes, so that a message stays on its line.
    A key, language or field that does not exist is a mistake of the program: ``KeyError``,
    ``ValueError``.
    """
    text = WORDS[key][LANGUAGES.index(lang)]
    return text.format(**{name: _told(value, lang) for name, value in values.items()})


def titled(titles: Mapping[str, str] | None, name: str, lang: str) -> str:
    """Return the title of something in ``lang``, or else its bare ``name``."""
    return (titles or {}).get(lang) or name


def merged(catalogues: Iterable[Catalogue]) -> dict[str, tuple[str, str]]:
    """Return all messages in one; raise ``ValueError`` if two catalogues have the same key."""
    words: dict[str, tuple[str, str]] = {}
    for catalogue in catalogues:
        twice = words.keys() & catalogue.keys()
        if twice:
            raise ValueError(f"messages defined twice: {sorted(twice)}")
        words |= catalogue
    return words


def _told(value: object, lang: str) -> object:
    if isinstance(value, Mapping):
        return _told(value[lang], lang)
    if isinstance(value, Word):
        return say(value.key, lang, **value.values)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Counted(value)
    return printable(value) if isinstance(value, str) else value


def printable(text: str, keeping: str = "") -> str:
    """Return ``text`` with escapes for what cannot be printed, but for characters ``keeping``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keeping else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


WORDS: Final = merged(
    [FILES, VALUES, DEFINITIONS, JOURNEYS, RESULTS, REPORTS, EXCHANGE, COMMAND, USAGE]
)

"""Phrases: the words by which people ask for documents, and those for what they hold."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

from pydantic import Field, model_validator

from sim.language.amounts import wrong
from sim.language.base import Names, Strict
from sim.words import TITLED, catalogue

SHORTEST: Final = 2
"""Letters that a phrase must have; a shorter one would be found in every order."""


def plain(text: str) -> str:
    """Return the letters and digits of ``text`` alone, in one width and one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


class Phrases(Strict):
    """What a document is called in an order, in each language."""

    __annotations__ = {
        lang: Annotated[Names, Field(description=f"Phrases in {catalogue(lang).name}.")]
        for lang in TITLED
    }

    @model_validator(mode="after")
    def _say_something(self) -> Phrases:
        for lang in TITLED:
            for i, phrase in enumerate(getattr(self, lang)):
                if len(plain(phrase)) < SHORTEST:
                    raise wrong("phrase_short", (lang, i), least=SHORTEST)
        return self

    @property
    def all(self) -> tuple[str, ...]:
        """The phrases of all languages: an order may be in any, or in several."""
        return tuple(phrase for lang in TITLED for phrase in getattr(self, lang))


class Spoken(Strict):
    """Documents by what an order calls them: those to reach and those at hand."""

    goal: dict[str, Phrases] = Field(default_factory=dict)
    """Documents to be reached, each with what an order calls it."""
    have: dict[str, Phrases] = Field(default_factory=dict)
    """Documents at hand if an order mentions them, each with what it calls them."""

"""An order in plain words, resolved to the goal that a procedure's phrases declare for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from sim.errors import InvalidInput, Problem, shortened
from sim.language.base import Label
from sim.language.procedure import Phrases, plain
from sim.study import catalogue
from sim.words import LANGUAGES, say

ENOUGH: Final = 0.87
"""How alike a phrase and some part of an order must be, from 0 to 1, to mean the same: a slip of
the pen is that; a birth certificate is no tax certificate."""

_REFUSALS: Final = (
    *("dont", "donot", "cancel", "withdraw"),
    *("しないで", "取り消", "取消", "やめて", "中止", "不要"),
)
"""What turns an order into its opposite: nothing here undoes anything, so it is asked back."""

LONGEST: Final = 300
"""Letters of an order that are heard."""

_SLACK: Final = 2
"""How much longer than the phrase the part may be: a particle or two in between."""

_NEAREST: Final = 3
"""How many goals a question names."""


@dataclass(frozen=True)
class Order:
    """What was understood: documents to reach, and those that are said to be at hand."""

    goal: tuple[str, ...]
    have: tuple[str, ...]


@dataclass(frozen=True)
class _Meaning:
    """A document that an order may mean: by which phrase, and how well that fits."""

    score: float
    phrase: str
    document: str
    title: Label
    procedure: str


def understood(text: str, using: Sequence[str] = ()) -> Order:
    """Return what an order asks for. ``using``: procedures to ask for, by default all.

    Raises InvalidInput with a question that names the nearest goals if the order fits none, or
    more than one.
    """
    order = plain(text)[:LONGEST]
    spoken = catalogue.phrases(using)
    meanings = [
        _Meaning(*_score(order, phrases), document, procedure.documents[document], name)
        for name, procedure in spoken.items()
        for document, phrases in procedure.phrases.goal.items()
    ]
    best = sorted(meanings, key=lambda one: (-one.score, -len(one.phrase), one.document))
    meant = _meant(best)
    refused = any(word in order for word in _REFUSALS)
    if refused or len({one.document for one in meant}) != 1:
        raise InvalidInput([_question(text, meant, best)])
    chosen = meant[0]
    held = spoken[chosen.procedure].phrases.have
    have = [name for name, phrases in held.items() if _score(order, phrases)[0] >= ENOUGH]
    return Order((chosen.document,), tuple(have))


def likeness(phrase: str, order: str) -> float:
    """Return how like ``phrase`` the likest part of ``order`` is, from 0 to 1; both plain.

    The measure is that of difflib: twice the letters in common over all letters.
    """
    if phrase in order:
        return 1.0
    matcher = SequenceMatcher(None, "", phrase, autojunk=False)  # keeps what it knows of the second
    best = 0.0
    for size in range(len(phrase), len(phrase) + _SLACK + 1):
        for start in range(max(1, len(order) - size + 1)):
            matcher.set_seq1(order[start : start + size])
            if matcher.quick_ratio() > best:
                best = max(best, matcher.ratio())
    return best


def _score(order: str, phrases: Phrases) -> tuple[float, str]:
    """Return how well the fittest phrase fits, and the phrase; of two as good, the longer."""
    scored = [(likeness(phrase, order), phrase) for phrase in map(plain, phrases.all)]
    return max(scored, key=lambda one: (one[0], len(one[1])))


def _meant(best: Sequence[_Meaning]) -> list[_Meaning]:
    """Return what an order means: what it says in full, or else what is enough like it.

    A phrase within a longer one that was said as well says nothing of its own.
    """
    full = [one for one in best if one.score == 1]
    found = full or [one for one in best if one.score >= ENOUGH]
    return [
        one
        for one in found
        if not any(one.phrase != other.phrase and one.phrase in other.phrase for other in found)
    ]


def _question(text: str, meant: Sequence[_Meaning], best: Sequence[_Meaning]) -> Problem:
    """Return the question what is meant, with the goals that come nearest."""
    if not best:
        return Problem("order_nothing", {"order": shortened(text)})
    near = {one.document: one for one in reversed(meant or best[:_NEAREST])}
    goals = {
        lang: say("report.and", lang).join(
            f"{m.title.text(lang)} ({m.document})" for m in reversed(near.values())
        )
        for lang in LANGUAGES
    }
    key = "order_unclear" if meant else "order_unknown"
    return Problem(key, {"order": shortened(text), "goals": goals})

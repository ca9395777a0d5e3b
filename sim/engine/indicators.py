"""Indicators: what is found and given in all cases, by the day, and what is published of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sim.compile.program import Counter, IndicatorSpec
from sim.engine.events import Agenda
from sim.language.amounts import DAY
from sim.language.domain import MOST, SHARE

_UNREAD: Final = (-1, 0)

Days = list[int]
"""A count of each day, up to the last on which there was anything to count."""


class Indicators:
    """Counts for all cases of a replication.

    A day's count does not change once the day is over, so what is published of it is worked out
    when somebody reads it, once a day.
    """

    def __init__(self, specs: Sequence[IndicatorSpec], agenda: Agenda) -> None:
        """Begin to count, each thing once however many indicators look at it."""
        self._specs, self._agenda = specs, agenda
        self._days: dict[Counter, Days] = {}
        self._found: dict[int, list[Days]] = {}
        self._given: dict[int, list[Days]] = {}
        self._told = [_UNREAD for _ in specs]
        for counter in dict.fromkeys(c for spec in specs for c in (spec.count, spec.per) if c):
            days: Days = []
            self._days[counter] = days
            for numbers, counting in ((counter.found, self._found), (counter.given, self._given)):
                for number in numbers:
                    counting.setdefault(number, []).append(days)

    def found(self, defect: int) -> None:
        """Count a defect that was found now."""
        if defect in self._found:
            self._count(self._found[defect])

    def given(self, document: int) -> None:
        """Count a document that was given now."""
        if document in self._given:
            self._count(self._given[document])

    def _count(self, counts: Iterable[Days]) -> None:
        day = self._agenda.now // DAY
        for days in counts:
            days.extend([0] * (day + 1 - len(days)))
            days[day] += 1

    def published(self, number: int) -> int:
        """Return what was last published of an indicator: today at 0:00."""
        today = self._agenda.now // DAY
        if self._told[number][0] != today:
            self._told[number] = (today, self._value(self._specs[number], today))
        return self._told[number][1]

    def _value(self, spec: IndicatorSpec, today: int) -> int:
        """Return a count of days that are over, or a ratio, rounded half up."""
        until = max(today - spec.known_after, 0)
        since = max(until - spec.over, 0) if spec.over else 0
        count = sum(self._days[spec.count][since:until])
        if spec.per is None:
            return count
        per = sum(self._days[spec.per][since:until])
        if not per:
            return MOST if count else spec.otherwise
        return (2 * SHARE * count + per) // (2 * per)

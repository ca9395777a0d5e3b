"""Patience: when a rule of the applicant about waiting begins to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.compile.nodes import ELAPSED, WAITED, Spans, fits
from sim.compile.program import Program, RuleSpec
from sim.engine import events
from sim.engine.agenda import Agenda
from sim.engine.case import Case, Context
from sim.engine.rules import WAITING, spell
from sim.engine.values import Values
from sim.log import NEVER

Impatience = tuple[RuleSpec, Spans, Spans]
"""A rule, and the times waited and elapsed in which its conditions on them hold."""


@dataclass(slots=True, eq=False)
class Patience:
    """Looks at how long cases wait, at the seconds at which that matters."""

    program: Program
    agenda: Agenda
    values: Values
    rules: list[list[Impatience]] = field(init=False)
    """Of each actor."""

    def __post_init__(self) -> None:
        """Find the times in which rules may hold."""
        self.rules = [
            [(rule, spell(rule.test, WAITED), spell(rule.test, ELAPSED)) for rule in rules]
            for rules in (actor.rules[WAITING] for actor in self.program.actors)
        ]

    def progress(self, case: Case) -> None:
        """Count waiting anew: the case gave a document, or got a letter."""
        if case.progress != self.agenda.now:
            case.before, case.progress = case.progress, self.agenda.now
        self.wait(case)

    def wait(self, case: Case) -> None:
        """Look again when the next rule begins to hold, unless an earlier look is ahead."""
        earliest = self.agenda.now + (case.looked == self.agenda.now)
        ahead = [
            time
            for _, waited, elapsed in self._applicants(case)
            for time in _beginnings(case, waited, elapsed)
            if time >= earliest
        ]
        if ahead and not NEVER < case.look <= min(ahead):
            case.look = min(ahead)
            key = (case.number, 0, 0)
            self.agenda.at(case.look, events.PATIENCE, key, case.number)

    def lost(self, case: Case) -> RuleSpec | None:
        """Ask the rules that begin to hold now, from the top; return the one that decides."""
        now = self.agenda.now
        case.look, case.looked = NEVER, now
        for rule, waited, elapsed in self._applicants(case):
            if now in _beginnings(case, waited, elapsed):
                case.asks[rule.number] = asked = case.asks.get(rule.number, 0) + 1
                if self.values.holds(rule.test, Context(case, now, asked)):
                    return rule
        return None

    def _applicants(self, case: Case) -> list[Impatience]:
        return self.rules[self.program.streams[case.stream].applicant]


def _beginnings(case: Case, waited: Spans, elapsed: Spans) -> Iterator[int]:
    """Yield the seconds, since waiting counts, at which both conditions begin to hold."""
    for low, high in waited:
        for since, until in elapsed:
            first = max(case.progress + low, case.start + since)
            last = min(case.progress + high, case.start + until)
            if case.progress < first <= last:
                yield first
            elif first <= case.progress <= last and not _held(case, waited, elapsed):
                yield case.progress


def _held(case: Case, waited: Spans, elapsed: Spans) -> bool:
    """Whether conditions on waiting held in the second before waiting was counted anew."""
    last = case.progress - 1
    return (
        last >= case.start and fits(waited, last - case.before) and fits(elapsed, last - case.start)
    )

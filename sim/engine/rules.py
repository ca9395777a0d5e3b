"""Asking agents: when a rule begins to hold, which one decides, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sim.compile.nodes import ELAPSED, MOST, WAITED, Predicate, Spans, fits
from sim.compile.program import Program, RuleSpec
from sim.engine import events
from sim.engine.case import NOBODY, Case, Context, Visit
from sim.engine.events import Agenda
from sim.engine.record import Record
from sim.engine.values import Values
from sim.language.agent import ACTIONS, EVENTS, Event
from sim.log import NEVER

_NUMBER: Final = {event: number for number, event in enumerate(EVENTS)}


def first(values: Values, rules: Iterable[RuleSpec], at: Context) -> RuleSpec | None:
    """Return the first of some rules that holds."""
    return next((rule for rule in rules if values.holds(rule.test, at)), None)


Impatience = tuple[RuleSpec, Spans, Spans]
"""A rule, and the times waited and elapsed in which its conditions on them hold."""


@dataclass(slots=True, eq=False)
class Rules:
    """Tests rules, also of waiting in the seconds at which it matters, and records decisions."""

    program: Program
    values: Values
    record: Record
    agenda: Agenda
    waiting: list[list[Impatience]] = field(init=False)
    """The rules of each actor about waiting."""

    def __post_init__(self) -> None:
        self.waiting = [
            [(rule, spell(rule.test, WAITED), spell(rule.test, ELAPSED)) for rule in rules]
            for rules in (actor.rules["waiting"] for actor in self.program.actors)
        ]

    def ask(self, actor: int, event: Event, at: Context, visit: Visit) -> RuleSpec | None:
        """Ask an actor, write down the answer and return its rule, None for the default."""
        rule = first(self.values, self.program.actors[actor].rules[event], at)
        self.note(at.case, actor, event, rule, visit)
        return rule

    def note(
        self,
        case: Case,
        actor: int,
        event: Event,
        rule: RuleSpec | None,
        visit: Visit | None = None,
    ) -> None:
        """Write down what was decided, about a ``visit`` perhaps."""
        number = NEVER if rule is None else rule.number
        action = ACTIONS[event].index(action_of(rule, event))
        about = (0, 0) if visit is None else (visit.step, visit.number)
        what = (actor, _NUMBER[event], number, action)
        self.record.decision(self.agenda.now, case.number, *what, *about)

    def answerer(self, case: Case, steps: Iterable[int]) -> int:
        """Return who speaks for a case: the AI that does the first step, or the applicant."""
        number = next((case.plan.profile[step] for step in steps), NOBODY)
        actors = self.program.profiles[number].actors if number != NOBODY else ()
        if actors and self.program.actors[actors[0]].kind == "ai":
            return actors[0]
        return self.program.streams[case.stream].applicant

    # -- waiting -------------------------------------------------------------------------------

    def progress(self, case: Case) -> None:
        """Count waiting anew: the case gave a document, or got a letter."""
        if case.progress != self.agenda.now:
            case.before, case.progress = case.progress, self.agenda.now
        self.await_patience(case)

    def await_patience(self, case: Case) -> None:
        """Look again when the next rule begins to hold, unless an earlier look is ahead."""
        rules = self._applicants(case)
        if not rules:
            return
        earliest = self.agenda.now + (case.looked == self.agenda.now)
        ahead = [
            time
            for _, waited, elapsed in rules
            for time in _beginnings(case, waited, elapsed)
            if time >= earliest
        ]
        if ahead and not NEVER < case.look <= min(ahead):
            case.look = min(ahead)
            key = (case.number, 0, 0)
            self.agenda.at(case.look, events.PATIENCE, key, case.number)

    def impatient(self, case: Case) -> RuleSpec | None:
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
        return self.waiting[self.program.streams[case.stream].applicant]


def action_of(rule: RuleSpec | None, event: Event) -> str:
    """Return what a rule does; no rule means the default."""
    return ACTIONS[event][0] if rule is None else rule.action.do


def spell(test: Predicate, variable: int) -> Spans:
    """Return the values of a variable for which a condition holds, joined where they touch."""
    always = ((-MOST, MOST),)
    spans = next((spans for one, spans in test.tests if one == variable), always)
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        elif low <= high:
            joined.append((low, high))
    return tuple(joined)


def beginnings(test: Predicate, variable: int) -> set[int]:
    """Return the values, from 0 on, at which a condition begins to hold as a variable grows."""
    return {max(low, 0) for low, high in spell(test, variable) if high >= 0}


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

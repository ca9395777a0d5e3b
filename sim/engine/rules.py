"""Asking agents: the first rule that holds decides, and what was decided is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sim.compile.nodes import MOST, Predicate, Spans
from sim.compile.program import Program, RuleSpec
from sim.engine.agenda import Agenda
from sim.engine.case import Case, Context
from sim.engine.record import Record
from sim.engine.route import NOBODY
from sim.engine.values import Values
from sim.language.agent import ACTIONS, EVENTS
from sim.log import NEVER

START, DRAFTED, FOUND, RETURNED, WAITING, OUTAGE = range(len(EVENTS))

ALWAYS: Final[Spans] = ((-MOST, MOST),)

_DEFAULT: Final = {number: ACTIONS[event][0] for number, event in enumerate(EVENTS)}


def first(values: Values, rules: Iterable[RuleSpec], at: Context) -> RuleSpec | None:
    """Return the first of some rules that holds."""
    return next((rule for rule in rules if values.holds(rule.test, at)), None)


@dataclass(slots=True, eq=False)
class Rules:
    """Tests rules with ``values`` and writes decisions to ``record``."""

    program: Program
    values: Values
    record: Record
    agenda: Agenda

    def ask(
        self, actor: int, event: int, at: Context, step: int = 0, visit: int = 0
    ) -> RuleSpec | None:
        """Ask an actor, write down the answer and return its rule, None for the default."""
        rule = first(self.values, self.program.actors[actor].rules[event], at)
        self.note(at.case, actor, event, rule, step, visit)
        return rule

    def note(  # noqa: PLR0913, PLR0917 -- a row
        self,
        case: Case,
        actor: int,
        event: int,
        rule: RuleSpec | None,
        step: int = 0,
        visit: int = 0,
    ) -> None:
        """Write down what was decided."""
        action = ACTIONS[EVENTS[event]].index(action_of(rule, event))
        number = NEVER if rule is None else rule.number
        self.record.decision(
            self.agenda.now, case.number, actor, event, number, action, step, visit
        )

    def answerer(self, case: Case, steps: Iterable[int]) -> int:
        """Return who speaks for a case: the AI that does the first step, or the applicant."""
        for step in steps:
            number = case.plan.profile[step]
            actors = self.program.profiles[number].actors if number != NOBODY else ()
            if actors and self.program.actors[actors[0]].kind == "ai":
                return actors[0]
            break
        return self.program.streams[case.stream].applicant


def action_of(rule: RuleSpec | None, event: int) -> str:
    """Return what a rule does; no rule means the default."""
    return _DEFAULT[event] if rule is None else rule.action.do


def spell(test: Predicate, variable: int) -> Spans:
    """Return the values of a variable for which a condition holds, joined where they touch."""
    spans = next((spans for one, spans in test.tests if one == variable), ALWAYS)
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

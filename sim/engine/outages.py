"""Outages: a system is out, and who needs it waits or does the step in another channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.compile.nodes import DOWN_FOR
from sim.compile.program import Program, RuleSpec
from sim.engine import events
from sim.engine.case import Visit
from sim.engine.events import Agenda
from sim.engine.planner import Planner
from sim.engine.rules import OUTAGE, Rules, beginnings, first
from sim.engine.values import Values


@dataclass(slots=True, eq=False)
class Outages:
    """Asks what to do about the outages of all systems."""

    program: Program
    agenda: Agenda
    values: Values
    rules: Rules
    planner: Planner

    def announce(self) -> None:
        """Schedule all outages, and when each has lasted so long that some rule begins to hold."""
        rules = [rule for actor in self.program.actors for rule in actor.rules[OUTAGE]]
        lengths = sorted({one for rule in rules for one in beginnings(rule.test, DOWN_FOR)})
        for actor, definition in enumerate(self.program.actors):
            for number, (start, end) in enumerate(definition.outages):
                for time in (start + length for length in lengths if start + length < end):
                    self.agenda.at(time, events.OUTAGE, (0, actor, number), actor, number)

    def under_way(self, actors: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield actor and number of each outage that some actors have now."""
        for actor in actors:
            for number, (start, end) in enumerate(self.program.actors[actor].outages):
                if start <= self.agenda.now < end:
                    yield actor, number

    def evaded(self, visit: Visit, actor: int, number: int, *, begun: bool = False) -> bool:
        """Ask whoever needs a system that is out; return whether the step is done otherwise now.

        ``begun``: only the rules that begin to hold now are asked.
        """
        case, out = visit.case, (visit.step, actor, number)
        asked = self.rules.answerer(case, [visit.step])
        since = self.program.actors[actor].outages[number][0]
        down_for = self.agenda.now - since
        rules: Iterable[RuleSpec] = self.program.actors[asked].rules[OUTAGE]
        if begun:
            rules = (rule for rule in rules if down_for in beginnings(rule.test, DOWN_FOR))
        topic = f"{self.program.steps[visit.step]}@{self.program.actors[actor].name}/{since}"
        at = visit.at.about(topic, {DOWN_FOR: down_for})
        at.time = self.agenda.now
        rule = first(self.values, rules, at)
        if rule is None or rule.action.do == "wait" or out in case.evaded:
            return False
        if not self.planner.move(case, [visit.step], rule.action.channel, self.agenda.now):
            return False
        case.evaded.add(out)
        self.rules.note(case, asked, OUTAGE, rule, visit)
        return case.plan.profile[visit.step] != visit.profile_number

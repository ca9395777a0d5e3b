"""Systems that are out, and who goes another way."""

from __future__ import annotations

from functools import partial

from sim.compile.nodes import DOWN_FOR, Predicate
from tests.interpreter.numbers import inside
from tests.interpreter.state import Visit
from tests.interpreter.work import Work


class Outages(Work):
    """Systems that are out."""

    def foresee_outages(self) -> None:
        """Foresee each second in which an outage begins or a condition on it may begin to hold."""
        rules = [r for a in self.model.actors for r in a.rules["outage"]]
        lows = {
            max(low, 0)
            for rule in rules
            for variable, spans in rule.test.tests
            if variable == DOWN_FOR
            for low, _ in spans
        }
        for actor, one in enumerate(self.model.actors):
            for i, (start, end) in enumerate(one.outages):
                for low in sorted({0} | lows):
                    if start + low < end:
                        self.at(
                            start + low,
                            "outage",
                            (actor, i, 0),
                            partial(self.outage, actor, start),
                        )

    def outage(self, actor: int, start: int) -> None:
        """Ask about an outage wherever a visit waits."""
        for case in self.cases:
            for visit in sorted(case.open, key=lambda v: v.order):
                if actor in visit.way.actors and (self.now > start or visit.enabled < start):
                    self.ask_about(visit, actor, start, again=self.now > start)
                    if visit.state == "closed":
                        self.settle(case)

    def meet_outages(self, visit: Visit) -> None:
        """Ask a visit that was just enabled about the outages there are."""
        for actor in visit.way.actors:
            for start, end in self.model.actors[actor].outages:
                if start <= self.now < end:
                    self.ask_about(visit, actor, start, again=False)

    def ask_about(self, visit: Visit, actor: int, start: int, *, again: bool) -> None:
        """Ask "the applicant (or the AI of the step)" whether to go another way."""
        case, first = visit.case, visit.way.actors[0]
        if not self.waits(visit) or visit.batch:
            return
        asked = first if self.model.actors[first].kind == "ai" else case.stream.applicant
        topic = f"{self.model.steps[visit.step]}@{self.model.actors[actor].name}/{start}"
        rules = self.model.actors[asked].rules["outage"]
        if again:  # "in each second in which the condition on `down_for` begins to hold"
            rules = tuple(r for r in rules if not self.down(r.test, self.now - 1 - start))
            rules = tuple(r for r in rules if self.down(r.test, self.now - start))
        asking = self.of_visit(visit, {DOWN_FOR: self.now - start}, topic=topic)
        rule = self.first(rules, asking)
        flight = (visit.step, actor, start)
        if (
            rule is None
            or rule.action.do != "use"
            or flight in case.fled
            or case.moved.get(visit.step, case.channel) == rule.action.channel
            or not self.move(case, visit.step, rule.action.channel)
        ):
            return
        case.fled.add(flight)
        self.write("outage", asked, case, visit.step, visit.number, rule)
        if not self.needs.done_as(case, visit.way):
            self.withdraw(visit)
        self.touch(case)

    @staticmethod
    def down(test: Predicate, seconds: int) -> bool:
        """Return whether a rule's condition on `down_for` holds after so many seconds."""
        return seconds >= 0 and all(
            inside(spans, seconds) for variable, spans in test.tests if variable == DOWN_FOR
        )

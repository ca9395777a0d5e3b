"""Waiting: when a rule of the applicant begins to hold, and what follows."""

from __future__ import annotations

from sim.compile.nodes import ELAPSED, WAITED, Predicate
from sim.compile.program import RuleSpec
from tests.interpreter.ends import Ends
from tests.interpreter.numbers import inside
from tests.interpreter.state import Case


class Patience(Ends):
    """Applicants who wait."""

    def wait_anew(self, case: Case) -> None:
        """Count `waited` anew: "since the case last gave a document or was returned"."""
        case.waits.append(self.now)
        self.foresee_patience(case)

    def patient(self, case: Case, test: Predicate, time: int) -> bool:
        """Return whether a rule's conditions on `waited` and `elapsed` hold at a second.

        "Before the case began nothing held."
        """
        if time < case.start:
            return False
        waited = time - max(since for since in case.waits if since <= time)
        values = {WAITED: waited, ELAPSED: time - case.start}
        return all(inside(spans, values[v]) for v, spans in test.tests if v in values)

    def foresee_patience(self, case: Case) -> None:
        """Foresee every second at which a rule of `waiting` may begin to hold."""
        rules = self.model.actors[case.stream.applicant].rules["waiting"]
        zero = {WAITED: self.now, ELAPSED: case.start}
        edges = {
            zero[v] + max(low, 0)
            for rule in rules
            for v, spans in rule.test.tests
            if v in zero
            for low, _ in spans
        }
        if rules:
            edges.add(self.now)
        for time in sorted(edges):
            looked = time == self.now == case.looked  # "a rule is asked at one second only"
            if time >= self.now and time not in case.patience and not looked:
                case.patience.add(time)
                self.at(time, "patience", (case.number, 0, 0), lambda: self.look(case))

    def look(self, case: Case) -> None:
        """Look at a case's patience.

        "A rule begins to hold in a second if its conditions hold then and did not in the second
        before." "A rule that is read counts as asked; one that stands below the rule that decides
        is not read."
        """
        case.patience.discard(self.now)
        case.looked = self.now
        if case.over:
            return
        actor = case.stream.applicant
        for rule in self.model.actors[actor].rules["waiting"]:
            begins = self.patient(case, rule.test, self.now)
            if not begins or self.patient(case, rule.test, self.now - 1):
                continue
            asked = case.asked_rules.get(rule.number, 0) + 1
            case.asked_rules[rule.number] = asked
            known = {WAITED: self.now - case.waits[-1]}
            if self.numbers.holds(rule.test, self.of_case(case, asked, known)):
                self.answer_waiting(case, actor, rule)
                return

    def answer_waiting(self, case: Case, actor: int, rule: RuleSpec) -> None:
        """Do what a rule of `waiting` says: "`wait` decides too, and nothing follows"."""
        if rule.action.do != "wait":
            self.touch(case)
            self.write("waiting", actor, case, 0, 0, rule)
        if rule.action.do == "give_up":
            self.give_up(case, rule)
        elif rule.action.do == "hurry":
            for visit in case.open:
                if any(visit in queue for queue in self.queues.values()):
                    visit.priority -= rule.action.hurry

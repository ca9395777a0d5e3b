"""How visits and cases end, whatever ends them."""

from __future__ import annotations

from sim.compile.program import RuleSpec
from sim.log import NEVER, OUTCOMES, RESULTS
from tests.interpreter.queues import Queues
from tests.interpreter.state import NOBODY, Case, Cause, Visit


class Ends(Queues):
    """Ends of visits and of cases."""

    def close(self, visit: Visit, result: str) -> None:
        """End a visit and write its row."""
        case = visit.case
        self.leave_queue(visit)
        visit.state = "closed"
        case.open.remove(visit)
        if result in ("given", "returned"):
            case.closed = self.now, (visit.step, visit.number)
        if result != "given":
            self.end_acting(visit, gave=False)
        self.events.append(
            (
                *visit.order,
                visit.profile,
                visit.ready,
                visit.enabled,
                visit.granted,
                visit.started,
                visit.finished,
                self.now,
                RESULTS.index(result),
                visit.rule,
                *visit.cause,
            )
        )

    def end_acting(self, visit: Visit, *, gave: bool) -> None:
        """Hand on what was given at a place; if the visit ended otherwise "the next begins it"."""
        place = visit.place
        if place is None or self.acting.get(place) is not visit:
            return
        del self.acting[place]
        if gave:
            self.done[place] = visit
        self.at(
            self.now,
            "batch",
            (visit.case.home, visit.step, visit.case.site),
            lambda: self.waiting_at_place(place),
        )

    def withdraw(self, visit: Visit) -> None:
        """Take a visit out "before its work began".

        Of a batch "the next case leads: it is enabled in that second and queues anew, or, if all
        staff was granted, takes it over".
        """
        mates, granted = self.mates(visit), visit.state == "service"
        leads = bool(mates) and not visit.way.rides
        if leads and granted:
            mates[0].staff, visit.staff = visit.staff, []
        self.release(visit)
        visit.started = visit.finished = NEVER
        self.close(visit, "withdrawn")
        if leads:
            self.lead(mates[0], visit, granted=granted)

    def lead(self, visit: Visit, before: Visit, *, granted: bool) -> None:
        """Let the next case of a batch lead."""
        visit.profile, visit.way, visit.enabled = before.profile, before.way, self.now
        if granted:
            visit.granted = self.now
        else:
            visit.priority = self.numbers.number(visit.way.priority, self.of_visit(visit))
            self.queue_up(visit)

    def just_closed(self, case: Case) -> Cause:
        """Return "the visit that closed last, if it did in the second of the end"."""
        return case.closed[1] if case.closed[0] == self.now else NOBODY

    def finish_case(self, case: Case, outcome: str, why: str | int, last: Cause = NOBODY) -> None:
        """End a case.

        "Its queued visits are withdrawn and its delays dropped; visits in service hold their staff
        to the end of the work and are then dropped."
        """
        if case.over:
            return
        self.touch(case)
        case.over = True
        case.end, case.outcome = self.now, OUTCOMES.index(outcome)
        case.why = why if isinstance(why, int) else self.model.causes.index(why)
        case.last = last
        for instance, (_, end, by) in sorted(case.slips.items()):
            told = ("left", NOBODY) if instance in case.left else (end, by)
            self.live(case, instance, *told)
        case.ready = {}
        for visit in sorted(case.open, key=lambda v: v.order):
            if self.waits(visit):
                self.withdraw(visit)
            elif visit.state == "delay":
                self.close(visit, "dropped")
        for actor in sorted(case.called):
            self.comings.append((case.number, actor, *case.called[actor], NEVER, NEVER))

    def give_up(self, case: Case, rule: RuleSpec, last: Cause = NOBODY) -> None:
        """End a case "`abandoned` with the rule's name as the cause"."""
        self.finish_case(case, "abandoned", f"rule.{self.model.rules[rule.number]}", last)

"""The end of the work: draft, make, find, then dismiss, send back, fix or give."""

from __future__ import annotations

from sim.compile.nodes import CONFIDENCE, DEFECT, MADE_IN, SHARE
from sim.compile.program import ActionSpec, RuleSpec
from sim.log import NEVER
from tests.interpreter.numbers import Asking
from tests.interpreter.returns import Returns
from tests.interpreter.state import Key, Paper, Visit


class Work(Returns):
    """Work that is done."""

    def finished(self, visit: Visit) -> None:
        """End the work.

        "Void check, confidence and `drafted`, making, finding, then one of dismissal, letter,
        fix, giving."
        """
        if visit.state == "service" and not self.ends_in_vain(visit):
            self.draft(visit)
            self.make(visit)
            self.follow(visit, self.find(visit))

    def ends_in_vain(self, visit: Visit) -> bool:
        """End a visit that was undone, or whose case is over, without finding or giving."""
        if not visit.void and not visit.case.over:
            return False
        self.release(visit)
        self.touch(visit.case)
        self.close(visit, "void" if visit.void else "dropped")
        return True

    def draft(self, visit: Visit) -> None:
        """Draw the confidence and ask the AI whether a person should look."""
        case, first = visit.case, visit.way.actors[0]
        visit.asked = visit.step in case.ask_next
        case.ask_next.discard(visit.step)
        node = self.manner(visit).confidence
        if node is None:
            return
        visit.confidence = self.numbers.number(node, self.of_visit(visit))
        if self.model.actors[first].kind != "ai":
            return
        known, topic = {CONFIDENCE: visit.confidence}, self.model.steps[visit.step]
        asking = self.of_visit(visit, known, topic=topic)
        _, action = self.ask("drafted", first, asking, case, visit)
        visit.asked |= action.do == "ask_human"

    @staticmethod
    def rides_at_place(visit: Visit) -> bool:
        """Return whether another case of the place did what this visit has."""
        return visit.way.once >= 0 and visit.way.rides

    def make(self, visit: Visit) -> None:
        """Make defects, "each by its chance", of a batch "with the keys of the first case"."""
        rides = self.rides_at_place(visit)  # "makes what the leading visit made"
        number = visit.key.number if rides else visit.number
        manner = visit.way.first if number == 1 else visit.way.again
        for act in manner.makes:
            if act.share is None:  # (1 - confidence) x overconfidence
                over = self.model.actors[visit.way.actors[0]].overconfidence
                share = min((SHARE - visit.confidence) * over >> 16, SHARE)
            else:
                share = self.numbers.number(act.share, self.of_visit(visit))
            if self.numbers.below(share, act.point, self.of_visit(visit)):
                self.born(visit.case, act.instance, (visit.step, visit.number))
                visit.product.add(act.instance)
                many = visit.key if visit.key != self.own_key(visit) else None
                visit.case.made[act.instance] = visit.way.channel, many

    def find(self, visit: Visit) -> list[tuple[int, RuleSpec | None, ActionSpec, Asking]]:
        """Find "for each defect it holds, by its chance, once a visit", and ask the finder."""
        case, finder = visit.case, visit.way.actors[-1]
        answers: list[tuple[int, RuleSpec | None, ActionSpec, Asking]] = []
        for act in sorted(self.manner(visit).finds, key=lambda one: one.instance):
            if act.instance not in visit.product or act.instance in case.overlooked:
                continue
            channel, many = case.made[act.instance]
            key = self.own_key(visit)
            if many is not None:
                key = Key(many.stream, many.case, visit.number, many.word)
            asking = self.of_visit(visit, {MADE_IN: channel}, key)
            assert act.share is not None
            seen = self.numbers.happens(act.share, act.point, asking)
            by = visit.step, visit.number
            self.live(case, act.instance, "found" if seen else "missed", by)
            if not seen:
                continue
            self.count("found", self.instance(act.instance).defect)
            if act.instance in case.mispaid:
                case.detected.add(act.instance)
            if answers and answers[-1][2].do == "dismiss":
                continue  # "nobody is asked after a `dismiss`", but what is found is detected
            known = {DEFECT: self.instance(act.instance).defect}
            topic = self.model.points[act.point]
            asking = self.of_visit(visit, known, self.own_key(visit), topic)
            rule, action = self.ask("found", finder, asking, case, visit)
            answers.append((act.instance, rule, action, asking))
        return answers

    def follow(
        self, visit: Visit, answers: list[tuple[int, RuleSpec | None, ActionSpec, Asking]]
    ) -> None:
        """Do what was answered: "dismissal outweighs return, return outweighs the rest"."""
        case = visit.case
        ending = [one for one in answers if one[2].do in ("return", "dismiss")]
        for _, rule, _, _ in (ending or answers)[-1:]:
            visit.rule = rule.number if rule is not None else NEVER
        for instance, _, action, _ in answers:
            if action.do in ("overlook", "dismiss"):
                self.live(case, instance, action.do, (visit.step, visit.number))
        case.overlooked |= {one for one, _, action, _ in answers if action.do == "overlook"}
        if ending and ending[-1][2].do == "dismiss":
            self.release(visit)
            self.touch(case)
            cause = self.model.defects[self.instance(ending[-1][0]).defect]
            self.close(visit, "dropped")
            self.finish_case(case, "dismissed", cause, (visit.step, visit.number))
        elif ending:
            for instance, _, _, _ in ending:
                self.live(case, instance, "return", (visit.step, visit.number))
            self.release(visit)
            self.touch(case)
            self.send_back(visit, [one for one, _, _, _ in ending])
        elif any(action.do == "fix" for _, _, action, _ in answers):
            self.fix(visit, answers)
        else:
            self.foresee_giving(visit)

    def fix(
        self, visit: Visit, answers: list[tuple[int, RuleSpec | None, ActionSpec, Asking]]
    ) -> None:
        """Go on working: "cleared in this product, after that much more work"; works add up."""
        work = 0
        for instance, _, action, asking in answers:
            if action.do != "fix":
                continue
            assert action.seconds is not None
            work += self.numbers.number(action.seconds, asking)
            visit.product.discard(instance)
            visit.mends[instance] = visit.case.slips[instance]
            share = action.recovers
            visit.brings[instance] = 0 if share is None else self.numbers.number(share, asking)
        if not work:  # "a fix of no work takes no time, whatever the hours"
            self.fixed(visit)
            return
        visit.state = "fixing"
        visit.finished = self.model.calendars[visit.way.calendar].finish(self.now, work)
        self.at(visit.finished, "fixed", visit.order, lambda: self.fixed(visit))

    def fixed(self, visit: Visit) -> None:
        """End the work of a fix."""
        if not self.ends_in_vain(visit):
            case = visit.case
            for instance, slip in visit.mends.items():
                if case.slips.get(instance) is slip:
                    self.live(case, instance, "fix", (visit.step, visit.number))
            for instance in visit.brings.keys() & case.mispaid.keys():
                case.detected.add(instance)
                yen = case.mispaid[instance] * visit.brings[instance]
                back = (yen + SHARE // 2) // SHARE  # "of several fixes the best counts"
                case.recovered[instance] = max(case.recovered.get(instance, 0), back)
            self.foresee_giving(visit)

    def foresee_giving(self, visit: Visit) -> None:
        """Wait for the `delay`, which holds nobody.

        "A giving frees staff and attention, foresees itself `delay` later (in this second if there
        is none), lets freed staff be granted, and then, if a person was freed, ready steps start."
        """
        manner, asking = self.manner(visit), self.of_visit(visit)
        visit.state = "delay"
        self.release(visit)
        closed = self.now
        if self.rides_at_place(visit):
            pass  # "without work, delay or burden"
        elif manner.until >= 0:
            least = self.numbers.after(manner.at_least, self.now, asking)
            closed = self.model.timetables[manner.until].next_slot(least)
        elif manner.delay is not None:
            closed = self.numbers.after(manner.delay, self.now, asking)
        self.at(closed, "given", visit.order, lambda: self.give(visit))
        self.serve()
        if visit.way.persons:
            self.start_ready(visit.case)

    def give(self, visit: Visit) -> None:
        """Give the documents of a visit.

        "Money leaves, the visit is closed, `waited` is reset, documents are put into the locker in
        their order, periods beginning; knowledge given settles anew how steps are done; then the
        case is settled."
        """
        case = visit.case
        if visit.state != "delay":
            return
        self.touch(case)
        if visit.way.pays:
            self.pay(visit)
        self.tell(visit)
        self.close(visit, "given")
        self.wait_anew(case)
        case.asked[visit.step] = visit.asked
        for document in visit.way.gives:
            paper = Paper(set(visit.product), visit.step)
            valid = self.model.papers[document].valid
            if valid is not None:
                paper.over = self.numbers.after(
                    valid, self.now, self.of_visit(visit, key=self.own_key(visit))
                )
            self.hold(case, document, paper)
        if any(document in self.needs.hidden.values() for document in visit.way.gives):
            self.needs.settle(case)
        case.alone.add(visit.step)
        self.end_acting(visit, gave=True)

    def pay(self, visit: Visit) -> None:
        """Send money astray: "every such defect in its product, once a case"."""
        case = visit.case
        for instance in visit.product - case.mispaid.keys():
            one = self.instance(instance)
            if one.loss_of >= 0:
                case.mispaid[instance] = case.attributes[one.loss_of]
            elif one.loss is not None:
                asking = self.of_visit(visit, key=self.own_key(visit))
                case.mispaid[instance] = self.numbers.number(one.loss, asking)

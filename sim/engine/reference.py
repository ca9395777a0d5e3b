"""The reference engine: what a run means, event by event, on top of SimPy.

Read it beside ``docs/semantics.md``. SimPy keeps the clock and the agenda; nothing draws from a
stream: every draw has a name. ``Reference`` follows a case from its arrival to its end; what undoes
work is in ``undo``, what only watches the clock in ``watch``, who is asked in ``advice``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sim.compile.model import (
    CONFIDENCE,
    DEFECT,
    MADE_IN,
    SHARE,
    VISIT,
    Act,
    Const,
    Drawn,
    Holding,
    Model,
    Node,
    Profile,
    Test,
)
from sim.engine.advice import DRAFTED, FOUND, RETURNED, START, Advice, action_of
from sim.engine.agenda import Agenda, Kind
from sim.engine.arrivals import arrivals
from sim.engine.case import NO_CAUSE, Case, Cause, Occasion, Phase, Visit
from sim.engine.draws import Draws
from sim.engine.plan import NOBODY, Planner
from sim.engine.pool import Pool
from sim.engine.record import Record
from sim.engine.undo import reset
from sim.engine.values import Values
from sim.engine.watch import Watch
from sim.graph.chain import bits
from sim.log import NEVER, OUTCOMES, Log

MOST_VISITS: Final = 255
"""More visits of one step than this end a case: it is being returned without end."""


def run(model: Model, seed: int, replication: int) -> Log:
    """Execute one replication of a model and return its log. Raises RunFailed."""
    return Reference(model, seed, replication).run()


class Reference:
    """One replication of one arm."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        """Make ready to run; nothing has happened yet."""
        self.model = model
        self.replication = replication
        self.agenda = Agenda()
        self.values = Values(model, Draws(seed, replication))
        self.planner = Planner(model)
        self.record = Record(model)
        self.advice = Advice(model, self.values, self.record, self.agenda)
        self.watch = Watch(self)
        self.pools = [Pool(actor.staff[0][1] if actor.staff else 0) for actor in model.actors]
        self.live: dict[int, Case] = {}
        self.freed: set[int] = set()
        self.cause = {name: number for number, name in enumerate(model.causes)}
        self.hidden = sum(1 << d for d, name in enumerate(model.documents) if name[0] == "?")

    def run(self) -> Log:
        """Execute everything and return the log."""
        self.watch.announce()
        for number, stream in enumerate(self.model.streams):
            blank = self._blank(number, 0)

            def gap(index: int, case: Case = blank, node: Node = stream.gaps) -> int:
                case.index = index
                return self.values.amount(node, Occasion(case, self.model.start))

            self._next_arrival(number, arrivals(self.model, stream, gap))
        self.agenda.run()
        return self.record.log(self.replication, [pool.area for pool in self.pools])

    def occasion(self, case: Case, number: int = 0) -> Occasion:
        """Return the present moment in a case; ``number`` keys what is drawn."""
        return Occasion(case, self.agenda.now, number)

    # -- arrival -------------------------------------------------------------------------------

    def _blank(self, stream: int, index: int) -> Case:
        """Return a case of which nothing is known yet."""
        number = self.model.streams[stream].first_case + index
        attributes, first_given = (
            [0] * len(self.model.attributes),
            [NEVER] * len(self.model.documents),
        )
        return Case(number, index, stream, 0, 0, self.planner.none, attributes, first_given)

    def _next_arrival(self, stream: int, coming: Iterator[tuple[int, int]]) -> None:
        """Schedule the next case of a stream; its arrival schedules the one after."""
        time, index = next(coming, (NEVER, 0))
        if time == NEVER:
            return

        def arrive() -> None:
            self._next_arrival(stream, coming)
            self._arrive(self._blank(stream, index))

        case = self.model.streams[stream].first_case + index
        self.agenda.at(time, Kind.ARRIVAL, (case, 0, 0), arrive)

    def _arrive(self, case: Case) -> None:
        stream = self.model.streams[case.stream]
        case.start = case.progress = self.agenda.now
        case.channel = self.model.channel
        at = self.occasion(case)
        for attribute, node in stream.attributes:
            case.attributes[attribute] = self.values.attribute(node, at)
        self.live[case.number] = case
        if not self._comes(case, stream.applicant):
            return
        for holding in stream.locker:
            self._put_in_locker(case, holding, at)
        self.replan(case)
        self.watch.begin(case)
        self.settle(case)

    def _comes(self, case: Case, applicant: int) -> bool:
        """Let the applicant choose a channel where it may, or not come at all."""
        mixed = case.channel < 0
        rule = self.advice.rule(
            applicant, START, self.occasion(case), without="" if mixed else "use"
        )
        case.channel = max(case.channel, 0)
        if rule is None:
            return True
        self.advice.note(case, applicant, START, rule)
        if rule.action.do == "give_up":
            self.end(case, "abandoned", self.rule_cause(rule.number), NO_CAUSE)
            return False
        if rule.action.do == "use":
            case.channel = rule.action.channel
        return True

    def rule_cause(self, rule: int) -> int:
        """Return the cause of an end that a rule decided."""
        return self.cause[f"rule.{self.model.rules[rule]}"]

    def _put_in_locker(self, case: Case, holding: Holding, at: Occasion) -> None:
        if not self.values.happens(holding.share, holding.share_point, at):
            return
        paper = self.model.papers[holding.document]
        if paper.valid is not None:
            left = self.values.amount(paper.valid, at) - self.values.amount(holding.age, at)
            if left <= 0 and paper.lapsed == NEVER:
                return
            self.watch.expire_at(case, holding.document, self.agenda.now + left)
        made = self._makes(holding.makes, at, case.channel)
        self.hold(case, holding.document, made, NOBODY)

    # -- plans ---------------------------------------------------------------------------------

    def replan(self, case: Case) -> None:
        """Settle anew how each step is done, after something became known or was moved."""
        at = self.occasion(case)

        def judge(test: Test) -> bool:
            return self.values.holds(test, at)

        case.plan = self.planner.plan(case.stream, case.channel, case.moved, case.held, judge)
        case.goal = 0
        for goal in self.model.streams[case.stream].goals:
            unknown = goal.knowledge & ~case.held
            case.goal |= unknown
            if goal.test is None or (not unknown and judge(goal.test)):
                case.goal |= 1 << goal.document

    # -- settling a case -----------------------------------------------------------------------

    def settle(self, case: Case) -> None:
        """After a case changed: serve freed staff, pass skipped steps, test the ends, start."""
        self.serve()
        if case.ended:
            return
        doing, passing = case.plan.chain.ready(case.goal, case.held, case.under_way, case.lapsed)
        while passing:
            self._pass_on(case, passing)
            doing, passing = case.plan.chain.ready(
                case.goal, case.held, case.under_way, case.lapsed
            )
        if self._reached_end(case):
            return
        if not case.goal & ~case.held:
            self._reach_goal(case)
            return
        self._note_ready(case, doing)
        self._take_up(case)

    def serve(self) -> None:
        """Let freed staff take the heads of their queues, until all are busy or no one waits."""
        while self.freed:
            actor = min(self.freed)
            visit = self.pools[actor].grant(self.agenda.now)
            if visit is None:
                self.freed.discard(actor)
            else:
                visit.held += 1
                self._queue_up(visit)

    def _pass_on(self, case: Case, passing: Iterable[int]) -> None:
        """Let skipped steps pass on what nobody else gives, with the defects of their needs."""
        plan = case.plan
        learnt = 0
        for step in passing:
            carried = case.carried(plan.chain.needs[step])
            for document in bits(plan.passes[step] & ~case.held):
                learnt |= 1 << document & self.hidden
                self.hold(case, document, carried, step)
        if learnt:
            self.replan(case)

    def _reached_end(self, case: Case) -> bool:
        for end in self.model.streams[case.stream].ends:
            if not end.knowledge & ~case.held and self.values.holds(end.test, self.occasion(case)):
                self.end(case, OUTCOMES[end.outcome], end.cause, case.cause)
                return True
        return False

    def _reach_goal(self, case: Case) -> None:
        instances = (self.model.instances[i] for i in bits(case.carried(case.goal)))
        harm = next((instance for instance in instances if instance.harm), None)
        if harm is None:
            self.end(case, "clean", NEVER, case.cause)
        else:
            self.end(case, "flawed", self.cause[self.model.defects[harm.defect]], case.cause)

    def _note_ready(self, case: Case, doing: list[int]) -> None:
        """Remember since when and because of what each step is ready."""
        now, redo = self.agenda.now, case.redo
        ready = [step for step in doing if step not in redo or redo[step][0] <= now]
        for step in ready:
            if step not in case.ready:
                time, cause = redo.pop(step, (NEVER, NO_CAUSE))
                case.ready[step] = (now, cause if time == now else case.cause)
        if len(case.ready) > len(ready):
            for step in set(case.ready).difference(ready):
                del case.ready[step]

    def _take_up(self, case: Case) -> None:
        """Enable every ready step that its agents' attention allows, in their order."""
        for step in sorted(case.ready, key=self.model.precedence.__getitem__):
            if step in case.ready:
                number = case.plan.profile[step]
                if self._attended(case, self.model.profiles[number]):
                    self._enable(case, step, number)

    def _attended(self, case: Case, profile: Profile) -> bool:
        for actor in profile.persons:
            if case.attention.get(actor, 0) >= self.model.actors[actor].limit:
                return False
        return True

    # -- a visit -------------------------------------------------------------------------------

    def _enable(self, case: Case, step: int, profile_number: int) -> None:
        number = case.visits.get(step, 0) + 1
        if number > MOST_VISITS:
            self.end(case, "abandoned", self.cause["endless"], case.cause)
            return
        profile = self.model.profiles[profile_number]
        case.visits[step] = number
        now, (ready, cause) = self.agenda.now, case.ready.pop(step)
        queue = self.pools[profile.pools[-1]] if profile.pools else None
        visit = Visit(
            case,
            step,
            number,
            profile_number,
            profile,
            ready,
            now,
            cause,
            case.carried(profile.needs),
            self._perishable(case, profile.needs),
            Occasion(case, now, number, queue),
        )
        case.open[step] = visit
        case.under_way |= 1 << step
        for actor in profile.persons:
            case.attention[actor] = case.attention.get(actor, 0) + 1
        visit.priority = self.values.amount(profile.priority, visit.at)
        self._queue_up(visit)
        self.serve()
        if visit.waits(now):
            self.watch.meet_outage(visit)

    def _perishable(self, case: Case, documents: int) -> tuple[tuple[int, int], ...]:
        papers = self.model.papers
        return tuple(
            (expiry, papers[d].lapsed)
            for d, expiry in case.expiry.items()
            if documents >> d & 1 and papers[d].lapsed != NEVER
        )

    def _queue_up(self, visit: Visit) -> None:
        """Ask for the next pool of the step, or begin if it has everybody."""
        if visit.held == len(visit.profile.pools):
            self._begin(visit)
            return
        actor = visit.profile.pools[visit.held]
        self.pools[actor].join(visit, self.agenda.now)
        self.freed.add(actor)

    def _begin(self, visit: Visit) -> None:
        """Everybody is there: the work starts at the next second at which all are open."""
        calendar = self.model.calendars[visit.profile.calendar]
        visit.phase = Phase.GRANTED
        visit.granted = self.agenda.now
        visit.started = calendar.next_open(visit.granted)
        for expiry, instance in visit.perishable:
            if expiry <= visit.started:
                visit.taken |= 1 << instance
                visit.case.made_in[instance] = visit.profile.channel
        visit.at.time = visit.started
        work = self.values.amount(visit.manner.work, visit.at)
        visit.finished = calendar.finish(visit.started, work)
        self.agenda.at(visit.finished, Kind.FINISHED, visit.key, lambda: self._finished(visit))

    def _finished(self, visit: Visit) -> None:
        """The work is done: draft, make, find; then give, send back, fix or dismiss."""
        if visit.phase is Phase.CLOSED or self._cut_off(visit):
            return
        at, manner = visit.at, visit.manner
        at.time = self.agenda.now
        if manner.confidence is not None:
            self._draft(visit, manner.confidence, at)
        made = self._makes(manner.makes, at, visit.profile.channel, visit.slips)
        visit.product = visit.taken | made
        self._judge(visit, self._finds(visit, at), at)

    def _cut_off(self, visit: Visit) -> bool:
        """Close a visit that was undone or whose case ended while it was in service."""
        if not visit.void and not visit.case.ended:
            return False
        self.release(visit)
        self.close(visit, "void" if visit.void else "dropped")
        self.settle(visit.case)
        return True

    def _makes(self, acts: Iterable[Act], at: Occasion, channel: int, slips: int = 0) -> int:
        """Draw the defects made and note in which channel."""
        made = 0
        for act in acts:
            share = slips if act.share is None else self.values.amount(act.share, at)
            if self.values.below(share, act.point, at):
                made |= 1 << act.instance
                at.case.made_in[act.instance] = channel
        return made

    def _draft(self, visit: Visit, confidence: Node, at: Occasion) -> None:
        """Draw an AI's confidence, note the chance of error it leaves, and ask its rules."""
        case, actor = visit.case, visit.profile.actors[0]
        sure = self.values.amount(confidence, at)
        at.more[CONFIDENCE] = sure
        visit.slips = min((SHARE - sure) * self.model.actors[actor].overconfidence >> 16, SHARE)
        rule = self.advice.ask(actor, DRAFTED, at, visit.step, visit.number)
        forced = case.forced >> visit.step & 1
        case.forced &= ~(1 << visit.step)
        visit.asked = bool(forced) or action_of(rule, DRAFTED) == "ask_human"

    def _finds(self, visit: Visit, at: Occasion) -> list[int]:
        """Return the defect instances found in what the visit holds."""
        case, found = visit.case, []
        suspects = visit.product & ~case.known
        for act in visit.manner.finds if suspects else ():
            if suspects >> act.instance & 1 and act.share is not None:
                at.more[MADE_IN] = case.made_in.get(act.instance, 0)
                if self.values.happens(act.share, act.point, at):
                    found.append(act.instance)
        return found

    def _judge(self, visit: Visit, found: list[int], at: Occasion) -> None:
        """Ask the finder about each defect found and do what follows."""
        back: list[int] = []
        work = 0
        for instance in found:
            at.more[DEFECT] = self.model.instances[instance].defect
            rule = self.advice.ask(visit.profile.actors[-1], FOUND, at, visit.step, visit.number)
            do = action_of(rule, FOUND)
            visit.rule = NEVER if rule is None else rule.number
            if do == "dismiss":
                self._dismiss(visit, instance)
                return
            if do == "return":
                back.append(instance)
            elif do == "overlook":
                visit.case.known |= 1 << instance
            elif rule is not None and rule.action.seconds is not None:
                visit.product &= ~(1 << instance)
                work += self.values.amount(rule.action.seconds, at)
        if back:
            self._send_back(visit, back)
        elif work:
            self._fix(visit, work)
        else:
            self._hand_over(visit)

    def _fix(self, visit: Visit, work: int) -> None:
        calendar = self.model.calendars[visit.profile.calendar]
        visit.finished = calendar.finish(self.agenda.now, work)
        self.agenda.at(visit.finished, Kind.FIXED, visit.key, lambda: self._fixed(visit))

    def _fixed(self, visit: Visit) -> None:
        if visit.phase is not Phase.CLOSED and not self._cut_off(visit):
            self._hand_over(visit)

    def _dismiss(self, visit: Visit, instance: int) -> None:
        self.release(visit)
        self.close(visit, "dropped")
        cause = self.cause[self.model.defects[self.model.instances[instance].defect]]
        self.end(visit.case, "dismissed", cause, (visit.step, visit.number))

    def _hand_over(self, visit: Visit) -> None:
        """The work is done and good: nobody is held during the delay."""
        self.release(visit)
        visit.phase = Phase.DELAYED
        manner, at = visit.manner, visit.at
        time = at.time = self.agenda.now
        if manner.until >= 0:
            time = self.model.timetables[manner.until].next_slot(self.later(manner.at_least, at))
        elif manner.delay is not None:
            time = self.later(manner.delay, at)
        self.agenda.at(time, Kind.GIVEN, visit.key, lambda: self._given(visit))
        self.serve()
        self._take_up(visit.case)

    def later(self, wait: Node, at: Occasion) -> int:
        """Return the second at which a wait from now on is over, on all or on business days."""
        leaf: Const | Drawn = self.values.leaf(wait, at)
        seconds = self.values.amount(leaf, at)
        if leaf.business and seconds:
            return self.model.calendars[self.model.days].finish(self.agenda.now, seconds)
        return self.agenda.now + seconds

    def _given(self, visit: Visit) -> None:
        if visit.phase is Phase.CLOSED:
            return
        case = visit.case
        self.close(visit, "given")
        case.progress = self.agenda.now
        case.cause = (visit.step, visit.number)
        case.asked = case.asked & ~(1 << visit.step) | visit.asked << visit.step
        learnt = 0
        for document in visit.profile.gives:
            learnt |= self.hidden >> document & 1
            paper = self.model.papers[document]
            if paper.valid is not None:
                at = self.occasion(case, visit.number)
                self.watch.expire_at(case, document, self.later(paper.valid, at))
            self.hold(case, document, visit.product, visit.step)
        if learnt:
            self.replan(case)
        self.settle(case)

    def hold(self, case: Case, document: int, defects: int, giver: int) -> None:
        """Put a document into the locker; its first giving sets clocks going."""
        case.hold(document, defects, giver)
        if case.first_given[document] == NEVER:
            case.first_given[document] = self.agenda.now
            self.watch.start_clocks(case, document)

    def release(self, visit: Visit) -> None:
        """Free staff and attention."""
        for actor in visit.profile.pools[: visit.held]:
            self.pools[actor].release()
            self.freed.add(actor)
        visit.held = 0
        for actor in visit.profile.persons:
            visit.case.attention[actor] -= 1

    def close(self, visit: Visit, result: str) -> None:
        """Write the visit down; it is over."""
        visit.phase = Phase.CLOSED
        self.record.visit(visit, result, self.agenda.now)
        visit.case.forget(visit)

    def withdraw(self, visit: Visit) -> None:
        """Take a visit out whose work has not begun."""
        if visit.phase is Phase.QUEUED:
            self.pools[visit.profile.pools[visit.held]].leave(visit, self.agenda.now)
        self.release(visit)
        visit.started = visit.finished = NEVER
        self.close(visit, "withdrawn")

    # -- returns -------------------------------------------------------------------------------

    def _send_back(self, visit: Visit, found: list[int]) -> None:
        """One letter: all that the visit returns goes back to those who made it."""
        case = visit.case
        case.returns += 1
        self.release(visit)
        self.close(visit, "returned")
        case.progress = self.agenda.now
        case.cause = (visit.step, visit.number)
        instances = [self.model.instances[i] for i in found]
        targets = sorted({step for instance in instances for step in instance.targets})
        asked = self.advice.answerer(case, targets)
        at = self.occasion(case, case.returns)
        at.more[DEFECT] = instances[0].defect
        at.more[VISIT] = max((case.visits.get(step, 0) for step in targets), default=0)
        rule = self.advice.ask(asked, RETURNED, at, visit.step, visit.number)
        reset(self, case, targets, [-1 - i.origin for i in instances if i.origin < 0])
        do = action_of(rule, RETURNED)
        if rule is not None and do == "give_up":
            self.end(case, "abandoned", self.rule_cause(rule.number), case.cause)
            return
        time = self.agenda.now
        if rule is not None and rule.action.seconds is not None:
            time = self.later(rule.action.seconds, at)
        for step in targets:
            case.redo[step] = (time, case.cause)
            if rule is not None and do == "use":
                case.moved[step] = rule.action.channel
            if do == "ask_human":
                case.forced |= 1 << step
        if time > self.agenda.now:
            key = (case.number, targets[0], case.visits.get(targets[0], 0))
            self.agenda.at(time, Kind.REDO, key, lambda: self.settle(case))
        self.replan(case)
        self.settle(case)

    # -- ends ----------------------------------------------------------------------------------

    def end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """End a case: nobody waits for it any more; work in hand is finished, then dropped."""
        case.ended = True
        case.ready.clear()
        for step in sorted(case.open):
            visit = case.open[step]
            if visit.phase is Phase.DELAYED:
                self.close(visit, "dropped")
            elif not visit.in_service(self.agenda.now):
                self.withdraw(visit)
        self.record.case(case, self.agenda.now, outcome, cause, last)
        del self.live[case.number]
        self.serve()

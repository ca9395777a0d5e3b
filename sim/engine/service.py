"""Visits: the life of a step from enabled to closed, and the staff that serves it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from sim.compile.program import (
    CONFIDENCE,
    DEFECT,
    MADE_IN,
    SHARE,
    Act,
    ActionSpec,
    Const,
    Drawn,
    Node,
)
from sim.engine import money
from sim.engine.agenda import EventKind
from sim.engine.batches import Batches
from sim.engine.case import Case, Context, Phase, Visit
from sim.engine.pool import Pool
from sim.engine.returns import send_back
from sim.engine.rules import DRAFTED, FOUND, action_of
from sim.engine.sites import SiteSteps
from sim.log import NEVER

if TYPE_CHECKING:
    from sim.engine.reference import Reference

MOST_VISITS: Final = 255
"""More visits of one step than this end a case: it is being returned without end."""


class Service:
    """Everything that is done, by whom, and in what order people are served."""

    def __init__(self, engine: Reference) -> None:
        """Serve the cases of ``engine``."""
        self.engine = engine
        self.model = engine.model
        self.agenda = engine.agenda
        self.values = engine.values
        self.record = engine.record
        self.advice = engine.advice
        self.watch = engine.watch
        self.pools = [Pool(a.staff[0][1] if a.staff else 0) for a in self.model.actors]
        self.freed: set[int] = set()
        self.batches = Batches(engine, self)
        self.sites = SiteSteps(engine, self)

    def serve(self) -> None:
        """Let freed staff take the heads of their queues, until all are busy or no one waits."""
        while self.freed:
            actor = min(self.freed)
            visit = self.pools[actor].grant(self.agenda.now)
            if visit is None:
                self.freed.discard(actor)
            else:
                visit.held += 1
                self.queue_up(visit)

    def enable(self, case: Case, step: int, profile_number: int) -> None:
        """Begin a visit: the agents' attention is on it, and it asks for staff."""
        visit = self.opened(case, step, profile_number)
        if visit is None:
            return
        self.queue_up(visit)
        self.serve()
        if visit.waits(self.agenda.now):
            self.watch.meet_outages(visit)

    def opened(self, case: Case, step: int, profile_number: int) -> Visit | None:
        """Return a visit that nobody serves yet; None if there were too many: the case ends."""
        number = case.visits.get(step, 0) + 1
        if number > MOST_VISITS:
            last = case.ending(self.agenda.now)
            self.engine.end(case, "abandoned", self.engine.cause["endless"], last)
            return None
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
            profile.first if number == 1 else profile.again,
            ready,
            now,
            cause,
            Context(case, now, number, queue),
        )
        case.begin(visit)
        if profile.once >= 0:
            self.sites.begun(visit)
        for actor in profile.persons:
            case.attention[actor] = case.attention.get(actor, 0) + 1
        visit.priority = self.values.amount(profile.priority, visit.at)
        return visit

    def queue_up(self, visit: Visit) -> None:
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
        started = calendar.next_open(self.agenda.now)
        visit.joint.time = started
        finished = calendar.finish(started, self.values.amount(visit.manner.work, visit.joint))
        for one in visit.batch or (visit,):
            if one.phase == Phase.QUEUED:
                self.start(one, started, finished)

    def start(self, visit: Visit, started: int, finished: int) -> None:
        """Let a visit take what it needs, and work on it."""
        visit.phase = Phase.GRANTED
        visit.granted, visit.started, visit.finished = self.agenda.now, started, finished
        visit.taken |= visit.case.carried(visit.profile.needs)
        for document, expiry in visit.case.expiry.items():
            if expiry <= started:
                self.take_lapsed(visit, document)
        visit.at.time = started
        self.agenda.at(finished, EventKind.FINISHED, visit.key, self._finished, visit)

    def take_lapsed(self, visit: Visit, document: int) -> None:
        """Let a visit that needs a document carry on what is wrong with it for being too old."""
        instance = self.model.papers[document].lapsed
        if instance != NEVER and visit.profile.needs >> document & 1:
            visit.taken |= 1 << instance
            visit.case.made_in[instance] = visit.profile.channel

    def _finished(self, visit: Visit) -> None:
        """The work is done: draft, make, find; then give, send back, fix or dismiss."""
        if visit.phase == Phase.CLOSED or self._cut_off(visit):
            return
        at, manner = visit.at, visit.manner
        at.time = visit.joint.time = self.agenda.now
        if manner.confidence is not None:
            self._draft(visit, manner.confidence, at)
        made = self.makes(manner.makes, visit.joint, visit.profile.channel, visit.error_probability)
        visit.product = visit.taken | made
        self._judge(visit, self._finds(visit, at), at)

    def _cut_off(self, visit: Visit) -> bool:
        """Close a visit that was undone or whose case ended while it was in service."""
        if not visit.void and not visit.case.ended:
            return False
        self.release(visit)
        self.close(visit, "void" if visit.void else "dropped")
        self.engine.settle(visit.case)
        return True

    def makes(
        self, acts: Iterable[Act], at: Context, channel: int, error_probability: int = 0
    ) -> int:
        """Draw the defects made and note in which channel."""
        made = 0
        for act in acts:
            share = error_probability if act.share is None else self.values.amount(act.share, at)
            if self.values.below(share, act.point, at):
                made |= 1 << act.instance
                at.case.made_in[act.instance] = channel
                if at.drawn is not at.case:
                    at.case.shared[act.instance] = at.drawn
                else:
                    at.case.shared.pop(act.instance, None)
        return made

    def _draft(self, visit: Visit, confidence: Node, at: Context) -> None:
        """Draw an AI's confidence, note the chance of error it leaves, and ask its rules."""
        case, actor = visit.case, visit.profile.actors[0]
        sure = self.values.amount(confidence, at)
        visit.error_probability = min(
            (SHARE - sure) * self.model.actors[actor].overconfidence >> 16, SHARE
        )
        asked = at.about(self.model.steps[visit.step], {CONFIDENCE: sure})
        rule = self.advice.ask(actor, DRAFTED, asked, visit.step, visit.number)
        forced = case.forced >> visit.step & 1
        case.forced &= ~(1 << visit.step)
        visit.asked = bool(forced) or action_of(rule, DRAFTED) == "ask_human"

    def _finds(self, visit: Visit, at: Context) -> list[Act]:
        """Return the findings in what the visit holds."""
        case, found = visit.case, []
        suspects = visit.product & ~case.known
        for act in visit.manner.finds if suspects else ():
            if suspects >> act.instance & 1 and act.share is not None:
                looked = at.about("", {MADE_IN: case.made_in.get(act.instance, 0)})
                looked.drawn = case.shared.get(act.instance, case)
                if self.values.happens(act.share, act.point, looked):
                    found.append(act)
        return found

    def _judge(self, visit: Visit, found: list[Act], at: Context) -> None:
        """Ask the finder about each defect found and do what follows."""
        back: list[int] = []
        work = 0
        money.detect(visit.case, (act.instance for act in found))
        for act in found:
            instance = act.instance
            known = {
                DEFECT: self.model.instances[instance].defect,
                MADE_IN: visit.case.made_in.get(instance, 0),
            }
            asked = at.about(self.model.points[act.point], known)
            rule = self.advice.ask(visit.profile.actors[-1], FOUND, asked, visit.step, visit.number)
            do = action_of(rule, FOUND)
            if do in ("return", "dismiss") or not back:
                visit.rule = NEVER if rule is None else rule.number
            if do == "dismiss":
                self._dismiss(visit, instance)
                return
            if do == "return":
                back.append(instance)
            elif do == "overlook":
                visit.case.known |= 1 << instance
            elif rule is not None:
                work += self._mend(visit, instance, rule.action, asked)
        if back:
            send_back(self.engine, visit, back)
        elif work:
            self._fix(visit, work)
        else:
            money.recover(visit)
            self._hand_over(visit)

    def _mend(self, visit: Visit, instance: int, action: ActionSpec, at: Context) -> int:
        """Take a defect out of the product; return the seconds that it takes."""
        visit.product &= ~(1 << instance)
        if action.recovers is not None:
            visit.recovers[instance] = self.values.amount(action.recovers, at)
        return 0 if action.seconds is None else self.values.amount(action.seconds, at)

    def _fix(self, visit: Visit, work: int) -> None:
        calendar = self.model.calendars[visit.profile.calendar]
        visit.finished = calendar.finish(self.agenda.now, work)
        self.agenda.at(visit.finished, EventKind.FIXED, visit.key, self._fixed, visit)

    def _fixed(self, visit: Visit) -> None:
        if visit.phase != Phase.CLOSED and not self._cut_off(visit):
            money.recover(visit)
            self._hand_over(visit)

    def _dismiss(self, visit: Visit, instance: int) -> None:
        self.release(visit)
        self.close(visit, "dropped")
        cause = self.engine.cause[self.model.defects[self.model.instances[instance].defect]]
        self.engine.end(visit.case, "dismissed", cause, (visit.step, visit.number))

    def _hand_over(self, visit: Visit) -> None:
        """The work is done and good: nobody is held during the delay."""
        self.release(visit)
        visit.phase = Phase.DELAYED
        manner, at = visit.manner, visit.joint
        time = at.time = self.agenda.now
        if visit.profile.once >= 0 and visit.profile.rides:
            pass  # the site has waited already
        elif manner.until >= 0:
            time = self.model.timetables[manner.until].next_slot(self.later(manner.at_least, at))
        elif manner.delay is not None:
            time = self.later(manner.delay, at)
        self.agenda.at(time, EventKind.GIVEN, visit.key, self._given, visit)
        self.serve()
        if visit.profile.persons:
            self.engine.take_up(visit.case)

    def later(self, wait: Node, at: Context) -> int:
        """Return the second at which a wait from now on is over, on all or on business days."""
        leaf: Const | Drawn = self.values.leaf(wait, at)
        seconds = self.values.amount(leaf, at)
        if leaf.business and seconds:
            return self.model.calendars[self.model.days].finish(self.agenda.now, seconds)
        return self.agenda.now + seconds

    def _given(self, visit: Visit) -> None:
        if visit.phase == Phase.CLOSED:
            return
        case = visit.case
        if visit.profile.pays:
            money.pay(self.engine, visit)
        self.close(visit, "given")
        self.watch.progress(case)
        case.cause, case.caused = (visit.step, visit.number), self.agenda.now
        case.asked = case.asked & ~(1 << visit.step) | visit.asked << visit.step
        learnt = 0
        for document in visit.profile.gives:
            learnt |= self.engine.hidden >> document & 1
            paper = self.model.papers[document]
            if paper.valid is not None:
                at = self.engine.occasion(case, visit.number)
                self.watch.expire_at(case, document, self.later(paper.valid, at))
            self.engine.hold(case, document, visit.product, visit.step)
        if learnt:
            self.engine.replan(case)
        self.engine.settle(case)

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
        if visit.profile.once >= 0:
            if result in ("given", "returned"):
                visit.case.done.add(visit.step)
            self.sites.over(visit, given=result == "given")
        visit.case.forget(visit, given=result == "given")

    def withdraw(self, visit: Visit) -> None:
        """Take a visit out whose work has not begun."""
        if visit.entry is not None:
            self.pools[visit.profile.pools[visit.held]].leave(visit, self.agenda.now)
        if visit.batch is not None and not visit.profile.rides:
            self.batches.pass_on(visit)
        self.release(visit)
        visit.started = visit.finished = NEVER
        self.close(visit, "withdrawn")

"""The reference engine: what a run means, event by event, on top of SimPy.

Read it beside ``docs/semantics.md``. SimPy keeps the clock and the agenda; nothing draws from a
stream: every draw has a name. This is the loop: what happens at each kind of event, in the order of
kinds within one second. Below it ``cases`` settles a case and ends it, ``service`` serves a visit.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.compile.program import EXPIRED, GIVEN, DeadlineSpec, Program
from sim.engine import events
from sim.engine.arrivals import Arrivals
from sim.engine.batches import Batches, Calls, SiteSteps
from sim.engine.case import NO_CAUSE, NOBODY, Case, Context, Phase, Visit
from sim.engine.cases import Cases
from sim.engine.draws import Draws
from sim.engine.events import Agenda, AnyKind, on
from sim.engine.indicators import Indicators
from sim.engine.locker import Locker
from sim.engine.outages import drawn
from sim.engine.planner import Planner
from sim.engine.record import Record
from sim.engine.returns import Returns
from sim.engine.rules import Rules, action_of, first
from sim.engine.service import Service
from sim.engine.sessions import Sessions
from sim.engine.values import Values
from sim.engine.work import Dismissed, Given, Mended, Returned, Work, recover
from sim.log import NEVER, Log


def run(program: Program, seed: int, replication: int) -> Log:
    """Execute one replication of a program and return its log. Raises RunFailed."""
    return Reference(drawn(program, seed, replication), seed, replication).run()


class Reference:
    """One replication of one arm."""

    def __init__(self, program: Program, seed: int, replication: int) -> None:
        """Make ready to run; nothing has happened yet. Each part knows those above it alone."""
        self.program = program
        self.replication = replication
        self.agenda = agenda = Agenda()
        indicators = Indicators(program.indicators, agenda)
        self.values = values = Values(program, Draws(seed, replication), indicators.published)
        self.record = record = Record(program)
        self.rules = rules = Rules(program, values, record, agenda)
        self.planner = planner = Planner(program, values)
        self.locker = locker = Locker(program, agenda, values, record, indicators)
        batches, sites = Batches(program, agenda), SiteSteps(agenda)
        self.service = service = Service(program, agenda, values, record, locker, sites)
        self.work = Work(program, values, rules, record, indicators)
        self.returns = Returns(program, agenda, values, record, rules, planner, service)
        self.arrivals = Arrivals(program, agenda, values)
        self.sessions = Sessions(program, agenda, values, record)
        self.cases = Cases(
            *(program, agenda, values, record, rules, planner, locker, service),
            *(self.sessions, batches, sites, Calls(program, agenda, values)),
        )

    def run(self) -> Log:
        """Let everything happen and return the log."""
        for actor in range(len(self.program.actors)):
            self.service.await_change(actor, 1)
        self.cases.announce_outages()
        for stream in range(len(self.program.streams)):
            self.arrivals.await_next(stream)
        handlers = self._handlers()
        for moment in self.agenda:
            handlers[moment.kind](*moment.about)
        return self.record.log(self.replication, [pool.area for pool in self.service.pools])

    def _handlers(self) -> dict[AnyKind, Callable[..., None]]:
        """Return what follows from each kind of event, in the order within one second."""
        return dict(
            (
                on(events.STAFF, self._staff),
                on(events.FINISHED, self._finished),
                on(events.FIXED, self._fixed),
                on(events.GIVEN, self._given),
                on(events.REDO, self._redo),
                on(events.EXPIRY, self._expiry),
                on(events.ARRIVAL, self._arrival),
                on(events.COMING, self._coming),
                on(events.OUTAGE, self._outage),
                on(events.DEADLINE, self._deadline),
                on(events.PATIENCE, self._patience),
                on(events.BATCH, self.cases.go),
                on(events.SITE, self.cases.go_on),
                on(events.HORIZON, self.cases.horizon),
            )
        )

    # -- staff ---------------------------------------------------------------------------------

    def _staff(self, actor: int, change: int) -> None:
        self.service.await_change(actor, change + 1)
        self.service.change_staff(actor, change)

    # -- a visit -------------------------------------------------------------------------------

    def _finished(self, visit: Visit) -> None:
        """The work is done: it is handed over, fixed or sent back, or the case is dismissed."""
        if self._is_over(visit):
            return
        match self.work.judged(visit, self.agenda.now):
            case Given():
                self._hand_over(visit)
            case Mended(seconds):
                self.service.fix(visit, seconds)
            case Returned(instances):
                self._send_back(visit, instances)
            case Dismissed(instance):
                self._dismiss(visit, instance)

    def _fixed(self, visit: Visit) -> None:
        if not self._is_over(visit):
            self._hand_over(visit)

    def _is_over(self, visit: Visit) -> bool:
        """Whether a visit is closed, now if it was undone or its case ended during its work."""
        if visit.phase != Phase.CLOSED and (visit.void or visit.case.ended):
            self.service.cut(visit, "void" if visit.void else "dropped")
            self.cases.settle(visit.case)
        return visit.phase == Phase.CLOSED

    def _hand_over(self, visit: Visit) -> None:
        if visit.mended:
            recover(visit)
            self.record.mended(visit, self.agenda.now)
        self.service.hand_over(visit)
        if visit.profile.persons:
            self.cases.take_up(visit.case)

    def _dismiss(self, visit: Visit, instance: int) -> None:
        self.service.cut(visit, "dropped")
        defect = self.program.defects[self.program.instances[instance].defect]
        cause, last = self.cases.causes[defect], (visit.step, visit.number)
        self.cases.end(visit.case, "dismissed", cause, last)

    def _send_back(self, visit: Visit, instances: tuple[int, ...]) -> None:
        """One letter: all that the visit returns goes back to those who made it."""
        case = visit.case
        case.returns += 1
        self.service.cut(visit, "returned")
        self._go_on(visit)
        rule = self.returns.send(visit, instances)
        if rule is not None and action_of(rule, "returned") == "give_up":
            self.cases.give_up(case, rule, case.cause)
        else:
            self.cases.settle(case)

    def _given(self, visit: Visit) -> None:
        """The delay is over: the documents are given."""
        if visit.phase == Phase.CLOSED:
            return
        case = visit.case
        if visit.profile.pays:
            self.work.pay(visit, self.agenda.now)
        self.service.close(visit, "given")
        self._go_on(visit)
        case.asked = case.asked & ~(1 << visit.step) | visit.asked << visit.step
        if visit.batch is not None:
            self.cases.calls.tell(visit)
        given = self.locker.hand_in(visit)
        if given & self.planner.knowledge:
            self.planner.replan(case, self.agenda.now)
        self.cases.settle(case)

    def _go_on(self, visit: Visit) -> None:
        """A visit closed that makes others ready: the case waits from now on."""
        case = visit.case
        self.rules.progress(case)
        case.cause, case.caused = (visit.step, visit.number), self.agenda.now

    def _redo(self, case: Case, told: int) -> None:
        """The wait after a letter is over: what it named is wanted, and its makers may begin."""
        if told and not case.ended:
            case.learned |= told
            self.planner.replan(case, self.agenda.now)
        self.cases.settle(case)

    # -- an arrival ----------------------------------------------------------------------------

    def _arrival(self, case: Case) -> None:
        if case.number >= self.record.total and not self.record.counting:
            return  # other business that nobody who counts would meet
        self.arrivals.await_next(case.stream)
        self.arrivals.begin(case)
        self.cases.live[case.number] = case
        if self._comes(case):
            self.locker.fill(case)
            self.planner.replan(case, self.agenda.now)
            self.cases.await_horizon(case)
            self.rules.await_patience(case)
            self.sessions.arrive(case)
            self.cases.settle(case)

    def _comes(self, case: Case) -> bool:
        """Let the applicant choose a channel where it may, or not come at all."""
        applicant = self.program.streams[case.stream].applicant
        rules = self.program.actors[applicant].rules["start"]
        if self.program.channel >= 0:
            rules = tuple(rule for rule in rules if rule.action.do != "use")
        rule = first(self.values, rules, Context(case, self.agenda.now))
        if rule is None:
            return True
        self.rules.note(case, applicant, "start", rule)
        if rule.action.do == "give_up":
            self.cases.give_up(case, rule)
            return False
        if rule.action.do == "use":
            case.channel = rule.action.channel
        return True

    def _coming(self, number: int, actor: int) -> None:
        """Somebody gets round to a case, and begins what is ready."""
        case = self.cases.live.get(number)
        if case is not None:
            self.sessions.come(case, actor)
            self.cases.take_up(case)

    # -- time that passes ----------------------------------------------------------------------

    def _expiry(self, number: int, document: int, time: int) -> None:
        """A document is too old: it leaves the locker."""
        case = self.cases.live.get(number)
        if case is not None and case.expiry.get(document) == time:
            self.locker.expire(case, document)
            self.cases.settle(case)

    def _outage(self, actor: int, number: int) -> None:
        """Ask those whose work has not begun when a system goes out, and when it stays out."""
        waiting = [
            visit
            for _, case in sorted(self.cases.live.items())
            for _, visit in sorted(case.open.items())
            if actor in visit.profile.actors
        ]
        for visit in waiting:
            if visit.waits(self.agenda.now) and visit.batch is None:
                self.cases.meet_outage(visit, actor, number, begun=True)

    def _deadline(self, number: int, clock: DeadlineSpec, since: int) -> None:
        case = self.cases.live.get(number)
        if case is None:
            return
        if clock.missed == GIVEN:
            if case.since.get(clock.after) == since:
                self._keep_silence(case, clock.document, clock.after)
        elif not case.there(clock.document):
            if clock.missed == EXPIRED:
                self.cases.end(case, "expired", clock.cause, NO_CAUSE)
            else:
                case.late = True

    def _keep_silence(self, case: Case, document: int, after: int) -> None:
        """Nobody said anything in time: the document is there, and its giver need not go on."""
        if (case.held | case.lapsed) >> document & 1:
            return
        for step, visit in sorted(case.open.items()):
            if case.plan.chain.giver[document] == step:
                self.service.undo(visit)
        self.locker.give(case, document, 0, NOBODY)
        if after != NEVER:
            case.consents[document] = after
        self.rules.progress(case)
        self.cases.settle(case)

    def _patience(self, number: int) -> None:
        """A rule about waiting begins to hold: hurry, or give up."""
        case = self.cases.live.get(number)
        if case is None or case.look != self.agenda.now:
            return
        rule = self.rules.impatient(case)
        if rule is not None and rule.action.do != "wait":
            applicant = self.program.streams[case.stream].applicant
            self.rules.note(case, applicant, "waiting", rule)
            if rule.action.do == "give_up":
                self.cases.give_up(case, rule)
                return
            for visit in case.open.values():
                if visit.entry is not None:
                    self.service.hurry(visit, rule.action.hurry)
        self.rules.await_patience(case)

"""Watching the clock: staff that changes, papers that expire, deadlines, patience, outages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVarTuple

from sim.compile.calendars import legal_deadline
from sim.compile.program import (
    DOWN_FOR,
    ELAPSED,
    EXPIRED,
    GIVEN,
    LATE,
    WAITED,
    DeadlineSpec,
    RuleSpec,
    Spans,
    fits,
)
from sim.engine.agenda import EventKind
from sim.engine.case import NO_CAUSE, Case, Phase, Visit
from sim.engine.returns import undo
from sim.engine.route import NOBODY
from sim.engine.rules import OUTAGE, WAITING
from sim.engine.spells import beginnings, spell
from sim.log import NEVER

if TYPE_CHECKING:
    from sim.engine.reference import Reference


Subjects = TypeVarTuple("Subjects")


class Timers:
    """Everything that happens only because time passes."""

    def __init__(self, engine: Reference) -> None:
        """Watch for ``engine``."""
        self.engine = engine
        self.agenda = engine.agenda
        self.model = engine.model
        self.oldest: deque[int] = deque()
        """Cases as they came; only the first of them has its horizon on the agenda."""
        actors = engine.model.actors
        self.patience = [
            [(rule, spell(rule.test, WAITED), spell(rule.test, ELAPSED)) for rule in rules]
            for rules in (actor.rules[WAITING] for actor in actors)
        ]
        """Rules of ``waiting`` of each actor, with the times in which their conditions hold."""
        self.lengths = {
            length
            for actor in actors
            for rule in actor.rules[OUTAGE]
            for length in beginnings(rule.test, DOWN_FOR)
        }
        """How long an outage has lasted when some rule begins to hold."""

    def announce(self) -> None:
        """Schedule what is known before the first case comes."""
        for actor, definition in enumerate(self.model.actors):
            self._await_staff(actor, 1)
            for number, (start, end) in enumerate(definition.outages):
                for after in sorted(self.lengths):
                    if start + after < end:
                        key = (0, actor, number)
                        self.agenda.at(
                            start + after, EventKind.OUTAGE, key, self._out, actor, number
                        )

    def begin(self, case: Case) -> None:
        """Watch over a case that has arrived."""
        self.start_clocks(case, NEVER)
        self.oldest.append(case.number)
        if len(self.oldest) == 1:
            self._await_horizon(case)
        self._await_patience(case)

    def _then(
        self,
        case: Case,
        time: int,
        kind: int,
        order: int,
        act: Callable[[Case, *Subjects], None],
        *about: *Subjects,
    ) -> None:
        """Let something happen to a case unless it ends first; what is to come does not keep it."""
        key, still = (case.number, order, 0), self._still
        self.agenda.at(time, kind, key, still, case.number, act, about)

    def _still(
        self, number: int, act: Callable[[Case, *Subjects], None], about: tuple[*Subjects]
    ) -> None:
        case = self.engine.live.get(number)
        if case is not None:
            act(case, *about)

    def _await_staff(self, actor: int, change: int) -> None:
        """Wait for a change of staff, if there is one and anybody is left to serve."""
        changes = self.model.actors[actor].staff
        if change < len(changes) and not self.engine.record.complete:
            key = (actor, 0, 0)
            self.agenda.at(changes[change][0], EventKind.STAFF, key, self._staff, actor, change)

    def _staff(self, actor: int, change: int) -> None:
        self._await_staff(actor, change + 1)
        self.engine.service.pools[actor].staff = self.model.actors[actor].staff[change][1]
        self.engine.service.freed.add(actor)
        self.engine.service.serve()

    def _await_horizon(self, case: Case) -> None:
        end = case.start + self.model.horizon
        self.agenda.at(end, EventKind.HORIZON, (case.number, 0, 0), self._horizon)

    def _horizon(self) -> None:
        """End the oldest case if it has not ended, and wait for the next that has not."""
        live, number = self.engine.live, self.oldest.popleft()
        if number in live:
            self.engine.end(live[number], "unfinished", self.engine.cause["horizon"], NO_CAUSE)
        while self.oldest and self.oldest[0] not in live:
            self.oldest.popleft()
        if self.oldest:
            self._await_horizon(live[self.oldest[0]])

    # -- expiry --------------------------------------------------------------------------------

    def expire_at(self, case: Case, document: int, time: int) -> None:
        """Let a document expire; one that already has stays, with nobody looking at its date."""
        case.expiry[document] = time
        if time > self.agenda.now:
            self._then(case, time, EventKind.EXPIRY, document, self._expire, document, time)

    def _expire(self, case: Case, document: int, time: int) -> None:
        """A document leaves the locker; visits already enabled keep what they took."""
        if case.expiry.get(document) != time:
            return
        for visit in case.open.values():
            if visit.phase == Phase.QUEUED and visit.profile.needs >> document & 1:
                visit.taken |= case.defects.get(document, 0)
                self.engine.service.take_lapsed(visit, document)
        case.lose(document)
        case.lapsed |= 1 << document
        self.engine.settle(case)

    # -- deadlines -----------------------------------------------------------------------------

    def start_clocks(self, case: Case, document: int, *, first: bool = True) -> None:
        """Start what runs from the giving of a document, or from the start of the case.

        Deadlines run from the ``first`` giving alone, silence from each.
        """
        case.since[document] = self.agenda.now
        for clock in self.model.streams[case.stream].clocks:
            if clock.after == document and (first or clock.missed == GIVEN):
                time = max(self._due(clock), self.agenda.now)
                turn = (GIVEN, LATE, EXPIRED).index(clock.missed)
                order = turn * len(self.model.documents) + clock.document
                since = self.agenda.now
                self._then(case, time, EventKind.DEADLINE, order, self._deadline, clock, since)

    def _due(self, clock: DeadlineSpec) -> int:
        if clock.at is not None:
            return clock.at
        now = self.agenda.now
        if clock.kind == 0:
            return now + clock.amount
        days = self.model.calendars[self.model.days]
        return legal_deadline(days, now, clock.amount, business=clock.kind > 1)

    def _deadline(self, case: Case, clock: DeadlineSpec, since: int) -> None:
        if clock.missed == GIVEN:
            if case.since.get(clock.after) == since:
                self._silence(case, clock.document, clock.after)
        elif case.there(clock.document):
            return
        elif clock.missed == EXPIRED:
            self.engine.end(case, "expired", clock.cause, NO_CAUSE)
        else:
            case.late = True

    def _silence(self, case: Case, document: int, after: int) -> None:
        """Nobody said anything in time: the document is there, and its giver need not go on."""
        if (case.held | case.lapsed) >> document & 1:
            return
        for step, visit in sorted(case.open.items()):
            if case.plan.chain.giver[document] == step:
                undo(self.engine, visit)
        self.engine.hold(case, document, 0, NOBODY)
        if after != NEVER:
            case.consents[document] = after
        self.progress(case)
        self.engine.settle(case)

    # -- patience ------------------------------------------------------------------------------

    def progress(self, case: Case) -> None:
        """Count waiting anew: the case gave a document, or got a letter."""
        if case.progress != self.agenda.now:
            case.before, case.progress = case.progress, self.agenda.now
        self._await_patience(case)

    def _beginnings(self, case: Case, waited: Spans, elapsed: Spans) -> Iterator[int]:
        """Yield the seconds, since waiting counts, at which both conditions begin to hold."""
        for low, high in waited:
            for since, until in elapsed:
                first = max(case.progress + low, case.start + since)
                last = min(case.progress + high, case.start + until)
                if case.progress < first <= last:
                    yield first
                elif first <= case.progress <= last and not _held(case, waited, elapsed):
                    yield case.progress

    def _await_patience(self, case: Case) -> None:
        """Look again when the next rule begins to hold, unless an earlier look is ahead."""
        earliest = self.agenda.now + (case.looked == self.agenda.now)
        ahead = [
            time
            for _, waited, elapsed in self.patience[self.model.streams[case.stream].applicant]
            for time in self._beginnings(case, waited, elapsed)
            if time >= earliest
        ]
        if ahead and not NEVER < case.look <= min(ahead):
            case.look = min(ahead)
            self._then(case, case.look, EventKind.PATIENCE, 0, self._patience)

    def _patience(self, case: Case) -> None:
        """Ask the rules that begin to hold now, from the top."""
        now, applicant = self.agenda.now, self.model.streams[case.stream].applicant
        if case.look != now:
            return
        case.look, case.looked = NEVER, now
        for rule, waited, elapsed in self.patience[applicant]:
            if now in self._beginnings(case, waited, elapsed):
                case.asks[rule.number] = asked = case.asks.get(rule.number, 0) + 1
                if self.engine.values.holds(rule.test, self.engine.occasion(case, asked)):
                    self._lose_patience(case, applicant, rule)
                    break
        if not case.ended:
            self._await_patience(case)

    def _lose_patience(self, case: Case, applicant: int, rule: RuleSpec) -> None:
        engine = self.engine
        if rule.action.do == "wait":
            return
        engine.advice.note(case, applicant, WAITING, rule)
        if rule.action.do == "give_up":
            engine.end(case, "abandoned", engine.rule_cause(rule.number), NO_CAUSE)
            return
        for visit in case.open.values():
            if visit.entry is not None:
                visit.priority -= rule.action.hurry
                engine.service.pools[visit.profile.pools[visit.held]].hurry(visit)

    # -- outages -------------------------------------------------------------------------------

    def _out(self, actor: int, number: int) -> None:
        """Ask those whose work has not begun when a system goes out, and when it stays out."""
        waiting = [
            visit
            for _, case in sorted(self.engine.live.items())
            for _, visit in sorted(case.open.items())
            if actor in visit.profile.actors
        ]
        for visit in waiting:
            if visit.waits(self.agenda.now) and visit.batch is None:
                self._meet_outage(visit, actor, number, begun=True)

    def meet_outages(self, visit: Visit) -> None:
        """Ask about every outage that keeps a visit, which has just been enabled, from starting."""
        for actor in visit.profile.actors:
            for number, (start, end) in enumerate(self.model.actors[actor].outages):
                if start <= self.agenda.now < end and visit.phase != Phase.CLOSED:
                    self._meet_outage(visit, actor, number)

    def _meet_outage(self, visit: Visit, actor: int, number: int, *, begun: bool = False) -> None:
        """Let whoever needs a system that is out wait for it or do the step in another channel.

        ``begun``: only the rules that begin to hold now are asked.
        """
        case, engine, out = visit.case, self.engine, self.model.actors[actor]
        since, _ = out.outages[number]
        down_for = self.agenda.now - since
        asked = engine.advice.answerer(case, [visit.step])
        rules = (
            rule
            for rule in self.model.actors[asked].rules[OUTAGE]
            if not begun or down_for in beginnings(rule.test, DOWN_FOR)
        )
        topic = f"{self.model.steps[visit.step]}@{out.name}/{since}"
        at = visit.at.about(topic, {DOWN_FOR: down_for})
        at.time = self.agenda.now
        rule = engine.advice.first(rules, at)
        evaded = (visit.step, actor, number)
        if rule is None or rule.action.do == "wait" or evaded in case.evaded:
            return
        if engine.move(case, [visit.step], rule.action.channel):
            case.evaded.add(evaded)
            engine.advice.note(case, asked, OUTAGE, rule, visit.step, visit.number)
            if case.plan.profile[visit.step] != visit.profile_number:
                engine.service.withdraw(visit)
                engine.settle(case)


def _held(case: Case, waited: Spans, elapsed: Spans) -> bool:
    """Whether conditions on waiting held in the second before waiting was counted anew."""
    last = case.progress - 1
    return (
        last >= case.start and fits(waited, last - case.before) and fits(elapsed, last - case.start)
    )

"""Watching the clock: staff that changes, papers that expire, deadlines, patience, outages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVarTuple

from sim.compile.calendars import legal_deadline
from sim.compile.model import DOWN_FOR, ELAPSED, EXPIRED, GIVEN, LATE, WAITED, Clock
from sim.engine.advice import OUTAGE, WAITING, action_of, breaks
from sim.engine.agenda import Kind
from sim.engine.case import NO_CAUSE, Case, Phase, Visit
from sim.engine.letters import undo
from sim.engine.plan import NOBODY
from sim.log import NEVER

if TYPE_CHECKING:
    from sim.engine.reference import Reference


Subjects = TypeVarTuple("Subjects")


class Watch:
    """Everything that happens only because time passes."""

    def __init__(self, engine: Reference) -> None:
        """Watch for ``engine``."""
        self.engine = engine
        self.agenda = engine.agenda
        self.model = engine.model
        self.oldest: deque[int] = deque()
        """Cases as they came; only the first of them has its horizon on the agenda."""
        actors = engine.model.actors
        self.patience = [breaks(actor.rules[WAITING], (WAITED, ELAPSED)) for actor in actors]
        self.lengths = {
            low for actor in actors for _, low in breaks(actor.rules[OUTAGE], (DOWN_FOR,))
        }

    def announce(self) -> None:
        """Schedule what is known before the first case comes."""
        for actor, definition in enumerate(self.model.actors):
            self._await_staff(actor, 1)
            for number, (start, end) in enumerate(definition.outages):
                for after in sorted({0, *self.lengths}):
                    if start + after < end:
                        key = (0, actor, number)
                        self.agenda.at(start + after, Kind.OUTAGE, key, self._out, actor)

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
            self.agenda.at(changes[change][0], Kind.STAFF, key, self._staff, actor, change)

    def _staff(self, actor: int, change: int) -> None:
        self._await_staff(actor, change + 1)
        self.engine.service.pools[actor].staff = self.model.actors[actor].staff[change][1]
        self.engine.service.freed.add(actor)
        self.engine.service.serve()

    def _await_horizon(self, case: Case) -> None:
        end = case.start + self.model.horizon
        self.agenda.at(end, Kind.HORIZON, (case.number, 0, 0), self._horizon)

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
            self._then(case, time, Kind.EXPIRY, document, self._expire, document, time)

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

    def start_clocks(self, case: Case, document: int) -> None:
        """Start the deadlines that run from a document's first giving, or from the start."""
        for clock in self.model.streams[case.stream].clocks:
            if clock.after == document:
                time = max(self._due(clock), self.agenda.now)
                turn = (GIVEN, LATE, EXPIRED).index(clock.missed)
                order = turn * len(self.model.documents) + clock.document
                self._then(case, time, Kind.DEADLINE, order, self._deadline, clock)

    def _due(self, clock: Clock) -> int:
        if clock.at is not None:
            return clock.at
        now = self.agenda.now
        if clock.kind == 0:
            return now + clock.amount
        days = self.model.calendars[self.model.days]
        return legal_deadline(days, now, clock.amount, business=clock.kind > 1)

    def _deadline(self, case: Case, clock: Clock) -> None:
        if case.first_given[clock.document] != NEVER:
            return
        if clock.missed == EXPIRED:
            self.engine.end(case, "expired", clock.cause, NO_CAUSE)
        elif clock.missed == GIVEN:
            self._silence(case, clock.document)
        else:
            case.late = True

    def _silence(self, case: Case, document: int) -> None:
        """Nobody said anything in time: the document is there, and its giver need not go on."""
        for step, visit in sorted(case.open.items()):
            if case.plan.chain.giver[document] == step:
                undo(self.engine, visit)
        self.engine.hold(case, document, 0, NOBODY)
        self.progress(case)
        self.engine.settle(case)

    # -- patience ------------------------------------------------------------------------------

    def _dates(self, case: Case) -> list[int]:
        """Return the seconds at which a condition on waiting can begin to hold."""
        applicant = self.model.streams[case.stream].applicant
        since = {WAITED: case.progress, ELAPSED: case.start}
        return [since[variable] + low for variable, low in self.patience[applicant]]

    def progress(self, case: Case) -> None:
        """Count waiting anew: the case gave a document, or got a letter."""
        case.progress = self.agenda.now
        if not case.watched:
            self._await_patience(case)

    def _await_patience(self, case: Case) -> None:
        """Look again when the next condition can begin to hold; one look is ahead at a time."""
        later = [time for time in self._dates(case) if time > self.agenda.now]
        case.watched = bool(later)
        if later:
            self._then(case, min(later), Kind.PATIENCE, 0, self._patience)

    def _patience(self, case: Case) -> None:
        if self.agenda.now in self._dates(case):
            self._lose_patience(case)
        if not case.ended:
            self._await_patience(case)

    def _lose_patience(self, case: Case) -> None:
        engine, applicant = self.engine, self.model.streams[case.stream].applicant
        case.asks += 1
        rule = engine.advice.rule(applicant, WAITING, engine.occasion(case, case.asks))
        if rule is None or rule.action.do == "wait":
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

    def _out(self, actor: int) -> None:
        """Ask those whose work has not begun when a system goes out, and when it stays out."""
        waiting = [
            visit
            for _, case in sorted(self.engine.live.items())
            for _, visit in sorted(case.open.items())
            if actor in visit.profile.actors
        ]
        for visit in waiting:
            if visit.waits(self.agenda.now) and visit.batch is None:
                self.meet_outage(visit)

    def _down_since(self, visit: Visit) -> int:
        """Return the start of an outage that keeps a visit from starting, NEVER if none."""
        for actor in visit.profile.actors:
            for start, end in self.model.actors[actor].outages:
                if start <= self.agenda.now < end:
                    return start
        return NEVER

    def meet_outage(self, visit: Visit) -> None:
        """Let whoever needs a system that is out wait for it or do the step in another channel."""
        since = self._down_since(visit)
        if since == NEVER:
            return
        case, engine = visit.case, self.engine
        asked = engine.advice.answerer(case, [visit.step])
        at = visit.at.about(self.model.steps[visit.step])
        at.time = self.agenda.now
        at.more[DOWN_FOR] = self.agenda.now - since
        rule = engine.advice.rule(asked, OUTAGE, at)
        if (
            rule is None
            or action_of(rule, OUTAGE) == "wait"
            or case.evaded.get(visit.step) == since
        ):
            return
        if engine.move(case, [visit.step], rule.action.channel):
            case.evaded[visit.step] = since
            engine.advice.note(case, asked, OUTAGE, rule, visit.step, visit.number)
            engine.service.withdraw(visit)
            engine.settle(case)

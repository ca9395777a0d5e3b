"""Cases under way: how one is settled after anything happened to it, and how it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from sim.compile.nodes import DOWN_FOR
from sim.compile.program import BatchSpec, Program, RuleSpec
from sim.engine import events
from sim.engine.batches import Batches, Calls, SiteSteps, join, site_step
from sim.engine.case import NO_CAUSE, Case, Cause, Context, Phase, Visit
from sim.engine.events import Agenda
from sim.engine.locker import Locker
from sim.engine.planner import Planner
from sim.engine.record import Record
from sim.engine.rules import Rules, beginnings, first
from sim.engine.service import Service
from sim.engine.sessions import Sessions
from sim.engine.values import Values
from sim.errors import RunFailed
from sim.graph.chain import bits
from sim.log import NEVER, OUTCOMES


@dataclass(slots=True, eq=False)
class Cases:
    """The cases that have come and not ended."""

    program: Program
    agenda: Agenda
    values: Values
    record: Record
    rules: Rules
    planner: Planner
    locker: Locker
    service: Service
    sessions: Sessions
    batches: Batches
    sites: SiteSteps
    calls: Calls
    live: dict[int, Case] = field(init=False, default_factory=dict)
    """By number."""
    causes: dict[str, int] = field(init=False)
    in_turn: list[int] = field(init=False)
    """The steps in the order in which they are begun."""
    outages: list[deque[tuple[int, int, int]]] = field(init=False)
    """Of each actor those that are not over: from, to and number, in order."""
    _oldest: deque[int] = field(init=False, default_factory=deque)
    """Cases as they came; only the first of them has its horizon on the agenda."""

    def __post_init__(self) -> None:
        self.causes = {name: number for number, name in enumerate(self.program.causes)}
        turn = self.program.precedence
        self.outages = [
            deque(sorted((*span, number) for number, span in enumerate(actor.outages)))
            for actor in self.program.actors
        ]
        self.in_turn = sorted(range(len(turn)), key=turn.__getitem__)

    # -- how long a case may take --------------------------------------------------------------

    def await_horizon(self, case: Case) -> None:
        """Let a case be over in the end."""
        self._oldest.append(case.number)
        if len(self._oldest) == 1:
            self._await_oldest()

    def _await_oldest(self) -> None:
        case = self.live[self._oldest[0]]
        key = (case.number, 0, 0)
        self.agenda.at(case.start + self.program.horizon, events.HORIZON, key)

    def horizon(self) -> None:
        """End the oldest case if it has not ended, and wait for the next that has not."""
        case = self.live.get(self._oldest.popleft())
        if case is not None:
            self.end(case, "unfinished", self.causes["horizon"], NO_CAUSE)
        while self._oldest and self._oldest[0] not in self.live:
            self._oldest.popleft()
        if self._oldest:
            self._await_oldest()

    # -- settling ------------------------------------------------------------------------------

    def settle(self, case: Case) -> None:
        """After a case changed: serve freed staff, pass skipped steps, test the ends, start."""
        self.service.serve()
        if case.ended:
            return
        while passing := sorted(case.wanted().passing):
            held = case.held
            self._pass_on(case, passing)
            if case.held == held:
                raise RunFailed("run.no_progress", case=case.number)
        if self._reaches_end(case):
            return
        if not case.goal & ~case.held:
            self._reach_goal(case)
            return
        self._note_ready(case, case.wanted().doing)
        self.take_up(case)

    def _pass_on(self, case: Case, passing: Iterable[int]) -> None:
        """Let skipped steps pass on what they are to give, with the defects of their needs."""
        chain, passed = case.plan.chain, 0
        for step in passing:
            carried = case.carried(chain.needs[step])
            documents = chain.duties[step] & ~case.held
            passed |= documents
            for document in bits(documents):
                self.locker.give(case, document, carried, step)
        if passed & self.planner.knowledge:
            self.planner.replan(case, self.agenda.now)

    def _reaches_end(self, case: Case) -> bool:
        now = self.agenda.now
        for end in self.program.streams[case.stream].ends:
            known = not end.knowledge & ~case.held
            if known and self.values.holds(end.test, Context(case, now)):
                self.end(case, OUTCOMES[end.outcome], end.cause, case.ending(now))
                return True
        return False

    def _reach_goal(self, case: Case) -> None:
        due, undone = case.goal, 0
        for leave in self.planner.unknown_goals(case, self.agenda.now):
            due |= leave.documents
            undone |= 0 if leave.documents & case.held else 1 << leave.instance
        if undone:
            self.record.made(case, undone, self.agenda.now, NO_CAUSE)
        case.left = case.carried(due) | undone
        instances = (self.program.instances[i] for i in bits(case.left))
        harms = sorted({instance.defect for instance in instances if instance.harm})
        if harms:
            self.record.harms[case.number, harms] = True
        outcome = "flawed" if harms else "clean"
        cause = self.causes[self.program.defects[harms[0]]] if harms else NEVER
        self.end(case, outcome, cause, case.ending(self.agenda.now))

    def _note_ready(self, case: Case, doing: set[int]) -> None:
        """Remember since when and because of what each step is ready."""
        now, redo, turn = self.agenda.now, case.redo, self.program.precedence
        later = [step for step, (time, _) in redo.items() if time > now]
        ready = doing.difference(later) if later else doing
        for step in ready.difference(case.ready):
            time, cause = redo.get(step, (NEVER, NO_CAUSE))
            case.ready[step] = (now, cause if time == now else case.cause)
            case.turns |= 1 << turn[step]
        if len(case.ready) > len(ready):
            for step in set(case.ready).difference(ready):
                del case.ready[step]
                case.turns &= ~(1 << turn[step])

    # -- starting ------------------------------------------------------------------------------

    def take_up(self, case: Case) -> None:
        """Begin every ready step that its agents' attention allows, in their order."""
        ahead = case.turns
        while (ahead := ahead & case.turns) and (turn := ahead & ~self._occupied(case)):
            turn &= -turn
            ahead &= -2 * turn
            self._begin(case, self.in_turn[turn.bit_length() - 1])

    def _begin(self, case: Case, step: int) -> None:
        """Gather a step for its batch, let it wait for its site, call somebody, or enable it."""
        number = case.plan.profile[step]
        profile = self.program.profiles[number]
        if profile.batch is not None:
            self.batches.gather(case, number, profile.batch)
        elif profile.once < 0 or (
            not self._served(case, step, profile.once)
            and not any(self._busy(case, actor) for actor in profile.persons)
        ):
            if number in self.sessions.comes and not self.sessions.there(case, step, number):
                return
            self._enable(case, step, number)

    def _occupied(self, case: Case) -> int:
        """Return the turns of the steps that need somebody who is busy or still to come."""
        turns = 0
        for actor, waiting in case.plan.takes.items():
            if self._busy(case, actor):
                turns |= waiting
        for actor in case.called:
            turns |= case.plan.comes.get(actor, 0)
        return turns

    def _busy(self, case: Case, actor: int) -> bool:
        return case.attention.get(actor, 0) >= self.program.actors[actor].limit

    def _enable(self, case: Case, step: int, profile: int) -> None:
        """Begin a visit: the agents' attention is on it, and it asks for staff."""
        visit = self._open(case, step, profile)
        if visit is None:
            return
        self.service.queue_up(visit)
        self.service.serve()
        if visit.waits(self.agenda.now):
            for actor in visit.profile.actors:
                for number in self._out(actor) if self.outages[actor] else ():
                    if visit.phase != Phase.CLOSED:
                        self.meet_outage(visit, actor, number)

    def _out(self, actor: int) -> Sequence[int]:
        """Return the numbers of the outages of an actor that are going on."""
        ahead, now = self.outages[actor], self.agenda.now
        while ahead and ahead[0][1] <= now:
            ahead.popleft()
        begun = takewhile(lambda one: one[0] <= now, ahead)
        return sorted(number for _, end, number in begun if end > now)

    def _open(self, case: Case, step: int, profile: int) -> Visit | None:
        if self.planner.leaves:
            self.planner.take_along(case, step, self.agenda.now)
        visit = self.service.open(case, step, profile)
        if visit is None:
            self.end(case, "abandoned", self.causes["endless"], case.ending(self.agenda.now))
        return visit

    def _served(self, case: Case, step: int, rider: int) -> bool:
        """Whether another case of the site does a step, or did it: then this one waits or has it.

        Who is ready where nobody acts yet is told as well when somebody has. What is sent back to a
        case is done again by that case alone.
        """
        if step in case.done:
            return False
        place = site_step(case, step)
        leader = self.sites.leading.get(place)
        if leader is None or place not in self.sites.given:
            self.sites.wait(case, place)
        elif (visit := self._open(case, step, rider)) is not None:
            visit.joint = visit.at.drawn_as(leader.at)
            visit.manner = visit.profile.first if leader.number == 1 else visit.profile.again
            self.service.start(visit, self.agenda.now, self.agenda.now)
        return leader is not None

    def go_on(self, place: events.SiteStep) -> None:
        """Let those go on who waited for what another case did for their site."""
        for case in self.sites.waited(place):
            if not case.ended:
                self.take_up(case)

    def go(self, profile: int, place: int, batch: BatchSpec) -> None:
        """Let those go who were gathered; the best of them are taken if not all can be."""
        ready, step = self.batches.due(profile, place), self.program.profiles[profile].step
        if step not in self.calls.selects:
            self._go(ready, step, profile, batch)
            return
        cases = self.calls.close(step, place, list(ready))
        for own in sorted({case.plan.profile[step] for case in cases}):
            apart = (case for case in cases if case.plan.profile[step] == own)
            self._go(apart, step, own, self.program.profiles[own].batch or batch)

    def _go(self, ready: Iterator[Case], step: int, profile: int, batch: BatchSpec) -> None:
        """Let some cases go in as many batches as it takes."""
        while cases := list(islice(ready, batch.most)):
            visits: list[Visit] = []
            for case in cases:
                visit = self._open(case, step, batch.rider if visits else profile)
                if visit is not None:
                    visits.append(visit)
            if visits:
                join(visits)
                self.service.queue_up(visits[0])
                self.service.serve()

    # -- outages -------------------------------------------------------------------------------

    def announce_outages(self) -> None:
        """Schedule all outages, and when each has lasted so long that some rule begins to hold."""
        rules = [rule for actor in self.program.actors for rule in actor.rules["outage"]]
        lengths = sorted({one for rule in rules for one in beginnings(rule.test, DOWN_FOR)})
        for actor, definition in enumerate(self.program.actors):
            for number, (start, end) in enumerate(definition.outages):
                for time in (start + length for length in lengths if start + length < end):
                    self.agenda.at(time, events.OUTAGE, (0, actor, number), actor, number)

    def meet_outage(self, visit: Visit, actor: int, number: int, *, begun: bool = False) -> None:
        """A system is out that a visit waits for: do the step otherwise if a rule says so.

        ``begun``: only the rules that begin to hold now are asked.
        """
        case, out = visit.case, (visit.step, actor, number)
        asked = self.rules.answerer(case, [visit.step])
        since = self.program.actors[actor].outages[number][0]
        down_for = self.agenda.now - since
        rules: Iterable[RuleSpec] = self.program.actors[asked].rules["outage"]
        if begun:
            rules = (rule for rule in rules if down_for in beginnings(rule.test, DOWN_FOR))
        topic = f"{self.program.steps[visit.step]}@{self.program.actors[actor].name}/{since}"
        at = visit.at.about(topic, {DOWN_FOR: down_for})
        at.time = self.agenda.now
        rule = first(self.values, rules, at)
        if rule is None or rule.action.do == "wait" or out in case.evaded:
            return
        if self.planner.move(case, [visit.step], rule.action.channel, self.agenda.now):
            case.evaded.add(out)
            self.rules.note(case, asked, "outage", rule, visit)
            if case.plan.profile[visit.step] != visit.profile_number:
                self.service.withdraw(visit)
                self.settle(case)

    # -- ends ----------------------------------------------------------------------------------

    def give_up(self, case: Case, rule: RuleSpec, last: Cause = NO_CAUSE) -> None:
        """End a case because a rule says so."""
        self.end(case, "abandoned", self.causes[f"rule.{self.program.rules[rule.number]}"], last)

    def end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """End a case: nobody waits for it any more; work in hand is finished, then dropped."""
        case.ended = True
        case.turns = 0
        for step in sorted(case.open):
            visit = case.open[step]
            if visit.phase == Phase.DELAYED:
                self.service.close(visit, "dropped")
            elif not visit.in_service(self.agenda.now):
                self.service.withdraw(visit)
        for actor in sorted(case.called):
            self.record.coming(case, actor, NEVER, NEVER)
        self.record.case(case, self.agenda.now, outcome, cause, last)
        del self.live[case.number]
        self.service.serve()

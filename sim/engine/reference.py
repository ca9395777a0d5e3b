"""The reference engine: what a run means, event by event, on top of SimPy.

Read it beside ``docs/semantics.md``. SimPy keeps the clock and the agenda; the key of every event,
(kind, case, step, visit), is its SimPy priority, so what happens within one second has one order on
every machine. Nothing draws from a stream: every draw has a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any, Final

import simpy

from sim.compile import calendars as cal
from sim.compile.model import (
    CONFIDENCE,
    DEFECT,
    DOWN_FOR,
    ELAPSED,
    MADE_IN,
    QUEUE,
    RETURNS,
    SHARE,
    TICKS,
    TIME,
    VISIT,
    WAITED,
    Action,
    Act,
    Clock,
    Holding,
    Model,
    Node,
    Profile,
    Rule,
    Stream,
)
from sim.engine.case import NO_CAUSE, Case, Cause, Phase, Visit
from sim.engine.draws import Draws
from sim.engine.plan import NOBODY, Planner
from sim.engine.pool import Pool
from sim.engine.record import Record
from sim.engine.values import Context, Values
from sim.graph.chain import bits
from sim.log import NEVER, OUTCOMES, Log
from sim.model.agent import ACTIONS, EVENTS

MOST_VISITS: Final = 255
"""More visits of one step than this end a case: it is being returned without end."""

START, DRAFTED, FOUND, RETURNED, WAITING, OUTAGE = range(len(EVENTS))


class Kind(IntEnum):
    """Kinds of events, in the order in which they happen within one second."""

    STAFF = 0
    FINISHED = 1
    FIXED = 2
    GIVEN = 3
    REDO = 4
    EXPIRY = 5
    ARRIVAL = 6
    OUTAGE = 7
    DEADLINE = 8
    PATIENCE = 9
    HORIZON = 10


class Moment(simpy.Event):
    """An event of the agenda with a key that orders it among others of its second."""

    def __init__(self, env: simpy.Environment, delay: int, key: int, act: Callable[[Any], None]) -> None:
        """Let ``act`` happen ``delay`` seconds from now."""
        super().__init__(env)
        self.callbacks = [act]
        self._ok = True
        self._value = None
        env.schedule(self, key, delay)  # type: ignore[arg-type]  # any number orders events


def run(model: Model, seed: int, replication: int) -> Log:
    """Execute one replication of a model and return its log. Raises RunFailed."""
    return Reference(model, seed, replication).run()


class Reference:
    """One replication of one arm."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        """Make ready to run; nothing has happened yet."""
        self.model = model
        self.replication = replication
        self.env = simpy.Environment()
        self.values = Values(model, Draws(seed, replication))
        self.planner = Planner(model)
        self.record = Record(model)
        self.pools = [Pool(actor.staff[0][1] if actor.staff else 0) for actor in model.actors]
        self.live: dict[int, Case] = {}
        self.freed: set[int] = set()
        self.knowledge = sum(1 << d for d, name in enumerate(model.documents) if name[0] == "?")
        self.horizon_cause = model.causes.index("horizon")
        self.rule_cause = {n: model.causes.index(f"rule.{name}") for n, name in enumerate(model.rules)}
        self.defect_cause = [model.causes.index(name) for name in model.defects]
        self.made_by = self._made_by()
        self.patience = [self._breaks(actor.rules[WAITING]) for actor in model.actors]

    @property
    def now(self) -> int:
        """The present second."""
        return self.env.now  # type: ignore[return-value]  # only whole numbers are scheduled

    def run(self) -> Log:
        """Execute everything and return the log."""
        for actor, definition in enumerate(self.model.actors):
            for time, staff in definition.staff[1:]:
                self._at(time, Kind.STAFF, actor, 0, 0, lambda _, a=actor, n=staff: self._staff(a, n))
            for number, (start, end) in enumerate(definition.outages):
                self._announce_outage(actor, number, start, end)
        for number in range(len(self.model.streams)):
            self._open_stream(number)
        self.env.run()
        return self.record.log(self.replication, [pool.area for pool in self.pools])

    def _at(  # noqa: PLR0913 -- when, the key, and what
        self, time: int, kind: Kind, case: int, step: int, visit: int, act: Callable[[Any], None]
    ) -> None:
        key = ((kind << 32 | case) << 16 | step) << 16 | visit
        Moment(self.env, time - self.now, key, act)

    # -- arrivals ------------------------------------------------------------------------------

    def _open_stream(self, number: int) -> None:
        """Schedule the cases of a stream, one after the other."""
        self._next_arrival(number, self._arrivals(self.model.streams[number], number))

    def _next_arrival(self, stream: int, arrivals: Iterator[tuple[int, int]]) -> None:
        coming = next(arrivals, None)
        if coming is None:
            return
        time, index = coming

        def arrive(_: object) -> None:
            self._next_arrival(stream, arrivals)
            self._arrive(stream, index)

        case = self.model.streams[stream].first_case + index
        self._at(time, Kind.ARRIVAL, case, 0, 0, arrive)

    def _arrivals(self, stream: Stream, number: int) -> Iterator[tuple[int, int]]:
        """Yield the second of arrival and the index of each case, in order of time."""
        calendar = self.model.calendars[stream.calendar]
        opening = calendar.next_open(self.model.start)
        if stream.arrivals == "at_once":
            yield from ((opening, index) for index in range(stream.count))
            return
        if stream.arrivals == "spread":
            yield from sorted(
                (calendar.next_open(self.model.start + self._gap(stream, number, index)), index)
                for index in range(stream.count)
            )
            return
        ticks = 0
        for index in range(stream.count):
            ticks += self._gap(stream, number, index)
            finish = calendar.finish(opening, ticks // TICKS)
            yield calendar.next_open(finish), index

    def _gap(self, stream: Stream, number: int, index: int) -> int:
        case = self._blank(number, index)
        return self.values.amount(stream.gaps, case, {TIME: 0}, 0)

    def _blank(self, stream: int, index: int) -> Case:
        """Return a case of which only the number is known yet."""
        number = self.model.streams[stream].first_case + index
        plan = None
        return Case(number, index, stream, 0, 0, plan, [], [])  # type: ignore[arg-type]  # no plan yet

    def _arrive(self, stream_number: int, index: int) -> None:
        model, stream = self.model, self.model.streams[stream_number]
        case = self._blank(stream_number, index)
        case.start = case.progress = self.now
        case.channel = model.channel
        case.first_given = [NEVER] * len(model.documents)
        case.attributes = [0] * len(model.attributes)
        context = self._context(case)
        for attribute, node in stream.attributes:
            case.attributes[attribute] = self.values.attribute(node, case, context)
        self.live[case.number] = case
        if not self._begin(case, stream.applicant):
            return
        for holding in stream.locker:
            self._put_in_locker(case, holding)
        self._replan(case)
        self._start_clocks(case, -1)
        self._at(self.now + model.horizon, Kind.HORIZON, case.number, 0, 0, lambda _: self._horizon(case))
        self._await_patience(case)
        self._settle(case)

    def _begin(self, case: Case, applicant: int) -> bool:
        """Let the applicant choose a channel, or not come at all."""
        mixed = self.model.channel < 0
        for rule in self.model.actors[applicant].rules[START]:
            if rule.action.do == "use" and not mixed:
                continue
            if self.values.holds(rule.test, case, self._context(case), 0):
                self._decided(case, applicant, START, rule, 0, 0)
                if rule.action.do == "give_up":
                    case.channel = max(case.channel, 0)
                    self._end(case, "abandoned", self.rule_cause[rule.number], NO_CAUSE)
                    return False
                if rule.action.do == "use":
                    case.channel = rule.action.channel
                break
        case.channel = max(case.channel, 0)
        return True

    def _put_in_locker(self, case: Case, holding: Holding) -> None:
        context = self._context(case)
        if not self.values.happens(holding.share, holding.share_point, case, context, 0):
            return
        paper = self.model.papers[holding.document]
        if paper.valid is not None:
            age = self.values.amount(holding.age, case, context, 0)
            left = self.values.amount(paper.valid, case, context, 0) - age
            if left <= 0 and paper.lapsed == NEVER:
                return
            self._expire_at(case, holding.document, self.now + left)
        made = self._makes(holding.makes, case, context, 0, case.channel)
        self._hold(case, holding.document, made, NOBODY)

    # -- plans ---------------------------------------------------------------------------------

    def _replan(self, case: Case) -> None:
        """Settle anew how each step is done, after something became known or was moved."""

        def judge(test: Any, step: int) -> bool:  # noqa: ANN401 -- a Test
            return self.values.holds(test, case, self._context(case), 0)

        case.plan = self.planner.plan(case.stream, case.channel, case.moved, case.held, judge)
        case.goal = 0
        for goal in self.model.streams[case.stream].goals:
            unknown = goal.knowledge & ~case.held
            case.goal |= unknown
            if goal.test is None or (not unknown and judge(goal.test, 0)):
                case.goal |= 1 << goal.document

    def _context(self, case: Case, visit: Visit | None = None) -> Context:
        """Return what lookups and conditions may read at this moment besides attributes."""
        context = {
            TIME: self.now - self.model.start,
            RETURNS: case.returns,
            ELAPSED: self.now - case.start,
            WAITED: self.now - case.progress,
        }
        if visit is not None:
            context[VISIT] = visit.number
            context[QUEUE] = self.pools[visit.profile.pools[-1]].waiting if visit.profile.pools else 0
        return context

    # -- settling a case: what §"One second, one order" lists ------------------------------------

    def _settle(self, case: Case) -> None:
        """After a case changed: serve freed staff, pass skipped steps, test the goal, start."""
        self._serve()
        if case.ended:
            return
        self._pass_skipped(case)
        if self._reached_end(case):
            return
        if not case.goal & ~case.held:
            self._reach_goal(case)
            return
        self._start_ready(case)

    def _serve(self) -> None:
        """Let freed staff take the heads of their queues, until all are full or empty."""
        while self.freed:
            actor = min(self.freed)
            visit = self.pools[actor].grant(self.now)
            if visit is None:
                self.freed.discard(actor)
            else:
                visit.next_pool += 1
                self._queue_up(visit)

    def _pass_skipped(self, case: Case) -> None:
        while True:
            plan = case.plan
            ready = plan.chain.ready(case.goal, case.held, case.under_way, case.lapsed)
            passing = [step for step in ready if plan.skipped >> step & 1]
            if not passing:
                return
            for step in passing:
                carried = self._carried(case, plan.chain.needs[step])
                for document in bits(plan.passes[step] & ~case.held):
                    self._hold(case, document, carried, step)

    def _reached_end(self, case: Case) -> bool:
        for end in self.model.streams[case.stream].ends:
            if end.knowledge & ~case.held:
                continue
            if self.values.holds(end.test, case, self._context(case), 0):
                self._end(case, OUTCOMES[end.outcome], end.cause, case.cause)
                return True
        return False

    def _reach_goal(self, case: Case) -> None:
        harmful = [i for i in bits(self._carried(case, case.goal)) if self.model.instances[i].harm]
        if harmful:
            cause = self.defect_cause[self.model.instances[harmful[0]].defect]
            self._end(case, "flawed", cause, case.cause)
        else:
            self._end(case, "clean", NEVER, case.cause)

    def _start_ready(self, case: Case) -> None:
        """Enable every ready step that its agents' attention allows, in their order."""
        ready = self._ready_steps(case)
        for step in ready:
            if step not in case.ready:
                case.ready[step] = case.redo.pop(step, (self.now, case.cause))
        if len(case.ready) > len(ready):
            for step in set(case.ready).difference(ready):
                del case.ready[step]
        for step in sorted(ready, key=self.model.precedence.__getitem__):
            if step not in case.ready:
                continue
            profile = self.model.profiles[case.plan.profile[step]]
            if self._attended(case, profile):
                self._enable(case, step, profile)
                if case.ended:
                    return

    def _ready_steps(self, case: Case) -> list[int]:
        ready = case.plan.chain.ready(case.goal, case.held, case.under_way, case.lapsed)
        return [s for s in ready if s not in case.redo or case.redo[s][0] <= self.now]

    def _attended(self, case: Case, profile: Profile) -> bool:
        attention, actors = case.attention, self.model.actors
        return all(attention.get(a, 0) < actors[a].limit for a in profile.persons)

    # -- a visit -------------------------------------------------------------------------------

    def _enable(self, case: Case, step: int, profile: Profile) -> None:
        number = case.visits.get(step, 0) + 1
        if number > MOST_VISITS:
            self._end(case, "abandoned", self.model.causes.index("endless"), case.cause)
            return
        case.visits[step] = number
        ready, cause = case.ready.pop(step)
        visit = Visit(
            case,
            step,
            number,
            case.plan.profile[step],
            profile,
            ready,
            self.now,
            cause,
            self._carried(case, profile.needs),
            self._perishable(case, profile.needs),
        )
        case.open[step] = visit
        case.under_way |= 1 << step
        for actor in profile.persons:
            case.attention[actor] = case.attention.get(actor, 0) + 1
        visit.priority = self.values.amount(profile.priority, case, self._context(case, visit), number)
        self._queue_up(visit)
        self._serve()
        if visit.phase is Phase.QUEUED or visit.started > self.now:
            self._meet_outage(visit)

    def _carried(self, case: Case, documents: int) -> int:
        """Return the defects that some documents carry together."""
        carried = 0
        for document, defects in case.defects.items():
            if documents >> document & 1:
                carried |= defects
        return carried

    def _perishable(self, case: Case, documents: int) -> tuple[tuple[int, int], ...]:
        papers = self.model.papers
        return tuple(
            (expiry, papers[d].lapsed)
            for d, expiry in case.expiry.items()
            if documents >> d & 1 and papers[d].lapsed != NEVER
        )

    def _queue_up(self, visit: Visit) -> None:
        """Ask for the next pool of the step, or begin if it has everybody."""
        if visit.next_pool < len(visit.profile.pools):
            actor = visit.profile.pools[visit.next_pool]
            self.pools[actor].join(visit, self.now)
            self.freed.add(actor)
            return
        self._grant(visit)

    def _grant(self, visit: Visit) -> None:
        calendar = self.model.calendars[visit.profile.calendar]
        visit.phase = Phase.GRANTED
        visit.granted = self.now
        visit.started = calendar.next_open(self.now)
        for expiry, instance in visit.perishable:
            if expiry <= visit.started:
                visit.taken |= 1 << instance
                visit.case.made_in[instance] = visit.profile.channel
        context = self._context(visit.case, visit)
        context[TIME] = visit.started - self.model.start
        work = self.values.amount(visit.manner.work, visit.case, context, visit.number)
        visit.finished = calendar.finish(visit.started, work)
        self._visit_at(visit.finished, Kind.FINISHED, visit, self._finished)

    def _visit_at(self, time: int, kind: Kind, visit: Visit, act: Callable[[Visit], None]) -> None:
        self._at(time, kind, visit.case.number, visit.step, visit.number, lambda _: act(visit))

    def _finished(self, visit: Visit) -> None:
        """The work is done: make, draft, find; then give, send back, fix or dismiss."""
        if visit.phase is Phase.CLOSED:
            return
        if self._cut_off(visit):
            return
        case, context = visit.case, self._context(visit.case, visit)
        self._draft(visit, context)
        made = self._makes(
            visit.manner.makes, case, context, visit.number, visit.profile.channel, visit.confidence
        )
        visit.product = visit.taken | made
        self._judge(visit, self._finds(visit, context), context)

    def _cut_off(self, visit: Visit) -> bool:
        """Close a visit that was undone or whose case ended while it was in service."""
        if not visit.void and not visit.case.ended:
            return False
        self._release(visit)
        self._close(visit, "void" if visit.void else "dropped")
        self._settle(visit.case)
        return True

    def _makes(  # noqa: PLR0913 -- whose, when, where
        self,
        acts: Iterable[Act],
        case: Case,
        context: Context,
        visit: int,
        channel: int,
        confidence: int = 0,
    ) -> int:
        """Draw the defects made and note in which channel."""
        made = 0
        for act in acts:
            share = confidence if act.share is None else self.values.amount(act.share, case, context, visit)
            if self.values.below(share, act.point, case, visit):
                made |= 1 << act.instance
                case.made_in[act.instance] = channel
        return made

    def _draft(self, visit: Visit, context: Context) -> None:
        """Draw an AI's confidence, keep the chance of error it leaves, and ask its rules."""
        node = visit.manner.confidence
        if node is None:
            return
        case, actor = visit.case, visit.profile.actors[0]
        context[CONFIDENCE] = self.values.amount(node, case, context, visit.number)
        over = self.model.actors[actor].overconfidence
        visit.confidence = min((SHARE - context[CONFIDENCE]) * over >> 16, SHARE)
        rule = self._first(actor, DRAFTED, case, context, visit.number)
        self._decided(case, actor, DRAFTED, rule, visit.step, visit.number)
        forced = case.forced >> visit.step & 1
        case.forced &= ~(1 << visit.step)
        visit.asked = bool(forced) or (rule is not None and rule.action.do == "ask_human")

    def _finds(self, visit: Visit, context: Context) -> list[int]:
        """Return the defect instances found in what the visit holds."""
        case, found = visit.case, []
        suspects = visit.product & ~case.known
        for act in visit.manner.finds:
            if suspects >> act.instance & 1:
                context[MADE_IN] = case.made_in.get(act.instance, 0)
                share = act.share
                if share is not None and self.values.happens(share, act.point, case, context, visit.number):
                    found.append(act.instance)
        return found

    def _judge(self, visit: Visit, found: list[int], context: Context) -> None:
        """Ask the finder about each defect found and do what follows."""
        case, finder = visit.case, visit.profile.actors[-1] if visit.profile.actors else NOBODY
        back: list[int] = []
        work = 0
        for instance in found:
            context[DEFECT] = self.model.instances[instance].defect
            rule = self._first(finder, FOUND, case, context, visit.number)
            self._decided(case, finder, FOUND, rule, visit.step, visit.number)
            do = rule.action.do if rule is not None else "return"
            visit.rule = rule.number if rule is not None else visit.rule
            if do == "dismiss":
                self._dismiss(visit, instance)
                return
            if do == "return":
                back.append(instance)
            elif do == "overlook":
                case.known |= 1 << instance
            elif rule is not None:
                visit.product &= ~(1 << instance)
                work += self._seconds(rule.action, case, context, visit.number)
        if back:
            self._send_back(visit, back)
        elif work:
            calendar = self.model.calendars[visit.profile.calendar]
            visit.finished = calendar.finish(self.now, work)
            self._visit_at(visit.finished, Kind.FIXED, visit, self._fixed)
        else:
            self._hand_over(visit)

    def _seconds(self, action: Action, case: Case, context: Context, visit: int) -> int:
        return 0 if action.seconds is None else self.values.amount(action.seconds, case, context, visit)

    def _fixed(self, visit: Visit) -> None:
        if visit.phase is not Phase.CLOSED and not self._cut_off(visit):
            self._hand_over(visit)

    def _dismiss(self, visit: Visit, instance: int) -> None:
        self._release(visit)
        self._close(visit, "dropped")
        cause = self.defect_cause[self.model.instances[instance].defect]
        self._end(visit.case, "dismissed", cause, (visit.step, visit.number))

    def _hand_over(self, visit: Visit) -> None:
        """The work is done and good: nobody is held during the delay."""
        self._release(visit)
        visit.phase = Phase.DELAYED
        manner, case = visit.manner, visit.case
        time = self.now
        if manner.delay is not None:
            time = self._later(manner.delay, case, visit)
        if manner.until >= 0:
            earliest = self._later(manner.at_least, case, visit)
            time = self.model.timetables[manner.until].next_slot(earliest)
        self._visit_at(time, Kind.GIVEN, visit, self._given)
        self._settle(case)

    def _later(self, delay: Node, case: Case, visit: Visit) -> int:
        """Return the second at which a delay from now is over."""
        leaf = self.values.leaf(delay, case, self._context(case, visit))
        return self._after(leaf, self.values.amount(leaf, case, {}, visit.number))

    def _after(self, leaf: Any, seconds: int) -> int:  # noqa: ANN401 -- Const or Drawn
        if leaf.business and seconds:
            return self.model.calendars[self.model.days].finish(self.now, seconds)
        return self.now + seconds

    def _given(self, visit: Visit) -> None:
        if visit.phase is Phase.CLOSED:
            return
        case = visit.case
        self._close(visit, "given")
        case.progress = self.now
        case.cause = (visit.step, visit.number)
        case.asked = case.asked & ~(1 << visit.step) | visit.asked << visit.step
        learnt = 0
        for document in bits(visit.profile.gives):
            learnt |= self.knowledge >> document & 1
            if document not in case.expiry or not case.held >> document & 1:
                self._fresh(case, document)
            self._hold(case, document, visit.product, visit.step)
        if learnt:
            self._replan(case)
        self._settle(case)

    def _fresh(self, case: Case, document: int) -> None:
        """Start the life of a document just got."""
        paper = self.model.papers[document]
        if paper.valid is None:
            return
        leaf = self.values.leaf(paper.valid, case, self._context(case))
        count = case.visits.get(case.giver.get(document, NOBODY), 1)
        self._expire_at(case, document, self._after(leaf, self.values.amount(leaf, case, {}, count)))

    def _hold(self, case: Case, document: int, defects: int, giver: int) -> None:
        """Put a document into the locker."""
        case.held |= 1 << document
        case.lapsed &= ~(1 << document)
        case.giver[document] = giver
        if defects:
            case.defects[document] = defects
        else:
            case.defects.pop(document, None)
        if case.first_given[document] == NEVER:
            case.first_given[document] = self.now
            self._start_clocks(case, document)
        if self.knowledge >> document & 1 and giver != NOBODY and case.plan.skipped >> giver & 1:
            self._replan(case)

    def _release(self, visit: Visit) -> None:
        """Free staff and attention."""
        for actor in visit.profile.pools[: visit.next_pool]:
            self.pools[actor].release()
            self.freed.add(actor)
        visit.next_pool = 0
        for actor in visit.profile.persons:
            visit.case.attention[actor] -= 1

    def _close(self, visit: Visit, result: str) -> None:
        """Write the visit down; it is over."""
        visit.phase = Phase.CLOSED
        self.record.visit(visit, result, self.now)
        self._forget(visit)

    @staticmethod
    def _forget(visit: Visit) -> None:
        """Let the step be started again."""
        case = visit.case
        if case.open.get(visit.step) is visit:
            del case.open[visit.step]
            case.under_way &= ~(1 << visit.step)

    def _withdraw(self, visit: Visit) -> None:
        """Take a visit out that has not been started."""
        if visit.phase is Phase.QUEUED:
            self.pools[visit.profile.pools[visit.next_pool]].leave(visit, self.now)
        self._release(visit)
        visit.finished = NEVER
        visit.started = NEVER
        self._close(visit, "withdrawn")

    # -- returns -------------------------------------------------------------------------------

    def _made_by(self) -> list[int]:
        """Return for each step the defect instances it makes."""
        made = [0] * len(self.model.steps)
        for number, instance in enumerate(self.model.instances):
            if instance.origin >= 0:
                made[instance.origin] |= 1 << number
        return made

    def _send_back(self, visit: Visit, found: list[int]) -> None:
        """One letter: all that the visit returns goes back to those who made it."""
        case = visit.case
        case.returns += 1
        self._release(visit)
        self._close(visit, "returned")
        case.progress = self.now
        case.cause = (visit.step, visit.number)
        instances = [self.model.instances[i] for i in found]
        targets = sorted({step for instance in instances for step in instance.targets})
        asked = self._answerer(case, targets)
        context = self._context(case)
        context[DEFECT] = instances[0].defect
        context[VISIT] = max((case.visits.get(step, 0) for step in targets), default=0)
        rule = self._first(asked, RETURNED, case, context, case.returns)
        self._decided(case, asked, RETURNED, rule, visit.step, visit.number)
        self._reset(case, targets, [-1 - i.origin for i in instances if i.origin < 0])
        if rule is not None and rule.action.do == "give_up":
            self._end(case, "abandoned", self.rule_cause[rule.number], case.cause)
            return
        time = self.now
        if rule is not None and rule.action.do == "redo" and rule.action.seconds is not None:
            leaf = self.values.leaf(rule.action.seconds, case, context)
            time = self._after(leaf, self.values.amount(leaf, case, context, case.returns))
        for step in targets:
            case.redo[step] = (time, case.cause)
            if rule is not None and rule.action.do == "use":
                case.moved[step] = rule.action.channel
            if rule is not None and rule.action.do == "ask_human":
                case.forced |= 1 << step
        if time > self.now:
            first = targets[0] if targets else 0
            self._at(time, Kind.REDO, case.number, first, case.visits.get(first, 0), lambda _: self._redo(case))
        self._replan(case)
        self._settle(case)

    def _answerer(self, case: Case, targets: list[int]) -> int:
        """Return who is asked about a letter: the AI that does the first step, or the applicant."""
        for step in targets[:1]:
            number = case.plan.profile[step]
            actors = self.model.profiles[number].actors if number != NOBODY else ()
            if actors and self.model.actors[actors[0]].kind == "ai":
                return actors[0]
        return self.model.streams[case.stream].applicant

    def _redo(self, case: Case) -> None:
        if not case.ended:
            self._settle(case)

    def _reset(self, case: Case, targets: list[int], papers: list[int]) -> None:
        """Undo the targets and all that depends on them; ``papers`` came with the defect."""
        undone = 0
        for paper in papers:
            if case.held >> paper & 1:
                undone |= 1 << paper
        reset = 0
        for step in self.model.topological:
            if step in targets or self._depends(case, step, undone):
                reset |= 1 << step
                for document, giver in case.giver.items():
                    if giver == step and not self.model.papers[document].kept:
                        undone |= 1 << document
        for step in bits(reset):
            visit = case.open.get(step)
            if visit is not None:
                self._undo(visit)
        self._revoke(case, undone)
        shed = sum(1 << i for step in bits(reset) for i in bits(self.made_by[step]))
        case.known &= ~shed
        for document in [d for d in case.defects if self.model.papers[d].kept]:
            case.defects[document] &= ~shed

    def _depends(self, case: Case, step: int, undone: int) -> bool:
        """Whether a step was done, or is being done, with something undone."""
        visit = case.open.get(step)
        if visit is not None and visit.profile.needs & undone:
            return True
        return bool(case.plan.chain.needs[step] & undone)

    def _undo(self, visit: Visit) -> None:
        if visit.in_service(self.now):
            visit.void = True
            self._forget(visit)
        elif visit.phase is Phase.DELAYED:
            self._close(visit, "void")
        else:
            self._withdraw(visit)

    def _revoke(self, case: Case, documents: int) -> None:
        case.held &= ~documents
        for document in bits(documents):
            case.giver.pop(document, None)
            case.defects.pop(document, None)
            case.expiry.pop(document, None)

    # -- rules ---------------------------------------------------------------------------------

    def _first(self, actor: int, event: int, case: Case, context: Context, visit: int) -> Rule | None:
        """Return the first rule of an actor for an event that holds."""
        if actor == NOBODY:
            return None
        for rule in self.model.actors[actor].rules[event]:
            if self.values.holds(rule.test, case, context, visit):
                return rule
        return None

    def _decided(self, case: Case, actor: int, event: int, rule: Rule | None, step: int, visit: int) -> None:
        actions = ACTIONS[EVENTS[event]]
        action = 0 if rule is None else actions.index(rule.action.do)
        number = NEVER if rule is None else rule.number
        self.record.decision(self.now, case.number, actor, event, number, action, step, visit)

    # -- staff, expiry, deadlines, patience, horizon ---------------------------------------------

    def _staff(self, actor: int, staff: int) -> None:
        self.pools[actor].staff = staff
        self.freed.add(actor)
        self._serve()

    def _expire_at(self, case: Case, document: int, time: int) -> None:
        case.expiry[document] = time
        if time > self.now:
            self._at(time, Kind.EXPIRY, case.number, document, 0, lambda _: self._expire(case, document, time))

    def _expire(self, case: Case, document: int, time: int) -> None:
        """A document leaves the locker; visits already enabled keep what they took."""
        if case.ended or case.expiry.get(document) != time:
            return
        self._revoke(case, 1 << document)
        case.lapsed |= 1 << document
        self._settle(case)

    def _start_clocks(self, case: Case, document: int) -> None:
        for clock in self.model.streams[case.stream].clocks:
            if clock.after == document:
                time = self._due(clock)
                if time >= self.now:
                    step = clock.document
                    self._at(time, Kind.DEADLINE, case.number, step, 0, lambda _, c=clock: self._deadline(case, c))

    def _due(self, clock: Clock) -> int:
        if clock.at >= 0:
            return clock.at
        if clock.kind == 0:
            return self.now + clock.amount
        days = self.model.calendars[self.model.days]
        return cal.legal_deadline(days, self.now, clock.amount, business=clock.kind > 1)

    def _deadline(self, case: Case, clock: Clock) -> None:
        if case.ended or case.first_given[clock.document] != NEVER:
            return
        if clock.expires:
            self._end(case, "expired", clock.cause, NO_CAUSE)
            self._serve()
        else:
            case.late = True

    def _breaks(self, rules: Iterable[Rule]) -> tuple[tuple[int, int], ...]:
        """Return (variable, seconds) at which a rule on waiting or an outage may begin to hold."""
        found = {
            (variable, low)
            for rule in rules
            for variable, spans in rule.test.tests
            if variable in (WAITED, ELAPSED, DOWN_FOR)
            for low, _ in spans
        }
        return tuple(sorted(found))

    def _patience_dates(self, case: Case) -> list[int]:
        applicant = self.model.streams[case.stream].applicant
        since = {WAITED: case.progress, ELAPSED: case.start}
        return [since[variable] + low for variable, low in self.patience[applicant] if variable in since]

    def _await_patience(self, case: Case) -> None:
        """Look again when the next condition on waiting can begin to hold."""
        later = [time for time in self._patience_dates(case) if time > self.now]
        if later:
            self._at(min(later), Kind.PATIENCE, case.number, 0, 0, lambda _: self._patience(case))

    def _patience(self, case: Case) -> None:
        if case.ended:
            return
        if self.now in self._patience_dates(case):
            self._lose_patience(case)
        if not case.ended:
            self._await_patience(case)

    def _lose_patience(self, case: Case) -> None:
        applicant = self.model.streams[case.stream].applicant
        case.asks += 1
        rule = self._first(applicant, WAITING, case, self._context(case), case.asks)
        if rule is None or rule.action.do == "wait":
            return
        self._decided(case, applicant, WAITING, rule, 0, 0)
        if rule.action.do == "give_up":
            self._end(case, "abandoned", self.rule_cause[rule.number], NO_CAUSE)
            self._serve()
            return
        for visit in case.open.values():
            if visit.phase is Phase.QUEUED:
                visit.priority -= rule.action.hurry
                self.pools[visit.profile.pools[visit.next_pool]].hurry(visit)

    def _horizon(self, case: Case) -> None:
        if not case.ended:
            self._end(case, "unfinished", self.horizon_cause, NO_CAUSE)
            self._serve()

    # -- outages -------------------------------------------------------------------------------

    def _announce_outage(self, actor: int, number: int, start: int, end: int) -> None:
        """Ask those who wait when an outage begins and when a rule's patience with it may end."""
        lengths = {low for a in self.model.actors for _, low in self._breaks(a.rules[OUTAGE])}
        for after in sorted({0, *lengths}):
            if start + after < end:
                self._at(
                    start + after, Kind.OUTAGE, 0, actor, number, lambda _: self._ask_waiting(actor)
                )

    def _ask_waiting(self, actor: int) -> None:
        for number in sorted(self.live):
            case = self.live.get(number)
            for step in sorted(case.open) if case is not None else ():
                visit = case.open.get(step) if case is not None else None
                if visit is None or actor not in visit.profile.actors:
                    continue
                if visit.phase is Phase.QUEUED or visit.started > self.now:
                    self._meet_outage(visit)

    def _down_since(self, visit: Visit) -> int:
        """Return the start of an outage that keeps a visit from starting, NEVER if there is none."""
        for actor in visit.profile.actors:
            for start, end in self.model.actors[actor].outages:
                if start <= self.now < end:
                    return start
        return NEVER

    def _meet_outage(self, visit: Visit) -> None:
        since = self._down_since(visit)
        if since == NEVER:
            return
        case = visit.case
        asked = self._answerer(case, [visit.step])
        context = self._context(case, visit)
        context[DOWN_FOR] = self.now - since
        rule = self._first(asked, OUTAGE, case, context, visit.number)
        if rule is None or rule.action.do == "wait":
            return
        if case.moved.get(visit.step, case.channel) == rule.action.channel:
            return
        self._decided(case, asked, OUTAGE, rule, visit.step, visit.number)
        case.moved[visit.step] = rule.action.channel
        self._withdraw(visit)
        self._replan(case)
        self._settle(case)

    # -- ends ----------------------------------------------------------------------------------

    def _end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """End a case: nobody waits for it any more; work in hand is finished, then dropped."""
        case.ended = True
        for step in sorted(case.open):
            visit = case.open[step]
            if visit.in_service(self.now):
                continue
            if visit.phase is Phase.DELAYED:
                self._close(visit, "dropped")
            else:
                self._withdraw(visit)
        self.record.case(case, self.now, outcome, cause, last)
        del self.live[case.number]
        self._serve()



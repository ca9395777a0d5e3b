"""A second interpreter of a compiled model, written from docs/semantics.md alone.

It is slow and obvious, and knows nothing of the engine: sets instead of bits, one sorted list of
what is pending, every rule beside the sentence that it stands for. Quotations are from
docs/semantics.md.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from sim.compile.calendars import legal_deadline
from sim.compile.model import (
    CHANNEL,
    CONFIDENCE,
    DEFECT,
    DOWN_FOR,
    ELAPSED,
    EXPIRED,
    GIVEN,
    LATE,
    MADE_IN,
    MONTH,
    QUEUE,
    RETURNS,
    SHARE,
    TICKS,
    TIME,
    VISIT,
    WAITED,
    Act,
    Action,
    Clock,
    Manner,
    Model,
    Node,
    Profile,
    Rule,
    Stream,
    Test,
)
from sim.log import CASES, DECISIONS, EVENTS, NEVER, OUTCOMES, RESULTS, Log
from sim.model.agent import ACTIONS
from sim.model.agent import EVENTS as QUESTIONS

from tests.interpreter.needs import Needs
from tests.interpreter.numbers import Asking, Draws, Numbers, inside, members
from tests.interpreter.state import NOBODY, Case, Cause, Mark, Marks, Paper, Visit

KINDS: Final = (
    "staff",
    "finished",
    "fixed",
    "given",
    "redo",
    "expiry",
    "arrival",
    "outage",
    "deadline",
    "patience",
    "batch",
    "horizon",
)
"""In which order things happen in one second."""

import os
OLD = bool(os.environ.get("OLD"))
DAY: Final = 86_400
MOST_VISITS: Final = 255


def run(model: Model, seed: int, replication: int) -> Log:
    """Execute a model and return its log."""
    return World(model, seed, replication).run()


class World:
    """Everything there is in one replication."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        self.model = model
        self.replication = replication
        self.numbers = Numbers(model, Draws(seed, replication))
        self.needs = Needs(model, self.numbers)
        self.now = 0
        self.pending: list[tuple[tuple[int, int, int, int, int], int, Callable[[], None]]] = []
        self.counter = 0
        self.cases: list[Case] = []
        self.queues: dict[int, list[Visit]] = {}
        self.busy: dict[int, int] = {}
        self.area: dict[int, int] = {}
        for number, actor in enumerate(model.actors):
            if actor.staffed:
                self.queues[number], self.busy[number], self.area[number] = [], 0, 0
        self.touched: list[Case] = []
        self.cause: Cause = NOBODY
        self.acting: dict[tuple[str, int, int], Visit | None] = {}
        self.done: dict[tuple[str, int, int], Any] = {}
        self.events: list[tuple[int, ...]] = []
        self.decisions: list[tuple[int, ...]] = []

    # -- the agenda ----------------------------------------------------------------------------

    def at(
        self, time: int, kind: str, act: Callable[[], None], case: int, step: int, visit: int
    ) -> None:
        """Put something on the agenda.

        "Events are handled in the order (time, kind, case, step, visit)."
        """
        self.counter += 1
        insort(
            self.pending,
            ((time, KINDS.index(kind), case, step, visit), self.counter, act),
            key=lambda entry: entry[:2],
        )

    def run(self) -> Log:
        """Handle one event after the other until nothing is pending."""
        for actor in self.queues:
            for time, _ in self.model.actors[actor].staff:
                self.at(time, "staff", lambda: None, -1, actor, 0)
        for stream in self.model.streams:
            self.expect(stream)
        self.plan_outages()
        while self.pending:
            (time, *_), _, act = self.pending.pop(0)
            self.now = time
            self.touched, self.cause = [], NOBODY
            act()
            self.settle()
        return self.log()

    def settle(self) -> None:
        """Let the consequences of an event follow.

        "Then freed staff goes to the heads of the queues until all are full or empty; then
        skipped steps pass; then the goal; then ready steps start."
        """
        self.serve()
        for case in self.touched:
            if not case.over:
                self.go_on(case)
        self.serve()

    def touch(self, case: Case) -> None:
        if case not in self.touched:
            self.touched.append(case)

    # -- what amounts and conditions read ------------------------------------------------------

    def asking(  # noqa: PLR0913 -- all that an amount may read
        self,
        case: Case,
        visit: int = 0,
        *,
        channel: int | None = None,
        queue: int = 0,
        key: int | None = None,
        time: int | None = None,
        more: dict[int, int] | None = None,
    ) -> Asking:
        """Return an occasion on which something is asked."""
        moment = self.now if time is None else time
        values = {
            VISIT: visit,
            MONTH: self.model.months[moment // DAY],
            TIME: moment - self.model.start,
            QUEUE: queue,
            CHANNEL: case.channel if channel is None else channel,
            RETURNS: case.returns,
            ELAPSED: moment - case.start,
            WAITED: moment - case.waited,
        } | (more or {})

        def read(variable: int) -> int:
            if variable >= 0:
                return case.attributes[variable]
            return values[variable] if variable in values else self.needs.asked(case, variable)

        return Asking(case.stream, case.key if key is None else key, visit, read)

    def waiting_for(self, actor: int) -> int:
        """Return how many wait for an actor."""
        return len(self.queues.get(actor, ()))

    def of(self, visit: Visit, more: dict[int, int] | None = None) -> Asking:
        """Return the occasion of a visit."""
        last = visit.way.actors[-1]
        return self.asking(
            visit.case,
            visit.number,
            channel=visit.way.channel,
            queue=self.waiting_for(last),
            key=visit.key,
            more=more,
        )

    # -- arrivals ------------------------------------------------------------------------------

    def expect(self, stream: Stream) -> None:
        """Draw when the cases of a stream come."""
        calendar = self.model.calendars[stream.calendar]
        ticks = 0
        for i in range(stream.count):
            site = i % stream.sites if stream.sites else -1
            case = Case(stream.first_case + i, i, site, stream, 0)
            case.attributes = [0] * len(self.model.attributes)
            if stream.arrivals == "at_once":
                case.start = calendar.next_open(self.model.start)
            else:
                amount = self.numbers.number(
                    stream.gaps, Asking(stream, i, 0, lambda _variable: 0)
                )
                ticks = amount * TICKS if stream.arrivals == "spread" else ticks + amount
                case.start = calendar.next_open(
                    calendar.finish(self.model.start, ticks // TICKS)
                )
            self.cases.append(case)
            self.at(case.start, "arrival", lambda case=case: self.arrive(case), case.number, 0, 0)

    def arrive(self, case: Case) -> None:
        """Let a case begin: attributes, then the applicant's choice, then its locker."""
        case.channel = max(self.model.channel, 0)
        case.waited = self.now
        for attribute, node in case.stream.attributes:
            shared = attribute in case.stream.shared
            key = case.site if shared else case.key
            case.attributes[attribute] = self.numbers.number(node, self.asking(case, key=key))
        self.touch(case)
        if not self.choose(case):
            return
        self.unlock(case)
        for clock in case.stream.clocks:
            self.wind(case, clock, -1)
        self.at(
            case.start + self.model.horizon,
            "horizon",
            lambda: self.finish_case(case, "unfinished", "horizon"),
            case.number,
            0,
            0,
        )
        self.plan_patience(case)

    def choose(self, case: Case) -> bool:
        """Ask the applicant on arrival. Returns whether the case goes on."""
        actor = case.stream.applicant
        if self.model.channel >= 0:
            return True
        rule, action = self.decide("start", actor, self.asking(case), case, 0, 0)
        if action.do == "use":
            case.channel = action.channel
        if action.do == "give_up":
            self.finish_case(case, "abandoned", f"rule.{self.model.rules[rule]}")
            return False
        return True

    def unlock(self, case: Case) -> None:
        """Fill the locker: each document perhaps, of some age, perhaps with defects."""
        for holding in case.stream.locker:
            asking = self.asking(case)
            if not self.numbers.happens(holding.share, holding.share_point, asking):
                continue
            document, paper = holding.document, self.model.papers[holding.document]
            marks: Marks = {}
            for act in holding.makes:
                assert act.share is not None
                if self.numbers.happens(act.share, act.point, asking):
                    marks[act.instance] = Mark(case.key, case.channel)
            over = None
            if paper.valid is not None:
                age = self.numbers.number(holding.age, asking)
                over = self.numbers.after(paper.valid, self.now - age, asking)
                if over <= self.now:
                    if paper.lapsed < 0:
                        continue
                    marks[paper.lapsed] = Mark(case.key, case.channel)
                    over = None
            case.held[document] = Paper(marks, -1, over)
            case.first.setdefault(document, self.now)
            if OLD:
                case.milestones.setdefault(document, self.now)
            self.watch_age(case, document)

    # -- a case goes on ------------------------------------------------------------------------

    def go_on(self, case: Case) -> None:
        """Skipped steps pass; then the goal; then ready steps start."""
        while not case.over:
            self.check_ends(case)
            if case.over:
                return
            found = self.needs.passing(case)
            if found is None:
                break
            way, documents, marks = found
            for document in documents:
                self.hold(case, document, Paper(dict(marks), way.step), case.visits.get(way.step, 0))
        if not self.needs.missing_goals(case):
            self.reach(case)
            return
        self.start_ready(case)

    def check_ends(self, case: Case) -> None:
        """End a case for which one of `ends` holds, once what it tests is known."""
        for end in case.stream.ends:
            if members(end.knowledge) <= case.held.keys() and self.numbers.holds(
                end.test, self.needs.asking(case)
            ):
                self.finish_case(case, OUTCOMES[end.outcome], end.cause)
                return

    def reach(self, case: Case) -> None:
        """End a case that has all: clean, or flawed by a defect with harm in a goal document."""
        harmful: set[int] = set()
        for goal in case.stream.goals:
            if goal.document in case.held and self.numbers.holds(
                goal.test, self.needs.asking(case)
            ):
                harmful |= {i for i in case.held[goal.document].marks if self.instance(i).harm}
        case.harms = {self.instance(i).defect for i in harmful}
        if not case.harms:
            self.finish_case(case, "clean", NEVER)
        else:
            self.finish_case(case, "flawed", self.model.defects[min(case.harms)])

    def instance(self, number: int) -> Any:
        return self.model.instances[number]

    def start_ready(self, case: Case) -> None:
        """Let ready steps start: "wanted, all needs held, the waiting time after a return over"."""
        ready: dict[int, Profile] = {}
        for step, way in self.needs.wanted(case).items():
            if (
                case.under_way(step) is None
                and not self.needs.skipped(case, way)
                and members(way.needs) <= case.held.keys()
                and case.redo.get(step, (self.now, NOBODY))[0] <= self.now
            ):
                ready[step] = way
        case.ready = {step: case.ready[step] for step in ready if step in case.ready}
        for step in ready:
            case.ready.setdefault(step, (self.now, self.cause))
        for step in sorted(ready, key=lambda one: self.model.precedence[one]):
            if case.over:
                return
            if step in ready and case.under_way(step) is None:
                self.enable_or_gather(case, ready[step])

    def enable_or_gather(self, case: Case, way: Profile) -> None:
        """Enable a ready step, or let it wait for its batch or for its place."""
        if way.once >= 0 and case.site >= 0 and way.step not in case.rode:
            self.once(case, way)
        elif way.batch is not None:
            self.gather(case, way)
        elif self.attends(case, way):
            self.serve_one(self.enable(case, way, self.profile_number(way)))

    def profile_number(self, way: Profile) -> int:
        """Return the number of a profile as the case itself would do it."""
        return self.model.ways[way.step][way.channel]

    def attends(self, case: Case, way: Profile) -> bool:
        """Return whether "each actor of the step that has no staff has attention to spare"."""
        return all(
            self.model.actors[actor].limit < 0
            or sum(actor in v.way.persons and v.state in ("queued", "service", "fixing")
                   for v in case.open)
            < self.model.actors[actor].limit
            for actor in way.persons
        )

    def enable(self, case: Case, way: Profile, profile: int) -> Visit:
        """Begin a visit: it keeps the documents it needs as they are now."""
        ready, cause = case.ready.pop(way.step)
        number = case.visits.get(way.step, 0) + 1
        case.visits[way.step] = number
        actual = self.model.profiles[profile]
        visit = Visit(
            case, way.step, number, profile, actual, ready, self.now, cause,
            {d: case.held[d] for d in members(way.needs)},
        )
        visit.key = case.key
        visit.since = self.now
        case.open.append(visit)
        case.redo.pop(way.step, None)
        visit.priority = self.numbers.number(actual.priority, self.of(visit))
        case.latest[way.step] = profile
        return visit

    # -- queues --------------------------------------------------------------------------------

    def serve_one(self, visit: Visit) -> None:
        """Let a visit queue for its first pool, or go on at once if it needs none."""
        self.outage_when_enabled(visit)
        if visit.state == "closed":
            return
        self.queue_up(visit)
        self.serve()

    def queue_up(self, visit: Visit) -> None:
        """Join the queue of the next pool, "asked for in the order of `by`", or be granted."""
        if len(visit.staff) == len(visit.way.pools):
            self.grant(visit)
            return
        visit.since = self.now
        self.queues[visit.way.pools[len(visit.staff)]].append(visit)

    def serve(self) -> None:
        """Give free staff to the heads of the queues "until all are full or empty".

        "A queue is served by `priority` (small first), then by the second the visit was enabled,
        then by case, step and visit."
        """
        moved = True
        while moved:
            moved = False
            for actor, queue in self.queues.items():
                while queue and self.busy[actor] < self.staff(actor):
                    head = min(queue, key=lambda v: (v.priority, v.enabled, *v.order))
                    self.leave_queue(head)
                    self.busy[actor] += 1
                    head.staff.append(actor)
                    self.queue_up(head)
                    moved = True

    def staff(self, actor: int) -> int:
        """Return how many work in a pool now."""
        return [n for since, n in self.model.actors[actor].staff if since <= self.now][-1]

    def leave_queue(self, visit: Visit) -> None:
        for actor, queue in self.queues.items():
            if visit in queue:
                queue.remove(visit)
                self.area[actor] += self.now - visit.since

    def release(self, visit: Visit) -> None:
        """Give back the staff of a visit."""
        for actor in visit.staff:
            self.busy[actor] -= 1
        visit.staff = []

    def grant(self, visit: Visit) -> None:
        """Start the work of a visit and of all that ride with it."""
        riders = [v for v in visit.mates if v is not visit and v.state == "queued"]
        group = [visit, *riders]
        calendar = self.model.calendars[visit.way.calendar]
        if visit.way.once >= 0 and visit.way.rides:
            started = finished = self.now
        else:
            started = calendar.next_open(self.now)
            work = self.numbers.number(self.manner(visit).work, self.of(visit))
            finished = calendar.finish(started, work)
        for one in group:
            one.state, one.granted, one.started, one.finished = "service", self.now, started, finished
        visit.mates = group if len(group) > 1 else []
        self.at(finished, "finished", lambda: self.finished(visit, group), *visit.order)

    def waits(self, visit: Visit) -> bool:
        """Return whether a visit is enabled and not started."""
        return visit.state == "queued" or (visit.state == "service" and visit.started > self.now)

    def manner(self, visit: Visit) -> Manner:
        """Return how a visit is done: the first, or again."""
        return visit.way.first if visit.number == 1 else visit.way.again

    def take(self, visit: Visit) -> None:
        """Take "the defects of the documents it needs"; a paper too old brings its own."""
        for document, paper in visit.papers.items():
            visit.product |= paper.marks
            lapsed = self.model.papers[document].lapsed
            if paper.over is not None and paper.over <= visit.started and lapsed >= 0:
                visit.product[lapsed] = Mark(visit.case.key, visit.way.channel)

    # -- work is done --------------------------------------------------------------------------

    def finished(self, leader: Visit, group: list[Visit]) -> None:
        """End the work: "void check, making, finding; then the case's consequences"."""
        for visit in group:
            if visit.state == "closed":
                continue
            self.release(visit)
            self.touch(visit.case)
            if visit.void or visit.case.over:
                self.close(visit, "dropped" if visit.case.over else "void")
                continue
            self.take(visit)
            self.make(visit, leader)
            self.draft(visit)
            self.find(visit)

    def make(self, visit: Visit, leader: Visit) -> None:
        """Make defects, "each by its chance", "with the keys of the first case for all of them"."""
        manner = self.manner(visit)
        asking = self.of(visit)
        confidence = None
        if manner.confidence is not None:
            confidence = self.numbers.number(manner.confidence, asking)
            visit.confidence = confidence
        for act in manner.makes:
            share = self.making(visit, act, confidence, asking)
            if self.numbers.below(share, act.point, asking):
                visit.product[act.instance] = Mark(visit.key, visit.way.channel)

    def making(self, visit: Visit, act: Act, confidence: int | None, asking: Asking) -> int:
        """Return a chance: as written, or (1 - confidence) x overconfidence."""
        if act.share is not None:
            return self.numbers.number(act.share, asking)
        assert confidence is not None
        over = self.model.actors[visit.way.actors[0]].overconfidence
        return min((SHARE - confidence) * over >> 16, SHARE)

    def draft(self, visit: Visit) -> None:
        """Ask the AI that drafted whether a person should look at it."""
        step, case = visit.step, visit.case
        first = visit.way.actors[0] if visit.way.actors else -1
        wanted = step in case.ask_next
        case.ask_next.discard(step)
        visit.asked = wanted
        if self.manner(visit).confidence is None or self.model.actors[first].kind != "ai":
            return
        asking = self.of(visit, {CONFIDENCE: visit.confidence})
        _, action = self.decide("drafted", first, asking, case, step, visit.number)
        if action.do == "ask_human":
            visit.asked = True

    def find(self, visit: Visit) -> None:
        """Find defects: "for each defect it holds, by its chance, once a visit"."""
        case = visit.case
        finder = visit.way.actors[-1]
        answers: list[tuple[int, int, Action]] = []
        for act in self.manner(visit).finds:
            mark = visit.product.get(act.instance)
            if mark is None or act.instance in case.overlooked:
                continue
            assert act.share is not None
            asking = self.of(visit, {MADE_IN: mark.channel})
            keyed = Asking(asking.stream, mark.key, asking.visit, asking.read)
            share = self.numbers.number(act.share, asking)
            if not self.numbers.below(share, act.point, keyed):
                continue
            self.detect(case, act.instance)
            defect = self.instance(act.instance).defect
            asked = self.of(visit, {DEFECT: defect})
            rule, action = self.decide("found", finder, asked, case, visit.step, visit.number)
            answers.append((act.instance, rule, action))
        self.follow(visit, answers)

    def follow(self, visit: Visit, answers: list[tuple[int, int, Action]]) -> None:
        """ "Dismissal outweighs return, return outweighs the rest." """
        case = visit.case
        by = {do: [a for a in answers if a[2].do == do] for do in ACTIONS["found"]}
        if by["dismiss"]:
            instance, rule, _ = by["dismiss"][0]
            visit.rule = rule
            self.close(visit, "returned")
            self.finish_case(
                case, "dismissed", self.model.defects[self.instance(instance).defect],
                (visit.step, visit.number),
            )
            return
        if by["return"]:
            visit.rule = by["return"][0][1]
            self.send_back(visit, [instance for instance, _, _ in by["return"]])
            return
        for instance, _, _ in by["overlook"]:
            case.overlooked.add(instance)
        if not by["fix"]:
            self.delay(visit)
            return
        visit.rule = by["fix"][0][1]
        work = 0
        for instance, _, action in by["fix"]:
            assert action.seconds is not None
            work += self.numbers.number(action.seconds, self.of(visit))
            if action.recovers is not None:
                self.recover(case, instance, self.numbers.number(action.recovers, self.of(visit)))
            visit.product.pop(instance, None)
        self.fix(visit, work)

    def fix(self, visit: Visit, work: int) -> None:
        """Go on working: "the same again, for the work of a `fix`"."""
        visit.state = "fixing"
        visit.finished = self.model.calendars[visit.way.calendar].finish(self.now, work)
        for actor in visit.way.pools:
            self.busy[actor] += 1
            visit.staff.append(actor)
        self.at(visit.finished, "fixed", lambda: self.fixed(visit), *visit.order)

    def fixed(self, visit: Visit) -> None:
        self.release(visit)
        self.touch(visit.case)
        if visit.state == "closed":
            return
        if visit.void or visit.case.over:
            self.close(visit, "dropped" if visit.case.over else "void")
        else:
            self.delay(visit)

    def delay(self, visit: Visit) -> None:
        """Wait for the `delay`, which holds nobody."""
        manner = self.manner(visit)
        asking = self.of(visit)
        visit.state = "delay"
        if visit.way.once >= 0 and visit.way.rides:
            closed = self.now
        elif manner.until >= 0:
            least = self.numbers.after(manner.at_least, self.now, asking)
            closed = self.model.timetables[manner.until].next_slot(least)
        elif manner.delay is not None:
            closed = self.numbers.after(manner.delay, self.now, asking)
        else:
            closed = self.now
        self.at(closed, "given", lambda: self.give(visit), *visit.order)

    def give(self, visit: Visit) -> None:
        """Give the documents of a visit."""
        case = visit.case
        if visit.state != "delay":
            return
        self.touch(case)
        self.close(visit, "given")
        self.cause = visit.step, visit.number
        if visit.way.pays:
            for instance in visit.product:
                self.pay(case, instance)
        case.asked[visit.step] = visit.asked
        for document in visit.way.gives:
            self.hold(case, document, Paper(dict(visit.product), visit.step), visit.number)
        case.rode.add(visit.step)
        self.end_acting(visit, gave=True)

    def hold(self, case: Case, document: int, paper: Paper, visit: int) -> None:
        """Put a document that was given into the locker."""
        valid = self.model.papers[document].valid
        if valid is not None:
            paper.over = self.numbers.after(valid, self.now, self.asking(case, visit))
        case.held[document] = paper
        case.expired.discard(document)
        case.first.setdefault(document, self.now)
        case.milestones.setdefault(document, self.now)
        self.reset_patience(case)
        self.watch_age(case, document)
        for clock in case.stream.clocks:
            if clock.after == document:
                self.wind(case, clock, document)

    def watch_age(self, case: Case, document: int) -> None:
        """See to it that a document leaves the locker when its time is over."""
        paper = case.held[document]
        if paper.over is None:
            return

        def expire() -> None:
            if not case.over and case.held.get(document) is paper:
                del case.held[document]
                case.expired.add(document)
                self.touch(case)

        self.at(max(paper.over, self.now), "expiry", expire, case.number, document, 0)

    def close(self, visit: Visit, result: str) -> None:
        """End a visit and write its row."""
        self.leave_queue(visit)
        visit.state = "closed"
        visit.case.open.remove(visit)
        if result != "given":
            self.end_acting(visit, gave=False)
        self.events.append(
            (
                visit.case.number, visit.step, visit.number, visit.profile, visit.ready,
                visit.enabled, visit.granted, visit.started, visit.finished, self.now,
                RESULTS.index(result), visit.rule, *visit.cause,
            )
        )

    # -- returns -------------------------------------------------------------------------------

    def send_back(self, visit: Visit, instances: list[int]) -> None:
        """Return what was found: "all that one visit returns is one letter"."""
        case = visit.case
        self.close(visit, "returned")
        self.cause = visit.step, visit.number
        case.returns += 1
        self.reset_patience(case)
        first = self.instance(instances[0])
        asked = case.stream.applicant
        if first.origin >= 0 and first.origin in case.latest:
            actors = self.model.profiles[case.latest[first.origin]].actors
            if actors and self.model.actors[actors[0]].kind == "ai":
                asked = actors[0]
        makers: set[int] = set()
        for instance in instances:
            makers |= self.goes_back_to(case, instance)
        asking = self.asking(
            case, visit.number, channel=visit.way.channel, more={DEFECT: first.defect}
        )
        rule, action = self.decide("returned", asked, asking, case, visit.step, visit.number)
        if action.do == "give_up":
            self.finish_case(case, "abandoned", f"rule.{self.model.rules[rule]}", self.cause)
            return
        self.reset(case, makers, self.needs.depending(case, makers))
        until = self.now
        if action.do == "redo" and action.seconds is not None:
            until = self.numbers.after(action.seconds, self.now, asking)
        for step in sorted(makers):
            if action.do == "use":
                self.move(case, step, action.channel)
            if action.do == "ask_human":
                case.ask_next.add(step)
            case.redo[step] = until, self.cause
            self.at(until, "redo", lambda: self.touch(case), case.number, step, 0)

    def goes_back_to(self, case: Case, instance: int) -> set[int]:
        """Return the steps that must mend a defect.

        "Back to the maker (or to `returns_to`, if the case did that step)." A paper that was bad
        by itself "goes back to whoever gives such a paper in this case".
        """
        one = self.instance(instance)
        if one.origin < 0 and not one.targets:
            way = self.needs.giver(case, -1 - one.origin)
            return {way.step} if way is not None else set()
        done = {step for step in one.targets if step in case.visits}
        return done or ({one.origin} if one.origin >= 0 else set(one.targets))

    def reset(self, case: Case, makers: set[int], fallen: set[int]) -> None:
        """Undo steps: what they gave is revoked, their visits end, their defects are gone."""
        for document, paper in list(case.held.items()):
            if paper.giver in fallen and not self.model.papers[document].kept:
                self.revoke(case, document)
        for visit in sorted(case.open, key=lambda v: v.order):
            if visit.step in fallen and not visit.void:
                self.undo(visit)
        gone = {i for i, one in enumerate(self.model.instances) if one.origin in fallen}
        for paper in case.held.values():
            for instance in gone & paper.marks.keys():
                del paper.marks[instance]
        for visit in case.open:
            for instance in gone & visit.product.keys():
                del visit.product[instance]
            for paper in visit.papers.values():
                for instance in gone & paper.marks.keys():
                    del paper.marks[instance]
        case.overlooked -= gone

    def revoke(self, case: Case, document: int) -> None:
        del case.held[document]

    def undo(self, visit: Visit) -> None:
        """End a visit that was reset.

        "Queued visits are withdrawn, visits in their delay are void at once, visits in service are
        void but hold their staff and attention to the end of the work."
        """
        if self.waits(visit):
            self.withdraw(visit)
        elif visit.state == "delay":
            self.close(visit, "void")
        else:
            visit.void = True
            self.end_acting(visit, gave=False)

    def withdraw(self, visit: Visit) -> None:
        """Take a visit out of the queue, with the staff that it already has."""
        self.release(visit)
        visit.started = visit.finished = NEVER
        self.close(visit, "withdrawn")

    def move(self, case: Case, step: int, channel: int) -> bool:
        """Move a step to a channel "unless the case could then not get a document it wants"."""
        before = case.moved.get(step)
        case.moved[step] = channel
        try:
            self.needs.wanted(case)
        except LookupError:
            if before is None:
                del case.moved[step]
            else:
                case.moved[step] = before
            return False
        return True

    # -- money ---------------------------------------------------------------------------------

    def pay(self, case: Case, instance: int) -> None:
        """Send money astray: "every such defect in its product, once a case"."""
        one = self.instance(instance)
        if instance in case.mispaid:
            return
        if one.loss_of >= 0:
            case.mispaid[instance] = case.attributes[one.loss_of]
        elif one.loss is not None:
            case.mispaid[instance] = self.numbers.number(one.loss, self.asking(case))

    def detect(self, case: Case, instance: int) -> None:
        if instance in case.mispaid:
            case.detected.add(instance)

    def recover(self, case: Case, instance: int, share: int) -> None:
        """Bring money back: "that share of it, to the yen"."""
        if instance in case.mispaid and instance not in case.recovered:
            case.recovered[instance] = (case.mispaid[instance] * share + SHARE // 2) // SHARE

    # -- rules ---------------------------------------------------------------------------------

    def decide(  # noqa: PLR0913, PLR0917 -- who is asked what about what
        self, event: str, actor: int, asking: Asking, case: Case, step: int, visit: int
    ) -> tuple[int, Action]:
        """Ask somebody: "the first whose conditions all hold decides"."""
        rules = self.model.actors[actor].rules[QUESTIONS.index(event)]
        for rule in rules:
            if self.numbers.holds(rule.test, asking):
                return self.decided(event, actor, case, step, visit, rule)
        return self.decided(event, actor, case, step, visit, None)

    def decided(  # noqa: PLR0913, PLR0917 -- the columns of the row
        self, event: str, actor: int, case: Case, step: int, visit: int, rule: Rule | None
    ) -> tuple[int, Action]:
        """Write down a decision; "without one the first action of the table is taken"."""
        action = rule.action if rule is not None else Action(ACTIONS[event][0])
        number = rule.number if rule is not None else NEVER
        self.decisions.append(
            (
                self.now, case.number, actor, QUESTIONS.index(event), number,
                ACTIONS[event].index(action.do), step, visit,
            )
        )
        return number, action

    # -- waiting -------------------------------------------------------------------------------

    def plan_patience(self, case: Case) -> None:
        """Put the next beginnings of the applicant's rules of `waiting` on the agenda."""
        rules = self.model.actors[case.stream.applicant].rules[QUESTIONS.index("waiting")]
        for time in {t for rule in rules for t in self.beginnings(case, rule.test)}:
            if time >= self.now:
                since = case.waited
                self.at(
                    time, "patience",
                    lambda since=since: self.wait(case, since), case.number, 0, 0,
                )

    def reset_patience(self, case: Case) -> None:
        """Begin to wait anew."""
        case.waited = self.now
        self.plan_patience(case)

    def holds_at(self, case: Case, test: Test, time: int) -> bool:
        """Return whether the conditions of a rule on `waited` and `elapsed` hold at a second."""
        values = {WAITED: time - case.waited, ELAPSED: time - case.start}
        return all(inside(spans, values[v]) for v, spans in test.tests if v in values)

    def beginnings(self, case: Case, test: Test) -> list[int]:
        """Return the seconds at which a rule begins to hold."""
        zero = {WAITED: case.waited, ELAPSED: case.start}
        edges = {
            zero[v] + low for v, spans in test.tests if v in zero for low, _ in spans if low > 0
        }
        return sorted(
            t
            for t in edges | {self.now}
            if self.holds_at(case, test, t)
            and (t <= self.now or not self.holds_at(case, test, t - 1))
        )

    def wait(self, case: Case, since: int) -> None:
        """Ask the rules of `waiting` that begin to hold in this second, read from the top."""
        if case.over or case.waited != since:
            return
        self.touch(case)
        actor = case.stream.applicant
        beginning = []
        for rule in self.model.actors[actor].rules[QUESTIONS.index("waiting")]:
            if not self.holds_at(case, rule.test, self.now):
                case.begun.pop(rule.number, None)
            elif self.begins(case, rule):
                beginning.append(rule)
        if not beginning:
            return
        decided = None
        for rule in beginning:
            case.asked_rules[rule.number] = case.asked_rules.get(rule.number, 0) + 1
            asking = self.asking(case, case.asked_rules[rule.number])
            if decided is None and self.numbers.holds(rule.test, asking):
                decided = rule
        if decided is None:
            return
        number, action = self.decided("waiting", actor, case, 0, 0, decided)
        if action.do == "give_up":
            self.finish_case(case, "abandoned", f"rule.{self.model.rules[number]}")
        elif action.do == "hurry":
            for visit in case.open:
                if self.waits(visit):
                    visit.priority -= action.hurry

    def begins(self, case: Case, rule: Rule) -> bool:
        """Return whether a rule that holds now was not yet asked since it began."""
        waited = any(v == WAITED for v, _ in rule.test.tests)
        stamp = case.waited if waited else 0
        if case.begun.get(rule.number) == stamp:
            return False
        case.begun[rule.number] = stamp
        return True

    # -- outages -------------------------------------------------------------------------------

    def plan_outages(self) -> None:
        """Put the seconds at which a `down_for` condition can begin to hold on the agenda."""
        lows = {0}
        for actor in self.model.actors:
            for rule in actor.rules[QUESTIONS.index("outage")]:
                for variable, spans in rule.test.tests:
                    if variable == DOWN_FOR:
                        lows |= {max(low, 0) for low, _ in spans}
        for number, actor in enumerate(self.model.actors):
            for start, end in actor.outages:
                for low in lows:
                    if start + low < end:
                        self.at(
                            start + low, "outage",
                            lambda number=number, start=start: self.look_at_outage(number, start),
                            -1, number, 0,
                        )

    def look_at_outage(self, actor: int, start: int) -> None:
        for case in self.cases:
            for visit in sorted(case.open, key=lambda v: v.order):
                if self.waits(visit) and actor in visit.way.actors:
                    self.ask_about_outage(visit, start)

    def outage_when_enabled(self, visit: Visit) -> None:
        for actor in visit.way.actors:
            for start, end in self.model.actors[actor].outages:
                if start <= self.now < end and visit.state != "closed":
                    self.ask_about_outage(visit, start)

    def ask_about_outage(self, visit: Visit, start: int) -> None:
        """Ask the applicant, or the AI of the step, whether to go another way."""
        case = visit.case
        if not self.waits(visit):
            return
        first = visit.way.actors[0]
        asked = first if self.model.actors[first].kind == "ai" else case.stream.applicant
        asking = self.of(visit, {DOWN_FOR: self.now - start})
        _, action = self.decide("outage", asked, asking, case, visit.step, visit.number)
        if action.do == "use" and self.move(case, visit.step, action.channel):
            self.withdraw(visit)
            self.touch(case)

    # -- deadlines -----------------------------------------------------------------------------

    def wind(self, case: Case, clock: Clock, document: int) -> None:
        """Let a period begin, at the start of the case or with the giving of a document."""
        if clock.after >= 0 and document < 0:
            if clock.after not in case.held:
                return
        if clock.missed != GIVEN and clock.after >= 0 and case.first[clock.after] != self.now:
            return  # "the first giving counts"
        due = self.due(clock)
        if clock.missed == GIVEN and clock.after >= 0:
            paper = case.held[clock.after]
        else:
            paper = None
        order = (GIVEN, LATE, EXPIRED).index(clock.missed)
        self.at(
            max(due, self.now), "deadline",
            lambda: self.miss(case, clock, paper), case.number, order, 0,
        )

    def due(self, clock: Clock) -> int:
        """Return when a period that begins now ends."""
        if clock.at is not None:
            return clock.at
        if clock.kind == 0:
            return self.now + clock.amount
        days = self.model.calendars[self.model.days]
        return legal_deadline(days, self.now, clock.amount, business=clock.kind == 2)  # noqa: PLR2004

    def miss(self, case: Case, clock: Clock, paper: Paper | None) -> None:
        """See at the end of a period whether the document is there."""
        if case.over:
            return
        if clock.missed == GIVEN:
            self.consent(case, clock, paper)
        elif clock.document not in case.first:
            self.touch(case)
            if clock.missed == LATE:
                case.late = True
            else:
                self.finish_case(case, "expired", clock.cause)

    def consent(self, case: Case, clock: Clock, paper: Paper | None) -> None:
        """Let silence be consent."""
        document = clock.document
        if document in case.held or document in case.expired:
            return
        if paper is not None and case.held.get(clock.after) is not paper:
            return
        self.touch(case)
        for visit in sorted(case.open, key=lambda v: v.order):
            if document in visit.way.gives and not visit.void:
                self.undo(visit)
        self.hold(case, document, Paper({}, -1), 0)

    # -- batches and places --------------------------------------------------------------------

    def gather(self, case: Case, way: Profile) -> None:
        """Wait for the batch."""
        assert way.batch is not None
        time = self.now
        if way.batch.timetable >= 0:
            time = self.model.timetables[way.batch.timetable].next_slot(self.now)
        key = ("batch", self.profile_number(way), time)
        if key not in self.done:
            self.done[key] = True
            self.at(time, "batch", lambda: self.batch(way, key), -1, way.step, way.channel)

    def batch(self, way: Profile, key: tuple[str, int, int]) -> None:
        """Let all cases that are ready for a step in a channel go together."""
        del self.done[key]
        assert way.batch is not None
        ready = [
            case
            for case in self.cases
            if not case.over and way.step in case.ready and self.needs.way(case, way.step) == way
        ]
        for first in range(0, len(ready), way.batch.most):
            group = ready[first : first + way.batch.most]
            visits = [
                self.enable(case, way, self.profile_number(way) if not i else way.batch.rider)
                for i, case in enumerate(group)
            ]
            for visit in visits:
                visit.mates = visits
                visit.key = visits[0].case.key
                self.touch(visit.case)
            self.serve_one(visits[0])

    def once(self, case: Case, way: Profile) -> None:
        """Act for the whole place, wait for who does, or have it at once if it is done.

        "Begun by the first case of a place that is ready for it; the others wait (in transit)
        until that visit gives, and have its documents in the same second, made with the same
        draws; whoever is ready later has them at once."
        """
        place = (case.stream.name, case.site, way.step)
        leader = self.done.get(place)
        if leader is not None:
            visit = self.enable(case, way, way.once)
            visit.key = leader.key
            self.grant(visit)
        elif place not in self.acting and self.attends(case, way):
            visit = self.enable(case, way, self.profile_number(way))
            self.acting[place] = visit
            visit.place = place
            self.serve_one(visit)

    def end_acting(self, visit: Visit, *, gave: bool) -> None:
        """Hand what was given to all who wait at the place; or let "the next case begin it"."""
        place = visit.place
        if place is None or self.acting.get(place) is not visit:
            return
        del self.acting[place]
        if gave:
            self.done[place] = visit
        for case in self.cases:
            if (case.stream.name, case.site) == place[:2] and visit.step in case.ready:
                self.touch(case)

    # -- the end of a case ---------------------------------------------------------------------

    def finish_case(
        self, case: Case, outcome: str, why: str | int, last: Cause | None = None
    ) -> None:
        """End a case.

        "Its queued visits are withdrawn and its delays dropped; visits in service hold their staff
        to the end of the work and are then dropped."
        """
        if case.over:
            return
        case.over = True
        case.end, case.outcome = self.now, OUTCOMES.index(outcome)
        case.why = why if isinstance(why, int) else self.model.causes.index(why)
        case.last = self.cause if last is None else last
        for visit in sorted(case.open, key=lambda v: v.order):
            if self.waits(visit):
                self.withdraw(visit)
            elif visit.state == "delay":
                self.close(visit, "dropped")

    # -- the log -------------------------------------------------------------------------------

    def log(self) -> Log:
        """Return the tables of the run."""
        cases = sorted(self.cases, key=lambda case: case.number)
        streams = list(self.model.streams)
        rows = [
            (
                case.number, streams.index(case.stream), case.channel, case.start, case.end,
                case.outcome, case.why, int(case.late), case.returns, *case.last,
                sum(case.mispaid.values()),
                sum(case.mispaid[i] for i in case.detected), sum(case.recovered.values()),
            )
            for case in cases
        ]
        visible = len(self.model.documents) - self.model.hidden
        milestones = np.full((len(cases), visible), NEVER, np.int64)
        harms = np.zeros((len(cases), len(self.model.defects)), np.bool_)
        for i, case in enumerate(cases):
            for document, time in case.milestones.items():
                if document < visible:
                    milestones[i, document] = time
            for defect in case.harms:
                harms[i, defect] = True
        area = [self.area.get(actor, 0) for actor in range(len(self.model.actors))]
        return Log(
            replication=self.replication,
            events=np.array(self.events, EVENTS),
            cases=np.array(rows, CASES),
            decisions=np.array(self.decisions, DECISIONS),
            milestones=milestones,
            attributes=np.array([c.attributes for c in cases], np.int64).reshape(
                len(cases), len(self.model.attributes)
            ),
            harms=harms,
            queue_area=np.array(area, np.int64),
        )

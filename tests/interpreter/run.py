"""A second interpreter of a compiled model, written from docs/semantics.md alone.

It is slow and obvious, and knows nothing of the engine: sets instead of bits, one sorted list of
what is pending, every rule beside the sentence that it stands for. Quotations are from
docs/semantics.md.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np

from sim.compile.calendars import legal_deadline
from sim.compile.program import (
    CHANNEL,
    CONFIDENCE,
    DEFECT,
    DOWN_FOR,
    ELAPSED,
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
    WEEKDAY,
    ActionSpec,
    DeadlineSpec,
    DefectSpec,
    Predicate,
    Program,
    RuleSpec,
    StepSpec,
    StreamSpec,
    VisitSpec,
)
from sim.language.agent import ACTIONS
from sim.language.agent import EVENTS as QUESTIONS
from sim.log import CASES, DECISIONS, EVENTS, NEVER, OUTCOMES, RESULTS, Log
from tests.interpreter.needs import Needs
from tests.interpreter.numbers import Asking, Draws, Numbers, inside, members
from tests.interpreter.state import NOBODY, Case, Cause, Key, Paper, Visit

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

DAY: Final = 86_400
MOST_VISITS: Final = 255
MISSED: Final = (GIVEN, LATE, 1)
"""Deadlines of one second: silence, late, expired."""


def run(model: Program, seed: int, replication: int) -> Log:
    """Execute a model and return its log."""
    return World(model, seed, replication).run()


class World:
    """Everything there is in one replication."""

    def __init__(self, model: Program, seed: int, replication: int) -> None:
        self.model = model
        self.replication = replication
        self.numbers = Numbers(model, Draws(seed, replication))
        self.needs = Needs(model, self.numbers)
        self.now = 0
        self.pending: list[tuple[tuple[int, ...], Callable[[], None]]] = []
        self.foreseen = 0
        self.cases: list[Case] = []
        self.queues: dict[int, list[Visit]] = {}
        self.busy: dict[int, int] = {}
        self.area: dict[int, int] = {}
        for number, actor in enumerate(model.actors):
            if actor.staffed:
                self.queues[number], self.busy[number], self.area[number] = [], 0, 0
        self.touched: list[Case] = []
        self.acting: dict[tuple[str, int, int], Visit] = {}
        self.done: dict[tuple[str, int, int], Visit] = {}
        self.events: list[tuple[int, ...]] = []
        self.decisions: list[tuple[int, ...]] = []

    # -- the agenda ----------------------------------------------------------------------------

    def at(self, time: int, kind: str, key: Iterable[int], act: Callable[[], None]) -> None:
        """Put something on the agenda.

        "Events are handled in the order (time, kind, case, step, visit). What is equal in all
        this is handled in the order in which it was foreseen."
        """
        self.foreseen += 1
        entry = ((time, KINDS.index(kind), *key, self.foreseen), act)
        insort(self.pending, entry, key=lambda one: one[0])

    def run(self) -> Log:
        """Handle one event after the other until nothing is pending."""
        for actor in self.queues:
            for time, _ in self.model.actors[actor].staff:
                self.at(time, "staff", (actor, 0, 0), self.serve)
        for stream in self.model.streams:
            self.expect(stream)
        self.foresee_outages()
        while self.pending:
            (self.now, *_), act = self.pending.pop(0)
            self.touched = []
            act()
            for case in self.touched:
                self.settle(case)
        return self.log()

    def touch(self, case: Case) -> None:
        """Note that something happened to a case: "it is settled after everything"."""
        if case not in self.touched:
            self.touched.append(case)

    def settle(self, case: Case) -> None:
        """Let the consequences of what happened to a case follow.

        "Freed staff goes to the heads of the queues; then skipped steps pass, as long as any can;
        then `ends` are tested, from the top; then the goal; then it is noted which steps are
        ready and these start."
        """
        self.serve()
        if not case.over:
            self.go_on(case)
        if case.over:
            self.serve()

    def go_on(self, case: Case) -> None:
        """Let skipped steps pass, test the ends and the goal, start what is ready."""
        while passing := self.needs.passing(case):
            for way, documents in passing:
                self.pass_on(case, way, documents)
            given = {document for _, documents in passing for document in documents}
            if given & set(self.needs.hidden.values()):
                self.needs.settle(case)
        for end in case.stream.ends:
            known = members(end.knowledge) <= case.held.keys()
            if known and self.numbers.holds(end.test, self.needs.asking(case)):
                self.finish_case(case, OUTCOMES[end.outcome], end.cause, self.just_closed(case))
                return
        if case.plan.goals <= case.held.keys():
            self.reach(case)
        else:
            self.note_ready(case)
            self.start_ready(case)

    # -- what amounts and conditions read ------------------------------------------------------

    def asking(
        self, case: Case, key: Key, known: dict[int, int] | None = None, topic: str | None = None
    ) -> Asking:
        """Return an occasion on which something is asked; ``known``: what only it knows."""
        values = {
            **self.then(self.now),
            CHANNEL: case.channel,
            RETURNS: case.returns,
            ELAPSED: self.now - case.start,
            VISIT: 0,
            QUEUE: 0,
        } | (known or {})
        plain = self.needs.asking(case).read

        def read(variable: int) -> int:
            return values[variable] if variable in values else plain(variable)

        return Asking(*key, read, topic)

    def of_case(self, case: Case, number: int = 0, known: dict[int, int] | None = None) -> Asking:
        """Return an occasion of a case by itself."""
        return self.asking(case, Key(case.stream, case.place, number), known)

    def of_visit(
        self,
        visit: Visit,
        known: dict[int, int] | None = None,
        key: Key | None = None,
        topic: str | None = None,
    ) -> Asking:
        """Return an occasion of a visit; `queue`: how many wait for its last pool."""
        pools = visit.way.pools
        values = {
            VISIT: visit.number,
            CHANNEL: visit.way.channel,
            QUEUE: len(self.queues[pools[-1]]) if pools else 0,
        }
        return self.asking(visit.case, key or visit.key, values | (known or {}), topic)

    @staticmethod
    def own(visit: Visit) -> Key:
        """Return the key of a visit's own draws."""
        return Key(visit.case.stream, visit.case.place, visit.number)

    def instance(self, number: int) -> DefectSpec:
        """Return a defect: "one pair (name, maker)"."""
        return self.model.instances[number]

    # -- arrivals ------------------------------------------------------------------------------

    def expect(self, stream: StreamSpec) -> None:
        """Foresee the cases of a stream.

        "Times between the cases of a stream add up in its open hours; a case comes in the second
        at which so much has passed, or at the next opening." Of spread arrivals "a moment is the
        whole number of open seconds before it".
        """
        calendar = self.model.calendars[stream.calendar]
        ticks = 0
        for place in range(stream.count):
            start = self.model.start
            if stream.arrivals != "at_once":
                asking = Asking(stream, place, 0, lambda _: 0)
                amount = self.numbers.number(stream.gaps, asking)
                ticks = amount * TICKS if stream.arrivals == "spread" else ticks + amount
                start = calendar.finish(start, ticks // TICKS)
            site = place % stream.sites if stream.sites else place
            case = Case(stream.first_case + place, place, site, stream, calendar.next_open(start))
            case.attributes = [0] * len(self.model.attributes)
            self.cases.append(case)
            self.at(case.start, "arrival", (case.number, 0, 0), partial(self.arrive, case))

    def arrive(self, case: Case) -> None:
        """Let a case begin.

        "Attributes in an order in which each follows those it depends on, the rules of `start`,
        the locker, how steps are done, periods from the start, then the case is settled."
        """
        case.channel = max(self.model.channel, 0)
        case.waits = [self.now]
        for attribute, node in case.stream.attributes:
            place = case.site if attribute in case.stream.shared else case.place
            asking = self.asking(case, Key(case.stream, place, 0))
            case.attributes[attribute] = self.numbers.number(node, asking)
        self.touch(case)
        self.choose(case)
        if case.over:
            return
        self.unlock(case)
        self.needs.settle(case)
        for i, clock in enumerate(case.stream.clocks):
            if clock.after < 0 or clock.after in case.held:
                self.begin_period(case, i, clock)
        self.at(
            case.start + self.model.horizon,
            "horizon",
            (case.number, 0, 0),
            lambda: self.finish_case(case, "unfinished", "horizon"),
        )
        self.foresee_patience(case)

    def choose(self, case: Case) -> None:
        """Ask the applicant on arrival; `use` is for mixed arms."""
        mixed = self.model.channel < 0
        actor = case.stream.applicant
        rules = self.model.actors[actor].rules[QUESTIONS.index("start")]
        rules = tuple(rule for rule in rules if mixed or rule.action.do != "use")
        rule = self.first(rules, self.of_case(case))
        if rule is None:
            return
        self.write("start", actor, case, 0, 0, rule)
        if rule.action.do == "use":
            case.channel = rule.action.channel
        elif rule.action.do == "give_up":
            self.give_up(case, rule)

    def unlock(self, case: Case) -> None:
        """Fill the locker: each document perhaps, of some age, perhaps with defects."""
        for holding in case.stream.locker:
            asking = self.of_case(case)
            if not self.numbers.happens(holding.share, holding.share_point, asking):
                continue
            document, paper = holding.document, self.model.papers[holding.document]
            marks: set[int] = set()
            for act in holding.makes:
                assert act.share is not None
                if self.numbers.happens(act.share, act.point, asking):
                    marks.add(act.instance)
            over = None
            if paper.valid is not None:
                age = self.numbers.number(holding.age, asking)
                over = self.numbers.after(paper.valid, self.now, asking) - age
                if over <= self.now and paper.lapsed < 0:
                    continue  # "the time is over before the case begins: it is not in the locker"
            for instance in marks:
                case.made[instance] = case.channel, None
            case.held[document] = Paper(marks, over=over)
            case.first[document] = self.now
            if over is None or over > self.now:  # with `lapsed`, what is too old "is there"
                self.watch_age(case, document)

    # -- a case goes on ------------------------------------------------------------------------

    def pass_on(self, case: Case, way: StepSpec, documents: list[int]) -> None:
        """Let a skipped step pass documents on: "the defects of its needs travel along".

        "What it passes on has no date."
        """
        marks: set[int] = set()
        for need in members(way.needs):
            marks |= case.held[need].marks
        for document in documents:
            self.hold(case, document, Paper(set(marks), way.step))

    def reach(self, case: Case) -> None:
        """End a case that has all: clean, or flawed by a defect with harm in a goal document."""
        marks: set[int] = set()
        for document in case.plan.goals:
            marks |= case.held[document].marks
        case.harms = {self.instance(i).defect for i in marks if self.instance(i).harm}
        last = self.just_closed(case)
        if case.harms:
            self.finish_case(case, "flawed", self.model.defects[min(case.harms)], last)
        else:
            self.finish_case(case, "clean", NEVER, last)

    def note_ready(self, case: Case) -> None:
        """Note which steps are ready, since when and because of what."""
        ways = {
            step: way
            for step, way in self.needs.wanted(case).items()
            if case.under_way(step) is None
            and step not in case.plan.skipped
            and members(way.needs) <= case.held.keys()
            and case.redo.get(step, (self.now, NOBODY))[0] <= self.now
        }
        case.ready = {step: since for step, since in case.ready.items() if step in ways}
        for step in ways.keys() - case.ready.keys():
            until, letter = case.redo.get(step, (NEVER, NOBODY))
            cause = letter if until == self.now else case.closed[1]
            case.ready[step] = self.now, cause

    def start_ready(self, case: Case) -> None:
        """Start what was noted as ready, "in the order of their agents"."""
        plan = case.plan
        for step in sorted(case.ready, key=lambda one: self.model.precedence[one]):
            way = plan.ways[step]
            if case.plan is not plan:  # the turn of another step has settled the case anew
                return
            if case.over or step not in case.ready or way is None:
                continue
            if self.at_a_place(case, way):
                self.go_on_at_place(case, way)
            elif way.batch is not None:
                self.gather(way)
            elif self.attends(case, way):
                self.enable(case, way)

    def attends(self, case: Case, way: StepSpec) -> bool:
        """Return whether "each actor of the step that has no staff has attention to spare".

        "It is held from enabled to finished."
        """
        held = [v for v in case.open if v.state in ("queued", "service", "fixing")]
        return all(
            sum(actor in v.way.persons for v in held) < self.model.actors[actor].limit
            for actor in way.persons
            if self.model.actors[actor].limit >= 0
        )

    def begin(self, case: Case, way: StepSpec, profile: int, key: Key | None = None) -> Visit:
        """Begin a visit: it keeps the documents that it needs."""
        ready, cause = case.ready.pop(way.step)
        number = case.visits.get(way.step, 0) + 1
        actual = self.model.profiles[profile]
        papers = {document: case.held[document] for document in members(way.needs)}
        own = Key(case.stream, case.place, number)
        visit = Visit(
            case, way.step, number, profile, actual, ready, self.now, cause, papers, key or own
        )
        case.visits[way.step] = number
        case.open.append(visit)
        case.redo.pop(way.step, None)
        visit.priority = self.numbers.number(actual.priority, self.of_visit(visit))
        return visit

    def enable(self, case: Case, way: StepSpec) -> None:
        """Enable a visit: "it then asks for its first pool, and free staff is granted at once"."""
        if self.too_many(case, way.step):
            return
        plan = case.plan
        visit = self.begin(case, way, self.model.ways[way.step][way.channel])
        place = (case.stream.name, case.site, way.step)
        if way.once >= 0 and place not in self.done | self.acting:
            visit.place = place
            self.acting[place] = visit
        self.queue_up(visit)
        self.serve()
        self.meet_outages(visit)
        if case.plan is not plan:  # an outage has moved the step
            self.settle(case)

    def too_many(self, case: Case, step: int) -> bool:
        """End a case that would visit a step too often."""
        if case.visits.get(step, 0) < MOST_VISITS:
            return False
        self.finish_case(case, "abandoned", "endless", self.just_closed(case))
        return True

    # -- queues --------------------------------------------------------------------------------

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
        while True:
            free = [a for a, queue in self.queues.items() if queue and self.busy[a] < self.staff(a)]
            if not free:
                return
            actor = min(free)
            head = min(self.queues[actor], key=lambda v: (v.priority, v.enabled, *v.order))
            self.leave_queue(head)
            self.busy[actor] += 1
            head.staff.append(actor)
            self.queue_up(head)

    def staff(self, actor: int) -> int:
        """Return how many work in a pool now."""
        return [n for since, n in self.model.actors[actor].staff if since <= self.now][-1]

    def leave_queue(self, visit: Visit) -> None:
        """Take a visit out of the queue in which it waits."""
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
        """Grant a visit and all that ride with it; "the others need nobody"."""
        calendar = self.model.calendars[visit.way.calendar]
        started = calendar.next_open(self.now)
        work = self.numbers.number(
            self.manner(visit).work, self.of_visit(visit, self.then(started))
        )
        for one in (visit, *self.mates(visit)):
            self.serve_until(one, started, calendar.finish(started, work))

    def serve_until(self, visit: Visit, started: int, finished: int) -> None:
        """Let a visit be in service; it "takes the defects of the documents it needs"."""
        visit.state, visit.granted = "service", self.now
        visit.started, visit.finished = started, finished
        case = visit.case
        for document in visit.papers:
            ran_out = [paper for name, paper in visit.ran_out if name == document]
            for one in (*ran_out, *([case.held[document]] if document in case.held else [])):
                visit.product |= one.marks
                lapsed = self.model.papers[document].lapsed
                if one.over is not None and one.over <= started and lapsed >= 0:
                    visit.product.add(lapsed)
                    case.made[lapsed] = visit.way.channel, None
        self.at(finished, "finished", visit.order, lambda: self.finished(visit))

    def then(self, time: int) -> dict[int, int]:
        """Return what is to be known of a second: month, day of the week, time since the start."""
        day = time // DAY
        return {
            MONTH: self.model.months[day],
            WEEKDAY: (self.model.weekday + day) % 7,
            TIME: time - self.model.start,
        }

    def mates(self, visit: Visit) -> list[Visit]:
        """Return the visits that ride with one and have not started."""
        return [one for one in visit.batch if one is not visit and self.waits(one)]

    def waits(self, visit: Visit) -> bool:
        """Return whether a visit is enabled and not started."""
        return visit.state == "queued" or (visit.state == "service" and visit.started > self.now)

    def manner(self, visit: Visit) -> VisitSpec:
        """Return how a visit is done: the first, or again."""
        return visit.way.first if visit.number == 1 else visit.way.again

    # -- work is done --------------------------------------------------------------------------

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
                visit.product.add(act.instance)
                many = visit.key if visit.key != self.own(visit) else None
                visit.case.made[act.instance] = visit.way.channel, many

    def find(self, visit: Visit) -> list[tuple[int, RuleSpec | None, ActionSpec, Asking]]:
        """Find "for each defect it holds, by its chance, once a visit", and ask the finder."""
        case, finder = visit.case, visit.way.actors[-1]
        answers: list[tuple[int, RuleSpec | None, ActionSpec, Asking]] = []
        for act in sorted(self.manner(visit).finds, key=lambda one: one.instance):
            if act.instance not in visit.product or act.instance in case.overlooked:
                continue
            channel, many = case.made[act.instance]
            key = self.own(visit)
            if many is not None:
                key = Key(many.stream, many.case, visit.number)
            asking = self.of_visit(visit, {MADE_IN: channel}, key)
            assert act.share is not None
            if not self.numbers.happens(act.share, act.point, asking):
                continue
            if act.instance in case.mispaid:
                case.detected.add(act.instance)
            if answers and answers[-1][2].do == "dismiss":
                continue  # "nobody is asked after a `dismiss`", but what is found is detected
            known = {DEFECT: self.instance(act.instance).defect}
            topic = self.model.points[act.point]
            asking = self.of_visit(visit, known, self.own(visit), topic)
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
        case.overlooked |= {one for one, _, action, _ in answers if action.do == "overlook"}
        if ending and ending[-1][2].do == "dismiss":
            self.release(visit)
            self.touch(case)
            cause = self.model.defects[self.instance(ending[-1][0]).defect]
            self.close(visit, "dropped")
            self.finish_case(case, "dismissed", cause, (visit.step, visit.number))
        elif ending:
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
        self.close(visit, "given")
        self.wait_anew(case)
        case.asked[visit.step] = visit.asked
        for document in visit.way.gives:
            paper = Paper(set(visit.product), visit.step)
            valid = self.model.papers[document].valid
            if valid is not None:
                paper.over = self.numbers.after(
                    valid, self.now, self.of_visit(visit, key=self.own(visit))
                )
            self.hold(case, document, paper)
        if any(document in self.needs.hidden.values() for document in visit.way.gives):
            self.needs.settle(case)
        case.alone.add(visit.step)
        self.end_acting(visit, gave=True)

    def hold(self, case: Case, document: int, paper: Paper) -> None:
        """Put a document that was given into the locker."""
        case.held[document] = paper
        case.expired.pop(document, None)
        first = document not in case.first
        case.first.setdefault(document, self.now)
        case.milestones.setdefault(document, self.now)
        self.watch_age(case, document)
        for i, clock in enumerate(case.stream.clocks):
            if clock.after == document and (first or clock.missed == GIVEN):
                self.begin_period(case, i, clock)

    def watch_age(self, case: Case, document: int) -> None:
        """See to it that a document leaves the locker when its time is over."""
        paper = case.held[document]

        def expire() -> None:
            if not case.over and case.held.get(document) is paper:
                case.expired[document] = case.held.pop(document)
                for visit in case.open:
                    if self.waits(visit) and document in visit.papers:
                        visit.ran_out.append((document, paper))
                self.touch(case)

        if paper.over is not None:
            self.at(paper.over, "expiry", (case.number, document, 0), expire)

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

    # -- returns -------------------------------------------------------------------------------

    def send_back(self, visit: Visit, instances: list[int]) -> None:
        """Return what was found: "all that one visit returns is one letter".

        "`returns` counted, the visit closed, `waited` reset, the question asked, the reset, then
        `give_up` or the redo and `use`, then the case is settled."
        """
        case = visit.case
        case.returns += 1
        self.close(visit, "returned")
        self.wait_anew(case)
        case.alone.add(visit.step)
        makers: set[int] = set()
        papers: set[int] = set()
        for instance in instances:
            makers |= self.goes_back_to(case, instance)
            if self.instance(instance).origin < 0:
                papers.add(-1 - self.instance(instance).origin)
        first = case.plan.ways[min(makers)]
        asked = case.stream.applicant
        if first is not None and self.model.actors[first.actors[0]].kind == "ai":
            asked = first.actors[0]
        known = {
            DEFECT: self.instance(instances[0]).defect,
            VISIT: max(case.visits.get(step, 0) for step in makers),
        }
        asking = self.of_case(case, case.returns, known)
        rule, action = self.ask("returned", asked, asking, case, visit)
        self.reset(case, *self.needs.undone(case, makers, papers))
        if action.do == "give_up":
            assert rule is not None
            self.give_up(case, rule, self.just_closed(case))
            return
        until = self.now
        if action.seconds is not None:
            until = self.numbers.after(action.seconds, self.now, asking)
        for step in sorted(makers):
            if action.do == "use":
                self.move(case, step, action.channel)
            if action.do == "ask_human":
                case.ask_next.add(step)
            case.redo[step] = until, (visit.step, visit.number)
            if until > self.now:
                self.at(until, "redo", (case.number, step, 0), lambda: self.touch(case))
        self.needs.settle(case)

    def goes_back_to(self, case: Case, instance: int) -> set[int]:
        """Return the steps that must mend a defect.

        "Back to the maker (or to `returns_to`, if the case has had a visit of that step)." A paper
        that was bad by itself "goes back to whoever gives such a paper in this case".
        """
        one = self.instance(instance)
        if any(step in case.visits for step in one.targets):
            return set(one.targets)
        if one.origin >= 0:
            return {one.origin}
        way = self.needs.giver(case, -1 - one.origin)
        return {way.step} if way is not None else set()

    def reset(self, case: Case, steps: set[int], revoked: set[int]) -> None:
        """Undo steps: what they gave is revoked, their visits end, their defects are gone."""
        for document in revoked:
            case.held.pop(document, None)  # "it counts as expired until it is there again"
        for i, clock in enumerate(case.stream.clocks):
            if (
                clock.missed == GIVEN and clock.after in revoked
            ):  # "a period of silence stops with the document"
                case.periods.pop(i, None)
        for visit in sorted(case.open, key=lambda v: v.order):
            if visit.step in steps and not visit.void:
                self.undo(visit)
        origins = steps | {-1 - document for document in revoked}
        gone = {i for i, one in enumerate(self.model.instances) if one.origin in origins}
        for paper in (*case.held.values(), *case.expired.values()):
            paper.marks -= gone
        for visit in case.open:
            visit.product -= gone
            for paper in (*visit.papers.values(), *(paper for _, paper in visit.ran_out)):
                paper.marks -= gone
        case.overlooked -= gone

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

    def move(self, case: Case, step: int, channel: int) -> bool:
        """Move a step to a channel "unless the case could then not get a document it wants"."""
        before = dict(case.moved)
        case.moved[step] = channel
        self.needs.settle(case)
        try:
            self.needs.wanted(case)
        except LookupError:
            case.moved = before
            self.needs.settle(case)
            return False
        return True

    # -- money ---------------------------------------------------------------------------------

    def pay(self, visit: Visit) -> None:
        """Send money astray: "every such defect in its product, once a case"."""
        case = visit.case
        for instance in visit.product - case.mispaid.keys():
            one = self.instance(instance)
            if one.loss_of >= 0:
                case.mispaid[instance] = case.attributes[one.loss_of]
            elif one.loss is not None:
                asking = self.of_visit(visit, key=self.own(visit))
                case.mispaid[instance] = self.numbers.number(one.loss, asking)

    # -- rules ---------------------------------------------------------------------------------

    def first(self, rules: Iterable[RuleSpec], asking: Asking) -> RuleSpec | None:
        """Return the deciding rule: "the first whose conditions all hold"."""
        return next((rule for rule in rules if self.numbers.holds(rule.test, asking)), None)

    def ask(
        self, event: str, actor: int, asking: Asking, case: Case, visit: Visit
    ) -> tuple[RuleSpec | None, ActionSpec]:
        """Ask somebody; "without one the first action of the table is taken"."""
        rules = self.model.actors[actor].rules[QUESTIONS.index(event)]
        rule = self.first(rules, asking)
        self.write(event, actor, case, visit.step, visit.number, rule)
        return rule, ActionSpec(ACTIONS[event][0]) if rule is None else rule.action

    def write(  # noqa: PLR0913, PLR0917 -- the columns of the row
        self, event: str, actor: int, case: Case, step: int, visit: int, rule: RuleSpec | None
    ) -> None:
        """Write a decision down."""
        number = NEVER if rule is None else rule.number
        action = 0 if rule is None else ACTIONS[event].index(rule.action.do)
        asked = QUESTIONS.index(event)
        self.decisions.append((self.now, case.number, actor, asked, number, action, step, visit))

    def give_up(self, case: Case, rule: RuleSpec, last: Cause = NOBODY) -> None:
        """End a case "`abandoned` with the rule's name as the cause"."""
        self.finish_case(case, "abandoned", f"rule.{self.model.rules[rule.number]}", last)

    # -- waiting -------------------------------------------------------------------------------

    def wait_anew(self, case: Case) -> None:
        """Count `waited` anew: "since the case last gave a document or was returned"."""
        case.waits.append(self.now)
        self.foresee_patience(case)

    def patient(self, case: Case, test: Predicate, time: int) -> bool:
        """Return whether a rule's conditions on `waited` and `elapsed` hold at a second.

        "Before the case began nothing held."
        """
        if time < case.start:
            return False
        waited = time - max(since for since in case.waits if since <= time)
        values = {WAITED: waited, ELAPSED: time - case.start}
        return all(inside(spans, values[v]) for v, spans in test.tests if v in values)

    def foresee_patience(self, case: Case) -> None:
        """Foresee every second at which a rule of `waiting` may begin to hold."""
        rules = self.model.actors[case.stream.applicant].rules[QUESTIONS.index("waiting")]
        zero = {WAITED: self.now, ELAPSED: case.start}
        edges = {
            zero[v] + max(low, 0)
            for rule in rules
            for v, spans in rule.test.tests
            if v in zero
            for low, _ in spans
        }
        if rules:
            edges.add(self.now)
        for time in sorted(edges):
            looked = time == self.now == case.looked  # "a rule is asked at one second only"
            if time >= self.now and time not in case.patience and not looked:
                case.patience.add(time)
                self.at(time, "patience", (case.number, 0, 0), lambda: self.look(case))

    def look(self, case: Case) -> None:
        """Look at a case's patience.

        "A rule begins to hold in a second if its conditions hold then and did not in the second
        before." "A rule that is read counts as asked; one that stands below the rule that decides
        is not read."
        """
        case.patience.discard(self.now)
        case.looked = self.now
        if case.over:
            return
        actor = case.stream.applicant
        for rule in self.model.actors[actor].rules[QUESTIONS.index("waiting")]:
            begins = self.patient(case, rule.test, self.now)
            if not begins or self.patient(case, rule.test, self.now - 1):
                continue
            asked = case.asked_rules.get(rule.number, 0) + 1
            case.asked_rules[rule.number] = asked
            known = {WAITED: self.now - case.waits[-1]}
            if self.numbers.holds(rule.test, self.of_case(case, asked, known)):
                self.answer_waiting(case, actor, rule)
                return

    def answer_waiting(self, case: Case, actor: int, rule: RuleSpec) -> None:
        """Do what a rule of `waiting` says: "`wait` decides too, and nothing follows"."""
        if rule.action.do != "wait":
            self.touch(case)
            self.write("waiting", actor, case, 0, 0, rule)
        if rule.action.do == "give_up":
            self.give_up(case, rule)
        elif rule.action.do == "hurry":
            for visit in case.open:
                if any(visit in queue for queue in self.queues.values()):
                    visit.priority -= rule.action.hurry

    # -- outages -------------------------------------------------------------------------------

    def foresee_outages(self) -> None:
        """Foresee each second in which an outage begins or a condition on it may begin to hold."""
        rules = [r for a in self.model.actors for r in a.rules[QUESTIONS.index("outage")]]
        lows = {
            max(low, 0)
            for rule in rules
            for variable, spans in rule.test.tests
            if variable == DOWN_FOR
            for low, _ in spans
        }
        for actor, one in enumerate(self.model.actors):
            for i, (start, end) in enumerate(one.outages):
                for low in sorted({0} | lows):
                    if start + low < end:
                        self.at(
                            start + low,
                            "outage",
                            (actor, i, 0),
                            partial(self.outage, actor, start),
                        )

    def outage(self, actor: int, start: int) -> None:
        """Ask about an outage wherever a visit waits."""
        for case in self.cases:
            for visit in sorted(case.open, key=lambda v: v.order):
                if actor in visit.way.actors and (self.now > start or visit.enabled < start):
                    self.ask_about(visit, actor, start, again=self.now > start)
                    if visit.state == "closed":
                        self.settle(case)

    def meet_outages(self, visit: Visit) -> None:
        """Ask a visit that was just enabled about the outages there are."""
        for actor in visit.way.actors:
            for start, end in self.model.actors[actor].outages:
                if start <= self.now < end:
                    self.ask_about(visit, actor, start, again=False)

    def ask_about(self, visit: Visit, actor: int, start: int, *, again: bool) -> None:
        """Ask "the applicant (or the AI of the step)" whether to go another way."""
        case, first = visit.case, visit.way.actors[0]
        if not self.waits(visit) or visit.batch:
            return
        asked = first if self.model.actors[first].kind == "ai" else case.stream.applicant
        topic = f"{self.model.steps[visit.step]}@{self.model.actors[actor].name}/{start}"
        rules = self.model.actors[asked].rules[QUESTIONS.index("outage")]
        if again:  # "in each second in which the condition on `down_for` begins to hold"
            rules = tuple(r for r in rules if not self.down(r.test, self.now - 1 - start))
            rules = tuple(r for r in rules if self.down(r.test, self.now - start))
        asking = self.of_visit(visit, {DOWN_FOR: self.now - start}, topic=topic)
        rule = self.first(rules, asking)
        flight = (visit.step, actor, start)
        if (
            rule is None
            or rule.action.do != "use"
            or flight in case.fled
            or case.moved.get(visit.step, case.channel) == rule.action.channel
            or not self.move(case, visit.step, rule.action.channel)
        ):
            return
        case.fled.add(flight)
        self.write("outage", asked, case, visit.step, visit.number, rule)
        if case.plan.ways[visit.step] is not visit.way:
            self.withdraw(visit)
        self.touch(case)

    @staticmethod
    def down(test: Predicate, seconds: int) -> bool:
        """Return whether a rule's condition on `down_for` holds after so many seconds."""
        return seconds >= 0 and all(
            inside(spans, seconds) for variable, spans in test.tests if variable == DOWN_FOR
        )

    # -- deadlines -----------------------------------------------------------------------------

    def begin_period(self, case: Case, number: int, clock: DeadlineSpec) -> None:
        """Let a period begin now; "the newest giving counts" for silence."""
        period = object()
        case.periods[number] = period
        key = (case.number, MISSED.index(clock.missed), clock.document)

        def end() -> None:
            if case.periods.get(number) is period and not case.over:
                self.miss(case, clock)

        self.at(max(self.due(clock), self.now), "deadline", key, end)

    def due(self, clock: DeadlineSpec) -> int:
        """Return when a period that begins now ends."""
        if clock.at is not None:
            return clock.at
        if clock.kind == 0:
            return self.now + clock.amount
        days = self.model.calendars[self.model.days]
        return legal_deadline(days, self.now, clock.amount, business=clock.kind > 1)

    def miss(self, case: Case, clock: DeadlineSpec) -> None:
        """See at the end of a period whether the document is there: "the first giving counts"."""
        if clock.missed == GIVEN:
            self.consent(case, clock)
        elif clock.document in case.first:
            return
        elif clock.missed == LATE:
            case.late = True
        else:
            self.touch(case)
            self.finish_case(case, "expired", clock.cause)

    def consent(self, case: Case, clock: DeadlineSpec) -> None:
        """Let silence be consent "unless the document is there, or was and has expired"."""
        document = clock.document
        if document in case.held or document in case.expired:
            return
        self.touch(case)
        giver = self.needs.giver(case, document)
        visit = case.under_way(giver.step) if giver is not None else None
        if visit is not None:  # "a visit of its giver is undone"
            self.undo(visit)
        self.wait_anew(case)
        self.hold(case, document, Paper(set(), silence=clock.after))

    # -- batches and places --------------------------------------------------------------------

    def gather(self, way: StepSpec) -> None:
        """Wait for the next run of the timetable, or for the end of the second."""
        assert way.batch is not None
        time = self.now
        if way.batch.timetable >= 0:
            time = self.model.timetables[way.batch.timetable].next_slot(self.now)
        profile = self.model.ways[way.step][way.channel]
        self.at(time, "batch", (way.step, profile, 0), lambda: self.make_up(way))

    def make_up(self, way: StepSpec) -> None:
        """Make up batches of all cases that are ready for a step in a channel.

        "In order of their numbers and at most `most` in one batch." "A case goes if its step is
        still ready and still done in that way."
        """
        assert way.batch is not None
        ready = [
            case
            for case in sorted(self.cases, key=lambda one: one.number)
            if not case.over and way.step in case.ready and case.plan.ways[way.step] == way
        ]
        for first in range(0, len(ready), way.batch.most):
            self.go_together(way, ready[first : first + way.batch.most])

    def go_together(self, way: StepSpec, cases: list[Case]) -> None:
        """Let some cases go together: "the first leads, the others need nobody"."""
        assert way.batch is not None
        visits: list[Visit] = []
        for case in cases:
            if self.too_many(case, way.step):
                continue
            key = visits[0].key if visits else None
            profile = way.batch.rider if visits else self.model.ways[way.step][way.channel]
            visits.append(self.begin(case, way, profile, key))
        for visit in visits:
            visit.batch = visits
        if visits:
            self.queue_up(visits[0])
            self.serve()

    def at_a_place(self, case: Case, way: StepSpec) -> bool:
        """Return whether a step is done once for the place of a case."""
        return way.once >= 0 and way.step not in case.alone

    @staticmethod
    def rides_at_place(visit: Visit) -> bool:
        """Return whether another case of the place did what this visit has."""
        return visit.way.once >= 0 and visit.way.rides

    def go_on_at_place(self, case: Case, way: StepSpec) -> None:
        """Act for the place, wait for who does, or have what it gave.

        "Begun by the first case of a place that is ready for it; the others wait until that visit
        gives, and have its documents in the same second, made with the same draws; whoever is
        ready later has them at once."
        """
        place = (case.stream.name, case.site, way.step)
        if place in self.done:
            visit = self.begin(case, way, way.once, self.done[place].key)
            self.serve_until(visit, self.now, self.now)
        elif place not in self.acting and self.attends(case, way):
            self.enable(case, way)

    def waiting_at_place(self, place: tuple[str, int, int]) -> None:
        """Let the cases that wait at a place go on."""
        for case in sorted(self.cases, key=lambda one: one.number):
            way = case.plan.ways.get(place[2])
            if case.over or place[2] not in case.ready or way is None:
                continue
            if (case.stream.name, case.site) == place[:2] and self.at_a_place(case, way):
                self.go_on_at_place(case, way)
                self.settle(case)

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
            (visit.step, visit.case.site, 0),
            lambda: self.waiting_at_place(place),
        )

    # -- the end of a case ---------------------------------------------------------------------

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
        case.ready = {}
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
                case.number,
                streams.index(case.stream),
                case.channel,
                case.start,
                case.end,
                case.outcome,
                case.why,
                int(case.late),
                case.returns,
                *case.last,
                sum(case.mispaid.values()),
                sum(case.mispaid[i] for i in case.detected),
                sum(case.recovered.values()),
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

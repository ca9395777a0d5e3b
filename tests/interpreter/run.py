"""A second interpreter of a compiled model, written from docs/semantics.md alone.

It is slow and obvious, and knows nothing of the engine: sets instead of bits, one sorted list of
what is pending, every rule beside the sentence that it stands for. Quotations are from
docs/semantics.md. ``world`` has what all chapters share; the last of them is here: how cases come
and go on.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.compile.nodes import Node
from sim.compile.program import TICKS, LoadSpec, Program, SiteSpec, StepSpec, StreamSpec
from sim.log import CASES, COMINGS, DECISIONS, DEFECTS, EVENTS, NEVER, OUTCOMES, Log
from tests.interpreter.breaks import known
from tests.interpreter.numbers import Asking, members
from tests.interpreter.state import NOBODY, Case, Key, Paper
from tests.interpreter.together import Together


def run(model: Program, seed: int, replication: int) -> Log:
    """Execute a model and return its log."""
    return Cases(known(model, seed, replication), seed, replication).run()


class Cases(Together):
    """Cases from their arrival to their end."""

    def run(self) -> Log:
        """Handle one event after the other until nothing is pending."""
        for actor in sorted({actor for actor, _ in self.queues}):
            for time, _ in self.model.actors[actor].staff:
                self.at(time, "staff", (actor, 0, 0), self.serve)
        own = len(self.model.streams) - len(self.model.loads or ())
        for number, stream in enumerate(self.model.streams[:own]):
            if self.model.sites is None:
                self.expect(stream, stream.count, self.model.start, stream.gaps)
            else:
                for site in self.model.sites.streams[number]:
                    self.expect(stream, site.count, site.start, site.gaps, site)
        for stream, load in zip(self.model.streams[own:], self.model.loads or (), strict=True):
            if load.pace:
                self.expect_piece(stream, load, 0, 0)
            else:
                self.expect(stream, stream.count, self.model.start, stream.gaps)
        self.foresee_outages()
        while self.pending:
            (self.now, *_), act = self.pending.pop(0)
            self.touched = []
            act()
            for case in self.touched:
                self.settle(case)
        return self.log()

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

    # -- arrivals ---------------------------------------------------------------------------------

    def expect(
        self,
        stream: StreamSpec,
        count: int,
        begins: int,
        gaps: Node,
        site: SiteSpec | None = None,
    ) -> None:
        """Foresee the cases of a stream, or of one place: "each has arrivals of its own".

        "Times between the cases of a stream add up in its open hours; a case comes in the second
        at which so much has passed, or at the next opening." Of spread arrivals "a moment is the
        whole number of open seconds before it".
        """
        calendar = self.model.calendars[stream.calendar]
        ticks = 0
        word = self.model.sites.words[site.place] if site and self.model.sites else 0
        for place in range(count):
            start = begins
            if stream.arrivals != "at_once":
                asking = Asking(stream, place, 0, word, lambda _: 0)
                amount = self.numbers.number(gaps, asking)
                ticks = amount * TICKS if stream.arrivals == "spread" else ticks + amount
                start = calendar.finish(start, ticks // TICKS)
            town = place % stream.sites if stream.sites else place
            number = stream.first_case + place
            if site is not None:
                town = site.place if stream.sites else place
                number += site.first
            case = Case(number, place, town, stream, calendar.next_open(start))
            if site is not None:
                case.home, case.word, case.told = site.place, word, site.attributes
            case.attributes = [0] * len(self.model.attributes)
            self.cases.append(case)
            self.at(case.start, "arrival", (case.number, 0, 0), partial(self.arrive, case))

    def expect_piece(self, stream: StreamSpec, load: LoadSpec, place: int, ticks: int) -> None:
        """Foresee the next piece of other business; ``ticks``: the work behind the last.

        "Times between pieces are drawn in this work and add up"; "piece i of the k-th of L pools
        has N + k + L i".
        """
        ticks += self.numbers.number(stream.gaps, Asking(stream, place, 0, 0, lambda _: 0))
        start = self.passed(stream, load, ticks)
        if start is None:
            return
        case = Case(stream.first_case + place * load.apart, place, place, stream, start)
        case.attributes = [0] * len(self.model.attributes)
        self.at(start, "arrival", (case.number, 0, 0), partial(self.bring, case, load, ticks))

    def bring(self, case: Case, load: LoadSpec, ticks: int) -> None:
        """Let a piece come, "as long as a case that is not of the background has not ended"."""
        if not all(one.over for one in self.cases if not one.stream.background):
            self.cases.append(case)
            self.expect_piece(case.stream, load, case.place + 1, ticks)
            self.arrive(case)

    def passed(self, stream: StreamSpec, load: LoadSpec, ticks: int) -> int | None:
        """Return "the open second in which so much has passed", on a clock that tells work."""
        calendar = self.model.calendars[stream.calendar]
        ends = [begin for begin, _ in load.pace[1:]] + [calendar.closes[-1]]
        for (begin, work), end in zip(load.pace, ends, strict=True):
            for opens, closes in zip(calendar.opens, calendar.closes, strict=True):
                first, last = max(opens, begin), min(closes, end)
                if first < last and ticks < work * (last - first):
                    return first + ticks // work
                ticks -= work * max(last - first, 0)
        return None

    def arrive(self, case: Case) -> None:
        """Let a case begin.

        "Attributes in an order in which each follows those it depends on, the rules of `start`,
        the locker, how steps are done, periods from the start, then the case is settled."
        """
        case.channel = max(self.model.channel, 0)
        case.waits = [self.now]
        for attribute, node in case.stream.attributes:
            if attribute in case.told:
                case.attributes[attribute] = case.told[attribute]
                continue
            place = case.place
            if attribute in case.stream.shared:
                place = case.site if self.model.sites is None else 0
            asking = self.asking(case, Key(case.stream, place, 0, case.word))
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
        applicant = case.stream.applicant
        if self.model.sessions is not None and applicant in self.model.sessions.last:
            self.stay(case, applicant, (NEVER, NEVER, self.now))  # "is there on arrival"

    def choose(self, case: Case) -> None:
        """Ask the applicant on arrival; `use` is for mixed arms."""
        mixed = self.model.channel < 0
        actor = case.stream.applicant
        rules = self.model.actors[actor].rules["start"]
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
            for instance in sorted(marks):
                self.born(case, instance)
                case.made[instance] = case.channel, None
            case.held[document] = Paper(marks, over=over)
            case.first[document] = self.now
            if over is None or over > self.now:  # with `lapsed`, what is too old "is there"
                self.watch_age(case, document)

    # -- a case goes on ---------------------------------------------------------------------------

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
        marks, undone = set[int](), set[int]()
        for document in case.plan.goals:
            marks |= case.held[document].marks
        for goal in case.stream.goals:
            leave = self.needs.unknown_goal(case, goal.document)
            if leave is not None and self.numbers.holds(goal.test, self.needs.asking(case)):
                held = case.held.get(goal.document)  # "counts like the others if it is held"
                marks |= {leave.instance} if held is None else held.marks
                if held is None:
                    undone.add(leave.instance)
        for instance in sorted(undone):
            self.born(case, instance)
        case.left = marks
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
                self.gather(case, way)
            elif self.attends(case, way) and self.is_there(case, way):
                self.enable(case, way)

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

    # -- the log ----------------------------------------------------------------------------------

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
        area = [
            self.area.get((actor, place), 0)
            for actor in range(len(self.model.actors))
            for place in range(len(self.own.get(actor, (0,))))
        ]
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
            comings=np.array(self.comings, COMINGS),
            defects=np.array(self.lives, DEFECTS),
        )

"""The reference engine: what a run means, event by event, on top of SimPy.

Read it beside ``docs/semantics.md``. SimPy keeps the clock and the agenda; nothing draws from a
stream: every draw has a name. ``Reference`` follows a case from its arrival to its end, ``service``
a visit; what goes back is in ``letters``, what only watches the clock in ``watch``, who is asked in
``advice``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.compile.program import HoldingSpec, Node, Predicate, Program, StepSpec
from sim.engine.agenda import Agenda, EventKind
from sim.engine.arrivals import arrivals
from sim.engine.case import NO_CAUSE, Case, Cause, Context, Phase
from sim.engine.draws import Draws
from sim.engine.record import Record
from sim.engine.route import NOBODY, Planner
from sim.engine.rules import START, Rules
from sim.engine.service import Service
from sim.engine.timers import Timers
from sim.engine.values import Values
from sim.errors import RunFailed
from sim.graph.chain import bits
from sim.log import NEVER, OUTCOMES, Log


def run(model: Program, seed: int, replication: int) -> Log:
    """Execute one replication of a model and return its log. Raises RunFailed."""
    return Reference(model, seed, replication).run()


class Reference:
    """One replication of one arm."""

    def __init__(self, model: Program, seed: int, replication: int) -> None:
        """Make ready to run; nothing has happened yet."""
        self.model = model
        self.replication = replication
        self.agenda = Agenda()
        self.values = Values(model, Draws(seed, replication))
        self.planner = Planner(model)
        self.record = Record(model)
        self.advice = Rules(model, self.values, self.record, self.agenda)
        self.watch = Timers(self)
        self.service = Service(self)
        self.live: dict[int, Case] = {}
        self.cause = {name: number for number, name in enumerate(model.causes)}
        self.hidden = sum(1 << d for d, name in enumerate(model.documents) if name[0] == "?")
        self.kept = sum(1 << d for d, paper in enumerate(model.papers) if paper.kept)

    def run(self) -> Log:
        """Execute everything and return the log."""
        self.watch.announce()
        for number, stream in enumerate(self.model.streams):
            blank = self._blank(number, 0)

            def gap(index: int, case: Case = blank, node: Node = stream.gaps) -> int:
                case.index = index
                return self.values.amount(node, Context(case, self.model.start))

            self._next_arrival(number, arrivals(self.model, stream, gap))
        self.agenda.run()
        return self.record.log(self.replication, [pool.area for pool in self.service.pools])

    def occasion(self, case: Case, number: int = 0) -> Context:
        """Return the present moment in a case; ``number`` keys what is drawn."""
        return Context(case, self.agenda.now, number)

    # -- arrival -------------------------------------------------------------------------------

    def _blank(self, stream: int, index: int) -> Case:
        """Return a case of which nothing is known yet."""
        number = self.model.streams[stream].first_case + index
        attributes, first_given = (
            [0] * len(self.model.attributes),
            [NEVER] * len(self.model.documents),
        )
        case = Case(number, index, stream, 0, 0, self.planner.none, attributes, first_given)
        sites = self.model.streams[stream].sites
        case.site = index % sites if sites else index
        return case

    def _next_arrival(self, stream: int, coming: Iterator[tuple[int, int]]) -> None:
        """Schedule the next case of a stream; its arrival schedules the one after."""
        time, index = next(coming, (NEVER, 0))
        if time == NEVER:
            return
        case = self._blank(stream, index)
        self.agenda.at(time, EventKind.ARRIVAL, (case.number, 0, 0), self._arrive, case, coming)

    def _arrive(self, case: Case, coming: Iterator[tuple[int, int]]) -> None:
        self._next_arrival(case.stream, coming)
        stream = self.model.streams[case.stream]
        case.start = case.progress = self.agenda.now
        case.channel = self.model.channel
        at = self.occasion(case)
        for attribute, node in stream.attributes:
            at.drawn = self._blank(case.stream, case.site) if attribute in stream.shared else case
            case.attributes[attribute] = self.values.attribute(node, at)
        at.drawn = case
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
        rules = self.model.actors[applicant].rules[START]
        if case.channel >= 0:
            rules = tuple(rule for rule in rules if rule.action.do != "use")
        rule = self.advice.first(rules, self.occasion(case))
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

    def _put_in_locker(self, case: Case, holding: HoldingSpec, at: Context) -> None:
        if not self.values.happens(holding.share, holding.share_point, at):
            return
        paper = self.model.papers[holding.document]
        if paper.valid is not None:
            age = self.values.amount(holding.age, at)
            expiry = self.service.later(paper.valid, at) - age
            if expiry <= self.agenda.now and paper.lapsed == NEVER:
                return
            self.watch.expire_at(case, holding.document, expiry)
        made = self.service.makes(holding.makes, at, case.channel)
        case.hold(holding.document, made, NOBODY)
        case.brought |= 1 << holding.document
        self.watch.start_clocks(case, holding.document)

    # -- plans ---------------------------------------------------------------------------------

    def replan(self, case: Case) -> None:
        """Settle anew how each step is done, after something became known or was moved."""
        at = self.occasion(case)

        def judge(test: Predicate) -> bool:
            return self.values.holds(test, at)

        case.wants = None
        case.plan = self.planner.plan(case.stream, case.channel, case.moved, case.held, judge)
        case.goal = self.planner.goal(case.stream, case.held, judge)

    def move(self, case: Case, steps: list[int], channel: int) -> bool:
        """Do some steps in another channel, if they are not in it and nothing will then be lacking.

        Return whether they are moved.
        """
        before = dict(case.moved)
        case.moved |= dict.fromkeys(steps, channel)
        self.replan(case)
        if case.plan.chain.lacking(case.goal, case.held):
            case.moved = before
            self.replan(case)
        was, now = (
            [moved.get(step, case.channel) for step in steps] for moved in (before, case.moved)
        )
        return was != now

    # -- settling a case -----------------------------------------------------------------------

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
        if self._reached_end(case):
            return
        if not case.goal & ~case.held:
            self._reach_goal(case)
            return
        self._note_ready(case, case.wanted().doing)
        self.take_up(case)

    def _pass_on(self, case: Case, passing: Iterable[int]) -> None:
        """Let skipped steps pass on what they are to give, with the defects of their needs."""
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
                self.end(case, OUTCOMES[end.outcome], end.cause, case.ending(self.agenda.now))
                return True
        return False

    def _reach_goal(self, case: Case) -> None:
        instances = (self.model.instances[i] for i in bits(case.carried(case.goal)))
        harms = sorted({instance.defect for instance in instances if instance.harm})
        for defect in harms:
            self.record.harm(case, defect)
        if harms:
            cause = self.cause[self.model.defects[harms[0]]]
            self.end(case, "flawed", cause, case.ending(self.agenda.now))
        else:
            self.end(case, "clean", NEVER, case.ending(self.agenda.now))

    def _note_ready(self, case: Case, doing: Iterable[int]) -> None:
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

    def take_up(self, case: Case) -> None:
        """Enable every ready step that its agents' attention allows, in their order."""
        for step in sorted(case.ready, key=self.model.precedence.__getitem__):
            if step in case.ready:
                number = case.plan.profile[step]
                profile = self.model.profiles[number]
                if profile.batch is not None:
                    self.service.batches.gather(case, profile.batch, number)
                elif profile.once >= 0 and self.service.sites.served(case, step, profile.once):
                    continue
                elif self._attended(case, profile):
                    self.service.enable(case, step, number)

    def _attended(self, case: Case, profile: StepSpec) -> bool:
        for actor in profile.persons:
            if case.attention.get(actor, 0) >= self.model.actors[actor].limit:
                return False
        return True

    def hold(self, case: Case, document: int, defects: int, giver: int) -> None:
        """Give a document to a case, which sets clocks going."""
        case.hold(document, defects, giver)
        first = not case.there(document)
        if case.first_given[document] == NEVER:
            case.first_given[document] = self.agenda.now
        self.watch.start_clocks(case, document, first=first)

    # -- ends ----------------------------------------------------------------------------------

    def end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """End a case: nobody waits for it any more; work in hand is finished, then dropped."""
        case.ended = True
        case.ready.clear()
        for step in sorted(case.open):
            visit = case.open[step]
            if visit.phase == Phase.DELAYED:
                self.service.close(visit, "dropped")
            elif not visit.in_service(self.agenda.now):
                self.service.withdraw(visit)
        self.record.case(case, self.agenda.now, outcome, cause, last)
        del self.live[case.number]
        self.service.serve()

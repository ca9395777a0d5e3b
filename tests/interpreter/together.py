"""What cases do together: batches, and what is done once for a place."""

from __future__ import annotations

from typing import Final

from sim.compile.nodes import CHANNEL, VISIT
from sim.compile.program import SelectSpec, StepSpec
from sim.log import NEVER
from tests.interpreter.numbers import members
from tests.interpreter.outages import Outages
from tests.interpreter.state import Case, Key, Visit

MOST_VISITS: Final = 255


class Together(Outages):
    """Batches and places."""

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

    def is_there(self, case: Case, way: StepSpec) -> bool:
        """Return whether the person is there with whom a step begins; "who is not is called".

        "On the first second, not before the time has passed, at which all actors of that step are
        open." "Nobody is called who is to come already, or who is still at work for the case."
        """
        profile = self.model.ways[way.step][way.channel]
        if self.model.sessions is None or profile not in self.model.sessions.comes:
            return True
        actor, after = self.model.sessions.comes[profile]
        if self.now < case.stays.get(actor, NEVER):
            return True
        held = [v for v in case.open if v.state in ("queued", "service", "fixing")]
        if actor not in case.called and not any(actor in v.way.persons for v in held):
            number = case.visits.get(way.step, 0) + 1
            repeated = 256 * case.calls.count((way.step, number))
            asking = self.of_case(case, number + repeated, {VISIT: number, CHANNEL: way.channel})
            case.calls.append((way.step, number))
            time = self.numbers.after(after, self.now, asking)
            time = self.model.calendars[way.calendar].next_open(time)
            case.called[actor] = way.step, number, self.now
            self.at(time, "coming", (case.number, actor, 0), lambda: self.come(case, actor))
        return False

    def come(self, case: Case, actor: int) -> None:
        """Let somebody come who was called, "for `last` of his open seconds"."""
        if case.over:
            return
        self.stay(case, actor, case.called.pop(actor))
        self.start_ready(case)

    def stay(self, case: Case, actor: int, called: tuple[int, int, int]) -> None:
        """Let somebody be there from now on."""
        assert self.model.sessions is not None
        calendar = self.model.calendars[self.model.actors[actor].calendar]
        case.stays[actor] = left = calendar.finish(self.now, self.model.sessions.last[actor])
        self.comings.append((case.number, actor, *called, self.now, left))

    def begin(self, case: Case, way: StepSpec, profile: int, key: Key | None = None) -> Visit:
        """Begin a visit: it keeps the documents that it needs."""
        way = self.needs.take_along(case, way.step)
        ready, cause = case.ready.pop(way.step)
        number = case.visits.get(way.step, 0) + 1
        actual = self.model.profiles[profile]
        papers = {document: case.held[document] for document in members(way.needs)}
        lacks = {one.instance for one in self.needs.leaves(way) if one.documents & ~way.needs}
        key = key or Key(case.stream, case.place, number, case.word)
        visit = Visit(
            case, way.step, number, profile, actual, ready, self.now, cause, papers, key, lacks
        )
        case.visits[way.step] = number
        case.open.append(visit)
        case.redo.pop(way.step, None)
        visit.priority = self.numbers.number(actual.priority, self.of_visit(visit))
        return visit

    def too_many(self, case: Case, step: int) -> bool:
        """End a case that would visit a step too often."""
        if case.visits.get(step, 0) < MOST_VISITS:
            return False
        self.finish_case(case, "abandoned", "endless", self.just_closed(case))
        return True

    # -- batches ----------------------------------------------------------------------------------

    def gather(self, case: Case, way: StepSpec) -> None:
        """Wait for the next run of the timetable, or for the end of the second.

        "A batch or a call of a step in which, in some channel, such a pool takes part is of one
        place." A call is one "over all channels". "Who has one waits for no close."
        """
        assert way.batch is not None
        time = self.now
        if way.batch.timetable >= 0 and way.step not in case.taken:
            time = self.model.timetables[way.batch.timetable].next_slot(self.now)
        ways = [one for one in self.model.profiles if one.step == way.step]
        apart = any(actor in self.own for one in ways for actor in one.pools)
        place = case.home if apart else 0
        if way.step in (self.model.selects or {}):
            key = (place, way.step, self.model.ways[way.step][0])
            self.at(time, "batch", key, lambda: self.close_call(way.step, case.home, apart=apart))
        else:
            key = (place, way.step, self.model.ways[way.step][way.channel])
            self.at(time, "batch", key, lambda: self.make_up(way, case.home, apart=apart))

    def close_call(self, step: int, home: int, *, apart: bool) -> None:
        """Let those who are there be in a call, and go as a batch does, "one for each channel"."""
        select, there = (self.model.selects or {})[step], []
        for case in sorted(self.cases, key=lambda one: one.number):
            ready = not case.over and step in case.ready and (case.home == home or not apart)
            waits = select.rank >= 0 and step not in case.taken and self.closes(select) > self.now
            if ready and not waits:
                there.append(case)
        self.choose_best(step, select, home if apart else 0, there)
        for profile in self.model.ways[step]:
            way = self.model.profiles[profile]
            own = [case for case in there if self.needs.done_as(case, way)]
            most = way.batch.most if way.batch is not None else 1
            for first in range(0, len(own), most):
                self.go_together(way, own[first : first + most])

    def closes(self, select: SelectSpec) -> int:
        """Return when a call closes, the start "if it never does"."""
        if select.timetable < 0:
            return self.model.start
        return self.model.timetables[select.timetable].next_slot(self.now)

    def choose_best(self, step: int, select: SelectSpec, place: int, there: list[Case]) -> None:
        """Take the best, "by the attribute, the highest first, then by the number of the case".

        "As long as enough is left. The first for whom it is not enough ends the call."
        """
        call = step, place, self.closes(select)
        for case in sorted(there, key=lambda c: -c.attributes[select.rank] * (select.rank >= 0)):
            if call not in self.left:
                asking = self.asking(case, self.of_key(case), self.then(call[-1]))
                self.left[call] = self.numbers.number(select.pot, asking)
            takes = 1 if select.costs < 0 else case.attributes[select.costs]
            if step not in case.taken and takes > self.left[call]:
                self.left[call] = -1
            elif step not in case.taken:
                self.left[call] -= takes
                case.taken.add(step)

    def of_key(self, case: Case) -> Key:
        """Return the key of a case by itself."""
        return Key(case.stream, case.place, 0, case.word)

    def tell(self, visit: Visit) -> None:
        """Let a case know: "what was chosen is known when the step gives"."""
        select = (self.model.selects or {}).get(visit.step)
        if select is not None:
            visit.case.attributes[select.decides] = int(visit.step in visit.case.taken)

    def make_up(self, way: StepSpec, home: int, *, apart: bool) -> None:
        """Make up batches of all cases that are ready for a step in a channel.

        "In order of their numbers and at most `most` in one batch." "A case goes if its step is
        still ready and still done in that way."
        """
        assert way.batch is not None
        ready = [
            case
            for case in sorted(self.cases, key=lambda one: one.number)
            if not case.over and way.step in case.ready and self.needs.done_as(case, way)
            if case.home == home or not apart
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

    # -- places -----------------------------------------------------------------------------------

    def at_a_place(self, case: Case, way: StepSpec) -> bool:
        """Return whether a step is done once for the place of a case."""
        return way.once >= 0 and way.step not in case.alone

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
        elif place not in self.acting and self.attends(case, way) and self.is_there(case, way):
            self.enable(case, way)

    def waiting_at_place(self, place: tuple[str, int, int]) -> None:
        """Let the cases that wait at a place go on: "their ready steps start in their order"."""
        for case in sorted(self.cases, key=lambda one: one.number):
            way = case.plan.ways.get(place[2])
            if case.over or place[2] not in case.ready or way is None:
                continue
            if (case.stream.name, case.site) == place[:2] and self.at_a_place(case, way):
                self.start_ready(case)
                self.settle(case)

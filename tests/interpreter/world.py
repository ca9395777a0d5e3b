"""Everything there is in one replication: its agenda, its occasions, its rules, its rows.

The chapters that follow one another say what happens: queues, ends, patience, papers, returns,
work, outages, together and at last run. Each knows those before it; what it needs of a later one
is named here.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import insort
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

from sim.compile.nodes import (
    CHANNEL,
    ELAPSED,
    INDICATOR,
    MONTH,
    MOST,
    QUEUE,
    RETURNS,
    SHARE,
    TIME,
    VISIT,
    WEEKDAY,
)
from sim.compile.program import (
    ActionSpec,
    Counter,
    DefectSpec,
    IndicatorSpec,
    Program,
    RuleSpec,
    StepSpec,
    VisitSpec,
)
from sim.language.agent import ACTIONS, Event
from sim.language.agent import EVENTS as QUESTIONS
from sim.log import LIFE, NEVER
from tests.interpreter.needs import Needs
from tests.interpreter.numbers import Asking, Draws, Numbers
from tests.interpreter.state import NOBODY, Case, Cause, Key, Pool, Visit

KINDS: Final = (
    "staff",
    "finished",
    "fixed",
    "given",
    "redo",
    "expiry",
    "arrival",
    "coming",
    "outage",
    "deadline",
    "patience",
    "batch",
    "horizon",
)
"""In which order things happen in one second."""
DAY: Final = 86_400


class World(ABC):
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
        self.queues: dict[Pool, list[Visit]] = {}
        self.busy: dict[Pool, int] = {}
        self.area: dict[Pool, int] = {}
        self.own = model.sites.staff if model.sites is not None else {}
        """Actors that have a pool in each place."""
        for number, actor in enumerate(model.actors):
            for place in range(len(self.own.get(number, (0,))) if actor.staffed else 0):
                pool = number, place
                self.queues[pool], self.busy[pool], self.area[pool] = [], 0, 0
        self.left: dict[tuple[int, int, int], int] = {}
        """Of each call: step, place and when it closes."""
        self.touched: list[Case] = []
        self.acting: dict[tuple[str, int, int], Visit] = {}
        self.done: dict[tuple[str, int, int], Visit] = {}
        self.events: list[tuple[int, ...]] = []
        self.decisions: list[tuple[int, ...]] = []
        self.comings: list[tuple[int, ...]] = []
        self.lives: list[tuple[int, ...]] = []
        self.slips = 0
        self.counted: list[tuple[int, str, int]] = []
        """Day, ``found`` or ``given``, and which defect or document."""

    def at(self, time: int, kind: str, key: Iterable[int], act: Callable[[], None]) -> None:
        """Put something on the agenda.

        "Events are handled in the order (time, kind, case, step, visit). What is equal in all
        this is handled in the order in which it was foreseen."
        """
        self.foreseen += 1
        entry = ((time, KINDS.index(kind), *key, self.foreseen), act)
        insort(self.pending, entry, key=lambda one: one[0])

    def touch(self, case: Case) -> None:
        """Note that something happened to a case: "it is settled after everything"."""
        if case not in self.touched:
            self.touched.append(case)

    # -- the life of a slip ----------------------------------------------------------------------

    def born(self, case: Case, instance: int, by: Cause = NOBODY) -> None:
        """Write that a slip is made; one that is there already "ends as `renewed`"."""
        self.live(case, instance, "renewed", by)
        case.slips[instance] = [self.slips, "gone", NOBODY]
        self.slips += 1
        self.live(case, instance, "made", by)

    def live(self, case: Case, instance: int, what: str, by: Cause) -> None:
        """Write what happens to a slip, if there is one."""
        if instance in case.slips:
            number = case.slips[instance][0]
            row = (number, case.number, instance, LIFE.index(what), self.now, *by)
            self.lives.append(row)
            if what in ("fix", "overlook"):
                case.slips[instance][1:] = ["fixed" if what == "fix" else "overlooked", by]

    def unmade(self, case: Case, gone: set[int], named: list[int], by: Cause) -> None:
        """Write which slips a letter undoes, and which of them it names."""
        for instance in sorted(gone & case.slips.keys()):
            self.live(case, instance, "sent_back" if instance in named else "shed", by)
            del case.slips[instance]

    # -- what later chapters say -----------------------------------------------------------------

    @abstractmethod
    def settle(self, case: Case) -> None:
        """Let the consequences of what happened to a case follow."""

    @abstractmethod
    def start_ready(self, case: Case) -> None:
        """Start what was noted as ready."""

    @abstractmethod
    def enable(self, case: Case, way: StepSpec) -> None:
        """Enable a visit."""

    @abstractmethod
    def finished(self, visit: Visit) -> None:
        """End the work of a visit."""

    @abstractmethod
    def tell(self, visit: Visit) -> None:
        """Let a case know whether it was taken."""

    @abstractmethod
    def waiting_at_place(self, place: tuple[str, int, int]) -> None:
        """Let the cases that wait at a place go on."""

    # -- what amounts and conditions read ---------------------------------------------------------

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
            if variable <= INDICATOR:
                return self.published(self.model.indicators[INDICATOR - variable])
            return values[variable] if variable in values else plain(variable)

        return Asking(*key, read, topic)

    def count(self, what: str, number: int) -> None:
        """Note what indicators count: "a second belongs to the day that begins at its 0:00"."""
        self.counted.append((self.now // DAY, what, number))

    def published(self, one: IndicatorSpec) -> int:
        """Return an indicator "at the second at which something is looked up".

        "On day D it counts what happened on days D - `known_after` - `over` to
        D - `known_after` - 1, of those that there were."
        """
        last = self.now // DAY - one.known_after - 1
        first = last - one.over + 1 if one.over else 0

        def of(counter: Counter) -> int:
            counted = [(w, n) for day, w, n in self.counted if first <= day <= last]
            return sum(number in getattr(counter, what) for what, number in counted)

        count = of(one.count)
        if one.per is None:
            return count
        if of(one.per):  # "rounded half up to a whole number of 2^-32"
            return math.floor(Fraction(count * SHARE, of(one.per)) + Fraction(1, 2))
        return MOST if count else one.otherwise

    def of_case(self, case: Case, number: int = 0, known: dict[int, int] | None = None) -> Asking:
        """Return an occasion of a case by itself."""
        return self.asking(case, Key(case.stream, case.place, number, case.word), known)

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
            QUEUE: len(self.queues[self.pool(visit.case, pools[-1])]) if pools else 0,
        }
        return self.asking(visit.case, key or visit.key, values | (known or {}), topic)

    @staticmethod
    def own_key(visit: Visit) -> Key:
        """Return the key of a visit's own draws."""
        return Key(visit.case.stream, visit.case.place, visit.number, visit.case.word)

    def pool(self, case: Case, actor: int) -> Pool:
        """Return the pool of an actor that serves a case: "that of its own" place, if any."""
        return actor, case.home if actor in self.own else 0

    def instance(self, number: int) -> DefectSpec:
        """Return a defect: "one pair (name, maker)"."""
        return self.model.instances[number]

    def then(self, time: int) -> dict[int, int]:
        """Return what is to be known of a second: month, day of the week, time since the start."""
        day = time // DAY
        return {
            MONTH: self.model.months[day],
            WEEKDAY: (self.model.weekday + day) % 7,
            TIME: time - self.model.start,
        }

    def manner(self, visit: Visit) -> VisitSpec:
        """Return how a visit is done: the first, or again."""
        return visit.way.first if visit.number == 1 else visit.way.again

    # -- rules ------------------------------------------------------------------------------------

    def first(self, rules: Iterable[RuleSpec], asking: Asking) -> RuleSpec | None:
        """Return the deciding rule: "the first whose conditions all hold"."""
        return next((rule for rule in rules if self.numbers.holds(rule.test, asking)), None)

    def ask(
        self, event: Event, actor: int, asking: Asking, case: Case, visit: Visit
    ) -> tuple[RuleSpec | None, ActionSpec]:
        """Ask somebody; "without one the first action of the table is taken"."""
        rules = self.model.actors[actor].rules[event]
        rule = self.first(rules, asking)
        self.write(event, actor, case, visit.step, visit.number, rule)
        return rule, ActionSpec(ACTIONS[event][0]) if rule is None else rule.action

    def write(  # noqa: PLR0913, PLR0917 -- the columns of the row
        self, event: Event, actor: int, case: Case, step: int, visit: int, rule: RuleSpec | None
    ) -> None:
        """Write a decision down."""
        number = NEVER if rule is None else rule.number
        action = 0 if rule is None else ACTIONS[event].index(rule.action.do)
        asked = QUESTIONS.index(event)
        self.decisions.append((self.now, case.number, actor, asked, number, action, step, visit))

"""The program: a world compiled as whole numbers, everything an engine needs and nothing else.

Whole numbers name things by their place in the name tables. Shares are in units of 2**-32,
durations in seconds, sets of documents or steps are bits of a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from sim.compile.calendars import Calendar, Slots
from sim.compile.nodes import AttributeNode, Const, Node, Predicate, Switch, pick
from sim.errors import Problem
from sim.language.agent import Event

TICKS: Final = 1 << 20
"""Arrivals add up in this many parts of a second before they are floored."""

LATE, EXPIRED, GIVEN = range(3)

ASTRAY: Final = "money.astray"
"""The cause of failure of a case that lost money; no other name has a dot behind ``money``."""


@dataclass(frozen=True, slots=True)
class DefectSpec:
    """One defect by one maker, the unit that is made, carried and found.

    ``origin``: the step that makes it or does without, or -1 - document. ``targets``: the steps a
    return goes back to; without any, to whoever gives the document in the case. ``harm``: a case
    that ends with it is flawed, ``loose``: but only incomplete. ``loss``: yen that go astray with
    it (None: no money), read from the attribute ``loss_of`` instead if that is not -1.
    """

    defect: int
    origin: int
    targets: tuple[int, ...]
    harm: bool
    loose: bool = False
    loss: Node | None = None
    loss_of: int = -1


@dataclass(frozen=True, slots=True)
class Act:
    """A chance at a draw point concerning one defect instance; ``share`` None: by confidence."""

    instance: int
    point: int
    share: Node | None


@dataclass(frozen=True, slots=True)
class LeaveSpec:
    """A need that whoever does a step may leave out, or a goal that the applicant may.

    ``documents``: those that it stands for. ``instance``: the defect of what is done without.
    ``knows``: the share that knows of it, drawn once a case at ``point``.
    """

    instance: int
    documents: int
    knows: Node
    point: int


@dataclass(frozen=True, slots=True)
class VisitSpec:
    """What a visit takes and does; the first visit and later ones may differ."""

    work: Node
    delay: Node | None
    until: int
    at_least: Node
    makes: tuple[Act, ...]
    finds: tuple[Act, ...]
    confidence: Node | None
    burden: tuple[int, int, int, int]
    fee: Node


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Cases done as one: ``timetable`` they go with (-1: at once), ``most`` together.

    ``rider``: the profile of all but the first of them, who need nobody of their own.
    """

    timetable: int
    most: int
    rider: int


@dataclass(frozen=True, slots=True)
class SelectSpec:
    """A call of a step: its places, or its budget if ``costs`` is an attribute (-1: places).

    ``timetable``: when calls close, -1 for one call only. ``rank``: the attribute by which the best
    are taken, -1: who comes first. ``decides``: the attribute that is 1 of those taken.
    """

    timetable: int
    pot: Node
    costs: int
    rank: int
    decides: int


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step as done in one channel.

    ``once``: the profile of those for whom another case of their site did it, -1 for none.
    ``rides``: done along with the first case of a batch or site.
    """

    step: int
    channel: int
    actors: tuple[int, ...]
    pools: tuple[int, ...]
    persons: tuple[int, ...]
    calendar: int
    needs: int
    knowledge: int
    gives: tuple[int, ...]
    open_to: Predicate | None
    applies: Predicate | None
    omit: bool
    exists: bool
    priority: Node
    first: VisitSpec
    again: VisitSpec
    batch: BatchSpec | None = None
    once: int = -1
    rides: bool = False
    pays: bool = False

    @property
    def gathers(self) -> bool:
        """Whether cases wait for one another before they begin."""
        return self.batch is not None or (self.once >= 0 and self.rides)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What a rule does. ``seconds``: work of a fix or the wait before a redo.

    ``recovers``: share of the money gone astray that a fix brings back.
    """

    do: str
    seconds: Node | None = None
    recovers: Node | None = None
    channel: int = -1
    hurry: int = 0


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule with its number in the name table."""

    number: int
    test: Predicate
    action: ActionSpec


@dataclass(frozen=True, slots=True)
class ActorSpec:
    """Somebody with attention or staff. ``limit``: steps at once for a case, -1 none."""

    name: str
    agent: str
    kind: str
    staffed: bool
    hourly: int
    calendar: int
    staff: tuple[tuple[int, int], ...]
    limit: int
    overconfidence: int
    rules: Mapping[Event, tuple[RuleSpec, ...]]
    outages: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class BreakSpec:
    """Random outages of ``actors``, all at once: ``every`` until it goes out, ``length`` out.

    ``calendars``: those that are closed meanwhile.
    """

    actors: tuple[int, ...]
    calendars: tuple[int, ...]
    every: Node
    length: Node


@dataclass(frozen=True, slots=True)
class PriceSpec:
    """Yen that each document costs which an actor gives, and whether an office pays it."""

    actor: int
    yen: int
    office: bool


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A document: its life (None: for ever), the defect instance of a lapsed one, -1 none."""

    valid: Node | None
    lapsed: int
    kept: bool


@dataclass(frozen=True, slots=True)
class HoldingSpec:
    """What the locker may hold at the start of a case."""

    document: int
    share: Node
    share_point: int
    age: Node
    makes: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class GoalSpec:
    """A document to be reached, perhaps under a condition that waits for knowledge."""

    document: int
    test: Predicate | None
    knowledge: int


@dataclass(frozen=True, slots=True)
class EndSpec:
    """An end once its knowledge is held and its test holds."""

    test: Predicate
    knowledge: int
    outcome: int
    cause: int


@dataclass(frozen=True, slots=True)
class DeadlineSpec:
    """A deadline. ``kind``: 0 seconds, 1 days, 2 business days. ``after`` -1: the start.

    ``missed``: LATE, EXPIRED or GIVEN, what follows if the document is not there in time.
    """

    document: int
    after: int
    at: int | None
    kind: int
    amount: int
    missed: int
    cause: int


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """Cases of one kind. ``crc``: draw points' keys. ``steps``: in the order of its procedures.

    ``order``: the same steps, each behind all that may give what it needs. ``sites``: places that
    cases belong to in turn (0: each its own), ``shared``: attributes that are alike in one place.
    """

    name: str
    background: bool
    count: int
    first_case: int
    crc: tuple[int, ...]
    steps: tuple[int, ...]
    order: tuple[int, ...]
    goals: tuple[GoalSpec, ...]
    ends: tuple[EndSpec, ...]
    clocks: tuple[DeadlineSpec, ...]
    attributes: tuple[tuple[int, AttributeNode], ...]
    locker: tuple[HoldingSpec, ...]
    arrivals: str
    gaps: Node
    calendar: int
    applicant: int
    sites: int = 0
    shared: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """A stream of other business of a pool, one short case a piece; behind the scenario's streams.

    ``pace``: (second, work that comes in for each open second from then on, in ``TICKS``); times
    between pieces are drawn in work, and pieces come until all that counts has ended. Without a
    pace it is what lies there at the start: ``count`` pieces. ``apart``: between case numbers.
    """

    actor: int
    apart: int
    pace: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """The cases of a stream at one place, ``count`` from the ``first`` of the stream on.

    ``place``: its number, -1 if the cases are not numbered by place. ``start``: the second from
    which on they come. ``attributes``: what is so in all of them.
    """

    place: int
    first: int
    count: int
    start: int
    gaps: Node
    attributes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class SitesSpec:
    """Places that have staff of their own.

    ``words``: the fourth counter word of each place's draws. ``staff``: of actors that have some in
    each place, how it changes there; where it does not, there is one entry. ``streams``: the places
    of each stream.
    """

    names: tuple[str, ...]
    words: tuple[int, ...]
    staff: Mapping[int, tuple[tuple[tuple[int, int], ...], ...]]
    streams: tuple[tuple[SiteSpec, ...], ...]


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """An attribute that tells cases apart. ``names``: of its values 0, 1, …; none for numbers."""

    name: str
    attribute: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservedSpec:
    """A published share of cases that were given a document in time.

    ``by``: seconds since the start of the case, or of the scenario if ``from_start``.
    """

    fact: str
    document: str
    by: int
    from_start: bool
    value: float


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """What is told besides; a document need not be there in every arm."""

    documents: tuple[str, ...]
    groups: tuple[GroupSpec, ...]
    observed: tuple[ObservedSpec, ...]


@dataclass(frozen=True, slots=True)
class SessionsSpec:
    """Who comes to a case and goes again.

    ``last``: how many open seconds each such actor stays. ``comes``: by profile the actor who has
    to be there when it begins, and after how long he comes.
    """

    last: Mapping[int, int]
    comes: Mapping[int, tuple[int, Node]]


@dataclass(frozen=True, slots=True)
class Counter:
    """What is counted by the day: ``found`` defects or ``given`` documents, by their numbers."""

    found: tuple[int, ...]
    given: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """A count of days past, or per another a ratio in units of 2**-32.

    ``over`` so many days (0: all), of which the last was over ``known_after`` days ago;
    ``otherwise``: what it is while nothing is counted.
    """

    name: str
    count: Counter
    per: Counter | None
    over: int
    known_after: int
    otherwise: int


@dataclass(frozen=True)
class Program:
    """One arm, compiled.

    ``months``, ``weekday``: the month of each day, and the day of the week of the first, Monday 0.
    ``leaves``, ``loose``: the needs that each profile of ``ways`` may leave out, and the goals that
    each stream may; None if nobody leaves anything out.
    ``loads``: of the last streams, one each; None: no pool has other business.
    ``breaks``: outages to be drawn, None if there are none or a replication has drawn them.
    ``prices``: None if nobody has one. ``cautions``: what may be meant but has no effect, beside
    the result; no part of the digest.
    """

    name: str
    arm: str
    channel: int
    steps: tuple[str, ...]
    documents: tuple[str, ...]
    hidden: int
    defects: tuple[str, ...]
    attributes: tuple[str, ...]
    causes: tuple[str, ...]
    rules: tuple[str, ...]
    points: tuple[str, ...]
    actors: tuple[ActorSpec, ...]
    profiles: tuple[StepSpec, ...]
    ways: tuple[tuple[int, int, int], ...]
    precedence: tuple[int, ...]
    step_gives: tuple[int, ...]
    papers: tuple[DocumentSpec, ...]
    instances: tuple[DefectSpec, ...]
    streams: tuple[StreamSpec, ...]
    tables: tuple[tuple[int, ...], ...]
    calendars: tuple[Calendar, ...]
    timetables: tuple[Slots, ...]
    days: int
    months: tuple[int, ...]
    weekday: int
    start: int
    warm_up: int
    horizon: int
    labels: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    report: ReportSpec | None = None
    leaves: tuple[tuple[LeaveSpec, ...], ...] | None = None
    loose: tuple[tuple[LeaveSpec, ...], ...] | None = None
    sessions: SessionsSpec | None = None
    loads: tuple[LoadSpec, ...] | None = None
    breaks: tuple[BreakSpec, ...] | None = None
    prices: tuple[PriceSpec, ...] | None = None
    digest: str = ""
    cautions: tuple[Problem, ...] = ()
    indicators: tuple[IndicatorSpec, ...] = ()
    selects: Mapping[int, SelectSpec] | None = None
    """By step; None if there are none."""
    sites: SitesSpec | None = None
    """None if no place has anything of its own."""

    @property
    def own(self) -> int:
        """How many streams are the scenario's own; those of other business come behind them."""
        return len(self.streams) - len(self.loads or ())

    def sites_of(self, stream: int) -> tuple[SiteSpec, ...]:
        """Return the places of a stream; all is one if places have nothing of their own.

        Other business comes to no place.
        """
        if self.sites is not None and stream < self.own:
            return self.sites.streams[stream]
        one = self.streams[stream]
        return (SiteSpec(-1, 0, one.count, self.start, one.gaps, {}),)

    @cached_property
    def pools(self) -> tuple[range, ...]:
        """The numbers of each actor's pools: one, or one in each place."""
        staff = self.sites.staff if self.sites is not None else {}
        sizes = [len(staff.get(actor, (0,))) for actor in range(len(self.actors))]
        firsts = accumulate(sizes, initial=0)
        return tuple(range(first, first + size) for first, size in zip(firsts, sizes, strict=False))

    @cached_property
    def apart(self) -> frozenset[int]:
        """The steps that a pool of each place takes part in: batches and calls are of one place."""
        own = self.sites.staff.keys() if self.sites is not None else set[int]()
        return frozenset(one.step for one in self.profiles if not own.isdisjoint(one.pools))

    @property
    def may_lapse(self) -> frozenset[int]:
        """Steps that may give again without a return, because what they gave may expire."""
        ageing = sum(1 << i for i, paper in enumerate(self.papers) if paper.valid is not None)
        return frozenset(step for step, gives in enumerate(self.step_gives) if gives & ageing)

    def burden(
        self, profile: int, attributes: Sequence[int], visit: int = 1
    ) -> tuple[int, int, int, int, int]:
        """Return visits, forms, seals, logins and fee (yen) of one visit in one case."""
        step = self.profiles[profile]
        spec = step.first if visit == 1 else step.again
        node = spec.fee
        while isinstance(node, Switch):
            value = attributes[node.variable] if node.variable >= 0 else visit
            node = pick(node, int(value))
        fee = node.value if isinstance(node, Const) else 0
        return (*spec.burden, fee)

"""The state of a run: a case, its visits, how it does each step, a moment in it, and the queues."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, NamedTuple

from sim.compile.nodes import VISIT
from sim.compile.program import StepSpec, VisitSpec
from sim.graph.chain import Chain, Wants, bits
from sim.log import NEVER

NOBODY: Final = -1


@dataclass(frozen=True)
class Route:
    """The profile that each step is done in, NOBODY if it is not, and the chain that follows.

    ``takes``: the turns of the steps that need somebody's limited attention, by whose. ``comes``:
    of those that begin when somebody has come, by who. ``codes``: what it was made from.
    """

    profile: tuple[int, ...]
    chain: Chain
    takes: Mapping[int, int]
    codes: tuple[int, ...] = ()
    comes: Mapping[int, int] = field(default_factory=dict)


Cause = tuple[int, int]
"""Step and number of the visit whose close made something happen; (NEVER, NEVER): the arrival."""

NO_CAUSE: Cause = (NEVER, NEVER)


@dataclass(slots=True, eq=False)
class Slip:
    """The life of a defect instance in a case: its number, and what was last done."""

    number: int
    done: str = "gone"
    by: Cause = NO_CAUSE


class Mend(NamedTuple):
    """A defect instance taken out of a product, and its slip.

    ``share``: of the money gone misdirected, that is brought back with it.
    """

    instance: int
    slip: Slip
    share: int | None


class Phase:
    """Where a visit stands, in plain numbers."""

    QUEUED = 0
    GRANTED = 1
    DELAYED = 2
    CLOSED = 3


@dataclass(slots=True, eq=False)
class Visit:
    """One visit of a step, from enabled to closed."""

    case: Case
    step: int
    number: int
    profile_number: int
    profile: StepSpec
    manner: VisitSpec
    ready: int
    enabled: int
    cause: Cause
    at: Context
    needs: int
    """What it needs, without what whoever does it does not know of."""
    pools: tuple[int, ...] = ()
    """The numbers of the pools that it takes."""
    taken: int = 0
    """Defects of what it took: of papers that lapse in its queue, then of all at its start."""
    overdue: int = 0
    """Defects of papers that are too old and that nobody took before."""
    granted: int = NEVER
    started: int = NEVER
    finished: int = NEVER
    phase: int = Phase.QUEUED
    void: bool = False
    asked: bool = False
    product: int = 0
    rule: int = NEVER
    mended: tuple[Mend, ...] = ()
    """What it takes out of its product."""
    priority: int = 0
    held: int = 0
    """How many of its pools have granted."""
    entry: Entry | None = None
    """Its place in the queue it waits in."""
    batch: list[Visit] | None = None
    """The visits that are done together, the one that staff is asked for first."""
    joint: Context = field(init=False)
    """Its present moment, in which draws are those of the first case of its batch."""

    def __post_init__(self) -> None:
        self.joint = self.at  # it draws for itself until it joins a batch

    @property
    def key(self) -> tuple[int, int, int]:
        """Case, step and number: its place among events of one kind and second."""
        return self.case.number, self.step, self.number

    def in_service(self, now: int) -> bool:
        """Whether its work has begun and is not done."""
        return self.phase == Phase.GRANTED and self.started <= now

    def waits(self, now: int) -> bool:
        """Whether its work has not begun."""
        return self.phase == Phase.QUEUED or (self.phase == Phase.GRANTED and self.started > now)


@dataclass(slots=True, eq=False)
class Case:
    """One applicant's journey. Sets of documents, steps and defect instances are bits."""

    number: int
    index: int
    stream: int
    site: int
    attributes: list[int]
    first_given: list[int]
    """When each document was first given; what the locker held is not: ``brought``."""
    start: int = 0
    channel: int = 0
    plan: Route = Route((), Chain(), {})
    goal: int = 0
    held: int = 0
    brought: int = 0
    lapsed: int = 0
    under_way: int = 0
    known: int = 0
    learned: int = 0
    """Defects of papers left out that it was told of, or had with it all the same."""
    asked: int = 0
    forced: int = 0
    returns: int = 0
    home: int = 0
    """The place whose pools serve it, 0 where places have none."""
    word: int = 0
    """The fourth counter word of its draws."""
    told: Mapping[int, int] | None = None
    """Attributes that are so in all cases of its place."""
    asks: dict[int, int] = field(default_factory=dict)
    """How often each rule of ``waiting`` was asked."""
    late: bool = False
    look: int = NEVER
    """When the applicant's patience is looked at next, and last was: ``looked``."""
    looked: int = NEVER
    ended: bool = False
    left: int = 0
    """The defects in what it ended with."""
    progress: int = 0
    """Since when the case waits, and since when before this second: ``before``."""
    before: int = 0
    cause: Cause = NO_CAUSE
    """The visit that closed last, and when: ``caused``."""
    caused: int = NEVER
    defects: dict[int, int] = field(default_factory=dict)
    slips: dict[int, Slip] = field(default_factory=dict)
    """The defect instances that have been made and not ended."""
    misdirected: dict[int, int] = field(default_factory=dict)
    """Yen that left because of each defect instance."""
    back: dict[int, int] = field(default_factory=dict)
    """Yen that came back after an instance with money misdirected was found."""
    giver: dict[int, int] = field(default_factory=dict)
    consents: dict[int, int] = field(default_factory=dict)
    """Documents that silence gave, each with the one that its period ran from."""
    since: dict[int, int] = field(default_factory=dict)
    """When each document that was not revoked was last given, NEVER for the start of the case."""
    expiry: dict[int, int] = field(default_factory=dict)
    made_in: dict[int, int] = field(default_factory=dict)
    shared: dict[int, Case] = field(default_factory=dict)
    """The first case of the batch for which an instance was made: it is found in all or in none."""
    visits: dict[int, int] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    """Steps once a site that were given to it or that it returned."""
    open: dict[int, Visit] = field(default_factory=dict)
    ready: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    """Since when, and because of what, each step that is not under way could be."""
    turns: int = 0
    """The ready steps once more, as bits of their precedence: the first has the lowest."""
    wants: Wants | None = None
    """What is wanted, None if it has to be found anew."""
    redo: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    attention: dict[int, int] = field(default_factory=dict)
    stays: dict[int, int] = field(default_factory=dict)
    """Until when each actor with sessions is there, or was."""
    called: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Step, visit and second of the call of each actor who is to come."""
    calls: dict[int, int] = field(default_factory=dict)
    """The number of the last draw with which each step called somebody."""
    moved: dict[int, int] = field(default_factory=dict)
    """Channel of the steps that a rule moved."""
    places: int = 0
    """Steps of whose calls it was given a place: it keeps it."""
    evaded: set[tuple[int, int, int]] = field(default_factory=set)
    """Step, actor and outage of its that made a rule move the step: it is moved once for each."""

    def ending(self, now: int) -> Cause:
        """Return the visit that ends the case now: the last one, if it closed in this second."""
        return self.cause if self.caused == now else NO_CAUSE

    def carried(self, documents: int) -> int:
        """Return the defects that some documents carry together."""
        carried = 0
        for document, defects in self.defects.items():
            if documents >> document & 1:
                carried |= defects
        return carried

    def hold(self, document: int, defects: int, giver: int) -> None:
        """Put a document into the locker."""
        if self.wants is not None and not self.wants.given(document, giver):
            self.wants = None
        self.held |= 1 << document
        self.lapsed &= ~(1 << document)
        self.giver[document] = giver
        self.consents.pop(document, None)
        if defects:
            self.defects[document] = defects
        else:
            self.defects.pop(document, None)

    def lose(self, document: int) -> None:
        """Take a document out of the locker; who gave it is remembered."""
        self.wants = None
        self.held &= ~(1 << document)
        self.defects.pop(document, None)
        self.expiry.pop(document, None)

    def revoke(self, document: int) -> None:
        """Take back the giving of a document, whether it is still in the locker or not."""
        self.lose(document)
        for told in (self.giver, self.consents, self.since):
            told.pop(document, None)

    def shed(self, defects: int) -> None:
        """Lose some defects everywhere, and all memory of them."""
        self.known &= ~defects
        for document in self.defects:
            self.defects[document] &= ~defects
        for visit in self.open.values():
            visit.taken &= ~defects
            visit.overdue &= ~defects
            visit.product &= ~defects

    def there(self, document: int) -> bool:
        """Whether the case has or had a document, from the locker or given since."""
        return bool(self.brought >> document & 1) or self.first_given[document] != NEVER

    def wanted(self) -> Wants:
        """Return the steps that are wanted now and not under way."""
        if self.wants is None:
            chain = self.plan.chain
            self.wants = Wants(chain, self.goal, self.held, self.under_way, self.lapsed)
        return self.wants

    def begin(self, visit: Visit) -> None:
        """Let a visit be under way."""
        self.open[visit.step] = visit
        self.under_way |= 1 << visit.step
        if self.wants is not None:
            self.wants.doing.discard(visit.step)

    def forget(self, visit: Visit, *, given: bool = False) -> None:
        """Let the step of a visit be started again; ``given``: it gives its documents now."""
        if self.open.get(visit.step) is visit:
            del self.open[visit.step]
            self.under_way &= ~(1 << visit.step)
            duties = self.plan.chain.duties[visit.step] & ~self.held
            if not given or any(document not in visit.profile.gives for document in bits(duties)):
                self.wants = None


class Context:
    """A moment in a case at which something is looked up, tested or drawn.

    ``time``: the second. ``number``: of the visit, or of what else is counted; it keys the draws.
    ``more``: variables that only this occasion knows, such as the confidence of a draft. ``topic``:
    CRC-32 of what a rule is asked about, which keys its draws as well; 0 for none. ``drawn``: the
    case whose draws count: another one in a batch.
    """

    __slots__ = ("case", "drawn", "more", "number", "pool", "time", "topic")

    def __init__(self, case: Case, time: int, number: int = 0, pool: Pool | None = None) -> None:
        self.case = case
        self.drawn = case
        self.time = time
        self.number = number
        self.pool = pool
        self.more: dict[int, int] = {}
        self.topic = 0

    def about(self, topic: str, more: Mapping[int, int]) -> Context:
        """Return the same moment for a question about ``topic``, which alone knows ``more``."""
        asked = Context(self.case, self.time, self.number, self.pool)
        asked.drawn = self.drawn
        asked.more = {**self.more, **more}
        asked.topic = zlib.crc32(topic.encode())
        return asked

    def drawn_as(self, first: Context) -> Context:
        """Return the same moment with the draws of another case's: of the first of its batch."""
        joint = Context(self.case, self.time, first.number, self.pool)
        joint.drawn = first.case
        joint.more = {VISIT: self.number}
        return joint


Entry = tuple[int, int, tuple[int, int, int], Visit]
"""A place in a queue: by priority, then by the second it came, then by case, step and visit."""


class Pool:
    """The staff of one actor and those who wait for it.

    ``area`` adds up waiting visits × seconds, the left side of Little's law.
    """

    def __init__(self, staff: int) -> None:
        """Begin with ``staff`` people, all free."""
        self.staff = staff
        self.busy = 0
        self.waiting = 0
        self.area = 0
        self._since = 0
        self._queue: list[Entry] = []

    def join(self, visit: Visit, now: int) -> None:
        """Let a visit wait in line."""
        self._count(now, 1)
        self.hurry(visit)

    def leave(self, visit: Visit, now: int) -> None:
        """Take a waiting visit out of the line."""
        visit.entry = None
        self._count(now, -1)

    def hurry(self, visit: Visit) -> None:
        """Give a waiting visit its place in line, anew if its priority changed."""
        visit.entry = (visit.priority, visit.enabled, visit.key, visit)
        heappush(self._queue, visit.entry)

    def grant(self, now: int) -> Visit | None:
        """Take the head of the line if somebody is free."""
        while self.busy < self.staff and self._queue:
            entry = heappop(self._queue)
            visit = entry[-1]
            if visit.entry is entry:
                self.busy += 1
                self.leave(visit, now)
                return visit
        return None

    def _count(self, now: int, change: int) -> None:
        self.area += self.waiting * (now - self._since)
        self.waiting += change
        self._since = now

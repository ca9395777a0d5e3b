"""What a run remembers: papers, visits, cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sim.compile.program import StepSpec, StreamSpec
from sim.log import NEVER

Cause = tuple[int, int]
NOBODY: Final[Cause] = (NEVER, NEVER)


class Key(NamedTuple):
    """Whose draws are used: a case, counted within stream and place, and one of its visits."""

    stream: StreamSpec
    case: int
    number: int
    word: int


Pool = tuple[int, int]
"""An actor, and the place whose pool it is, 0 if all have one."""


@dataclass(eq=False)
class Paper:
    """A document that a case holds, with its defects.

    ``giver``: the step it is from, -1 for the locker and silence. ``over``: when its time is over.
    ``silence``: the document after whose giving silence gave this one, -1 for none.
    """

    marks: set[int]
    giver: int = -1
    over: int | None = None
    silence: int = -1


@dataclass(eq=False)
class Visit:
    """A visit of a step in a case, from enabled to closed."""

    case: Case
    step: int
    number: int
    profile: int
    way: StepSpec
    ready: int
    enabled: int
    cause: Cause
    papers: dict[int, Paper]
    key: Key
    lacks: set[int]
    """The defects of what it leaves out."""
    ran_out: list[tuple[int, Paper]] = field(default_factory=list)
    """Documents it needs that ran out while it waited, each as often as one did."""
    priority: int = 0
    state: str = "queued"
    """queued, service (all staff granted), fixing, delay or closed."""
    granted: int = NEVER
    started: int = NEVER
    finished: int = NEVER
    rule: int = NEVER
    void: bool = False
    product: set[int] = field(default_factory=set)
    """The defects it holds."""
    staff: list[Pool] = field(default_factory=list)
    """Pools that have given somebody."""
    since: int = 0
    """When it joined the queue in which it waits."""
    batch: list[Visit] = field(default_factory=list)
    """All visits of its batch, in order of cases."""
    place: tuple[str, int, int] | None = None
    """The place for which it acts: stream, site, step."""
    confidence: int = 0
    asked: bool = False
    mends: dict[int, list[Any]] = field(default_factory=dict)
    """The slips that it fixes, by defect."""
    brings: dict[int, int] = field(default_factory=dict)
    """Shares that the fix in hand brings back, by defect."""

    @property
    def order(self) -> tuple[int, int, int]:
        """Return its place among others: case, step, visit."""
        return self.case.number, self.step, self.number


@dataclass
class Plan:
    """How a case does each step (None: cannot), which it skips, what its goal is."""

    ways: dict[int, StepSpec | None]
    skipped: set[int]
    goals: set[int]


@dataclass(eq=False)
class Case:
    """A case and all that it has.

    ``place``: its number within its stream. ``site``: where it belongs to, alone without sites.
    """

    number: int
    place: int
    site: int
    stream: StreamSpec
    start: int
    home: int = 0
    """The place whose pools serve it."""
    word: int = 0
    """The fourth counter word of its draws."""
    told: Mapping[int, int] = field(default_factory=dict)
    """What the table of sites says of its attributes."""
    taken: set[int] = field(default_factory=set)
    """Steps in whose call it has a place."""
    channel: int = 0
    attributes: list[int] = field(default_factory=list)
    plan: Plan = field(default_factory=lambda: Plan({}, set(), set()))
    held: dict[int, Paper] = field(default_factory=dict)
    expired: dict[int, Paper] = field(default_factory=dict)
    """Documents whose time was over and that are not there again."""
    first: dict[int, int] = field(default_factory=dict)
    """When a document was first there, in the locker too."""
    milestones: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    """Steps that a rule moved to another channel."""
    fled: set[tuple[int, int, int]] = field(default_factory=set)
    """Steps that were moved because of an outage (step, actor, second)."""
    asked: dict[int, bool] = field(default_factory=dict)
    """Whether a person was asked about the latest visit of a step."""
    ask_next: set[int] = field(default_factory=set)
    visits: dict[int, int] = field(default_factory=dict)
    open: list[Visit] = field(default_factory=list)
    """Visits that are not closed, void ones too."""
    ready: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    stays: dict[int, int] = field(default_factory=dict)
    """Until when people who come and go are there."""
    called: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Who is to come: step and visit that called, and when."""
    calls: list[tuple[int, int]] = field(default_factory=list)
    """Step and visit of each call so far."""
    redo: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    """Steps that were sent back: until when they wait, and the visit that sent the letter."""
    alone: set[int] = field(default_factory=set)
    """Steps that are done again without the others of the place."""
    made: dict[int, tuple[int, Key | None]] = field(default_factory=dict)
    """In which channel each defect was last made, and with whose draws if it was for many."""
    overlooked: set[int] = field(default_factory=set)
    learned: set[int] = field(default_factory=set)
    """What was left out and is known by now."""
    left: set[int] = field(default_factory=set)
    """The defects in what it ended with."""
    slips: dict[int, list[Any]] = field(default_factory=dict)
    """Of each defect that was made and has not ended: its number, how it would end, by whom."""
    returns: int = 0
    waits: list[int] = field(default_factory=list)
    """Seconds from which ``waited`` was counted anew."""
    patience: set[int] = field(default_factory=set)
    """Seconds at which its patience is to be looked at."""
    looked: int = -1
    """When it was looked at last."""
    asked_rules: dict[int, int] = field(default_factory=dict)
    periods: dict[int, object] = field(default_factory=dict)
    """The period of silence that is running for each deadline."""
    late: bool = False
    over: bool = False
    mispaid: dict[int, int] = field(default_factory=dict)
    detected: set[int] = field(default_factory=set)
    recovered: dict[int, int] = field(default_factory=dict)
    closed: tuple[int, Cause] = (NEVER, NOBODY)
    """When the visit closed that did last, by giving or by a letter, and which it was."""
    end: int = NEVER
    outcome: int = NEVER
    why: int = NEVER
    last: Cause = NOBODY
    harms: set[int] = field(default_factory=set)

    def under_way(self, step: int) -> Visit | None:
        """Return the visit of a step that goes on; a void one is not under way."""
        return next((v for v in self.open if v.step == step and not v.void), None)

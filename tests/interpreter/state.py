"""What a run remembers: papers, visits, cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sim.compile.model import Profile, Stream
from sim.log import NEVER

Cause = tuple[int, int]
NOBODY: Final[Cause] = (NEVER, NEVER)


@dataclass(frozen=True)
class Mark:
    """How a defect came about: whose draws it is found with, in which channel it was made."""

    key: int
    channel: int


Marks = dict[int, Mark]
"""Defects by their pair (name, maker)."""


@dataclass
class Paper:
    """A document that a case holds. ``giver``: the step it is from, or -1 (locker, silence)."""

    marks: Marks
    giver: int
    over: int | None = None
    """Second at which its time is over."""


@dataclass(eq=False)
class Visit:
    """A visit of a step in a case, from enabled to closed."""

    case: Case
    step: int
    number: int
    profile: int
    way: Profile
    ready: int
    enabled: int
    cause: Cause
    papers: dict[int, Paper]
    priority: int = 0
    state: str = "queued"
    """queued, service, fixing, delay or closed."""
    granted: int = NEVER
    started: int = NEVER
    finished: int = NEVER
    rule: int = NEVER
    void: bool = False
    product: Marks = field(default_factory=dict)
    staff: list[int] = field(default_factory=list)
    """Pools that have given somebody."""
    since: int = 0
    """When it joined the queue in which it waits."""
    mates: list[Visit] = field(default_factory=list)
    """All visits of its batch, in order of cases; none if it is alone."""
    key: int = -1
    """The case whose draws it uses."""
    asked: bool = False
    confidence: int = 0
    place: tuple[str, int, int] | None = None
    """The place for which it acts."""

    @property
    def order(self) -> tuple[int, int, int]:
        """Return its place among others: case, step, visit."""
        return self.case.number, self.step, self.number


@dataclass(eq=False)
class Case:
    """A case and all that it has."""

    number: int
    key: int
    site: int
    stream: Stream
    start: int
    channel: int = -1
    attributes: list[int] = field(default_factory=list)
    held: dict[int, Paper] = field(default_factory=dict)
    expired: set[int] = field(default_factory=set)
    """Documents whose time was over and that were not got again."""
    first: dict[int, int] = field(default_factory=dict)
    """When a document was first there, of the locker too."""
    milestones: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    """Steps that a rule moved to another channel."""
    asked: dict[int, bool] = field(default_factory=dict)
    """Whether a person was asked about the latest visit of a step."""
    ask_next: set[int] = field(default_factory=set)
    visits: dict[int, int] = field(default_factory=dict)
    latest: dict[int, int] = field(default_factory=dict)
    """Profile of the latest visit of a step."""
    open: list[Visit] = field(default_factory=list)
    """Visits that are not closed, void ones too."""
    ready: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    redo: dict[int, tuple[int, Cause]] = field(default_factory=dict)
    """Steps that must wait after a return, until when, and the visit that returned."""
    overlooked: set[int] = field(default_factory=set)
    returns: int = 0
    waited: int = 0
    """Second since which ``waited`` counts."""
    begun: dict[int, int] = field(default_factory=dict)
    asked_rules: dict[int, int] = field(default_factory=dict)
    """How often each rule of ``waiting`` was asked."""
    silence: dict[int, dict[int, int]] = field(default_factory=dict)
    late: bool = False
    over: bool = False
    mispaid: dict[int, int] = field(default_factory=dict)
    detected: set[int] = field(default_factory=set)
    recovered: dict[int, int] = field(default_factory=dict)
    rode: set[int] = field(default_factory=set)
    end: int = NEVER
    outcome: int = NEVER
    why: int = NEVER
    last: Cause = NOBODY
    harms: set[int] = field(default_factory=set)

    def under_way(self, step: int) -> Visit | None:
        """Return the visit of a step that goes on; a void one is not under way."""
        return next((v for v in self.open if v.step == step and not v.void), None)

"""The kinds of events, in the order in which they happen within one second."""

from __future__ import annotations

from typing import Final

from sim.compile.program import BatchSpec, DeadlineSpec
from sim.engine.agenda import EventKind
from sim.engine.case import Case, Visit

SiteStep = tuple[int, int, int]
"""Stream, site and step."""

STAFF: Final[EventKind[int, int]] = EventKind(0)
"""The staff of an actor changes for the so-manieth time."""

FINISHED: Final[EventKind[Visit]] = EventKind(1)
"""The work of a visit is done."""

FIXED: Final[EventKind[Visit]] = EventKind(2)
"""What a visit found and mends itself is mended."""

GIVEN: Final[EventKind[Visit]] = EventKind(3)
"""The delay of a visit is over."""

REDO: Final[EventKind[Case]] = EventKind(4)
"""The time is over that an agent lets pass after a letter."""

EXPIRY: Final[EventKind[int, int, int]] = EventKind(5)
"""A case's document expires, if its time is still this one. It does not keep a case that ended."""

ARRIVAL: Final[EventKind[Case]] = EventKind(6)
"""A case comes."""

OUTAGE: Final[EventKind[int, int]] = EventKind(7)
"""A system goes out, or has been out so long that a rule begins to hold: actor and outage."""

DEADLINE: Final[EventKind[int, DeadlineSpec, int]] = EventKind(8)
"""A case's period is over, which has run since this second."""

PATIENCE: Final[EventKind[int]] = EventKind(9)
"""A rule of a case's applicant about waiting begins to hold."""

BATCH: Final[EventKind[int, BatchSpec]] = EventKind(10)
"""Those go who were gathered for a step in a channel, that is for a profile."""

SITE: Final[EventKind[SiteStep]] = EventKind(10)
"""Those go on who waited for the case that acts for their site."""

HORIZON: Final[EventKind[()]] = EventKind(11)
"""The time of the oldest case is over."""

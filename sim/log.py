"""The event log: the one flat record of a run that every engine returns and every figure reads.

Times are whole seconds since local midnight of the scenario's start date; ``NEVER`` stands for
"no such time". Numbers such as ``step`` or ``outcome`` index the name tables of the model.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NEVER: Final = -1

RESULTS: Final = ("given", "returned", "void", "withdrawn", "dropped")
"""How a visit ended: documents given; sent back; undone by a return while in service; taken out of
the queue; cut off by the end of its case."""

OUTCOMES: Final = (
    "clean",
    "flawed",
    "rejected",
    "withdrawn",
    "dismissed",
    "abandoned",
    "expired",
    "unfinished",
)
"""How a case ended, in the order of ``cases["outcome"]``."""

LIFE: Final = (
    "made",
    "missed",
    "found",
    "return",
    "fix",
    "overlook",
    "dismiss",
    "sent_back",
    "shed",
    "renewed",
    "left",
    "fixed",
    "overlooked",
    "gone",
)
"""What happens to a slip: it is made; a check looks and misses or finds it; what its finder does
about it; and how it ends, from ``sent_back`` on, once for each slip."""

ENDS: Final = LIFE.index("sent_back")
"""From here on ``LIFE`` says how a slip ends."""

LAWFUL_ENDS: Final = ("rejected", "withdrawn")
REACHED: Final = ("clean", "flawed")

EVENTS: Final = np.dtype(
    [
        ("case", "<i4"),
        ("step", "<i4"),
        ("visit", "<i2"),  # 1, 2, … of this step in this case
        ("profile", "<i4"),  # the step as done in one channel: calendar, actors, burden
        ("ready", "<i8"),  # all needs held
        ("enabled", "<i8"),  # the agent's attention given; the queue begins
        ("granted", "<i8"),  # staff held
        ("started", "<i8"),  # first open second after the grant
        ("finished", "<i8"),  # hands-on work done
        ("closed", "<i8"),  # documents given, or the visit ended otherwise
        ("result", "<i1"),
        ("rule", "<i2"),  # rule that decided the result, NEVER if none was asked
        ("cause_step", "<i4"),  # visit whose close made this one ready, NEVER: the arrival
        ("cause_visit", "<i2"),
    ]
)
"""One row a visit. Times a visit did not come to are ``NEVER``."""

CASES: Final = np.dtype(
    [
        ("case", "<i4"),
        ("stream", "<i2"),
        ("channel", "<i1"),
        ("start", "<i8"),
        ("end", "<i8"),
        ("outcome", "<i1"),
        ("cause", "<i2"),  # index into the model's causes, NEVER for a clean end
        ("late", "<i1"),
        ("returns", "<i2"),
        ("last_step", "<i4"),  # visit whose close ended the case, NEVER if something else did
        ("last_visit", "<i2"),
        ("mispaid", "<i8"),  # yen that left because of a defect
        ("detected", "<i8"),  # of these, where the defect was found
        ("recovered", "<i8"),  # of these, what came back
    ]
)
"""One row a case, in order of case number."""

DECISIONS: Final = np.dtype(
    [
        ("time", "<i8"),
        ("case", "<i4"),
        ("actor", "<i2"),
        ("event", "<i1"),  # index into the model's rule events
        ("rule", "<i2"),  # index into the model's rules, NEVER: the default
        ("action", "<i1"),
        ("step", "<i4"),
        ("visit", "<i2"),
    ]
)
"""One row each time an agent was asked."""

DEFECTS: Final = np.dtype(
    [
        ("slip", "<i4"),  # 0, 1, … in the order in which they are made
        ("case", "<i4"),
        ("instance", "<i4"),  # defect and maker: index into the model's instances
        ("what", "<i1"),  # index into LIFE
        ("time", "<i8"),
        ("step", "<i4"),  # visit that did it, NEVER: the locker, or the end of the case
        ("visit", "<i2"),
    ]
)
"""One row each time something happens to a slip."""


COMINGS: Final = np.dtype(
    [
        ("case", "<i4"),
        ("actor", "<i2"),
        ("step", "<i4"),  # visit that could have begun, NEVER: the applicant's arrival
        ("visit", "<i2"),
        ("called", "<i8"),
        ("came", "<i8"),  # NEVER: the case ended before
        ("left", "<i8"),  # from here on nothing is begun
    ]
)
"""One row each time somebody with sessions was called, in the order in which they came."""


@dataclass(frozen=True)
class Log:
    """What one replication of one arm left behind.

    ``events``, ``cases``, ``decisions``, ``comings``, ``defects``: structured arrays as above.
    ``milestones``: int64 [cases, documents], second at which a step, silence or a skipped step
    first gave a document, ``NEVER`` if none did: what lay in the locker was not given.
    ``attributes``: int64 [cases, attributes]. ``harms``: bool [cases, defects], whether a case
    ended flawed by a defect. ``queue_area``: int64 [pools], case-seconds spent in
    the queue of each actor, of each site if it has staff in each, summed by the engine as it ran
    (Little's law checks it).
    """

    replication: int
    events: NDArray[Any]
    cases: NDArray[Any]
    decisions: NDArray[Any]
    milestones: NDArray[np.int64]
    attributes: NDArray[np.int64]
    harms: NDArray[np.bool_]
    queue_area: NDArray[np.int64]
    comings: NDArray[Any] = field(default_factory=lambda: np.zeros(0, COMINGS))
    defects: NDArray[Any] = field(default_factory=lambda: np.zeros(0, DEFECTS))

    def digest(self) -> bytes:
        """SHA-256 of what was done and came out: equal for equal runs, on any machine.

        ``defects`` tells the same run in more words, and ``queue_area`` in fewer; neither counts.
        """
        sha = hashlib.sha256()
        tables = (self.events, self.cases, self.decisions, self.milestones, self.attributes)
        for table in (*tables, self.harms, self.comings):  # a table without rows adds nothing
            sha.update(np.ascontiguousarray(table).tobytes())
        return sha.digest()

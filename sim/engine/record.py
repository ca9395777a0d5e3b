"""Writing the log down: rows packed as bytes while a run goes on, tables at its end."""

from __future__ import annotations

import struct
from collections.abc import Container, Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import Program
from sim.engine.case import NO_CAUSE, Case, Cause, Slip, Visit
from sim.graph.chain import bits
from sim.log import (
    CASES,
    COMINGS,
    DECISIONS,
    DEFECTS,
    EVENTS,
    LIFE,
    NEVER,
    OUTCOMES,
    RESULTS,
    Log,
)

T = TypeVar("T", bound=np.generic)

_EVENT: Final = struct.Struct("<iihiqqqqqqbhih")
_DECISION: Final = struct.Struct("<qihbhbih")
_COMING: Final = struct.Struct("<ihihqqq")
_SLIP: Final = struct.Struct("<iiibqih")
_LIFE: Final = {what: number for number, what in enumerate(LIFE)}
_DONE: Final = {"fix": "fixed", "overlook": "overlooked"}
_CASE: Final = struct.Struct("<ihbqqbhbhihqqq")
assert _EVENT.size == EVENTS.itemsize  # noqa: S101 -- the row is packed as the table is declared
assert _CASE.size == CASES.itemsize  # noqa: S101 -- as above
assert _COMING.size == COMINGS.itemsize  # noqa: S101 -- as above
assert _DECISION.size == DECISIONS.itemsize  # noqa: S101 -- as above

assert _SLIP.size == DEFECTS.itemsize  # noqa: S101 -- as above


class Record:
    """The tables of one replication in the making."""

    def __init__(self, program: Program) -> None:
        own = program.streams[: program.own]
        self.total = sum(stream.count for stream in own)
        """Cases of the scenario's own streams, numbered from 0; other business goes around."""
        self._left = sum(stream.count for stream in own if not stream.background)
        self._counted = [not stream.background for stream in own]
        self._visible = len(program.documents) - program.hidden
        self._events = bytearray()
        self._decisions = bytearray()
        self._comings = bytearray()
        self._defects = bytearray()
        self._slips = 0
        self._cases = bytearray(_CASE.size * self.total)
        self._pieces = bytearray()
        self._ended = 0
        self._milestones = np.full((self.total, self._visible), NEVER, np.int64)
        self._attributes = np.zeros((self.total, len(program.attributes)), np.int64)
        self.harms = np.zeros((self.total, len(program.defects)), np.bool_)
        """By which defects each case ends flawed."""

    def visit(self, visit: Visit, result: str, closed: int) -> None:
        """Write a visit that closes."""
        self._events += _EVENT.pack(
            visit.case.number,
            visit.step,
            visit.number,
            visit.profile_number,
            visit.ready,
            visit.enabled,
            visit.granted,
            visit.started,
            visit.finished,
            closed,
            RESULTS.index(result),
            visit.rule,
            *visit.cause,
        )

    def decision(self, *row: int) -> None:
        """Write what an agent decided: a row of ``DECISIONS``."""
        self._decisions += _DECISION.pack(*row)

    def coming(self, case: Case, actor: int, came: int, left: int) -> None:
        """Write when somebody who was called came and left, or did not come any more."""
        self._comings += _COMING.pack(case.number, actor, *case.called[actor], came, left)

    # -- the life of a slip --------------------------------------------------------------------

    def made(self, case: Case, instances: int, time: int, by: Cause) -> None:
        """Write down what a visit makes, or NO_CAUSE for the locker; each begins a life."""
        for instance in bits(instances):
            self.slip(case, instance, "renewed", time, by)
            case.slips[instance] = Slip(self._slips)
            self._slips += 1
            self.slip(case, instance, "made", time, by)

    def slip(self, case: Case, instance: int, what: str, time: int, by: Cause) -> None:
        """Write what a visit does with a slip that has not ended: a word of ``LIFE``."""
        slip = case.slips.get(instance)
        if slip is not None:
            self._defects += _SLIP.pack(slip.number, case.number, instance, _LIFE[what], time, *by)
            if what in _DONE:
                slip.done, slip.by = _DONE[what], by

    def mended(self, visit: Visit, time: int) -> None:
        """Write what a visit has mended, unless it was undone meanwhile."""
        for instance, slip, _ in visit.mended:
            if visit.case.slips.get(instance) is slip:
                self.slip(visit.case, instance, "fix", time, (visit.step, visit.number))

    def shed(self, case: Case, named: Container[int], instances: int, time: int, by: Cause) -> None:
        """Write what a letter undoes; some of it is ``named`` in the letter."""
        for instance in sorted(case.slips):
            if instances >> instance & 1:
                self.slip(case, instance, "sent_back" if instance in named else "shed", time, by)
                del case.slips[instance]

    def _end_slips(self, case: Case, time: int) -> None:
        for instance, slip in sorted(case.slips.items()):
            end = ("left", NO_CAUSE) if case.left >> instance & 1 else (slip.done, slip.by)
            self.slip(case, instance, end[0], time, end[1])

    # -- the end -------------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        """Whether every case of the scenario's own streams has ended."""
        return self._ended == self.total

    @property
    def counting(self) -> bool:
        """Whether a case that is not of the background has not ended."""
        return self._left > 0

    def case(self, case: Case, end: int, outcome: str, cause: int, last: Sequence[int]) -> None:
        """Write a case that ends; ``last``: step and number of the visit that ended it."""
        if case.slips:
            self._end_slips(case, end)
        row = _CASE.pack(
            case.number,
            case.stream,
            case.channel,
            case.start,
            end,
            OUTCOMES.index(outcome),
            cause,
            case.late,
            case.returns,
            *last,
            sum(case.misdirected.values()),
            sum(case.misdirected[instance] for instance in case.back),
            sum(case.back.values()),
        )
        if case.stream >= len(self._counted):
            self._pieces += row
            return
        self._cases[case.number * _CASE.size : (case.number + 1) * _CASE.size] = row
        self._ended += 1
        self._left -= self._counted[case.stream]
        self._milestones[case.number] = case.first_given[: self._visible]
        self._attributes[case.number] = case.attributes

    def log(self, replication: int, queue_area: Sequence[int]) -> Log:
        """Return the tables. Every case must have ended."""
        pieces = np.sort(np.frombuffer(self._pieces, CASES), order="case")
        before = int(np.searchsorted(pieces["case"], 0))
        cases = np.frombuffer(self._cases, CASES)

        def among(table: NDArray[T], nothing: int) -> NDArray[T]:
            """Return a table with a row for each piece as well, of which nothing is known."""
            around = ((before, len(pieces) - before), (0, 0))
            return np.pad(table, around, constant_values=nothing) if len(pieces) else table

        if len(pieces):
            cases = np.concatenate((pieces[:before], cases, pieces[before:]))
        return Log(
            replication,
            np.frombuffer(self._events, EVENTS),
            cases if self.complete else cases[cases["end"] > 0],
            np.frombuffer(self._decisions, DECISIONS),
            among(self._milestones, NEVER),
            among(self._attributes, 0),
            among(self.harms, nothing=False),
            np.array(queue_area, np.int64),
            np.frombuffer(self._comings, COMINGS),
            np.frombuffer(self._defects, DEFECTS),
        )

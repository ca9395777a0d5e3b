"""Other business of pools: what comes beside the cases, as streams of one hidden step each.

Nothing else of an arm than ``load`` itself tells how much comes, and when: hours and staff are
those that the files declare.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.compile import tables
from sim.compile.checks import keys_of
from sim.compile.documents import Leaves
from sim.compile.expressions import Expressions
from sim.compile.index import fixed
from sim.compile.nodes import MOST, SHARE, ZERO, Const, Drawn, Node
from sim.compile.opening import Changes, Openings, changes, stretches
from sim.compile.program import (
    TICKS,
    ActorSpec,
    DocumentSpec,
    GoalSpec,
    LoadSpec,
    Program,
    StepSpec,
    StreamSpec,
    VisitSpec,
)
from sim.graph.journey import ActorInstance, below_place
from sim.language.agent import EVENTS
from sim.language.distributions import Exponential
from sim.language.procedure import Load
from sim.language.quantity import Fixed, Quantity

_SENDER: Final = "load/sender"
_DONE: Final = "load/done"
"""Who other business comes from, and what it wants; no file can call anything so."""


@dataclass(frozen=True)
class Business:
    """Other business of an actor: the work of a piece, what lies there, how the rest comes in."""

    actor: int
    name: str
    work: Node
    backlog: int
    gaps: Node
    pace: Changes


def loads(names: Expressions, openings: Openings) -> tuple[Business, ...]:
    """Compile the other business of all pools that have any."""
    each = enumerate(names.journey.actors.values())
    return tuple(
        _business(names, openings, number, actor, actor.actor.load)
        for number, actor in each
        if actor.actor.load is not None and actor.name in openings.loads
    )


def _business(
    names: Expressions, openings: Openings, number: int, actor: ActorInstance, load: Load
) -> Business:
    index, place, name = names.index, below_place(actor.place, "load"), f"load.{actor.name}"
    _, staff = openings.loads[actor.name]
    where, point = below_place(place, "each"), f"{name}/work"
    work = names.node(load.each, "work", point, where, settled=actor.items)
    mean = work.value if isinstance(work, Const) else 0.0
    if isinstance(work, Drawn):
        mean = tables.mean(names.quantiles[work.table])
    if mean <= 0:
        names.say(where, "load_each")
        mean = 1.0
    where = below_place(place, "share")
    knows = ("time", "month", "weekday")
    node = names.node(load.share, "share", "", where, settled=actor.items, knows=knows)
    share = changes(node, index.start, index.offset)
    if share is None:
        names.say(where, "load_share")
    pace = _pace(staff, share or ((0, 0),), index.offset)
    law = Exponential(mean)
    table = names.table((law, TICKS, 0, MOST), law.quantiles, TICKS, (0, MOST))
    gaps = Drawn(names.points.of("arrival"), table)
    lies = _lying(names, openings, actor.name, load.backlog)
    return Business(number, name, work, int(lies / mean + 0.5), gaps, pace)


def _lying(names: Expressions, openings: Openings, actor: str, backlog: Quantity) -> int:
    """Return the staff seconds that the declared staff has within ``backlog`` from the start."""
    calendar, staff = openings.loads[actor]
    start, length = names.index.offset, int(fixed(backlog))
    end = start + length
    if isinstance(backlog, Fixed) and backlog.business and length:
        end = openings.calendars[openings.days].finish(start, length)
    spans = ((max(one, start), min(other, end), here) for (one, other), here in stretches(staff))
    hours = openings.calendars[calendar]
    return sum(here * hours.open_between(one, other) for one, other, here in spans if one < other)


def _pace(staff: Changes, share: Changes, start: int) -> Changes:
    """Return how much work comes in for each open second, in ``TICKS``; nothing if none ever."""
    edges = sorted({max(second, start) for second, _ in (*staff, *share)})
    pace = [
        (one, (_at(staff, one) * _at(share, one) * TICKS + SHARE // 2) // SHARE) for one in edges
    ]
    return tuple(pace) if any(work for _, work in pace) else ()


def _at(steps: Changes, second: int) -> int:
    """Return the number that is there at a second."""
    return steps[bisect_right(steps, second, key=lambda step: step[0]) - 1][1]


def laden(program: Program, loaded: Sequence[Business], openings: Openings) -> Program:
    """Return a program with other business in it; everything of it stands behind the rest.

    A piece is a case of one visit. What lies there at the start has case numbers below 0, so that
    it is before everybody; what comes has those behind all others, pool by pool in turn.
    """
    if not loaded:
        return program
    cases, coming = sum(s.count for s in program.streams), sum(bool(b.pace) for b in loaded)
    lying = -1 - sum(one.backlog for one in loaded)
    profiles, streams, specs = [], [], []
    done, sender = len(program.documents), len(program.actors)
    for step, one in enumerate(loaded, len(program.steps)):
        calendar, _ = openings.loads[program.actors[one.actor].name]
        profiles.append(_profile(step, one, program.actors[one.actor].calendar, done))
        stream = StreamSpec(
            name=one.name,
            background=True,
            count=0,
            first_case=cases,
            crc=(),
            steps=(step,),
            order=(step,),
            goals=(GoalSpec(done, None, 0),),
            ends=(),
            clocks=(),
            attributes=(),
            locker=(),
            arrivals="load",
            gaps=one.gaps,
            calendar=calendar,
            applicant=sender,
        )
        if one.backlog:
            streams.append(
                replace(
                    stream,
                    name=f"backlog{one.name[4:]}",
                    count=one.backlog,
                    first_case=lying,
                    arrivals="at_once",
                    gaps=ZERO,
                    calendar=openings.always,
                )
            )
            specs.append(LoadSpec(one.actor, 1, ()))
            lying += one.backlog
        if one.pace:
            streams.append(stream)
            specs.append(LoadSpec(one.actor, coming, one.pace))
            cases += 1
    first, new = len(program.profiles), range(len(loaded))
    return replace(
        program,
        steps=(*program.steps, *(one.name for one in loaded)),
        documents=(*program.documents, _DONE),
        hidden=program.hidden + 1,
        actors=(*program.actors, _sender(openings.always)),
        profiles=(*program.profiles, *profiles),
        ways=(*program.ways, *((first + n,) * 3 for n in new)),
        precedence=(*program.precedence, *(len(program.steps) + n for n in new)),
        step_gives=(*program.step_gives, *(1 << done for _ in new)),
        papers=(*program.papers, DocumentSpec(None, -1, kept=False)),
        streams=(
            *program.streams,
            *(replace(one, crc=keys_of(one.name, program.points)) for one in streams),
        ),
        leaves=program.leaves and _filled(program.leaves, first + len(loaded)),
        loose=program.loose and _filled(program.loose, len(program.streams) + len(streams)),
        loads=tuple(specs),
    )


def _filled(leaves: Leaves, size: int) -> Leaves:
    """Return what may be left out, with nothing for what other business adds."""
    return (*leaves, *((),) * (size - len(leaves)))


def _sender(calendar: int) -> ActorSpec:
    """Return who other business comes from: nobody who would be asked anything."""
    return ActorSpec(
        name=_SENDER,
        agent=_SENDER,
        kind="system",
        staffed=False,
        hourly=0,
        calendar=calendar,
        staff=(),
        limit=-1,
        overconfidence=0,
        rules=dict.fromkeys(EVENTS, ()),
        outages=(),
    )


def _profile(step: int, one: Business, calendar: int, done: int) -> StepSpec:
    """Return how a piece is done: by the pool alone."""
    visit = VisitSpec(one.work, None, -1, ZERO, (), (), None, (0, 0, 0, 0), ZERO)
    return StepSpec(
        step=step,
        channel=0,
        actors=(one.actor,),
        pools=(one.actor,),
        persons=(),
        calendar=calendar,
        needs=0,
        knowledge=0,
        gives=(done,),
        open_to=None,
        applies=None,
        omit=False,
        exists=True,
        priority=ZERO,
        first=visit,
        again=visit,
    )

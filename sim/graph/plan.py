"""The plan an agent derives for a goal: which steps, by whom, in what order, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import networkx as nx

from sim.errors import InvalidInput, Problem, nearest
from sim.graph.chain import Chain, Wants, bits
from sim.graph.joiner import join
from sim.graph.journey import ASKED, Journey, Task, Way
from sim.graph.network import seconds
from sim.model import library
from sim.model.attribute import Amount, Chance, Choice, Constant, Table, Value
from sim.model.base import CHANNELS, Channel, Condition, Label
from sim.model.quantity import typical

EVEN: Final = 0.5
"""From this share on something is taken to be the case in a typical journey."""

Labels = Mapping[str, str]


@dataclass(frozen=True)
class PlanStep:
    """One step of a plan. ``rank``: steps of one rank can be done at the same time."""

    name: str
    title: Labels
    procedure: str
    procedure_title: Labels
    actor_titles: tuple[Labels, ...]
    channel: str
    rank: int
    gate: bool
    critical: bool
    gives: tuple[str, ...]
    minutes: float


@dataclass(frozen=True)
class Plan:
    """What leads to ``goal``. ``minutes``: typical time along the critical path, waits included."""

    goal: tuple[str, ...]
    channel: str
    steps: tuple[PlanStep, ...]
    have: tuple[str, ...]
    missing: tuple[str, ...]
    minutes: float | None
    titles: Mapping[str, Labels]


def plan_for(
    goal: Sequence[str], *, using: Sequence[str], have: Sequence[str], channel: str
) -> Plan:
    """Return the plan for documents ``goal`` from those at hand, in a typical case.

    ``using``: procedures that may be used, by default those on the shelf that lead to the goal.
    Raises InvalidInput for an unknown name or a goal that nothing gives.
    """
    procedures = tuple(using) or library.givers(goal)
    if not procedures:
        known = library.documents_on_shelf()
        raise InvalidInput(
            [Problem("unknown_document", {"name": n}, guess=nearest(n, known)) for n in goal]
        )
    chosen = library.companions(procedures) if not using else procedures
    journey = join(library.world(chosen, goal, have, channel))
    return _Derivation(journey, channel).plan(goal, have)  # type: ignore[arg-type]  # a Channel


def typical_value(journey: Journey, name: str) -> bool | str | float:
    """Return what an attribute is in a typical case."""
    if name in journey.presences:
        return typical(journey.presences[name]) >= EVEN
    return _typical(journey, journey.attributes[name][0])


def _typical(journey: Journey, value: Value) -> bool | str | float:
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Chance):
        return typical(value.share) >= EVEN
    if isinstance(value, Amount):
        return typical(value.number)
    if isinstance(value, Choice):
        return max(value.shares, key=lambda one: one[1].value)[0]
    return _from_table(journey, value)


def _from_table(journey: Journey, table: Table) -> bool | str | float:
    known = typical_value(journey, table.by) if table.by in journey.attributes else ""
    for key, inner in table.branches:
        if _fits(known, key):
            return _typical(journey, inner)
    return _typical(journey, table.otherwise or table.branches[-1][1])


def _fits(value: bool | str | float, wanted: object) -> bool:  # noqa: FBT001 -- a value
    if isinstance(value, bool):
        return str(wanted).lower() == str(value).lower()
    comparison = re.fullmatch(r"\s*([<>])(=?)\s*(\d+(?:\.\d+)?)", str(wanted))
    if comparison and isinstance(value, int | float):
        limit = float(comparison[3])
        more = value > limit if comparison[1] == ">" else value < limit
        return more or (bool(comparison[2]) and value == limit)
    return str(wanted) == str(value)


class _Derivation:
    """Backward chaining for one typical case, stage by stage."""

    def __init__(self, journey: Journey, channel: Channel) -> None:
        self.journey = journey
        self.tasks = list(journey.tasks.values())
        self.papers = {name: i for i, name in enumerate(journey.papers)}
        self.ways = [self._way(task, channel) for task in self.tasks]
        self.channel = channel

    def _way(self, task: Task, channel: Channel) -> tuple[str, Way] | None:
        for lower in reversed(CHANNELS[: CHANNELS.index(channel) + 1]):
            way = task.ways[lower]
            if way.exists and self._holds(way.profile.open_to):
                return lower, way
            if way.profile.open_to is None:
                return None
        return None

    def _holds(self, condition: Condition | None) -> bool:
        if condition is None:
            return True
        if condition.chance is not None and typical(condition.chance) < EVEN:
            return False
        return all(
            name == ASKED
            or any(_fits(typical_value(self.journey, name), v) for v in condition.values(name))
            for name in condition.tests
        )

    def _skipped(self, step: int) -> bool:
        found = self.ways[step]
        if found is None:
            return False
        absent = self.tasks[step].presence
        if absent is not None and not typical_value(self.journey, absent):
            return True
        return bool(found[1].profile.omit) or not self._holds(found[1].profile.if_)

    def plan(self, goal: Sequence[str], have: Sequence[str]) -> Plan:
        chain = self._chain()
        wanted = self._mask(d for name in goal for d in self.journey.documents(name))
        held = self._mask(d for name in have for d in self.journey.documents(name))
        at_hand = held
        stages: list[list[int]] = []
        ends: dict[int, float] = {}
        before: dict[int, int] = {}
        rank: dict[int, int] = {}
        while wanted & ~held:
            ready = [s for s in sorted(Wants(chain, wanted, held).doing) if s not in rank]
            if not ready:
                break
            for step in ready:
                self._schedule(step, chain, rank, ends, before)
            stages.append([s for s in ready if not self._skipped(s)])
            for step in ready:
                held |= self._given(step)
        missing = wanted & ~held
        if missing:
            names = ", ".join(self._names(missing))
            raise InvalidInput(
                [Problem("goal_unreachable", {"name": names, "channel": self.channel})]
            )
        return self._told(
            goal, at_hand, chain, [s for stage in stages for s in stage], rank, ends, before
        )

    def _schedule(
        self,
        step: int,
        chain: Chain,
        rank: dict[int, int],
        ends: dict[int, float],
        before: dict[int, int],
    ) -> None:
        earlier = [chain.giver[d] for d in bits(chain.needs[step]) if chain.giver[d] in ends]
        last = max(earlier, key=lambda s: ends[s], default=-1)
        begin = ends.get(last, 0.0)
        own = 0.0 if self._skipped(step) else seconds(self._found(step)[1])
        ends[step] = begin + own
        before[step] = last
        behind = max((rank[s] for s in earlier), default=-1)
        rank[step] = behind if self._skipped(step) else behind + 1

    def _found(self, step: int) -> tuple[str, Way]:
        found = self.ways[step]
        assert found is not None  # noqa: S101 -- only steps with a way become ready
        return found

    def _given(self, step: int) -> int:
        return self._mask((*self.tasks[step].gives, *self._found(step)[1].learns))

    def _mask(self, names: Iterable[str]) -> int:
        return sum({1 << self.papers[name] for name in names})

    def _names(self, mask: int) -> list[str]:
        names = list(self.papers)
        return [names[i] for i in bits(mask) if not names[i].startswith("?")]

    def _order(self, needs: Sequence[int]) -> list[int]:
        """Return the steps, each behind all that may give what it needs."""
        graph: nx.DiGraph[int] = nx.DiGraph()
        able = [s for s, way in enumerate(self.ways) if way is not None]
        graph.add_nodes_from(able)
        for step in able:
            given = self._given(step)
            graph.add_edges_from((step, other) for other in able if needs[other] & given)
        return list(nx.lexicographical_topological_sort(graph))

    def _chain(self) -> Chain:
        needs = [0 if w is None else self._mask((*w[1].needs, *w[1].knowledge)) for w in self.ways]
        giver = [-1] * len(self.papers)
        able = [s for s, way in enumerate(self.ways) if way is not None]
        for step in sorted(able, key=lambda s: (self._skipped(s), s)):
            for document in bits(self._given(step)):
                if giver[document] < 0:
                    giver[document] = step
        return Chain(self._order(needs), needs, giver)

    def _told(  # noqa: PLR0913, PLR0917 -- what the derivation found
        self,
        goal: Sequence[str],
        at_hand: int,
        chain: Chain,
        steps: list[int],
        rank: dict[int, int],
        ends: dict[int, float],
        before: dict[int, int],
    ) -> Plan:
        last = max(steps, key=lambda s: ends[s], default=-1)
        critical = set()
        while last >= 0:
            critical.add(last)
            last = before[last]
        used = 0
        for step in steps:
            used |= chain.needs[step]
        made = 0
        for step in steps:
            made |= self._given(step)
        ordered = sorted(steps, key=lambda s: (rank[s], s))
        return Plan(
            tuple(goal),
            self.channel,
            tuple(self._step(s, rank[s], s in critical) for s in ordered),
            tuple(self._names(at_hand & used)),
            tuple(self._names(made & ~at_hand)),
            max(ends.values(), default=0.0) / 60,
            {n: _both(p.title) for n, p in self.journey.papers.items()},
        )

    def _step(self, step: int, rank: int, critical: bool) -> PlanStep:  # noqa: FBT001 -- a field
        task = self.tasks[step]
        channel, way = self._found(step)
        procedure = self.journey.world.procedures[task.procedure]
        title = procedure.title or Label(en=task.procedure, ja=task.procedure)
        actors = [self.journey.actors[name] for name in way.by]
        return PlanStep(
            task.name,
            _both(task.title),
            task.procedure,
            _both(title),
            tuple(_both(a.title) for a in actors),
            channel,
            rank,
            any(a.agent.kind == "person" for a in actors),
            critical,
            task.gives,
            seconds(way) / 60,
        )


def _both(label: Label) -> Labels:
    return {"en": label.en, "ja": label.ja}

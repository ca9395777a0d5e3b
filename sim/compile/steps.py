"""Steps as numbers: how each is done in each channel, and who rides along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.compile.expressions import COMMON, Expressions
from sim.compile.index import fixed
from sim.compile.nodes import (
    EVER,
    MONTH,
    MOST,
    TIME,
    WEEKDAY,
    ZERO,
    Drawn,
    Predicate,
    Switch,
    within,
)
from sim.compile.opening import Openings
from sim.compile.program import ActorSpec, BatchSpec, SelectSpec, SessionsSpec, StepSpec
from sim.compile.visits import StepVisit, amount, first_visits, visit_spec
from sim.graph.journey import Place, StepInstance, below_place
from sim.language.amounts import Kind
from sim.language.attribute import Constant
from sim.language.base import CHANNELS
from sim.language.step import FLAGS, Batch

_ALONE = ("person", "professional", "ai")
"""Kinds of agents that do one case at a time unless they are staff."""

_COUNT: Final[Kind] = "count"
_YEN: Final[Kind] = "yen"


def steps(
    names: Expressions, actors: Sequence[ActorSpec], openings: Openings
) -> tuple[StepSpec, ...]:
    """Compile every step in every channel; behind all of them, who rides along."""
    compiler = _Steps(names, actors, openings)
    wanted = names.index.wanted
    return _with_riders([compiler.step(visit) for step in wanted for visit in first_visits(step)])


@dataclass(frozen=True)
class _Steps:
    """What a step is compiled with."""

    names: Expressions
    actors: Sequence[ActorSpec]
    openings: Openings

    def step(self, visit: StepVisit) -> StepSpec:
        """Return a step as it is done in the channel of a first visit."""
        index, step, here = self.names.index, visit.step, visit.here
        profile = here.profile
        taken = tuple(index.actors[name] for name in here.by)
        pools = tuple(actor for actor in taken if self.actors[actor].staffed)
        applies = self._applies(visit)
        first = again = visit_spec(self.names, self.openings.slots, visit)
        point, place = f"{step.name}/open_to", visit.place("open_to")
        open_to = self.names.test(profile.open_to, point, place, step.name)
        knowledge = index.mask(here.knowledge)
        given = {name for name in (*step.gives, *here.learns) if name in index.documents}
        priority = amount(self.names, visit, profile.priority, "rank", "priority")
        if profile.again:
            again = visit_spec(self.names, self.openings.slots, visit.again)
        flags: dict[str, Any] = {name: bool(getattr(profile, name)) for name in FLAGS}
        return StepSpec(
            step=index.steps[step.name],
            channel=visit.channel,
            actors=taken,
            pools=pools,
            persons=tuple(a for a in taken if a not in pools and self.actors[a].limit >= 0),
            calendar=self.openings.together[taken],
            needs=index.mask(here.needs) | knowledge,
            knowledge=knowledge,
            gives=tuple(sorted(index.documents[name] for name in given)),
            open_to=open_to,
            applies=applies,
            omit=profile.passed,
            exists=here.exists,
            priority=priority,
            first=first,
            again=again,
            batch=self._batch(visit, taken),
            once=self._once(visit),
            **flags,
        )

    def _applies(self, visit: StepVisit) -> Predicate | None:
        """Compile when a step is done at all: its ``if``, and whether its item is there."""
        step, place = visit.step, visit.place("if_")
        test = self.names.test(visit.here.profile.applies, f"{step.name}/if", place, step.name)
        if step.presence is None:
            return test
        test = test or EVER
        there = (self.names.attributes[step.presence], ((1, 1),))
        return replace(test, tests=(there, *test.tests))

    def _batch(self, visit: StepVisit, taken: Sequence[int]) -> BatchSpec | None:
        batch: Batch | None = visit.pick("batch")
        select = visit.step.definition.select
        if select is not None:
            if batch is not None:
                self.names.say(visit.place("batch"), "select_alone", on="key", field="batch")
            # Who comes first is taken then and there, one by one.
            ranked = select.rank is not None
            batch = Batch(at=select.at) if ranked else Batch(most=1)
        if batch is None:
            return None
        agents = [self.actors[actor] for actor in taken]
        if any(not agent.staffed and agent.kind in _ALONE for agent in agents):
            self.names.say(visit.place("batch"), "batch_person", on="key")
        if visit.drafted:
            self.names.say(visit.place("batch"), "batch_drafted", on="key")
        timetable = self.openings.slots.get(batch.at or "", -1)
        return BatchSpec(timetable, batch.most or MOST, -1)

    def _once(self, visit: StepVisit) -> int:
        """Return 0 for a step that is done once a site, or -1; its rider is numbered later."""
        if visit.step.definition.once is None:
            return -1
        if visit.step.definition.select is not None:
            where = below_place(visit.step.place, "once")
            self.names.say(where, "select_alone", on="key", field="once")
        for field, there in (("confidence", visit.drafted), ("batch", visit.pick("batch"))):
            if there:
                self.names.say(visit.place(field), "once_for_all", on="key", field=field)
        return 0


def selects(names: Expressions, openings: Openings) -> dict[int, SelectSpec] | None:
    """Compile the calls of steps, by step; None if there are none."""
    calls = (step for step in names.index.wanted if step.definition.select is not None)
    return {names.index.steps[step.name]: _select(names, openings, step) for step in calls} or None


def _select(names: Expressions, openings: Openings, step: StepInstance) -> SelectSpec:
    select, place = step.definition.select, below_place(step.place, "select")
    assert select is not None  # noqa: S101 -- those that have none are not asked
    index, domains = names.index, names.index.domains
    pot, kind = ("places", _COUNT) if select.budget is None else ("budget", _YEN)
    node = names.node(getattr(select, pot), kind, "", place_of := below_place(place, pot))
    read = {one.variable for one in within(node) if isinstance(one, Switch)}
    if not read <= {TIME, MONTH, WEEKDAY} or any(isinstance(one, Drawn) for one in within(node)):
        names.say(place_of, "select_shape", name=pot)
    numbers = dict.fromkeys(("costs", "rank"), -1)
    for field in numbers:
        name, where = getattr(select, field), below_place(place, field)
        if name is not None and not names.chosen_later(name, where):
            numbers[field] = index.attributes[name]
            if domains[name].kind != "number":
                names.say(where, "select_number", name=name)
    cases = index.scenario.cases.items()
    said = [(one.attributes, index.place("cases", name, "attributes")) for name, one in cases]
    told = [
        (a[select.decides], below_place(p, select.decides)) for a, p in said if select.decides in a
    ]
    for value, where in (names.journey.attributes[select.decides], *told):
        if value != Constant(value=False):
            names.say(where, "select_drawn", name=select.decides)
    slot = openings.slots.get(select.at or "", -1)
    return SelectSpec(slot, node, **numbers, decides=index.attributes[select.decides])


def _with_riders(specs: Sequence[StepSpec]) -> tuple[StepSpec, ...]:
    """Add behind all steps how those go who ride along in a batch, or with another of their site.

    Each is told which of them ride along with it.
    """
    leading: list[StepSpec] = []
    riders: list[StepSpec] = []
    for spec in specs:
        batch, once = spec.batch, spec.once
        if batch is not None:
            batch = replace(batch, rider=len(specs) + len(riders))
            riders.append(replace(spec, batch=batch, pools=(), rides=True))
        if once >= 0:
            once = len(specs) + len(riders)
            riders.append(_freed(spec, once))
        leading.append(replace(spec, batch=batch, once=once))
    return (*leading, *riders)


def _freed(spec: StepSpec, once: int) -> StepSpec:
    """Return a step for whom another case of the site did it: it takes nobody and costs nothing."""
    first, again = (replace(one, burden=(0, 0, 0, 0), fee=ZERO) for one in (spec.first, spec.again))
    return replace(spec, pools=(), persons=(), first=first, again=again, once=once, rides=True)


def sessions(names: Expressions, profiles: Sequence[StepSpec]) -> SessionsSpec | None:
    """Compile who comes and goes, and whom each profile waits for; None if nobody does.

    It is the first person of ``by`` without staff. Who rides along needs nobody.
    """
    people = list(names.journey.actors.values())
    last = {}
    for number, actor in enumerate(people):
        if actor.agent.sessions is not None:
            if actor.actor.pool is not None:
                names.say(below_place(actor.place, "staff"), "sessions_of_staff", name=actor.name)
            last[number] = int(fixed(actor.agent.sessions.last))
    comes = {}
    for number, profile in enumerate(profiles if last else ()):
        alone = (a for a in profile.actors if people[a].agent.kind == "person")
        first = next((a for a in alone if people[a].actor.pool is None), None)
        if first in last and not profile.rides:
            agent = people[first].agent
            assert agent.sessions is not None  # noqa: S101 -- it is in ``last``
            step = names.index.wanted[profile.step]
            point = f"{step.name}/comes"
            place: Place = ("agent", agent.agent, ("sessions", "after"))
            settled = {**step.items, "channel": CHANNELS[profile.channel]}
            knows = (*COMMON, "visit")
            after = names.node(
                agent.sessions.after, "duration", point, place, settled=settled, knows=knows
            )
            comes[number] = (first, after)
    return SessionsSpec(last, comes) if last else None

"""Actors as numbers: staff, attention, and the rules of their agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sim.compile.expressions import COMMON, Expressions
from sim.compile.index import fixed
from sim.compile.nodes import EVER, Node
from sim.compile.opening import Changes, Openings, outages
from sim.compile.program import ActionSpec, ActorSpec, PriceSpec, RuleSpec, SitesSpec
from sim.graph.journey import ActorInstance, Journey, Place, below_place
from sim.language import agent as agents
from sim.language.amounts import Kind
from sim.language.base import CHANNELS
from sim.language.quantity import Quantity

APPLICANT_HOURLY: Final = 2485
"""Yen an hour of an applicant's time is worth: 820 billion yen over 330 million hours (MAC-21)."""

_MANY: Final = 1_000_000
"""Steps at once that nobody ever comes to, for whoever is not called while at work."""

_SURE: Final = 65_536
"""An agent's overconfidence of 1."""

_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "drafted": ("visit",),
    "found": ("visit", "queue", "made_in"),
    "returned": ("visit",),
    "outage": ("visit",),
}
"""What the amounts of a rule may be looked up by, besides what is known at any moment."""


def actors(names: Expressions, openings: Openings) -> tuple[ActorSpec, ...]:
    """Compile the actors of a journey."""
    each = zip(names.journey.actors.values(), openings.staff, openings.actors, strict=True)
    return tuple(_actor(names, *one) for one in each)


def _actor(names: Expressions, actor: ActorInstance, staff: Changes, calendar: int) -> ActorSpec:
    agent = actor.agent
    over = fixed(agent.overconfidence) if agent.overconfidence is not None else 1.0
    hourly = APPLICANT_HOURLY if agent.kind == "person" else 0
    if agent.hourly is not None:
        hourly = int(fixed(agent.hourly))
    return ActorSpec(
        name=actor.name,
        agent=agent.agent,
        kind=agent.kind,
        staffed=actor.actor.pool is not None,
        hourly=hourly,
        calendar=calendar,
        staff=staff,
        limit=(_MANY if agent.sessions else -1) if agent.limit is None else agent.limit,
        overconfidence=round(over * _SURE),
        rules={event: _rules(names, agent, event) for event in agents.EVENTS},
        outages=outages(names.index, actor),
    )


def prices(journey: Journey) -> tuple[PriceSpec, ...] | None:
    """Return what the actors of a journey ask for each document."""
    found = []
    for number, actor in enumerate(journey.actors.values()):
        agent = actor.agent
        if agent.price is not None and (yen := int(fixed(agent.price))):
            payer = agent.paid_by or ("office" if agent.kind == "office" else "applicant")
            found.append(PriceSpec(number, yen, payer == "office"))
    return tuple(found) or None


def with_all_staff(
    people: tuple[ActorSpec, ...], places: SitesSpec | None
) -> tuple[ActorSpec, ...]:
    """Return the actors; who has staff in each place has all of it together."""
    told = list(people)
    for actor, each in (places.staff if places is not None else {}).items():
        most = max(each, key=len)
        numbers = (
            (second, [c[i if len(c) > 1 else 0][1] for c in each])
            for i, (second, _) in enumerate(most)
        )
        together = tuple((second, sum(staff)) for second, staff in numbers)
        told[actor] = replace(people[actor], staff=together)
    return tuple(told)


def _rules(names: Expressions, agent: agents.Agent, event: agents.Event) -> tuple[RuleSpec, ...]:
    knows = {*COMMON, *_KNOWN.get(event, ())}
    rules = []
    for name, rule in agent.rules.get(event, {}).items():
        full = f"{agent.agent}.{event}.{name}"
        place: Place = ("agent", agent.agent, ("rules", event, name))
        when = below_place(place, "when")
        test = names.test(rule.when, f"rule/{full}", when, knows=knows)
        then = below_place(place, "then", rule.then.do)
        action = _action(names, rule.then, f"rule/{full}", then, knows)
        rules.append(RuleSpec(names.index.rules[full], test or EVER, action))
    return tuple(rules)


def _action(
    names: Expressions, action: agents.Action, point: str, place: Place, knows: set[str]
) -> ActionSpec:
    def amount(quantity: Quantity | None, kind: Kind, field: str) -> Node | None:
        if quantity is None:
            return None
        where = below_place(place, field)
        return names.node(quantity, kind, f"{point}/{field}", where, knows=knows)

    return ActionSpec(
        action.do,
        amount(action.work, "work", "work") or amount(action.after, "duration", "after"),
        amount(action.recovers, "share", "recovers"),
        -1 if action.use is None else CHANNELS.index(action.use),
        action.hurry or 0,
    )

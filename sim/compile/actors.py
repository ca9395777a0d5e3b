"""Actors as numbers: hours, staff, rules, and what they must have."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import networkx as nx

from sim.compile import calendars as cal
from sim.compile.expressions import COMMON
from sim.compile.program import (
    EVER,
    ActionSpec,
    ActorSpec,
    RuleSpec,
)
from sim.compile.staff import STAFF_BY, Changes, by_day, changes, stretches
from sim.compile.symbols import Symbols
from sim.graph.journey import ActorInstance, Place, below_place
from sim.language import agent as agents
from sim.language.base import CHANNELS
from sim.language.hours import Hours
from sim.language.measure import Kind

APPLICANT_HOURLY: Final = 2485
"""Yen an hour of an applicant's time is worth: 820 billion yen over 330 million hours (MAC-21)."""


_KNOWN: Final = {
    "start": (),
    "drafted": ("visit",),
    "found": ("visit", "queue", "made_in"),
    "returned": ("visit",),
    "waiting": (),
    "outage": ("visit",),
}
"""What the amounts of a rule may be looked up by, besides what is known at any moment."""


class Actors:
    """Compiles the actors of a journey."""

    def __init__(self, ledger: Symbols) -> None:
        """Enter rules into ``ledger``."""
        self.ledger = ledger
        self.journey, self.scenario, self.names = ledger.journey, ledger.scenario, ledger.names

    def actor(self, who: ActorInstance) -> ActorSpec:
        """Return an actor."""
        agent = who.agent
        named = who.actor.hours if who.actor.hours is not None else agent.hours
        hours_place: Place = (
            below_place(who.place, "hours")
            if who.actor.hours is not None
            else ("agent", agent.agent, ("hours",))
        )
        outages = tuple(
            (self.ledger.second(o.at), self.ledger.second(o.at) + int(self.ledger.fixed(o.for_)))
            for o in self.scenario.outages
            if o.actor in (who.name, who.name.partition(".")[0])
        )
        staff, by_days = self._staff(who)
        off = tuple(span for span, number in stretches(staff) if not number) if by_days else ()
        hours = self.ledger.hours(named, hours_place)
        self._check_staff(who, staff, hours)
        calendar = self.ledger.calendar(hours, outages + off)
        over = self.ledger.fixed(agent.overconfidence) if agent.overconfidence is not None else 1.0
        return ActorSpec(
            name=who.name,
            agent=agent.agent,
            kind=agent.kind,
            staffed=who.actor.pool is not None,
            hourly=self._hourly(agent),
            calendar=calendar,
            staff=staff,
            limit=-1 if agent.limit is None else agent.limit,
            overconfidence=round(over * 65_536),
            rules=tuple(self._rulebook(agent, event) for event in agents.EVENTS),
            outages=outages,
        )

    def _hourly(self, agent: agents.Agent) -> int:
        """Return yen an hour: as written, else for a person what an applicant's hour is worth."""
        if agent.hourly is None:
            return APPLICANT_HOURLY if agent.kind == "person" else 0
        return int(self.ledger.fixed(agent.hourly))

    def _staff(self, who: ActorInstance) -> tuple[Changes, bool]:
        """Return the staff of a pool, nothing for one of each case, and whether it goes by day."""
        staff, place = who.actor.pool, below_place(who.place, "staff")
        if staff is None:
            return (), False
        node = self.names.node(staff, "count", "", place, items=who.items, knows=STAFF_BY)
        steps = changes(node, self.ledger.start, self.ledger.offset)
        if steps is None:
            self.names.say(place, "staff_shape")
            return ((0, 1),), False
        return steps, by_day(node)

    def _check_staff(self, who: ActorInstance, staff: Changes, hours: Hours) -> None:
        """A pool must have somebody at work at some time."""
        calendar = cal.build(hours, self.ledger.start)
        spans = [span for span, number in stretches(staff) if number]
        if staff and not any(calendar.open_between(*span) for span in spans):
            self.names.say(below_place(who.place, "staff"), "staff_none", name=who.name)

    def _rulebook(self, agent: agents.Agent, event: agents.Event) -> tuple[RuleSpec, ...]:
        return tuple(
            self._rule(agent, event, name, rule)
            for name, rule in agent.rules.get(event, {}).items()
        )

    def _rule(self, agent: agents.Agent, event: str, name: str, rule: agents.Rule) -> RuleSpec:
        full = f"{agent.agent}.{event}.{name}"
        place: Place = ("agent", agent.agent, ("rules", event, name))
        number = self.ledger.rules.setdefault(full, len(self.ledger.rules))
        knows = {*COMMON, *_KNOWN[event]}
        when = below_place(place, "when")
        test = self.names.test(rule.when, f"rule/{full}", when, knows=knows)
        then = rule.then
        quantity = then.work if then.work is not None else then.after
        point = f"rule/{full}/{'work' if then.work is not None else 'after'}"
        seconds = None
        if quantity is not None:
            field = "work" if then.work is not None else "after"
            where = below_place(place, "then", then.do, field)
            kind: Kind = "work" if then.work is not None else "duration"
            seconds = self.names.node(quantity, kind, point, where, knows=knows)
        channel = -1 if then.use is None else CHANNELS.index(then.use)
        recovers = None
        if then.recovers is not None:
            where = below_place(place, "then", then.do, "recovers")
            point = f"rule/{full}/recovers"
            recovers = self.names.node(then.recovers, "share", point, where, knows=knows)
        action = ActionSpec(then.do, seconds, recovers, channel, then.hurry or 0)
        return RuleSpec(number, test or EVER, action)

    def check_rules(self) -> None:
        """Whoever may be sent something back, or may choose a channel, needs rules for it."""
        finds = any(
            way.profile.finds or (way.profile.again and way.profile.again.finds)
            for task in self.ledger.tasks
            for way in task.ways.values()
        )
        for stream in self.ledger.streams:
            applicant = self.journey.actors[self.journey.applicant(stream)]
            if finds:
                self._check_returned(applicant)
            if self.journey.world.channel == "mixed" and not applicant.agent.rules.get("start"):
                self._rule_missing(applicant, "start")
        for task in self.ledger.tasks:
            for way in task.ways.values():
                if way.by and finds and way.profile.makes:
                    first = self.journey.actors[way.by[0]]
                    if first.agent.kind == "ai":
                        self._check_returned(first)

    def _rule_missing(self, who: ActorInstance, event: agents.Event) -> None:
        """Show the actor: it may be the wrong agent for it, or the agent lacks a rule."""
        values = {"actor": who.name, "agent": who.agent.agent, "event": event}
        place = below_place(who.place, "agent")
        self.names.say(place, "rule_missing", hint=f"rule_missing.{event}", **values)

    def _check_returned(self, who: ActorInstance) -> None:
        rules = who.agent.rules.get("returned", {})
        if not rules:
            self._rule_missing(who, "returned")
            return
        last = list(rules)[-1]
        if rules[last].when.tests or rules[last].when.chance is not None:
            where: Place = ("agent", who.agent.agent, ("rules", "returned", last, "when"))
            self.names.say(where, "last_rule_conditional", on="key", event="returned")

    def check_pools(self, actors: tuple[ActorSpec, ...]) -> None:
        """Pools taken in different orders by different steps could wait for each other for ever."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        where: dict[tuple[str, str], Place] = {}
        for task in self.ledger.tasks:
            for channel, way in task.ways.items():
                pools = [a for a in way.by if actors[self.ledger.actor_index[a]].staffed]
                for one, two in pairwise(pools):
                    graph.add_edge(one, two)
                    where[one, two] = task.at(channel, "by")
        try:
            circle = nx.find_cycle(graph)
        except nx.NetworkXNoCycle:
            return
        names = " → ".join([one for one, _ in circle] + [circle[0][0]])
        self.names.say(where[circle[-1][0], circle[-1][1]], "pools_in_circle", names=names)

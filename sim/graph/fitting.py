"""Agents as they act in a journey: without the rules that can never hold there.

Agents are shared: what a rule tests may belong to another journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sim.errors import nearest
from sim.graph.journey import ActorInstance, Place, below_place
from sim.graph.names import Names
from sim.graph.notes import Notes
from sim.language.agent import Agent, Event, Rule, known_to
from sim.language.comparison import Comparison
from sim.study import catalogue


def fitted(names: Names, notes: Notes) -> Mapping[str, ActorInstance]:
    """Return the actors with the rules that may hold here; names that are slips are noted."""
    agents = {actor.agent.agent: actor.agent for actor in names.actors.values()}
    fit = _Fitter(names, notes)
    fits = {name: fit.agent(agent) for name, agent in agents.items()}
    return {
        name: replace(actor, agent=fits[actor.agent.agent]) for name, actor in names.actors.items()
    }


@dataclass(frozen=True)
class _Fitter:
    """Leaves out what there is not in a journey."""

    names: Names
    notes: Notes

    def agent(self, agent: Agent) -> Agent:
        """Return an agent with the rules that may hold."""
        rules: dict[Event, dict[str, Rule]] = {}
        for event, named in agent.rules.items():
            place: Place = ("agent", agent.agent, ("rules", event))
            kept = {n: self._rule(r, event, below_place(place, n)) for n, r in named.items()}
            rules[event] = {name: rule for name, rule in kept.items() if rule is not None}
        return agent if rules == agent.rules else agent.model_copy(update={"rules": rules})

    def _rule(self, rule: Rule, event: str, place: Place) -> Rule | None:
        """Return a rule as it may hold here, None if it tests what there is not."""
        known = {*self.names.facts, *known_to(event)}
        where = below_place(place, "when")
        for name in rule.when.tests:
            if name not in known:
                there = below_place(where, name)
                self._elsewhere(there, "attribute", name, {*known, "chance"}, on="key")
                return None
        if "defect" not in rule.when.tests:
            return rule
        return self._about_defects(rule, below_place(where, "defect"))

    def _about_defects(self, rule: Rule, place: Place) -> Rule | None:
        """Return a rule about the defects that there are, None if there is none of them."""
        values = rule.when.values("defect")
        for i, value in enumerate(values):
            if value not in self.names.defects:
                self._elsewhere(below_place(place, i), "defect", str(value), self.names.defects)
        kept = tuple(Comparison.read(value) for value in values if value in self.names.defects)
        if len(kept) == len(values) or not kept:
            return rule if kept else None
        tests = {**rule.when.tests, "defect": kept}
        return rule.model_copy(update={"when": rule.when.model_copy(update={"tests": tests})})

    def _elsewhere(
        self, place: Place, what: str, name: str, known: Iterable[str], on: str = "value"
    ) -> None:
        """Note a name that is probably a slip: like one that is known, and declared by nobody."""
        if nearest(name, known) is not None and name not in catalogue.declared(f"{what}s"):
            self.notes.unknown(place, what, name, known, on=on, hint="declare_it")

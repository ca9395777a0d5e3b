"""The plan that an agent derives for a goal: what the engine would let a typical case do.

Conditions, lookups and channels are those of the compiled model, read by the engine's own planner.
What is random lies in the middle, what happens in half of the cases or more happens, and nothing
goes wrong: whoever asks for a plan is to know the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from sim.compile.compiler import compile_world
from sim.compile.nodes import CONFIDENCE, SHARE, ZERO, AttributeNode, ChoiceNode, Switch, pick
from sim.compile.program import Program, StepSpec
from sim.engine.case import Case, Context
from sim.engine.draws import Draws
from sim.engine.planner import Planner
from sim.engine.rules import action_of, first
from sim.engine.values import Values
from sim.errors import InvalidInput, Problem, nearest
from sim.graph.chain import Plan, PlanStep, bits
from sim.graph.joiner import join
from sim.graph.journey import Journey
from sim.language.base import CHANNELS, Label
from sim.log import NEVER
from sim.study import catalogue, loader
from sim.study.loader import World

_MIDDLE: Final = 1 << 47
"""A draw of 48 bits: the median of every law."""


def plan_for(
    goal: Sequence[str], *, using: Sequence[str], have: Sequence[str], channel: str
) -> Plan:
    """Return the plan for documents ``goal`` from those at hand, in a typical case.

    ``using``: procedures that may be used, by default those on the shelf that lead to the goal.
    Raises InvalidInput for an unknown name or a goal that nothing gives.
    """
    procedures = tuple(using) or catalogue.givers(goal)
    if not procedures:
        known = catalogue.documents_on_shelf()
        raise InvalidInput(
            [Problem("unknown_document", {"name": n}, guess=nearest(n, known)) for n in goal]
        )
    chosen = catalogue.companions(procedures) if not using else procedures
    return plan_of(loader.world(chosen, goal, have, channel))


def plan_of(world: World) -> Plan:
    """Return the plan of a world of one stream, whose locker is at hand. Raises InvalidInput."""
    (stream,) = world.scenario.cases
    goal = [one.document for one in world.scenario.cases[stream].goal]
    return _Derivation(join(world), compile_world(world)).plan(goal)


class Typical(Values):
    """What nodes are worth in a typical case."""

    def __init__(self, model: Program) -> None:
        super().__init__(model, Draws(0, 0))  # of which none is taken

    def bits(self, point: int, at: Context) -> int:  # noqa: ARG002 -- alike at every point
        """Return the middle of all draws."""
        return _MIDDLE

    def below(self, threshold: int, point: int, at: Context) -> bool:  # noqa: ARG002 -- as above
        """Return whether something is at least as likely as not."""
        return threshold >= SHARE // 2

    def attribute(self, node: AttributeNode, at: Context) -> int:
        """Return the likeliest category, or the middle of what is drawn."""
        while isinstance(node, Switch):
            node = pick(node, self.read(node.variable, at))
        if not isinstance(node, ChoiceNode):
            return super().attribute(node, at)
        shares = [end - start for start, end in pairwise((0, *node.until))]
        return node.values[shares.index(max(shares))]


@dataclass(frozen=True)
class _Done:
    """A step of the plan, in order by ``rank``; ``profile``: None if it is only passed.

    ``seconds``: what it takes; ``ends``: when it is over; ``before``: the step that it waits for
    longest, -1 for none.
    """

    profile: StepSpec | None
    rank: int
    seconds: float
    ends: float
    before: int
    needs: int


class _Derivation:
    """Backward chaining for one typical case, stage by stage."""

    def __init__(self, journey: Journey, model: Program) -> None:
        self.journey = journey
        self.model = model
        self.values = Typical(model)
        self.planner = Planner(replace(model, leaves=None, loose=None), self.values)
        attributes, given = [0] * len(model.attributes), [NEVER] * len(model.documents)
        self.case = Case(0, 0, 0, 0, attributes, given, model.start, model.channel)
        self.at = Context(self.case, model.start, 1)
        self.giver: dict[int, int] = {}
        self.done: dict[int, _Done] = {}

    def plan(self, goal: Sequence[str]) -> Plan:
        """Return what leads to the ``goal`` of the model."""
        stream = self.model.streams[0]
        at = Context(self.case, self.model.start)
        for attribute, node in stream.attributes:
            self.case.attributes[attribute] = self.values.attribute(node, at)
        for select in (self.model.selects or {}).values():
            self.case.attributes[select.decides] = 1  # who plans means to be taken
        self.case.held = have = sum({1 << holding.document for holding in stream.locker})
        while doing := self._ready():
            for step in doing:
                self._do(step)
        missing = self.case.goal & ~self.case.held
        if missing:
            names = ", ".join(self._names(missing))
            channel = CHANNELS[self.model.channel]
            raise InvalidInput([Problem("goal_unreachable", {"name": names, "channel": channel})])
        return self._told(goal, have)

    # -- what is done --------------------------------------------------------------------------

    def _ready(self) -> list[int]:
        """Return the steps to do next; those that are skipped have passed on what they give."""
        case = self.case
        while True:
            self.planner.replan(case, case.start)
            wants = case.wanted()
            if not wants.passing:
                return sorted(wants.doing)
            for step in sorted(wants.passing):
                self._enter(step, None)
                self._give(step, bits(case.plan.chain.duties[step] & ~case.held))

    def _do(self, step: int) -> None:
        profile = self.model.profiles[self.case.plan.profile[step]]
        self._enter(step, profile)
        asked = self._asks(step, profile)
        self.case.asked = self.case.asked & ~(1 << step) | asked << step
        self._give(step, profile.gives)

    def _give(self, step: int, documents: Iterable[int]) -> None:
        for document in documents:
            self.case.held |= 1 << document
            self.giver[document] = step

    def _asks(self, step: int, profile: StepSpec) -> bool:
        """Return whether the AI that drafts this step asks a person about it."""
        if profile.first.confidence is None:
            return False
        sure = self.values.amount(profile.first.confidence, self.at)
        asked = self.at.about(self.model.steps[step], {CONFIDENCE: sure})
        rules = self.model.actors[profile.actors[0]].rules["drafted"]
        return action_of(first(self.values, rules, asked), "drafted") == "ask_human"

    def _enter(self, step: int, profile: StepSpec | None) -> None:
        """Note a step that is done, or passed in no time if it has no profile."""
        needs = self.case.plan.chain.needs[step]
        givers = {self.giver[document] for document in bits(needs) if document in self.giver}
        last = max(sorted(givers), key=lambda one: self.done[one].ends, default=-1)
        begins = self.done[last].ends if last >= 0 else 0.0
        behind = max((self.done[one].rank for one in givers), default=-1)
        if profile is None:
            self.done[step] = _Done(None, behind, 0.0, begins, last, needs)
            return
        manner = profile.first
        nodes = (manner.work, manner.delay or ZERO, manner.at_least)
        takes = float(sum(self.values.amount(node, self.at) for node in nodes))
        self.done[step] = _Done(profile, behind + 1, takes, begins + takes, last, needs)

    # -- what is told --------------------------------------------------------------------------

    def _told(self, goal: Sequence[str], have: int) -> Plan:
        worked = [step for step, done in self.done.items() if done.profile is not None]
        critical = set()
        last = max(worked, key=lambda step: self.done[step].ends, default=-1)
        while last >= 0:
            critical.add(last)
            last = self.done[last].before
        told, used, made = [], 0, 0
        for step in sorted(self.done, key=lambda step: (self.done[step].rank, step)):
            profile = self.done[step].profile
            if profile is not None:
                told.append(self._step(step, profile, critical=step in critical))
                used |= self.done[step].needs
                made |= sum(1 << document for document in profile.gives)
        return Plan(
            tuple(goal),
            CHANNELS[self.model.channel],
            tuple(told),
            tuple(self._names(have & used)),
            tuple(self._names(made & ~have)),
            max((done.ends for done in self.done.values()), default=0.0) / 60,
            {name: paper.title.texts for name, paper in self.journey.documents.items()},
        )

    def _names(self, documents: int) -> list[str]:
        """Return the names of documents in the order of the files, without knowledge."""
        named = {self.model.documents[document] for document in bits(documents)}
        return [name for name in self.journey.documents if name in named and name[0] != "?"]

    def _step(self, step: int, profile: StepSpec, *, critical: bool) -> PlanStep:
        task, done = self.journey.steps[self.model.steps[step]], self.done[step]
        procedure = self.journey.world.procedures[task.procedure]
        title = procedure.title or Label.plain(task.procedure)
        actors = [self.journey.actors[self.model.actors[a].name] for a in profile.actors]
        return PlanStep(
            task.name,
            task.title.texts,
            task.procedure,
            title.texts,
            tuple(actor.title.texts for actor in actors),
            CHANNELS[profile.channel],
            done.rank,
            any(actor.agent.kind == "person" for actor in actors),
            critical,
            task.gives,
            done.seconds / 60,
        )

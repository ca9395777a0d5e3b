"""The compiler: from one world's definitions to a model of whole numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import reduce
from operator import getitem
from typing import Any

from sim.compile import calendars as cal
from sim.compile.actors import Actors
from sim.compile.cautions import cautions
from sim.compile.defects import Defects
from sim.compile.program import (
    ASTRAY,
    ActorSpec,
    DefectSpec,
    Program,
    StepSpec,
    StreamSpec,
)
from sim.compile.reports import report
from sim.compile.steps import Steps
from sim.compile.streams import Streams
from sim.compile.symbols import Symbols
from sim.errors import InvalidInput, Problem
from sim.graph.joiner import join
from sim.graph.journey import Journey, Place, StepInstance
from sim.graph.network import analyse, critical_lengths, gathered
from sim.language.attribute import Value, original
from sim.language.base import CHANNELS
from sim.language.declaration import declared
from sim.language.domain import BOOL
from sim.language.procedure import Deadline
from sim.study.loader import World
from sim.yaml.located import written


def compile_world(world: World) -> Program:
    """Compile one arm. Raises InvalidInput with every problem found."""
    journey = join(world)
    compiler = _Compiler(journey)
    model = compiler.model()
    found = cautions(compiler.ledger, model.streams)
    return replace(model, digest=_digest(model), cautions=found)


def compile_worlds(worlds: Iterable[World]) -> tuple[Program, ...]:
    """Compile the arms of a study. Raises InvalidInput with the problems of all, each once."""
    models = []
    problems: list[Problem] = []
    for world in worlds:
        try:
            models.append(compile_world(world))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(gathered(problems))
    return tuple(models)


def cautions_of(models: Iterable[Program]) -> tuple[Problem, ...]:
    """Return what is to be told beside the result of some arms, each once."""
    return tuple(gathered(p for model in models for p in model.cautions))


def _digest(model: Program) -> str:
    """SHA-256 of everything in the model."""
    sha = hashlib.sha256()
    for one in fields(model):
        if one.name not in {"digest", "cautions"} and getattr(model, one.name) is not None:
            sha.update(repr(getattr(model, one.name)).encode())
    return sha.hexdigest()


class _Compiler:
    """Numbers the names of one journey, then writes everything down in numbers."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.ledger = Symbols(journey)
        self.scenario, self.names = self.ledger.scenario, self.ledger.names
        self.faults = Defects(self.ledger)
        self.people = Actors(self.ledger)
        self.manners = Steps(self.ledger, self.faults)
        self.streams = Streams(self.ledger, self.faults, self.manners)

    def model(self) -> Program:
        for stream in self.ledger.streams:
            self.ledger.webs[stream] = analyse(self.journey, stream)
            found = self.ledger.webs[stream].problems
            self.names.problems += [p for p in found if p not in self.names.problems]
        self.names.settle()
        self.ledger.tasks = self._ordered_tasks()
        self._number()
        self.people.check_rules()
        self.ledger.documents = self._documents()
        actors = tuple(self.people.actor(p) for p in self.journey.actors.values())
        self.faults.number()
        self.people.check_pools(actors)
        instances = self.faults.instances()
        profiles, ways = self.manners.profiles(actors)
        streams = self.streams.streams()
        self.names.settle()
        self._check_points(streams)
        self._all_causes()
        return self._assembled(actors, profiles, ways, streams, instances)

    def _assembled(
        self,
        actors: tuple[ActorSpec, ...],
        profiles: tuple[StepSpec, ...],
        ways: tuple[tuple[int, int, int], ...],
        streams: tuple[StreamSpec, ...],
        instances: tuple[DefectSpec, ...],
    ) -> Program:
        world = self.journey.world
        channel = CHANNELS.index(world.channel) if world.channel in CHANNELS else -1
        return Program(
            name=self.scenario.scenario,
            arm=world.arm,
            channel=channel,
            steps=tuple(task.name for task in self.ledger.tasks),
            documents=tuple(self.ledger.documents),
            hidden=sum(1 for name in self.ledger.documents if name.startswith("?")),
            defects=tuple(self.journey.defects),
            attributes=tuple(self.names.attributes),
            causes=tuple(self.ledger.causes),
            rules=tuple(self.ledger.rules),
            points=tuple(self.names.points),
            actors=actors,
            profiles=profiles,
            ways=ways,
            precedence=self._precedence(),
            step_gives=tuple(self.ledger.mask(task.gives) for task in self.ledger.tasks),
            papers=tuple(self.manners.paper(name) for name in self.ledger.documents),
            instances=instances,
            streams=streams,
            tables=tuple(self.names.table_values),
            calendars=tuple(self.ledger.calendar_list),
            timetables=tuple(self.ledger.slots),
            days=self.ledger.days,
            months=cal.months(self.ledger.start),
            weekday=self.ledger.start.weekday(),
            start=self.ledger.offset,
            warm_up=self.ledger.offset + int(self.ledger.fixed(self.scenario.warm_up)),
            horizon=int(self.ledger.fixed(self.scenario.horizon)),
            labels=self._labels(),
            report=report(self.ledger),
        )

    def _ordered_tasks(self) -> list[StepInstance]:
        """Every step that some stream may want, in the order of the files."""
        wanted = {task.name for web in self.ledger.webs.values() for task in web.tasks}
        return [task for task in self.journey.tasks.values() if task.name in wanted]

    def _number(self) -> None:
        self.names.steps = {task.name: i for i, task in enumerate(self.ledger.tasks)}
        names = [*self.journey.attributes, *self.journey.presences]
        self.names.attributes = {name: i for i, name in enumerate(names)}
        for name in self.journey.attributes:
            values = [self.journey.attributes[name][0]]
            values += [
                s.attributes[name] for s in self.scenario.cases.values() if name in s.attributes
            ]
            self.names.domains[name] = declared(self._written(name) or values[0], values)
        self.names.domains |= dict.fromkeys(self.journey.presences, BOOL)

    def _written(self, name: str) -> Value | None:
        """Return what an attribute was before anything was overridden."""
        kind, definition, path = self.journey.attributes[name][1]
        data = self.journey.world.drafts[kind, definition].located.data
        address, complete = written(data, path)
        return original(reduce(getitem, address, data)) if complete else None

    def _documents(self) -> dict[str, int]:
        """Visible documents first, hidden ones after them."""
        wanted = {d for web in self.ledger.webs.values() for d in web.documents}
        for task in self.ledger.tasks:
            wanted |= set(task.gives)
            wanted |= {name for way in task.ways.values() for name in (*way.learns, *way.knowledge)}
        for stream in self.scenario.cases.values():
            wanted |= {d for name in stream.locker for d in self.journey.documents(name)}
        for deadline in self._all_deadlines():
            wanted |= set(self.journey.documents(deadline.document))
            wanted |= set(self.journey.documents(deadline.after)) if deadline.after else set()
        ordered = [p for p in self.journey.papers.values() if p.name in wanted]
        ordered.sort(key=lambda paper: paper.hidden)
        return {paper.name: i for i, paper in enumerate(ordered)}

    def _all_deadlines(self) -> Iterable[Deadline]:
        for procedure in self.journey.world.procedures.values():
            yield from procedure.deadlines

    def _precedence(self) -> tuple[int, ...]:
        """Order in which a case's ready steps are taken up, by the agent's ``order``."""
        channel = self.journey.world.channel
        base = channel if channel in CHANNELS else "digital"
        lengths: dict[str, float] = {}
        for web in self.ledger.webs.values():
            for name, length in critical_lengths(web, base).items():
                lengths[name] = max(length, lengths.get(name, 0.0))

        def key(step: int) -> tuple[float, int]:
            task = self.ledger.tasks[step]
            critical = any(
                self.journey.actors[name].agent.order == "critical_path"
                for way in task.ways.values()
                for name in way.by
                if self.journey.actors[name].actor.pool is None
            )
            return (-lengths.get(task.name, 0.0) if critical else 0.0, step)

        ordered = sorted(range(len(self.ledger.tasks)), key=key)
        rank = {step: i for i, step in enumerate(ordered)}
        return tuple(rank[step] for step in range(len(self.ledger.tasks)))

    def _check_points(self, streams: tuple[StreamSpec, ...]) -> None:
        seen: dict[int, str] = {}
        for stream in streams:
            for point, crc in zip(self.names.points, stream.crc, strict=True):
                name = f"{stream.name}:{point}"
                if seen.setdefault(crc, name) != name:
                    where: Place = ("scenario", self.scenario.scenario, ("cases", stream.name))
                    self.names.say(where, "same_crc", one=seen[crc], other=name)
        self.names.settle()

    def _labels(self) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
        journey = self.journey
        steps = tuple((t.name, t.title.en, t.title.ja) for t in self.ledger.tasks)
        actors = tuple((p.name, p.title.en, p.title.ja) for p in journey.actors.values())
        asked = report(self.ledger)
        papers = dict.fromkeys((*self.ledger.documents, *(asked.documents if asked else ())))
        documents = tuple(
            (d, journey.papers[d].title.en, journey.papers[d].title.ja) for d in papers
        )
        defects = {name: (d.harm or d) for name, (d, _) in journey.defects.items()}
        causes = tuple((name, *self._cause_label(name, defects)) for name in self._all_causes())
        arms = {world: arm.title for world, arm in self.scenario.arms.items()}
        arm = arms[journey.world.arm]
        titles = ((journey.world.arm, arm.en, arm.ja),) if arm is not None else ()
        return (
            ("steps", steps),
            ("actors", actors),
            ("documents", documents),
            ("causes", causes),
            ("arms", titles),
            ("goals", self._goals()),
        )

    def _goals(self) -> tuple[tuple[str, str, str], ...]:
        """Return what cases strive for, background ones aside; one entry for those of a list."""
        streams = (s for s in self.ledger.streams if not self.scenario.cases[s].background)
        names = (name for stream in streams for name, _, _ in self.journey.goal(stream))
        papers = {name: self.journey.papers[name].definition for name in names}
        titles = {(paper.en, paper.ja): name for name, paper in reversed(papers.items())}
        return tuple((name, *title) for title, name in reversed(titles.items()))

    def _all_causes(self) -> Iterable[str]:
        """Number every cause there can be: fixed ones, defects, rules."""
        for name in ("endless", "horizon", *self.journey.defects):
            self.ledger.cause(name)
        for rule in self.ledger.rules:
            self.ledger.cause(f"rule.{rule}")
        self.ledger.cause(ASTRAY)
        return tuple(self.ledger.causes)

    def _cause_label(self, name: str, defects: Mapping[str, Any]) -> tuple[str, str]:
        if name in defects:
            return defects[name].en, defects[name].ja
        kind, _, rest = name.partition(".")
        if kind == "deadline":
            paper = self.journey.papers[rest].definition
            return f"deadline: {paper.en}", f"期限切れ：{paper.ja}"
        if kind == "rule":
            agent, event, rule = rest.split(".")
            why = self.journey.world.agents[agent].rules[event][rule].why  # type: ignore[index]
            return (why.en, why.ja) if why is not None else (rule, rule)
        words = {
            "endless": ("returned without end", "差戻しの繰り返し"),
            "horizon": ("not finished in time", "期間内に未了"),
            ASTRAY: ("money gone astray", "誤って支払われたまま"),
        }
        return words.get(name, (rest, rest))

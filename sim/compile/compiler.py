"""The compiler: from one world's definitions to a model of whole numbers."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import networkx as nx
from pydantic_core import PydanticCustomError

from sim.compile import calendars as cal
from sim.compile.model import (
    TICKS,
    ZERO,
    Act,
    Action,
    Actor,
    Chance,
    Clock,
    Const,
    EndNode,
    GoalNode,
    Holding,
    Instance,
    Manner,
    Model,
    Node,
    Paper,
    Profile,
    Rule,
    Stream,
    Switch,
    Test,
)
from sim.compile.nodes import BOOL, Names, domain_of
from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import Journey, Participant, Place, Task, Way, below_place, join
from sim.graph.network import Web, critical_lengths, gathered, weave
from sim.log import OUTCOMES
from sim.model import agent as agents
from sim.model.attribute import Table
from sim.model.base import CHANNELS, Condition
from sim.model.hours import NAMED, Hours
from sim.model.library import World
from sim.model.procedure import Again, Burden, Deadline, Delay
from sim.model.quantity import Fixed, Kind, Law, Lookup, Quantity
from sim.model.scenario import Holding as Locked
from sim.model.scenario import read_moment

APPLICANT_HOURLY: Final = 2485
"""Yen an hour of an applicant's time is worth: 820 billion yen over 330 million hours (MAC-21)."""

_EVER: Final = Test(())
_NO_DELAY: Final = Delay.model_construct()


def compile_world(world: World) -> Model:
    """Compile one arm. Raises InvalidInput with every problem found."""
    journey = join(world)
    compiler = _Compiler(journey)
    model = compiler.model()
    return replace(model, digest=_digest(model))


def compile_worlds(worlds: Iterable[World]) -> tuple[Model, ...]:
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


def _digest(model: Model) -> str:
    """SHA-256 of everything in the model."""
    sha = hashlib.sha256()
    for one in fields(model):
        if one.name != "digest":
            sha.update(repr(getattr(model, one.name)).encode())
    return sha.hexdigest()


@dataclass(frozen=True)
class _Maker:
    """Who brings a defect: a task, or a document that lapses or lies in the locker with it."""

    defect: str
    task: str | None
    document: str | None


@dataclass(frozen=True)
class _Side:
    """A step in one channel: at the first visit, or with what ``again`` changes afterwards."""

    task: Task
    channel: int
    again: Again | None = None

    @property
    def way(self) -> Way:
        """How the step is done here."""
        return self.task.ways[CHANNELS[self.channel]]

    def pick(self, field: str) -> Any:
        """Return what counts for a field of the profile."""
        changed = getattr(self.again, field, None)
        return changed if changed is not None else getattr(self.way.profile, field)

    def place(self, field: str, *below: str | int) -> Place:
        """Return where what counts for a field is written."""
        channel = CHANNELS[self.channel]
        if getattr(self.again, field, None) is not None:
            return self.task.at(channel, "again", field, *below)
        return self.task.at(channel, field, *below)


class _Compiler:
    """Numbers the names of one journey, then writes everything down in numbers."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.scenario = journey.world.scenario
        self.streams = sorted(self.scenario.cases)
        self.names = Names(journey)
        self.webs: dict[str, Web] = {}
        self.calendars: dict[tuple[object, ...], int] = {}
        self.calendar_list: list[cal.Calendar] = []
        self.timetables: dict[str, int] = {}
        self.slots: list[cal.Slots] = []
        self.instances: dict[_Maker, int] = {}
        self.causes: dict[str, int] = {}
        self.rules: dict[str, int] = {}
        self.start = self.scenario.start.date()
        self.offset = self._second(self.scenario.start)
        self.days = self._calendar(NAMED["business_days"], ())

    def _second(self, moment: datetime) -> int:
        day = (moment.date() - self.start).days
        return day * cal.DAY + moment.hour * 3600 + moment.minute * 60 + moment.second

    def model(self) -> Model:
        for stream in self.streams:
            self.webs[stream] = weave(self.journey, stream)
            found = self.webs[stream].problems
            self.names.problems += [p for p in found if p not in self.names.problems]
        self.names.settle()
        self.tasks = self._ordered_tasks()
        self._number()
        self._check_rules()
        self.papers = [*self.journey.papers]
        self.paper_index = {name: i for i, name in enumerate(self.papers)}
        self.documents = self._documents()
        self.actor_index = {name: i for i, name in enumerate(self.journey.actors)}
        actors = tuple(self._actor(p) for p in self.journey.actors.values())
        self._find_instances()
        self._check_pools(actors)
        instances = self._instances()
        profiles, ways = self._profiles(actors)
        streams = self._streams()
        self.names.settle()
        self._check_points(streams)
        self._all_causes()
        return self._assembled(actors, profiles, ways, streams, instances)

    def _assembled(
        self,
        actors: tuple[Actor, ...],
        profiles: tuple[Profile, ...],
        ways: tuple[tuple[int, int, int], ...],
        streams: tuple[Stream, ...],
        instances: tuple[Instance, ...],
    ) -> Model:
        world = self.journey.world
        channel = CHANNELS.index(world.channel) if world.channel in CHANNELS else -1
        return Model(
            name=self.scenario.scenario,
            arm=world.arm,
            channel=channel,
            steps=tuple(task.name for task in self.tasks),
            documents=tuple(self.documents),
            hidden=sum(1 for name in self.documents if name.startswith("?")),
            defects=tuple(self.journey.defects),
            attributes=tuple(self.names.attributes),
            causes=tuple(self.causes),
            rules=tuple(self.rules),
            points=tuple(self.names.points),
            actors=actors,
            profiles=profiles,
            ways=ways,
            topological=self._topological(),
            precedence=self._precedence(),
            step_gives=tuple(self._mask(task.gives) for task in self.tasks),
            papers=tuple(self._paper(name) for name in self.documents),
            instances=instances,
            streams=streams,
            tables=tuple(self.names.table_values),
            calendars=tuple(self.calendar_list),
            timetables=tuple(self.slots),
            days=self.days,
            months=self._months(),
            start=self.offset,
            warm_up=self.offset + int(self._fixed(self.scenario.warm_up)),
            horizon=int(self._fixed(self.scenario.horizon)),
            labels=self._labels(),
        )

    @staticmethod
    def _fixed(quantity: Quantity | None) -> float:
        return quantity.value if isinstance(quantity, Fixed) else 0.0

    # -- numbering -----------------------------------------------------------------------------

    def _ordered_tasks(self) -> list[Task]:
        """Every step that some stream may want, in the order of the files."""
        wanted = {task.name for web in self.webs.values() for task in web.tasks}
        return [task for task in self.journey.tasks.values() if task.name in wanted]

    def _number(self) -> None:
        self.names.steps = {task.name: i for i, task in enumerate(self.tasks)}
        names = [*self.journey.attributes, *self.journey.presences]
        self.names.attributes = {name: i for i, name in enumerate(names)}
        for name in self.journey.attributes:
            values = [self.journey.attributes[name][0]]
            values += [
                s.attributes[name] for s in self.scenario.cases.values() if name in s.attributes
            ]
            self.names.domains[name] = domain_of(values)
        self.names.domains |= dict.fromkeys(self.journey.presences, BOOL)

    def _documents(self) -> dict[str, int]:
        """Visible documents first, hidden ones after them."""
        wanted = {d for web in self.webs.values() for d in web.documents}
        for task in self.tasks:
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

    def _mask(self, documents: Iterable[str]) -> int:
        mask = 0
        for name in documents:
            mask |= 1 << self.documents[name]
        return mask

    def _cause(self, name: str) -> int:
        return self.causes.setdefault(name, len(self.causes))

    def _topological(self) -> tuple[int, ...]:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(self.tasks)))
        for web in self.webs.values():
            order = [self.names.steps[task.name] for task in web.tasks]
            place = {step: i for i, step in enumerate(order)}
            for kind, name in web.graph.nodes:
                if kind != "step":
                    continue
                for document in web.graph.successors((kind, name)):
                    for _, other in web.graph.successors(document):
                        one, two = self.names.steps[name], self.names.steps[other]
                        if place[one] < place[two]:
                            graph.add_edge(one, two)
        if not nx.is_directed_acyclic_graph(graph):
            return tuple(range(len(self.tasks)))
        return tuple(nx.lexicographical_topological_sort(graph))

    def _precedence(self) -> tuple[int, ...]:
        """Order in which a case's ready steps are taken up, by the agent's ``order``."""
        channel = self.journey.world.channel
        base = channel if channel in CHANNELS else "digital"
        lengths: dict[str, float] = {}
        for web in self.webs.values():
            for name, length in critical_lengths(web, base).items():
                lengths[name] = max(length, lengths.get(name, 0.0))

        def key(step: int) -> tuple[float, int]:
            task = self.tasks[step]
            critical = any(
                self.journey.actors[name].agent.order == "critical_path"
                for way in task.ways.values()
                for name in way.by
                if self.journey.actors[name].actor.staff is None
            )
            return (-lengths.get(task.name, 0.0) if critical else 0.0, step)

        ordered = sorted(range(len(self.tasks)), key=key)
        rank = {step: i for i, step in enumerate(ordered)}
        return tuple(rank[step] for step in range(len(self.tasks)))

    def _months(self) -> tuple[int, ...]:
        """Month of each day from the start, as far as the calendars reach."""
        day = self.start
        months = []
        for _ in range(cal.COVERED):
            months.append(day.month)
            day += timedelta(days=1)
        return tuple(months)

    # -- calendars -----------------------------------------------------------------------------

    def _calendar(self, hours: Hours, shut: tuple[tuple[int, int], ...]) -> int:
        key = (hours, shut)
        if key not in self.calendars:
            self.calendars[key] = len(self.calendar_list)
            self.calendar_list.append(cal.build(hours, self.start, shut=shut))
        return self.calendars[key]

    def _hours(self, named: str | Hours, place: Place) -> Hours:
        hours = self.journey.calendars[named] if isinstance(named, str) else named
        if hours.timetable:
            name = named if isinstance(named, str) else "at"
            self.names.say(place, "timetable_not_hours", name=name)
            return NAMED["always"]
        return hours

    def _meeting(self, actors: tuple[int, ...], of: tuple[Actor, ...], place: Place) -> int:
        """Return the calendar on which all of some actors are open."""
        if not actors:
            return self._calendar(NAMED["always"], ())
        numbers = tuple(sorted({of[a].calendar for a in actors}))
        key = ("meet", numbers)
        if len(numbers) == 1:
            return numbers[0]
        if key not in self.calendars:
            met = self.calendar_list[numbers[0]]
            for number in numbers[1:]:
                met = cal.meet(met, self.calendar_list[number])
            if not met.opens:
                names = ", ".join(of[a].name for a in actors)
                self.names.say(place, "never_together", names=names)
            self.calendars[key] = len(self.calendar_list)
            self.calendar_list.append(met)
        return self.calendars[key]

    def _timetable(self, name: str, place: Place) -> int:
        calendars = self.journey.calendars
        if name not in calendars or not calendars[name].timetable:
            key = "until_not_timetable" if name in calendars else "unknown_calendar"
            tables = [one for one, hours in calendars.items() if hours.timetable]
            self.names.say(place, key, name=name, guess=nearest(name, tables))
            return -1
        if name not in self.timetables:
            self.timetables[name] = len(self.slots)
            self.slots.append(cal.slots(calendars[name], self.start))
        return self.timetables[name]

    # -- actors and rules ----------------------------------------------------------------------

    def _actor(self, who: Participant) -> Actor:
        agent = who.agent
        named = who.actor.hours if who.actor.hours is not None else agent.hours
        hours_place: Place = (
            below_place(who.place, "hours")
            if who.actor.hours is not None
            else ("agent", agent.agent, ("hours",))
        )
        outages = tuple(
            (self._second(o.at), self._second(o.at) + int(self._fixed(o.for_)))
            for o in self.scenario.outages
            if o.actor in (who.name, who.name.partition(".")[0])
        )
        calendar = self._calendar(self._hours(named, hours_place), outages)
        over = self._fixed(agent.overconfidence) if agent.overconfidence is not None else 1.0
        return Actor(
            name=who.name,
            agent=agent.agent,
            kind=agent.kind,
            staffed=who.actor.staff is not None,
            hourly=self._hourly(agent),
            calendar=calendar,
            staff=self._staff(who),
            limit=-1 if agent.limit is None else agent.limit,
            overconfidence=round(over * 65_536),
            rules=tuple(self._rulebook(agent, event) for event in agents.EVENTS),
            outages=outages,
        )

    def _hourly(self, agent: agents.Agent) -> int:
        """Return yen an hour: as written, else for a person what an applicant's hour is worth."""
        if agent.hourly is None:
            return APPLICANT_HOURLY if agent.kind == "person" else 0
        return int(self._fixed(agent.hourly))

    def _staff(self, who: Participant) -> tuple[tuple[int, int], ...]:
        staff, place = who.actor.staff, below_place(who.place, "staff")
        if staff is None:
            return ()
        node = self.names.node(staff, "number", "", place, items=who.items)
        steps: list[tuple[int, int]] = []
        if isinstance(node, Const):
            steps = [(0, node.value)]
        elif isinstance(node, Switch) and isinstance(staff, Lookup) and staff.by == "time":
            steps = [
                (max(spans[0][0], 0) + (self.offset if i else 0), branch.value)
                for i, (spans, branch) in enumerate(node.rows)
                if isinstance(branch, Const)
            ]
        if not steps or isinstance(staff, Law) or len(steps) < len(getattr(node, "rows", steps)):
            self.names.say(place, "staff_shape")
            return ((0, 1),)
        keys = [key for key, _ in staff.branches] if isinstance(staff, Lookup) else []
        for i, (_, number) in enumerate(steps):
            if number < 0:
                where = below_place(place, *keys[i : i + 1])
                self.names.say(where, "staff_negative", given=number)
        if not any(number for _, number in steps):
            self.names.say(place, "staff_none", name=who.name)
        return tuple(steps)

    def _rulebook(self, agent: agents.Agent, event: agents.Event) -> tuple[Rule, ...]:
        return tuple(
            self._rule(agent, event, name, rule)
            for name, rule in agent.rules.get(event, {}).items()
        )

    def _rule(self, agent: agents.Agent, event: str, name: str, rule: agents.Rule) -> Rule:
        full = f"{agent.agent}.{event}.{name}"
        place: Place = ("agent", agent.agent, ("rules", event, name))
        number = self.rules.setdefault(full, len(self.rules))
        test = self.names.test(rule.when, f"rule/{full}", below_place(place, "when"))
        then = rule.then
        quantity = then.work if then.work is not None else then.after
        point = f"rule/{full}/{'work' if then.work is not None else 'after'}"
        seconds = None
        if quantity is not None:
            field = "work" if then.work is not None else "after"
            where = below_place(place, "then", then.do, field)
            seconds = self.names.node(quantity, "duration", point, where)
        channel = -1 if then.use is None else CHANNELS.index(then.use)
        action = Action(then.do, seconds, self.names.point(point), channel, then.hurry or 0)
        return Rule(number, test or _EVER, action)

    def _check_rules(self) -> None:
        """Whoever may be sent something back, or may choose a channel, needs rules for it."""
        finds = any(
            way.profile.finds or (way.profile.again and way.profile.again.finds)
            for task in self.tasks
            for way in task.ways.values()
        )
        for stream in self.streams:
            applicant = self.journey.actors[self.journey.applicant(stream)]
            if finds:
                self._check_returned(applicant)
            if self.journey.world.channel == "mixed" and not applicant.agent.rules.get("start"):
                self._rule_missing(applicant, "start")
        for task in self.tasks:
            for way in task.ways.values():
                if way.by and finds and way.profile.makes:
                    first = self.journey.actors[way.by[0]]
                    if first.agent.kind == "ai":
                        self._check_returned(first)

    def _rule_missing(self, who: Participant, event: agents.Event) -> None:
        """Show the actor: it may be the wrong agent for it, or the agent lacks a rule."""
        values = {"actor": who.name, "agent": who.agent.agent, "event": event}
        place = below_place(who.place, "agent")
        self.names.say(place, "rule_missing", hint=f"rule_missing.{event}", **values)

    def _check_returned(self, who: Participant) -> None:
        rules = who.agent.rules.get("returned", {})
        if not rules:
            self._rule_missing(who, "returned")
            return
        last = list(rules)[-1]
        if rules[last].when.tests or rules[last].when.chance is not None:
            where: Place = ("agent", who.agent.agent, ("rules", "returned", last, "when"))
            self.names.say(where, "last_rule_conditional", on="key", event="returned")

    def _check_pools(self, actors: tuple[Actor, ...]) -> None:
        """Pools taken in different orders by different steps could wait for each other for ever."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        where: dict[tuple[str, str], Place] = {}
        for task in self.tasks:
            for channel, way in task.ways.items():
                pools = [a for a in way.by if actors[self.actor_index[a]].staffed]
                for one, two in pairwise(pools):
                    graph.add_edge(one, two)
                    where[one, two] = task.at(channel, "by")
        try:
            circle = nx.find_cycle(graph)
        except nx.NetworkXNoCycle:
            return
        names = " → ".join([one for one, _ in circle] + [circle[0][0]])
        self.names.say(where[circle[-1][0], circle[-1][1]], "pools_in_circle", names=names)

    # -- defects -------------------------------------------------------------------------------

    def _find_instances(self) -> None:
        """Number every defect by every maker: steps first, then documents."""
        for task in self.tasks:
            for way in task.ways.values():
                for manner in (way.profile, way.profile.again):
                    for defect in getattr(manner, "makes", None) or {}:
                        self._instance(_Maker(defect, task.name, None))
        for name in self.documents:
            paper = self.journey.papers[name]
            if paper.definition.lapsed is not None:
                self._instance(_Maker(paper.definition.lapsed, None, name))
        for document, holding in self._holdings():
            for defect in holding.makes:
                self._instance(_Maker(defect, None, document))

    def _holdings(self) -> Iterable[tuple[str, Locked]]:
        """Yield every document that a locker mentions, with what it says of it."""
        for stream in self.streams:
            for key, holding in self.scenario.cases[stream].locker.items():
                yield from ((document, holding) for document in self.journey.documents(key))

    def _instance(self, maker: _Maker) -> int:
        return self.instances.setdefault(maker, len(self.instances))

    def _instances(self) -> tuple[Instance, ...]:
        order = list(self.journey.defects)
        return tuple(
            Instance(
                order.index(maker.defect),
                self.names.steps[maker.task]
                if maker.task is not None
                else -1 - self.documents[maker.document or ""],
                self._targets(maker),
                self.journey.defects[maker.defect][0].harm is not None,
            )
            for maker in self.instances
        )

    def _targets(self, maker: _Maker) -> tuple[int, ...]:
        to = self.journey.defects[maker.defect][0].returns_to
        if to is None and maker.task is not None:
            return (self.names.steps[maker.task],)
        if to is None:
            return self._first_giver(maker.document or "")
        same = self.journey.tasks[maker.task].items if maker.task is not None else {}
        found = [task for task in self.tasks if task.step == to]
        own = [task for task in found if dict(task.items).items() <= dict(same).items()]
        chosen = own or found
        if not chosen:
            place = self.journey.defects[maker.defect][1]
            self.names.say(place, "returns_to_unused", "returns_to", name=to)
        return tuple(self.names.steps[task.name] for task in chosen)

    def _first_giver(self, document: str) -> tuple[int, ...]:
        return tuple(self.names.steps[t.name] for t in self.tasks if document in t.gives)[:1]

    def _origin(self, maker: _Maker) -> str:
        return maker.task if maker.task is not None else maker.document or ""

    # -- steps ---------------------------------------------------------------------------------

    def _profiles(
        self, actors: tuple[Actor, ...]
    ) -> tuple[tuple[Profile, ...], tuple[tuple[int, int, int], ...]]:
        profiles: list[Profile] = []
        ways: list[tuple[int, int, int]] = []
        for task in self.tasks:
            numbers = []
            for channel in range(len(CHANNELS)):
                numbers.append(len(profiles))
                profiles.append(self._profile(_Side(task, channel), actors))
            ways.append((numbers[0], numbers[1], numbers[2]))
        return tuple(profiles), tuple(ways)

    def _profile(self, side: _Side, actors: tuple[Actor, ...]) -> Profile:
        task, way, profile = side.task, side.way, side.way.profile
        taken = tuple(self.actor_index[name] for name in way.by)
        applies = self.names.test(profile.if_, f"{task.name}/if", side.place("if_"), task.name)
        if task.presence is not None:
            there = (self.names.attributes[task.presence], ((1, 1),))
            applies = replace(applies or _EVER, tests=(there, *(applies or _EVER).tests))
        first = self._manner(side)
        point = f"{task.name}/open_to"
        open_to = self.names.test(profile.open_to, point, side.place("open_to"), task.name)
        again = replace(side, again=profile.again)
        known = {name for name in way.knowledge if name in self.documents}
        gives = (self.documents[d] for d in (*task.gives, *way.learns) if d in self.documents)
        return Profile(
            step=self.names.steps[task.name],
            channel=side.channel,
            actors=taken,
            pools=tuple(a for a in taken if actors[a].staffed),
            persons=tuple(a for a in taken if not actors[a].staffed and actors[a].limit >= 0),
            calendar=self._meeting(taken, actors, side.place("by")),
            needs=self._mask(d for d in (*way.needs, *known) if d in self.documents),
            knowledge=self._mask(known),
            gives=tuple(sorted(gives)),
            open_to=open_to,
            applies=applies,
            omit=bool(profile.omit),
            exists=way.exists,
            priority=self._field(side, "priority", "number"),
            first=first,
            again=self._manner(again) if profile.again else first,
        )

    def _field(self, side: _Side, field: str, kind: Kind) -> Node:
        """Compile a field of a step, drawn at the field's name."""
        return self._node(side, side.pick(field), kind, field, side.place(field))

    def _node(
        self, side: _Side, quantity: Quantity | None, kind: Kind, point: str, place: Place
    ) -> Node:
        if quantity is None:
            return ZERO
        task = side.task
        return self.names.node(
            quantity, kind, f"{task.name}/{point}", place, items=task.items, channel=side.channel
        )

    def _manner(self, side: _Side) -> Manner:
        delay: Delay = side.pick("delay") or _NO_DELAY
        burden: Burden = side.pick("burden") or Burden()
        until = -1
        if delay.until is not None:
            until = self._timetable(delay.until, side.place("delay", "until"))
        waits = delay.time is not None
        least = side.place("delay", "at_least")
        sure = side.pick("confidence") is None
        return Manner(
            work=self._field(side, "work", "duration"),
            delay=self._node(side, delay.time, "duration", "delay", side.place("delay"))
            if waits
            else None,
            until=until,
            at_least=self._node(side, delay.at_least, "duration", "delay/at_least", least),
            makes=self._makes(side),
            finds=self._finds(side),
            confidence=None if sure else self._field(side, "confidence", "share"),
            burden=(burden.visits, burden.forms, burden.seals, burden.logins),
            fee=self._node(side, burden.fee, "number", "burden/fee", side.place("burden", "fee")),
        )

    def _makes(self, side: _Side) -> tuple[Act, ...]:
        acts = []
        name = side.task.name
        for defect, share in (side.pick("makes") or {}).items():
            place = side.place("makes", defect)
            point = f"makes/{defect}"
            node = (
                None
                if share == "confidence"
                else self._node(side, share, "share", f"{point}/share", place)
            )
            instance = self.instances[_Maker(defect, name, None)]
            acts.append(Act(instance, self.names.point(f"{name}/{point}"), node))
        return tuple(sorted(acts, key=lambda act: act.instance))

    def _finds(self, side: _Side) -> tuple[Act, ...]:
        acts = []
        finds: Mapping[str, Quantity] = side.pick("finds") or {}
        for maker, instance in self.instances.items():
            if maker.defect in finds:
                point = f"finds/{maker.defect}@{self._origin(maker)}"
                place = side.place("finds", maker.defect)
                share = self._node(side, finds[maker.defect], "share", f"{point}/share", place)
                name = self.names.point(f"{side.task.name}/{point}")
                acts.append(Act(instance, name, share))
        return tuple(acts)

    def _paper(self, name: str) -> Paper:
        definition = self.journey.papers[name].definition
        point = f"document/{name}/valid"
        valid = None
        if definition.valid is not None:
            place = self.journey.papers[name].place
            valid = self.names.node(
                definition.valid, "duration", point, below_place(place, "valid")
            )
        lapsed = -1
        if definition.lapsed is not None:
            lapsed = self.instances[_Maker(definition.lapsed, None, name)]
        return Paper(valid, self.names.point(point), lapsed, definition.kept)

    # -- streams -------------------------------------------------------------------------------

    def _streams(self) -> tuple[Stream, ...]:
        for name in self.documents:
            self._paper(name)
        first = 0
        streams = []
        for name in self.streams:
            streams.append(self._stream(name, first))
            first += self.scenario.cases[name].count
        points = tuple(self.names.points)
        return tuple(replace(s, crc=_keys(s.name, points)) for s in streams)

    def _stream(self, name: str, first: int) -> Stream:
        definition = self.scenario.cases[name]
        place: Place = ("scenario", self.scenario.scenario, ("cases", name))
        arrivals, gaps = self._arrivals(definition.arrivals, place)
        wanted = {task.name for task in self.webs[name].tasks}
        steps = [t for t in self.journey.used(name) if t.name in wanted]
        return Stream(
            name=name,
            background=definition.background,
            count=definition.count,
            first_case=first,
            crc=(),
            steps=tuple(self.names.steps[t.name] for t in steps),
            goals=self._goals(name),
            ends=self._ends(name),
            clocks=self._clocks(name),
            attributes=self._attributes(name),
            locker=self._locker(name, place),
            arrivals=arrivals,
            gaps=gaps,
            calendar=self._calendar(self._hours(definition.hours, below_place(place, "hours")), ()),
            applicant=self.actor_index[self.journey.applicant(name)],
        )

    def _arrivals(self, law: Any, place: Place) -> tuple[str, Node]:
        """Times between cases add up; a uniform, triangular or quantile law spreads them."""
        if law == "at_once":
            return "at_once", ZERO
        if isinstance(law, Fixed):
            return "gaps", Const(round(law.value * TICKS))
        spread = law.name in ("uniform", "triangular", "quantiles")
        scale = 1 if spread else TICKS
        where: Place = below_place(place, "arrivals")
        node = self.names.node(law, "duration", "arrival", where, scale=scale)
        return ("spread" if spread else "gaps"), node

    def _goals(self, stream: str) -> tuple[GoalNode, ...]:
        goals = []
        for document, condition, place in self.journey.goal(stream):
            where = below_place(place, "if")
            test, knowledge = self._known_test(condition, f"goal/{document}", where)
            goals.append(GoalNode(self.documents[document], test, knowledge))
        if not goals:
            place = ("scenario", self.scenario.scenario, ("cases", stream))
            self.names.say(place, "no_goal", on="key", stream=stream)
        return tuple(goals)

    def _known_test(
        self, condition: Condition | None, point: str, place: Place
    ) -> tuple[Test | None, int]:
        if condition is None:
            return None, 0
        test = self.names.test(condition, point, place)
        waits = (f"?{name}" for name in condition.tests)
        return test, self._mask(name for name in waits if name in self.documents)

    def _ends(self, stream: str) -> tuple[EndNode, ...]:
        ends = []
        for end, place in self.journey.ends(stream):
            name = next(iter(end.when.tests), "chance")
            test, knowledge = self._known_test(end.when, f"end/{name}", below_place(place, "when"))
            outcome = OUTCOMES.index(end.as_)
            ends.append(EndNode(test or _EVER, knowledge, outcome, self._cause(f"end.{name}")))
        return tuple(ends)

    def _clocks(self, stream: str) -> tuple[Clock, ...]:
        clocks: list[Clock] = []
        reach = self.webs[stream].documents
        for deadline, place in self.journey.deadlines(stream):
            for document in self.journey.documents(deadline.document):
                if document in reach:
                    clocks += self._clock(deadline, document, place)
        return tuple(clocks)

    def _clock(self, deadline: Deadline, document: str, place: Place) -> Iterable[Clock]:
        cause = self._cause(f"deadline.{document}")
        number = self.documents[document]
        expires = deadline.missed == "expired"
        if deadline.at is not None:
            try:
                moment = read_moment(deadline.at)
            except PydanticCustomError as error:
                values = {k: v for k, v in (error.context or {}).items() if k != "at"}
                self.names.say(place, error.type, "at", **values)
                return
            yield Clock(number, -1, self._second(moment), 0, 0, expires, cause)
            return
        within = deadline.within
        if not isinstance(within, Fixed):
            return
        if within.days and within.value % cal.DAY:
            self.names.say(place, "deadline_days", "within")
        kind = 2 if within.business else int(within.days)
        amount = int(within.value) // cal.DAY if kind else int(within.value)
        afters = self.journey.documents(deadline.after) if deadline.after is not None else (None,)
        for after in afters:
            of = -1 if after is None else self.documents[after]
            yield Clock(number, of, None, kind, amount, expires, cause)

    def _attributes(self, stream: str) -> tuple[tuple[int, Any], ...]:
        """Every attribute, those that others follow from first."""
        definition = self.scenario.cases[stream]
        values = {
            name: v for name, (v, _) in self.journey.attributes.items()
        } | definition.attributes
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(values)
        graph.add_edges_from(
            (v.by, n) for n, v in values.items() if isinstance(v, Table) and v.by in values
        )
        place: Place = ("scenario", self.scenario.scenario, ("cases", stream, "attributes"))
        try:
            order = list(nx.topological_sort(graph))
        except nx.NetworkXUnfeasible:
            circle = [one for one, _ in nx.find_cycle(graph)]
            first = min(circle)
            where = self.journey.attributes[first][1]
            if first in definition.attributes:
                where = below_place(place, first)
            start = circle.index(first)
            names = " → ".join((*circle[start:], *circle[:start], first))
            self.names.say(below_place(where, "by"), "attributes_in_circle", names=names)
            return ()
        nodes = []
        for name in order:
            where = self.journey.attributes[name][1]
            if name in definition.attributes:
                where = below_place(place, name)
            node = self.names.attribute(name, values[name], where)
            nodes.append((self.names.attributes[name], node))
        for name, share in self.journey.presences.items():
            where = self.journey.presence_places[name]
            node = self.names.node(share, "share", f"list/{name}/share", where)
            nodes.append(
                (self.names.attributes[name], Chance(self.names.point(f"list/{name}"), node))
            )
        return tuple(nodes)

    def _locker(self, stream: str, place: Place) -> tuple[Holding, ...]:
        locker = self.scenario.cases[stream].locker
        # What is said of one item outweighs what is said of all.
        general_first = sorted(locker, key=lambda key: "." in key)
        chosen = {d: key for key in general_first for d in self.journey.documents(key)}
        holdings = []
        for document, key in chosen.items():
            holding = locker[key]
            where = below_place(place, "locker", key)
            point = f"locker/{document}"
            makes = tuple(
                Act(
                    self.instances[_Maker(defect, None, document)],
                    self.names.point(f"{point}/makes/{defect}"),
                    self.names.node(
                        share,
                        "share",
                        f"{point}/makes/{defect}/share",
                        below_place(where, "makes", defect),
                    ),
                )
                for defect, share in holding.makes.items()
            )
            holdings.append(
                Holding(
                    self.documents[document],
                    self.names.node(
                        holding.share, "share", f"{point}/share", below_place(where, "share")
                    ),
                    self.names.point(point),
                    self.names.node(
                        holding.age, "duration", f"{point}/age", below_place(where, "age")
                    ),
                    makes,
                )
            )
        return tuple(sorted(holdings, key=lambda h: h.document))

    # -- the rest ------------------------------------------------------------------------------

    def _check_points(self, streams: tuple[Stream, ...]) -> None:
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
        steps = tuple((t.name, t.title.en, t.title.ja) for t in self.tasks)
        actors = tuple((p.name, p.title.en, p.title.ja) for p in journey.actors.values())
        documents = tuple(
            (d, journey.papers[d].definition.en, journey.papers[d].definition.ja)
            for d in self.documents
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
        )

    def _all_causes(self) -> Iterable[str]:
        """Number every cause there can be: fixed ones, defects, rules."""
        for name in ("endless", "horizon", *self.journey.defects):
            self._cause(name)
        for rule in self.rules:
            self._cause(f"rule.{rule}")
        return tuple(self.causes)

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
        }
        return words.get(name, (rest, rest))


def _keys(stream: str, points: Iterable[str]) -> tuple[int, ...]:
    """CRC-32 of each draw point's full name."""
    return tuple(zlib.crc32(f"{stream}:{point}".encode()) for point in points)

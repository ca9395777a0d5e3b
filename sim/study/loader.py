"""The shelf read in: a scenario with its procedures and agents, patched into one world per arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from sim import shelf
from sim.errors import InvalidInput, Problem, UsageError, nearest, shortened
from sim.language.agent import Agent
from sim.language.base import CHANNELS
from sim.language.cast import Sure, composed, is_gated, recast
from sim.language.procedure import Procedure
from sim.language.scenario import Arm, Scenario
from sim.language.schema import MODELS
from sim.study.edits import Draft, M, Origin, mapping, read_as
from sim.study.overrides import SCENARIO_FIELDS, Assignment, Patcher, Setting
from sim.words import LANGUAGES, say
from sim.yaml import source, table

Given = Mapping[str, source.Located]
"""Procedures that have been read already."""


@dataclass(frozen=True)
class World:
    """One arm: its channel and every definition as patched for it."""

    arm: str
    channel: str
    scenario: Scenario
    procedures: Mapping[str, Procedure]
    agents: Mapping[str, Agent]
    drafts: Mapping[tuple[str, str], Draft] = field(repr=False)
    levers: Mapping[str, tuple[Setting, ...]] = field(repr=False)
    """How levers are set, by name; several if procedures share one, which nobody may then read."""

    def problem(
        self, kind: str, name: str, path: source.Address, key: str, /, **values: Any
    ) -> Problem:
        """Return a problem in the definition ``name`` of ``kind`` (procedure, agent, scenario)."""
        return self.drafts[kind, name].problem(path, key, **values)

    def as_written(self) -> World:
        """Return what the files say: nothing set, levers at their defaults. Raises InvalidInput."""
        drafts = {k: Draft.of(d.located) if d.patched else d for k, d in self.drafts.items()}

        def read(kind: str, models: Mapping[str, M]) -> dict[str, M]:
            return {
                name: validated(type(model), drafts[kind, name])
                if self.drafts[kind, name].patched
                else model
                for name, model in models.items()
            }

        (scenario,) = read("scenario", {self.scenario.scenario: self.scenario}).values()
        procedures, agents = read("procedure", self.procedures), read("agent", self.agents)
        levers = {
            name: tuple(replace(one, value=one.lever.default) for one in settings)
            for name, settings in self.levers.items()
        }
        return World(self.arm, self.channel, scenario, procedures, agents, drafts, levers)


@dataclass(frozen=True)
class Asked:
    """What a study is made of: a scenario as read, what the command line sets, procedures given."""

    located: source.Located
    sets: tuple[Assignment, ...] = ()
    levers: tuple[Assignment, ...] = ()
    given: Given | None = None
    beside: Path | None = None

    def study(self) -> Study:
        """Build the study. Raises InvalidInput."""
        how = {"sets": self.sets, "levers": self.levers, "given": self.given}
        return study(self.located, beside=self.beside, **how)  # type: ignore[arg-type]  # each as its field


@dataclass(frozen=True)
class Study:
    """A scenario ready to be compiled: one world for each arm, in order.

    ``resolved`` is the scenario with what the command line says written into it, ``read`` all that
    it uses, by kind and name. ``file`` is where it was read from; ``given``, ``sets``, ``levers``
    and ``casts`` are how it was asked for, ``asked`` is the same as read.
    """

    name: str
    scenario: Scenario
    worlds: tuple[World, ...]
    resolved: Mapping[str, Any] = field(repr=False)
    read: Mapping[tuple[shelf.Kind, str], source.Located] = field(repr=False)
    file: str
    given: str
    sets: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    casts: tuple[str, ...] = ()
    asked: Asked = field(kw_only=True, repr=False)


def load(
    name_or_path: str,
    *,
    sets: Sequence[str] = (),
    levers: Sequence[str] = (),
    casts: Sequence[str] = (),
) -> Study:
    """Read a scenario by name or path, with ``P=V`` overrides, ``N=V`` levers and ``A=B`` casts.

    Raises InvalidInput with every problem found, UsageError for a malformed ``--set``.
    """
    path = find("scenarios", name_or_path)
    found = study(
        source.load(path),
        sets=[_assignment("--set", text) for text in sets],
        levers=[_assignment("--lever", text) for text in levers],
        casts=[_assignment("--cast", text) for text in casts],
    )
    asked = {"given": name_or_path, "sets": (*sets,), "levers": (*levers,), "casts": (*casts,)}
    return replace(found, **asked)  # type: ignore[arg-type]  # each as its field


def original(edited: Study, name_or_path: str) -> Study:
    """Return the study that another is an edit of: the shipped one of a name, else one's own.

    Without a name that of the other study. What is shipped then uses what is shipped, whatever
    lies in the current folder. Raises InvalidInput.
    """
    if not _is_path(name_or_path):
        name, library = name_or_path or edited.name, shelf.library()
        path = library / "scenarios" / f"{name}.yaml"
        if path.is_file() or not name_or_path:
            if not path.is_file():
                raise InvalidInput([Problem("no_such_original", {"name": name})])
            return study(source.load(path), beside=library)
    return load(name_or_path)


def _is_path(text: str) -> bool:
    return text.endswith((".yaml", ".yml")) or "/" in text


def find(kind: shelf.Kind, name_or_path: str) -> Path:
    """Return the file of a name on the shelf, or the path itself if it looks like one."""
    if _is_path(name_or_path):
        return Path(name_or_path)
    found = shelf.find(kind, name_or_path)
    if found is None:
        guess = nearest(name_or_path, shelf.names(kind))
        raise InvalidInput([Problem(f"no_such_{kind}", {"name": name_or_path}, guess=guess)])
    return found


def _assignment(option: str, text: str) -> Assignment:
    path, equals, value = text.partition("=")
    if not equals or not path.strip() or not value.strip():
        raise UsageError("assignment_shape", option=option, given=shortened(text))
    try:
        # Blanks in place of the path, so that columns count from the beginning of the text.
        located = source.loads(" " * (len(path) + 1) + value, option)
    except InvalidInput as error:
        raise InvalidInput(replace(p, excerpt=text) for p in error.problems) from None
    shown = replace(located, lines=[text], keys={**located.keys, (): source.Mark(1, 1)})
    return Assignment(path.strip(), Origin(shown, ()))


def study(  # noqa: PLR0913 -- all that a world is made of
    located: source.Located,
    *,
    sets: Sequence[Assignment] = (),
    levers: Sequence[Assignment] = (),
    casts: Sequence[Assignment] = (),
    given: Given | None = None,
    beside: Path | None = None,
    origins: Mapping[source.Address, Origin] | None = None,
) -> Study:
    """Build the study of a scenario already read. Raises InvalidInput with every problem found.

    ``casts``: who does instead what an actor does, in arms of their own beside those in which it
    does something. ``given``: procedures already read, used instead of those on the shelf.
    ``beside``: where what it uses is looked for first, by default beside it. ``origins``: where
    else than in the file something in it was written.
    """
    base = Draft.of(located)
    base.patched.update(origins or {})
    for one in sets:
        if one.path.split(".")[0] in SCENARIO_FIELDS:
            base.set(tuple(one.path.split(".")), one.value, one.origin)
    _read_tables(base, beside)
    scenario = validated(Scenario, base)
    books = _Books(scenario, base, given or {}, beside or Path(base.file).parent)
    worlds = []
    problems: list[Problem] = []
    for name, arm in scenario.arms.items():
        try:
            worlds.append(books.world(name, arm, sets, levers))
        except InvalidInput as error:
            problems.extend(p for p in error.problems if p not in problems)
    if problems:
        raise InvalidInput(problems)
    if casts:
        arms = _with_casts(_arms(base.data, scenario), worlds, casts)
        rest = {key: value for key, value in located.data.items() if key not in _ARMS}
        told = replace(located, data=rest | {"compare": arms})
        sets = [one for one in sets if one.path.split(".")[0] not in _ARMS]
        origins = {("compare", arm, "cast", c.path): c.origin for arm in arms for c in casts}
        return study(told, sets=sets, levers=levers, given=given, beside=beside, origins=origins)
    return Study(
        scenario.scenario,
        scenario,
        tuple(worlds),
        _resolved(base.data, scenario, sets, levers),
        books.read,
        file=located.file,
        given=located.file,
        asked=Asked(located, tuple(sets), tuple(levers), given, beside),
    )


def with_tables(located: source.Located, beside: Path | None = None) -> source.Located:
    """Return a scenario with the rows of tables of sites for their files. Raises InvalidInput."""
    draft = Draft.of(located)
    _read_tables(draft, beside)
    return replace(located, data=draft.data)


def _read_tables(draft: Draft, beside: Path | None) -> None:
    """Put the rows of tables of sites where a scenario names their files. Raises InvalidInput."""
    folder = Path(draft.file).parent
    for name, stream in mapping(draft.data, "cases").items():
        file = mapping(stream, "sites").get("table")
        if isinstance(file, str):
            path = ("cases", name, "sites", "table")
            known = shelf.tables(folder, beside or folder)
            if file not in known:
                told = {"name": file, "guess": nearest(file, known)}
                raise InvalidInput([draft.problem(path, "no_such_table", **told)])
            located = table.load(known[file], "site")
            draft.set(path, located.data, Origin(located, ()))


def _resolved(
    data: Mapping[str, Any],
    scenario: Scenario,
    sets: Sequence[Assignment],
    levers: Sequence[Assignment],
) -> dict[str, Any]:
    """Return the data of a scenario, set as it was asked for, with the last words of every arm."""
    overrides: dict[str, Any] = {}
    for one in sets:
        overrides.pop(one.path, None)  # the last word stands last
        if _is_of_arms(one.path, data):
            overrides[one.path] = one.value
    pulled = {one.path: one.value for one in levers}
    if not overrides and not pulled:
        return dict(data)
    arms = {}
    for name, raw in _arms(data, scenario).items():
        kept = {p: v for p, v in raw.get("override", {}).items() if p not in overrides}
        told = {"levers": {**raw.get("levers", {}), **pulled}, "override": {**kept, **overrides}}
        arms[name] = {**raw, **{key: value for key, value in told.items() if value}}
    rest = {key: value for key, value in data.items() if key not in _ARMS}
    return rest | {"compare": arms}


_ARMS: Final = ("channels", "compare")


def _arms(data: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """Return the arms of a scenario as they are written, or would be."""
    return dict(data.get("compare") or {name: {"channel": name} for name in scenario.arms})


def _with_casts(
    arms: Mapping[str, Any], worlds: Sequence[World], casts: Sequence[Assignment]
) -> dict[str, Any]:
    """Return arms with two more behind each in which the stand-ins have something to do.

    One that has a cast of its own is asked about as it says. Raises InvalidInput for an actor
    that there is not, that does nothing anywhere, or that is to stand in for itself.
    """
    problems = []
    known = dict.fromkeys(a for w in worlds for p in w.procedures.values() for a in p.actors)
    for one in casts:
        for on, name in (("key", one.path), ("value", str(one.value))):
            if name not in known:
                guess = nearest(name, known)
                problems.append(one.origin.problem("unknown_actor", on=on, name=name, guess=guess))
    problems += [
        one.origin.problem("cast_self", name=one.path) for one in casts if one.path == one.value
    ]
    idle = [one for one in casts if not any(_takes_part(one.path, world) for world in worlds)]
    if problems or idle:
        idles = [one.origin.problem("cast_idle", on="key", name=one.path) for one in idle]
        raise InvalidInput(problems or idles)
    told: dict[str, Any] = {}
    for world in worlds:
        name = world.arm
        raw = told[name] = arms[name]
        cast = {one.path: str(one.value) for one in casts if _takes_part(one.path, world)}
        sure = _drafting(world.procedures.values(), world.agents)
        own = raw.get("cast", {})
        gated = any(is_gated(one, cast, sure) for one in world.procedures.values())
        ways = (raw.get("asked", "never"),) if own else ("never", "always")
        for asked in ways[: bool(cast) + gated]:
            titles = {
                lang: say(
                    f"cast.{asked}", lang, arm=_titled(world, lang), who=_called(cast, world, lang)
                )
                for lang in LANGUAGES
            }
            new = "_".join((name, *dict.fromkeys(cast.values()))) + _SUFFIX[asked]
            while new in arms or new in told:
                new += "_"
            told[new] = {**raw, "title": titles, "cast": composed(own, cast), "asked": asked}
    return told


_SUFFIX: Final = {"never": "", "always": "_asked"}
"""What the name of an arm ends with in which people stand in for others."""


def _titled(world: World, lang: str) -> str:
    """Return the title of an arm, or what its channel is called."""
    title = world.scenario.arms[world.arm].title
    return channel_title(world.channel, lang) if title is None else title.text(lang)


def _called(cast: Mapping[str, str], world: World, lang: str) -> str:
    """Return what those are called who stand in for others."""
    declared = {n: a for p in world.procedures.values() for n, a in p.actors.items()}
    titles = {n: declared[n].title or world.agents[declared[n].agent].title for n in cast.values()}
    told = (name if title is None else title.text(lang) for name, title in titles.items())
    return say("report.and", lang).join(told)


def channel_title(channel: str, lang: str) -> str:
    """Return what an arm is called that is told apart by its channel alone."""
    words = say(f"report.channel.{channel}", lang)
    return words[0].upper() + words[1:]


def _takes_part(actor: str, world: World) -> bool:
    """Whether an actor does a step of a world in a channel that its cases may come to."""
    most = CHANNELS.index(world.channel) if world.channel in CHANNELS else len(CHANNELS) - 1
    return any(
        actor in (step.profile(channel).by or ())
        for procedure in world.procedures.values()
        for step in procedure.steps.values()
        for channel in CHANNELS[: most + 1]
    )


def _is_of_arms(path: str, data: Mapping[str, Any]) -> bool:
    """Tell whether an override has to be said again in each arm.

    Not if it is one of a field of the scenario, which is in ``data`` already, and nothing that an
    arm is told afterwards can reach it.
    """
    first = path.partition(".")[0]
    if first not in SCENARIO_FIELDS:
        return True
    arms = data.get("compare", {}).values()
    later = [name for one in (data, *arms) for name in one.get("override", {})]
    later += ["cases" for arm in arms if arm.get("attributes")]
    return first not in _ARMS and first in {name.partition(".")[0] for name in later}


class _Books:
    """A scenario with every procedure and agent that it uses, as read; each file once."""

    def __init__(self, scenario: Scenario, base: Draft, given: Given, beside: Path) -> None:
        self._scenario = scenario
        self._base = base
        self._beside = beside
        self._models: dict[tuple[str, str], BaseModel] = {}
        self._problems: list[Problem] = []
        used = {name for stream in scenario.cases.values() for name in stream.using}
        self.read: dict[tuple[shelf.Kind, str], source.Located] = {
            ("procedures", name): located for name, located in given.items() if name in used
        }
        for stream, definition in sorted(scenario.cases.items()):
            for i, name in enumerate(definition.using):
                self._read("procedures", name, partial(base.problem, ("cases", stream, "using", i)))
        for located in [*self.read.values()]:
            for actor, raw in mapping(located.data, "actors").items():
                short = not isinstance(raw, dict)
                agent = raw if short else raw.get("agent")
                path = ("actors", actor) if short else ("actors", actor, "agent")
                if isinstance(agent, str):
                    self._read("agents", agent, partial(located.problem, path))
        if self._problems:
            raise InvalidInput(self._problems)

    def _read(self, kind: shelf.Kind, name: str, problem: Callable[..., Problem]) -> None:
        if (kind, name) in self.read:
            return
        path = shelf.find(kind, name, self._beside)
        if path is None:
            guess = nearest(name, shelf.names(kind, self._beside))
            told = problem(f"no_such_{kind}", name=name, guess=guess)
            self._problems += [told] if told not in self._problems else []
            return
        try:
            self.read[kind, name] = source.load(path)
        except InvalidInput as error:
            self._problems += error.problems

    def world(
        self, name: str, arm: Arm, sets: Sequence[Assignment], levers: Sequence[Assignment]
    ) -> World:
        """Return the world of an arm. Raises InvalidInput with every problem found."""
        scenario = self._scenario
        drafts = {("scenario", scenario.scenario): self._base.copied()}
        drafts |= {(kind[:-1], n): Draft.of(located) for (kind, n), located in self.read.items()}
        settings = Patcher(name, arm, scenario, drafts).patch(sets, levers)
        _read_tables(drafts["scenario", scenario.scenario], self._beside)
        problems: list[Problem] = []
        read: dict[tuple[str, str], BaseModel] = {}
        for (kind, title), draft in drafts.items():
            try:
                read[kind, title] = self._model(kind, title, draft)
            except InvalidInput as error:
                problems.extend(error.problems)
        if problems:
            raise InvalidInput(problems)
        procedures = {n: m for (_, n), m in read.items() if isinstance(m, Procedure)}
        agents = {n: m for (_, n), m in read.items() if isinstance(m, Agent)}
        (told,) = (m for m in read.values() if isinstance(m, Scenario))
        if arm.cast:
            _check_cast(drafts["scenario", scenario.scenario], name, arm, procedures)
            sure = _drafting(procedures.values(), agents)
            procedures = {n: recast(m, arm.cast, arm.asked, sure) for n, m in procedures.items()}
        return World(name, arm.channel, told, procedures, agents, drafts, settings)

    def _model(self, kind: str, name: str, draft: Draft) -> BaseModel:
        """Return a definition; one that no arm changes is validated once."""
        if draft.patched:
            return validated(MODELS[kind], draft)
        if (kind, name) not in self._models:
            self._models[kind, name] = validated(MODELS[kind], draft)
        return self._models[kind, name]


def _drafting(procedures: Iterable[Procedure], agents: Mapping[str, Agent]) -> Sure:
    """Return the actors who draft a task with confidence, as a skill of theirs says."""
    return frozenset(
        (name, task)
        for procedure in procedures
        for name, actor in procedure.actors.items()
        for task, skill in (agents[actor.agent].skills if actor.agent in agents else {}).items()
        if any(skill.laid(channel).get("confidence") is not None for channel in CHANNELS)
    )


def _check_cast(draft: Draft, name: str, arm: Arm, procedures: Mapping[str, Procedure]) -> None:
    """Look up the actors of a cast. Raises InvalidInput."""
    known = {actor for procedure in procedures.values() for actor in procedure.actors}
    problems = [
        draft.problem(("compare", name, "cast", who), "unknown_actor", on=on, **told)
        for who, by in arm.cast.items()
        for on, one in (("key", who), ("value", by))
        if one not in known
        for told in ({"name": one, "guess": nearest(one, known)},)
    ]
    if problems:
        raise InvalidInput(problems)


def validated(kind: type[M], draft: Draft | source.Located) -> M:
    """Validate a definition. Raises InvalidInput.

    The file's stem must be its name, but for the scenario of a result folder.
    """
    word = kind.__name__.lower()
    data = draft.data if isinstance(draft.data, dict) else {}
    other = None if word in data else next((one for one in MODELS if one in data), None)
    if other is not None:
        raise InvalidInput([draft.problem((other,), "other_kind", on="key", kind=word)])
    model = read_as(kind, draft, draft.data)
    name = getattr(model, word)
    file, stem = Path(draft.file).name, Path(draft.file).stem
    free = kind is Scenario and file == shelf.SCENARIO
    if file.endswith((".yaml", ".yml")) and name != stem and not free:
        raise InvalidInput([draft.problem((word,), "name_not_stem", name=name, stem=stem)])
    return model


def world(  # noqa: PLR0913, PLR0917 -- a world in short
    procedures: Sequence[str],
    goal: Sequence[str],
    have: Sequence[str],
    channel: str,
    given: Given | None = None,
    levers: Sequence[Assignment] = (),
) -> World:
    """Return a world of one case that uses some procedures, for plans, drawings and checks."""
    data = {
        "scenario": "plan",
        "start": "2026-04-01",
        "channels": [channel],
        "cases": {
            "one": {
                "count": 1,
                "using": list(procedures),
                **({"goal": list(goal)} if goal else {}),
                "locker": {name: {} for name in have},
            }
        },
    }
    located = source.Located("", [], data, {}, {})
    return study(located, given=given, levers=levers).worlds[0]


def assigned(path: str, value: object) -> Assignment:
    """Return an override that sets the field at ``path``, as if the command line said so."""
    return Assignment(path, Origin(source.Located("--set", [], value, {}, {}), ()))


def pulled(located: source.Located, lever: str, value: object, *below: str | int) -> Assignment:
    """Return a lever of a procedure set to ``value``, as is written ``below`` it."""
    origin = Origin(replace(located, data=value), ("levers", lever, *below))
    return Assignment(lever, origin)

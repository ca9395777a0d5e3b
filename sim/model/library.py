"""The shelf read in: a scenario with its procedures and agents, patched into one world per arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sim import shelf
from sim.errors import InvalidInput, Problem, UsageError, nearest
from sim.model import source
from sim.model.agent import Agent
from sim.model.explain import explain
from sim.model.patch import Draft, Origin
from sim.model.procedure import Lever, Procedure
from sim.model.quantity import number
from sim.model.scenario import Arm, Scenario

M = TypeVar("M", bound=BaseModel)

_SCENARIO_FIELDS: Final = tuple(
    (field.alias or name) for name, field in Scenario.model_fields.items()
)
_PROCEDURE_FIELDS: Final = tuple(Procedure.model_fields)


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

    def problem(self, kind: str, name: str, path: source.Address, key: str, /, **values: Any) -> Problem:
        """Return a problem in the definition ``name`` of ``kind`` (procedure, agent, scenario)."""
        return self.drafts[kind, name].problem(path, key, **values)


@dataclass(frozen=True)
class Study:
    """A scenario ready to be compiled: one world for each arm, in order."""

    name: str
    scenario: Scenario
    worlds: tuple[World, ...]
    resolved: Mapping[str, Any] = field(repr=False)


def load(name_or_path: str, *, sets: Sequence[str] = (), levers: Sequence[str] = ()) -> Study:
    """Read a scenario by name or path, with ``P=V`` overrides and ``N=V`` levers.

    Raises InvalidInput with every problem found, UsageError for a malformed ``--set``.
    """
    path = find("scenarios", name_or_path)
    return study(
        source.load(path),
        sets=[_assignment("--set", text) for text in sets],
        levers=[_assignment("--lever", text) for text in levers],
    )


def find(kind: shelf.Kind, name_or_path: str) -> Path:
    """Return the file of a name on the shelf, or the path itself if it looks like one."""
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path:
        return Path(name_or_path)
    found = shelf.find(kind, name_or_path)
    if found is None:
        guess = nearest(name_or_path, shelf.names(kind))
        raise InvalidInput([Problem(f"no_such_{kind}", {"name": name_or_path}, guess=guess)])
    return found


@dataclass(frozen=True)
class Assignment:
    """``path=value`` as given on the command line."""

    path: str
    origin: Origin

    @property
    def value(self) -> Any:
        """The value, read as YAML."""
        return self.origin.located.data


def _assignment(option: str, text: str) -> Assignment:
    path, equals, value = text.partition("=")
    if not equals or not path.strip() or not value.strip():
        raise UsageError("assignment_shape", option=option, given=text[:60])
    located = source.loads(value, f"{option} {path.strip()}")
    return Assignment(path.strip(), Origin(located, ()))


def study(
    located: source.Located,
    *,
    sets: Sequence[Assignment] = (),
    levers: Sequence[Assignment] = (),
    given: Given | None = None,
) -> Study:
    """Build the study of a scenario already read. Raises InvalidInput with every problem found.

    ``given``: procedures already read, used instead of those on the shelf.
    """
    base = Draft.of(located)
    for one in sets:
        if one.path.split(".")[0] in _SCENARIO_FIELDS:
            base.set(tuple(one.path.split(".")), one.value, one.origin)
    scenario = validated(Scenario, base)
    books = _Books(scenario, base, given or {})
    worlds = []
    problems: list[Problem] = []
    for name, arm in scenario.arms.items():
        try:
            worlds.append(_world(name, arm, scenario, base, books, sets, levers))
        except InvalidInput as error:
            problems.extend(p for p in error.problems if p not in problems)
    if problems:
        raise InvalidInput(problems)
    return Study(scenario.scenario, scenario, tuple(worlds), _resolved(base, worlds))


def _resolved(base: Draft, worlds: Iterable[World]) -> dict[str, Any]:
    arms = {
        world.arm: {
            f"{kind}s": {n: d.data for (k, n), d in world.drafts.items() if k == kind}
            for kind in ("procedure", "agent")
        }
        for world in worlds
    }
    return {"scenario": base.data, "arms": arms}


class _Books:
    """Every procedure and agent that a scenario uses, as read; each file once."""

    def __init__(self, scenario: Scenario, base: Draft, given: Given) -> None:
        problems: list[Problem] = []
        used = [name for stream in scenario.cases.values() for name in stream.using]
        self.procedures = {name: located for name, located in given.items() if name in used}
        self.agents: dict[str, source.Located] = {}
        for stream, definition in sorted(scenario.cases.items()):
            for i, name in enumerate(definition.using):
                path = ("cases", stream, "using", i)
                self._read("procedures", name, lambda key, p=path, **v: base.problem(p, key, **v), problems)
        for name, located in list(self.procedures.items()):
            self._read_agents(name, located, problems)
        if problems:
            raise InvalidInput(problems)

    def _read(
        self, kind: shelf.Kind, name: str, problem: Callable[..., Problem], problems: list[Problem]
    ) -> None:
        into = self.procedures if kind == "procedures" else self.agents
        if name in into:
            return
        path = shelf.find(kind, name)
        if path is None:
            guess = nearest(name, shelf.names(kind))
            problems.append(problem(f"no_such_{kind}", name=name, guess=guess))
            return
        try:
            into[name] = source.load(path)
        except InvalidInput as error:
            problems.extend(error.problems)

    def _read_agents(self, name: str, located: source.Located, problems: list[Problem]) -> None:
        actors = located.data.get("actors") if isinstance(located.data, dict) else None
        for actor, raw in (actors if isinstance(actors, dict) else {}).items():
            agent = raw.get("agent") if isinstance(raw, dict) else raw
            if isinstance(agent, str):
                path = ("actors", actor)
                self._read("agents", agent, lambda key, p=path, **v: located.problem(p, key, **v), problems)


def _world(
    name: str,
    arm: Arm,
    scenario: Scenario,
    base: Draft,
    books: _Books,
    sets: Sequence[Assignment],
    levers: Sequence[Assignment],
) -> World:
    drafts = {("scenario", scenario.scenario): base.copied()}
    drafts |= {("procedure", n): Draft.of(located) for n, located in books.procedures.items()}
    drafts |= {("agent", n): Draft.of(located) for n, located in books.agents.items()}
    _pull_levers(name, arm, scenario, base, drafts, levers)
    for path, value, origin in _overrides(name, arm, scenario, base, sets):
        draft, inside = _aim(path, drafts, origin)
        draft.set(inside, value, origin)
    return _validated_world(name, arm, drafts)


def _validated_world(name: str, arm: Arm, drafts: dict[tuple[str, str], Draft]) -> World:
    problems: list[Problem] = []
    read: dict[tuple[str, str], BaseModel] = {}
    kinds: dict[str, type[BaseModel]] = {
        "scenario": Scenario,
        "procedure": Procedure,
        "agent": Agent,
    }
    for (kind, title), draft in drafts.items():
        try:
            read[kind, title] = validated(kinds[kind], draft)
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    procedures = {n: m for (k, n), m in read.items() if isinstance(m, Procedure)}
    agents = {n: m for (k, n), m in read.items() if isinstance(m, Agent)}
    (scenario,) = (m for m in read.values() if isinstance(m, Scenario))
    return World(name, arm.channel, scenario, procedures, agents, drafts)


def validated(kind: type[M], draft: Draft | source.Located) -> M:
    """Validate a definition; the file's stem must be its name. Raises InvalidInput."""
    try:
        model = kind.model_validate(draft.data)
    except ValidationError as error:
        raise InvalidInput(explain(draft, error, kind)) from None
    word = kind.__name__.lower()
    name = getattr(model, word)
    stem = Path(draft.file).stem
    if draft.file.endswith((".yaml", ".yml")) and name != stem:
        raise InvalidInput([draft.problem((word,), "name_not_stem", name=name, stem=stem)])
    return model


# -- levers ------------------------------------------------------------------------------------


def _pull_levers(
    arm_name: str,
    arm: Arm,
    scenario: Scenario,
    base: Draft,
    drafts: dict[tuple[str, str], Draft],
    levers: Sequence[Assignment],
) -> None:
    known = _known_levers(drafts)
    chosen: dict[str, tuple[Any, Origin]] = {}
    wanted = [(n, v, Origin(base.located, ("levers", n))) for n, v in scenario.levers.items()]
    wanted += [
        (n, v, Origin(base.located, ("compare", arm_name, "levers", n)))
        for n, v in arm.levers.items()
    ]
    wanted += [(one.path, one.value, one.origin) for one in levers]
    for name, value, origin in wanted:
        if name not in known:
            guess = nearest(name, known)
            raise InvalidInput([origin.problem("unknown_lever", name=name, guess=guess)])
        chosen[name] = (value, origin)
    for name, (procedure, lever) in known.items():
        draft = drafts["procedure", procedure]
        own = Origin(draft.located, ("levers", name, "default"))
        value, origin = chosen.get(name, (lever.default, own))
        _pull(name, lever, value, origin, procedure, drafts)


def _known_levers(drafts: Mapping[tuple[str, str], Draft]) -> dict[str, tuple[str, Lever]]:
    known: dict[str, tuple[str, Lever]] = {}
    for (kind, procedure), draft in drafts.items():
        raw = draft.data.get("levers") if isinstance(draft.data, dict) else None
        for name, value in (raw if isinstance(raw, dict) else {}).items():
            if name in known:
                raise InvalidInput([draft.problem(("levers", name), "lever_twice", name=name)])
            if kind == "procedure":
                known[name] = (procedure, _lever(name, value, draft))
    return known


def _lever(name: str, raw: object, draft: Draft) -> Lever:
    try:
        return Lever.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput(explain(draft, error, Lever, above=("levers", name))) from None


def _pull(
    name: str,
    lever: Lever,
    value: Any,
    origin: Origin,
    procedure: str,
    drafts: dict[tuple[str, str], Draft],
) -> None:
    draft = drafts["procedure", procedure]
    if lever.values is not None:
        word = _word(value)
        if word not in lever.values:
            known = ", ".join(lever.values)
            raise InvalidInput(
                [
                    origin.problem(
                        "lever_value",
                        lever=name,
                        given=word,
                        known=known,
                        guess=nearest(word, lever.values),
                    )
                ]
            )
        for path, patch in lever.values[word].items():
            at = Origin(draft.located, ("levers", name, "values", word, path))
            target, inside = _aim(path, drafts, at, procedure)
            target.set(inside, patch, at)
        return
    _within(name, lever, value, origin)
    if value == lever.default:
        return
    for i, path in enumerate(lever.replaces or ()):
        at = Origin(draft.located, ("levers", name, "replaces", i))
        target, inside = _aim(path, drafts, at, procedure)
        target.set(inside, value, at)
        target.patched[inside] = origin


def _word(value: object) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _within(name: str, lever: Lever, value: object, origin: Origin) -> None:
    if lever.range is None:
        return
    low, high, given = (_amount(v) for v in (*lever.range, value))
    if given is None or low is None or high is None or not low <= given <= high:
        bounds = f"{lever.range[0]} … {lever.range[1]}"
        raise InvalidInput(
            [origin.problem("lever_out_of_range", lever=name, given=str(value), bounds=bounds)]
        )


def _amount(raw: object) -> float | None:
    """Read a lever's value in base units, whatever its kind."""
    for kind in ("number", "share", "duration"):
        try:
            return number(raw, kind)[0]  # type: ignore[arg-type]  # a Kind
        except Exception:  # noqa: BLE001, S112 -- the next kind may fit
            continue
    return None


# -- overrides ---------------------------------------------------------------------------------


def _overrides(
    name: str, arm: Arm, scenario: Scenario, base: Draft, sets: Sequence[Assignment]
) -> Iterable[tuple[str, Any, Origin]]:
    for path, value in scenario.override.items():
        yield path, value, Origin(base.located, ("override", path))
    for stream in scenario.cases:
        for attribute, value in arm.attributes.items():
            at = Origin(base.located, ("compare", name, "attributes", attribute))
            yield f"cases.{stream}.attributes.{attribute}", value, at
    for path, value in arm.override.items():
        yield path, value, Origin(base.located, ("compare", name, "override", path))
    for one in sets:
        yield one.path, one.value, one.origin


def _aim(
    path: str, drafts: Mapping[tuple[str, str], Draft], origin: Origin, procedure: str | None = None
) -> tuple[Draft, source.Address]:
    """Return the definition that ``path`` leads into and the path inside it.

    ``procedure``: the one whose lever says so; its fields need no prefix. Raises InvalidInput.
    """
    first, *rest = parts = tuple(path.split("."))
    if first == "agents" and len(parts) > 2 and ("agent", rest[0]) in drafts:  # noqa: PLR2004
        return drafts["agent", rest[0]], tuple(rest[1:])
    if first == "actors" and rest:
        for (kind, _), draft in drafts.items():
            if kind == "procedure" and rest[0] in (draft.data.get("actors") or {}):
                return draft, parts
    if procedure is not None and first in _PROCEDURE_FIELDS:
        return drafts["procedure", procedure], parts
    if ("procedure", first) in drafts and rest:
        return drafts["procedure", first], tuple(rest)
    if procedure is None and first in _SCENARIO_FIELDS:
        return next(draft for (kind, _), draft in drafts.items() if kind == "scenario"), parts
    names = [name for kind, name in drafts if kind == "procedure"] + ["agents", "actors"]
    names += [f"agents.{name}" for kind, name in drafts if kind == "agent"]
    names += _SCENARIO_FIELDS if procedure is None else _PROCEDURE_FIELDS
    start = ".".join(parts[:2]) if first == "agents" else first
    raise InvalidInput([origin.problem("patch_no_start", name=start, guess=nearest(start, names))])


# -- the shelf as a whole ------------------------------------------------------------------------


def shelf_list() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return the name and titles of every procedure, agent and scenario; unreadable ones by name."""
    return {kind: [(name, _titles(kind, name)) for name in shelf.names(kind)] for kind in shelf.KINDS}


def _titles(kind: shelf.Kind, name: str) -> dict[str, str]:
    title = _raw(kind, name).get("title")
    if isinstance(title, dict):
        return {lang: str(title[lang]) for lang in ("en", "ja") if lang in title}
    return {"en": str(title or name), "ja": str(title or name)}


def _raw(kind: shelf.Kind, name: str) -> dict[str, Any]:
    """Return what a file on the shelf says, nothing if it cannot be read."""
    path = shelf.find(kind, name)
    try:
        data = source.load(path).data if path is not None else None
    except InvalidInput:
        return {}
    return data if isinstance(data, dict) else {}


def _part(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _names_in(value: object) -> set[str]:
    """Return every text in some raw YAML, keys and list items included."""
    if isinstance(value, dict):
        return set(value).union(*(_names_in(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(_names_in(v) for v in value))
    return {value.partition(".")[0]} if isinstance(value, str) else set()


_SHARED: Final = ("documents", "defects", "attributes", "actors", "lists", "calendars")


def _declares(raw: Mapping[str, Any]) -> set[str]:
    return {name for part in _SHARED for name in _part(raw, part)}


def _given(raw: Mapping[str, Any]) -> set[str]:
    steps = (step for step in _part(raw, "steps").values() if isinstance(step, dict))
    return {name for step in steps for name in _names_in(step.get("gives"))}


def companions(names: Sequence[str], given: Given | None = None) -> tuple[str, ...]:
    """Return procedures with those others on the shelf that declare or give what they mention."""
    raws = {name: _raw("procedures", name) for name in shelf.names("procedures")}
    raws |= {name: located.data for name, located in (given or {}).items()}
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in raws:
            guess = nearest(name, raws)
            raise InvalidInput([Problem("no_such_procedures", {"name": name}, guess=guess)])
    for name in chosen:  # grows while it is walked
        mentioned = _names_in(_part(raws[name], "steps")) | _names_in(raws[name].get("goal"))
        known = set().union(*(_declares(raws[one]) for one in chosen))
        given = set().union(*(_given(raws[one]) for one in chosen))
        for other, raw in raws.items():
            lent = mentioned & ((_declares(raw) - known) | (_given(raw) - given))
            if other not in chosen and lent:
                chosen.append(other)
                known |= _declares(raw)
                given |= _given(raw)
    return tuple(chosen)


def givers(documents: Sequence[str]) -> tuple[str, ...]:
    """Return the procedures on the shelf that give one of some documents."""
    wanted = {name.partition(".")[0] for name in documents}
    return tuple(n for n in shelf.names("procedures") if _given(_raw("procedures", n)) & wanted)


def documents_on_shelf() -> list[str]:
    """Return the names of all documents that some procedure gives."""
    return sorted({d for n in shelf.names("procedures") for d in _given(_raw("procedures", n))})


def procedures_of(name: str) -> tuple[str, ...]:
    """Return the procedures of a scenario, or the procedure of that name. Raises InvalidInput."""
    if shelf.find("procedures", name) is not None:
        return (name,)
    if shelf.find("scenarios", name) is not None:
        streams = _part(_raw("scenarios", name), "cases").values()
        using = [n for s in streams if isinstance(s, dict) for n in _names_in(s.get("using"))]
        return tuple(dict.fromkeys(using))
    known = [*shelf.names("procedures"), *shelf.names("scenarios")]
    raise InvalidInput([Problem("no_such_procedures", {"name": name}, guess=nearest(name, known))])


def world(
    procedures: Sequence[str],
    goal: Sequence[str],
    have: Sequence[str],
    channel: str,
    given: Given | None = None,
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
                "goal": list(goal),
                "locker": {name: {} for name in have},
            }
        },
    }
    located = source.Located("plan", [], data, {}, {})
    return study(located, given=given).worlds[0]

"""Every number in the definitions: where it stands, where it is from, and the ends it may have."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import product
from operator import getitem
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from sim import shelf
from sim.errors import InvalidInput, Problem, nearest
from sim.language import schema
from sim.language.agent import Agent
from sim.language.amounts import MEASURES, UNITS, Comparison, Kind, parted, plain
from sim.language.attribute import Amount, Chance, Choice, Table, numbers
from sim.language.base import CHANNELS, Condition, Noted
from sim.language.facts import Fact, facts
from sim.language.law import Distribution
from sim.language.overlay import entries
from sim.language.procedure import Deadline, Lever, Procedure, StaffOfEach
from sim.language.quantity import (
    NAME,
    NOTES,
    UNKNOWN,
    Fixed,
    Lookup,
    Provenance,
    Random,
    ends,
    forms,
    leaves,
    parse,
    scaled,
    typical,
)
from sim.language.scenario import Arm, Report, Scenario
from sim.language.skill import EACH, Each
from sim.language.step import Again, Burden
from sim.study import loader
from sim.study.edits import Draft, read_as
from sim.study.loader import World
from sim.study.overrides import amounts_of
from sim.yaml import source
from sim.yaml.located import Address, written

_DESIGN: Final = frozenset(("horizon", "warm_up", "replications", "seed"))
"""Fields of a scenario that say how it is looked at, not what the world is like."""

_COUNTS: Final = frozenset((*Burden.model_fields, "attention", "hurry", "count")) - {"fee"}
"""Whole numbers that somebody set and nobody estimated."""

_PATCHES: Final[Mapping[type[BaseModel], frozenset[str]]] = {
    Lever: frozenset(("values",)),
    Arm: frozenset(("override", "attributes")),
    Scenario: frozenset(("override",)),
}
"""Fields that hold patches: what they say is read only where it is put."""

_UNIT: Final = f"(?:{'|'.join(UNITS)})"
_AMOUNT: Final = re.compile(rf"\s*\d+(\.\d+)?({_UNIT}(\d+(\.\d+)?{_UNIT})*|%)\s*")
"""A number with its unit: ``2h30min``, ``15%``."""


@dataclass(frozen=True)
class Parameter:
    """One number as written. ``confidence`` is the source's, None without a source."""

    file: str
    line: int
    path: str
    value: str
    source: str | None
    range: str | None
    confidence: str | None
    note: str | None
    used: tuple[str, ...] = ()
    """The steps that use the number of a skill."""
    exception: bool = False
    """Whether it is typed at a step although a skill could say it."""

    @property
    def assumption(self) -> bool:
        """Whether no public source stands behind the number."""
        return self.source is None or self.confidence in ("C", None)

    @property
    def defended(self) -> bool:
        """Whether it has a known source, or a range if it is an assumption."""
        return self.range is not None or not self.assumption


_Found = tuple[Address, Provenance | None]
"""Where a number stands and where it is from; None: a count, which nobody estimated."""


def figures(name: str | None = None) -> list[Parameter]:
    """Return every number that something on the shelf works with, or of all there is.

    A scenario works with its procedures, and a procedure with its agents. Counts are left out: see
    ``counts``. Raises InvalidInput.
    """
    known, used = facts(), _used(_named(name))
    uses = _uses([model for _, model in used])
    found = [figure for one in used for figure in _figures(*one, known, uses)]
    return sorted(found, key=lambda f: (f.file, f.line, f.path))


def counts(name: str | None = None) -> int:
    """Return how many whole numbers the same files set that nobody estimated.

    These are visits, forms, seals and logins of a step, cases of a stream, and how many things an
    agent does at once or hurries. Raises InvalidInput.
    """
    return sum(note is None for _, model in _used(_named(name)) for _, note in _walk(model, ()))


def undefended(scenario: str) -> int:
    """Return how many numbers that a scenario works with have neither a source nor a range.

    ``scenario``: its name or its file. Raises InvalidInput.
    """
    known = facts()
    used = _used([("scenarios", scenario)])
    return sum(not figure.defended for one in used for figure in _figures(*one, known))


def figures_of(
    located: source.Located, kind: type[BaseModel], known: Mapping[str, Fact]
) -> Iterator[Parameter]:
    """Yield the numbers of one file. Raises InvalidInput if it is not valid."""
    yield from _figures(located, read_as(kind, located, located.data), known)


def _named(name: str | None) -> list[tuple[shelf.Kind, str]]:
    """Return what is on the shelf under a name, or all there is."""
    everything = [(kind, title) for kind in shelf.KINDS for title in shelf.names(kind)]
    found = [(kind, title) for kind, title in everything if name in (None, title)]
    if name is not None and not found:
        guess = nearest(name, [title for _, title in everything])
        raise InvalidInput([Problem("no_such_definition", {"name": name}, guess=guess)])
    return found


def _used(chosen: list[tuple[shelf.Kind, str]]) -> list[tuple[source.Located, BaseModel]]:
    """Return definitions and all that they work with, each once: the file and what it says."""
    found: list[tuple[source.Located, BaseModel]] = []
    for kind, title in chosen:  # grows while it is walked
        located = source.load(loader.find(kind, title))
        model = read_as(schema.of_folder(kind), located, located.data)
        found.append((located, model))
        used: list[tuple[shelf.Kind, str]] = []
        if isinstance(model, Scenario):
            used = [("procedures", name) for one in model.cases.values() for name in one.using]
        if isinstance(model, Procedure):
            used = [("agents", actor.agent) for actor in model.actors.values()]
        chosen += [other for other in dict.fromkeys(used) if other not in chosen]
    return found


def _figures(
    located: source.Located,
    model: BaseModel,
    known: Mapping[str, Fact],
    uses: Mapping[Address, Iterable[str]] = MappingProxyType({}),
) -> Iterator[Parameter]:
    for path, note in _walk(model, ()):
        if note is None:
            continue
        full = (model.agent, *path) if isinstance(model, Agent) else ()
        above = (full[:end] for end in range(len(full), 0, -1))
        address, _ = written(located.data, path)
        fact = known.get(note.source or "")
        yield Parameter(
            file=located.file,
            line=located.place(address).line,
            path=".".join(map(str, path)),
            value=as_text(reduce(getitem, address, located.data)),
            source=note.source,
            range=None if note.range is None else " – ".join(note.range),
            confidence=None if fact is None else fact.confidence,
            note=None if fact is None else fact.source,
            used=tuple(next((uses[part] for part in above if part in uses), ())),
            exception=isinstance(model, Procedure) and _is_exception(model, path),
        )


_SKILLED: Final = frozenset(Again.model_fields) - {"delay"}
"""What a skill may say in place of a step."""


def _is_exception(procedure: Procedure, path: Address) -> bool:
    """Whether a number is typed at a step that has a task there, of which a skill could say it."""
    if path[0] != "steps":
        return False
    step, inside = procedure.steps[str(path[1])], [p for p in path[2:] if p != "again"]
    channels = [c for c in CHANNELS if c == inside[0]] or CHANNELS
    field = next(part for part in inside if part not in CHANNELS)
    return field in _SKILLED and any("task" in step.laid(channel) for channel in channels)


def _uses(models: Iterable[BaseModel]) -> dict[Address, dict[str, None]]:
    """Return which steps use what an agent's skill says, by the agent and the path in its file."""
    models = list(models)
    agents = {one.agent: one for one in models if isinstance(one, Agent)}
    procedures = [one for one in models if isinstance(one, Procedure)]
    actors = {name: who.agent for one in procedures for name, who in one.actors.items()}
    uses: dict[Address, dict[str, None]] = {}
    for one, channel, later in product(procedures, CHANNELS, (False, True)):
        for key, step in one.steps.items():
            told = step.laid(channel, later=later)
            doers = [agents.get(actors.get(name, "")) for name in told.get("by", ())]
            for place, who in zip((0, -1), (*doers[:1], *doers[-1:]), strict=False):
                skill = who.skills.get(told.get("task", "")) if who is not None else None
                if who is None or skill is None:
                    continue
                said = skill.laid(channel, later=later)
                mine = [n for n in said if (n == "finds") == (place == -1) and n not in told]
                for name, entry in ((n, e) for n in mine for e in entries(said[n]) or [None]):
                    path = skill.written(channel, name, *filter(None, [entry]), later=later)
                    full = (who.agent, "skills", told["task"], *path)
                    uses.setdefault(full, {})[f"{one.procedure}.{key}"] = None
    return uses


def in_force(model: BaseModel) -> Iterator[tuple[Address, Provenance]]:
    """Yield path and provenance of each number that a run reads; a patch only where it was put."""
    for path, note in _walk(model, ()):
        if note is not None and path[0] not in {"levers", "override", "compare"}:
            yield path, note


def _walk(value: Any, path: Address) -> Iterator[_Found]:
    """Yield the path and provenance of each number in a definition."""
    if isinstance(value, Fixed | Random | Lookup):  # what was written as one number is one
        yield from {at: leaf.note for at, leaf in leaves(value, path)}.items()
    elif isinstance(value, Each):
        yield from _walk(value.amount, path)
    elif isinstance(value, StaffOfEach):
        yield from _walk(value.number, path)
    elif isinstance(value, Chance | Amount | Choice | Table):
        yield from {at: leaf.note for at, leaf in numbers(value, path)}.items()
    elif isinstance(value, Condition):
        yield from _walk(value.chance, (*path, "chance"))
        yield from _tests(value, path)
    elif isinstance(value, BaseModel):
        yield from _model(value, path)
    elif isinstance(value, int) and path[-1] in _COUNTS:
        yield path, None
    elif isinstance(value, dict | tuple):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _walk(inner, (*path, key))


def _model(model: BaseModel, path: Address) -> Iterator[_Found]:
    if isinstance(model, Deadline):
        if isinstance(model.within, Fixed):
            note = model.within.note
            yield (*path, "within"), note if note.known else Provenance(model.source)
        return
    if isinstance(model, Report):  # the fact that it is told of is the source
        for fact, observed in model.observed.items():
            for name in ("by", "value"):
                note = getattr(observed, name).note
                yield (*path, "observed", fact, name), Provenance(fact, note.range)
        return
    if isinstance(model, Lever) and model.replaces is not None and _is_number(model.default):
        yield (*path, "default"), _provenance(model)
    patches = _PATCHES.get(type(model), frozenset())
    for name, field in type(model).model_fields.items():
        if name not in model.model_fields_set or name in _DESIGN:
            continue
        inner, below = getattr(model, name), (*path, field.alias or name)
        yield from _patches(inner, below, UNKNOWN) if name in patches else _walk(inner, below)


def _provenance(noted: Lever | Noted) -> Provenance:
    bounds = noted.range
    return Provenance(noted.source, bounds and (str(bounds[0]), str(bounds[1])))


def _patches(raw: Any, path: Address, above: Provenance) -> Iterator[_Found]:
    """Yield the numbers of some raw YAML; a source or range counts for all that is below it."""
    if not isinstance(raw, dict | list):
        if _is_number(raw):
            counted = str(path[-1]).rpartition(".")[2] in _COUNTS
            yield path, None if counted else _noted({"value": raw}, above)
        return
    note = _noted(raw, above) if isinstance(raw, dict) else above
    if isinstance(raw, dict) and not raw.keys().isdisjoint(forms()):
        if not isinstance(raw.get("value"), bool):
            yield path, note
        return
    for key, inner in raw.items() if isinstance(raw, dict) else enumerate(raw):
        if key not in NOTES:
            yield from _patches(inner, (*path, key), note)


def _noted(raw: Mapping[str, Any], above: Provenance) -> Provenance:
    bounds = raw.get("range", parted(raw.get("value"))[1])
    pair = tuple(map(str, bounds)) if isinstance(bounds, list | tuple) else ()
    note = Provenance(raw.get("source"), pair if len(pair) == 2 else None)  # noqa: PLR2004 -- a pair
    return note.or_else(above, ends(raw))


def _tests(condition: Condition, path: Address) -> Iterator[_Found]:
    for name, value in condition.tests.items():
        if isinstance(value, Noted):
            yield (*path, name), _provenance(value)
        elif isinstance(value, Comparison) and _is_number(value.written):
            yield (*path, name), UNKNOWN


def _is_number(value: object) -> bool:
    """Whether a raw value is a number, perhaps compared with something: ``>= 8``."""
    plain, _ = parted(value)
    one = Comparison.read(plain) if isinstance(plain, str | int | float) else None
    if one is None or one.sign == "-":
        return False
    if isinstance(one.bounds[0], str):
        return _AMOUNT.fullmatch(one.bounds[0]) is not None
    return not isinstance(one.bounds[0], bool)


def as_text(raw: object) -> str:
    """Return a raw value in one line, without its source and range."""
    if isinstance(raw, dict):
        if EACH in raw:
            return f"{as_text({k: v for k, v in raw.items() if k != EACH})} × {raw[EACH]}"
        rest = {k: v for k, v in raw.items() if k not in NOTES}
        if set(rest) == {"value"}:
            return as_text(rest["value"])
        return ", ".join(f"{key} {as_text(value)}" for key, value in rest.items())
    if isinstance(raw, list):
        return " – ".join(as_text(one) for one in raw)
    return str(parted(raw)[0])


@dataclass(frozen=True)
class Assumption:
    """A number with a range, in force in some ``arms``.

    ``path`` is that of an override; ``value`` and ``range`` are as written; ``ends`` is what to put
    at the path for each end of the range.
    """

    path: str
    arms: tuple[str, ...]
    value: str
    range: tuple[str, str]
    source: str | None
    ends: tuple[Any, Any]


def assumptions(worlds: Sequence[World]) -> list[Assumption]:
    """Return every number with a range in some arms; one that differs between them is several."""
    found: dict[tuple[str, str], Assumption] = {}
    for world in worlds:
        models: list[tuple[Address, Draft, BaseModel]] = [
            *(((n,), world.drafts["procedure", n], m) for n, m in world.procedures.items()),
            *((("agents", n), world.drafts["agent", n], m) for n, m in world.agents.items()),
            ((), world.drafts["scenario", world.scenario.scenario], world.scenario),
        ]
        for above, draft, model in models:
            for path, note in in_force(model):
                if note.range is None:
                    continue
                address = _address(draft.data, path)
                raw = reduce(getitem, address, draft.data)
                spot = ".".join(map(str, (*above, *address)))
                known = found.get((spot, repr(raw)))
                arms = (*(known.arms if known else ()), world.arm)
                low, high = (_moved(raw, plain(end)) for end in note.range)
                found[spot, repr(raw)] = Assumption(
                    spot, arms, as_text(raw), note.range, note.source, (low, high)
                )
    return list(found.values())


def _address(data: Any, path: Address) -> Address:
    """Return where a number stands, below the name of the action if it belongs to one."""
    address, _ = written(data, path)
    raw = reduce(getitem, address, data)
    if address[-1:] == ("then",) and isinstance(raw, Mapping):
        return (*address, next(iter(raw)), path[-1])
    return address


def _moved(raw: Any, end: float | str, *, unit: bool = False) -> Any:
    """Return ``raw`` with its typical value at ``end``: a plain number is that number itself.

    ``unit``: it is of each unit, and need not be whole seconds.
    """
    if isinstance(raw, Mapping) and EACH in raw:
        amount = _moved({k: one for k, one in raw.items() if k != EACH}, end, unit=True)
        return {EACH: raw[EACH], **(amount if isinstance(amount, Mapping) else {"value": amount})}
    if not isinstance(raw, Mapping) or "value" in raw:
        return end
    written = {key: value for key, value in raw.items() if key not in NOTES}
    learned = "first" in raw
    for kind, target in amounts_of(end):
        try:
            whole: Kind = "gap" if unit and kind == "duration" else kind
            read = parse({NAME: raw} if learned else written, whole)
        except PydanticCustomError:
            continue
        if not target or not typical(read):
            return end
        (_, one), *_ = leaves(read)
        told = partial(_told, kind=kind, business=one.business)
        if isinstance(one, Random) and isinstance(one.distribution, Distribution):
            return one.distribution.scaled(target).written(told)
        return scaled(raw, target, MEASURES[kind], told)
    return end


def _told(value: float, kind: Kind, *, business: bool) -> float | str:
    """Return an amount in base units as it is written in a file."""
    if kind != "duration":
        return value
    unit = "bd" if business else "s"
    return f"{math.floor(value / UNITS[unit] * 1e6 + 0.5) / 1e6:f}{unit}"

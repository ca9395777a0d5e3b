"""The catalogue: what lies on the shelf as a whole, who gives what, and who goes with whom.

MERGED: What a procedure mentions that others may declare: read from its definitions, never from text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim import shelf
from sim.errors import InvalidInput, Problem, nearest
from sim.language.base import CHANNELS, Condition
from sim.language.procedure import Goal, Goals, Procedure
from sim.language.quantity import Lookup
from sim.language.step import Profile, Step
from sim.study.loader import Given, find, validated
from sim.words import LANGUAGES
from sim.yaml import source


def shelf_list() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return name and titles of every procedure, agent and scenario; unreadable ones by name."""
    return {
        kind: [(name, _titles(kind, name)) for name in shelf.names(kind)] for kind in shelf.KINDS
    }


def _titles(kind: shelf.Kind, name: str) -> dict[str, str]:
    title = _raw(kind, name).get("title")
    if isinstance(title, dict):
        return {lang: str(title[lang]) for lang in LANGUAGES if lang in title}
    return dict.fromkeys(LANGUAGES, str(title or name))


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


def _listed(value: object) -> set[str]:
    """Return the names in a name or a list of them, without the items of lists."""
    names = value if isinstance(value, list) else [value]
    return {name.partition(".")[0] for name in names if isinstance(name, str)}


_SHARED: Final = ("documents", "defects", "attributes", "actors", "lists", "calendars", "levers")


def _declares(raw: Mapping[str, Any]) -> set[str]:
    return {name for part in _SHARED for name in _part(raw, part)}


def _given(raw: Mapping[str, Any]) -> set[str]:
    steps = (step for step in _part(raw, "steps").values() if isinstance(step, dict))
    return {name for step in steps for name in _listed(step.get("gives"))}


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
        wanted = _mentioned(raws[name])
        while True:
            known = set().union(*(_declares(raws[one]) for one in chosen))
            had = set().union(*(_given(raws[one]) for one in chosen))
            lent = {
                other: len(wanted & ((_declares(raw) - known) | (_given(raw) - had)))
                for other, raw in raws.items()
                if other not in chosen
            }
            best = max(lent, key=lent.__getitem__, default=None)
            if best is None or not lent[best]:
                break
            chosen.append(best)
    return tuple(chosen)


def _mentioned(raw: Mapping[str, Any]) -> set[str]:
    """Return what a procedure may have from others: not its steps, its actors and the like."""
    own = {name for part in _SHARED if part != "documents" for name in _part(raw, part)}
    return mentioned(raw) - own - set(_part(raw, "steps"))


def declared(part: str) -> set[str]:
    """Return the names that the procedures on the shelf declare under ``part``."""
    return {
        name for one in shelf.names("procedures") for name in _part(_raw("procedures", one), part)
    }


def givers(documents: Sequence[str]) -> tuple[str, ...]:
    """Return the procedures on the shelf that give one of some documents."""
    wanted = {name.partition(".")[0] for name in documents}
    return tuple(n for n in shelf.names("procedures") if _given(_raw("procedures", n)) & wanted)


def documents_on_shelf() -> list[str]:
    """Return the names of all documents that some procedure gives."""
    return sorted({d for n in shelf.names("procedures") for d in _given(_raw("procedures", n))})


def phrases(using: Sequence[str] = ()) -> dict[str, Procedure]:
    """Return the procedures that can be asked for in words, by name: all, or some of ``using``."""
    known = shelf.names("procedures")
    unknown = [name for name in using if name not in known]
    if unknown:
        raise InvalidInput(
            Problem("no_such_procedures", {"name": n}, guess=nearest(n, known)) for n in unknown
        )
    spoken = [name for name in using or known if "phrases" in _raw("procedures", name)]
    return {name: validated(Procedure, source.load(find("procedures", name))) for name in spoken}


def procedures_of(name: str) -> tuple[str, ...]:
    """Return the procedures of a scenario, or the procedure of that name. Raises InvalidInput."""
    if shelf.find("procedures", name) is not None:
        return (name,)
    if shelf.find("scenarios", name) is not None:
        streams = _part(_raw("scenarios", name), "cases").values()
        using = [n for s in streams if isinstance(s, dict) for n in _listed(s.get("using"))]
        return tuple(dict.fromkeys(using))
    known = [*shelf.names("procedures"), *shelf.names("scenarios")]
    raise InvalidInput([Problem("no_such_procedures", {"name": name}, guess=nearest(name, known))])


_STEP: Final = TypeAdapter(Step)
_GOALS: Final[TypeAdapter[tuple[Goal, ...]]] = TypeAdapter(Goals)


def mentioned(raw: Mapping[str, Any]) -> set[str]:
    """Return the names in the steps and the goal of a procedure, families of documents by theirs.

    A step that cannot be read mentions nothing: whoever loads the procedure is told why.
    """
    steps = raw.get("steps")
    every = steps.values() if isinstance(steps, dict) else ()
    names = {name for one in every for name in _of_step(_read(_STEP, one))}
    names |= {name for goal in _read(_GOALS, raw.get("goal", ())) or () for name in _of_goal(goal)}
    return {name.partition(".")[0] for name in names}


def _read(kind: TypeAdapter[Any], raw: object) -> Any:
    try:
        return kind.validate_python(raw)
    except ValidationError:
        return None


def _of_goal(goal: Goal) -> Iterator[str]:
    yield goal.document
    yield from _of_condition(goal.if_)


def _of_step(step: Step | None) -> Iterator[str]:
    if step is None:
        return
    yield from (*step.gives, *([step.each] if step.each is not None else []))
    for profile in (step, *(getattr(step, channel) for channel in CHANNELS)):
        if isinstance(profile, Profile):
            yield from _of_profile(profile)


def _of_profile(profile: Profile) -> Iterator[str]:
    for names in (profile.needs, profile.by, profile.decides):
        yield from names or ()
    for condition in (profile.if_, profile.open_to):
        yield from _of_condition(condition)
    for one in (profile, profile.again):
        if one is not None:
            yield from (*(one.makes or {}), *(one.finds or {}))
            if one.delay is not None and one.delay.until is not None:
                yield one.delay.until
    if profile.batch is not None and profile.batch.at is not None:
        yield profile.batch.at
    yield from _looked_up(profile)


def _of_condition(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield from condition.tests
        yield from _looked_up(condition.chance)


def _looked_up(value: object) -> Iterator[str]:
    """Yield what amounts go by, however deep they stand."""
    if isinstance(value, Lookup):
        yield value.variable
        yield from _looked_up([*(branch for _, branch in value.cases), value.otherwise])
    elif isinstance(value, BaseModel):
        yield from _looked_up([getattr(value, name) for name in type(value).model_fields])
    elif isinstance(value, Mapping):
        yield from _looked_up(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _looked_up(one)

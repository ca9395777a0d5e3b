"""Levers, overrides and the command line's settings, as they change the definitions of one arm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import PydanticCustomError

from sim.errors import InvalidInput, Problem, nearest
from sim.language.amounts import Kind, Scalar, number, parted
from sim.language.base import Test
from sim.language.domain import AMOUNT, BOOL, DURATION, SHARES, Domain, Spans, fits
from sim.language.procedure import Lever, Procedure
from sim.language.scenario import Arm, Scenario
from sim.study.edits import Draft, Origin, done_by, mapping, read_as
from sim.yaml.located import Address, Located
from sim.yaml.writer import inline, quoted

SCENARIO_FIELDS: Final = tuple(f.alias or name for name, f in Scenario.model_fields.items())
_PROCEDURE_FIELDS: Final = tuple(Procedure.model_fields)
_KINDS: Final[tuple[Kind, ...]] = ("duration", "share", "number")
_TRUTHS: Final = {"true", "false"}


def amounts_of(raw: object) -> Iterator[tuple[Kind, float]]:
    """Yield what a raw number may be: each kind that it can be read as, and how much it is then."""
    for kind in _KINDS:
        with suppress(PydanticCustomError):
            yield kind, number(raw, kind)[0]


@dataclass(frozen=True)
class Assignment:
    """``path=value`` as given on the command line."""

    path: str
    origin: Origin

    @property
    def value(self) -> Any:
        """The value, read as YAML."""
        return self.origin.located.data


@dataclass(frozen=True)
class Setting:
    """A lever and the value that it has in an arm."""

    lever: Lever
    value: Scalar

    @property
    def domain(self) -> Domain:
        """What its values are: the names of its patches, or numbers like its default."""
        values, default = self.lever.values, self.lever.default
        if values is not None:
            return BOOL if values.keys() <= _TRUTHS else Domain("category", tuple(values))
        if isinstance(default, bool):
            return BOOL
        for numbers in (AMOUNT, SHARES, DURATION):
            with suppress(PydanticCustomError):
                numbers.amount(default)
                return numbers
        return Domain("category", tuple(dict.fromkeys((inline(default), inline(self.value)))))

    def among(self, spans: Spans) -> bool:
        """Return whether its value is in some spans. Raises PydanticCustomError for no value."""
        return fits(spans, self.domain.exactly(self.value))

    def holds(self, test: Test) -> bool:
        """Return whether what a condition asks of the lever holds in this arm, once and for all."""
        return self.among(self.domain.condition(test))


@dataclass(frozen=True)
class _Pull:
    """A lever of a procedure and what it is set to, by whom.

    ``neutral`` is the value at which the file is as it is written.
    """

    name: str
    procedure: str
    lever: Lever
    neutral: Any
    value: Any
    origin: Origin

    @property
    def setting(self) -> Setting:
        """What conditions may read of it."""
        return Setting(self.lever, self.value if self.lever.values is None else inline(self.value))


@dataclass(frozen=True)
class Patcher:
    """One arm's drafts, by kind and name, while they are changed. Methods raise InvalidInput."""

    name: str
    arm: Arm
    scenario: Scenario
    drafts: Mapping[tuple[str, str], Draft]

    @property
    def located(self) -> Located:
        """The scenario as it was read."""
        return self.drafts["scenario", self.scenario.scenario].located

    def patch(
        self, sets: Sequence[Assignment], levers: Sequence[Assignment]
    ) -> dict[str, tuple[Setting, ...]]:
        """Pull every lever, then set what overrides and the command line say, in this order.

        What they say of a lever itself is set before it is pulled. Returns how the levers are
        set, by name: of several procedures if they share one.
        """
        overrides = list(self._overrides(sets))
        self._set(one for one in overrides if self._is_of_lever(one[0]))
        pulls = self._pulls(levers)
        for pull in pulls:
            self._pull(pull)
        self._set(one for one in overrides if not self._is_of_lever(one[0]))
        names = dict.fromkeys(pull.name for pull in pulls)
        return {n: tuple(pull.setting for pull in pulls if pull.name == n) for n in names}

    def _is_of_lever(self, path: str) -> bool:
        """Tell whether ``path`` leads into a lever that a procedure declares."""
        procedure, *inside = path.split(".")
        return ("procedure", procedure) in self.drafts and inside[:1] == ["levers"]

    def _set(self, overrides: Iterable[tuple[str, Any, Origin]]) -> None:
        for path, value, origin in overrides:
            for draft, inside in self._aim(path, origin):
                draft.set(inside, value, origin)

    # -- levers --------------------------------------------------------------------------------

    def _pulls(self, levers: Sequence[Assignment]) -> list[_Pull]:
        known = [
            (name, procedure, read_as(Lever, draft, raw, ("levers", name)))
            for (kind, procedure), draft in self.drafts.items()
            if kind == "procedure"
            for name, raw in mapping(draft.data, "levers").items()
        ]
        chosen = self._chosen(levers)
        names = [name for name, _, _ in known]
        hint = "known_levers" if names else "no_levers"
        problems = []
        for name, (_, origin) in chosen.items():
            if name not in names:
                told = {"name": name, "known": ", ".join(names), "guess": nearest(name, names)}
                problems.append(origin.problem("unknown_lever", on="key", hint=hint, **told))
            elif names.count(name) > 1:  # two procedures have it
                problems.append(origin.problem("lever_twice", on="key", name=name))
        if problems:
            raise InvalidInput(problems)
        pulls = []
        for name, procedure, lever in known:
            draft, default = self.drafts["procedure", procedure], ("levers", name, "default")
            own = (lever.default, draft.patched.get(default, Origin(draft.located, default)))
            as_read = mapping(mapping(draft.located.data, "levers"), name)
            neutral, bounds = parted(as_read.get("default", lever.default))
            whole = lever.model_copy(update={"range": lever.range or bounds})
            pulls.append(_Pull(name, procedure, whole, neutral, *chosen.get(name, own)))
        return pulls

    def _chosen(self, levers: Sequence[Assignment]) -> dict[str, tuple[Any, Origin]]:
        """Return what each lever is set to; the last word counts."""
        located = self.located
        chosen = {n: (v, Origin(located, ("levers", n))) for n, v in self.scenario.levers.items()}
        for name, value in self.arm.levers.items():
            chosen[name] = (value, Origin(located, ("compare", self.name, "levers", name)))
        return chosen | {one.path: (one.value, one.origin) for one in levers}

    def _pull(self, pull: _Pull) -> None:
        located = self.drafts["procedure", pull.procedure].located
        for below, path, value in _patches(pull):
            at = Origin(located, ("levers", pull.name, *below))
            for target, inside in self._aim(path, at, pull.procedure):
                where = target.set(inside, value, at)
                if pull.lever.values is None:
                    target.patched[where] = pull.origin

    # -- overrides -----------------------------------------------------------------------------

    def _overrides(self, sets: Sequence[Assignment]) -> Iterable[tuple[str, Any, Origin]]:
        located = self.located
        for path, value in self.scenario.override.items():
            yield path, value, Origin(located, ("override", path))
        for stream in self.scenario.cases:
            for attribute, value in self.arm.attributes.items():
                at = Origin(located, ("compare", self.name, "attributes", attribute))
                yield f"cases.{stream}.attributes.{attribute}", value, at
        for path, value in self.arm.override.items():
            yield path, value, Origin(located, ("compare", self.name, "override", path))
        for one in sets:
            yield one.path, one.value, one.origin

    def _aim(
        self, path: str, origin: Origin, procedure: str | None = None
    ) -> list[tuple[Draft, Address]]:
        """Return the definitions that ``path`` leads into, each with the path inside it.

        Those are several for an actor that several procedures declare in full.
        ``procedure``: the one whose lever says so; its fields need no prefix.
        """
        parts = tuple(path.split("."))
        named = ("procedure", parts[0]) in self.drafts
        within, below = procedure, parts
        if named and parts[1:2] == ("actors",):
            within, below = parts[0], parts[1:]
        match below:
            case "actors", actor, "steps", _, *_:
                return self._steps_of(within, actor, below[3:], origin)
        match parts:
            case "agents", name, _, *_ if ("agent", name) in self.drafts:
                return [(self.drafts["agent", name], parts[2:])]
            case "actors", name, *_:
                told = [draft for draft in self.drafts.values() if name in _actors_of(draft)]
                full = [draft for draft in told if isinstance(_actors_of(draft)[name], dict)]
                if told:
                    return [(draft, parts) for draft in full or told[:1]]
        if procedure is not None and parts[0] in _PROCEDURE_FIELDS:
            return [(self.drafts["procedure", procedure], parts)]
        if named and len(parts) > 1:
            return [(self.drafts["procedure", parts[0]], parts[1:])]
        if procedure is None and parts[0] in SCENARIO_FIELDS:
            return [(self.drafts["scenario", self.scenario.scenario], parts)]
        raise InvalidInput([self._no_start(parts, origin, procedure)])

    def _steps_of(
        self, procedure: str | None, actor: str, inside: Address, origin: Origin
    ) -> list[tuple[Draft, Address]]:
        """Return where ``inside`` counts in each step that an actor does, or takes part in."""
        drafts = [
            draft
            for (kind, name), draft in self.drafts.items()
            if kind == "procedure" and procedure in (None, name)
        ]
        aims = [
            (draft, ("steps", key, *path))
            for draft in drafts
            for key, step in mapping(draft.data, "steps").items()
            for path in done_by(actor, step, inside)
        ]
        if not aims:
            names = {name for draft in drafts for name in _actors_of(draft)}
            told = {"name": actor, "guess": nearest(actor, names - {actor})}
            raise InvalidInput([origin.problem_in_path(len(inside) + 2, "no_steps_of", **told)])
        return aims

    def _no_start(self, parts: tuple[str, ...], origin: Origin, procedure: str | None) -> Problem:
        actors = [name for draft in self.drafts.values() for name in _actors_of(draft)]
        known = {"actors": actors, "agents": [n for k, n in self.drafts if k == "agent"]}
        if len(parts) > 1 and parts[0] in known and parts[1] not in known[parts[0]]:
            key = f"unknown_{parts[0][:-1]}"
            values = {"name": parts[1], "guess": nearest(parts[1], known[parts[0]])}
            return origin.problem_in_path(len(parts) - 1, key, **values)
        names = [n for k, n in self.drafts if k == "procedure"] + ["agents", "actors"]
        names += SCENARIO_FIELDS if procedure is None else _PROCEDURE_FIELDS
        values = {"name": parts[0], "guess": nearest(parts[0], {*names} - {parts[0]})}
        return origin.problem_in_path(len(parts), "patch_no_start", **values)


def _actors_of(draft: Draft) -> Mapping[str, Any]:
    """Return the actors that a draft declares, as they are written."""
    return mapping(draft.data, "actors")


def _patches(pull: _Pull) -> Iterator[tuple[Address, str, Any]]:
    """Yield what a lever puts where, after where below it that is written. Raises InvalidInput."""
    lever, given = pull.lever, inline(pull.value)
    if lever.values is None:
        _check_range(pull)
        paths = lever.replaces or () if pull.value != pull.neutral else ()
        yield from ((("replaces", i), path, pull.value) for i, path in enumerate(paths))
    elif given in lever.values:
        for path, value in lever.values[given].items():
            yield ("values", given, path), path, value
    else:
        told = {"lever": pull.name, "given": quoted(given), "known": ", ".join(lever.values)}
        guess = nearest(given, lever.values)
        raise InvalidInput([pull.origin.problem("lever_value", guess=guess, **told)])


def _check_range(pull: _Pull) -> None:
    """Refuse a value outside of the range of its lever, or one that is no number."""
    if pull.lever.range is None:
        return
    raws = (*pull.lever.range, pull.value)
    low, high, given = (next((much for _, much in amounts_of(raw)), math.nan) for raw in raws)
    if not low <= given <= high:
        told = dict(zip(("low", "high", "given"), map(quoted, raws), strict=True))
        raise InvalidInput([pull.origin.problem("lever_out_of_range", lever=pull.name, **told)])

"""Applies levers, overrides and the command line's settings to the definitions of one arm.

MERGED: Levers as they are set in one arm: what conditions and lookups of its procedures may read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sim.errors import InvalidInput, Problem, nearest
from sim.language.amounts import Kind, Scalar, number, parted
from sim.language.base import Test
from sim.language.domain import AMOUNT, BOOL, DURATION, SHARES, Domain, Spans, fits
from sim.language.procedure import Lever, Procedure
from sim.language.scenario import Arm, Scenario
from sim.study.edits import Draft, Origin, done_by
from sim.yaml.explain import explain
from sim.yaml.located import Address
from sim.yaml.writer import quoted

SCENARIO_FIELDS: Final = tuple(
    (field.alias or name) for name, field in Scenario.model_fields.items()
)
_PROCEDURE_FIELDS: Final = tuple(Procedure.model_fields)
_KINDS: Final[tuple[Kind, ...]] = ("number", "share", "duration")


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
        return Setting(self.lever, self.value if self.lever.values is None else quoted(self.value))


@dataclass(frozen=True)
class Patcher:
    """One arm's drafts, by kind and name, while they are changed. Methods raise InvalidInput."""

    name: str
    arm: Arm
    scenario: Scenario
    base: Draft
    drafts: Mapping[tuple[str, str], Draft]

    def patch(
        self, sets: Sequence[Assignment], levers: Sequence[Assignment]
    ) -> dict[str, tuple[Setting, ...]]:
        """Pull every lever, then set what overrides and the command line say, in this order.

        What they say of a lever itself is set before it is pulled. Returns how the levers are
        set, by name: of several procedures if they share one.
        """
        overrides = list(self._overrides(sets))
        of_levers = [one for one in overrides if self._is_of_lever(one[0])]
        self._set(of_levers)
        pulls = self._pulls(levers)
        for pull in pulls:
            self._pull(pull)
        self._set(one for one in overrides if one not in of_levers)
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
        known = self._known_levers()
        chosen = self._chosen(levers)
        names = [name for name, _, _ in known]
        known_names = {"known": ", ".join(names), "hint": "known_levers" if names else "no_levers"}
        problems = [
            origin.problem(
                "unknown_lever", on="key", name=name, guess=nearest(name, names), **known_names
            )
            if name not in names
            else origin.problem("lever_twice", on="key", name=name)
            for name, (_, origin) in chosen.items()
            if names.count(name) != 1
        ]
        if problems:
            raise InvalidInput(problems)
        pulls = []
        for name, procedure, lever in known:
            draft, default = self.drafts["procedure", procedure], ("levers", name, "default")
            own = (lever.default, draft.patched.get(default, Origin(draft.located, default)))
            told = (draft.located.data.get("levers") or {}).get(name, {})
            neutral, bounds = parted(told.get("default", lever.default))
            whole = lever.model_copy(update={"range": lever.range or bounds})
            pulls.append(_Pull(name, procedure, whole, neutral, *chosen.get(name, own)))
        return pulls

    def _chosen(self, levers: Sequence[Assignment]) -> dict[str, tuple[Any, Origin]]:
        """Return what each lever is set to; the last word counts."""
        located = self.base.located
        chosen = {n: (v, Origin(located, ("levers", n))) for n, v in self.scenario.levers.items()}
        for name, value in self.arm.levers.items():
            chosen[name] = (value, Origin(located, ("compare", self.name, "levers", name)))
        return chosen | {one.path: (one.value, one.origin) for one in levers}

    def _known_levers(self) -> list[tuple[str, str, Lever]]:
        """Return every lever by name and procedure; one that two have may not be pulled."""
        known: list[tuple[str, str, Lever]] = []
        for (kind, procedure), draft in self.drafts.items():
            raw = draft.data.get("levers") if isinstance(draft.data, dict) else None
            if kind == "procedure" and isinstance(raw, dict):
                known += [(n, procedure, _lever(("levers", n), v, draft)) for n, v in raw.items()]
        return known

    def _pull(self, pull: _Pull) -> None:
        if pull.lever.values is not None:
            self._put_values(pull)
            return
        _within(pull)
        if pull.value == pull.neutral:
            return
        located = self.drafts["procedure", pull.procedure].located
        for i, path in enumerate(pull.lever.replaces or ()):
            at = Origin(located, ("levers", pull.name, "replaces", i))
            for target, inside in self._aim(path, at, pull.procedure):
                target.patched[target.set(inside, pull.value, at)] = pull.origin

    def _put_values(self, pull: _Pull) -> None:
        values = pull.lever.values or {}
        word = quoted(pull.value)
        if word not in values:
            told = {"lever": pull.name, "given": word, "known": ", ".join(values)}
            guess = nearest(word, values)
            raise InvalidInput([pull.origin.problem("lever_value", guess=guess, **told)])
        located = self.drafts["procedure", pull.procedure].located
        for path, patch in values[word].items():
            at = Origin(located, ("levers", pull.name, "values", word, path))
            for target, inside in self._aim(path, at, pull.procedure):
                target.set(inside, patch, at)

    # -- overrides -----------------------------------------------------------------------------

    def _overrides(self, sets: Sequence[Assignment]) -> Iterable[tuple[str, Any, Origin]]:
        located = self.base.located
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
        first, *rest = parts = tuple(path.split("."))
        acting = self._acting(parts, procedure)
        if acting is not None:
            return self._steps_of(*acting, origin)
        if first == "agents" and len(parts) > 2 and ("agent", rest[0]) in self.drafts:  # noqa: PLR2004 -- agents.NAME.FIELD
            return [(self.drafts["agent", rest[0]], tuple(rest[1:]))]
        if first == "actors" and rest:
            told = [draft for draft in self.drafts.values() if rest[0] in _actors_of(draft)]
            full = [draft for draft in told if isinstance(_actors_of(draft)[rest[0]], dict)]
            if told:
                return [(draft, parts) for draft in full or told[:1]]
        if procedure is not None and first in _PROCEDURE_FIELDS:
            return [(self.drafts["procedure", procedure], parts)]
        if ("procedure", first) in self.drafts and rest:
            return [(self.drafts["procedure", first], tuple(rest))]
        if procedure is None and first in SCENARIO_FIELDS:
            return [(self.drafts["scenario", self.scenario.scenario], parts)]
        raise InvalidInput([self._no_start(parts, origin, procedure)])

    def _acting(
        self, parts: tuple[str, ...], procedure: str | None
    ) -> tuple[str | None, str, Address] | None:
        """Read ``actors.NAME.steps.FIELD``, perhaps behind a procedure, as all three."""
        if ("procedure", parts[0]) in self.drafts and parts[1:2] == ("actors",):
            procedure, *rest = parts
            parts = tuple(rest)
        if len(parts) > 3 and (parts[0], parts[2]) == ("actors", "steps"):  # noqa: PLR2004 -- a FIELD
            return procedure, parts[1], parts[3:]
        return None

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
            for key, step in _mapping(draft.data, "steps").items()
            for path in done_by(actor, step, inside)
        ]
        if not aims:
            names = {name for draft in drafts for name in _actors_of(draft)}
            told = {"name": actor, "guess": nearest(actor, names - {actor})}
            raise InvalidInput([origin.problem_in_path(len(inside) + 2, "no_steps_of", **told)])
        return aims

    def _no_start(self, parts: tuple[str, ...], origin: Origin, procedure: str | None) -> Problem:
        known = {"actors": self._actors(), "agents": [n for k, n in self.drafts if k == "agent"]}
        if len(parts) > 1 and parts[0] in known and parts[1] not in known[parts[0]]:
            key = f"unknown_{parts[0][:-1]}"
            values = {"name": parts[1], "guess": nearest(parts[1], known[parts[0]])}
            return origin.problem_in_path(len(parts) - 1, key, **values)
        names = [n for k, n in self.drafts if k == "procedure"] + ["agents", "actors"]
        names += SCENARIO_FIELDS if procedure is None else _PROCEDURE_FIELDS
        values = {"name": parts[0], "guess": nearest(parts[0], {*names} - {parts[0]})}
        return origin.problem_in_path(len(parts), "patch_no_start", **values)

    def _actors(self) -> list[str]:
        return [name for draft in self.drafts.values() for name in _actors_of(draft)]


def _actors_of(draft: Draft) -> Mapping[str, Any]:
    """Return the actors that a draft declares, as they are written."""
    return _mapping(draft.data, "actors")


def _mapping(raw: Any, key: str) -> Mapping[str, Any]:
    """Return what stands under a key, if it is a mapping."""
    inner = raw.get(key) if isinstance(raw, dict) else None
    return inner if isinstance(inner, dict) else {}


def _lever(path: Address, raw: object, draft: Draft) -> Lever:
    try:
        return Lever.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput(explain(draft, error, Lever, above=path)) from None


def _within(pull: _Pull) -> None:
    bounds = pull.lever.range
    if bounds is None:
        return
    low, high, given = (_amount(value) for value in (*bounds, pull.value))
    if given is None or low is None or high is None or not low <= given <= high:
        told = {"low": quoted(bounds[0]), "high": quoted(bounds[1]), "given": quoted(pull.value)}
        raise InvalidInput([pull.origin.problem("lever_out_of_range", lever=pull.name, **told)])


def _amount(raw: object) -> float | None:
    """Read a lever's value in base units, whatever its kind."""
    for kind in _KINDS:
        try:
            return number(raw, kind)[0]
        except PydanticCustomError:
            continue
    return None


_TRUTHS: Final = {"true", "false"}


@dataclass(frozen=True)
class Setting:
    """A lever and the value that it has in an arm."""

    lever: Lever
    value: Scalar

    @property
    def domain(self) -> Domain:
        """What its values are: the names of its patches, or numbers like its default."""
        if self.lever.values is not None:
            return BOOL if self.lever.values.keys() <= _TRUTHS else _names(self.lever.values)
        if isinstance(self.lever.default, bool):
            return BOOL
        numbers = (one for one in (AMOUNT, SHARES, DURATION) if _is_of(one, self.lever.default))
        return next(numbers, _names((quoted(self.lever.default), quoted(self.value))))

    def among(self, spans: Spans) -> bool:
        """Return whether its value is in some spans. Raises PydanticCustomError for no value."""
        return fits(spans, self.domain.exactly(self.value))

    def holds(self, test: Test) -> bool:
        """Return whether what a condition asks of the lever holds in this arm, once and for all."""
        return self.among(self.domain.condition(test))


def _names(names: Iterable[str]) -> Domain:
    return Domain("category", tuple(dict.fromkeys(names)))


def _is_of(domain: Domain, value: Scalar) -> bool:
    try:
        domain.amount(value)
    except PydanticCustomError:
        return False
    return True

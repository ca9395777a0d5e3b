"""Checking files without running them: every problem with its place, and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import InvalidInput, Problem, nearest
from sim.graph.journey import Journey
from sim.language.agent import Agent, known_to
from sim.language.base import CHANNELS, Channel
from sim.language.facts import Facts, facts
from sim.language.hours import Hours
from sim.language.overlay import entries
from sim.language.procedure import Procedure
from sim.language.scenario import Scenario
from sim.language.schema import MODELS
from sim.study import catalogue, loader
from sim.study.edits import Draft
from sim.study.parameters import figures_of
from sim.yaml import source, table
from sim.yaml.explain import explain
from sim.yaml.located import Address


def check(paths: Sequence[Path]) -> tuple[list[Problem], list[Problem]]:
    """Return the problems of some files, each once, and warnings about their numbers.

    A CSV file is read as a table of sites.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for path in paths:
        try:
            if path.suffix == ".csv":  # what its columns mean is told with the scenario
                table.load(path, "site")
            else:
                warnings += _checked(source.load(path))
        except InvalidInput as error:
            problems += [p for p in error.problems if p not in problems]
    return sorted(problems, key=Problem.order), warnings


def _checked(located: source.Located) -> list[Problem]:
    """Raise InvalidInput with the problems of one file, or return its warnings."""
    data = located.data
    kind = next((k for k in MODELS if isinstance(data, dict) and k in data), None)
    if kind is None:
        raise InvalidInput([_of_no_kind(located)])
    if kind == "facts":
        try:
            Facts.model_validate(data)
        except ValidationError as error:
            raise InvalidInput(explain(located, error, Facts)) from None
        return []
    definition = loader.validated(MODELS[kind], Draft.of(located))
    warnings = [*_torn_nights(located, definition)]
    if isinstance(definition, Scenario):
        from sim.compile.compiler import cautions_of, compile_worlds  # slow to load
        from sim.experiment.remarks import remarks
        from sim.graph.joiner import join

        study = loader.study(located)
        models = compile_worlds(study.worlds)
        journeys = [join(world) for world in study.worlds]
        warnings += cautions_of(models)
        warnings += [*_unneeded(journeys), *remarks(study, models, journeys)]
    if isinstance(definition, Procedure):
        warnings += _check_procedure(definition, located)
    if isinstance(definition, Agent):
        warnings += _elsewhere(definition, located)
    return [*warnings, *_undefended(located, MODELS[kind])]


def _torn_nights(located: source.Located, part: Any, path: Address = ()) -> Iterator[Problem]:
    """Yield a warning for each two spans that were probably meant to be one night."""
    if isinstance(part, Hours) and part.torn_night is not None:
        late, early = part.torn_night
        night = f"{late.partition('-')[0].strip()}-{early.partition('-')[2].strip()}"
        where = (*path, "open")
        yield located.problem(where, "hours.torn_night", late=late, early=early, night=night)
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            below = (*path, field.alias or name)
            yield from _torn_nights(located, getattr(part, name), below)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _torn_nights(located, value, (*path, key))


def _of_no_kind(located: source.Located) -> Problem:
    """Say what a file may be, at the key that was probably meant to tell."""
    known = ", ".join(MODELS)
    for key in located.data if isinstance(located.data, dict) else ():
        if guess := nearest(key, MODELS):
            return located.problem((key,), "unknown_kind", on="key", guess=guess, known=known)
    return located.problem((), "unknown_kind", known=known)


def _check_procedure(procedure: Procedure, located: source.Located) -> list[Problem]:
    """Compile a procedure in every channel, together with those it leans on; return warnings.

    One without a goal is for others: whatever it can give to all cases may be asked for.
    Only its own mistakes count, and those in how its agents answer what it asks them: what else
    they say may be about another journey.
    """
    from sim.compile.compiler import compile_world  # as above
    from sim.experiment.remarks import unlimited, unskilled
    from sim.graph.joiner import join
    from sim.graph.network import gathered

    given = {procedure.procedure: located}
    chosen = catalogue.companions(list(given), given)
    problems: list[Problem] = []
    steps = procedure.steps.values()  # a procedure is written for channels in which it has some
    channels = [c for c in CHANNELS if any(step.profile(c).by for step in steps)] or CHANNELS[:1]
    journeys: list[Journey] = []
    failed = 0
    for channel in channels:
        try:
            journey = join(loader.world(chosen, (), (), channel, given))
            if not procedure.goal:
                goal = _on_offer(journey, procedure.procedure, channel)
                if not goal:
                    continue
                journey = join(loader.world(chosen, goal, (), channel, given))
            compile_world(journey.world)
            journeys.append(journey)
        except InvalidInput as error:
            problems += error.problems
            failed += 1
    problems = problems or _lever_problems(procedure, chosen, given)
    own = [p for p in problems if p.file == located.file or p.key == "last_rule_conditional"]
    if own or failed == len(channels):  # never call right what could not be joined at all
        raise InvalidInput(gathered(own or problems))
    told = [*unlimited(journeys), *unskilled(journeys)]
    return [warning for warning in told if warning.file == located.file]


def _on_offer(journey: Journey, procedure: str, channel: Channel) -> list[str]:
    """Return the documents that a procedure gives whoever asks in ``channel``."""
    tasks = [task for task in journey.steps.values() if task.procedure == procedure]
    return list(dict.fromkeys(d for task in tasks if task.sure(channel) for d in task.gives))


def _elsewhere(agent: Agent, located: source.Located) -> Iterator[Problem]:
    """Yield a warning for each name in rules and skills that neither agent nor procedure knows."""
    parts = ("attributes", "lists", "indicators")
    attributes = {*agent.attributes}.union(*map(catalogue.declared, parts))
    defects = catalogue.declared("defects")
    for event, rules in agent.rules.items():
        known = {*attributes, *known_to(event)}
        for name, rule in rules.items():
            place = ("rules", event, name, "when")
            for test in rule.when.tests:
                if test.partition(".")[0] not in known:
                    told = {"name": test, "guess": nearest(test, known)}
                    yield located.problem((*place, test), "rule_elsewhere", on="key", **told)
            for i, defect in enumerate(map(str, rule.when.values("defect"))):
                if defect not in defects:
                    told = {"name": defect, "guess": nearest(defect, defects)}
                    at = (*place, "defect", i)
                    yield located.problem(at, "rule_elsewhere", on="value", **told)
    for task, skill in agent.skills.items():
        ways = [(c, later, skill.laid(c, later=later)) for c in CHANNELS for later in (False, True)]
        sought = {
            skill.written(channel, "finds", name, later=later): name
            for channel, later, way in ways
            for name in entries(way.get("finds"))
        }
        for path, name in sought.items():
            if name not in defects:
                told = {"name": name, "guess": nearest(name, defects)}
                yield located.problem(("skills", task, *path), "find_elsewhere", on="key", **told)


def _unneeded(journeys: Sequence[Journey]) -> list[Problem]:
    """Return a warning for each step that no arm and no stream of a scenario ever needs.

    A step of channels in which nobody acts is not meant to be needed.
    """
    from sim.graph.network import alternatives, analyse, channels_of  # as above

    idle: dict[str, Problem] = {}
    needed: set[str] = set()
    for journey in journeys:
        for stream in journey.world.scenario.cases:
            needed |= {task.name for task in analyse(journey, stream).steps}
            channels = channels_of(journey, stream)
            for task in journey.used(stream):
                if not alternatives(task, channels):
                    continue
                says = {"on": "key", "name": task.step}
                idle.setdefault(task.name, journey.problem(task.place, "step_unneeded", **says))
    return [problem for name, problem in idle.items() if name not in needed]


def _lever_problems(
    procedure: Procedure, chosen: Sequence[str], given: Mapping[str, source.Located]
) -> list[Problem]:
    """Set every lever to each of its values, or to both ends of its range."""
    located = given[procedure.procedure]
    problems: list[Problem] = []
    for name, lever in procedure.levers.items():
        pulls = [loader.pulled(located, name, v, "values", v) for v in lever.values or ()]
        pulls += [loader.pulled(located, name, end, "default") for end in lever.range or ()]
        for pulled in pulls:
            try:
                loader.world(chosen, (), (), CHANNELS[0], given, [pulled])
            except InvalidInput as error:
                problems += error.problems
    return problems


def _undefended(located: source.Located, kind: type[BaseModel]) -> Iterator[Problem]:
    known = facts()
    for figure in figures_of(located, kind, known):
        at: dict[str, Any] = {"file": figure.file, "line": figure.line}
        told: dict[str, object] = {"path": figure.path}
        if figure.source is not None and figure.source not in known:
            told["source"] = figure.source
            yield Problem("unknown_source", told, guess=nearest(figure.source, known), **at)
        elif not figure.defended:
            yield Problem("undefended", told | {"value": figure.value}, **at)

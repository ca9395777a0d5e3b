"""The compiler: from one world's definitions to a program of whole numbers, pass by pass.

Names are resolved (``graph.joiner``) and numbered (``index``); then actors, defects, steps,
documents and streams are compiled one after the other, each with the numbers of what came before.
A pass takes what was found so far and returns it with its own: problems are told all together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, replace

from sim.compile.actors import actors
from sim.compile.cautions import cautions
from sim.compile.checks import missing_rules, pools_in_circle, same_keys
from sim.compile.defects import defects
from sim.compile.documents import documents
from sim.compile.findings import Findings
from sim.compile.index import indexed
from sim.compile.linker import Parts, linked
from sim.compile.opening import opened
from sim.compile.program import Program
from sim.compile.staff import staffed
from sim.compile.steps import steps
from sim.compile.streams import streams
from sim.errors import InvalidInput, Problem
from sim.graph.joiner import join
from sim.graph.network import gathered
from sim.study.loader import World


def compile_world(world: World) -> Program:
    """Compile one arm. Raises InvalidInput with every problem found."""
    index = indexed(join(world))
    found = Findings().told(missing_rules(index))
    staff, found = staffed(index, found)
    openings, found = opened(index, staff, found)
    people, found = actors(index, staff, openings, found)
    found = found.told(pools_in_circle(index, people))
    instances, found = defects(index, found)
    profiles, found = steps(index, people, openings, found)
    papers, found = documents(index, found)
    cases, found = streams(index, openings, found)
    found.settle()
    found.told(same_keys(index, found.points, cases)).settle()
    parts = Parts(people, instances, profiles, papers, cases)
    program = linked(index, openings, parts, found)
    told = cautions(index, openings, cases, found)
    return replace(program, digest=_digest(program), cautions=told)


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


def _digest(program: Program) -> str:
    """SHA-256 of everything in the program."""
    sha = hashlib.sha256()
    for one in fields(program):
        if one.name not in {"digest", "cautions"} and getattr(program, one.name) is not None:
            sha.update(repr(getattr(program, one.name)).encode())
    return sha.hexdigest()

"""Random outages: when each actor is out in one replication, the same in all arms."""

from __future__ import annotations

import zlib
from dataclasses import replace

from sim.compile.calendars import DAY, without
from sim.compile.nodes import Const, Drawn, Node
from sim.compile.program import BreakSpec, Program
from sim.compile.tables import lookup
from sim.engine.draws import Draws


def drawn(program: Program, seed: int, replication: int) -> Program:
    """Return the program of one replication, whose outages are all known.

    Its calendars are closed when somebody is out; it is what figures of the log are made with too.
    """
    if program.breaks is None:
        return program
    draws = Draws(seed, replication)
    actors, calendars = list(program.actors), list(program.calendars)
    for law in program.breaks:
        spans = _spans(program, law, draws)
        for number in law.actors:
            actors[number] = replace(actors[number], outages=actors[number].outages + spans)
        for number in law.calendars:
            calendars[number] = without(calendars[number], spans)
    return replace(program, actors=tuple(actors), calendars=tuple(calendars), breaks=None)


def _spans(program: Program, law: BreakSpec, draws: Draws) -> tuple[tuple[int, int], ...]:
    """Return when one is out, [from, to) in seconds, as long as there are calendars."""

    def seconds(node: Node, turn: int) -> int:
        if not isinstance(node, Drawn):
            return node.value if isinstance(node, Const) else 0
        key = zlib.crc32(f":{program.points[node.point]}".encode())
        return lookup(program.tables[node.table], draws.bits(key, turn))

    spans: list[tuple[int, int]] = []
    end = turn = 0
    while (start := end + seconds(law.every, turn)) < len(program.months) * DAY:
        end = start + seconds(law.length, turn)
        spans.append((start, end))
        turn += 1
    return tuple(span for span in spans if span[0] < span[1])

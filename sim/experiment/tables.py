"""Logs as tables for people: names instead of numbers, nothing instead of ``NEVER``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import Program
from sim.kpi.measures import VERDICTS, Measures
from sim.language import agent
from sim.language.base import CHANNELS
from sim.log import EVENTS, LIFE, NEVER, OUTCOMES, RESULTS, Log

_TIMES: Final = ("ready", "enabled", "granted", "started", "finished", "closed")
_ACTIONS: Final = max(map(len, agent.ACTIONS.values()))


@dataclass(frozen=True)
class Named:
    """A column that is stored by name: ``names[code]``, nothing where the code is ``NEVER``."""

    codes: NDArray[Any]
    names: Sequence[str]


Column = NDArray[Any] | Named
Chunk = Mapping[str, Column]
"""Columns of equal length."""


def chunks(model: Program, log: Log, measures: Measures) -> dict[str, Chunk]:
    """Return the tables of a result folder, of one replication of one arm.

    Times are seconds since local midnight of the scenario's first day. ``cases`` has the cases that
    count (foreground, after the warm-up), the others have all; ``comings`` is there if it has
    rows.
    """
    tables = {
        "cases": (_cases(model, log, measures), len(measures.cases)),
        "events": (_events(model, log), len(log.events)),
        "decisions": (_decisions(model, log), len(log.decisions)),
        "defects": (_defects(model, log), len(log.defects)),
    }
    if len(log.comings):
        tables["comings"] = (_comings(model, log), len(log.comings))
    return {
        name: {
            "replication": np.full(rows, log.replication, np.int32),
            "arm": Named(np.zeros(rows, np.int8), (model.arm,)),
            **columns,
        }
        for name, (columns, rows) in tables.items()
    }


def _cases(model: Program, log: Log, measures: Measures) -> dict[str, Column]:
    table = measures.cases
    place = np.searchsorted(log.cases["case"], table["case"])
    columns: dict[str, Column] = {name: _plain(table[name]) for name in table.dtype.names or ()}
    columns |= {
        "stream": Named(table["stream"], [stream.name for stream in model.streams]),
        "channel": Named(table["channel"], CHANNELS),
        "outcome": Named(table["outcome"], OUTCOMES),
        "verdict": Named(table["verdict"], VERDICTS),
        "cause": Named(table["cause"], model.causes),
        "late": table["late"] != 0,
    }
    for number, name in enumerate(model.attributes):
        columns[f"attribute.{name}"] = _plain(log.attributes[place, number])
    for number in sorted({instance.defect for instance in model.instances if instance.harm}):
        columns[f"harm.{model.defects[number]}"] = log.harms[place, number]
    visible = model.documents[: log.milestones.shape[1]]
    for number, name in enumerate(visible):
        columns[f"given.{name}"] = _some(log.milestones[place, number])
    return columns


def _events(model: Program, log: Log) -> dict[str, Column]:
    events = log.events
    actors = [", ".join(model.actors[a].name for a in p.actors) for p in model.profiles]
    channels = [CHANNELS[profile.channel] for profile in model.profiles]
    columns: dict[str, Column] = {}
    for name in EVENTS.names or ():
        columns[name] = _some(events[name]) if name in _TIMES else _plain(events[name])
    columns["cause_visit"] = _some(events["cause_visit"])
    place = np.searchsorted(log.cases["case"], events["case"])
    columns |= {
        "stream": Named(log.cases["stream"][place], [stream.name for stream in model.streams]),
        "step": Named(events["step"], model.steps),
        "result": Named(events["result"], RESULTS),
        "rule": Named(events["rule"], model.rules),
        "cause_step": Named(events["cause_step"], model.steps),
        "actor": Named(events["profile"], actors),
        "channel": Named(events["profile"], channels),
    }
    del columns["profile"]
    return columns


def _decisions(model: Program, log: Log) -> dict[str, Column]:
    rows = log.decisions
    # The actions of all events, made equally many so that one number tells event and action.
    filled = (agent.ACTIONS[event] + ("",) * _ACTIONS for event in agent.EVENTS)
    actions = [name for some in filled for name in some[:_ACTIONS]]
    return {
        "time": _plain(rows["time"]),
        "case": _plain(rows["case"]),
        "agent": Named(rows["actor"], [actor.agent for actor in model.actors]),
        "actor": Named(rows["actor"], [actor.name for actor in model.actors]),
        "event": Named(rows["event"], agent.EVENTS),
        "rule": Named(rows["rule"], model.rules),
        "action": Named(rows["event"].astype(np.int64) * _ACTIONS + rows["action"], actions),
        "step": Named(rows["step"], model.steps),
        "visit": _some(rows["visit"]),
    }


def _comings(model: Program, log: Log) -> dict[str, Column]:
    rows = log.comings
    return {
        "case": _plain(rows["case"]),
        "actor": Named(rows["actor"], [actor.name for actor in model.actors]),
        "step": Named(rows["step"], model.steps),
        **{name: _some(rows[name]) for name in ("visit", "called", "came", "left")},
    }


def _defects(model: Program, log: Log) -> dict[str, Column]:
    """What happened to each slip, beside who made it when: its own row ``made`` says it."""
    rows = log.defects
    made = rows[rows["what"] == 0][rows["slip"]]  # in the order of their numbers
    origins = np.array([one.origin for one in model.instances], np.int64)[rows["instance"]]
    makers = (*model.steps, *model.documents)
    return {
        "slip": _plain(rows["slip"]),
        "case": _plain(rows["case"]),
        "defect": Named(
            np.array([one.defect for one in model.instances], np.int64)[rows["instance"]],
            model.defects,
        ),
        "maker": Named(np.where(origins < 0, len(model.steps) - 1 - origins, origins), makers),
        "made_step": Named(made["step"], model.steps),
        "made_visit": _some(made["visit"]),
        "made": _plain(made["time"]),
        "time": _plain(rows["time"]),
        "what": Named(rows["what"], LIFE),
        "step": Named(rows["step"], model.steps),
        "visit": _some(rows["visit"]),
    }


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(column)


def _some(column: NDArray[Any]) -> NDArray[Any]:
    """A column with nothing where it says ``NEVER``."""
    values = _plain(column)
    return np.ma.masked_array(values, mask=values == NEVER)

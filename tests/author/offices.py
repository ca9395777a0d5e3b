"""What offices add to a random model: other business, pools and tables of sites, calls, outages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tests.author.rules import Die
from tests.author.written import CHANNELS, Data, Written, doers, for_all, layers

SHARES: Final = (
    "30%",
    "0%",
    "85%",
    {"by": "weekday", "sat-sun": "5%", "else": "70%"},
    {"by": "month", "4": "95%", "else": "40%"},
    {"by": "time", "0d": "90%", "3d": "20%"},
)
PIECES: Final = ("2h", "20min", {"median": "20min", "p90": "2h"}, {"exponential": {"mean": "1h"}})
BACKLOGS: Final = ("0d", "1d", "2bd")


def loads(die: Die, written: Written) -> None:
    """Let pools that are not of each site have something else to do as well."""
    for actor in _pools(written):
        if not _of_each(actor) and die.likely(75):
            said = {"share": SHARES, "each": PIECES, "backlog": BACKLOGS}
            actor["load"] = {name: die.pick(values) for name, values in said.items()}
            if die.likely(25):
                del actor["load"]["backlog"]


def _pools(written: Written) -> list[Data]:
    actors = written.procedure["actors"].values()
    return [actor for actor in actors if isinstance(actor, dict) and "staff" in actor]


def _of_each(actor: Data) -> bool:
    return isinstance(actor["staff"], dict) and "each" in actor["staff"]


def sites(die: Die, written: Written) -> None:
    """Let pools be of each site, and tables say how sites differ."""
    own = []
    for name, actor in written.procedure["actors"].items():
        if isinstance(actor, dict) and die.likely(70):
            own += [name] if isinstance(actor["staff"], int) else []
            actor["staff"] = {"value": actor["staff"], "each": "site"}
    start = datetime.fromisoformat(written.scenario["start"])
    for stream in written.scenario["cases"].values():
        if die.likely(60):
            said = stream.get("sites")
            shared = said.get("share", []) if isinstance(said, dict) else []
            names = [n for n in ("a", "b", "c", "1", "2") if die.likely(60)] or ["a"]
            rows = [_row(die, site, tuple(own)) for site in names]
            for row in rows:
                later = start + timedelta(days=die.below(5), hours=die.below(24))
                if die.likely(30) and not _spread(stream):  # they might all fall on days off
                    row["start"] = later.isoformat()
            rows[0]["size"] = rows[0]["size"] or 1
            stream["sites"] = {"table": rows, "share": shared}


def _spread(stream: Data) -> bool:
    return isinstance(stream["arrivals"], dict) and "uniform" in stream["arrivals"]


def _row(die: Die, site: str, own: tuple[str, ...]) -> Data:
    row: Data = {"site": site, "size": die.below(4)}
    for name, values in (("flag", (True, False)), ("kind", ("x", "z")), ("level", (2, 7))):
        if die.likely(20):
            row[name] = die.pick(values)
    for name in own:
        if die.likely(30):
            row[name] = 1 + die.below(3)
    return row


def outages(die: Die, written: Written) -> None:
    """Let somebody be out by chance, again and again."""
    names = tuple(written.procedure["actors"])
    lasts = ("2h", "1d", {"median": "1h", "p90": "6h"}, {"uniform": ["0s", "1d"]})
    every = ("2d", {"exponential": {"mean": "4d"}}, {"uniform": ["6h", "20d"]})
    for _ in range(1 + die.below(3)):
        cut = {"actor": die.pick(names), "every": die.pick(every), "for": die.pick(lasts)}
        if cut not in written.scenario["outages"]:
            written.scenario["outages"].append(cut)


# -- calls -----------------------------------------------------------------------------------------

PLACES: Final = (
    2,
    0,
    1,
    {"by": "month", "4": 1, "else": 3},
    {"by": "weekday", "wed": 0, "else": 2},
    {"by": "time", "0d": 1, "4d": 2},
)
BUDGETS: Final = (9, 20, {"by": "time", "0d": 5, "2d": 30})


def calls(die: Die, written: Written) -> None:
    """Let there not be enough for all in some steps of offices, and others ask who was taken."""
    procedure = written.procedure
    gathering = {name for name, actor in procedure["actors"].items() if isinstance(actor, dict)}
    able = [
        name
        for name, step in procedure["steps"].items()
        if doers(step) <= {*gathering, "portal"} and doers(step) and "once" not in step
    ]
    procedure["attributes"] |= {"asks": {"median": 5, "p90": 12}, "score": {"uniform": [0, 50]}}
    for name, chosen in zip(able[:2], ("chosen", "picked"), strict=False):
        step = procedure["steps"][name]
        for part in layers(step):
            part.pop("batch", None)
        for channel in CHANNELS:
            if step.get(channel) == {}:
                del step[channel]
        step["select"] = _select(die) | {"decides": chosen}
        procedure["attributes"][chosen] = False
        if for_all(step):
            _ask(die, procedure, name, chosen)
        if die.likely(20):
            procedure["ends"].append({"when": {chosen: False}, "as": "rejected"})


def _select(die: Die) -> Data:
    pot: Data = {"places": die.pick(PLACES)}
    if die.likely(40):
        pot = {"budget": die.pick(BUDGETS), "costs": die.pick(("level", "asks"))}
    ranked = {"at": "slots", "rank": die.pick(("level", "score"))}
    return pot | die.pick((ranked, ranked, {"at": "slots"}, {}))


def _ask(die: Die, procedure: Data, name: str, chosen: str) -> None:
    """Let steps, goals and amounts that come after a choice go by it."""
    steps, gives = procedure["steps"], procedure["steps"][name]["gives"]
    behind = [
        s for s in steps.values() if set(gives).intersection(s["needs"]) and s is not steps[name]
    ]
    for step in behind:
        if "if" not in step and die.likely(50):
            step["if"] = {chosen: die.pick((True, True, False))}
    for i, goal in enumerate(procedure["goal"]):
        if isinstance(goal, str) and goal not in gives and die.likely(20):
            procedure["goal"][i] = {"document": goal, "if": {chosen: True}}

"""What a study adds to a random model: indicators, levers, and who stands in for whom."""

from __future__ import annotations

from typing import Any, Final

from tests.author.rules import Die
from tests.author.written import Data, Written, doers, layers

WORDS: Final = ("none", "confidence")


def indicators(die: Die, written: Written) -> None:
    """Let work, chances, rules and attributes follow what was counted of the days before."""
    procedure = written.procedure
    papers, defects = [*procedure["documents"]], [*procedure["defects"]]
    given = {"given": [die.pick(tuple(papers))]}
    found = {"found": [die.pick(tuple(defects))]} if defects else given
    days = {"over": f"{1 + die.below(4)}d", "known_after": f"{die.below(3)}d"}
    seen: Data = {
        "first": {"count": {"given": papers}, "known_after": days["known_after"]},
        "second": {"count": found} | days,
        "third": {"count": {"given": papers[:2]}, "per": given, "else": "70%"} | days,
    }
    for name, one in seen.items():
        (procedure if die.likely(60) else written.scenario).setdefault("indicators", {})[name] = one
    for step in procedure["steps"].values():
        for part in layers(step):
            _followed(die, part)
    for agent in written.agents.values():
        for event, actions in _ACTS[agent["kind"]].items():
            if die.likely(40):
                when = {"waited": "> 12h"} if event == "waiting" else {}
                test = die.pick(({"second": ">= 2"}, {"third": "< 60%"}, {"first": "> 6"}))
                rule = {"when": when | test, "then": die.pick(actions)}
                agent["rules"][event] = {"follows": rule} | agent["rules"].get(event, {})
    by = die.pick(tuple(KEYS))
    procedure["attributes"]["strict"] = {"by": by, KEYS[by]: "10%", "else": "90%"}
    for step in procedure["steps"].values():
        if "if" not in step and die.likely(15):
            step["if"] = {"strict": True}


KEYS: Final[Data] = {"first": "<= 5", "second": 0, "third": "< 60%"}


def _follow(die: Die, amount: Any, otherwise: str) -> Data:
    by = die.pick(tuple(KEYS))
    return {"by": by, KEYS[by]: amount, "else": otherwise}


def _followed(die: Die, part: Data) -> None:
    if part.get("work", "none") != "none" and die.likely(60):
        part["work"] = _follow(die, part["work"], "3h")
    for what in ("makes", "finds"):
        said = part.get(what)
        chances: Data = said if isinstance(said, dict) else {}
        for name in chances:
            if chances[name] not in WORDS and die.likely(60):
                chances[name] = _follow(die, chances[name], "50%")


_MOVES: Final[Data] = {"returned": ("ask_human", {"use": "analog"}), "outage": ("wait",)}
_ACTS: Final[dict[str, Data]] = {
    "person": _MOVES | {"start": ({"use": "analog"}, "go"), "waiting": ({"hurry": 2}, "wait")},
    "ai": _MOVES | {"drafted": ("ask_human", "proceed")},
    "professional": {"found": ("overlook",)},
    "office": {"found": ("overlook", "return")},
    "system": {"found": ("overlook",)},
}


def levers(die: Die, written: Written) -> None:
    """Let amounts and conditions go by levers, and a number by one that takes its place."""
    procedure = written.procedure
    pulled: Data = {}
    procedure["levers"] = {"pace": {"default": "slow", "values": ["slow", "fast"]}}
    if die.likely(50):
        pulled["pace"] = "fast"
    desk = procedure["actors"]["desk"]
    if isinstance(desk["staff"], int):
        crew = {"default": "2 (1-5)", "replaces": ["actors.desk.staff"]}
        procedure["levers"]["crew"] = crew
        pulled |= {"crew": 1 + die.below(3)} if die.likely(50) else {}
    written.scenario["levers"] = pulled
    for step in procedure["steps"].values():
        for part in layers(step):
            if part.get("work", "none") != "none" and die.likely(25):
                part["work"] = {"by": "pace", "fast": "10min", "else": part["work"]}
        if "if" not in step and die.likely(15):
            step["if"] = {"pace": die.pick(("slow", "fast"))}
    for document in procedure["documents"].values():
        if "size" in document and die.likely(25):
            document["size"]["entries"] = {"by": "pace", "fast": 3, "slow": 12}


def casts(die: Die, written: Written) -> None:
    """Let somebody else do what an AI or a person does."""
    acting = {name for step in written.procedure["steps"].values() for name in doers(step)}
    agents = written.agents
    bodies = [name for name, agent in agents.items() if agent["kind"] in {"person", "ai"}]
    able = tuple(name for name in bodies if name in acting)
    if not able:
        return
    one = die.pick(able)
    cast = {one: die.pick(tuple(name for name in (*bodies, "portal") if name != one))}
    arm: Data = {"channel": written.scenario.pop("channels")[0], "cast": cast}
    arm |= die.pick(({}, {"asked": "always"}, {"asked": "always"}, {"asked": "never"}))
    written.scenario["compare"] = {"parity": arm}

"""What people and agents add to a random model: skills, ignorance, sessions, traits and prices."""

from __future__ import annotations

from typing import Final

from tests.author.rules import LONG, SHARES, SHORT, Die
from tests.author.written import CHANNELS, Data, Written, layers

LACKING: Final = ("l0", "l1")
"""The defects of what is left out; nobody mends them."""


def knows(die: Die, written: Written) -> None:
    """Let not everybody know what is needed, and offices find it; nobody keeps what may lack it."""
    procedure = written.procedure
    for name in LACKING:
        harm = {"en": "h", "ja": "h"} | die.pick(({"as": "incomplete"}, {"as": "wrong"}, {}))
        fault = {"en": "l", "ja": "l"} | die.pick(({"harm": harm}, {"harm": harm}, {}))
        procedure["defects"][name] = fault
    for document in procedure["documents"].values():
        document.pop("kept", None)
        document.update(die.pick(({}, *({"left_out": one} for one in LACKING))))
    for part in (part for step in procedure["steps"].values() for part in layers(step)):
        found = {one: die.pick(SHARES[1:]) for one in die.some(LACKING, 2)}
        if found and part.get("by", "none") != "none":
            part["finds"] = part.get("finds", {}) | found
    for agent in written.agents.values():
        for rule in agent["rules"]["found"].values():
            if "defect" not in rule["when"] and isinstance(rule["then"], dict):
                rule["then"] = die.pick(("return", "overlook"))
        if agent["kind"] == "office" and die.likely(30):  # its batches leave out what cases may
            agent["kind"] = "professional"
        if agent["kind"] not in {"office", "system"}:
            agent["knows"] = die.pick(_KNOWN)


_KNOWN: Final = (
    "70%",
    "40%",
    "0%",
    {"by": "kind", "x": "90%", "else": "20%"},
    {"by": "channel", "analog": "30%", "else": "80%"},
    {"uniform": ["10%", "90%"]},
)

AFTER: Final = (
    *LONG,
    "1s",
    {"by": "visit", "1": "1h", "else": {"uniform": ["0s", "2d"]}},
    {"by": "channel", "analog": "1bd", "else": "0s"},
    {"by": "kind", "y": "20h", "else": "10min"},
)


def sessions(die: Die, written: Written) -> None:
    """Let people come and go; whoever comes answers no letter later besides."""
    for agent in written.agents.values():
        if agent["kind"] == "person" and die.likely(60):
            last = die.pick(("1s", "10min", "1h", "1h", "5h", "3d"))
            agent["sessions"] = {"after": die.pick(AFTER), "last": last}
            for rule in agent["rules"].get("returned", {}).values():
                if "redo" in rule["then"]:
                    rule["then"] = die.pick(("redo", "redo", {"use": die.pick(CHANNELS)}))


def traits(die: Die, written: Written) -> None:
    """Let agents bring attributes that the procedure does not declare, and rules test them."""
    brought: Data = {
        "online": die.pick(("60%", {"by": "channel", "analog": "10%", "else": "80%"})),
        "band": {"low": "50%", "high": "50%"},
        "age": die.pick(({"uniform": [18, 90]}, {"by": "band", "low": 30, "else": 70})),
        "flag": "1%",  # the procedure says otherwise, and it counts
    }
    tests: tuple[Data, ...] = (
        {"online": True},
        {"online": False, "chance": "60%"},
        {"band": "high"},
        {"age": "> 50"},
    )
    for agent in written.agents.values():
        agent["attributes"] = brought
        for event, actions in _ACTS[agent["kind"]].items():
            if die.likely(35):
                when = die.pick(tests) | ({"waited": "> 1d"} if event == "waiting" else {})
                rule = {"when": when, "then": die.pick(actions)}
                agent["rules"][event] = {"trait": rule} | agent["rules"].get(event, {})
    for stream in written.scenario["cases"].values():
        stream["attributes"] = stream["attributes"] | die.pick(({}, {}, {"online": "90%"}))


_MOVES: Final[Data] = {
    "returned": ("ask_human", {"use": "analog"}, {"use": "digital"}),
    "outage": ("wait", {"use": "analog"}),
}
_ACTS: Final[dict[str, Data]] = {
    "person": _MOVES
    | {"start": ({"use": "digital"}, {"use": "analog"}, "go"), "waiting": ({"hurry": 3}, "wait")},
    "ai": _MOVES | {"drafted": ("ask_human", "proceed")},
    "professional": {"found": ("return", "overlook")},
    "office": {"found": ("return", "overlook", "return", "dismiss")},
    "system": {"found": ("return", "overlook")},
}


def prices(die: Die, written: Written) -> None:
    """Let work cost something by the document and by the hour."""
    for agent in written.agents.values():
        if die.likely(70):
            agent["price"] = die.pick((0, 30, 1_000))
        if "price" in agent and die.likely(40):
            agent["paid_by"] = die.pick(("applicant", "office"))
        if die.likely(40):
            agent["hourly"] = die.pick((0, 900, 3_000))


# -- skills ----------------------------------------------------------------------------------------

ENTRIES: Final = (
    1,
    0,
    5,
    35,
    {"by": "channel", "analog": 20, "else": 4},
    {"by": "kind", "x": 9, "else": 3},
    {"by": "level", "> 5": 8, "else": {"by": "flag", "true": 1, "false": 0}},
)
PAPERS: Final = (1, 0, 6, {"by": "channel", "agentic": 1, "else": 3})
UNIT: Final[tuple[Data, ...]] = (
    {"value": "5min"},
    {"median": "45s", "p90": "2min"},
    {"exponential": {"mean": "3min"}},
    {"by": "visit", "1": "2min", "else": "0.5s"},
)
SLIPS: Final = (
    "20%",
    {"each": "entries", "value": "2%"},
    {"each": "entries", "value": "40%"},
    {"each": "papers", "uniform": ["0%", "20%"]},
    {"each": "entries", "by": "month", "4-5": "5%", "else": "1%"},
)
SURE: Final = (
    "80%",
    {"each": "entries", "value": "98%"},
    {"each": "entries", "median": "99%", "p10": "90%"},
    {"median": "90%", "p10": "60%"},
)


def skills(die: Die, written: Written) -> None:
    """Let documents have sizes, agents skills, and steps tasks that say what the steps do not."""
    procedure = written.procedure
    defects = tuple(procedure["defects"])
    for document in procedure["documents"].values():
        if die.likely(75):
            document["size"] = {"entries": die.pick(ENTRIES), "papers": die.pick(PAPERS)}
            document.update({"slip": die.pick(defects)} if defects and die.likely(70) else {})
    for agent in written.agents.values():
        tasks = ("fill", "draft", "check")
        agent["skills"] = {t: _skill(die, agent, t, defects) for t in tasks if die.likely(80)}
    for step in procedure["steps"].values():
        if die.likely(60):
            _tasked(die, written, step)


def _skill(die: Die, agent: Data, task: str, defects: tuple[str, ...]) -> Data:
    """Return what somebody takes for a task and gets wrong in it, at first, again and elsewhere."""
    skill = _way(die, agent, task, defects)
    skill |= {"size_of": "needs"} if task == "check" else {}
    if die.likely(40):
        said = _way(die, agent, task, defects)
        more = {key: said[key] for key in die.some(tuple(said), 2)}
        skill["again"] = {"size": die.pick(("20%", "50%", "0%", "100%"))} | more
    if die.likely(40):
        said = dict.fromkeys(sorted({*skill} - {"size_of", "again"}), "none")
        said |= {k: v for k, v in _way(die, agent, task, defects).items() if die.likely(70)}
        block = {key: said[key] for key in die.some(tuple(said), 2)}
        skill |= {die.pick(CHANNELS): block} if block else {}
    return skill


def _way(die: Die, agent: Data, task: str, defects: tuple[str, ...]) -> Data:
    way: Data = {"work": die.pick((*SHORT, *({"each": "entries"} | unit for unit in UNIT)))}
    if die.likely(60):
        way["slips"] = die.pick(SLIPS)
    if task == "draft" and agent["kind"] == "ai":
        way["confidence"] = die.pick(SURE)
    if die.likely(60):
        named = {defect: die.pick(SHARES) for defect in die.some(defects, 2)}
        way["finds"] = die.pick((*SHARES[2:], {"by": "made_in", "analog": "40%", "else": "95%"}))
        way["finds"] = die.pick((way["finds"], named or "90%"))
    if die.likely(30):
        each = {"each": "papers"} if task == "fill" else {}
        way["burden"] = each | die.pick(({"forms": 1}, {"seals": 2, "fee": 300}, {"visits": 1}))
    return way


def _tasked(die: Die, written: Written, step: Data) -> None:
    """Name a task that goes by what documents have; it then says what the step does not."""
    sized = {name for name, one in written.procedure["documents"].items() if "size" in one}
    parts = layers(step)
    fits: tuple[str, ...] = ("fill",) if sized.intersection(step["gives"]) else ()
    if fits and "once" not in step and not any("batch" in part for part in parts):
        fits += ("draft",)
    if all(sized.intersection(part["needs"]) for part in parts if "needs" in part):
        fits += ("check",)
    if not fits:
        return
    named = tuple(part for part in parts[1:] if "by" in part and "again" not in part)
    if named and "again" not in step and die.likely(25):
        block = die.pick(named)
        block["task"], parts = die.pick(fits), [block]
    else:
        step["task"] = die.pick(fits)
    for part in parts:
        for key in ("work", "makes", "finds"):
            typed = part.get(key, {})
            sure = isinstance(typed, dict) and "confidence" in typed.values()
            if key in part and not sure and (part is step or len(part) > 1) and die.likely(65):
                del part[key]

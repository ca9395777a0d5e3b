"""Whatever a planner may write, a run keeps the rules: thousands of random models say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from unittest import mock

import numpy as np
import pytest
import yaml
from hypothesis import given, note, reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sim.compile import compiler
from sim.compile.program import GIVEN, Program
from sim.engine import reference
from sim.engine.case import Case, Cause
from sim.engine.cases import Cases
from sim.engine.typical import plan_of
from sim.errors import InvalidInput
from sim.graph.chain import bits
from sim.kpi.invariants import check
from sim.log import NEVER, RESULTS, Log
from sim.study import loader
from sim.yaml import source
from tests import worlds
from tests.chosen import examples
from tests.engine.test_typical import done, planned
from tests.worlds import Files, quick, shelved

pytestmark = pytest.mark.heavy

T = TypeVar("T")
Data = dict[str, Any]

CHANNELS: Final = ("analog", "digital", "agentic")
HOURS: Final = (
    "always",
    "office",
    "business",
    {"days": "daily", "open": "08:00-20:00", "holidays": "open"},
    {"days": ["mon-fri"], "open": ["09:00-12:00", "13:00-17:00"]},
    {
        "open": {"wed": "08:30-20:00", "sat": "22:00-02:00", "mon-fri": "09:00-17:15"},
        "dates": {"2026-04-05": "10:00-12:00", "12-29": "closed"},
        "holidays": "banks",
    },
)
"""Calendars that are open together some time on every working day."""
SHORT: Final = (
    "0s",
    "1s",
    "10min",
    "1h",
    {"median": "20min", "p90": "1h"},
    {"uniform": ["0s", "2h"]},
)
LONG: Final = (
    "0s",
    "12h",
    "1d",
    "2bd",
    {"triangular": ["1bd", "2bd", "4bd"]},
    {"exponential": {"mean": "6h"}},
)
SHARES: Final = ("0%", "10%", "30%", "60%", "100%", {"median": "30%", "p90": "60%"})
STARTS: Final = ("2026-04-01", "2026-05-01T16:50", "2026-12-25", "2026-04-04")
AGAIN: Final[tuple[Data, ...]] = (
    {"work": "5min"},
    {"work": "5min", "delay": "1h"},
    {"delay": "0s"},
    {"work": {"uniform": ["0s", "1h"]}},
)


def different(some: Iterable[Data]) -> list[Data]:
    """Return each once, as a list of the language has them."""
    return list({repr(one): one for one in some}.values())


@dataclass(frozen=True)
class Written:
    """A model as a planner would have written it; agents by name."""

    procedure: Data
    scenario: Data
    agents: dict[str, Data]

    def text(self) -> str:
        """Return the files as YAML, one after the other."""
        files = (*self.agents.values(), self.procedure, self.scenario)
        plain = (json.loads(json.dumps(one)) for one in files)  # without anchors
        return "---\n".join(yaml.safe_dump(one, sort_keys=False, width=100) for one in plain)


class Author:
    """Writes models that are valid, from a die: ``below(n)`` is any number from 0 to n - 1.

    Smaller numbers make simpler models, so that a failing one can be made small.
    """

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below
        self.steps: dict[str, Data] = {}
        self.documents: dict[str, Data] = {}
        self.open: set[str] = set()
        """Documents that nobody needs yet."""
        self.unsure: set[str] = set()
        """Documents that somebody needs in some channels only."""
        self.drafted: list[str] = []
        self.decided = False
        self.made: list[str] = []

    def _pick(self, options: tuple[T, ...]) -> T:
        """Return one of some options."""
        return options[self.below(len(options))]

    def _likely(self, percent: int) -> bool:
        """Return true in so many per cent."""
        return self.below(100) >= 100 - percent

    def _some(self, options: tuple[T, ...], most: int) -> list[T]:
        """Return up to ``most`` different options, in their order."""
        if not options or not most:
            return []
        chosen = {self.below(len(options)) for _ in range(self.below(min(most, len(options)) + 1))}
        return [options[i] for i in sorted(chosen)]

    def written(self) -> Written:
        """Write a whole model."""
        self.channel = self._pick(("digital", "analog", "agentic", "mixed"))
        self.defects = ("f0", "f1", "f2")[: self.below(4)]
        self.persons = ("owner", "helper", "friend")[: 1 + self.below(3)]
        self.bots = ("bot", "robot", "droid")[: 1 + self.below(3)]
        self.pools = ("desk", "lab", "court")[: 1 + self.below(3)]
        for number in range(2 + self.below(9)):
            self._step(number)
        agents = {
            name: self._agent(name) for name in (*self.persons, *self.bots, *self.pools, "portal")
        }
        return Written(self._procedure(), self._scenario(), agents)

    # -- agents --------------------------------------------------------------------------------

    def _agent(self, name: str) -> Data:
        kind = "person" if name in self.persons else "ai" if name in self.bots else "office"
        agent: Data = {"agent": name, "kind": "system" if name == "portal" else kind}
        agent["hours"] = self._pick(HOURS)
        rules: Data = {"found": self._rules(self._found, 2)}
        if kind in ("person", "ai"):
            agent["attention"] = self._pick((1, 2, "all"))
            agent["order"] = self._pick(("listed", "critical_path"))
            rules["returned"] = self._rules(self._returned, 2) | {"last": {"then": self._answer()}}
            rules["outage"] = self._rules(self._outage, 1)
        if kind == "ai":
            agent["overconfidence"] = self._pick((1.0, 2.5))
            rules["drafted"] = self._rules(self._drafting, 2)
        if name == "owner":
            rules["waiting"] = self._rules(self._waiting, 2)
            rules["start"] = self._rules(self._starting, 1) | {
                "other": {"then": {"use": self._pick(CHANNELS)}}
            }
        return agent | {"rules": rules}

    def _rules(self, make: Callable[[], Data], most: int) -> Data:
        return {f"r{number}": make() for number in range(self.below(most + 1))}

    def _when(self, *tests: Data) -> Data:
        return self._pick(
            ({"chance": "90%"}, {"chance": "50%"}, {"flag": True}, {"kind": ["x", "z"]}, *tests)
        )

    def _defect(self) -> Data:
        return {"defect": self._pick(self.defects)} if self.defects else {"chance": "80%"}

    def _found(self) -> Data:
        work = self._pick(SHORT)
        then = self._pick(
            (
                "return",
                "overlook",
                "return",
                {"fix": {"work": work}},
                {"fix": {"work": work, "recovers": self._pick(SHARES)}},
                "dismiss",
            )
        )
        return {
            "when": self._when(self._defect(), {"returns": ">= 2"}, {"queue": "> 0"}),
            "then": then,
        }

    def _answer(self) -> Any:
        after = self._pick((*LONG, "1h", "0s"))
        return self._pick(
            (
                {"redo": {"after": after}},
                {"redo": {"after": after}},
                "ask_human",
                {"use": self._pick(CHANNELS)},
            )
        )

    def _returned(self) -> Data:
        then = self._pick((self._answer(), self._answer(), self._answer(), "give_up"))
        return {
            "when": self._when(
                self._defect(), {"returns": ">= 2"}, {"visit": ">= 2"}, {"elapsed": "> 5d"}
            ),
            "then": then,
        }

    def _outage(self) -> Data:
        return {
            "when": {"down_for": self._pick(("> 0s", "> 2h", ">= 1d", "< 1d"))},
            "then": self._pick((({"use": self._pick(CHANNELS)}), "wait")),
        }

    def _drafting(self) -> Data:
        test = self._when({"confidence": "< 80%"}, {"visit": ">= 2"})
        return {"when": test, "then": self._pick(("proceed", "ask_human"))}

    def _waiting(self) -> Data:
        test = self._pick(
            (
                {"waited": "> 1d"},
                {"waited": ">= 6h", "flag": False},
                {"elapsed": "> 10d", "chance": "50%"},
                {"waited": ["1d-2d", "> 60h"], "chance": "30%"},
                {"waited": "< 12h", "elapsed": ">= 2d", "chance": "20%"},
            )
        )
        return {"when": test, "then": self._pick(({"hurry": 1}, {"hurry": 2}, "give_up", "wait"))}

    def _starting(self) -> Data:
        return {
            "when": self._when(),
            "then": self._pick(({"use": "agentic"}, {"use": "analog"}, "give_up")),
        }

    # -- steps ---------------------------------------------------------------------------------

    def _step(self, number: int) -> None:
        """Add a step that needs only what came before, so that nothing goes in circles."""
        name = f"s{number}"
        others = tuple(
            s
            for s in self.steps
            if set(self.steps[s]["gives"]) <= self.open and not self.steps[s].get("decides")
        )
        rival = self._pick(others) if others and self._likely(25) else None
        free = tuple(
            d for d in self.documents if rival is None or d not in self.steps[rival]["gives"]
        )
        step: Data = {"needs": self._some(free, 3), "gives": [f"d{number}"]}
        if rival is not None:
            step["gives"] = list(self.steps[rival]["gives"])
        elif self._likely(15):
            step["gives"].append(f"e{number}")
        each = (
            self.steps[rival].get("each")
            if rival is not None
            else self._pick((None, None, None, "items"))
        )
        if each is not None:
            step["each"] = each
        self.open -= set(step["needs"])
        step |= self._manner(free, step["needs"])
        if "confidence" not in step and not any("batch" in block for block in _blocks(step)):
            step |= self._pick(({}, {}, {}, {"once": "site"}))
        if (
            rival is None
            and not each
            and "if" not in step
            and not self.decided
            and self._likely(15)
        ):
            step["decides"] = ["adopted"]
        for document in step["gives"] if rival is None else ():
            self.documents[document] = self._document()
        self.open |= set(step["gives"])
        self.steps[name] = step
        self.decided |= "decides" in step
        if "confidence" in step and rival is None and each is None:
            self.drafted.append(name)
        if rival is not None:
            self._weaken(self.steps[rival])

    def _weaken(self, step: Data) -> None:
        """Let a step that is no longer alone be impossible or needless in some cases."""
        how = self.below(4)
        if how == 1 and "if" not in step:
            step["if"] = self._condition(only_drawn=True)
        elif how == 2 and _everywhere(step) and "confidence" not in step:
            step[self._pick(CHANNELS)] = {"if": "never"}
        elif how == 3 and _everywhere(step) and "confidence" not in step:
            self._only_in(self._pick(CHANNELS), step)

    def _only_in(self, channel: str, step: Data) -> None:
        """Let only one channel have a step; there are two ways to write that."""
        if len(self.steps) % 2:
            step[channel] = {key: step.pop(key) for key in ("by", "work")}
            return
        step.pop(channel, None)
        for other in set(CHANNELS) - {channel}:
            step[other] = step.get(other, {}) | {"by": "none", "work": "none"}

    def _manner(self, free: tuple[str, ...], needs: list[str]) -> Data:
        """Return how a step is done: alike in all channels, or in each its own way."""
        how = self.below(4)
        if how < 2:
            return self._profile(drafts=True) | self._maybe_if()
        if how == 2:
            base = self._profile(drafts=False)
            block = self._pick(
                (
                    {"work": self._pick(SHORT)},
                    {"if": "never"},
                    {"delay": self._pick(LONG)},
                    {"makes": "none"} if "makes" in base else {},
                )
            )
            channel = self._pick(CHANNELS)
            return base | ({channel: block} if block else {}) | self._maybe_if()
        blocks: Data = {"analog": self._profile(drafts=False)}
        blocks["digital"] = self._profile(drafts=False) | self._maybe_open()
        blocks["agentic"] = self._pick(
            ("digital", self._profile(drafts=False) | self._maybe_open())
        )
        if self._likely(30):
            block = blocks[self._pick(("analog", "digital"))]
            block["needs"] = self._some(free, 2)
            self.open -= set(block["needs"])
            self.unsure |= {*block["needs"], *needs}
        return blocks | self._maybe_if()

    def _profile(self, *, drafts: bool) -> Data:
        by = self._by()
        profile: Data = {"by": by, "work": self._work(pooled=by[-1] in self.pools)}
        if self._likely(40):
            profile["delay"] = self._delay()
        if self._likely(20):
            profile["priority"] = self._pick(
                (1, {"by": "kind", "x": 2, "else": 1}, {"by": "visit", "1": 3, "else": 0})
            )
        if self._likely(10):
            profile["pays"] = True
        if set(profile["by"]) <= {*self.pools, "portal"} and self._likely(30):
            profile["batch"] = self._pick(
                ({}, {"most": 2}, {"at": "slots"}, {"at": "slots", "most": 3})
            )
        made = self._some(self.defects, 2)
        if drafts and profile["by"][0] in self.bots and self._likely(60):
            profile["confidence"] = self._pick(({"median": "80%", "p10": "60%"}, "70%"))
            profile |= {"makes": dict.fromkeys(made, "confidence")} if made else {}
        elif made:
            profile["makes"] = {name: self._making() for name in made}
        self.made += made
        found = self._some(tuple(dict.fromkeys(self.made)), 2)
        if found:
            profile["finds"] = {name: self._finding() for name in found}
        if self._likely(25):
            rest = dict.fromkeys(made[1:], "none")
            changed = {"makes": {made[0]: "5%"} | rest} if made else {}
            profile["again"] = self._pick(AGAIN) | changed
        return profile

    def _by(self) -> list[str]:
        person, bot, pools = (
            self._pick(self.persons),
            self._pick(self.bots),
            self._some(self.pools, 2),
        )
        pools = pools or [self.pools[0]]
        return list(
            self._pick(
                (
                    (person,),
                    tuple(pools),
                    (bot,),
                    (person, *pools),
                    (bot, "portal"),
                    (person, "portal"),
                    (bot, *pools),
                    ("portal",),
                )
            )
        )

    def _work(self, *, pooled: bool) -> Any:
        queue = {"by": "queue", "0": "1h", "1-2": "30min", "else": "5min"}
        return self._pick(
            (
                *SHORT,
                {"by": "visit", "1": "2h", "else": "10min"},
                {"by": "month", "4-5": "3h", "else": {"uniform": ["0s", "4h"]}},
                queue if pooled else "40min",
                {"by": "adopted", "true": "1h", "false": "2h"},
                {"by": "channel", "analog": "1d", "else": "1min"},
                {"by": "time", "0d": "1h", "4d": "20min"},
                {"by": "level", "> 5": "3h", "else": "1h"},
            )
        )

    def _delay(self) -> Any:
        slots = {"until": "slots", "at_least": self._pick(LONG[:4])}
        return self._pick(
            (*LONG, {"until": "slots"}, slots, {"by": "flag", "true": "1bd", "else": "0s"})
        )

    def _making(self) -> Any:
        return self._pick(
            (
                *SHARES,
                {"by": "visit", "1": "90%", "else": "20%"},
                {"by": "level", "< 3": "80%", "else": "5%"},
            )
        )

    def _finding(self) -> Any:
        return self._pick(
            (
                *SHARES,
                "90%",
                {"by": "made_in", "analog": "40%", "else": "95%"},
                {"by": "visit", "1": "50%", "else": "90%"},
            )
        )

    def _condition(self, *, only_drawn: bool = False) -> Data:
        known: list[Data] = [{"flag": True}, {"chance": "40%"}, {"kind": "x"}, {"level": "> 4"}]
        if self.decided and not only_drawn:
            known += [{"adopted": True}, {"adopted": False, "chance": "50%"}]
        if self.drafted and not only_drawn:
            known += [{"asked": self.drafted[-1]}]
        return self._pick(tuple(known))

    def _maybe_if(self) -> Data:
        return {"if": self._condition()} if self._likely(20) else {}

    def _maybe_open(self) -> Data:
        if not self._likely(50):
            return {}
        known = [{"flag": True}, {"chance": "50%"}, {"kind": ["y", "z"]}]
        return {"open_to": self._pick((*known, *([{"adopted": True}] if self.decided else [])))}

    def _document(self) -> Data:
        document: Data = {"en": "d", "ja": "d"}
        if self._likely(20):
            document["valid"] = self._pick(("3d", "12h", "2bd", {"uniform": ["1d", "9d"]}))
            if self.defects and self._likely(50):
                document["lapsed"] = self._pick(self.defects)
        if self._likely(15):
            document["kept"] = True
        return document

    # -- the files -----------------------------------------------------------------------------

    def _procedure(self) -> Data:
        staff = {name: {"agent": name, "staff": self._staff()} for name in self.pools}
        steps = list(self.steps.items())
        if self._likely(20):
            steps.reverse()
        return {
            "procedure": "p",
            "applicant": "owner",
            "actors": {name: name for name in (*self.persons, *self.bots, "portal")} | staff,
            "calendars": {"slots": {"days": "daily", "at": ["09:00", "15:30"], "holidays": "open"}},
            "attributes": {
                "flag": {"value": "50%"},
                "kind": {"x": "40%", "y": "30%", "z": "30%"},
                "level": {"by": "kind", "x": {"uniform": [0, 10]}, "else": 2},
                "adopted": {"by": "flag", "true": "70%", "else": "40%"},
            },
            "lists": {"items": {"one": {}, "two": {"chance": "60%"}}},
            "documents": self.documents,
            "defects": {name: self._fault() for name in self.defects},
            "steps": {name: _lighter(_after_draft(step, self.steps)) for name, step in steps},
            "goal": [self._goal(document) for document in sorted(self.open | self.unsure)],
            "ends": [self._ending()] if self.decided and self._likely(50) else [],
            "deadlines": different(self._deadline() for _ in range(self.below(3))),
        }

    def _staff(self) -> Any:
        return self._pick(
            (
                *(1, 2, 3),
                {"by": "time", "0d": 2, "3d": 1, "9d": 3},
                {"by": "time", "0d": 0, "2d": 1},
                {"by": "weekday", "wed": 0, "fri": 3, "else": 1},
                {"by": "month", "4": 1, "else": 2},
            )
        )

    def _fault(self) -> Data:
        fault: Data = {"en": "f", "ja": "f"}
        if self._likely(40):
            fault["harm"] = "h"
        if self._likely(30):
            fault["loss"] = self._pick((100, "level", {"uniform": [10, 20]}))
        blocks = ("analog", "digital")
        everywhere = tuple(
            name
            for name, step in self.steps.items()
            if _everywhere(step)
            or all(step.get(block, {}).get("by", "none") != "none" for block in blocks)
        )
        if everywhere and self._likely(25):
            fault["returns_to"] = self._pick(everywhere[:2])
        return fault

    def _goal(self, document: str) -> Any:
        tests = [{"flag": True}, {"kind": "x"}, *([{"adopted": True}] if self.decided else [])]
        return (
            {"document": document, "if": self._pick(tuple(tests))} if self._likely(15) else document
        )

    def _ending(self) -> Data:
        return {
            "when": {"adopted": False},
            "as": self._pick(("rejected", "withdrawn", "abandoned", "dismissed")),
        }

    def _deadline(self) -> Data:
        names = tuple(self.documents)
        clock = self._pick(
            ({"within": "3d"}, {"within": "30h"}, {"within": "2bd"}, {"at": "2026-05-11"})
        )
        if "within" in clock and self._likely(50):
            clock = clock | {"after": self._pick(names)}
        missed = self._pick(("late", "expired", "given"))
        return {"document": self._pick(names), "missed": missed} | clock

    def _scenario(self) -> Data:
        cases = {"c": self._stream(3)}
        if self._likely(40):
            cases["b"] = self._stream(1) | {
                "background": True,
                "goal": [self._pick(tuple(self.documents))],
            }
        return {
            "scenario": "s",
            "start": self._pick(STARTS),
            "channels": [self.channel],
            "cases": cases,
            "outages": different(self._cut() for _ in range(self.below(3))),
            "horizon": self._pick(("60d", "20d", "5d", "400d")),
        }

    def _stream(self, least: int) -> Data:
        arrivals = self._pick(
            ("at_once", "1h", {"exponential": {"mean": "5h"}}, {"uniform": ["0d", "3d"]})
        )
        locker = {name: self._holding() for name in self._some(tuple(self.documents), 2)}
        own = {"flag": {"value": "90%"}} if self._likely(20) else {}
        hours = self._pick(("always", "office"))
        count = least + self.below(8 - least)
        shared: Data = {"sites": {"count": 3, "share": ["flag"]}}
        sites: Data = self._pick(({}, {"sites": 2}, shared))
        return sites | {
            "count": count,
            "arrivals": arrivals,
            "hours": hours,
            "using": ["p"],
            "locker": locker,
            "attributes": own,
        }

    def _holding(self) -> Data:
        holding: Data = {
            "share": self._pick(("50%", "100%")),
            "age": self._pick(("0s", {"uniform": ["0d", "6d"]})),
        }
        return holding | (
            {"makes": {self.defects[0]: "50%"}} if self.defects and self._likely(30) else {}
        )

    def _cut(self) -> Data:
        at = self._pick(("2026-04-02T10:00", "2026-05-07T09:30", "2026-12-28T08:00"))
        return {
            "actor": self._pick((*self.pools, "portal", "owner")),
            "at": at,
            "for": self._pick(("2h", "30h", "5d")),
        }


def _blocks(step: Data) -> list[Data]:
    """Return a step and its blocks."""
    return [step, *(step[name] for name in CHANNELS if isinstance(step.get(name), dict))]


def _everywhere(step: Data) -> bool:
    """Whether a step names somebody for all channels."""
    return "by" in step and all(block["by"] != "none" for block in _blocks(step) if "by" in block)


def _after_draft(step: Data, steps: dict[str, Data]) -> Data:
    """Let a step that is passed over in a channel need the draft that its condition asks about."""
    drafted = step.get("if", {}).get("asked")
    if drafted is None or not set(step["gives"]).isdisjoint(steps[drafted]["gives"]):
        return step
    needs = list(dict.fromkeys([*step["needs"], steps[drafted]["gives"][0]]))
    block = {"if": "never", "needs": needs}
    return step | {name: block for name in CHANNELS if step.get(name) == {"if": "never"}}


def _lighter(step: Data) -> Data:
    """Say once what the blocks of all channels say alike."""
    blocks = [step.get(name) for name in CHANNELS if step.get(name) != "digital"]
    first, *others = blocks
    alike = {
        key: value
        for key, value in (first or {}).items()
        if key not in step and all(one is not None and one.get(key) == value for one in others)
    }
    own = {k: v for k, v in step.items() if k not in CHANNELS} | alike
    left = {
        name: step[name]
        if step[name] == "digital"
        else {k: v for k, v in step[name].items() if k not in alike}
        for name in CHANNELS
        if name in step
    }
    return own | {name: block for name, block in left.items() if block}


_BELOW: Final = {n: st.integers(0, n - 1) for n in range(2, 101)}


@st.composite
def models(draw: DrawFn) -> Written:
    """Return any model."""
    return Author(lambda n: draw(_BELOW[n]) if n > 1 else 0).written()


def files(written: Written) -> Files:
    """Return a model as files that may lie on the shelf."""
    data = {"procedures/p.yaml": written.procedure, "scenarios/s.yaml": written.scenario}
    data |= {f"agents/{name}.yaml": agent for name, agent in written.agents.items()}
    return {path: source.Located(path, [], one, {}, {}) for path, one in data.items()}


def compiled(written: Written) -> Program:
    """Return the compiled model of the only arm."""
    return worlds.compiled(files(written))


class Watched(Cases):
    """Cases that are looked at when they end."""

    def end(self, case: Case, outcome: str, cause: int, last: Cause) -> None:
        """See that a case that did not get through in time could at least have gone on."""
        waits = any(time > self.agenda.now for time, _ in case.redo.values())
        profiles = (self.program.profiles[case.plan.profile[step]] for step in case.ready)
        gathered = any(one.batch is not None or one.once >= 0 for one in profiles)
        moves = bool(case.open) or any(case.attention.values()) or waits or gathered
        assert outcome != "unfinished" or moves, f"case {case.number} had nothing to do"
        super().end(case, outcome, cause, last)


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


@examples(300, 20_000)
@given(models(), st.integers(0, 3))
def test_every_random_model_runs_to_its_end_by_the_rules(written: Written, seed: int) -> None:
    """No model stands still, gives twice, loses a second or a document, or runs in two ways."""
    note(written.text())
    model = compiled(written)
    with mock.patch.object(reference, "Cases", Watched):
        log = reference.run(model, seed, 0)

    check(model, log)
    assert_rows_are_in_order(log)
    assert_needs_were_held(model, log)
    assert_work_rests_on_what_counts(model, log)
    assert_nobody_does_too_much(model, log)
    assert_money_adds_up(log)
    assert reference.run(model, seed, 0).digest() == log.digest()


def assert_rows_are_in_order(log: Log) -> None:
    """Times do not go back in a row, and the visits of a step are numbered from 1."""
    columns = ("ready", "enabled", "granted", "started", "finished", "closed")
    visits: dict[tuple[int, int], list[int]] = {}
    for row in log.events:
        times = [int(row[name]) for name in columns if row[name] != NEVER]
        assert times == sorted(times), row
        if RESULTS[row["result"]] in ("given", "returned"):
            assert len(times) == len(columns), row
        visits.setdefault((int(row["case"]), int(row["step"])), []).append(int(row["visit"]))
    for numbers in visits.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def passing(model: Program) -> set[int]:
    """Return the documents that a skipped step may pass on."""
    skipped = (p for p in model.profiles if p.omit or p.applies is not None)
    return {document for profile in skipped for document in profile.gives}


def in_lockers(model: Program) -> set[int]:
    """Return the documents that a case may have from the start."""
    return {holding.document for stream in model.streams for holding in stream.locker}


def by_silence(model: Program) -> set[int]:
    """Return the documents that silence may give."""
    clocks = (clock for stream in model.streams for clock in stream.clocks)
    return {clock.document for clock in clocks if clock.missed == GIVEN}


def assert_needs_were_held(model: Program, log: Log) -> None:
    """Whoever was enabled had every document: from the locker, passed on, by silence, or given.

    The log tells of givings alone: what lay in a locker was not given.
    """
    given: dict[tuple[int, int], int] = {}
    for row in log.events[::-1]:  # rows stand in the order in which they closed
        if RESULTS[row["result"]] == "given":
            for document in model.profiles[row["profile"]].gives:
                given[int(row["case"]), document] = int(row["closed"])
    visible = len(model.documents) - model.hidden
    brought = in_lockers(model)
    free = passing(model) | brought | by_silence(model)
    for row in log.events:
        case, enabled = int(row["case"]), int(row["enabled"])
        for document in bits(model.profiles[row["profile"]].needs):
            if document < visible and document not in brought:
                assert NEVER < log.milestones[case, document] <= enabled, model.documents[document]
            if document not in free:
                assert given[case, document] <= enabled, model.documents[document]


def assert_work_rests_on_what_counts(model: Program, log: Log) -> None:
    """Nothing is given or returned on the strength of a document that was got anew meanwhile.

    Told of documents that only one step gives and that stay until a return undoes them: a visit is
    ready after the latest giving, and no later one comes before it closes.
    """
    givers: dict[int, set[int]] = {}
    for profile in model.profiles:
        for document in profile.gives:
            givers.setdefault(document, set()).add(profile.step)
    stays = {d for d, paper in enumerate(model.papers) if paper.valid is None and not paper.kept}
    stays -= passing(model) | in_lockers(model) | by_silence(model)
    plain = {d for d in stays if len(givers.get(d, ())) == 1 and not givers[d] & model.may_lapse}
    given: dict[tuple[int, int], int] = {}
    for row in log.events:
        profile, case = model.profiles[row["profile"]], int(row["case"])
        if RESULTS[row["result"]] in ("given", "returned"):
            for document in plain.intersection(bits(profile.needs)):
                assert given[case, document] <= row["ready"], (model.documents[document], row)
        if RESULTS[row["result"]] == "given":
            given |= {(case, document): int(row["closed"]) for document in profile.gives}


def assert_money_adds_up(log: Log) -> None:
    """No more is found than went astray, and no more comes back than was found."""
    mispaid, detected, recovered = (
        log.cases[name] for name in ("mispaid", "detected", "recovered")
    )
    assert (recovered >= 0).all()
    assert (recovered <= detected).all()
    assert (detected <= mispaid).all()


def assert_nobody_does_too_much(model: Program, log: Log) -> None:
    """Neither attention nor staff is ever exceeded; staff that falls does not stop work."""
    attended: dict[tuple[int, int], list[tuple[int, int]]] = {}
    staffed: dict[int, list[tuple[int, int]]] = {}
    for row in log.events:
        until = int(row["closed"] if row["finished"] == NEVER else row["finished"])
        profile, granted = model.profiles[row["profile"]], int(row["granted"])
        for actor in profile.persons:
            spans = attended.setdefault((int(row["case"]), actor), [])
            spans += [(int(row["enabled"]), 1), (until, -1)]
        if len(profile.pools) == 1 and granted != NEVER and granted < until:
            staffed.setdefault(profile.pools[0], []).extend(((granted, 1), (until, -1)))
    for (_, actor), changes in attended.items():
        assert (
            np.cumsum([change for _, change in sorted(changes)]).max() <= model.actors[actor].limit
        )
    for actor, changes in staffed.items():
        busy = 0
        for time, change in sorted(changes):
            busy += change
            staff = [number for since, number in model.actors[actor].staff if since <= time]
            assert change < 0 or busy <= staff[-1], (model.actors[actor].name, time)


@examples(100, 2_000)
@given(models(), st.sampled_from(CHANNELS))
def test_a_plan_is_what_a_run_does_for_a_typical_case(written: Written, channel: str) -> None:
    """Its steps are those of a run in which nothing goes wrong, each in its channel."""
    note(written.text())
    goal = [one if isinstance(one, str) else one["document"] for one in written.procedure["goal"]]
    with shelved(files(written)):
        world = loader.world(["p"], list(dict.fromkeys(goal)), (), channel)
    try:
        plan = plan_of(world)
    except InvalidInput:
        reject()

    assert planned(plan) == done(compiler.compile_world(world))

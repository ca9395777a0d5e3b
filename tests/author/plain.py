"""Writes random models in the language without skills, sessions, other business and the like.

What one die gives stays what it is: ``tests/digests/models`` is a record of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.author.rules import LONG, SHARES, SHORT, Ruled
from tests.author.written import CHANNELS, Data, Written, for_all, layers

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


class Author(Ruled):
    """Writes models that are valid by a die.

    Smaller numbers make simpler models, so that a failing one can be made small.
    """

    def __init__(self, below: Callable[[int], int]) -> None:
        super().__init__(below)
        self.steps: dict[str, Data] = {}
        self.documents: dict[str, Data] = {}
        self.open: set[str] = set()
        """Documents that nobody needs yet."""
        self.unsure: set[str] = set()
        """Documents that somebody needs in some channels only."""
        self.drafted: list[str] = []
        self.decided = False
        self.made: list[str] = []

    def written(self) -> Written:
        """Write a whole model."""
        self.channel = self.pick(("digital", "analog", "agentic", "mixed"))
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

    # -- steps ---------------------------------------------------------------------------------

    def _step(self, number: int) -> None:
        """Add a step that needs only what came before, so that nothing goes in circles."""
        name = f"s{number}"
        others = tuple(
            s
            for s in self.steps
            if set(self.steps[s]["gives"]) <= self.open and not self.steps[s].get("decides")
        )
        rival = self.pick(others) if others and self.likely(25) else None
        free = tuple(
            d for d in self.documents if rival is None or d not in self.steps[rival]["gives"]
        )
        step: Data = {"needs": self.some(free, 3), "gives": [f"d{number}"]}
        if rival is not None:
            step["gives"] = list(self.steps[rival]["gives"])
        elif self.likely(15):
            step["gives"].append(f"e{number}")
        each = (
            self.steps[rival].get("each")
            if rival is not None
            else self.pick((None, None, None, "items"))
        )
        if each is not None:
            step["each"] = each
        self.open -= set(step["needs"])
        step |= self._manner(free, step["needs"])
        if "confidence" not in step and not any("batch" in block for block in layers(step)):
            step |= self.pick(({}, {}, {}, {"once": "site"}))
        if rival is None and not each and "if" not in step and not self.decided and self.likely(15):
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
            step[self.pick(CHANNELS)] = {"if": "never"}
        elif how == 3 and _everywhere(step) and "confidence" not in step:
            self._only_in(self.pick(CHANNELS), step)

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
            block = self.pick(
                (
                    {"work": self.pick(SHORT)},
                    {"if": "never"},
                    {"delay": self.pick(LONG)},
                    {"makes": "none"} if "makes" in base else {},
                )
            )
            channel = self.pick(CHANNELS)
            return base | ({channel: block} if block else {}) | self._maybe_if()
        blocks: Data = {"analog": self._profile(drafts=False)}
        blocks["digital"] = self._profile(drafts=False) | self._maybe_open()
        blocks["agentic"] = self.pick(("digital", self._profile(drafts=False) | self._maybe_open()))
        if self.likely(30):
            block = blocks[self.pick(("analog", "digital"))]
            block["needs"] = self.some(free, 2)
            self.open -= set(block["needs"])
            self.unsure |= {*block["needs"], *needs}
        return blocks | self._maybe_if()

    def _profile(self, *, drafts: bool) -> Data:
        by = self._by()
        profile: Data = {"by": by, "work": self._work(pooled=by[-1] in self.pools)}
        if self.likely(40):
            profile["delay"] = self._delay()
        if self.likely(20):
            profile["priority"] = self.pick(
                (1, {"by": "kind", "x": 2, "else": 1}, {"by": "visit", "1": 3, "else": 0})
            )
        if self.likely(10):
            profile["pays"] = True
        if set(profile["by"]) <= {*self.pools, "portal"} and self.likely(30):
            profile["batch"] = self.pick(
                ({}, {"most": 2}, {"at": "slots"}, {"at": "slots", "most": 3})
            )
        made = self.some(self.defects, 2)
        if drafts and profile["by"][0] in self.bots and self.likely(60):
            profile["confidence"] = self.pick(({"median": "80%", "p10": "60%"}, "70%"))
            profile |= {"makes": dict.fromkeys(made, "confidence")} if made else {}
        elif made:
            profile["makes"] = {name: self._making() for name in made}
        self.made += made
        found = self.some(tuple(dict.fromkeys(self.made)), 2)
        if found:
            profile["finds"] = {name: self._finding() for name in found}
        if self.likely(25):
            rest = dict.fromkeys(made[1:], "none")
            changed = {"makes": {made[0]: "5%"} | rest} if made else {}
            profile["again"] = self.pick(AGAIN) | changed
        return profile

    def _by(self) -> list[str]:
        person, bot, pools = (
            self.pick(self.persons),
            self.pick(self.bots),
            self.some(self.pools, 2),
        )
        pools = pools or [self.pools[0]]
        return list(
            self.pick(
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
        return self.pick(
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
        slots = {"until": "slots", "at_least": self.pick(LONG[:4])}
        return self.pick(
            (*LONG, {"until": "slots"}, slots, {"by": "flag", "true": "1bd", "else": "0s"})
        )

    def _making(self) -> Any:
        return self.pick(
            (
                *SHARES,
                {"by": "visit", "1": "90%", "else": "20%"},
                {"by": "level", "< 3": "80%", "else": "5%"},
            )
        )

    def _finding(self) -> Any:
        return self.pick(
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
        return self.pick(tuple(known))

    def _maybe_if(self) -> Data:
        return {"if": self._condition()} if self.likely(20) else {}

    def _maybe_open(self) -> Data:
        if not self.likely(50):
            return {}
        known = [{"flag": True}, {"chance": "50%"}, {"kind": ["y", "z"]}]
        return {"open_to": self.pick((*known, *([{"adopted": True}] if self.decided else [])))}

    def _document(self) -> Data:
        document: Data = {"en": "d", "ja": "d"}
        if self.likely(20):
            document["valid"] = self.pick(("3d", "12h", "2bd", {"uniform": ["1d", "9d"]}))
            if self.defects and self.likely(50):
                document["lapsed"] = self.pick(self.defects)
        if self.likely(15):
            document["kept"] = True
        return document

    # -- the files -----------------------------------------------------------------------------

    def _procedure(self) -> Data:
        staff = {name: {"agent": name, "staff": self._staff()} for name in self.pools}
        steps = list(self.steps.items())
        if self.likely(20):
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
            "ends": [self._ending()] if self.decided and self.likely(50) else [],
            "deadlines": different(self._deadline() for _ in range(self.below(3))),
        }

    def _staff(self) -> Any:
        return self.pick(
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
        if self.likely(40):
            fault["harm"] = "h"
        if self.likely(30):
            fault["loss"] = self.pick((100, "level", {"uniform": [10, 20]}))
        able = tuple(name for name, step in self.steps.items() if for_all(step))
        if able and self.likely(25):
            fault["returns_to"] = self.pick(able[:2])
        return fault

    def _goal(self, document: str) -> Any:
        tests = [{"flag": True}, {"kind": "x"}, *([{"adopted": True}] if self.decided else [])]
        return (
            {"document": document, "if": self.pick(tuple(tests))} if self.likely(15) else document
        )

    def _ending(self) -> Data:
        return {
            "when": {"adopted": False},
            "as": self.pick(("rejected", "withdrawn", "abandoned", "dismissed")),
        }

    def _deadline(self) -> Data:
        names = tuple(self.documents)
        clock = self.pick(
            ({"within": "3d"}, {"within": "30h"}, {"within": "2bd"}, {"at": "2026-05-11"})
        )
        if "within" in clock and self.likely(50):
            clock = clock | {"after": self.pick(names)}
        missed = self.pick(("late", "expired", "given"))
        return {"document": self.pick(names), "missed": missed} | clock

    def _scenario(self) -> Data:
        cases = {"c": self._stream(3)}
        if self.likely(40):
            cases["b"] = self._stream(1) | {
                "background": True,
                "goal": [self.pick(tuple(self.documents))],
            }
        return {
            "scenario": "s",
            "start": self.pick(STARTS),
            "channels": [self.channel],
            "cases": cases,
            "outages": different(self._cut() for _ in range(self.below(3))),
            "horizon": self.pick(("60d", "20d", "5d", "400d")),
        }

    def _stream(self, least: int) -> Data:
        arrivals = self.pick(
            ("at_once", "1h", {"exponential": {"mean": "5h"}}, {"uniform": ["0d", "3d"]})
        )
        locker = {name: self._holding() for name in self.some(tuple(self.documents), 2)}
        own = {"flag": {"value": "90%"}} if self.likely(20) else {}
        hours = self.pick(("always", "office"))
        count = least + self.below(8 - least)
        shared: Data = {"sites": {"count": 3, "share": ["flag"]}}
        sites: Data = self.pick(({}, {"sites": 2}, shared))
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
            "share": self.pick(("50%", "100%")),
            "age": self.pick(("0s", {"uniform": ["0d", "6d"]})),
        }
        return holding | (
            {"makes": {self.defects[0]: "50%"}} if self.defects and self.likely(30) else {}
        )

    def _cut(self) -> Data:
        at = self.pick(("2026-04-02T10:00", "2026-05-07T09:30", "2026-12-28T08:00"))
        return {
            "actor": self.pick((*self.pools, "portal", "owner")),
            "at": at,
            "for": self.pick(("2h", "30h", "5d")),
        }


def _everywhere(step: Data) -> bool:
    """Whether a step names somebody for all channels."""
    return "by" in step and all(block["by"] != "none" for block in layers(step) if "by" in block)


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

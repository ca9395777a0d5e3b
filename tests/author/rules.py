"""A die, and agents whose rules it has thrown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from tests.author.written import CHANNELS, Data

T = TypeVar("T")

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


class Die:
    """Chooses by ``below``: ``below(n)`` is a number from 0 to n - 1; smaller ones are simpler."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def pick(self, options: tuple[T, ...]) -> T:
        """Return one of some options."""
        return options[self.below(len(options))]

    def likely(self, percent: int) -> bool:
        """Return true in so many per cent."""
        return self.below(100) >= 100 - percent

    def some(self, options: tuple[T, ...], most: int) -> list[T]:
        """Return up to ``most`` different options, in their order."""
        if not options or not most:
            return []
        chosen = {self.below(len(options)) for _ in range(self.below(min(most, len(options)) + 1))}
        return [options[i] for i in sorted(chosen)]


class Ruled(Die):
    """Writes agents. ``defects``, ``persons``, ``bots``, ``pools``: the names there are."""

    defects: tuple[str, ...]
    persons: tuple[str, ...]
    bots: tuple[str, ...]
    pools: tuple[str, ...]

    def _agent(self, name: str) -> Data:
        kind = "person" if name in self.persons else "ai" if name in self.bots else "office"
        agent: Data = {"agent": name, "kind": "system" if name == "portal" else kind}
        agent["hours"] = self.pick(HOURS)
        rules: Data = {"found": self._rules(self._found, 2)}
        if kind in ("person", "ai"):
            agent["attention"] = self.pick((1, 2, "all"))
            agent["order"] = self.pick(("listed", "critical_path"))
            rules["returned"] = self._rules(self._returned, 2) | {"last": {"then": self._answer()}}
            rules["outage"] = self._rules(self._outage, 1)
        if kind == "ai":
            agent["overconfidence"] = self.pick((1.0, 2.5))
            rules["drafted"] = self._rules(self._drafting, 2)
        if name == "owner":
            rules["waiting"] = self._rules(self._waiting, 2)
            rules["start"] = self._rules(self._starting, 1) | {
                "other": {"then": {"use": self.pick(CHANNELS)}}
            }
        return agent | {"rules": rules}

    def _rules(self, make: Callable[[], Data], most: int) -> Data:
        return {f"r{number}": make() for number in range(self.below(most + 1))}

    def _when(self, *tests: Data) -> Data:
        return self.pick(
            ({"chance": "90%"}, {"chance": "50%"}, {"flag": True}, {"kind": ["x", "z"]}, *tests)
        )

    def _defect(self) -> Data:
        return {"defect": self.pick(self.defects)} if self.defects else {"chance": "80%"}

    def _found(self) -> Data:
        work = self.pick(SHORT)
        then = self.pick(
            (
                "return",
                "overlook",
                "return",
                {"fix": {"work": work}},
                {"fix": {"work": work, "recovers": self.pick(SHARES)}},
                "dismiss",
            )
        )
        return {
            "when": self._when(self._defect(), {"returns": ">= 2"}, {"queue": "> 0"}),
            "then": then,
        }

    def _answer(self) -> Any:
        after = self.pick((*LONG, "1h", "0s"))
        return self.pick(
            (
                {"redo": {"after": after}},
                {"redo": {"after": after}},
                "ask_human",
                {"use": self.pick(CHANNELS)},
            )
        )

    def _returned(self) -> Data:
        then = self.pick((self._answer(), self._answer(), self._answer(), "give_up"))
        return {
            "when": self._when(
                self._defect(), {"returns": ">= 2"}, {"visit": ">= 2"}, {"elapsed": "> 5d"}
            ),
            "then": then,
        }

    def _outage(self) -> Data:
        return {
            "when": {"down_for": self.pick(("> 0s", "> 2h", ">= 1d", "< 1d"))},
            "then": self.pick((({"use": self.pick(CHANNELS)}), "wait")),
        }

    def _drafting(self) -> Data:
        test = self._when({"confidence": "< 80%"}, {"visit": ">= 2"})
        return {"when": test, "then": self.pick(("proceed", "ask_human"))}

    def _waiting(self) -> Data:
        test = self.pick(
            (
                {"waited": "> 1d"},
                {"waited": ">= 6h", "flag": False},
                {"elapsed": "> 10d", "chance": "50%"},
                {"waited": ["1d-2d", "> 60h"], "chance": "30%"},
                {"waited": "< 12h", "elapsed": ">= 2d", "chance": "20%"},
            )
        )
        return {"when": test, "then": self.pick(({"hurry": 1}, {"hurry": 2}, "give_up", "wait"))}

    def _starting(self) -> Data:
        return {
            "when": self._when(),
            "then": self.pick(({"use": "agentic"}, {"use": "analog"}, "give_up")),
        }

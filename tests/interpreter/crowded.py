"""Random models that lean towards what happens seldom: letters, fixes, money, silence, sessions."""

from __future__ import annotations

from typing import Any, Final

from tests.test_random_models import CHANNELS, LONG, Author, Data


class Crowded(Author):
    """Writes models in which more goes wrong, and more of it at once."""

    def _likely(self, percent: int) -> bool:
        return super()._likely(min(2 * percent, 80))

    def _making(self) -> Any:
        return self._pick(("60%", "100%", super()._making()))

    def _finding(self) -> Any:
        return self._pick(("60%", "90%", super()._finding()))

    def _found(self) -> Data:
        fix: Data = {"fix": {"work": self._pick(("3h", "10min", {"uniform": ["0s", "2h"]}))}}
        fix["fix"]["recovers"] = self._pick(("37%", "100%", {"median": "30%", "p90": "60%"}))
        when = self._when(self._defect(), {"returns": ">= 2"})
        return self._pick(
            (super()._found(), {"when": when, "then": fix}, {"when": when, "then": "overlook"})
        )

    def _returned(self) -> Data:
        return super()._returned() | {"then": self._answer()}

    def _starting(self) -> Data:
        return super()._starting() | {"then": {"use": self._pick(("agentic", "analog"))}}

    def _waiting(self) -> Data:
        rule = super()._waiting()
        return rule | {"then": "wait" if rule["then"] == "give_up" else rule["then"]}

    def _document(self) -> Data:
        return super()._document() | self._pick(({}, {}, {"kept": True}))

    def _deadline(self) -> Data:
        names = tuple(self.documents)
        silence: Data = {"document": self._pick(names), "missed": "given"}
        silence |= {"within": self._pick(("1h", "1d", "2bd", "30h")), "after": self._pick(names)}
        return self._pick((super()._deadline(), silence))

    def _stream(self, least: int) -> Data:
        stream = super()._stream(least)
        return stream | self._pick(
            ({}, {"hours": {"days": "daily", "open": "20:00-24:00", "holidays": "open"}})
        )


AFTER: Final = (
    *LONG,
    "1s",
    {"by": "visit", "1": "1h", "else": {"uniform": ["0s", "2d"]}},
    {"by": "channel", "analog": "1bd", "else": "0s"},
)


class Visited(Crowded):
    """Writes models in which people come and go."""

    def _agent(self, name: str) -> Data:
        agent = super()._agent(name)
        if agent["kind"] == "person" and self._likely(45):
            last = self._pick(("1s", "10min", "1h", "1h", "5h", "3d"))
            agent["sessions"] = {"after": self._pick(AFTER), "last": last}
            for rule in agent["rules"].get("returned", {}).values():
                if "redo" in rule["then"]:
                    rule["then"] = self._pick(("redo", "redo", {"use": self._pick(CHANNELS)}))
        return agent

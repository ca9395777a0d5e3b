"""Random models that lean towards what happens seldom: letters, fixes, money, silence."""

from __future__ import annotations

from typing import Any

from tests.author.plain import Author
from tests.author.written import Data


class Crowded(Author):
    """Writes models in which more goes wrong, and more of it at once."""

    def likely(self, percent: int) -> bool:
        """Return true in twice so many per cent."""
        return super().likely(min(2 * percent, 80))

    def _making(self) -> Any:
        return self.pick(("60%", "100%", super()._making()))

    def _finding(self) -> Any:
        return self.pick(("60%", "90%", super()._finding()))

    def _found(self) -> Data:
        fix: Data = {"fix": {"work": self.pick(("3h", "10min", {"uniform": ["0s", "2h"]}))}}
        fix["fix"]["recovers"] = self.pick(("37%", "100%", {"median": "30%", "p90": "60%"}))
        when = self._when(self._defect(), {"returns": ">= 2"})
        return self.pick(
            (super()._found(), {"when": when, "then": fix}, {"when": when, "then": "overlook"})
        )

    def _returned(self) -> Data:
        return super()._returned() | {"then": self._answer()}

    def _starting(self) -> Data:
        return super()._starting() | {"then": {"use": self.pick(("agentic", "analog"))}}

    def _waiting(self) -> Data:
        rule = super()._waiting()
        return rule | {"then": "wait" if rule["then"] == "give_up" else rule["then"]}

    def _document(self) -> Data:
        return super()._document() | self.pick(({}, {}, {"kept": True}))

    def _deadline(self) -> Data:
        names = tuple(self.documents)
        silence: Data = {"document": self.pick(names), "missed": "given"}
        silence |= {"within": self.pick(("1h", "1d", "2bd", "30h")), "after": self.pick(names)}
        return self.pick((super()._deadline(), silence))

    def _stream(self, least: int) -> Data:
        stream = super()._stream(least)
        return stream | self.pick(
            ({}, {"hours": {"days": "daily", "open": "20:00-24:00", "holidays": "open"}})
        )

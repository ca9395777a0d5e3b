"""Random models in which not everybody knows what is needed."""

from __future__ import annotations

from tests.interpreter.crowded import Crowded
from tests.test_random_models import Data, Written

LACKING = ("l0", "l1")
"""The defects of what is left out; nobody mends them."""


class Ignorant(Crowded):
    """Writes models in which persons and AI agents leave papers out, and offices find it."""

    def written(self) -> Written:
        """Write a whole model; what may lack a paper is not kept, and no fix brings one."""
        written = super().written()
        defects = written.procedure["defects"]
        for name in LACKING:
            harm = {"en": "h", "ja": "h", "as": "incomplete"}
            defects[name] = self._fault() | {"en": "l", "ja": "l", "harm": harm}
        for step in written.procedure["steps"].values():
            for document in step["gives"]:
                self.documents[document].pop("kept", None)
        for agent in written.agents.values():
            for rule in agent["rules"].get("found", {}).values():
                if isinstance(rule["then"], dict) and "defect" not in rule["when"]:
                    rule["then"] = self._pick(("return", "overlook"))
        return written

    def _agent(self, name: str) -> Data:
        agent = super()._agent(name)
        if name in self.pools:  # a pool of people, whose batches leave out what each case may
            agent["kind"] = self._pick(("office", "professional"))
        knows = (
            "70%",
            "40%",
            "0%",
            {"by": "kind", "x": "90%", "else": "20%"},
            {"by": "channel", "analog": "30%", "else": "80%"},
            {"uniform": ["10%", "90%"]},
        )
        return agent | (
            {"knows": self._pick(knows)} if agent["kind"] not in ("office", "system") else {}
        )

    def _document(self) -> Data:
        return super()._document() | self._pick(({}, *({"left_out": one} for one in LACKING)))

    def _profile(self, *, drafts: bool) -> Data:
        profile = super()._profile(drafts=drafts)
        found = {one: self._finding() for one in self._some(LACKING, 2)}
        return profile | {"finds": profile.get("finds", {}) | found} if found else profile

"""Pieces of the language by where they may stand, for tests that put one too many somewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

SCHEMAS: Final = Path(__file__).resolve().parents[2] / "docs" / "schema"

LABEL: Final = {"en": "x", "ja": "x"}
WAY: Final = {
    "work": {"each": "entries", "median": "45s", "p90": "2min"},
    "slips": {"each": "entries", "value": "0.4%"},
    "finds": "80%",
    "burden": {"each": "papers", "seals": 1},
}
AI: Final = WAY | {"confidence": {"each": "entries", "median": "99%", "p10": "95%"}}
RULE: Final = {"when": {"returns": ">= 2"}, "then": "redo"}

PIECES: Final[dict[str, tuple[tuple[str, Any], ...]]] = {
    "documents": (
        ("size", {"entries": 35, "papers": {"by": "channel", "analog": 6, "else": 0}}),
        ("size", {"entries": {"by": "visit", "1": 2, "else": 1}}),
        ("slip", "gap"),
        ("left_out", "gap"),
        ("kept", True),
    ),
    "defects": (
        ("harm", LABEL | {"as": "incomplete"}),
        ("harm", LABEL | {"as": "wrong"}),
    ),
    "steps": (
        ("task", "fill"),
        ("task", "examine"),
        ("select", {"places": 3, "decides": "card"}),
        ("select", {"at": "call", "budget": 90, "costs": "x", "rank": "score", "decides": "taken"}),
        ("if", {"asked": "draft_filing"}),
        ("once", "site"),
    ),
    "actors": (
        ("staff", {"value": 3, "each": "site"}),
        ("load", {"share": "88%", "each": {"median": "30min", "p90": "2h"}, "backlog": "8bd"}),
        ("load", {"share": {"by": "month", "3-4": "95%", "else": "80%"}, "each": "15min"}),
    ),
    "agents": (
        ("skills", {"fill": WAY, "examine": {"size_of": "needs", "finds": "90%"}}),
        ("skills", {"fill": AI | {"again": {"size": "20%"}, "digital": {"slips": "none"}}}),
        ("knows", "70%"),
        ("knows", {"by": "channel", "analog": "30%", "else": "80%"}),
        ("sessions", {"after": {"median": "20h", "p90": "4d"}, "last": "2h"}),
        ("sessions", {"after": {"by": "visit", "1": "1h", "else": "2bd"}, "last": "1s"}),
        ("price", 30),
        ("paid_by", "office"),
        ("hourly", 900),
        ("attributes", {"online": "60%", "age": {"uniform": [18, 90]}}),
        ("rules", {"returned": {"trait": RULE, "last": {"then": "redo"}}}),
    ),
    "procedure": (
        ("indicators", {"seen": {"count": {"found": ["gap"]}, "per": {"given": ["form"]}}}),
        ("indicators", {"seen": {"count": {"made": ["gap"]}, "over": "90d", "known_after": "30d"}}),
        ("attributes", {"strict": {"by": "seen", "> 5%": True, "else": False}}),
        ("calendars", {"call": {"days": "daily", "at": ["17:00"]}}),
        ("levers", {"pace": {"default": "slow", "values": ["slow", "fast"]}}),
    ),
    "scenario": (
        ("outages", [{"actor": "portal", "every": {"exponential": {"mean": "3d"}}, "for": "2h"}]),
        ("outages", [{"actor": "desk", "every": "1d", "at": "2026-05-01", "for": "0s"}]),
        ("indicators", {"seen": {"count": {"given": ["permit"]}, "over": "30d", "else": "5%"}}),
        ("compare", {"parity": {"channel": "agentic", "cast": {"ai": "owner"}, "asked": "always"}}),
        ("compare", {"parity": {"channel": "agentic", "asked": "never"}}),
    ),
    "cases": (
        ("sites", {"table": [{"site": "a", "size": 3, "card": True}, {"site": "b", "desk": 2}]}),
        ("sites", {"table": [{"site": "a", "start": "2026-05-11"}], "share": ["card"]}),
        ("sites", {"table": "towns.csv"}),
        ("attributes", {"online": "90%"}),
    ),
}
"""By the key above the things that they may be said of (for a file itself, its kind)."""

VALUES: Final = tuple(value for pieces in PIECES.values() for _, value in pieces)


def homes(kind: str, data: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield what some piece may be said of in a file of a kind, and which pieces those are."""
    yield data, {"agents": "agents", "procedures": "procedure"}.get(kind, "scenario")
    for key in PIECES:
        for thing in (data.get(key) or {}).values() if isinstance(data.get(key), dict) else ():
            if isinstance(thing, dict):
                yield thing, key


@cache
def words() -> frozenset[str]:
    """Return every key and every word of the language, as the schemas tell them."""
    found: set[str] = set()

    def read(schema: Any) -> None:
        if isinstance(schema, list):
            for one in schema:
                read(one)
        if isinstance(schema, dict):
            found.update(schema.get("properties", {}))
            said = (*schema.get("enum", ()), schema.get("const"))
            found.update(one for one in said if isinstance(one, str))
            for one in schema.values():
                read(one)

    for path in SCHEMAS.glob("*.json"):
        read(json.loads(path.read_text(encoding="utf-8")))
    return frozenset(found)

"""Values as messages quote them: as they may be written in a file, and never too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.errors import shortened

_TRUTHS: Final = {
    "true": {"true", "yes", "on", "y", "はい", "有"},
    "false": {"false", "no", "off", "n", "いいえ", "無"},
}


def quoted(raw: object, most: int = 40) -> str:
    """Return ``raw`` as it may be written in a file, cut to at most ``most`` characters."""
    return shortened(_flow(raw), most)


def _flow(raw: object) -> str:
    if isinstance(raw, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in raw.items()) + "}"
    if isinstance(raw, list | tuple):
        return "[" + ", ".join(map(_flow, raw)) + "]"
    if raw is None or isinstance(raw, bool):
        return {None: "null", True: "true", False: "false"}[raw]
    return str(raw)


def truth_meant(text: str) -> str | None:
    """Return ``true`` or ``false`` if ``text`` is another word for it."""
    for truth, words in _TRUTHS.items():
        if text.strip().lower() in words:
            return truth
    return None

"""What the things in a result are called: titles in the reader's language, or else bare names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.words import DEFAULT


def title(titles: Mapping[str, str] | None, name: str, lang: str) -> str:
    """Return the title in ``lang``, or else in the first language, or else the bare ``name``."""
    told = titles or {}
    return told.get(lang) or told.get(DEFAULT) or name


def named(result: Mapping[str, Any], kind: str, name: str, lang: str) -> str:
    """Return what ``name`` of ``kind`` (``arms``, ``causes``, ``actors``) is called in ``lang``."""
    return title(result.get("labels", {}).get(kind, {}).get(name), name, lang)

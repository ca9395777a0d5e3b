"""Writes plain data as YAML of which ``source`` makes the same again, and values for messages."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import yaml

from sim.errors import shortened
from sim.words import Word
from sim.yaml.source import scalar


def write(data: Mapping[str, Any]) -> str:
    """Return ``data``, as it was read from a file, as text of another one."""
    options: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": inf}
    return str(yaml.dump(dict(data), Dumper=_Dumper, **options))


class _Dumper(yaml.SafeDumper):
    """Writes out what stands in two places, and quotes text that YAML 1.2 takes for a number."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None if scalar(text) is text else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def quoted(raw: object, most: int = 40) -> str:
    """Return ``raw`` as a message quotes it, cut to at most ``most`` characters."""
    return shortened(inline(raw), most)


def inline(raw: object) -> str:
    """Return ``raw`` on one line as it may be written in a file."""
    if isinstance(raw, Mapping):
        return "{" + ", ".join(f"{key}: {inline(value)}" for key, value in raw.items()) + "}"
    if isinstance(raw, list | tuple):
        return "[" + ", ".join(map(inline, raw)) + "]"
    if raw is None or isinstance(raw, bool):
        return {None: "null", True: "true", False: "false"}[raw]
    return str(raw)


def shown(value: object) -> object:
    """Return ``value`` as a message tells it: text in quotation marks, of lists only the kind."""
    if value is None:
        return Word("kind.nothing")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return Word("shown.text", {"text": shortened(value)})
    if isinstance(value, dict):
        return Word("kind.mapping")
    if isinstance(value, list):
        return Word("kind.list")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return shortened(str(value).replace("inf", ".inf"))

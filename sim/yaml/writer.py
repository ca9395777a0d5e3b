"""Writes plain data as YAML of which the reader makes the same again, and values as quoted."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import yaml

from sim.errors import shortened
from sim.yaml.reader import scalar


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

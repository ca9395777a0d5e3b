"""Writes plain data as YAML of which the reader makes the same data again."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import yaml

from sim.yaml.reader import scalar


def write(data: Mapping[str, Any]) -> str:
    """Return ``data``, as it was read from a file, as text of another one."""
    text: str = yaml.dump(
        dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=inf
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Writes out what stands in two places, and quotes text that YAML 1.2 takes for a number."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None if scalar(text) is text else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)

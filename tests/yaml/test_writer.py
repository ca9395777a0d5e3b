"""What is written is read as the same again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import shelf
from sim.yaml import source
from sim.yaml.source import FORBIDDEN
from sim.yaml.unseen import UNSEEN
from sim.yaml.writer import write

TEXTS = st.text(max_size=12).filter(lambda text: not FORBIDDEN.search(text)) | st.sampled_from(
    ["no", "0o17", "0x1F", "1e3", "1_000", "12:30", "2026-04-01", "~", ".inf", "true", "<< 3"]
)
KEYS = TEXTS.filter(lambda key: key != "" and not re.search(rf"{UNSEEN.pattern}|[\t\n\r]", key))
SCALARS = TEXTS | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=4))
def test_data_survive_being_written(data: dict[str, Any]) -> None:
    """Numbers stay numbers and texts that look like numbers stay texts."""
    again = source.loads(write(data)).data
    assert (again, repr(again)) == (data, repr(data))


@pytest.mark.parametrize("name", shelf.names("scenarios"))
def test_a_shipped_scenario_survives_being_written(name: str) -> None:
    """In the order in which its keys stand."""
    data = source.load(shelf.find("scenarios", name) or shelf.folders("scenarios")[0]).data
    again = source.loads(write(data)).data
    assert repr(again) == repr(data)

"""What tests share: worlds written as YAML, run by the reference engine, read as plain rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import worlds
from tests.worlds import Run

__all__ = ["Run", "Runner"]

Runner = Callable[..., Run]


@pytest.fixture
def world() -> Runner:
    """Return ``worlds.run``: a function that runs a world written as YAML."""
    return worlds.run

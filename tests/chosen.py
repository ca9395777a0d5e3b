"""Which random inputs the tests try: few, chosen by the commit, or in a soak as many as stated.

``SOAK=1`` tries the many, ``FIRST=N`` those that begin with another number.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, seed, settings

Test = TypeVar("Test", bound=Callable[..., Any])

SOAK: Final = bool(os.environ.get("SOAK"))


def _commit() -> int:
    """Return a number that follows from the commit, 0 where there is none."""
    command = ("git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD")
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return zlib.crc32(told.encode())


FIRST: Final = int(os.environ.get("FIRST", _commit()))
"""The number of the first random input."""


def tries(few: int, many: int) -> int:
    """Return how many inputs a test tries: ``few``, or ``many`` in a soak."""
    return many if SOAK else few


def examples(few: int, many: int) -> Callable[[Test], Test]:
    """Return a decorator of a hypothesis test that may take its time with each of its inputs."""
    chosen = settings(
        max_examples=tries(few, many),
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(FIRST)(chosen(test))

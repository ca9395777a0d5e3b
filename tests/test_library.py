"""What is shipped: it is valid, every number can be defended, and every source is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import shelf
from sim.experiment.checking import check
from sim.language.facts import facts
from sim.study.parameters import figures


def named() -> set[str]:
    """Return what looks like the id of a fact anywhere in the shipped definitions."""
    paths = [shelf.find(kind, name) for kind in shelf.KINDS for name in shelf.names(kind)]
    texts = [Path(path).read_text(encoding="utf-8") for path in paths if path is not None]
    return {found for text in texts for found in re.findall(r"[A-Z]{2,4}-C?\d+", text)}


@pytest.mark.heavy
@pytest.mark.parametrize(
    "path",
    [Path(str(shelf.find(kind, name))) for kind in shelf.KINDS for name in shelf.names(kind)]
    + shelf.facts(),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_everything_on_the_shelf_is_valid_and_defended(path: Path) -> None:
    """`check` finds neither a problem nor a warning in any shipped file."""
    problems, warnings = check([path])
    assert problems == []
    assert [warning.text() for warning in warnings] == []


def test_every_number_has_a_source_or_a_range_and_a_weak_source_has_both() -> None:
    """General knowledge (C) is an assumption: it is named and bounded."""
    found = figures()
    assert len(found) > 200
    assert [f for f in found if not f.defended] == []
    assert [f for f in found if f.confidence == "C" and f.range is None] == []


def test_every_source_that_is_cited_is_in_the_registry() -> None:
    """And nothing is in the registry that no number and no comment cites."""
    cited = {f.source for f in figures() if f.source is not None}
    assert cited <= set(facts())
    assert set(facts()) <= cited | named()

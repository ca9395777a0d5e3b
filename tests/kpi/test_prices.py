"""What work costs by the document and by the hour, and who pays, on models written as YAML."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engine import reference
from sim.kpi.measures import measure
from tests.worlds import compiled, written

DRAFTS = """
applicant: me
actors: {me: person, ai: %s, desk: {agent: clerk, staff: unlimited}}
documents: {form: Form, annex: Annex, permit: Permit}
defects: {slip: Slip}
steps:
  draft: {gives: [form, annex], by: ai, makes: {slip: 2%%}, decides: [big]}
  check: {needs: [form, annex], gives: [permit], by: desk, work: 30min, finds: {slip: 100%%}}
attributes: {big: 50%%}
goal: [permit]
"""
CASES = 4_000


def costs(price: str = "30", ai: str = "drafter", more: str = "") -> Any:
    """Return the table of cases: an AI drafts two documents, a clerk at 3,000 yen checks them."""
    redo = "rules: {returned: {redo: {then: {redo: {after: 0s}}}}}"
    agents = {
        "drafter": f"{{agent: drafter, kind: ai, price: {price}{more}, {redo}}}",
        "clerk": "{agent: clerk, kind: office, hourly: 3000}",
    }
    files = written(DRAFTS % ai, f"{{count: {CASES}, using: [p], arrivals: 1h}}", agents=agents)
    program = compiled(files)
    return measure(program, reference.run(program, 3, 0)).cases


@pytest.mark.parametrize(("price", "seen"), [("1000", False), ("1020", True)])
def test_what_drafts_cost_is_two_documents_a_visit(price: str, *, seen: bool) -> None:
    """Visits are geometric, mean 1/(1-p), variance p/(1-p)²; 2 % in the price are seen.

    What is decided besides is no document and costs nothing.
    """
    p, cost = 0.02, costs(price)["cost"]
    deviation = 2_000 * math.sqrt(p) / (1 - p) / math.sqrt(CASES)
    z = abs(cost.mean() - 2_000 / (1 - p)) / deviation
    assert z > 6 if seen else z < 4


def test_who_pays_is_told_apart() -> None:
    """Half an hour of the clerk at 3,000 yen for each check; the drafts where it is said."""
    ours, theirs, plain = costs(), costs(more=", paid_by: office"), costs("0")
    checks = plain["office"] // 1800
    assert (plain["cost"] == 0).all()
    assert (plain["office_cost"] == 1_500 * checks).all()
    assert (ours["office_cost"] == plain["office_cost"]).all()
    assert (ours["cost"] == 60 * checks).all()  # as many drafts as checks
    assert (theirs["cost"] == 0).all()
    assert (theirs["office_cost"] - plain["office_cost"] == ours["cost"]).all()


def test_a_price_of_nothing_changes_no_model() -> None:
    """Nor does a price change a run."""
    free, robot = costs("0"), costs(ai="robot")
    assert np.array_equal(free["end"], robot["end"])
    assert (free["cost"] == robot["cost"]).all()

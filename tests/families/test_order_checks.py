"""Four checks of a payment order: each finds the kinds of slip that show in what it looks at."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
import pytest

from sim.compile.compiler import compile_worlds
from sim.engine import reference
from sim.experiment import checking
from sim.log import LIFE, OUTCOMES
from sim.study import loader
from tests.families.conftest import Shelf, falls
from tests.worlds import Run

AMOUNT: Final = 100_000
PAYEES: Final = 463
ORDERS: Final = {
    "right": [AMOUNT] * PAYEES,
    "list_doubled": [AMOUNT] * 2 * PAYEES,
    "all_to_one": [AMOUNT * PAYEES],
    "wrong_account": [AMOUNT] * PAYEES,
    "sent_again": [AMOUNT] * PAYEES,
    "digit_more": [10 * AMOUNT, *[AMOUNT] * (PAYEES - 1)],
    "digit_less": [AMOUNT // 10, *[AMOUNT] * (PAYEES - 1)],
    "one_left_out": [AMOUNT] * (PAYEES - 1),
}
"""What is paid by an order with each slip, payment by payment."""

LISTED: Final = ORDERS["right"]
SEES: Final = {
    "sum": {kind for kind, paid in ORDERS.items() if sum(paid) != sum(LISTED)},
    "payee": {kind for kind, paid in ORDERS.items() if len(paid) != len(LISTED)},
    "limit": {kind for kind, paid in ORDERS.items() if max(paid) > 500_000},
    "number": {"sent_again"},
}
"""Which slips each check can see, worked out from the payments."""


@cache
def run(*checks: str) -> Run:
    """Run the orders with some checks, which never overlook what they can see."""
    study = loader.load("order_checks", levers=[f"{name}_check=yes" for name in checks])
    (model,) = compile_worlds([world for world in study.worlds if world.arm == "none"])
    return Run(model, reference.run(model, 7, 0), {})


def kinds(made: Run) -> list[str]:
    """Return the kind of slip of each case."""
    assert made.model.report is not None
    (group,) = made.model.report.groups
    return [group.names[value] for value in made.log.attributes[:, group.attribute].tolist()]


def found(made: Run) -> dict[int, bool]:
    """Return each case that a check looked at a slip of, and whether one found it."""
    told: dict[int, bool] = {}
    for row in made.log.defects:
        if LIFE[row["what"]] in {"missed", "found"}:
            case = int(row["case"])
            told[case] = told.get(case, False) or LIFE[row["what"]] == "found"
    return told


def test_the_file_says_of_an_order_what_its_payments_come_to() -> None:
    """What an order is, is worked out from what is paid; the shares make up a whole."""
    data = loader.load("order_checks").read["procedures", "transfer_order"].data["attributes"]
    assert list(data["order_slip"]) == list(ORDERS)
    for kind, paid in ORDERS.items():
        is_so = {name: one.get(kind, one.get("else")) for name, one in data.items()}
        assert is_so["sum_off"] == abs(sum(paid) - sum(LISTED))
        assert is_so["payees_off"] == abs(len(paid) - len(LISTED))
        assert is_so["largest_payment"] == max(paid)
        assert is_so["number_seen"] == ("100%" if kind == "sent_again" else "0%")
        over = sum(paid) if kind == "sent_again" else max(sum(paid) - sum(LISTED), 0)
        strangers = {"all_to_one": sum(paid), "wrong_account": AMOUNT}
        assert is_so["order_astray"] == strangers.get(kind, over)


@pytest.mark.parametrize("check", SEES)
def test_a_check_finds_exactly_the_slips_that_it_can_see(check: str) -> None:
    """Case by case: all that show in what it looks at, and none of the others."""
    made = run(check)
    looked = found(made)
    assert len(looked) > 50
    for case, kind in enumerate(kinds(made)):
        assert (case in looked) == (kind != "right")
        assert looked.get(case, False) == (kind in SEES[check]), (case, kind)
        ends = OUTCOMES[made.log.cases["outcome"][case]]
        assert (ends == "flawed") == (kind != "right" and kind not in SEES[check])


@pytest.mark.parametrize(
    "checks", [pair for n in (2, 3, 4) for pair in combinations(SEES, n)], ids="+".join
)
def test_checks_together_find_what_any_of_them_finds(checks: tuple[str, ...]) -> None:
    """The union, case by case, and the money of the rest goes astray."""
    made, alone = run(*checks), [found(run(check)) for check in checks]
    every = found(made)
    assert every == {case: any(one[case] for one in alone) for case in every}
    kept = np.array([every.get(case, False) for case in range(len(made.log.cases))])
    before = run().log.cases["mispaid"]
    assert (made.log.cases["mispaid"] == np.where(kept, 0, before)).all()


def test_no_check_sees_an_account_of_somebody_else() -> None:
    """Nor do all four."""
    left = {kind for kind, row in zip(kinds(run()), run().log.cases, strict=True) if row["mispaid"]}
    assert left == set(ORDERS) - {"right", "digit_less", "one_left_out"}
    made = run(*SEES)
    still = {kind for kind, row in zip(kinds(made), made.log.cases, strict=True) if row["mispaid"]}
    assert still == {"wrong_account"}


@pytest.mark.parametrize("check", SEES)
def test_a_check_keeps_money_and_one_that_never_finds_keeps_none(check: str, shelf: Shelf) -> None:
    """Paired over ten replications; with its finding switched off nothing is left of it."""
    mispaid, arms = shelf.estimators.total("mispaid"), ("none", check)
    assert falls(shelf.change("order_checks", arms, mispaid, (), (), 10))
    off = (f"agents.order_checks.skills.{check}_check.finds=0%",)
    none = shelf.change("order_checks", arms, mispaid, off, off, 10)
    assert (none.low, none.value, none.high) == (0, 0, 0)


def test_a_lower_limit_sees_no_more_and_a_higher_one_less(shelf: Shelf) -> None:
    """The limit looks at the largest payment, and a digit more is ten times what is due."""
    finds = "{{by: largest_payment, '> {}': 100%, else: 0%}}"
    path = f"agents.order_checks.skills.limit_check.finds={finds}"
    mispaid, now = shelf.estimators.total("mispaid"), (path.format(500_000),)
    low, high = (path.format(100_000),), (path.format(1_000_000),)
    same = shelf.change("order_checks", "limit", mispaid, now, low, 10)
    assert (same.low, same.high) == (0, 0)
    assert falls(shelf.change("order_checks", "limit", mispaid, high, now, 10))


def test_the_demonstration_has_nothing_wrong() -> None:
    """Neither a problem nor a number without source or range."""
    names = (
        ("scenarios", "order_checks"),
        ("procedures", "transfer_order"),
        ("agents", "order_checks"),
        ("agents", "order_section"),
    )
    assert checking.check([loader.find(kind, name) for kind, name in names]) == ([], [])  # type: ignore[arg-type]

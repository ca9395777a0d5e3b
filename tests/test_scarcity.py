"""The page of scarcity says what its commands print."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from sim import cli
from sim.experiment.run import compare
from sim.study import loader

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "scarcity.md"
SCREEN: Final = re.compile(r"```console\n\$ (tetsuzuki [^\n]+)\n.*?```", re.DOTALL)
TABLE: Final = re.compile(r"(?<=<!-- checks -->\n)(?:\|.*\n)*")
SLIPS: Final = {
    "right": "正しい指図",
    "list_doubled": "名簿の二重計上",
    "all_to_one": "全額を一人に",
    "wrong_account": "他人の口座",
    "sent_again": "同じ指図の再送",
    "digit_more": "一桁多い",
    "digit_less": "一桁少ない",
    "one_left_out": "一人漏れ",
}

pytestmark = pytest.mark.heavy


def checked(page: str) -> None:
    """Hold the page against what is printed; UPDATE_DOCS=1 writes it anew."""
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_its_screens_are_what_the_program_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, as wide as a page."""
    monkeypatch.setenv("COLUMNS", "100")

    def printed(found: re.Match[str]) -> str:
        _, *args = shlex.split(found[1])
        told = CliRunner().invoke(cli.app, [*args, "--lang", "en", "--quiet"]).stdout
        return f"```console\n$ {found[1]}\n{told}```"

    checked(SCREEN.sub(printed, PAGE.read_text(encoding="utf-8")))


def test_its_table_of_checks_is_what_a_run_says() -> None:
    """By kind of slip: the share of orders paid wrongly with each check, and the yen astray."""
    arms = list(compare(loader.load("order_checks")).arms.values())
    rows = [
        "slip | 誤り | No check | Sum | Payees | Limit | Number | All four | astray",
        "---|" * 8 + "---",
    ]
    for slip, title in SLIPS.items():
        groups = [arm.groups["order_slip"][slip].figures for arm in arms]
        shares = [f"{100 * one['failure_rate'].value:.0f}" for one in groups]
        yen = f"{groups[0]['money_yen.mispaid'].value / 1e6:,.1f}"
        rows.append(" | ".join((f"`{slip}`", title, *shares, yen)))
    text = "".join(f"| {row} |\n" for row in rows).replace("| ---", "|---").replace("--- |", "---|")
    checked(TABLE.sub(lambda _: text, PAGE.read_text(encoding="utf-8"), count=1))

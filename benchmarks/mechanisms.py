"""Measures what each mechanism costs: one model with and without it, in turn, as a table.

Usage: python benchmarks/mechanisms.py [TURNS]   (default 9, about a minute)

A person writes a form and fetches a paper, a system takes both in, a desk examines them and sends
some back, a board decides once a week. Each mechanism changes a few words of it. The plain model
and the one with the mechanism run in turn in this process; told is the median of the ratios of
neighbours, of CPU-seconds a replication, CPU-seconds a row of the log (a mechanism may make a
journey longer), and bytes allocated at the peak.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock

from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.engine.record import Record
from sim.study import loader

CASES: Final = 400
PLAIN: Final = """procedure: plain
applicant: me
actors:
  me: person
  portal: system
  desk: {agent: office, hours: office, staff: 6}
  board: {agent: office, hours: office}
calendars: {closing: {days: [fri], at: ["17:00"]}}
attributes: {score: {uniform: [0, 1000]}, seen: 1, adopted: true}
documents:
  form: Form
  proof: Proof
  receipt: Receipt
  report: Report
  permit: Permit
  card: Card
defects: {slip: {en: Slip, ja: 誤り, harm: wrong}, missing: {en: Missing, ja: 欠落, harm: wrong}}
steps:
  fill: {gives: form, by: me, work: {median: 20min, p90: 1h}, makes: {slip: 20%}}
  fetch: {gives: proof, by: me, work: {median: 20min, p90: 1h}}
  file: {needs: [form, proof], gives: receipt, by: [me, portal], work: 1min}
  examine:
    needs: [form, proof, receipt]
    gives: report
    by: desk
    work: {median: 30min, p90: 1h}
    finds: {slip: 80%, missing: 80%}
  decide: {needs: [report], gives: permit, by: board, work: 1h, batch: {at: closing}}
  collect: {needs: [permit], gives: card, by: me, work: 10min}
goal: [card]
"""
PERSON: Final = "kind: person\nrules: {returned: {redo: {then: redo}}}\n"
AGENTS: Final = {"person": PERSON, "system": "kind: system", "office": "kind: office"}
SCENARIO: Final = """scenario: plain_run
start: 2026-04-01
channels: [analog]
cases: {{all: {{count: {cases}, arrivals: 30min, using: [plain]}}}}
"""
SKILLS: Final = """skills:
  fill: {work: {each: entries, median: 1min, p90: 3min}, slips: {each: entries, value: 1.11%}}
"""
FOUND: Final = (
    "indicators: {found: {count: {found: slip}, per: {given: report}, over: 30d, else: 0%}}"
)
SEEN: Final = 'seen: {by: found, "> 15%": 1, else: 2}'


@dataclass(frozen=True)
class Change:
    """What a mechanism changes: words of the procedure, of the scenario, and whole agents.

    ``base``: what the model without it has instead, if that is not the plain one.
    """

    words: tuple[tuple[str, str], ...] = ()
    agents: Mapping[str, str] | None = None
    scenario: tuple[tuple[str, str], ...] = ()
    base: Change | None = None


MECHANISMS: Final = {
    "nothing": Change(),
    "skills and sizes": Change(
        (
            ("form: Form", "form: {en: Form, ja: 書類, size: {entries: 20}, slip: slip}"),
            (
                "{gives: form, by: me, work: {median: 20min, p90: 1h}, makes: {slip: 20%}}",
                "{task: fill, gives: form, by: me}",
            ),
        ),
        {"person": PERSON + SKILLS},
    ),
    "knows": Change(
        (("proof: Proof", "proof: {en: Proof, ja: 証明, left_out: missing}"),),
        {"person": PERSON + "knows: 90%"},
    ),
    "sessions": Change(
        (), {"person": PERSON + "sessions: {after: {median: 8h, p90: 2d}, last: 2h}"}
    ),
    "load": Change((("staff: 6}", "staff: 6, load: {share: 30%, each: 30min}}"),)),
    "indicators": Change(
        (
            ("seen: 1", SEEN),
            ("steps:\n", f"{FOUND}\nsteps:\n"),
        )
    ),
    "select": Change(
        (
            ("adopted: true", "adopted: false"),
            (
                "batch: {at: closing}",
                "select: {at: closing, places: 100000, rank: score, decides: adopted}",
            ),
        )
    ),
    "staff of each site (20)": Change(
        (("staff: 6}", "staff: {value: 1, each: site}}"),),
        scenario=(("count", "sites: 20, count"), ("30min", "10h")),
        base=Change(scenario=(("count", "sites: 20, count"),)),
    ),
    "random outages": Change(
        scenario=(
            (
                "cases:",
                "outages: [{actor: portal, every: {exponential: {mean: 9d}}, for: 5h}]\ncases:",
            ),
        )
    ),
    "prices": Change(
        (("portal: system", "portal: ai"),),
        {"ai": "kind: ai\nprice: 30", "office": "kind: office\nhourly: 3000"},
        base=Change((("portal: system", "portal: ai"),), {"ai": "kind: ai"}),
    ),
}
"""By what is told of each."""


def changed(text: str, words: tuple[tuple[str, str], ...]) -> str:
    """Return a text with some words in the place of others, each of which must be there."""
    for old, new in words:
        if old not in text:
            raise ValueError(f"{old!r} must be in the model")
        text = text.replace(old, new)
    return text


def compiled(change: Change) -> Program:
    """Return a model, from files in the present folder."""
    texts = {
        f"agents/{n}": f"agent: {n}\n{t}\n" for n, t in (AGENTS | {**(change.agents or {})}).items()
    }
    texts["procedures/plain"] = changed(PLAIN, change.words)
    texts["scenarios/plain_run"] = changed(SCENARIO.format(cases=CASES), change.scenario)
    for name, text in texts.items():
        path = Path(f"{name}.yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return compile_world(loader.load("plain_run").worlds[0])


def nothing(*_: object) -> None:
    """Do nothing."""


def silent() -> AbstractContextManager[object]:
    """Return a context in which nobody writes the lives of slips down."""
    stack = ExitStack()
    for name in ("made", "slip", "shed", "_end_slips"):
        stack.enter_context(mock.patch.object(Record, name, nothing))
    return stack


@dataclass(frozen=True)
class Cost:
    """Of one replication: CPU-seconds and rows of the log."""

    seconds: float
    rows: int

    @property
    def a_row(self) -> float:
        """CPU-seconds a row."""
        return self.seconds / self.rows


def cost(model: Program, number: int, within: Callable[[], AbstractContextManager[object]]) -> Cost:
    """Return what one replication costs."""
    with within():
        gc.collect()
        start = time.process_time()
        log = reference.run(model, 1, number)
        return Cost(time.process_time() - start, len(log.events))


def peak(model: Program, within: Callable[[], AbstractContextManager[object]]) -> int:
    """Return the bytes that one replication has allocated at its peak, its log among them."""
    with within():
        gc.collect()
        tracemalloc.start()
        reference.run(model, 1, 0)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most


Side = tuple[Program, Callable[[], AbstractContextManager[object]]]
"""A model, and in what context it runs."""


def row(name: str, plain: Side, other: Side, turns: int) -> None:
    """Print a line of the table: ``other`` beside ``plain``."""
    sides = plain, other
    for model, within in sides:
        cost(model, 0, within)
    pairs = []
    for turn in range(turns):
        order = sides if turn % 2 == 0 else sides[::-1]
        found = [cost(model, turn, within) for model, within in order]
        pairs.append(found if turn % 2 == 0 else found[::-1])
    whole = sorted(with_.seconds / without.seconds for without, with_ in pairs)
    each = statistics.median(with_.a_row / without.a_row for without, with_ in pairs)
    rate = statistics.median(1 / with_.a_row for _, with_ in pairs)
    longer = sum(with_.rows for _, with_ in pairs) / sum(without.rows for without, _ in pairs)
    most = peak(*other) / peak(*plain)
    spent = f"{statistics.median(whole):.2f} | {whole[0]:.2f}, {whole[-1]:.2f}"
    print(
        f"| {name} | {rate:,.0f} | {longer:.2f} | {spent} | {each:.2f} | {most:.2f} |",
        flush=True,
    )


def main(turns: int) -> None:
    """Print the table."""
    print(
        "| mechanism | rows per CPU-second | rows | time | lowest, highest | time a row | memory |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        plain = compiled(Change())
        for name, change in MECHANISMS.items():
            without = compiled(change.base) if change.base else plain
            row(name, (without, nullcontext), (compiled(change), nullcontext), turns)
        row("the table of slips", (plain, silent), (plain, nullcontext), turns)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)

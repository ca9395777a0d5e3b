"""What a scenario asks to be told besides the usual figures, in numbers."""

from __future__ import annotations

from sim.compile.program import GroupSpec, ObservedSpec, ReportSpec
from sim.compile.symbols import Symbols


def report(ledger: Symbols) -> ReportSpec | None:
    """Return what the scenario asks for, families of documents unrolled; None for nothing."""
    asked = ledger.scenario.report
    if asked is None:
        return None
    every = (d for name in asked.documents for d in ledger.journey.documents(name))
    return ReportSpec(
        documents=tuple(dict.fromkeys(every)),
        groups=tuple(_group(ledger, name) for name in dict.fromkeys(asked.groups)),
        observed=tuple(
            ObservedSpec(
                fact=fact,
                document=ledger.journey.documents(one.document)[0],
                by=int(ledger.fixed(one.by)),
                from_start=one.since == "start",
                value=ledger.fixed(one.value),
            )
            for fact, one in asked.observed.items()
        ),
    )


def _group(ledger: Symbols, name: str) -> GroupSpec:
    domain = ledger.names.domains[name]
    names = ("false", "true") if domain.kind == "bool" else domain.names
    return GroupSpec(name, ledger.names.attributes[name], names)

"""Results for tests: what ``run --json`` prints as a typed result, and what ``--out`` keeps."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from sim.experiment import store
from sim.experiment.result import (
    ArmResult,
    DocumentResult,
    GroupResult,
    ObservedResult,
    PairedDifference,
    Result,
)
from sim.kpi.metrics import METRICS
from sim.stats import Difference, Estimate

_COUNTS = ("cases", "events")
_BESIDES = ("causes", "documents", "groups", "observed")


def typed(told: Mapping[str, Any]) -> Result:
    """Return a result as the pages take it; labels may be missing."""
    return Result(
        **{key: told[key] for key in ("scenario", "title", "seed", "replications", "engine")},
        digest=told["digest"],
        arms={name: _arm(arm) for name, arm in told["arms"].items()},
        pools={
            actor: {arm: _estimates(figures) for arm, figures in arms.items()}
            for actor, arms in told["pools"].items()
        },
        differences=tuple(_difference(row) for row in told["differences"]),
        warnings=tuple(told["warnings"]),
        labels=told.get("labels", {}),
    )


def estimate(told: Mapping[str, float | None]) -> Estimate:
    """Return an estimate; an unknown value is never reached, an unknown end is open."""
    value, low, high = (told[name] for name in ("value", "low", "high"))
    return Estimate(
        math.inf if value is None else value,
        -math.inf if low is None else low,
        math.inf if high is None else high,
    )


def _arm(arm: Mapping[str, Any]) -> ArmResult:
    return ArmResult(
        **{name: arm[name] for name in _COUNTS},
        figures=dict(_figures(arm)),
        causes=_estimates(arm["causes"]),
        documents={
            name: DocumentResult(estimate(one["reached_rate"]), _estimates(one["days"]))
            for name, one in arm.get("documents", {}).items()
        },
        groups={
            attribute: {
                value: GroupResult(one["cases"], dict(_figures(one)))
                for value, one in values.items()
            }
            for attribute, values in arm.get("groups", {}).items()
        },
        observed={
            fact: ObservedResult(**{**one, "simulated": estimate(one["simulated"])})
            for fact, one in arm.get("observed", {}).items()
        },
    )


def _figures(told: Mapping[str, Any]) -> Iterator[tuple[str, Estimate]]:
    for name in METRICS:
        place: Any = told
        for part in name.split("."):
            place = place.get(part, {})
        if place:
            yield name, estimate(place)


def _estimates(told: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: estimate(one) for name, one in told.items()}


def _difference(row: Mapping[str, Any]) -> PairedDifference:
    found = estimate(row)
    p = math.nan if row["p"] is None else row["p"]
    change = Difference(found.value, found.low, found.high, p)
    return PairedDifference(row["from"], row["to"], row["kpi"], change)


@dataclass(frozen=True)
class Kept:
    """A result folder that is whole: its manifest, its YAML by the name of its file, its JSON."""

    folder: Path
    manifest: dict[str, Any]
    texts: dict[str, str]
    result: dict[str, Any]

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the columns of ``cases``, ``events`` or ``decisions``; masked where empty."""
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as database:
            file = str(self.folder / f"{name}.parquet")
            rows = database.execute("SELECT * FROM read_parquet(?)", [file])
            return dict(rows.fetchnumpy())


def kept(folder: Path) -> Kept:
    """Return a result folder, which must be whole."""
    assert whole(folder)
    manifest = json.loads((folder / store.MANIFEST).read_text("utf-8"))
    names = [name for name in manifest["files"] if name.endswith(".yaml")]
    texts = {name: (folder / name).read_text("utf-8") for name in names}
    return Kept(folder, manifest, texts, json.loads((folder / "kpi.json").read_text("utf-8")))


def whole(folder: Path) -> bool:
    """Whether a folder has its final name and every file just as its manifest says."""
    manifest = folder / store.MANIFEST
    if folder.name.startswith(".") or not manifest.is_file():
        return False
    files = json.loads(manifest.read_text("utf-8"))["files"]
    return files.keys() >= set(store.FILES) and all(
        (folder / name).is_file() and _described((folder / name).read_bytes()) == told
        for name, told in files.items()
    )


def _described(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

"""Which assumptions matter: each is set to both ends of its range while all else stays as it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim import stats
from sim.compile.compiler import compile_worlds
from sim.compile.program import Program
from sim.errors import InvalidInput, UsageError
from sim.experiment import pool
from sim.experiment.result import Effect, Ranking
from sim.experiment.run import labels
from sim.experiment.work import AUTO, ENGINES, Job
from sim.kpi.metrics import METRICS, compared
from sim.language.base import CHANNELS
from sim.study import loader
from sim.study.assumptions import Assumption, assumptions
from sim.study.overrides import Assignment
from sim.yaml import source

CASES: Final = 20
REPLICATIONS: Final = 4
"""Small, since every number takes two runs of both arms."""

_CONDITIONS: Final = frozenset(("if", "open_to"))
"""What decides whether a step is done at all, and how."""

Runs = tuple[float, ...]
"""One figure of one arm, replication by replication."""

Outcome = Mapping[str, Runs] | None
"""The arms that a number changes; None if no run is possible with it."""


@dataclass(frozen=True)
class Sweep:
    """What every worker needs to know."""

    located: source.Located
    sets: tuple[Assignment, ...]
    arms: tuple[str, str]
    digests: Mapping[str, str]
    numbers: tuple[Assumption, ...]
    kpi: str
    seed: int
    replications: int

    def do(self, number: int, end: int) -> Outcome:
        """Return the figures of the arms that change with a number at one end of its range."""
        moved = self.numbers[number]
        try:
            models = self.models(loader.assigned(moved.path, moved.ends[end]))
        except InvalidInput:
            return None
        changed = (m for m in models if m.arm in moved.arms and m.digest != self.digests[m.arm])
        return {model.arm: self._runs(model) for model in changed}

    def models(self, *moved: Assignment) -> tuple[Program, ...]:
        """Return both arms, compiled with one more setting. Raises InvalidInput."""
        return compile_worlds(self.worlds(*moved))

    def worlds(self, *moved: Assignment) -> list[loader.World]:
        """Return both arms as worlds. Raises InvalidInput."""
        study = loader.study(self.located, sets=[*self.sets, *moved])
        return [world for name in self.arms for world in study.worlds if world.arm == name]

    def _runs(self, model: Program) -> Runs:
        job, told = Job((model,), AUTO, self.seed, keep=False), METRICS[self.kpi].estimator
        return tuple(told(job.do(0, r).measures.cases) for r in range(self.replications))

    def base(self) -> dict[str, Runs]:
        """Return the figures of both arms as they are."""
        return {model.arm: self._runs(model) for model in self.models()}

    def used(self) -> set[tuple[str, str]]:
        """Return which steps were done, each as (procedure.step, channel), in either arm."""
        found = set()
        for model in self.models():
            for replication in range(self.replications):
                log = ENGINES[AUTO](model, self.seed, replication)
                profiles = (model.profiles[n] for n in set(log.events["profile"].tolist()))
                found |= {(model.steps[p.step], CHANNELS[p.channel]) for p in profiles}
        return {(".".join(step.split(".")[:2]), channel) for step, channel in found}


def rank(  # noqa: PLR0913 -- the options of the command
    name: str,
    *,
    start: str | None = None,
    end: str | None = None,
    kpi: str = "latency_days.mean",
    replications: int = REPLICATIONS,
    cases: int = CASES,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank the assumptions of a scenario by what they do to ``end`` minus ``start``.

    ``cases``: at most so many a replication, each stream cut down alike. Both arms share their
    draws, and so do the two ends of a number's range. Without names the arms are digital and
    agentic, or the first and the last. Raises InvalidInput, UsageError and RunFailed.
    """
    known_kpis = [metric.name for metric in compared()]
    if kpi not in known_kpis:
        raise UsageError("no_such_kpi", name=kpi, known=", ".join(known_kpis))
    located = source.load(loader.find("scenarios", name))
    study = loader.study(located)
    arms = _arms([world.arm for world in study.worlds], start, end)
    sets = tuple(_fewer(study, cases))
    seed = study.scenario.seed
    plain = Sweep(located, sets, arms, {}, (), kpi, seed, replications)
    worlds = plain.worlds()
    models = compile_worlds(worlds)
    known = assumptions(worlds)
    numbers = tuple(_that_may_matter(known, worlds, plain.used()))
    digests = {model.arm: model.digest for model in models}
    sweep = Sweep(located, sets, arms, digests, numbers, kpi, seed, replications)
    found = _outcomes(sweep, workers, progress or (lambda _done, _all: None))
    title = study.scenario.title
    rows, invalid = _ranked(sweep, found)
    base = _difference(sweep.base(), arms)
    return Ranking(
        scenario=study.name,
        title={"en": title.en, "ja": title.ja} if title is not None else {},
        start=arms[0],
        end=arms[1],
        kpi=kpi,
        seed=seed,
        replications=replications,
        cases=sum(_counts(worlds[0].scenario).values()),
        numbers=len(known),
        difference=base,
        idle=len(known) - len(rows) - invalid,
        invalid=invalid,
        rows=rows,
        labels={"arms": labels(models)["arms"]},
    )


def _that_may_matter(
    numbers: Sequence[Assumption], worlds: Sequence[loader.World], used: set[tuple[str, str]]
) -> Iterator[Assumption]:
    """Leave out what says how a step is done that nobody did, or not in that channel.

    With the same seed nobody will do it whatever it says, unless it is a condition.
    """
    for number in numbers:
        procedure, part, step, *rest = (*number.path.split("."), "", "", "")
        if part != "steps" or _CONDITIONS & set(rest):
            yield number
            continue
        channels = {rest[0]} & set(CHANNELS) or set(CHANNELS)
        for world in worlds:
            drafted = world.drafts["procedure", procedure].data["steps"][step]
            channels |= {c for c in CHANNELS if str(drafted.get(c)) in channels}
        if any((f"{procedure}.{step}", channel) in used for channel in channels):
            yield number


def _arms(names: Sequence[str], start: str | None, end: str | None) -> tuple[str, str]:
    usual = {"digital", "agentic"} <= set(names)
    first, last = ("digital", "agentic") if usual else (names[0], names[-1])
    chosen = (start or first, end or last)
    for name in chosen:
        if name not in names:
            raise UsageError("no_such_arm", name=name, known=", ".join(names))
    return chosen


def _counts(scenario: Any) -> dict[str, int]:
    return {name: stream.count for name, stream in scenario.cases.items() if not stream.background}


def _fewer(study: loader.Study, cases: int) -> list[Assignment]:
    """Return what cuts all streams down alike so that at most ``cases`` are counted."""
    share = min(1.0, cases / sum(_counts(study.scenario).values()))
    return [
        loader.assigned(f"cases.{name}.count", max(1, math.ceil(stream.count * share)))
        for name, stream in study.scenario.cases.items()
        if share < 1
    ]


def _outcomes(
    sweep: Sweep, workers: int, progress: Callable[[int, int], None]
) -> dict[pool.Task, Outcome]:
    tasks = [(n, end) for n in range(len(sweep.numbers)) for end in (0, 1)]
    found: dict[pool.Task, Outcome] = {}
    for task, outcome in pool.done(sweep, tasks, workers):
        found[task] = outcome
        progress(len(found), len(tasks))
    return found


def _ranked(sweep: Sweep, found: Mapping[pool.Task, Outcome]) -> tuple[tuple[Effect, ...], int]:
    """Return what each number does, and how many cannot be set to an end of their range."""
    base = sweep.base()
    rows, apart, invalid = [], [], 0
    for n, number in enumerate(sweep.numbers):
        low, high = found[n, 0], found[n, 1]
        if low is None or high is None:
            invalid += 1
        elif low or high:
            row, p = _row(number, {**base, **low}, {**base, **high}, sweep.arms)
            rows.append(row)
            apart.append(p)
    sure = (bool(p < 1 - stats.LEVEL) for p in stats.holm(apart))
    told = (replace(row, certain=certain) for row, certain in zip(rows, sure, strict=True))
    return tuple(sorted(told, key=_place)), invalid


def _place(row: Effect) -> tuple[float, str]:
    return (-row.spread if math.isfinite(row.spread) else 0.0, row.path)


def _row(
    number: Assumption, low: Mapping[str, Runs], high: Mapping[str, Runs], arms: tuple[str, str]
) -> tuple[Effect, float]:
    """Return what a number does, and the p value of "nothing"."""
    ends = [_difference(runs, arms) for runs in (low, high)]
    above, below = ([b - a for a, b in _pairs(runs, arms)] for runs in (high, low))
    apart = stats.difference(above, below)
    row = Effect(
        path=number.path,
        value=number.value,
        range=number.range,
        source=number.source,
        arms=number.arms,
        low=ends[0].value,
        high=ends[1].value,
        spread=abs(apart.value),
        certain=False,
    )
    return row, apart.p


def _pairs(runs: Mapping[str, Runs], arms: tuple[str, str]) -> list[tuple[float, float]]:
    start, end = arms
    return list(zip(runs[start], runs[end], strict=True))


def _difference(runs: Mapping[str, Runs], arms: tuple[str, str]) -> stats.Difference:
    start, end = arms
    return stats.difference(runs[end], runs[start])

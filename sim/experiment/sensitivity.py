"""Which assumptions matter: each is set to both ends of its range while all else stays as it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim import stats
from sim.compile.compiler import compile_worlds
from sim.compile.program import Program
from sim.errors import InvalidInput, UsageError
from sim.experiment.result import Effect, Ranking
from sim.experiment.run import labels
from sim.experiment.work import AUTO, ENGINES, Job, Progress, Task, done
from sim.kpi.metrics import METRICS, compared
from sim.language.base import CHANNELS
from sim.study import loader
from sim.study.overrides import Assignment
from sim.study.parameters import Assumption, assumptions
from sim.yaml import source

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
    kpi: str
    seed: int
    replications: int
    digests: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[Assumption, ...] = ()

    def do(self, number: int, end: int) -> Outcome:
        """Return the figures of the arms that change with a number at one end of its range."""
        moved = self.numbers[number]
        try:
            worlds = self.worlds(loader.assigned(moved.path, moved.ends[end]))
            models = compile_worlds(worlds)
        except InvalidInput:
            return None
        changed = (m for m in models if m.arm in moved.arms and m.digest != self.digests[m.arm])
        return {model.arm: self.runs(model) for model in changed}

    def worlds(self, *moved: Assignment) -> list[loader.World]:
        """Return both arms as worlds, with one more setting. Raises InvalidInput."""
        study = loader.study(self.located, sets=[*self.sets, *moved])
        return [world for name in self.arms for world in study.worlds if world.arm == name]

    def runs(self, model: Program) -> Runs:
        """Return the figure of an arm."""
        job, told = Job((model,), AUTO, self.seed, keep=False), METRICS[self.kpi].estimator
        return tuple(told(job.do(0, r).measures.cases) for r in range(self.replications))

    def used(self, models: Iterable[Program]) -> set[tuple[str, str]]:
        """Return which steps were done, each as (procedure.step, channel), in any arm."""
        found = set()
        for model in models:
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
    replications: int = 4,
    cases: int = 20,
    workers: int = 1,
    progress: Progress | None = None,
) -> Ranking:
    """Rank the assumptions of a scenario by what they do to ``end`` minus ``start``.

    ``cases``: at most so many a replication, each stream cut down alike. Few, as are the
    ``replications``, since every number takes two runs of both arms. Both arms share their
    draws, and so do the two ends of a number's range. Without names the arms are digital and
    agentic, or the first and the last. Raises InvalidInput, UsageError and RunFailed.
    """
    known_kpis = [metric.name for metric in compared()]
    if kpi not in known_kpis:
        raise UsageError("no_such_kpi", name=kpi, known=", ".join(known_kpis))
    located = source.load(loader.find("scenarios", name))
    study = loader.study(located)
    arms = _arms([world.arm for world in study.worlds], start, end)
    sweep = Sweep(
        located, tuple(_fewer(study, cases)), arms, kpi, study.scenario.seed, replications
    )
    worlds = sweep.worlds()
    models = compile_worlds(worlds)
    known = assumptions(worlds)
    sweep = replace(
        sweep,
        digests={model.arm: model.digest for model in models},
        numbers=tuple(_that_may_matter(known, worlds, sweep.used(models))),
    )
    tasks = [(n, end) for n in range(len(sweep.numbers)) for end in (0, 1)]
    found = done(sweep, tasks, workers, progress)
    base = {model.arm: sweep.runs(model) for model in models}
    rows, invalid = _ranked(sweep, base, found)
    title = study.scenario.title
    return Ranking(
        scenario=study.name,
        title=title.texts if title is not None else {},
        start=arms[0],
        end=arms[1],
        kpi=kpi,
        seed=sweep.seed,
        replications=replications,
        cases=sum(_counts(worlds[0].scenario).values()),
        numbers=len(known),
        difference=_difference(base, arms),
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


def _ranked(
    sweep: Sweep, base: Mapping[str, Runs], found: Mapping[Task, Outcome]
) -> tuple[tuple[Effect, ...], int]:
    """Return what each number does, and how many cannot be set to an end of their range."""
    arms, invalid = sweep.arms, 0
    moved: list[tuple[Assumption, Mapping[str, Runs], Mapping[str, Runs]]] = []
    for n, number in enumerate(sweep.numbers):
        low, high = found[n, 0], found[n, 1]
        if low is None or high is None:
            invalid += 1
        elif low or high:
            moved.append((number, {**base, **low}, {**base, **high}))
    apart = [stats.difference(_apart(high, arms), _apart(low, arms)) for _, low, high in moved]
    chances = stats.holm([one.p for one in apart])
    rows = [
        Effect(
            path=number.path,
            value=number.value,
            range=number.range,
            source=number.source,
            arms=number.arms,
            low=_difference(low, arms).value,
            high=_difference(high, arms).value,
            spread=abs(one.value),
            certain=bool(p < 1 - stats.LEVEL),
        )
        for (number, low, high), one, p in zip(moved, apart, chances, strict=True)
    ]
    return tuple(sorted(rows, key=_place)), invalid


def _place(row: Effect) -> tuple[float, str]:
    return (-row.spread if math.isfinite(row.spread) else 0.0, row.path)


def _apart(runs: Mapping[str, Runs], arms: tuple[str, str]) -> list[float]:
    start, end = arms
    return [later - earlier for earlier, later in zip(runs[start], runs[end], strict=True)]


def _difference(runs: Mapping[str, Runs], arms: tuple[str, str]) -> stats.Difference:
    start, end = arms
    return stats.difference(runs[end], runs[start])

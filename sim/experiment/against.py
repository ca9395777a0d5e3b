"""An edited scenario beside its original: what was changed, and what that moved, paired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.compile.compiler import cautions_of, compile_worlds
from sim.compile.program import Program
from sim.errors import UsageError
from sim.experiment.remarks import as_used, remarks
from sim.experiment.result import Labels, Result, as_json
from sim.experiment.run import every, executor, labels
from sim.experiment.summary import summarise
from sim.experiment.work import Job, Progress
from sim.graph.joiner import join
from sim.graph.journey import Journey
from sim.study.difference import Change, changes
from sim.study.loader import Study
from sim.words import DEFAULT, LANGUAGES, say, titled

BEFORE: Final = "@original"
"""What the name of an arm of the original ends with in the result."""


@dataclass(frozen=True)
class Against:
    """A comparison with an original: its file, what was ``changed``, and all arms of both.

    ``result``: the arms of the original end with ``@original``; each difference is of an arm minus
    the same arm of the original. ``same``: arms that are the same world in both, run once.
    ``only``: those that only one of both has.
    """

    original: str
    changed: tuple[Change, ...]
    same: tuple[str, ...]
    only: tuple[str, ...]
    result: Result

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The arms that both have, by their names in the result, the original's first."""
        arms = self.result.arms
        return [(f"{arm}{BEFORE}", arm) for arm in arms if f"{arm}{BEFORE}" in arms]

    @property
    def json(self) -> dict[str, Any]:
        """All of it as one JSON object: the result, with what was changed before it."""
        told = {"original": self.original, "changed": [vars(one) for one in self.changed]}
        lists = {"same": list(self.same), "only": list(self.only)}
        return {**told, **lists, **as_json(self.result)}


def against(  # noqa: PLR0913 -- the options of a run
    edited: Study,
    original: Study,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    lang: str = DEFAULT,
) -> Against:
    """Run two studies with the same draws, as often as the edited one says.

    Raises InvalidInput, UsageError (no arm in common, an engine that is not there) and RunFailed.
    """
    chosen = executor(engine)
    models, olds = (compile_worlds(study.worlds) for study in (edited, original))
    new, old = ({model.arm: model for model in them} for them in (models, olds))
    shared = [arm for arm in new if arm in old]
    if not shared:
        raise UsageError("against_nothing", one=", ".join(new), other=", ".join(old))
    journeys, journeys_old = ([join(w) for w in study.worlds] for study in (edited, original))
    used, used_old = (
        {model.arm: _bare(journey, model) for journey, model in zip(*both, strict=True)}
        for both in ((journeys, models), (journeys_old, olds))
    )
    same = tuple(arm for arm in shared if used[arm] == used_old[arm])
    apart = [f"{arm}{BEFORE}" for arm in old if arm not in same]
    job = Job(
        (*models, *(old[name.removesuffix(BEFORE)] for name in apart)),
        chosen,
        edited.scenario.seed if seed is None else seed,
        keep=False,
    )
    count = edited.scenario.replications if replications is None else replications
    found = every(job, count, workers, progress)
    names = (*new, *apart)
    runs = {
        name: [receipt.measures for receipt in receipts]
        for name, receipts in zip(names, found, strict=True)
    }
    runs |= {f"{arm}{BEFORE}": runs[arm] for arm in same}
    title = edited.scenario.title
    result = summarise(
        edited.name,
        title.texts if title is not None else {},
        job.seed,
        job.engine,
        {
            name: runs[name]
            for arm in dict.fromkeys((*new, *old))
            for name in (f"{arm}{BEFORE}", arm)
            if name in runs
        },
        _labels(models, olds),
        [one.text(lang) for one in (*remarks(edited, models, journeys), *cautions_of(models))],
        lang=lang,
        pairs=[(f"{arm}{BEFORE}", arm) for arm in shared],
    )
    only = tuple(arm for arm in dict.fromkeys((*new, *old)) if arm not in shared)
    return Against(original.file, changes(original, edited), same, only, result)


def _bare(journey: Journey, model: Program) -> Program:
    """Return a model without what no case can come to and without what things are called."""
    return replace(as_used(journey, model), digest="", labels=())


def _labels(models: Sequence[Program], olds: Sequence[Program]) -> Labels:
    """Return the titles of both, those of the original's arms as such."""
    told, before = labels(models), labels(olds)
    arms = {
        f"{model.arm}{BEFORE}": {
            lang: say(
                "against.arm", lang, arm=titled(before["arms"].get(model.arm), model.arm, lang)
            )
            for lang in LANGUAGES
        }
        for model in olds
    }
    both: dict[str, Mapping[str, Mapping[str, str]]] = {**before}
    for kind, titles in told.items():
        both[kind] = {**before.get(kind, {}), **titles}
    return both | {"arms": {**told["arms"], **arms}}

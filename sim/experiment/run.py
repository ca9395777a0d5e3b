"""Running a study: every replication of every arm, on several processes, then the result."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sim import __version__, shelf
from sim.compile import calendars
from sim.compile.compiler import cautions_of, compile_worlds
from sim.compile.program import Program
from sim.errors import UsageError
from sim.experiment import store
from sim.experiment.remarks import remarks
from sim.experiment.result import Labels, Result, as_json
from sim.experiment.summary import summarise
from sim.experiment.work import AUTO, ENGINES, Job, Progress, Receipt, done
from sim.graph.joiner import join
from sim.language.base import CHANNELS
from sim.study.loader import Study, channel_title
from sim.words import DEFAULT, LANGUAGES, say
from sim.yaml.writer import write

_PACKAGES: Final = ("duckdb", "holidays", "numpy", "scipy", "simpy")
"""What a result may depend on besides this program."""


def compare(  # noqa: PLR0913 -- the options of a run
    study: Study,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    out: Path | None = None,
    lang: str = DEFAULT,
) -> Result:
    """Run a study and return its result; ``out``: also keep it in a new folder.

    The result does not depend on ``workers``; ``lang`` is the language of its warnings. Raises
    InvalidInput, UsageError (an engine that is not there, ``out`` exists) and RunFailed.
    """
    chosen = executor(engine)
    with nullcontext() if out is None else store.reserved(out) as place:
        count = replications if replications is not None else study.scenario.replications
        models = compile_worlds(study.worlds)
        said = remarks(study, models, [join(world) for world in study.worlds])
        job = Job(
            models,
            chosen,
            seed if seed is not None else study.scenario.seed,
            place is not None,
        )
        found = every(job, count, workers, progress)
        receipts = {model.arm: runs for model, runs in zip(models, found, strict=True)}
        title = study.scenario.title
        result = summarise(
            study.name,
            title.texts if title is not None else {},
            job.seed,
            job.engine,
            {arm: [receipt.measures for receipt in runs] for arm, runs in receipts.items()},
            labels(models),
            [problem.text(lang) for problem in (*said, *cautions_of(models))],
            lang=lang,
        )
        if place is not None:
            pieces = [receipt.tables for runs in receipts.values() for receipt in runs]
            tables = {
                name: [piece[name] for piece in pieces if name in piece]
                for name in dict.fromkeys(chain.from_iterable(pieces))
            }
            told = _manifest(study, models, result), _texts(study, result), as_json(result)
            store.save(place, *told, tables)
    return result


def executor(engine: str) -> str:
    """Return the engine that a name stands for. Raises UsageError if it is not there."""
    chosen = AUTO if engine == "auto" else engine
    if chosen not in ENGINES:
        raise UsageError("engine_missing", name=engine)
    return chosen


def every(
    job: Job, count: int, workers: int, progress: Progress | None = None
) -> list[list[Receipt]]:
    """Run each model of a job ``count`` times; return what they hand back, model by model."""
    arms = range(len(job.models))
    found = done(job, [(arm, r) for r in range(count) for arm in arms], workers, progress)
    return [[found[arm, r] for r in range(count)] for arm in arms]


def labels(models: Sequence[Program]) -> Labels:
    """Return the titles of everything that a result names, by kind and name."""
    told: dict[str, dict[str, dict[str, str]]] = {"arms": {}}
    for model in models:
        channel = CHANNELS[model.channel] if model.channel >= 0 else "mixed"
        if model.arm == channel:
            told["arms"][model.arm] = {lang: channel_title(channel, lang) for lang in LANGUAGES}
        for kind, rows in model.labels:
            told.setdefault(kind, {}).update(
                {name: dict(zip(LANGUAGES, titles, strict=True)) for name, *titles in rows}
            )
    return told


# -- keeping the result --------------------------------------------------------------------------


def _texts(study: Study, result: Result) -> dict[str, str]:
    """Return the scenario as it was run and all that it uses as it was read, by file.

    A comment above the scenario says what it is and how it was asked for.
    """
    run = {"replications": result.replications, "seed": result.seed}
    given = [("--set", text) for text in study.sets] + [("--lever", text) for text in study.levers]
    given += [("--cast", text) for text in study.casts]
    given += [("--seed", str(result.seed)), ("--replications", str(result.replications))]
    words = ["tetsuzuki", "run", study.given, *(word for pair in given for word in pair)]
    keys = ("run.resolved", "run.asked", "run.same")
    told = [say(key, lang, command=shlex.join(words)) for lang in LANGUAGES for key in keys]
    heading = "".join(f"# {line}\n" for line in told)
    texts = {shelf.SCENARIO: f"{heading}\n{write({**study.resolved, **run})}"}
    return texts | {
        f"{kind}/{name}.yaml": "\n".join(located.lines)
        for (kind, name), located in study.read.items()
    }


def _manifest(study: Study, models: Sequence[Program], result: Result) -> dict[str, Any]:
    return {
        "tetsuzuki": __version__,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "scenario": study.name,
        "given": study.given,
        "file": study.file,
        "sets": list(study.sets),
        "levers": list(study.levers),
        "casts": list(study.casts),
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "digest": result.digest,
        "models": {model.arm: model.digest for model in models},
        "holidays": calendars.holiday_digest(study.scenario.start.date()),
    }

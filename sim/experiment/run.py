"""Running a study: every replication of every arm, on several processes, then the result."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from sim import __version__, shelf
from sim.compile import calendars
from sim.compile.compiler import cautions_of, compile_worlds
from sim.compile.program import Program
from sim.errors import UsageError
from sim.experiment import pool, store
from sim.experiment.remarks import remarks
from sim.experiment.result import Labels, Result, as_json
from sim.experiment.summary import summarise
from sim.experiment.work import AUTO, ENGINES, Job, Receipt
from sim.graph.joiner import join
from sim.language.base import CHANNELS
from sim.study.loader import Study
from sim.words import LANGUAGES, say
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
    progress: Callable[[int, int], None] | None = None,
    out: Path | None = None,
    lang: str = "en",
) -> Result:
    """Run a study and return its result; ``out``: also keep it in a new folder.

    ``progress`` is told how many of how many replications are done; ``lang`` is the language of the
    warnings. The result does not depend on
    ``workers``. Raises InvalidInput, UsageError (an engine that is not there, ``out`` exists) and
    RunFailed.
    """
    chosen = AUTO if engine == "auto" else engine
    if chosen not in ENGINES:
        raise UsageError("engine_missing", name=engine)
    with nullcontext() if out is None else store.reserved(out) as place:
        count = replications if replications is not None else study.scenario.replications
        models = compile_worlds(study.worlds)
        told = remarks(study, models, [join(world) for world in study.worlds])
        job = Job(
            models,
            chosen,
            seed if seed is not None else study.scenario.seed,
            place is not None,
        )
        receipts = _receipts(job, count, workers, progress or (lambda _done, _all: None))
        said = [problem.text(lang) for problem in (*told, *cautions_of(job.models))]
        result = _result(study, job, receipts, said, lang)
        if place is not None:
            _keep(place, study, job, receipts, result)
    return result


def _result(
    study: Study, job: Job, receipts: Sequence[Sequence[Receipt]], said: Sequence[str], lang: str
) -> Result:
    """Return the result with the warnings that were ``said`` of the models before its own."""
    title = study.scenario.title
    measures = {
        model.arm: [receipt.measures for receipt in runs]
        for model, runs in zip(job.models, receipts, strict=True)
    }
    result = summarise(
        study.name,
        {"en": title.en, "ja": title.ja} if title is not None else {},
        job.seed,
        job.engine,
        measures,
        labels(job.models),
        lang=lang,
    )
    return replace(result, warnings=(*said, *result.warnings))


def labels(models: Sequence[Program]) -> Labels:
    """Return the titles of everything that a result names, by kind and name."""
    told: dict[str, dict[str, dict[str, str]]] = {"arms": {}}
    for model in models:
        channel = CHANNELS[model.channel] if model.channel >= 0 else "mixed"
        if model.arm == channel:
            told["arms"][model.arm] = {lang: _title(channel, lang) for lang in LANGUAGES}
        for kind, rows in model.labels:
            told.setdefault(kind, {}).update({n: {"en": en, "ja": ja} for n, en, ja in rows})
    return told


def _title(channel: str, lang: str) -> str:
    word = say(f"report.channel.{channel}", lang)
    return word[0].upper() + word[1:]


# -- doing the work ------------------------------------------------------------------------------


def _receipts(
    job: Job, count: int, workers: int, progress: Callable[[int, int], None]
) -> list[list[Receipt]]:
    """Return the receipts of each arm in order of replication."""
    tasks = [(arm, replication) for replication in range(count) for arm in range(len(job.models))]
    found: dict[tuple[int, int], Receipt] = {}
    for task, receipt in pool.done(job, tasks, workers):
        found[task] = receipt
        progress(len(found), len(tasks))
    return [[found[arm, r] for r in range(count)] for arm in range(len(job.models))]


# -- keeping the result --------------------------------------------------------------------------


def _keep(
    place: store.Place,
    study: Study,
    job: Job,
    receipts: Sequence[Sequence[Receipt]],
    result: Result,
) -> None:
    tables = {
        name: [receipt.tables[name] for runs in receipts for receipt in runs]
        for name in store.TABLES
    }
    texts = _texts(study, job, result.replications)
    store.save(place, _manifest(study, job, result), texts, as_json(result), tables)


def _texts(study: Study, job: Job, replications: int) -> dict[str, str]:
    """Return the scenario as it was run and all that it uses as it was read, by file."""
    whole = {**study.resolved, "replications": replications, "seed": job.seed}
    texts = {shelf.SCENARIO: _heading(_command(study, job, replications)) + write(whole)}
    return texts | {
        f"{kind}/{name}.yaml": "\n".join(located.lines)
        for (kind, name), located in study.read.items()
    }


def _heading(command: str) -> str:
    """Return the comment above the kept scenario: what it is and how it was asked for."""
    keys = ("run.resolved", "run.asked", "run.same")
    told = (say(key, lang, command=command) for lang in LANGUAGES for key in keys)
    return "".join(f"# {line}\n" for line in told) + "\n"


def _command(study: Study, job: Job, replications: int) -> str:
    given = [("--set", text) for text in study.sets] + [("--lever", text) for text in study.levers]
    given += [("--seed", str(job.seed)), ("--replications", str(replications))]
    return shlex.join(["tetsuzuki", "run", study.given, *(word for pair in given for word in pair)])


def _manifest(study: Study, job: Job, result: Result) -> dict[str, Any]:
    return {
        "tetsuzuki": __version__,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "scenario": study.name,
        "given": study.given,
        "file": study.file,
        "sets": list(study.sets),
        "levers": list(study.levers),
        "seed": job.seed,
        "replications": result.replications,
        "engine": job.engine,
        "digest": result.digest,
        "models": {model.arm: model.digest for model in job.models},
        "holidays": calendars.holiday_digest(study.scenario.start.date()),
    }

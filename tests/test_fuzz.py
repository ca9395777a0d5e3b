"""Whatever stands in the files: ``check`` tells what is wrong in its place, or else ``run`` runs.

Mutations of small files, of shipped ones and of what the command line sets.
"""

from __future__ import annotations

import copy
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import yaml

from sim import shelf
from sim.errors import InvalidInput, Problem, UsageError
from sim.experiment import checking
from sim.experiment.run import compare
from sim.study import loader
from sim.yaml import source
from tests import worlds
from tests.author import fragments
from tests.chosen import FIRST, tries
from tests.study.test_mutations import VALUES, quick  # noqa: F401 -- a fixture

pytestmark = pytest.mark.heavy

ROOT: Final = Path(__file__).resolve().parents[1]
BLOCKS: Final = 20
MOST_EVENTS: Final = 200_000
"""In one replication: more than any of these files needs a hundred times over."""
MOST_SECONDS: Final = 120
"""Of one mutation; a hang is a failure."""

HOSTILE: Final[tuple[Any, ...]] = (
    *(10**400, -(10**400), 1e300, -1e300, 5e-324, 2**31, 2**63, 2**64, 10**19, -1, 1.5, "9" * 400),
    *("1e300", "999999999w", "0.0000001s", "100000bd", "-0", "0d", "3bd", "1e-200%", "> 1e300"),
    *(
        ">= 99999999999999999999",
        "5-2",
        "0-0",
        "\u202ex",
        "\x1b[31m",
        "名前",
        "a.b",
        "?x",
        "asked x",
    ),
    *([], {}, [[]], [{}], {"a": {"a": {"a": {}}}}, [None], {"": 1}, {"value": {"value": 1}}),
    *({"gamma": {"mean": "1h", "cv": 1e-200}}, {"gamma": {"mean": "1h", "cv": 1e200}}),
    *({"lognormal": {"median": "1h", "sigma": 1e300}}, {"exponential": {"mean": "99999d"}}),
    *({"median": "1s", "p90": "36000d"}, {"median": 1e-300, "p90": 1e300}),
    *(
        {"uniform": [0, 1e300]},
        {"quantiles": {"0": 0, "100": 1e300}},
        {"quantiles": {"50": 1, "50.0": 2}},
    ),
    *({"learning": {"first": "1h", "factor": 0.999999, "every": "1s", "floor": "1s"}},),
    *({"learning": {"first": 1e300, "factor": 1e-300, "every": "1d", "floor": 0}},),
    *({"by": "visit", "1": "1h", "else": "0s"}, {"by": "size", "small": 1, "else": 0}),
    *({"by": "time", "0d": 0, "1s": 1}, {"by": "queue", "0": "1h", "else": "0s"}, {"by": "by"}),
    *({"size": "small"}, {"asked": "fill"}, {"chance": 1e-300}, {"chance": 1, "size": []}),
    *({"within": "0s"}, {"at": "1990-01-01"}, {"redo": {"after": "0s"}}, "redo", {"hurry": 10**30}),
)
"""Values at the edges of what a machine can hold, and names that mean something else."""

FILES: Final = {
    "agents/person.yaml": """
agent: person
kind: person
hours: always
hourly: 2000
knows: {by: calm, true: 95%, false: 60%}
attributes: {calm: 70%}
skills:
  agree: {work: {each: entries, median: 45s, p90: 2min}, slips: {each: entries, value: 0.4%}}
rules:
  start: {tense: {when: {calm: false, chance: 5%}, then: give_up}}
  returned: {again: {then: {redo: {after: 1h}}}}
  waiting: {tired: {when: {waited: "> 20d"}, then: give_up}}
""",
    "agents/caller.yaml": """
agent: caller
kind: person
attention: all
sessions: {after: {by: visit, 1: {exponential: {mean: 1d}}, else: 2bd}, last: 2h}
skills:
  agree:
    work: {each: entries, value: 10s}
    slips: {each: entries, value: 1%}
    burden: {each: papers, seals: 1, fee: 100}
    again: {size: 20%}
rules: {returned: {again: {then: redo}}}
""",
    "agents/office.yaml": """
agent: office
kind: office
hours: office
price: 10
skills:
  judge: {size_of: needs, work: {each: entries, value: 20s}, finds: {gap: 70%, none_such: 1%}}
rules:
  found: {mend: {when: {defect: gap, queue: "> 3"}, then: {fix: {work: 10min, recovers: 50%}}}}
""",
    "agents/helper.yaml": """
agent: helper
kind: ai
overconfidence: 1.1
knows: 80%
price: 30
paid_by: office
skills:
  fill:
    work: 1min
    confidence: {each: entries, median: 99%, p10: 95%}
    agentic: {work: {each: entries, value: 2s}, again: {size: 50%, confidence: none}}
rules:
  drafted:
    alarmed: {when: {seen: "> 5%"}, then: ask_human}
    unsure: {when: {confidence: "< 90%"}, then: ask_human}
  returned: {again: {then: redo}}
""",
    "procedures/helper_papers.yaml": """
procedure: helper_papers
applicant: vendor
actors: {vendor: person, clerk: office}
documents: {proof: Proof}
steps: {issue: {gives: proof, by: clerk, work: 1h}}
""",
    "procedures/permit.yaml": """
procedure: permit
title: {en: Permit, ja: 許可}
applicant: vendor
actors:
  vendor: person
  reader: helper
  signer: {agent: caller, each: signers}
  clerk:
    agent: office
    staff: {by: time, 0d: 2, 14d: 1}
    load: {share: {by: month, 4: 60%, else: 30%}, each: {median: 30min, p90: 2h}, backlog: 1bd}
  town: {agent: office, staff: {value: 1 (1-4), each: site}}
calendars: {mail: {days: mon-fri, at: ["11:00"]}, desk: {days: mon-sat, open: "09:00-16:00"}}
attributes:
  size: {small: 70%, large: 30%}
  online: {by: channel, analog: 10%, else: 90%}
  workers: {median: 12, p90: 60}
  amount: 1000
  strict: {by: seen, "> 5%": true, else: false}
  score: {uniform: [0, 100]}
  taken: false
indicators:
  seen: {count: {found: [gap]}, per: {given: receipt}, over: 5d, known_after: 1d, else: 2%}
  many: {count: {given: [permit]}}
lists: {signers: {first: {}, second: {chance: 60%}}}
documents:
  form:
    en: Form
    ja: 申請書
    valid: 30d
    lapsed: old
    size: {entries: {by: channel, analog: 35, else: 20}, papers: 6}
    slip: gap
  consent: {en: Consent, ja: 同意, size: {entries: 4, papers: 1}, slip: gap}
  extract: {en: Extract, ja: 抄本, left_out: lacking}
  notice: {en: Notice, ja: 届出, left_out: forgotten}
  grant: Grant
  receipt: {en: Receipt, ja: 受付票, kept: true}
  permit: Permit
defects:
  gap: {en: Gap, ja: 漏れ, harm: wrong, loss: amount}
  old: Too old
  lacking: {en: Paper missing, ja: 添付漏れ, harm: no proof}
  forgotten: {en: Forgotten, ja: 届出漏れ, harm: {en: not told, ja: 未届, as: incomplete}}
steps:
  fill:
    gives: form
    needs: [proof, extract]
    by: vendor
    work: {median: 1h, p90: 2h}
    makes: {gap: 20%}
    again: {work: 15min, makes: none}
    agentic: {by: reader, work: 1min, confidence: {median: 95%, p10: 85%}, makes: {gap: confidence}}
  fetch: {gives: extract, by: vendor, work: 1h}
  tell: {gives: notice, by: vendor, work: 10min}
  agree: {each: signers, needs: form, gives: consent, by: signer, task: agree}
  file:
    needs: [form, consent]
    gives: receipt
    work: 10min
    burden: {visits: 1, fee: {by: size, small: 100, else: 200}}
    by: [vendor, clerk]
    digital: {open_to: {online: true}, by: vendor, burden: {logins: 1}}
  judge:
    needs: [form, receipt]
    gives: permit
    by: clerk
    work: {triangular: [10min, 20min, 1h]}
    delay: {until: mail, at_least: 1bd}
    if: {workers: "> 3"}
    task: judge
    finds:
      gap: {by: made_in, agentic: 50%, else: 90%}
      old: 100%
      lacking: {by: many, 0: 90%, else: 70%}
  choose:
    needs: permit
    gives: grant
    by: town
    work: 30min
    select: {at: mail, places: {by: time, 0d: 1, 7d: 2}, rank: score, decides: taken}
goal: [permit, notice, {document: grant, if: {strict: false}}]
ends: [{when: {size: large, chance: 5%}, as: withdrawn}]
deadlines: [{document: permit, within: 30d, after: receipt, missed: late}]
levers:
  staff: {default: 2 (1-9), replaces: [actors.clerk.staff]}
  speed: {default: slow, values: {slow: {}, fast: {steps.judge.work: 1min}}}
""",
    "scenarios/season.yaml": """
scenario: season
start: 2026-04-01
channels: [analog, agentic]
cases:
  vendors:
    count: 6
    arrivals: {exponential: {mean: 4h}}
    hours: business
    using: [permit, helper_papers]
    locker: {proof: {share: 30%, age: {uniform: [0d, 40d]}}}
    attributes: {amount: 500}
    sites:
      table: [{site: Aoba, size: 3, town: 2, calm: true}, {site: Mori, start: 2026-04-06T09:00}]
  others: {count: 2, background: true, using: helper_papers, goal: [proof]}
levers: {speed: fast}
override: {permit.steps.judge.finds.gap: 70%, actors.clerk.staff: 1}
outages:
  - {actor: clerk, at: 2026-04-03T10:00, for: 5h}
  - {actor: reader, every: {exponential: {mean: 3d}}, for: {median: 1h, p90: 6h}}
horizon: 90d
replications: 1
report: {documents: [permit], groups: [size, workers]}
""",
    "scenarios/arms.yaml": """
scenario: arms
start: 2026-04-01
compare:
  today: {channel: digital}
  other: {channel: agentic, levers: {staff: 3}, attributes: {size: small}}
  parity: {channel: agentic, cast: {reader: vendor}, asked: always}
cases: {vendors: {count: 5, using: [permit, helper_papers], sites: {count: 2, share: [size]}}}
replications: 1
""",
}
PATHS: Final = (
    *("permit.steps.fill.work", "permit.steps.judge.finds.gap", "cases.vendors.count", "horizon"),
    *("agents.person.rules.waiting.tired.when", "actors.clerk.staff", "channels", "replications"),
    *(
        "permit.attributes.size",
        "permit.goal",
        "cases.vendors.locker",
        "permit.nothing.here",
        "seed",
    ),
    *("permit.documents.form.valid", "permit.lists.signers", "agents.helper.overconfidence", "x"),
    *("actors.clerk.load.share", "actors.town.staff.value", "permit.steps.choose.select.places"),
    *("agents.caller.sessions.after", "agents.helper.knows", "agents.caller.skills.agree.slips"),
    *("permit.documents.form.size.entries", "permit.indicators.seen.over", "agents.helper.price"),
    *("permit.documents.extract.left_out", "cases.vendors.sites.table", "permit.attributes.taken"),
    *("cases.vendors.arrivals", "warm_up", "outages", "report", "start", "permit.levers", "levers"),
)


@dataclass
class Mutation:
    """Files with something wrong, and what the command line says; ``told`` is what was done."""

    random: Random
    files: dict[str, Any]
    told: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    levers: list[str] = field(default_factory=list)
    scenario: str = "season"

    def make(self) -> None:
        """Change something or other."""
        self.scenario = self.random.choice(("season", "season", "arms"))
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            self.random.choice((self._edit,) * 6 + (self._set, self._lever))()

    def _value(self) -> Any:
        return copy.deepcopy(self.random.choice((*VALUES, *HOSTILE)))

    def _flow(self) -> str:
        return yaml.safe_dump(self._value(), default_flow_style=True, allow_unicode=True)[:-1]

    def _set(self) -> None:
        self.sets.append(f"{self.random.choice(PATHS)}={self._flow().removesuffix('...').strip()}")

    def _lever(self) -> None:
        name = self.random.choice(("staff", "speed", "sped", "x"))
        self.levers.append(f"{name}={self._flow().removesuffix('...').strip()}")

    def _edit(self) -> None:
        file = self.random.choice(list(self.files))
        places = _places(self.files[file])
        if not places:
            return
        inside, key, address = self.random.choice(places)
        kind = self.random.choice(
            ("replace", "replace", "delete", "rename", "twice", "swap", "refer", "add")
        )
        self.told.append(f"{kind} {file}:{'.'.join(map(str, address))}")
        if kind == "replace":
            inside[key] = self._value()
            self.told.append(repr(inside[key])[:80])
        elif kind == "delete":
            del inside[key]
        elif kind == "rename" and isinstance(inside, dict):
            self._rename(inside, key)
        elif kind == "twice":
            self._twice(inside, key)
        elif kind == "swap":
            other, there, _ = self.random.choice(places)
            inside[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(inside[key])
        elif kind == "add":
            where, pieces = self.random.choice(
                list(fragments.homes(file.partition("/")[0], self.files[file]))
            )
            said, value = copy.deepcopy(self.random.choice(fragments.PIECES[pieces]))
            where[said] = value
            self.told.append(f"{pieces}.{said} {value}"[:80])
        elif kind == "refer":
            names = [str(k) for data in self.files.values() for _, k, _ in _places(data)]
            names += sorted(fragments.words())
            inside[key] = self.random.choice(names)
            self.told.append(str(inside[key]))

    def _rename(self, inside: dict[Any, Any], key: Any) -> None:
        new = self.random.choice(
            (f"{key}x", "month", "visit", "asked", "chance", "名", "a.b", "by")
        )
        self.told.append(new)
        kept = [(new if k == key else k, v) for k, v in inside.items()]
        inside.clear()
        inside.update(kept)

    @staticmethod
    def _twice(inside: Any, key: Any) -> None:
        value = copy.deepcopy(inside[key])
        if isinstance(inside, list):
            inside.append(value)
        else:
            inside[f"{key}_again"] = value


def _places(data: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, Any, tuple[Any, ...]]]:
    """Return every place in some data: what contains it, its key or index, its address."""
    keys: Any = (
        data if isinstance(data, dict) else range(len(data) if isinstance(data, list) else 0)
    )
    found: list[tuple[Any, Any, tuple[Any, ...]]] = []
    for key in keys:
        found += [(data, key, (*above, key)), *_places(data[key], (*above, key))]
    return found


@contextmanager
def bounded() -> Iterator[None]:
    """Let a run that does not end fail: too many events, or far too much time."""

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"more than {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(MOST_SECONDS)
    try:
        with worlds.bounded(MOST_EVENTS):
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def lay(files: dict[str, Any]) -> None:
    """Write files into the present folder."""
    for name, data in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        text = yaml.dump(data, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False)
        Path(name).write_text(text, "utf-8", "surrogatepass")


def surprise(mutation: Mutation) -> str:
    """Check and run; return what came out that should not."""
    paths = [Path(name) for name in mutation.files]
    try:
        with bounded():
            problems, _ = checking.check(paths)
            lost = [p for p in problems if not placed(p, mutation)]
            if lost or not all(p.text(lang) for p in problems for lang in ("en", "ja")):
                return f"no place: {lost[0].text()}" if lost else "no words"
            return _run(mutation, clean=not problems)
    except Exception as error:  # noqa: BLE001 -- this is what the test is about
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        at = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
        return f"{type(error).__name__}: {error} ({at})"[:400]


def _run(mutation: Mutation, *, clean: bool) -> str:
    """Run with what the command line sets; a file that is clean must run without it."""
    for sets, levers in {((), ()), (tuple(mutation.sets), tuple(mutation.levers))}:
        try:
            study = loader.load(mutation.scenario, sets=sets, levers=levers)
            if sum(s.count for w in study.worlds for s in w.scenario.cases.values()) > 2_000:
                continue  # many cases are no hang
            compare(study, replications=1)
        except UsageError:
            continue
        except InvalidInput as error:
            if clean and not sets and not levers:
                return f"clean, but: {error}"[:400]
            lost = [p for p in error.problems if not placed(p, mutation)]
            if lost:
                return f"no place: {lost[0].text()}"
    return ""


def placed(problem: Problem, mutation: Mutation) -> bool:
    """Whether a problem stands in one of the files given, or on the command line."""
    if problem.key == "no_such_scenarios":  # asked for by a name that is no longer there
        return True
    whole = problem.key.startswith("file.")
    known = {*mutation.files, "--set", "--lever"}
    return problem.file in known and (whole or None not in (problem.line, problem.column))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with nothing on the shelf but what is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shelf, "library", lambda: tmp_path / "nothing")
    return tmp_path


@pytest.mark.parametrize("block", range(BLOCKS))
def test_what_check_lets_pass_runs(block: int, desk: Path) -> None:  # noqa: ARG001 -- a folder
    """No exception but ours, no problem without its place, and nothing clean that does not run."""
    original = {name: source.loads(text, name).data for name, text in FILES.items()}
    found = []
    for place in range(FIRST + block, FIRST + tries(100, 5_000), BLOCKS):
        random = Random(place)  # noqa: S311 -- no secret
        mutation = Mutation(random, copy.deepcopy(original))
        mutation.make()
        lay(mutation.files)
        told = surprise(mutation)
        if told:
            did = (*mutation.told, *mutation.sets, *mutation.levers)
            found.append(f"{place} {' '.join(did)}\n    {told}")
    assert not found, "\n".join(found)

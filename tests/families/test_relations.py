"""Metamorphic tests: what must follow when a shipped world is changed in a known way.

Nobody knows the right figures of a world, but one knows how they move when something is changed:
more staff makes no queue longer. Each relation is tried on one arm of every shipped scenario, in
small. Some hold case by case; those that hold in the mean are refused only if the 95 % interval of
the paired replications lies on the wrong side. A relation that a scenario cannot show is skipped
with the reason.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from sim import shelf, stats
from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.kpi import estimators
from sim.kpi.invariants import check
from sim.kpi.measures import Measures, measure
from sim.kpi.units import DAY, HOUR
from sim.kpi.visits import open_seconds
from sim.language.amounts import LONGEST, UNITS, parted
from sim.log import NEVER, Log
from sim.study import loader
from sim.yaml import source

pytestmark = pytest.mark.heavy

SCENARIOS: Final = shelf.names("scenarios")
CASES: Final = 14
"""Cases of a stream at most."""

REPLICATIONS: Final = 2
SEED: Final = 7
SAME: Final = ("start", "end", "outcome", "late", "returns", "applicant", "office", "fee")
"""What tells whether two cases went the same way."""

Book = dict[str, dict[str, Any]]
"""What a world is written in: the data of its files by kind and name."""

Figure = Callable[[Any], float]


# -- worlds as they are written ----------------------------------------------------------------


def shortened(scenario: str) -> list[str]:
    """Return the settings that make a scenario small."""
    found = shelf.find("scenarios", scenario)
    assert found is not None
    cases = source.load(found).data["cases"]
    return [f"cases.{name}.count={min(CASES, one['count'])}" for name, one in cases.items()]


@cache
def arms(scenario: str) -> dict[str, loader.World]:
    """Return the small worlds of a scenario by arm."""
    study = loader.load(scenario, sets=shortened(scenario))
    return {world.arm: world for world in study.worlds}


def arm_for(relation: str, scenario: str) -> str:
    """Return the arm on which a relation is tried: another one for each relation."""
    names = list(arms(scenario))
    return names[zlib.crc32(f"{relation} {scenario}".encode()) % len(names)]


def written(scenario: str, arm: str) -> Book:
    """Return one arm as files of its own, with all levers and overrides put in.

    Of levers there are left the names that conditions may read.
    """
    book: Book = {"scenario": {}, "procedure": {}, "agent": {}}
    world = arms(scenario)[arm]
    for (kind, name), draft in world.drafts.items():
        book[kind][name] = copy.deepcopy(draft.data)
    own = book["scenario"][scenario]
    for key in ("channels", "compare", "levers", "override", "report"):
        own.pop(key, None)
    own["compare"] = {arm: {"channel": world.channel}}
    for name, procedure in book["procedure"].items():
        levers = {}
        for key, lever in procedure.pop("levers", {}).items():
            if "values" in lever:
                now = world.levers[key][0].value
                known = dict.fromkeys((*lever["values"], lever["default"], now))
                levers[key] = {"default": now, "values": list(known)}
        book["procedure"][name] = procedure | ({"levers": levers} if levers else {})
    return book


@dataclass(frozen=True)
class Played:
    """Some replications of one arm."""

    model: Program
    logs: tuple[Log, ...]
    measures: tuple[Measures, ...]

    @property
    def digests(self) -> list[bytes]:
        """What tells whether two runs are the same to the last event."""
        return [log.digest() for log in self.logs]

    def told(self) -> list[Any]:
        """Return how each case went that counts."""
        return [run.cases[list(SAME)].tolist() for run in self.measures]

    def waited(self) -> list[float]:
        """Return the hours waited for staff in each replication."""
        return [run.pools["waited"].sum() / HOUR for run in self.measures]

    def figure(self, figure: Figure) -> list[float]:
        """Return a figure of each replication."""
        return [figure(run.cases) for run in self.measures]


def play(world: loader.World) -> Played:
    """Run a world."""
    model = compile_world(world)
    logs = tuple(reference.run(model, SEED, replication) for replication in range(REPLICATIONS))
    for log in logs:
        check(model, log)
    return Played(model, logs, tuple(measure(model, log) for log in logs))


def read(book: Book) -> Played:
    """Write the files of a world, read them and run it."""
    (scenario,) = book["scenario"]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for kind, files in book.items():
            Path(f"{kind}s").mkdir()
            for name, data in files.items():
                text = json.dumps(data, ensure_ascii=False)
                Path(f"{kind}s", f"{name}.yaml").write_text(text, encoding="utf-8")
        (world,) = loader.load(scenario).worlds
        return play(world)


@cache
def plain(scenario: str, arm: str) -> Played:
    """Return one arm of a scenario as it is."""
    return play(arms(scenario)[arm])


# -- changing what is written ------------------------------------------------------------------


def changed(data: Any, key: str, new: Callable[[Any], Any]) -> Any:
    """Return data in which ``new`` has been applied to whatever stands under ``key``, anywhere."""
    if isinstance(data, list):
        return [changed(one, key, new) for one in data]
    if not isinstance(data, dict):
        return data
    return {k: new(one) if k == key else changed(one, key, new) for k, one in data.items()}


def amounts(raw: Any, new: Callable[[Any], Any]) -> Any:
    """Return a quantity with ``new`` applied to its numbers; without the sources it then lacks."""
    if isinstance(raw, list):
        return [amounts(one, new) for one in raw]
    if not isinstance(raw, dict):
        return new(parted(raw)[0])
    kept = ("by", "cv", "sigma", "factor", "every", "until")
    return {
        key: one if key in kept else amounts(one, new)
        for key, one in raw.items()
        if key not in ("source", "range")
    }


def nothing(raw: Any) -> Any:
    """Return shares of defects that are made or found, all of them 0 %."""
    return dict.fromkeys(raw, "0%") if isinstance(raw, dict) else raw


LAWS: Final = frozenset(("by", "value", "median", "mean", "triangular", "uniform", "quantiles"))
"""Keys by which a mapping is an amount and not one entry a defect."""


def all_of(share: str) -> Callable[[Any], Any]:
    """Return what puts one share in the place of every chance of finding."""
    return lambda raw: (
        dict.fromkeys(raw, share) if isinstance(raw, dict) and LAWS.isdisjoint(raw) else share
    )


def finding(book: Book, share: str) -> Book:
    """Return a book in which whoever looks for a defect finds it with one chance."""
    for kind in ("procedure", "agent"):
        book = everywhere(book, kind, "finds", all_of(share))
    return book


def faultless(book: Book) -> Book:
    """Return a book without slips, with nothing left out, in which no paper is too old."""
    for kind in ("procedure", "scenario"):
        book = everywhere(book, kind, "makes", nothing)
    for agent in book["agent"].values():
        agent.pop("knows", None)
        agent["skills"] = _never_wrong(agent.get("skills", {}))
    for procedure in book["procedure"].values():
        for document in procedure.get("documents", {}).values():
            if isinstance(document, dict) and document.pop("lapsed", None):
                document.pop("valid")
    return book


def _never_wrong(data: Any) -> Any:
    """Return skills without a slip, whatever an AI's confidence says."""
    if not isinstance(data, dict):
        return data
    told = {key: _never_wrong(one) for key, one in data.items()}
    return told | ({"slips": "0%"} if {"slips", "confidence"} & data.keys() else {})


def times(factor: float) -> Callable[[Any], Any]:
    """Return what multiplies a number, a share or a duration."""

    def multiplied(raw: Any) -> Any:
        if isinstance(raw, str) and raw.endswith("%"):
            return f"{min(100, float(raw[:-1]) * factor)}%"
        if isinstance(raw, str):
            return longer(raw, factor)
        return raw * factor if isinstance(raw, int | float) and not isinstance(raw, bool) else raw

    return multiplied


PARTS: Final = re.compile(r"(\d+(?:\.\d+)?)(min|bd|s|h|d|w)")
TIME: Final = re.compile(rf"\s*([<>]=?)?\s*((?:{PARTS.pattern})+)\s*")


def longer(text: str, factor: float, *, seconds: bool = False) -> str:
    """Return a duration, perhaps compared with, that is longer; other text as it is.

    In whole seconds, and not beyond the longest there may be.
    """
    found = TIME.fullmatch(text)
    if found is None:
        return text
    parts = PARTS.findall(found[2])
    unit = "bd" if parts[0][1] == "bd" and not seconds else "s"
    total = sum(float(amount) * UNITS[one] for amount, one in parts)
    total = min(round(total * factor), LONGEST) / UNITS[unit]
    return f"{found[1] or ''} {total:.6f}".strip().rstrip("0").rstrip(".") + unit


def everywhere(book: Book, kind: str, key: str, new: Callable[[Any], Any]) -> Book:
    """Return a book in which ``new`` has been applied to all that stands under ``key``."""
    files = {name: changed(data, key, new) for name, data in book[kind].items()}
    return book | {kind: files}


def own(book: Book) -> Any:
    """Return the data of the scenario."""
    (data,) = book["scenario"].values()
    return data


# -- what is compared ----------------------------------------------------------------------------


def rises(after: Sequence[float], before: Sequence[float]) -> None:
    """Fail if a figure falls for sure."""
    change = stats.difference(after, before)
    if np.isfinite(change.value):
        assert change.value >= 0 or change.high >= 0, f"{change.value:+.4g} (< {change.high:+.4g})"


def share(test: Callable[[Any], Any]) -> Figure:
    """Return the share of cases of which a test holds, as a figure."""
    return lambda cases: float(test(cases).mean())


def latencies(played: Played) -> list[float]:
    """Return the mean days of each replication."""
    return played.figure(estimators.mean_latency)


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    """Return each shipped scenario in turn."""
    return str(request.param)


@pytest.fixture
def arm(request: pytest.FixtureRequest, scenario: str) -> str:
    """Return an arm of the scenario, another one for each relation."""
    return arm_for(request.function.__name__, scenario)


@pytest.fixture
def base(scenario: str, arm: str) -> Played:
    """Return the arm as it is."""
    return plain(scenario, arm)


@pytest.fixture
def book(scenario: str, arm: str) -> Book:
    """Return what the arm is written in, to be changed."""
    return written(scenario, arm)


# -- relations that hold to the last event -------------------------------------------------------


def test_an_arm_alone_is_the_arm_among_others(book: Book, base: Played) -> None:
    """Written as a scenario of its own, with its levers and overrides put in."""
    assert read(book).digests == base.digests


def test_relabelling_changes_nothing(book: Book, base: Played) -> None:
    """What things are called in English and Japanese is for people only."""
    for kind in book:
        for key in ("en", "ja"):
            book = everywhere(book, kind, key, lambda _: "renamed")
    assert read(book).digests == base.digests


def test_the_order_of_a_file_changes_nothing(book: Book, base: Played) -> None:
    """Actors, documents, defects and attributes may be listed from the last to the first."""
    for procedure in book["procedure"].values():
        for part in ("actors", "documents", "defects", "attributes", "calendars"):
            if part in procedure:
                procedure[part] = dict(reversed(procedure[part].items()))
    assert read(book).told() == base.told()


def test_levers_at_their_defaults_equal_no_levers(scenario: str, arm: str) -> None:
    """All of them at once, whatever the scenario sets them to."""
    levers = {
        name: lever.default
        for procedure in arms(scenario)[arm].procedures.values()
        for name, lever in procedure.levers.items()
    }
    if not levers:
        pytest.skip("no procedure of this scenario has a lever")
    sets = [*shortened(scenario), "levers={}"]
    chosen = arms(scenario)[arm].scenario.compare or {}
    sets += [f"compare.{name}.levers={{}}" for name, one in chosen.items() if one.levers]
    pulled = [f"{name}={default}" for name, default in levers.items()]
    worlds = [
        next(world for world in loader.load(scenario, sets=sets, levers=some).worlds)
        for some in ([], pulled)
    ]
    without, with_defaults = map(play, worlds)
    assert with_defaults.digests == without.digests


def test_who_shares_nothing_disturbs_nobody(book: Book, base: Played) -> None:
    """A background stream with a procedure and an agent of its own changes no case's way."""
    rules = {
        "start": {"choose": {"then": {"use": "digital"}}},
        "returned": {"answer": {"then": "redo"}},
    }
    book["agent"]["runner"] = {"agent": "runner", "kind": "ai", "rules": rules}
    book["procedure"]["errand"] = {
        "procedure": "errand",
        "applicant": "runner",
        "actors": {"runner": "runner"},
        "documents": {"errand_run": "Errand"},
        "steps": {"run_errand": {"gives": ["errand_run"], "by": "runner", "work": "1h"}},
        "goal": ["errand_run"],
    }
    errands = {"count": 20, "using": ["errand"], "background": True}
    own(book)["cases"] = {"zz_errands": errands} | own(book)["cases"]
    assert read(book).told() == base.told()


def test_a_warm_up_leaves_cases_out_and_changes_none(book: Book, base: Played) -> None:
    """Those that count are those of the whole run that start later."""
    starts = np.concatenate([run.cases["start"] for run in base.measures])
    later = int(np.median(starts)) - base.model.start + 1
    own(book)["warm_up"] = f"{later}s"
    after = read(book)
    assert after.digests == base.digests
    for run, whole in zip(after.measures, base.measures, strict=True):
        kept = whole.cases["start"] >= base.model.start + later
        assert run.cases["case"].tolist() == whole.cases["case"][kept].tolist()


# -- relations that hold case by case ------------------------------------------------------------


def test_an_hour_worth_twice_as_much_costs_twice_as_much(book: Book, base: Played) -> None:
    """And what an AI asks for a document; fees aside, and nothing else changes."""
    for agent in book["agent"].values():
        usual = 2485 if agent["kind"] == "person" else 0
        agent["hourly"] = amounts(agent.get("hourly", usual), times(2))
        if "price" in agent:
            agent["price"] = amounts(agent["price"], times(2))
    after = read(book)
    assert after.told() == base.told()
    for run, before in zip(after.measures, base.measures, strict=True):
        labour = [some.cases["cost"] - some.cases["fee"] for some in (run, before)]
        assert labour[0] == pytest.approx(2 * labour[1], abs=0.01)


def test_a_longer_clock_makes_nobody_late(book: Book, base: Played) -> None:
    """Whoever is late with twice the time was late before."""
    deadlines = [one for p in book["procedure"].values() for one in p.get("deadlines", ())]
    clocks = [one for one in deadlines if one["missed"] == "late" and "within" in one]
    if not clocks:
        pytest.skip("no deadline of this scenario is a time within which one may be late")
    for clock in clocks:
        clock["within"] = amounts(clock["within"], lambda text: f"2000{text.lstrip('0123456789.')}")
    for run, before in zip(read(book).measures, base.measures, strict=True):
        assert (run.cases["late"] <= before.cases["late"]).all()


def test_without_defects_nothing_is_sent_back(book: Book) -> None:
    """Nobody makes any, and no document is too old: no letters, no harm, no dismissals."""
    for run in read(faultless(book)).measures:
        assert not run.cases["returns"].any()
        assert not estimators.ended("flawed", "dismissed")(run.cases).any()


def test_where_nobody_looks_nothing_is_sent_back(book: Book, base: Played) -> None:
    """Then no fewer cases end with harm than where somebody does."""
    after = read(finding(book, "0%"))
    assert not any(run.cases["returns"].any() for run in after.measures)
    flawed = share(estimators.ended("flawed"))
    rises(after.figure(flawed), base.figure(flawed))


def test_a_lone_case_waits_for_nobody_but_itself(book: Book) -> None:
    """Whenever it waits for staff, these are at another visit of the same case."""
    cases = own(book)["cases"]
    first = next(name for name, one in cases.items() if not one.get("background"))
    own(book)["cases"] = {first: cases[first] | {"count": 1}}
    book = everywhere(
        book, "procedure", "staff", lambda raw: raw | {"value": 1} if "each" in str(raw) else 1
    )
    alone = read(book)
    for log in alone.logs:
        events = log.events
        got = events["granted"] != NEVER
        enabled, granted = (events[name].astype(np.int64) for name in ("enabled", "granted"))
        waits = np.zeros(len(events), np.int64)
        profiles = events["profile"]
        waits[got] = open_seconds(alone.model, profiles[got], enabled[got], granted[got])
        for row in np.flatnonzero(waits):
            mine = set(alone.model.profiles[profiles[row]].pools)
            busy = [
                mine & set(alone.model.profiles[profiles[other]].pools)
                for other in np.flatnonzero(got)
                if granted[other] <= granted[row] <= events["finished"][other] and other != row
            ]
            assert any(busy)


def test_twice_the_time_for_everything_takes_twice_as_long(book: Book) -> None:
    """In a world that never closes and has no dates; to the seconds that are rounded off."""
    if any("select" in step for p in book["procedure"].values() for step in p["steps"].values()):
        pytest.skip("a call of this scenario closes on dates")
    once, twice = (read(timeless(book, factor)) for factor in (0.5, 1))
    for run, before in zip(twice.measures, once.measures, strict=True):
        assert run.cases["outcome"].tolist() == before.cases["outcome"].tolist()
    assert latencies(twice) == pytest.approx([2 * days for days in latencies(once)], rel=1e-3)


def timeless(book: Book, factor: float) -> Book:
    """Return a world without calendars and dates, in which all times are multiplied."""
    book = copy.deepcopy(book)
    scenario = own(book)
    scenario["horizon"] = scenario.get("horizon", "365d")
    scenario.pop("outages", None)
    for files in book.values():
        for name, data in files.items():
            data.pop("calendars", None)
            dated = [one for one in data.get("deadlines", ()) if "at" in one]
            if "deadlines" in data:
                data["deadlines"] = [one for one in data["deadlines"] if one not in dated]
            files[name] = _timeless(data, factor)
    return book


def _timeless(data: Any, factor: float) -> Any:
    if isinstance(data, str):
        value, _ = parted(data)
        return longer(value, factor, seconds=True) if isinstance(value, str) else data
    if isinstance(data, list):
        return [_timeless(one, factor) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("by") == "month":
        branches = [one for key, one in data.items() if key not in ("by", "source", "range")]
        return _timeless(branches[0], factor)
    if "until" in data:
        return _timeless(data.get("at_least", "1h"), factor)
    named = ("title", "caption", "why", "en", "ja", "source")
    told = {
        longer(key, factor, seconds=True): one if key in named else _timeless(one, factor)
        for key, one in data.items()
    }
    always = {"hours": "always", "batch": {}}
    return told | {key: one for key, one in always.items() if key in data}


# -- relations that hold in the mean -------------------------------------------------------------


def test_more_defects_bring_no_fewer_letters_and_failures(book: Book, base: Played) -> None:
    """Every chance of making one half as high again."""
    for kind in ("procedure", "scenario"):
        book = everywhere(book, kind, "makes", lambda made: amounts(made, times(1.5)))
    after = read(book)

    def trouble(cases: Any) -> float:
        return float(np.mean(cases["returns"] + estimators.failed(cases)))

    rises(after.figure(trouble), base.figure(trouble))


def test_a_perfect_finder_leaves_no_more_harm(book: Book, base: Played) -> None:
    """Whoever looks for a defect finds it."""
    sure = read(finding(book, "100%"))
    flawed = share(estimators.ended("flawed"))
    rises(base.figure(flawed), sure.figure(flawed))


def test_more_staff_never_lengthens_the_queue(book: Book) -> None:
    """Where all come at once, ten times as many officers make nobody wait longer."""
    if not any(actor.staffed for actor in plain_model(book).actors):
        pytest.skip("nobody in this scenario has staff that cases share")
    for stream in own(book)["cases"].values():
        stream["arrivals"] = "at_once"
    crowded = read(book)
    relaxed = read(everywhere(book, "procedure", "staff", lambda raw: amounts(raw, times(10))))
    rises(crowded.waited(), relaxed.waited())


def plain_model(book: Book) -> Program:
    """Return the model of the arm that a book was written from."""
    (scenario,) = book["scenario"]
    (arm,) = own(book)["compare"]
    return plain(scenario, arm).model


def test_cases_that_come_half_as_often_wait_no_longer(book: Book) -> None:
    """From twenty to ten times as often as the scenario says."""
    streams = own(book)["cases"].values()
    if not any(actor.staffed for actor in plain_model(book).actors):
        pytest.skip("nobody in this scenario has staff that cases share")
    if all(stream.get("arrivals", "at_once") == "at_once" for stream in streams):
        pytest.skip("all cases of this scenario come at once")
    often, seldom = (copy.deepcopy(book) for _ in range(2))
    for crowd, factor in ((often, 1 / 20), (seldom, 1 / 10)):
        for stream in own(crowd)["cases"].values():
            if stream.get("arrivals", "at_once") != "at_once":
                stream["arrivals"] = amounts(stream["arrivals"], times(factor))
    rises(read(often).waited(), read(seldom).waited())


def test_a_patient_applicant_abandons_no_more(book: Book, base: Played) -> None:
    """Nobody gives up for waiting."""
    rules = [agent.get("rules", {}).get("waiting", {}) for agent in book["agent"].values()]
    hasty = [(some, name) for some in rules for name in some if some[name]["then"] == "give_up"]
    if not hasty:
        pytest.skip("nobody in this scenario gives up for waiting")
    for some, name in hasty:
        del some[name]
    for agent in book["agent"].values():
        if agent.get("rules", {}).get("waiting") == {}:
            del agent["rules"]["waiting"]
    abandoned = share(estimators.ended("abandoned"))
    rises(base.figure(abandoned), read(book).figure(abandoned))


def test_a_longer_horizon_reaches_no_less(book: Book, base: Played) -> None:
    """Cut off at the median latency, no more cases reach their goal."""
    days = np.concatenate([estimators.latencies(run.cases) for run in base.measures])
    median = stats.order_statistic(days, 0.5)
    if not np.isfinite(median):
        pytest.skip("not half of the cases of this scenario reach their goal")
    own(book)["horizon"] = f"{max(1, round(median * DAY))}s"
    reached = share(estimators.reached)
    rises(base.figure(reached), read(book).figure(reached))


def test_work_done_in_half_the_time_takes_no_more_hours(book: Book, base: Played) -> None:
    """Hands-on time of applicants and offices together."""
    for kind in ("procedure", "agent"):
        book = everywhere(book, kind, "work", lambda raw: amounts(raw, times(0.5)))

    def hours(cases: Any) -> float:
        return float(np.mean(cases["applicant"] + cases["office"])) / HOUR

    rises(base.figure(hours), read(book).figure(hours))

"""The small grant: each mechanism moves what it is for, and nothing once it is switched off.

All effects are paired over ten replications that share their draws: the 95 % interval excludes
zero. Switched off, the same change leaves every row of every log as it was.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import shelf, stats
from sim.compile.compiler import compile_world
from sim.compile.program import Program
from sim.engine import reference
from sim.experiment.against import against
from sim.kpi import estimators
from sim.kpi.measures import VERDICTS, Measures, measure
from sim.kpi.units import DAY
from sim.kpi.visits import visits
from sim.log import LIFE, Log
from sim.study import loader
from tests.families.conftest import falls, rises

REPLICATIONS: Final = 10
SEED: Final = 5

Figure = Callable[["Played"], float]


@dataclass(frozen=True)
class Played:
    """One replication of one arm."""

    model: Program
    log: Log
    measures: Measures

    @property
    def cases(self) -> NDArray[Any]:
        """A row for each case."""
        return self.measures.cases

    def made(self, defect: str, step: str = "") -> NDArray[np.int64]:
        """Return in which cases a defect was made (in the first visit of a step), each once."""
        log = self.log.defects[self.log.defects["what"] == LIFE.index("made")]
        steps = [name.partition(".")[2] for name in self.model.steps]
        of = [self.model.defects[one.defect] == defect for one in self.model.instances]
        log = log[np.array(of)[log["instance"]]]
        if step:
            log = log[(log["step"] == steps.index(step)) & (log["visit"] == 1)]
        return np.unique(log["case"])

    def work(self, step: str) -> NDArray[np.int64]:
        """Return the seconds of hands-on work of the first visit of a step, case by case."""
        rows, events = visits(self.model, self.log), self.log.events
        named = [name.partition(".")[2] for name in self.model.steps].index(step)
        first = (events["step"] == named) & (events["visit"] == 1)
        return np.asarray(rows.work[first][np.argsort(events["case"][first])])

    def attribute(self, name: str) -> NDArray[np.int64]:
        """Return the value of an attribute in each case."""
        return np.asarray(self.log.attributes[:, self.model.attributes.index(name)])


@cache
def played(arm: str, *settings: str, cast: str = "", scenario: str = "shop_grant") -> list[Played]:
    """Return the replications of one arm. ``settings``: ``lever=value`` and ``path.to=value``."""
    levers = [text for text in settings if "." not in text.partition("=")[0]]
    sets = [text for text in settings if text not in levers]
    study = loader.load(scenario, levers=levers, sets=sets, casts=[cast] if cast else [])
    (world,) = (one for one in study.worlds if one.arm == arm)
    model = compile_world(world)
    logs = [reference.run(model, SEED, turn) for turn in range(REPLICATIONS)]
    return [Played(model, log, measure(model, log)) for log in logs]


def change(figure: Figure, before: list[Played], after: list[Played]) -> stats.Difference:
    """Return by how much a figure changes, paired."""
    later, earlier = ([figure(one) for one in half] for half in (after, before))
    return stats.difference(later, earlier)


def same(before: list[Played], after: list[Played]) -> bool:
    """Whether all logs are the same to the last row."""
    pairs = zip(before, after, strict=True)
    return all(one.log.digest() == other.log.digest() for one, other in pairs)


def ends(runs: list[Played]) -> list[list[int]]:
    """Return when each case ended."""
    return [run.cases["end"].tolist() for run in runs]


def days(run: Played) -> float:
    """Mean latency."""
    return estimators.mean_latency(run.cases)


def away(run: Played) -> float:
    """Mean days in which somebody who was not there was waited for."""
    return float(run.cases["away"].mean()) / DAY


def letters(run: Played) -> float:
    """Returns a case."""
    return float(run.cases["returns"].mean())


def hours(run: Played) -> float:
    """Hours of work of the applicant's people."""
    return float(run.cases["applicant"].mean()) / 3600


def verdict(name: str) -> Figure:
    """Return the share of cases that end so."""
    return lambda run: float((run.cases["verdict"] == VERDICTS.index(name)).mean())


wrong, incomplete = verdict("flawed"), verdict("incomplete")


def z(hits: int, count: int, share: float) -> float:
    """Return by how many standard errors a count is off the share that a formula gives."""
    return (hits - count * share) / math.sqrt(count * share * (1 - share))


# -- planning order and attention ------------------------------------------------------------------

ALL_AT_ONCE = "agents.company.attention=all"
ALONE = "agents.ai_helper.attention=1"
LISTED = "agents.ai_helper.order=listed"


def test_who_does_the_longest_first_is_done_sooner() -> None:
    """An errand on paper takes an hour, a session two: what is not begun waits for the next."""
    assert falls(change(days, played("analog"), played("analog", "errands=longest_first")))


def test_the_order_is_nothing_to_who_does_all_at_once() -> None:
    """All that is ready is begun in the same second; every case ends when it did."""
    off = (ALL_AT_ONCE, NO_SESSIONS)
    before, after = played("analog", *off), played("analog", *off, "errands=longest_first")
    assert ends(before) == ends(after)


def test_an_owner_who_does_one_thing_at_a_time_takes_longer() -> None:
    """Attention one against all, on paper and (with errands of five minutes) hardly online."""
    paper, online = (
        change(days, played(arm, ALL_AT_ONCE), played(arm)) for arm in ("analog", "digital")
    )
    assert rises(paper)
    assert online.value < paper.value / 4


def test_an_ai_that_waits_in_one_line_at_a_time_takes_longer() -> None:
    """The registry is closed at night and on Sundays; meanwhile the quotes are not asked for."""
    assert rises(change(days, played("agentic"), played("agentic", ALONE, LISTED)))


def test_an_ai_with_one_line_at_a_time_does_better_by_the_critical_path() -> None:
    """The quotes take longest and are asked for first."""
    before = played("agentic", ALONE, LISTED)
    assert falls(change(days, before, played("agentic", ALONE)))


def test_attention_and_order_of_an_ai_that_waits_for_nobody_are_nothing() -> None:
    """Where its work takes no time either, and no line is closed."""
    off = ("agents.ai_helper.skills.carry.work=0s", "shop_grant.actors.registry.hours=always")
    assert ends(played("agentic", *off)) == ends(played("agentic", *off, ALONE, LISTED))
    assert same(played("digital"), played("digital", ALONE, LISTED))


# -- the gate --------------------------------------------------------------------------------------

GATES = ("gate_50", "gate_90", "gate_99", "all")
NO_LETTERS = "shop_grant.steps.decide.finds={missing: 0%, wrong_figure: 0%}"
NO_SESSIONS = "agents.company.sessions=none"
LAST = "agents.company.sessions.last"


def curve(*settings: str) -> list[list[Played]]:
    """Return the runs of the gates, from 50 % on."""
    return [played(gate, *settings, scenario="shop_grant_gate") for gate in GATES]


def test_a_stricter_gate_leaves_fewer_wrong_results() -> None:
    """At 50, 90 and 99 %, step by step."""
    low, middle, high, _ = curve()
    assert falls(change(wrong, low, middle))
    assert falls(change(wrong, middle, high))


def test_a_look_costs_days() -> None:
    """Step by step, where the office finds nothing and no letter is saved; wrong results fall."""
    runs = curve(NO_LETTERS)
    for before, after in itertools.pairwise(runs):
        assert rises(change(days, before, after))
        assert rises(change(away, before, after))
        assert falls(change(wrong, before, after))


def test_a_look_at_what_is_surely_wrong_saves_days_and_at_what_is_right_costs_some() -> None:
    """A letter costs more than a look: the curve of days falls first and rises then."""
    low, middle, high, everybody = curve()
    assert falls(change(letters, low, middle))
    assert falls(change(days, low, middle))
    assert rises(change(days, high, everybody))
    assert rises(change(days, middle, everybody))


def test_without_sessions_a_gate_costs_no_day() -> None:
    """Whoever looks is there at once: what is left is what the saved letters are worth."""
    _, middle, high, everybody = curve(NO_SESSIONS)
    assert not rises(change(days, middle, high))
    assert not rises(change(days, middle, everybody))
    assert {away(run) for run in (*middle, *high, *everybody)} == {0.0}


def test_a_gate_is_nothing_where_no_ai_drafts() -> None:
    """On paper and online nobody asks."""
    for arm in ("analog", "digital"):
        assert same(played(arm, "gate=0%"), played(arm, "gate=100%"))


# -- skills and sizes ------------------------------------------------------------------------------


def test_a_worse_model_costs_letters_and_days() -> None:
    """Five slips where it expects one."""
    before, after = played("agentic"), played("agentic", "model=5")
    assert all(rises(change(figure, before, after)) for figure in (letters, days, wrong))
    assert same(played("digital"), played("digital", "model=5"))


def test_a_worse_model_costs_no_letter_where_nobody_looks() -> None:
    """What nobody finds nobody sends back: there are more wrong results, and no day more."""
    before = played("agentic", NO_LETTERS, "gate=0%")
    after = played("agentic", NO_LETTERS, "gate=0%", "model=5")
    assert ends(before) == ends(after)
    assert rises(change(wrong, before, after))


def test_an_ai_that_is_less_sure_costs_letters_and_days() -> None:
    """Confidence of an entry read from paper."""
    worse = "shop_grant.steps.draft.agentic.confidence.digital={median: 93.44%, p10: 68.04%}"
    before, after = played("agentic", "gate=0%"), played("agentic", "gate=0%", worse)
    assert all(rises(change(figure, before, after)) for figure in (letters, days))


@pytest.mark.parametrize(("entries", "factor"), [(70, 2), (35, 1)])
def test_a_plan_twice_as_long_takes_twice_the_work_and_slips_by_the_formula(
    entries: int, factor: int
) -> None:
    """Work case by case but for rounding; slips are 1 - (1 - p)^n, |z| < 4."""
    size = f"shop_grant.documents.plan.size.entries.analog={entries}"
    runs = played("analog", size)
    for short, long in zip(played("analog"), runs, strict=True):
        assert abs(long.work("draft") - factor * short.work("draft")).max() <= factor
    hits = sum(len(run.made("wrong_figure", "draft")) for run in runs)
    assert abs(z(hits, sum(len(run.cases) for run in runs), 1 - 0.996**entries)) < 4


def test_the_formula_of_slips_would_catch_a_share_that_is_off() -> None:
    """A plan of 70 entries is not one of 35."""
    runs = played("analog", "shop_grant.documents.plan.size.entries.analog=70")
    hits = sum(len(run.made("wrong_figure", "draft")) for run in runs)
    assert abs(z(hits, sum(len(run.cases) for run in runs), 1 - 0.996**35)) > 6


def test_a_form_that_is_filled_in_already_saves_work_and_slips() -> None:
    """Online 25 of 35 entries are left; as many as on paper cost what they cost."""
    before = played("digital", "shop_grant.documents.plan.size.entries.else=35")
    after = played("digital")
    slips: Figure = lambda run: len(run.made("wrong_figure", "draft"))  # noqa: E731 -- a figure
    draft: Figure = lambda run: run.work("draft").mean()  # noqa: E731
    assert falls(change(draft, before, after))
    assert falls(change(slips, before, after))
    assert falls(change(hours, before, after))
    assert same(
        played("analog"), played("analog", "shop_grant.documents.plan.size.entries.else=35")
    )


# -- knowing the way -------------------------------------------------------------------------------


def test_as_many_applications_are_complete_as_were_in_the_published_round() -> None:
    """JGR-04: two papers, each known to 93 %, so that 86.5 % bring both; |z| < 4."""
    for arm in ("analog", "digital"):
        runs = played(arm)
        count = sum(len(run.cases) for run in runs)
        lacking = sum(len(run.made("missing")) for run in runs)
        assert abs(z(count - lacking, count, 0.93**2)) < 4
        assert abs((count - lacking) / count - 19239 / 22231) < 0.03


QUIET = ("shop_grant.actors.desk.staff=unlimited", "shop_grant.actors.desk.load=none")


def test_an_outdated_manual_hits_the_cases_of_its_call_and_no_other() -> None:
    """Case by case: what is left out with the newer manual, and more; the other call stays."""
    for current, outdated in zip(
        played("agentic", *QUIET), played("agentic", *QUIET, "manual=outdated"), strict=True
    ):
        second = np.flatnonzero(current.attribute("call") == 1)
        before, after = ({*one.made("missing")} for one in (current, outdated))
        assert before < after
        assert after - before <= {*second}
        others = current.attribute("call") == 0
        assert (current.cases[others] == outdated.cases[others]).all()
    assert rises(change(letters, played("agentic"), played("agentic", "manual=outdated")))


def test_an_ai_that_knows_nothing_of_a_call_is_wrong_in_all_its_cases() -> None:
    """Of that call every one, of the other no more than before."""
    values = "shop_grant.levers.manual.values.outdated"
    blind = f"{values}={{agents.ai_helper.knows: {{by: call, second: 0%, else: 97%}}}}"
    for current, outdated in zip(
        played("agentic", *QUIET), played("agentic", *QUIET, "manual=outdated", blind), strict=True
    ):
        second = {*np.flatnonzero(current.attribute("call") == 1)}
        assert {*outdated.made("missing")} - {*current.made("missing")} <= second
        assert second <= {*outdated.made("missing")}


def test_nobody_leaves_out_what_cannot_be_left_out() -> None:
    """With the mechanism off both manuals are the same, and so is the case of an owner."""
    off = [f"shop_grant.documents.{name}.left_out=none" for name in ("tax_proof", "quotes")]
    assert same(played("agentic", *off), played("agentic", *off, "manual=outdated"))
    assert same(played("digital"), played("digital", "manual=outdated"))


def test_a_report_that_nobody_asks_for_is_left_undone_by_who_does_not_know_of_it() -> None:
    """A loose end: the case ends incomplete, in every channel alike; off, no case does."""
    less = "agents.company.knows=80%"
    for arm in ("analog", "agentic"):
        assert rises(change(incomplete, played(arm), played(arm, less)))
        off = "shop_grant.documents.tax_report.left_out=none"
        assert {incomplete(run) for run in played(arm, off, less)} == {0.0}


# -- sessions --------------------------------------------------------------------------------------


def test_each_letter_costs_a_coming() -> None:
    """More returns to people, more days away; with nobody to wait for, none."""
    before, after = played("agentic"), played("agentic", "model=5")
    assert rises(change(away, before, after))
    for arm in ("analog", "digital", "agentic"):
        assert {away(run) for run in played(arm, NO_SESSIONS, "model=5")} == {0.0}
        assert falls(change(days, played(arm), played(arm, NO_SESSIONS)))


def test_short_sessions_cost_comings_on_paper_and_less_than_half_of_them_online() -> None:
    """An errand on paper fills a session; online all are done in one, but for the plan."""
    short, long = f"{LAST}=30min", f"{LAST}=8h"
    for figure in (days, away):
        paper, online = (
            change(figure, played(arm, long), played(arm, short)) for arm in ("analog", "digital")
        )
        assert rises(paper)
        assert online.value < paper.value / 2


# -- parity ----------------------------------------------------------------------------------------


def test_an_owner_in_place_of_the_ai_does_what_he_does_online() -> None:
    """Without the gate nothing is left of the agent; only who does it was another."""
    assert ends(played("agentic_owner", cast="ai=owner")) == ends(played("digital"))


def test_what_survives_the_cast() -> None:
    """With a look at every draft the owner takes longer than the AI, and errs less."""
    ai, owner = played("agentic"), played("agentic_owner_asked", cast="ai=owner")
    assert rises(change(days, ai, owner))
    assert falls(change(wrong, ai, owner))
    assert rises(change(hours, ai, owner))
    bare = played("agentic_owner", cast="ai=owner")
    assert rises(change(days, bare, owner))


# -- an edited copy --------------------------------------------------------------------------------


def test_an_edited_copy_says_what_was_changed_and_what_that_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shorter plan online and a stricter gate; a title is told too, and moves nothing."""
    shipped = Path(shelf.library(), "procedures", "shop_grant.yaml").read_text(encoding="utf-8")
    edited = shipped
    for old, new in (
        ("else: 25 (15-35)", "else: 5 (5-35)"),
        ("default: 90% (0%-100%)", "default: 99% (0%-100%)"),
        ("title: {en: Sign, ja: 署名する}", "title: {en: Sign, ja: 押印する}"),
    ):
        assert edited.count(old) == 1
        edited = edited.replace(old, new)
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / "shop_grant.yaml").write_text(edited, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    study = loader.load("shop_grant")
    told = against(study, loader.original(study, ""), replications=6)

    assert [(one.path, one.before, one.after) for one in told.changed] == [
        ("shop_grant.documents.plan.size.entries.else", "25 (15-35)", "5 (5-35)"),
        ("shop_grant.steps.sign.title.ja", "署名する", "押印する"),
        ("shop_grant.levers.gate.default", "90% (0%-100%)", "99% (0%-100%)"),
    ]
    assert told.same == ("analog",)
    moved = {(row.later, row.kpi): row.change for row in told.result.differences}
    for arm in ("digital", "agentic"):
        assert falls(moved[arm, "returns"])
    assert falls(moved["digital", "effort_hours.applicant"])
    assert moved["analog", "latency_days.mean"].value == 0

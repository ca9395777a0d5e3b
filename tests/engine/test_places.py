"""Places with staff of their own: a town alone is the same as the town among many, row for row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import yaml

from tests import worlds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.conftest import Run

HOUR, DAY = 3600, 24 * 3600

DESK: Final = """
applicant: me
actors: {me: person, desk: {agent: office, staff: {value: 2, each: site}}}
documents: {served: Served}
steps: {serve: {gives: served, by: desk, work: WORK}}
goal: [served]
"""

TOWN: Final = """
applicant: me
actors:
  me: person
  ai: robot
  web: system
  desk: {agent: office, hours: office, staff: {value: {by: time, 0d: 1, 20d: 2}, each: site}}
  boss: {agent: strict, staff: {value: 1, each: site}}
  clerk: {agent: office, hours: business, staff: {value: 2, each: site}}
calendars:
  daily: {days: mon-fri, at: ["11:00", "16:00"]}
  closing: {days: [fri], at: ["17:00"]}
attributes:
  card: 60%
  damaged: 30%
  score: {uniform: [0, 100]}
  band: {small: 50%, large: 50%}
  slow: {by: band, small: 10%, large: 70%}
  adopted: false
documents:
  form: Form
  receipt: {en: Receipt, ja: 受付, kept: true}
  budget: Budget
  seal: {en: Seal, ja: 印, valid: 30d, lapsed: old}
  permit: Permit
  place: Place
  money: Money
defects:
  slip: {en: Slip, ja: Slip, harm: Harm}
  old: Old
  twice: {en: Twice, ja: Twice, loss: 1000}
steps:
  stamp: {gives: [seal], by: [me, desk], work: 20min, delay: {uniform: [1h, 3d]}}
  vote: {gives: [budget], by: boss, once: site, work: 3h, makes: {slip: 20%}, delay: 2d}
  fill:
    gives: [form]
    work: {by: slow, true: 2h, else: {median: 30min, p90: 2h}}
    makes: {slip: 30%}
    again: {makes: {slip: 10%}}
    analog: {by: me, burden: {forms: 1}}
    digital: {by: me, open_to: {card: true}}
    agentic: {by: ai, confidence: {median: 90%, p10: 60%}, makes: {slip: confidence}}
  hand_in:
    needs: [form, seal]
    gives: [receipt]
    analog: {by: [me, desk], work: {exponential: {mean: 40min}}}
    digital: {open_to: {damaged: false}, by: [me, web], work: 5min}
    agentic: {by: [ai, web], work: 1min}
  examine:
    needs: [receipt, budget]
    gives: [permit]
    by: [clerk, boss]
    work: {median: 1h, p90: 3h}
    priority: {by: band, small: 1, large: 2}
    delay: {until: daily, at_least: 2h}
    finds: {slip: 70%, old: 90%}
  choose:
    needs: [permit]
    gives: [place]
    by: boss
    work: 2h
    select: {at: closing, places: 3, rank: score, decides: adopted}
  pay:
    needs: [place]
    gives: [money]
    by: clerk
    if: {adopted: true}
    batch: {at: daily, most: 4}
    work: {exponential: {mean: 1h}}
    makes: {twice: 30%}
    pays: true
goal: [money]
"""
AGENTS: Final = {
    "person": "{agent: person, kind: person, rules: {returned: {redo: {then: {redo: {after:"
    " {uniform: [1h, 2d]}}}}}, waiting: {call: {when: {waited: '> 6d'}, then: {hurry: 1}},"
    " lost: {when: {elapsed: '> 70d', chance: 50%}, then: give_up}}, outage: {paper: {when:"
    " {down_for: '> 2h'}, then: {use: analog}}}}}",
    "strict": "{agent: strict, kind: office, rules: {found: {mend: {when: {chance: 30%},"
    " then: {fix: {work: 20min}}}, back: {then: return}}}}",
}
ROWS: Final[list[dict[str, Any]]] = [
    {"site": "Aoba", "size": 25, "damaged": True},
    {"site": "Izumi", "size": 9, "start": "2026-04-20", "boss": 2},
    {"site": "町田", "size": 31, "clerk": 3, "band": "large"},
    {"site": "7", "size": 4, "start": "2026-05-07T10:00"},
]
OUT: Final = """
outages:
  - {actor: web, at: 2026-04-03T09:00, for: 30h}
  - {actor: desk, at: 2026-04-08, for: 1d}
"""
ARRIVALS: Final = ("{exponential: {mean: 5h}}", "{uniform: [0d, 30d]}", "at_once", "90min")


def town(
    rows: Sequence[dict[str, Any]], channel: str, arrivals: str, seed: int, text: str = TOWN
) -> Run:
    """Run two streams, of which the second has half as many cases, in the towns of a table."""
    case = {"using": ["p"], "hours": "business", "arrivals": yaml.safe_load(arrivals)}
    some = [{**row, "size": row["size"] // 2} for row in rows]
    streams = {
        name: case
        | {"count": sum(row["size"] for row in table)}
        | {"sites": {"table": table, "share": ["damaged"]}}
        for name, table in (("a", [*rows]), ("b", some))
    }
    streams["b"]["locker"] = {"seal": {"share": "50%", "age": "20d"}}
    sets = (
        f"cases={yaml.safe_dump(streams, default_flow_style=True, width=9**9, allow_unicode=True)}",
    )
    return worlds.run(text, "{count: 1, using: [p]}", OUT, AGENTS, channel, seed=seed, sets=sets)


def numbered(run: Run, site: str) -> dict[int, int]:
    """Return the cases of a site by their numbers, each with its number among these."""
    assert run.model.sites is not None
    place = run.model.sites.names.index(site)
    found: list[int] = []
    for stream, spec in enumerate(run.model.streams):
        for one in run.model.sites_of(stream):
            if one.place == place:
                found += range(first := spec.first_case + one.first, first + one.count)
    return {case: number for number, case in enumerate(found)}


def of_site(run: Run, site: str) -> dict[str, NDArray[Any]]:
    """Return all that a log says of a site, the numbers of its cases aside."""
    numbers = numbered(run, site)
    told: dict[str, NDArray[Any]] = {}
    for name in ("events", "cases", "decisions"):
        table = getattr(run.log, name)
        table = table[np.isin(table["case"], list(numbers))].copy()
        table["case"] = [numbers[case] for case in table["case"].tolist()]
        told[name] = table
    for name in ("milestones", "attributes", "harms"):
        told[name] = getattr(run.log, name)[list(numbers)]
    return told


def same(one: Run, other: Run, site: str) -> None:
    """Assert that a site is the same in two runs."""
    here, there = of_site(one, site), of_site(other, site)
    for name, table in here.items():
        assert len(table) == len(there[name]), name
        assert (table == there[name]).all(), name


@pytest.mark.parametrize("channel", ["analog", "digital", "agentic"])
@pytest.mark.parametrize("arrivals", ARRIVALS)
def test_a_site_alone_is_the_site_among_many(channel: str, arrivals: str) -> None:
    """Channels, returns, fixes, attributes, batches, calls, outages: every row of every table."""
    many = town(ROWS, channel, arrivals, seed=3)
    assert {row["result"] for row in many.rows()} >= {"given", "returned"}
    for row in ROWS:
        same(many, town([row], channel, arrivals, seed=3), row["site"])


def test_an_added_site_changes_nothing_in_the_others() -> None:
    """A town more, before or behind the others."""
    more = {"site": "Mori", "size": 40}
    many = town(ROWS, "digital", ARRIVALS[0], seed=5)
    for rows in ([*ROWS, more], [more, *ROWS]):
        wider = town(rows, "digital", ARRIVALS[0], seed=5)
        for row in ROWS:
            same(many, wider, row["site"])

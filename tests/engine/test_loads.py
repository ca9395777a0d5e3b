"""Other business of pools: what lies there, what comes in, for how long, and who sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest

from sim.compile.nodes import SHARE, Drawn
from sim.compile.program import TICKS, Program
from sim.compile.tables import lookup
from sim.engine.draws import Draws
from sim.engine.typical import plan_of
from sim.errors import InvalidInput, RunFailed
from sim.experiment.tables import Named, chunks
from sim.kpi.invariants import check
from sim.kpi.measures import measure
from sim.study import loader
from tests.conftest import Runner
from tests.worlds import Run, compiled, run, shelved, written

HOUR: Final = 3600
DAY: Final = 24 * HOUR

OFFICE: Final = """
    applicant: owner
    actors:
      owner: robot
      desk: {agent: office, hours: HOURS, staff: STAFF, load: {LOAD}}
    documents: {served: Served}
    steps: {serve: {gives: served, by: desk, work: 1h}}
    goal: [served]
"""


def text_of(load: str, staff: str = "1", hours: str = "always") -> str:
    """Return the YAML of an office with a load."""
    return OFFICE.replace("LOAD", load).replace("STAFF", staff).replace("HOURS", hours)


def model_of(load: str, staff: str = "1", more: str = "", **files: Any) -> Program:
    """Return an office, compiled; ``more`` of its YAML."""
    sets = files.pop("sets", ())
    return compiled(written(text_of(load, staff) + more, **files), sets)


def office(
    load: str,
    case: str = "{count: 1, using: [p]}",
    staff: str = "1",
    hours: str = "always",
    **more: Any,
) -> Run:
    """Run an office with a load; 1 April 2026 is a Wednesday."""
    return run(text_of(load, staff, hours), case, **more)


def pieces(told: Run, stream: str) -> Any:
    """Return the visits of a stream of other business, in order of their cases."""
    number = [one.name for one in told.model.streams].index(stream)
    cases = told.log.cases["case"][told.log.cases["stream"] == number]
    events = np.sort(told.log.events, order="case")
    return events[np.isin(events["case"], cases)]


def served(told: Run) -> list[tuple[int, int]]:
    """Return when the cases that count were enabled and granted, in hours."""
    rows = told.rows("serve")
    return [(row["enabled"] // HOUR, row["granted"] // HOUR) for row in rows]


# -- what lies there -------------------------------------------------------------------------------


def test_what_lies_there_is_before_everybody() -> None:
    """Two desks open from 9 to 17; a backlog of a day is 16 pieces of an hour.

    A case that comes in the very first second is served at 9 of the second day, after 8 turns.
    """
    hours = '{days: daily, open: "09:00-17:00", holidays: open}'
    told = office("share: 0, each: 1h, backlog: 1d", staff="2", hours=hours)
    lying = pieces(told, "backlog.desk")
    assert len(lying) == 16
    assert set(lying["enabled"].tolist()) == {0}
    assert lying["started"].tolist() == [(9 + n // 2) * HOUR for n in range(16)]
    assert served(told) == [(0, 17)]
    assert told.rows("serve")[0]["started"] == 33 * HOUR


@pytest.mark.parametrize(
    ("backlog", "count"),
    [("1bd", 8), ("3bd", 24), ("3d", 24), ("5d", 24), ("12h", 3), ("1w", 40), ("0d", 0)],
)
def test_a_backlog_is_what_the_declared_staff_has_in_that_time(backlog: str, count: int) -> None:
    """Monday to Friday, 9 to 17, from Wednesday on: Saturday and Sunday have nothing."""
    hours = '{days: mon-fri, open: "09:00-17:00"}'
    told = office(f"share: 0, each: 1h, backlog: {backlog}", hours=hours)
    assert sum(case["case"] < 0 for case in told.cases()) == count


def test_pieces_are_a_whole_number_of_mean_works() -> None:
    """24 h over 5 h are 4.8 pieces, so 5; over 16 h 1.5, so 2; of a law its mean counts."""
    assert len(pieces(office("share: 0, each: 5h, backlog: 1d"), "backlog.desk")) == 5
    assert len(pieces(office("share: 0, each: 16h, backlog: 1d"), "backlog.desk")) == 2
    told = office("share: 0, each: {uniform: [1h, 3h]}, backlog: 1d")
    assert len(pieces(told, "backlog.desk")) == 12


# -- what comes in ---------------------------------------------------------------------------------


def due(told: Run, number: int, mean: int, seed: int = 1) -> list[int]:
    """Return the sums of the times between pieces that a seed holds ready, in work seconds."""
    stream = next(one for one in told.model.streams if one.name == "load.desk")
    crc = stream.crc[told.model.points.index("arrival")]
    draws = Draws(seed, 0)
    gaps = [-np.log1p(-(draws.bits(crc, n) + 0.5) / 2**48) * mean for n in range(number)]
    return [int(one) for one in np.cumsum(gaps)]


def test_pieces_come_by_the_work_that_the_declared_staff_has() -> None:
    """By hand: 2 x 50 % of 9 to 17 is a second of work an open second, and so is the clock."""
    hours = '{days: daily, open: "09:00-17:00", holidays: open}'
    told = office(
        "share: 50%, each: 2h", "{count: 30, arrivals: 8h, using: [p]}", staff="2", hours=hours
    )
    came = pieces(told, "load.desk")["enabled"]
    for moment, work in zip(came, due(told, len(came), 2 * HOUR), strict=True):
        day, rest = divmod(work, 8 * HOUR)
        assert abs(moment - (day * DAY + 9 * HOUR + rest)) <= 1 + 1e-3 * work
    assert ((came % DAY >= 9 * HOUR) & (came % DAY < 17 * HOUR)).all()


def test_the_pace_goes_by_staff_and_share_as_they_change() -> None:
    """From the third day on 3 instead of 1; at weekends 20 % instead of 50 %; in ticks a second."""
    share = "{by: weekday, sat-sun: 20%, else: 50%}"
    model = model_of(f"share: {share}, each: 10min", "{by: time, 0d: 1, 2d: 3}")
    assert model.loads
    (load,) = model.loads
    told = [(second // DAY, round(ticks / TICKS, 6)) for second, ticks in load.pace[:5]]
    assert told == [(0, 0.5), (2, 1.5), (3, 0.6), (5, 1.5), (10, 0.6)]


@pytest.mark.parametrize("number", range(12))
def test_pieces_come_as_a_clock_that_is_watched_every_second_says(number: int) -> None:
    """Any hours, staff, share, start and outage: a piece comes when its work has passed."""
    die = np.random.default_rng(number)
    opens, closes = sorted(die.choice(np.arange(0, 25), 2, replace=False).tolist())
    staff, later = die.integers(1, 5), die.integers(0, 5)
    change = int(die.integers(1, 120))
    weekend, week = (int(one) for one in die.integers(5, 95, 2))
    start = int(die.integers(0, 24))
    share = f"{{by: weekday, sat-sun: {weekend}%, else: {week}%}}"
    told = office(
        f"share: {share}, each: {{exponential: {{mean: 40min}}}}, backlog: {number % 3}d",
        "{count: 30, arrivals: 8h, using: [p]}",
        staff=f"{{by: time, 0d: {staff}, {change}h: {later}}}",
        hours=f'{{days: daily, open: "{opens:02}:00-{closes:02}:00", holidays: open}}',
        scenario=f"start: 2026-04-01T{start:02}:00\n"
        "horizon: 9d\noutages: [{actor: desk, at: 2026-04-04, for: 1d}]",
    )
    second = np.arange(0, 22 * DAY)
    weekday = (2 + second // DAY) % 7
    pace = np.where(second - start * HOUR < change * HOUR, staff, later)
    percent = np.where(weekday >= 5, weekend, week)
    pace = np.floor(pace * np.floor(percent / 100 * SHARE + 0.5) / SHARE * TICKS + 0.5)
    here = (second // HOUR % 24 >= opens) & (second // HOUR % 24 < closes)
    pace *= here & (second >= start * HOUR)
    behind = np.concatenate(([0.0], np.cumsum(pace)))  # at the beginning of each second, in ticks
    rows = pieces(told, "load.desk")
    model = told.model
    number_of = [one.name for one in model.streams].index("load.desk")
    stream = model.streams[number_of]
    crc, draws = stream.crc[model.points.index("arrival")], Draws(1, 0)
    assert isinstance(stream.gaps, Drawn)
    table = model.tables[stream.gaps.table]
    gaps = [lookup(table, draws.bits(crc, n)) for n in range(len(rows))]
    assert len(rows) > 1
    for due, enabled in zip(np.cumsum(gaps), rows["enabled"], strict=True):
        assert behind[enabled] <= due < behind[enabled + 1]


def test_nothing_comes_while_nobody_is_declared_to_be_there() -> None:
    """On Sundays there is no staff, and no business either."""
    told = office(
        "share: 80%, each: 1h",
        "{count: 100, arrivals: 8h, using: [p]}",
        staff="{by: weekday, sun: 0, else: 2}",
    )
    days = pieces(told, "load.desk")["enabled"] // DAY
    assert not ((days + 2) % 7 == 6).any()
    assert len(days) > 200


def test_a_start_in_the_middle_of_a_day_is_where_it_begins() -> None:
    """From 15:00 on; the backlog of 6 h lies there in that second, and a case comes in it too."""
    told = office(
        "share: 50%, each: 1h, backlog: 6h",
        "{count: 50, arrivals: 8h, using: [p]}",
        scenario="start: 2026-04-01T15:00",
    )
    assert set(pieces(told, "backlog.desk")["enabled"].tolist()) == {15 * HOUR}
    assert pieces(told, "load.desk")["enabled"].min() >= 15 * HOUR


def test_other_business_comes_until_the_last_case_that_counts_has_ended() -> None:
    """Background cases do not keep it going: they come for ten days longer here."""
    cases = "{count: 40, arrivals: 6h, using: [p]}"
    cases += ", b: {count: 80, arrivals: 6h, using: [p], background: true}"
    told = office("share: 30%, each: 1h", cases)
    streams = [one.name for one in told.model.streams]
    own = [case for case in told.cases() if case["stream"] == streams.index("c")]
    ended = max(case["end"] for case in own)
    assert ended - DAY < pieces(told, "load.desk")["enabled"].max() <= ended
    assert max(case["end"] for case in told.cases()) > ended + 9 * DAY


def test_what_is_left_then_is_done_by_whoever_is_there_later() -> None:
    """The only case is over at 1:00, and three pieces of 11 h lie there.

    Somebody is there for 3 h, for 6 h from 48 on, and again from 120 on, 33 h in six days. Who has
    begun goes on.
    """
    told = office(
        "share: 0, each: 11h, backlog: 6d",
        staff="{by: time, 0d: 1, 3h: 0, 2d: 1, 54h: 0, 5d: 1}",
        sets=("p.steps.serve.by=owner",),
    )
    lying = pieces(told, "backlog.desk")
    assert told.cases()[-1]["end"] == HOUR
    assert [time / HOUR for time in lying["finished"]] == [11, 59, 131]


# -- the same in every arm -------------------------------------------------------------------------


def works(told: Run) -> dict[int, tuple[int, int]]:
    """Return when each piece that came in was enabled and how long it took."""
    return {
        number: (int(row["enabled"]), int(row["finished"] - row["started"]))
        for number, row in enumerate(pieces(told, "load.desk"))
    }


BUSY: Final = "share: 70%, each: {median: 30min, p90: 2h}"
MANY: Final = "{count: 100, arrivals: 3h, using: [p]}"


@pytest.mark.parametrize(
    "sets",
    [
        ("actors.desk.staff=3",),
        ("actors.desk.staff={by: weekday, mon: 5, else: 2}",),
        ("p.steps.serve.work=20min",),
        ("cases.c.count=80",),
        ("p.steps.serve.by=owner",),
    ],
)
def test_what_an_arm_sets_leaves_other_business_as_it_is(sets: tuple[str, ...]) -> None:
    """Every piece that comes in both comes in the same second and takes as long."""
    ours, theirs = works(office(BUSY, MANY)), works(office(BUSY, MANY, sets=sets))
    both = ours.keys() & theirs.keys()
    assert len(both) > 100
    assert all(ours[one] == theirs[one] for one in both)


def test_hours_that_an_arm_sets_leave_it_as_it_is_too() -> None:
    """The desk is open less; what is sent to it comes as before."""
    ours = works(office(BUSY, MANY, staff="2"))
    hours = 'actors.desk.hours={days: daily, open: "06:00-22:00", holidays: open}'
    theirs = works(office(BUSY, MANY, staff="2", sets=(hours,)))
    both = ours.keys() & theirs.keys()
    assert len(both) > 100
    assert all(ours[one][0] == theirs[one][0] for one in both)


def test_a_backlog_changes_nothing_of_what_comes() -> None:
    """It is a stream of its own."""
    ours, theirs = works(office(BUSY, MANY)), works(office(f"{BUSY}, backlog: 2d", MANY))
    both = ours.keys() & theirs.keys()
    assert len(both) > 100
    assert all(ours[one] == theirs[one] for one in both)


def test_a_step_and_a_stream_more_change_nothing_of_it() -> None:
    """They shift the numbers of cases, points and streams, but no draw."""
    ours = works(office(BUSY, MANY))
    more = f"""
        applicant: owner
        actors:
          owner: robot
          desk: {{agent: office, hours: always, staff: 1, load: {{{BUSY}}}}}
        documents: {{served: Served, looked: Looked}}
        steps:
          look: {{gives: looked, by: desk, work: {{median: 10min, p90: 1h}}}}
          serve: {{gives: served, by: desk, work: 1h}}
        goal: [served, looked]
    """
    theirs = works(run(more, f"{MANY}, a: {MANY}"))
    both = ours.keys() & theirs.keys()
    assert len(both) > 100
    assert all(ours[one] == theirs[one] for one in both)


def test_places_change_nothing_of_it() -> None:
    """It comes to no place: a pool that all places share has the same pieces, at the same times."""
    more = """
        applicant: owner
        actors:
          owner: robot
          desk: {agent: office, hours: always, staff: 1, load: {LOAD}}
          town: {agent: office, hours: always, staff: TOWN}
        documents: {served: Served, looked: Looked}
        steps:
          look: {gives: looked, by: town, work: {median: 10min, p90: 1h}}
          serve: {gives: served, needs: looked, by: desk, work: 1h}
        goal: [served]
    """.replace("LOAD", f"{BUSY}, backlog: 2d")
    case = f"{MANY[:-1]}, sites: 3}}"
    shared = run(more.replace("TOWN", "1"), case)
    own = run(more.replace("TOWN", "{value: 1, each: site}"), case)
    ours, theirs = works(shared), works(own)
    both = ours.keys() & theirs.keys()
    assert len(both) > 100
    assert all(ours[one] == theirs[one] for one in both)
    there = [pieces(one, "backlog.desk")[["case", "started", "finished"]] for one in (shared, own)]
    assert len(there[0])
    assert there[0].tolist() == there[1].tolist()
    assert len(own.log.queue_area) == len(shared.log.queue_area) + 2


def test_arms_share_so_much_that_their_difference_is_sharp() -> None:
    """Half the work of cases: pairing takes away more than three quarters of the variance."""
    waits = np.array(
        [
            [
                np.mean([granted - enabled for enabled, granted in served(told)])
                for told in (
                    office(BUSY, "{count: 60, arrivals: 10h, using: [p]}", sets=sets, replication=r)
                    for r in range(8)
                )
            ]
            for sets in ((), ("p.steps.serve.work=30min",))
        ]
    )
    apart = waits.var(axis=1, ddof=1).sum()
    assert (waits[0] - waits[1]).var(ddof=1) < apart / 4


def test_an_override_of_load_counts() -> None:
    """With a share of 35 % half as much comes; the draws are the same, the clock is slower."""
    model, other = (
        model_of(BUSY, "2", sets=sets) for sets in ((), ("actors.desk.load.share=35%",))
    )
    assert model.loads
    assert other.loads
    assert abs(model.loads[0].pace[0][1] - 2 * other.loads[0].pace[0][1]) <= 1
    assert model.streams[1] == other.streams[1]


def test_a_lever_in_the_staff_has_its_default() -> None:
    """A lookup by a lever that an arm pulls gives it more staff and no more business."""
    levers = "    levers: {reform: {default: later, values: [later, now]}}\n"
    plain, pulled = (
        model_of(
            BUSY, "{by: reform, now: 4, else: 2}", levers, scenario=f"levers: {{reform: {one}}}"
        )
        for one in ("later", "now")
    )
    assert plain.actors[1].staff == ((0, 2),)
    assert pulled.actors[1].staff == ((0, 4),)
    assert plain.loads == pulled.loads


def test_a_lever_in_the_load_counts() -> None:
    """It says how much comes, as an override of the load does."""
    levers = "    levers: {reform: {default: later, values: [later, now]}}\n"
    load = "share: {by: reform, now: 20%, else: 60%}, each: {by: reform, now: 1h, else: 3h}"
    plain, pulled = (
        model_of(load, "1", levers, scenario=f"levers: {{reform: {one}}}")
        for one in ("later", "now")
    )
    (ours,), (theirs,) = plain.loads or (), pulled.loads or ()
    assert [round(one.pace[0][1] / TICKS, 3) for one in (ours, theirs)] == [0.6, 0.2]


def test_staff_that_only_an_arm_gives_tells_how_much_comes() -> None:
    """Where the file has no pool there is nothing else that could."""
    load = "actors.desk={agent: office, staff: 4, load: {share: 50%, each: 1h}}"
    text = text_of("X").replace(", load: {X}", "").replace(", staff: 1", "")
    model = compiled(written(text), (load,))
    assert model.loads
    assert model.loads[0].pace == ((0, 2 * TICKS),)


def test_business_comes_in_during_an_outage_and_waits() -> None:
    """The desk is shut for two days; what comes meanwhile is started after them."""
    told = office(
        "share: 50%, each: 1h",
        "{count: 60, arrivals: 4h, using: [p]}",
        scenario="outages: [{actor: desk, at: 2026-04-03, for: 2d}]",
    )
    rows = pieces(told, "load.desk")
    meanwhile = (rows["enabled"] >= 2 * DAY) & (rows["enabled"] < 4 * DAY)
    assert meanwhile.sum() > 5
    assert (rows["started"][meanwhile] >= 4 * DAY).all()
    ours = works(told)
    plain = works(office("share: 50%, each: 1h", "{count: 60, arrivals: 4h, using: [p]}"))
    assert all(ours[one][0] == plain[one][0] for one in ours.keys() & plain.keys())


def test_staff_unlimited_knows_no_load() -> None:
    """Who serves everybody at once has no queue to fill: its load has to go as well."""
    with pytest.raises(InvalidInput, match="other business is that of a pool"):
        office(BUSY, sets=("actors.desk.staff=unlimited",))
    told = office(BUSY, sets=("actors.desk.staff=unlimited", "actors.desk.load=none"))
    assert told.model.loads is None


def test_each_actor_of_a_list_has_business_of_its_own() -> None:
    """Two desks, each with its own pieces, numbered in turn behind the ten cases."""
    text = text_of(f"{BUSY}, backlog: 1d").replace("staff: 1", "staff: 1, each: wards")
    text = text.replace("{gives: served, by", "{each: wards, gives: served, by")
    told = run(text + "    lists: {wards: [east, west]}\n", "{count: 10, arrivals: 5h, using: [p]}")
    names = [one.name for one in told.model.streams]
    assert names == [
        "c",
        "backlog.desk.east",
        "load.desk.east",
        "backlog.desk.west",
        "load.desk.west",
    ]
    east, west = (pieces(told, f"load.desk.{ward}") for ward in ("east", "west"))
    assert east["case"].tolist() == [10 + 2 * n for n in range(len(east))]
    assert west["case"].tolist() == [11 + 2 * n for n in range(len(west))]
    assert east["enabled"].tolist() != west["enabled"].tolist()


def test_an_arm_in_which_applicants_choose_has_it_too() -> None:
    """Nobody is asked in which channel other business is done."""
    agents = {"robot": "{agent: robot, kind: ai, rules: {start: {all: {then: {use: digital}}}}}"}
    told = office(BUSY, MANY, channel="mixed", agents=agents)
    assert works(told) == works(office(BUSY, MANY, agents=agents))
    assert len(told.decisions()) == 100


def test_what_nobody_comes_to_is_over_at_the_horizon() -> None:
    """Of a backlog of four days two are done, one is in hand then, and one waits in vain."""
    told = office("share: 0, each: 24h, backlog: 4d", scenario="horizon: 2d")
    assert [case["outcome"] for case in told.cases()] == ["clean", "clean", *["unfinished"] * 3]
    assert pieces(told, "backlog.desk")["closed"].tolist() == [day * DAY for day in (1, 2, 3, 2)]


def test_a_plan_knows_nothing_of_it() -> None:
    """It is about one case."""
    with shelved(written(text_of(f"{BUSY}, backlog: 9d"))):
        (world,) = loader.load("s").worlds
        assert [one.name for one in plan_of(world).steps] == ["p.serve"]


def test_a_piece_that_is_lost_breaks_a_law() -> None:
    """One that came and did not end, and one that lay there."""
    told = office(f"{BUSY}, backlog: 1d", MANY)
    for place in (0, -2):
        cases = np.delete(told.log.cases, place)
        events = told.log.events[told.log.events["case"] != told.log.cases["case"][place]]
        with pytest.raises(RunFailed):
            check(told.model, replace(told.log, cases=cases, events=events))


# -- figures ---------------------------------------------------------------------------------------


def test_it_is_in_the_figures_of_pools_and_of_no_case() -> None:
    """Cases are as many and offer as much as without; the pool is as busy as its load says."""
    told = office(BUSY, "{count: 400, arrivals: 20h, using: [p]}", staff="2")
    plain = office(
        BUSY,
        "{count: 400, arrivals: 20h, using: [p]}",
        staff="2",
        sets=("actors.desk.load.share=0",),
    )
    ours, theirs = (measure(one.model, one.log) for one in (told, plain))
    assert len(ours.cases) == len(theirs.cases) == 400
    for name in ("office", "visits", "forms", "cost"):
        assert ours.cases[name].tolist() == theirs.cases[name].tolist()
    (row,), (bare,) = ours.pools, theirs.pools
    assert row["granted"] == bare["granted"] == 400
    assert row["busy"] / row["on_duty"] == pytest.approx(0.7 + 1 / 40, abs=0.03)
    assert row["offered"] / row["capacity"] == pytest.approx(0.7 + 1 / 40, abs=0.03)
    assert bare["busy"] / bare["on_duty"] == pytest.approx(1 / 40, abs=0.003)


def test_an_overload_is_looked_for_while_cases_come() -> None:
    """A month at 90 %, then ten days in which cases of 2 h come every 4 h: 90 % and 50 %.

    What lay there at the start is no work that comes in.
    """
    case = "{count: 60, arrivals: 4h, using: [p]}"
    told = office("share: 90%, each: 1h, backlog: 20d", case, sets=("p.steps.serve.work=2h",))
    (row,) = measure(told.model, told.log).pools
    assert row["capacity"] == pytest.approx(10 * DAY, rel=0.05)
    assert row["offered"] / row["capacity"] == pytest.approx(1.4, abs=0.1)


def test_a_result_folder_tells_the_stream_of_each_visit() -> None:
    """Cases that count are told by themselves, visits of all: the totals are as many."""
    told = office(BUSY, "{count: 20, arrivals: 10h, using: [p]}")
    figures = measure(told.model, told.log)
    tables = chunks(told.model, told.log, figures)
    stream = tables["events"]["stream"]
    assert isinstance(stream, Named)
    assert sum(stream.names[code] == "c" for code in stream.codes) == len(figures.cases) == 20
    assert figures.events == len(stream.codes) == len(told.log.cases)


def test_other_business_leaves_nothing_out_where_cases_do(play: Runner) -> None:
    """The owner knows of no proof; pieces come to the desk all the same, and want nothing."""
    told = play(
        """
        actors: {me: novice, desk: {agent: office, staff: 1, load: {share: 50%, each: 1h}}}
        documents: {proof: {en: P, ja: P, left_out: gap}, form: F, permit: P}
        defects: {gap: Gap}
        steps:
          fetch: {gives: proof, by: me, work: 1h}
          fill: {needs: proof, gives: form, by: me, work: 1d}
          look: {needs: form, gives: permit, by: desk, work: 1h}
        goal: [permit]
        """,
        agents={"novice": "{agent: novice, kind: person, knows: 0%}"},
    )
    assert [row["step"] for row in told.rows(case=0)] == ["fill", "look"]
    assert len(told.cases()) > 1

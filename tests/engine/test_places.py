"""Places with staff of their own: a town alone is the same as the town among many, row for row."""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import yaml

from sim.compile.compiler import compile_worlds
from sim.compile.streams import dealt
from sim.engine import reference, typical
from sim.engine.draws import philox
from sim.errors import InvalidInput
from sim.experiment import checking
from sim.kpi.measures import measure
from sim.study import loader
from sim.study.difference import changes
from sim.yaml import writer
from tests import worlds
from tests.worlds import Run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.conftest import Run, Runner

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
  proof: {en: Proof, ja: 証明, left_out: missing}
  told: {en: Told, ja: 届出, left_out: untold}
  receipt: {en: Receipt, ja: 受付, kept: true}
  budget: Budget
  seal: {en: Seal, ja: 印, valid: 30d, lapsed: old}
  permit: Permit
  place: Place
  money: Money
defects:
  slip: {en: Slip, ja: Slip, harm: Harm}
  old: Old
  missing: {en: Missing, ja: 漏れ, harm: Harm}
  untold: {en: Untold, ja: 届出漏れ, harm: {en: Untold, ja: 届出漏れ, as: incomplete}}
  twice: {en: Twice, ja: Twice, loss: 1000}
steps:
  stamp: {gives: [seal], by: [me, desk], work: 20min, delay: {uniform: [1h, 3d]}}
  vote: {gives: [budget], by: boss, once: site, work: 3h, makes: {slip: 20%}, delay: 2d}
  fetch: {gives: [proof], by: [me, desk], work: 10min}
  tell: {gives: [told], by: me, work: 10min}
  fill:
    needs: [proof]
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
    finds: {slip: 70%, old: 90%, missing: 80%}
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
goal: [money, told]
"""
AGENTS: Final = {
    "person": "{agent: person, kind: person, knows: 70%, sessions: {after: {uniform: [1h, 3d]},"
    " last: 1h}, rules: {returned: {redo: {then: redo}}, waiting: {call: {when:"
    " {waited: '> 6d'}, then: {hurry: 1}}, lost: {when: {elapsed: '> 70d', chance: 50%}, then:"
    " give_up}}, outage: {paper: {when: {down_for: '> 2h'}, then: {use: analog}}}}}",
    "robot": "{agent: robot, kind: ai, knows: 60%, rules: {returned: {redo: {then: {redo: {after:"
    " {uniform: [1h, 2d]}}}}}}}",
    "strict": "{agent: strict, kind: office, rules: {found: {mend: {when: {chance: 30%,"
    " defect: [slip, old]},"
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
  - {actor: clerk, every: {exponential: {mean: 6d}}, for: {uniform: [1h, 9h]}}
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
    for name in ("events", "cases", "decisions", "comings", "defects"):
        table = getattr(run.log, name)
        table = table[np.isin(table["case"], list(numbers))].copy()
        table["case"] = [numbers[case] for case in table["case"].tolist()]
        told[name] = table
    slips = told["defects"]["slip"]  # in the order in which they are made
    slips[:] = np.searchsorted(np.unique(slips), slips)
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
    """Channels, returns, fixes, attributes, batches, calls, outages: every row of every table.

    So are comings of people, what they leave out, and the life of each slip.
    """
    many = town(ROWS, channel, arrivals, seed=3)
    assert {row["result"] for row in many.rows()} >= {"given", "returned"}
    lives = [life for case in many.cases() for life in many.lives(case["case"])]
    assert {what for _, what, _, _ in lives} >= {"left", "found", "missed", "fix", "sent_back"}
    assert {defect for defect, _, _, _ in lives} >= {"slip", "missing", "untold"}
    assert len(many.log.comings) > len(many.log.cases)
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


def test_a_fault_in_an_input_of_a_site_is_seen() -> None:
    """Two percent more work, time or delay, a place more in a call: the rows are others."""
    many = town(ROWS, "digital", ARRIVALS[0], seed=3)
    faults = (
        ("{median: 1h, p90: 3h}", "{median: 61.2min, p90: 3h}"),
        ("work: 20min", "work: 1224s"),
        ("{uniform: [1h, 3d]}", "{uniform: [1h, 4406min]}"),
        ("places: 3", "places: 4"),
        ("0d: 1, 20d: 2", "0d: 2"),
    )
    for old, new in faults:
        text = TOWN.replace(old, new)
        assert text != TOWN
        wrong = town([ROWS[2]], "digital", ARRIVALS[0], seed=3, text=text)
        with pytest.raises(AssertionError, match=r"events|cases|attributes"):
            same(many, wrong, "町田")
    later = [{**ROWS[2], "start": "2026-04-02"}]
    with pytest.raises(AssertionError):
        same(many, town(later, "digital", ARRIVALS[0], seed=3), "町田")


def test_a_draw_of_a_site_has_its_name_as_the_fourth_word() -> None:
    """Philox by case within the place, point, number and CRC-32 of the name, worked out here."""
    many = town(ROWS, "digital", ARRIVALS[0], seed=3)
    model, column = many.model, many.log.attributes[:, many.model.attributes.index("card")]
    for stream, spec in enumerate(model.streams):
        for one, row in zip(model.sites_of(stream), ROWS, strict=True):
            word, point = (
                zlib.crc32(row["site"].encode()),
                zlib.crc32(f"{spec.name}:attr/card".encode()),
            )
            drawn = [philox((case, point, 0, word), (3, 0))[0] for case in range(one.count)]
            first = spec.first_case + one.first
            told = column[first : first + one.count].tolist()
            assert told == [int(u < 0.6 * 2**32) for u in drawn]


def test_without_sites_all_are_served_at_one_place(world: Runner) -> None:
    """The word alone changes nothing: rows and draws are those of one pool."""
    case = "{count: 300, arrivals: {exponential: {mean: 30min}}, using: [p]}"
    text = DESK.replace("WORK", "{exponential: {mean: 50min}}")
    own, shared = world(text, case), world(text.replace("{value: 2, each: site}", "2"), case)
    assert own.log.digest() == shared.log.digest()


def test_every_site_has_its_desk(world: Runner) -> None:
    """Nine at once at three places, two served at a time in each for an hour: 1, 1 and 2 hours."""
    run = world(DESK.replace("WORK", "1h"), "{count: 9, using: [p], sites: 3}")
    ends = [case["end"] // HOUR for case in run.cases()]
    assert ends == [1, 1, 2] * 3
    (pool,) = measure(run.model, run.log).pools
    assert (pool["busy"], pool["on_duty"], pool["capacity"]) == (9 * HOUR, 3 * 2 * 2 * HOUR, 0)
    assert run.log.queue_area.tolist() == [0, HOUR, HOUR, HOUR]


def test_a_table_says_size_start_staff_and_attributes(world: Runner) -> None:
    """Five and two cases; the second town begins a day later, with one desk, and all are slow."""
    rows = "[{site: A, size: 500}, {site: B, size: 200, start: 2026-04-02, desk: 1, slow: true}]"
    text = DESK.replace("WORK", "{by: slow, true: 3h, else: 1h}") + "attributes: {slow: 0%}\n"
    run = world(text, f"{{count: 7, using: [p], sites: {{table: {rows}}}}}")
    starts = [case["start"] // HOUR for case in run.cases()]
    assert starts == [0, 0, 0, 0, 0, 24, 24]
    assert [case["end"] // HOUR for case in run.cases()] == [1, 1, 2, 2, 3, 27, 30]
    assert [actor.staff for actor in run.model.actors] == [(), ((0, 3),)]


def test_long_names_of_places_are_kept_whole(world: Runner) -> None:
    """Two that begin alike are two places."""
    names = [f"Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson {part}" for part in "ABC"]
    rows = ", ".join(f"{{site: {name}}}" for name in names)
    run = world(DESK.replace("WORK", "1h"), f"{{count: 3, using: [p], sites: {{table: [{rows}]}}}}")
    assert run.model.sites is not None
    assert list(run.model.sites.names) == names


def test_moments_count_from_the_start_of_the_place(world: Runner) -> None:
    """Spread over ten days from the first or the fifth day on, in the hours of the stream alone."""
    rows = "[{site: A, size: 1}, {site: B, size: 1, start: 2026-04-06}]"
    arrivals = "arrivals: {uniform: [0d, 10d]}, hours: office"
    case = f"{{count: 400, {arrivals}, using: [p], sites: {{table: {rows}}}}}"
    run = world(DESK.replace("WORK", "1h"), case)
    days = run.log.cases["start"].reshape(2, 200) / DAY
    assert [days[0].min(), days[1].min()] == pytest.approx([0.35, 5.35], abs=0.1)
    assert [days[0].max(), days[1].max()] == pytest.approx([9.7, 14.7], abs=0.1)
    assert not set((days.astype(int) % 7).ravel()) & {3, 4}  # 4 and 5 April are a weekend


@pytest.mark.parametrize(
    ("count", "sizes", "told"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (9, [500, 200, 200], [5, 2, 2]),
        (250, [120, 40, 90], [120, 40, 90]),
        (3, [1, 0, 5], [1, 0, 2]),
        (5, [3, 3, 1], [2, 2, 1]),
    ],
)
def test_cases_are_dealt_out_in_proportion(count: int, sizes: list[int], told: list[int]) -> None:
    """What is left goes to the largest remainders, of equal ones to the first."""
    assert dealt(count, sizes) == told


CSV: Final = '''site,size,start,desk,slow
01202,3,,2,
"Izumi, ""new""",2,2026-04-02,,true
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a world of a scenario whose sites are in a file."""
    files = {
        "agents/person.yaml": worlds.AGENTS["person"],
        "agents/office.yaml": worlds.AGENTS["office"],
        "procedures/p.yaml": "procedure: p\n"
        + textwrap.dedent(DESK).replace("WORK", "{by: slow, true: 3h, else: 1h}")
        + "attributes: {slow: 0%}\n",
        "scenarios/s.yaml": "{scenario: s, start: 2026-04-01, channels: [digital], replications: 2,"
        " cases: {c: {count: 5, using: p, sites: {table: towns.csv}}}}",
        "scenarios/towns.csv": CSV,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_may_be_a_file(folder: Path) -> None:
    """Beside the scenario; names stay text, what an empty cell does not say is as for all."""
    study = loader.load("s")
    (model,) = compile_worlds(study.worlds)
    assert model.sites is not None
    assert model.sites.names == ("01202", 'Izumi, "new"')
    assert [case["end"] // HOUR for case in Run(model, reference.run(model, 1, 0), {}).cases()] == [
        *(1, 1, 2),
        *(27, 27),
    ]
    (folder / "scenarios/again.yaml").write_text(
        writer.write({**study.resolved, "scenario": "again"}), "utf-8"
    )
    (folder / "scenarios/towns.csv").unlink()
    (again,) = compile_worlds(loader.load("again").worlds)
    assert again.sites == model.sites  # what was run, with the rows in it


def test_what_another_file_says_of_a_place_is_a_change(folder: Path) -> None:
    """Two scenarios that are written alike, each with a table of its own beside it."""
    other = folder / "other" / "scenarios"
    other.mkdir(parents=True)
    (other / "s.yaml").write_text((folder / "scenarios/s.yaml").read_text("utf-8"), "utf-8")
    (other / "towns.csv").write_text(CSV.replace("3,,2", "4,,2").replace("true", ""), "utf-8")
    studies = [loader.load(str(path)) for path in (folder / "scenarios/s.yaml", other / "s.yaml")]
    told = [(one.path, one.before, one.after) for one in changes(*studies)]
    table = "cases.c.sites.table"
    assert told == [(f"{table}.0.size", "3", "4"), (f"{table}.1.slow", "true", None)]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("site,size\nA,1\nA,2\n", "scenarios/towns.csv:3:1: 'A' is named twice"),
        ("site,size\nA,1,2\n", "scenarios/towns.csv:2:1: this line has 3 cells, the first line 2"),
        ("site,size,size\nA,1,2\n", "scenarios/towns.csv:1:11: 'size' is named twice"),
        ("site,size\nA,many\n", "scenarios/towns.csv:2:3: must be a whole number, not 'many'"),
        ("site,size\n,3\n", "scenarios/towns.csv:2:1: the key 'site' is missing"),
        ("site,slow\nA,3\n", "scenarios/towns.csv:2:3: '3' is none of the possible values"),
        ("site, desk\nA,  0\n", "scenarios/towns.csv:2:5: the staff of a site is a whole number"),
        ("site,dekc\nA,2\n", "scenarios/towns.csv:1:6: 'dekc' is no actor with staff"),
        ("site,start\nA,2026-02-30\n", "scenarios/towns.csv:2:3: there is no such day"),
        ("site,start\nA,2026-03-30\n", "scenarios/towns.csv:2:3: a site cannot start before"),
        ("", "scenarios/towns.csv: the file is empty"),
        ("site,size\n", "scenarios/towns.csv:1:1: the list is empty"),
        ("site,size\nA,0\nB,0\n", "scenarios/towns.csv:1:1: no site has any cases"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_at_its_cell(folder: Path, table: str, told: str) -> None:
    """By the line and column of the file."""
    (folder / "scenarios/towns.csv").write_text(table, "utf-8")
    with pytest.raises(InvalidInput) as error:
        compile_worlds(loader.load("s").worlds)
    assert told in error.value.problems[0].text("en")


def test_a_column_that_means_nothing_is_told_once(folder: Path) -> None:
    """In the first line, however many rows there are."""
    rows = "".join(f"T{i},1,x\n" for i in range(300))
    (folder / "scenarios/towns.csv").write_text(f"site,size,mayor\n{rows}", "utf-8")
    problems, _ = checking.check([folder / "scenarios/s.yaml"])
    assert [(one.key, one.line, one.column) for one in problems] == [("table_column", 1, 11)]


def test_a_table_is_checked_as_one(folder: Path) -> None:
    """Among other files; what its columns mean is told with the scenario."""
    path = folder / "scenarios/towns.csv"
    assert checking.check([path]) == ([], [])
    path.write_text("site,size\nA,1,2\n", "utf-8")
    (problem,), _ = checking.check([path])
    assert (problem.key, problem.line) == ("table_cells", 2)


def test_names_of_places_are_whole(folder: Path) -> None:
    """Two that differ only at their ends are two."""
    long = ["x" * 55 + end for end in "ab"]
    (folder / "scenarios/towns.csv").write_text("\n".join(("site", *long)), "utf-8")
    (model,) = compile_worlds(loader.load("s").worlds)
    assert model.sites is not None
    assert model.sites.names == tuple(long)


@pytest.mark.parametrize(
    "name",
    ["../towns.csv", "/etc/passwd", "scenarios/towns.csv", ".towns.csv", "s.yaml", "", "x" * 5000],
)
def test_the_name_of_a_table_is_never_read_as_a_path(folder: Path, name: str) -> None:
    """It lies beside the scenario or on the shelf of scenarios, or it is not found."""
    for place in ("towns.csv", "scenarios/.towns.csv"):
        (folder / place).write_text("site\nA\n", "utf-8")
    path = folder / "scenarios/s.yaml"
    path.write_text(path.read_text("utf-8").replace("towns.csv", f"'{name}'"), "utf-8")
    (problem,), _ = checking.check([path])
    assert (problem.key, problem.line, problem.file) == ("no_such_table", 1, str(path))


def test_check_and_plan_read_places_as_well(folder: Path) -> None:
    """A scenario with its table has nothing wrong, and a plan has one case at one place."""
    problems, _ = checking.check([folder / "scenarios/s.yaml", folder / "procedures/p.yaml"])
    assert problems == []
    plan = typical.plan_for(["served"], using=["p"], have=(), channel="digital")
    assert [step.name for step in plan.steps] == ["p.serve"]

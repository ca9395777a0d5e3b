"""Which assumptions matter: each is set to both ends of its range, with the same seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import UsageError
from sim.experiment.result import Ranking, as_json
from sim.experiment.sensitivity import rank
from sim.study import loader
from sim.study.parameters import Assumption, assumptions

FILES = {
    "agents/citizen.yaml": """
agent: citizen
kind: person
hours: always
rules:
  returned:
    tired: {when: {returns: ">= 3 (1-5)"}, then: give_up}
    repair: {then: {redo: {after: 1d (1d-4d)}}}
""",
    "agents/officer.yaml": "{agent: officer, kind: office, hours: always}",
    "procedures/permit.yaml": """
procedure: permit
applicant: citizen
actors:
  citizen: citizen
  desk: {agent: officer, staff: 50 (40-60)}
attributes:
  size: {small: 60% (50%-70%), large: 40% (30%-50%)}
documents: {form: Form, permit: Permit}
defects: {gap: {en: Gap, ja: 漏れ, harm: {en: wrong, ja: 誤り}}}
steps:
  fill:
    gives: [form]
    by: citizen
    analog: {work: 4h (2h-6h)}
    digital:
      work: {median: 2h, p90: 4h, range: [1h, 8h]}
      makes: {gap: {learning: {first: 50%, factor: 0.5, every: 10d, floor: 10%}, range: [20%, 90%]}}
    agentic: {work: 1min (30s-2min)}
  examine:
    needs: [form]
    gives: [permit]
    by: desk
    work: {triangular: [1h, 2h, 3h], range: [1h, 4h]}
    delay: 3d (3d-3d)
    finds: {gap: {median: 80%, p90: 90%, range: [50%, 95%]}}
goal: [permit]
""",
    "scenarios/season.yaml": """
scenario: season
title: {en: A season, ja: 季節}
start: 2026-06-01
channels: [analog, digital, agentic]
cases:
  vendors: {count: 40, arrivals: {exponential: {mean: 8h}, range: [4h, 1d]}, using: [permit]}
  others: {background: true, count: 20, using: [permit]}
seed: 3
""",
}


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a small world."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*arms: str) -> dict[str, Assumption]:
    """Return the assumptions of the season's arms by their paths."""
    worlds = [world for world in loader.load("season").worlds if world.arm in arms]
    return {one.path: one for one in assumptions(worlds)}


def paths(result: Ranking) -> list[str]:
    """Return the paths of the rows of a ranking, in order."""
    return [row.path for row in result.rows]


def test_every_number_with_a_range_is_found_under_the_path_of_an_override() -> None:
    """Of procedures, agents and the scenario alike, below rules as well."""
    assert {
        "permit.actors.desk.staff",
        "permit.attributes.size.small",
        "permit.steps.fill.digital.work",
        "permit.steps.fill.digital.makes.gap.learning",
        "permit.steps.examine.finds.gap",
        "agents.citizen.rules.returned.tired.when.returns",
        "agents.citizen.rules.returned.repair.then.redo.after",
        "cases.vendors.arrivals",
    } <= found("digital", "agentic").keys()


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        ("permit.steps.fill.agentic.work", "30s", "2min"),
        ("permit.actors.desk.staff", 40, 60),
        ("agents.citizen.rules.returned.tired.when.returns", 1, 5),
        (
            "permit.steps.fill.digital.work",
            {"median": "3600.000000s", "p90": "7200.000000s"},
            {"median": "28800.000000s", "p90": "57600.000000s"},
        ),
        (
            "permit.steps.examine.work",
            {"triangular": ["1800.000000s", "3600.000000s", "5400.000000s"]},
            {"triangular": ["7200.000000s", "14400.000000s", "21600.000000s"]},
        ),
    ],
)
def test_a_plain_number_is_replaced_and_a_random_law_scaled(path: str, low: Any, high: Any) -> None:
    """So that its typical value, and with it the whole law, lies at the end of the range."""
    assert found("digital", "agentic")[path].ends == (low, high)


def test_a_share_around_a_median_moves_by_its_odds() -> None:
    """It stays a share, whatever the end."""
    low, high = found("digital")["permit.steps.examine.finds.gap"].ends

    assert low == pytest.approx({"median": 0.5, "p90": 9 / 13})
    assert high == pytest.approx({"median": 0.95, "p90": 171 / 175})


def test_what_is_learned_moves_with_its_floor() -> None:
    """The first amount takes the end; the floor keeps its part of it."""
    low, _ = found("digital")["permit.steps.fill.digital.makes.gap.learning"].ends

    assert low["first"] == pytest.approx(0.2)
    assert low["floor"] == pytest.approx(0.04)
    assert (low["factor"], low["every"]) == (0.5, "10d")


def test_the_number_with_the_largest_effect_comes_first() -> None:
    """How long the form takes in one arm only; what both arms share cancels out."""
    result = rank("season", kpi="effort_hours.applicant")

    assert paths(result)[0] == "permit.steps.fill.digital.work"
    assert (result.start, result.end) == ("digital", "agentic")
    spreads = [row.spread for row in result.rows]
    assert spreads == sorted(spreads, reverse=True)
    first = result.rows[0]
    assert first.low > result.difference.value > first.high
    assert first.spread == pytest.approx(first.low - first.high)
    assert first.certain


def test_what_changes_neither_arm_is_counted_and_not_run() -> None:
    """Work on paper says nothing about the two other channels, nor does a range without width."""
    result = rank("season")
    on_paper = rank("season", start="analog", end="digital")

    assert not {"permit.steps.fill.analog.work", "permit.steps.examine.delay"} & set(paths(result))
    assert "permit.steps.fill.analog.work" in paths(on_paper)
    assert "permit.steps.fill.agentic.work" not in paths(on_paper)
    assert result.idle >= 2
    assert result.numbers == len(result.rows) + result.idle + result.invalid


def test_a_value_that_is_no_valid_world_is_skipped_and_counted() -> None:
    """One category alone cannot be moved: the shares would not add up."""
    result = rank("season")

    assert result.invalid == 2
    assert not any("size" in path for path in paths(result))


def test_a_number_that_differs_between_the_arms_is_moved_in_its_own_arm(shelf: Path) -> None:
    """An override of one arm is a number of its own."""
    (shelf / "scenarios" / "two.yaml").write_text(
        """
scenario: two
start: 2026-06-01
compare:
  slow:
    channel: digital
    override: {permit.steps.fill.digital.work: 9h (8h-10h)}
  usual: {channel: digital}
cases: {vendors: {count: 4, using: [permit]}}
""",
        "utf-8",
    )
    result = rank("two", kpi="effort_hours.applicant")
    rows = {row.arms: row for row in result.rows if row.path.endswith("l.work")}

    assert rows.keys() == {("slow",), ("usual",)}
    assert rows["slow",].low > rows["slow",].high
    assert rows["usual",].low < rows["usual",].high


def test_streams_are_cut_down_alike() -> None:
    """At most so many cases are counted, and the load beside them shrinks as much."""
    assert rank("season", cases=10).cases == 10


def test_the_ranking_does_not_depend_on_the_processes() -> None:
    """Two of them give the same as one; progress is told to the last."""
    told: list[tuple[int, int]] = []
    one = rank("season", cases=4, progress=lambda done, of: told.append((done, of)))

    assert as_json(rank("season", cases=4, workers=2)) == as_json(one)
    assert told[-1][0] == told[-1][1] > len(one.rows)


@pytest.mark.parametrize(
    ("given", "key"), [({"kpi": "beauty"}, "no_such_kpi"), ({"end": "mixed"}, "no_such_arm")]
)
def test_what_is_not_there_is_refused(given: dict[str, Any], key: str) -> None:
    """With what there is."""
    with pytest.raises(UsageError) as caught:
        rank("season", **given)

    assert caught.value.key == key


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_fits_80_columns_in_both_languages(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row a number, with its range below it, and what was left out."""
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    command = ["assumptions", "season", "--top", "3", "--workers", "1", "--cases", "4"]
    told = CliRunner().invoke(app, [*command, "--lang", lang])

    assert told.exit_code == 0, told.output
    assert max(map(cell_len, told.stdout.splitlines())) <= 80
    assert "agents.citizen.rules.returned" in told.stdout
    assert ("季節" if lang == "ja" else "A season") in told.stdout


def test_the_ranking_is_plain_json() -> None:
    """One object with as many rows as were asked for."""
    command = ["assumptions", "season", "--top", "2", "--workers", "1", "--cases", "4", "--json"]
    result = json.loads(CliRunner().invoke(app, command).stdout)

    assert len(result["rows"]) == 2
    assert result["kpi"] == "latency_days.mean"

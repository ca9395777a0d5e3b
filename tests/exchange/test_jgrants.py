"""The catalogue of calls: what the public API answers is read, searched and said back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import InvalidInput, UsageError
from sim.exchange import jgrants
from sim.exchange.jgrants import Call, find, load, when

CALL = {
    "id": "a0WJ2000000000001X",
    "name": "S-00000001",
    "title": "ＩＴ導入の補助金",
    "acceptance_start_datetime": "2026-03-31T15:00:00.000Z",
    "acceptance_end_datetime": "2026-04-30T08:00:00.000Z",
    "subsidy_max_limit": 4500000,
    "target_area_search": "青森県 / 近畿地方",
    "target_number_of_employees": "20名以下",
}


def written(path: Path, *changes: dict[str, Any]) -> Path:
    """Write a catalogue of a call, one for each change of it."""
    calls = [{**CALL, **change} for change in changes]
    answer = {"metadata": {"resultset": {"count": len(calls)}}, "result": calls}
    path.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where to write a catalogue."""
    return tmp_path / "calls.json"


def test_an_answer_of_the_api_is_read(file: Path) -> None:
    """Moments are local, areas and sizes are taken apart."""
    (call,) = load(written(file, {}))
    assert call.title == "ＩＴ導入の補助金"
    assert call.limit == 4_500_000
    assert call.areas == ("青森県", "近畿地方")
    assert (call.fewest, call.most) == (0, 20)
    assert call.opens is not None
    assert call.opens.isoformat() == "2026-04-01T00:00:00+09:00"


def test_a_list_alone_is_read_and_what_is_not_said_does_not_restrict(file: Path) -> None:
    """Only an id and a title are needed."""
    file.write_text('[{"id":"1","title":"補助金","subsidy_max_limit":null}]', "utf-8")
    (call,) = load(file)
    assert call == Call("1", "補助金")
    assert find([call], area="沖縄県", employees=5000, on=date(2030, 1, 1)) == (call,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": None}, "'title' must be a text"),
        ({"id": 7}, "'id' must be a text"),
        ({"acceptance_end_datetime": "in May"}, "is no date and time: 'in May'"),
        ({"subsidy_max_limit": "100万円"}, "must be a number of yen"),
        ({"subsidy_max_limit": True}, "must be a number of yen"),
        ({"subsidy_max_limit": -1}, "must be a number of yen"),
        ({"subsidy_max_limit": "100万円"}, "did you mean '1000000'?"),
        ({"acceptance_start_datetime": "令和8年4月1日"}, "did you mean '2026-04-01'?"),
        ({"target_area_search": "火星"}, "'火星' is no area"),
        ({"target_area_search": "京都市"}, "did you mean '京都府'?"),
        ({"workflow": 3}, "'workflow' must be a list"),
        ({"workflow": [3]}, "'workflow' must be a list"),
        ({"workflow": [{"acceptance_end_datetime": "x"}]}, "is no date and time: 'x'"),
        ({"target_number_of_employees": "many"}, "says no number of employees"),
    ],
)
def test_a_mistake_is_shown_in_its_place(file: Path, change: dict[str, Any], told: str) -> None:
    """With file, line and column, and a good call beside it does not hide it."""
    with pytest.raises(InvalidInput) as caught:
        load(written(file, {}, change))
    (problem,) = caught.value.problems
    assert told in problem.text()
    assert problem.text().startswith(f"{file}:1:")
    assert problem.column is not None
    assert problem.column > len(json.dumps(CALL, ensure_ascii=False))
    assert problem.text("ja") != problem.text()


@pytest.mark.parametrize("text", ['{"error": "busy"}', "3", '{"result": {}}', "[1]"])
def test_what_is_no_catalogue_is_refused(file: Path, text: str) -> None:
    """An error page or another file is not an empty catalogue."""
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidInput):
        load(file)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    """As with every other file."""
    with pytest.raises(InvalidInput, match=str(file)):
        load(file)


def test_words_are_found_in_any_width_and_case(file: Path) -> None:
    """All of them must be there."""
    calls = load(written(file, {}))
    assert find(calls, ["it", "補助金"]) == calls
    assert find(calls, ["it", "農業"]) == ()


@pytest.mark.parametrize(
    ("area", "fits"),
    [("青森県", True), ("京都府", True), ("近畿地方", True), ("東北地方", True), ("東京都", False)],
)
def test_a_call_for_a_wider_area_fits_and_one_for_another_does_not(
    file: Path, area: str, *, fits: bool
) -> None:
    """A prefecture lies in its region."""
    calls = load(written(file, {}))
    assert bool(find(calls, area=area)) is fits


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("京都", "京都府"),
        ("大阪", "大阪府"),
        ("東京", "東京都"),
        ("北海道", "北海道"),
        ("沖縄", "沖縄県"),
        ("関東", "関東・甲信越地方"),
        ("甲信越地方", "関東・甲信越地方"),
        ("関西", "近畿地方"),
        ("九州", "九州・沖縄地方"),
        ("全国", "全国"),
        ("中国地方", "中国地方"),
    ],
)
def test_an_area_may_be_called_by_its_short_name(short: str, full: str) -> None:
    """On the command line and in a file."""
    assert jgrants.named(short) == full
    assert jgrants.around(short) == jgrants.around(full)


def test_every_prefecture_has_a_short_name_of_its_own() -> None:
    """There are 47 of them in 8 regions."""
    short = {name if name == "北海道" else name[:-1] for name in jgrants.PREFECTURES}
    assert len(jgrants.PREFECTURES) == len(short) == 47
    assert {jgrants.named(name) for name in short} == set(jgrants.PREFECTURES)


def test_a_nationwide_call_fits_every_area(file: Path) -> None:
    """So does one that names no area."""
    calls = load(written(file, {"target_area_search": "全国"}, {"target_area_search": None}))
    for area in ("京都", "関東", "北海道", "全国"):
        assert find(calls, area=area) == calls


def test_an_area_that_there_is_not_is_guessed_at() -> None:
    """Or, if it is like none, the kinds of areas are told."""
    with pytest.raises(UsageError, match="did you mean '京都府'"):
        find([], area="京都市")
    with pytest.raises(UsageError, match="there is no area 'Mars'"):
        find([], area="Mars")


@pytest.mark.parametrize(
    ("day", "fits"),
    [((2026, 3, 31), False), ((2026, 4, 1), True), ((2026, 4, 30), True), ((2026, 5, 1), False)],
)
def test_a_call_is_open_from_its_first_to_its_last_day(
    file: Path, day: tuple[int, int, int], *, fits: bool
) -> None:
    """In local time."""
    calls = load(written(file, {}))
    assert bool(find(calls, on=date(*day))) is fits


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        ("2026-03-31T23:59", False),
        ("2026-04-01T00:00", True),
        ("2026-04-30T16:59", True),
        ("2026-04-30T07:59:00Z", True),
        ("2026-04-30T17:00", False),
    ],
)
def test_on_its_last_day_a_call_is_open_until_its_time(
    file: Path, moment: str, *, fits: bool
) -> None:
    """And from its time on the first."""
    calls = load(written(file, {}))
    assert bool(find(calls, on=when(moment))) is fits


@pytest.mark.parametrize(
    ("closes", "day", "fits"),
    [
        ("2026-04-30T15:00:00Z", "2026-04-30", True),
        ("2026-04-30T15:00:00Z", "2026-05-01", False),
        ("2026-04-30", "2026-04-30T23:00", True),
        ("2026-04-30", "2026-05-01", False),
        ("9999-12-31T23:59:59Z", "2099-01-01", True),
        ("", "2099-01-01", True),
    ],
)
def test_a_call_that_closes_at_midnight_is_open_to_the_end_of_the_day(
    file: Path, closes: str, day: str, *, fits: bool
) -> None:
    """So is one that names a day alone; a moment beyond the calendar never comes."""
    calls = load(written(file, {"acceptance_end_datetime": closes}))
    assert bool(find(calls, on=when(day))) is fits


def test_the_rounds_of_a_call_are_told_apart(file: Path) -> None:
    """The second version of the API has days and areas there; what a round lacks its call says."""
    rounds = [
        {"id": "r1", "fiscal_year_round": "第1回", "target_area_search": "東京都"},
        {"id": "r2", "acceptance_end_datetime": "2026-09-30T08:00:00.000Z"},
    ]
    calls = load(written(file, {"workflow": rounds}))
    assert [(call.id, call.round, call.areas) for call in calls] == [
        (CALL["id"], "第1回", ("東京都",)),
        (CALL["id"], "", ("青森県", "近畿地方")),
    ]
    assert find(calls, on=date(2026, 8, 1)) == calls[1:]
    assert find(calls, area="東京") == calls[:1]
    assert jgrants.listed(calls)["metadata"]["resultset"]["count"] == 1
    assert load(written(file, {"workflow": None}, {"workflow": []})) == load(written(file, {}, {}))


def test_a_detail_alone_is_read(file: Path) -> None:
    """With or without the wrapping of an answer, and with numbers as text."""
    for answer in (CALL, {"result": CALL}, [CALL]):
        file.write_text(json.dumps(answer), "utf-8")
        assert load(file) == load(written(file, {"subsidy_max_limit": "4,500,000"}))


def test_an_empty_answer_has_no_calls(file: Path) -> None:
    """It is no mistake."""
    assert load(written(file)) == ()


def test_many_calls_are_read_and_some_of_them_shown(file: Path) -> None:
    """Twenty thousand are more than anybody looks at."""
    changes = ({"id": f"c{i}", "title": "𠮷野町の補助金😀\x1b[31m"} for i in range(20_000))
    told = CliRunner().invoke(app, ["calls", str(written(file, *changes)), "--lang", "en"])
    assert told.exit_code == 0
    assert "calls that fit: 20000" in told.stdout
    assert told.stdout.count("𠮷野町の補助金😀") == 500
    assert "\x1b" not in told.stdout


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("20名以下", (0, 20)),
        ("１，０００人以下", (0, 1000)),
        ("20名未満", (0, 19)),
        ("901名以上", (901, None)),
        ("5名以上20名以下", (5, 20)),
        ("従業員の制約なし", (0, None)),
        (None, (0, None)),
    ],
)
def test_sizes_are_read(file: Path, text: str | None, sizes: tuple[int, int | None]) -> None:
    """From below, from above, both or none."""
    (call,) = load(written(file, {"target_number_of_employees": text}))
    assert (call.fewest, call.most) == sizes


def test_sizes_are_bounds(file: Path) -> None:
    """At most so many, at least so many, or any."""
    calls = load(written(file, {}, {"id": "big", "target_number_of_employees": "901名以上"}))
    assert [call.id for call in find(calls, employees=20)] == [CALL["id"]]
    assert find(calls, employees=21) == ()
    assert [call.id for call in find(calls, employees=901)] == ["big"]


def test_the_sample_is_sorted_by_closing_and_can_be_read_again(file: Path) -> None:
    """What `--json` prints is a catalogue itself."""
    found = find(load(jgrants.SAMPLE))
    closings = [call.closes for call in found if call.closes is not None]
    assert len(found) == 10
    assert closings == sorted(closings)
    file.write_text(json.dumps(jgrants.listed(found)), "utf-8")
    assert load(file) == found


def test_the_command_lists_what_fits() -> None:
    """In the terminal and as JSON."""
    asked = ["calls", "--area", "京都府", "--employees", "30", "--on", "2026-05-20"]
    told = CliRunner().invoke(app, [*asked, "--lang", "en"])
    assert told.exit_code == 0
    assert "近畿地方ものづくり試作補助金" in told.stdout
    assert "東京都内" not in told.stdout
    answer = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert answer["metadata"]["resultset"]["count"] == len(answer["result"]) == 3


def test_the_command_says_when_nothing_fits_or_a_day_is_none() -> None:
    """Exit codes are those of every command."""
    none = CliRunner().invoke(app, ["calls", "--words", "月旅行", "--lang", "en"])
    assert (none.exit_code, none.stdout) == (0, "no call fits\n")
    for on, told in (("tomorrow", "write it as 2026-04-30"), ("R8.4.30", "mean '2026-04-30'?")):
        wrong = CliRunner().invoke(app, ["calls", "--on", on, "--lang", "en"])
        assert wrong.exit_code == UsageError.exit_code
        assert told in wrong.stderr

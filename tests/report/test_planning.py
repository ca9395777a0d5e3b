"""A plan shows its steps stage by stage, who acts, and what is still to be got."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from sim.graph.chain import Plan, PlanStep
from sim.report import planning
from sim.report.console import drawn

OWNER = {"en": "Business owner", "ja": "代表者"}
DESK = {"en": "City counter", "ja": "市役所窓口"}
AI = {"en": "Company's AI", "ja": "企業のAI"}


CHANGE = {"en": "Officer change", "ja": "役員変更登記"}


def step(name: str, rank: int, minutes: float, *actors: dict[str, str], **known: Any) -> PlanStep:
    """Make a step of a plan; what is not ``known`` is of no matter."""
    given = {"title": {}, "gate": False, "critical": False, "channel": "agentic", "gives": ()}
    place = {"procedure": "officer_change", "procedure_title": CHANGE, "actor_titles": actors}
    return PlanStep(name=name, rank=rank, minutes=minutes, **{**given, **place, **known})


PLAN = Plan(
    goal=("entry",),
    channel="agentic",
    steps=(
        step("sign", 1, 500, AI, title={"en": "Sign", "ja": "署名"}, critical=True),
        step("meet", 0, 180, OWNER, gate=True, critical=True),
        step("fetch", 0, 40, OWNER, DESK, gate=True, channel="analog"),
    ),
    have=("seal",),
    missing=("minutes", "entry"),
    minutes=680.0,
    titles={
        "entry": {"en": "Entry", "ja": "登記"},
        "seal": {"en": "Seal certificate", "ja": "印鑑証明書"},
    },
)


def draw(plan: Plan = PLAN, width: int = 80, lang: str = "en") -> list[str]:
    """Return the lines of the plan."""
    return drawn(planning.page(plan, lang, width), columns=width).split("\n")


def test_the_plan_begins_with_its_goal_channel_and_length() -> None:
    """Titles and times are in the language asked for."""
    assert draw()[:2] == [
        "Plan for: Entry",
        "agentic | 3 steps | 11.3 h expected on the critical path",
    ]
    assert draw(lang="ja")[:2] == [
        "計画：登記",
        "エージェント型AI | 作業3件 | クリティカルパスの所要見込み11.3時間",
    ]


def test_steps_are_grouped_by_stage_with_marks_actors_and_times() -> None:
    """A step done in another channel than the plan's says so."""
    assert [" ".join(line.split()) for line in draw()[5:9]] == [
        "Officer change",
        "1 ●◆ meet Business owner 3 h",
        "◆ fetch Business owner, City counter [analog] 40 min",
        "2 ● Sign Company's AI 8.3 h",
    ]


def test_a_heading_says_where_another_procedure_begins() -> None:
    """Without a title it goes by its name."""
    other = step("tell", 2, 5, AI, procedure="gbiz_id", procedure_title={})
    lines = [line.strip() for line in draw(replace(PLAN, steps=(*PLAN.steps, other)))]

    assert lines.index("Officer change") < lines.index("gbiz_id")
    assert lines.count("Officer change") == 1


def test_marks_are_explained() -> None:
    """Right below the steps."""
    assert "● on the critical path   ◆ a person must act" in draw()


def test_steps_are_told_procedure_by_procedure() -> None:
    """Also where their stages interlock; the number of the stage is told anew."""
    other = step("tell", 0, 5, AI, procedure="gbiz_id", procedure_title={})
    lines = [" ".join(line.split()) for line in draw(replace(PLAN, steps=(other, *PLAN.steps)))]
    start = lines.index("gbiz_id")

    assert lines[start : start + 4] == [
        "gbiz_id",
        "1 tell Company's AI 5 min",
        "Officer change",
        "1 ●◆ meet Business owner 3 h",
    ]


def test_gates_and_the_critical_path_are_listed() -> None:
    """In the order in which they come."""
    ordered = replace(PLAN, steps=tuple(sorted(PLAN.steps, key=lambda one: one.rank)))
    lines = draw(ordered)

    assert lines[lines.index("People must act") + 1] == "  meet, fetch"
    assert lines[lines.index("Critical path") + 1] == "  meet → Sign"


def test_an_order_is_told_with_the_goal_it_was_understood_as() -> None:
    """Before everything else."""
    page = planning.page(PLAN, "en", 80, heard="the entry, please")

    assert drawn(page, columns=80).startswith("“the entry, please” was understood as: Entry\n")


def test_documents_at_hand_and_to_be_got_are_listed() -> None:
    """By title, or by name where there is none."""
    lines = draw()

    assert lines[lines.index("Documents at hand") + 1] == "  Seal certificate"
    assert lines[lines.index("Documents to be got") + 1] == "  minutes, Entry"


def test_documents_of_one_title_are_counted() -> None:
    """One for each item of a list; a goal that is such a list goes by their title too."""
    titles = {f"consent.{one}": {"en": "Consent"} for one in ("s1", "s2")}
    lines = draw(replace(PLAN, titles=titles, goal=("consent",), missing=tuple(titles)))

    assert lines[0] == "Plan for: Consent"
    assert lines[lines.index("Documents to be got") + 1] == "  Consent (2)"


def test_no_documents_are_said_to_be_none() -> None:
    """Nothing at hand is not nothing said."""
    lines = draw(replace(PLAN, have=(), minutes=None))

    assert lines[1] == "agentic | 3 steps"
    assert lines[lines.index("Documents at hand") + 1] == "  none"


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(width: int, lang: str) -> None:
    """In a narrow one, actors stand below their step."""
    assert max(map(cell_len, draw(width=width, lang=lang))) <= width


def test_in_a_narrow_terminal_nothing_is_left_out() -> None:
    """The actor follows the step."""
    lines = [line.strip() for line in draw(width=40)]
    place = next(place for place, line in enumerate(lines) if "Sign" in line)

    assert lines[place + 1] == "Company's AI"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (89.4, "89 min"),
        (90, "1.5 h"),
        (120, "2 h"),
        (13_536, "9.4 d"),
        (14_356, "10 d"),
    ],
)
def test_times_are_in_a_unit_that_suits_them(minutes: float, text: str) -> None:
    """Minutes up to an hour and a half, hours up to two days."""
    assert planning.duration(minutes, "en") == text

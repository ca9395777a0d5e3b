"""A plan is what the engine does for a typical case in which nothing goes wrong."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest

from sim import shelf
from sim.compile.compiler import compile_world
from sim.compile.nodes import Const
from sim.compile.program import Program, VisitSpec
from sim.engine import reference
from sim.engine.typical import Typical, plan_for, plan_of
from sim.errors import InvalidInput
from sim.graph.chain import Plan
from sim.language.base import CHANNELS
from sim.log import OUTCOMES
from sim.study import catalogue, loader
from sim.yaml import source
from tests.conftest import Runner
from tests.worlds import shelved, written

SHOP = """
applicant: vendor
actors: {vendor: person, reader: robot}
attributes: {workers: 30, online: {by: channel, agentic: true, digital: true, else: false}}
documents: {form: Form, extra: Extra, permit: Permit}
steps:
  add: {gives: extra, by: vendor, work: 2h, if: {workers: SPAN}}
  fill: {gives: form, by: vendor, work: 1h, if: {online: true}}
  issue: {needs: [form, extra], gives: permit, by: reader, work: 1min}
goal: [permit]
"""


def faultless(model: Program) -> Program:
    """Return a model in which all know the way and are taken, and nothing goes wrong."""
    moody = ("start", "waiting", "outage")

    def clean(manner: VisitSpec) -> VisitSpec:
        return replace(manner, makes=())

    taken = {one.decides for one in (model.selects or {}).values()}
    streams = (
        replace(
            s,
            clocks=(),
            ends=(),
            attributes=tuple(
                (number, Const(1) if number in taken else node) for number, node in s.attributes
            ),
        )
        for s in model.streams
    )
    return replace(
        model,
        profiles=tuple(
            replace(p, first=clean(p.first), again=clean(p.again)) for p in model.profiles
        ),
        papers=tuple(replace(paper, valid=None) for paper in model.papers),
        streams=tuple(streams),
        selects=None,
        actors=tuple(
            replace(a, rules={e: () if e in moody else r for e, r in a.rules.items()})
            for a in model.actors
        ),
        horizon=3_600 * 86_400,
        leaves=None,
        loose=None,
    )


def done(model: Program) -> set[tuple[str, str]]:
    """Return step and channel of what the engine does for a typical case."""
    with mock.patch.object(reference, "Values", lambda model, *_: Typical(model)):
        log = reference.run(faultless(model), 1, 0)
    own = [stream < model.own for stream in log.cases["stream"]]
    (case,) = log.cases[own]
    assert OUTCOMES[case["outcome"]] == "clean"
    rows = log.events[log.events["case"] == case["case"]]  # other business aside
    profiles = [model.profiles[number] for number in rows["profile"]]
    return {(model.steps[p.step], CHANNELS[p.channel]) for p in profiles}


def planned(plan: Plan) -> set[tuple[str, str]]:
    """Return step and channel of what a plan says."""
    return {(step.name, step.channel) for step in plan.steps}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("procedure", shelf.names("procedures"))
def test_the_plan_for_a_shipped_goal_is_what_a_run_does(procedure: str, channel: str) -> None:
    """Each step in the channel in which it is done."""
    raw = source.load(loader.find("procedures", procedure)).data
    goal = [one if isinstance(one, str) else one["document"] for one in raw.get("goal", ())]
    world = loader.world(catalogue.companions([procedure]), goal, (), channel)

    assert planned(plan_of(world)) == done(compile_world(world))


@pytest.mark.parametrize(
    ("span", "steps"),
    [
        ("20-50", {"add", "fill", "issue"}),
        ("31-50", {"fill", "issue"}),
        ("'<= 30'", {"add", "fill", "issue"}),
        ("'> 30'", {"fill", "issue"}),
        ("[7, 30]", {"add", "fill", "issue"}),
        ("'>= 30 (1-50)'", {"add", "fill", "issue"}),
    ],
)
def test_a_plan_reads_conditions_as_a_run_does(world: Runner, span: str, steps: set[str]) -> None:
    """Spans, comparisons and attributes that follow from the channel; drawn by the same engine."""
    run = world(SHOP.replace("SPAN", span), channel="agentic")
    with shelved(run.files):
        plan = plan_for(["permit"], using=["p"], have=(), channel="agentic")

    assert {row["step"] for row in run.rows()} == steps
    assert {step.name for step in plan.steps} == {f"p.{step}" for step in steps}


def test_a_step_after_an_unsure_draft_is_planned_if_the_typical_draft_is_unsure(
    world: Runner,
) -> None:
    """The rules of the one who drafts decide, with the middle of its confidence."""
    text = """
    applicant: vendor
    actors: {vendor: person, reader: gate}
    documents: {form: Form, signed: Signed}
    steps:
      fill: {gives: form, by: reader, confidence: SURE}
      sign: {needs: form, gives: signed, by: vendor, work: 1h, if: {asked: fill}}
    goal: [signed]
    """
    gate = """
    agent: gate
    kind: ai
    rules: {drafted: {unsure: {when: {confidence: "< 90%"}, then: ask_human}}}
    """
    for sure, steps in (("89%", {"fill", "sign"}), ("90%", {"fill"})):
        run = world(text.replace("SURE", sure), agents={"gate": gate}, channel="agentic")
        with shelved(run.files):
            plan = plan_for(["signed"], using=["p"], have=(), channel="agentic")

        assert {row["step"] for row in run.rows()} == steps
        assert {step.name for step in plan.steps} == {f"p.{step}" for step in steps}


def test_a_typical_case_is_of_the_likeliest_kind(world: Runner) -> None:
    """Not of the first that is named; and it does what is done at the first visit."""
    text = """
    applicant: vendor
    actors: {vendor: person}
    attributes: {size: {small: 20%, large: 50%, huge: 30%}}
    documents: {map: Map, form: Form}
    steps:
      draw: {gives: map, by: vendor, work: {by: size, small: 1h, large: 2h, huge: 4h}}
      fill: {needs: map, gives: form, by: vendor, work: {by: visit, 1: 1h, else: 9h}}
    goal: [form]
    """
    with shelved(world(text).files):
        plan = plan_for(["form"], using=["p"], have=(), channel="analog")
    assert plan.minutes == 180


def test_the_steps_that_are_waited_for_longest_are_critical(world: Runner) -> None:
    """The first of all included; what is done beside them meanwhile is not."""
    text = """
    applicant: vendor
    actors: {vendor: person}
    documents: {map: Map, form: Form, photo: Photo, permit: Permit}
    steps:
      draw: {gives: map, by: vendor, work: 1h}
      fill: {needs: map, gives: form, by: vendor, work: 2h}
      shoot: {gives: photo, by: vendor, work: 1h}
      issue: {needs: [form, photo], gives: permit, by: vendor, work: 1min}
    goal: [permit]
    """
    with shelved(world(text).files):
        plan = plan_for(["permit"], using=["p"], have=(), channel="analog")
    assert [step.name for step in plan.steps if step.critical] == ["p.draw", "p.fill", "p.issue"]
    assert {step.name: step.minutes for step in plan.steps}["p.fill"] == 120


def test_what_is_at_hand_is_not_planned() -> None:
    """What it is used for is told."""
    with shelved(written(SHOP.replace("SPAN", "20-50"))):
        plan = plan_for(["permit"], using=["p"], have=["extra"], channel="agentic")

    assert [step.name for step in plan.steps] == ["p.fill", "p.issue"]
    assert (plan.have, plan.missing) == (("extra",), ("form", "permit"))
    assert plan.minutes == 61


def test_a_circle_is_told_at_its_place() -> None:
    """A plan is made of what a run would accept."""
    broken = SHOP.replace("SPAN", "20-50").replace("add: {", "add: {needs: permit, ")
    with shelved(written(broken)), pytest.raises(InvalidInput) as refused:
        plan_for(["permit"], using=["p"], have=(), channel="agentic")

    assert {problem.key for problem in refused.value.problems} == {"cycle"}
    assert all(problem.line for problem in refused.value.problems)

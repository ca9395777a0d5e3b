"""Parity: another actor's body does what an actor did, with and without the human gate."""

from __future__ import annotations

from typing import Any

import pytest

from sim.compile.compiler import compile_world, compile_worlds
from sim.engine import reference
from sim.errors import InvalidInput
from sim.experiment.remarks import remarks
from sim.graph.joiner import join
from sim.language.step import Never
from sim.study import loader
from tests.worlds import Files, Run, quick, shelved, written

PROCEDURE = """
applicant: owner
actors: {owner: person, ai: robot, desk: office}
documents: {draft: D, checked: C, paper: P}
defects: {slip: {en: S, ja: S, harm: {en: harm, ja: harm}}}
goal: [checked, paper]
steps:
  write:
    gives: [draft]
    digital:
      by: owner
      work: 3h
      makes: {slip: 100%}
      burden: {forms: 2}
      again: {work: 1h, makes: none}
    agentic: {by: ai, work: 1min, confidence: 90%, makes: {slip: confidence}, delay: 1h}
  check:
    needs: [draft]
    gives: [checked]
    by: owner
    if: never
    agentic: {if: {asked: write}, work: 30min, finds: {slip: 100%}}
  fetch: {gives: [paper], by: owner, work: 5h, agentic: {by: [ai, desk]}}
"""
AGENTS = {
    "robot": "{agent: robot, kind: ai, rules: {drafted: {sure: {then: proceed}}, "
    "returned: {again: {then: {redo: {after: 0s}}}}}}"
}


def files(compare: str = "", procedure: str = PROCEDURE) -> Files:
    """Return a world with an agentic arm, or the arms of a comparison."""
    return written(procedure, scenario=compare, agents=AGENTS, channel="agentic")


def runs(world: Files, casts: tuple[str, ...] = ()) -> dict[str, Run]:
    """Run every arm once."""
    with shelved(world), quick():
        study = loader.load("s", casts=casts)
        models = [compile_world(one) for one in study.worlds]
    return {m.arm: Run(m, reference.run(m, 1, 0), world) for m in models}


def profile(world: Files, step: str, casts: tuple[str, ...], arm: int) -> Any:
    """Return how a step is done in the agentic channel of an arm."""
    with shelved(world):
        worlds = loader.load("s", casts=casts).worlds
    return worlds[arm].procedures["p"].steps[step].profile("agentic")


def test_two_arms_stand_beside_the_original_with_the_gate_and_without() -> None:
    """The AI does both steps at once; a person does them one by one, by its own hand.

    AI: the draft is there at 1 min + 1 h delay. Owner: 3 h of writing, 5 h of fetching, one after
    the other; the check of half an hour is done only where it is always asked for.
    """
    done = runs(files(), ("ai=owner",))
    assert list(done) == ["agentic", "agentic_owner", "agentic_owner_asked"]
    own, never, always = done.values()

    assert [row["step"] for row in own.rows()] == ["write", "fetch"]
    assert own.given("draft") == 60 + 3600
    assert own.elapsed()[0] == 5 * 3600
    assert [row["step"] for row in never.rows()] == ["write", "fetch"]
    assert never.given("draft") == 4 * 3600
    assert never.elapsed()[0] == 8 * 3600
    assert never.cases()[0]["outcome"] == "flawed"  # nobody looked
    # 8h: the check finds the slip; the letter is answered after 1 h by 1 h of work; checked again.
    assert always.elapsed()[0] == (8 + 0.5 + 1 + 1 + 1 + 0.5) * 3600
    assert always.cases()[0]["outcome"] == "clean"


def test_the_hand_is_that_of_the_next_lower_channel_in_which_the_stand_in_leads() -> None:
    """Work, burden and slips are the person's; needs, conditions and delays the channel's."""
    told = profile(files(), "write", ("ai=owner",), 1)

    assert told.by == ("owner",)
    assert told.work.value == 3 * 3600
    assert told.makes["slip"].value == 1
    assert told.burden.forms == 2
    assert told.confidence is None
    assert told.delay.time.value == 3600
    assert told.again.work.value == 3600
    assert told.again.delay.time.value == 3600


QUEUED = """
applicant: owner
actors: {owner: person, ai: robot, desk: {agent: office, staff: 1}}
documents: {draft: D}
steps:
  write:
    gives: [draft]
    analog: {by: [owner, desk], work: {by: queue, 0: 3h, else: 1h}}
    agentic: {by: ai, work: 1min}
goal: [draft]
"""


def test_a_hand_that_goes_by_a_queue_finds_none_where_nobody_queues() -> None:
    """On paper the owner is quicker the longer the line at the desk; the AI needs no desk."""
    done = runs(files(procedure=QUEUED), ("ai=owner",))

    assert done["agentic"].given("draft") == 60
    assert done["agentic_owner"].given("draft") == 3 * 3600


def test_without_such_a_channel_the_numbers_stay_without_confidence() -> None:
    """Nobody knows how often a clerk would slip where only an AI ever wrote."""
    world = files()
    told = profile(world, "write", ("ai=desk",), 1)

    assert told.by == ("desk",)
    assert told.work.value == 60
    assert told.makes is None
    assert told.confidence is None


def test_a_stand_in_who_takes_part_already_is_named_once() -> None:
    """``[ai, desk]`` becomes ``[desk]``."""
    assert profile(files(), "fetch", ("ai=desk",), 1).by == ("desk",)
    assert profile(files(), "fetch", ("ai=owner",), 1).by == ("owner", "desk")


@pytest.mark.parametrize(("arm", "applies"), [(1, Never), (2, type(None))])
def test_a_gate_is_passed_over_or_always_done(arm: int, applies: type) -> None:
    """What asks about the draft that is no longer made with confidence holds never or always."""
    assert isinstance(profile(files(), "check", ("ai=owner",), arm).if_, applies)


@pytest.mark.parametrize(
    ("condition", "never", "always"),
    [
        ("{asked: [write, other]}", "never", "{asked: [other]}"),
        ("{asked: write, big: true}", "never", "{big: true}"),
        ("{asked: other}", "{asked: other}", "{asked: other}"),
    ],
)
def test_a_condition_keeps_what_it_asks_besides(condition: str, never: str, always: str) -> None:
    """All drafts named have to have been asked about; those of others still can be."""
    other = "  other: {gives: [o], agentic: {by: helper, confidence: 90%}}\n"
    text = PROCEDURE.replace("{asked: write}", condition) + other
    text = text.replace("ai: robot,", "ai: robot, helper: robot,")
    text = text.replace("documents: {", "attributes: {big: 50%}\ndocuments: {o: O, ")
    texts = (text.replace(condition, one) for one in (never, always))
    wanted = [profile(files("", one), "check", (), 0) for one in texts]

    compare = (
        "compare: {a: {channel: agentic, cast: {ai: owner}}, "
        "b: {channel: agentic, cast: {ai: owner}, asked: always}}"
    )
    assert [profile(files(compare, text), "check", (), n).if_ for n in (0, 1)] == [
        one.if_ for one in wanted
    ]


def test_an_arm_of_a_comparison_may_be_cast_as_well() -> None:
    """By itself an arm is cast without the gate."""
    compare = (
        "compare: {own: {channel: agentic}, cast: {channel: agentic, cast: {ai: owner}}, "
        "gate: {channel: agentic, cast: {ai: owner}, asked: always}}"
    )
    asked = runs(files(), ("ai=owner",))
    written_out = runs(files(compare))
    pairs = zip(asked.values(), written_out.values(), strict=True)
    assert all((one.log.events == other.log.events).all() for one, other in pairs)


def test_the_original_runs_as_it_did_and_the_arms_are_kept_in_the_scenario() -> None:
    """The scenario of a result folder says the arms, so that it runs again as it stands."""
    with shelved(files()), quick():
        study = loader.load("s", casts=("ai=owner",))
        (plain,) = loader.load("s").worlds
        assert compile_world(study.worlds[0]) == compile_world(plain)
    arms = study.resolved["compare"]
    assert arms["agentic_owner_asked"] == {
        "channel": "agentic",
        "title": {"en": "Agentic: owner + gate", "ja": "エージェント型AI：owner＋確認"},
        "cast": {"ai": "owner"},
        "asked": "always",
    }
    assert study.casts == ("ai=owner",)


def test_only_arms_in_which_the_actor_does_something_are_doubled() -> None:
    """In the digital arm there is no AI; without a gate there is one arm more."""
    world = files("compare: {one: {channel: digital}, two: {channel: agentic}}")
    with shelved(world):
        names = [one.arm for one in loader.load("s", casts=("ai=owner",)).worlds]
        more = [one.arm for one in loader.load("s", casts=("owner=desk",)).worlds]
    assert names == ["one", "two", "two_owner", "two_owner_asked"]
    assert more == ["one", "one_desk", "two", "two_desk"]


@pytest.mark.parametrize(
    ("cast", "key"), [("aii=owner", "unknown_actor"), ("ai=ownr", "unknown_actor")]
)
def test_actors_that_there_are_not_are_refused(cast: str, key: str) -> None:
    """The message shows which of the two it is."""
    with shelved(files()), pytest.raises(InvalidInput) as error:
        loader.load("s", casts=(cast,))
    (problem,) = error.value.problems
    assert problem.key == key
    assert problem.file == "--cast"


def test_a_cast_of_somebody_idle_is_refused() -> None:
    """Nobody can stand in for who does nothing."""
    text = PROCEDURE.replace("ai: robot,", "ai: robot, idle: robot,")
    with shelved(files("", text)), pytest.raises(InvalidInput) as error:
        loader.load("s", casts=("idle=owner",))
    assert [one.key for one in error.value.problems] == ["cast_idle"]


RANDOM = """
applicant: owner
actors: {owner: person, ai: robot, desk: {agent: office, staff: 1}}
documents: {draft: D, paper: P}
defects: {slip: {en: S, ja: S, harm: {en: harm, ja: harm}}}
goal: [paper]
steps:
  write:
    gives: [draft]
    digital:
      by: owner
      work: {exponential: {mean: WORK}}
      makes: {slip: 20%}
      again: {work: {uniform: [1min, 1h]}, makes: {slip: 10%}}
    agentic: {by: ai, work: 1min, confidence: 90%, makes: {slip: confidence}}
  examine: {needs: [draft], gives: [paper], by: desk, work: {uniform: [1h, 2h]}, finds: {slip: 80%}}
"""


def rows(world: Files, arm: str) -> list[dict[str, Any]]:
    """Return the visits of an arm without the channel."""
    told = runs(world)[arm].rows()
    return [{name: value for name, value in row.items() if name != "channel"} for row in told]


def test_whoever_stands_in_with_the_same_hand_leaves_the_rows_of_the_lower_channel() -> None:
    """If the plan is the same, what an AI adds is gone to the second; 2 % more of work shows."""
    compare = (
        "compare: {digital: {channel: digital}, agentic: {channel: agentic}, "
        "cast: {channel: agentic, cast: {ai: owner}}}"
    )
    case = "{count: 300, using: [p], arrivals: {exponential: {mean: 2h}}}"
    world = written(RANDOM.replace("WORK", "100min"), case, compare, AGENTS)
    slower = written(RANDOM.replace("WORK", "102min"), case, compare, AGENTS)

    assert len(rows(world, "cast")) > 600
    assert rows(world, "cast") == rows(world, "digital")
    assert rows(world, "agentic") != rows(world, "digital")
    assert rows(slower, "cast") != rows(world, "digital")
    assert rows(slower, "agentic") == rows(world, "agentic")


def test_work_that_was_written_for_another_is_warned_of_once() -> None:
    """Who stands in and has no lower channel of its own works as quickly as the AI."""
    for cast, told in (("ai=desk", ["cast_borrowed"]), ("ai=owner", [])):
        with shelved(files()), quick():
            study = loader.load("s", casts=(cast,))
            models = compile_worlds(study.worlds)
            found = remarks(study, models, [join(world) for world in study.worlds])
        own = [one for one in found if one.key.startswith("cast")]
        assert [one.key for one in own] == told
        assert all(one.file == "--cast" and one.values["steps"] == "write" for one in own)


def test_a_name_that_is_taken_is_not_written_over() -> None:
    """The arm of a comparison that is called like that stays."""
    world = files("compare: {a: {channel: agentic}, a_owner: {channel: digital}}")
    with shelved(world):
        names = [one.arm for one in loader.load("s", casts=("ai=owner",)).worlds]
    assert names == ["a", "a_owner_", "a_owner_asked", "a_owner"]


@pytest.mark.parametrize(("arm", "work"), [(1, 20 * 60), (2, 30 * 60)])
def test_a_channel_that_is_open_only_if_asked_closes_or_opens_to_all(arm: int, work: int) -> None:
    """Where nobody is ever asked the step is done as in the next lower channel."""
    gate = (
        "  check: {needs: [draft], gives: [checked], by: owner, work: 20min, "
        "agentic: {open_to: {asked: write}, work: 30min}}\n"
    )
    before, _, after = PROCEDURE.partition("  check:\n")
    text = before + gate + "  fetch:" + after.partition("  fetch:")[2]
    told = profile(files("", text), "check", ("ai=owner",), arm)
    assert told.work.value == work
    assert told.open_to is None


def test_an_arm_that_is_mixed_may_be_cast() -> None:
    """Its cases may come to any channel."""
    with shelved(files("compare: {m: {channel: mixed}}")):
        names = [one.arm for one in loader.load("s", casts=("ai=owner",)).worlds]
    assert names == ["m", "m_owner", "m_owner_asked"]


def test_a_cast_beside_an_arm_that_has_one_goes_on_from_it() -> None:
    """Who stands in for a stand-in does what that one did; the gate stays as the arm says."""
    world = files("compare: {own: {channel: agentic, cast: {ai: owner}, asked: always}}")
    with shelved(world):
        study = loader.load("s", casts=("owner=desk",))
    arm = study.scenario.arms["own_desk_asked"]
    assert (arm.cast, arm.asked) == ({"ai": "desk", "owner": "desk"}, "always")
    steps = study.worlds[1].procedures["p"].steps
    assert steps["write"].profile("agentic").by == ("desk",)
    assert steps["check"].profile("agentic").if_ is None

    with shelved(world):
        study = loader.load("s", casts=("owner=ai",))  # who is to do as he did does his own
    assert study.scenario.arms["own_ai_asked"].cast == {"owner": "ai"}
    assert study.worlds[1].procedures["p"].steps["write"].profile("agentic").confidence is not None


def test_a_cast_of_an_actor_who_has_been_stood_in_for_everywhere_is_idle() -> None:
    """Nothing is left for the AI to do, so nobody can stand in for it."""
    world = files("compare: {own: {channel: agentic, cast: {ai: owner}}}")
    with shelved(world), pytest.raises(InvalidInput) as caught:
        loader.load("s", casts=("ai=desk",))
    assert [problem.key for problem in caught.value.problems] == ["cast_idle"]

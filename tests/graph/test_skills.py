"""What a step takes from a skill, worked out by hand: an engine sees a step that says it all."""

from __future__ import annotations

import textwrap
from typing import Final

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from sim.compile.nodes import Const, Drawn, Node, Switch
from sim.compile.program import Program, VisitSpec
from sim.engine import reference
from sim.errors import InvalidInput
from tests import worlds
from tests.author.models import plain
from tests.author.written import CHANNELS, Data, Written, compiled
from tests.chosen import examples
from tests.worlds import quick

SHARE: Final = 2**32

PROCEDURE: Final = """
    applicant: owner
    actors: {owner: writer, desk: reader}
    attributes: {branches: {uniform: [1, 9]}, large: 50%}
    lists: {signers: {first: {}, second: {chance: 60%}}}
    documents:
      form: {en: Form, ja: Form, size: {entries: 35, papers: 6}, slip: gap}
      list: {en: List, ja: List, size: {entries: SIZE}, slip: gap}
      note: {en: Note, ja: Note, slip: typo}
      consent: {en: Consent, ja: Consent, size: {entries: 4}, slip: typo}
      done: {en: Done, ja: Done}
    defects: {gap: Gap, typo: Typo}
    steps:
      sign: {each: signers, gives: consent, by: owner, work: 1min}
      fill: {FILL}
      rest: {gives: [list, note], by: owner}
      check:
        {task: check, needs: [form, list, note, consent], gives: done, by: [owner, desk]CHECK}
    goal: [done]
"""
FILL: Final = "task: fill, gives: [form, list, note], by: owner"


def agents(writer: str = "", reader: str = "", more: str = "") -> dict[str, str]:
    """Return who fills in and who checks, by what their skills say."""
    rules = "rules: {returned: {r: {then: redo}}}"
    return {
        "writer": f"{{agent: writer, kind: ai, {more} skills: {{{writer}}}, {rules}}}",
        "reader": f"{{agent: reader, kind: office, skills: {{{reader}}}}}",
    }


def model(  # noqa: PLR0913 -- what a world is made of
    writer: str = "",
    reader: str = "",
    *,
    fill: str = FILL,
    check: str = "work: 0",
    size: str = "5",
    more: str = "",
    sets: tuple[str, ...] = (),
    channel: str = "digital",
) -> Program:
    """Compile the procedure with these skills."""
    text = (
        PROCEDURE.replace("SIZE", size)
        .replace("FILL", fill)
        .replace("CHECK", f", {check}" if check else "")
    )
    files = worlds.written(text, agents=agents(writer, reader, more), channel=channel)
    return worlds.compiled(files, sets)


def visit(
    found: Program, step: str = "fill", channel: int = 1, *, again: bool = False
) -> VisitSpec:
    """Return how a step is visited in a channel."""
    number = found.steps.index(f"p.{step}")
    spec = found.profiles[number * 3 + channel]
    return spec.again if again else spec.first


def value(node: Node | None) -> int:
    """Return a plain number."""
    assert isinstance(node, Const)
    return node.value


def made(found: Program, spec: VisitSpec) -> dict[str, float]:
    """Return the plain chance of each defect made."""
    return {
        found.defects[found.instances[act.instance].defect]: value(act.share) / SHARE
        for act in spec.makes
    }


def test_work_is_that_of_each_unit_of_what_is_given_together() -> None:
    """35 and 5 entries at 6.25 seconds; rounded once, at the end."""
    found = model("fill: {work: {each: entries, value: 6.25s}}")

    assert value(visit(found).work) == 250


def test_a_law_is_scaled_before_it_is_rounded() -> None:
    """Forty times a uniform law of half a second to a second: whole seconds from 20 to 40."""
    found = model("fill: {work: {each: entries, uniform: [0.5s, 1s]}}")

    work = visit(found).work
    assert isinstance(work, Drawn)
    table = found.tables[work.table]
    assert (table[0], table[-1], len(set(table))) == (20, 40, 21)
    assert found.points[work.point] == "p.fill/work"


def test_a_size_may_follow_the_channel_or_an_attribute() -> None:
    """On paper 35 + 10, else 35 + 5, with many branches 35 + 8; each at a second."""
    size = '{by: channel, analog: 10, else: {by: branches, ">= 5": 8, else: 5}}'
    found = model("fill: {work: {each: entries, value: 1s}}", size=size)

    assert value(visit(found, channel=0).work) == 45
    work = visit(found).work
    assert isinstance(work, Switch)
    assert [value(node) for _, node in work.rows] == [43]
    assert value(work.otherwise) == 40


def test_work_that_is_looked_up_itself_is_scaled_in_every_branch() -> None:
    """Size and work follow attributes of their own."""
    skill = "fill: {work: {each: entries, by: large, true: 2s, else: 1s}}"
    found = model(skill, size="{by: branches, 1: 1, else: 5}")

    work = visit(found).work
    assert isinstance(work, Switch)
    inner = [node for _, node in work.rows] + [work.otherwise]
    got = [(value(n.rows[0][1]), value(n.otherwise)) for n in inner if isinstance(n, Switch)]
    assert got == [(72, 36), (80, 40)]


def test_what_is_needed_may_count_and_an_item_that_a_case_lacks_does_not() -> None:
    """35 + 5 entries and 4 of the first consent; 4 more where the second signer is there."""
    found = model("check: {size_of: needs, work: {each: entries, value: 1s}}", check="")

    work = visit(found, "check").work
    assert isinstance(work, Switch)
    assert found.attributes[work.variable] == "signers.second"
    assert [value(node) for _, node in work.rows] == [48]
    assert value(work.otherwise) == 44


def test_a_slip_of_many_units_is_that_some_is_wrong() -> None:
    """1 - (1 - p)^40 for the two documents with that slip; none where no unit is."""
    found = model("fill: {slips: {each: entries, value: 1%}}")

    assert made(found, visit(found)) == {"gap": pytest.approx(1 - 0.99**40)}


def test_a_slip_that_is_not_of_units_is_of_each_document() -> None:
    """Two documents share a slip, so it is made by either."""
    found = model("fill: {slips: 10%}")

    told = {"gap": pytest.approx(0.19), "typo": pytest.approx(0.1)}
    assert made(found, visit(found)) == told


def test_a_document_of_an_item_that_a_case_lacks_has_no_slip() -> None:
    """All consents at once: 10 % for one, 19 % where the second signer is there."""
    found = model(
        "fill: {slips: 10%}", fill="task: fill, gives: [form, list, note, consent], by: owner"
    )

    (share,) = (act.share for act in visit(found).makes if isinstance(act.share, Switch))
    assert found.attributes[share.variable] == "signers.second"
    assert [value(node) / SHARE for _, node in share.rows] == [pytest.approx(1 - 0.9**3)]
    assert value(share.otherwise) / SHARE == pytest.approx(0.19)  # the note is the other one


def test_later_visits_have_less_to_do() -> None:
    """20 % of 41 entries, rounded up, are 9; what again says lies over the rest."""
    skill = """fill: {work: {each: entries, value: 10s}, slips: {each: entries, value: 1%},
        again: {size: 20%, slips: {each: entries, value: 2%}}}"""
    found = model(skill, size="6")

    assert value(visit(found).work) == 410
    assert value(visit(found, again=True).work) == 90
    assert made(found, visit(found, again=True)) == {"gap": pytest.approx(1 - 0.98**9)}


def test_a_slip_of_a_whole_document_is_as_likely_at_later_visits() -> None:
    """There is less of the document to do again, and still the same two documents."""
    found = model("fill: {slips: 10%, again: {size: 10%}}")

    assert made(found, visit(found, again=True)) == made(found, visit(found))


def test_what_a_step_says_itself_needs_no_size() -> None:
    """The skill goes by pages, of which these documents have none."""
    skill = "fill: {work: {each: pages, value: 1s}, slips: {each: pages, value: 1%}}"
    typed = f"{FILL}, work: 5s, makes: {{gap: 1%, typo: 2%}}"

    assert value(visit(model(skill, fill=typed)).work) == 5
    with pytest.raises(InvalidInput):
        model(skill)


def test_seven_are_a_fifth_of_thirty_five() -> None:
    """No eighth, though 35 times 0.2 is a little more than 7 in floating point."""
    skill = "fill: {work: {each: entries, value: 1s}, again: {size: 20%}}"
    found = model(skill, fill="task: fill, gives: form, by: owner", check="", size="1")

    assert value(visit(found, again=True).work) == 7


def test_channels_differ_key_by_key() -> None:
    """Online the work is the same and fields are checked; the AI does as online."""
    skill = """fill: {work: {each: entries, value: 1s}, slips: 10%,
        digital: {slips: 2%}, agentic: digital}"""
    found = model(skill, fill="task: fill, gives: form, by: owner")

    assert [value(visit(found, channel=c).work) for c in range(3)] == [35, 35, 35]
    shares = [made(found, visit(found, channel=c))["gap"] for c in range(3)]
    assert shares == pytest.approx([0.1, 0.02, 0.02])


def test_what_a_step_says_lies_over_its_skill_entry_by_entry() -> None:
    """Work of its own, one defect taken away, one more; the burden of both."""
    skill = "fill: {work: 1h, slips: 10%, burden: {each: papers, seals: 1, fee: 100}}"
    fill = f"{FILL}, work: 5s, makes: {{typo: 50%, gap: none}}, burden: {{forms: 1}}"
    spec = visit(found := model(skill, fill=fill))

    assert value(spec.work) == 5
    assert made(found, spec) == {"typo": pytest.approx(0.5)}
    assert (spec.burden, value(spec.fee)) == ((0, 1, 6, 0), 600)


def test_what_a_step_says_again_lies_over_its_skill_too() -> None:
    """A later visit takes what the step says, and errs as the skill says."""
    skill = "fill: {work: {each: entries, value: 1s}, slips: 10%, again: {size: 10%, slips: 5%}}"
    found = model(skill, fill=f"{FILL}, again: {{work: 2s}}")

    assert value(visit(found, again=True).work) == 2
    assert made(found, visit(found, again=True))["typo"] == pytest.approx(0.05)


def test_the_first_works_and_the_last_finds() -> None:
    """Whatever their skills say besides."""
    reader = "check: {work: 1h, finds: 60%}"
    fill = f"{FILL}, makes: {{gap: 5%, typo: 5%}}"
    found = model("check: {work: 2min, finds: 10%}", reader, fill=fill, check="")
    check = visit(found, "check")

    assert value(check.work) == 120
    assert [value(act.share) / SHARE for act in check.finds] == pytest.approx([0.6, 0.6])


def test_findings_are_of_the_slips_of_what_is_needed_or_by_name() -> None:
    """One share is for all slips; by name each has its own, and what is nowhere here is not."""
    fill = f"{FILL}, makes: {{gap: 5%, typo: 5%}}"
    both = model(reader="check: {finds: 60%}", fill=fill)
    named = model(reader="check: {finds: {typo: 30%, forged_seal: 90%}}", fill=fill)

    assert len(visit(both, "check").finds) == 2
    assert len(visit(named, "check").finds) == 1


def test_the_slip_of_a_draft_comes_of_its_confidence_and_of_the_same_draw() -> None:
    """Each of 40 entries is wrong with 1.5 times the doubt of 2 %, tabled where the doubt is."""
    plain = model("fill: {confidence: {each: entries, value: 98%}}", more="overconfidence: 1.5,")
    drawn = model("fill: {confidence: {each: entries, uniform: [96%, 99%]}}")

    assert made(plain, visit(plain)) == {"gap": pytest.approx(1 - 0.97**40)}
    spec = visit(drawn)
    (act,) = spec.makes
    assert isinstance(act.share, Drawn)
    assert isinstance(spec.confidence, Drawn)
    assert act.share.point == spec.confidence.point
    ends = [drawn.tables[act.share.table][end] / SHARE for end in (0, -1)]
    assert ends == pytest.approx([1 - 0.96**40, 1 - 0.99**40])


def test_a_confidence_that_the_step_says_is_what_leaves_open() -> None:
    """Its skill then says of how many units it is."""
    skill = "fill: {confidence: {each: entries, value: 98%}}"
    found = model(skill, fill=f"{FILL}, confidence: 99%")

    assert made(found, visit(found)) == {"gap": pytest.approx(1 - 0.99**40)}


def test_slips_of_their_own_have_nothing_to_do_with_the_confidence() -> None:
    """An AI may be sure of nothing and right all the same."""
    found = model("fill: {confidence: 50%, slips: 1%}", fill="task: fill, gives: form, by: owner")

    assert made(found, visit(found)) == {"gap": pytest.approx(0.01)}


def test_a_step_that_says_it_all_is_the_same_program() -> None:
    """Nothing of a skill is left for an engine to see."""
    skill = "fill: {work: {each: entries, value: 3s}, slips: 50%, burden: {each: papers, seals: 2}}"
    typed = f"{FILL}, work: 2min, makes: {{gap: 75%, typo: 50%}}, burden: {{seals: 12}}"

    assert model(skill).profiles == model(fill=typed.replace("task: fill, ", "")).profiles


def test_a_condition_may_ask_whether_somebody_looked_at_a_skilled_draft() -> None:
    """A step is drafted if a skill of somebody who does it says how sure he is."""
    skill = "fill: {confidence: {each: entries, value: 98%}}"
    found = model(skill, check="if: {asked: fill}")

    assert "?asked p.fill" in found.documents


def test_sizes_and_skills_are_set_by_their_paths() -> None:
    """As on the command line, of one channel too."""
    skill = "fill: {work: {each: entries, value: 1s}, digital: {slips: 1%}}"
    sets = (
        "p.documents.list.size.entries=15",
        "agents.writer.skills.fill.work.value=2s",
        "agents.writer.skills.fill.digital.slips=50%",
    )
    found = model(skill, sets=sets)

    assert value(visit(found).work) == 100
    assert made(found, visit(found))["typo"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("sets", "line"),
    [
        ("agents.writer.skills.fil.work=1s", "fil"),
        ("agents.writer.skills.fill.work=often", "often"),
        ("p.steps.fill.task=none", None),
    ],
)
def test_what_cannot_be_set_is_told_at_the_command_line(sets: str, line: str | None) -> None:
    """A task may be taken away; a skill cannot be invented."""
    skill = "fill: {work: 1s}"
    if line is None:
        assert value(visit(model(skill, sets=(sets,))).work) == 0
        return
    with pytest.raises(InvalidInput) as told:
        model(skill, sets=(sets,))
    (problem, *_) = told.value.problems
    assert problem.file == "--set"
    assert line in str(problem.values)


@pytest.mark.parametrize(
    ("skill", "key"),
    [
        ("fill: {work: {each: entries, value: 300d}}", "unit_too_much"),
        ("fill: {burden: {each: entries, seals: 999999}}", "unit_too_much"),
        ("fill: {burden: {each: entries, fee: 200000000000}}", "unit_too_much"),
    ],
)
def test_too_much_in_all_is_told_once_where_the_skill_says_it(skill: str, key: str) -> None:
    """Whatever the channel and the visit in which it is too much."""
    with pytest.raises(InvalidInput) as told:
        model(f"{skill.removesuffix('}')}, again: {{size: 90%}}}}")
    assert [(one.key, one.file) for one in told.value.problems] == [(key, "agents/writer.yaml")]


def test_a_slip_that_nobody_declares_is_told_where_the_document_says_it() -> None:
    """Not at the skills of all who might make it or find it."""
    skill = (
        "fill: {slips: {each: entries, value: 1%}, digital: {slips: {each: entries, value: 2%}}}"
    )
    files = worlds.written(
        textwrap.dedent(PROCEDURE)
        .replace("SIZE", "5")
        .replace("slip: gap", "slip: gpa")
        .replace("{FILL}", f"{{{FILL}}}")
        .replace("CHECK", ""),
        agents=agents(skill, "check: {finds: 50%}"),
    )
    with pytest.raises(InvalidInput) as told:
        worlds.compiled(files)
    found = [(one.key, one.file, one.guess) for one in told.value.problems]
    assert found == [("unknown_defect", "procedures/p.yaml", "gap")] * 2  # two documents say so


def test_an_item_of_a_list_has_a_skill_of_its_own_step() -> None:
    """Each signer signs a consent of four entries."""
    text = PROCEDURE.replace("by: owner, work: 1min", "by: owner, task: sign")
    text = text.replace("SIZE", "5").replace("FILL", FILL).replace("CHECK", "")
    files = worlds.written(text, agents=agents("sign: {work: {each: entries, value: 5s}}"))
    found = worlds.compiled(files)

    assert [value(visit(found, f"sign.{who}").work) for who in ("first", "second")] == [20, 20]


# -- any step --------------------------------------------------------------------------------------

MOVED: Final = ("work", "burden", "confidence", "finds")


def moved(layer: Data) -> tuple[Data, Data]:
    """Return a layer of a step without what a skill may say, and that as a layer of the skill."""
    step: Data = {}
    skill: Data = {}
    for key, value in layer.items():
        if key in MOVED:
            skill[key] = value
        elif key in (*CHANNELS, "again") and isinstance(value, dict):
            rest, taken = moved(value)
            step |= {key: rest} if rest else {}
            skill |= {key: taken} if taken else {}
        elif key in CHANNELS:
            step[key] = skill[key] = value
        else:
            step[key] = value
    return step, skill


def learnt(written: Written) -> Written:
    """Return a model in which everybody has a skill for every step, and steps say no more."""
    steps: Data = {}
    skills: Data = {}
    for name, step in written.procedure["steps"].items():
        rest, skill = moved(step)
        steps[name] = rest | {"task": name} if skill else step
        skills |= {name: skill} if skill else {}
    everybody = {name: agent | {"skills": skills} for name, agent in written.agents.items()}
    return Written(written.procedure | {"steps": steps}, written.scenario, everybody)


@pytest.mark.heavy
@examples(100, 5_000)
@given(plain(), st.integers(0, 3))
def test_any_model_runs_alike_if_its_numbers_are_of_skills(written: Written, seed: int) -> None:
    """Layers, removals, later visits, lookups, confidence, lists: all stand where they stood."""
    note(learnt(written).text())
    with quick():
        typed, skilled = (reference.run(compiled(m), seed, 0) for m in (written, learnt(written)))

    assert skilled.digest() == typed.digest()

"""What is wanted: backward chaining, givers, skipped steps, knowledge, channels and expiry."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR

PAPERS = """
steps:
  write: {gives: [form], by: me, work: 1h}
  seal: {needs: [form], gives: [sealed], by: me, work: 1h}
  chat: {gives: [gossip], by: me, work: 1h}
  file: {needs: [sealed], gives: [permit], by: desk, work: 1h}
goal: [permit]
"""


def done(run: Run, **which: Any) -> list[str]:
    """Return the steps that were done, in the order in which they closed."""
    return [row["step"] for row in run.rows(**which)]


# -- backward chaining -----------------------------------------------------------------------------


def test_a_case_works_backwards_from_its_goal_and_does_nothing_that_nobody_needs(
    play: Runner,
) -> None:
    """The permit needs the sealed form, which needs the form; nobody needs the gossip."""
    run = play(PAPERS)
    assert done(run) == ["write", "seal", "file"]
    assert run.elapsed().tolist() == [3 * HOUR]


def test_a_document_in_the_locker_removes_all_that_led_to_it(play: Runner) -> None:
    """With the sealed form at hand only the filing is left."""
    run = play(PAPERS, case="{count: 1, using: [p], locker: [sealed]}")
    assert done(run) == ["file"]
    assert run.given("sealed") is None
    assert run.given("form") is None


def test_a_case_that_holds_its_goal_ends_at_once(play: Runner) -> None:
    """Nothing is wanted, so nothing happens."""
    run = play(PAPERS, case="{count: 1, using: [p], locker: [permit]}")
    assert done(run) == []
    assert run.cases()[0]["outcome"] == "clean"
    assert run.elapsed().tolist() == [0]


# -- two givers ------------------------------------------------------------------------------------

TWO_GIVERS = """
attributes: {card: true}
steps:
  by_card: {if: {card: true}, gives: [proof], by: ai, work: 1h}
  by_post: {gives: [proof], by: me, work: 5h}
goal: [proof]
"""


def test_of_two_givers_the_first_listed_gives(play: Runner) -> None:
    """Who has a card gets the proof with it."""
    assert done(play(TWO_GIVERS)) == ["by_card"]


def test_a_skipped_giver_leaves_it_to_the_next(play: Runner) -> None:
    """Without a card ``by_card`` is skipped, and passes nothing on since ``by_post`` gives it."""
    run = play(TWO_GIVERS, case="{count: 1, using: [p], attributes: {card: false}}")
    assert done(run) == ["by_post"]
    assert run.given("proof") == 5 * HOUR


def test_if_all_givers_are_skipped_the_first_listed_passes_the_document_on(play: Runner) -> None:
    """The first has nothing to wait for, the second would wait an hour for the form."""
    run = play("""
steps:
  one: {if: never, gives: [proof], by: me}
  two: {if: never, needs: [form], gives: [proof], by: me}
  write: {gives: [form], by: me, work: 1h}
goal: [proof]
""")
    assert done(run) == []
    assert run.given("proof") == 0


@pytest.mark.parametrize(("channel", "giver"), [("analog", "counter"), ("digital", "online")])
def test_a_step_that_names_nobody_in_a_channel_does_not_exist_there(
    play: Runner, channel: str, giver: str
) -> None:
    """``counter`` is listed first but has no ``by`` online, ``online`` has none on paper."""
    run = play(
        """
steps:
  counter: {gives: [proof], analog: {by: me}}
  online: {gives: [proof], digital: {by: me}}
goal: [proof]
""",
        channel=channel,
    )
    assert done(run) == [giver]


def test_a_random_share_and_what_happens_by_it_are_two_draws(play: Runner) -> None:
    """A share of 0 to 100 % makes half of the cases; one draw for both would make all or none."""
    run = play(
        """
steps:
  look: {if: {chance: {quantiles: {0: 0%, 100: 100%}}}, gives: [seen], by: desk}
goal: [seen]
""",
        case="{count: 400, using: [p]}",
    )
    assert 160 < len(run.rows("look")) < 240


def test_a_chance_is_drawn_once_a_case(play: Runner) -> None:
    """Every form is returned once, so a stamp is needed twice or never in a case."""
    run = play(
        """
steps:
  write: {gives: [form], by: ai, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  stamp: {if: {chance: 50%}, needs: [form], gives: [stamped], by: ai}
  examine: {needs: [stamped], gives: [permit], by: desk, finds: {slip: 100%}}
goal: [permit]
""",
        case="{count: 40, using: [p]}",
    )
    stamps = [len(run.rows("stamp", case)) for case in range(40)]
    assert set(stamps) == {0, 2}


# -- skipped steps ---------------------------------------------------------------------------------


def test_skipped_steps_pass_documents_and_their_defects_on_in_no_time(play: Runner) -> None:
    """Checked and stamped in the second in which the form is written; the slip comes along."""
    run = play("""
attributes: {careful: false}
defects: {slip: {en: slip, ja: slip, harm: harm}}
steps:
  write: {gives: [form], by: me, work: 1h, makes: {slip: 100%}}
  check: {if: never, needs: [form], gives: [checked], by: me, work: 9h}
  stamp: {if: {careful: true}, needs: [checked], gives: [stamped], by: me, work: 9h}
  file: {needs: [stamped], gives: [permit], by: desk, work: 1h}
goal: [permit]
""")
    assert done(run) == ["write", "file"]
    assert run.given("checked") == run.given("stamped") == HOUR
    assert run.elapsed().tolist() == [2 * HOUR]
    assert (run.cases()[0]["outcome"], run.cases()[0]["cause"]) == ("flawed", "slip")


def test_a_skipped_step_passes_on_only_what_nobody_else_gives(play: Runner) -> None:
    """The kit would give both; the seal can be bought, so it is."""
    run = play("""
steps:
  kit: {if: never, gives: [form, seal], by: me}
  buy: {gives: [seal], by: me, work: 1h}
goal: [form, seal]
""")
    assert (run.given("form"), run.given("seal")) == (0, HOUR)


# -- knowledge -------------------------------------------------------------------------------------

DECIDED = """
attributes: {adopted: true}
steps:
  hear: {gives: [letter], decides: [adopted], by: desk, work: 2h}
  plan: {if: {adopted: true}, gives: [plan], by: me, work: 1h}
goal: [plan]
"""


def test_a_condition_on_what_some_step_decides_waits_for_it(play: Runner) -> None:
    """Nobody needs the letter, but whether to plan is known only after the hearing."""
    run = play(DECIDED)
    assert [(row["step"], row["enabled"]) for row in run.rows()] == [
        ("hear", 0),
        ("plan", 2 * HOUR),
    ]


def test_a_step_that_turns_out_not_to_apply_is_skipped_when_that_is_known(play: Runner) -> None:
    """Not adopted: the plan is passed on at 2h."""
    run = play(DECIDED, case="{count: 1, using: [p], attributes: {adopted: false}}")
    assert done(run) == ["hear"]
    assert run.given("plan") == 2 * HOUR


def test_who_gives_a_document_is_not_settled_before_it_is_known(play: Runner) -> None:
    """The plan for the adopted is not needed after all, but nobody writes the other before 2h."""
    run = play("""
attributes: {adopted: false}
steps:
  hear: {gives: [letter], decides: [adopted], by: desk, work: 2h}
  plan: {if: {adopted: true}, gives: [plan], by: me, work: 1h}
  write: {gives: [plan], by: me, work: 1h}
goal: [plan]
""")
    assert [(row["step"], row["ready"]) for row in run.rows()] == [("hear", 0), ("write", 2 * HOUR)]


@pytest.mark.parametrize(("adopted", "steps"), [("true", ["hear", "plan"]), ("false", ["hear"])])
def test_a_conditional_goal_waits_for_knowledge(
    play: Runner, adopted: str, steps: list[str]
) -> None:
    """The plan is a goal only of those who are adopted, which has to be found out."""
    run = play(
        """
attributes: {adopted: true}
steps:
  hear: {gives: [letter], decides: [adopted], by: desk, work: 2h}
  plan: {gives: [plan], by: me, work: 1h}
goal: [{document: plan, if: {adopted: true}}]
""",
        case=f"{{count: 1, using: [p], attributes: {{adopted: {adopted}}}}}",
    )
    assert done(run) == steps
    assert run.cases()[0]["outcome"] == "clean"


def test_a_conditional_goal_on_an_attribute_known_from_the_start_counts_at_once(
    play: Runner,
) -> None:
    """Only firms need the extract: one of the two cases is a firm."""
    run = play(
        """
attributes: {firm: false}
steps:
  write: {gives: [form], by: me}
  extract: {gives: [extract], by: me}
goal: [form, {document: extract, if: {firm: true}}]
""",
        case="{count: 1, using: [p]}, d: {count: 1, using: [p], attributes: {firm: true}}",
    )
    assert done(run, case=0) == ["write"]
    assert done(run, case=1) == ["write", "extract"]


# -- who does how much at once ---------------------------------------------------------------------

BRANCHES = """
actors: {who: %s}
steps:
  one: {gives: [a], by: who, work: 1h}
  two: {gives: [b], by: who, work: 2h}
  three: {gives: [c], by: who, work: 3h}
goal: [a, b, c]
"""
PAIR = {"pair": "{agent: pair, kind: person, attention: 2}"}


@pytest.mark.parametrize(
    ("who", "starts"), [("person", [0, 1, 3]), ("pair", [0, 0, 1]), ("robot", [0, 0, 0])]
)
def test_attention_says_how_many_branches_go_on_at_once(
    play: Runner, who: str, starts: list[int]
) -> None:
    """A person: 1h, 2h, 3h one by one; attention 2: the third begins at 1h; an AI: all at once."""
    run = play(BRANCHES % who, agents=PAIR)
    rows = sorted(run.rows(), key=lambda row: row["step"] == "three")
    assert [row["started"] for row in rows] == [hour * HOUR for hour in starts]
    assert [row["ready"] for row in rows] == [0, 0, 0]


@pytest.mark.parametrize(("order", "hours"), [("listed", 13), ("critical_path", 12)])
def test_the_order_of_an_agent_is_as_listed_or_by_the_critical_path(
    play: Runner, order: str, hours: int
) -> None:
    """Short (1h) first: 1 + 2 + 10; long (2h, then 10h at the desk) first: 2 + 10."""
    run = play(
        """
actors: {who: worker}
steps:
  short: {gives: [a], by: who, work: 1h}
  long: {gives: [b], by: who, work: 2h}
  await: {needs: [b], gives: [c], by: desk, work: 10h}
goal: [a, c]
""",
        agents={"worker": f"{{agent: worker, kind: person, order: {order}}}"},
    )
    assert run.elapsed().tolist() == [hours * HOUR]


@pytest.mark.parametrize(("channel", "hours"), [("analog", 13), ("agentic", 12)])
def test_the_order_of_who_would_act_in_another_channel_is_nothing_here(
    play: Runner, channel: str, hours: int
) -> None:
    """An AI does the long one first; on paper its owner does them as listed."""
    run = play(
        """
actors: {ai: planner}
steps:
  short: {gives: [a], by: me, work: 1h, agentic: {by: ai}}
  long: {gives: [b], by: me, work: 2h, agentic: {by: ai}}
  await: {needs: [b], gives: [c], by: desk, work: 10h}
goal: [a, c]
""",
        agents={"planner": "{agent: planner, kind: ai, attention: 1, order: critical_path}"},
        channel=channel,
    )
    assert run.elapsed().tolist() == [hours * HOUR]


def test_a_step_for_each_item_is_done_for_those_a_case_has(play: Runner) -> None:
    """Of three signers one is never there; the form waits for the two others, an hour each."""
    run = play("""
lists: {signers: {s1: {}, s2: {chance: 0%}, s3: {chance: 100%}}}
steps:
  sign: {each: signers, gives: [consent], by: me, work: 1h}
  file: {needs: [consent], gives: [permit], by: desk}
goal: [permit]
""")
    assert done(run) == ["sign.s1", "sign.s3", "file"]
    assert run.elapsed().tolist() == [2 * HOUR]


# -- channels --------------------------------------------------------------------------------------

LADDER = """
attributes: {card: %s, broadband: %s}
steps:
  apply:
    gives: [proof]
    analog: {by: me, work: 3h}
    digital: {by: me, open_to: {card: true}, work: 2h}
    agentic: {by: ai, open_to: {broadband: true}, work: 1h}
goal: [proof]
"""


@pytest.mark.parametrize(
    ("broadband", "card", "channel"),
    [("true", "true", 2), ("false", "true", 1), ("false", "false", 0), ("true", "false", 2)],
)
def test_a_step_closed_to_a_case_is_done_in_the_next_lower_channel(
    play: Runner, broadband: str, card: str, channel: int
) -> None:
    """Agentic for who has broadband, else digital for who has a card, else on paper."""
    (row,) = play(LADDER % (card, broadband), channel="agentic").rows()
    assert row["channel"] == channel
    assert row["finished"] == (3 - channel) * HOUR


def test_open_to_waits_for_knowledge(play: Runner) -> None:
    """Whether the portal lets one in is known after the hearing at 2h: it does not."""
    run = play("""
attributes: {adopted: false}
steps:
  hear: {decides: [adopted], by: desk, work: 2h}
  apply: {gives: [proof], analog: {by: me, work: 3h}, digital: {by: me, open_to: {adopted: true}}}
goal: [proof]
""")
    (row,) = run.rows("apply")
    assert (row["channel"], row["ready"], row["finished"]) == (0, 2 * HOUR, 5 * HOUR)


def test_a_block_may_copy_another_channels(play: Runner) -> None:
    """``agentic: digital`` takes two hours as online."""
    (row,) = play(
        """
steps: {apply: {gives: [proof], digital: {by: me, work: 2h}, agentic: digital}}
goal: [proof]
""",
        channel="agentic",
    ).rows()
    assert (row["channel"], row["finished"]) == (2, 2 * HOUR)


# -- expiry ----------------------------------------------------------------------------------------

EXPIRING = """
documents: {cert: {en: cert, ja: cert, valid: 2d}}
steps:
  fetch: {gives: [cert], by: desk, work: 1h}
  prepare: {gives: [form], by: desk, work: 3d}
  file: {needs: [cert, form], gives: [permit], by: clerk, work: 1h}
goal: [permit]
"""


def test_an_expired_document_is_got_again_when_all_else_is_held(play: Runner) -> None:
    """Got at 1h for 2 days, but the form takes 3: fetched again at 3d, not at 2d 1h."""
    run = play(EXPIRING)
    assert [row["ready"] for row in run.rows("fetch")] == [0, 3 * DAY]
    assert run.elapsed().tolist() == [3 * DAY + 2 * HOUR]
    assert run.given("cert") == HOUR


def test_a_document_that_is_there_again_no_longer_counts_as_expired(play: Runner) -> None:
    """Sent back at 3d 2h with the form it is got again an hour later, before the form is there.

    Got at 3d 4h for 2 days it expires before the form of 6d 3h, and is got again then.
    """
    run = play("""
documents: {cert: {en: cert, ja: cert, valid: 2d}}
steps:
  prepare: {gives: [form], by: desk, work: 3d, makes: {blot: {by: visit, 1: 100%, else: 0%}}}
  fetch: {gives: [cert], by: desk, work: 1h, makes: {slip: {by: visit, 2: 100%, else: 0%}}}
  file: {needs: [cert, form], gives: [permit], by: clerk, work: 1h,
         finds: {slip: 100%, blot: 100%}}
goal: [permit]
""")
    back = 3 * DAY + 3 * HOUR
    assert [row["ready"] for row in run.rows("fetch")] == [0, 3 * DAY, back, back + 3 * DAY]


def test_age_in_the_locker_counts(play: Runner) -> None:
    """A day old of two: gone at 1d, missed at 3d."""
    run = play(EXPIRING, case="{count: 1, using: [p], locker: {cert: {age: 1d}}}")
    assert [row["ready"] for row in run.rows("fetch")] == [3 * DAY]


def test_a_visit_already_enabled_keeps_a_document_that_expires(play: Runner) -> None:
    """The second filing waits for the clerk from 3d to 3d 12h; its certificate ends at 3d 1h."""
    run = play(
        """
documents: {cert: {en: cert, ja: cert, valid: 73h}}
steps:
  fetch: {gives: [cert], by: desk}
  prepare: {gives: [form], by: desk, work: 3d}
  file: {needs: [cert, form], gives: [permit], by: clerk, work: 12h}
goal: [permit]
""",
        case="{count: 2, using: [p]}",
    )
    assert len(run.rows("fetch")) == 2
    (second,) = run.rows("file", case=1)
    assert (second["enabled"], second["started"]) == (3 * DAY, 3 * DAY + 12 * HOUR)
    assert [case["outcome"] for case in run.cases()] == ["clean", "clean"]


LAPSING = """
documents: {cert: {en: cert, ja: cert, valid: 47h, lapsed: old}}
defects: {old: {en: old, ja: old, harm: harm}}
steps:
  fetch: {gives: [cert], by: desk, work: 1h}
  file: {needs: [cert], gives: [permit], by: clerk, work: 1d}
goal: [permit]
"""


@pytest.mark.parametrize(
    ("age", "outcome"), [("1d", "clean"), ("169199s", "clean"), ("47h", "flawed"), ("3d", "flawed")]
)
def test_nobody_looks_at_the_date_of_a_document_that_may_lapse(
    play: Runner, age: str, outcome: str
) -> None:
    """Valid for 47 h: too old from the start it is used all the same, and the permit is flawed.

    A second younger it is as good as new.
    """
    run = play(LAPSING, case=f"{{count: 1, using: [p], locker: {{cert: {{age: {age}}}}}}}")
    assert done(run) == ["file"]
    assert run.cases()[0]["outcome"] == outcome


def test_a_document_that_is_too_old_when_the_work_starts_carries_its_defect_on(
    play: Runner,
) -> None:
    """Three cases file a day each; papers of 1h end at 2d, so the third starts an hour too late."""
    run = play(LAPSING, case="{count: 3, using: [p]}")
    assert [row["started"] for row in run.rows("file")] == [HOUR, DAY + HOUR, 2 * DAY + HOUR]
    assert [case["outcome"] for case in run.cases()] == ["clean", "clean", "flawed"]
    assert run.cases()[2]["cause"] == "old"


@pytest.mark.parametrize("age", ["2d", "3d"])
def test_a_document_too_old_at_the_start_is_simply_not_there_if_its_date_is_looked_at(
    play: Runner, age: str
) -> None:
    """Valid for 2 days and 2 or 3 days old: fetched at once."""
    run = play(EXPIRING, case=f"{{count: 1, using: [p], locker: {{cert: {{age: {age}}}}}}}")
    assert [row["ready"] for row in run.rows("fetch")] == [0, 3 * DAY]
    assert run.given("cert") == HOUR


@pytest.mark.parametrize(("valid", "outcome"), [("48h", "flawed"), ("172801s", "clean")])
def test_a_document_whose_time_is_over_in_the_second_of_the_start_is_too_old(
    play: Runner, valid: str, outcome: str
) -> None:
    """Got at 1h; the clerk takes up the third case's at 2d 1h, which is 48 hours later."""
    run = play(LAPSING.replace("47h", valid), case="{count: 3, using: [p]}")
    assert run.rows("file")[2]["started"] == 2 * DAY + HOUR
    assert run.cases()[2]["outcome"] == outcome


QUEUE = """
documents: {{cert: {{en: cert, ja: cert, valid: 2h{kept}}}}}
defects: {{slip: {{en: slip, ja: slip, harm: harm}}}}
steps:
  busy: {{gives: [other], by: clerk, work: 10h}}
  fetch: {{gives: [cert, stub], by: desk, makes: {{slip: 100%}}, again: {{makes: {{slip: 0%}}}}}}
  file: {{needs: [cert], gives: [permit], by: clerk, work: 1h}}
  check: {{needs: [stub], gives: [checked], by: desk, work: 5h, finds: {{slip: {found}}}}}
goal: [other, permit, checked]
"""


def test_a_document_that_expires_in_a_queue_leaves_its_defects_to_the_visit(play: Runner) -> None:
    """The clerk, busy to 10h, takes up what ended at 2h: the slip in it is in the permit."""
    run = play(QUEUE.format(kept="", found="0%"))
    assert [row["started"] for row in run.rows("file")] == [10 * HOUR]
    assert (run.cases()[0]["outcome"], run.cases()[0]["cause"]) == ("flawed", "slip")


def test_a_visit_that_waits_sheds_what_an_expired_document_left_to_it(play: Runner) -> None:
    """The slip is sent back at 5h, which leaves the kept certificate in the queue as it was."""
    run = play(QUEUE.format(kept=", kept: true", found="100%"))
    assert [row["result"] for row in run.rows("check")] == ["returned", "given"]
    assert [(row["enabled"], row["started"]) for row in run.rows("file")] == [(0, 10 * HOUR)]
    assert run.cases()[0]["outcome"] == "clean"


HALL = """
documents: {cert: {en: cert, ja: cert, valid: 2d, lapsed: old}}
defects: {old: {en: old, ja: old, harm: harm}}
steps:
  hall: {gives: [cert, stamp], by: desk}
  wait: {needs: [stamp], gives: [other], by: desk, work: 1d}
  file: {needs: [cert, other], gives: [permit], by: desk}
goal: [permit]
"""


@pytest.mark.parametrize("age", ["47h", "3d"])
def test_a_new_copy_has_a_life_of_its_own(play: Runner, age: str) -> None:
    """The hall, asked for the stamp, gives a new certificate too, which is good to 2d."""
    run = play(HALL, case=f"{{count: 1, using: [p], locker: {{cert: {{age: {age}}}}}}}")
    assert done(run) == ["hall", "wait", "file"]
    assert run.cases()[0]["outcome"] == "clean"


def test_the_lives_of_two_copies_are_two_draws(play: Runner) -> None:
    """A certificate for one hour to a day, got again and again for ten days."""
    run = play("""
documents: {cert: {en: cert, ja: cert, valid: {uniform: [1h, 24h]}}}
steps:
  hall: {gives: [cert], by: desk}
  wait: {gives: [other], by: desk, work: 10d}
goal: [cert, other]
""")
    times = [row["ready"] for row in run.rows("hall")]
    lives = {after - before for before, after in itertools.pairwise(times)}
    assert len(lives) > 5
    assert all(HOUR <= life <= DAY for life in lives)

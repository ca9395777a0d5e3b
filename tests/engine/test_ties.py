"""What happens first in one second, and that names alone, not places in a file, decide anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

HOUR = 3600
DAY = 24 * HOUR


def starts(run: Run, step: str) -> dict[int, float]:
    """Return the hour in which each case's visit of a step was started, by case."""
    return {row["case"]: row["started"] / HOUR for row in run.rows(step)}


def agent(rules: str) -> dict[str, str]:
    """Return an agent ``who`` with some rules."""
    return {"who": f"{{agent: who, kind: office, rules: {rules}}}"}


# -- within one event ------------------------------------------------------------------------------


def test_freed_staff_goes_to_the_queue_before_a_finished_cases_next_step_may_ask(
    play: Runner,
) -> None:
    """Case 0 wants the clerk again, and more urgently, but case 1 stands in line by then."""
    run = play(
        """
steps:
  one: {gives: [a], by: clerk, work: 1h, priority: 5}
  two: {needs: [a], gives: [b], by: clerk, work: 1h, priority: 1}
goal: [b]
""",
        case="{count: 2, using: [p]}",
    )
    assert starts(run, "one") == {0: 0, 1: 1}
    assert starts(run, "two") == {0: 2, 1: 3}


def test_attention_freed_by_a_finish_goes_to_what_is_ready_then(play: Runner) -> None:
    """The document of ``one`` is given later in the same second: ``three`` goes before ``two``."""
    run = play("""
steps:
  one: {gives: [a], by: me, work: 1h}
  two: {needs: [a], gives: [b], by: me, work: 1h}
  three: {gives: [c], by: me, work: 1h}
goal: [b, c]
""")
    assert [row["step"] for row in run.rows()] == ["one", "three", "two"]


# -- the same kind of event ------------------------------------------------------------------------


def test_of_two_cases_that_finish_in_the_same_second_the_first_gets_the_free_clerk(
    play: Runner,
) -> None:
    """Both are ready for the clerk at 1h; then the one with the smaller number goes first."""
    run = play(
        """
steps:
  write: {gives: [form], by: me, work: 1h}
  serve: {needs: [form], gives: [done], by: clerk, work: 1h}
goal: [done]
""",
        case="{count: 2, using: [p]}",
    )
    assert starts(run, "serve") == {0: 1, 1: 2}


def test_of_two_steps_that_finish_in_the_same_second_the_first_listed_comes_first(
    play: Runner,
) -> None:
    """Both find the slip at 1h; the letter is that of the step listed first, whatever its name."""
    run = play("""
steps:
  write: {gives: [form], by: ai, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  zeta: {needs: [form], gives: [z], by: desk, work: 1h, finds: {slip: 100%}}
  alpha: {needs: [form], gives: [a], by: desk, work: 1h, finds: {slip: 100%}}
goal: [z, a]
""")
    firsts = {row["step"]: row["result"] for row in run.rows() if row["visit"] == 1}
    assert firsts == {"write": "given", "zeta": "returned", "alpha": "void"}


# -- staff, finished, fixed, given, redo, expiry, arrival, outage, deadline, patience, horizon -----


def test_staff_falls_before_a_finish(play: Runner) -> None:
    """Two become one at 1d, when the first visit ends: case 2 has to wait for the other, to 2d."""
    run = play(
        """
actors: {team: {agent: office, staff: {by: time, 0d: 2, 1d: 1}}}
attributes: {long: false}
steps: {serve: {gives: [done], by: team, work: {by: long, true: 2d, else: 1d}}}
goal: [done]
""",
        case="{count: 1, using: [p]}, d: {count: 1, using: [p], attributes: {long: true}}, "
        "e: {count: 1, using: [p]}",
    )
    assert starts(run, "serve") == {0: 0, 1: 0, 2: 48}


def test_staff_rises_before_an_arrival(play: Runner) -> None:
    """Who has waited gets the new clerk of 1d, not the urgent case that arrives in that second."""
    run = play(
        """
actors: {team: {agent: office, staff: {by: time, 0d: 1, 1d: 2}}}
attributes: {urgent: false}
steps: {serve: {gives: [done], by: team, work: 3d, priority: {by: urgent, true: 1, else: 5}}}
goal: [done]
""",
        case="{count: 2, using: [p]}, "
        "d: {count: 1, arrivals: 1d, using: [p], attributes: {urgent: true}}",
    )
    assert starts(run, "serve") == {0: 0, 1: 24, 2: 72}


URGENT = """
attributes: {urgent: false}
steps:
  serve: {gives: [done], by: clerk, work: 1h, priority: {by: urgent, true: 1, else: 5}}
goal: [done]
"""


def test_a_finish_comes_before_an_arrival(play: Runner) -> None:
    """At 1h the clerk turns to case 1; the urgent case that arrives in that second is next."""
    run = play(
        URGENT,
        case="{count: 2, using: [p]}, "
        "d: {count: 1, arrivals: 1h, using: [p], attributes: {urgent: true}}",
    )
    assert starts(run, "serve") == {0: 0, 1: 1, 2: 2}


def test_a_finish_comes_before_a_fix(play: Runner) -> None:
    """Case 0 writes for 1h and amends to 2h, case 1 writes to 2h and is at the window first."""
    run = play(
        """
actors: {me: who, window: {agent: office, staff: 1}}
attributes: {hasty: false}
steps:
  write: {gives: [form], by: me, work: {by: hasty, true: 1h, else: 2h},
          makes: {slip: {by: hasty, true: 100%, else: 0%}}, finds: {slip: 100%}}
  visit: {gives: [done], by: [me, window], work: 1h}
goal: [form, done]
""",
        case="{count: 1, using: [p], attributes: {hasty: true}}, d: {count: 1, using: [p]}",
        agents={
            "who": "{agent: who, kind: person, rules: {found: {amend: {then: {fix: {work: 1h}}}}, "
            "returned: {r: {then: {redo: {after: 0s}}}}}}"
        },
    )
    assert [row["finished"] for row in run.rows("write")] == [2 * HOUR, 2 * HOUR]
    assert starts(run, "visit") == {0: 3, 1: 2}


def test_a_fix_comes_before_what_is_given(play: Runner) -> None:
    """At 2h the clerk has amended the paper of case 1 and turns to case 2, which has waited.

    The urgent case 0, given its form in that second, comes after it.
    """
    run = play(
        """
actors: {court: {agent: who, staff: 1}}
steps:
  post: {gives: [form], by: desk, delay: 2h}
  serve: {needs: [form], gives: [x], by: court, work: 1h, priority: 1}
  amend: {gives: [y], by: court, work: 1h, makes: {slip: 100%}, finds: {slip: 100%}}
  wait: {gives: [z], by: court, work: 1h, priority: 5}
goal: [x]
""",
        case="{count: 1, using: [p]}, d: {count: 1, using: [p], goal: [y]}, "
        "e: {count: 1, using: [p], goal: [z]}",
        agents=agent("{found: {amend: {then: {fix: {work: 1h}}}}}"),
    )
    assert run.given("y", case=1) == 2 * HOUR
    assert (starts(run, "wait"), starts(run, "serve")) == ({2: 2}, {0: 3})


def test_what_is_given_comes_before_a_redo(play: Runner) -> None:
    """At 3h case 0 answers the letter of 1h; case 1, given its paper then, is first at the boss."""
    run = play(
        """
actors: {me: slow}
steps:
  stamp: {gives: [x], by: boss, work: 1h, makes: {slip: 100%}, finds: {slip: 100%},
          again: {makes: {slip: 0%}}}
  right: {gives: [r], by: desk, work: 3h}
  serve: {needs: [r], gives: [y], by: boss, work: 1h}
goal: [x]
""",
        case="{count: 1, using: [p]}, d: {count: 1, using: [p], goal: [y]}",
        agents={
            "slow": "{agent: slow, kind: person, "
            "rules: {returned: {r: {then: {redo: {after: 2h}}}}}}"
        },
    )
    assert run.rows("stamp")[1]["enabled"] == 3 * HOUR
    assert starts(run, "serve") == {1: 3}
    assert run.rows("stamp")[1]["started"] == 4 * HOUR


def test_a_document_given_in_the_second_in_which_another_expires_meets_it(play: Runner) -> None:
    """The certificate of 0h is valid for 3 hours, and the form is there after 3."""
    run = play("""
documents: {cert: {en: cert, ja: cert, valid: 3h}}
steps:
  fetch: {gives: [cert], by: desk}
  write: {gives: [form], by: me, work: 3h}
  file: {needs: [cert, form], gives: [permit], by: desk, work: 1h}
goal: [permit]
""")
    assert len(run.rows("fetch")) == 1
    assert run.elapsed().tolist() == [4 * HOUR]


def test_a_redo_in_the_second_in_which_a_document_expires_meets_it(play: Runner) -> None:
    """Returned at 2h and answered at 3h, when the certificate of 0h expires: it is still good."""
    run = play("""
documents: {cert: {en: cert, ja: cert, valid: 3h}}
steps:
  fetch: {gives: [cert], by: desk}
  file: {needs: [cert], gives: [filing], by: me, makes: {slip: 100%}, again: {makes: {slip: 0%}}}
  check: {needs: [filing], gives: [permit], by: desk, work: 2h, finds: {slip: 100%}}
goal: [permit]
""")
    assert [row["enabled"] for row in run.rows("file")] == [0, 3 * HOUR]
    assert len(run.rows("fetch")) == 1


def test_an_expiry_comes_before_an_arrival(play: Runner) -> None:
    """At 2h case 1 needs a new certificate from the boss, and case 0 arrives to see him."""
    run = play(
        """
documents: {cert: {en: cert, ja: cert, valid: 2h}}
steps:
  fetch: {gives: [cert], by: boss, work: 1h}
  long: {gives: [other], by: desk, work: 3h}
  serve: {gives: [done], by: boss, work: 1h}
goal: [done]
""",
        case="{count: 1, arrivals: 2h, using: [p], goal: [done]}, "
        "d: {count: 1, using: [p], goal: [cert, other], locker: [cert]}",
    )
    assert starts(run, "fetch") == {1: 2}
    assert starts(run, "serve") == {0: 3}


def test_an_arrival_comes_before_a_deadline(play: Runner) -> None:
    """Who comes with the paper in hand in the very second of the deadline is in time."""
    run = play(
        """
steps:
  write: {gives: [form], by: me, work: 9h}
  file: {needs: [form], gives: [permit], by: desk, work: 1h}
goal: [permit]
deadlines: [{document: form, at: 2026-04-01T02:00, missed: expired}]
""",
        case="{count: 1, arrivals: 2h, using: [p], locker: [form]}",
    )
    assert [case["start"] for case in run.cases()] == [2 * HOUR]
    assert [case["outcome"] for case in run.cases()] == ["clean"]


DEADLINE = """
actors: {me: who, portal: system}
steps:
  apply: {gives: [permit], analog: {by: me}, digital: {by: [me, portal], work: 2h}}
goal: [permit]
deadlines: [{document: permit, within: 2h, missed: expired}]
"""


def test_what_is_given_comes_before_a_deadline(play: Runner) -> None:
    """Given in the very last second."""
    run = play(DEADLINE, agents=agent("{}"))
    assert run.cases()[0]["outcome"] == "clean"
    assert run.given("permit") == 2 * HOUR


def test_an_outage_is_thought_about_before_a_deadline(play: Runner) -> None:
    """At 2h the applicant turns to paper, which takes no time: in the very last second."""
    run = play(
        DEADLINE,
        agents=agent("{outage: {paper: {when: {down_for: '>= 2h'}, then: {use: analog}}}}"),
        scenario="outages: [{actor: portal, at: 2026-04-01T00:00, for: 9h}]\n",
    )
    assert run.cases()[0]["outcome"] == "clean"


def test_an_arrival_comes_before_an_outage(play: Runner) -> None:
    """Case 0 comes as the portal goes down at 2h; case 1, who waits for its staff, is asked then.

    Case 0 is asked on arrival and therefore decides first.
    """
    run = play(
        """
actors: {me: who, portal: {agent: system, staff: 1}}
steps:
  apply: {gives: [permit], analog: {by: me}, digital: {by: [me, portal], work: 9h}}
goal: [permit]
""",
        case="{count: 1, arrivals: 2h, using: [p]}, d: {count: 2, using: [p]}",
        agents=agent("{outage: {paper: {then: {use: analog}}}}"),
        scenario="outages: [{actor: portal, at: 2026-04-01T02:00, for: 3h}]\n",
    )
    assert [(d["time"], d["case"]) for d in run.decisions("outage")] == [
        (2 * HOUR, 0),
        (2 * HOUR, 2),
    ]


IMPATIENT = agent("{waiting: {tired: {when: {elapsed: '>= 2h'}, then: give_up}}}")
SLOW = """
actors: {me: who}
steps: {write: {gives: [form], by: desk, work: %s}}
goal: [form]
"""


def test_a_deadline_comes_before_patience_ends(play: Runner) -> None:
    """At 2h both are over: the case has expired and nobody gives it up."""
    run = play(
        SLOW % "9h" + "deadlines: [{document: form, within: 2h, missed: expired}]\n",
        agents=IMPATIENT,
    )
    assert run.cases()[0]["outcome"] == "expired"


def test_what_is_given_comes_before_patience_ends(play: Runner) -> None:
    """Given at 2h: nobody is tired any more."""
    run = play(SLOW % "2h", agents=IMPATIENT)
    assert run.cases()[0]["outcome"] == "clean"
    assert run.decisions("waiting") == []


def test_patience_ends_before_the_horizon(play: Runner) -> None:
    """At 2h both are over: given up, not unfinished."""
    run = play(SLOW % "9h", agents=IMPATIENT, scenario="horizon: 2h\n")
    assert run.cases()[0]["outcome"] == "abandoned"


def test_what_is_given_comes_before_the_horizon(play: Runner) -> None:
    """Given in the last second that the run looks at."""
    run = play(SLOW % "2h", agents=agent("{}"), scenario="horizon: 2h\n")
    assert run.cases()[0]["outcome"] == "clean"


def test_a_batch_goes_before_the_horizon(play: Runner) -> None:
    """The run at nine takes who is ready, and what it gives is given in that last second."""
    run = play(
        """
calendars: {runs: {days: daily, at: ["09:00"], holidays: open}}
steps:
  write: {gives: [form], by: desk, work: 1h}
  send: {needs: [form], gives: [sent], by: web, batch: {at: runs}}
goal: [sent]
""",
        scenario="horizon: 9h\n",
    )
    assert [row["closed"] for row in run.rows("send")] == [9 * HOUR]
    assert run.cases()[0]["outcome"] == "clean"


# -- names, not places -----------------------------------------------------------------------------

NOISY = """
attributes: {card: 50%%, amount: {uniform: [1, 1000]}}
steps:
%s
goal: [permit]
"""
ONE = """  write: {gives: [form], by: me, work: {uniform: [1h, 9h]}, makes: {slip: 50%},
          again: {makes: {slip: 0%}}}
  photo: {gives: [photo], by: desk, work: {uniform: [1h, 9h]}}
  examine: {needs: [form, photo], gives: [permit], by: desk, work: {uniform: [1h, 9h]},
            finds: {slip: 50%}}"""
MANY = "{count: 30, arrivals: {exponential: {mean: 1h}}, using: [p]}"


def told(run: Run, *, apart_from: str = "", shift: int = 0) -> list[tuple[Any, ...]]:
    """Return what happened in the cases from ``shift`` on, apart from one step."""
    columns = ("case", "step", "visit", "started", "finished", "closed", "result")
    return sorted(
        (row["case"] - shift, *(row[name] for name in columns[1:]))
        for row in run.rows()
        if row["step"] != apart_from and row["case"] >= shift
    )


def test_streams_are_numbered_by_name(play: Runner) -> None:
    """The cases of ``a`` are 0 to 3 though ``c`` stands before it, and go first where all tie."""
    run = play(URGENT, case="{count: 1, using: [p]}, a: {count: 4, using: [p]}")
    assert [stream.name for stream in run.model.streams] == ["a", "c"]
    assert starts(run, "serve") == {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}
    assert [run.model.streams[row["stream"]].name for row in run.cases()] == ["a"] * 4 + ["c"]


def test_adding_a_step_changes_no_other_draw(play: Runner) -> None:
    """A survey beside the rest takes nobody's time: all other visits are as they were."""
    survey = "  survey: {gives: [told], by: web, work: {uniform: [1s, 9s]}}\n"
    before = play(NOISY % ONE, case=MANY)
    after = play((NOISY % (survey + ONE)).replace("[permit]\n", "[permit, told]\n"), case=MANY)
    assert len(after.rows("survey")) == 30
    assert told(after, apart_from="survey") == told(before)


def test_reordering_steps_changes_no_draw(play: Runner) -> None:
    """The photo first."""
    lines = ONE.replace("\n          again", " again").replace("\n            finds", " finds")
    write, photo, examine = lines.splitlines()
    before = play(NOISY % ONE, case=MANY)
    after = play(NOISY % f"{examine}\n{photo}\n{write}", case=MANY)
    assert told(after) == told(before)


def test_another_stream_changes_no_draw(play: Runner) -> None:
    """Four cases of a stream that is numbered first; nobody waits for staff here."""
    before = play(NOISY % ONE, case=MANY)
    after = play(NOISY % ONE, case=f"{MANY}, a: {{count: 4, using: [p]}}")
    assert told(after, shift=4) == told(before)


def test_arms_share_the_attributes_of_their_cases(play: Runner) -> None:
    """On paper and online the same people come; with another seed, others."""
    paper = play(NOISY % ONE, case=MANY, channel="analog")
    online = play(NOISY % ONE, case=MANY, channel="digital")
    other = play(NOISY % ONE, case=MANY, seed=2)
    assert np.array_equal(paper.log.attributes, online.log.attributes)
    assert np.array_equal(paper.log.cases["start"], online.log.cases["start"])
    assert not np.array_equal(paper.log.attributes, other.log.attributes)


def test_the_same_seed_gives_the_same_log_and_each_replication_another(play: Runner) -> None:
    """Equal to the last row."""
    once, again = (play(NOISY % ONE, case=MANY).log.digest() for _ in range(2))
    second = play(NOISY % ONE, case=MANY, replication=1).log.digest()
    assert once == again
    assert second != once


def test_who_is_ready_twice_in_the_second_of_a_letter_is_so_because_of_the_letter(
    play: Runner,
) -> None:
    """The letter of 2h is answered at once, in the second in which the seal runs out.

    Filling is ready, then it is not, then it is again, as the seal is stamped anew in no time. The
    person is at another step until 5.5h.
    """
    run = play(
        """
        documents: {seal: {en: Seal, ja: Seal, valid: {by: time, 0d: 2h, 1h: 10d}}}
        steps:
          stamp: {gives: [seal], by: ai, work: 0s}
          fill:
            needs: [seal]
            gives: [form]
            by: me
            work: 30min
            makes: {gap: {by: visit, 1: 100%, else: 0%}}
          wait: {gives: [note], by: ai, work: 20min}
          long: {needs: [note], gives: [other], by: me, work: 5h}
          look: {needs: [form], gives: [done], by: desk, work: 90min, finds: {gap: 100%}}
        goal: [done, other]
        """,
        agents={"person": "{agent: person, kind: person, rules: {returned: {go: {then: redo}}}}"},
    )
    assert [row["closed"] for row in run.rows("stamp")] == [0, 2 * HOUR]
    _, again = run.rows("fill")
    assert (again["ready"], again["enabled"]) == (2 * HOUR, 5.5 * HOUR)
    assert (run.model.steps[again["cause_step"]], again["cause_visit"]) == ("p.look", 1)

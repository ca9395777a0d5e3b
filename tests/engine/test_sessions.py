"""Sessions: people who come some time after being called, and stay for a while. By hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kpi.elapsed import PARTS, elapsed
from sim.kpi.measures import measure
from sim.kpi.visits import visits
from sim.log import NEVER

if TYPE_CHECKING:
    from tests.conftest import Run, Runner

MIN, HOUR, DAY = 60, 3600, 86_400

COMES = "{agent: comes, kind: person, %ssessions: {after: %s, last: %s}}"


def visitor(after: str = "1d", last: str = "2h", more: str = "") -> dict[str, str]:
    """Return agents with a person of the name ``comes``."""
    return {"comes": COMES % (more, after, last)}


def comings(run: Run, case: int = 0) -> list[tuple[str, str | None, int, int, int, int]]:
    """Return who was called by which step and visit, when they were, came and left: in minutes."""
    return [
        (
            run.model.actors[row["actor"]].name,
            None if row["step"] == NEVER else run.model.steps[row["step"]].partition(".")[2],
            int(row["visit"]),
            *(int(row[n]) // MIN if row[n] != NEVER else NEVER for n in ("called", "came", "left")),
        )
        for row in run.log.comings
        if row["case"] == case
    ]


def begun(run: Run, case: int = 0) -> dict[str, int]:
    """Return at which minute the last visit of each step was enabled."""
    return {row["step"]: row["enabled"] // MIN for row in run.rows(case=case)}


def parts(run: Run, case: int = 0) -> dict[str, int]:
    """Return the parts of a case's time that are not nought, in minutes."""
    found = elapsed(run.model, visits(run.model, run.log)).parts[case]
    return {name: int(value) // MIN for name, value in zip(PARTS, found, strict=True) if value}


CHAIN = """
actors: {me: comes}
steps:
  fill: {gives: [form], by: me, work: 30min}
  stamp: {needs: [form], gives: [stamp], by: desk, work: 10min, delay: %s}
  sign: {needs: [stamp], gives: [signed], by: me, work: 30min}
  send: {needs: [signed], gives: [sent], by: me, work: 10min}
goal: [sent]
"""


def test_the_applicant_is_there_on_arrival_and_while_the_stay_lasts(play: Runner) -> None:
    """Filled by 30, stamped by 60: still there, as the stay lasts until 120. All done by 100."""
    run = play(CHAIN % "20min", agents=visitor())
    assert comings(run) == [("me", None, NEVER, 0, 0, 120)]
    assert begun(run) == {"fill": 0, "stamp": 30, "sign": 60, "send": 90}
    assert parts(run) == {"work": 80, "transit": 20}


def test_who_is_gone_is_called_and_comes_later(play: Runner) -> None:
    """Stamped at 120, the second in which the stay is over: called then, there a day later."""
    run = play(CHAIN % "80min", agents=visitor())
    assert comings(run) == [
        ("me", None, NEVER, 0, 0, 120),
        ("me", "sign", 1, 120, 120 + 1440, 240 + 1440),
    ]
    assert begun(run) == {"fill": 0, "stamp": 30, "sign": 1560, "send": 1590}
    assert parts(run) == {"work": 80, "transit": 80, "away": 1440}
    table = measure(run.model, run.log).cases
    assert list(table["away"]) == [DAY]
    assert list(table["busy"]) == [0]


def test_a_minute_less_and_the_person_is_still_there(play: Runner) -> None:
    """Stamped a second before the stay is over: signed at once, but not sent."""
    run = play(CHAIN % "4799s", agents=visitor())
    assert [row["enabled"] for row in run.rows("sign")] == [2 * HOUR - 1]
    assert comings(run)[1:] == [("me", "send", 1, 149, 149 + 1440, 269 + 1440)]


def test_a_step_begun_is_finished_and_each_other_needs_a_coming(play: Runner) -> None:
    """Stays of a minute: one step each. Who is at work is not called: away begins at the end."""
    run = play(
        """
        actors: {me: comes}
        steps:
          one: {gives: [a], by: me, work: 3h}
          two: {gives: [b], by: me, work: 1h}
        goal: [a, b]
        """,
        agents=visitor("5h", "1min"),
    )
    assert comings(run) == [("me", None, NEVER, 0, 0, 1), ("me", "two", 1, 180, 480, 481)]
    assert begun(run) == {"one": 0, "two": 480}
    assert parts(run) == {"work": 60, "busy": 180, "away": 300}


def test_one_coming_serves_all_that_became_ready_meanwhile(play: Runner) -> None:
    """Two letters arrive at 1 and 5 days; called by the first, there on day 11 for both."""
    run = play(
        """
        actors: {me: comes}
        steps:
          ask: {gives: [asked], by: me, work: 10min}
          quick: {needs: [asked], gives: [a], by: desk, work: 0s, delay: 1d}
          slow: {needs: [asked], gives: [b], by: desk, work: 0s, delay: 5d}
          first: {needs: [a], gives: [c], by: me, work: 10min}
          second: {needs: [b], gives: [d], by: me, work: 10min}
        goal: [c, d]
        """,
        agents=visitor("10d", "1h"),
    )
    day = 1440
    assert comings(run)[1:] == [("me", "first", 1, 10 + day, 10 + 11 * day, 70 + 11 * day)]
    assert begun(run)["second"] == 20 + 11 * day
    # On the way to the end: second waited for the person for 6 days, then for the first step.
    assert parts(run) == {"work": 20, "transit": 5 * day, "away": 6 * day, "busy": 10}


def test_one_comes_when_all_actors_of_the_step_are_open(play: Runner) -> None:
    """Called on Wednesday at 0:30 for the window (9 to 17): there at 9:00, not at 1:30."""
    run = play(
        """
        actors: {me: comes, window: {agent: office, staff: 1, hours: office_hours}}
        calendars: {office_hours: {days: mon-fri, open: "09:00-17:00", holidays: closed}}
        steps:
          fill: {gives: [form], by: me, work: 30min}
          hand_in: {needs: [form], gives: [receipt], by: [me, window], work: 30min}
        goal: [receipt]
        """,
        agents=visitor("1h", "20min"),
    )
    assert comings(run)[1:] == [("me", "hand_in", 1, 30, 540, 560)]
    assert parts(run) == {"work": 60, "away": 510}


def test_the_stay_is_counted_in_open_hours(play: Runner) -> None:
    """A case of 22:00; the person's hours are 8 to 20: work begins and the stay runs from 8:00."""
    hours = 'hours: {days: daily, open: "08:00-20:00", holidays: open}, '
    run = play(
        CHAIN % "80min",
        agents=visitor("1d", "2h", hours),
        scenario="start: 2026-04-01T22:00",
    )
    assert comings(run)[0][3:] == (1320, 1320, 2040)  # at 10:00 of the next day
    assert comings(run)[1][3:] == (2040, 2040 + 1440, 2160 + 1440)


def test_business_days_and_lookups_tell_when_one_comes(play: Runner) -> None:
    """From Friday noon: two business days on paper; the second visit comes after an hour."""
    text = """
        actors: {me: comes}
        steps:
          fill: {gives: [form], by: me, work: 1h, makes: {gap: {by: visit, 1: 100%, else: 0%}}}
          look: {needs: [form], gives: [done], by: desk, work: 1h, finds: {gap: 100%}}
        goal: [done]
    """
    after = "{by: visit, 1: 9d, 2: {by: channel, analog: 2bd, else: 1h}, else: 9d}"
    agents = visitor(after, "1min")
    agents["comes"] = agents["comes"][:-1] + ", rules: {returned: {go: {then: redo}}}}"
    at = "start: 2026-04-03T12:00"
    paper = play(text, agents=agents, channel="analog", scenario=at)
    online = play(text, agents=agents, scenario=at)
    (_, one), (_, other) = comings(paper), comings(online)
    assert one[:3] == other[:3] == ("me", "fill", 2)
    assert [one[4] - one[3], other[4] - other[3]] == [4 * 1440, 60]  # over the weekend


def test_only_the_first_person_has_to_come(play: Runner) -> None:
    """The partner is called for an own step, not for one at which the applicant is first."""
    run = play(
        """
        actors: {me: person, partner: comes}
        steps:
          both: {gives: [a], by: [ai, me, partner], work: 1h}
          alone: {needs: [a], gives: [b], by: [ai, partner, me], work: 1h}
        goal: [b]
        """,
        agents=visitor("5h"),
    )
    assert begun(run) == {"both": 0, "alone": 360}
    assert comings(run) == [("partner", "alone", 1, 60, 360, 480)]


def test_one_that_is_first_waits_for_the_attention_of_the_second_before_calling(
    play: Runner,
) -> None:
    """The applicant is at work until 4h; only then could the partner begin, and is called."""
    run = play(
        """
        actors: {me: person, partner: comes}
        steps:
          long: {gives: [a], by: me, work: 4h}
          joint: {gives: [b], by: [partner, me], work: 1h}
        goal: [a, b]
        """,
        agents=visitor("1h"),
    )
    assert comings(run) == [("partner", "joint", 1, 240, 300, 420)]
    assert parts(run) == {"work": 60, "busy": 240, "away": 60}


def test_a_letter_costs_a_coming_and_one_that_was_called_comes_in_vain(play: Runner) -> None:
    """Both examined at once: the letter of the first at 2h undoes what the person comes for.

    Signing was ready at 90 and called; form and stamp fall at 120. The person comes at 690 for the
    form instead (its call had to wait: one at a time), stays an hour, and is called once more.
    """
    run = play(
        """
        actors: {me: comes}
        steps:
          fill: {gives: [form], by: me, work: 30min, makes: {gap: {by: visit, 1: 100%, else: 0%}}}
          stamp: {needs: [form], gives: [stamp], by: desk, work: 1h}
          look: {needs: [form], gives: [seen], by: boss, work: 90min, finds: {gap: 100%}}
          sign: {needs: [stamp], gives: [signed], by: me, work: 10min}
        goal: [signed, seen]
        """,
        agents={
            "comes": "{agent: comes, kind: person, sessions: {after: 10h, last: 1h}, "
            "rules: {returned: {go: {then: redo}}}}"
        },
    )
    assert comings(run) == [
        ("me", None, NEVER, 0, 0, 60),
        ("me", "sign", 1, 90, 690, 750),
        ("me", "sign", 1, 780, 1380, 1440),
    ]
    assert [row["enabled"] // MIN for row in run.rows("fill")] == [0, 690]
    assert parts(run)["away"] == 570 + 600  # for the form from the letter on, then for signing


def test_a_void_visit_is_finished_by_who_is_there(play: Runner) -> None:
    """A letter comes while the person is at work: nobody is called before that work is done."""
    run = play(
        """
        actors: {me: comes}
        steps:
          fill: {gives: [form], by: ai, work: 1h, makes: {gap: {by: visit, 1: 100%, else: 0%}}}
          sign: {needs: [form], gives: [signed], by: me, work: 5h}
          look: {needs: [form], gives: [seen], by: desk, work: 1h, finds: {gap: 100%}}
        goal: [signed, seen]
        """,
        agents=visitor("1h", "90min", "rules: {returned: {go: {then: redo}}}, "),
    )
    assert [(row["result"], row["enabled"] // MIN) for row in run.rows("sign")] == [
        ("void", 60),
        ("given", 360 + 60),
    ]
    assert comings(run)[1:] == [("me", "sign", 2, 360, 420, 510)]


def test_a_case_that_ends_while_somebody_is_to_come(play: Runner) -> None:
    """The horizon, and the patience of the applicant: called, and never came."""
    text = CHAIN % "80min"
    run = play(text, agents=visitor("9d"), scenario="horizon: 5d")
    assert comings(run)[-1] == ("me", "sign", 1, 120, NEVER, NEVER)
    assert parts(run) == {"work": 40, "transit": 80, "response": 5 * 1440 - 120}
    tired = "rules: {waiting: {tired: {when: {waited: '>= 1d'}, then: give_up}}}, "
    run = play(text, agents=visitor("9d", more=tired))
    assert [case["outcome"] for case in run.cases()] == ["abandoned"]
    assert comings(run)[-1] == ("me", "sign", 1, 120, NEVER, NEVER)


def test_one_comes_before_patience_and_deadlines_of_the_same_second(play: Runner) -> None:
    """Called at 120, there a day later: the visit begins, then the case ends in that second."""
    tired = "rules: {waiting: {tired: {when: {waited: '>= 1d'}, then: give_up}}}, "
    run = play(CHAIN % "80min", agents=visitor("1d", more=tired))
    assert comings(run)[-1] == ("me", "sign", 1, 120, 1560, 1680)
    assert [(r["step"], r["result"]) for r in run.rows("sign")] == [("sign", "dropped")]
    late = "\ndeadlines: [{document: signed, within: 26h, missed: expired}]"
    run = play((CHAIN % "80min") + late, agents=visitor("1d"))
    assert [(r["step"], r["result"]) for r in run.rows("sign")] == [("sign", "dropped")]


def test_what_is_given_in_the_second_of_coming_is_done_in_its_turn(play: Runner) -> None:
    """Called at 10 for the second step; the first is ready in the very second of coming."""
    run = play(
        """
        actors: {me: comes}
        steps:
          ask: {gives: [asked], by: me, work: 10min}
          wait: {needs: [asked], gives: [a], by: desk, work: 0s, delay: 1d}
          first: {needs: [a], gives: [c], by: me, work: 10min}
          second: {needs: [asked], gives: [d], by: me, work: 10min}
        goal: [c, d]
        """,
        agents=visitor("1d", "1min"),
    )
    assert begun(run)["first"] == 10 + 1440
    assert comings(run)[1:] == [
        ("me", "second", 1, 10, 1450, 1451),
        ("me", "second", 1, 1460, 2900, 2901),
    ]


def test_nobody_comes_while_a_system_of_the_step_is_out(play: Runner) -> None:
    """The portal goes out in the second of coming, and for three hours: there when it is back."""
    run = play(
        """
        actors: {me: comes}
        steps:
          fill: {gives: [form], by: me, work: 1h}
          send: {needs: [form], gives: [sent], by: [me, web], work: 1h}
        goal: [sent]
        """,
        agents=visitor("1d", "1min"),
        scenario="outages: [{actor: web, at: 2026-04-02T01:00, for: 3h}]",
    )
    assert comings(run)[1:] == [("me", "send", 1, 60, 60 + 1440 + 180, 61 + 1440 + 180)]


def test_many_things_at_once_are_begun_in_one_stay(play: Runner) -> None:
    """With attention for all, every ready step begins; nobody is called while at work on one."""
    run = play(
        """
        actors: {me: comes}
        steps:
          one: {gives: [a], by: me, work: 2h}
          two: {gives: [b], by: me, work: 5h}
          three: {needs: [a], gives: [c], by: me, work: 1h}
        goal: [b, c]
        """,
        agents=visitor("1h", "1h", "attention: all, "),
    )
    assert begun(run) == {"one": 0, "two": 0, "three": 360}
    assert comings(run)[1:] == [("me", "three", 1, 300, 360, 420)]
    assert parts(run) == {"work": 180, "busy": 180, "away": 60}


def test_one_of_a_place_comes_and_the_others_have_it(play: Runner) -> None:
    """Two towns of two cases: the first called acts; who waits for the place is not called."""
    run = play(
        """
        actors: {me: person, mayor: comes}
        steps:
          vote: {gives: [budget], by: mayor, work: 1h, once: site}
          pay: {needs: [budget], gives: [money], by: mayor, work: 1h}
        goal: [money]
        """,
        case="{count: 4, arrivals: 3h, using: [p], sites: 2}",
        agents=visitor("5h", "1min"),
    )
    rows = {row["case"]: row["enabled"] // HOUR for row in run.rows("vote")}
    # Cases come at 3, 6, 9 and 12h: two of a town are both called before the first has voted.
    assert rows == {0: 8, 1: 11, 2: 9, 3: 12}
    assert [len(comings(run, case)) for case in range(4)] == [2, 2, 1, 1]


def test_who_has_no_sessions_is_there_and_leaves_no_row(play: Runner) -> None:
    """The digest of a log without comings is what it was."""
    run = play((CHAIN % "80min").replace("actors: {me: comes}", "actors: {me: person}"))
    assert len(run.log.comings) == 0
    assert run.model.sessions is None


def test_draws_are_named_by_step_and_visit(play: Runner) -> None:
    """A step more, staff more, another stay: nobody comes after another time for that."""
    after = "{exponential: {mean: 2d}}"
    cases = "{count: 50, using: [p]}"

    def waits(text: str, last: str = "1min") -> Any:
        run = play(text, agents=visitor(after, last), case=cases)
        sign = run.model.steps.index("p.sign")
        rows = np.sort(run.log.comings[run.log.comings["step"] == sign], order="case")
        return list(rows["came"] - rows["called"])

    plain = waits(CHAIN % "80min")
    more = (CHAIN % "80min").replace("steps:", "steps:\n  a: {gives: [a], by: ai, work: 1h}")
    assert len(set(plain)) > 40
    assert plain == waits(more.replace("goal: [sent]", "goal: [a, sent]"))
    assert plain == waits(CHAIN % "300min", "90min")


def test_a_visit_that_calls_again_is_drawn_anew(play: Runner) -> None:
    """Two steps at once and short stays: the second may call twice, and waits are not the same."""
    text = """
        actors: {me: comes}
        steps:
          ask: {gives: [asked], by: me, work: 10min}
          wait: {needs: [asked], gives: [a], by: desk, work: 0s, delay: {exponential: {mean: 1d}}}
          first: {needs: [a], gives: [c], by: me, work: 10min}
          second: {needs: [asked], gives: [d], by: me, work: 10min}
        goal: [c, d]
    """
    run = play(
        text, agents=visitor("{exponential: {mean: 1d}}", "1s"), case="{count: 400, using: [p]}"
    )
    rows = run.log.comings[run.log.comings["step"] == run.model.steps.index("p.second")]
    waits: dict[int, list[int]] = {}
    for row in rows:
        waits.setdefault(int(row["case"]), []).append(int(row["came"] - row["called"]))
    twice = [pair for pair in waits.values() if len(pair) > 1]
    assert len(twice) > 50
    assert not any(one == other for one, other in twice)

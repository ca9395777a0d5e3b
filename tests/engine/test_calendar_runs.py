"""Whole runs by the calendar, each worked by hand with its dates.

In 2026 the 10th of April is a Friday; 29 April and 3 to 6 May are holidays. The office is open on
business days from 08:30 to 17:15, eight hours and three quarters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from sim.log import NEVER

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

PATIENT = "{agent: patient, kind: person, rules: {returned: {redo: {then: {redo: {after: 1bd}}}}}}"
MENDER = "{agent: mender, kind: office, rules: {found: {mend: {then: {fix: {work: 30min}}}}}}"
MOVER = """{agent: mover, kind: person, rules: {outage: {
  move: {when: {down_for: ">= 30min"}, then: {use: analog}}}}}"""


@dataclass(frozen=True)
class Diary:
    """A run whose seconds are told as dates such as ``Fri 2026-04-10 17:00``."""

    run: Any
    midnight: datetime

    def date(self, second: int) -> str:
        """Tell a second of the run; what never was is ``never``."""
        if second == NEVER:
            return "never"
        moment = self.midnight + timedelta(seconds=second)
        seconds = f"{moment:%S}"
        clock = f"{moment:%H:%M}" + (f":{seconds}" if seconds != "00" else "")
        return f"{WEEKDAYS[moment.weekday()]} {moment:%Y-%m-%d} {clock}"

    def dates(self, moment: str, step: str = "serve") -> list[str]:
        """Tell one moment of each visit of a step: by case, then by visit."""
        rows = sorted(self.run.rows(step), key=lambda row: (row["case"], row["visit"]))
        return [self.date(row[moment]) for row in rows]

    def cases(self, moment: str) -> list[str]:
        """Tell the start or end of each case."""
        return [self.date(case[moment]) for case in self.run.cases()]

    def ends(self) -> list[tuple[str, str | None, bool]]:
        """Outcome of each case, its cause, and whether it was late."""
        return [(c["outcome"], c["cause"], bool(c["late"])) for c in self.run.cases()]


Writer = Callable[..., Diary]


@pytest.fixture
def diary(world: Any) -> Writer:
    """Return a function that runs one step ``serve`` from a moment on.

    ``step``: the rest of the step; ``actors``: those besides the applicant; ``case``: more about
    the stream; ``procedure``: more of the procedure; ``scenario``: more of the scenario.
    """

    def write(  # noqa: PLR0913 -- what a run is made of
        start: str,
        step: str = "by: desk, work: 1h",
        *,
        actors: str = "desk: {agent: office, hours: office}",
        owner: str = "person",
        case: str = "count: 1",
        procedure: str = "",
        scenario: str = "",
        steps: str = "",
        documents: str = "",
    ) -> Diary:
        text = f"""\
applicant: owner
actors: {{owner: {owner}, {actors}}}
documents: {{done: Done, {documents}}}
steps: {{serve: {{gives: done, {step}}}, {steps}}}
goal: [done]
{procedure}
"""
        run = world(
            text,
            f"{{{case}, using: [p]}}",
            f"start: {start}\n{scenario}",
            agents={"patient": PATIENT, "mender": MENDER, "mover": MOVER},
        )
        return Diary(run, datetime.fromisoformat(start[:10]))

    return write


# -- opening hours ---------------------------------------------------------------------------------


DESK = {"desk": "office"}
BOTH = {"desk": "office", "shop": "business"}
NARROW = {"desk": '{days: [tue, fri], open: ["10:00-12:00", "13:00-15:00"]}'}
SHIFT = {"desk": '{days: mon-fri, open: "22:00-06:00"}'}


@pytest.mark.parametrize(
    ("start", "work", "by", "done"),
    [
        # 15 min to closing on Friday, half an hour on Monday from 08:30.
        ("2026-04-10T17:00", "45min", DESK, "Mon 2026-04-13 09:00"),
        # Done on the second of closing; a second more is done on Monday.
        ("2026-04-10T17:00", "15min", DESK, "Fri 2026-04-10 17:15"),
        ("2026-04-10T17:00", "15min1s", DESK, "Mon 2026-04-13 08:30:01"),
        # No work at all still waits for the opening.
        ("2026-04-10T17:15", "0s", DESK, "Mon 2026-04-13 08:30"),
        # 1 h on Tue 28 April; Showa Day; 8 h 45 min each on Thu 30 and Fri 1 May make 18 h 30;
        # a weekend, then holidays to Wed 6 May (for Sun 3); 1 h 30 min on Thu 7 May.
        ("2026-04-28T16:15", "20h", DESK, "Thu 2026-05-07 10:00"),
        # 1 h on 28 December, 1 h on 4 January; in 2028 Monday the 3rd is closed as well.
        ("2026-12-28T16:15", "2h", DESK, "Mon 2027-01-04 09:30"),
        ("2027-12-28T16:15", "2h", DESK, "Tue 2028-01-04 09:30"),
        # 08:30-17:15 and 09:00-18:00 share 09:00-17:15.
        ("2026-04-10T08:40", "1h", BOTH, "Fri 2026-04-10 10:00"),
        ("2026-04-10T16:45", "1h", BOTH, "Mon 2026-04-13 09:30"),
        # An hour before noon, two after it, two on Tuesday morning.
        ("2026-04-10T11:00", "5h", NARROW, "Tue 2026-04-14 12:00"),
        # The night of a Friday goes on into Saturday.
        ("2026-04-03T23:00", "3h", SHIFT, "Sat 2026-04-04 02:00"),
    ],
)
def test_work_keeps_to_the_hours_of_all_who_do_it(
    diary: Writer, start: str, work: str, by: dict[str, str], done: str
) -> None:
    """One case, served from a moment on by those who keep some hours."""
    actors = ", ".join(f"{name}: {{agent: office, hours: {hours}}}" for name, hours in by.items())
    run = diary(start, f"by: [{', '.join(by)}], work: {work}", actors=actors)
    assert run.dates("finished") == run.cases("end") == [done]


def test_reception_ends_at_a_quarter_past_five(diary: Writer) -> None:
    """Cases come at 17:14:59 and 17:15:00 on Fri 10 April: the second one starts on Monday."""
    cut = diary(
        "2026-04-10T17:14:58", "by: desk, work: 1s", case="count: 2, arrivals: 1s, hours: always"
    )
    assert cut.cases("start") == ["Fri 2026-04-10 17:14:59", "Fri 2026-04-10 17:15"]
    assert cut.dates("granted") == ["Fri 2026-04-10 17:14:59", "Fri 2026-04-10 17:15"]
    assert cut.dates("started") == ["Fri 2026-04-10 17:14:59", "Mon 2026-04-13 08:30"]
    assert cut.dates("finished") == ["Fri 2026-04-10 17:15", "Mon 2026-04-13 08:30:01"]


def test_mending_keeps_to_the_hours_too(diary: Writer) -> None:
    """What is found on Fri 10 April at 17:00 takes 30 min to mend: done on Monday at 08:45."""
    mended = diary(
        "2026-04-10T16:00",
        "by: desk, work: 1h, makes: {slip: 100%}, finds: {slip: 100%}",
        actors="desk: {agent: mender, hours: office}",
        procedure="defects: {slip: Slip}",
    )
    assert mended.dates("closed") == ["Mon 2026-04-13 08:45"]
    assert mended.run.decisions("found")[0]["time"] == 17 * 3600


def test_work_may_depend_on_the_day_of_the_week(diary: Writer) -> None:
    """1 h on weekdays, 3 h at weekends; one case every 24 h from Fri 3 April 10:00."""
    run = diary(
        "2026-04-02T10:00",
        "by: desk, work: {by: weekday, mon-fri: 1h, else: 3h}",
        actors="desk: office",
        case="count: 4, arrivals: 1d",
    )
    assert run.dates("finished") == [
        "Fri 2026-04-03 11:00",
        "Sat 2026-04-04 13:00",
        "Sun 2026-04-05 13:00",
        "Mon 2026-04-06 11:00",
    ]


# -- arrivals --------------------------------------------------------------------------------------


def test_a_case_that_comes_on_saturday_is_served_on_monday(diary: Writer) -> None:
    """Two cases come on Sat 11 April at 10:00 to a desk of one.

    The first has the desk at once, but work begins on Monday at 08:30; the second follows at 09:30.
    """
    weekend = diary(
        "2026-04-11T10:00",
        actors="desk: {agent: office, hours: office, staff: 1}",
        case="count: 2",
    )
    assert weekend.cases("start") == ["Sat 2026-04-11 10:00"] * 2
    assert weekend.dates("granted") == ["Sat 2026-04-11 10:00", "Mon 2026-04-13 09:30"]
    assert weekend.dates("started") == ["Mon 2026-04-13 08:30", "Mon 2026-04-13 09:30"]


def test_a_stream_with_hours_sends_nobody_when_it_is_closed(diary: Writer) -> None:
    """A start on Sat 11 April: all come on Monday at 08:30, the first open second."""
    monday = diary("2026-04-11", case="count: 2, hours: office")
    assert monday.cases("start") == ["Mon 2026-04-13 08:30"] * 2


def test_gaps_between_arrivals_are_counted_in_open_hours(diary: Writer) -> None:
    """One case every 45 min from Fri 10 April 15:45.

    16:30; then 17:15, which is closed already: Monday 08:30; then 45 min later 09:15.
    """
    spread = diary("2026-04-10T15:45", case="count: 3, arrivals: 45min, hours: office")
    assert spread.cases("start") == [
        "Fri 2026-04-10 16:30",
        "Mon 2026-04-13 08:30",
        "Mon 2026-04-13 09:15",
    ]


# -- outages ---------------------------------------------------------------------------------------


def test_an_outage_in_mid_service_is_a_pause(diary: Writer) -> None:
    """3 h from Wed 8 April 09:00, out 10:30-13:00: 1 h 30 before, 1 h 30 after it, to 14:30."""
    paused = diary(
        "2026-04-08T09:00",
        "by: desk, work: 3h",
        scenario="outages: [{actor: desk, at: 2026-04-08T10:30, for: 2h30min}]",
    )
    assert paused.dates("started") == ["Wed 2026-04-08 09:00"]
    assert paused.dates("finished") == ["Wed 2026-04-08 14:30"]


def test_an_outage_that_outlasts_the_day_takes_the_next_morning(diary: Writer) -> None:
    """Out from Wed 8 April 17:00 for 16 h: who comes at 17:00 starts on Thursday at 09:00."""
    night = diary(
        "2026-04-08T17:00", scenario="outages: [{actor: desk, at: 2026-04-08T17:00, for: 16h}]"
    )
    assert night.dates("started") == ["Thu 2026-04-09 09:00"]


def test_an_outage_sends_those_who_wait_to_the_counter_when_their_patience_ends(
    diary: Writer,
) -> None:
    """The portal is out on Wed 8 April 09:00-12:00; after 30 min applicants go to the counter.

    One every 15 min. 08:45: begun, so nobody asks; 15 min of 20 done, the rest from 12:00.
    09:00 and 09:15: wait until 09:30, then go. 09:30: goes at once, and first of all, because
    arrivals come before outages within a second. 20 min each at the counter.
    """
    portal = diary(
        "2026-04-08T08:30",
        "work: 20min, digital: {by: [owner, portal]}, analog: {by: [owner, counter]}",
        actors="portal: system, counter: office",
        owner="mover",
        case="count: 4, arrivals: 15min",
        scenario="outages: [{actor: portal, at: 2026-04-08T09:00, for: 3h}]",
    )
    assert portal.cases("end") == [
        "Wed 2026-04-08 12:05",
        "Wed 2026-04-08 09:50",
        "Wed 2026-04-08 09:50",
        "Wed 2026-04-08 09:50",
    ]
    told = [
        (d["case"], portal.date(d["time"]), d["action"]) for d in portal.run.decisions("outage")
    ]
    assert told == [(case, "Wed 2026-04-08 09:30", "use") for case in (3, 1, 2)]
    channels = [(row["case"], row["result"], row["channel"]) for row in portal.run.rows()]
    assert sorted(channels) == [
        (0, "given", 1),
        *(x for case in (1, 2, 3) for x in ((case, "given", 0), (case, "withdrawn", 1))),
    ]


def test_an_outage_that_ends_before_patience_does_moves_nobody(diary: Writer) -> None:
    """Out from 09:00 to 09:30: at 09:30 it is over, and the portal serves who came at 09:10."""
    short = diary(
        "2026-04-08T09:10",
        "work: 20min, digital: {by: [owner, portal]}, analog: {by: [owner, counter]}",
        actors="portal: system, counter: office",
        owner="mover",
        scenario="outages: [{actor: portal, at: 2026-04-08T09:00, for: 30min}]",
    )
    assert short.cases("end") == ["Wed 2026-04-08 09:50"]
    assert short.run.decisions("outage") == []


def test_an_outage_that_is_over_moves_nobody_who_waits_for_the_opening(diary: Writer) -> None:
    """Out on Wed 8 April 16:00-17:15, to closing: who comes at 17:15 waits for Thursday 08:30."""
    over = diary(
        "2026-04-08T17:15",
        "work: 20min, digital: {by: [owner, portal]}, analog: {by: [owner, counter]}",
        actors="portal: {agent: system, hours: office}, counter: office",
        owner="mover",
        scenario="outages: [{actor: portal, at: 2026-04-08T16:00, for: 75min}]",
    )
    assert over.cases("end") == ["Thu 2026-04-09 08:50"]
    assert over.run.decisions("outage") == []


# -- delays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "delay", "end"),
    [
        # Fri 10 April 12:00 + 5: half of Friday, Mon to Thu, half of Friday the 17th.
        ("2026-04-10T12:00", "5bd", "Fri 2026-04-17 12:00"),
        # The same in plain days falls on a Wednesday.
        ("2026-04-10T12:00", "5d", "Wed 2026-04-15 12:00"),
        # 0.2 of 24 h is 4 h 48 min: 3 h to midnight, 1 h 48 min on Monday.
        ("2026-04-10T21:00", "0.2bd", "Mon 2026-04-13 01:48"),
        # From a Saturday on nothing counts before Monday; five whole days end on Friday at 24:00.
        ("2026-04-11T09:00", "5bd", "Sat 2026-04-18 00:00"),
        # Showa Day does not count: Thursday the 30th does, to 24:00.
        ("2026-04-29T10:00", "1bd", "Fri 2026-05-01 00:00"),
        # Fri 24 April 12:00: half of it, Mon 27, Tue 28, Thu 30, Fri 1 May, half of Thu 7 May.
        ("2026-04-24T12:00", "5bd", "Thu 2026-05-07 12:00"),
        # Mon 28 December 18:00: a quarter of it, three quarters of Mon 4 January.
        ("2026-12-28T18:00", "1bd", "Mon 2027-01-04 18:00"),
        # Nothing to wait for: at once, even on a holiday.
        ("2026-04-29T10:00", "0bd", "Wed 2026-04-29 10:00"),
    ],
)
def test_a_delay_in_business_days_passes_over_closed_days(
    diary: Writer, start: str, delay: str, end: str
) -> None:
    """A business day is 24 h; the step itself takes no time here."""
    run = diary(start, f"by: desk, delay: {delay}", actors="desk: office")
    assert run.dates("closed") == [end]


def test_a_letter_sent_out_on_friday_is_answered_a_business_day_later(diary: Writer) -> None:
    """Checked and returned on Fri 10 April at 17:00, ``after: 1bd``: drafted anew on Mon 17:00."""
    letter = diary(
        "2026-04-10T15:00",
        "needs: draft, by: desk, work: 1h, finds: {slip: 100%}",
        owner="patient",
        documents="draft: Draft",
        steps="write: {gives: draft, by: owner, work: 1h, makes: {slip: 100%},"
        " again: {makes: {slip: 0%}}}",
        procedure="defects: {slip: Slip}",
    )
    assert letter.dates("closed", "serve") == ["Fri 2026-04-10 17:00", "Tue 2026-04-14 09:30"]
    assert letter.dates("enabled", "write") == ["Fri 2026-04-10 15:00", "Mon 2026-04-13 17:00"]


@pytest.mark.parametrize(
    ("start", "delay", "end"),
    [
        # Done on the slot's own second: this slot takes it.
        ("2026-04-09T09:00", "until: mail", "Thu 2026-04-09 09:00"),
        ("2026-04-09T09:00:01", "until: mail", "Thu 2026-04-09 15:00"),
        # Friday's last slot has gone.
        ("2026-04-10T15:00:01", "until: mail", "Mon 2026-04-13 09:00"),
        # No slot on Showa Day, nor from Sat 2 to Wed 6 May.
        ("2026-04-29T08:00", "until: mail", "Thu 2026-04-30 09:00"),
        ("2026-05-01T16:00", "until: mail", "Thu 2026-05-07 09:00"),
        # At least one business day: Thu 15:00 + 24 h is the very second of Friday's slot.
        ("2026-04-09T15:00", "until: mail, at_least: 1bd", "Fri 2026-04-10 15:00"),
        ("2026-04-09T15:00:01", "until: mail, at_least: 1bd", "Mon 2026-04-13 09:00"),
        # Fri 12:00 + 1 business day is Mon 12:00, + 1 day is Sat 12:00: the slots differ.
        ("2026-04-10T12:00", "until: mail, at_least: 1bd", "Mon 2026-04-13 15:00"),
        ("2026-04-10T12:00", "until: mail, at_least: 1d", "Mon 2026-04-13 09:00"),
    ],
)
def test_a_timetable_takes_what_is_done_by_its_second(
    diary: Writer, start: str, delay: str, end: str
) -> None:
    """Slots at 09:00 and 15:00 on business days; the step itself takes no time."""
    run = diary(
        start,
        f"by: desk, delay: {{{delay}}}",
        actors="desk: office",
        procedure='calendars: {mail: {days: mon-fri, at: ["09:00", "15:00"]}}',
    )
    assert run.dates("finished") == run.cases("start")
    assert run.dates("closed") == [end]


# -- staff -----------------------------------------------------------------------------------------


def staffed(diary: Writer, staff: str, work: str, count: int) -> Diary:
    """Let cases come at once on Wed 1 April 09:00 to a desk that is always open."""
    return diary(
        "2026-04-01T09:00",
        f"by: desk, work: {work}",
        actors=f"desk: {{agent: office, staff: {{by: time, {staff}}}}}",
        case=f"count: {count}",
    )


def test_staff_that_rises_takes_up_those_who_wait(diary: Writer) -> None:
    """20 h each from Wed 1 April 09:00, one at a time; two days later, at 09:00, there are three.

    Thu 05:00 and Fri 01:00 follow one another. On Fri 09:00 one is at work and two join; the sixth
    case has the place of the third, who is done on Fri 21:00.
    """
    rising = staffed(diary, "0d: 1, 2d: 3", "20h", 6)
    assert rising.dates("granted") == [
        "Wed 2026-04-01 09:00",
        "Thu 2026-04-02 05:00",
        "Fri 2026-04-03 01:00",
        "Fri 2026-04-03 09:00",
        "Fri 2026-04-03 09:00",
        "Fri 2026-04-03 21:00",
    ]


def test_staff_that_falls_finishes_the_work_in_hand(diary: Writer) -> None:
    """Three work 20 h each; from Thu 09:00 there is one.

    The second three began on Thu 05:00 and go on to Fri 01:00. Then one case at a time.
    """
    falling = staffed(diary, "0d: 3, 1d: 1", "20h", 8)
    assert falling.dates("started") == [
        *["Wed 2026-04-01 09:00"] * 3,
        *["Thu 2026-04-02 05:00"] * 3,
        "Fri 2026-04-03 01:00",
        "Fri 2026-04-03 21:00",
    ]
    assert falling.dates("finished")[3:6] == ["Fri 2026-04-03 01:00"] * 3


@pytest.mark.parametrize(
    ("start", "staff", "work", "granted"),
    [
        # Two are done after 24 h, when there is one: one case each day follows.
        (
            "2026-04-01T09:00",
            "{by: time, 0d: 2, 1d: 1}",
            "24h",
            ["Wed 09:00", "Wed 09:00", "Thu 09:00", "Fri 09:00"],
        ),
        # None from Thu 09:00 to Sat: the second, begun on Thu 05:00, is done on Fri 01:00.
        (
            "2026-04-01T09:00",
            "{by: time, 0d: 1, 1d: 0, 3d: 1}",
            "20h",
            ["Wed 09:00", "Thu 05:00", "Sat 09:00"],
        ),
        # Three on Wednesdays: two join the first. It is done at 05:00 and the fourth follows; the
        # others are done at 20:00, the fifth and sixth follow. Whoever is there on Thursday takes
        # the seventh when all of these are done.
        (
            "2026-04-07T09:00",
            "{by: weekday, wed: 3, else: 1}",
            "20h",
            ["Tue 09:00", *["Wed 00:00"] * 2, "Wed 05:00", *["Wed 20:00"] * 2, "Thu 16:00"],
        ),
        # One in March, three from Wed 1 April on.
        (
            "2026-03-31T09:00",
            "{by: month, 3: 1, else: 3}",
            "20h",
            ["Tue 09:00", *["Wed 00:00"] * 2, "Wed 05:00"],
        ),
        # None for a day, then two on Thursdays and one on other days.
        (
            "2026-04-07T09:00",
            "{by: time, 0d: 0, 1d: {by: weekday, thu: 2, else: 1}}",
            "48h",
            ["Wed 09:00", "Thu 00:00", "Sat 00:00"],
        ),
    ],
)
def test_a_desk_takes_as_many_as_its_staff_are_on_that_day(
    diary: Writer, start: str, staff: str, work: str, granted: list[str]
) -> None:
    """All cases come at once; staff that falls lets work in hand be finished."""
    desk = f"desk: {{agent: office, staff: {staff}}}"
    case = f"count: {len(granted)}"
    run = diary(start, f"by: desk, work: {work}", actors=desk, case=case)
    told = [f"{weekday} {time}" for weekday, _, time in map(str.split, run.dates("granted"))]
    assert told == granted


def test_a_day_without_staff_is_closed(diary: Writer) -> None:
    """Nobody on Wednesdays: 12 h from Tue 7 April 16:00 have 8 h that day and 4 h on Thursday.

    A second case, granted on Thursday at 04:00, is done at 16:00.
    """
    closed = diary(
        "2026-04-07T16:00",
        "by: desk, work: 12h",
        actors="desk: {agent: office, staff: {by: weekday, wed: 0, else: 1}}",
        case="count: 2",
    )
    assert closed.dates("finished") == ["Thu 2026-04-09 04:00", "Thu 2026-04-09 16:00"]
    assert closed.dates("granted") == ["Tue 2026-04-07 16:00", "Thu 2026-04-09 04:00"]


def test_what_comes_after_hours_does_not_start_on_a_day_without_staff(diary: Writer) -> None:
    """Saturday's counter is closed at noon; who comes at 15:00 starts on the next Saturday."""
    saturday = diary(
        "2026-04-11T15:00",
        actors="desk: {agent: office, staff: {by: weekday, sat: 2, else: 0}, hours: counter}",
        procedure='calendars: {counter: {days: daily, open: "08:30-12:00"}}',
    )
    assert saturday.dates("started") == ["Sat 2026-04-18 08:30"]


def test_a_run_is_over_although_staff_goes_on_to_change(diary: Writer) -> None:
    """The table reaches thirty years; the one case ends after an hour, and so does the run."""
    short = diary(
        "2026-04-07T09:00",
        actors="desk: {agent: office, staff: {by: weekday, wed: 3, else: 1}}",
    )
    assert short.cases("end") == ["Tue 2026-04-07 10:00"]
    assert len(short.run.model.actors[1].staff) > 3000


# -- deadlines -------------------------------------------------------------------------------------


def clock(diary: Writer, start: str, work: str, deadline: str) -> Diary:
    """Let a step that is open always take so long under a deadline from the start of the case."""
    return diary(
        start,
        f"by: desk, work: {work}",
        actors="desk: office",
        procedure=f"deadlines: [{{document: done, {deadline}}}]",
    )


IN_TIME = ("clean", None, False)
LATE = ("clean", None, True)


@pytest.mark.parametrize(
    ("start", "period", "due"),
    [
        # The day of the event does not count: Wed 1 April + 14 is Wed 15, to 24:00.
        ("2026-04-01T10:00", "within: 14d", "Thu 2026-04-16 00:00"),
        # Two weeks are fourteen days.
        ("2026-04-01T10:00", "within: 2w", "Thu 2026-04-16 00:00"),
        # Sat 4 April + 14 is Sat 18: moved on to Mon 20.
        ("2026-04-04T12:00", "within: 14d", "Tue 2026-04-21 00:00"),
        # Wed 15 April + 14 is Showa Day: moved on to Thu 30.
        ("2026-04-15T10:00", "within: 14d", "Fri 2026-05-01 00:00"),
        # Sat 18 April + 14 is Sat 2 May: moved over Golden Week to Thu 7 May.
        ("2026-04-18T10:00", "within: 14d", "Fri 2026-05-08 00:00"),
        # Tue 15 December + 14 is the 29th: moved over the year's end to Mon 4 January.
        ("2026-12-15T10:00", "within: 14d", "Tue 2027-01-05 00:00"),
        # Five business days after Fri 24 April: Mon 27, Tue 28, Thu 30, Fri 1 May, Thu 7 May.
        ("2026-04-24T10:00", "within: 5bd", "Fri 2026-05-08 00:00"),
        # The day begins with the event, so it counts: 1 to 14 April.
        ("2026-04-01", "within: 14d", "Wed 2026-04-15 00:00"),
        # A business day as well: Fri 24, Mon 27, Tue 28, Thu 30 April, Fri 1 May.
        ("2026-04-24", "within: 5bd", "Sat 2026-05-02 00:00"),
        # Sat 25 April is no business day, and nothing of it counts.
        ("2026-04-25", "within: 1bd", "Tue 2026-04-28 00:00"),
        # 0 days end with the day itself.
        ("2026-04-10T20:00", "within: 0d", "Sat 2026-04-11 00:00"),
        # Hours are exact, on any day: Fri 10 April 20:00 + 36 h is Sunday morning.
        ("2026-04-10T20:00", "within: 36h", "Sun 2026-04-12 08:00"),
        ("2026-04-10T20:00", "within: 1d12h", "Sun 2026-04-12 08:00"),
        ("2026-04-10T20:00", "within: 90min", "Fri 2026-04-10 21:30"),
        # `at` a day: on the day itself, to its end.
        ("2026-04-01T08:30", "at: 2026-04-01", "Thu 2026-04-02 00:00"),
        ("2026-04-01", "at: 2026-04-30", "Fri 2026-05-01 00:00"),
        # Sun 3 May: moved over Golden Week to Thu 7 May.
        ("2026-05-02T09:00", "at: 2026-05-03", "Fri 2026-05-08 00:00"),
        # A start on a day off for which the deadline has moved on.
        ("2026-05-04T09:00", "at: 2026-05-03", "Fri 2026-05-08 00:00"),
        # Tue 29 December: moved over the year's end.
        ("2026-12-15T10:00", "at: 2026-12-29", "Tue 2027-01-05 00:00"),
        ("2028-02-28T10:00", "at: 2028-02-29", "Wed 2028-03-01 00:00"),
    ],
)
def test_a_period_ends_when_the_law_says(diary: Writer, start: str, period: str, due: str) -> None:
    """What is given on the very last second is in time; a second later is late, but given."""
    last = datetime.strptime(due[4:], "%Y-%m-%d %H:%M")  # noqa: DTZ007 -- local time
    seconds = round((last - datetime.fromisoformat(start)).total_seconds())
    in_time = clock(diary, start, f"{seconds}s", f"{period}, missed: late")
    assert (in_time.cases("end"), in_time.ends()) == ([due], [IN_TIME])
    late = clock(diary, start, f"{seconds + 1}s", f"{period}, missed: late")
    assert (late.cases("end"), late.ends()) == ([f"{due}:01"], [LATE])


def test_a_deadline_may_end_the_case(diary: Writer) -> None:
    """``missed: expired``, due on Wed 15 April at 24:00.

    A second too late the case ends there and then; its work goes on, and is dropped.
    """
    rule = "within: 14d, missed: expired"
    assert clock(diary, "2026-04-01T10:00", "350h", rule).ends() == [IN_TIME]
    missed = clock(diary, "2026-04-01T10:00", "350h1s", rule)
    assert missed.ends() == [("expired", "deadline.done", False)]
    assert missed.cases("end") == ["Thu 2026-04-16 00:00"]
    assert missed.dates("closed") == ["Thu 2026-04-16 00:00:01"]
    assert [row["result"] for row in missed.run.rows()] == ["dropped"]
    assert missed.run.given("done") is None


def test_a_date_may_be_the_deadline(diary: Writer) -> None:
    """The deadline is 12:00 on Fri 3 April: 2 h from 10:00 are in time, one second more is not."""
    rule = "at: 2026-04-03T12:00, missed: late"
    assert clock(diary, "2026-04-03T10:00", "2h", rule).ends() == [IN_TIME]
    assert clock(diary, "2026-04-03T10:00", "2h1s", rule).ends() == [LATE]


@pytest.mark.parametrize(
    ("start", "day"),
    [("2026-04-06T09:00", "2026-04-03"), ("2026-05-08", "2026-05-03")],
)
def test_a_day_that_is_over_when_the_case_starts_is_missed_at_once(
    diary: Writer, start: str, day: str
) -> None:
    """Friday is over on Monday; Sun 3 May moved to Thu 7 May, which is over on the 8th at 0:00."""
    missed = clock(diary, start, "1h", f"at: {day}, missed: expired")
    assert missed.ends() == [("expired", "deadline.done", False)]
    assert missed.cases("end") == missed.cases("start")


def test_silence_gives_consent_at_the_end_of_the_day(diary: Writer) -> None:
    """Due on Sat 4 April, so on Mon 6 April at 24:00."""
    silent = clock(diary, "2026-04-01T09:00", "900h", "at: 2026-04-04, missed: given")
    assert silent.cases("end") == ["Tue 2026-04-07 00:00"]


def test_a_period_that_outlasts_every_case_is_never_over(diary: Writer) -> None:
    """Ten years are the longest there may be; the case is done after an hour."""
    assert clock(diary, "2026-04-01T09:00", "1h", "within: 3660d, missed: late").ends() == [IN_TIME]


@pytest.mark.parametrize(("work", "end"), [("326h", IN_TIME), ("326h1s", LATE)])
def test_a_deadline_after_a_document_runs_from_the_day_it_was_given(
    diary: Writer, work: str, end: tuple[str, str | None, bool]
) -> None:
    """Received on Thu 2 April at 10:00, a day after the start: due on Thu 16 April at 24:00.

    Serving starts at 10:00 and has 14 h that day and 14 days of 24 h: 350 h. The post takes 24 h of
    them, so that 326 h of work are just in time.
    """
    run = diary(
        "2026-04-01T10:00",
        f"needs: receipt, by: desk, work: {work}, delay: 24h",
        actors="desk: office",
        documents="receipt: Receipt",
        steps="receive: {gives: receipt, by: desk, work: 1d}",
        procedure="deadlines: [{document: done, within: 14d, after: receipt, missed: late}]",
    )
    assert run.date(run.run.given("receipt")) == "Thu 2026-04-02 10:00"
    assert run.ends() == [end]

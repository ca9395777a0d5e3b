"""Calendars and timetables: each once, numbered by who first goes by it."""

from __future__ import annotations

from typing import Any

PROCEDURE = """
applicant: me
actors:
  me: person
  desk: {agent: office, hours: mornings}
  head: {agent: office, hours: mornings}
  vault: {agent: system, hours: late}
calendars:
  mornings: {days: daily, open: "09:00-12:00"}
  late: {days: daily, open: "11:00-15:00"}
  noon: {days: daily, at: "12:00"}
  dusk: {days: daily, at: "18:00"}
documents: {slip: Slip, letter: Letter, permit: Permit}
steps:
  ask: {gives: [slip], by: me, work: 1h, delay: {until: dusk}}
  look: {needs: [slip], gives: [letter], by: [head, vault], work: 10min, delay: {until: noon}}
  issue: {needs: [letter], gives: [permit], by: [vault, desk], work: 10min, delay: {until: dusk}}
goal: [permit]
"""


def test_who_is_open_at_the_same_time_goes_by_one_calendar(world: Any) -> None:
    """Business days first, then actors in the order of the files."""
    model = world(PROCEDURE).model
    me, desk, head, vault = (actor.calendar for actor in model.actors)
    assert (model.days, me, desk, head, vault) == (0, 1, 2, 2, 3)


def test_those_who_meet_are_open_together_whoever_is_named_first(world: Any) -> None:
    """One calendar for all who keep the same two kinds of hours, behind those of the actors."""
    model = world(PROCEDURE).model
    ask, look, issue = (model.profiles[digital].calendar for _, digital, _ in model.ways)
    assert (ask, look, issue) == (1, 4, 4)
    assert (model.calendars[4].opens[0], model.calendars[4].closes[0]) == (11 * 3600, 12 * 3600)


def test_timetables_are_numbered_as_steps_come_to_them(world: Any) -> None:
    """Each once."""
    model = world(PROCEDURE).model
    assert [model.profiles[digital].first.until for _, digital, _ in model.ways] == [0, 1, 0]
    assert [slots.times[0] for slots in model.timetables] == [18 * 3600, 12 * 3600]


def test_outages_make_a_calendar_of_their_own(world: Any) -> None:
    """Of the actor that is out of order; others with the same hours keep theirs."""
    outage = "outages: [{actor: head, at: 2026-04-02T09:00, for: 1h}]"
    model = world(PROCEDURE, scenario=outage).model
    _, desk, head, _ = (actor.calendar for actor in model.actors)
    assert desk != head
    assert not model.calendars[head].open_between(86_400 + 9 * 3600, 86_400 + 10 * 3600)

"""The agenda: what happens at one second, in one order, whoever foresaw it first."""

from __future__ import annotations

from sim.engine.events import Agenda, EventKind

EARLY: EventKind[str] = EventKind(1)
LATE: EventKind[str] = EventKind(2)


def told(agenda: Agenda) -> list[tuple[int, str]]:
    """Return when each thing happens, and to what."""
    return [(agenda.now, moment.about[0]) for moment in agenda]


def test_kind_then_case_then_step_then_visit_order_one_second() -> None:
    """What was foreseen last comes first if its kind and key do."""
    agenda = Agenda()
    agenda.at(5, LATE, (0, 0, 0), "late")
    agenda.at(5, EARLY, (1, 0, 0), "second case")
    agenda.at(5, EARLY, (0, 1, 1), "first case, second step")
    agenda.at(5, EARLY, (0, 0, 2), "first case, second visit")
    agenda.at(5, EARLY, (0, 0, 1), "first case, first visit")
    agenda.at(4, LATE, (9, 9, 9), "a second before")

    assert told(agenda) == [
        (4, "a second before"),
        (5, "first case, first visit"),
        (5, "first case, second visit"),
        (5, "first case, second step"),
        (5, "second case"),
        (5, "late"),
    ]


def test_what_is_alike_happens_in_the_order_in_which_it_was_foreseen() -> None:
    """Kind and key are the same."""
    agenda = Agenda()
    for name in "cab":
        agenda.at(1, EARLY, (0, 0, 0), name)

    assert [name for _, name in told(agenda)] == ["c", "a", "b"]


def test_what_falls_into_the_present_second_happens_in_it() -> None:
    """Even if its kind is past, but before what is left of the second."""
    agenda = Agenda()
    agenda.at(1, LATE, (0, 0, 0), "first")
    agenda.at(1, LATE, (1, 0, 0), "last")
    happened = []
    for moment in agenda:
        happened.append((agenda.now, moment.about[0]))
        if moment.about == ("first",):
            agenda.at(1, EARLY, (0, 0, 0), "foreseen late")

    assert happened == [(1, "first"), (1, "foreseen late"), (1, "last")]


def test_an_empty_agenda_is_over_at_once() -> None:
    """The clock stays where it is."""
    agenda = Agenda()
    assert told(agenda) == []
    assert agenda.now == 0

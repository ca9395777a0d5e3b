"""What is wanted, found at once or kept up to date: both say the same after every change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from sim.graph.chain import Chain, Wants, bits


@st.composite
def chains(draw: st.DrawFn) -> tuple[Chain, int, tuple[int, ...]]:
    """Return a chain without circles, a goal, and the documents each step gives."""
    size = draw(st.integers(1, 9))
    gives = [1 << step | draw(st.integers(0, 1)) << size + step // 2 for step in range(size)]
    needs = [draw(st.integers(0, (1 << step) - 1)) for step in range(size)]
    giver = [
        next((step for step, given in enumerate(gives) if given >> document & 1), -1)
        for document in range(2 * size)
    ]
    chain = Chain(range(size), needs, giver, draw(st.integers(0, (1 << size) - 1)))
    goal = draw(st.integers(1, (1 << 2 * size) - 1))
    return chain, goal & sum(1 << d for d, step in enumerate(giver) if step >= 0), tuple(gives)


def told(wants: Wants) -> tuple[set[int], set[int]]:
    """Return what is to be done and to be passed."""
    return wants.doing, wants.passing


def test_a_wanted_step_is_ready_once_all_its_needs_are_held() -> None:
    """The front of the work moves from the first step to the goal."""
    chain = Chain(range(3), [0, 1, 3], [0, 1, 2])
    assert told(Wants(chain, goal=4, held=0)) == ({0}, set())
    assert told(Wants(chain, goal=4, held=1)) == ({1}, set())
    assert told(Wants(chain, goal=4, held=3)) == ({2}, set())
    assert told(Wants(chain, goal=4, held=4)) == (set(), set())


def test_what_a_step_under_way_needs_is_not_wanted_because_of_it() -> None:
    """Its needs were held when it began; they are not got twice."""
    chain = Chain(range(2), [0, 1], [0, 1])
    assert told(Wants(chain, goal=2, held=0, under_way=2)) == (set(), set())


def test_an_expired_document_is_got_again_when_all_else_is_held() -> None:
    """Else it might expire again while the others are waited for."""
    chain = Chain(range(3), [0, 0, 3], [0, 1, 2])
    assert told(Wants(chain, goal=4, held=0, lapsed=1)) == ({1}, set())
    assert told(Wants(chain, goal=4, held=2, lapsed=1)) == ({0}, set())


def test_a_document_from_somebody_else_asks_for_a_new_look() -> None:
    """The step that was to give it may not be wanted any more."""
    chain = Chain(range(3), [0, 1, 0], [0, 1, 2])
    wants = Wants(chain, goal=2, held=0)
    assert not wants.given(1, 2)


@given(chains(), st.data())
def test_what_is_kept_up_to_date_is_what_is_found_anew(
    model: tuple[Chain, int, tuple[int, ...]], data: DataObject
) -> None:
    """Steps begin, give and pass in any order, and some give more than is expected of them."""
    chain, goal, gives = model
    held = under_way = 0
    wants = Wants(chain, goal, held)
    while wants.doing or wants.passing or under_way:
        ready = sorted(wants.doing | wants.passing)
        step = data.draw(st.sampled_from([*ready, *bits(under_way)]))
        if step in wants.doing:
            under_way |= 1 << step
            wants.doing.discard(step)
        else:
            under_way &= ~(1 << step)
            known = True
            for document in bits(gives[step] & ~held):
                held |= 1 << document
                known = known and wants.given(document, step)
            if not known:
                wants = Wants(chain, goal, held, under_way)
        assert told(wants) == told(Wants(chain, goal, held, under_way))
    assert not goal & ~held

"""Draws: the published generator, the same number on either way, and nothing but the key counts."""

from __future__ import annotations

import math
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import draws
from sim.engine.draws import Draws, Words, philox, philox_many

WORD = st.integers(0, 2**32 - 1)
POINT = zlib.crc32(b"attr/card")

KNOWN: list[tuple[Words, tuple[int, int], Words]] = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""Counter, key and result from the Random123 distribution's known answers for Philox4x32-10."""


def expected_bits(seed: int, replication: int, point: int, case: int, visit: int) -> int:
    """A draw as it is defined."""
    first, second, _, _ = philox((case, point, visit, 0), (seed, replication))
    return first * 2**16 + second // 2**16


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_philox_gives_the_published_answers(
    counter: Words, key: tuple[int, int], result: Words
) -> None:
    """One by one and many at a time."""
    assert philox(counter, key) == result
    columns = np.array([counter, counter], np.uint64).T
    assert philox_many(columns, key).T.tolist() == [list(result), list(result)]


@given(st.lists(st.tuples(WORD, WORD, WORD, WORD), min_size=1, max_size=5), WORD, WORD)
def test_one_by_one_and_many_at_a_time_agree(counters: list[Words], k0: int, k1: int) -> None:
    """Any counters under any key."""
    many = philox_many(np.array(counters, np.uint64).T, (k0, k1))
    assert [tuple(column) for column in many.T.tolist()] == [philox(c, (k0, k1)) for c in counters]


@given(WORD, WORD, WORD, st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_a_draw_is_the_first_48_bits_of_its_key(
    seed: int, replication: int, point: int, case: int, visit: int
) -> None:
    """32 bits of the first word above 16 of the second, whichever way it is computed."""
    expected = expected_bits(seed, replication, point, case, visit)
    assert Draws(seed, replication).bits(point, case, visit) == expected


@pytest.mark.parametrize("visit", [0, 1, 2, 3, 255])
def test_a_block_has_the_draws_of_its_cases(visit: int) -> None:
    """Across the edges of blocks, all visits."""
    some = Draws(20260401, 7)
    cases = [*range(520), 2**20 - 1, 2**20]
    found = [some.bits(POINT, case, visit) for case in cases]
    assert found == [expected_bits(20260401, 7, POINT, case, visit) for case in cases]


def test_a_draw_is_a_plain_whole_number() -> None:
    """Never a numpy scalar, which would overflow quietly in later sums."""
    some = Draws(1, 0)
    assert [type(some.bits(POINT, 3, visit)) for visit in (0, 0, 1, 2)] == [int] * 4


def test_the_order_of_asking_does_not_matter() -> None:
    """Asked forwards, backwards or for others in between, a key gives the same draw."""
    keys = [(point, case, visit) for point in (1, 2) for case in (0, 300, 5) for visit in range(4)]
    forwards, backwards = Draws(5, 1), Draws(5, 1)
    first = {key: forwards.bits(*key) for key in keys}
    assert {key: backwards.bits(*key) for key in reversed(keys)} == first
    assert {key: forwards.bits(*key) for key in keys} == first


def test_each_part_of_the_key_counts() -> None:
    """Another seed, replication, draw point, case or visit gives another draw."""
    found = {
        Draws(1, 2).bits(3, 4, 0),
        Draws(0, 2).bits(3, 4, 0),
        Draws(1, 0).bits(3, 4, 0),
        Draws(1, 2).bits(0, 4, 0),
        Draws(1, 2).bits(3, 0, 0),
        Draws(1, 2).bits(3, 4, 1),
        Draws(1, 2).bits(3, 4, 2),
    }
    assert len(found) == 7


def test_forgetting_blocks_changes_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many blocks are held they are thrown away and drawn again alike."""
    monkeypatch.setattr(draws, "MOST_BLOCKS", 2)
    some = Draws(9, 9)
    points = [1, 2, 3, 1, 2, 3]
    assert [some.bits(point, 77) for point in points] == [
        expected_bits(9, 9, point, 77, 0) for point in points
    ]
    assert some._block.cache_info().currsize <= 2


@pytest.mark.parametrize("value", [-1, 2**32])
def test_a_seed_or_replication_out_of_range_is_refused(value: int) -> None:
    """Both are 32-bit numbers; the error names the thing, its value and the rule."""
    with pytest.raises(ValueError, match=rf"seed \(={value}\) must be"):
        Draws(value, 0)
    with pytest.raises(ValueError, match=rf"replication \(={value}\) must be"):
        Draws(0, value)


def test_draws_are_spread_evenly() -> None:
    """Of 25,600 draws each of 16 equal bins gets its share (chi-square below its 99.99 % point)."""
    some = Draws(20260401, 0)
    bins = np.bincount([some.bits(POINT, case) >> 44 for case in range(25_600)], minlength=16)
    assert float(((bins - 1600) ** 2 / 1600).sum()) < 44.3


def test_neighbouring_cases_and_points_are_unrelated() -> None:
    """The correlation of 25,600 pairs is within four standard errors of none."""
    some = Draws(20260401, 0)
    own = [some.bits(POINT, case) for case in range(25_601)]
    other = [some.bits(POINT + 1, case) for case in range(25_600)]
    for pair in (own[1:], other):
        assert abs(np.corrcoef(own[:-1], pair)[0, 1]) < 4 / math.sqrt(25_600)

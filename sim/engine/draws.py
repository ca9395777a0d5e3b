"""Random numbers by key, never from a stream: a draw depends on what it is for and on nothing else.

Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11) with key (seed,
replication) and counter (case, CRC-32 of the draw point's name, visit, site: 0 where cases are not
numbered by site).
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = tuple[int, int, int, int]

BLOCK: Final = 256
BLOCKED_VISITS: Final = 1
"""Up to this visit a draw is likely to be made for the neighbouring cases as well."""

MOST_BLOCKS: Final = 1 << 9
"""Blocks kept at a time (2 kB each). Cases come in the order of their numbers: old ones go."""

_MULTIPLIERS: Final = (0xD2511F53, 0xCD9E8D57)
_WEYL: Final = (0x9E3779B9, 0xBB67AE85)
_ROUNDS: Final = 10
_MASK: Final = 0xFFFF_FFFF
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(_MASK)


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """Return the four 32-bit words of one counter."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0, p1 = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
    return c0, c1, c2, c3


def philox_many(counters: NDArray[np.uint64], key: tuple[int, int]) -> NDArray[np.uint64]:
    """Return ``philox`` of each column: uint64[4, n] from uint64[4, n], all below 2**32.

    A product of two 32-bit numbers fits into 64 bits, so nothing overflows. The rows stay where
    they are and trade names in each round, which spares the copies: after an even number of rounds
    each has its own name again.
    """
    even, odd = counters[0::2], counters[1::2]
    for multipliers, keys in _rounds(key, counters.shape[1]):
        product = even * multipliers
        even = product >> _HALF
        even ^= odd[::-1]
        even ^= keys
        odd = product & _LOW
    return np.stack((even[0], odd[0], even[1], odd[1]))


@lru_cache(maxsize=8)
def _rounds(key: tuple[int, int], width: int) -> tuple[tuple[NDArray[np.uint64], ...], ...]:
    """Multipliers and keys of each round: uint64[2, width] each, written out for speed."""
    multipliers = np.repeat(np.array(_MULTIPLIERS, np.uint64)[:, None], width, axis=1)
    flipped = multipliers[::-1].copy()
    rounds = []
    for i in range(_ROUNDS):
        words = [(k + i * weyl) & _MASK for k, weyl in zip(key, _WEYL, strict=True)]
        keys = np.array(words if i % 2 else words[::-1], np.uint64)[:, None]
        rounds.append((flipped if i % 2 else multipliers, np.repeat(keys, width, axis=1)))
    return tuple(rounds)


class Draws:
    """The draws of one replication: one whole number of 48 bits for each key."""

    def __init__(self, seed: int, replication: int) -> None:
        for name, value in (("seed", seed), ("replication", replication)):
            if not 0 <= value <= _MASK:
                raise ValueError(f"{name} (={value}) must be from 0 to {_MASK}")
        self._key = (seed, replication)
        self._block = lru_cache(MOST_BLOCKS)(self._drawn)

    def bits(self, point: int, case: int, visit: int = 0, site: int = 0) -> int:
        """Return the draw of ``case`` at a draw point (CRC-32 of its name) on a visit.

        The first two words make the number: 32 bits of the first above 16 of the second.
        """
        if visit > BLOCKED_VISITS or site:
            first, second, _, _ = philox((case, point, visit, site), self._key)
            return first << 16 | second >> 16
        return self._block(point, visit, case >> 8)[case & 255]

    def _drawn(self, point: int, visit: int, number: int) -> array[int]:
        """Return the draws of 256 consecutive cases."""
        counters = np.empty((4, BLOCK), np.uint64)
        counters[0] = np.arange(number * BLOCK, (number + 1) * BLOCK, dtype=np.uint64)
        counters[1:] = np.array((point, visit, 0), np.uint64)[:, None]
        first, second, _, _ = philox_many(counters, self._key)
        return array("q", (first << 16 | second >> 16).astype(np.int64).tobytes())

"""Arrivals spread over a span: a law of moments, restricted to the time that is open."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.calendars import Calendar
from sim.compile.tables import Ppf

_HALVINGS: Final = 64


def during(ppf: Ppf, calendar: Calendar, start: int) -> Ppf | None:
    """Return a law of moments on the condition that ``calendar`` is open; None if it never is.

    ``ppf``: moments in seconds since ``start``. Those returned are told in open seconds since
    ``start``, so that none lies in closed time: an open interval has its share of ``ppf`` over that
    of all, and inside of it the law is as ``ppf`` has it. Without closed time it is ``ppf`` itself.
    """
    opens = np.maximum(np.array(calendar.opens, np.float64) - start, 0)
    closes = np.maximum(np.array(calendar.closes, np.float64) - start, 0)
    before = np.cumsum(closes - opens) - (closes - opens)
    first = _below(ppf, opens)
    shares = _below(ppf, closes) - first
    held = shares > 0
    if not held.any():
        return None
    opens, closes, before = opens[held], closes[held], before[held]
    first, shares = first[held], shares[held]
    upto = np.cumsum(shares)
    last = before[-1] + closes[-1] - opens[-1] - 1

    def values(u: NDArray[np.float64]) -> NDArray[np.float64]:
        place = u * upto[-1]
        i = np.minimum(np.searchsorted(upto, place), len(upto) - 1)
        moment = ppf(np.clip(first[i] + place - (upto[i] - shares[i]), 0, 1))
        passed = before[i] + np.clip(moment, opens[i], closes[i]) - opens[i]
        held: NDArray[np.float64] = np.minimum(passed, last)
        return held

    return values


def _below(ppf: Ppf, moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of a law that lies before each moment, by halving."""
    low, high = np.zeros_like(moments), np.ones_like(moments)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = ppf(middle) >= moments
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    ends = ppf(np.array([0.0, 1.0]))
    return np.where(moments <= ends[0], 0.0, np.where(moments > ends[1], 1.0, high))

"""Arrivals: when the cases of a stream come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.compile.program import TICKS, Program, StreamSpec

Gap = Callable[[int], int]
"""What is drawn for the case of this index: the time since the last one, or since the start."""


def arrivals(model: Program, stream: StreamSpec, gap: Gap) -> Iterator[tuple[int, int]]:
    """Yield (second, index) of each case in order of time.

    Both kinds count the stream's open time. Times between cases add up in 2**-20 s and are then
    floored, so that rounding does not change the load; a spread has the moment of each case.
    """
    calendar = model.calendars[stream.calendar]
    opening = calendar.next_open(model.start)

    def after(seconds: int) -> int:
        """Return the open second before which so many open ones have passed."""
        return calendar.next_open(calendar.finish(opening, seconds))

    if stream.arrivals == "at_once":
        yield from ((opening, index) for index in range(stream.count))
    elif stream.arrivals == "spread":
        yield from sorted((after(gap(index)), index) for index in range(stream.count))
    else:
        ticks = 0
        for index in range(stream.count):
            ticks += gap(index)
            yield after(ticks // TICKS), index

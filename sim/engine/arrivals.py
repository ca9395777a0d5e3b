"""Arrivals: when the cases of a stream come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.compile.model import TICKS, Model, Stream

Gap = Callable[[int], int]
"""What is drawn for the case of this index: the time since the last one, or its own moment."""


def arrivals(model: Model, stream: Stream, gap: Gap) -> Iterator[tuple[int, int]]:
    """Yield (second, index) of each case in order of time.

    Times between cases add up in 2**-20 s of the stream's open hours and are then floored, so that
    rounding does not change the load; a spread of moments is taken as it is.
    """
    calendar = model.calendars[stream.calendar]
    opening = calendar.next_open(model.start)
    if stream.arrivals == "at_once":
        yield from ((opening, index) for index in range(stream.count))
    elif stream.arrivals == "spread":
        yield from sorted(
            (calendar.next_open(model.start + gap(index)), index) for index in range(stream.count)
        )
    else:
        ticks = 0
        for index in range(stream.count):
            ticks += gap(index)
            yield calendar.next_open(calendar.finish(opening, ticks // TICKS)), index

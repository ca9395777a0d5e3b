"""Laws that every log must obey, whatever the procedure: a run that breaks one has failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compile.program import Program
from sim.kpi.elapsed import elapsed, last_visits
from sim.kpi.pools import takes
from sim.kpi.visits import (
    GIVEN,
    RETURNED,
    Comings,
    Ints,
    Visits,
    begun_by,
    broken,
    by_case,
    visits,
    wide,
)
from sim.language.agent import EVENTS
from sim.log import ENDS, LIFE, NEVER, OUTCOMES, Log

_MADE: Final = LIFE.index("made")
_LIVED: Final = ("slip", "case", "instance", "what", "time")
_MOMENTS: Final = ("ready", "granted", "started", "finished", "closed")


def check(model: Program, log: Log) -> None:
    """Raise RunFailed unless the log obeys all laws.

    Every case that is created ends. Little's law holds to the second: the area under each queue,
    of each site that has one, equals the sum of the waits. No step gives twice without a return in
    between, unless what it gives may lapse. Who comes and goes is there when a step of his begins.
    The parts of each case's time sum to its elapsed time. Every slip that is made ends, once; what
    is told of it agrees with visits, letters, decisions and harms.
    """
    _all_end(model, log)
    rows = visits(model, log)
    _queues_add_up(model, rows)
    _gives_once(model, rows)
    _are_there(model, rows)
    _time_adds_up(model, rows)
    _slips_end(model, rows)


def _all_end(model: Program, log: Log) -> None:
    cases = log.cases
    created = sum(stream.count for stream in model.streams) + sum(_came(model, cases))
    ended = int(np.sum((cases["start"] != NEVER) & (cases["end"] >= cases["start"])))
    distinct = len(np.unique(cases["case"]))
    if not created == len(cases) == ended == distinct:
        raise broken(model.arm, log, "law.unended", created=created, ended=min(ended, distinct))
    lawless = (cases["outcome"] < 0) | (cases["outcome"] >= len(OUTCOMES))
    if lawless.any():
        raise broken(model.arm, log, "law.no_outcome", case=int(cases["case"][lawless][0]))


def _came(model: Program, cases: NDArray[Any]) -> Iterator[int]:
    """Yield how many pieces of other business came to each pool, by the last of their numbers."""
    for number, load in enumerate(model.loads or (), model.own):
        own = cases["case"][cases["stream"] == number]
        if load.pace and len(own):
            yield (int(own.max()) - model.streams[number].first_case) // load.apart + 1


def _queues_add_up(model: Program, rows: Visits) -> None:
    profile, enabled, granted = (rows.column(name) for name in ("profile", "enabled", "granted"))
    until = np.where(granted == NEVER, rows.column("closed"), granted)  # or was taken out
    waited = np.where(enabled == NEVER, 0, until - enabled)
    for group in sorted(_groups(model, np.unique(profile).tolist()), key=min):
        takers = [n for n, one in enumerate(model.profiles) if not group.isdisjoint(takes(one))]
        pools = [rows.log.queue_area[list(model.pools[actor])] for actor in sorted(group)]
        took = np.isin(profile, takers)
        if min(map(len, pools)) > 1:  # each place has its own
            areas = np.sum(pools, axis=0)
            places = _places(model)[rows.column("case")[took]]
            waits = by_case(places, waited[took], len(areas))
        else:
            areas, waits = np.array([int(sum(map(np.sum, pools)))]), waited[took].sum(keepdims=True)
        for area, wait in zip(areas.tolist(), waits.tolist(), strict=True):
            if area != wait:
                names = ", ".join(model.actors[actor].name for actor in sorted(group))
                raise broken(rows.arm, rows.log, "law.queue", actors=names, area=area, waits=wait)


def _places(model: Program) -> Ints:
    """Return the place whose pools serve each case, by its number: int64[cases]."""
    streams = range(model.own)
    sites = [site for stream in streams for site in model.sites_of(stream)]
    return np.repeat([site.place for site in sites], [site.count for site in sites])


def _groups(model: Program, profiles: Iterable[int]) -> list[set[int]]:
    """Return the pools in groups: in one are those that visits of some profiles took together.

    A row shows the whole wait for all pools it took, so that these cannot be told apart and are
    summed up.
    """
    groups = [{pool} for pool, actor in enumerate(model.actors) if actor.staffed]
    for profile in profiles:
        taken = takes(model.profiles[profile])
        joined = [group for group in groups if not group.isdisjoint(taken)]
        apart = [group for group in groups if group.isdisjoint(taken)]
        groups = [*apart, set().union(*joined)] if joined else apart
    return groups


def _gives_once(model: Program, rows: Visits) -> None:
    place, step, closed = rows.place, rows.column("step"), rows.column("closed")
    result = rows.log.events["result"]
    given = np.flatnonzero((result == GIVEN) & ~np.isin(step, list(model.may_lapse)))
    given = given[np.lexsort((closed[given], step[given], place[given]))]
    before, after = given[:-1], given[1:]
    again = (place[before] == place[after]) & (step[before] == step[after])
    before, after = before[again], after[again]
    moment = place * (closed.max(initial=0) + 1) + closed
    returns = np.sort(moment[result == RETURNED])
    first = np.searchsorted(returns, moment[before], side="left")
    behind = np.searchsorted(returns, moment[after], side="right")
    bare = after[first == behind]
    if len(bare):
        row = bare[0]
        name, visit = model.steps[step[row]], int(rows.log.events["visit"][row])
        raise rows.broken("law.given_twice", rows.case(place[row]), step=name, visit=visit)


def _are_there(model: Program, rows: Visits) -> None:
    whom = begun_by(model)[rows.log.events["profile"]]
    some = np.flatnonzero(whom != NEVER)
    if len(some):
        comings = Comings(rows.log, rows.place[some], whom[some])
        absent = some[~comings.present(rows.column("enabled")[some])]
        if len(absent):
            row = absent[0]
            name, actor = model.steps[rows.column("step")[row]], model.actors[whom[row]].name
            raise rows.broken("law.absent", rows.case(rows.place[row]), step=name, actor=actor)


def _time_adds_up(model: Program, rows: Visits) -> None:
    cases = rows.log.cases
    parts = elapsed(model, rows).parts
    whole = wide(cases, "end") - wide(cases, "start")
    wrong = (parts < 0).any(axis=1) | (parts.sum(axis=1) != whole)
    ended = np.flatnonzero(cases["last_step"] != NEVER)
    closed = rows.column("closed")[last_visits(rows)[ended]]
    wrong[ended] |= closed != cases["end"][ended]
    if wrong.any():
        place = np.flatnonzero(wrong)[0]
        took, told = int(whole[place]), int(parts[place].sum())
        raise rows.broken("law.elapsed", rows.case(place), elapsed=took, parts=told)


def _slips_end(model: Program, rows: Visits) -> None:
    """Check that each slip is made once and ends once, and that other tables say the same."""
    log = rows.log
    table = log.defects[np.argsort(log.defects["slip"], kind="stable")]
    slip, case, instance, what, time = (wide(table, n) for n in _LIVED)
    place = np.minimum(np.searchsorted(log.cases["case"], case), len(log.cases) - 1)
    same = slip[1:] == slip[:-1]
    begins, ends = np.append(True, ~same)[: len(slip)], np.append(~same, True)[: len(slip)]
    wrong = (begins != (what == _MADE)) | (ends != (what >= ENDS))
    wrong |= (slip != np.cumsum(begins) - 1) | (log.cases["case"][place] != case)
    wrong |= (time < log.cases["start"][place]) | (time > log.cases["end"][place])
    changed = (case[1:] != case[:-1]) | (instance[1:] != instance[:-1]) | (time[1:] < time[:-1])
    wrong[1:] |= same & changed
    wrong |= (table["step"] == NEVER) & (what != _MADE) & (what < ENDS)
    if wrong.any():
        raise rows.broken("law.slip", int(case[wrong][0]), slip=int(slip[wrong][0]))
    _slips_are_visits(model, rows, table[table["step"] != NEVER])
    left = what == LIFE.index("left")
    left &= np.array([one.harm for one in model.instances], np.bool_)[instance]
    harms = np.zeros_like(log.harms)
    defects = np.array([one.defect for one in model.instances], np.int64)
    harms[place[left], defects[instance[left]]] = True
    if (harms != log.harms).any():
        raise rows.broken("law.slip_left", rows.case(np.argwhere(harms != log.harms)[0][0]))


def _slips_are_visits(model: Program, rows: Visits, table: NDArray[Any]) -> None:
    """Check that what visits do with slips are what these visits, their letters and questions are.

    ``table``: the rows of ``log.defects`` that a visit did.
    """
    log, events, outcome = rows.log, rows.log.events, rows.log.cases["outcome"]
    row, asked = _rows(rows, table), log.decisions[log.decisions["event"] == EVENTS.index("found")]
    what, time = table["what"], table["time"]
    ready, granted, started, finished, closed = (rows.column(name)[row] for name in _MOMENTS)
    origin = np.array([one.origin for one in model.instances], np.int64)[table["instance"]]
    lacks = [leave.instance for leaves in model.leaves or () for leave in leaves]
    came = (what == _MADE) & ((origin < 0) | np.isin(table["instance"], lacks))  # with its papers
    wrong = came & ~((ready <= time) & (time <= granted))
    wrong |= ~came & (what < ENDS) & ~((started <= time) & (time <= finished))
    wrong |= (what == _MADE) & (origin >= 0) & (table["step"] != origin)
    letter = np.isin(what, [LIFE.index(word) for word in ("return", "sent_back", "shed")])
    wrong |= letter & ((events["result"][row] != RETURNED) | (closed != time))
    over = what == LIFE.index("dismiss")
    wrong |= over & (outcome[rows.place[row]] != OUTCOMES.index("dismissed"))
    if wrong.any():
        one = table[wrong][0]
        told = {"slip": int(one["slip"]), "what": LIFE[one["what"]]}
        raise rows.broken("law.slip_visit", int(one["case"]), **told)
    questions = np.bincount(_rows(rows, asked), minlength=len(events))
    found, returned, dismissed = (
        np.bincount(row[what == LIFE.index(word)], minlength=len(events))
        for word in ("found", "return", "dismiss")
    )
    unlike = (events["result"] == RETURNED) != (returned > 0)
    unlike |= (questions > found) | ((questions < found) & (dismissed == 0))  # none is asked after
    if unlike.any():
        raise rows.broken("law.slip_found", rows.case(rows.place[unlike][0]))


def _rows(rows: Visits, table: NDArray[Any]) -> Ints:
    """Return the rows of the visits that the rows of another table name."""
    place = np.searchsorted(rows.log.cases["case"], table["case"]).astype(np.int64)
    return rows.rows(place, wide(table, "step"), wide(table, "visit"))

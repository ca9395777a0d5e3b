"""Laws that every log must obey, whatever the procedure: a run that breaks one has failed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.compile.program import Program
from sim.kpi.elapsed import elapsed, last_visits
from sim.kpi.pools import takes
from sim.kpi.visits import GIVEN, RETURNED, Ints, Visits, broken, by_case, visits, wide
from sim.log import NEVER, OUTCOMES, Log


def check(model: Program, log: Log) -> None:
    """Raise RunFailed unless the log obeys all laws.

    Every case that is created ends. Little's law holds to the second: the area under each queue,
    of each site that has one, equals the sum of the waits. No step gives twice without a return in
    between, unless what it gives may lapse. The parts of each case's time sum to its elapsed time.
    """
    _all_end(model, log)
    rows = visits(model, log)
    _queues_add_up(model, rows)
    _gives_once(model, rows)
    _time_adds_up(model, rows)


def _all_end(model: Program, log: Log) -> None:
    cases = log.cases
    created = sum(stream.count for stream in model.streams)
    ended = int(np.sum((cases["start"] != NEVER) & (cases["end"] >= cases["start"])))
    distinct = len(np.unique(cases["case"]))
    if not created == len(cases) == ended == distinct:
        raise broken(model.arm, log, "law.unended", created=created, ended=min(ended, distinct))
    lawless = (cases["outcome"] < 0) | (cases["outcome"] >= len(OUTCOMES))
    if lawless.any():
        raise broken(model.arm, log, "law.no_outcome", case=int(cases["case"][lawless][0]))


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
            waits = by_case(_places(model)[rows.place[took]], waited[took], len(areas))
        else:
            areas, waits = np.array([int(sum(map(np.sum, pools)))]), waited[took].sum(keepdims=True)
        for area, wait in zip(areas.tolist(), waits.tolist(), strict=True):
            if area != wait:
                names = ", ".join(model.actors[actor].name for actor in sorted(group))
                raise broken(rows.arm, rows.log, "law.queue", actors=names, area=area, waits=wait)


def _places(model: Program) -> Ints:
    """Return the place whose pools serve each case: int64[cases]."""
    streams = range(len(model.streams))
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

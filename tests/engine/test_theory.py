"""Whole runs against theory: queues by Erlang C and Pollaczek-Khinchine, loops in closed form.

Every world is ordinary YAML. Times are in hours and the mean service is one hour, so that whole
seconds do not matter. ``pytest -s`` prints each z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nbinom

from sim.engine.draws import Draws

pytestmark = pytest.mark.heavy

Hours = NDArray[np.float64]

HOUR: Final = 3600
SIZES: Final = {0.3: 10_000, 0.6: 12_000, 0.8: 20_000, 0.9: 34_000}
"""Cases by load: the fuller an office, the longer its waits remember."""

MEMORYLESS: Final = "{exponential: {mean: 1h}}"

QUEUE: Final = """
    applicant: owner
    actors: {owner: robot, desk: {agent: office, hours: always, staff: STAFF}}
    documents: {served: Served}
    steps: {serve: {gives: served, by: desk, work: WORK}}
    goal: [served]
"""

LOOP: Final = """
    applicant: owner
    actors: {owner: robot, desk: office}
    documents: {a: A, b: B, checked: Checked}
    defects: {slip: {en: Slip, ja: Slip, harm: A wrong entry}}
    steps:
      draft: {gives: a, by: owner, work: 1h, DRAFT}
      check: {needs: [a, b], gives: checked, by: desk, work: 1h, CHECK}
      second: {gives: b, by: owner, work: 1h, SECOND}
    goal: [checked]
"""


# -- estimates -------------------------------------------------------------------------------------


def report(what: str, measured: float, theory: float, z: float) -> float:
    """Print one line of the table of z, seen with ``-s``, and return z."""
    line = f"\n{what:<34} {measured:>9.5f} {theory:>9.5f} {z:>+7.2f}"
    print(line, end="")  # noqa: T201 -- the table that -s shows
    return z


def batches(values: Hours, number: int = 16) -> Hours:
    """Return means of successive cases, without the first tenth, in which the queue fills."""
    warm = len(values) // 10
    size = (len(values) - warm) // number
    means: Hours = values[len(values) - size * number :].reshape(number, size).mean(axis=1)
    return means


def standard_error(means: Hours) -> float:
    """Standard error of the mean of some batch means."""
    return float(means.std(ddof=1)) / math.sqrt(len(means))


# -- queues ----------------------------------------------------------------------------------------


def queue(world: Any, offered: float, staff: int, work: str, count: int) -> Any:
    """Run a queue to which so many cases come in an hour on average; each size has its own seed."""
    gap = HOUR / offered
    assert gap == pytest.approx(round(gap)), "a gap is whole seconds"
    return world(
        QUEUE.replace("STAFF", str(staff)).replace("WORK", work),
        f"{{count: {count}, arrivals: {{exponential: {{mean: {round(gap)}s}}}}, using: [p]}}",
        seed=100 * staff + round(10 * offered),
    )


def of_each_case(run: Any, earlier: str, later: str) -> Hours:
    """Hours between two moments of each case's one visit, in order of arrival."""
    rows = np.sort(run.log.events, order="case")
    hours: Hours = (rows[later] - rows[earlier]) / HOUR
    return hours


def erlang_c(servers: int, load: float) -> tuple[float, float]:
    """Chance of having to wait, and mean wait in mean services, at a load (a share) of M/M/c."""
    offered = servers * load
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    waiting = blocked / (1 - load * (1 - blocked))
    return waiting, waiting / (servers * (1 - load))


def least_error(servers: int, load: float, cases: int) -> float:
    """Standard error of the mean wait of so many cases in M/M/c, in mean services.

    Where waits are rare, batch means scatter too little or not at all; no estimate is surer than
    theory allows. It is the spread of Y, all time spent waiting less the mean wait of each arrival.
    The number in the system is a birth-death process; ``ahead``: by how much one case more, at each
    number, raises what is expected of Y from then on.
    """
    _, wait = erlang_c(servers, load)
    rate = servers * load
    number = np.arange(2000)
    growth = np.log(rate / np.minimum(number[1:], servers))
    chance = np.exp(np.concatenate(([0.0], np.cumsum(growth))))
    chance /= chance.sum()
    inflow = rate * chance
    surplus = (np.maximum(number - servers, 0) - rate * wait) * chance
    # Summed from the far end: the near sums cancel to nothing there.
    ahead = np.append(np.cumsum(surplus[::-1])[::-1][1:], 0.0) / np.maximum(inflow, 1e-300)
    variance = float(inflow @ ((ahead - wait) ** 2 + ahead**2))
    return math.sqrt(variance / rate / cases)


def pollaczek_khinchine(load: float, cv: float) -> float:
    """Mean wait in mean services in M/G/1."""
    return load / (1 - load) * (1 + cv**2) / 2


def test_erlang_c_agrees_with_known_values() -> None:
    """One desk: load / (1 - load). Two at 1/2: one in three waits, 1/3 of an hour on average."""
    assert erlang_c(1, 0.8)[1] == pytest.approx(4)
    assert erlang_c(2, 0.5) == pytest.approx((1 / 3, 1 / 3))
    assert pollaczek_khinchine(0.8, 1) == pytest.approx(4)


def test_the_error_of_a_mean_wait_agrees_with_the_known_one_of_one_desk() -> None:
    """M/M/1 (Daley 1968): l (2 + 5 l - 4 l**2 + l**3) / (1 - l)**4 over the number of cases."""
    for load in SIZES:
        known = load * (2 + 5 * load - 4 * load**2 + load**3) / (1 - load) ** 4
        assert least_error(1, load, 100) ** 2 * 100 == pytest.approx(known)


@pytest.mark.parametrize(("servers", "load"), list(product((1, 2, 5, 20), SIZES)))
def test_the_mean_wait_in_an_office_is_that_of_erlang_c(
    world: Any, servers: int, load: float
) -> None:
    """M/M/c: exponential gaps and work, a pool of c, open always."""
    run = queue(world, servers * load, servers, MEMORYLESS, SIZES[load])
    means = batches(of_each_case(run, "enabled", "granted"))
    _, theory = erlang_c(servers, load)
    error = max(standard_error(means), least_error(servers, load, SIZES[load] * 9 // 10))
    z = (means.mean() - theory) / error
    assert abs(report(f"M/M/{servers} load {load}", means.mean(), theory, z)) < 4


@pytest.mark.parametrize(
    ("work", "cv"),
    [
        ("{gamma: {mean: 1h, cv: 0.5}}", 0.5),
        ("{gamma: {mean: 1h, cv: 2}}", 2.0),
        ("{uniform: [30min, 90min]}", 12**-0.5),
        ("{triangular: [0h, 1h, 2h]}", 6**-0.5),
        ("1h", 0.0),
    ],
)
def test_the_mean_wait_at_one_desk_is_that_of_pollaczek_and_khinchine(
    world: Any, work: str, cv: float
) -> None:
    """M/G/1 at a load of 0.6: only mean and spread of the work matter, not its law."""
    run = queue(world, 0.6, 1, work, 14_000)
    means = batches(of_each_case(run, "enabled", "granted"))
    theory = pollaczek_khinchine(0.6, cv)
    z = (means.mean() - theory) / standard_error(means)
    assert abs(report(f"M/G/1 {work}", means.mean(), theory, z)) < 4


# -- a queue with other business -------------------------------------------------------------------

LADEN: Final = """
    applicant: owner
    actors:
      owner: robot
      desk: {agent: office, hours: always, staff: STAFF, load: {share: SHARE, each: EACH}}
    documents: {served: Served}
    steps: {serve: {gives: served, by: BY, work: WORK}}
    goal: [served]
"""


def laden(world: Any, share: str, each: str, case: str, seed: int, **said: str) -> Any:
    """Run an office with other business beside ``case``, a stream's count and arrivals."""
    text = LADEN.replace("SHARE", share).replace("EACH", each)
    for name, default in (("STAFF", "1"), ("BY", "desk"), ("WORK", MEMORYLESS)):
        text = text.replace(name, said.get(name.lower(), default))
    return world(text, f"{{{case}, using: [p]}}", seed=seed)


def all_waits(run: Any) -> Hours:
    """Hours that all visits waited, of cases and of other business, in order of their coming."""
    rows = np.sort(run.log.events, order=("enabled", "case"))
    hours: Hours = (rows["granted"] - rows["enabled"]) / HOUR
    return hours


def exponential(gap: int, count: int) -> str:
    """Return so many cases, one in so many hours on average."""
    return f"count: {count}, arrivals: {{exponential: {{mean: {gap}h}}}}"


@pytest.mark.parametrize(
    ("staff", "share", "gap", "load"),
    [(1, "60%", 5, 0.8), (2, "70%", 10, 0.75), (6, "88%", 50, 0.88 + 1 / 300)],
)
def test_cases_among_other_business_wait_as_erlang_c_says(
    world: Any, staff: int, share: str, gap: int, load: float
) -> None:
    """Cases and other business are one M/M/c queue at the sum of both loads."""
    count = int(40_000 * (1 / gap) / (staff * load))
    run = laden(world, share, MEMORYLESS, exponential(gap, count), 7, staff=str(staff))
    waits = all_waits(run)
    means = batches(waits)
    _, theory = erlang_c(staff, load)
    error = max(standard_error(means), least_error(staff, load, len(waits) * 9 // 10))
    z = (means.mean() - theory) / error
    assert abs(report(f"M/M/{staff}, load {share} and cases", means.mean(), theory, z)) < 4


def mixed(share: float, cv: float, cases: float, work: float) -> float:
    """Mean wait in M/G/1 with other business of mean 1 h and spread cv, and cases of fixed work."""
    second = share * (1 + cv**2) + cases * work**2
    return second / 2 / (1 - share - cases * work)


def test_half_the_work_of_cases_moves_the_queue_as_the_new_load_says(world: Any) -> None:
    """M/G/1: other business of 40 % with cv 1.5, cases one in 5 h, of 1 h and of 30 min.

    Both waits, and how much shorter the same visits wait.
    """
    each = "{gamma: {mean: 1h, cv: 1.5}}"
    runs = [
        laden(world, "40%", each, exponential(5, 9_000), 11, work=work) for work in ("1h", "30min")
    ]
    waits = [all_waits(run) for run in runs]
    same = min(map(len, waits))
    told = [waits[0][:same], waits[1][:same], waits[0][:same] - waits[1][:same]]
    theory = [mixed(0.4, 1.5, 0.2, 1), mixed(0.4, 1.5, 0.2, 0.5)]
    for what, values, known in zip(
        ("1 h", "30 min", "difference"), told, (*theory, theory[0] - theory[1]), strict=True
    ):
        means = batches(values)
        z = (means.mean() - known) / standard_error(means)
        assert abs(report(f"M/G/1, load 40 % and {what}", means.mean(), known, z)) < 4


@pytest.mark.parametrize("work", ["1h", "30min"])
def test_every_wait_in_a_pool_of_three_is_that_of_kiefer_and_wolfowitz(
    world: Any, work: str
) -> None:
    """M/G/3, to the second: who comes is served by the desk that is free first.

    Moments and works are those of the log; which is which, and when it is served, is worked out.
    """
    each = "{gamma: {mean: 1h, cv: 1.5}}"
    run = laden(world, "70%", each, exponential(2, 4_000), 12, staff="3", work=work)
    rows = np.sort(run.log.events, order=("enabled", "case"))
    free = [0, 0, 0]
    for row in rows:
        granted = max(int(row["enabled"]), free[0])
        assert row["granted"] == granted
        free[0] = granted + int(row["finished"] - row["started"])
        free.sort()


def test_two_per_cent_too_much_other_business_is_caught(world: Any) -> None:
    """M/M/1 with nothing but a load of 30 %: as written it agrees with theory, 30.6 % does not."""
    for share, told in (("30%", False), ("30.6%", True)):
        run = laden(world, share, MEMORYLESS, "count: 81, arrivals: 2500h", 104, by="owner")
        mean, z = sharp_z(run, 0.3, 104, 12, ("load.desk/work", 1))
        report(f"M/M/1, load {share}, sharp", mean, 0.3 / 0.7, z)
        assert z > 6 if told else abs(z) < 4


# -- desks of each site, and calls ----------------------------------------------------------------


def test_the_mean_wait_at_each_site_is_that_of_its_own_desk(world: Any) -> None:
    """Three towns with 0.6 cases an hour each, at one desk, two and five: M/M/1, M/M/2, M/M/5."""
    staff = (1, 2, 5)
    table = ", ".join(f"{{site: town {c}, desk: {c}}}" for c in staff)
    run = world(
        QUEUE.replace("STAFF", "{value: 1, each: site}").replace("WORK", MEMORYLESS),
        "{count: 36000, arrivals: {exponential: {mean: 6000s}}, using: [p],"
        f" sites: {{table: [{table}]}}}}",
        seed=11,
    )
    waits = of_each_case(run, "enabled", "granted").reshape(3, 12_000)
    for servers, own in zip(staff, waits, strict=True):
        _, theory = erlang_c(servers, 0.6 / servers)
        means = batches(own)
        error = max(standard_error(means), least_error(servers, 0.6 / servers, 10_800))
        z = (means.mean() - theory) / error
        assert abs(report(f"town, M/M/{servers} load {0.6 / servers}", means.mean(), theory, z)) < 4


CALLS: Final = """
    applicant: owner
    actors: {owner: robot, desk: {agent: office, hours: always}}
    attributes: {score: {uniform: [0, 1000000]}, asked_for: {uniform: [40, 60]}, taken: false}
    calendars: {closing: {days: daily, at: "12:00", holidays: open}}
    documents: {letter: Letter}
    steps: {choose: {gives: letter, by: desk, select: SELECT}}
    goal: [letter]
"""


def calls(world: Any, select: str, count: int, number: int) -> tuple[Hours, NDArray[np.bool_]]:
    """Scores, and who was taken, of so many calls of so many cases each, one a site."""
    text = CALLS.replace("SELECT", select).replace("{agent: office, hours: always}", "DESK")
    desk = "{agent: office, hours: always, staff: {value: 1, each: site}}"
    run = world(
        text.replace("DESK", desk),
        f"{{count: {count * number}, using: [p], sites: {number}}}",
        seed=count,
    )
    score, _, taken = run.log.attributes.T.reshape(-1, number, count)
    return score / 1e6, taken == 1


@pytest.mark.parametrize("fault", [1.0, 1.02])
def test_the_last_score_taken_is_that_order_statistic(world: Any, fault: float) -> None:
    """Of 2,000 uniform scores the 1,600 best: the last is Beta(401, 1600). 2 % more is seen."""
    count, number, places = 2_000, 16, round(1_600 * fault)
    select = f"{{at: closing, places: {places}, rank: score, decides: taken}}"
    score, taken = calls(world, select, count, number)
    last = np.where(taken, score, 1).min(axis=1)
    a, b = 401, 1_600
    error = math.sqrt(a * b / (a + b + 1)) / (a + b) / math.sqrt(number)
    z = (float(last.mean()) - a / (a + b)) / error
    report(f"last score of 1600 x {fault}", float(last.mean()), a / (a + b), z)
    assert abs(z) < 4 if fault == 1 else abs(z) > 6


@pytest.mark.parametrize("fault", [1.0, 1.02])
def test_a_budget_lasts_for_as_many_as_renewal_theory_says(world: Any, fault: float) -> None:
    """Sums of 40 to 60 within 40,000: 800 less (1 - cv**2) / 2 (Feller XI.3). 2 % more is seen.

    A uniform law in whole numbers has half of the others' share at its ends: a variance of 33.5.
    """
    number, budget, mean, var = 12, 40_000, 50.0, 33.5
    select = f"{{budget: {round(budget * fault)}, costs: asked_for, decides: taken}}"
    _, taken = calls(world, select, 1_000, number)
    lasts = taken.sum(axis=1)
    theory = budget / mean + (var - mean**2) / (2 * mean**2) + 1 / (2 * mean)
    error = math.sqrt(budget * var / mean**3 / number)
    z = (float(lasts.mean()) - theory) / error
    report(f"cases within 40000 x {fault}", float(lasts.mean()), theory, z)
    assert abs(z) < 4 if fault == 1 else abs(z) > 6


# -- a planted fault -------------------------------------------------------------------------------


def wait_after(gaps: Hours, works: Hours, steps: int) -> Hours:
    """Wait of each case had the desk been empty ``steps`` cases before (Lindley's recursion)."""
    surplus = np.concatenate(([0.0], works[:-1] - gaps[1:]))
    wait = np.zeros(len(gaps))
    for back in range(steps - 1, -1, -1):
        earlier = np.concatenate((np.zeros(back), surplus[: len(surplus) - back]))
        wait = np.maximum(0, wait + earlier)
    return wait


def mean_wait_after(load: float, steps: int) -> float:
    """Mean of ``wait_after`` in M/M/1, by Spitzer's identity: the sum of E[max(0, S_k)] / k.

    S_k is what k services last longer than k gaps. While k gaps pass, j services are completed with
    a negative binomial chance; each of the others takes one mean service more.
    """
    total = 0.0
    for k in range(1, steps + 1):
        done = np.arange(k)
        total += float((k - done) @ nbinom.pmf(done, k, load / (1 + load))) / k
    return total


def prescribed(run: Any, seed: int, point: str, visit: int, stream: int = 0) -> Hours:
    """Exponential amounts of mean one that a seed holds ready for each case at a draw point."""
    crc = run.model.streams[stream].crc[run.model.points.index(point)]
    draws = Draws(seed, run.log.replication)
    number = int((run.log.cases["stream"] == stream).sum())
    bits = np.array([draws.bits(crc, case, visit) for case in range(number)])
    amounts: Hours = -np.log1p(-(bits + 0.5) / 2**48)
    return amounts


def sharp_z(
    run: Any, load: float, seed: int, steps: int = 8, of: tuple[str, int] = ("p.serve/work", 0)
) -> tuple[float, float]:
    """Return mean wait and its z against Erlang C, with most of the chance taken out.

    ``of``: the draw point of the work, and the stream of those who are served.

    The control is a wait of bounded memory, made of the gaps and services that the seed prescribes,
    whatever the run made of them; its mean is known exactly, so that regressing on it is honest.
    """
    point, stream = of
    gaps = prescribed(run, seed, "arrival", 0, stream) / load
    control = wait_after(gaps, prescribed(run, seed, point, 1, stream), steps)
    x = batches(control, 30) - mean_wait_after(load, steps)
    number = run.log.cases["case"][run.log.cases["stream"] == stream]
    rows = np.sort(run.log.events[np.isin(run.log.events["case"], number)], order="case")
    y = batches((rows["granted"] - rows["enabled"]) / HOUR, 30)
    design = np.column_stack((np.ones(30), x))
    (mean, slope), *_ = np.linalg.lstsq(design, y)
    rest = y - mean - slope * x
    error = math.sqrt(rest @ rest / 28 * np.linalg.inv(design.T @ design)[0, 0])
    return float(mean), float(mean - erlang_c(1, load)[1]) / error


def test_the_control_of_the_sharp_z_tends_to_the_mean_wait() -> None:
    """One step back: services beat gaps with chance l / (1 + l); many steps back: l / (1 - l)."""
    assert mean_wait_after(0.3, 1) == pytest.approx(0.3 / 1.3)
    assert mean_wait_after(0.3, 200) == pytest.approx(0.3 / 0.7)
    gaps, works = np.array([9.0, 1.0, 2.0, 1.0]), np.array([4.0, 3.0, 1.0, 1.0])
    assert wait_after(gaps, works, 4).tolist() == [0, 3, 4, 4]
    assert wait_after(gaps, works, 1).tolist() == [0, 3, 1, 0]


def test_two_per_cent_too_much_work_is_caught(world: Any) -> None:
    """M/M/1 at a load of 0.3: a run as written agrees with theory, one with 1.02 h does not."""
    mean, z = sharp_z(queue(world, 0.3, 1, MEMORYLESS, 30_000), 0.3, seed=103)
    assert abs(report("M/M/1 load 0.3, sharp", mean, 0.3 / 0.7, z)) < 4
    longer = "{exponential: {mean: 3672s}}"
    mean, z = sharp_z(queue(world, 0.3, 1, longer, 30_000), 0.3, seed=103)
    assert report("M/M/1 load 0.3, work + 2 %", mean, 0.3 / 0.7, z) > 6


# -- loops -----------------------------------------------------------------------------------------


def loop(world: Any, draft: str, check: str, second: str = "if: never", seed: int = 1) -> Any:
    """Run 6,000 cases in which a desk checks what one or two steps have made."""
    text = LOOP.replace("DRAFT", draft).replace("CHECK", check).replace("SECOND", second)
    return world(text, "{count: 6000, using: [p]}", seed=seed)


def z_of_loop(run: Any, what: str, returns: tuple[float, float], flawed: float) -> Sequence[float]:
    """Return z of the mean returns of a case and of the share that ends flawed.

    ``returns``: mean and standard deviation in theory.
    """
    mean, deviation = returns
    cases = run.cases()
    n = len(cases)
    told = sum(case["returns"] for case in cases) / n
    share = sum(case["outcome"] == "flawed" for case in cases) / n
    z_returns = (told - mean) / (deviation / math.sqrt(n))
    z_flawed = (share - flawed) / math.sqrt(flawed * (1 - flawed) / n)
    return (
        report(f"{what}: returns", told, mean, z_returns),
        report(f"{what}: flawed", share, flawed, z_flawed),
    )


def geometric(again: float) -> tuple[float, float]:
    """Mean and deviation of returns if each look sends back with the same chance."""
    return again / (1 - again), math.sqrt(again) / (1 - again)


def test_returns_and_escapes_of_a_loop_are_geometric(world: Any) -> None:
    """Made with m, found with f: m f / (1 - m f) returns, a share m (1 - f) / (1 - m f) flawed."""
    m, f = 0.4, 0.7
    run = loop(world, f"makes: {{slip: {m}}}", f"finds: {{slip: {f}}}", seed=2)
    flawed = m * (1 - f) / (1 - m * f)
    assert max(map(abs, z_of_loop(run, "loop", geometric(m * f), flawed))) < 4


def test_a_second_draft_and_a_second_look_have_chances_of_their_own(world: Any) -> None:
    """``again``: first m = 0.5 and f = 0.8, later 0.2 and 0.5.

    A case is sent back once with q1 = 0.4, then again and again with q = 0.1. Returns:
    q1 / (1 - q); their squares: q1 (1 + q) / (1 - q)**2. Flawed: 0.1 + q1 * 0.1 / (1 - q).
    """
    draft = "makes: {slip: 0.5}, again: {makes: {slip: 0.2}}"
    run = loop(world, draft, "finds: {slip: 0.8}, again: {finds: {slip: 0.5}}", seed=3)
    first, later = 0.4, 0.1
    mean = first / (1 - later)
    deviation = math.sqrt(first * (1 + later) / (1 - later) ** 2 - mean**2)
    flawed = 0.1 + first * 0.1 / (1 - later)
    assert max(map(abs, z_of_loop(run, "again", (mean, deviation), flawed))) < 4


def two_makers(one: float, other: float, f: float) -> tuple[float, float, float]:
    """Mean and deviation of returns, and the flawed share, when a desk looks at two drafts.

    The state is which drafts have a slip. A letter names those found; they are made anew, the other
    draft stays as it is and is looked at again. Sums over states by linear algebra.
    """
    states = list(product((0, 1), repeat=2))
    makes = (one, other)
    stays = np.zeros((4, 4))
    for (i, state), seen in product(enumerate(states), states):
        finding = math.prod(
            (f if found else 1 - f) if bad else 1.0 - found
            for bad, found in zip(state, seen, strict=True)
        )
        for j, after in enumerate(states) if any(seen) else ():
            stays[i, j] += finding * math.prod(
                (m if new else 1 - m) if found else float(new == bad)
                for m, found, new, bad in zip(makes, seen, after, state, strict=True)
            )
    first = np.array(
        [math.prod(m if s else 1 - m for m, s in zip(makes, x, strict=True)) for x in states]
    )
    visits = first @ np.linalg.inv(np.eye(4) - stays)
    mean = float(visits.sum()) - 1
    squares = 2 * float((visits @ stays @ np.linalg.inv(np.eye(4) - stays)).sum()) - mean
    passed = visits * [1, 1 - f, 1 - f, (1 - f) ** 2]
    return mean, math.sqrt(squares - mean**2), float(passed[1:].sum())


def test_the_closed_form_for_two_makers_holds_for_one() -> None:
    """If the other never slips, the loop is the geometric one."""
    mean, deviation, flawed = two_makers(0.4, 0.0, 0.7)
    assert (mean, deviation) == pytest.approx(geometric(0.28))
    assert flawed == pytest.approx(0.12 / 0.72)


def test_slips_of_two_makers_are_two_defects(world: Any) -> None:
    """Each is found by a chance of its own; what was not found stays and is looked at again."""
    run = loop(
        world,
        "makes: {slip: 0.4}",
        "finds: {slip: 0.6}",
        "makes: {slip: 0.3}",
        seed=4,
    )
    mean, deviation, flawed = two_makers(0.4, 0.3, 0.6)
    assert max(map(abs, z_of_loop(run, "two makers", (mean, deviation), flawed))) < 4

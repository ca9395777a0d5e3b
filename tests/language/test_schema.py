"""The JSON Schemas know what people write: every short form, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from sim.language.amounts import MEASURES, Kind
from sim.language.json_schema import ELSEWHERE
from sim.language.quantity import parse
from sim.language.schema import MODELS, amounts, schema
from sim.yaml import source

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    path
    for folder in ("agents", "procedures", "scenarios")
    for path in (ROOT / folder).glob("*.yaml")
)
SCHEMAS = {kind: schema(kind) for kind in MODELS}
LEAST = {
    "procedure": "{procedure: p, applicant: me, actors: {me: man}, documents: {a: A}, steps: {}}",
    "agent": "{agent: a, kind: ai}",
    "scenario": "{scenario: s, start: 2026-04-01, channels: [mixed], cases: "
    "{c: {count: 1, using: p}}}",
    "facts": "{facts: {}}",
}
"""The shortest file of each kind."""

RIGHT = [
    # a procedure's parts
    ("procedure", "title: Permit"),
    ("procedure", "title: {en: Permit, ja: 許可}"),
    ("procedure", "actors: {me: person, desk: {agent: clerk, staff: 2, hours: office, each: l}}"),
    ("procedure", "actors: {desk: {agent: clerk, staff: {by: time, 0d: 3, 14d: 9}}}"),
    ("procedure", "documents: {a: A, b: {en: B, ja: 乙, valid: 90d, lapsed: old, kept: true}}"),
    ("procedure", "defects: {slip: Slip, gap: {en: G, ja: 欠, harm: H, returns_to: fill}}"),
    ("procedure", "lists: {one: [a, b], two: 3, three: {x: {}, y: {chance: 60%, title: Y}}}"),
    ("procedure", "calendars: {c: {days: mon-fri, open: '08:30-17:15'}}"),
    ("procedure", "calendars: {c: {days: [tue, fri], at: ['09:00', '13:00'], holidays: open}}"),
    ("procedure", "calendars: {c: {days: daily, open: [08:30-12:00, 13:00-17:15]}}"),
    ("procedure", "calendars: {c: {open: {sat: 08:30-12:00, sun: closed, daily: 08:30-17:15}}}"),
    ("procedure", "calendars: {c: {at: {sat: '09:00', mon-fri: ['09:00', '15:00']}}}"),
    ("procedure", "calendars: {c: {days: mon-fri, open: 22:00-06:00, holidays: banks}}"),
    (
        "procedure",
        "calendars: {c: {days: sat, open: 9:00-17:00, dates: {05-03: [9:00-12:00]}}}",
    ),
    (
        "procedure",
        "calendars: {c: {days: sat, at: 9:00, dates: {2026-05-03: 9:00, 08-13/08-15: closed}}}",
    ),
    ("procedure", "actors: {desk: {agent: clerk, staff: {by: weekday, sat-sun: 1, else: 3}}}"),
    ("procedure", "goal: [a, {document: b, if: {card: true}}]"),
    ("procedure", "ends: [{when: {adopted: false}, as: rejected}]"),
    ("procedure", "deadlines: [{document: a, within: {value: 14d, source: X}, missed: late}]"),
    ("procedure", "deadlines: [{document: a, at: 2026-06-30, missed: expired}]"),
    ("procedure", "levers: {l: {default: none, values: {none: {steps.s.work: 1h}, all: {}}}}"),
    ("procedure", "levers: {l: {default: none, values: [none, all]}}"),
    ("procedure", "levers: {l: {default: 90% (0%-1), replaces: [steps.s.makes.d]}}"),
    # attributes
    ("procedure", "attributes: {a: true, b: 70%, c: 0.7, d: name, e: 12}"),
    ("procedure", "attributes: {a: {value: 70% (60%-80%), source: X}}"),
    ("procedure", "attributes: {a: {value: true, source: X}}"),
    ("procedure", "attributes: {size: {small: 80%, big: 20% (10%-30%)}}"),
    (
        "procedure",
        "attributes: {age: {median: 40, p90: 70}, sum: {uniform: [1, 10], range: [1, 9]}}",
    ),
    (
        "procedure",
        "attributes: {a: {by: size, small: 10%, else: {by: channel, digital: 1, else: 0}}}",
    ),
    # steps
    ("procedure", "steps: {s: {gives: a, needs: [b, c], by: me}}"),
    ("procedure", "steps: {s: {each: one, by: [me, desk], decides: known, priority: 1}}"),
    (
        "procedure",
        "steps: {s: {by: me, if: never, analog: {by: none}, digital: {if: none}}}",
    ),
    ("procedure", "steps: {s: {if: {card: true, chance: 7.1%}, open_to: {size: [small, big]}}}"),
    ("procedure", "steps: {s: {if: {n: {value: '> 5 (3-8)', source: X}, m: 6-7}}}"),
    ("procedure", "steps: {s: {delay: 0}}"),
    ("procedure", "steps: {s: {delay: {until: nightly, at_least: 1bd}}}"),
    (
        "procedure",
        "steps: {s: {delay: {by: month, 6-7: {triangular: [8bd, 18bd, 40bd]}, else: 5bd}}}",
    ),
    (
        "procedure",
        "steps: {s: {makes: {slip: confidence, gap: 5%}, confidence: {median: 96%, p10: 85%}}}",
    ),
    (
        "procedure",
        "steps: {s: {makes: {slip: {by: made_in, analog: 3%, else: 0}}, finds: {gap: 1}}}",
    ),
    ("procedure", "steps: {s: {burden: {visits: 1, forms: 2, seals: 0, logins: 1, fee: 300}}}"),
    (
        "procedure",
        "steps: {s: {makes: {a: 1%}, again: {work: 1h, delay: {until: t}, makes: {a: none}}}}",
    ),
    # amounts
    ("procedure", "steps: {s: {work: 2h30min}}"),
    ("procedure", "steps: {s: {work: 1.5h (1h-2h)}}"),
    ("procedure", "steps: {s: {work: {median: 45min, p90: 90min, source: X}}}"),
    ("procedure", "steps: {s: {work: {uniform: [1h, 2h]}}}"),
    ("procedure", "steps: {s: {work: {exponential: {mean: 10min}, range: [5min, 20min]}}}"),
    ("procedure", "steps: {s: {work: {lognormal: {median: 4h, sigma: 1}}}}"),
    ("procedure", "steps: {s: {work: {gamma: {mean: 4h, cv: 0.5}}}}"),
    ("procedure", "steps: {s: {work: {quantiles: {10: 1h, 50: 2h, 97.5: 6h}}}}"),
    ("procedure", "steps: {s: {work: {value: {median: 1h, p90: 2h}, source: X}}}"),
    ("procedure", "steps: {s: {work: {by: visit, 1: 1h, '>= 2': 10min, range: [5min, 2h]}}}"),
    # skills, sizes, loads, calls, indicators, sites
    ("procedure", "documents: {f: {en: F, ja: 書, size: {rows: 35 (30-40), pages: 0}, slip: gap}}"),
    (
        "procedure",
        "documents: {f: {en: F, ja: 書, size: {rows: {by: channel, analog: 9, else: 5}}}}",
    ),
    (
        "procedure",
        "documents: {f: {en: F, ja: 書, size: {rows: {value: 3, source: X}}, left_out: m}}",
    ),
    ("procedure", "steps: {s: {task: fill, by: me, makes: {gap: none}, analog: {task: none}}}"),
    (
        "procedure",
        "actors: {d: {agent: c, staff: 2, load: {share: 80%, each: 9min, backlog: 8bd}}}",
    ),
    ("procedure", "actors: {d: {agent: c, staff: {value: 3 (1-8), each: site}}}"),
    ("procedure", "steps: {s: {select: {at: t, places: {by: time, 0d: 3}, rank: a, decides: b}}}"),
    ("procedure", "steps: {s: {select: {budget: 9 (5-9), costs: yen, decides: b}}}"),
    ("procedure", "indicators: {i: {count: {found: [a]}, per: {given: b}, over: 90d, else: 0%}}"),
    (
        "agent",
        "{kind: person, knows: 90% (80%-95%), sessions: {after: {uniform: [1d, 2d]}, last: 2h}}",
    ),
    (
        "agent",
        "skills: {fill: {work: {each: rows, median: 5s, p90: 9s}, slips: 1%, digital: analog}}",
    ),
    ("agent", "skills: {fill: {size_of: needs, finds: {gap: 9%}, burden: {each: rows, fee: 5}}}"),
    ("agent", "skills: {fill: {work: 5min, again: {size: {value: 20%, source: X}, work: none}}}"),
    ("agent", "attributes: {manual: 50%, size: {small: 70%, big: 30%}}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: {count: 3, share: [a]}}}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: {table: [{site: A, size: 3, desk: 2}]}}}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: {table: towns.csv}}}"),
    # agents
    ("agent", "{attention: all, order: critical_path, hourly: 2485, overconfidence: 1.2}"),
    ("agent", "{attention: 3, hours: office}"),
    ("agent", "{price: 30 (5-100), paid_by: office}"),
    ("agent", "hours: {days: daily, open: '09:00-24:00'}"),
    ("agent", "rules: {start: {a: {when: {chance: 5%}, then: give_up}, b: {then: {use: analog}}}}"),
    ("agent", "rules: {drafted: {a: {when: {confidence: '< 90%'}, then: ask_human, why: Low}}}"),
    ("agent", "rules: {found: {a: {when: {defect: [x, y]}, then: {fix: {work: 10min}}}}}"),
    (
        "agent",
        "rules: {found: {a: {when: {returns: 0}, then: return}, b: {then: dismiss}}}",
    ),
    (
        "agent",
        "rules: {returned: {a: {then: {redo: {after: {uniform: [1h, 2h]}}}}}}",
    ),
    ("agent", "rules: {waiting: {a: {when: {waited: '> 45d'}, then: {hurry: 1}}}}"),
    ("agent", "rules: {outage: {a: {when: {down_for: '> 2h'}, then: {use: analog}}}}"),
    # scenarios
    ("scenario", "start: 2026-04-01T10:30"),
    (
        "scenario",
        "cases: {c: {count: 1, using: [p, q], goal: [a], locker: [a, b], background: true}}",
    ),
    ("scenario", "cases: {c: {count: 1, using: p, locker: {a: {}, b: 20%}}}"),
    (
        "scenario",
        "cases: {c: {count: 1, using: p, locker: {a: {share: 1, age: 3d, makes: {d: 5%}}}}}",
    ),
    ("scenario", "cases: {c: {count: 1, using: p, locker: {a: {by: size, big: 1, else: 0}}}}"),
    ("scenario", "cases: {c: {count: 1, using: p, arrivals: at_once, hours: business}}"),
    ("scenario", "cases: {c: {count: 1, using: p, arrivals: {exponential: {mean: 10min}}}}"),
    ("scenario", "cases: {c: {count: 1, using: p, arrivals: 30min, attributes: {card: 81%}}}"),
    ("scenario", "override: {p.steps.s.work: {median: 1h, p90: 2h}, actors.desk.staff: 8}"),
    ("scenario", "{levers: {feed: daily, gate: 90%}, horizon: 2w, warm_up: 0, seed: 0}"),
    (
        "scenario",
        "outages: [{actor: gbiz, at: 2026-04-30T10:30, for: {value: 2h30min, source: X}}]",
    ),
    (
        "scenario",
        "outages: [{actor: ai, every: {exponential: {mean: 30d}}, for: {median: 2h, p90: 8h}}]",
    ),
    ("scenario", "report: {documents: [a, b], groups: age}"),
    (
        "scenario",
        "report: {observed: {X-1: {document: a, by: 35d, value: 93.2%, since: start}}}",
    ),
    ("facts", "facts: {A-1: {figure: Days, value: 14, source: Act, confidence: A*, tier: P}}"),
]
"""Keys as they may be written in place of those of the shortest file."""

WRONG = [
    ("procedure", "stesp: {}"),
    ("procedure", "steps: {s: {neds: [a]}}"),
    ("procedure", "steps: {s: {digital: {wrok: 1h}}}"),
    ("procedure", "steps: {s: {digital: paper}}"),
    ("procedure", "steps: {s: {by: me, omit: true}}"),
    ("procedure", "steps: {s: {by: me, digital: {}}}"),
    ("procedure", "steps: {s: {by: me, digital: none}}"),
    ("procedure", "steps: {s: {by: me, again: {makes: {}}}}"),
    ("procedure", "steps: {s: {by: me, burden: {}}}"),
    ("procedure", "steps: {s: {batch: {att: nightly}}}"),
    ("procedure", "steps: {s: {work: 3 hours}}"),
    ("procedure", "steps: {s: {work: 1bd2h}}"),
    ("procedure", "steps: {s: {work: {triangluar: [1h, 2h, 3h]}}}"),
    ("procedure", "steps: {s: {work: {triangular: [1h, 2h]}}}"),
    ("procedure", "steps: {s: {work: {median: 1h}}}"),
    ("procedure", "steps: {s: {work: {median: 1h, uniform: [1h, 2h]}}}"),
    ("procedure", "steps: {s: {work: {uniform: [1h, 2h], p90: 3h}}}"),
    ("procedure", "steps: {s: {work: {by: visit}}}"),
    ("procedure", "steps: {s: {finds: {gap: 150%}}}"),
    ("procedure", "steps: {s: {finds: {gap: confidence}}}"),
    ("procedure", "steps: {s: {delay: {time: 1h}}}"),
    ("procedure", "steps: {s: {if: [card]}}"),
    ("procedure", "steps: {s: {if: {tests: {card: true}}}}"),
    ("procedure", "steps: {a step: {}}"),
    ("procedure", "attributes: {a: {value: often}}"),
    ("procedure", "attributes: {size: {small: lots}}"),
    ("procedure", "lists: {l: 0}"),
    ("procedure", "calendars: {c: {days: mon-fri}}"),
    ("procedure", "calendars: {c: {open: 08:30-17:15}}"),
    ("procedure", "calendars: {c: {days: sat, open: {sat: 08:30-17:15}}}"),
    ("procedure", "calendars: {c: {open: {sta: 08:30-17:15}}}"),
    ("procedure", "calendars: {c: {open: {}}}"),
    ("procedure", "calendars: {c: {days: sat, open: 08:30-17:15, dates: {8/13: closed}}}"),
    ("procedure", "calendars: {c: {days: sat, open: 08:30-17:15, holidays: bank}}"),
    ("procedure", "deadlines: [{document: a, within: 14d, at: 2026-06-30, missed: late}]"),
    ("procedure", "deadlines: [{document: a, within: 14d, missed: never}]"),
    ("procedure", "levers: {l: {default: 1}}"),
    ("procedure", "documents: {a: {en: A}}"),
    ("agent", "kind: robot"),
    ("agent", "attention: 0"),
    ("agent", "rules: {drafted: {a: {then: {redo: {after: 1h}}}}}"),
    ("agent", "rules: {returned: {a: {then: {redo: {when: 1h}}}}}"),
    ("agent", "rules: {returned: {a: {then: {do: redo, after: 1h}}}}"),
    ("agent", "rules: {waiting: {a: {then: hurry}}}"),
    ("agent", "rules: {sleeping: {}}"),
    ("scenario", "start: 1 April 2026"),
    ("scenario", "channels: [paper]"),
    ("scenario", "compare: {a: {channel: analog}}"),
    ("scenario", "cases: {c: {count: 0, using: p}}"),
    ("scenario", "sites: 3"),
    ("scenario", "report: {quantiles: [50]}"),
    ("scenario", "report: {observed: {X-1: {document: a, value: 93.2%}}}"),
    ("scenario", "report: {observed: {X-1: {document: a, by: 5d, value: 1, since: birth}}}"),
    ("procedure", "documents: {f: {en: F, ja: 書, size: {rows: {uniform: [1, 9]}}}}"),
    ("procedure", "documents: {f: {en: F, ja: 書, size: {rows: {by: month, 4: 3, else: 2}}}}"),
    ("procedure", "documents: {f: {en: F, ja: 書, size: {}}}"),
    ("procedure", "actors: {d: {agent: c, load: {share: 80%, each: 9min}}}"),
    (
        "procedure",
        "actors: {d: {agent: c, staff: 2, load: {share: 1, each: 9s, backlog: [1d]}}}",
    ),
    ("procedure", "actors: {d: {agent: c, staff: {value: 3, each: day}}}"),
    ("procedure", "steps: {s: {select: {places: 3, budget: 5, costs: c, decides: b}}}"),
    ("procedure", "steps: {s: {select: {budget: 5, decides: b}}}"),
    ("procedure", "steps: {s: {select: {places: 3, costs: c, decides: b}}}"),
    ("procedure", "steps: {s: {select: {places: 3, rank: a, decides: b}}}"),
    ("procedure", "indicators: {i: {count: {found: a}, else: 5%}}"),
    ("procedure", "indicators: {i: {count: {found: a}, over: {uniform: [1d, 2d]}}}"),
    ("procedure", "indicators: {i: {count: {made: a}}}"),
    ("agent", "price: {uniform: [1, 5]}"),
    ("agent", "paid_by: office"),
    ("agent", "{kind: person, sessions: {after: 1d, last: {by: month, 3: 1h, else: 2h}}}"),
    ("agent", "skills: {fill: {work: {each: two words, value: 5s}}}"),
    ("agent", "skills: {fill: {work: 5s, again: {size: {uniform: [10%, 20%]}}}}"),
    ("agent", "skills: {fill: {work: 5s, digital: {}}}"),
    ("agent", "skills: {fill: {work: {value: 5s, each: rows, size_of: needs}}}"),
    ("scenario", "outages: [{actor: ai, at: 2026-04-30, every: 30d, for: 2h}]"),
    ("scenario", "outages: [{actor: ai, for: 2h}]"),
    ("scenario", "horizon: {uniform: [1d, 2d]}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: 3000000}}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: {count: 2, table: [{site: A}]}}}"),
    ("scenario", "cases: {c: {count: 1, using: p, sites: {table: [{site: ''}]}}}"),
    ("facts", "facts: {A-1: {figure: Days, value: 14, source: Act, confidence: D}}"),
]


def kind_of(path: Path) -> str:
    """Return what a shipped file is."""
    return "facts" if path.stem == "facts" else path.parent.name.removesuffix("s")


def written(kind: str, text: str) -> Any:
    """Return the shortest file of a kind with some keys changed."""
    return source.loads(LEAST[kind]).data | source.loads(text).data


def complaints(kind: str, data: Any) -> list[str]:
    """Return what the schema of a kind says against some data."""
    return [error.message for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(data)]


def accepted(kind: str, data: Any) -> bool:
    """Say whether the model of a kind accepts some data."""
    try:
        MODELS[kind].model_validate(data)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", MODELS)
def test_a_schema_is_one(kind: str) -> None:
    """Each is valid by the schema of schemas, and so is the shortest file."""
    Draft202012Validator.check_schema(SCHEMAS[kind])

    assert complaints(kind, source.loads(LEAST[kind]).data) == []


@pytest.mark.parametrize("kind", MODELS)
def test_the_schema_in_the_docs_is_what_the_program_prints(kind: str) -> None:
    """UPDATE_DOCS=1 writes it anew."""
    page = ROOT / "docs" / "schema" / f"{kind}.json"
    text = json.dumps(SCHEMAS[kind], ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")

    assert page.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shipped_file_points_to_its_schema_and_fits_it(path: Path) -> None:
    """The first line is for editors; what follows is as the schema says."""
    located = source.load(path)
    _, _, link = located.lines[0].partition("# yaml-language-server: $schema=")

    assert (path.parent / link).resolve() == ROOT / "docs" / "schema" / f"{kind_of(path)}.json"
    assert complaints(kind_of(path), located.data) == []


@pytest.mark.parametrize(("kind", "text"), RIGHT)
def test_what_may_be_written_fits_the_schema(kind: str, text: str) -> None:
    """The schema accepts what the program accepts."""
    data = written(kind, text)

    assert accepted(kind, data)
    assert complaints(kind, data) == []


def test_arms_may_be_named_instead_of_channels() -> None:
    """`compare` stands in for `channels`."""
    data = source.loads(
        "{scenario: s, start: 2026-04-01, cases: {c: {count: 1, using: p}}, compare: "
        "{now: {channel: mixed}, new: {channel: agentic, levers: {loop: 30d}, title: New}}}"
    ).data

    assert accepted("scenario", data)
    assert complaints("scenario", data) == []


@pytest.mark.parametrize(("kind", "text"), WRONG)
def test_what_is_wrong_does_not_fit_the_schema(kind: str, text: str) -> None:
    """The schema refuses what the program refuses, as far as one place of a file tells."""
    data = written(kind, text)

    assert not accepted(kind, data)
    assert complaints(kind, data)


@pytest.mark.parametrize("kind", MODELS)
def test_an_editor_explains_every_key(kind: str) -> None:
    """Each key of a definition has a description; how an amount is spelled speaks for itself."""
    known = amounts()
    own = {name: part for name, part in SCHEMAS[kind]["$defs"].items() if name not in known}
    fields = [field for part in (SCHEMAS[kind], *own.values()) for field in _fields(part)]

    assert [name for name, field in fields if "description" not in field] == []
    assert fields


def _fields(part: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the keys of a definition, in whichever form it is written as a mapping."""
    forms = (part, *part.get("anyOf", ())) if part.get("title") else ()
    return [field for form in forms for field in form.get("properties", {}).items()]


@pytest.mark.parametrize("kind", ["factor", "rank", "count", "yen", "number"])
def test_an_editor_knows_the_bounds_of_a_plain_number(kind: Kind) -> None:
    """What the schema refuses of a number that stands alone is what is refused when it is read."""
    measure = MEASURES[kind]
    wanted = {"$ref": f"#/$defs/{kind.capitalize()}", "$defs": _definitions()}
    validator = Draft202012Validator(wanted)
    for value in (measure.least, measure.most, measure.least - 1, measure.most + 1, 2.5):
        assert validator.is_valid(value) == _is_read(value, kind)


def _definitions() -> dict[str, Any]:
    text = json.dumps(amounts()).replace(ELSEWHERE, "#/$defs/")
    told: dict[str, Any] = json.loads(text)
    return told


def _is_read(value: float, kind: Kind) -> bool:
    try:
        parse(value, kind)
    except PydanticCustomError:
        return False
    return True

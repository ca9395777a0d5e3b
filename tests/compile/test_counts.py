"""What is accepted counts: two values of a field make two models, whatever field it is.

Each field of each definition has a place in a small world and a way to draw values for it. A field
that changes no model stands in ``ELSEWHERE`` with what it changes instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from sim.compile.compiler import compile_worlds
from sim.language.agent import Agent
from sim.language.procedure import Procedure
from sim.language.scenario import Scenario
from sim.language.skill import Later
from sim.study import loader
from sim.study.edits import Draft, Origin
from sim.study.parameters import in_force
from sim.yaml import source
from sim.yaml.explain import alternatives

FILES: Final = {
    "agents/citizen": """
agent: citizen
kind: person
attention: 2
knows: 95%
rules:
  start: {online: {when: {card: true}, then: {use: digital}}}
  returned:
    tired: {when: {returns: {value: ">= 5 (3-8)", source: A}}, then: give_up}
    repair: {then: {redo: {after: 1h}}}
  waiting:
    call: {when: {waited: "> 10d"}, then: {hurry: 1}}
    lost: {when: {elapsed: "> 30d", chance: 40%}, then: give_up, why: Lost hope}
  outage: {by_hand: {when: {down_for: "> 1h"}, then: {use: analog}}}
skills:
  sign:
    size_of: gives
    work: {each: pages, value: 5min}
    confidence: {each: pages, value: 90%}
    slips: {each: pages, value: 1%}
    finds: {gap: 50%}
    burden: {each: pages, seals: 1}
    again: {size: 20%, work: 1min}
    analog: {work: 9min}
    digital: {work: 8min, again: {work: {each: pages, value: 2min}}}
    agentic: {work: {each: pages, value: 7min}}
""",
    "agents/caller": "{agent: caller, kind: person, sessions: {after: 1d, last: 2h}, "
    "rules: {returned: {again: {then: redo}}}}",
    "agents/officer": """
agent: officer
kind: office
rules:
  found:
    slip: {when: {defect: gap, returns: 0}, then: {fix: {work: 10min, recovers: 50%}}}
    other: {then: return}
""",
    "agents/helper": """
agent: helper
kind: ai
hours: always
order: listed
overconfidence: 1.2
hourly: 100
price: 30
paid_by: applicant
rules:
  drafted: {unsure: {when: {confidence: "< 90%"}, then: ask_human}}
  returned: {repair: {then: redo}}
""",
    "procedures/permit": """
procedure: permit
applicant: vendor
actors:
  vendor: citizen
  friend: caller
  signer: {agent: citizen, each: signers}
  desk: {agent: officer, staff: 2, hours: counter}
  cellar: {agent: officer, staff: 1, load: {share: 50%, each: 20min, backlog: 1bd}}
  bot: helper
  clerk: {agent: officer, each: signers}
calendars:
  counter: {days: mon-fri, open: "09:00-17:00", holidays: closed}
  files: {days: mon-fri, at: "10:00"}
  mail: {days: mon-fri, at: "16:00"}
attributes: {size: {small: 60%, large: 40%}, workers: {uniform: [1, 90]}, card: 80%, yen: 1000,
  chosen: false, spared: false}
lists: {signers: {first: {}, second: {chance: 60%}}, others: {first: {}, third: {}}}
documents:
  form: {en: Form, ja: 様式, valid: 90d, lapsed: old, left_out: lost, size: {pages: 5}, slip: gap}
  consent: {en: Consent, ja: 同意, size: {pages: 3, lines: 90}, slip: old}
  receipt: Receipt
  stamp: {en: Stamp, ja: 印}
  permit: Permit
  extra: Extra
  place: Place
  gift: Gift
  sketch: Sketch
  plan: Plan
defects:
  gap: {en: Gap, ja: 漏れ, harm: {en: Harm, ja: 害}, loss: 500}
  old: Old
  lost: Lost
steps:
  add:
    gives: [extra]
    once: site
    by: friend
    pays: true
    analog: {by: cellar}
    digital: {open_to: {workers: "> 5"}}
  fill:
    gives: [form]
    work: 1h
    analog: {by: vendor, makes: {gap: 20%}, burden: {visits: 1, forms: 1, seals: 1, logins: 1}}
    digital: {by: vendor, again: {work: 5min, delay: 1h, makes: {gap: 1%}, burden: {forms: 2}}}
    agentic: {by: bot, confidence: 92%, makes: {gap: confidence}, again: {confidence: 95%}}
  sign: {each: signers, needs: [form], gives: [consent], by: signer, task: sign}
  file:
    needs: [form, consent]
    gives: [receipt]
    by: [desk]
    work: 10min
    delay: 1d
    priority: 1
    decides: [card]
    burden: {fee: 300}
    finds: {gap: 50%}
    again: {finds: {gap: 60%}}
  stamp_it:
    needs: [receipt]
    gives: [stamp]
    by: [cellar]
    if: {card: true}
    batch: {at: files, most: 9}
    delay: {until: files, at_least: 1bd}
  draw: {gives: [sketch], by: cellar, agentic: {by: bot, confidence: 90%}}
  redraw: {needs: [sketch], gives: [plan], by: cellar, if: {asked: draw}, work: 5min}
  issue: {needs: [stamp], gives: [permit], by: desk, work: 20min}
  choose:
    {gives: [place], by: cellar, select: {at: files, places: 3, rank: workers, decides: chosen}}
  spend: {gives: [gift], by: cellar, select: {budget: 900, costs: yen, decides: chosen}}
goal: [permit, {document: extra, if: {size: small}}, place, gift, plan]
ends: [{when: {card: false}, as: rejected}]
deadlines:
  - {document: permit, within: 14d, after: receipt, missed: late, source: A}
  - {document: extra, at: 2026-05-01, missed: late}
indicators:
  seen: {count: {found: gap}, per: {given: receipt}, over: 9d, known_after: 2d, else: 5%}
levers:
  speed: {default: slow, values: {slow: {steps.issue.work: 25min}, fast: {steps.issue.work: 5min}}}
  officers: {default: 2 (1-4), replaces: [actors.desk.staff], source: A}
phrases:
  goal: {permit: {en: [a permit], ja: [許可証を]}}
  have: {form: {en: [a form], ja: [申請書を]}}
""",
    "procedures/other": """
procedure: other
applicant: vendor
actors: {vendor: citizen}
documents: {more: More}
steps: {gather: {gives: [more], by: vendor, work: 1h}}
goal: [more]
""",
    "scenarios/arms": """
scenario: arms
start: 2026-04-01
compare:
  online: {channel: digital}
  ai: {channel: agentic}
cases:
  one:
    count: 5
    arrivals: 1h
    hours: noon
    using: [permit]
    locker: {form: {share: 10%, age: 5d, makes: {old: 5%}}}
    sites: {count: 2, share: [size]}
outages: [{actor: desk, at: 2026-04-02, for: 2h}, {actor: bot, every: 30d, for: 2h}]
calendars: {noon: {days: daily, open: "12:00-13:00"}}
horizon: 100d
report:
  documents: [receipt]
  groups: [size]
  observed: {A: {document: permit, by: 30d, value: 90%, since: case}}
""",
    "scenarios/plain": """
scenario: plain
start: 2026-04-01
channels: [digital]
cases: {one: {count: 5, using: [permit]}}
""",
}
"""A world in which every field means something."""

Place = tuple[str, st.SearchStrategy[str]]


def of(path: str, *values: str) -> Place:
    """Return a place and the values it may have."""
    return path, st.sampled_from(values)


def whole(path: str, low: int, high: int, form: str = "{}") -> Place:
    """Return a place and whole numbers, written in some form."""
    return path, st.integers(low, high).map(form.format)


def time(path: str, most: int = 86_400 * 30) -> Place:
    """Return a place and durations."""
    return whole(path, 1, most, "{}s")


def share(path: str) -> Place:
    """Return a place and shares."""
    return whole(path, 1, 99, "{}%")


FILL, FILE, STAMP = "permit.steps.fill", "permit.steps.file", "permit.steps.stamp_it"
ONE, SEEN = "cases.one", "permit.indicators.seen"
CITIZEN, OFFICER = "agents.citizen.rules", "agents.officer.rules"
SKILL = "agents.citizen.skills.sign"
ASKED: Final = ("never", "always")
LABELS: Final = ("Ay", "{en: Bee, ja: び}", "{en: Bee, ja: しい}")

PLACES: Final[Mapping[str, Place]] = {
    "Label.en": of("permit.documents.stamp.en", "Ay", "Bee"),
    "Label.ja": of("permit.documents.stamp.ja", "Ay", "Bee"),
    "Procedure.applicant": of("permit.applicant", "vendor", "friend"),
    "Procedure.actors": of("permit.actors.desk", "{agent: officer, staff: 1}", "citizen"),
    "Procedure.calendars": of("permit.calendars.counter.days", "mon", "tue"),
    "Procedure.attributes": whole("permit.attributes.card", 1, 99, "{}%"),
    "Procedure.lists": of("permit.lists.signers", "[first, second]", "[first]", "3"),
    "Procedure.documents": of("permit.documents.permit", *LABELS),
    "Procedure.defects": of("permit.defects.gap", "Ay", "{en: Ay, ja: Ay, harm: Bad}"),
    "Procedure.steps": time("permit.steps.issue.work"),
    "Procedure.goal": of("permit.goal", "[permit]", "[stamp]", "[permit, extra]"),
    "Procedure.ends": of("permit.ends", "[]", "[{when: {card: true}, as: withdrawn}]"),
    "Procedure.deadlines": of(
        "permit.deadlines", "[]", "[{document: permit, within: 9d, missed: late}]"
    ),
    "Procedure.levers": whole(
        "permit.levers.speed.values.slow", 1, 99, "{{steps.issue.work: {}min}}"
    ),
    "Actor.agent": of("actors.desk.agent", "officer", "helper"),
    "Actor.staff": whole("actors.desk.staff", 1, 999),
    "Actor.load": of("actors.desk.load", "{share: 9%, each: 1h}", "{share: 0, each: 1h}"),
    "Load.share": share("actors.cellar.load.share"),
    "Load.each": time("actors.cellar.load.each"),
    "Load.backlog": whole("actors.cellar.load.backlog", 1, 99, "{}bd"),
    "Actor.hours": of("actors.desk.hours", "always", "office", "counter"),
    "Actor.title": of("actors.desk.title", *LABELS),
    "Actor.each": of("actors.clerk.each", "signers", "others"),
    "Hours.days": of("permit.calendars.counter.days", "mon", "[mon, tue]", "daily"),
    "Hours.open": of(
        "permit.calendars.counter.open", "08:00-12:00", '["08:00-12:00", "13:00-17:00"]'
    ),
    "Hours.at": of("permit.calendars.files.at", "09:00", '["09:00", "15:00"]'),
    "Hours.holidays": of("permit.calendars.counter.holidays", "open", "closed", "banks"),
    "Hours.dates": of(
        "permit.calendars.counter.dates", "{2026-05-01: closed}", '{2026-05-08: "09:00-10:00"}'
    ),
    "ListItem.chance": share("permit.lists.signers.second.chance"),
    "ListItem.title": of("permit.lists.signers.second.title", *LABELS),
    "Document.valid": time("permit.documents.form.valid"),
    "Document.size": whole("permit.documents.consent.size.pages", 1, 99),
    "Document.slip": of("permit.documents.consent.slip", "old", "gap"),
    "Document.lapsed": of("permit.documents.form.lapsed", "old", "gap"),
    "Document.left_out": of("permit.documents.form.left_out", "old", "lost"),
    "Document.kept": of("permit.documents.form.kept", "true", "false"),
    "Defect.harm": of("permit.defects.gap.harm", *LABELS),
    "Harm.as_": of("permit.defects.gap.harm", "{en: Bad, ja: わるい, as: incomplete}", "Bad"),
    "Defect.returns_to": of("permit.defects.gap.returns_to", "fill", "file"),
    "Defect.loss": whole("permit.defects.gap.loss", 0, 10**12),
    "Step.title": of("permit.steps.issue.title", *LABELS),
    "Step.gives": of("permit.steps.issue.gives", "[permit]", "[permit, extra]"),
    "Step.each": of(f"{FILL}.each", "signers", "others"),
    "Step.once": of(
        "permit.steps.add", "{gives: [extra], by: desk}", "{gives: [extra], by: desk, once: site}"
    ),
    "Step.select": whole("permit.steps.spend.select", 1, 99, "{{places: {}, decides: chosen}}"),
    "Select.at": of("permit.steps.choose.select.at", "files", "mail"),
    "Select.places": whole("permit.steps.choose.select.places", 0, 10**6),
    "Select.budget": whole("permit.steps.spend.select.budget", 0, 10**12),
    "Select.costs": of("permit.steps.spend.select.costs", "workers", "yen"),
    "Select.rank": of("permit.steps.choose.select.rank", "workers", "yen"),
    "Select.decides": of("permit.steps.choose.select.decides", "chosen", "spared"),
    "Step.analog": time(f"{FILL}.analog.work"),
    "Step.digital": of(f"{FILL}.digital", "analog", "{by: friend}"),
    "Step.agentic": of(f"{FILL}.agentic", "digital", "{by: friend}"),
    "Condition.chance": share(f"{CITIZEN}.waiting.lost.when.chance"),
    "Condition.tests": of(
        "permit.steps.issue.if", "{workers: 7}", "{workers: [7, 9]}", "{size: small}"
    ),
    "Noted.value": whole(f"{CITIZEN}.returned.tired.when.returns.value", 3, 8, "'>= {}'"),
    "Delay.time": time(f"{FILE}.delay"),
    "Delay.until": of(f"{STAMP}.delay.until", "files", "mail"),
    "Delay.at_least": whole(f"{STAMP}.delay.at_least", 1, 99, "{}bd"),
    "Batch.at": of(f"{STAMP}.batch.at", "files", "mail"),
    "Batch.most": whole(f"{STAMP}.batch.most", 1, 10**6),
    "Again.work": time(f"{FILL}.digital.again.work"),
    "Again.delay": time(f"{FILL}.digital.again.delay"),
    "Again.makes": share(f"{FILL}.digital.again.makes.gap"),
    "Again.finds": share(f"{FILE}.again.finds.gap"),
    "Again.confidence": share(f"{FILL}.agentic.again.confidence"),
    "Again.burden": whole(f"{FILL}.digital.again.burden.forms", 0, 10**6),
    **{
        f"Burden.{name}": whole(f"{FILL}.analog.burden.{name}", 0, 10**6)
        for name in ("visits", "forms", "seals", "logins")
    },
    "Burden.fee": whole(f"{FILE}.burden.fee", 0, 10**12),
    "Profile.needs": of(f"{FILE}.needs", "[form]", "[form, consent]"),
    "Profile.if_": of(f"{STAMP}.if", "{card: true}", "{card: false}", "{chance: 9%}"),
    "Profile.open_to": of("permit.steps.add.digital.open_to", "{workers: 7}", "{workers: 8}"),
    "Profile.by": of(f"{FILE}.by", "desk", "[vendor, desk]"),
    "Profile.task": of("permit.steps.sign.task", "sign", "other"),
    "Profile.work": time(f"{FILE}.work"),
    "Profile.delay": whole(f"{FILE}.delay", 1, 999, "{}bd"),
    "Profile.batch": of(f"{STAMP}.batch", "{}", "{at: files}", "{most: 3}"),
    "Profile.priority": whole(f"{FILE}.priority", -(10**6), 10**6),
    "Profile.makes": share(f"{FILL}.analog.makes.gap"),
    "Profile.finds": share(f"{FILE}.finds.gap"),
    "Profile.decides": of(f"{FILE}.decides", "[card]", "[size]"),
    "Profile.confidence": share(f"{FILL}.agentic.confidence"),
    "Profile.again": of(f"{FILE}.again", "{work: 2min}", "{work: 1min}"),
    "Profile.burden": of(f"{FILE}.burden", "{forms: 1}", "{forms: 2}"),
    "Profile.pays": of(f"{FILE}.pays", "true", "false"),
    "Goal.document": of("permit.goal.1.document", "extra", "receipt"),
    "Goal.if_": of("permit.goal.1.if", "{size: small}", "{size: large}"),
    "End.when": of("permit.ends.0.when", "{card: true}", "{card: false}"),
    "End.as_": of("permit.ends.0.as", "rejected", "withdrawn", "abandoned", "dismissed"),
    "Deadline.document": of("permit.deadlines.0.document", "permit", "stamp"),
    "Deadline.within": whole("permit.deadlines.0.within", 0, 99, "{}d"),
    "Deadline.after": of("permit.deadlines.0.after", "receipt", "form"),
    "Deadline.at": whole("permit.deadlines.1.at", 10, 30, "2026-04-{}T12:00"),
    "Deadline.missed": of("permit.deadlines.0.missed", "late", "expired", "given"),
    "Lever.default": of("permit.levers.speed.default", "slow", "fast"),
    "Lever.values": whole("permit.levers.speed.values.slow", 1, 99, "{{steps.file.work: {}min}}"),
    "Agent.kind": of("agents.helper.kind", "ai", "office", "system"),
    "Agent.hours": of("agents.helper.hours", "always", "office"),
    "Agent.attention": whole("agents.citizen.attention", 1, 10**6),
    "Agent.order": of("agents.citizen.order", "listed", "critical_path"),
    "Agent.overconfidence": whole("agents.helper.overconfidence", 0, 1000),
    "Agent.knows": share("agents.citizen.knows"),
    "Agent.attributes": whole("agents.citizen.attributes", 1, 99, "{{careful: {}%}}"),
    "Agent.hourly": whole("agents.helper.hourly", 0, 10**12),
    "Agent.skills": share(f"{SKILL}.finds.gap"),
    "Later.work": time(f"{SKILL}.agentic.work.value"),
    "Later.slips": share(f"{SKILL}.slips.value"),
    "Later.confidence": share(f"{SKILL}.confidence.value"),
    "Later.finds": share(f"{SKILL}.finds"),
    "Later.burden": whole(f"{SKILL}.burden.logins", 1, 99),
    "SkilledBurden.each": of(f"{SKILL}.burden.each", "pages", "lines"),
    "SkillAgain.size": of(f"{SKILL}.again.size", "1%", "34%", "67%"),
    "Ways.size_of": of(f"{SKILL}.size_of", "gives", "needs"),
    "Ways.again": time(f"{SKILL}.digital.again.work.value"),
    "Skill.analog": whole(f"{SKILL}.analog", 1, 99, "{{work: {}min}}"),
    "Skill.digital": time(f"{SKILL}.digital.work"),
    "Skill.agentic": of(f"{SKILL}.agentic", "analog", "digital"),
    "Agent.sessions": whole("agents.caller.sessions", 1, 99, "{{after: {}d, last: 1h}}"),
    "Sessions.after": whole("agents.caller.sessions.after", 1, 99, "{}bd"),
    "Sessions.last": time("agents.caller.sessions.last"),
    "Agent.paid_by": of("agents.helper.paid_by", "applicant", "office"),
    "Agent.price": whole("agents.helper.price", 0, 10**12),
    "Agent.rules": of(
        f"{CITIZEN}.waiting", "{}", "{ask: {when: {waited: '> 9d'}, then: {hurry: 2}}}"
    ),
    "Rule.when": of(f"{OFFICER}.found.slip.when", "{returns: 0}", "{queue: '> 9'}"),
    "Rule.then": of(f"{OFFICER}.found.slip.then", "return", "overlook", "dismiss"),
    "Rule.why": of(f"{CITIZEN}.waiting.lost.why", *LABELS),
    "Action.do": of(f"{CITIZEN}.waiting.lost.then", "give_up", "wait"),
    "Action.work": time(f"{OFFICER}.found.slip.then.fix.work"),
    "Action.recovers": share(f"{OFFICER}.found.slip.then.fix.recovers"),
    "Action.after": whole(f"{CITIZEN}.returned.repair.then.redo.after", 1, 99, "{}bd"),
    "Action.use": of(f"{CITIZEN}.outage.by_hand.then.use", "analog", "digital"),
    "Action.hurry": whole(f"{CITIZEN}.waiting.call.then.hurry", 1, 10**6),
    "Scenario.start": whole("start", 10, 30, "2026-04-{}"),
    "Scenario.channels": of("channels", "[digital]", "[analog]", "[analog, digital]"),
    "Scenario.compare": of("compare", "{a: {channel: digital}}", "{a: {channel: analog}}"),
    "Scenario.cases": whole(f"{ONE}.count", 1, 999),
    "Scenario.levers": of("levers", "{speed: slow}", "{speed: fast}"),
    "Scenario.override": whole("override", 1, 99, "{{permit.steps.file.work: {}min}}"),
    "Scenario.outages": of("outages", "[]", "[{actor: desk, at: 2026-04-02, for: 3h}]"),
    "Scenario.calendars": of("calendars.noon.days", "mon", "tue"),
    "Scenario.horizon": time("horizon"),
    "Scenario.warm_up": time("warm_up"),
    "Scenario.report": of("report", "{documents: [permit]}", "{groups: [card]}"),
    "Arm.channel": of("compare.online.channel", "digital", "analog"),
    "Arm.title": of("compare.online.title", *LABELS),
    "Arm.cast": of("compare.ai.cast", "{bot: friend}", "{bot: desk}", "{desk: bot}"),
    "Arm.asked": of(
        "compare.ai",
        *(f"{{channel: agentic, cast: {{bot: friend}}, asked: {one}}}" for one in ASKED),
    ),
    "Arm.levers": of("compare.online.levers", "{speed: slow}", "{speed: fast}"),
    "Arm.override": whole("compare.online.override", 1, 99, "{{permit.steps.file.work: {}min}}"),
    "Arm.attributes": whole("compare.online.attributes", 1, 99, "{{card: {}%}}"),
    "Stream.count": whole(f"{ONE}.count", 1, 999),
    "Stream.arrivals": time(f"{ONE}.arrivals"),
    "Stream.hours": of(f"{ONE}.hours", "always", "office"),
    "Stream.using": of(f"{ONE}.using", "[permit]", "[permit, other]"),
    "Stream.goal": of(f"{ONE}.goal", "[receipt]", "[permit]"),
    "Stream.locker": of(f"{ONE}.locker", "[form]", "{form: 5%}", "{}"),
    "Stream.attributes": whole(f"{ONE}.attributes", 2, 10**12, "{{workers: {}}}"),
    "Stream.sites": whole(f"{ONE}.sites", 1, 2_000_000),
    "Stream.background": of(f"{ONE}.background", "true", "false"),
    "Holding.share": share(f"{ONE}.locker.form.share"),
    "Holding.age": time(f"{ONE}.locker.form.age"),
    "Holding.makes": share(f"{ONE}.locker.form.makes.old"),
    "Sites.count": whole(f"{ONE}.sites.count", 1, 2_000_000),
    "Sites.table": of(f"{ONE}.sites", "{table: [{site: a}]}", "{table: [{site: b}]}"),
    "Site.site": of(f"{ONE}.sites", "{table: [{site: a}]}", "{table: [{site: b}]}"),
    "Site.size": of(
        f"{ONE}.sites", "{table: [{site: a, size: 1}, {site: b}]}", "{table: [{site: a}]}"
    ),
    "Site.start": whole(f"{ONE}.sites", 10, 30, "{{table: [{{site: a, start: 2026-04-{}}}]}}"),
    "Site.more": whole(f"{ONE}.sites", 1, 99, "{{table: [{{site: a, workers: {}}}]}}"),
    "Sites.share": of(f"{ONE}.sites.share", "[size]", "[card]"),
    "Outage.actor": of("outages.0.actor", "desk", "cellar"),
    "Outage.at": whole("outages.0.at", 10, 30, "2026-04-{}"),
    "Outage.every": whole("outages.1.every", 1, 2_000, "{}h"),
    "Outage.for_": time("outages.0.for"),
    "Procedure.indicators": of("permit.indicators", "{}", "{few: {count: {given: form}}}"),
    "Scenario.indicators": of("indicators", "{}", "{few: {count: {given: form}}}"),
    "Indicator.count": of(f"{SEEN}.count", "{found: gap}", "{found: old}", "{given: form}"),
    "Indicator.per": of(f"{SEEN}.per", "{found: gap}", "{found: old}", "{given: form}"),
    "Indicator.over": whole(f"{SEEN}.over", 1, 3_000, "{}d"),
    "Indicator.known_after": whole(f"{SEEN}.known_after", 0, 300, "{}d"),
    "Indicator.else_": share(f"{SEEN}.else"),
    "Counted.found": of(f"{SEEN}.count.found", "gap", "old", "[gap, old]"),
    "Counted.given": of(f"{SEEN}.per.given", "form", "consent", "[form, consent]"),
    "Report.documents": of("report.documents", "[permit]", "[receipt]"),
    "Report.groups": of("report.groups", "[size]", "[card]"),
    "Report.observed": of("report.observed", "{}", "{B: {document: permit, by: 1d, value: 9%}}"),
    "Observed.document": of("report.observed.A.document", "permit", "receipt"),
    "Observed.by": time("report.observed.A.by"),
    "Observed.value": share("report.observed.A.value"),
    "Observed.since": of("report.observed.A.since", "case", "start"),
}
"""By field: where it stands in the world above, and values for it."""

RETURNS: Final = f"{CITIZEN}.returned.tired.when.returns"
NOTED: Final[Mapping[str, tuple[str, str, str]]] = {
    "Noted.source": (f"{RETURNS}.source", "A", "B"),
    "Noted.range": (f"{RETURNS}.value", '">= 5 (3-8)"', '">= 5 (4-9)"'),
    "Deadline.source": ("permit.deadlines.0.source", "A", "B"),
}
"""Fields that say where a number is from: `sources` and `assumptions` tell it."""

ELSEWHERE: Final = {
    "Procedure.procedure": "its name, which is that of its file",
    "Agent.agent": "its name, which is that of its file",
    "Scenario.scenario": "its name, which is that of its file",
    "Procedure.title": "told by `list` and `show`",
    "Procedure.caption": "told by `show`",
    "Step.caption": "told by `show` and `plan`",
    "Agent.title": "told by `list`",
    "Agent.caption": "told by `list`",
    "Scenario.title": "the head of a result",
    "Scenario.caption": "told by `list`",
    "Stream.title": "what people call it",
    "Lever.title": "what people call it",
    "Indicator.title": "what people call it",
    "Counted.made": "refused: of what nobody found nobody knows",
    "Lever.range": "bounds what may be chosen: `check` and `run` refuse the rest",
    "Lever.replaces": "read when the lever is pulled",
    "Lever.source": "told by `sources`",
    "Procedure.phrases": "read by `plan --say`",
    "Spoken.goal": "read by `plan --say`",
    "Spoken.have": "read by `plan --say`",
    "Phrases.en": "read by `plan --say`",
    "Phrases.ja": "read by `plan --say`",
    "Scenario.replications": "how often the models are run",
    "Scenario.seed": "where the draws start",
    "Outage.sites": "kept for later and refused",
}
"""Fields that change no model, each with what it is for."""


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the definitions that a field of this kind may hold."""
    for one in alternatives(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one
        elif get_origin(one) in {dict, list, tuple}:
            yield from (found for inner in get_args(one) for found in models(inner))


def fields() -> set[str]:
    """Return every field of the language, named after the class that declares it."""
    todo: list[type[BaseModel]] = [Procedure, Agent, Scenario, Later]  # which two others share
    for model in todo:  # grows while it is walked
        for field in model.model_fields.values():
            todo += [one for one in models(field.annotation) if one not in todo]
    return {
        f"{one.__name__}.{name}"
        for one in todo
        for name in one.model_fields
        if name in one.__annotations__
    }


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Work in a folder with the world above."""
    folder: Path = tmp_path_factory.mktemp("counts")
    for name, text in FILES.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def study(path: str, value: str) -> loader.Study:
    """Return the world with one field set; a lever is set before it is pulled."""
    name = "plain" if path == "channels" else "arms"
    if "levers.speed" not in path:
        return loader.load(name, sets=[f"{path}={value}"])
    permit = source.load(Path("procedures/permit.yaml"))
    draft, given = Draft.of(permit), source.loads(value)
    draft.set(tuple(path.split(".")[1:]), given.data, Origin(given, ()))
    changed = {"permit": replace(permit, data=draft.data)}
    return loader.study(source.load(Path(f"scenarios/{name}.yaml")), given=changed)


@cache
def digests(path: str, value: str) -> tuple[str, ...]:
    """Return the digests of the models that a value makes."""
    return tuple(model.digest for model in compile_worlds(study(path, value).worlds))


def notes(path: str, value: str) -> list[Any]:
    """Return what is told of the numbers that are in force."""
    world = study(path, value).worlds[0]
    return [
        found
        for one in (*world.procedures.values(), *world.agents.values())
        for found in in_force(one)
    ]


def test_every_field_of_the_language_stands_in_one_list() -> None:
    """A new field is either drawn here or excused."""
    assert sorted([*PLACES, *NOTED, *ELSEWHERE]) == sorted(fields())


@pytest.mark.parametrize("field", PLACES)
def test_two_values_of_a_field_make_two_models(field: str) -> None:
    """Of any two different values, each has a model of its own."""
    path, values = PLACES[field]

    @settings(max_examples=2, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(values, min_size=2, max_size=2, unique=True))
    def differ(pair: list[str]) -> None:
        assert digests(path, pair[0]) != digests(path, pair[1])

    differ()


@pytest.mark.parametrize("field", NOTED)
def test_where_a_number_is_from_is_told(field: str) -> None:
    """It changes no model but the list of sources."""
    path, one, other = NOTED[field]
    assert digests(path, one) == digests(path, other)
    assert notes(path, one) != notes(path, other)

"""A first file of one's own: small, valid, and explained in the language of its reader.

What stands behind a ``#`` in a template is the key of a comment in the catalogue, ``new.KEY``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from sim import shelf
from sim.errors import InvalidInput, UsageError, shortened
from sim.study import catalogue
from sim.words import Word, say
from sim.yaml import source

Kind = Literal["procedure", "agent", "scenario"]

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST: Final = 60
_COMMENT: Final = re.compile(r"#([a-z_.]+)")

_TEMPLATES: Final[dict[Kind, str]] = {
    "procedure": """\
#procedure
procedure: NAME
#title
title: {en: NAME, ja: NAME}
#applicant
applicant: person

#actors
actors:
  person: resident
  ai: ai_helper
  site: portal
  desk: {agent: clerk, staff: 2 (1-4)}

#documents
documents:
  form: {en: Form, ja: 申請書}
  checked: {en: Checked form, ja: 確認済みの申請書}
  filing: {en: Filing, ja: 提出した申請}
  approval: {en: Approval, ja: 承認}
#goal
goal: [approval]

#defects
defects:
  gap: {en: Gap in the form, ja: 記入漏れ, harm: {en: approved in error, ja: 誤った承認}}

#steps
steps:
  fill:
    title: {en: Fill in the form, ja: 申請書に記入}
    gives: [form]
    #channels
    analog: {by: person, work: 1h (30min-2h), makes: {gap: 10% (5%-20%)}, burden: {forms: 1}}
    digital: {by: person, work: 30min (15min-1h), makes: {gap: 5% (2%-10%)}, burden: {forms: 1}}
    #confidence
    agentic:
      by: ai
      work: 1min (5s-5min)
      confidence: {median: 95%, p10: 85%, range: [80%, 99%]}
      makes: {gap: confidence}
  #gate
  look:
    title: {en: Look over the draft, ja: 案を確認}
    needs: [form]
    gives: [checked]
    by: person
    if: never
    agentic: {if: {asked: fill}, work: 5min (2min-15min), finds: {gap: 75% (50%-90%)}}
  file:
    title: {en: Hand in, ja: 提出}
    needs: [checked]
    gives: [filing]
    analog: {by: person, work: 1h (30min-2h), burden: {visits: 1}}
    digital: {by: [person, site], work: 10min (5min-20min), burden: {logins: 1}}
    agentic: {by: [ai, site], work: 1min (5s-5min)}
  #examine
  examine:
    title: {en: Examine, ja: 審査}
    needs: [filing]
    gives: [approval]
    by: desk
    work: 20min (10min-40min)
    finds: {gap: 90% (70%-99%)}
""",
    "agent": """\
#agent
agent: NAME
#kind
kind: person
#title
title: {en: NAME, ja: NAME}
#hours
hours: {days: daily, open: "08:00-20:00", holidays: open}
#attention
attention: 1
#attributes
attributes: {online: 60% (30%-90%)}

#rules
rules:
  #start
  start:
    online: {when: {online: true}, then: {use: digital}}
    paper: {then: {use: analog}}
  #returned
  returned:
    enough: {when: {returns: ">= 6 (3-10)"}, then: give_up, why: {en: Lost heart, ja: 断念}}
    answer: {then: {redo: {after: 1d (4h-3d)}}}
""",
    "scenario": """\
#scenario
scenario: NAME
#title
title: {en: NAME, ja: NAME}
#begin
start: 2026-04-01
#arms
channels: [analog, digital, agentic]

cases:
  people:
    title: {en: People, ja: 申請者}
    count: 100
    #arrivals
    arrivals: {exponential: {mean: 2h}, range: [1h, 4h]}
    hours: office
    #using
    using: [USING]

#replications
replications: 10
seed: 1
""",
}


def begin(kind: Kind, name: str, lang: str) -> Path:
    """Write a new file into the user's own folder and return where it is.

    Raises UsageError for what cannot be a name, and for a name that there is already.
    """
    if len(name) > _LONGEST:
        raise UsageError("value.long", bound=_LONGEST, size=len(name))
    if not _NAME.fullmatch(name):
        raise UsageError("value.name", value=Word("shown.text", {"text": shortened(name)}))
    folder: shelf.Kind = f"{kind}s"  # type: ignore[assignment]  # the plural of a word
    file = Path(folder, f"{name}.yaml")
    taken = file if file.exists() else shelf.find(folder, name)
    if taken is not None:
        raise UsageError("new.taken", name=name, file=str(taken))
    text = _TEMPLATES[kind].replace("NAME", name)
    if kind == "scenario":
        text = text.replace("USING", ", ".join(_procedures(name)))
    file.parent.mkdir(exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as written:
        written.write(_COMMENT.sub(lambda found: f"# {say(f'new.{found[1]}', lang)}", text))
    return file


def _procedures(name: str) -> tuple[str, ...]:
    """Return what a new scenario uses: the procedure of its name, else the first there is."""
    own = [file.stem for file in sorted(Path("procedures").glob("*.yaml"))]
    known = shelf.names("procedures")
    for one in (name, *own, *known):
        path = shelf.find("procedures", one)
        try:
            data = source.load(path).data if path is not None else None
        except InvalidInput:
            continue
        if isinstance(data, dict) and data.get("goal"):
            return catalogue.companions([one])
    return (name,)

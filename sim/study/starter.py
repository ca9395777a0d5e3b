"""A first file of one's own: small, valid, and explained in the language of its reader.

What stands behind a ``#`` in a template is the key of a comment in the catalogue, ``new.KEY``.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Literal

from sim import shelf
from sim.errors import InvalidInput, RunFailed, UsageError, shortened
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
  #load
  desk:
    agent: examiner
    staff: 1 (1-2)
    load:
      share: 75% (50%-90%)
      each: {median: 30min, p90: 2h, range: [15min, 1h]}
      backlog: 3bd (0bd-8bd)

#documents
documents:
  #left_out
  proof: {en: Certificate, ja: 証明書, left_out: missing}
  #size
  form: {en: Application, ja: 申請書, size: {entries: 25 (15-40)}, slip: wrong_entry}
  checked: {en: Application looked over, ja: 確認済みの申請書}
  filing: {en: Application handed in, ja: 提出済みの申請}
  approval: {en: Approval, ja: 承認}
#goal
goal: [approval]

#defects
defects:
  missing: {en: No certificate, ja: 証明書の添付漏れ, harm: {en: approved in error, ja: 誤った承認}}
  wrong_entry: {en: Wrong entry, ja: 記載誤り, harm: {en: approved in error, ja: 誤った承認}}

#steps
steps:
  #typed
  fetch:
    title: {en: Get the certificate, ja: 証明書を取得}
    gives: [proof]
    by: person
    work: 40min (20min-1h)
    digital: {work: 15min (5min-30min)}
    agentic: digital
  #task
  fill:
    title: {en: Fill in the application, ja: 申請書に記入}
    task: fill
    gives: [form]
    by: person
    #channels
    agentic: {by: ai}
  #gate
  look:
    title: {en: Look over the draft, ja: 案を確認}
    task: check
    needs: [form]
    gives: [checked]
    by: person
    if: never
    agentic: {if: {asked: fill}}
  file:
    title: {en: Hand in, ja: 提出}
    task: carry
    needs: [checked, proof]
    gives: [filing]
    by: person
    digital: {by: [person, site]}
    agentic: {by: [ai, site]}
  #examine
  examine:
    title: {en: Examine, ja: 審査}
    task: examine
    needs: [form, filing]
    gives: [approval]
    by: desk
    finds: {missing: 95% (80%-99%)}
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
#sessions
sessions: {after: {median: 10h, p90: 2d, range: [2h, 1d]}, last: 2h (30min-4h)}
#attention
attention: 1
#knows
knows: 90% (70%-99%)
#attributes
attributes: {online: 60% (30%-90%)}

#skills
skills:
  #each
  fill:
    work: {each: entries, median: 45s, p90: 2min, range: [20s, 2min]}
    slips: {each: entries, value: 0.4% (0.1%-1%)}
    burden: {forms: 1}
    #again
    again: {size: 20% (5%-50%)}
    #blocks
    digital: {slips: {each: entries, value: 0.2% (0.05%-1%)}, burden: {logins: 1}}
  check: {size_of: needs, work: {each: entries, value: 6s (3s-20s)}, finds: 60% (30%-85%)}
  carry:
    work: 1h (30min-2h)
    burden: {visits: 1}
    digital: {work: 5min (2min-15min), burden: {visits: none, logins: 1}}

#rules
rules:
  #start
  start:
    online: {when: {online: true}, then: {use: digital}}
    paper: {then: {use: analog}}
  #returned
  returned:
    enough: {when: {returns: ">= 6 (3-10)"}, then: give_up, why: {en: Lost heart, ja: 断念}}
    answer: {then: redo}
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

    Raises UsageError for what cannot be a name, and for a name that there is already; RunFailed if
    it cannot be written (a full disk).
    """
    if len(name) > _LONGEST:
        raise UsageError("value.long", bound=_LONGEST, size=len(name))
    if not _NAME.fullmatch(name):
        raise UsageError("value.name", value=Word("shown.text", {"text": shortened(name)}))
    if source.scalar(name) != name or (kind, name) == ("procedure", shelf.FACTS):
        raise UsageError("reserved_name", name=name)
    folder: shelf.Kind = f"{kind}s"  # type: ignore[assignment]  # the plural of a word
    file = Path(folder, f"{name}.yaml")
    taken = file if os.path.lexists(file) else shelf.find(folder, name)
    if taken is not None:
        raise UsageError("new.taken", name=name, file=str(taken))
    text = _TEMPLATES[kind].replace("NAME", name)
    if kind == "scenario":
        text = text.replace("USING", ", ".join(_procedures(name)))
    _write(file, _COMMENT.sub(lambda found: f"# {say(f'new.{found[1]}', lang)}", text))
    return file


def _write(file: Path, text: str) -> None:
    """Write a file that is not there, in a folder that may not be; all of it or nothing."""
    try:
        with ExitStack() as undo:
            if not file.parent.exists():
                file.parent.mkdir()
                undo.callback(file.parent.rmdir)
            with file.open("x", encoding="utf-8", newline="\n") as written:
                undo.callback(file.unlink)
                written.write(text)
            undo.pop_all()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunFailed("new.failed", file=str(file), reason=reason) from error


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
